"""An equilibrium whose parameter moves, as polynomials: the common ground of every condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Polynomial, Quotient, Ring, generators_of
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, Factor, spectral_factors
from dynsym.derive.equilibria.corners import corners_met, require_smooth
from dynsym.derive.normal_forms.taylor import TaylorExpansion, TaylorTable
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions import relu, step
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Cell, Critical, Where

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["PAIR", "MovingEquilibrium"]

PAIR = sympy.Dummy("s")  # stands for iω


@dataclass(frozen=True, eq=False)
class MovingEquilibrium:
    """A system, one of its equilibria, and the parameter that moves.

    Parameters
    ----------
    system : SymbolicSystem
    parameter : Symbol
    equilibrium : SymbolicEquilibrium
        In the parameters and its amplitude; roots that contain the parameter have been given a name as amplitude.
    values : mapping of Symbol to Expr
        Put in before anything else.
    clock : Clock
    taylor : TaylorTable, optional
        The Taylor coefficients, where they are not those of the system.
    """

    system: SymbolicSystem
    parameter: Symbol
    equilibrium: SymbolicEquilibrium
    values: Mapping[Symbol, Expr]
    clock: Clock
    taylor: TaylorTable | None = None

    @property
    def amplitude(self) -> Symbol | None:
        return self.equilibrium.amplitude

    @cached_property
    def expansion(self) -> TaylorExpansion | TaylorTable:
        if self.taylor is not None:
            return self.taylor
        point = {self.system[name]: value for name, value in self.equilibrium.states.items()}
        return TaylorExpansion(self.system, point, self.values, self.parameter)

    @cached_property
    def constraint_derivatives(self) -> tuple[Expr, ...]:
        """The derivatives of the constraint by the amplitude and by the parameter."""
        return tuple(
            c.diff(s) for c in self.equilibrium.constraints for s in (self.amplitude, self.parameter) if s is not None
        )

    @cached_property
    def amplitude_derivatives(self) -> dict[int, Expr]:
        """The derivatives of the states' formulas by the amplitude."""
        if self.amplitude is None:
            return {}
        derivatives = {i: self.expansion.point[s].diff(self.amplitude) for i, s in enumerate(self.system.states)}
        return {i: d for i, d in derivatives.items() if d != 0}

    @cached_property
    def ring(self) -> Ring:
        e = self.expansion
        expressions: list[Expr] = [self.parameter, *self.equilibrium.constraints, *self.constraint_derivatives]
        if self.amplitude is not None:
            expressions.append(self.amplitude)
        for table in (
            e.linear,
            e.quadratic,
            e.cubic,
            e.by_parameter,
            e.linear_by_parameter,
            e.point_by_parameter,
            self.amplitude_derivatives,
        ):
            expressions.extend(set(table.values()))
        expressions.extend(self.equilibrium.states.values())
        return Ring((*generators_of(expressions), EIGENVALUE, SQUARED_FREQUENCY, PAIR))

    @cached_property
    def field(self) -> Field:
        """The fractions of the ring, modulo the roots that occur in it."""
        return Field(self.ring, root_relations(self.ring), self.clock)

    @cached_property
    def linear(self) -> dict[tuple[int, int], Quotient]:
        return {place: self.ring.quotient(entry) for place, entry in self.expansion.linear.items()}

    @cached_property
    def denominators(self) -> tuple[Polynomial, ...]:
        """What vanishes at the poles of the equilibrium and of its Jacobian."""
        states = (self.ring.quotient(value) for value in self.equilibrium.states.values())
        below = {str(d): d for _, d in (*states, *self.linear.values()) if not d.is_constant()}
        return tuple(below.values())

    @cached_property
    def factors(self) -> list[Factor]:
        """Irreducible factors of the characteristic polynomial."""
        return spectral_factors(self.ring, self.linear, self.system.dimension, self.clock)

    @cached_property
    def constraint(self) -> Polynomial | None:
        """What the amplitude satisfies, as a polynomial, or None."""
        constraints = self.equilibrium.constraints
        return self.ring.polynomial(constraints[0]) if constraints else None

    @cached_property
    def unknown(self) -> tuple[Expr, ...]:
        """Generators that change with the amplitude: itself and functions of it."""
        if self.amplitude is None:
            return ()
        return tuple(g for g in self.ring.generators if self.amplitude in g.free_symbols)

    @cached_property
    def hidden(self) -> tuple[Expr, ...]:
        """Generators in which the parameter occurs but is not itself; algebra cannot move it there."""
        return tuple(g for g in self.ring.generators if g != self.parameter and self.parameter in g.free_symbols)

    @cached_property
    def free(self) -> tuple[Expr, ...]:
        """Generators that stay symbolic: neither numbers, nor the parameter, nor the amplitude's, nor the states'."""
        own = {self.parameter, EIGENVALUE, SQUARED_FREQUENCY, PAIR, *self.unknown}
        states = set(self.system.states)
        return tuple(g for g in self.ring.generators if g not in own and g.free_symbols and not g.free_symbols & states)

    def require_smooth(self) -> None:
        """Refuse a point at which the right-hand side has no derivative."""
        require_smooth(self.system, self.expansion.point, self.values, self._where)

    def require_algebraic(self) -> None:
        """Refuse a parameter that occurs inside a function; this needs all Taylor coefficients."""
        if self.hidden:
            raise UnsupportedFeatureError(
                f"At the equilibrium {self._where} the parameter {self.parameter} occurs inside {self.hidden[0]}, "
                "where algebra does not reach it. Choose another parameter, or follow the equilibrium with "
                "continue_equilibrium."
            )

    def require_one_side(self) -> None:
        """Refuse an equilibrium of which symbols decide on which side of a corner it lies."""
        for constraint in self.equilibrium.constraints:
            corners = constraint.atoms(relu, step)
            if corners and constraint.free_symbols - {self.amplitude, self.parameter}:
                raise UnsupportedFeatureError(
                    f"The equilibrium {self._where} solves {constraint} = 0, and on which side of the corner of "
                    f"{next(iter(corners))} it lies depends on symbols. Give them values, or replace the "
                    "rectifier by the line that it is on one side."
                )

    def cell(self, critical: Critical) -> Cell:
        """What is asked about this equilibrium: where something becomes critical."""
        return Cell.at(self.equilibrium.states, critical)

    @property
    def corners(self) -> tuple[Cell, ...]:
        """Where the equilibrium may meet a corner or a jump: derivatives say nothing of what happens there."""
        constraints = self.equilibrium.constraints
        met = corners_met(self.system, self.expansion.point, self.values, self.amplitude, constraints)
        cell = replace(self.cell(Critical.ANY), where=Where.OUTSIDE)
        return tuple(cell.because(f"{place.what} where {at} = 0") for at, place in met.items())

    @property
    def _where(self) -> str:
        return self.cell(Critical.ANY).what

    @property
    def origin_is_another(self) -> bool:
        """Whether the origin, an equilibrium of its own, is met where the amplitude is zero."""
        if self.amplitude is None or self.equilibrium.is_trivial:
            return False
        zero = {self.amplitude: sympy.S.Zero}
        if not all(value.xreplace(zero) == 0 for value in self.equilibrium.states.values()):
            return False
        origin = {**self.values, **dict.fromkeys(self.system.states, sympy.S.Zero)}
        return all(rate.subs(origin) == 0 for rate in self.system.rhs)


def with_named_roots(equilibrium: SymbolicEquilibrium, parameter: Symbol) -> SymbolicEquilibrium:
    """Give the one root that contains the parameter a name as amplitude, so that everything is polynomial in it."""
    if equilibrium.amplitude is not None:
        return equilibrium
    roots = {
        sympy.Pow(power.base, sympy.Rational(1, power.exp.q))
        for value in equilibrium.states.values()
        for power in value.atoms(sympy.Pow)
        if power.exp.is_Rational and power.exp.q != 1 and parameter in power.free_symbols
    }
    if len(roots) != 1:
        return equilibrium
    root = roots.pop()
    name = sympy.Dummy("root", nonnegative=True)

    def named(power: Expr) -> Expr:
        return name**power.exp.p

    states = {
        key: value.replace(lambda e: e.is_Pow and e.base == root.base and e.exp.is_Rational and e.exp.q != 1, named)
        for key, value in equilibrium.states.items()
    }
    constraint = name**root.exp.q - root.base
    return replace(equilibrium, states=states, constraints=(*equilibrium.constraints, constraint), amplitude=name)
