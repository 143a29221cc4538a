"""Normal forms of codimension two at a zero eigenvalue, over any kind of number.

- Bogdanov–Takens: w0' = w1, w1' = a w0² + b w0 w1 with A q0 = 0, A q1 = q0, p1ᵀA = 0, p0ᵀA = p1ᵀ, q0·q0 = 1, q1·q0 = 0,
  p0·q0 = p1·q1 = 1, p0·q1 = 0: a = p1·B(q0,q0)/2, b = p0·B(q0,q0) + p1·B(q0,q1).
- The same with the symmetry w -> -w: w1' = β1 w0 + β2 w1 + a w0³ + b w0² w1, from the homological equations
  A h20 = -B(q0,q0), A h11 = h20 - B(q0,q1).
- Cusp: u' = β1 + β2 u + c u³, c = w·(C(v,v,v) + 3 B(v,h))/6, A h = -B(v,v).

Transversality is the determinant of the map from the two parameters to the unfolding: (β1, β2), or at a
Bogdanov–Takens point the map (w, p, q) -> (f, trace, determinant) on the centre manifold.

Sources: Y Kuznetsov, *Elements of Applied Bifurcation Theory*, sections 8.2, 8.4, 8.7; J Carr, *Applications of Centre
Manifold Theory*, chapter 4, for the symmetric case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dynsym.algebra.linear import Algebra, Matrix, NotSimpleError, Vector, transposed
from dynsym.derive.normal_forms.coefficients import combined, dot, sparse_times
from dynsym.derive.normal_forms.taylor import bilinear, trilinear

__all__ = ["CuspForm", "DoubleZeroForm", "TwoParameterData", "cusp_form", "double_zero_form"]


@dataclass(frozen=True)
class TwoParameterData:
    """Taylor coefficients at one point, with the derivatives of f and of A by the two parameters."""

    linear: Matrix
    quadratic: Mapping[tuple[int, int, int], Any]
    cubic: Mapping[tuple[int, int, int, int], Any]
    drives: tuple[Vector, Vector]
    slopes: tuple[Mapping[tuple[int, int], Any], Mapping[tuple[int, int], Any]]


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


@dataclass(frozen=True)
class CuspForm:
    """Coefficients with v as it comes: divide c by v·v (= `square`), multiply the transversality by |v|."""

    v: Vector
    square: Any
    quadratic: Any
    cubic: Any
    transversality: Any


def double_zero_form(data: TwoParameterData, algebra: Algebra, is_zero: Callable[[Any], bool]) -> DoubleZeroForm:
    """At a zero eigenvalue of algebraic multiplicity two with one eigenvector."""
    linear = data.linear
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
    curved, mixed = bilinear(data.quadratic, q0, q0), bilinear(data.quadratic, q0, q1)
    drives = [(dot(p0, f), dot(p1, f)) for f in data.drives]
    moved = []
    for f, (along, across) in zip(data.drives, drives, strict=True):
        rest = combined(combined([-e for e in f], along, q0), across, q1)
        still = all(_surely(is_zero, e) for e in rest)
        h = [0 * e for e in q0] if still else algebra.solve_singular(linear, rest, q0, p1)
        moved.append(combined(h, -dot(p0, h), q0))
    turns = [
        combined(sparse_times(s, q0), 1, bilinear(data.quadratic, q0, h))
        for s, h in zip(data.slopes, moved, strict=True)
    ]
    damps = [
        combined(sparse_times(s, q1), 1, bilinear(data.quadratic, q1, h))
        for s, h in zip(data.slopes, moved, strict=True)
    ]
    beta1 = [dot(p1, turn) for turn in turns]
    beta2 = [dot(p0, turn) + dot(p1, damp) for turn, damp in zip(turns, damps, strict=True)]
    a, b = dot(p1, curved) / 2, dot(p0, curved) + dot(p1, mixed)
    parts = [part for drive in drives for part in drive]
    if any(_surely(lambda x: not is_zero(x), part) for part in parts) or not all(map(is_zero, parts)):
        last = bilinear(data.quadratic, q1, q1)
        zero = 0 * square
        rows = [
            [zero, zero + 1, drives[0][0], drives[1][0]],
            [zero, zero, drives[0][1], drives[1][1]],
            [b, dot(p0, mixed) + dot(p1, last), *beta2],
            [2 * a, dot(p1, mixed), *beta1],
        ]
        return DoubleZeroForm(q0, q1, square, True, False, a, b, _determinant(rows))
    speed = beta1[0] * beta2[1] - beta1[1] * beta2[0]
    if not (is_zero(a) and is_zero(b)):
        return DoubleZeroForm(q0, q1, square, False, False, a, b, speed)
    third = trilinear(data.cubic, q0, q0, q0)
    last = trilinear(data.cubic, q0, q0, q1)
    if data.quadratic:
        h20 = algebra.solve_singular(linear, [-e for e in curved], q0, p1)
        h11 = algebra.solve_singular(linear, combined(h20, -1, mixed), q0, p1)
        third = combined(third, 3, bilinear(data.quadratic, q0, h20))
        last = combined(last, 1, bilinear(data.quadratic, q1, h20))
        last = combined(last, 2, bilinear(data.quadratic, q0, h11))
    a, b = dot(p1, third) / 6, dot(p1, last) / 2 + dot(p0, third) / 2
    return DoubleZeroForm(q0, q1, square, False, True, a, b, speed)


def cusp_form(data: TwoParameterData, algebra: Algebra, is_zero: Callable[[Any], bool]) -> CuspForm:
    """At a simple zero eigenvalue with w·B(v,v) = 0."""
    linear = data.linear
    v, w = algebra.kernel(linear), algebra.kernel(transposed(linear))
    overlap = dot(w, v)
    if is_zero(overlap):
        raise NotSimpleError("zero is a multiple eigenvalue")
    w = [entry / overlap for entry in w]
    curved = bilinear(data.quadratic, v, v)
    quadratic = dot(w, curved)
    terms = trilinear(data.cubic, v, v, v)
    if data.quadratic:
        h = algebra.solve_singular(linear, [-c for c in curved], v, w)
        terms = combined(terms, 3, bilinear(data.quadratic, v, h))
    unfolding = []
    for f, slope in zip(data.drives, data.slopes, strict=True):
        first = dot(w, f)
        h = algebra.solve_singular(linear, combined([-e for e in f], first, v), v, w)
        h = combined(h, -dot(w, h), v)
        second = dot(w, combined(sparse_times(slope, v), 1, bilinear(data.quadratic, v, h)))
        unfolding.append((first, second))
    (p1, p2), (q1, q2) = unfolding
    return CuspForm(v, dot(v, v), quadratic, dot(w, terms) / 6, p1 * q2 - p2 * q1)


def _surely(question: Callable[[Any], bool], number: Any) -> bool:
    """The answer, and no where a ball leaves it open."""
    try:
        return question(number)
    except ArithmeticError:
        return False


def _determinant(rows: list[list[Any]]) -> Any:
    if len(rows) == 1:
        return rows[0][0]
    total: Any = 0
    for j, entry in enumerate(rows[0]):
        minor = [[*row[:j], *row[j + 1 :]] for row in rows[1:]]
        total = total + (entry if j % 2 == 0 else -entry) * _determinant(minor)
    return total
