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

from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.bordered import Factorised, bordered
from dynsym.compute.continuation.family import Family

__all__ = ["Solution", "null_vectors", "solve_branch_point", "solve_fold", "solve_hopf", "solve_neutral_saddle"]

Array = np.ndarray

NEWTON_STEPS = 12
DIVERGED = 3.0
CONVERGED = 1e-13
ACCEPTED = 1e-9


@dataclass(frozen=True, slots=True)
class Solution:
    """A solved special point.

    Parameters
    ----------
    x : array (n,)
    value : float
        The parameter.
    right, left : arrays
        Null vectors: of J (fold), J - iω (Hopf), J - μ (neutral saddle); for a branch point `right` has the two null
        vectors of (J, F_λ) as columns.
    frequency : float
        ω of a Hopf point, μ of a neutral saddle, else 0.
    residual : float
        Largest entry of F and of A times the null vectors.
    unfolding : float
        For a branch point the multiple of the left null vector that had to be added to F: zero unless the crossing is
        imperfect.
    """

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


def solve_fold(family: Family, x: Array, value: float) -> Solution | None:
    """F = 0 and det J = 0 from a guess; None if Newton's method fails."""
    n = len(x)
    jacobian = family.jacobian(x, value)
    if not np.isfinite(jacobian).all():
        return None
    right, left = (vectors[:, 0] for vectors in null_vectors(jacobian))
    previous = np.inf
    for _ in range(NEWTON_STEPS):
        right, left, defect = _null_update(jacobian, right, left)
        matrix = np.empty((n + 1, n + 1), order="F")
        matrix[:n, :n] = jacobian
        matrix[:n, n] = family.parameter_derivative(x, value)
        matrix[n, :n] = -(left @ family.jacobian_along(x, value, right))
        matrix[n, n] = -(left @ family.mixed_derivative(x, value) @ right)
        step = _newton_step(matrix, np.append(family.field(x, value), defect))
        if step is None:
            return None
        x, value = x - step[:n], value - step[n]
        jacobian = family.jacobian(x, value)
        if not np.isfinite(jacobian).all():
            return None
        size = _relative(step[:n], x) + abs(step[n]) / (family.width + abs(value))
        if _is_done(size, previous):
            right, left, _ = _null_update(jacobian, right, left)
            right, left = right / np.linalg.norm(right), left / np.linalg.norm(left)
            residual = _largest(family.field(x, value), jacobian @ right)
            return Solution(x, value, right, left, 0.0, residual)
        if size > DIVERGED:
            return None
        previous = size
    return None


def solve_hopf(family: Family, x: Array, value: float, frequency: float) -> Solution | None:
    """F = 0 and det(J - iω) = 0 from a guess; None if Newton's method fails or ω vanishes."""
    n = len(x)
    jacobian = family.jacobian(x, value)
    if not np.isfinite(jacobian).all():
        return None
    right, left = (vectors[:, 0] for vectors in null_vectors(jacobian - 1j * frequency * np.eye(n)))
    previous = np.inf
    for _ in range(NEWTON_STEPS):
        right, left, defect = _null_update(jacobian - 1j * frequency * np.eye(n), right, left)
        gradient = -(left.conj() @ family.jacobian_along(x, value, right))
        slope = -(left.conj() @ family.mixed_derivative(x, value) @ right)
        turn = 1j * (left.conj() @ right)
        matrix = np.zeros((n + 2, n + 2), order="F")
        matrix[:n, :n] = jacobian
        matrix[:n, n] = family.parameter_derivative(x, value)
        matrix[n, :n], matrix[n, n], matrix[n, n + 1] = gradient.real, slope.real, turn.real
        matrix[n + 1, :n], matrix[n + 1, n], matrix[n + 1, n + 1] = gradient.imag, slope.imag, turn.imag
        step = _newton_step(matrix, np.concatenate([family.field(x, value), [defect.real, defect.imag]]))
        if step is None:
            return None
        x, value, frequency = x - step[:n], value - step[n], frequency - step[n + 1]
        jacobian = family.jacobian(x, value)
        if not np.isfinite(jacobian).all() or frequency <= 0:
            return None
        size = _relative(step[:n], x) + abs(step[n]) / (family.width + abs(value)) + abs(step[n + 1]) / frequency
        if _is_done(size, previous):
            shifted = jacobian - 1j * frequency * np.eye(n)
            right, left, _ = _null_update(shifted, right, left)
            right, left = right / np.linalg.norm(right), left / np.linalg.norm(left)
            residual = _largest(family.field(x, value), shifted @ right)
            return Solution(x, value, right, left, float(frequency), residual)
        if size > DIVERGED:
            return None
        previous = size
    return None


