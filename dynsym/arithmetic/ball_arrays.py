"""Arrays of numbers known up to a radius: sums and products with all rounding in the radius."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma, midpoint_radius

__all__ = ["BallArray"]


@dataclass(slots=True)
class BallArray:
    """middle ± radius, elementwise."""

    middle: np.ndarray
    radius: np.ndarray

    @classmethod
    def between(cls, low: np.ndarray, high: np.ndarray) -> BallArray:
        """The intervals [low, high]."""
        return cls(*midpoint_radius(low, high))

    @classmethod
    def exact(cls, values: np.ndarray) -> BallArray:
        """Floats as they are."""
        return cls(values, np.zeros_like(values))

    @property
    def magnitude(self) -> np.ndarray:
        """Bound of the absolute value."""
        return (np.abs(self.middle) + self.radius) * ROUND_UP

    def __getitem__(self, place: Any) -> BallArray:
        return BallArray(self.middle[place], self.radius[place])

    def __add__(self, other: BallArray) -> BallArray:
        total = self.middle + other.middle
        return BallArray(total, (self.radius + other.radius) * ROUND_UP + 2 * UNIT * np.abs(total) + TINY)

    def __mul__(self, other: BallArray) -> BallArray:
        product = self.middle * other.middle
        radius = np.abs(self.middle) * other.radius + self.radius * (np.abs(other.middle) + other.radius)
        return BallArray(product, radius * ROUND_UP + 2 * UNIT * np.abs(product) + TINY)

    def times(self, factor: float) -> BallArray:
        """Times a power of two, or its negative: exact."""
        return BallArray(self.middle * factor, self.radius * abs(factor))

    def through(self, matrix: BallArray) -> BallArray:
        """Vectors (…, n) times a matrix (n, m): Σ_i x_i M_ij."""
        product = self.middle @ matrix.middle
        magnitude = np.abs(self.middle) @ np.abs(matrix.middle)
        radius = np.abs(self.middle) @ matrix.radius + self.radius @ (np.abs(matrix.middle) + matrix.radius)
        return BallArray(product, (radius + gamma(len(matrix.middle) + 4) * magnitude) * ROUND_UP + TINY)

    @property
    def transposed(self) -> BallArray:
        """The last two axes exchanged."""
        return BallArray(np.swapaxes(self.middle, -1, -2), np.swapaxes(self.radius, -1, -2))

    def unknown_where_nan(self) -> BallArray:
        """With an infinite radius where it was not worked out."""
        return BallArray(self.middle, np.where(np.isnan(self.radius), np.inf, self.radius))

    def with_last(self, column: BallArray) -> BallArray:
        """With one more entry in the last axis."""
        parts = ((self.middle, column.middle), (self.radius, column.radius))
        return BallArray(*(np.concatenate([array, last[..., None]], axis=-1) for array, last in parts))

    def total(self) -> BallArray:
        """The sum over the last axis."""
        count = self.middle.shape[-1]
        radius = self.radius.sum(axis=-1) + gamma(count + 4) * np.abs(self.middle).sum(axis=-1)
        return BallArray(self.middle.sum(axis=-1), radius * ROUND_UP + TINY)
