"""The ends of the line: beyond which |x| a scalar equation has no zero."""

from __future__ import annotations

import numpy as np

from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.tape import Tape
from dynsym.compute.counting.setting import Setting
from dynsym.errors import UnsupportedFeatureError

__all__ = ["without_tails"]

DERIVATIVES = 3
REACHES = tuple(2.0**k for k in range(0, 40, 2))


def without_tails(setting: Setting, low: float, high: float) -> tuple[float, float]:
    """Replace infinite ends by finite ones beyond which the right-hand side is proved not to vanish.

    On a tail, f has no zero if its range excludes 0, or if it starts on one side of 0 and is monotone away from it;
    that f is monotone follows in the same way from f', and so on up to the third derivative. Where f has poles or ends
    of its domain, only its range counts.
    """
    state = setting.compiled.system.states[0]
    derivatives = [setting.exact_rhs[0]]
    for _ in range(DERIVATIVES):
        derivatives.append(derivatives[-1].diff(state))
    try:
        tapes = [Tape.of([d], [state, *setting.moving_symbols]) for d in derivatives]
    except UnsupportedFeatureError:
        return low, high
    moving = setting.moving_intervals
    if high == np.inf:
        high = next((r for r in REACHES if r > low and _is_free(tapes, moving, r, 1)), np.inf)
    if low == -np.inf:
        low = next((-r for r in REACHES if -r < high and _is_free(tapes, moving, r, -1)), -np.inf)
    return low, high


def _is_free(tapes: list[Tape], moving: list[Interval], reach: float, side: int) -> bool:
    """Whether the first function has no zero for side·x >= reach."""
    sign = _sign_on_tail(tapes, moving, reach, side)
    return sign != 0


def _sign_on_tail(tapes: list[Tape], moving: list[Interval], reach: float, side: int) -> int:
    """Sign of the first function on the whole tail, or 0 where it is not known."""
    ends = (reach, np.inf) if side > 0 else (-np.inf, -reach)
    arithmetic = IntervalArithmetic()
    found = tapes[0].run(arithmetic, [Interval(np.array([ends[0]]), np.array([ends[1]])), *moving])[0]
    if (found.low > 0).all():
        return 1
    if (found.high < 0).all():
        return -1
    if len(tapes) == 1 or not arithmetic.is_continuous:
        return 0
    slope = _sign_on_tail(tapes[1:], moving, reach, side)
    start = tapes[0].run(IntervalArithmetic(), [Interval.point(np.array([side * reach])), *moving])[0]
    if slope * side > 0 and (start.low > 0).all():
        return 1
    if slope * side < 0 and (start.high < 0).all():
        return -1
    return 0
