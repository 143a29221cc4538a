"""Error bounds of floating-point sums, and outward rounding, for arrays.

numpy has no directed rounding. A sum of n products is computed with a relative error of at most
:math:`\\gamma_n = n u/(1 - n u)`, u = 2⁻⁵³, of the sum of magnitudes [1]_; single operations are widened by one
representable number.

References
----------
.. [1] N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, section 3.1.
"""

from __future__ import annotations

import numpy as np

__all__ = [
    "ROUND_UP",
    "TINY",
    "UNIT",
    "above",
    "below",
    "gamma",
    "midpoint_radius",
    "square_range",
    "widened_down",
    "widened_up",
]

UNIT = 2.0**-53

FUNCTION_ERROR = 64 * UNIT
"""Relative error allowed to numpy's elementary functions; their documentation promises less than 4 units."""

TINY = 1e-290
"""Added where underflow could hide a positive error."""
ROUND_UP = 1 + 1e-12
"""Factor that covers the rounding of a sum of up to some thousand positive terms."""


def gamma(count: int) -> float:
    """Relative error bound of a sum of `count` products, rounded up."""
    return count * UNIT / (1 - count * UNIT) * (1 + 1e-9)


def below(values: np.ndarray) -> np.ndarray:
    """The next representable numbers towards minus infinity."""
    return np.nextafter(values, -np.inf)


def above(values: np.ndarray) -> np.ndarray:
    """The next representable numbers towards plus infinity."""
    return np.nextafter(values, np.inf)


def widened_down(values: np.ndarray, factor: float = FUNCTION_ERROR) -> np.ndarray:
    """Below values with this relative error."""
    return np.where(values == np.inf, np.finfo(float).max, values - (factor * np.abs(values) + TINY))


def widened_up(values: np.ndarray, factor: float = FUNCTION_ERROR) -> np.ndarray:
    """Above values with this relative error."""
    return np.where(values == -np.inf, -np.finfo(float).max, values + (factor * np.abs(values) + TINY))


def midpoint_radius(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Midpoints and radii that cover the intervals [low, high]."""
    middle = 0.5 * low + 0.5 * high
    with np.errstate(invalid="ignore", over="ignore"):
        radius = np.maximum(high - middle, middle - low)
    return middle, radius * (1 + 4 * UNIT) + (4 * UNIT * np.abs(middle) + TINY)


def square_range(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Midpoints and radii that cover v² for v in [low, high]."""
    far = np.maximum(-low, high)
    near = np.maximum(np.maximum(low, -high), 0.0)
    return midpoint_radius(near * near * (1 - 2 * UNIT), far * far * (1 + 2 * UNIT))
