"""The rectifier max(x, 0), and its derivative, the step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath
import numpy as np
from sympy import S

from dynsym.arithmetic.rounding import UNIT
from dynsym.functions.activation import ScaledActivation
from dynsym.functions.chords import Chord, Range, chord_slope
from dynsym.functions.function import Function
from dynsym.functions.kinks import relu, step

__all__ = ["Rectified", "RectifiedFunction", "relu", "step"]

Array = np.ndarray


class StepFunction(Function):
    """1 for x > 0, else 0."""

    head: ClassVar[Any] = step
    text: ClassVar[str | None] = "step"
    elsewhere = ("heaviside", "Heaviside")
    bounds = (S.Zero, S.One)
    smoothness = -1
    on_floats = staticmethod(lambda x: float(x > 0))
    on_arrays = staticmethod(lambda x: np.heaviside(np.real(x), 0.0))
    digits = staticmethod(lambda x: mpmath.mpf(int(mpmath.re(x) > 0)))

    @staticmethod
    def ball(x: Any) -> Any:
        kind = type(x)
        return kind(1) if x > 0 else kind(0) if x <= 0 else kind(0.5, 0.5)

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        return float(x > 0), 0.0, 0.0, 0.0

    def range(self, low: Array, high: Array) -> Range:
        # Both one-sided limits where the interval touches the jump.
        return np.where(low > 0, 1.0, 0.0), np.where(high >= 0, 1.0, 0.0)


class RectifiedFunction(Function):
    """max(x, 0): piecewise linear and convex."""

    head = relu
    text = "relu"
    elsewhere = ("ReLU",)
    bounds = (S.Zero, S.Infinity)
    slopes = (S.Zero, S.One)
    smoothness = 0
    rest = 0.0
    on_floats = staticmethod(lambda x: max(x, 0.0))

    @staticmethod
    def on_arrays(x: Any) -> Any:
        return np.where(np.isnan(x) | (np.real(x) > 0), x, 0.0) if np.iscomplexobj(x) else np.maximum(x, 0.0)

    digits = staticmethod(lambda x: x if mpmath.re(x) > 0 else mpmath.mpf(0))
    ball = staticmethod(lambda x: x.max(type(x)(0)))

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        return max(x, 0.0), float(x > 0), 0.0, 0.0

    primitive = staticmethod(lambda u: u * relu(u) / 2)

    def range(self, low: Array, high: Array) -> Range:
        return np.maximum(low, 0.0), np.maximum(high, 0.0)

    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, 0.0)

    def derivative_range(self, low: Array, high: Array) -> Range:
        return np.where(low >= 0, 1.0, 0.0), np.where(high > 0, 1.0, 0.0)

    def chord(self, low: Array, high: Array) -> Chord:
        bottom, top = np.maximum(low, 0.0), np.maximum(high, 0.0)
        slope = chord_slope(low, high, bottom, top, self.derivative(high), 0.0, 1.0)
        at_low, at_high = bottom - slope * low, top - slope * high
        pad = 4 * UNIT * np.maximum(np.abs(low), np.abs(high))
        lower = np.minimum(at_low, at_high)
        lower = np.where((low < 0) & (high > 0), np.minimum(lower, 0.0), lower)
        return slope, lower - pad, np.maximum(at_low, at_high) + pad


@dataclass(frozen=True)
class Rectified(ScaledActivation):
    """Rectification ``max(x - threshold, 0)``: piecewise linear.

    Parameters
    ----------
    threshold : number, text or Expr
        Where the output leaves zero.

    Raises
    ------
    ParameterError
        If the threshold is not finite.

    Examples
    --------
    >>> import sympy
    >>> Rectified().expression(sympy.Integer(-3))
    0
    """

    threshold: Any = 0
    kind = "rectified"
    function = RectifiedFunction()
