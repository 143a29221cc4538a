"""Logarithmic norms with weights, and the margins that make them negative."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import sympy
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.determinants import determinant
from dynsym.algebra.ring import Ring, generators_of
from dynsym.derive.contraction.slopes import SlopeForm


@dataclass(frozen=True)
class LogarithmicNorm(ABC):
    """A weighted norm in which contraction is asked for.

    A further norm is one more subclass: `margins` gives expressions that, all positive, make its logarithmic norm
    negative for every slope.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr
        The factor θ of each coordinate in the norm; 1 where none is given.

    Examples
    --------
    >>> isinstance(MaximumNorm(), LogarithmicNorm)
    True
    """

    weights: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted((name, str(value)) for name, value in self.weights.items()))))

    @abstractmethod
    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        """Expressions that are positive where the logarithmic norm is negative for every slope."""

    @abstractmethod
    def of_matrix(self, matrix: np.ndarray) -> float:
        """The logarithmic norm of a matrix of numbers, in the coordinates θ x; with √(τ/leak) in θ if `is_timed`."""

    words: ClassVar[str]
    """The norm in words."""
    gives_rate = True
    is_timed = False


@dataclass(frozen=True)
class MaximumNorm(LogarithmicNorm):
    """max θ_i abs(x_i): every diagonal entry outweighs the rest of its row.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> MaximumNorm().words
    'maximum norm'
    """

    words = "maximum norm"

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        return tuple(margin for i in n for margin in form.row_margins(i, {j: theta[i] / theta[j] for j in n if j != i}))

    def of_matrix(self, matrix: np.ndarray) -> float:
        return float((np.diagonal(matrix) + _off_diagonal(matrix).sum(axis=1)).max())


@dataclass(frozen=True)
class SumNorm(LogarithmicNorm):
    """Σ θ_i abs(x_i): every diagonal entry outweighs the rest of its column.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> SumNorm().words
    'sum norm'
    """

    words = "sum norm"

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        return tuple(
            margin for j in n for margin in form.column_margins(j, {i: theta[i] / theta[j] for i in n if i != j})
        )

    def of_matrix(self, matrix: np.ndarray) -> float:
        return float((np.diagonal(matrix) + _off_diagonal(matrix).sum(axis=0)).max())


@dataclass(frozen=True)
class EuclideanNorm(LogarithmicNorm):
    r"""The norm :math:`(\sum_i \theta_i^2 \tau_i x_i^2)^{1/2}`, with τ over the leak where that is not one.

    The largest singular value of the weights times the largest slopes, B in these coordinates, is to stay below one:
    the leading principal minors of :math:`1 - B^\top B` are asked to be positive.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> EuclideanNorm().words
    'Euclidean norm'
    """

    words = "Euclidean norm"
    gives_rate = False
    is_timed = True

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        b = {(i, j): theta[i] / theta[j] * a * form.steepest(i, j) / form.leak[i] for (i, j), a in form.weights.items()}
        table = {}
        for i in n:
            for j in n:
                entry = sympy.Add(*(b[k, i] * b[k, j] for k in n if (k, i) in b and (k, j) in b))
                table[i, j] = (1 if i == j else 0) - entry
        return _leading_minors(table, form.size, clock)

    def of_matrix(self, matrix: np.ndarray) -> float:
        return float(np.linalg.eigvalsh((matrix + matrix.T) / 2).max())


@dataclass(frozen=True)
class SomeWeights(LogarithmicNorm):
    """Some maximum norm with positive weights: the comparison matrix is a Hurwitz Metzler matrix.

    Such weights exist exactly when the leading principal minors of minus the comparison matrix (largest diagonal
    entries, absolute values of the others) are positive; sum norms with weights then exist too.

    Examples
    --------
    >>> SomeWeights().words
    'some weighted maximum norm'
    """

    words = "some weighted maximum norm"
    weights: Mapping[str, Any] = field(init=False, default_factory=dict)
    gives_rate = False

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        found: list[Expr] = []
        for place in form.ends_of_the_diagonal():
            table = {}
            for i in range(form.size):
                table[i, i] = form.leak[i] - form.weights.get((i, i), sympy.S.Zero) * place[i]
            for (i, j), a in form.weights.items():
                if i != j:
                    table[i, j] = -abs(a) * form.steepest(i, j)
            found += [m for m in _leading_minors(table, form.size, clock) if m not in found]
        return tuple(found)

    def of_matrix(self, matrix: np.ndarray) -> float:
        """The abscissa of the Metzler majorant, which is the infimum over weights."""
        majorant = np.diag(np.diagonal(matrix)) + _off_diagonal(matrix)
        return float(np.linalg.eigvals(majorant).real.max())


def _off_diagonal(matrix: np.ndarray) -> np.ndarray:
    return abs(matrix) - np.diag(abs(np.diagonal(matrix)))


def _leading_minors(table: Mapping[tuple[int, int], Expr], size: int, clock: Clock) -> tuple[Expr, ...]:
    ring = Ring(generators_of(table.values()))
    quotients = {place: ring.quotient(entry) for place, entry in table.items()}
    rows = [ring.common_multiple(below for (i, _), (_, below) in quotients.items() if i == k) for k in range(size)]
    entries = {(i, j): above * (rows[i] / below) for (i, j), (above, below) in quotients.items() if not above.is_zero()}
    minors, scale = [], ring.one
    for k in range(1, size + 1):
        clock.check("leading minors")
        scale = scale * rows[k - 1]
        inside = {place: entry for place, entry in entries.items() if max(place) < k}
        minors.append(ring.expression(determinant(ring, inside, k, clock)) / ring.expression(scale))
    return tuple(minors)
