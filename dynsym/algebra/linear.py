"""Kernels and linear systems: by elimination in a field, by bordering in ball arithmetic.

Both offer the same three operations to the normal form formulas, which are thus written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import flint
import numpy as np
from flint import acb, acb_mat

from dynsym._budget import Clock
from dynsym.algebra.determinants import maximal_minors
from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Polynomial

__all__ = ["BallAlgebra", "ExactAlgebra", "NotSimpleError", "cleared", "dense", "transposed"]

Matrix = list[list[Any]]
Vector = list[Any]

LARGEST_BY_MINORS = 9


class NotSimpleError(ArithmeticError):
    """The kernel is not one-dimensional."""


class Algebra(Protocol):
    """Linear algebra over one kind of number."""

    def kernel(self, matrix: Matrix) -> Vector:
        """The one vector that the matrix annihilates, up to a factor."""

    def solve(self, matrix: Matrix, right: Vector) -> Vector:
        """The solution of a regular system."""

    def solve_singular(self, matrix: Matrix, right: Vector, v: Vector, w: Vector) -> Vector:
        """A solution where v spans the kernel, w the left kernel, and w·right = 0."""


def dense(entries: Mapping[tuple[int, int], Any], size: int, zero: Any) -> Matrix:
    """Rows of a sparse matrix."""
    return [[entries.get((i, j), zero) for j in range(size)] for i in range(size)]


def transposed(matrix: Matrix) -> Matrix:
    return [list(row) for row in zip(*matrix, strict=True)]


class ExactAlgebra:
    """Minors over a `Field`, without a division until the end, so that fractions stay short.

    Larger matrices are eliminated, smallest pivots first.
    """

    def __init__(self, field: Field, clock: Clock) -> None:
        self.field = field
        self.clock = clock

    def kernel(self, matrix: Matrix) -> Vector:
        """The cofactors of one row, whichever row gives a vector that is not zero."""
        size = len(matrix)
        if size > LARGEST_BY_MINORS:
            return self._kernel_by_elimination(matrix)
        for left_out in sorted(range(size), key=lambda i: -sum(entry.size for entry in matrix[i])):
            rows = [row for i, row in enumerate(matrix) if i != left_out]
            vector = [self.field.element(c) for c in self._cofactors(rows)]
            if not all(entry.is_zero for entry in vector):
                return cleared(self.field, vector)
        raise NotSimpleError("the kernel has more than one dimension")

    def solve(self, matrix: Matrix, right: Vector) -> Vector:
        """Cramer's rule: the kernel of the matrix with the right-hand side as a further column."""
        size = len(matrix)
        table = [[*row, b + self.field.zero] for row, b in zip(matrix, right, strict=True)]
        if size > LARGEST_BY_MINORS:
            reduced, pivots = self.eliminated(table, size)
            if len(pivots) < size:
                raise NotSimpleError("the matrix is singular")
            return [reduced[pivots[j]][size] for j in range(size)]
        cofactors = self._cofactors(table)
        below = self.field.element(cofactors[size])
        if below.is_zero:
            raise NotSimpleError("the matrix is singular")
        return [self.field.element(-c) / below for c in cofactors[:size]]

    def _cofactors(self, rows: Matrix) -> list[Polynomial]:
        """The vector, of polynomials, that rows with one column more than rows annihilate."""
        ring = self.field.ring
        entries = {}
        for i, row in enumerate(rows):
            common = ring.one
            for entry in row:
                common = common * (entry.denominator / common.gcd(entry.denominator))
            for j, entry in enumerate(row):
                if not entry.is_zero:
                    entries[i, j] = entry.numerator * (common / entry.denominator)
        self.clock.check("linear algebra over a field")
        minors = maximal_minors(ring, entries, len(rows), self.clock)
        return [minor if j % 2 == 0 else -minor for j, minor in enumerate(minors)]

    def _kernel_by_elimination(self, matrix: Matrix) -> Vector:
        size = len(matrix)
        reduced, pivots = self.eliminated([list(row) for row in matrix], size)
        free = [j for j in range(size) if j not in pivots]
        if len(free) != 1:
            raise NotSimpleError(f"the kernel has dimension {len(free)}")
        vector: Vector = [self.field.zero] * size
        vector[free[0]] = self.field.one
        for column, row in pivots.items():
            vector[column] = -reduced[row][free[0]]
        return cleared(self.field, vector)

    def solve_singular(self, matrix: Matrix, right: Vector, v: Vector, w: Vector) -> Vector:
        """Drop a row that w makes dependent and put 0 for a component that v moves."""
        row = min((i for i, e in enumerate(w) if not e.is_zero), key=lambda i: w[i].size)
        column = min((j for j, e in enumerate(v) if not e.is_zero), key=lambda j: v[j].size)
        rows = [i for i in range(len(w)) if i != row]
        columns = [j for j in range(len(v)) if j != column]
        part = self.solve([[matrix[i][j] for j in columns] for i in rows], [right[i] for i in rows])
        solution: Vector = [self.field.zero] * len(v)
        for j, value in zip(columns, part, strict=True):
            solution[j] = value
        return solution

    def eliminated(self, rows: Matrix, columns: int) -> tuple[Matrix, dict[int, int]]:
        """Reduced row echelon form, and the row of each pivot column."""
        pivots: dict[int, int] = {}
        used: set[int] = set()
        for _ in range(min(len(rows), columns)):
            self.clock.check("linear algebra over a field")
            choice = min(
                (
                    (entry.size, i, j)
                    for i, row in enumerate(rows)
                    if i not in used
                    for j, entry in enumerate(row[:columns])
                    if j not in pivots and not entry.is_zero
                ),
                default=None,
            )
            if choice is None:
                break
            _, p, j = choice
            lead = rows[p][j]
            rows[p] = [entry if entry.is_zero else entry / lead for entry in rows[p]]
            for i, row in enumerate(rows):
                if i != p and not row[j].is_zero:
                    factor = row[j]
                    rows[i] = [a if b.is_zero else a - factor * b for a, b in zip(row, rows[p], strict=True)]
            pivots[j] = p
            used.add(p)
        return rows, pivots


