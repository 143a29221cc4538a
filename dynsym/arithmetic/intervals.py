"""Interval arithmetic over arrays of boxes, rounded outward, for running tapes.

An `Interval` is a pair of arrays (lower ends, upper ends), infinite ends allowed. Sums, products and quotients are
widened by one representable number; elementary functions by `FUNCTION_ERROR`, many times what numpy documents.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from sympy import Expr

from dynsym.arithmetic.balls import ball
from dynsym.arithmetic.rounding import FUNCTION_ERROR, TINY, above, below
from dynsym.arithmetic.tape import Arithmetic

__all__ = ["Interval", "IntervalArithmetic", "enclosing_floats"]

LARGEST_ANGLE = 1e5
"""Sine and cosine of larger arguments are only bounded by 1: the reduction of the angle would lose digits."""


@dataclass(slots=True)
class Interval:
    """The intervals [low, high], one for each place of the arrays."""

    low: np.ndarray
    high: np.ndarray

    def contains(self, value: float) -> np.ndarray:
        return (self.low <= value) & (self.high >= value)

    @classmethod
    def point(cls, value: float | np.ndarray) -> Interval:
        array = np.asarray(value, dtype=float)
        return cls(array, array)

    @classmethod
    def of_ball(cls, value: arb) -> Interval:
        """The narrowest pair of floats around a ball; the whole line where the ball is not finite."""
        low, high = enclosing_floats(value)
        return cls(np.array(low), np.array(high))


def enclosing_floats(value: arb) -> tuple[float, float]:
    """Floats below and above a ball."""
    if not value.is_finite():
        return -np.inf, np.inf
    low, high = float(value.mid()), float(value.mid())
    if not value.is_exact():
        low, high = float(value.lower()), float(value.upper())
    while np.isfinite(low) and not arb(low) <= value:
        low = float(np.nextafter(low, -np.inf))
    while np.isfinite(high) and not arb(high) >= value:
        high = float(np.nextafter(high, np.inf))
    return -np.inf if low == np.inf else low, np.inf if high == -np.inf else high


class IntervalArithmetic(Arithmetic):
    """`Arithmetic` of `Interval` arrays."""

    def __init__(self) -> None:
        self.has_pole = False
        self.partly_outside: np.ndarray = np.array(False)
        self.outside: np.ndarray = np.array(False)

    @property
    def is_continuous(self) -> bool:
        """Whether no pole and no end of a domain was met."""
        return not (self.has_pole or self.partly_outside.any())

    def _note_domain(self, low: np.ndarray, high: np.ndarray, *, is_open: bool) -> None:
        below_zero, all_below = (low <= 0, high <= 0) if is_open else (low < 0, high < 0)
        self.partly_outside = self.partly_outside | below_zero
        self.outside = self.outside | all_below

    def constant(self, value: Expr) -> Interval:
        return _constant(value)

    def add(self, left: Interval, right: Interval) -> Interval:
        with np.errstate(invalid="ignore", over="ignore"):
            low, high = left.low + right.low, left.high + right.high
            return _sanitized(_down(low, left.low, right.low), _up(high, left.high, right.high))

    def multiply(self, left: Interval, right: Interval) -> Interval:
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            products = [_product(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            low = np.minimum(np.minimum(products[0], products[1]), np.minimum(products[2], products[3]))
            high = np.maximum(np.maximum(products[0], products[1]), np.maximum(products[2], products[3]))
        exact = _is_unit(left) | _is_unit(right)
        return Interval(np.where(exact, low, below(low)), np.where(exact, high, above(high)))

    def integer_power(self, base: Interval, exponent: int) -> Interval:
        if exponent < 0:
            positive = self.integer_power(base, -exponent)
            self.has_pole |= bool(positive.contains(0.0).any())
            return _reciprocal(positive)
        if exponent == 0:
            return Interval.point(np.ones_like(base.low))
        if exponent == 1:
            return base
        with np.errstate(over="ignore", under="ignore"):
            factor = exponent * FUNCTION_ERROR
            if exponent % 2:
                low, high = base.low**exponent, base.high**exponent
                return Interval(_widened_down(low, factor), _widened_up(high, factor))
            far = np.maximum(np.abs(base.low), np.abs(base.high))
            near = np.maximum(np.maximum(base.low, -base.high), 0.0)
            return Interval(np.maximum(_widened_down(near**exponent, factor), 0.0), _widened_up(far**exponent, factor))

    def power(self, base: Interval, exponent: Interval) -> Interval:
        self._note_domain(base.low, base.high, is_open=False)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            logarithm = _log(base)
        return self.function("exp", [self.multiply(exponent, logarithm)])

    def square_root(self, base: Interval) -> Interval:
        self._note_domain(base.low, base.high, is_open=False)
        low, high = np.sqrt(np.maximum(base.low, 0.0)), np.sqrt(np.maximum(base.high, 0.0))
        return Interval(np.maximum(below(low), 0.0), above(high))

    def function(self, name: str, arguments: Sequence[Interval]) -> Any:
        if name in ("Min", "Max"):
            choose = np.minimum if name == "Min" else np.maximum
            low, high = arguments[0].low, arguments[0].high
            for other in arguments[1:]:
                low, high = choose(low, other.low), choose(high, other.high)
            return Interval(low, high)
        if name == "log":
            self._note_domain(arguments[0].low, arguments[0].high, is_open=True)
        if name == "atanh":
            x = arguments[0]
            self._note_domain(np.minimum(x.low + 1, 1 - x.high), np.minimum(x.high + 1, 1 - x.low), is_open=True)
        if name in ("tan", "coth"):
            divisor = _FUNCTIONS["cos" if name == "tan" else "tanh"](arguments[0])
            self.has_pole |= bool(divisor.contains(0.0).any())
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            return _FUNCTIONS[name](arguments[0])


@functools.lru_cache(maxsize=10_000)
def _constant(value: Expr) -> Interval:
    return Interval.of_ball(ball(value))


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a b with 0 times infinity zero: an end at infinity is not attained."""
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _is_unit(x: Interval) -> np.ndarray:
    """Where a factor is exactly 0, 1 or -1, so that the product is exact."""
    return (x.low == x.high) & ((x.low == 0) | (np.abs(x.low) == 1))


