"""Normal form coefficients at a simple critical point, over any kind of number.

The Jacobian is A, B and C are the second and third derivatives; w and v are the left and right critical vectors.

- Zero eigenvalue (Lyapunov–Schmidt): ``u' = w·f_p dp + τ dp u + a u² + c u³`` with a = w·B(v,v)/2 and
  c = w·(C(v,v,v) + 3 B(v,h))/6, A h = -B(v,v), for v·v = w·v = 1.
- Imaginary pair: l1 = Re G21/(2ω), G21 = p̄·(C(q,q,q̄) - 2 B(q, A⁻¹B(q,q̄)) + B(q̄, (2iω - A)⁻¹B(q,q))) with A q = iω q,
  Aᵀp = -iω p, q̄·q = p̄·q = 1.

Sources: Y Kuznetsov, *Elements of Applied Bifurcation Theory*, section 5.4; M Golubitsky and D Schaeffer,
*Singularities and Groups in Bifurcation Theory* I, chapter I.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dynsym.algebra.linear import Algebra, Matrix, Vector, transposed
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
    drive = dot(w, data.by_parameter) / overlap
    curvature = bilinear(data.quadratic, v, v)
    quadratic = dot(w, curvature) / (2 * overlap)
    cubic = transversality = None
    if is_zero(quadratic):
        h = algebra.solve_singular(data.linear, [-c for c in curvature], v, w) if _any(curvature, is_zero) else None
        terms = trilinear(data.cubic, v, v, v)
        if h is not None:
            terms = combined(terms, 3, bilinear(data.quadratic, v, h))
        cubic = dot(w, terms) / (6 * overlap)
    if is_zero(drive):
        branch = data.branch
        if branch is None:
            moved = _any(data.by_parameter, is_zero)
            branch = (
                algebra.solve_singular(data.linear, [-f for f in data.by_parameter], v, w) if moved else [0] * len(v)
            )
        speed = combined(sparse_times(data.linear_by_parameter, v), 1, bilinear(data.quadratic, v, branch))
        transversality = dot(w, speed) / overlap
    return ZeroForm(v, w, overlap, square, drive, quadratic, cubic, transversality)


def _any(vector: Vector, is_zero: Callable[[Any], bool]) -> bool:
    return any(not is_zero(entry) for entry in vector)


def hopf_form(
    data: CriticalData, pair: Any, algebra: Algebra, conjugate: Callable[[Any], Any], real_part: Callable[[Any], Any]
) -> HopfForm:
    """First Lyapunov coefficient and transversality at the simple pair ±iω, `pair` = iω."""
    size = len(data.linear)
    q = algebra.kernel(_shifted(data.linear, pair, 1))
    w = algebra.kernel(_shifted(transposed(data.linear), pair, 1))
    bar = [conjugate(entry) for entry in q]
    overlap = dot(w, q)
    terms = trilinear(data.cubic, q, q, bar)
    if data.quadratic:
        mean = algebra.solve(data.linear, bilinear(data.quadratic, q, bar))
        double = algebra.solve(_shifted(data.linear, 2 * pair, -1), bilinear(data.quadratic, q, q))
        terms = combined(terms, -2, bilinear(data.quadratic, q, mean))
        terms = combined(terms, 1, bilinear(data.quadratic, bar, double))
    g21 = dot(w, terms) / overlap / real_part(dot(q, bar))
    branch = data.branch
    if branch is None:
        moved = algebra.solve(data.linear, data.by_parameter) if data.by_parameter else [0] * size
        branch = [-entry for entry in moved]
    speed = combined(sparse_times(data.linear_by_parameter, q), 1, bilinear(data.quadratic, q, branch))
    return HopfForm(q, real_part(g21), real_part(dot(w, speed) / overlap))


def _shifted(matrix: Matrix, shift: Any, sign: int) -> Matrix:
    """sign (A - shift): A - shift for sign 1, shift - A for sign -1."""
    return [
        [sign * (entry - shift) if i == j else sign * entry for j, entry in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
