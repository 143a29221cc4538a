"""The Jacobian of a rate network as leak, weights and slopes whose range is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions import AnySigmoid
from dynsym.model import LeakyRate, LeakyVoltage, WilsonCowan

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["SlopeForm", "slope_form"]

MOST_ENDS = 64


@dataclass(frozen=True)
class SlopeForm:
    """J_ij = (-leak_i δ_ij + weights_ij s)/τ_i with s the slope of the sender, or of the receiver."""

    leak: tuple[Expr, ...]
    times: tuple[Expr, ...]
    weights: Mapping[tuple[int, int], Expr]
    slopes: tuple[tuple[Expr, Expr], ...]
    of_receiver: bool = False
    assumptions: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.leak)

    def steepest(self, i: int, j: int) -> Expr:
        """The largest slope in the entry (i, j)."""
        return self.slopes[i if self.of_receiver else j][1]

    def row_margins(self, i: int, ratios: Mapping[int, Expr]) -> tuple[Expr, ...]:
        """Minus the row sum of the logarithmic norm at the ends of the slopes; the least one counts."""
        own, found = self.weights.get((i, i), sympy.S.Zero), []
        for end in self._ends(i):
            rest = [
                abs(self.weights[i, j]) * ratio * (end if self.of_receiver else self.slopes[j][1])
                for j, ratio in ratios.items()
                if (i, j) in self.weights
            ]
            found.append((self.leak[i] - own * end - sympy.Add(*rest)) / self.times[i])
        if own.is_nonnegative:
            return tuple(found[-1:])
        return tuple(found[:1] if own.is_nonpositive and not self.of_receiver else found)

    def column_margins(self, j: int, ratios: Mapping[int, Expr]) -> tuple[Expr, ...]:
        """Minus the column sum of the logarithmic norm at the ends of the slopes."""
        own, found = self.weights.get((j, j), sympy.S.Zero), []
        for end in self._ends(j):
            rest = [
                abs(self.weights[i, j]) * ratio / self.times[i] * (self.slopes[i][1] if self.of_receiver else end)
                for i, ratio in ratios.items()
                if (i, j) in self.weights
            ]
            found.append((self.leak[j] - own * end) / self.times[j] - sympy.Add(*rest))
        return tuple(found[-1:] if own.is_nonnegative else found)

    def ends_of_the_diagonal(self) -> Iterator[tuple[Expr, ...]]:
        """The slopes at which the diagonal entries can be largest; both ends where the sign of a weight is unknown."""
        choices = []
        for i, ends in enumerate(self.slopes):
            own = self.weights.get((i, i), sympy.S.Zero)
            if own.is_nonnegative:
                choices.append(ends[1:])
            else:
                choices.append(ends[:1] if own.is_nonpositive else tuple(dict.fromkeys(ends)))
        count = sympy.prod(len(choice) for choice in choices)
        if count > MOST_ENDS:
            raise UnsupportedFeatureError(
                f"{count} signs of self-couplings would have to be told apart. Declare the signs of the weights, or "
                "use MaximumNorm()."
            )
        return product(*choices)

    def _ends(self, i: int) -> tuple[Expr, ...]:
        return tuple(dict.fromkeys(self.slopes[i]))


def slope_form(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> SlopeForm:
    """Read a rate network with fixed weights."""
    values, template = dict(substitution), system.template
    rules = () if template is None else tuple(template.rules)
    inner = bool(rules) and all(isinstance(rule, WilsonCowan) and rule.refractory == 0 for rule in rules)
    outer = bool(rules) and all(isinstance(rule, (LeakyRate, LeakyVoltage)) for rule in rules)
    if template is None or len(template.plastic) or not (inner or outer):
        return _linear_form(system, values)
    slopes, assumptions = [], []
    for k in template.rule_of_node:
        activation = rules[k].activation
        assert activation is not None
        low, high = (bound.xreplace(values) for bound in activation.derivative_bounds)
        if isinstance(activation, AnySigmoid):
            high = symbol("s_max", "positive")
            assumptions.append(f"{activation.name}' <= {high}")
        if not (low.is_nonnegative and high.is_finite):
            raise UnsupportedFeatureError(
                f"The slope of the activation lies between {low} and {high}, and a known range above zero is needed. "
                "Declare its gain positive, or choose an activation with bounded slope such as Tanh."
            )
        slopes.append((low, high))
    leaks = [getattr(rules[k], "leak", sympy.S.One) for k in template.rule_of_node]
    couplings = zip(template.onto.tolist(), template.source.tolist(), template.couplings, strict=True)
    weights = {(i, j): weight.xreplace(values) for i, j, weight in couplings}
    return SlopeForm(
        tuple(sympy.S(leak).xreplace(values) for leak in leaks),
        tuple(tau.xreplace(values) for tau in template.time_constants),
        {place: weight for place, weight in weights.items() if weight != 0},
        tuple(slopes),
        of_receiver=inner,
        assumptions=tuple(dict.fromkeys(assumptions)),
    )


def _linear_form(system: SymbolicSystem, values: Mapping[Symbol, Expr]) -> SlopeForm:
    entries = {place: entry.xreplace(dict(values)) for place, entry in system.jacobian_entries().items()}
    if any(entry.free_symbols & set(system.states) for entry in entries.values()):
        raise UnsupportedFeatureError(
            f"The Jacobian of {system.name!r} depends on the states other than through slopes of known range. Freeze "
            "plastic weights, or build a rate network with LeakyRate, LeakyVoltage or WilsonCowan nodes."
        )
    n, one = range(system.dimension), sympy.S.One
    weights = {(i, j): entry + (1 if i == j else 0) for (i, j), entry in entries.items()}
    for i in n:
        weights.setdefault((i, i), one)
    return SlopeForm(
        (one,) * len(n), (one,) * len(n), {p: w for p, w in weights.items() if w != 0}, ((one, one),) * len(n)
    )
