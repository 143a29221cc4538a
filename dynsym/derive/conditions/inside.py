"""A parameter that occurs inside one function alone, as in ``exp(g)``: the value of the function takes its place.

Conditions are derived for the value, in which everything is algebraic, and carried back by the inverse function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym._expressions.registry import HEADS
from dynsym.algebra.ring import generators_of
from dynsym.model import SymbolicSystem
from dynsym.results import BifurcationCondition, SymbolicEquilibrium
from dynsym.results.ledger import Cell

__all__ = ["Inside", "inside_of", "reachable"]


LARGEST = 40


def reachable(function: Expr) -> bool:
    """Whether the function increases on the whole line and has an inverse."""
    known = HEADS.get(type(function))
    return known is not None and known.is_entire and known.is_increasing and known.inverse is not None


@dataclass(frozen=True)
class Inside:
    """A system in the value of the function, and the way back."""

    system: SymbolicSystem
    parameter: Symbol
    original: Symbol
    function: Expr

    def point(self, at: Any) -> Any:
        """An equilibrium as the user gave it, with the value of the function put in."""
        put = {self.function: self.parameter}
        if isinstance(at, SymbolicEquilibrium):
            states = {name: value.xreplace(put) for name, value in at.states.items()}
            return replace(at, states=states, constraints=tuple(c.xreplace(put) for c in at.constraints))
        return at

    def renamed(self, text: str) -> str:
        """A message about the value as one about the parameter."""
        return text.replace(self.parameter.name, self.original.name)

    def cell(self, cell: Cell) -> Cell:
        """A cell about the value as one about the parameter."""
        renamed = self.renamed
        return replace(
            cell,
            equilibria=renamed(cell.equilibria),
            reason=renamed(cell.reason),
            argument=renamed(cell.argument),
        )

    def back(self, condition: BifurcationCondition) -> BifurcationCondition | None:
        """The condition in the original parameter; None where the function never takes the value."""
        law = HEADS[type(self.function)]
        inner = self.function.args[0]
        slope = inner.diff(self.original)
        offset = inner.xreplace({self.original: sympy.S.Zero})

        def put(value: Any) -> Any:
            return value.xreplace({self.parameter: self.function}) if hasattr(value, "xreplace") else value

        solution, constraints = None, [put(c) for c in condition.constraints]
        speed, criticality = condition.transversality, condition.criticality
        if condition.solution is not None:
            reached = condition.solution
            for below, above in ((law.bounds[0], reached), (reached, law.bounds[1])):
                side = sympy.true if above is sympy.oo or below == -sympy.oo else sympy.Lt(below, above)
                if side is sympy.false:
                    return None
                if side is not sympy.true:
                    constraints.append(sympy.Gt(above - below, 0))
            solution = (law.inverse(reached) - offset) / slope
            speed = None if speed is None else speed * slope * law.slope_at_value(reached)
        elif speed is not None:
            speed = put(speed) * slope * law.slope_at_value(self.function)
        if condition.kind == "fold" and not slope.is_positive:
            turned = {"supercritical": "subcritical", "subcritical": "supercritical"}
            criticality = turned.get(criticality or "", criticality) if slope.is_negative else "depends"
        numeric = solution is not None and not solution.free_symbols
        return replace(
            condition,
            parameter=self.original.name,
            equation=put(condition.equation),
            at={name: put(value) for name, value in condition.at.items()},
            constraints=tuple(constraints),
            solution=solution,
            value=float(solution.evalf(30)) if numeric and solution is not None else None,
            transversality=speed,
            criticality=criticality,
            reductions=(*condition.reductions, f"the value of {self.function} in place of {self.original.name}"),
        )


def inside_of(system: SymbolicSystem, parameter: Symbol, substitution: Mapping[Symbol, Expr]) -> Inside | None:
    """The system in the value of the one function that contains the parameter; None where that is not how it occurs."""
    if system.dimension > LARGEST or system.classes is not None:
        return None
    rates = [rate.xreplace(dict(substitution)) for rate in system.rhs]
    hidden = [g for g in generators_of(rates) if parameter in g.free_symbols]
    if len(hidden) != 1 or not reachable(hidden[0]) or set(system.states) & hidden[0].free_symbols:
        return None
    function = hidden[0]
    slope = function.args[0].diff(parameter)
    if parameter in slope.free_symbols or slope.is_zero is not False:
        return None
    name = f"value_of_{parameter.name}"
    while name in system.parameters or name in system.state_names:
        name += "_"
    value = symbol(name, "positive" if HEADS[type(function)].bounds[0] == 0 else "real")
    put = {function: value}
    for rate in rates:
        for own in rate.atoms(sympy.exp) if isinstance(function, sympy.exp) else ():
            ratio = sympy.cancel(own.args[0] / function.args[0])
            if ratio.is_Integer:
                put[own] = value**ratio
    written = [rate.xreplace(put) for rate in rates]
    if any(parameter in rate.free_symbols for rate in written):
        return None
    used = set().union(*(rate.free_symbols for rate in written)) - set(system.states)
    parameters = {s.name: s for s in sorted(used, key=lambda s: s.name)}
    made = SymbolicSystem(system.name, system.states, parameters, {}, None, tuple(written))
    return Inside(made, value, parameter, function)
