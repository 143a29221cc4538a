"""What a condition states, field by field, beside the number that the right-hand side alone gives for it.

Nothing of the derivation is used: Taylor coefficients are read off circles, eigenvalues come from a numerical solver,
and coefficients from these by their textbook formulas. A field is compared by one function of `COMPARISONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
from mpmath import mpc, mpf
from sympy import Expr, Symbol

from dynsym.arithmetic.digits import Program, number_of
from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.numbers import (
    critical_vectors,
    cubic_coefficient,
    dot,
    double_zero,
    fifth_order,
    first_lyapunov,
    fold_coefficient,
    null_vector,
)
from dynsym.derive.checks.samples import TOLERANCE, SkipError
from dynsym.results import BifurcationCondition

__all__ = ["COMPARISONS", "CheckedPoint", "Comparison", "absent"]

STEP = mpf(10) ** -10
OFF_AXIS = mpf(10) ** -8
SIMPLE_ZERO = ("fold", "transcritical", "pitchfork", "cusp")
DOUBLE_ZERO = ("bogdanov_takens", "z2_bogdanov_takens")


@dataclass(frozen=True)
class Comparison:
    """A number that is stated, and the same one found independently."""

    what: str
    stated: Any
    found: Any
    is_of_place: bool = False
    """Whether it asks if the state is an equilibrium at all."""

    @property
    def difference(self) -> Any:
        return abs(self.stated - self.found) / (1 + abs(self.found))

    @property
    def agrees(self) -> bool:
        return bool(self.difference <= TOLERANCE)


class CheckedPoint:
    """A system at one point of a condition, in numbers; `stated` holds those of the condition's fields."""

    def __init__(
        self,
        condition: BifurcationCondition,
        moving: Program,
        parameter: Symbol,
        numbers: Mapping[Any, Any],
        place: list[Any],
        stated: Mapping[str, Any],
        branch: list[Expr] | None,
    ) -> None:
        self.condition, self.moving, self.branch, self.parameter = condition, moving, branch, parameter
        self.numbers, self.place, self.stated = numbers, place, stated
        self.critical_value = numbers[parameter]
        self.taylor = Taylor(self.field, self.place)
        self.frequency = stated.get("frequency", mpf(0))

    def field(self, place: list[Any]) -> list[Any]:
        """The right-hand side at the critical value of the parameter."""
        return self.moving([*place, self.critical_value])

    @cached_property
    def nearest(self) -> Any:
        """The eigenvalue nearest to the one that is stated."""
        own = self.taylor.jacobian
        values = mpmath.eig(own, left=False, right=False) if len(self.place) > 1 else [own[0, 0]]
        return min(values, key=lambda z: abs(z - mpc(0, self.frequency)))

    @cached_property
    def vectors(self) -> tuple[list[Any], list[Any]]:
        """The critical left and right eigenvectors."""
        return critical_vectors(self.taylor.jacobian, self.nearest)


def _equilibrium(point: CheckedPoint) -> Iterator[Comparison]:
    scale = 1 + max(abs(x) for x in point.place)
    rest = max(abs(r) for r in point.field(point.place)) / scale
    yield Comparison("the right-hand side", mpf(0), rest, is_of_place=True)


def _eigenvalue(point: CheckedPoint) -> Iterator[Comparison]:
    if point.condition.kind in (*SIMPLE_ZERO, "hopf"):
        yield Comparison("the critical eigenvalue", mpc(0, point.frequency), point.nearest)
    else:
        # Several eigenvalues may meet there, and each is ill-conditioned alone: the matrix is singular.
        shifted = point.taylor.jacobian - mpc(0, point.frequency) * mpmath.eye(len(point.place))
        singular = mpmath.svd_c(shifted, compute_uv=False)
        yield Comparison("the critical eigenvalue", mpf(0), min(singular) / (1 + max(singular)))
    if point.condition.kind in DOUBLE_ZERO:
        jacobian = point.taylor.jacobian
        found = dot(null_vector(jacobian), null_vector(jacobian.T))
        yield Comparison("the product of the critical vectors", mpf(0), found)


def _values(point: CheckedPoint) -> Iterator[Comparison]:
    """The same said twice: by a formula, by digits, as a float."""
    condition = point.condition
    if "solution" in point.stated:
        yield Comparison("the solution", point.stated["solution"], point.critical_value)
    if condition.value is not None:
        yield Comparison("the value", mpf(condition.value), point.critical_value)
    if condition.coefficient_value is not None and "coefficient" in point.stated:
        yield Comparison("the value of the coefficient", mpf(condition.coefficient_value), point.stated["coefficient"])


