"""What sigmoids share that are odd, increasing, bounded by 1, and concave for x > 0: tanh, erf."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
import sympy

from dynsym.arithmetic.rounding import FUNCTION_ERROR, UNIT
from dynsym.functions.chords import LINES, Chord, Hull, Range, chord_slope
from dynsym.functions.function import Call, Function

__all__ = ["OddSigmoid"]

Array = np.ndarray
CLOSEST_TO_ONE = 1 - 1e-15


class OddSigmoid(Function):
    """An odd sigmoid between -1 and 1: a subclass gives its slope, where it has a slope, and `preimage`."""

    bounds = (sympy.S.NegativeOne, sympy.S.One)
    parity = "odd"
    is_increasing = True
    preimage: ClassVar[Call]
    steepest: ClassVar[float] = 1.0
    """A float that is not below φ'(0)."""

    @abstractmethod
    def slope(self, x: Array, value: Array) -> Array:
        """φ' where x and φ are known."""

    @abstractmethod
    def fall(self, x: Array, value: Array, slope: Array) -> Array:
        """-φ'' where x, φ and φ' are known."""

    @abstractmethod
    def peak(self, slope: Array) -> tuple[Array, Array]:
        """The x >= 0 where φ has this slope, and φ(x) - s x there; infinity and 1 for s = 0."""

    def derivative(self, x: Array) -> Array:
        return self.slope(x, self.on_arrays(x))

    def derivative_range(self, low: Array, high: Array) -> Range:
        far, near = np.maximum(-low, high), np.maximum(np.maximum(low, -high), 0.0)
        slack = 4 * FUNCTION_ERROR
        return np.maximum(self.derivative(far) - slack, 0.0), np.minimum(self.derivative(near) + slack, self.steepest)

    def chord(self, low: Array, high: Array) -> Chord:
        bottom, top = self.on_arrays(low), self.on_arrays(high)
        return self._rest(low, high, bottom, top, self._chord_slope(low, high, bottom, top))

    def line(self, low: Array, high: Array) -> Chord:
        # Where both branches bulge over the chord, a steeper line halves the rest.
        bottom, top = self.on_arrays(low), self.on_arrays(high)
        slope = self._chord_slope(low, high, bottom, top)
        touch, peak = self.peak(slope)
        level = bottom - slope * low
        with np.errstate(invalid="ignore", divide="ignore"):
            steeper = np.minimum((level + peak) / (high + touch), (peak - level) / (touch - low))
        bulges = (touch < high) & (-touch > low)
        slope = np.where(bulges, np.clip(slope + np.nan_to_num(steeper), 0.0, self.steepest), slope)
        return self._rest(low, high, bottom, top, slope)

    def _chord_slope(self, low: Array, high: Array, bottom: Array, top: Array) -> Array:
        return chord_slope(low, high, bottom, top, self.slope(low, bottom), 0.0, self.steepest)

    def _rest(self, low: Array, high: Array, bottom: Array, top: Array, slope: Array) -> Chord:
        """The slope with bounds of φ(x) - s x on [low, high], where φ is bottom and top at the ends."""
        touch, peak = self.peak(slope)
        at_low, at_high = bottom - slope * low, top - slope * high
        pad = 2 * FUNCTION_ERROR + 8 * UNIT * (2 + slope * np.maximum(-low, high))
        margin = 1e-9 * (1 + np.minimum(touch, 1e3))
        upper, lower = np.maximum(at_low, at_high), np.minimum(at_low, at_high)
        upper = np.where((touch >= low - margin) & (touch <= high + margin), np.maximum(upper, peak), upper)
        lower = np.where((-touch >= low - margin) & (-touch <= high + margin), np.minimum(lower, -peak), lower)
        return slope, lower - pad, upper + pad

    def least(self, linear: Array, factor: Array, low: Array, high: Array) -> Array:
        # Besides the ends, the extreme value f (φ(x) - s x) with s = -linear/factor = φ'(x), on the convex side.
        bottom, top = self.on_arrays(low), self.on_arrays(high)
        size = np.abs(factor)
        least = np.minimum(linear * low + factor * bottom, linear * high + factor * top)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = -linear / factor
        inside = (slope > 0) & (slope < self.steepest)
        touch, peak = self.peak(np.where(inside, slope, 0.5))
        place = np.where(factor > 0, -touch, touch)
        margin = 1e-9 * (1 + touch)
        inside &= (place >= low - margin) & (place <= high + margin)
        least = np.where(inside, np.minimum(least, -size * peak), least)
        return least - (2 * FUNCTION_ERROR + 8 * UNIT) * size - 8 * UNIT * np.abs(linear) * np.maximum(-low, high)

    def hull(self, low: Array, high: Array) -> Hull:
        """The convex hull of the graph, up to the pieces between tangents.

        Where φ bends both ways on [l, u], the hull is bounded from above by the line from (l, φ(l)) that touches the
        graph at some p > 0, and by tangents from there to u; from below by the mirror image. Plain floating point:
        the lines steer a linear programme, and no proof rests on them.
        """
        slope, offset = self.lines_over(-high, -low)
        return (*self.lines_over(low, high), slope, -offset)

    def lines_over(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Slopes and offsets of lines over φ on [low, high]; by symmetry, those under it on [-high, -low] negated."""
        bottom, top = self.on_arrays(low), self.on_arrays(high)
        first = np.where(low < 0, np.minimum(self._touching_point(np.minimum(low, -1e-12)), high), low)
        start = self.on_arrays(first)
        share = np.linspace(0.0, 1.0, LINES).reshape(-1, *(1,) * low.ndim)
        value = start + (top - start) * share
        x = self.preimage(np.clip(value, 1e-12 - 1, 1 - 1e-12))
        slope = self.slope(x, value)
        chord = (top - bottom) / np.maximum(high - low, 1e-12)
        is_chord = (low < 0) & (first >= high)
        return np.where(is_chord, chord, slope), np.where(is_chord, bottom - chord * low, value - slope * x)

    def _touching_point(self, low: Array) -> Array:
        """The p > 0 at which a line from (low, φ(low)), low < 0, touches φ (Newton's method)."""
        bottom = self.on_arrays(low)
        p = np.clip(-0.5 * low, 0.3, 3.0)
        for _ in range(6):
            value = self.on_arrays(p)
            slope = self.slope(p, value)
            miss = value - bottom - slope * (p - low)
            p = np.clip(p - miss / np.maximum(self.fall(p, value, slope) * (p - low), 1e-12), 0.0, 2 * p + 1)
        return p

    def middle(self, low: Array, high: Array) -> Array:
        level = np.clip(0.5 * (self.on_arrays(low) + self.on_arrays(high)), -CLOSEST_TO_ONE, CLOSEST_TO_ONE)
        return 0.5 * (0.5 * (low + high) + self.preimage(level))
