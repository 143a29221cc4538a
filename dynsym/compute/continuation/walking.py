"""Following a branch in one direction: predictor, corrector, control of the step length."""

from __future__ import annotations

import math

import numpy as np

from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.detection import Detector
from dynsym.compute.continuation.ends import closing_point, end_on_boundary, is_inside, points_outwards
from dynsym.compute.continuation.events import Event
from dynsym.compute.continuation.record import Walk
from dynsym.compute.continuation.windows import Windows
from dynsym.results.outcome import Outcome

__all__ = ["walk"]

TURN_AIMED = 0.12
"""Turn of the tangent, in radians, at which the step length is kept."""
KINK = 1e-6
"""A step this short may turn by any angle: it has met a kink, not another branch."""
TOO_NEAR = 1e-8
"""Relative distance to the imaginary axis at which a step is made again with another length,"""
NUDGES = (1.6, 2.0, 2.0, 2.0, 0.2)
"""each time multiplied by one of these, to pass the special point if possible."""
STRAIGHT = 0.4
"""Allowed difference between a chord and the mean of the tangents at its ends, in the states alone."""


def walk(tracer: Tracer, start: Point, *, events_from: int = 0) -> Walk:
    """Follow a branch from a point along its tangent."""
    return _Walker(tracer, start, events_from).run()


