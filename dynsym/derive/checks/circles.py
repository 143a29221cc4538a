"""Taylor coefficients of a field by sampling it on small circles in the complex plane: no derivative is formed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
from mpmath import mpf

__all__ = ["Taylor"]

RADIUS = mpf(10) ** -6
SAMPLES = 8
ORDERS = 4


@cache
def _circle(bits: int) -> tuple[list[Any], list[list[Any]]]:
    """The samples on the unit circle, and for each order the weights of the transform; at a precision."""
    turns = [mpmath.expjpi(mpf(2 * k) / SAMPLES) for k in range(SAMPLES)]
    return turns, [[mpmath.conj(t) ** order / SAMPLES for t in turns] for order in range(ORDERS)]


class Taylor:
    """Taylor coefficients along a direction: f(x + t u) sampled on a circle of t."""

    def __init__(self, field: Callable[[list[Any]], list[Any]], point: list[Any]) -> None:
        self.field = field
        self.point = point
        size = len(point)
        columns = [self.along([mpf(int(i == j)) for i in range(size)])[1] for j in range(size)]
        self.jacobian = mpmath.matrix([[columns[j][i] for j in range(size)] for i in range(size)])

    def along(self, direction: list[Any]) -> list[list[Any]]:
        """Coefficients of t^0 … t^3 of f(x + t u)."""
        length = max(abs(u) for u in direction)
        radius = RADIUS / (length if length else 1)
        turns, weights = _circle(mpmath.mp.prec)
        is_real = all(mpmath.im(u) == 0 for u in direction)
        values: list[list[Any]] = []
        for k, t in enumerate(turns):
            if is_real and k > SAMPLES // 2:
                values.append([mpmath.conj(y) for y in values[SAMPLES - k]])
            else:
                values.append(self.field([x + radius * t * u for x, u in zip(self.point, direction, strict=True)]))
        columns = [list(column) for column in zip(*values, strict=True)]
        return [
            [mpmath.fdot(column, weight) / radius**order for column in columns] for order, weight in enumerate(weights)
        ]

    def quadratic(self, u: list[Any], v: list[Any]) -> list[Any]:
        """B(u, v) by polarisation."""
        if u == v:
            return [2 * c for c in self.along(u)[2]]
        plus = self.along([a + b for a, b in zip(u, v, strict=True)])[2]
        minus = self.along([a - b for a, b in zip(u, v, strict=True)])[2]
        return [(p - m) / 2 for p, m in zip(plus, minus, strict=True)]

    def cubic(self, u: list[Any], v: list[Any]) -> list[Any]:
        """C(u, u, v) by polarisation."""
        if u == v:
            return [6 * c for c in self.along(u)[3]]
        plus = self.along([a + b for a, b in zip(u, v, strict=True)])[3]
        minus = self.along([a - b for a, b in zip(u, v, strict=True)])[3]
        alone = self.along(v)[3]
        return [p - m - 2 * a for p, m, a in zip(plus, minus, alone, strict=True)]
