"""Why a part of space holds no solution: factors λ with λ·F > 0 there, F(y) = y - b - W φ(y) - φ(y) ∘ (K φ(y)²).

Linearised in the outputs about the middle c of their range, with d = φ(y) - c,

    λ·F = Σ_j [λ_j y_j - μ_j φ(y_j)] - λ·(b - 2 c ∘ (K c²)) - Σ_j κ_j d_j² - Σ_i λ_i d_i Σ_j K_ij (φ_j² - c_j²),

μ = λ G with the sensitivity G at c and κ = (λ ∘ c) K. Each bracket depends on one unknown, and its least value has a
closed form. All numbers here are plain floats: `checker` repeats in ball arithmetic what is written to a file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["SAFE", "WitnessParts", "short"]

SAFE = 1e-7
"""How clearly, relative to its terms, an inequality must hold here: balls keep nine digits of their radii alone."""
AIM, FADING = 0.15, 0.9
"""Each step aims this share of the width above the best bound so far, fading from step to step."""


@dataclass(slots=True)
class WitnessParts:
    """A batch of boxes low <= y <= high, (batch, m), with the linearisation on each."""

    problem: LinkProblem
    low: np.ndarray
    high: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    gain: np.ndarray
    constant: np.ndarray
    centre: np.ndarray
    bend: np.ndarray
    swing: np.ndarray

    @classmethod
    def over(cls, problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> WitnessParts:
        bottom, top = problem.functions.value(low), problem.functions.value(high)
        centre, radius = 0.5 * (bottom + top), 0.5 * (top - bottom)
        constant, swing = np.broadcast_to(problem.bias, low.shape), np.zeros_like(low)
        if problem.cubic is not None:
            constant = constant - 2 * centre * (centre**2 @ problem.cubic.T)
            swing = radius * ((radius * (2 * np.abs(centre) + radius)) @ problem.absolute_cubic.T)
        gain = problem.sensitivity(centre)
        return cls(problem, low, high, bottom, top, gain, constant, centre, radius**2, swing)

    def take(self, chosen: np.ndarray) -> WitnessParts:
        arrays = (getattr(self, name)[chosen] for name in self.__slots__[1:])
        return WitnessParts(self.problem, *arrays)

    def factors(self) -> np.ndarray:
        """An approximate inverse of I - G S, S the slopes of the chords, in few digits; its rows make good factors."""
        slope = self.problem.functions.line(self.low, self.high)[0]
        inverse = inverses(np.eye(self.problem.size) - self.gain * slope[:, None, :])
        return short(inverse)

    def least(self, factors: np.ndarray, without: np.ndarray | float = 0.0) -> np.ndarray:
        """Lower bounds of λ·F - `without`·y, (batch, rows), for factors (batch, rows, m)."""
        return self._least(factors, without)[0]

    def raised(self, factors: np.ndarray, without: np.ndarray, scale: np.ndarray, steps: int) -> np.ndarray:
        """Factors with larger lower bounds, which are concave in them: subgradient steps towards a target.

        References
        ----------
        .. [1] B. Polyak, *Introduction to Optimization*, 1987, section 5.3.
        """
        width = np.maximum(self.high - self.low, 1e-9)
        ratio = np.concatenate([width, width], axis=1)[:, :, None] / width[:, None, :]
        best, bound = factors, np.full(factors.shape[:2], -np.inf)
        for step in range(steps):
            value, y, v = self._least(factors, without)
            better = value > bound
            best, bound = np.where(better[..., None], factors, best), np.where(better, value, bound)
            gradient = (self._residual(factors, y, v) @ np.swapaxes(scale, 1, 2)) * ratio
            target = bound + AIM * FADING**step * np.concatenate([width, width], axis=1)
            length = np.maximum(target - value, 0.0) / np.maximum((gradient**2).sum(axis=2), 1e-290)
            factors = factors + (length[..., None] * gradient * ratio) @ scale
        return short(best)

    def _least(
        self, factors: np.ndarray, without: np.ndarray | float = 0.0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The bounds, and the unknowns and outputs where they are attained."""
        least, y, v = self._least_terms(factors - without, factors @ self.gain)
        total = least.sum(axis=2) - (factors @ self.constant[..., None])[..., 0]
        if self.problem.cubic is not None:
            loads = (factors * self.centre[:, None, :]) @ self.problem.cubic
            total -= (np.maximum(loads, 0.0) @ self.bend[..., None])[..., 0]
            total -= (np.abs(factors) @ self.swing[..., None])[..., 0]
        return total, y, v

    def _residual(self, factors: np.ndarray, y: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Derivative of the bounds in the factors."""
        residual = y - self.constant[:, None, :] - v @ np.swapaxes(self.gain, 1, 2)
        if self.problem.cubic is not None:
            bent = ((factors * self.centre[:, None, :]) @ self.problem.cubic > 0) * self.bend[:, None, :]
            residual -= (bent @ self.problem.cubic.T) * self.centre[:, None, :]
            residual -= np.sign(factors) * self.swing[:, None, :]
        return residual

    def is_injective(self, inverse: np.ndarray) -> np.ndarray:
        """Whether |I - C F'| w < w over each box for some w > 0, given C (batch, m, m)."""
        problem, unit = self.problem, np.eye(self.problem.size)
        flattest, steepest = problem.functions.derivative_range(self.low, self.high)
        slope, spread = 0.5 * (flattest + steepest), 0.5 * (steepest - flattest)
        gain = inverse @ self.gain
        rest = np.abs(unit - inverse + gain * slope[:, None, :]) + np.abs(gain) * spread[:, None, :]
        if problem.cubic is not None:
            rest += np.abs(inverse) @ self._movement() * steepest[:, None, :]
        weight = np.ones_like(self.low)
        for _ in range(6):
            image = (rest @ weight[..., None])[..., 0]
            weight = image / np.maximum(image.max(axis=1, keepdims=True), 1e-290) + 1e-3
        return ((rest @ weight[..., None])[..., 0] < (1 - SAFE) * weight).all(axis=1)

    def influence(self) -> np.ndarray:
        """How much the range of each unknown blurs all others, relative to their widths: the largest is best cut."""
        inverse = self.factors()
        lower, upper = self.problem.functions.line(self.low, self.high)[1:]
        blur = np.abs(inverse @ self.gain) * (upper - lower)[:, None, :]
        if self.problem.cubic is not None:
            blur += np.abs(inverse) @ self._movement() * (self.top - self.bottom)[:, None, :]
        return (blur / np.maximum(self.high - self.low, 1e-9)[:, :, None]).sum(axis=1)

    def _movement(self) -> np.ndarray:
        """Bound of how far the sensitivity moves from G, (batch, m, m), where K is not zero."""
        cubic, size, radius = self.problem.absolute_cubic, np.abs(self.centre), 0.5 * (self.top - self.bottom)
        far = size + radius
        moved = 2 * cubic * (far[:, :, None] * far[:, None, :] - size[:, :, None] * size[:, None, :])
        index = np.arange(self.problem.size)
        moved[:, index, index] += (radius * (2 * size + radius)) @ cubic.T
        return moved

    def _least_terms(self, a: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Least values of a y - m φ(y), and y and φ(y) there."""
        low, high, bottom, top = (x[:, None, :] for x in (self.low, self.high, self.bottom, self.top))
        left, right = a * low - m * bottom, a * high - m * top
        is_left = left < right
        least, y, v = (np.where(is_left, *pair) for pair in ((left, right), (low, high), (bottom, top)))
        functions = self.problem.functions
        kink = functions.has_kink & (low < 0) & (high > 0) & (least > 0)
        least[kink] = y[kink] = v[kink] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            tangent = functions.tangent(a / m)
        at_zero = functions.value(np.zeros(self.problem.size))
        output = np.where(m < 0, 2 * at_zero - tangent, tangent)
        place = np.nonzero((output > bottom) & (output < top))
        where, reached = functions.preimage_of(place[2], output[place]), output[place]
        value = a[place] * where - m[place] * reached
        lower = value < least[place]
        place = tuple(index[lower] for index in place)
        least[place], y[place], v[place] = value[lower], where[lower], reached[lower]
        return least, y, v


def short(numbers: np.ndarray) -> np.ndarray:
    """Rows (…, m) in five digits of their largest entry: a file of them stays small, and any factors are allowed."""
    with np.errstate(divide="ignore"):
        digits = 4 - np.floor(np.log10(np.abs(numbers).max(axis=-1, keepdims=True)))
    scale = 10.0 ** np.where(np.isfinite(digits), digits, 0)
    return np.round(numbers * scale) / scale