class _Walker:
    def __init__(self, tracer: Tracer, start: Point, events_from: int) -> None:
        self.tracer, self.method, self.family = tracer, tracer.method, tracer.family
        self.squared_size = 1 / tracer.metric.state
        self.bound = self.method.state_bound * math.sqrt(self.squared_size)
        self.interval = self.method.spectrum_interval(self.family.dimension)
        self.first = events_from
        self.record = Walk([start])
        self.detector = Detector(tracer)
        self.windows = Windows(self.record, self.detector, self.interval, events_from)

    def run(self) -> Walk:
        step, nudges = self.method.step, 0
        while self.record.outcome is Outcome.FINISHED:
            here = self.record.points[-1]
            if points_outwards(self.family, here):
                self.record.outcome = Outcome.REACHED_BOUNDARY
                break
            if len(self.record.points) > self.method.max_steps:
                why = f"{self.method.max_steps} steps were made"
                self._stop(Outcome.MAX_STEPS, why, "PseudoArclength(max_steps=20_000)")
                break
            ahead, smooth, turn, newton = self._step(here, step)
            if ahead is not None and nudges < len(NUDGES) and _is_blurred(ahead) and not _is_blurred(here):
                step *= NUDGES[nudges]
                nudges += 1
                continue
            if ahead is None or not self._accept(here, ahead, step, smooth):
                step = 0.5 * step
                if step < self.method.step_min:
                    self._give_up(here)
                continue
            nudges = 0
            here.factors = None
            self._rescale()
            growth = TURN_AIMED / max(turn, 1e-12) if newton <= 6 else 0.7
            step = min(self.method.step_max, step * min(1.6, max(0.5, growth)))
        self.windows.close()
        return self.record

    def _step(self, here: Point, step: float) -> tuple[Point | None, bool, float, int]:
        """The corrected point, whether the step is smooth, the turn of the tangent, the number of Newton steps."""
        found = self.tracer.correct(*self._predict(here, step), here.tangent, here.factors)
        if found is None or found.distance > 2 * step:
            return None, False, 0.0, 0
        ahead = self.tracer.point(found.x, found.value, here.tangent, spectrum=self.interval == 1)
        if ahead is None:
            return None, False, 0.0, 0
        ahead.blurred = found.flat
        turn = math.acos(min(1.0, self.tracer.metric.product(here.tangent, ahead.tangent)))
        smooth = turn <= self.method.turn_max and self._is_straight(here, ahead)
        return ahead, smooth, turn, found.steps

    def _predict(self, here: Point, step: float) -> tuple[np.ndarray, float]:
        """The parabola through the last two points and the tangent here."""
        x, value = here.x + step * here.tangent_x, here.value + step * here.tangent_value
        if len(self.record.points) < 2:
            return x, value
        before, length = self.record.points[-2], self.record.arclength[-1] - self.record.arclength[-2]
        if not length > 0:
            return x, value
        bend = 0.5 * step * step / length
        x = x + bend * (here.tangent_x - before.tangent_x)
        return x, value + bend * (here.tangent_value - before.tangent_value)

    def _is_straight(self, here: Point, ahead: Point) -> bool:
        """Whether the states move as the tangents at both ends say; a jump to another branch does not."""
        chord, length = ahead.x - here.x, self.tracer.distance(here, ahead)
        before, after = 0.5 * length * here.tangent_x, 0.5 * length * ahead.tangent_x
        size = _norm(chord) + _norm(before) + _norm(after)
        floor = 1e-3 * length / math.sqrt(self.tracer.metric.state)
        return _norm(chord - before - after) <= STRAIGHT * size + floor

    def _accept(self, here: Point, ahead: Point, step: float, smooth: bool) -> bool:
        """Append a step with what happened on it; False if it must be made again, shorter."""
        if not smooth and step > KINK:
            return False
        if not self.family.contains(ahead.value):
            return self._end(here, ahead, None)
        events = self._events(here, ahead)
        if events is None and step > KINK and not (_is_blurred(here) or _is_blurred(ahead)):
            return False
        outside = next((event for event in events or () if not is_inside(self.family, event.value)), None)
        if outside is not None:
            return self._end(here, ahead, outside)
        closing = self._closing(here, ahead)
        if closing is not None:
            ahead, events = closing, self._events(here, closing)
            self.record.outcome = Outcome.CLOSED_LOOP
        self._append(here, ahead, events)
        if ahead.x.dot(ahead.x) > self.bound**2:
            why = f"a state grew beyond {self.bound:.3g}"
            self._stop(Outcome.BLOW_UP, why, "PseudoArclength(state_bound=1e6)")
        return True

    def _end(self, here: Point, ahead: Point, beyond: Event | None) -> bool:
        """Append the point on the boundary; False if it cannot be reached from here."""
        found = end_on_boundary(self.detector, here, ahead, beyond)
        if found is None:
            return False
        end, self.record.at_end = found
        self._append(here, end, [] if self.record.at_end is not None else self._events(here, end))
        self.record.outcome = Outcome.REACHED_BOUNDARY
        return True

    def _closing(self, here: Point, ahead: Point) -> Point | None:
        start = self.record.points[0]
        if len(self.record.points) < 4 or abs(start.value - here.value) > self.method.step_max * self.family.width:
            return None
        return closing_point(self.tracer, start, here, ahead)

    def _events(self, here: Point, ahead: Point) -> list[Event] | None:
        """The special points on a step, as far as they can be told without further spectra; None if unexplained."""
        if len(self.record.points) <= self.first or (self.interval > 1 and not self.detector.flips(here, ahead)):
            return []
        return self.detector.examine(here, ahead)

    def _append(self, here: Point, ahead: Point, events: list[Event] | None) -> None:
        if events is None:
            self.record.note_kink(self.family.parameter, here.value)
        self.record.add_events(len(self.record.points) - 1, events or [])
        self.record.points.append(ahead)
        self.record.arclength.append(self.record.arclength[-1] + self.tracer.distance(here, ahead))
        self.windows.after_step()

    def _rescale(self) -> None:
        """Measure the states by their present size once this has doubled."""
        last = self.record.points[-1]
        if last.x.dot(last.x) <= 4 * self.squared_size:
            return
        tracer = Tracer.around(self.family, self.method, last.x)
        if tracer.metric.state < 0.25 * self.tracer.metric.state:
            self.tracer = self.detector.tracer = tracer
            self.squared_size = 1 / tracer.metric.state
            self.record.points[-2:] = map(tracer.normalised, self.record.points[-2:])

    def _give_up(self, here: Point) -> None:
        lengths = [self.method.step_min * 10.0**k for k in range(7)]
        if not all(np.isfinite(self.family.field(here.x + h * here.tangent_x, here.value)).all() for h in lengths):
            self._stop(Outcome.LEFT_DOMAIN, "the right-hand side is not defined beyond", "a smaller span")
            return
        why, smaller = f"step fell below {self.method.step_min:g}", self.method.step_min / 100
        self._stop(Outcome.STEP_TOO_SMALL, why, f"PseudoArclength(step_min={smaller:g}), near a fold or a kink")

    def _stop(self, outcome: Outcome, why: str, hint: str) -> None:
        self.record.stop(outcome, self.family.parameter, why, hint)


def _is_blurred(point: Point) -> bool:
    """Whether a point is so near to a special point that signs of its eigenvalues are those of rounding errors."""
    return point.blurred or (point.spectrum is not None and point.spectrum.margin < TOO_NEAR)


def _norm(vector: np.ndarray) -> float:
    return math.sqrt(vector.dot(vector))
