"""Newton's method, and the Krawczyk test that turns its result into a theorem.

With F(y) = y - (b + W φ(y) + φ(y) ∘ (K φ(y)²)), a point ỹ, C ≈ F'(ỹ)⁻¹ and a radius ρ: if

    |C F(ỹ)| + |I - C J| ρ < ρ        for every mean Jacobian J over ỹ ± ρ,

then ỹ ± ρ holds exactly one solution, and it lies within the left-hand side of ỹ [1]_.

References
----------
.. [1] R. Krawczyk, Computing 4 (1969) 187-201; S. Rump, Acta Numerica 19 (2010), section 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import Deviation, Preconditioner

__all__ = ["Enclosures", "enclose", "newton", "residual_bound"]


@dataclass(slots=True)
class Enclosures:
    """Boxes middle ± radius (batch, m); where `certified`, each holds exactly one solution."""

    middle: np.ndarray
    radius: np.ndarray
    certified: np.ndarray
    preconditioner: Preconditioner
    sign: np.ndarray

    @property
    def low(self) -> np.ndarray:
        return np.nextafter(self.middle - self.radius, -np.inf)

    @property
    def high(self) -> np.ndarray:
        return np.nextafter(self.middle + self.radius, np.inf)


def newton(
    problem: LinkProblem, y: np.ndarray, steps: int = 12, limit: float = np.inf, largest_step: float = np.inf
) -> np.ndarray:
    """Newton iterates of a batch of points; a point whose iterate leaves |y| <= limit is pulled back to it."""
    y = y.copy()
    active = np.arange(len(y))
    for _ in range(steps):
        here = y[active]
        jacobian, residual = problem.jacobian(here), problem.residual(here)
        try:
            move = np.linalg.solve(jacobian, residual[..., None])[..., 0]
        except np.linalg.LinAlgError:
            move = (np.linalg.pinv(jacobian + 1e-9 * np.eye(problem.size)) @ residual[..., None])[..., 0]
        move = np.nan_to_num(move, posinf=limit, neginf=-limit)
        if largest_step < np.inf:
            move = move * np.minimum(1.0, largest_step / (np.abs(move).max(axis=1, keepdims=True) + TINY))
        y[active] = np.clip(here - move, -limit, limit)
        active = active[np.any(np.abs(move) > 4 * UNIT * (1 + np.abs(here)), axis=1)]
        if not len(active):
            break
    return y


def residual_bound(problem: LinkProblem, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F at points (batch, m), and a bound of the distance to the exact value."""
    v = problem.functions.value(y)
    v_error = problem.functions.value_error(v)
    output = np.abs(v) + v_error
    error = problem.slack(output) + v_error @ problem.absolute_weights.T + 4 * UNIT * np.abs(y)
    if problem.cubic is not None:
        error = error + v_error * (output**2 @ problem.absolute_cubic.T)
        error = error + 2 * output * ((output * v_error) @ problem.absolute_cubic.T)
    return y - problem.right_hand_side(v), error * ROUND_UP + TINY


def enclose(problem: LinkProblem, y: np.ndarray) -> Enclosures:
    """Krawczyk test of a batch of approximate solutions."""
    preconditioner, inverse = Preconditioner.at(problem, y)
    residual, error = residual_bound(problem, y)
    total = (np.abs(residual) + error) * ROUND_UP + TINY
    shift = (preconditioner.absolute_inverse @ total[..., None])[..., 0] * ROUND_UP
    radius = 2 * shift + (1e-9 * shift.max(axis=1, keepdims=True) + TINY)
    deviation = Deviation.over(
        preconditioner, problem, np.nextafter(y - radius, -np.inf), np.nextafter(y + radius, np.inf)
    )
    scale = radius.max(axis=1, keepdims=True)
    image = shift + deviation.bound(radius / scale) * scale * ROUND_UP
    certified = (image < radius).all(axis=1) & np.isfinite(image).all(axis=1)
    sign = np.linalg.slogdet(inverse)[0].astype(int) * certified
    return Enclosures(y, np.where(certified[:, None], image * ROUND_UP, np.inf), certified, preconditioner, sign)
