r"""Special points solved by minimally augmented defining systems.

With borders b, c close to the null vectors, the last entry g of the solution of

.. math:: \begin{pmatrix} A & b \\ c^H & 0 \end{pmatrix} \begin{pmatrix} q \\ g \end{pmatrix}
          = \begin{pmatrix} 0 \\ 1 \end{pmatrix}

vanishes exactly where A is singular, is smooth, and has the gradient :math:`-p^H (dA) q` with p from the transposed
system. Adding g = 0 to F = 0 locates a fold with A = J, a Hopf point with A = J - iω (g is complex and ω a further
unknown), a neutral saddle with A = J ∓ μ, and a branch point with A = (J, F_λ), where two columns are bordered
(W. Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria*, SIAM 2000, chapters 3–4 and 8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.bordered import Factorised, bordered
from dynsym.compute.continuation.family import OneParameterField

__all__ = ["LocatedPoint", "null_vectors", "solve_branch_point", "solve_fold", "solve_hopf", "solve_neutral_saddle"]

Array = np.ndarray
Linearised = tuple[Array, Array] | None
"""Matrix and right-hand side of a Newton step; None where the equations are not defined."""

NEWTON_STEPS = 12
DIVERGED = 3.0
CONVERGED = 1e-13
ACCEPTED = 1e-9


@dataclass(frozen=True, slots=True)
class LocatedPoint:
    """A solved special point."""

    x: Array
    value: float
    right: Array
    left: Array
    frequency: float
    residual: float
    unfolding: float = 0.0


def null_vectors(matrix: Array, count: int = 1) -> tuple[Array, Array]:
    """Right and left singular vectors (as columns) of the smallest `count` singular values; square or n × (n+1).

    For an n × (n+1) matrix the right ones are one more than the left ones.
    """
    left, _, right = np.linalg.svd(matrix)
    n, m = matrix.shape
    return right.conj().T[:, m - count - (m - n) :], left[:, n - count :]


def solve_fold(family: OneParameterField, x: Array, value: float) -> LocatedPoint | None:
    """F = 0 and det J = 0 from a guess; None if Newton's method fails."""
    border = _Border.of(family.jacobian(x, value))

    def linearise(x: Array, value: float, unknown: Array) -> Linearised:
        return _augmented(family, x, value, unknown, [(border, 0.0, 0.0)])

    found = _newton(family, x, value, np.zeros(0), linearise) if border is not None else None
    return None if found is None or border is None else border.solution(family, *found[:2], 0.0)


def solve_hopf(family: OneParameterField, x: Array, value: float, frequency: float) -> LocatedPoint | None:
    """F = 0 and det(J - iω) = 0 from a guess; None if Newton's method fails or ω vanishes."""
    border = _Border.of(family.jacobian(x, value) - 1j * frequency * np.eye(len(x)))

    def linearise(x: Array, value: float, unknown: Array) -> Linearised:
        return _augmented(family, x, value, unknown, [(border, 1j * unknown[0], 1j)]) if unknown[0] > 0 else None

    found = _newton(family, x, value, np.array([frequency]), linearise) if border is not None else None
    return None if found is None or border is None else border.solution(family, *found[:2], 1j * float(found[2][0]))


def solve_neutral_saddle(family: OneParameterField, x: Array, value: float, rate: float) -> LocatedPoint | None:
    """F = 0 with eigenvalues μ and -μ, from a guess; None if Newton's method fails or μ vanishes."""
    jacobian, identity = family.jacobian(x, value), np.eye(len(x))
    first, second = _Border.of(jacobian - rate * identity), _Border.of(jacobian + rate * identity)

    def linearise(x: Array, value: float, unknown: Array) -> Linearised:
        if not unknown[0] > 0:
            return None
        return _augmented(family, x, value, unknown, [(first, unknown[0], 1.0), (second, -unknown[0], -1.0)])

    both = first is not None and second is not None
    found = _newton(family, x, value, np.array([rate]), linearise) if both else None
    return None if found is None or first is None else first.solution(family, *found[:2], float(found[2][0]))


def solve_branch_point(family: OneParameterField, x: Array, value: float) -> LocatedPoint | None:
    """F + βw = 0 with (J, F_λ) of rank n - 1, from a guess; at a true branch point β = 0."""
    n, width = len(x), family.width
    start = _rectangular(family, x, value)
    if not np.isfinite(start).all():
        return None
    right, left = null_vectors(start)
    column = left[:, 0]

    def linearise(x: Array, value: float, unknown: Array) -> Linearised:
        nonlocal right
        matrix = _rectangular(family, x, value)
        if not np.isfinite(matrix).all():
            return None
        factors = Factorised(bordered(matrix, column, right.T))
        if factors.singular:
            return None
        kernel = [factors.solve(_unit(n + 2, n + k)) for k in range(2)]
        vector = factors.solve(_unit(n + 2, n + 1), transposed=True)[:n]
        mixed, twice = family.mixed_derivative(x, value), family.second_parameter_derivative(x, value)
        system = np.zeros((n + 2, n + 2), order="F")
        system[:n, :n], system[:n, n], system[:n, n + 1] = matrix[:, :n], matrix[:, n] / width, column
        for k, null in enumerate(kernel):
            along = family.jacobian_along(x, value, null[:n]) + width * null[n] * mixed
            system[n + k, :n] = -(vector @ along)
            system[n + k, n] = -(vector @ (mixed @ null[:n] + width * null[n] * twice))
        right = np.linalg.qr(np.array(kernel)[:, : n + 1].T)[0]
        field = family.field(x, value) + unknown[0] * column
        return system, np.concatenate([field, [null[n + 1] for null in kernel]])

    found = _newton(family, x, value, np.zeros(1), linearise)
    if found is None:
        return None
    x, value, unfolding = found
    matrix = _rectangular(family, x, value)
    right, left = null_vectors(matrix)
    residual = _largest(family.field(x, value), matrix @ right)
    return LocatedPoint(x, value, right, left[:, 0], 0.0, residual, float(unfolding[0]))


