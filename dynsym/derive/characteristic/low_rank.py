r"""Matrices of low rank beside their diagonal, J = -D + C B⁻¹ R with few columns C: recognised, and made small.

By the determinant lemma det(λ - J) det(B) = Π (λ + d_i) · det(B - R (λ + D)⁻¹ C): a determinant as large as the rank.
C and R are columns and rows of J itself, B the entries where they cross; the diagonal of the product, which J hides,
follows from other columns and rows. The rank is guessed from numbers and then verified entry by entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynsym._budget import Clock
from dynsym.algebra.determinants import determinant
from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Polynomial, Quotient, Ring
from dynsym.arithmetic.sampling import Sampler

__all__ = ["low_rank_form"]

LARGEST_RANK = 3
SMALLEST = 6
NEGLIGIBLE = 1e-9

Entries = Mapping[tuple[int, int], Quotient]
Form = tuple[dict[tuple[int, int], Polynomial], int, list[tuple[Polynomial, int]], str]


def low_rank_form(ring: Ring, entries: Entries, size: int, eigenvalue: Polynomial, clock: Clock) -> Form | None:
    """A small polynomial matrix and known factors with their powers; None where the rank is not low."""
    if size < SMALLEST:
        return None
    rank = _rank(ring, entries, size)
    if not 0 < rank <= LARGEST_RANK or size < 2 * rank + 2:
        return None
    field = Field(ring)
    table = [
        [field.element(*entries[i, j]) if (i, j) in entries else field.zero for j in range(size)] for i in range(size)
    ]
    places = _crossing(ring, table, rank, size, clock)
    if places is None:
        return None
    full = _completed(ring, table, rank, size, clock)
    if full is None:
        return None
    rows, columns = places
    decays = [full[i][i] - table[i][i] for i in range(size)]
    distinct: dict[str, Element] = {str(d.numerator) + "/" + str(d.denominator): d for d in decays}
    factors = {key: eigenvalue * d.denominator + d.numerator for key, d in distinct.items()}
    keys = [str(d.numerator) + "/" + str(d.denominator) for d in decays]
    whole = ring.one
    for factor in factors.values():
        whole = whole * factor
    small: dict[tuple[int, int], Element] = {}
    for a, i in enumerate(rows):
        for b, j in enumerate(columns):
            total = full[i][j] * field.element(whole)
            for k in range(size):
                rest = field.element(whole / factors[keys[k]] * distinct[keys[k]].denominator)
                total = total - full[i][k] * full[k][j] * rest
            small[a, b] = total
        clock.check("a matrix of low rank")
    matrix: dict[tuple[int, int], Polynomial] = {}
    for a in range(rank):
        common = ring.common_multiple(small[a, b].denominator for b in range(rank))
        matrix.update({(a, b): small[a, b].numerator * (common / small[a, b].denominator) for b in range(rank)})
    known = [(factor, keys.count(key) - rank) for key, factor in factors.items()]
    what = f"rank {rank} beside the diagonal: {size} states leave a matrix of {rank}"
    return {p: e for p, e in matrix.items() if not e.is_zero()}, rank, known, what


def _rank(ring: Ring, entries: Entries, size: int) -> int:
    """The rank of the block of half the rows by the other half of the columns, at random numbers."""
    generator = Sampler(0)
    values = [generator.randint(2, 50) for _ in (ring.generators or (None,))]
    half = size // 2
    numbers = np.zeros((half, size - half))
    for (i, j), (numerator, denominator) in entries.items():
        if i < half <= j:
            below = float(int(denominator(*values)))
            if below == 0:
                return 0
            numbers[i, j - half] = float(int(numerator(*values))) / below
    scale = np.abs(numbers).max(initial=0.0)
    if scale == 0:
        return 0
    return int(np.linalg.matrix_rank(numbers, tol=NEGLIGIBLE * scale * size))


def _minor(ring: Ring, table: list[list[Element]], rows: list[int], columns: list[int], clock: Clock) -> Element:
    """The determinant of some rows and columns."""
    field = table[0][0].field
    entries: dict[tuple[int, int], Polynomial] = {}
    below = ring.one
    for a, i in enumerate(rows):
        common = ring.common_multiple(table[i][j].denominator for j in columns)
        below = below * common
        for b, j in enumerate(columns):
            if not table[i][j].is_zero:
                entries[a, b] = table[i][j].numerator * (common / table[i][j].denominator)
    return field.element(determinant(ring, entries, len(rows), clock), below)


def _crossing(
    ring: Ring, table: list[list[Element]], rank: int, size: int, clock: Clock, avoid: int | None = None
) -> tuple[list[int], list[int]] | None:
    """Rows and columns, apart from each other, whose crossing is regular."""
    free = [i for i in range(size) if i != avoid]
    for start in range(len(free)):
        turned = free[start:] + free[:start]
        rows, columns = turned[:rank], turned[rank : 2 * rank]
        if not _minor(ring, table, rows, columns, clock).is_zero:
            return rows, columns
    return None


def _completed(
    ring: Ring, table: list[list[Element]], rank: int, size: int, clock: Clock
) -> list[list[Element]] | None:
    """The matrix with the diagonal that makes its rank what it seems; None where some other entry does not fit."""
    full = [list(row) for row in table]
    for i in range(size):
        places = _crossing(ring, table, rank, size, clock, avoid=i)
        if places is None:
            return None
        full[i][i] = _from_others(ring, table, i, i, *places, clock)
    places = _crossing(ring, table, rank, size, clock)
    if places is None:
        return None
    for i in range(size):
        clock.check("a matrix of low rank")
        for j in range(size):
            if not (_from_others(ring, full, i, j, *places, clock) - full[i][j]).is_zero:
                return None
    return full


def _from_others(
    ring: Ring, table: list[list[Element]], i: int, j: int, rows: list[int], columns: list[int], clock: Clock
) -> Element:
    """Entry i, j of a matrix of that rank, from the rows and columns of a regular crossing."""
    field = table[0][0].field
    crossing = _minor(ring, table, rows, columns, clock)
    total: Any = field.zero
    for b, column in enumerate(columns):
        # Cramer's rule: the coefficient of row `column` is a minor in which row i takes the place of another.
        for a, row in enumerate(rows):
            rest = _minor(ring, table, rows[:a] + rows[a + 1 :], columns[:b] + columns[b + 1 :], clock)
            term = table[i][column] * rest * table[row][j]
            total = total + term if (a + b) % 2 == 0 else total - term
    return total / crossing
