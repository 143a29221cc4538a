"""Reaching an equilibrium from a state where Newton's method fails: G(x, t) = F(x) - (1 - t) F(start), t from 0 to 1.

The start solves G = 0 at t = 0 whatever it is, also where J is singular, and the curve of solutions turns round
folds on its way to t = 1 (M. Hirsch, S. Smale, "On algorithms for solving f(x) = 0", 1979).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.defining_systems import null_vectors
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import PseudoArclength
from dynsym.compute.continuation.walking import walk

__all__ = ["reach_equilibrium"]

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class _Homotopy:
    """G as a family over t."""

    family: OneParameterField
    value: float
    offset: Array
    lower: float = -1.0
    upper: float = 1.0
    width: float = 1.0
    parameter: str = "t"

    @property
    def dimension(self) -> int:
        return self.family.dimension

    def contains(self, t: float) -> bool:
        return self.lower <= t <= self.upper

    def field(self, x: Array, t: float) -> Array:
        return self.family.field(x, self.value) - (1 - t) * self.offset

    def jacobian(self, x: Array, t: float) -> Array:
        return self.family.jacobian(x, self.value)

    def parameter_derivative(self, x: Array, t: float) -> Array:
        return self.offset


def reach_equilibrium(family: OneParameterField, x: Array, value: float) -> Array | None:
    """The equilibrium nearest to a state among those at the two ends of its homotopy curve; None if there is none."""
    offset = family.field(x, value)
    if not np.isfinite(offset).all():
        return None
    homotopy = _Homotopy(family, value, offset)
    tracer = Tracer.around(homotopy, PseudoArclength(max_steps=1000, step_max=0.1), x)  # type: ignore[arg-type]
    matrix = np.column_stack([family.jacobian(x, value), offset])
    direction = null_vectors(matrix, 0)[0][:, -1]
    length = tracer.metric.length(direction[:-1], direction[-1])
    tangent_x, tangent_value = direction[:-1] / length, float(direction[-1] / length)
    start = tracer.point(x, 0.0, (tangent_x, tangent_value), spectrum=False)
    if start is None:
        return None
    found = []
    for point in (start, start.reversed()):
        last: Point = walk(tracer, point, events_from=1_000_000).points[-1]
        if last.value == homotopy.upper:
            found.append(last.x)
    return min(found, key=lambda end: float(np.linalg.norm(end - x)), default=None)
