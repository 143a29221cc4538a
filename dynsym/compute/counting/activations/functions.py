"""Activation functions as branch and prune needs them: values, and rigorous ranges over intervals.

For each function φ: the range of φ and of φ' on an interval, and the chord relaxation: a slope s with the range of
φ(x) - s x, whose extremes lie at the ends of the interval and where φ'(x) = s. All bounds are rounded outward.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import FUNCTION_ERROR as FUNCTION_ERROR
from dynsym.arithmetic.rounding import UNIT, above, below, square_range
from dynsym.compute.counting.activations.chords import chord_slope, convex_chord, coth, x_coth
from dynsym.compute.counting.activations.tanh_hull import LINES, lines_over_tanh

__all__ = ["LinkFunction", "LogisticLink", "RectifiedLink", "SoftplusLink", "TanhLink"]

Interval = tuple[np.ndarray, np.ndarray]
Chord = tuple[np.ndarray, np.ndarray, np.ndarray]
Hull = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

ROUNDED_CHORD = 16 * FUNCTION_ERROR
"""Radius of the range of φ(x) - s x that may be all rounding; splitting a box does not reduce it."""

SMALLEST_DIVISOR = 0.01
"""Where |x| may be smaller, (x - c)/φ(x) is not used."""


class LinkFunction(ABC):
    """One activation: subclasses give values and outward-rounded ranges over arrays of intervals."""

    is_odd: ClassVar[bool] = False
    is_smooth: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-np.inf, np.inf)

    @abstractmethod
    def value(self, x: np.ndarray) -> np.ndarray:
        """φ(x), within `value_error`."""

    def value_error(self, value: np.ndarray) -> np.ndarray:
        """Bound of the error of `value`."""
        return FUNCTION_ERROR * (np.abs(value) + UNIT)

    @abstractmethod
    def derivative(self, x: np.ndarray) -> np.ndarray:
        """φ'(x), approximately."""

    @abstractmethod
    def range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        """Bounds of φ on [low, high]."""

    @abstractmethod
    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        """Bounds of φ' on [low, high]."""

    def second_derivative(self, value: BallArray, slope: BallArray) -> BallArray:
        """Bounds of φ'' from those of φ and φ'; infinite where none are known."""
        return BallArray(np.zeros_like(value.middle), np.full_like(value.middle, np.inf))

    @abstractmethod
    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        """Slope s and bounds of φ(x) - s x on [low, high]."""

    def line(self, low: np.ndarray, high: np.ndarray) -> Chord:
        """As `chord`, with any slope that makes the bounds narrower."""
        return self.chord(low, high)

    def hull(self, low: np.ndarray, high: np.ndarray) -> Hull:
        """Slopes and offsets of lines over φ on [low, high], and of lines under it, approximately; (LINES, …) each."""
        found = self.chord(low, high)
        slope, lower, upper = (np.broadcast_to(part, (LINES, *low.shape)) for part in found)
        return slope, upper, slope, lower

    def least(self, linear: np.ndarray, factor: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Lower bounds of `linear` x + `factor` φ(x) on [low, high]."""
        slope, lower, upper = self.chord(low, high)
        steep = np.abs(linear) + np.abs(factor * slope)
        pad = 16 * UNIT * (steep * np.maximum(np.abs(low), np.abs(high)))
        pad += 16 * UNIT * np.abs(factor) * (np.abs(lower) + np.abs(upper))
        total = linear + factor * slope
        return np.minimum(total * low, total * high) + np.minimum(factor * lower, factor * upper) - pad

    def square_chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        """Slope s and bounds of φ(x)² - s x on [low, high]."""
        bottom, top = self.range(low, high)
        middle, radius = square_range(bottom, top)
        return np.zeros_like(low), below(middle - radius), above(middle + radius)

    def quotient_chord(self, low: np.ndarray, high: np.ndarray, shift: np.ndarray) -> Chord | None:
        """Slope s and bounds of (x - shift)/φ(x) - s x; infinite where φ may vanish. None: no such bounds."""
        return None

    def middle(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Where to cut [low, high]; between the middle in x and the middle in φ."""
        return 0.5 * low + 0.5 * high


class TanhLink(LinkFunction):
    """φ = tanh, increasing, odd, concave for x > 0."""

    is_odd = True
    bounds = (-1.0, 1.0)

    def value(self, x: np.ndarray) -> np.ndarray:
        return np.tanh(x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        return 1 - np.tanh(x) ** 2

    def range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        bottom, top = np.tanh(low), np.tanh(high)
        bottom = bottom - FUNCTION_ERROR * (np.abs(bottom) + UNIT)
        top = top + FUNCTION_ERROR * (np.abs(top) + UNIT)
        return np.maximum(bottom, -1.0), np.minimum(top, 1.0)

    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        far = np.tanh(np.maximum(-low, high))
        near = np.tanh(np.maximum(np.maximum(low, -high), 0.0))
        slack = 4 * FUNCTION_ERROR
        return np.maximum(1 - far * far - slack, 0.0), np.minimum(1 - near * near + slack, 1.0)

    def second_derivative(self, value: BallArray, slope: BallArray) -> BallArray:
        return (value * slope).times(-2.0)

    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        bottom, top = np.tanh(low), np.tanh(high)
        return self._rest(low, high, bottom, top, chord_slope(low, high, bottom, top, 1 - bottom * bottom, 0.0, 1.0))

    def line(self, low: np.ndarray, high: np.ndarray) -> Chord:
        # Where both branches of tanh bulge over the chord, a steeper line halves the rest.
        bottom, top = np.tanh(low), np.tanh(high)
        slope = chord_slope(low, high, bottom, top, 1 - bottom * bottom, 0.0, 1.0)
        touch, peak = self._touch(slope)
        level = bottom - slope * low
        with np.errstate(invalid="ignore", divide="ignore"):
            steeper = np.minimum((level + peak) / (high + touch), (peak - level) / (touch - low))
        bulges = (touch < high) & (-touch > low)
        slope = np.where(bulges, np.clip(slope + np.nan_to_num(steeper), 0.0, 1.0), slope)
        return self._rest(low, high, bottom, top, slope)

    def _rest(self, low: np.ndarray, high: np.ndarray, bottom: np.ndarray, top: np.ndarray, slope: np.ndarray) -> Chord:
        """The slope with bounds of tanh x - s x on [low, high], where tanh is bottom and top at the ends."""
        touch, peak = self._touch(slope)
        at_low, at_high = bottom - slope * low, top - slope * high
        pad = 2 * FUNCTION_ERROR + 8 * UNIT * (2 + slope * np.maximum(-low, high))
        margin = 1e-9 * (1 + np.minimum(touch, 1e3))
        upper, lower = np.maximum(at_low, at_high), np.minimum(at_low, at_high)
        upper = np.where((touch >= low - margin) & (touch <= high + margin), np.maximum(upper, peak), upper)
        lower = np.where((-touch >= low - margin) & (-touch <= high + margin), np.minimum(lower, -peak), lower)
        return slope, lower - pad, upper + pad

    @staticmethod
    def _touch(slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where tanh has this slope, for x > 0, and tanh x - s x there."""
        tangent = np.sqrt(1 - slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            touch = np.log((1 + tangent) / np.sqrt(slope))
            return touch, np.where(slope > 0, tangent - slope * touch, 1.0)

    def hull(self, low: np.ndarray, high: np.ndarray) -> Hull:
        slope, offset = lines_over_tanh(-high, -low)
        return (*lines_over_tanh(low, high), slope, -offset)

    def least(self, linear: np.ndarray, factor: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        # Besides the ends, the extreme value f (tanh x - s x) with s = -linear/factor = tanh' x, on the convex side.
        bottom, top = np.tanh(low), np.tanh(high)
        size = np.abs(factor)
        least = np.minimum(linear * low + factor * bottom, linear * high + factor * top)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = -linear / factor
        inside = (slope > 0) & (slope < 1)
        touch, peak = self._touch(np.where(inside, slope, 0.5))
        place = np.where(factor > 0, -touch, touch)
        margin = 1e-9 * (1 + touch)
        inside &= (place >= low - margin) & (place <= high + margin)
        least = np.where(inside, np.minimum(least, -size * peak), least)
        return least - (2 * FUNCTION_ERROR + 8 * UNIT) * size - 8 * UNIT * np.abs(linear) * np.maximum(-low, high)

    def square_chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        bottom, top = np.tanh(low), np.tanh(high)
        slope = chord_slope(low, high, bottom * bottom, top * top, 2 * bottom * (1 - bottom * bottom), -1.0, 1.0)
        size = np.abs(slope)
        pad = 8 * FUNCTION_ERROR * (1 + size * np.maximum(-low, high))
        at_low, at_high = bottom * bottom - slope * low, top * top - slope * high
        upper, lower = np.maximum(at_low, at_high), np.minimum(at_low, at_high)
        # φ'² = s at tanh x = t with t - t³ = s/2: a least value near 0 and a largest one in the shoulder.
        angle = np.arcsin(np.minimum(size * (0.75 * np.sqrt(3.0)), 1.0))
        turned = np.sign(slope)
        for bound, third in ((lower, angle / 3), (upper, (np.pi - angle) / 3)):
            t = (2 / np.sqrt(3.0)) * np.sin(third)
            with np.errstate(divide="ignore", invalid="ignore"):
                rest = np.where(t > 0.5, size / (2 * t), 1 - t * t)
                x = np.where(rest > 0, np.log1p(t) - 0.5 * np.log(rest), np.inf)
                peak = np.where(np.isfinite(x), t * t - size * x, 1.0)
                place = np.where(size > 0, turned * x, 0.0 if bound is lower else np.inf)
            margin = 1e-6 * (1 + np.minimum(x, 1e3))
            inside = (place >= low - margin) & (place <= high + margin)
            extreme = np.minimum if bound is lower else np.maximum
            bound[inside] = extreme(bound, peak)[inside]
        return slope, lower - pad, upper + pad

    def quotient_chord(self, low: np.ndarray, high: np.ndarray, shift: np.ndarray) -> Chord:
        side = np.where(high < 0, -1.0, 1.0)
        near, far = np.where(side < 0, -high, low), np.where(side < 0, -low, high)
        usable = near >= SMALLEST_DIVISOR
        near, far = np.where(usable, near, 1.0), np.where(usable, far, 2.0)
        shift = side * shift
        straight, curved = convex_chord(near, far, x_coth), convex_chord(near, far, coth)
        slope = straight[0] - shift * curved[0]
        opposite = np.where(shift > 0, curved[2], curved[1]), np.where(shift > 0, curved[1], curved[2])
        pad = 8 * UNIT * far * (np.abs(straight[0]) + np.abs(shift * curved[0]))
        size = np.abs(straight[1]) + np.abs(straight[2]) + np.abs(shift) * (np.abs(curved[1]) + np.abs(curved[2]))
        pad += 8 * UNIT * size
        lower = np.where(usable, straight[1] - shift * opposite[0] - pad, -np.inf)
        upper = np.where(usable, straight[2] - shift * opposite[1] + pad, np.inf)
        return side * slope, lower, upper

    def middle(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        level = 0.5 * (np.tanh(low) + np.tanh(high))
        return 0.5 * (0.5 * (low + high) + np.arctanh(np.clip(level, -1 + 1e-15, 1 - 1e-15)))


class LogisticLink(LinkFunction):
    """φ(x) = 1/(1 + exp(-x)) = (1 + tanh(x/2))/2."""

    bounds = (0.0, 1.0)
    _tanh = TanhLink()

    def value(self, x: np.ndarray) -> np.ndarray:
        return 0.5 + 0.5 * np.tanh(0.5 * x)

    def value_error(self, value: np.ndarray) -> np.ndarray:
        return FUNCTION_ERROR * np.ones_like(value)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        return 0.25 * (1 - np.tanh(0.5 * x) ** 2)

    def range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        bottom, top = self._tanh.range(0.5 * low, 0.5 * high)
        slack = 4 * UNIT
        return np.maximum(0.5 + 0.5 * bottom - slack, 0.0), np.minimum(0.5 + 0.5 * top + slack, 1.0)

    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        bottom, top = self._tanh.derivative_range(0.5 * low, 0.5 * high)
        return 0.25 * bottom, 0.25 * top

    def second_derivative(self, value: BallArray, slope: BallArray) -> BallArray:
        return slope * (value.times(-2.0) + BallArray.exact(np.ones_like(value.middle)))

    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        return self._from_tanh(*self._tanh.chord(0.5 * low, 0.5 * high))

    def line(self, low: np.ndarray, high: np.ndarray) -> Chord:
        return self._from_tanh(*self._tanh.line(0.5 * low, 0.5 * high))

    def hull(self, low: np.ndarray, high: np.ndarray) -> Hull:
        slope, offset, other_slope, other_offset = self._tanh.hull(0.5 * low, 0.5 * high)
        return 0.25 * slope, 0.5 + 0.5 * offset, 0.25 * other_slope, 0.5 + 0.5 * other_offset

    def least(self, linear: np.ndarray, factor: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        half = 0.5 * factor
        least = self._tanh.least(2 * linear, half, 0.5 * low, 0.5 * high)
        return least + half - 4 * UNIT * (np.abs(least) + np.abs(half))

    @staticmethod
    def _from_tanh(slope: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Chord:
        slack = 4 * UNIT * (1 + np.abs(lower) + np.abs(upper))
        return 0.25 * slope, 0.5 + 0.5 * lower - slack, 0.5 + 0.5 * upper + slack

    def square_chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        # φ² = 1/4 + t/2 + t²/4 with t = tanh(x/2)
        first = self._tanh.chord(0.5 * low, 0.5 * high)
        second = self._tanh.square_chord(0.5 * low, 0.5 * high)
        slope = 0.25 * first[0] + 0.125 * second[0]
        slack = 8 * UNIT * (1 + np.abs(slope) * np.maximum(np.abs(low), np.abs(high)))
        lower, upper = (0.25 + 0.5 * first[k] + 0.25 * second[k] for k in (1, 2))
        return slope, lower - slack, upper + slack

    def middle(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return 2 * self._tanh.middle(0.5 * low, 0.5 * high)


class SoftplusLink(LinkFunction):
    """φ(x) = log(1 + exp(x)): increasing and convex, φ' logistic."""

    bounds = (0.0, np.inf)
    _logistic = LogisticLink()

    def value(self, x: np.ndarray) -> np.ndarray:
        return np.logaddexp(0.0, x)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        return self._logistic.value(x)

    def range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        bottom, top = np.logaddexp(0.0, low), np.logaddexp(0.0, high)
        return np.maximum(bottom - self.value_error(bottom), 0.0), top + self.value_error(top)

    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        return self._logistic.range(low, high)

    def second_derivative(self, value: BallArray, slope: BallArray) -> BallArray:
        return slope * (slope.times(-1.0) + BallArray.exact(np.ones_like(slope.middle)))

    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        bottom, top = np.logaddexp(0.0, low), np.logaddexp(0.0, high)
        slope = chord_slope(low, high, bottom, top, self._logistic.value(low), 0.0, 1.0)
        inside = (slope > 1e-12) & (slope < 1 - 1e-12)
        part = np.where(inside, slope, 0.5)
        dip = -(1 - part) * np.log1p(-part) - part * np.log(part)
        at_low, at_high = bottom - slope * low, top - slope * high
        size = 2 + np.maximum(np.abs(low), np.abs(high))
        pad = 4 * FUNCTION_ERROR * size
        # φ(x) - s x is convex: its least value, the entropy of s, bounds it from below whether or not it is attained.
        lower = np.where(inside, dip, np.minimum(at_low, at_high) - (1e-11 * size))
        return slope, np.minimum(lower, np.minimum(at_low, at_high)) - pad, np.maximum(at_low, at_high) + pad


class RectifiedLink(LinkFunction):
    """φ(x) = max(x, 0): piecewise linear and convex."""

    is_smooth = False
    bounds = (0.0, np.inf)

    def value(self, x: np.ndarray) -> np.ndarray:
        return np.maximum(x, 0.0)

    def derivative(self, x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, 1.0, 0.0)

    def range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        return np.maximum(low, 0.0), np.maximum(high, 0.0)

    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Interval:
        return np.where(low >= 0, 1.0, 0.0), np.where(high > 0, 1.0, 0.0)

    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        bottom, top = np.maximum(low, 0.0), np.maximum(high, 0.0)
        slope = chord_slope(low, high, bottom, top, self.derivative(high), 0.0, 1.0)
        at_low, at_high = bottom - slope * low, top - slope * high
        pad = 4 * UNIT * np.maximum(np.abs(low), np.abs(high))
        lower = np.minimum(at_low, at_high)
        lower = np.where((low < 0) & (high > 0), np.minimum(lower, 0.0), lower)
        return slope, lower - pad, np.maximum(at_low, at_high) + pad
