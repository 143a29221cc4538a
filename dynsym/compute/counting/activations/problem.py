"""Equilibrium equations of link form as arrays with error radii.

The unknowns y solve

    y = b + W φ(y) + φ(y) ∘ (K φ(y)²),

where each entry of b, W, K is known to lie within its radius of its midpoint.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field

import numpy as np

from dynsym.arithmetic.rounding import TINY, UNIT, gamma
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.errors import ParameterError

__all__ = ["LinkProblem"]


@dataclass(frozen=True, eq=False)
class LinkProblem:
    """y = b + W φ(y) + φ(y) ∘ (K φ(y)²)."""

    bias: np.ndarray
    weights: np.ndarray
    functions: LinkFunctions
    _: KW_ONLY
    cubic: np.ndarray | None = None
    bias_radius: np.ndarray | None = None
    weights_radius: np.ndarray | None = None
    cubic_radius: np.ndarray | None = None
    is_odd: bool = False
    absolute_weights: np.ndarray = field(init=False)
    absolute_cubic: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("bias", "weights", "cubic"):
            value = getattr(self, name)
            if value is None:
                continue
            value = np.array(value, dtype=float)
            if not np.isfinite(value).all():
                raise ParameterError(
                    f"The {name} of the links hold a value that is not finite. Counting needs finite numbers. "
                    "Check the parameter values."
                )
            put(self, name, value)
        if self.cubic is not None and not self.cubic.any() and self.cubic_radius is None:
            put(self, "cubic", None)
        put(self, "absolute_weights", np.abs(self.weights))
        put(self, "absolute_cubic", np.zeros_like(self.weights) if self.cubic is None else np.abs(self.cubic))

    @property
    def size(self) -> int:
        return len(self.bias)

    def start_box(self) -> tuple[np.ndarray, np.ndarray] | None:
        """A box that holds every solution, or None where φ is unbounded."""
        low, high = self.functions.bounds
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            return None
        return self.image_box(low, high)

    def image_box(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the right-hand side for φ(y) in [low, high], rounded outward."""
        middle, radius = 0.5 * (low + high), 0.5 * (high - low)
        size = np.maximum(np.abs(low), np.abs(high))
        centre = self.bias + self.weights @ middle
        spread = self.absolute_weights @ radius
        if self.cubic is not None:
            spread = spread + size * (self.absolute_cubic @ size**2)
        slack = self.slack(size) + 8 * UNIT * (np.abs(centre) + spread)
        return centre - spread - slack, centre + spread + slack

    def rounding(self, output: np.ndarray) -> np.ndarray:
        """Bound of the rounding in b + W v + v ∘ (K v²) for |v| <= output (..., m)."""
        total = gamma(2 * self.size + 8) * (np.abs(self.bias) + output @ self.absolute_weights.T)
        if self.cubic is not None:
            total = total + gamma(2 * self.size + 12) * output * (output**2 @ self.absolute_cubic.T)
        return total * (1 + 1e-10) + TINY

    def inexactness(self, output: np.ndarray) -> np.ndarray:
        """Bound of what the radii of the entries change in b + W v + v ∘ (K v²) for |v| <= output (..., m)."""
        total = np.zeros(output.shape)
        if self.bias_radius is not None:
            total = total + self.bias_radius
        if self.weights_radius is not None:
            total = total + output @ self.weights_radius.T
        if self.cubic_radius is not None:
            total = total + output * (output**2 @ self.cubic_radius.T)
        return total * (1 + 1e-10)

    def slack(self, output: np.ndarray, factor: float = 1.0) -> np.ndarray:
        """`factor` times the rounding, and the inexactness once."""
        return factor * self.rounding(output) + self.inexactness(output)

    def right_hand_side(self, v: np.ndarray) -> np.ndarray:
        """b + W v + v ∘ (K v²) for outputs v (batch, m), in floating point."""
        total = self.bias + v @ self.weights.T
        if self.cubic is not None:
            total = total + v * ((v * v) @ self.cubic.T)
        return total

    def sensitivity(self, v: np.ndarray) -> np.ndarray:
        """W + diag(K v²) + 2 diag(v) K diag(v), the derivative of the right-hand side in v, in floating point."""
        total = np.broadcast_to(self.weights, (*v.shape, self.size))
        if self.cubic is None:
            return total
        total = total + 2 * v[..., :, None] * self.cubic * v[..., None, :]
        index = np.arange(self.size)
        total[..., index, index] += (v * v) @ self.cubic.T
        return total

    def residual(self, y: np.ndarray) -> np.ndarray:
        """y minus the right-hand side, (batch, m), in floating point."""
        return y - self.right_hand_side(self.functions.value(y))

    def jacobian(self, y: np.ndarray) -> np.ndarray:
        """Derivative of `residual`, (batch, m, m), in floating point."""
        slope = self.functions.derivative(y)
        return np.eye(self.size) - self.sensitivity(self.functions.value(y)) * slope[..., None, :]
