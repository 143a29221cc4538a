"""Finding special points between two points of a branch: sign and eigenvalue tests, then the defining system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.branching import primary_sides
from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.events import (
    TOGETHER,
    Event,
    branch_point,
    cluster,
    fold,
    hopf,
    neutral_saddle,
)
from dynsym.compute.continuation.spectrum import BranchSpectrum, may_touch_axis, neutral_sum

__all__ = ["Change", "Detector"]

Array = np.ndarray

RESOLUTION = 1e-6
"""Length below which a change that no defining system explains is given up."""
MIDPOINTS = 60
"""Points of a branch that may be computed in the search of one step."""
CLUSTER_LENGTH = 2e-3
"""Length below which the cubic through two points is exact to rounding, for eigenvalues that cross together."""
NEARLY_CRITICAL = 1e-2
"""Relative size of eigenvalues that may vanish at a branch point nearby."""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two points: direction of the parameter, orientation, unstable dimension, neutral sum."""

    turns: bool
    crosses: bool
    unstable: int
    neutral: bool

    @property
    def is_none(self) -> bool:
        return not (self.turns or self.crosses or self.unstable or self.neutral)


class Detector:
    """Finds and solves the special points between neighbouring points of one branch.

    `scale` is the size of the largest eigenvalue met so far: against it a residual counts as zero.
    """

    def __init__(self, tracer: Tracer, scale: float = 0.0) -> None:
        self.tracer = tracer
        self.scale = scale
        self.allowance = MIDPOINTS

    def flips(self, a: Point, b: Point) -> bool:
        """Whether a test that needs no eigenvalues changes sign."""
        return a.orientation != b.orientation or (a.tangent_value > 0) != (b.tangent_value > 0)

    def change(self, a: Point, b: Point) -> Change:
        before, after = self.tracer.with_spectrum(a), self.tracer.with_spectrum(b)
        self.scale = max(self.scale, before.scale, after.scale)
        turns = (a.tangent_value > 0) != (b.tangent_value > 0)
        crosses = a.orientation != b.orientation
        unstable = after.unstable - before.unstable
        neutral = False
        if not (turns or crosses or unstable):
            sums = neutral_sum(before), neutral_sum(after)
            neutral = None not in sums and (sums[0] > 0) != (sums[1] > 0)  # type: ignore[operator]
        return Change(turns, crosses, unstable, neutral)

    def examine(self, a: Point, b: Point) -> list[Event] | None:
        """The special points between a and b, in order; None if a change cannot be explained."""
        self.allowance = MIDPOINTS
        return self._examine(a, b)

    def examine_closely(self, a: Point, b: Point) -> list[Event] | None:
        """As `examine`, where eigenvalues may reach the axis and return between a and b."""
        self.allowance = MIDPOINTS
        touch = self._symmetric_touch(a, b) if self.tracer.family.dimension > 1 else None
        return [touch] if touch is not None else self._examine_closely(a, b)

    def _examine(self, a: Point, b: Point) -> list[Event] | None:
        change = self.change(a, b)
        if change.is_none:
            return []
        event = self._attempt(a, b, change)
        if event is not None:
            return [event]
        if self.tracer.distance(a, b) < RESOLUTION:
            return [] if change.neutral else None
        middle = self._middle(a, b, 0.5 + 0.01 * np.pi / 4)
        if middle is None:
            return None
        first = self._examine(a, middle)
        second = None if first is None else self._examine(middle, b)
        return None if first is None or second is None else first + second

    def _examine_closely(self, a: Point, b: Point) -> list[Event] | None:
        length = self.tracer.distance(a, b)
        middle = self._middle(a, b, 0.5) if length > RESOLUTION else None
        if middle is None:
            return []
        before, here, after = (self.tracer.with_spectrum(point) for point in (a, middle, b))
        near = may_touch_axis((before, here, after), length / 2, length / 2)
        events: list[Event] = []
        for (left, right), suspected in zip(((a, middle), (middle, b)), near, strict=True):
            found = self._examine(left, right)
            if found is None:
                return None
            if not found and suspected:
                found = self._examine_closely(left, right)
                if found is None:
                    return None
            events += found
        return events

    def _middle(self, a: Point, b: Point, fraction: float) -> Point | None:
        """A point between two others, as long as the allowance lasts."""
        self.allowance -= 1
        return self.tracer.point_between(a, b, fraction) if self.allowance >= 0 else None

    def exactly_at(self, x: Array, value: float) -> Event | None:
        """The special point at which a branch starts or ends, if there is one within 1e-8."""
        spectrum = BranchSpectrum.of(self.tracer.family.jacobian(x, value))
        family, nearest = self.tracer.family, spectrum.nearest_axis(1)[0]
        if not abs(nearest.real) <= 1e-6 * spectrum.scale:
            return None
        if abs(nearest.imag) > TOGETHER * spectrum.scale:
            candidates = [hopf(family, x, value, abs(nearest.imag))]
        else:
            candidates = [branch_point(family, x, value, self.scale), fold(family, x, value)]
        for event in candidates:
            if event and self.tracer.metric.length(event.x - x, event.value - value) <= 1e-8:
                return event
        return None

    # ---- one change, one defining system

    def _attempt(self, a: Point, b: Point, change: Change) -> Event | None:
        crossing = self._crossing(a, b)
        if len(crossing) > 1 and self._move_together(a, b, crossing):
            return self._cluster(a, b, crossing)
        event = None
        if change.turns and change.crosses and not change.unstable:
            event = self._branch_point(a, b, self._turn_fraction(a, b))
            if event is None or event.multiplicity > 1 or not self._is_between(a, b, event):
                event = self._symmetric_point(a, b, self._turn_fraction(a, b)) or event
        elif change.turns and not change.crosses and abs(change.unstable) == 1:
            event = fold(self.tracer.family, *self.tracer.between(a, b, self._turn_fraction(a, b)))
        elif change.crosses and not change.turns and abs(change.unstable) == 1:
            event = self._branch_point(a, b, self._crossing_fraction(a, b, crossing))
        elif not (change.turns or change.crosses) and abs(change.unstable) == 2:
            event = self._hopf(a, b, self._crossing_fraction(a, b, crossing))
        elif change.neutral:
            event = self._neutral_saddle(a, b)
        return event if event is not None and self._is_between(a, b, event) else None

    def _crossing(self, a: Point, b: Point) -> Array:
        """Positions (by ascending real part) of the eigenvalues that change sides."""
        before, after = self.tracer.with_spectrum(a), self.tracer.with_spectrum(b)
        n = len(before.real)
        return np.arange(n - max(before.unstable, after.unstable), n - min(before.unstable, after.unstable))

    def _crossing_fraction(self, a: Point, b: Point, crossing: Array) -> float:
        if len(crossing) == 0:
            return 0.5
        before = self.tracer.with_spectrum(a).real[crossing].mean()
        after = self.tracer.with_spectrum(b).real[crossing].mean()
        return float(np.clip(before / (before - after), 0.01, 0.99)) if before != after else 0.5

    def _turn_fraction(self, a: Point, b: Point) -> float:
        return float(np.clip(a.tangent_value / (a.tangent_value - b.tangent_value), 0.01, 0.99))

    def _branch_point(self, a: Point, b: Point, fraction: float) -> Event | None:
        return branch_point(self.tracer.family, *self.tracer.between(a, b, fraction), self.scale)

    def _spectrum_between(self, a: Point, b: Point, fraction: float) -> tuple[Array, float, BranchSpectrum | None]:
        """A place between two points, with its spectrum where the Jacobian is finite."""
        x, value = self.tracer.between(a, b, fraction)
        jacobian = self.tracer.family.jacobian(x, value)
        return x, value, BranchSpectrum.of(jacobian) if np.isfinite(jacobian).all() else None

    def _hopf(self, a: Point, b: Point, fraction: float) -> Event | None:
        x, value, spectrum = self._spectrum_between(a, b, fraction)
        if spectrum is None:
            return None
        frequencies = np.abs(spectrum.nearest_axis(2).imag)
        if frequencies.min() <= TOGETHER * spectrum.scale:
            return None
        return hopf(self.tracer.family, x, value, float(frequencies[0]))

    def _neutral_saddle(self, a: Point, b: Point) -> Event | None:
        before, after = self.tracer.with_spectrum(a), self.tracer.with_spectrum(b)
        first, second = neutral_sum(before) or 0.0, neutral_sum(after) or 0.0
        x, value = self.tracer.between(a, b, first / (first - second))
        return neutral_saddle(self.tracer.family, x, value, float(before.real[-before.unstable]))

    # ---- eigenvalues that cross together, by symmetry

    def _move_together(self, a: Point, b: Point, crossing: Array) -> bool:
        """Whether several real eigenvalues, or several pairs, are equal at both points."""
        for point in (a, b):
            spectrum = self.tracer.with_spectrum(point)
            values = spectrum.eigenvalues[crossing]
            imaginary = np.abs(values.imag)
            if np.ptp(values.real) > TOGETHER * spectrum.scale or np.ptp(imaginary) > TOGETHER * spectrum.scale:
                return False
            if imaginary.max() > TOGETHER * spectrum.scale and len(crossing) < 4:
                return False
        return True

    def _cluster(self, a: Point, b: Point, crossing: Array) -> Event | None:
        if self.tracer.distance(a, b) > CLUSTER_LENGTH:
            return None

        def mean_real_part(fraction: float) -> float:
            jacobian = self.tracer.family.jacobian(*self.tracer.between(a, b, fraction))
            return float(BranchSpectrum.of(jacobian).real[crossing].mean())

        return cluster(self.tracer.family, *self.tracer.between(a, b, _root(mean_real_part)), len(crossing))

    def _symmetric_point(self, a: Point, b: Point, fraction: float) -> Event | None:
        """A branch point of several zero eigenvalues, met on one of its side branches.

        There nothing crosses in a way that can be solved for; it is located on the branch where all of them cross.
        """
        x, value, spectrum = self._spectrum_between(a, b, fraction)
        if spectrum is None or np.abs(spectrum.nearest_axis(2)).max() > NEARLY_CRITICAL * spectrum.scale:
            return None
        sides = primary_sides(self.tracer, x, value, NEARLY_CRITICAL)
        if sides is None or sides[1] is None:
            return None
        events = self._examine(sides[1].reversed(), sides[0]) or []
        return next((event for event in events if event.multiplicity > 1 and self._is_between(a, b, event)), None)

    def _symmetric_touch(self, a: Point, b: Point) -> Event | None:
        """As above, where one eigenvalue leaves the axis as another one comes to it."""
        for point in (a, b):
            spectrum = self.tracer.with_spectrum(point)
            if np.abs(spectrum.nearest_axis(2)).max() > 10 * NEARLY_CRITICAL * spectrum.scale:
                return None

        def size(fraction: float) -> float:
            spectrum = self._spectrum_between(a, b, fraction)[2]
            return np.inf if spectrum is None else float(np.abs(spectrum.nearest_axis(2)).max())

        low, high = 0.0, 1.0
        for _ in range(3):
            fractions = np.linspace(low, high, 6)
            best = int(np.argmin([size(fraction) for fraction in fractions]))
            if best in (0, 5):
                return None
            low, high = fractions[best - 1], fractions[best + 1]
        return self._symmetric_point(a, b, 0.5 * (low + high))

    def _is_between(self, a: Point, b: Point, event: Event) -> bool:
        """Whether an event lies on the branch between two points."""
        fraction = self.tracer.fraction(a, b, event.x, event.value)
        if not -1e-6 <= fraction <= 1 + 1e-6:
            return False
        x, value = self.tracer.between(a, b, fraction)
        return self.tracer.metric.length(event.x - x, event.value - value) <= 0.1 * self.tracer.distance(a, b)


def _root(function: Callable[[float], float]) -> float:
    """The root in [0, 1] of a function that changes sign there; the better end if it does not."""
    from scipy.optimize import brentq

    ends = function(0.0), function(1.0)
    if ends[0] * ends[1] >= 0:
        return 0.0 if abs(ends[0]) <= abs(ends[1]) else 1.0
    return float(brentq(function, 0.0, 1.0, xtol=1e-14, rtol=1e-14))
