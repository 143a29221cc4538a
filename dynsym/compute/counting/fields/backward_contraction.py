"""Contract boxes by f(x) = 0 through every operation of its tape (HC4-revise [1]_).

The tape is run forward over boxes, its results are set to zero, and each operation, from the last to the first, hands
what is known of its value back to its arguments. What inverse functions give is a guess only: a bound counts once the
forward enclosure at it, rounded outward, has confirmed it.

References
----------
.. [1] F. Benhamou, F. Goualard, L. Granvilliers, J.-F. Puget, *Revising hull and box consistency*, Proceedings of the
   16th International Conference on Logic Programming, 230-244 (1999).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic, whole_number
from dynsym.arithmetic.rounding import FUNCTION_ERROR, TINY
from dynsym.arithmetic.tape import Tape
from dynsym.functions.elementary import LARGEST_ANGLE

__all__ = ["BackwardContraction"]

RELATIVE_PAD, ABSOLUTE_PAD = 32 * FUNCTION_ERROR, 1e3 * TINY
"""How far beyond a value an inverse is guessed, so that the forward enclosure confirms it."""
ANGLE_PAD, ANGLE_MARGIN = 1e-13, 1e-9

Guess = Callable[[np.ndarray], np.ndarray]
Forward = Callable[[Interval], Interval]


@dataclass(frozen=True, eq=False)
class BackwardContraction:
    """Contraction of boxes of the first variables of a tape to where all its results can vanish."""

    tape: Tape
    parameters: Sequence[Interval]
    may_vanish: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    """On which boxes that meet a pole or a jump the results can be zero, where that is known by other means."""

    @functools.cached_property
    def _moves(self) -> list[bool]:
        """Which slots depend on the states."""
        moves = [k < self.tape.variables - len(self.parameters) for k in range(self.tape.variables)]
        for _, _, inputs in self.tape.operations:
            moves.append(any(moves[k] for k in inputs))
        return moves

    def narrowed(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Boxes (batch, n) that hold the same zeros; those that hold none have low > high.

        Boxes that meet a pole, or an end of the domain, are only dropped or left as they are.
        """
        forward, size = IntervalArithmetic(), low.shape[1]
        states = [Interval(low[:, k], high[:, k]) for k in range(size)]
        with np.errstate(all="ignore"):
            slots = [_without_nan(x) for x in self.tape.trace(forward, [*states, *self.parameters])]
        untouched = np.broadcast_to(forward.partly_outside, low.shape[:1]) | self._poles(slots, len(low))
        empty = np.broadcast_to(forward.outside, low.shape[:1]).copy()
        for k in set(self.tape.results):
            empty |= (slots[k].low > 0) | (slots[k].high < 0)
        if self.may_vanish is not None and (forward.poles | forward.jumps).any():
            empty |= ~self.may_vanish(low, high)
        if (untouched | empty).all():
            return np.where(empty[:, None], np.inf, low), np.where(empty[:, None], -np.inf, high)
        zero = Interval(np.zeros(len(low)), np.zeros(len(low)))
        for k in set(self.tape.results):
            if self._moves[k]:
                slots[k] = zero
        with np.errstate(all="ignore"):
            emptied = self._hand_back(slots, len(low), IntervalArithmetic())
        for k, state in enumerate(states):
            # A result that is a state itself was replaced by zero; its own bounds still count.
            slots[k] = Interval(np.fmax(state.low, slots[k].low), np.fmin(state.high, slots[k].high))
        new_low, new_high = (np.stack([getattr(slots[k], end) for k in range(size)], axis=1) for end in ("low", "high"))
        empty |= ~untouched & (emptied | (new_low > new_high).any(axis=1))
        new_low, new_high = np.where(untouched[:, None], low, new_low), np.where(untouched[:, None], high, new_high)
        return np.where(empty[:, None], np.inf, new_low), np.where(empty[:, None], -np.inf, new_high)

    def _poles(self, slots: list[Interval], count: int) -> np.ndarray:
        """The boxes on which some operation may have a pole."""
        met = np.zeros(count, dtype=bool)
        for operation, datum, inputs in self.tape.operations:
            if operation == "integer_power" and datum < 0:
                met |= slots[inputs[0]].contains(0.0)
            elif operation == "power":
                met |= (slots[inputs[0]].low <= 0) & (slots[inputs[1]].low <= 0)
            elif operation == "function" and datum in NAMES and NAMES[datum].has_poles:
                met |= NAMES[datum].poles(slots[inputs[0]].low, slots[inputs[0]].high)
        return met

    def _hand_back(self, slots: list[Interval], count: int, arithmetic: IntervalArithmetic) -> np.ndarray:
        """Narrow the slots from the last to the first; returns which boxes turned out to be empty."""
        emptied = np.zeros(count, dtype=bool)
        is_news = np.zeros(len(slots), dtype=bool)
        is_news[list(self.tape.results)] = True
        for k in range(len(slots) - 1, self.tape.variables - 1, -1):
            if not (self._moves[k] and is_news[k]):
                continue
            operation, datum, inputs = self.tape.operations[k - self.tape.variables]
            for place, target in enumerate(inputs):
                if self._moves[target]:
                    arguments = [slots[j] for j in inputs]
                    found = projected(arithmetic, operation, datum, arguments, place, slots[k])
                    x = slots[target]
                    if found is x:
                        continue
                    closer = Interval(np.fmax(x.low, found.low), np.fmin(x.high, found.high))
                    if (closer.low > x.low).any() or (closer.high < x.high).any():
                        emptied |= closer.low > closer.high
                        slots[target], is_news[target] = closer, True
        return emptied