def solve_neutral_saddle(family: Family, x: Array, value: float, rate: float) -> Solution | None:
    """F = 0 with eigenvalues μ and -μ, from a guess; None if Newton's method fails or μ vanishes."""
    n = len(x)
    jacobian = family.jacobian(x, value)
    identity = np.eye(n)
    pairs = [tuple(v[:, 0] for v in null_vectors(jacobian - sign * rate * identity)) for sign in (1, -1)]
    previous = np.inf
    for _ in range(NEWTON_STEPS):
        matrix = np.zeros((n + 2, n + 2), order="F")
        matrix[:n, :n] = jacobian
        matrix[:n, n] = family.parameter_derivative(x, value)
        defects = []
        for k, sign in enumerate((1, -1)):
            right, left, defect = _null_update(jacobian - sign * rate * identity, *pairs[k])
            pairs[k] = (right, left)
            matrix[n + k, :n] = -(left @ family.jacobian_along(x, value, right))
            matrix[n + k, n] = -(left @ family.mixed_derivative(x, value) @ right)
            matrix[n + k, n + 1] = sign * (left @ right)
            defects.append(defect)
        step = _newton_step(matrix, np.concatenate([family.field(x, value), defects]))
        if step is None:
            return None
        x, value, rate = x - step[:n], value - step[n], rate - step[n + 1]
        jacobian = family.jacobian(x, value)
        if not np.isfinite(jacobian).all() or rate <= 0:
            return None
        size = _relative(step[:n], x) + abs(step[n]) / (family.width + abs(value)) + abs(step[n + 1]) / rate
        if _is_done(size, previous):
            right = pairs[0][0] / np.linalg.norm(pairs[0][0])
            left = pairs[0][1] / np.linalg.norm(pairs[0][1])
            residual = _largest(family.field(x, value), jacobian @ right - rate * right)
            return Solution(x, value, right, left, float(rate), residual)
        if size > DIVERGED:
            return None
        previous = size
    return None


def solve_branch_point(family: Family, x: Array, value: float) -> Solution | None:
    """F + βw = 0 with (J, F_λ) of rank n - 1, from a guess; at a true branch point β = 0."""
    n, width = len(x), family.width
    unfolding, previous = 0.0, np.inf
    matrix = _rectangular(family, x, value)
    if not np.isfinite(matrix).all():
        return None
    right, left = null_vectors(matrix)
    column = left[:, 0]
    for _ in range(NEWTON_STEPS):
        factors = Factorised(bordered(matrix, column, right.T))
        if factors.singular:
            return None
        kernel = [factors.solve(_unit(n + 2, n + k)) for k in range(2)]
        left_vector = factors.solve(_unit(n + 2, n + 1), transposed=True)[:n]
        mixed = family.mixed_derivative(x, value)
        twice = family.second_parameter_derivative(x, value) * width**2
        system = np.zeros((n + 2, n + 2), order="F")
        system[:n, :n], system[:n, n], system[:n, n + 1] = matrix[:, :n], matrix[:, n], column
        defects = []
        for k, vector in enumerate(kernel):
            along = family.jacobian_along(x, value, vector[:n]) + width * vector[n] * mixed
            system[n + k, :n] = -(left_vector @ along)
            system[n + k, n] = -(left_vector @ (width * (mixed @ vector[:n]) + vector[n] * twice))
            defects.append(vector[n + 1])
        field = family.field(x, value) + unfolding * column
        step = _newton_step(system, np.concatenate([field, defects]))
        if step is None:
            return None
        x, value, unfolding = x - step[:n], value - width * step[n], unfolding - step[n + 1]
        matrix = _rectangular(family, x, value)
        if not np.isfinite(matrix).all():
            return None
        size = _relative(step[:n], x) + abs(step[n]) + abs(step[n + 1])
        if _is_done(size, previous):
            right, left = null_vectors(matrix)
            residual = _largest(family.field(x, value), matrix @ right)
            return Solution(x, value, right, left[:, 0], 0.0, residual, float(unfolding))
        if size > DIVERGED:
            return None
        previous = size
        right = np.linalg.qr(np.array(kernel)[:, : n + 1].T)[0]
    return None


def _rectangular(family: Family, x: Array, value: float) -> Array:
    """(J, F_λ), the parameter measured in widths of its span."""
    return np.column_stack([family.jacobian(x, value), family.width * family.parameter_derivative(x, value)])


def _null_update(matrix: Array, right: Array, left: Array) -> tuple[Array, Array, complex]:
    """One bordered solve each way: improved null vectors q and p (of Aᴴ), and the defect g."""
    n = len(matrix)
    border = bordered(matrix, left / np.linalg.norm(left), (right / np.linalg.norm(right)).conj())
    factors = Factorised(border)
    unit = np.zeros(n + 1, border.dtype)
    unit[n] = 1.0
    forward = factors.solve(unit)
    backward = factors.solve(unit, transposed=True)
    return forward[:n], backward[:n].conj(), forward[n]


def _newton_step(matrix: Array, right: Array) -> Array | None:
    if not (np.isfinite(matrix).all() and np.isfinite(right).all()):
        return None
    factors = Factorised(matrix)
    if factors.singular:
        return None
    step = factors.solve(right)
    return step if np.isfinite(step).all() else None


def _is_done(size: float, previous: float) -> bool:
    """Converged to rounding: tiny, or small and no longer shrinking."""
    return size <= CONVERGED or (size <= ACCEPTED and size >= 0.1 * previous)


def _relative(step: Array, x: Array) -> float:
    return float(np.abs(step).max() / (1 + np.abs(x).max()))


def _largest(*vectors: Array) -> float:
    return float(max(np.abs(vector).max() for vector in vectors))


def _unit(size: int, k: int) -> Array:
    unit = np.zeros(size)
    unit[k] = 1.0
    return unit
