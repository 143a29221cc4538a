"""The hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import FUNCTION_ERROR, UNIT
from dynsym.functions.activation import ScaledActivation
from dynsym.functions.chords import Chord, chord_slope, convex_chord, coth, x_coth
from dynsym.functions.function import monotone_ball
from dynsym.functions.odd_sigmoid import OddSigmoid

__all__ = ["Tanh", "TanhFunction"]

Array = np.ndarray
SMALLEST_DIVISOR = 0.01
"""Where |x| may be smaller, (x - c)/φ(x) is not used."""


class TanhFunction(OddSigmoid):
    """tanh."""

    head = sympy.tanh
    text = "tanh"
    slopes = (sympy.S.Zero, sympy.S.One)
    ball = staticmethod(lambda x: monotone_ball(x, lambda u: u.tanh()))
    inverse = staticmethod(lambda y: sympy.log((1 + y) / (1 - y)) / 2)
    primitive = staticmethod(lambda u: sympy.log(sympy.cosh(u)))
    preimage = staticmethod(np.arctanh)

    def slope(self, x: Array, value: Array) -> Array:
        return 1 - value * value

    def fall(self, x: Array, value: Array, slope: Array) -> Array:
        return 2 * value * slope

    def tangent(self, slope: Array) -> Array:
        return np.sqrt(1 - slope)

    def peak(self, slope: Array) -> tuple[Array, Array]:
        tangent = np.sqrt(1 - slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            touch = np.log((1 + tangent) / np.sqrt(slope))
            return touch, np.where(slope > 0, tangent - slope * touch, 1.0)

    def second_derivative(self, low: Array, high: Array, value: BallArray, slope: BallArray) -> BallArray:
        return (value * slope).times(-2.0)

    def square_chord(self, low: Array, high: Array) -> Chord:
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

    def quotient_chord(self, low: Array, high: Array, shift: Array) -> Chord:
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


@dataclass(frozen=True)
class Tanh(ScaledActivation):
    """Hyperbolic tangent, ``tanh(gain * x)``.

    Parameters
    ----------
    gain : number, text or Expr
        Slope at the origin; 1 by default.

    Raises
    ------
    ParameterError
        If the gain is not finite.

    Examples
    --------
    >>> import sympy
    >>> Tanh().expression(sympy.Symbol("x"))
    tanh(x)
    """

    gain: Any = 1
    kind = "tanh"
    function = TanhFunction()
