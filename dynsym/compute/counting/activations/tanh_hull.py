"""Lines over and under tanh on an interval: the convex hull of its graph, up to the pieces between tangents.

Where tanh bends both ways on [l, u], the hull is bounded from above by the line from (l, tanh l) that touches the graph
at some p > 0, and by tangents from there to u; from below by the mirror image. Plain floating point: the lines steer a
linear programme, and no proof rests on them.
"""

from __future__ import annotations

import numpy as np

__all__ = ["LINES", "lines_over_tanh"]

LINES = 4
"""Lines on each side of the graph."""


def lines_over_tanh(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and offsets of lines over tanh on [low, high]; by symmetry, those under it on [-high, -low] negated."""
    bottom, top = np.tanh(low), np.tanh(high)
    first = np.where(low < 0, np.minimum(_touching_point(np.minimum(low, -1e-12)), high), low)
    start = np.tanh(first)
    share = np.linspace(0.0, 1.0, LINES).reshape(-1, *(1,) * low.ndim)
    value = start + (top - start) * share
    slope = 1 - value * value
    offset = value - slope * np.arctanh(np.clip(value, 1e-12 - 1, 1 - 1e-12))
    chord = (top - bottom) / np.maximum(high - low, 1e-12)
    is_chord = (low < 0) & (first >= high)
    return np.where(is_chord, chord, slope), np.where(is_chord, bottom - chord * low, offset)


def _touching_point(low: np.ndarray) -> np.ndarray:
    """The p > 0 at which a line from (low, tanh low), low < 0, touches tanh (Newton's method)."""
    bottom = np.tanh(low)
    p = np.clip(-0.5 * low, 0.3, 3.0)
    for _ in range(6):
        value = np.tanh(p)
        slope = 1 - value * value
        miss = value - bottom - slope * (p - low)
        p = np.clip(p - miss / np.maximum(2 * value * slope * (p - low), 1e-12), 0.0, 2 * p + 1)
    return p