def projected(
    arithmetic: IntervalArithmetic,
    operation: str,
    datum: object,
    arguments: list[Interval],
    place: int,
    value: Interval,
) -> Interval:
    """Where the argument at `place` can be if the operation has this value; low > high where nowhere.

    Operations without a projection return the argument as it is.
    """
    x = arguments[place]
    if operation == "add":
        other = arguments[1 - place]
        return arithmetic.add(value, Interval(-other.high, -other.low))
    if operation == "multiply":
        return _quotient(arithmetic, x, value, arguments[1 - place])
    if operation == "integer_power":
        assert isinstance(datum, int)
        return _root(arithmetic, x, value, datum)
    if operation == "square_root":
        return _inverted(x, value, arithmetic.square_root, lambda z: np.maximum(z, 0.0) ** 2)
    if operation == "power":
        return _base_of_power(arithmetic, x, value, arguments[1]) if place == 0 else x
    if operation == "function":
        return _argument(arithmetic, str(datum), x, value)
    return x


def _argument(arithmetic: IntervalArithmetic, name: str, x: Interval, value: Interval) -> Interval:
    if name in NAMES and NAMES[name].is_increasing:
        return _inverted(x, value, lambda u: arithmetic.function(name, [u]), NAMES[name].preimage)
    if name in ("sin", "cos"):
        return _angle(arithmetic, name, x, value)
    if name == "Abs":
        return _of_magnitude(x, value)
    if name == "cosh":
        size = _inverted(arithmetic.function("Abs", [x]), value, lambda u: arithmetic.function("cosh", [u]), _arcosh)
        return _of_magnitude(x, size)
    if name in ("relu", "Max"):
        least = value.low if name == "relu" else np.full_like(value.low, -np.inf)
        return Interval(np.where(least > 0, least, -np.inf), value.high)
    if name == "Min":
        return Interval(value.low, np.full_like(value.high, np.inf))
    return x


def _inverted(x: Interval, value: Interval, forward: Forward, guess: Guess, pad: float = ABSOLUTE_PAD) -> Interval:
    """The part of x where an increasing function can have this value: f(u) > max f puts x below u."""
    first = guess(value.low - (RELATIVE_PAD * np.abs(value.low) + pad))
    last = guess(value.high + (RELATIVE_PAD * np.abs(value.high) + pad))
    first, last = first - RELATIVE_PAD * np.abs(first), last + RELATIVE_PAD * np.abs(last)
    is_below = forward(Interval.point(first)).high < value.low
    is_above = forward(Interval.point(last)).low > value.high
    return Interval(np.where(is_below, first, x.low), np.where(is_above, last, x.high))


