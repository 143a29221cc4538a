"""Where a branch leaves its span, and where it closes."""

from __future__ import annotations

import numpy as np

from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.detection import Detector
from dynsym.compute.continuation.events import Event
from dynsym.compute.continuation.family import OneParameterField

__all__ = ["closing_point", "end_on_boundary", "is_inside", "points_outwards"]

ON_BOUNDARY = 1e-9
"""Special points this close to an end of the span, relative to its width, count as inside."""
CLOSE = 1e-6
"""Distance at which a branch has returned to its start."""


def points_outwards(family: OneParameterField, here: Point) -> bool:
    """Whether a branch leaves the span from an end of it."""
    rises, falls = here.tangent_value > 0, here.tangent_value < 0
    return (here.value >= family.upper and rises) or (here.value <= family.lower and falls)


def is_inside(family: OneParameterField, value: float) -> bool:
    """Whether a value lies in the span, up to rounding."""
    slack = ON_BOUNDARY * family.width
    return family.lower - slack <= value <= family.upper + slack


def end_on_boundary(
    detector: Detector, here: Point, ahead: Point, beyond: Event | None = None
) -> tuple[Point, Event | None] | None:
    """The point exactly on the boundary where the branch between two points leaves the span; its special point if any.

    `beyond` is a special point outside, where the branch turns back between the two points.
    """
    tracer, family = detector.tracer, detector.tracer.family
    fractions = np.linspace(0, 1, 17)
    if beyond is not None:
        fractions = np.sort(np.append(fractions, tracer.fraction(here, ahead, beyond.x, beyond.value)))
    values = [tracer.between(here, ahead, t)[1] for t in fractions]
    outside = [k for k, value in enumerate(values) if k and not family.contains(value)]
    if not outside:
        return None
    low, high = fractions[outside[0] - 1], fractions[outside[0]]
    bound = family.upper if values[outside[0]] > family.upper else family.lower
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if family.contains(tracer.between(here, ahead, middle)[1]) else (low, middle)
    x, _ = tracer.between(here, ahead, high)
    special = detector.exactly_at(x, bound)
    if special is not None and detector.examine(here, ahead):
        end = Point(special.x, bound, here.tangent_x, here.tangent_value, here.orientation, special.spectrum)
        return end, special
    found = tracer.correct(x, bound, (np.zeros_like(x), family.width))
    if found is None or found.distance > 0.1 * tracer.distance(here, ahead) + 1e-9:
        return None
    point = tracer.point(found.x, bound, here.tangent, spectrum=True)
    return None if point is None else (point, None)


def closing_point(tracer: Tracer, start: Point, here: Point, ahead: Point) -> Point | None:
    """The start, if the branch passes it between two points in the direction in which it left."""
    metric = tracer.metric
    chord = (ahead.x - here.x, ahead.value - here.value)
    length = metric.length(*chord)
    fraction = tracer.fraction(here, ahead, start.x, start.value)
    if not 0 <= fraction <= 1 or metric.product(start.tangent, chord) <= 0.5 * length:
        return None
    x, value = tracer.between(here, ahead, fraction)
    if metric.length(start.x - x, start.value - value) > 1e-3 * length:
        return None
    found = tracer.correct(x, value, start.tangent)
    if found is None:  # the start is a branch point
        return start
    offset = (found.x - start.x, found.value - start.value)
    along = metric.product(offset, start.tangent)
    across = metric.length(offset[0] - along * start.tangent_x, offset[1] - along * start.tangent_value)
    return start if across <= CLOSE else None
