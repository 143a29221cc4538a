"""A compiled system at parameter values, in the forms that counting needs."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy
from flint import arb

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.balls import BallArithmetic
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.tape import Tape
from dynsym.compute._stable_form import stable_rates
from dynsym.compute.compiled import CompiledSystem
from dynsym.compute.counting.dense_networks import NetworkArrays, network_arrays
from dynsym.errors import DomainError
from dynsym.functions.smoothness import numerator, undefined
from dynsym.model.rules.local_rules import INPUT

MOST_JUMPS, MOST_CLEARED = 6, 400
"""With so many jumps a field is bounded piece by piece; with so many operations its denominators are cleared."""


def _may_vanish(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where no output, (batch, outputs), keeps away from zero."""
    return np.asarray(~((low > 0) | (high < 0)).any(axis=1))


@dataclass(frozen=True, eq=False)
class Setting:
    """A compiled system at parameter values, in the forms that counting needs."""

    compiled: CompiledSystem
    values: Mapping[str, Any] | None = None
    moving: tuple[int, Interval] | None = None
    numbers: np.ndarray = field(init=False)
    balls: list[arb] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", self.compiled.parameter_vector(self.values))
        object.__setattr__(self, "balls", self.compiled.ball_parameters(self.values))
        place = None if self.arrays is not None else undefined(self.compiled.system.rhs, self._known)
        if place is not None:
            raise DomainError(
                f"The field is not defined: {place.part} has no real value where {place.at} is "
                f"{place.at.xreplace(self._known)}. Give other parameter values."
            )

    @property
    def state_names(self) -> tuple[str, ...]:
        return self.compiled.state_names

    @property
    def parameters(self) -> dict[str, float]:
        """The parameter values by name."""
        return dict(zip(self.compiled.parameter_names, self.numbers.tolist(), strict=True))

    @functools.cached_property
    def intervals(self) -> list[Interval]:
        """Enclosures of the parameter values."""
        found = [Interval.of_ball(value) for value in self.balls]
        if self.moving is not None:
            found[self.moving[0]] = self.moving[1]
        return found

    @property
    def moving_symbols(self) -> tuple[sympy.Symbol, ...]:
        """The parameter that moves, if one does: it stays in `exact_rhs`."""
        symbols = tuple(self.compiled.system.parameters.values())
        return () if self.moving is None else (symbols[self.moving[0]],)

    @property
    def moving_intervals(self) -> list[Interval]:
        """Where the parameter that moves is."""
        return [] if self.moving is None else [self.moving[1]]

    @functools.cached_property
    def _has_domain(self) -> bool:
        """Whether the field has roots, logarithms or powers, which are not defined everywhere."""
        return any(
            operation in {"power", "square_root"} or datum == "log"
            for operation, datum, _ in self.compiled.field_tape.operations
        )

    @functools.cached_property
    def jump_count(self) -> int:
        """How many operations of the field jump."""
        return sum(
            operation == "function" and datum in NAMES and NAMES[datum].smoothness < 0
            for operation, datum, _ in self.compiled.field_tape.operations
        )

    @functools.cached_property
    def arrays(self) -> NetworkArrays | None:
        """Bounds by matrices, for networks of many edges."""
        return network_arrays(self.compiled.system)

    @functools.cached_property
    def rests_at_origin(self) -> bool:
        """Whether the origin is an equilibrium exactly, as ball arithmetic sees it."""
        template = self.compiled.system.template
        if self.arrays is not None and template is not None:
            return all(b == 0 for b in template.bias) and all(
                expression.xreplace(dict.fromkeys((*local.states, INPUT), sympy.S.Zero)) == 0
                for local in template.local_nodes
                for expression in (*local.rates, local.output)
            )
        zero = [arb(0)] * self.compiled.dimension
        return all(rate.is_zero() for rate in self.compiled.field_tape.run(BallArithmetic(), [*zero, *self.balls]))

    @functools.cached_property
    def _known(self) -> dict[sympy.Symbol, sympy.Expr]:
        """The exact values of the parameters that do not move."""
        known = self.compiled.system.substitution(self.values)
        return {s: value for s, value in known.items() if s not in self.moving_symbols}

    @functools.cached_property
    def exact_rhs(self) -> tuple[sympy.Expr, ...]:
        """The right-hand side with exact values put in."""
        return tuple(rate.xreplace(self._known) for rate in self.compiled.system.rhs)

    def field_bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the right-hand side, (batch, n), over boxes (batch, n) of states."""
        if self.arrays is not None:
            return self.arrays.field_bounds(low, high, self.intervals)
        return self.bounds(IntervalArithmetic(), self.compiled.field_tape, low, high)

    def jacobian_bounds(
        self, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Bounds of the nonzero entries of the Jacobian, (batch, entries), over boxes of states.

        Third, the boxes that meet a kink, where the bounds hold the slopes of all sides; last, those throughout which
        the field is defined and continuous.
        """
        arithmetic, field = IntervalArithmetic(), IntervalArithmetic()
        bottom, top = self.bounds(arithmetic, self.compiled.jacobian_tape[0], low, high)
        if self._has_domain or self.jump_count:
            self.bounds(field, self.compiled.field_tape, low, high)
        broken = arithmetic.partly_outside | field.partly_outside | field.jumps
        kinks, known = np.broadcast_to(arithmetic.jumps, len(low)), np.broadcast_to(~broken, len(low))
        return np.where(np.isnan(bottom), -np.inf, bottom), np.where(np.isnan(top), np.inf, top), kinks, known

    def ranges_and_domain(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bounds of the field, and the boxes that meet its domain and where some piece of it can vanish."""
        arithmetic, tape = IntervalArithmetic(), self.compiled.field_tape
        bounds = self.bounds(arithmetic, tape, low, high)
        meets = np.broadcast_to(~arithmetic.outside, len(low))
        if arithmetic.jumps.any() and self.jump_count <= MOST_JUMPS:
            pieces = [
                self.bounds(IntervalArithmetic(sides), tape, low, high)
                for sides in itertools.product((-1.0, 1.0), repeat=self.jump_count)
            ]
            meets = meets & np.any([_may_vanish(*piece) for piece in pieces], axis=0)
        if arithmetic.poles.any() and self._numerators is not None:
            meets = meets & _may_vanish(*self.bounds(IntervalArithmetic(), self._numerators, low, high))
        return *bounds, meets

    @functools.cached_property
    def _numerators(self) -> Tape | None:
        """The right-hand side times its denominators, which is continuous at its poles; None where that is long."""
        rates, system = stable_rates(self.compiled.system), self.compiled.system
        if sum(rate.count_ops() for rate in rates) > MOST_CLEARED:
            return None
        return Tape.of([numerator(rate) for rate in rates], [*system.states, *system.parameters.values()])

    def bounds(
        self, arithmetic: IntervalArithmetic, tape: Tape, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the outputs of a tape, (batch, outputs), over boxes (batch, n) of states."""
        states = [Interval(low[:, k], high[:, k]) for k in range(low.shape[1])]
        found = tape.run(arithmetic, [*states, *self.intervals])
        bottom, top = np.empty((len(low), len(found))), np.empty((len(low), len(found)))
        for k, x in enumerate(found):
            bottom[:, k], top[:, k] = x.low, x.high
        return bottom, top
