"""An approximate inverse C of I - G S, and how far C times any Jacobian over a box is from the identity.

For all y, y' in a box, F(y) - F(y') = J (y - y') with J = I - G' D, where D holds slopes of φ over the box and G' a
mean of the sensitivity. `Deviation` bounds |I - C J| for all of them. If B w < w for some w > 0, every C J is regular:
F is injective on the box. The same bound makes the Krawczyk test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma, square_range
from dynsym.compute.counting.activations.problem import LinkProblem

__all__ = ["Deviation", "Preconditioner", "inverses"]


@dataclass(slots=True)
class Preconditioner:
    """C, G and S of a batch of boxes or points, as far as bounds need them (arrays with the batch first)."""

    slope: np.ndarray
    gain: np.ndarray
    absolute_inverse: np.ndarray
    defect: np.ndarray
    output: np.ndarray | None = None
    output_square: np.ndarray | None = None

    @classmethod
    def at(cls, problem: LinkProblem, y: np.ndarray) -> tuple[Preconditioner, np.ndarray]:
        """The one of the points y (batch, m), and the inverses C themselves."""
        v = problem.functions.value(y)
        slope = problem.functions.derivative(y)
        sensitivity = problem.sensitivity(v)
        inverse = inverses(np.eye(problem.size) - sensitivity * slope[:, None, :])
        found = cls.assembled(slope, inverse @ sensitivity, inverse)
        if problem.cubic is not None:
            found.output, found.output_square = v, v * v
        return found, inverse

    @classmethod
    def assembled(cls, slope: np.ndarray, gain: np.ndarray, inverse: np.ndarray) -> Preconditioner:
        defect = gain * slope[:, None, :]
        defect -= inverse
        index = np.arange(slope.shape[1])
        defect[:, index, index] += 1
        return cls(slope, gain, np.abs(inverse), np.abs(defect, out=defect))

    def take(self, chosen: np.ndarray) -> Preconditioner:
        """The chosen boxes (mask or positions)."""
        about = (None if part is None else part[chosen] for part in (self.output, self.output_square))
        return Preconditioner(
            self.slope[chosen], self.gain[chosen], self.absolute_inverse[chosen], self.defect[chosen], *about
        )

    def __len__(self) -> int:
        return len(self.slope)

    def is_injective(self, problem: LinkProblem, low: np.ndarray, high: np.ndarray, steps: int = 4) -> np.ndarray:
        """Whether each box [low, high] is proved to hold at most one solution."""
        bottom, top = problem.functions.derivative_range(low, high)
        index = np.arange(problem.size)
        spread = np.maximum(top - self.slope, self.slope - bottom)
        hopeful = (np.abs(self.gain[:, index, index]) * spread < 1).all(axis=1)
        chosen = np.flatnonzero(hopeful)
        if len(chosen):
            deviation = Deviation.over(self.take(chosen), problem, low[chosen], high[chosen])
            weight = np.ones((len(chosen), problem.size))
            for _ in range(steps):
                image = deviation.estimate(weight)
                weight = image + 1e-3 * image.max(axis=1, keepdims=True) + TINY
                weight /= weight.max(axis=1, keepdims=True)
            weight = np.minimum(weight, 1.0)
            hopeful[chosen] = (deviation.bound(weight) < weight * (1 - 1e-12)).all(axis=1)
        return hopeful


@dataclass(slots=True)
class Deviation:
    """B >= |I - C J| over a batch of boxes, applied to vectors."""

    entries: np.ndarray
    error: np.ndarray
    absolute_inverse: np.ndarray
    top: np.ndarray
    absolute_cubic: np.ndarray | None = None
    diagonal: np.ndarray | None = None
    output: np.ndarray | None = None
    spread: np.ndarray | None = None

    @classmethod
    def over(cls, about: Preconditioner, problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> Deviation:
        """The bound over the boxes [low, high]."""
        bottom, top = problem.functions.derivative_range(low, high)
        spread = np.maximum(top - about.slope, about.slope - bottom) * ROUND_UP + TINY
        entries = np.abs(about.gain) * spread[:, None, :] + about.defect
        steepest = np.maximum(np.maximum(np.abs(top), np.abs(bottom)), np.abs(about.slope)).max(axis=0, initial=0.0)
        change = gamma(2 * problem.size + 8) * (problem.absolute_weights @ steepest) + 4 * UNIT
        if problem.weights_radius is not None:
            change = change + problem.weights_radius @ steepest
        found = cls(entries, change, about.absolute_inverse, np.maximum(np.abs(top), np.abs(bottom)))
        if problem.cubic is not None:
            change = change + found._expand(about, problem, *problem.functions.range(low, high), steepest)
        found.error = (about.absolute_inverse @ change) * ROUND_UP + 4 * UNIT
        return found

    def _expand(
        self, about: Preconditioner, problem: LinkProblem, low: np.ndarray, high: np.ndarray, steepest: np.ndarray
    ) -> np.ndarray:
        """Note how far v and v² are from the middles; return the bound of errors in K."""
        assert about.output is not None
        assert about.output_square is not None
        self.absolute_cubic = problem.absolute_cubic
        self.spread = np.maximum(high - about.output, about.output - low) * ROUND_UP + TINY
        middle, radius = square_range(low, high)
        square_spread = (np.abs(middle - about.output_square) + radius) * ROUND_UP + TINY
        self.diagonal = square_spread @ problem.absolute_cubic.T
        self.output = np.abs(about.output)
        largest = np.maximum(np.maximum(np.abs(low), np.abs(high)), self.output).max(axis=0, initial=0.0)
        error = 16 * gamma(2 * problem.size + 8) * problem.absolute_cubic
        if problem.cubic_radius is not None:
            error = error + problem.cubic_radius
        return (error @ largest**2) * steepest + 2 * largest * (error @ (largest * steepest))

    def estimate(self, weight: np.ndarray) -> np.ndarray:
        """B w without the errors of rounding."""
        image = (self.entries @ weight[..., None])[..., 0]
        if self.absolute_cubic is None:
            return image
        cubic, spread, output = self.absolute_cubic.T, self.spread, self.output
        assert self.diagonal is not None
        assert spread is not None
        assert output is not None
        loaded = self.top * weight
        change = self.diagonal * loaded + 2 * output * ((spread * loaded) @ cubic)
        change += 2 * spread * (((output + spread) * loaded) @ cubic)
        return image + (self.absolute_inverse @ change[..., None])[..., 0]

    def bound(self, weight: np.ndarray) -> np.ndarray:
        """An upper bound of B w for 0 <= w <= 1, rounding included."""
        return self.estimate(weight) * ROUND_UP + self.error


def inverses(matrices: np.ndarray) -> np.ndarray:
    """Approximate inverses of a batch; a singular matrix gives the identity, which is allowed and useless."""
    try:
        found = np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        found = np.empty_like(matrices)
        for k, matrix in enumerate(matrices):
            try:
                found[k] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                found[k] = np.eye(len(matrix))
    spoilt = ~np.isfinite(found).all(axis=(1, 2))
    if spoilt.any():
        found[spoilt] = np.eye(matrices.shape[-1])
    return found