def cleared(field: Field, vector: Sequence[Element]) -> Vector:
    """The vector times the common denominator and without a common factor."""
    ring = field.ring
    common = ring.common_multiple(entry.denominator for entry in vector)
    numerators = [entry.numerator * (common / entry.denominator) for entry in vector]
    shared = ring.zero
    for numerator in numerators:
        shared = shared.gcd(numerator)
    return [field.element(numerator / shared) for numerator in numerators]


class BallAlgebra:
    """Bordered systems in ball arithmetic (`acb`): enclosures of the exact vectors."""

    def kernel(self, matrix: Matrix) -> Vector:
        """The null vector of a matrix that is exactly singular: its bordered system has the multiplier 0."""
        left, _, right = np.linalg.svd(_middle(matrix))
        i, j = int(np.argmax(abs(left[:, -1]))), int(np.argmax(abs(right[-1])))
        return self._bordered(matrix, [acb(0)] * len(matrix), i, j, acb(1))

    def solve(self, matrix: Matrix, right: Vector) -> Vector:
        return _solved(matrix, right)

    def solve_singular(self, matrix: Matrix, right: Vector, v: Vector, w: Vector) -> Vector:
        i = max(range(len(w)), key=lambda k: float(abs(w[k]).mid()))
        j = max(range(len(v)), key=lambda k: float(abs(v[k]).mid()))
        return self._bordered(matrix, right, i, j, acb(0))

    def _bordered(self, matrix: Matrix, right: Vector, i: int, j: int, last: acb) -> Vector:
        size = len(matrix)
        rows = [[*row, acb(1 if k == i else 0)] for k, row in enumerate(matrix)]
        rows.append([acb(1 if k == j else 0) for k in range(size)] + [acb(0)])
        return _solved(rows, [*right, last])[:size]


def _solved(matrix: Matrix, right: Vector) -> Vector:
    size = len(matrix)
    a = acb_mat(size, size, [acb(entry) for row in matrix for entry in row])
    b = acb_mat(size, 1, [acb(entry) for entry in right])
    try:
        solution = a.solve(b)
    except ZeroDivisionError as error:
        raise NotSimpleError(f"the matrix may be singular at {flint.ctx.prec} bits") from error
    return [solution[k, 0] for k in range(size)]


def _middle(matrix: Matrix) -> np.ndarray:
    def number(entry: Any) -> complex:
        entry = acb(entry)
        return complex(float(entry.real.mid()), float(entry.imag.mid()))

    return np.array([[number(entry) for entry in row] for row in matrix])
