"""Normal forms at a simple critical point from sparse Taylor coefficients, over any kind of number.

At a zero eigenvalue ``u' = w·f_p dp + τ dp u + a u² + c u³`` (Lyapunov–Schmidt); at an imaginary pair Re G21, with
A q = iω q, Aᵀp = -iω p, p̄·q = 1. The formulas are those of `dynsym.algebra.normal_forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dynsym.algebra.linear import Algebra, Matrix, Vector, transposed
from dynsym.algebra.normal_forms import crossing_speed, cubic_coefficient, pair_coefficient, quadratic_coefficient
from dynsym.derive.normal_forms.taylor import bilinear, trilinear

__all__ = ["CriticalData", "HopfForm", "ZeroForm", "combined", "dot", "hopf_form", "sparse_times", "zero_form"]


@dataclass(frozen=True)
class CriticalData:
    """The Taylor coefficients at one critical point, as numbers of one kind.

    `branch` is the derivative of the equilibrium by the parameter, or None where only bordering can tell.
    """

    linear: Matrix
    quadratic: Mapping[tuple[int, int, int], Any]
    cubic: Mapping[tuple[int, int, int, int], Any]
    by_parameter: Vector
    linear_by_parameter: Mapping[tuple[int, int], Any]
    branch: Vector | None


@dataclass(frozen=True)
class ZeroForm:
    """Coefficients with v as it comes (`square` = v·v); divide the quadratic by |v| and the cubic by v·v."""

    v: Vector
    w: Vector
    overlap: Any
    square: Any
    drive: Any
    quadratic: Any
    cubic: Any
    transversality: Any


@dataclass(frozen=True)
class HopfForm:
    """q as it comes, Re G21 and the speed of the real part, both already normalised."""

    q: Vector
    real_g21: Any
    transversality: Any


def dot(u: Vector, v: Vector) -> Any:
    total: Any = 0
    for a, b in zip(u, v, strict=True):
        total = total + a * b
    return total


def combined(u: Vector, factor: Any, v: Vector) -> Vector:
    return [a + factor * b for a, b in zip(u, v, strict=True)]


def sparse_times(entries: Mapping[tuple[int, int], Any], v: Vector) -> Vector:
    total: Vector = [0] * len(v)
    for (i, j), entry in entries.items():
        total[i] = total[i] + entry * v[j]
    return total


def zero_form(data: CriticalData, algebra: Algebra, is_zero: Callable[[Any], bool]) -> ZeroForm:
    """Lyapunov–Schmidt reduction at a one-dimensional kernel.

    The cubic coefficient is worked out only where the quadratic one vanishes, and the transversality only where an
    equilibrium persists (w·f_p = 0); they are None elsewhere.
    """
    v = algebra.kernel(data.linear)
    w = algebra.kernel(transposed(data.linear))
    overlap, square = dot(w, v), dot(v, v)
    none = ZeroForm(v, w, overlap, square, None, None, None, None)
    if is_zero(overlap):
        return none

    def solve(right: Vector) -> Vector:
        still = all(map(is_zero, right))
        return [0] * len(v) if still else algebra.solve_singular(data.linear, right, v, w)

    left, second, third = partial(dot, w), partial(bilinear, data.quadratic), partial(trilinear, data.cubic)
    drive = left(data.by_parameter) / overlap
    quadratic = quadratic_coefficient(left, second, v) / overlap
    cubic = transversality = None
    if is_zero(quadratic):
        cubic = cubic_coefficient(left, second, third, v, solve) / overlap
    if is_zero(drive):
        branch = solve([-f for f in data.by_parameter]) if data.branch is None else data.branch
        changed = sparse_times(data.linear_by_parameter, v)
        transversality = crossing_speed(left, changed, second, v, branch) / overlap
    return ZeroForm(v, w, overlap, square, drive, quadratic, cubic, transversality)


def hopf_form(
    data: CriticalData, pair: Any, algebra: Algebra, conjugate: Callable[[Any], Any], real_part: Callable[[Any], Any]
) -> HopfForm:
    """First Lyapunov coefficient and transversality at the simple pair ±iω, `pair` = iω."""
    size = len(data.linear)
    q = algebra.kernel(_shifted(data.linear, pair, 1))
    w = algebra.kernel(_shifted(transposed(data.linear), pair, 1))
    bar = [conjugate(entry) for entry in q]
    overlap = dot(w, q)
    left, second = partial(dot, w), partial(bilinear, data.quadratic)
    g21 = pair_coefficient(
        left,
        second if data.quadratic else None,
        partial(trilinear, data.cubic),
        q,
        bar,
        partial(algebra.solve, data.linear),
        lambda right: algebra.solve(_shifted(data.linear, 2 * pair, -1), right),
    )
    g21 = g21 / overlap / real_part(dot(q, bar))
    branch = data.branch
    if branch is None:
        moved = algebra.solve(data.linear, data.by_parameter) if data.by_parameter else [0] * size
        branch = [-entry for entry in moved]
    speed = crossing_speed(left, sparse_times(data.linear_by_parameter, q), second, q, branch)
    return HopfForm(q, real_part(g21), real_part(speed / overlap))


def _shifted(matrix: Matrix, shift: Any, sign: int) -> Matrix:
    """sign (A - shift): A - shift for sign 1, shift - A for sign -1."""
    return [
        [sign * (entry - shift) if i == j else sign * entry for j, entry in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
