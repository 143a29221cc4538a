"""Solutions that are conjugate over the rationals: one irreducible polynomial, coordinates in terms of its root.

References
----------
.. [1] B. Dayton, Z. Zeng, "Computing the multiplicity structure in solving polynomial systems", ISSAC 2005.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial, prod
from typing import Any

from flint import arb, arb_poly, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mpoly, fmpz_poly, nmod, nmod_mat, nmod_poly
from flint.utils.flint_exceptions import DomainError

from dynsym.arithmetic.real_roots import RealRoot, real_roots

__all__ = ["Conjugates", "modulo"]

Terms = Iterable[tuple[Sequence[Any], Any]]

PRIME = 4611686018427387847
"""Modulo this, most of what is not zero is seen not to be."""
LARGEST_DUAL = 84
"""Functionals among which those that vanish on an ideal are sought."""
MOST_TRIED = 60
"""Primes tried for one at which the polynomial has a root."""


def modulo(polynomial: fmpz_poly, prime: int) -> nmod_poly:
    """The polynomial modulo a prime."""
    return nmod_poly([int(c % prime) for c in polynomial.coeffs()] or [0], prime)


@dataclass(frozen=True, eq=False)
class Conjugates:
    """The points ``x_k = numerators[k](T)/q'(T)``, T a root of `polynomial` q; T is the linear form of the unknowns."""

    polynomial: fmpz_poly
    multiplicity: int
    numerators: tuple[fmpq_poly, ...]
    form: tuple[int, ...]

    @cached_property
    def modulus(self) -> fmpq_poly:
        """The polynomial q over the rationals."""
        return fmpq_poly(self.polynomial)

    @cached_property
    def slope(self) -> fmpq_poly:
        """The derivative q'."""
        return self.modulus.derivative()

    @cached_property
    def real_roots(self) -> list[RealRoot]:
        """The real values of T, ascending."""
        return real_roots(self.polynomial)

    @cached_property
    def coordinates(self) -> list[fmpq_poly]:
        """Each coordinate as a polynomial in T; much longer than the numerators where q has a high degree."""
        inverse = self.inverse(self.slope)
        return [numerator * inverse % self.modulus for numerator in self.numerators]

    def inverse(self, element: fmpq_poly) -> fmpq_poly:
        """In the field Q[T]/q."""
        common, inverse, _ = element.xgcd(self.modulus)
        return inverse / common.coeffs()[0]

    # ---- exact answers

    def vanishes(self, terms: Terms) -> bool:
        """Whether a polynomial in the unknowns is zero at all these points.

        Multiplied by a power of q' it is a polynomial in T, which q divides or not.
        """
        value = self._homogeneous(list(terms)).numer()
        if value == 0:
            return True
        divisor = modulo(self.polynomial, PRIME)
        if divisor.degree() == self.polynomial.degree() and modulo(value, PRIME) % divisor != 0:
            return False
        try:
            value / self.polynomial
        except DomainError:
            return False
        return True

    def is_consistent(self) -> bool:
        """Whether the linear form takes the value T, so that different roots are different points."""
        total = sum((n * fmpq(w) for n, w in zip(self.numerators, self.form, strict=True)), fmpq_poly([0]))
        return (total - fmpq_poly([0, 1]) * self.slope) % self.modulus == 0

    def _homogeneous(self, terms: list[tuple[Sequence[Any], Any]]) -> fmpq_poly:
        degree = max((sum(int(p) for p in powers) for powers, _ in terms), default=0)
        slopes = _Powers(self.slope)
        known = [_Powers(numerator) for numerator in self.numerators]
        total = fmpq_poly([0])
        for powers, coefficient in terms:
            exponents = [int(p) for p in powers]
            term = slopes[degree - sum(exponents)] * fmpq(coefficient)
            for base, exponent in zip(known, exponents, strict=False):
                if exponent:
                    term *= base[exponent]
            total += term
        return total

    def value(self, terms: Terms) -> fmpq_poly:
        """A polynomial in the unknowns as an element of Q[T]/q."""
        total = fmpq_poly([0])
        known = [_Powers(coordinate, self.modulus) for coordinate in self.coordinates]
        for powers, coefficient in terms:
            term = fmpq_poly([fmpq(coefficient)])
            for base, exponent in zip(known, powers, strict=False):
                if exponent:
                    term = term * base[int(exponent)] % self.modulus
            total += term
        return total

    def rank(self, matrix: Sequence[Sequence[Terms]]) -> int:
        """Of a matrix of polynomials in the unknowns: full where it is so modulo a prime, else by exact elimination."""
        entries = [[list(entry) for entry in row] for row in matrix]
        full = min(len(entries), len(entries[0]))
        if self._modular_rank(entries) == full:
            return full
        return self._eliminated([[self.value(entry) for entry in row] for row in entries])

    def _eliminated(self, rows: list[list[fmpq_poly]]) -> int:
        rank = 0
        for column in range(len(rows[0])):
            pivot = next((i for i in range(rank, len(rows)) if rows[i][column] != 0), None)
            if pivot is None:
                continue
            rows[rank], rows[pivot] = rows[pivot], rows[rank]
            inverse = self.inverse(rows[rank][column])
            for i in range(rank + 1, len(rows)):
                if rows[i][column] != 0:
                    factor = rows[i][column] * inverse % self.modulus
                    rows[i] = [(a - factor * b) % self.modulus for a, b in zip(rows[i], rows[rank], strict=True)]
            rank += 1
        return rank

    def local_multiplicity(self, equations: Sequence[fmpz_mpoly]) -> int | None:
        """Of an isolated point in the ideal of the equations, from its dual space [1]_; None where that grows large.

        Functionals of order <= d that vanish on the ideal are the kernel of Macaulay's array, whose rows are the
        Taylor coefficients of the equations times monomials. Once no new one appears there are as many as the
        multiplicity.
        """
        size = len(self.numerators)
        if self.rank([[p.derivative(k).terms() for k in range(size)] for p in equations]) == size:
            return 1
        taylor: dict[tuple[int, tuple[int, ...]], fmpq_poly] = {}

        def coefficient(index: int, powers: tuple[int, ...]) -> fmpq_poly:
            if (index, powers) not in taylor:
                derived = equations[index]
                for k, power in enumerate(powers):
                    for _ in range(power):
                        derived = derived.derivative(k)
                taylor[index, powers] = self.value(derived.terms()) / prod(factorial(p) for p in powers)
            return taylor[index, powers]

        before = 1
        for order in itertools.count(1):
            columns = [m for m in itertools.product(range(order + 1), repeat=size) if sum(m) <= order]
            if len(columns) > LARGEST_DUAL:
                return None
            rows = [
                [
                    coefficient(index, tuple(a - b for a, b in zip(m, shift, strict=True)))
                    if all(a >= b for a, b in zip(m, shift, strict=True))
                    else fmpq_poly([0])
                    for m in columns
                ]
                for shift in columns
                if sum(shift) < order
                for index in range(len(equations))
            ]
            kernel = len(columns) - self._eliminated(rows)
            if kernel == before:
                return kernel
            before = kernel
        return None

    def _modular_rank(self, entries: list[list[list[tuple[Sequence[Any], Any]]]]) -> int:
        """At a root of q modulo a prime: a lower bound of the rank; 0 where no prime serves."""
        prime = PRIME
        for _ in range(MOST_TRIED):
            point = self._modular_point(prime)
            if point is not None:
                return nmod_mat(
                    len(entries), len(entries[0]), [_at(e, point, prime) for row in entries for e in row], prime
                ).rank()
            prime = next(n for n in range(prime - 1, 0, -1) if fmpz(n).is_prime())
        return 0

    def _modular_point(self, prime: int) -> list[nmod] | None:
        reduced = modulo(self.polynomial, prime)
        if reduced.degree() < self.polynomial.degree() or any(n.denom() % prime == 0 for n in self.numerators):
            return None
        roots = [root for root, power in reduced.roots() if power == 1]
        if not roots:
            return None
        slope = reduced.derivative()(roots[0])
        return [modulo(n.numer(), prime)(roots[0]) / (slope * int(n.denom() % prime)) for n in self.numerators]

    def minimal_polynomial(self, k: int) -> fmpz_poly:
        """Of one coordinate: an irreducible integer polynomial."""
        size, element, columns = self.modulus.degree(), fmpq_poly([1]), []
        for power in range(size):
            element = self.coordinates[k] * fmpq_poly([0] * power + [1]) % self.modulus
            columns.append([*element.coeffs(), *[fmpq(0)] * (size - element.length())])
        return fmpq_mat(size, size, [columns[j][i] for i in range(size) for j in range(size)]).minpoly().numer()

    # ---- enclosures

    def ball(self, k: int, root: RealRoot) -> arb:
        """A coordinate at a real root, at the working precision."""
        place = root.ball()
        return arb_poly(self.numerators[k])(place) / arb_poly(self.slope)(place)


class _Powers:
    """Powers of a polynomial, each computed once."""

    def __init__(self, base: fmpq_poly, modulus: fmpq_poly | None = None) -> None:
        self._known, self._modulus = [fmpq_poly([1]), base], modulus

    def __getitem__(self, exponent: int) -> fmpq_poly:
        while len(self._known) <= exponent:
            power = self._known[-1] * self._known[1]
            self._known.append(power if self._modulus is None else power % self._modulus)
        return self._known[exponent]


def _at(terms: list[tuple[Sequence[Any], Any]], point: list[nmod], prime: int) -> nmod:
    total = nmod(0, prime)
    for powers, coefficient in terms:
        value = fmpq(coefficient)
        term = nmod(int(value.p % prime), prime) / int(value.q % prime)
        for base, exponent in zip(point, powers, strict=False):
            term *= base ** int(exponent)
        total += term
    return total
