"""Components of the critical set, and the real points on them.

A `Locus` is a field in which the condition holds identically: the parameter (and the amplitude of the equilibrium) is
put in where it is rational in the rest, and otherwise kept with the relation that it satisfies. Its `Solution`s are
the real points, each with a formula where there is one and with enclosures where nothing is left free.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr

from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Polynomial
from dynsym.arithmetic.balls import Balls, precision
from dynsym.derive.normal_forms.numbers import GUARD_BITS

__all__ = ["GUARD_BITS", "Locus", "Solution", "allowed"]


@dataclass(frozen=True)
class Solution:
    """One real point of a locus."""

    formula: Expr | None
    replacements: Mapping[Expr, Expr] = field(default_factory=dict)
    relations: tuple[Expr, ...] = ()
    balls: Callable[[], Balls] | None = None

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