def _coefficient(point: CheckedPoint) -> Iterator[Comparison]:
    kind, stated = point.condition.kind, point.stated
    if kind in DOUBLE_ZERO and {"a", "b"} <= set(point.condition.coefficients):
        own = [stated["coefficients.a"], stated["coefficients.b"]]
        vanishing, found = double_zero(point.taylor, is_odd=kind != DOUBLE_ZERO[0])
        yield Comparison("the quadratic part", mpf(0), max(map(abs, vanishing), default=mpf(0)))
        if kind == DOUBLE_ZERO[0] and found[0] * own[0] < 0:
            found = [-c for c in found]
        for name, claimed, other in zip("ab", own, found, strict=True):
            yield Comparison(f"the normal form coefficient {name}", claimed, other)
    if "coefficient" not in stated or kind not in (*SIMPLE_ZERO, "hopf"):
        return
    what = "the normal form coefficient"
    left, right = point.vectors
    if kind == "hopf":
        yield Comparison(what, stated["coefficient"], first_lyapunov(point.taylor, point.frequency, left, right))
    elif kind in {"fold", "transcritical"}:
        # The orientation of the mode is a convention where no entry is known to be the largest.
        found = fold_coefficient(point.taylor, left, right)
        yield Comparison(what, abs(stated["coefficient"]), abs(found))
    else:
        yield Comparison("the quadratic coefficient", mpf(0), fold_coefficient(point.taylor, left, right))
        yield Comparison(what, stated["coefficient"], cubic_coefficient(point.taylor, left, right))
    if "coefficients.quintic" in stated:
        found = fifth_order(point.field, point.place, point.taylor.jacobian, left, right)
        yield Comparison("the quintic coefficient", stated["coefficients.quintic"], found)


def _drive(point: CheckedPoint) -> Iterator[Comparison]:
    """How the parameter acts on the critical mode at rest: it drives a fold, and nothing that persists."""
    if point.condition.kind not in {"fold", "transcritical", "pitchfork"} or "coefficient" not in point.stated:
        return
    above, below = (point.moving([*point.place, point.critical_value + side * STEP]) for side in (1, -1))
    left, right = point.vectors
    along = [(a - b) / (2 * STEP) for a, b in zip(above, below, strict=True)]
    found = abs(dot(left, along)) * mpmath.sqrt(abs(dot(right, right)))
    stated = abs(point.stated.get("transversality", found)) if point.condition.kind == "fold" else mpf(0)
    yield Comparison("the drive of the critical mode", stated, found)


def _speed(point: CheckedPoint) -> Iterator[Comparison]:
    """Real part of the derivative of the eigenvalue by the parameter, along the branch of equilibria."""
    if (
        point.branch is None
        or "transversality" not in point.stated
        or point.condition.kind
        not in (
            "transcritical",
            "pitchfork",
            "hopf",
        )
    ):
        return
    jacobians = []
    for side in (1, -1):
        parameter = point.critical_value + side * STEP
        place = [number_of(state, {**point.numbers, point.parameter: parameter}) for state in point.branch]
        jacobians.append(Taylor(lambda x, p=parameter: point.moving([*x, p]), place).jacobian)  # type: ignore[misc]
    left, right = point.vectors
    change = (jacobians[0] - jacobians[1]) / (2 * STEP) * mpmath.matrix(right)
    yield Comparison("the speed of the eigenvalue", point.stated["transversality"], mpmath.re(dot(left, list(change))))


COMPARISONS: tuple[Callable[[CheckedPoint], Iterator[Comparison]], ...] = (
    _equilibrium,
    _eigenvalue,
    _values,
    _drive,
    _coefficient,
    _speed,
)


def absent(point: CheckedPoint) -> Comparison:
    """Outside the constraints of a Hopf point no pair may be on the axis."""
    if point.condition.kind != "hopf" or point.condition.frequency is None:
        raise SkipError
    values = mpmath.eig(point.taylor.jacobian, left=False, right=False)
    pairs = [abs(mpmath.re(z)) for z in values if abs(mpmath.im(z)) > OFF_AXIS]
    there = any(distance < OFF_AXIS for distance in pairs)
    return Comparison("an imaginary pair exists outside the constraints", mpf(0), mpf(int(there)))
