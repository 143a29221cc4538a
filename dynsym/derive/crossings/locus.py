"""Components of the critical set, and the real points on them.

A `Locus` is a field in which the condition holds identically: the parameter (and the amplitude of the equilibrium) is
put in where it is rational in the rest, and otherwise kept with the relation that it satisfies. Its `Solution`s are
the real points, each with a formula where there is one and with enclosures where nothing is left free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr, S

from dynsym._expressions.registry import HEADS
from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Polynomial
from dynsym.algebra.signs import never_vanishes, sign_of_polynomial
from dynsym.arithmetic.balls import Balls, precision
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.normal_forms.numbers import GUARD_BITS
from dynsym.results.ledger import Cell, Examined, Where

__all__ = ["GUARD_BITS", "Locus", "Solution", "allowed", "at_edges", "vanish_together", "walls", "zero_at_zero_only"]


@dataclass(frozen=True)
class Solution:
    """One real point of a locus; `states` are those there, where the equilibrium has no formula."""

    formula: Expr | None
    replacements: Mapping[Expr, Expr] = field(default_factory=dict)
    relations: tuple[Expr, ...] = ()
    balls: Callable[[], Balls] | None = None
    states: Mapping[str, Expr] | None = None

    def encloses(self, element: Element) -> bool:
        """Whether the balls give an element a number: nothing else occurs in it."""
        if self.balls is None:
            return False
        with precision(GUARD_BITS):
            known = set(self.balls())
        return element.symbols <= known


@dataclass(frozen=True)
class Locus:
    """A component of the critical set."""

    equation: Expr
    field: Field
    substitution: Mapping[Expr, Element]
    solutions: tuple[Solution, ...]
    constraints: tuple[Expr, ...] = ()
    degree: int = 1

    def is_pole(self, problem: MovingEquilibrium) -> bool:
        """Whether the equilibrium or its Jacobian is infinite there: solutions of other cases, if of any."""
        return any(self.element((below, problem.ring.one)).is_zero for below in problem.denominators)

    def element(self, quotient: tuple[Polynomial, Polynomial]) -> Element:
        """A fraction of the ring at the locus."""
        numerator, denominator = quotient
        if not self.substitution:
            return self.field.element(numerator, denominator)
        return self.field.substituted(Element(self.field, numerator, denominator), self.substitution)


def allowed(symbol: Expr, number: Any) -> bool:
    """Whether a number, or a ball as far as it tells, is in the domain of a symbol."""
    if (symbol.is_positive and number <= 0) or (symbol.is_negative and number >= 0):
        return False
    return not (symbol.is_nonnegative and number < 0)


# ---- what formulas leave open


def at_edges(problem: MovingEquilibrium, factor: Polynomial, cell: Cell) -> Examined[Locus] | None:
    """A factor that vanishes nowhere, at an edge, or for single values of free symbols; None for any other."""
    moving = {problem.parameter, *problem.unknown} & set(problem.ring.occurring(factor))
    if moving and sign_of_polynomial(problem.ring, factor) is None:
        return None
    if never_vanishes(problem.ring, factor):
        return Examined((), (), by="signs")
    part = cell.where_zero(problem.ring.expression(factor))
    return Examined((), (replace(part, where=Where.OUTSIDE) if moving else part,), by="")


def walls(problem: MovingEquilibrium, condition: Polynomial, unknown: Expr, cell: Cell) -> tuple[Cell, ...]:
    """Values of free symbols at which an equation for the unknown loses its degree, and its roots their formula."""
    ring = problem.ring
    low, *_, high = ring.coefficients(condition, unknown)
    linear = ring.degree(condition, unknown) == 1
    if never_vanishes(ring, high) or (linear and not vanish_together(problem, low, high)):
        return ()
    return (cell.where_zero(ring.expression(high)),)


def zero_at_zero_only(generator: Expr) -> bool:
    """Whether a generator vanishes only where its argument does."""
    known = HEADS.get(type(generator))
    return generator.is_Symbol or (known is not None and known.is_increasing and known.is_odd)


def vanish_together(problem: MovingEquilibrium, low: Polynomial, high: Polynomial) -> bool:
    """Whether two polynomials without a common factor may have a common zero."""
    ring = problem.ring
    if never_vanishes(ring, low) or never_vanishes(ring, high):
        return False
    occurring = {g for p in (low, high) for g in ring.occurring(p)}
    if problem.amplitude is not None and len(high) == 1 and all(map(zero_at_zero_only, ring.occurring(high))):
        return low.is_zero() or ring.expression(low).xreplace({problem.amplitude: S.Zero}).is_zero is not False
    return len(occurring) > 1 or not low.gcd(high).is_constant()
