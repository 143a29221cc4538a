"""Chords of functions: their slope, and the exact range of what a convex function leaves over its chord."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dynsym.arithmetic.rounding import FUNCTION_ERROR

__all__ = ["LINES", "ROUNDED_CHORD", "Chord", "Hull", "Range", "chord_slope", "convex_chord", "coth", "x_coth"]

Range = tuple[np.ndarray, np.ndarray]
Chord = tuple[np.ndarray, np.ndarray, np.ndarray]
Hull = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

LINES = 4
"""Lines on each side of the graph."""

ROUNDED_CHORD = 16 * FUNCTION_ERROR
"""Radius of the range of φ(x) - s x that may be all rounding; splitting a box does not reduce it."""

NARROW = 1e-9
"""Below this width the slope of the chord is replaced by the derivative, which is not spoilt by cancellation."""


def chord_slope(
    low: np.ndarray,
    high: np.ndarray,
    bottom: np.ndarray,
    top: np.ndarray,
    fallback: np.ndarray,
    least: float,
    largest: float,
) -> np.ndarray:
    """Slope of the chord, within [least, largest]; on narrow intervals the derivative."""
    width = high - low
    wide = width > NARROW * (1 + np.abs(low))
    return np.clip(np.where(wide, (top - bottom) / np.where(wide, width, 1.0), fallback), least, largest)


def x_coth(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x coth x, its derivative and its second derivative: convex and increasing for x > 0."""
    inverse = 1 / np.tanh(x)
    steep = np.maximum(inverse * inverse - 1, 0.0)
    return x * inverse, inverse - x * steep, 2 * steep * (x * inverse - 1)


def coth(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """coth x, its derivative and its second derivative: convex and decreasing for x > 0."""
    inverse = 1 / np.tanh(x)
    steep = np.maximum(inverse * inverse - 1, 0.0)
    return inverse, -steep, 2 * steep * inverse


def convex_chord(low: np.ndarray, high: np.ndarray, function: Callable[[np.ndarray], tuple[np.ndarray, ...]]) -> Chord:
    """Chord of one of the two convex functions above on [low, high], low > 0.

    The least value is bounded by a tangent, wherever it touches: g(x) >= g(p) + g'(p) (x - p).
    """
    bottom, derivative, _ = function(low)
    top = function(high)[0]
    slope = chord_slope(low, high, bottom, top, derivative, -np.inf, np.inf)
    touch = 0.5 * (low + high)
    _, derivative, curvature = function(touch)
    touch = np.clip(touch - (derivative - slope) / np.maximum(curvature, 1e-6), low, high)
    value, derivative, _ = function(touch)
    width = high - low
    pad = 16 * FUNCTION_ERROR * (np.abs(bottom) + np.abs(top) + (np.abs(slope) + 1) * high)
    pad += 64 * FUNCTION_ERROR * (1 + high) * (1 + 1 / (low * low)) * width
    lower = value - slope * touch - np.abs(derivative - slope) * width - pad
    return slope, lower, np.maximum(bottom - slope * low, top - slope * high) + pad
