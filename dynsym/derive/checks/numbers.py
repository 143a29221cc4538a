"""Normal form coefficients in mpmath, from Taylor coefficients that were read off circles: textbook formulas."""

from __future__ import annotations

from typing import Any

import mpmath
from mpmath import mpf

from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.samples import real_number

__all__ = ["critical_vectors", "dot", "fifth_order", "first_lyapunov", "zero_coefficient"]

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


def zero_coefficient(kind: str, taylor: Taylor, left: list[Any], right: list[Any]) -> Any:
    phase = max(right, key=abs)
    turn = abs(phase) / phase
    v, w = [mpmath.re(x * turn) for x in right], [mpmath.re(x / turn) for x in left]
    curvature = taylor.quadratic(v, v)
    if kind != "pitchfork":
        return real_number(dot(w, curvature) / 2)
    size = taylor.jacobian.rows
    # A rank-one shift along the critical mode makes the matrix regular and leaves the solution as it is.
    regular = taylor.jacobian + mpmath.matrix([[v[i] * w[j] for j in range(size)] for i in range(size)])
    h = solved(regular, [-c for c in curvature])
    terms = taylor.cubic(v, v)
    bent = taylor.quadratic(v, h)
    return real_number(dot(w, [t + 3 * b for t, b in zip(terms, bent, strict=True)]) / 6)


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
