"""Normal form coefficients in mpmath, from Taylor coefficients that were read off circles: textbook formulas."""

from __future__ import annotations

from typing import Any

import mpmath
from mpmath import mpf

from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.samples import real_number

__all__ = [
    "critical_vectors",
    "cubic_coefficient",
    "dot",
    "double_zero",
    "fifth_order",
    "first_lyapunov",
    "fold_coefficient",
    "null_vector",
]

DIGITS = 40
CIRCLE = 12
REDUCED_RADIUS = mpf(10) ** -3
ITERATIONS = 14


def critical_vectors(jacobian: Any, eigenvalue: Any) -> tuple[list[Any], list[Any]]:
    """Left and right eigenvectors, with right length one and left·right = 1 (no conjugation), by inverse iteration."""
    size = jacobian.rows
    shifted = jacobian - (eigenvalue + mpf(10) ** -(DIGITS // 2)) * mpmath.eye(size)
    right = mpmath.matrix([mpf(1) / (k + 2) for k in range(size)])
    left = right.copy()
    inverse = mpmath.inverse(shifted)
    for _ in range(3):
        right, left = inverse * right, inverse.T * left
        right, left = right / mpmath.norm(right), left / mpmath.norm(left)
    overlap = mpmath.fsum(a * b for a, b in zip(left, right, strict=True))
    return [a / overlap for a in left], list(right)


def dot(u: list[Any], v: list[Any]) -> Any:
    return mpmath.fsum(a * b for a, b in zip(u, v, strict=True))


def solved(matrix: Any, right: list[Any]) -> list[Any]:
    return list(mpmath.lu_solve(matrix, mpmath.matrix(right)))


def _critical_real(left: list[Any], right: list[Any]) -> tuple[list[Any], list[Any]]:
    """Real multiples of the vectors of a zero eigenvalue: w, v."""
    phase = max(right, key=abs)
    turn = abs(phase) / phase
    return [mpmath.re(x / turn) for x in left], [mpmath.re(x * turn) for x in right]


def fold_coefficient(taylor: Taylor, left: list[Any], right: list[Any]) -> Any:
    """w·B(v,v)/2."""
    w, v = _critical_real(left, right)
    return real_number(dot(w, taylor.quadratic(v, v)) / 2)


def cubic_coefficient(taylor: Taylor, left: list[Any], right: list[Any]) -> Any:
    """w·(C(v,v,v) + 3 B(v,h))/6 with A h = -B(v,v)."""
    w, v = _critical_real(left, right)
    curvature = taylor.quadratic(v, v)
    size = taylor.jacobian.rows
    # A rank-one shift along the critical mode makes the matrix regular and leaves the solution as it is.
    regular = taylor.jacobian + mpmath.matrix([[v[i] * w[j] for j in range(size)] for i in range(size)])
    h = solved(regular, [-c for c in curvature])
    return real_number(dot(w, plus(taylor.cubic(v, v), 3, taylor.quadratic(v, h))) / 6)


def plus(u: list[Any], factor: Any, v: list[Any]) -> list[Any]:
    return [a + factor * b for a, b in zip(u, v, strict=True)]


def _bordered(matrix: Any, right: list[Any], last: Any) -> list[Any]:
    """The solution of a system with a one-dimensional kernel, with a row and a column that make it regular."""
    size = matrix.rows
    table = mpmath.zeros(size + 1)
    for i in range(size):
        for j in range(size):
            table[i, j] = matrix[i, j]
        table[i, size] = mpmath.sqrt(i + 2)
        table[size, i] = mpmath.sqrt(2 * i + 3)
    return solved(table, [*right, last])[:size]


def null_vector(matrix: Any) -> list[Any]:
    """The vector of length one that a matrix with a one-dimensional kernel takes to zero."""
    vector = _bordered(matrix, [mpf(0)] * matrix.rows, mpf(1))
    length = mpmath.sqrt(dot(vector, vector))
    return [entry / length for entry in vector]


def double_zero(taylor: Taylor, *, is_odd: bool) -> tuple[list[Any], list[Any]]:
    """What must vanish, and a, b of the normal form; up to a common sign where that is quadratic."""
    matrix = taylor.jacobian
    q0, p1 = null_vector(matrix), null_vector(matrix.T)
    q1 = _bordered(matrix, q0, mpf(0))
    q1 = plus(q1, -dot(q1, q0), q0)
    p1 = [entry / dot(p1, q1) for entry in p1]
    p0 = _bordered(matrix.T, p1, mpf(0))
    p0 = plus(p0, -dot(p0, q1), p1)
    curved, mixed = taylor.quadratic(q0, q0), taylor.quadratic(q0, q1)
    found = [real_number(c) for c in (dot(p1, curved) / 2, dot(p0, curved) + dot(p1, mixed))]
    if not is_odd:
        return [], found
    h20 = _bordered(matrix, [-c for c in curved], mpf(0))
    h11 = _bordered(matrix, plus(h20, -1, mixed), mpf(0))
    third = plus(taylor.cubic(q0, q0), 3, taylor.quadratic(q0, h20))
    last = plus(taylor.cubic(q0, q1), 1, taylor.quadratic(q1, h20))
    last = plus(last, 2, taylor.quadratic(q0, h11))
    return found, [dot(p1, third) / 6, dot(p1, last) / 2 + dot(p0, third) / 2]


def fifth_order(field: Any, point: list[Any], jacobian: Any, left: list[Any], right: list[Any]) -> Any:
    """The coefficient of u^5 in the equation of Lyapunov and Schmidt, which is solved by iteration on a circle of u."""
    turn = mpmath.sqrt(dot(right, right))
    v, w = [x / turn for x in right], [x * turn for x in left]
    size = len(point)
    regular = jacobian + mpmath.matrix([[v[i] * w[j] for j in range(size)] for i in range(size)])
    inverse = mpmath.inverse(regular)
    total = mpf(0)
    for k in range(CIRCLE):
        u = REDUCED_RADIUS * mpmath.expjpi(mpf(2 * k) / CIRCLE)
        rest = [mpf(0)] * size
        for _ in range(ITERATIONS):
            rates = field([x + u * a + b for x, a, b in zip(point, v, rest, strict=True)])
            along = dot(w, rates)
            step = inverse * mpmath.matrix([r - along * a for r, a in zip(rates, v, strict=True)])
            rest = [b - s for b, s in zip(rest, step, strict=True)]
        total += dot(w, field([x + u * a + b for x, a, b in zip(point, v, rest, strict=True)])) / u**5
    return mpmath.re(total) / CIRCLE


def first_lyapunov(taylor: Taylor, omega: Any, left: list[Any], right: list[Any]) -> Any:
    bar = [mpmath.conj(x) for x in right]
    size = taylor.jacobian.rows
    mean = solved(taylor.jacobian, taylor.quadratic(right, bar))
    double = solved(2j * omega * mpmath.eye(size) - taylor.jacobian, taylor.quadratic(right, right))
    terms = taylor.cubic(right, bar)
    first = taylor.quadratic(right, mean)
    second = taylor.quadratic(bar, double)
    g21 = dot(left, [t - 2 * a + b for t, a, b in zip(terms, first, second, strict=True)])
    return mpmath.re(g21) / (2 * omega)
