"""Numbers of one kind at a critical point: how they are found, judged and written.

A normal form and all that is read off it (kind, coefficient, direction of the mode, criticality) is written once, over
`Numbers`: elements of a field, which tell zero but not always a sign, or balls at the working precision, which tell
signs but zero only where it comes out exactly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import sympy
from flint import acb, arb
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Field, element_is_zero
from dynsym.algebra.linear import Algebra, BallAlgebra, ExactAlgebra, NotSimpleError, Vector
from dynsym.algebra.signs import sign_of_element
from dynsym.algebra.tidy import factored, tidy
from dynsym.arithmetic.balls import Balls, ball, precision, sign_of
from dynsym.derive.wording import roughly, sign_of_formula

__all__ = ["GUARD_BITS", "EnclosedNumbers", "ExactNumbers", "Numbers", "UndecidedError", "by_enclosures", "root"]

PRECISIONS = (128, 256, 1024)
GUARD_BITS = 256

Found = TypeVar("Found")


class UndecidedError(ArithmeticError):
    """A ball contains zero: more bits, or exact algebra, must decide."""


def root(number: Any) -> Any:
    """The square root of a ball or of an expression."""
    return number.sqrt() if isinstance(number, arb) else sympy.sqrt(number)


class Numbers(ABC):
    """One kind of numbers; `of` takes a Taylor coefficient, and where a pair is critical `squared` is ω², `pair` iω."""

    of: Callable[[Expr], Any]
    algebra: Algebra
    zero: Any
    squared: Any
    pair: Any
    how: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def is_zero(self, number: Any) -> bool:
        """Whether a number is zero; `UndecidedError` where that is open."""

    @abstractmethod
    def sign(self, number: Any, shown: Expr = sympy.S.Zero) -> int | None:
        """The sign of a real number that is written as `shown`; None where it depends on symbols."""

    @abstractmethod
    def real(self, number: Any) -> Any:
        """The real part."""

    @abstractmethod
    def conjugate(self, number: Any) -> Any:
        """The complex conjugate."""

    @abstractmethod
    def write(self, formula: Callable[..., Any] | None, *parts: Any) -> Expr:
        """A formula of real numbers as an expression; without a formula the one number itself."""

    @abstractmethod
    def enclose(self, formula: Callable[..., Any] | None, *parts: Any) -> arb | None:
        """A formula of real numbers as a ball, where nothing in it is open."""

    @abstractmethod
    def direction(self, vector: Vector) -> tuple[Expr, ...]:
        """A vector of which only the direction counts."""

    @abstractmethod
    def orientation(self, vector: Vector) -> tuple[int, int | None]:
        """The sign that makes the largest entry positive.

        Where it is open which one is the largest, the first one of known sign is taken, and its place comes too.
        """


@dataclass(frozen=True, eq=False)
class ExactNumbers(Numbers):
    """Elements of a field; `at` puts in the formulas of one solution, and `balls` encloses its symbols."""

    field: Field
    of: Callable[[Expr], Element]
    clock: Clock
    generator: Expr | None = None
    squared: Element | None = None
    at: Callable[[Expr], Expr] = lambda expression: expression
    balls: Callable[[], Balls] | None = None

    @property
    def algebra(self) -> Algebra:  # type: ignore[override]
        return ExactAlgebra(self.field, self.clock)

    @property
    def zero(self) -> Element:
        return self.field.zero

    @property
    def pair(self) -> Element:
        return self.field(self.generator)

    def is_zero(self, number: Any) -> bool:
        return element_is_zero(number)

    def _element(self, number: Any) -> Element:
        return number if isinstance(number, Element) else self.field(number)

    def parts(self, number: Any) -> tuple[Element, Element]:
        """a, b of a + b iω."""
        number = self._element(number).rationalised()
        found = [
            self.field.element(c, number.denominator)
            for c in self.field.ring.coefficients(number.numerator, self.generator)
        ]
        return found[0], found[1] if len(found) > 1 else self.field.zero

    def real(self, number: Any) -> Element:
        return self.parts(number)[0]

    def conjugate(self, number: Any) -> Element:
        real, imaginary = self.parts(number)
        return real - self.pair * imaginary

    def write(self, formula: Callable[..., Any] | None, *parts: Any) -> Expr:
        elements = [self._element(part) for part in parts]
        return self.at(tidy(elements[0]) if formula is None else formula(*map(factored, elements)))

    def _enclosed(self, parts: Sequence[Any], bits: int) -> list[arb] | None:
        if self.balls is None:
            return None
        elements = [self._element(part) for part in parts]
        with precision(bits):
            balls = self.balls()
            known = all(element.symbols <= balls.keys() for element in elements)
            return [evaluate(element, balls) for element in elements] if known else None

    def enclose(self, formula: Callable[..., Any] | None, *parts: Any) -> arb | None:
        found = self._enclosed(parts, GUARD_BITS)
        if found is None:
            return None
        with precision(GUARD_BITS):
            return found[0] if formula is None else formula(*found)

    def sign(self, number: Any, shown: Expr = sympy.S.Zero) -> int | None:
        if self.is_zero(number):
            return 0
        for bits in PRECISIONS:
            found = self._enclosed([number], bits)
            if found is None:
                return sign_of_formula(self._element(number), shown)
            if sign_of(found[0]) is not None:
                return sign_of(found[0])
        return None

    def direction(self, vector: Vector) -> tuple[Expr, ...]:
        return tuple(self.write(None, entry) for entry in vector)

    def orientation(self, vector: Vector) -> tuple[int, int | None]:
        found = self._enclosed(vector, GUARD_BITS)
        if found is not None:
            return _of_largest(found), None
        signs = [0 if self.is_zero(e) else sign_of_formula(self._element(e), sympy.S.Zero) for e in vector]
        for k, sign in enumerate(signs):
            if sign and all(sign_of_element(vector[k] * vector[k] - e * e) in (0, 1) for e in vector):
                return sign, None
        place = next((k for k, sign in enumerate(signs) if sign), None)
        return (1, signs.index(None)) if place is None else (signs[place] or 1, place)


@dataclass(frozen=True, eq=False)
class EnclosedNumbers(Numbers):
    """Balls at the working precision, given balls of the symbols in the Taylor coefficients, and of ω² at a pair."""

    balls: Balls
    squared: arb | None = None
    plain: Callable[[Expr], Expr] = lambda expression: expression
    algebra: ClassVar[Algebra] = BallAlgebra()  # type: ignore[misc]
    zero: ClassVar[acb] = acb(0)  # type: ignore[misc]
    how: ClassVar[tuple[str, ...]] = ("coefficients: enclosed by ball arithmetic at the exact solution",)

    @property
    def pair(self) -> acb:
        return acb(0, 1) * root(self.squared)

    def of(self, expression: Expr) -> acb:
        return acb(ball(self.plain(expression), self.balls))

    def is_zero(self, number: Any) -> bool:
        number = acb(number)
        if not number.is_zero() and (number.contains(0) or not number.is_finite()):
            raise UndecidedError("the enclosure contains zero")
        return bool(number.is_zero())

    def sign(self, number: Any, shown: Expr = sympy.S.Zero) -> int | None:
        return 0 if self.is_zero(self.real(number)) else sign_of(self.real(number))

    def real(self, number: Any) -> arb:
        return acb(number).real

    def conjugate(self, number: Any) -> acb:
        return acb(acb(number).real, -acb(number).imag)

    def write(self, formula: Callable[..., Any] | None, *parts: Any) -> Expr:
        return roughly(self.enclose(formula, *parts))

    def enclose(self, formula: Callable[..., Any] | None, *parts: Any) -> arb:
        balls = map(self.real, parts)
        return next(balls) if formula is None else formula(*balls)

    def direction(self, vector: Vector) -> tuple[Expr, ...]:
        length = sum((abs(acb(entry)) ** 2 for entry in vector), arb(0)).sqrt()
        entries = [acb(entry) / length for entry in vector]
        if self.squared is None:
            return tuple(roughly(e.real) for e in entries)
        return tuple(roughly(e.real) + sympy.I * roughly(e.imag) for e in entries)

    def orientation(self, vector: Vector) -> tuple[int, int | None]:
        return _of_largest([self.real(entry) for entry in vector]), None


def _of_largest(balls: Sequence[arb]) -> int:
    return 1 if max((float(x.mid()) for x in balls), key=abs) > 0 else -1


def by_enclosures(look: Callable[[], Found], clock: Clock) -> Found | None:
    """What `look` finds in balls at a rising precision; None where they leave it open."""
    for bits in PRECISIONS:
        try:
            with precision(bits):
                return look()
        except (UndecidedError, NotSimpleError):
            clock.check("ball arithmetic at a critical point")
    return None
