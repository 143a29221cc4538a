r"""The polynomial that a Cauchy transform satisfies, by elimination, and which of its factors is the right one.

With the Blue transform :math:`B(g) = R(g) + 1/g` the transform is defined by :math:`B(G(z)) = z`. Rational R-transforms
are put in; each atomic law is added by one resultant. Of the factors that arise the one is kept that vanishes on the
power series :math:`G = \sum m_k z^{-k-1}`, whose coefficients are worked out exactly by series reversion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import sympy
from flint import acb, fmpq, fmpq_series
from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym.algebra.ring import Polynomial, Ring, factored
from dynsym.errors import BudgetExceeded

__all__ = ["ARGUMENT", "TRANSFORM", "AlgebraicLaw", "Masses", "Table", "coefficients_at", "table_at"]

Masses = tuple[tuple[Expr, Expr], ...]

ARGUMENT = symbol("z")
TRANSFORM = symbol("G")
_AUXILIARY = sympy.Dummy("u")
MOST_TERMS = 400


@dataclass(frozen=True, eq=False)
class AlgebraicLaw:
    """An irreducible polynomial for the Cauchy transform of a law."""

    ring: Ring
    polynomial: Polynomial

    @classmethod
    def of(cls, rational: Expr, variable: Symbol, masses: Sequence[Masses]) -> AlgebraicLaw:
        """Eliminate: the R-transform is the rational part plus those of the atomic laws."""
        symbols = rational.free_symbols - {variable}
        for law in masses:
            symbols |= set().union(*(part.free_symbols for pair in law for part in pair))
        ring = Ring([ARGUMENT, TRANSFORM, _AUXILIARY, *sorted(symbols, key=str)])
        g = rational.xreplace({variable: TRANSFORM})
        if not masses:
            found = ring.polynomial(ARGUMENT - 1 / TRANSFORM - g)
        else:
            found = _atomic(ring, masses[0], ARGUMENT)
            for number, law in enumerate(masses[1:], start=2):
                other = _atomic(ring, law, ARGUMENT + 1 / TRANSFORM - _AUXILIARY)
                renamed = _renamed(ring, found)
                found = ring.resultant(renamed, other, _AUXILIARY)
                found = _right_factor(ring, found, sympy.S.Zero, masses[:number])
            found = _shifted(ring, found, g)
        return cls(ring, _right_factor(ring, found, g, masses))

    @property
    def expression(self) -> Expr:
        """The polynomial as a sympy expression."""
        return self.ring.expression(self.polynomial)

    @cached_property
    def critical_factors(self) -> tuple[Polynomial, ...]:
        """Irreducible factors, in z and the parameters, of the discriminant in G and of the leading coefficient."""
        ring, derivative = self.ring, self.ring.derivative(self.polynomial, TRANSFORM)
        lead = ring.coefficients(self.polynomial, TRANSFORM)[-1]
        found: dict[str, Polynomial] = {}
        for product in (ring.resultant(self.polynomial, derivative, TRANSFORM), lead):
            for factor, _ in factored(product)[1]:
                found.setdefault(str(factor), factor)
        return tuple(found.values())

    @cached_property
    def edge_factors(self) -> tuple[Expr, ...]:
        """Those critical factors at whose roots two sheets meet in a branch point."""
        sample = _sample(self.ring)
        return tuple(
            self.ring.expression(factor)
            for factor in self.critical_factors
            if self.ring.degree(factor, ARGUMENT) > 0 and self._branches(factor, sample)
        )

    def _branches(self, factor: Polynomial, sample: dict[Symbol, Fraction]) -> bool:
        """Whether P and its derivative in G vanish together but not that in z, at a root of the factor."""
        ring = self.ring
        by_transform = ring.derivative(self.polynomial, TRANSFORM)
        by_argument = ring.derivative(self.polynomial, ARGUMENT)
        roots: Any = _univariate(ring, factor, sample).complex_roots()
        if not roots:
            return False
        at = acb(roots[0][0])
        tables = [table_at(ring, p, sample) for p in (self.polynomial, by_transform, by_argument)]
        own, slopes = coefficients_at(tables[0], at), coefficients_at(tables[1], at)
        if len(own) > 1 and own[-1].contains(0) and own[-2].contains(0):  # two sheets meet where G is infinite
            top = len(own) - 1
            return not evaluated([(i, 0, c) for i, j, c in tables[2] if j == top], at, acb(0)).contains(0)
        while slopes and slopes[-1].contains(0):
            slopes.pop()
        return any(
            evaluated(tables[0], at, value).contains(0) and not evaluated(tables[2], at, value).contains(0)
            for value in (flint.acb_poly(slopes).roots() if len(slopes) > 1 else ())
        )


Table = list[tuple[int, int, fmpq]]


def table_at(ring: Ring, polynomial: Polynomial, sample: dict[Symbol, Fraction]) -> Table:
    """Terms (power of z, power of G, coefficient) at values of the parameters."""
    merged: dict[tuple[int, int], Fraction] = {}
    others = [(k, sample[g]) for k, g in enumerate(ring.generators) if g in sample]
    for powers, coefficient in polynomial.to_dict().items():
        value = Fraction(int(coefficient))
        for k, number in others:
            value *= number ** int(powers[k])
        place = (int(powers[0]), int(powers[1]))
        merged[place] = merged.get(place, Fraction(0)) + value
    return [(i, j, fmpq(c.numerator, c.denominator)) for (i, j), c in merged.items() if c]


def _univariate(ring: Ring, polynomial: Polynomial, sample: dict[Symbol, Fraction]) -> flint.fmpz_poly:
    table = table_at(ring, polynomial, sample)
    coefficients = [fmpq(0)] * (1 + max((i for i, _, _ in table), default=0))
    for i, _, c in table:
        coefficients[i] += c
    return flint.fmpq_poly(coefficients).numer()


def coefficients_at(table: Table, at: acb) -> list[acb]:
    found = [acb(0)] * (1 + max((j for _, j, _ in table), default=0))
    for i, j, c in table:
        found[j] += acb(c) * at**i
    return found


def evaluated(table: Table, at: acb, value: acb) -> acb:
    """A polynomial in z and G in ball arithmetic, by Horner's rule in G."""
    total = acb(0)
    for coefficient in reversed(coefficients_at(table, at)):
        total = total * value + coefficient
    return total