def _down(total: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.where((left == 0) | (right == 0), total, below(total))


def _up(total: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.where((left == 0) | (right == 0), total, above(total))


def _sanitized(low: np.ndarray, high: np.ndarray) -> Interval:
    return Interval(np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high))


def _widened_down(values: np.ndarray, factor: float = FUNCTION_ERROR) -> np.ndarray:
    return np.where(values == np.inf, np.finfo(float).max, values - (factor * np.abs(values) + TINY))


def _widened_up(values: np.ndarray, factor: float = FUNCTION_ERROR) -> np.ndarray:
    return np.where(values == -np.inf, -np.finfo(float).max, values + (factor * np.abs(values) + TINY))


def _reciprocal(x: Interval) -> Interval:
    with np.errstate(divide="ignore", over="ignore"):
        low, high = below(1 / x.high), above(1 / x.low)
    pole = (x.low < 0) & (x.high > 0) | (x.low == 0) & (x.high == 0)
    low = np.where(pole | (x.high == 0), -np.inf, np.where(x.high == np.inf, np.minimum(low, 0.0), low))
    high = np.where(pole | (x.low == 0), np.inf, high)
    low = np.where(x.low >= 0, np.maximum(low, 0.0), low)
    high = np.where(x.high <= 0, np.minimum(high, 0.0), high)
    return Interval(np.where(pole, -np.inf, low), np.where(pole, np.inf, high))


def _increasing(function: Callable[[np.ndarray], np.ndarray], least: float = -np.inf, most: float = np.inf) -> Any:
    def apply(x: Interval) -> Interval:
        low, high = _widened_down(function(x.low)), _widened_up(function(x.high))
        return Interval(np.maximum(low, least), np.minimum(high, most))

    return apply


def _log(x: Interval) -> Interval:
    low = np.where(x.low > 0, _widened_down(np.log(np.maximum(x.low, 0.0)), 2 * FUNCTION_ERROR), -np.inf)
    high = _widened_up(np.log(np.maximum(x.high, 0.0)), 2 * FUNCTION_ERROR)
    near = FUNCTION_ERROR
    return Interval(low - near, np.where(x.high > 0, high + near, np.inf))


def _absolute(x: Interval) -> Interval:
    near = np.maximum(np.maximum(x.low, -x.high), 0.0)
    return Interval(near, np.maximum(np.abs(x.low), np.abs(x.high)))


def _cosh(x: Interval) -> Interval:
    size = _absolute(x)
    return Interval(np.maximum(_widened_down(np.cosh(size.low)), 1.0), _widened_up(np.cosh(size.high)))


def _cosine(x: Interval) -> Interval:
    """Range of the cosine, from its ends and from the multiples of π inside."""
    known = np.maximum(np.abs(x.low), np.abs(x.high)) <= LARGEST_ANGLE
    low, high = np.where(known, x.low, 0.0), np.where(known, x.high, 7.0)
    slack = 1e-9
    at_low, at_high = np.cos(low), np.cos(high)
    bottom, top = np.minimum(at_low, at_high) - 1e-14, np.maximum(at_low, at_high) + 1e-14
    turn = 2 * np.pi
    has_top = np.floor(high / turn + slack) >= np.ceil(low / turn - slack)
    has_bottom = np.floor((high - np.pi) / turn + slack) >= np.ceil((low - np.pi) / turn - slack)
    bottom = np.where(has_bottom | ~known, -1.0, np.maximum(bottom, -1.0))
    return Interval(bottom, np.where(has_top | ~known, 1.0, np.minimum(top, 1.0)))


def _sine(x: Interval) -> Interval:
    half = 0.5 * np.pi
    return _cosine(Interval(below(x.low - half) - 1e-15, above(x.high - half) + 1e-15))


def _tangent(x: Interval) -> Interval:
    return IntervalArithmetic().multiply(_sine(x), _reciprocal(_cosine(x)))


def _coth(x: Interval) -> Interval:
    return _reciprocal(_tanh(x))


def _softplus(x: Interval) -> Interval:
    return _increasing(lambda u: np.logaddexp(0.0, u), least=0.0)(x)


def _step(x: Interval) -> Interval:
    """Both one-sided limits where the interval touches the jump."""
    return Interval(np.where(x.low > 0, 1.0, 0.0), np.where(x.high >= 0, 1.0, 0.0))


def _sign(x: Interval) -> Interval:
    return Interval(
        np.where(x.low > 0, 1.0, np.where(x.low == 0, 0.0, -1.0)),
        np.where(x.high < 0, -1.0, np.where(x.high == 0, 0.0, 1.0)),
    )


def _logistic(x: Interval) -> Interval:
    half = _tanh(Interval(0.5 * x.low, 0.5 * x.high))
    by_tanh_low, by_tanh_high = below(0.5 + 0.5 * half.low), above(0.5 + 0.5 * half.high)
    # Far to the left exp(x)/(1 + exp(x)) keeps its relative accuracy, which 1/2 + tanh/2 does not.
    with np.errstate(over="ignore", under="ignore"):
        small_low = np.maximum(_widened_down(np.exp(np.minimum(x.low, 0.0)), 8 * FUNCTION_ERROR), 0.0)
        small_high = _widened_up(np.exp(np.minimum(x.high, 0.0)), 8 * FUNCTION_ERROR)
    small_low, small_high = _widened_down(small_low / (1 + small_low)), _widened_up(small_high / (1 + small_high))
    low = np.where(x.low < -1, np.maximum(small_low, 0.0), np.maximum(by_tanh_low, 0.0))
    high = np.where(x.high < -1, small_high, np.minimum(by_tanh_high, 1.0))
    return Interval(low, high)


_tanh = _increasing(np.tanh, -1.0, 1.0)

_FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    "exp": _increasing(np.exp, least=0.0),
    "log": _log,
    "sin": _sine,
    "cos": _cosine,
    "tan": _tangent,
    "sinh": _increasing(np.sinh),
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": _coth,
    "atan": _increasing(np.arctan),
    "atanh": _increasing(lambda u: np.arctanh(np.clip(u, -1, 1))),
    "Abs": _absolute,
    "sign": _sign,
    "logistic": _logistic,
    "relu": lambda x: Interval(np.maximum(x.low, 0.0), np.maximum(x.high, 0.0)),
    "step": _step,
    "softplus": _softplus,
    "Heaviside": _step,
}
