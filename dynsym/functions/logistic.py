"""The logistic function."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Expr, S

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import FUNCTION_ERROR, UNIT, above, below, widened_down, widened_up
from dynsym.functions.activation import ScaledActivation
from dynsym.functions.chords import Chord, Hull, Range
from dynsym.functions.function import Function, monotone_ball
from dynsym.functions.heads import RealFunction
from dynsym.functions.tanh import TanhFunction

__all__ = ["Logistic", "LogisticFunction", "logistic"]

Array = np.ndarray
_TANH = TanhFunction()


class logistic(RealFunction):
    r"""The logistic function :math:`1/(1 + e^{-u})`; its derivative is l (1 - l).

    Parameters
    ----------
    u : Expr

    Examples
    --------
    >>> from sympy import Symbol
    >>> u = Symbol("u", real=True)
    >>> logistic(u).diff(u)
    (1 - logistic(u))*logistic(u)
    >>> logistic(0)
    1/2
    """

    @classmethod
    def value_at(cls, u: Expr) -> Expr | None:
        return S.One if u is S.Infinity else S.Zero if u is S.NegativeInfinity else S.Half if u.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return self * (1 - self)

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return 1 / (1 + sympy.exp(-u))

    _eval_rewrite_as_exp = _elementary

    def _eval_rewrite_as_tanh(self, u: Expr, **hints: object) -> Expr:
        return (1 + sympy.tanh(u / 2)) / 2

    def _numpycode(self, printer: Any) -> str:
        """Without overflow at either end: exp(-log(1 + exp(-u)))."""
        exp, log = printer._module_format("numpy.exp"), printer._module_format("numpy.logaddexp")
        return f"{exp}(-{log}(0.0, -({printer._print(self.args[0])})))"


class LogisticFunction(Function):
    """1/(1 + exp(-x)) = (1 + tanh(x/2))/2."""

    head = logistic
    text = "logistic"
    elsewhere = ("sigmoid", "expit")
    glyph = "σ"
    largest_argument = 4
    bounds = (S.Zero, S.One)
    slopes = (S.Zero, sympy.Rational(1, 4))
    is_increasing = True

    @staticmethod
    def on_floats(x: float) -> float:
        if x >= 0:
            return 1 / (1 + math.exp(-x)) if x < 700 else 1.0
        return math.exp(x) / (1 + math.exp(x)) if x > -745 else 0.0

    @staticmethod
    def on_arrays(x: Any) -> Any:
        x = np.asarray(x)
        small = np.exp(np.where(np.real(x) > 0, -x, x))
        return np.where(np.real(x) > 0, 1.0, small) / (1 + small)

    digits = staticmethod(lambda x: 1 / (1 + mpmath.exp(-x)))
    ball = staticmethod(lambda x: monotone_ball(x, lambda u: 1 / (1 + (-u).exp())))

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        small = np.exp(-np.abs(x))
        large, small = 1 / (1 + small), small / (1 + small)
        value, mirrored = (large, small) if x > 0 else (small, large)
        s = value * mirrored
        return value, s, s * (mirrored - value), s * (1 - 6 * s)

    inverse = staticmethod(lambda y: sympy.log(y / (1 - y)))
    primitive = staticmethod(lambda u: NAMES["softplus"].head(u))
    preimage = staticmethod(lambda y: np.log(y) - np.log1p(-y))

    def range(self, low: Array, high: Array) -> Range:
        bottom, top = _TANH.range(0.5 * low, 0.5 * high)
        bottom, top = below(0.5 + 0.5 * bottom), above(0.5 + 0.5 * top)
        # Far to the left exp(x)/(1 + exp(x)) keeps its relative accuracy, which 1/2 + tanh/2 does not.
        with np.errstate(over="ignore", under="ignore"):
            small_low = np.maximum(widened_down(np.exp(np.minimum(low, 0.0)), 8 * FUNCTION_ERROR), 0.0)
            small_high = widened_up(np.exp(np.minimum(high, 0.0)), 8 * FUNCTION_ERROR)
        small_low, small_high = widened_down(small_low / (1 + small_low)), widened_up(small_high / (1 + small_high))
        bottom = np.where(low < -1, np.maximum(small_low, 0.0), np.maximum(bottom, 0.0))
        return bottom, np.where(high < -1, small_high, np.minimum(top, 1.0))

    def value(self, x: Array) -> Array:
        return 0.5 + 0.5 * np.tanh(0.5 * x)

    def value_error(self, value: Array) -> Array:
        return FUNCTION_ERROR * np.ones_like(value)

    def derivative(self, x: Array) -> Array:
        return 0.25 * (1 - np.tanh(0.5 * x) ** 2)

    def derivative_range(self, low: Array, high: Array) -> Range:
        bottom, top = _TANH.derivative_range(0.5 * low, 0.5 * high)
        return 0.25 * bottom, 0.25 * top

    def second_derivative(self, low: Array, high: Array, value: BallArray, slope: BallArray) -> BallArray:
        return slope * (value.times(-2.0) + BallArray.exact(np.ones_like(value.middle)))

    def tangent(self, slope: Array) -> Array:
        return 0.5 + 0.5 * _TANH.tangent(4 * slope)

    def chord(self, low: Array, high: Array) -> Chord:
        return _from_tanh(*_TANH.chord(0.5 * low, 0.5 * high))

    def line(self, low: Array, high: Array) -> Chord:
        return _from_tanh(*_TANH.line(0.5 * low, 0.5 * high))

    def hull(self, low: Array, high: Array) -> Hull:
        slope, offset, other_slope, other_offset = _TANH.hull(0.5 * low, 0.5 * high)
        return 0.25 * slope, 0.5 + 0.5 * offset, 0.25 * other_slope, 0.5 + 0.5 * other_offset

    def least(self, linear: Array, factor: Array, low: Array, high: Array) -> Array:
        half = 0.5 * factor
        least = _TANH.least(2 * linear, half, 0.5 * low, 0.5 * high)
        return least + half - 4 * UNIT * (np.abs(least) + np.abs(half))

    def square_chord(self, low: Array, high: Array) -> Chord:
        # φ² = 1/4 + t/2 + t²/4 with t = tanh(x/2)
        first = _TANH.chord(0.5 * low, 0.5 * high)
        second = _TANH.square_chord(0.5 * low, 0.5 * high)
        slope = 0.25 * first[0] + 0.125 * second[0]
        slack = 8 * UNIT * (1 + np.abs(slope) * np.maximum(np.abs(low), np.abs(high)))
        lower, upper = (0.25 + 0.5 * first[k] + 0.25 * second[k] for k in (1, 2))
        return slope, lower - slack, upper + slack

    def middle(self, low: Array, high: Array) -> Array:
        return 2 * _TANH.middle(0.5 * low, 0.5 * high)


def _from_tanh(slope: Array, lower: Array, upper: Array) -> Chord:
    slack = 4 * UNIT * (1 + np.abs(lower) + np.abs(upper))
    return 0.25 * slope, 0.5 + 0.5 * lower - slack, 0.5 + 0.5 * upper + slack


@dataclass(frozen=True)
class Logistic(ScaledActivation):
    """Logistic sigmoid ``1/(1 + exp(-gain*(x - threshold)))``.

    Parameters
    ----------
    gain, threshold : number, text or Expr
        Steepness and half-activation point; 1 and 0 by default.

    Raises
    ------
    ParameterError
        If a value is not finite.

    Examples
    --------
    >>> import sympy
    >>> Logistic().expression(sympy.Integer(0))
    1/2
    """

    gain: Any = 1
    threshold: Any = 0
    kind = "logistic"
    function = LogisticFunction()
