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
SHRINKING = 1000
MOST_SHRINKINGS = 5
TAIL = mpf(10) ** -20
"""Largest share of the highest order on a circle that is well inside the domain of convergence."""


@cache
def _circle(bits: int) -> tuple[list[Any], list[list[Any]]]:
    """The samples on the unit circle, and for each order the weights of the transform; at a precision."""
    turns = [mpmath.expjpi(mpf(2 * k) / SAMPLES) for k in range(SAMPLES)]
    return turns, [[mpmath.conj(t) ** order / SAMPLES for t in turns] for order in range(SAMPLES)]


class Taylor:
    """Taylor coefficients along a direction: f(x + t u) sampled on a circle of t.

    The last coordinates of a point, after as many as f has entries, are parameters; a shorter direction leaves them.
    """

    def __init__(self, field: Callable[[list[Any]], list[Any]], point: list[Any]) -> None:
        self.field, self.point = field, point
        self._steepness = mpf(0)
        columns = [self.along([mpf(int(i == j)) for i in range(len(point))])[1] for j in range(len(point))]
        size = len(columns[0])
        self.jacobian = mpmath.matrix([[columns[j][i] for j in range(size)] for i in range(size)])
        self.drives = columns[size:]
        self._steepness = max(abs(entry) for column in columns for entry in column)

    def along(self, direction: list[Any]) -> list[list[Any]]:
        """Coefficients of t^0 … t^3 of f(x + t u), from a circle on which the orders decay."""
        radius = RADIUS / (max(abs(u) for u in direction) or 1)
        for _ in range(MOST_SHRINKINGS):
            terms, largest = self._terms(direction, radius)
            noise = 1024 * mpmath.mp.eps * max(largest, self._steepness * radius)
            sizes = [max(map(abs, term)) for term in terms[1:]]
            if sizes[-1] <= TAIL * max(sizes) + noise:
                break
            radius /= SHRINKING
        found = [[c / radius**order for c in term] for order, term in enumerate(terms[:ORDERS])]
        is_real = all(mpmath.im(u) == 0 for u in direction)
        return [[mpmath.re(c) for c in term] for term in found] if is_real else found

    def _terms(self, direction: list[Any], radius: Any) -> tuple[list[list[Any]], Any]:
        """The terms c_k r^k of all orders that the samples on a circle tell apart, and the largest sample."""
        turns, weights = _circle(mpmath.mp.prec)
        is_real = all(mpmath.im(u) == 0 for u in direction)
        values: list[list[Any]] = []
        for k, t in enumerate(turns):
            if is_real and k > SAMPLES // 2:
                values.append([mpmath.conj(y) for y in values[SAMPLES - k]])
            else:
                moved = [x + radius * t * u for x, u in zip(self.point, direction, strict=False)]
                values.append(self.field([*moved, *self.point[len(direction) :]]))
        columns = [list(column) for column in zip(*values, strict=True)]
        largest = max(abs(y) for column in columns for y in column)
        return [[mpmath.fdot(column, weight) for column in columns] for weight in weights], largest

    def quadratic(self, u: list[Any], v: list[Any]) -> list[Any]:
        """B(u, v) by polarisation."""
        if u == v:
            return [2 * c for c in self.along(u)[2]]
        plus = self.along([a + b for a, b in zip(u, v, strict=True)])[2]
        minus = self.along([a - b for a, b in zip(u, v, strict=True)])[2]
        return [(p - m) / 2 for p, m in zip(plus, minus, strict=True)]

    def moved(self, parameter: int, drift: list[Any], v: list[Any]) -> list[Any]:
        """What a parameter changes of J v as the state moves along `drift`: f_px v + B(drift, v)."""
        further = [mpf(int(k == parameter)) for k in range(len(self.drives))]
        return self.quadratic([*drift, *further], [*v, *(0 * x for x in further)])

    def cubic(self, u: list[Any], v: list[Any]) -> list[Any]:
        """C(u, u, v) by polarisation."""
        if u == v:
            return [6 * c for c in self.along(u)[3]]
        plus = self.along([a + b for a, b in zip(u, v, strict=True)])[3]
        minus = self.along([a - b for a, b in zip(u, v, strict=True)])[3]
        alone = self.along(v)[3]
        return [p - m - 2 * a for p, m, a in zip(plus, minus, alone, strict=True)]
