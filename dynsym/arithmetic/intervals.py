"""Interval arithmetic over arrays of boxes, rounded outward, for running tapes.

An `Interval` is a pair of arrays (lower ends, upper ends), infinite ends allowed. Sums, products and quotients are
widened by one representable number; elementary functions by `FUNCTION_ERROR`, many times what numpy documents.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from sympy import Expr

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.balls import ball
from dynsym.arithmetic.rounding import FUNCTION_ERROR, above, below, widened_down, widened_up
from dynsym.arithmetic.tape import Arithmetic

__all__ = ["Interval", "IntervalArithmetic", "enclosing_floats", "whole_number"]


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

    def __init__(self, sides: Sequence[float] = ()) -> None:
        """With `sides`, jumps that are met give their value on that side (-1, 1), in the order of their operations."""
        self.sides = iter(sides)
        self.poles: np.ndarray = np.array(False)
        self.jumps: np.ndarray = np.array(False)
        self.partly_outside: np.ndarray = np.array(False)
        self.outside: np.ndarray = np.array(False)

    @property
    def is_continuous(self) -> bool:
        """Whether no pole, no jump and no end of a domain was met."""
        return not (self.poles.any() or self.partly_outside.any() or self.jumps.any())

    def _note_domain(self, x: Interval, low: float, high: float, *, is_open: bool = True) -> None:
        """Note where x leaves the interval from `low` to `high`; infinite ends are no ends."""
        for end, to_end, from_end in ((low, x.low, x.high), (-high, -x.high, -x.low)):
            if np.isfinite(end):
                meets, beyond = (to_end <= end, from_end <= end) if is_open else (to_end < end, from_end < end)
                self.partly_outside, self.outside = self.partly_outside | meets, self.outside | beyond

    def constant(self, value: Expr) -> Interval:
        return _constant(value)

    def add(self, left: Interval, right: Interval) -> Interval:
        if (number := _of_numbers(operator.add, left, right)) is not None:
            return number
        with np.errstate(invalid="ignore", over="ignore"):
            low, high = left.low + right.low, left.high + right.high
            return _sanitized(_down(low, left.low, right.low), _up(high, left.high, right.high))

    def multiply(self, left: Interval, right: Interval) -> Interval:
        if (number := _of_numbers(operator.mul, left, right)) is not None:
            return number
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            products = [_product(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            low = np.minimum(np.minimum(products[0], products[1]), np.minimum(products[2], products[3]))
            high = np.maximum(np.maximum(products[0], products[1]), np.maximum(products[2], products[3]))
        exact = _is_unit(left) | _is_unit(right)
        return Interval(np.where(exact, low, below(low)), np.where(exact, high, above(high)))

    def integer_power(self, base: Interval, exponent: int) -> Interval:
        if exponent < 0:
            positive = self.integer_power(base, -exponent)
            self.poles = self.poles | positive.contains(0.0)
            return _reciprocal(positive)
        if exponent == 0:
            return Interval.point(np.ones_like(base.low))
        if exponent == 1:
            return base
        with np.errstate(over="ignore", under="ignore"):
            factor = exponent * FUNCTION_ERROR
            if exponent % 2:
                low, high = base.low**exponent, base.high**exponent
                return Interval(widened_down(low, factor), widened_up(high, factor))
            far = np.maximum(np.abs(base.low), np.abs(base.high))
            near = np.maximum(np.maximum(base.low, -base.high), 0.0)
            return Interval(np.maximum(widened_down(near**exponent, factor), 0.0), widened_up(far**exponent, factor))

    def power(self, base: Interval, exponent: Interval) -> Interval:
        whole = whole_number(exponent)
        if whole is not None:
            return self.integer_power(base, whole)
        may_be_whole = np.floor(exponent.high) >= exponent.low
        self.partly_outside = self.partly_outside | (base.low < 0)
        self.outside = self.outside | ((base.high < 0) & ~may_be_whole)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            logarithm = Interval(*NAMES["log"].range(base.low, base.high))
        found, free = self.function("exp", [self.multiply(exponent, logarithm)]), may_be_whole & (base.low < 0)
        return Interval(np.where(free, -np.inf, found.low), np.where(free, np.inf, found.high))

    def square_root(self, base: Interval) -> Interval:
        self._note_domain(base, 0.0, np.inf, is_open=False)
        low, high = np.sqrt(np.maximum(base.low, 0.0)), np.sqrt(np.maximum(base.high, 0.0))
        return Interval(np.maximum(below(low), 0.0), above(high))

    def function(self, name: str, arguments: Sequence[Interval]) -> Any:
        if name in ("Min", "Max"):
            choose = np.minimum if name == "Min" else np.maximum
            low, high = arguments[0].low, arguments[0].high
            for other in arguments[1:]:
                low, high = choose(low, other.low), choose(high, other.high)
            return Interval(low, high)
        known, x = NAMES[name], arguments[0]
        self._note_domain(x, *known.domain)
        if known.smoothness < 0:
            meets, side = x.contains(0.0), next(self.sides, None)
            self.jumps = self.jumps | meets
            if side is not None:
                x = Interval(np.where(meets, side, x.low), np.where(meets, side, x.high))
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            self.poles = self.poles | (known.has_poles and known.poles(x.low, x.high))
            return Interval(*known.range(x.low, x.high))


def whole_number(x: Interval) -> int | None:
    """The integer that all intervals are, or None."""
    least, most = float(x.low.min()), float(x.high.max())
    return int(least) if least == most and least.is_integer() else None


@functools.lru_cache(maxsize=10_000)
def _constant(value: Expr) -> Interval:
    return Interval.of_ball(ball(value))


def _of_numbers(operation: Callable[[Any, Any], Any], left: Interval, right: Interval) -> Interval | None:
    """The result for two numbers where a float holds it, so that an exponent n - 1 stays an integer; or None."""
    if np.ndim(left.low) or np.ndim(right.low) or left.low != left.high or right.low != right.high:
        return None
    a, b = float(left.low), float(right.low)
    found = operation(a, b)
    exact = math.isfinite(found) and operation(Fraction(a), Fraction(b)) == Fraction(found)
    return Interval.point(found) if exact else None


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


def _reciprocal(x: Interval) -> Interval:
    with np.errstate(divide="ignore", over="ignore"):
        low, high = below(1 / x.high), above(1 / x.low)
    pole = (x.low < 0) & (x.high > 0) | (x.low == 0) & (x.high == 0)
    low = np.where(pole | (x.high == 0), -np.inf, np.where(x.high == np.inf, np.minimum(low, 0.0), low))
    high = np.where(pole | (x.low == 0), np.inf, high)
    low = np.where(x.low >= 0, np.maximum(low, 0.0), low)
    high = np.where(x.high <= 0, np.minimum(high, 0.0), high)
    return Interval(np.where(pole, -np.inf, low), np.where(pole, np.inf, high))
