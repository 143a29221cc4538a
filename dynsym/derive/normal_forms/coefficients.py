"""Normal forms at a simple critical point from sparse Taylor coefficients, over any kind of number.

At a zero eigenvalue ``u' = w·f_p dp + τ dp u + a u² + c u³`` (Lyapunov–Schmidt); at an imaginary pair Re G21, with
A q = iω q, Aᵀp = -iω p, p̄·q = 1. The formulas are those of `dynsym.algebra.normal_forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import permutations
from typing import Any

from sympy import Expr

from dynsym.algebra.linear import Matrix, NotSimpleError, Vector, dense, transposed
from dynsym.algebra.normal_forms import crossing_speed, cubic_coefficient, pair_coefficient, quadratic_coefficient
from dynsym.derive.normal_forms.numbers import Numbers
from dynsym.derive.normal_forms.taylor import TaylorExpansion, TaylorTable

__all__ = [
    "CriticalData",
    "HopfForm",
    "ZeroForm",
    "combined",
    "critical_data",
    "critical_mode",
    "dot",
    "hopf_form",
    "singular_solver",
    "surely",
    "vector_of",
    "zero_form",
]


@dataclass(frozen=True)
class CriticalData:
    """The Taylor coefficients at one critical point as numbers of one kind, with f_p and A_p for each parameter.

    `branch` is the derivative of the equilibrium by the first parameter, or None where only bordering can tell; then
    `twice` may be the second derivative of f by it.
    """

    linear: Matrix
    quadratic: Mapping[tuple[int, int, int], Any]
    cubic: Mapping[tuple[int, int, int, int], Any]
    drives: Sequence[Vector]
    slopes: Sequence[Mapping[tuple[int, int], Any]]
    branch: Vector | None = None
    twice: Vector | None = None

    def second(self, u: Vector, v: Vector) -> Vector:
        """B(u, v) from the ascending second derivatives."""
        total: Vector = [0] * len(u)
        for (i, j, k), entry in self.quadratic.items():
            product = u[j] * v[k] if j == k else u[j] * v[k] + u[k] * v[j]
            total[i] = total[i] + entry * product
        return total

    @property
    def bent(self) -> Callable[[Vector, Vector], Vector] | None:
        """`second`; None where it vanishes."""
        return self.second if self.quadratic else None

    def third(self, u: Vector, v: Vector, w: Vector) -> Vector:
        """C(u, v, w) from the ascending third derivatives."""
        total: Vector = [0] * len(u)
        for (i, *places), entry in self.cubic.items():
            product = sum(u[j] * v[k] * w[m] for j, k, m in sorted(set(permutations(places))))
            total[i] = total[i] + entry * product
        return total

    def speed(self, left: Callable[[Vector], Any], v: Vector, drift: Vector, parameter: int = 0) -> Any:
        """The derivative of the eigenvalue by one of the parameters, the equilibrium moving along `drift`."""
        return crossing_speed(left, self.changed(v, parameter), self.second, v, drift)

    def changed(self, v: Vector, parameter: int = 0) -> Vector:
        """A_p v for one of the parameters."""
        total: Vector = [0] * len(v)
        for (i, j), entry in self.slopes[parameter].items():
            total[i] = total[i] + entry * v[j]
        return total


def vector_of(entries: Mapping[int, Expr], size: int, numbers: Numbers) -> Vector:
    return [numbers.of(entries[i]) if i in entries else numbers.zero for i in range(size)]


def critical_data(
    *expansions: TaylorExpansion | TaylorTable,
    size: int,
    numbers: Numbers,
    branch: Vector | None = None,
    twice: Vector | None = None,
) -> CriticalData:
    """Expansions at one point, one for each parameter, as numbers of one kind."""
    convert = cache(numbers.of)

    def table(entries: Mapping[Any, Expr]) -> dict[Any, Any]:
        return {place: convert(entry) for place, entry in entries.items()}

    own = expansions[0]
    return CriticalData(
        dense(table(own.linear), size, numbers.zero),
        table(own.quadratic),
        table(own.cubic),
        [vector_of(e.by_parameter, size, numbers) for e in expansions],
        [table(e.linear_by_parameter) for e in expansions],
        branch,
        twice,
    )


@dataclass(frozen=True)
class ZeroForm:
    """Coefficients with v as it comes (`square` = v·v); divide the quadratic by |v| and the cubic by v·v.

    Where two branches of equilibria may cross and neither is known, `discriminant` is the square of the transversality
    on them, (τ + a s) s + c = 0 for their directions h + s v, or negative where there are none.
    """

    v: Vector
    square: Any
    quadratic: Any
    cubic: Any = None
    transversality: Any = None
    drive: Any = None
    discriminant: Any = None


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


def surely(question: Callable[[Any], bool], number: Any) -> bool:
    """The answer, and no where a ball leaves it open."""
    try:
        return question(number)
    except ArithmeticError:
        return False


def singular_solver(linear: Matrix, numbers: Numbers, v: Vector, w: Vector) -> Callable[[Vector], Vector]:
    """Solutions where v and w span the kernels: 0 for what is surely 0."""

    def solve(right: Vector) -> Vector:
        still = all(surely(numbers.is_zero, entry) for entry in right)
        return [0] * len(v) if still else numbers.algebra.solve_singular(linear, right, v, w)

    return solve


def critical_mode(
    data: CriticalData, numbers: Numbers
) -> tuple[Vector, Callable[[Vector], Any], Callable[[Vector], Vector]]:
    """v, the map x -> w·x with w·v = 1, and a solver, at a simple zero eigenvalue."""
    v, w = numbers.algebra.kernel(data.linear), numbers.algebra.kernel(transposed(data.linear))
    overlap = dot(w, v)
    if numbers.is_zero(overlap):
        raise NotSimpleError("zero is a multiple eigenvalue")
    return v, lambda x: dot(w, x) / overlap, singular_solver(data.linear, numbers, v, w)


def zero_form(data: CriticalData, numbers: Numbers) -> ZeroForm:
    """Lyapunov–Schmidt reduction at a one-dimensional kernel.

    The cubic coefficient is worked out only where the quadratic one vanishes, and the transversality only where an
    equilibrium persists (w·f_p = 0); they are None elsewhere.
    """
    v, left, solve = critical_mode(data, numbers)
    drive, quadratic = left(data.drives[0]), quadratic_coefficient(left, data.second, v)
    cubic = transversality = discriminant = None
    if numbers.is_zero(quadratic):
        cubic = cubic_coefficient(left, data.bent, data.third, v, solve)
    if numbers.is_zero(drive):
        branch = solve([-f for f in data.drives[0]]) if data.branch is None else data.branch
        transversality = data.speed(left, v, branch)
        if data.branch is None and data.twice is not None and not numbers.is_zero(quadratic):
            bent = left(data.twice) + 2 * left(data.changed(branch)) + left(data.second(branch, branch))
            discriminant = transversality * transversality - 2 * quadratic * bent
    return ZeroForm(v, dot(v, v), quadratic, cubic, transversality, drive, discriminant)


def hopf_form(data: CriticalData, numbers: Numbers) -> HopfForm:
    """First Lyapunov coefficient and transversality at the simple pair ±iω."""
    algebra, pair, real = numbers.algebra, numbers.pair, numbers.real
    q = algebra.kernel(_shifted(data.linear, pair, 1))
    w = algebra.kernel(_shifted(transposed(data.linear), pair, 1))
    bar = [numbers.conjugate(entry) for entry in q]
    left, overlap = partial(dot, w), dot(w, q)
    solve = partial(algebra.solve, data.linear)
    g21 = pair_coefficient(
        left, data.bent, data.third, q, bar, solve, lambda x: algebra.solve(_shifted(data.linear, 2 * pair, -1), x)
    )
    branch = solve([-f for f in data.drives[0]]) if data.branch is None else data.branch
    speed = data.speed(left, q, branch)
    return HopfForm(q, real(g21 / overlap / real(dot(q, bar))), real(speed / overlap))


def _shifted(matrix: Matrix, shift: Any, sign: int) -> Matrix:
    """sign (A - shift): A - shift for sign 1, shift - A for sign -1."""
    return [
        [sign * (entry - shift) if i == j else sign * entry for j, entry in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
