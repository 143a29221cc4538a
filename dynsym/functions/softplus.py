"""The smooth rectifier."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Expr, S

from dynsym._expressions.quantities import positive_quantity
from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import FUNCTION_ERROR
from dynsym.functions.activation import ScaledActivation
from dynsym.functions.chords import Chord, Range, chord_slope
from dynsym.functions.function import Function, monotone_ball
from dynsym.functions.heads import RealFunction
from dynsym.functions.logistic import LogisticFunction, logistic

__all__ = ["Softplus", "SoftplusFunction", "softplus"]

Array = np.ndarray
_LOGISTIC = LogisticFunction()


class softplus(RealFunction):
    """The smooth rectifier log(1 + exp(u)); its derivative is `logistic`.

    Parameters
    ----------
    u : Expr

    Examples
    --------
    >>> softplus(0)
    log(2)
    """

    @classmethod
    def value_at(cls, u: Expr) -> Expr | None:
        if u.is_infinite:
            return S.Infinity if u is S.Infinity else S.Zero if u is S.NegativeInfinity else None
        return sympy.log(2) if u.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return logistic(self.args[0])

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.log(1 + sympy.exp(u))

    _eval_rewrite_as_log = _eval_rewrite_as_exp = _elementary

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.logaddexp')}(0.0, {printer._print(self.args[0])})"


class SoftplusFunction(Function):
    """log(1 + exp(x)): increasing and convex, φ' logistic."""

    head = softplus
    text = "softplus"
    largest_argument = 4
    bounds = (S.Zero, S.Infinity)
    slopes = (S.Zero, S.One)
    is_increasing = True
    rest = 0.6931471805599454
    """Above log 2."""

    on_floats = staticmethod(lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x)) if abs(x) < 745 else 0.0))

    @staticmethod
    def on_arrays(x: Any) -> Any:
        if not np.iscomplexobj(x):
            return np.logaddexp(0.0, x)
        is_positive = np.real(x) > 0
        return np.where(is_positive, x, 0.0) + np.log1p(np.exp(np.where(is_positive, -x, x)))

    digits = staticmethod(lambda x: mpmath.log1p(mpmath.exp(x)))
    ball = staticmethod(lambda x: monotone_ball(x, lambda u: (1 + u.exp()).log()))

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        first, second, third, _ = _LOGISTIC.derivatives(x)
        return np.logaddexp(0.0, x), first, second, third

    inverse = staticmethod(lambda y: sympy.log(sympy.exp(y) - 1))

    def slope_at_value(self, y: Expr) -> Expr:
        return 1 - sympy.exp(-y)

    preimage = staticmethod(lambda y: y + np.log(-np.expm1(-y)))

    def derivative(self, x: Array) -> Array:
        return _LOGISTIC.value(x)

    def derivative_range(self, low: Array, high: Array) -> Range:
        return _LOGISTIC.range(low, high)

    def second_derivative(self, low: Array, high: Array, value: BallArray, slope: BallArray) -> BallArray:
        return slope * (slope.times(-1.0) + BallArray.exact(np.ones_like(slope.middle)))

    def chord(self, low: Array, high: Array) -> Chord:
        bottom, top = np.logaddexp(0.0, low), np.logaddexp(0.0, high)
        slope = chord_slope(low, high, bottom, top, _LOGISTIC.value(low), 0.0, 1.0)
        inside = (slope > 1e-12) & (slope < 1 - 1e-12)
        part = np.where(inside, slope, 0.5)
        dip = -(1 - part) * np.log1p(-part) - part * np.log(part)
        at_low, at_high = bottom - slope * low, top - slope * high
        size = 2 + np.maximum(np.abs(low), np.abs(high))
        pad = 4 * FUNCTION_ERROR * size
        # φ(x) - s x is convex: its least value, the entropy of s, bounds it from below whether or not it is attained.
        lower = np.where(inside, dip, np.minimum(at_low, at_high) - (1e-11 * size))
        return slope, np.minimum(lower, np.minimum(at_low, at_high)) - pad, np.maximum(at_low, at_high) + pad


@dataclass(frozen=True)
class Softplus(ScaledActivation):
    """Smooth rectification ``log(1 + exp(gain·(x - threshold)))/gain``.

    Parameters
    ----------
    gain : number, text or Expr, positive
        The larger, the closer to rectification.
    threshold : number, text or Expr
        The middle of the bend.

    Raises
    ------
    ParameterError
        If a value is not finite or the gain is not positive.

    Examples
    --------
    >>> import sympy
    >>> Softplus().expression(sympy.Symbol("u", real=True))
    softplus(u)
    >>> Softplus(gain=2).derivative(sympy.Integer(0))
    1/2
    """

    gain: Any = 1
    threshold: Any = 0
    kind = "softplus"
    function = SoftplusFunction()
    is_normalised = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "gain", positive_quantity(self.gain, "gain"))
        super().__post_init__()
