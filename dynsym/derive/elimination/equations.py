"""A system with numbers for all parameters but one, as polynomial equations in its states and that parameter.

Square roots, other algebraic numbers, and the sine and cosine of an angle become unknowns of their own with a relation;
denominators are what must not vanish. On which branch of a root a solution lies is asked afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

import sympy
from flint import arb
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.elimination.solutions import RealSolution
from dynsym.algebra.field import root_relations
from dynsym.algebra.ring import Polynomial, Ring, factored, generators_of
from dynsym.arithmetic.balls import ball
from dynsym.derive.characteristic.factors import SQUARED_FREQUENCY
from dynsym.derive.crossings.locus import allowed
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.errors import UnsupportedFeatureError
from dynsym.results import SymbolicEquilibrium

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["PolynomialForm", "polynomial_form"]

MOST_COMPONENTS = 64


@dataclass(frozen=True, eq=False)
class PolynomialForm:
    """Equations for the equilibria, the parameter among the unknowns.

    `problem` has its states as they are, and as amplitude the root T that all unknowns of a solution are functions of.
    `names` are the unknowns that stand for generators of its expressions; `angles` are known by sine and cosine. Each
    equation is given by its irreducible factors.
    """

    problem: MovingEquilibrium
    names: Mapping[Expr, Symbol]
    equations: tuple[tuple[Expr, ...], ...]
    nonzero: tuple[Expr, ...]
    angles: Mapping[Symbol, tuple[Symbol, Symbol]] = field(default_factory=dict)

    @property
    def unknowns(self) -> tuple[Symbol, ...]:
        """The parameter last: where its values tell the solutions apart, it is the root itself."""
        return tuple(self.names.values())

    def expression(self, polynomial: Polynomial) -> Expr:
        """A polynomial of the problem's ring in the unknowns."""
        return self.problem.ring.expression(polynomial, {**self.names, SQUARED_FREQUENCY: SQUARED_FREQUENCY})

    def components(self, *further: Polynomial) -> list[tuple[Expr, ...]]:
        """Systems that together have the solutions of the equations and of further polynomials: one factor of each."""
        parts = [tuple(self.expression(part) for part, _ in factored(p)[1]) for p in further]
        every = [*self.equations, *parts]
        if prod(map(len, every)) > MOST_COMPONENTS:
            return [tuple(sympy.Mul(*factors) for factors in every)]
        return list(dict.fromkeys(tuple(dict.fromkeys(choice)) for choice in itertools.product(*every)))

    def is_in_domain(self, solution: RealSolution) -> bool:
        """Whether roots have the sign that is meant, and every symbol a value that it may take."""
        for generator, name in self.names.items():
            if generator.is_Symbol:
                is_meant = allowed(generator, float(solution.ball(name).mid()))
            elif generator.is_Pow:
                is_meant = solution.sign(name) >= 0
            else:
                is_meant = not isinstance(generator, sympy.CRootOf) or ball(generator).overlaps(solution.ball(name))
            if not is_meant:
                return False
        return True

    def place(self, solution: RealSolution) -> dict[Expr, arb]:
        """States and parameter as balls."""
        found = {g: solution.ball(name) for g, name in self.names.items() if g.is_Symbol}
        return found | {x: arb.atan2(*map(solution.ball, pair)) for x, pair in self.angles.items()}

    def written(self, solution: RealSolution, symbol: Symbol) -> Expr:
        """One of the states, or the parameter, exactly."""
        if symbol in self.angles:
            return sympy.atan2(*map(solution.expression, self.angles[symbol]))
        return solution.expression(self.names[symbol])


def polynomial_form(
    system: SymbolicSystem, parameter: Symbol, values: Mapping[Symbol, Expr], clock: Clock
) -> PolynomialForm:
    """The equations; `UnsupportedFeatureError` where they are not algebraic, or a symbol has no number."""
    states = SymbolicEquilibrium({s.name: s for s in system.states}, amplitude=sympy.Dummy("T", real=True))
    problem = MovingEquilibrium(system, parameter, states, values, clock)
    rates = [rate.xreplace(dict(values)) for rate in system.rhs]
    ring = Ring(generators_of(rates))
    angles = _angles(ring.generators, system.states)
    names = _names(ring.generators, [s for s in system.states if s not in angles], angles, parameter)
    quotients = [ring.quotient(rate) for rate in rates]
    nonzero = [ring.expression(below, names) for _, below in quotients]
    above = [*(above for above, _ in quotients), *(relation.polynomial for relation in root_relations(ring))]
    equations = [tuple(ring.expression(part, names) for part, _ in factored(p)[1]) for p in above if not p.is_zero()]
    equations += [(names[sympy.sin(x)] ** 2 + names[sympy.cos(x)] ** 2 - 1,) for x in angles]
    nonzero += [problem.ring.expression(below, names) for _, below in problem.linear.values()]
    return PolynomialForm(
        problem,
        names,
        tuple(equations),
        tuple(e for e in dict.fromkeys(nonzero) if not e.is_number),
        {x: (names[sympy.sin(x)], names[sympy.cos(x)]) for x in angles},
    )


def _angles(generators: Iterable[Expr], states: tuple[Symbol, ...]) -> list[Symbol]:
    """The states that occur as angles."""
    found = [x for x in states if sympy.sin(x) in generators or sympy.cos(x) in generators]
    for x in found:
        if x in generators:
            raise UnsupportedFeatureError(
                f"{x} occurs both as an angle and outside of sine and cosine. Elimination needs equations that are "
                "algebraic. Try continue_equilibrium."
            )
    return found


def _names(
    generators: Iterable[Expr], states: list[Symbol], angles: list[Symbol], parameter: Symbol
) -> dict[Expr, Symbol]:
    own: dict[Expr, Symbol] = {s: s for s in states} | {parameter: parameter}
    circle = [f(x) for x in angles for f in (sympy.sin, sympy.cos)]
    names = {g: sympy.Dummy(g.func.__name__, real=True) for g in circle}
    for g in generators:
        if g.is_Pow or isinstance(g, sympy.CRootOf):
            names[g] = sympy.Dummy("root", real=True)
        elif g not in own and g not in names:
            what = "has no number" if isinstance(g, Symbol) else "is not algebraic"
            raise UnsupportedFeatureError(
                f"{g} {what}. Elimination needs algebraic equations in the states and one parameter. "
                "Try numbers for the other parameters, or continue_equilibrium."
            )
    return names | own
