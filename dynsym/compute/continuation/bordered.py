"""Factorised square systems: one LU serves Newton steps, tangents and the sign of the determinant.

Bordered matrices stay regular where the Jacobian does not: W. Govaerts, *Numerical Methods for Bifurcations of
Dynamical Equilibria* (SIAM, 2000), chapter 3.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np

__all__ = ["Factorised", "bordered"]

Array = np.ndarray


@cache
def _lapack() -> ModuleType:
    from scipy.linalg import lapack

    return lapack


class Factorised:
    """The LU factors of a square matrix, real or complex."""

    __slots__ = ("_complex", "_factors", "_pivots", "singular")

    def __init__(self, matrix: Array) -> None:
        self._complex = np.iscomplexobj(matrix)
        factor = _lapack().zgetrf if self._complex else _lapack().dgetrf
        self._factors, self._pivots, info = factor(matrix, overwrite_a=1)
        self.singular = info != 0

    def solve(self, right: Array, *, transposed: bool = False) -> Array:
        """A⁻¹b, or (Aᵀ)⁻¹b."""
        solve = _lapack().zgetrs if self._complex else _lapack().dgetrs
        return solve(self._factors, self._pivots, right, trans=1 if transposed else 0)[0]

    @property
    def determinant_sign(self) -> int:
        """Sign of the determinant of a real matrix."""
        diagonal = self._factors.diagonal()
        swaps = np.count_nonzero(self._pivots != np.arange(len(diagonal)))
        negative = np.count_nonzero(diagonal < 0)
        return 1 if (swaps + negative) % 2 == 0 else -1


def bordered(matrix: Array, column: Array, row: Array) -> Array:
    """The matrix [[A, b], [c, 0]] in Fortran order; b and c may have several columns and rows."""
    columns, rows = column.reshape(len(matrix), -1), np.atleast_2d(row)
    n, m = matrix.shape
    whole = np.zeros((n + len(rows), m + columns.shape[1]), np.result_type(matrix, columns, rows), order="F")
    whole[:n, :m] = matrix
    whole[:n, m:] = columns
    whole[n:, :m] = rows
    return whole