def _sample(ring: Ring) -> dict[Symbol, Fraction]:
    """Generic values of the parameters."""
    parameters = [g for g in ring.generators if g not in (ARGUMENT, TRANSFORM, _AUXILIARY)]
    return {p: Fraction(2 * k + 3, 3 * k + 7) + Fraction(k, 31) for k, p in enumerate(parameters)}


def _atomic(ring: Ring, masses: Masses, argument: Expr) -> Polynomial:
    """The numerator of Σ p_j/(u - a_j) - G."""
    total = sympy.Add(*(mass / (argument - at) for at, mass in masses)) - TRANSFORM
    return ring.polynomial(total)


def _renamed(ring: Ring, polynomial: Polynomial) -> Polynomial:
    """z replaced by the auxiliary unknown."""
    return ring.from_coefficients(ring.coefficients(polynomial, ARGUMENT), _AUXILIARY)


def _shifted(ring: Ring, polynomial: Polynomial, rational: Expr) -> Polynomial:
    """The numerator of the polynomial at z - R(G)."""
    above, below = ring.quotient(ARGUMENT - rational)
    total, power = ring.zero, ring.one
    for coefficient in reversed(ring.coefficients(polynomial, ARGUMENT)):
        total, power = total * above + coefficient * power, power * below
    return total


def _right_factor(ring: Ring, polynomial: Polynomial, rational: Expr, masses: Sequence[Masses]) -> Polynomial:
    """The irreducible factor that vanishes on the series of G at infinity; all others are shown not to."""
    factors = [f for f, _ in factored(polynomial)[1] if ring.degree(f, TRANSFORM) > 0]
    sample = _sample(ring)
    order = 12
    while len(factors) > 1:
        if order > MOST_TERMS:
            raise BudgetExceeded(
                f"The factor of the Cauchy transform is not told apart by {MOST_TERMS} moments. Two factors nearly "
                "agree. Give more parameters a value."
            )
        with _series_to(order):
            series = _series(rational, masses, sample, order)
            factors = [f for f in factors if _vanishes(table_at(ring, f, sample), series, order - 2)]
        order *= 2
    chosen = factors[0]
    return -chosen if chosen.leading_coefficient() < 0 else chosen


def _series(rational: Expr, masses: Sequence[Masses], sample: dict[Symbol, Fraction], order: int) -> fmpq_series:
    """G as a series in 1/z, to so many terms."""
    values = {s: sympy.Rational(v.numerator, v.denominator) for s, v in sample.items()}
    above, below = sympy.fraction(sympy.cancel(rational.xreplace(values)))
    one = fmpq_series([1])
    total = _polynomial_series(above) / _polynomial_series(below)
    for law in masses:
        numbers = [(_fraction(at.xreplace(values)), _fraction(mass.xreplace(values))) for at, mass in law]
        moments = [sum((mass * at**k for at, mass in numbers), Fraction(0)) for k in range(order)]
        inverse = fmpq_series([0, *(fmpq(m.numerator, m.denominator) for m in moments)]).reversion()
        blue = one / fmpq_series(inverse.coeffs()[1:])
        total = total + fmpq_series(blue.coeffs()[1:])
    inverse = one / (one + fmpq_series([0, *total.coeffs()]))
    return fmpq_series([0, *inverse.coeffs()]).reversion()


def _polynomial_series(expression: Expr) -> fmpq_series:
    coefficients = sympy.Poly(expression, TRANSFORM).all_coeffs()[::-1]
    return fmpq_series([fmpq(int(c.p), int(c.q)) for c in coefficients])


def _fraction(value: Expr) -> Fraction:
    number = sympy.Rational(value)
    return Fraction(int(number.p), int(number.q))


def _vanishes(table: Table, series: fmpq_series, order: int) -> bool:
    """Whether t^d P(1/t, G(t)) is zero to the known order."""
    top = max(i for i, _, _ in table)
    powers = [fmpq_series([1])]
    for _ in range(max(j for _, j, _ in table)):
        powers.append(powers[-1] * series)
    total = fmpq_series([0])
    for i, j, c in table:
        total = total + fmpq_series([*[0] * (top - i), c]) * powers[j]
    return all(c == 0 for c in total.coeffs()[:order])


@contextmanager
def _series_to(order: int) -> Iterator[None]:
    """Series with so many terms inside."""
    before = flint.ctx.cap
    flint.ctx.cap = order
    try:
        yield
    finally:
        flint.ctx.cap = before
