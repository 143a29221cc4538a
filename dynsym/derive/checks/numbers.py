"""Normal form coefficients in mpmath, from Taylor coefficients that were read off circles: textbook formulas."""

from __future__ import annotations

from typing import Any

import mpmath
from mpmath import mpf

from dynsym.derive.checks.circles import Taylor

__all__ = [
    "branching",
    "critical_vectors",
    "cubic_coefficient",
    "dot",
    "double_zero",
    "fifth_order",
    "first_lyapunov",
    "fold_coefficient",
    "multiplicity",
    "null_vector",
    "solved",
    "turned",
]

DIGITS = 40
CIRCLE = 12
REDUCED_RADIUS = mpf(10) ** -3
ITERATIONS = 14
NOISE = mpf(10) ** -26
ROUGH = mpf(10) ** -20


def critical_vectors(jacobian: Any, eigenvalue: Any) -> tuple[list[Any], list[Any]]:
    """Left and right eigenvectors, with right length one and left·right = 1 (no conjugation), by inverse iteration."""
    size = jacobian.rows
    shifted = jacobian - (eigenvalue + mpf(10) ** -(DIGITS // 2)) * mpmath.eye(size)
    # Exponentials of different rationals have no algebraic relation: no algebraic mode is orthogonal to them.
    right = mpmath.matrix([mpmath.exp(mpf(1) / (k + 2)) for k in range(size)])
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


def turned(left: list[Any], right: list[Any], along: list[Any]) -> tuple[list[Any], list[Any]]:
    """Real multiples of the vectors of a zero eigenvalue, w and v, the product of v and `along` positive."""
    turn = dot(right, along)
    turn = abs(turn) / turn
    return [mpmath.re(x / turn) for x in left], [mpmath.re(x * turn) for x in right]


def fold_coefficient(taylor: Taylor, w: list[Any], v: list[Any]) -> Any:
    """w·B(v,v)/2."""
    return dot(w, taylor.quadratic(v, v)) / 2


def regular(matrix: Any, w: list[Any], v: list[Any]) -> Any:
    """The matrix shifted along its critical mode, which leaves solutions of solvable equations as they are."""
    size = matrix.rows
    return matrix + mpmath.matrix([[v[i] * w[j] for j in range(size)] for i in range(size)])


def cubic_coefficient(taylor: Taylor, w: list[Any], v: list[Any]) -> Any:
    """w·(C(v,v,v) + 3 B(v,h))/6 with A h = -B(v,v)."""
    h = solved(regular(taylor.jacobian, w, v), [-c for c in taylor.quadratic(v, v)])
    return dot(w, plus(taylor.cubic(v, v), 3, taylor.quadratic(v, h))) / 6


def branching(taylor: Taylor, w: list[Any], v: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """Of u' = β1 + β2 u + …, the changes of β1 and of β2 by each parameter, and how the state moves."""
    beta1 = [dot(w, f) for f in taylor.drives]
    matrix = regular(taylor.jacobian, w, v)
    drifts = [solved(matrix, plus([-e for e in f], b, v)) for f, b in zip(taylor.drives, beta1, strict=True)]
    return beta1, [dot(w, taylor.moved(k, h, v)) for k, h in enumerate(drifts)], drifts


def plus(u: list[Any], factor: Any, v: list[Any]) -> list[Any]:
    return [a + factor * b for a, b in zip(u, v, strict=True)]


def _bordered(matrix: Any, right: list[Any], last: Any) -> list[Any]:
    """The solution of a system with a one-dimensional kernel, with a row and a column that make it regular."""
    size = matrix.rows
    table = mpmath.zeros(size + 1)
    for i in range(size):
        for j in range(size):
            table[i, j] = matrix[i, j]
        table[i, size] = mpmath.exp(mpf(1) / (i + 2))
        table[size, i] = mpmath.exp(-mpf(1) / (i + 2))
    return solved(table, [*right, last])[:size]


def null_vector(matrix: Any) -> list[Any]:
    """The vector of length one that a matrix with a one-dimensional kernel takes to zero."""
    vector = _bordered(matrix, [mpf(0)] * matrix.rows, mpf(1))
    length = mpmath.sqrt(dot(vector, vector))
    return [entry / length for entry in vector]


def double_zero(taylor: Taylor, along: list[Any]) -> tuple[Any, Any, tuple[Any, Any], tuple[Any, Any], Any, Any]:
    """How strongly f is driven, the quadratic part, (a, b) of both normal forms, and both transversalities."""
    matrix = taylor.jacobian
    q0, p1 = null_vector(matrix), null_vector(matrix.T)
    q0 = q0 if dot(q0, along) > 0 else [-entry for entry in q0]
    q1 = _bordered(matrix, q0, mpf(0))
    q1 = plus(q1, -dot(q1, q0), q0)
    p1 = [entry / dot(p1, q1) for entry in p1]
    p0 = _bordered(matrix.T, p1, mpf(0))
    p0 = plus(p0, -dot(p0, q1), p1)
    curved, mixed, last = taylor.quadratic(q0, q0), taylor.quadratic(q0, q1), taylor.quadratic(q1, q1)
    a, b = dot(p1, curved) / 2, dot(p0, curved) + dot(p1, mixed)
    drives = [(dot(p0, f), dot(p1, f)) for f in taylor.drives]
    beta1, beta2 = [], []
    for k, f in enumerate(taylor.drives):
        h = _bordered(matrix, plus(plus([-e for e in f], drives[k][0], q0), drives[k][1], q1), mpf(0))
        h = plus(h, -dot(p0, h), q0)
        beta1.append(dot(p1, taylor.moved(k, h, q0)))
        beta2.append(dot(p0, taylor.moved(k, h, q0)) + dot(p1, taylor.moved(k, h, q1)))
    h20 = _bordered(matrix, [-c for c in curved], mpf(0))
    h11 = _bordered(matrix, plus(h20, -1, mixed), mpf(0))
    third = plus(taylor.cubic(q0, q0), 3, taylor.quadratic(q0, h20))
    fourth = plus(taylor.cubic(q0, q1), 1, taylor.quadratic(q1, h20))
    fourth = plus(fourth, 2, taylor.quadratic(q0, h11))
    odd = dot(p1, third) / 6, dot(p1, fourth) / 2 + dot(p0, third) / 2
    speed = driven = mpf(0)
    if len(drives) == 2:
        rows = [[0, 1, *(d[0] for d in drives)], [0, 0, *(d[1] for d in drives)]]
        rows += [[b, dot(p0, mixed) + dot(p1, last), *beta2], [2 * a, dot(p1, mixed), *beta1]]
        driven, speed = mpmath.det(mpmath.matrix(rows)), beta1[0] * beta2[1] - beta1[1] * beta2[0]
    strength = max(abs(part) for drive in drives for part in drive)
    return strength, max(abs(a), abs(b)), (a, b), odd, driven, speed


def fifth_order(taylor: Taylor, w: list[Any], v: list[Any]) -> Any:
    """The coefficient of u^5 in the equation of Lyapunov and Schmidt, which is solved by iteration on a circle of u."""
    size, total = len(v), mpf(0)
    point, parameters = taylor.point[:size], taylor.point[size:]
    inverse = mpmath.inverse(regular(taylor.jacobian, w, v))
    for k in range(CIRCLE):
        u = REDUCED_RADIUS * mpmath.expjpi(mpf(2 * k) / CIRCLE)
        rest = [mpf(0)] * size
        for _ in range(ITERATIONS):
            rates = taylor.field([*(x + u * a + b for x, a, b in zip(point, v, rest, strict=True)), *parameters])
            along = dot(w, rates)
            step = inverse * mpmath.matrix([r - along * a for r, a in zip(rates, v, strict=True)])
            rest = [b - s for b, s in zip(rest, step, strict=True)]
        moved = [x + u * a + b for x, a, b in zip(point, v, rest, strict=True)]
        total += dot(w, taylor.field([*moved, *parameters])) / u**5
    return mpmath.re(total) / CIRCLE


def _solved_unless_still(matrix: Any, right: list[Any]) -> list[Any]:
    """A solution; none is looked for where the right-hand side vanishes, and the matrix may be singular there."""
    return solved(matrix, right) if max(map(abs, right)) > ROUGH else [mpf(0)] * matrix.rows


def first_lyapunov(taylor: Taylor, omega: Any, left: list[Any], right: list[Any]) -> Any:
    bar = [mpmath.conj(x) for x in right]
    size = taylor.jacobian.rows
    mean = _solved_unless_still(taylor.jacobian, taylor.quadratic(right, bar))
    double = _solved_unless_still(2j * omega * mpmath.eye(size) - taylor.jacobian, taylor.quadratic(right, right))
    terms = taylor.cubic(right, bar)
    first = taylor.quadratic(right, mean)
    second = taylor.quadratic(bar, double)
    g21 = dot(left, [t - 2 * a + b for t, a, b in zip(terms, first, second, strict=True)])
    return mpmath.re(g21) / (2 * omega)


def multiplicity(jacobian: Any, values: list[Any], eigenvalue: Any) -> int:
    """How often an eigenvalue occurs: a k-fold one comes out of arithmetic spread as wide as the k-th root of noise."""
    largest = mpmath.mnorm(jacobian)
    scale = largest if largest > ROUGH else mpf(1)
    distances = sorted(abs(z - eigenvalue) / scale for z in values)
    return max((k for k, distance in enumerate(distances, 1) if distance**k < NOISE), default=0)
