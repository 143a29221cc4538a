"""The record of a branch followed in one direction."""

from __future__ import annotations

from dataclasses import dataclass, field

from dynsym.compute.continuation.curve import Point
from dynsym.compute.continuation.events import Event
from dynsym.results.outcome import Outcome

__all__ = ["Walk"]


@dataclass(eq=False)
class Walk:
    """The points of a branch in one direction, the events after each of them, and how the walk ended.

    `at_end` is the special point that the last point itself is, if any; `arclength` measures to each point.
    """

    points: list[Point]
    events: dict[int, list[Event]] = field(default_factory=dict)
    outcome: Outcome = Outcome.FINISHED
    notes: list[str] = field(default_factory=list)
    at_end: Event | None = None
    arclength: list[float] = field(default_factory=lambda: [0.0])

    def add_events(self, position: int, events: list[Event]) -> None:
        """Put special points after the point at a position."""
        if events:
            self.events.setdefault(position, []).extend(events)

    def note_kink(self, parameter: str, value: float) -> None:
        """Say that the stability changes without a special point."""
        self.notes.append(
            f"At {parameter} = {value:.8g} the stability changes and no smooth bifurcation explains it. "
            "This is a kink, or a point of high degeneracy. Try to perturb the system there."
        )

    def stop(self, outcome: Outcome, parameter: str, why: str, hint: str) -> None:
        """End the walk, and say where and why."""
        self.outcome = outcome
        self.notes.append(f"Branch stopped at {parameter} = {self.points[-1].value:.8g}: {why}. Try {hint}.")

    def in_order(self) -> list[Point | Event]:
        """Points and special points from the start to the end."""
        rows: list[Point | Event] = []
        for position, point in enumerate(self.points[:-1]):
            rows += [point, *self.events.get(position, [])]
        return [*rows, self.at_end or self.points[-1]]
