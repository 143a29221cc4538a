"""The characteristic polynomial of a Jacobian as irreducible factors, and where they have critical roots.

The Jacobian is first split into its strongly connected components; rows are cleared of denominators, so that everything
is a determinant of polynomials; the factors are those over the rational numbers and the parameters.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym._budget import Clock
from dynsym.derive._determinant import determinant, strong_components
from dynsym.derive._ring import Polynomial, Quotient, Ring

__all__ = ["EIGENVALUE", "SQUARED_FREQUENCY", "Factor", "even_and_odd", "shown_factor", "spectral_factors"]

EIGENVALUE = sympy.Dummy("lambda")
SQUARED_FREQUENCY = sympy.Dummy("Omega", real=True)

LONG = 200
TRIALS = 3


@dataclass(frozen=True)
class Factor:
    """An irreducible factor of the characteristic polynomial.

    Parameters
    ----------
    polynomial : fmpz_mpoly
        In the eigenvalue and the parameters.
    multiplicity : int
    component : tuple of int
        The states whose block it comes from.
    """

    polynomial: Polynomial
    multiplicity: int
    component: tuple[int, ...]


def spectral_factors(ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, clock: Clock) -> list[Factor]:
    """Irreducible factors of det(λ - J), equal ones merged.

    Parameters
    ----------
    ring : Ring
        With `EIGENVALUE` among its generators.
    entries : mapping of (row, column) to (numerator, denominator)
    size : int
    clock : Clock
    """
    x = ring.generator(EIGENVALUE)
    found: dict[str, Factor] = {}
    for component in strong_components(size, entries):
        inside = {i: k for k, i in enumerate(component)}
        rows: list[dict[int, Quotient]] = [{} for _ in component]
        for (i, j), entry in entries.items():
            if i in inside and j in inside:
                rows[inside[i]][inside[j]] = entry
        block: dict[tuple[int, int], Polynomial] = {}
        for i, row in enumerate(rows):
            common = ring.one
            for _, denominator in row.values():
                common = common * (denominator / common.gcd(denominator))
            block[i, i] = x * common
            for j, (numerator, denominator) in row.items():
                block[i, j] = block.get((i, j), ring.zero) - numerator * (common / denominator)
        block = {place: entry for place, entry in block.items() if not entry.is_zero()}
        for found_factor, power in _factors(ring, determinant(ring, block, len(component), clock)):
            if ring.degree(found_factor, EIGENVALUE) > 0:
                factor = -found_factor if _has_negative_lead(ring, found_factor) else found_factor
                key = str(factor)
                known = found.get(key)
                multiplicity = int(power) + (known.multiplicity if known else 0)
                states = tuple(sorted({*component, *(known.component if known else ())}))
                found[key] = Factor(factor, multiplicity, states)
    return list(found.values())


def _has_negative_lead(ring: Ring, factor: Polynomial) -> bool:
    return bool(ring.leading_coefficient(factor, EIGENVALUE).leading_coefficient() < 0)


def _factors(ring: Ring, polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
    """Irreducible factors; for a long polynomial, irreducibility is looked for before factors are.

    A factor of a polynomial that is monic in the eigenvalue keeps its degree when numbers are put for the other
    generators: if what is left is irreducible for one choice of numbers, so is the polynomial (Hilbert).
    """
    if len(polynomial) >= LONG and ring.leading_coefficient(polynomial, EIGENVALUE).is_constant():
        numbers = random.Random(0)  # noqa: S311 (any numbers do)
        for _ in range(TRIALS):
            values = [numbers.randint(2, 10**4) for _ in ring.generators]
            x = ring.generator(EIGENVALUE)
            put = [x if g == EIGENVALUE else ring.one * v for g, v in zip(ring.generators, values, strict=True)]
            _, parts = ring.univariate(polynomial.compose(*put), EIGENVALUE).factor()
            if len(parts) == 1 and parts[0][1] == 1:
                return [(polynomial, 1)]
    return [(factor, int(power)) for factor, power in polynomial.factor()[1]]


def shown_factor(ring: Ring, factor: Polynomial, eigenvalue: sympy.Symbol | None = None) -> Expr:
    """A factor as an expression in an eigenvalue symbol, ``lambda`` by default."""
    symbol = sympy.Symbol("lambda") if eigenvalue is None else eigenvalue
    return ring.expression(factor, {EIGENVALUE: symbol})


def even_and_odd(ring: Ring, polynomial: Polynomial) -> tuple[Polynomial, Polynomial]:
    """E, O with p(iω) = E(ω²) + iω O(ω²), as polynomials in `SQUARED_FREQUENCY`."""
    parts: list[list[Polynomial]] = [[], []]
    for k, coefficient in enumerate(ring.coefficients(polynomial, EIGENVALUE)):
        parts[k % 2].append(coefficient if k % 4 < 2 else -coefficient)
    even, odd = (ring.from_coefficients(part, SQUARED_FREQUENCY) for part in parts)
    return even, odd
