"""Elementary functions: exponentials, logarithms, hyperbolic and trigonometric functions, magnitude and sign."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Expr, S

from dynsym.arithmetic.rounding import FUNCTION_ERROR, above, below, widened_down, widened_up
from dynsym.functions.chords import Range
from dynsym.functions.function import Function, increasing

__all__ = ["LARGEST_ANGLE"]

Array = np.ndarray
LARGEST_ANGLE = 1e5
"""Sine and cosine of larger arguments are only bounded by 1: the reduction of the angle would lose digits."""


class Exponential(Function):
    """The exponential function."""

    head = sympy.exp
    text = "exp"
    largest_argument = 4
    bounds = (S.Zero, S.Infinity)
    is_increasing = True
    inverse = staticmethod(sympy.log)
    preimage = staticmethod(np.log)
    primitive = staticmethod(sympy.exp)


class Logarithm(Function):
    """The natural logarithm."""

    head = sympy.log
    text = "log"
    elsewhere = ("ln",)
    glyph = "ln"
    domain = (0.0, math.inf)
    is_increasing = True
    inverse = staticmethod(sympy.exp)
    preimage = staticmethod(np.exp)

    def range(self, low: Array, high: Array) -> Range:
        with np.errstate(divide="ignore", invalid="ignore"):
            bottom = widened_down(np.log(np.maximum(low, 0.0)), 2 * FUNCTION_ERROR) - FUNCTION_ERROR
            top = widened_up(np.log(np.maximum(high, 0.0)), 2 * FUNCTION_ERROR) + FUNCTION_ERROR
        return np.where(low > 0, bottom, -np.inf), np.where(high > 0, top, np.inf)


class HyperbolicSine(Function):
    """sinh."""

    head = sympy.sinh
    text = "sinh"
    largest_argument = 4
    parity = "odd"
    is_increasing = True
    primitive = staticmethod(sympy.cosh)
    inverse = staticmethod(sympy.asinh)
    preimage = staticmethod(np.arcsinh)


class HyperbolicCosine(Function):
    """cosh."""

    head = sympy.cosh
    text = "cosh"
    largest_argument = 4
    bounds = (S.One, S.Infinity)
    parity = "even"
    primitive = staticmethod(sympy.sinh)

    def range(self, low: Array, high: Array) -> Range:
        near, far = Magnitude().range(low, high)
        with np.errstate(over="ignore"):
            return np.maximum(widened_down(np.cosh(near)), 1.0), widened_up(np.cosh(far))


class HyperbolicCotangent(Function):
    """coth."""

    head = sympy.coth
    parity = "odd"
    pole_at = staticmethod(sympy.sinh)
    on_floats = staticmethod(lambda x: 1 / math.tanh(x))
    on_arrays = staticmethod(lambda x: 1 / np.tanh(x))

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        c = 1 / np.tanh(x)
        s = 1 - c * c
        return c, s, -2 * c * s, s * (6 * c * c - 2)

    def poles(self, low: Array, high: Array) -> Array:
        return (low <= 0) & (high >= 0)

    def range(self, low: Array, high: Array) -> Range:
        with np.errstate(divide="ignore"):
            bottom, top = (
                widened_down(1 / np.tanh(high), 4 * FUNCTION_ERROR),
                widened_up(1 / np.tanh(low), 4 * FUNCTION_ERROR),
            )
        inside = (low < 0) & (high > 0) | (low == 0) & (high == 0)
        return np.where(inside | (high == 0), -np.inf, bottom), np.where(inside | (low == 0), np.inf, top)


class InverseHyperbolicTangent(Function):
    """atanh."""

    head = sympy.atanh
    glyph = "artanh"
    domain = (-1.0, 1.0)
    parity = "odd"
    is_increasing = True
    on_arrays = staticmethod(np.arctanh)
    inverse = staticmethod(sympy.tanh)
    preimage = staticmethod(np.tanh)


class ArcTangent(Function):
    """atan."""

    head = sympy.atan
    text = "atan"
    elsewhere = ("arctan",)
    glyph = "arctan"
    bounds = (-sympy.pi / 2, sympy.pi / 2)
    slopes = (S.Zero, S.One)
    parity = "odd"
    is_increasing = True
    on_arrays = staticmethod(np.arctan)
    inverse = staticmethod(sympy.tan)

    def slope_at_value(self, y: Expr) -> Expr:
        return sympy.cos(y) ** 2

    preimage = staticmethod(np.tan)


class Cosine(Function):
    """cos."""

    head = sympy.cos
    text = "cos"
    bounds = (S.NegativeOne, S.One)
    parity = "even"
    primitive = staticmethod(sympy.sin)

    def range(self, low: Array, high: Array) -> Range:
        # From the ends and from the multiples of π inside.
        known = np.maximum(np.abs(low), np.abs(high)) <= LARGEST_ANGLE
        low, high = np.where(known, low, 0.0), np.where(known, high, 7.0)
        at_low, at_high = np.cos(low), np.cos(high)
        bottom, top = np.minimum(at_low, at_high) - 1e-14, np.maximum(at_low, at_high) + 1e-14
        turn, slack = 2 * np.pi, 1e-9
        has_top = np.floor(high / turn + slack) >= np.ceil(low / turn - slack)
        has_bottom = np.floor((high - np.pi) / turn + slack) >= np.ceil((low - np.pi) / turn - slack)
        bottom = np.where(has_bottom | ~known, -1.0, np.maximum(bottom, -1.0))
        return bottom, np.where(has_top | ~known, 1.0, np.minimum(top, 1.0))


class Sine(Function):
    """sin."""

    head = sympy.sin
    text = "sin"
    bounds = (S.NegativeOne, S.One)
    parity = "odd"
    primitive = staticmethod(lambda u: -sympy.cos(u))

    def range(self, low: Array, high: Array) -> Range:
        half = 0.5 * np.pi
        return Cosine().range(below(low - half) - 1e-15, above(high - half) + 1e-15)


class Tangent(Function):
    """tan, which increases between its poles."""

    head = sympy.tan
    text = "tan"
    parity = "odd"
    pole_at = staticmethod(sympy.cos)

    def poles(self, low: Array, high: Array) -> Array:
        bottom, top = Cosine().range(low, high)
        return (bottom <= 0) & (top >= 0)

    def range(self, low: Array, high: Array) -> Range:
        pole = self.poles(low, high)
        bottom, top = increasing(np.tan, np.where(pole, 0.0, low), np.where(pole, 0.0, high), self.ends)
        return np.where(pole, -np.inf, bottom), np.where(pole, np.inf, top)


class Magnitude(Function):
    """The absolute value."""

    head = sympy.Abs
    text = "abs"
    bounds = (S.Zero, S.Infinity)
    slopes = (S.NegativeOne, S.One)
    parity = "even"
    smoothness = 0
    on_floats = staticmethod(abs)
    on_arrays = staticmethod(lambda x: np.where(np.real(x) < 0, -x, x) if np.iscomplexobj(x) else np.abs(x))
    digits = staticmethod(lambda x: x if mpmath.re(x) > 0 else -x)
    ball = staticmethod(abs)

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        return abs(x), np.sign(x), 0.0, 0.0

    def range(self, low: Array, high: Array) -> Range:
        return np.maximum(np.maximum(low, -high), 0.0), np.maximum(np.abs(low), np.abs(high))


class Sign(Function):
    """The sign."""

    head = sympy.sign
    text = "sign"
    glyph = "sgn"
    bounds = (S.NegativeOne, S.One)
    parity = "odd"
    smoothness = -1
    on_floats = staticmethod(lambda x: float((x > 0) - (x < 0)))
    on_arrays = staticmethod(lambda x: np.sign(np.real(x)))
    digits = staticmethod(lambda x: mpmath.mpf(int(mpmath.sign(mpmath.re(x)))))

    @staticmethod
    def ball(x: Any) -> Any:
        kind = type(x)
        return kind(1) if x > 0 else kind(-1) if x < 0 else kind(0) if x == 0 else kind(0, 1)

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        return np.sign(x), 0.0, 0.0, 0.0

    def range(self, low: Array, high: Array) -> Range:
        bottom = np.where(low > 0, 1.0, np.where(low == 0, 0.0, -1.0))
        return bottom, np.where(high < 0, -1.0, np.where(high == 0, 0.0, 1.0))
