"""Comparing the spectra along a walk, where they are not computed at each step.

Between two compared points neither the parameter nor the orientation turns; if the unstable dimension differs, the step
on which it changed is found by bisection over the points of the walk.
"""

from __future__ import annotations

from dynsym.compute.continuation.curve import Tracer
from dynsym.compute.continuation.detection import Detector
from dynsym.compute.continuation.record import Walk
from dynsym.compute.continuation.spectrum import may_touch_axis

__all__ = ["Windows"]


class Windows:
    """The points of a walk whose spectra were compared."""

    def __init__(self, record: Walk, detector: Detector, interval: int, first: int) -> None:
        self.record, self.detector, self.interval, self.first = record, detector, interval, first
        self.marks = [first]

    @property
    def tracer(self) -> Tracer:
        return self.detector.tracer

    def after_step(self) -> None:
        """Look at the last step, and at the window that it may close."""
        last = len(self.record.points) - 1
        if last <= self.first:
            return
        if self.interval == 1:
            self._mark(last)
        elif self.detector.flips(self.record.points[last - 1], self.record.points[last]):
            self._compare(self.marks[-1], last - 1)
            self._mark(last - 1)
            self._mark(last)
        elif last - self.marks[-1] >= self.interval:
            self.close()

    def close(self) -> None:
        """Compare the last point with the last one compared."""
        last = len(self.record.points) - 1
        if self.marks[-1] < last and last > self.first:
            self._compare(self.marks[-1], last)
            self._mark(last)

    def _mark(self, position: int) -> None:
        """Compare the spectrum here with the two before it, for eigenvalues that touch the axis between."""
        if self.marks[-1] == position:
            return
        self.marks.append(position)
        if len(self.marks) >= 3:
            first, middle, last = self.marks[-3:]
            for left, right in self._suspected(first, middle, last):
                self._look_closely(left, right)

    def _suspected(self, first: int, middle: int, last: int) -> list[tuple[int, int]]:
        points, s = self.record.points, self.record.arclength
        if s[middle] == s[first] or s[last] == s[middle]:
            return []
        before, here, after = (self.tracer.with_spectrum(points[k]) for k in (first, middle, last))
        near = may_touch_axis((before, here, after), s[middle] - s[first], s[last] - s[middle])
        return [pair for pair, suspected in zip(((first, middle), (middle, last)), near, strict=True) if suspected]

    def _look_closely(self, left: int, right: int) -> None:
        """Search one step, or find out on which steps of several a search is worth while."""
        points = self.record.points
        if right == left + 1:
            if not self.record.events.get(left):
                self.record.add_events(left, self.detector.examine_closely(points[left], points[right]) or [])
            return
        middle = (left + right) // 2
        self._compare(left, middle)
        self._compare(middle, right)
        for pair in self._suspected(left, middle, right):
            self._look_closely(*pair)

    def _compare(self, left: int, right: int) -> None:
        points = self.record.points
        if right <= left or self.detector.change(points[left], points[right]).is_none:
            return
        if right > left + 1:
            middle = (left + right) // 2
            self._compare(left, middle)
            self._compare(middle, right)
        elif not self.record.events.get(left):
            events = self.detector.examine(points[left], points[right])
            if events is None:
                self.record.note_kink(self.tracer.family.parameter, points[left].value)
            self.record.add_events(left, events or [])
