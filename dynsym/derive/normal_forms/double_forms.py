"""Normal forms of codimension two at a zero eigenvalue, over any kind of number.

Bogdanov–Takens with A q0 = 0, A q1 = q0, p1ᵀA = 0, p0ᵀA = p1ᵀ, q0·q0 = 1, q1·q0 = 0, p0·q0 = p1·q1 = 1, p0·q1 = 0, the
same with the symmetry w -> -w, and the cusp; the formulas are those of `dynsym.algebra.normal_forms`.

Transversality is the determinant of the map from the two parameters to the unfolding: (β1, β2) of
w1' = β1 w0 + β2 w1 + … or u' = β1 + β2 u + …, or at a Bogdanov–Takens point the map (w, p, q) -> (f, trace,
determinant) on the centre manifold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from dynsym.algebra.linear import NotSimpleError, Vector, transposed
from dynsym.algebra.normal_forms import (
    cubic_coefficient,
    double_zero_coefficients,
    quadratic_coefficient,
    symmetric_double_zero_coefficients,
)
from dynsym.derive.normal_forms.coefficients import (
    CriticalData,
    ZeroForm,
    combined,
    critical_mode,
    dot,
    singular_solver,
    surely,
)
from dynsym.derive.normal_forms.numbers import Numbers

__all__ = ["DoubleZeroForm", "cusp_form", "double_zero_form"]


@dataclass(frozen=True)
class DoubleZeroForm:
    """Coefficients with q0 as it comes: divide a, b by |q0|, or, with the symmetry, by q0·q0 (= `square`)."""

    q0: Vector
    q1: Vector
    square: Any
    is_driven: bool
    is_symmetric: bool
    a: Any
    b: Any
    transversality: Any


def double_zero_form(data: CriticalData, numbers: Numbers) -> DoubleZeroForm:
    """At a zero eigenvalue of algebraic multiplicity two with one eigenvector."""
    algebra, is_zero, linear = numbers.algebra, numbers.is_zero, data.linear
    q0, p1 = algebra.kernel(linear), algebra.kernel(transposed(linear))
    q1 = algebra.solve_singular(linear, list(q0), q0, p1)
    square = dot(q0, q0)
    q1 = combined(q1, -dot(q1, q0) / square, q0)
    overlap = dot(p1, q1)
    if is_zero(overlap):
        raise NotSimpleError("zero is an eigenvalue of multiplicity three or more")
    p1 = [entry / overlap for entry in p1]
    p0 = algebra.solve_singular(transposed(linear), list(p1), p1, q0)
    p0 = combined(p0, -dot(p0, q1), p1)
    onto_0, onto_1, second = partial(dot, p0), partial(dot, p1), data.second
    drives = [(onto_0(f), onto_1(f)) for f in data.drives]
    solve = singular_solver(linear, numbers, q0, p1)
    moved = []
    for f, (along, across) in zip(data.drives, drives, strict=True):
        h = solve(combined(combined([-e for e in f], along, q0), across, q1))
        moved.append(combined(h, -onto_0(h), q0))
    beta1 = [data.speed(onto_1, q0, h, k) for k, h in enumerate(moved)]
    beta2 = [data.speed(onto_0, q0, h, k) + data.speed(onto_1, q1, h, k) for k, h in enumerate(moved)]
    a, b = double_zero_coefficients(onto_0, onto_1, second, q0, q1)
    parts = [part for drive in drives for part in drive]
    if any(surely(lambda x: not is_zero(x), part) for part in parts) or not all(map(is_zero, parts)):
        mixed, last = second(q0, q1), second(q1, q1)
        zero = 0 * square
        rows = [
            [zero, zero + 1, drives[0][0], drives[1][0]],
            [zero, zero, drives[0][1], drives[1][1]],
            [b, onto_0(mixed) + onto_1(last), *beta2],
            [2 * a, onto_1(mixed), *beta1],
        ]
        return DoubleZeroForm(q0, q1, square, True, False, a, b, _determinant(rows))
    speed = beta1[0] * beta2[1] - beta1[1] * beta2[0]
    if not (is_zero(a) and is_zero(b)):
        return DoubleZeroForm(q0, q1, square, False, False, a, b, speed)
    a, b = symmetric_double_zero_coefficients(
        onto_0, onto_1, data.bent, data.third, q0, q1, solve, lambda x, y: combined(x, 1, y)
    )
    return DoubleZeroForm(q0, q1, square, False, True, a, b, speed)


def cusp_form(data: CriticalData, numbers: Numbers) -> ZeroForm:
    """At a simple zero eigenvalue with w·B(v,v) = 0; multiply the transversality by |v|."""
    v, left, solve = critical_mode(data, numbers)
    unfolding = []
    for k, f in enumerate(data.drives):
        first = left(f)
        h = solve(combined([-e for e in f], first, v))
        unfolding.append((first, data.speed(left, v, combined(h, -left(h), v), k)))
    (p1, p2), (q1, q2) = unfolding
    cubic = cubic_coefficient(left, data.bent, data.third, v, solve)
    return ZeroForm(v, dot(v, v), quadratic_coefficient(left, data.second, v), cubic, p1 * q2 - p2 * q1)


def _determinant(rows: list[list[Any]]) -> Any:
    if len(rows) == 1:
        return rows[0][0]
    total: Any = 0
    for j, entry in enumerate(rows[0]):
        minor = [[*row[:j], *row[j + 1 :]] for row in rows[1:]]
        total = total + (entry if j % 2 == 0 else -entry) * _determinant(minor)
    return total
