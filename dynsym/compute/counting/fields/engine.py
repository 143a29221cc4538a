"""Branch and prune for any field f(x) in a box: backward contraction, preconditioned interval Newton, Krawczyk.

For all x, x' of a box, f(x) - f(x') = J (x - x') with J inside the interval Jacobian. With C ≈ J_mid⁻¹ a zero obeys
x ∈ m - C f(m) + (I - C J)(x - m), and |I - C J| w < w for some w > 0 makes f injective on the box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma, midpoint_radius
from dynsym.compute.counting.fields.backward_contraction import BackwardContraction
from dynsym.compute.counting.matrices.preconditioner import inverses
from dynsym.compute.counting.search.engine import Contracted, Engine, Found
from dynsym.compute.counting.setting import Setting

__all__ = ["FieldEngine", "IntervalField", "interval_field"]

Bounds = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

STEEPEST = 1e200
"""Stands for the slope of a direction that is not bounded, in the choice of where to split."""

PAYS_BELOW, PAYING_SHARE, LONGEST_PAUSE = 0.9, 0.25, 16
"""Backward contraction pays if it leaves less than PAYS_BELOW of some width of a PAYING_SHARE of the boxes. Where it
does not, it pauses for up to LONGEST_PAUSE batches."""


@dataclass(frozen=True, eq=False)
class IntervalField:
    """A field and its Jacobian over boxes."""

    size: int
    field: Bounds
    jacobian: Bounds
    narrowed: Bounds | None = None


@dataclass(slots=True)
class _Memory:
    """C with the bounds of |I - C J| of each box."""

    inverse: np.ndarray
    deviation: np.ndarray

    def take(self, chosen: np.ndarray) -> _Memory:
        return _Memory(self.inverse[chosen], self.deviation[chosen])


def interval_field(setting: Setting) -> IntervalField:
    """The right-hand side and the Jacobian over boxes of states; an empty range outside of the domain, no slopes
    where the field jumps or is not defined throughout.
    """
    size = setting.compiled.dimension

    def field(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bottom, top, meets_domain = setting.ranges_and_domain(low, high)
        bottom, top = np.where(np.isnan(bottom), -np.inf, bottom), np.where(np.isnan(top), np.inf, top)
        inside = meets_domain[:, None]
        return np.where(inside, bottom, np.inf), np.where(inside, top, -np.inf)

    def jacobian(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bottom, top = np.zeros((len(low), size, size)), np.zeros((len(low), size, size))
        places = setting.compiled.jacobian_tape[1]
        rows, columns = np.array(places, dtype=int).reshape(-1, 2).T
        bottom[:, rows, columns], top[:, rows, columns], _, known = setting.jacobian_bounds(low, high)
        return np.where(known[:, None, None], bottom, -np.inf), np.where(known[:, None, None], top, np.inf)

    def may_vanish(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return setting.ranges_and_domain(low, high)[2]

    contraction = BackwardContraction(setting.compiled.field_tape, setting.intervals, may_vanish)
    return IntervalField(size, field, jacobian, contraction.narrowed)


class FieldEngine(Engine):
    """The `Engine` of f(x) = 0."""

    def __init__(self, field: IntervalField, reach: float) -> None:
        self.field = field
        self.reach = reach
        self._pause, self._next_pause = 0, 1

    def prepare(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
        if self.field.narrowed is not None and not self._pause:
            new_low, new_high = self.field.narrowed(low, high)
            self._note_gain(low, high, new_low, new_high)
            return new_low, new_high
        self._pause = max(self._pause - 1, 0)
        bottom, top = self.field.field(low, high)
        empty = np.any((bottom > 0) | (top < 0), axis=1, keepdims=True)
        return np.where(empty, np.inf, low), np.where(empty, -np.inf, high)

    def _note_gain(self, low: np.ndarray, high: np.ndarray, new_low: np.ndarray, new_high: np.ndarray) -> None:
        """Pause backward contraction where it hardly narrows boxes, longer each time."""
        with np.errstate(all="ignore"):
            kept = np.where(high > low, (new_high - new_low) / (high - low), 1.0).min(axis=1)
        if np.mean(kept < PAYS_BELOW) >= PAYING_SHARE:
            self._next_pause = 1
        else:
            self._pause, self._next_pause = self._next_pause, min(2 * self._next_pause, LONGEST_PAUSE)

    def contract(self, low: np.ndarray, high: np.ndarray) -> Contracted:
        middle, radius = midpoint_radius(low, high)
        inverse, deviation, steep = self._deviation(low, high)
        shift, spread = self._step(middle, inverse)
        with np.errstate(invalid="ignore", over="ignore"):
            reach = (deviation @ radius[..., None])[..., 0] * ROUND_UP + spread + 4 * UNIT * np.abs(middle) + TINY
            new_low, new_high = np.fmax(low, middle - shift - reach), np.fmin(high, middle - shift + reach)
            influence = np.nan_to_num(steep, nan=STEEPEST, posinf=STEEPEST).clip(0, STEEPEST).sum(axis=1) * radius
        noise = np.where(np.isfinite(spread), spread, 0.0).max(axis=1)
        return Contracted(new_low, new_high, influence, noise, _Memory(inverse, deviation))

    def settle(self, boxes: Contracted) -> tuple[np.ndarray, Found]:
        assert isinstance(boxes.memory, _Memory)
        low, high = boxes.low, boxes.high
        settled = _has_weight(boxes.memory.deviation)
        chosen = np.flatnonzero(settled)
        if not len(chosen):
            return settled, Found.nothing(self.field.size)
        low, high = low[chosen], high[chosen]
        found, certified = self.enclose(self.newton(0.5 * (low + high)))
        known = certified & (found.low >= low).all(axis=1) & (found.high <= high).all(axis=1)
        straddling = np.flatnonzero(certified & ~known)
        if len(straddling):
            hull_low = np.minimum(low[straddling], found.low[straddling])
            hull_high = np.maximum(high[straddling], found.high[straddling])
            known[straddling[self.is_injective(hull_low, hull_high)]] = True
        settled[chosen[~known]] = False
        return settled, found.take(known)

    def is_injective(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Whether each box [low, high] is proved to hold at most one zero."""
        return _has_weight(self._deviation(low, high)[1])

    def refined(self, found: Found) -> Found:
        """Narrower enclosures of the same zeros, where Newton's method leads to one."""
        return found.narrowed(*self.enclose(self.newton(found.middle))) if len(found.sign) else found

    def newton(self, x: np.ndarray, steps: int = 15) -> np.ndarray:
        """Newton iterates from points (batch, n)."""
        x, active = x.copy(), np.arange(len(x))
        for _ in range(steps):
            here = x[active]
            inverse, _, _ = self._deviation(here, here)
            move, noise = self._step(here, inverse)
            move = np.nan_to_num(move, posinf=0.0, neginf=0.0)
            x[active] = np.clip(here - move, -self.reach, self.reach)
            active = active[np.any(np.abs(move) > noise + 4 * UNIT * np.abs(here), axis=1)]
            if not len(active):
                break
        return x

    def enclose(self, x: np.ndarray) -> tuple[Found, np.ndarray]:
        """Krawczyk test at points (batch, n): enclosures, and which are certified."""
        inverse, _, _ = self._deviation(x, x)
        shift, spread = self._step(x, inverse)
        start = np.abs(shift) + spread
        radius = 2 * start + (1e-9 * start.max(axis=1, keepdims=True) + TINY)
        low, high = np.nextafter(x - radius, -np.inf), np.nextafter(x + radius, np.inf)
        _, deviation, _ = self._deviation(low, high, inverse)
        with np.errstate(invalid="ignore"):
            image = start * ROUND_UP + (deviation @ radius[..., None])[..., 0] * ROUND_UP + TINY
            certified = (image < radius).all(axis=1) & np.isfinite(image).all(axis=1)
        sign = np.sign(np.linalg.slogdet(-inverse)[0]).astype(int) * certified
        return Found(x, np.where(certified[:, None], image, np.inf), sign), certified

    def _step(self, x: np.ndarray, inverse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """C f(x) and a bound of its error."""
        with np.errstate(invalid="ignore", over="ignore"):
            middle, radius = midpoint_radius(*self.field.field(x, x))
            known = np.isfinite(middle) & np.isfinite(radius)
            middle, radius = np.where(known, middle, 0.0), np.where(known, radius, np.inf)
            shift = (inverse @ middle[..., None])[..., 0]
            error = radius + gamma(2 * self.field.size + 8) * np.abs(middle)
            spread = (np.abs(inverse) @ error[..., None])[..., 0] * ROUND_UP + 8 * UNIT * np.abs(shift) + TINY
        return shift, np.where(np.isfinite(spread), spread, np.inf)

    def _deviation(
        self, low: np.ndarray, high: np.ndarray, inverse: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """C, a bound of |I - C J| and the largest |J| over each box."""
        bottom, top = self.field.jacobian(low, high)
        known = np.isfinite(bottom) & np.isfinite(top)
        middle, radius = midpoint_radius(np.where(known, bottom, 0.0), np.where(known, top, 0.0))
        if inverse is None:
            inverse = inverses(middle)
        size = np.abs(inverse)
        identity = np.eye(self.field.size)
        with np.errstate(invalid="ignore", over="ignore"):
            deviation = np.abs(identity - inverse @ middle) + size @ radius
            deviation += gamma(2 * self.field.size + 8) * (size @ np.abs(middle) + identity)
        blind = (size > 0).astype(float) @ (~known).astype(float) > 0
        deviation = np.where(np.isfinite(deviation) & ~blind, deviation * ROUND_UP + TINY, np.inf)
        return inverse, deviation, np.abs(middle) + np.where(known, radius, np.inf)


def _has_weight(matrices: np.ndarray, steps: int = 5) -> np.ndarray:
    """Whether B w < w for some w > 0 found by power steps."""
    weight = np.ones(matrices.shape[:2])
    with np.errstate(invalid="ignore", over="ignore"):
        for _ in range(steps):
            image = (matrices @ weight[..., None])[..., 0]
            weight = image + 1e-3 * image.max(axis=1, keepdims=True) + TINY
            weight /= weight.max(axis=1, keepdims=True)
        image = (matrices @ weight[..., None])[..., 0] * ROUND_UP
        return np.all(image < weight, axis=1)
