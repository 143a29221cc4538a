"""The Taylor coefficients of a system at an equilibrium, as sparse sets of expressions.

Every derivative comes from the Jacobian entries of the model, which stay small (each rule was differentiated once), and
takes its value at the equilibrium at once: an undefined activation turns into its jets there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym.algebra.tidy import settled

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["TaylorExpansion", "TaylorTable"]

Quadratic = Mapping[tuple[int, int, int], Any]
Cubic = Mapping[tuple[int, int, int, int], Any]


@dataclass(frozen=True, eq=False)
class TaylorExpansion:
    """f, its derivatives by the states up to order three and by one parameter, at a point."""

    system: SymbolicSystem
    point: Mapping[Symbol, Expr]
    values: Mapping[Symbol, Expr]
    parameter: Symbol | None = None

    def _at_point(self, expression: Expr) -> Expr:
        return settled(expression.xreplace(dict(self.point)))

    def _settle(self, entries: Mapping[Any, Expr]) -> dict[Any, Expr]:
        seen: dict[Expr, Expr] = {}
        table = {}
        for place, expression in entries.items():
            if expression not in seen:
                seen[expression] = self._at_point(expression)
            if seen[expression] != 0:
                table[place] = seen[expression]
        return table

    @cached_property
    def residuals(self) -> dict[int, Expr]:
        """The components of f that do not vanish structurally at the point."""
        return self._settle({i: rate.xreplace(dict(self.values)) for i, rate in enumerate(self.system.rhs)})

    @cached_property
    def _linear(self) -> dict[tuple[int, int], Expr]:
        values = dict(self.values)
        return {place: entry.xreplace(values) for place, entry in self.system.jacobian_entries().items()}

    @cached_property
    def _quadratic(self) -> dict[tuple[int, int, int], Expr]:
        return self._differentiated(self._linear)

    @cached_property
    def _cubic(self) -> dict[tuple[int, int, int, int], Expr]:
        return self._differentiated(self._quadratic)

    def _differentiated(self, entries: Mapping[Any, Expr]) -> dict[Any, Expr]:
        """The next order, kept for ascending state indices only."""
        position = {state: k for k, state in enumerate(self.system.states)}
        seen: dict[tuple[Expr, Symbol], Expr] = {}
        shapes: dict[Expr, Expr] = {}
        table = {}
        for place, entry in entries.items():
            for state in entry.free_symbols:
                k = position.get(state)
                if k is None or k < place[-1]:
                    continue
                if (entry, state) not in seen:
                    seen[entry, state] = _derivative(entry, state, shapes)
                if seen[entry, state] != 0:
                    table[(*place, k)] = seen[entry, state]
        return dict(sorted(table.items()))

    @cached_property
    def linear(self) -> dict[tuple[int, int], Expr]:
        """Jacobian entries at the point."""
        return self._settle(self._linear)

    @cached_property
    def quadratic(self) -> dict[tuple[int, int, int], Expr]:
        """Second derivatives of f_i by x_j, x_k with j <= k."""
        return self._settle(self._quadratic)

    @cached_property
    def cubic(self) -> dict[tuple[int, int, int, int], Expr]:
        """Third derivatives of f_i by x_j, x_k, x_l with j <= k <= l."""
        return self._settle(self._cubic)

    @cached_property
    def quartic(self) -> dict[tuple[int, ...], Expr]:
        """Fourth derivatives of f_i, the states in ascending order."""
        return self._settle(self._quartic)

    @cached_property
    def quintic(self) -> dict[tuple[int, ...], Expr]:
        """Fifth derivatives of f_i, the states in ascending order."""
        return self._settle(self._differentiated(self._quartic))

    @cached_property
    def _quartic(self) -> dict[tuple[int, ...], Expr]:
        return self._differentiated(self._cubic)

    @cached_property
    def quadratic_by_parameter(self) -> dict[tuple[int, int, int], Expr]:
        """The derivative of the second derivatives by the parameter, the states held."""
        moving = {k: e for k, e in self._quadratic.items() if self.parameter in e.free_symbols}
        return self._settle({place: entry.diff(self.parameter) for place, entry in moving.items()})

    @cached_property
    def by_parameter(self) -> dict[int, Expr]:
        """The derivative of f by the parameter, the states held."""
        values = dict(self.values)
        rates = {i: rate.xreplace(values) for i, rate in enumerate(self.system.rhs)}
        return self._settle({i: r.diff(self.parameter) for i, r in rates.items() if self.parameter in r.free_symbols})

    @cached_property
    def by_parameter_twice(self) -> dict[int, Expr]:
        """The second derivative of f by the parameter, the states held."""
        rates = (rate.xreplace(dict(self.values)) for rate in self.system.rhs)
        return self._settle({i: rate.diff(self.parameter, 2) for i, rate in enumerate(rates)})

    @cached_property
    def linear_by_parameter(self) -> dict[tuple[int, int], Expr]:
        """The derivative of the Jacobian by the parameter, the states held."""
        moving = {k: e for k, e in self._linear.items() if self.parameter in e.free_symbols}
        return self._settle({place: entry.diff(self.parameter) for place, entry in moving.items()})

    @cached_property
    def point_by_parameter(self) -> dict[int, Expr]:
        """The derivative of the states' own formulas by the parameter."""
        return {
            i: self.point[s].diff(self.parameter)
            for i, s in enumerate(self.system.states)
            if self.parameter in self.point[s].free_symbols
        }


_U = sympy.Dummy("u", real=True)


def _derivative(entry: Expr, state: Symbol, shapes: dict[Expr, Expr]) -> Expr:
    """The derivative by a state; what depends on it is differentiated once for all places where it occurs."""
    total = sympy.S.Zero
    for term in sympy.Add.make_args(entry):
        if state in term.free_symbols:
            factor, rest = term.as_independent(state, as_Add=False)
            shape = rest.xreplace({state: _U})
            if shape not in shapes:
                shapes[shape] = shape.diff(_U)
            total += factor * shapes[shape].xreplace({_U: state})
    return total


@dataclass(frozen=True, eq=False)
class TaylorTable:
    """The same coefficients, given."""

    point: Mapping[Symbol, Expr]
    linear: Mapping[tuple[int, int], Expr]
    quadratic: Quadratic = field(default_factory=dict)
    cubic: Cubic = field(default_factory=dict)
    by_parameter: Mapping[int, Expr] = field(default_factory=dict)
    linear_by_parameter: Mapping[tuple[int, int], Expr] = field(default_factory=dict)
    point_by_parameter: Mapping[int, Expr] = field(default_factory=dict)
    by_parameter_twice: Mapping[int, Expr] = field(default_factory=dict)
