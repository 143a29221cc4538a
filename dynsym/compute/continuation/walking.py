"""Following a branch in one direction: predictor, step control, boundaries, closed loops."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.events import Detector, Event
from dynsym.compute.continuation.spectrum import may_touch_axis
from dynsym.results.outcome import Outcome

__all__ = ["Walk", "walk"]

TURN_AIMED = 0.12
"""Turn of the tangent, in radians, at which the step length is kept."""
KINK = 1e-6
"""A step this short may turn by any angle: it has met a kink, not another branch."""
ON_BOUNDARY = 1e-9
"""Special points this close to an end of the span, relative to its width, count as inside."""
TOO_NEAR = 1e-8
"""Relative distance to the imaginary axis at which a step is made again with another length,"""
NUDGES = (1.6, 2.0, 2.0, 2.0, 0.2)
"""each time multiplied by one of these, to pass the special point if possible."""
STRAIGHT = 0.4
"""Allowed difference between a chord and the mean of the tangents at its ends, in the states alone."""


@dataclass(eq=False)
class Walk:
    """The points of a branch in one direction, the events after each of them, and how the walk ended.

    `at_end` is the special point that the last point itself is, if any.
    """

    points: list[Point]
    events: dict[int, list[Event]] = field(default_factory=dict)
    outcome: Outcome = Outcome.FINISHED
    notes: list[str] = field(default_factory=list)
    at_end: Event | None = None

    def add_events(self, position: int, events: list[Event]) -> None:
        if events:
            self.events.setdefault(position, []).extend(events)


def walk(tracer: Tracer, start: Point, *, events_from: int = 0) -> Walk:
    """Follow a branch from a point along its tangent.

    Parameters
    ----------
    tracer : Tracer
    start : Point
    events_from : int
        First step that is searched for special points.
    """
    return _Walker(tracer, start, events_from).run()


def _norm(vector: np.ndarray) -> float:
    return math.sqrt(vector.dot(vector))


class _Walker:
    def __init__(self, tracer: Tracer, start: Point, events_from: int) -> None:
        self.tracer, self.method, self.family = tracer, tracer.method, tracer.family
        self.detector = Detector(tracer)
        self.squared_size = 1 / tracer.metric.state
        self.bound = self.method.state_bound * math.sqrt(self.squared_size)
        self.record = Walk([start])
        self.arclength = [0.0]
        self.interval = self.method.spectrum_interval(self.family.dimension)
        self.first = events_from
        self.marks = [events_from]  # positions of the points whose eigenvalues were compared
        self.name = self.family.parameter

    def run(self) -> Walk:
        step, retries = self.method.step, 0
        points = self.record.points
        while self.record.outcome is Outcome.FINISHED:
            here = points[-1]
            if self._leaves(here):
                self.record.outcome = Outcome.REACHED_BOUNDARY
                break
            if len(points) > self.method.max_steps:
                self._stop(
                    Outcome.MAX_STEPS, f"{self.method.max_steps} steps were made", "PseudoArclength(max_steps=20_000)"
                )
                break
            ahead, smooth, turn, newton = self._step(here, step)
            if ahead is not None and retries < len(NUDGES) and self._is_too_near(here, ahead):
                step *= NUDGES[retries]
                retries += 1
                continue
            if ahead is None or not self._accept(here, ahead, step, smooth):
                step = 0.5 * step
                if step < self.method.step_min:
                    self._give_up(here)
                continue
            retries = 0
            here.factors = None
            self._rescale()
            growth = TURN_AIMED / max(turn, 1e-12) if newton <= 6 else 0.7
            step = min(self.method.step_max, step * min(1.6, max(0.5, growth)))
        self._close_window()
        return self.record

    def _is_too_near(self, here: Point, ahead: Point) -> bool:
        """Whether a step ends so near to a special point that signs are those of rounding errors."""
        return self._is_blurred(ahead, ahead) and not self._is_blurred(here, here)

    def _is_blurred(self, here: Point, ahead: Point) -> bool:
        return any(p.blurred or (p.spectrum is not None and p.spectrum.margin < TOO_NEAR) for p in (here, ahead))

    def _rescale(self) -> None:
        """Measure the states by their present size once this has doubled."""
        last = self.record.points[-1]
        if last.x.dot(last.x) <= 4 * self.squared_size:
            return
        tracer = Tracer.around(self.family, self.method, last.x)
        if tracer.metric.state < 0.25 * self.tracer.metric.state:
            self.tracer, self.squared_size = tracer, 1 / tracer.metric.state
            self.detector = Detector(self.tracer, self.detector.scale)
            self.record.points[-2:] = map(self.tracer.normalised, self.record.points[-2:])

    # ---- one step

    def _step(self, here: Point, step: float) -> tuple[Point | None, bool, float, int]:
        """The corrected point, whether the step is smooth, the turn of the tangent, the number of Newton steps."""
        found = self.tracer.correct(*self._predict(here, step), here.tangent, here.factors)
        if found is None or found.distance > 2 * step:
            return None, False, 0.0, 0
        ahead = self.tracer.point(found.x, found.value, here.tangent, spectrum=self.interval == 1)
        if ahead is None:
            return None, False, 0.0, 0
        ahead.blurred = found.flat
        cosine = self.tracer.metric.product(here.tangent, ahead.tangent)
        turn = math.acos(min(1.0, cosine))
        smooth = turn <= self.method.turn_max and self._is_straight(here, ahead)
        return ahead, smooth, turn, found.steps

    def _predict(self, here: Point, step: float) -> tuple[np.ndarray, float]:
        """The parabola through the last two points and the tangent here."""
        x, value = here.x + step * here.tangent_x, here.value + step * here.tangent_value
        if len(self.record.points) < 2:
            return x, value
        before, length = self.record.points[-2], self.arclength[-1] - self.arclength[-2]
        if not length > 0:
            return x, value
        bend = 0.5 * step * step / length
        return (
            x + bend * (here.tangent_x - before.tangent_x),
            value + bend * (here.tangent_value - before.tangent_value),
        )

    def _is_straight(self, here: Point, ahead: Point) -> bool:
        chord, length = ahead.x - here.x, self.tracer.distance(here, ahead)
        before, after = 0.5 * length * here.tangent_x, 0.5 * length * ahead.tangent_x
        difference = chord - before - after
        size = _norm(chord) + _norm(before) + _norm(after)
        floor = 1e-3 * length / math.sqrt(self.tracer.metric.state)
        return _norm(difference) <= STRAIGHT * size + floor

    def _accept(self, here: Point, ahead: Point, step: float, smooth: bool) -> bool:
        """Append a step with what happened on it; False if it must be made again, shorter."""
        if not smooth and step > KINK:
            return False
        end = None if self.family.contains(ahead.value) else self._cut(here, ahead)
        if end is None and not self.family.contains(ahead.value):
            return False
        ahead = end or ahead
        searched = len(self.record.points) > self.first
        events = self._events(here, ahead) if searched and self.record.at_end is None else []
        if events is None and step > KINK and not self._is_blurred(here, ahead):
            return False
        outside = [event for event in events or () if not self._is_inside(event.value)]
        if outside:
            end = self._cut(here, ahead, outside[0])
            if end is None:
                return False
            ahead, events = end, self._events(here, end)
        closing = None if end is not None else self._closes(here, ahead)
        if closing is not None:
            ahead, events = closing, self._events(here, closing) if searched else []
        if events is None:
            self._note_kink(here)
        self._append(here, ahead, events or [], searched)
        if end is not None:
            self.record.outcome = Outcome.REACHED_BOUNDARY
        elif closing is not None:
            self.record.outcome = Outcome.CLOSED_LOOP
        elif ahead.x.dot(ahead.x) > self.bound**2:
            self._stop(Outcome.BLOW_UP, f"a state grew beyond {self.bound:.3g}", "PseudoArclength(state_bound=1e6)")
        return True

    def _events(self, here: Point, ahead: Point) -> list[Event] | None:
        if self.interval > 1 and not self.detector.flips(here, ahead):
            return []
        return self.detector.examine(here, ahead)

    def _note_kink(self, here: Point) -> None:
        self.record.notes.append(
            f"At {self.name} = {here.value:.8g} the stability changes and no smooth bifurcation explains it. "
            "This is a kink, or a point of high degeneracy. Try to perturb the system there."
        )

    def _append(self, here: Point, ahead: Point, events: list[Event], searched: bool) -> None:
        points, position = self.record.points, len(self.record.points) - 1
        points.append(ahead)
        self.arclength.append(self.arclength[-1] + self.tracer.distance(here, ahead))
        self.record.add_events(position, events)
        if not searched:
            return
        if self.interval == 1:
            self._mark(position + 1)
        elif self.detector.flips(here, ahead):
            self._compare(self.marks[-1], position)
            self._mark(position)
            self._mark(position + 1)
        elif position + 1 - self.marks[-1] >= self.interval:
            self._compare(self.marks[-1], position + 1)
            self._mark(position + 1)

    # ---- eigenvalues at some points only

    def _close_window(self) -> None:
        last = len(self.record.points) - 1
        if self.marks[-1] < last and last > self.first:
            self._compare(self.marks[-1], last)
            self._mark(last)

    def _mark(self, position: int) -> None:
        """Compare the spectrum here with the two before it, for eigenvalues that touch the axis between."""
        if self.marks[-1] == position:
            return
        self.marks.append(position)
        if len(self.marks) < 3:
            return
        first, middle, last = self.marks[-3:]
        points, s = self.record.points, self.arclength
        if s[middle] == s[first] or s[last] == s[middle]:
            return
        before, here, after = (self.tracer.with_spectrum(points[k]) for k in (first, middle, last))
        near = may_touch_axis((before, here, after), s[middle] - s[first], s[last] - s[middle])
        for (left, right), suspected in zip(((first, middle), (middle, last)), near, strict=True):
            if suspected:
                self._look_closely(left, right)

    def _look_closely(self, left: int, right: int) -> None:
        """Search one step, or find out on which steps of several a search is worth while."""
        points, s = self.record.points, self.arclength
        if right == left + 1:
            if not self.record.events.get(left):
                self.record.add_events(left, self.detector.examine_closely(points[left], points[right]) or [])
            return
        middle = (left + right) // 2
        before, here, after = (self.tracer.with_spectrum(points[k]) for k in (left, middle, right))
        near = may_touch_axis((before, here, after), s[middle] - s[left], s[right] - s[middle])
        for (first, last), suspected in zip(((left, middle), (middle, right)), near, strict=True):
            self._compare(first, last)
            if suspected:
                self._look_closely(first, last)

    def _compare(self, left: int, right: int) -> None:
        """Find what happened between two points where neither the parameter nor the orientation turned."""
        points = self.record.points
        if right <= left or self.detector.change(points[left], points[right]).is_none:
            return
        if right == left + 1:
            if self.record.events.get(left):
                return
            events = self.detector.examine(points[left], points[right])
            if events is None:
                self._note_kink(points[left])
            self.record.add_events(left, events or [])
            return
        middle = (left + right) // 2
        self._compare(left, middle)
        self._compare(middle, right)

    # ---- ends

    def _leaves(self, here: Point) -> bool:
        return (here.value >= self.family.upper and here.tangent_value > 0) or (
            here.value <= self.family.lower and here.tangent_value < 0
        )

    def _is_inside(self, value: float) -> bool:
        slack = ON_BOUNDARY * self.family.width
        return self.family.lower - slack <= value <= self.family.upper + slack

    def _cut(self, here: Point, ahead: Point, beyond: Event | None = None) -> Point | None:
        """The point where the branch between two points leaves the span, exactly on the boundary."""
        fractions = np.linspace(0, 1, 17)
        if beyond is not None:
            fractions = np.sort(np.append(fractions, self.tracer.fraction(here, ahead, beyond.x, beyond.value)))
        values = [self.tracer.between(here, ahead, t)[1] for t in fractions]
        outside = [k for k, value in enumerate(values) if k and not self.family.contains(value)]
        if not outside:
            return None
        low, high = fractions[outside[0] - 1], fractions[outside[0]]
        bound = self.family.upper if values[outside[0]] > self.family.upper else self.family.lower
        for _ in range(50):
            t = 0.5 * (low + high)
            low, high = (t, high) if self.family.contains(self.tracer.between(here, ahead, t)[1]) else (low, t)
        x, _ = self.tracer.between(here, ahead, high)
        special = self.detector.exactly_at(x, bound)
        if special is not None and not self.detector.examine(here, ahead):
            special = None
        if special is not None:
            self.record.at_end = special
            return Point(special.x, bound, here.tangent_x, here.tangent_value, here.orientation, special.spectrum)
        found = self.tracer.correct(x, bound, (np.zeros_like(x), self.family.width))
        if found is None or found.distance > 0.1 * self.tracer.distance(here, ahead) + 1e-9:
            return None
        return self.tracer.point(found.x, bound, here.tangent, spectrum=True)

    def _closes(self, here: Point, ahead: Point) -> Point | None:
        """The start, if the branch passes it between two points in the direction in which it left."""
        start, metric = self.record.points[0], self.tracer.metric
        if len(self.record.points) < 4 or abs(start.value - here.value) > self.method.step_max * self.family.width:
            return None
        chord = (ahead.x - here.x, ahead.value - here.value)
        squared = metric.product(chord, chord)
        fraction = self.tracer.fraction(here, ahead, start.x, start.value)
        if not 0 <= fraction <= 1 or metric.product(start.tangent, chord) <= 0.5 * np.sqrt(squared):
            return None
        x, value = self.tracer.between(here, ahead, fraction)
        near = metric.length(start.x - x, start.value - value)
        if near > 1e-3 * np.sqrt(squared):
            return None
        found = self.tracer.correct(x, value, start.tangent)
        if found is None:  # the start is a branch point
            return start
        offset = (found.x - start.x, found.value - start.value)
        along = metric.product(offset, start.tangent)
        across = metric.length(offset[0] - along * start.tangent_x, offset[1] - along * start.tangent_value)
        return start if across <= 1e-6 else None

    def _give_up(self, here: Point) -> None:
        lengths = [self.method.step_min * 10.0**k for k in range(7)]
        if not all(np.isfinite(self.family.field(here.x + h * here.tangent_x, here.value)).all() for h in lengths):
            self._stop(Outcome.LEFT_DOMAIN, "the right-hand side is not defined beyond", "a smaller span")
            return
        self._stop(
            Outcome.STEP_TOO_SMALL,
            f"step fell below {self.method.step_min:g}",
            f"PseudoArclength(step_min={self.method.step_min / 100:g}), near a fold or a kink",
        )

    def _stop(self, outcome: Outcome, why: str, hint: str) -> None:
        self.record.outcome = outcome
        where = self.record.points[-1].value
        self.record.notes.append(f"Branch stopped at {self.name} = {where:.8g}: {why}. Try {hint}.")