class _Border:
    """Borders of a square matrix that follow its null vectors, and the function g that they define."""

    def __init__(self, right: Array, left: Array) -> None:
        self.right, self.left = right, left

    @classmethod
    def of(cls, matrix: Array) -> _Border | None:
        """Borders from singular vectors; None if the matrix is not finite."""
        if not np.isfinite(matrix).all():
            return None
        right, left = null_vectors(matrix)
        return cls(right[:, 0], left[:, 0])

    def update(self, matrix: Array) -> complex:
        """Improve the null vectors q and p by one bordered solve each; the value of g."""
        n = len(matrix)
        row = (self.right / np.linalg.norm(self.right)).conj()
        factors = Factorised(bordered(matrix, self.left / np.linalg.norm(self.left), row))
        unit = _unit(n + 1, n).astype(np.result_type(matrix, row))
        forward, backward = factors.solve(unit), factors.solve(unit, transposed=True)
        self.right, self.left = forward[:n], backward[:n].conj()
        return forward[n]

    def gradient(self, family: OneParameterField, x: Array, value: float, slope: complex) -> Array:
        """Derivatives of g by x, by λ and by the shift of the matrix (times its slope)."""
        p = self.left.conj()
        by_state = -(p @ family.jacobian_along(x, value, self.right))
        by_parameter = -(p @ family.mixed_derivative(x, value) @ self.right)
        return np.concatenate([by_state, [by_parameter, slope * (p @ self.right)]])

    def solution(self, family: OneParameterField, x: Array, value: float, shift: complex) -> LocatedPoint:
        """The solved point with unit null vectors."""
        matrix = family.jacobian(x, value) - shift * np.eye(len(x))
        self.update(matrix)
        right, left = self.right / np.linalg.norm(self.right), self.left / np.linalg.norm(self.left)
        return LocatedPoint(x, value, right, left, abs(shift), _largest(family.field(x, value), matrix @ right))


def _augmented(
    family: OneParameterField,
    x: Array,
    value: float,
    unknown: Array,
    conditions: list[tuple[_Border | None, complex, complex]],
) -> Linearised:
    """F = 0 with det(J - shift) = 0 for each border; a complex condition counts for two. Slope: d shift / d unknown."""
    n, size = len(x), len(x) + 1 + len(unknown)
    jacobian = family.jacobian(x, value)
    if not np.isfinite(jacobian).all():
        return None
    matrix, right = np.zeros((size, size), order="F"), np.zeros(size)
    matrix[:n, :n], matrix[:n, n] = jacobian, family.parameter_derivative(x, value)
    right[:n] = family.field(x, value)
    row = n
    for border, shift, slope in conditions:
        assert border is not None
        defect = border.update(jacobian - shift * np.eye(n) if shift else jacobian)
        gradient = border.gradient(family, x, value, slope)[:size]
        for part in (np.real, np.imag) if isinstance(slope, complex) else (np.real,):
            matrix[row], right[row] = part(gradient), part(defect)
            row += 1
    return matrix, right


def _newton(
    family: OneParameterField,
    x: Array,
    value: float,
    unknown: Array,
    linearise: Callable[[Array, float, Array], Linearised],
) -> tuple[Array, float, Array] | None:
    """Newton's method to the level of rounding, for the state, the parameter and further unknowns."""
    n, previous = len(x), np.inf
    for _ in range(NEWTON_STEPS):
        linear = linearise(x, value, unknown)
        if linear is None or not (np.isfinite(linear[0]).all() and np.isfinite(linear[1]).all()):
            return None
        factors = Factorised(linear[0])
        if factors.singular:
            return None
        step = factors.solve(linear[1])
        x, value, unknown = x - step[:n], value - float(step[n]), unknown - step[n + 1 :]
        size = float(np.abs(step[:n]).max() / (1 + np.abs(x).max()) + abs(step[n]) / (family.width + abs(value)))
        size += float(np.sum(np.abs(step[n + 1 :]) / (1e-2 + np.abs(unknown))))
        if not size <= DIVERGED:
            return None
        if size <= CONVERGED or (size <= ACCEPTED and size >= 0.1 * previous):  # tiny, or no longer shrinking
            return x, value, unknown
        previous = size
    return None


def _rectangular(family: OneParameterField, x: Array, value: float) -> Array:
    """(J, F_λ), the parameter measured in widths of its span."""
    return np.column_stack([family.jacobian(x, value), family.width * family.parameter_derivative(x, value)])


def _largest(*vectors: Array) -> float:
    return float(max(np.abs(vector).max() for vector in vectors))


def _unit(size: int, k: int) -> Array:
    unit = np.zeros(size)
    unit[k] = 1.0
    return unit
