"""Characteristic polynomials of larger matrices with at most one parameter, from matrices of numbers.

Exact rational arithmetic throughout: python-flint has the characteristic polynomial of a rational matrix, and a
polynomial in one parameter of known degree follows from its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

from flint import fmpq, fmpq_mat

from dynsym._budget import Clock
from dynsym.algebra.ring import Polynomial, Quotient, Ring

__all__ = ["from_values"]

SMALLEST = 13
LARGEST = 150
LARGEST_WITH_PARAMETER = 40


def from_values(
    ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, eigenvalue: Polynomial, clock: Clock
) -> Polynomial | None:
    """det(λ - J) times a number; None where there are more parameters, or other methods are as good."""
    if not SMALLEST <= size <= LARGEST or not all(below.is_constant() for _, below in entries.values()):
        return None
    places = {k for above, _ in entries.values() for k, degree in enumerate(above.degrees()) if degree > 0}
    if len(places) > 1 or (places and size > LARGEST_WITH_PARAMETER):
        return None
    if not places:
        return _polynomial(ring, [[c] for c in _coefficients(ring, entries, size, None, 0)], eigenvalue, ring.one)
    (place,) = places
    rows = [0] * size
    for (i, _), (above, _) in entries.items():
        rows[i] = max(rows[i], int(above.degrees()[place]))
    points = range(sum(rows) + 1)
    table = []
    for point in points:
        clock.check("characteristic polynomial from values")
        table.append(_coefficients(ring, entries, size, place, point))
    columns = [_interpolated([row[k] for row in table]) for k in range(size + 1)]
    return _polynomial(ring, columns, eigenvalue, ring.generator(ring.generators[place]))


def _coefficients(
    ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, place: int | None, point: int
) -> list[fmpq]:
    """The coefficients at one value of the parameter, lowest first."""
    matrix = fmpq_mat(size, size)
    values = [point if k == place else 0 for k in range(len(ring.generators))]
    for (i, j), (above, below) in entries.items():
        number = above(*values) if values else above.leading_coefficient()
        matrix[i, j] = fmpq(int(number), int(below.leading_coefficient()))
    return list(matrix.charpoly().coeffs())


def _interpolated(values: list[fmpq]) -> list[fmpq]:
    """Coefficients, lowest first, of the polynomial with these values at 0, 1, 2, … (Newton's divided differences)."""
    differences = list(values)
    for k in range(1, len(values)):
        for i in range(len(values) - 1, k - 1, -1):
            differences[i] = (differences[i] - differences[i - 1]) / k
    found = [fmpq(0)]
    for k in range(len(values) - 1, -1, -1):
        shifted = [fmpq(0), *found]
        found = [a - k * b for a, b in zip(shifted, [*found, fmpq(0)], strict=True)]
        found[0] += differences[k]
    while len(found) > 1 and found[-1] == 0:
        found.pop()
    return found


def _polynomial(ring: Ring, columns: list[list[fmpq]], eigenvalue: Polynomial, parameter: Polynomial) -> Polynomial:
    """Σ c_kl p^l λ^k, cleared of denominators."""
    common = 1
    for column in columns:
        for number in column:
            denominator = int(number.q)
            common = common * denominator // gcd(common, denominator)
    total = ring.zero
    power = ring.one
    for column in columns:
        part = ring.zero
        for number in reversed(column):
            part = part * parameter + ring.one * (int(number.p) * (common // int(number.q)))
        total = total + part * power
        power = power * eigenvalue
    return total