def _quotient(arithmetic: IntervalArithmetic, x: Interval, value: Interval, factor: Interval) -> Interval:
    """Where x can be if x times the factor has this value."""
    free = value.contains(0.0) & factor.contains(0.0)
    if free.all():
        return x
    straddles = (factor.low < 0) & (factor.high > 0)
    found = arithmetic.multiply(value, arithmetic.integer_power(factor, -1))
    if straddles.any():
        zero = np.zeros_like(factor.low)
        parts = []
        for part in (Interval(factor.low, zero), Interval(zero, factor.high)):
            q = arithmetic.multiply(value, arithmetic.integer_power(part, -1))
            parts.append(Interval(np.fmax(x.low, q.low), np.fmin(x.high, q.high)))
        hull = _hull(*parts)
        found = Interval(np.where(straddles, hull.low, found.low), np.where(straddles, hull.high, found.high))
    return Interval(np.where(free, x.low, found.low), np.where(free, x.high, found.high))


def _root(arithmetic: IntervalArithmetic, x: Interval, value: Interval, exponent: int) -> Interval:
    """Where x can be if its integer power has this value; x holds no zero if the exponent is negative."""
    if exponent == 0:
        return x
    if exponent < 0:
        value, exponent = arithmetic.integer_power(value, -1), -exponent
    if exponent == 1:
        return value

    def forward(u: Interval) -> Interval:
        return arithmetic.integer_power(u, exponent)

    if exponent % 2:
        return _inverted(x, value, forward, lambda z: np.sign(z) * np.abs(z) ** (1 / exponent))
    size = arithmetic.function("Abs", [x])
    return _of_magnitude(x, _inverted(size, value, forward, lambda z: np.maximum(z, 0.0) ** (1 / exponent)))


def _base_of_power(arithmetic: IntervalArithmetic, x: Interval, value: Interval, exponent: Interval) -> Interval:
    """Where x can be if x to this power has this value: log x = log(value) / exponent, unless it is an integer."""
    whole = whole_number(exponent)
    if whole is not None:
        return _root(arithmetic, x, value, whole)
    logarithm = arithmetic.function("log", [value])
    quotient = arithmetic.multiply(logarithm, arithmetic.integer_power(exponent, -1))
    found = arithmetic.function("exp", [quotient])
    known = ~exponent.contains(0.0) & (value.high > 0)
    return Interval(np.where(known, found.low, x.low), np.where(known, found.high, x.high))


def _angle(arithmetic: IntervalArithmetic, name: str, x: Interval, value: Interval) -> Interval:
    """Where x can be if its sine or cosine has this value, if the function is monotone on x."""
    offset = 0.5 * np.pi if name == "sin" else 0.0
    turns = np.floor((0.5 * x.low + 0.5 * x.high - offset) / np.pi)
    start = offset + turns * np.pi
    monotone = (x.low >= start + ANGLE_MARGIN) & (x.high <= start + np.pi - ANGLE_MARGIN)
    monotone &= np.maximum(np.abs(x.low), np.abs(x.high)) <= LARGEST_ANGLE
    falls = turns % 2 == 0

    def rising(y: Interval) -> Interval:
        return Interval(np.where(falls, -y.high, y.low), np.where(falls, -y.low, y.high))

    found = _inverted(
        x, rising(value), lambda u: rising(arithmetic.function(name, [u])), lambda z: start + np.arccos(-z), ANGLE_PAD
    )
    low_known = monotone & (found.low >= x.low) & (found.low <= x.high)
    high_known = monotone & (found.high >= x.low) & (found.high <= x.high)
    return Interval(np.where(low_known, found.low, x.low), np.where(high_known, found.high, x.high))


def _of_magnitude(x: Interval, size: Interval) -> Interval:
    """The hull of the parts of x where |x| lies in `size`."""
    return _hull(
        Interval(np.fmax(x.low, -size.high), np.fmin(x.high, -size.low)),
        Interval(np.fmax(x.low, size.low), np.fmin(x.high, size.high)),
    )


def _arcosh(z: np.ndarray) -> np.ndarray:
    return np.arccosh(np.maximum(z, 1.0))


def _hull(a: Interval, b: Interval) -> Interval:
    """The hull of two intervals of which one or both may be empty."""
    no_a, no_b = a.low > a.high, b.low > b.high
    low = np.minimum(np.where(no_a, np.inf, a.low), np.where(no_b, np.inf, b.low))
    high = np.maximum(np.where(no_a, -np.inf, a.high), np.where(no_b, -np.inf, b.high))
    return Interval(low, high)


def _without_nan(x: Interval) -> Interval:
    if not (np.isnan(x.low).any() or np.isnan(x.high).any()):
        return x
    return Interval(np.where(np.isnan(x.low), -np.inf, x.low), np.where(np.isnan(x.high), np.inf, x.high))
