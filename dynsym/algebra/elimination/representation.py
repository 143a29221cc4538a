"""The points of a quotient algebra, each coordinate a function of one root: the rational univariate representation.

A linear form T of the unknowns takes different values at different points. Over an irreducible factor q of its
characteristic polynomial the coordinates are ``x_k = g_k(T)/q'(T)``, whose coefficients stay short [1]_. Where the
powers of T span the algebra they follow from the Krylov vectors ``T^j 1``; else from the traces of the multiplication
by monomials. Both are computed modulo 62-bit primes, and lifted until another prime agrees: the points are to be
checked in the equations (`Conjugates`), and multiplicities are by the exact characteristic polynomial.

References
----------
.. [1] F. Rouillier, "Solving zero-dimensional systems through the rational univariate representation", Applicable
   Algebra in Engineering, Communication and Computing 9 (1999).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd, isqrt
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_poly, nmod_mat, nmod_poly

from dynsym._budget import Clock
from dynsym.algebra.elimination.conjugates import Conjugates, modulo
from dynsym.algebra.elimination.quotient import QuotientAlgebra
from dynsym.errors import BudgetExceeded

__all__ = ["represent"]

LARGEST_PRIME = 2**62
MOST_PRIMES = 800
FORMS = 16
SLOWEST = 2e10
"""Word operations spent at most on one exact characteristic polynomial."""
LARGEST_TRACED = 64
"""Dimension up to which the trace form is computed exactly."""


@dataclass(frozen=True)
class _Sample:
    """What one prime tells: the characteristic polynomial of T, and coordinates as polynomials of T."""

    prime: int
    characteristic: nmod_poly
    coordinates: list[nmod_poly]


def represent(algebra: QuotientAlgebra, size: int, clock: Clock) -> tuple[tuple[Conjugates, ...], bool]:
    """All points by their first coordinates; false unless multiplicities are exact. `BudgetExceeded` beyond limits.

    If every multiplicity is one, points that solve the equations are as many as the dimension, and need no more proof.
    """
    if algebra.dimension == 0:
        return (), True
    modular = _Modular(algebra, size, clock)
    characteristic = fmpq_poly(modular.lifted(lambda s: _padded(s.characteristic, algebra.dimension + 1))).numer()
    factors = [(q, int(power)) for q, power in characteristic.factor()[1]]
    found = []
    for q, multiplicity in factors:

        def scaled(sample: _Sample, k: int, q: fmpz_poly = q) -> list[int]:
            divisor = modulo(q, sample.prime)
            return _padded(sample.coordinates[k] % divisor * divisor.derivative() % divisor, q.degree())

        numerators = [fmpq_poly(modular.lifted(lambda s, k=k, f=scaled: f(s, k))) for k in range(size)]  # type: ignore[misc]
        found.append(Conjugates(q, multiplicity, tuple(numerators), modular.form))
    is_simple = all(multiplicity == 1 for _, multiplicity in factors)
    return tuple(found), is_simple or modular.confirms(characteristic)


def _padded(polynomial: nmod_poly, size: int) -> list[int]:
    found = [int(c) for c in polynomial.coeffs()]
    return found + [0] * (size - len(found))


class _Modular:
    """The algebra modulo primes, and a form T that tells its points apart."""

    def __init__(self, algebra: QuotientAlgebra, size: int, clock: Clock) -> None:
        self._algebra, self._size, self._clock = algebra, size, clock
        self._integral = [matrix.numer_denom() for matrix in algebra.multiply]
        self._primes = self._good_primes()
        self.form, self._is_cyclic, self._distinct = self._separating()
        self._samples: list[_Sample] = []

    def _good_primes(self) -> Iterator[int]:
        number = LARGEST_PRIME
        while True:
            number -= 1
            if fmpz(number).is_prime() and all(denominator % number != 0 for _, denominator in self._integral):
                yield number

    def _matrices(self, prime: int) -> list[nmod_mat]:
        return [nmod_mat(n, prime) * pow(int(d), -1, prime) for n, d in self._integral]

    def _separating(self) -> tuple[tuple[int, ...], bool, int]:
        """The form, whether its powers span the algebra, and the number of its values."""
        matrices, count = self._matrices(next(self._primes)), self._size
        rng = random.Random(1)  # noqa: S311  (any choice serves)
        forms = [tuple(int(i == k) for i in range(count)) for k in reversed(range(count))]
        forms += [tuple(rng.randint(-3, 3) for _ in range(count)) for _ in range(FORMS)]
        for form in forms:
            if _krylov(_combined(matrices, form)).rank() == self._algebra.dimension:
                return form, True, 0
        distinct = _Traces(self._algebra, matrices).form().rank()
        for form in forms:
            if _radical(_combined(matrices, form).charpoly()).degree() == distinct:
                return form, False, distinct
        raise BudgetExceeded(
            f"Of {len(forms)} linear forms none tells all {distinct} solutions apart. One is needed to list them. "
            "Try other unknowns."
        )

    def _sample(self, prime: int) -> _Sample | None:
        """None where the prime is unlucky."""
        matrices = self._matrices(prime)
        form = _combined(matrices, self.form)
        if self._is_cyclic:
            return _by_powers(form, matrices[: self._size], prime)
        return _by_traces(_Traces(self._algebra, matrices), form, matrices[: self._size], self._distinct, prime)

    def lifted(self, residues: Callable[[_Sample], list[int]]) -> list[fmpq]:
        """Rational numbers from their residues."""
        count = 2
        while True:
            while len(self._samples) <= count:
                self._clock.check("Solutions modulo primes")
                sample = self._sample(next(self._primes))
                if sample is not None:
                    self._samples.append(sample)
            rows = [residues(sample) for sample in self._samples[: count + 1]]
            primes = [sample.prime for sample in self._samples[: count + 1]]
            found = _reconstructed(rows[:-1], primes[:-1])
            last = primes[-1]
            if found is not None and all((n - d * r) % last == 0 for (n, d), r in zip(found, rows[-1], strict=True)):
                return [fmpq(n, d) for n, d in found]
            count += max(1, count // 3)
            if count > MOST_PRIMES:
                raise BudgetExceeded(
                    f"The solutions have coefficients beyond {62 * MOST_PRIMES} bits. Shorter ones are needed. "
                    "Try simpler numbers in the equations."
                )

    def confirms(self, characteristic: fmpz_poly) -> bool:
        """Whether the exact characteristic polynomial is this one, and its roots are as many as the points.

        Powers that span the algebra modulo a prime span it. Else the rank of the trace form is the number of points.
        """
        size, total = self._algebra.dimension, fmpq_mat(self._algebra.dimension, self._algebra.dimension)
        for matrix, weight in zip(self._algebra.multiply, self.form, strict=False):
            total += matrix * fmpq(weight)
        numerators, denominator = total.numer_denom()
        bits = max(fmpz(n).bit_length() for n in (denominator, *numerators.entries()))
        if size**4 * bits / 60 > SLOWEST:
            return False
        if total.charpoly().numer() != characteristic:
            raise ArithmeticError("residues of a characteristic polynomial were put together wrongly")
        if self._is_cyclic:
            return True
        return size <= LARGEST_TRACED and _Traces(self._algebra, self._algebra.multiply).form().rank() == self._distinct


def _combined(matrices: Sequence[nmod_mat], form: Sequence[int]) -> nmod_mat:
    return sum((matrix * weight for matrix, weight in zip(matrices, form, strict=False)), matrices[0] * 0)


def _krylov(form: nmod_mat) -> nmod_mat:
    """The vectors 1, T, T^2, ... as rows; 1 is the first monomial."""
    size, turned = form.nrows(), form.transpose()
    row, rows = nmod_mat(1, size, [1] + [0] * (size - 1), form.modulus()), []
    for _ in range(size):
        rows += row.entries()
        row = row * turned
    return nmod_mat(size, size, rows, form.modulus())


def _by_powers(form: nmod_mat, matrices: Sequence[nmod_mat], prime: int) -> _Sample | None:
    """Coordinates as combinations of powers of T, which is cyclic."""
    size, powers = form.nrows(), _krylov(form).transpose()
    columns = [form * _column(powers, size - 1), *(_column(matrix, 0) for matrix in matrices)]
    right = nmod_mat(size, len(columns), [c[i, 0] for i in range(size) for c in columns], prime)
    try:
        found = powers.solve(right)
    except ZeroDivisionError:
        return None
    first, *rest = ([int(found[i, j]) for i in range(size)] for j in range(len(columns)))
    return _Sample(prime, nmod_poly([-c for c in first] + [1], prime), [nmod_poly(c, prime) for c in rest])


def _column(matrix: nmod_mat, k: int) -> nmod_mat:
    return nmod_mat(matrix.nrows(), 1, [matrix[i, k] for i in range(matrix.nrows())], matrix.modulus())


def _by_traces(
    traces: _Traces, form: nmod_mat, matrices: Sequence[nmod_mat], distinct: int, prime: int
) -> _Sample | None:
    """Coordinates g_k/g_0 with g_v = sum of multiplicity * v * prod(T - other values), from Tr(T^j v) ([1]_, 3.3)."""
    characteristic = form.charpoly()
    radical = _radical(characteristic)
    if radical.degree() != distinct:
        return None
    coefficients = radical.coeffs()
    size = form.nrows()

    def numerator(vector: nmod_mat) -> nmod_poly:
        total = [0] * distinct
        for i in range(distinct):
            trace = int((traces.row * vector)[0, 0])
            for power in range(distinct - i):
                total[power] += trace * int(coefficients[power + i + 1])
            vector = form * vector
        return nmod_poly([c % prime for c in total], prime)

    one = nmod_mat(size, 1, [1] + [0] * (size - 1), prime)
    common, inverse, _ = numerator(one).xgcd(radical)
    if common.degree() > 0:
        return None
    return _Sample(prime, characteristic, [numerator(m * one) * inverse % radical for m in matrices])


def _radical(polynomial: nmod_poly) -> nmod_poly:
    return polynomial // polynomial.gcd(polynomial.derivative())


class _Traces:
    """Traces of the multiplication by each monomial, over the rationals or modulo a prime."""

    def __init__(self, algebra: QuotientAlgebra, matrices: Sequence[Any]) -> None:
        size, some = algebra.dimension, matrices[0]
        identity = _like(some, size, size, [int(i == j) for i in range(size) for j in range(size)])
        known: dict[tuple[int, ...], Any] = {}
        for monomial in algebra.monomials:
            k = next((k for k, power in enumerate(monomial) if power), None)
            known[monomial] = identity
            if k is not None:
                known[monomial] = matrices[k] * known[(*monomial[:k], monomial[k] - 1, *monomial[k + 1 :])]
        self._matrices = list(known.values())
        self.row = _like(some, 1, size, [sum((m[k, k] for k in range(1, size)), m[0, 0]) for m in self._matrices])

    def form(self) -> Any:
        """The symmetric form Tr(ab); its rank is the number of points."""
        size = len(self._matrices)
        return _like(self.row, size, size, [c for matrix in self._matrices for c in (self.row * matrix).entries()])


def _like(matrix: Any, rows: int, columns: int, entries: list[Any]) -> Any:
    if isinstance(matrix, nmod_mat):
        return nmod_mat(rows, columns, entries, matrix.modulus())
    return fmpq_mat(rows, columns, entries)


def _reconstructed(rows: list[list[int]], primes: list[int]) -> list[tuple[int, int]] | None:
    """Fractions with these residues, or None where the primes are too few; denominators are mostly shared."""
    values, product = rows[0], primes[0]
    for row, prime in zip(rows[1:], primes[1:], strict=True):
        inverse = pow(product, -1, prime)
        values = [a + product * ((b - a) * inverse % prime) for a, b in zip(values, row, strict=True)]
        product *= prime
    bound, denominator, found = isqrt(product // 2), 1, []
    for value in values:
        numerator = value * denominator % product
        if numerator > product // 2:
            numerator -= product
        if abs(numerator) > bound:
            fraction = _fraction(numerator, product, bound)
            if fraction is None or denominator * fraction[1] > bound:
                return None
            numerator, denominator = fraction[0], denominator * fraction[1]
        found.append((numerator, denominator))
    return found


def _fraction(value: int, product: int, bound: int) -> tuple[int, int] | None:
    """The fraction with both parts within the bound that is congruent to the value, by Euclid's algorithm."""
    r0, r1, s0, s1 = product, value % product, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, s0, s1 = r1, r0 - quotient * r1, s1, s0 - quotient * s1
    if s1 == 0 or abs(s1) > bound or gcd(r1, s1) != 1:
        return None
    return (r1, s1) if s1 > 0 else (-r1, -s1)
