"""Fractions of polynomials, with algebraic relations between the generators.

An `Element` is numerator over denominator in a `Ring`; a `Field` may know relations (``r**2 = mu``, the equation that a
critical parameter solves, ``s**2 = -omega**2``) and reduces by them, so that "is it zero?" is answered exactly. The
relations form a triangular set: each has a main generator of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Union

import sympy
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.ring import Polynomial, Ring, generators_of
from dynsym.errors import BudgetExceeded

__all__ = ["Element", "Field", "Relation", "element_is_zero", "root_relations"]

LARGEST_PRODUCT = 20_000_000


@dataclass(frozen=True)
class Relation:
    """A polynomial that vanishes, with the generator whose powers it lowers."""

    generator: Expr
    polynomial: Polynomial


class Field:
    """The fractions of a ring modulo relations."""

    def __init__(self, ring: Ring, relations: Sequence[Relation] = (), clock: Clock | None = None) -> None:
        self.ring = ring
        self.clock = clock
        self.relations = tuple(relations)
        self._rules = []
        for relation in self.relations:
            coefficients = ring.coefficients(relation.polynomial, relation.generator)
            x, degree = ring.generator(relation.generator), len(coefficients) - 1
            tail = relation.polynomial - coefficients[-1] * x**degree
            self._rules.append((relation.generator, degree, coefficients[-1], tail, x))
        self._rules.reverse()

    def with_relations(self, *relations: Relation) -> Field:
        """The same ring with further relations."""
        return Field(self.ring, (*self.relations, *relations), self.clock)

    def with_clock(self, clock: Clock) -> Field:
        """The same field under another limit."""
        return Field(self.ring, self.relations, clock)

    def __call__(self, value: Expr | int) -> Element:
        return self.element(*self.ring.quotient(sympy.Integer(value) if isinstance(value, int) else value))

    @property
    def zero(self) -> Element:
        return Element(self, self.ring.zero, self.ring.one)

    @property
    def one(self) -> Element:
        return Element(self, self.ring.one, self.ring.one)

    def element(self, numerator: Polynomial, denominator: Polynomial | None = None) -> Element:
        """The reduced fraction."""
        denominator = self.ring.one if denominator is None else denominator
        if self._rules:
            numerator, factor = self._reduced(numerator)
            denominator, other = self._reduced(denominator)
            numerator, denominator = numerator * other, denominator * factor
        if denominator.is_zero():
            raise ZeroDivisionError("a denominator vanishes under the relations")
        if numerator.is_zero():
            return Element(self, self.ring.zero, self.ring.one)
        self.check(numerator, denominator)
        if not denominator.is_one():
            common = numerator.gcd(denominator)
            if not common.is_one():
                numerator, denominator = numerator / common, denominator / common
            if denominator.leading_coefficient() < 0:
                numerator, denominator = -numerator, -denominator
        return Element(self, numerator, denominator)

    def _reduced(self, polynomial: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Pseudo-remainder by all relations, and the factor it was multiplied by."""
        factor = self.ring.one
        for generator, degree, lead, tail, x in self._rules:
            top = self.ring.degree(polynomial, generator)
            while top >= degree:
                head = self.ring.coefficients(polynomial, generator)[-1]
                rest = polynomial - head * x**top
                polynomial = lead * rest - head * tail * x ** (top - degree)
                factor = factor * lead
                top = self.ring.degree(polynomial, generator)
        return polynomial, factor

    def check(self, left: Polynomial, right: Polynomial) -> None:
        """Refuse a product that would take too long, before flint starts on it."""
        if self.clock is not None:
            self.clock.check("arithmetic with fractions")
            if len(left) * len(right) > LARGEST_PRODUCT:
                raise BudgetExceeded(
                    f"A product of polynomials with {len(left)} and {len(right)} terms was reached. That is too long "
                    "for a closed form. Give more parameters a value."
                )

    def rationalised(self, numerator: Polynomial, denominator: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Free the denominator of generators that satisfy a quadratic relation."""
        for generator, degree, _, tail, x in self._rules:
            if degree == 2 and self.ring.degree(denominator, generator) == 1:
                low, high = self.ring.coefficients(denominator, generator)
                middle = self.ring.coefficients(tail, generator)
                # The conjugate of low + high x is low - high x - high b/a where a x^2 + b x + c = 0.
                lead = self._lead(generator)
                slope = middle[1] if len(middle) > 1 else self.ring.zero
                conjugate = lead * low - lead * high * x - slope * high
                self.check(numerator, conjugate)
                numerator, factor = self._reduced(numerator * conjugate)
                denominator, other = self._reduced(denominator * conjugate)
                numerator, denominator = numerator * other, denominator * factor
        return numerator, denominator

    def _lead(self, generator: Expr) -> Polynomial:
        return next(lead for own, _, lead, _, _ in self._rules if own == generator)

    def vanishes(self, polynomial: Polynomial) -> bool:
        """Whether a polynomial is zero under the relations."""
        return self._reduced(polynomial)[0].is_zero()

    def substituted(self, element: Element, values: Mapping[Expr, Element]) -> Element:
        """Put elements for generators (Horner, one generator after the other)."""
        return self._put(element.numerator, values) / self._put(element.denominator, values)

    def _put(self, polynomial: Polynomial, values: Mapping[Expr, Element]) -> Element:
        present = [g for g in values if self.ring.degree(polynomial, g) > 0]
        if not present:
            return self.element(polynomial)
        total = self.zero
        for coefficient in reversed(self.ring.coefficients(polynomial, present[0])):
            total = total * values[present[0]] + self._put(coefficient, values)
        return total


Operand = Union["Element", int]


class Element:
    """A fraction in a `Field`."""

    __slots__ = ("denominator", "field", "numerator")

    def __init__(self, field: Field, numerator: Polynomial, denominator: Polynomial) -> None:
        self.field = field
        self.numerator = numerator
        self.denominator = denominator

    @property
    def is_zero(self) -> bool:
        return bool(self.numerator.is_zero())

    @property
    def size(self) -> int:
        """Number of terms, for choosing pivots and for budgets."""
        return len(self.numerator) + len(self.denominator)

    def rationalised(self) -> Element:
        """The same number with no square root in the denominator."""
        return self.field.element(*self.field.rationalised(self.numerator, self.denominator))

    @property
    def symbols(self) -> set[Expr]:
        """The symbols in its generators."""
        occurring = self.field.ring.occurring(self.numerator * self.denominator)
        return set().union(*(g.free_symbols for g in occurring))

    def _other(self, other: Operand) -> Element:
        return other if isinstance(other, Element) else self.field(other)

    def __add__(self, other: Operand) -> Element:
        right = self._other(other)
        if right.is_zero:
            return self
        if self.is_zero:
            return right
        self.field.check(self.numerator, right.denominator)
        self.field.check(right.numerator, self.denominator)
        if self.denominator == right.denominator:
            return self.field.element(self.numerator + right.numerator, self.denominator)
        return self.field.element(
            self.numerator * right.denominator + right.numerator * self.denominator,
            self.denominator * right.denominator,
        )

    __radd__ = __add__

    def __neg__(self) -> Element:
        return Element(self.field, -self.numerator, self.denominator)

    def __sub__(self, other: Operand) -> Element:
        return self + (-self._other(other))

    def __rsub__(self, other: Operand) -> Element:
        return self._other(other) - self

    def __mul__(self, other: Operand) -> Element:
        right = self._other(other)
        if self.is_zero or right.is_zero:
            return self.field.zero
        self.field.check(self.numerator, right.numerator)
        return self.field.element(self.numerator * right.numerator, self.denominator * right.denominator)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Element:
        right = self._other(other)
        self.field.check(self.numerator, right.denominator)
        return self.field.element(self.numerator * right.denominator, self.denominator * right.numerator)

    def __rtruediv__(self, other: Operand) -> Element:
        return self._other(other) / self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Element, int)) and (self - other).is_zero

    __hash__ = None  # type: ignore[assignment]

    def expression(self) -> Expr:
        """The fraction as a sympy expression, numerator and denominator expanded."""
        ring = self.field.ring
        return ring.expression(self.numerator) / ring.expression(self.denominator)

    def __repr__(self) -> str:
        return f"Element({self.expression()})"


def root_relations(ring: Ring) -> tuple[Relation, ...]:
    """The relations r**q = base of the generators that are roots, bases before the roots of them."""
    roots = [g for g in ring.generators if g.is_Pow and g.exp.is_Rational]
    roots.sort(key=lambda g: sum(1 for _ in sympy.preorder_traversal(g)))
    relations = []
    for root in roots:
        numerator, denominator = ring.quotient(root.base)
        relations.append(Relation(root, denominator * ring.generator(root) ** int(root.exp.q) - numerator))
    for root in ring.generators:
        if isinstance(root, sympy.CRootOf):
            coefficients = [ring.one * int(c) for c in reversed(root.poly.all_coeffs())]
            relations.append(Relation(root, ring.from_coefficients(coefficients, root)))
    return tuple(relations)


def field_over(expressions: Iterable[Expr], clock: Clock | None = None) -> Field:
    """The field of the generators of some expressions, with the relations of the roots among them."""
    ring = Ring(generators_of(expressions))
    return Field(ring, root_relations(ring), clock)


def element_is_zero(number: Element | int) -> bool:
    """Whether an element, or the integer 0 of an empty sum, is zero."""
    return number.is_zero if isinstance(number, Element) else number == 0
