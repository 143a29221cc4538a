"""What a condition states, field by field, beside what the right-hand side alone gives for it.

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
    branching,
    critical_vectors,
    cubic_coefficient,
    dot,
    double_zero,
    fifth_order,
    first_lyapunov,
    fold_coefficient,
    multiplicity,
    solved,
    turned,
)
from dynsym.derive.checks.samples import TOLERANCE
from dynsym.results import BifurcationCondition

__all__ = ["COMPARISONS", "KINDS", "CheckedPoint", "Comparison"]

STEP = mpf(10) ** -10
NEAR = mpf(10) ** -6
SIMPLE_ZERO = ("fold", "transcritical", "pitchfork", "cusp")
DOUBLE_ZERO = ("bogdanov_takens", "z2_bogdanov_takens")
CODIMENSION_TWO = ("cusp", *DOUBLE_ZERO)
KINDS = (*SIMPLE_ZERO, *DOUBLE_ZERO, "zero_eigenvalue", "hopf", "degenerate")


@dataclass(frozen=True)
class Comparison:
    """What is stated, a number or a word, and the same found independently."""

    what: str
    stated: Any
    found: Any

    @property
    def difference(self) -> Any:
        if isinstance(self.found, str) or isinstance(self.stated, str):
            return mpf(int(self.stated != self.found))
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
        parameters: list[Symbol],
        numbers: Mapping[Any, Any],
        place: list[Any],
        stated: Mapping[Any, Any],
        branch: list[Expr] | None,
    ) -> None:
        self.condition, self.moving, self.parameters, self.branch = condition, moving, parameters, branch
        self.numbers, self.place, self.stated = numbers, place, stated
        self.critical_values = [numbers[parameter] for parameter in parameters]
        self.taylor = Taylor(moving, [*place, *self.critical_values])
        self.frequency = stated.get("frequency", mpf(0))
        self.is_zero = "frequency" not in stated
        self.is_followed = self.is_random = True

    @cached_property
    def mode(self) -> list[Any] | None:
        """The critical mode as it is stated, where it is for every state."""
        if set(self.condition.mode or {}) != set(self.condition.at):
            return None
        return [self.stated["mode", name] for name in self.condition.at]

    @cached_property
    def spectrum(self) -> list[Any]:
        own = self.taylor.jacobian
        return list(mpmath.eig(own, left=False, right=False)) if len(self.place) > 1 else [own[0, 0]]

    @cached_property
    def multiplicity(self) -> int:
        return multiplicity(self.taylor.jacobian, self.spectrum, mpc(0, self.frequency))

    @cached_property
    def vectors(self) -> tuple[list[Any], list[Any]]:
        """The critical left and right eigenvectors; real ones at a zero eigenvalue, along the mode that is stated."""
        nearest = min(self.spectrum, key=lambda z: abs(z - mpc(0, self.frequency)))
        left, right = critical_vectors(self.taylor.jacobian, nearest)
        if not self.is_zero:
            return left, right
        largest = max(right, key=abs)
        return turned(left, right, self.mode or [mpmath.conj(largest) * int(x is largest) for x in right])

    @cached_property
    def branching(self) -> tuple[list[Any], list[Any], list[Any]]:
        """What the parameters do to the equation of the critical mode."""
        return branching(self.taylor, *self.vectors)

    @cached_property
    def quadratic(self) -> Any:
        return fold_coefficient(self.taylor, *self.vectors)

    @cached_property
    def cubic(self) -> Any:
        return cubic_coefficient(self.taylor, *self.vectors)

    @cached_property
    def double_zero(self) -> Any:
        """What a double zero eigenvalue with one vector comes with."""
        ones = [mpf(1) / (k + 1) for k in range(len(self.place))]
        return double_zero(self.taylor, self.mode or ones)

    @cached_property
    def speed(self) -> Any:
        """Real part of the derivative of the eigenvalue by the parameter, along the branch of equilibria."""
        left, right = self.vectors
        if not self.is_zero:
            drift = solved(self.taylor.jacobian, [-e for e in self.taylor.drives[0]])
            return mpmath.re(dot(left, self.taylor.moved(0, drift, right)))
        tangent = self._tangent()
        if tangent is not None:
            return dot(left, self.taylor.moved(0, tangent, right))
        mixed, drift = self.branching[1][0], self.branching[2][0]
        if is_nothing(self.quadratic):
            return mixed
        # Two branches cross, and the eigenvalue has opposite speeds on them.
        bent = dot(left, self.taylor.along([*drift, mpf(1)])[2])
        speed = mpmath.sqrt(mixed**2 - 4 * self.quadratic * bent)
        return mpmath.re(speed) * (mpmath.sign(self.stated.get("transversality", 0)) or 1)

    def _tangent(self) -> list[Any] | None:
        """How the equilibrium moves, where that is known: it stays where it is, or its formula says so."""
        if self.branch is None:
            moved = self.moving([*self.place, self.critical_values[0] + NEAR, *self.critical_values[1:]])
            return [mpf(0)] * len(self.place) if is_nothing(max(map(abs, moved))) else None
        values = [self.critical_values[0] + side * STEP for side in (1, -1)]
        above, below = (
            [number_of(state, {**self.numbers, self.parameters[0]: value}) for state in self.branch] for value in values
        )
        return [(a - b) / (2 * STEP) for a, b in zip(above, below, strict=True)]


def is_nothing(number: Any) -> bool:
    return bool(abs(number) <= TOLERANCE)


def _equilibrium(point: CheckedPoint) -> Iterator[Comparison]:
    scale = 1 + max(abs(x) for x in point.place)
    rest = max(abs(r) for r in point.moving([*point.place, *point.critical_values])) / scale
    yield Comparison("the state is no equilibrium: the right-hand side", mpf(0), rest)


def _eigenvalue(point: CheckedPoint) -> Iterator[Comparison]:
    yield Comparison("whether the eigenvalue is critical", "yes", "yes" if point.multiplicity else "no")
    if "multiplicity" in point.stated:
        yield Comparison("the multiplicity", point.stated["multiplicity"], mpf(point.multiplicity))
    if not point.is_zero:
        yield Comparison("the sign of the frequency", mpf(1), mpmath.sign(point.frequency))
    if point.mode is not None:
        matrix, mode = point.taylor.jacobian, mpmath.matrix(point.mode)
        rest = matrix * mode - mpc(0, point.frequency) * mode
        length = mpmath.norm(mode)
        off = mpmath.norm(rest) / length / (1 + mpmath.mnorm(matrix)) if length else mpf(1)
        yield Comparison("the Jacobian applied to the critical mode", mpf(0), off)
        entry = point.condition.positive_entry
        if entry is not None and point.is_zero:
            names = list(point.condition.at)
            size = max(map(abs, point.mode))
            asked = (
                [abs(x) >= size * (1 - TOLERANCE) for x in point.mode] if entry == "" else [n == entry for n in names]
            )
            found = any(x > 0 for x, is_asked in zip(point.mode, asked, strict=True) if is_asked)
            yield Comparison("the orientation of the critical mode", mpf(1), mpf(int(found)))


def _values(point: CheckedPoint) -> Iterator[Comparison]:
    """The same said twice: by an equation, by a formula, by digits, as a float."""
    condition = point.condition
    for key in [key for key in point.stated if isinstance(key, tuple) and key[0] == "equation"]:
        # What an equation is worth beside it is what it changes by when its symbols are moved a little.
        yield Comparison("the equation", mpf(0), point.stated[key])
    if "solution" in point.stated:
        yield Comparison("the solution", point.stated["solution"], point.critical_values[0])
    if condition.value is not None:
        yield Comparison("the value", mpf(condition.value), point.critical_values[0])
    if condition.coefficient_value is not None and "coefficient" in point.stated:
        yield Comparison("the value of the coefficient", mpf(condition.coefficient_value), point.stated["coefficient"])


def _kind(point: CheckedPoint) -> Iterator[Comparison]:
    """What the name of the bifurcation says must vanish, and what must not."""
    kind, zero = point.condition.kind, mpf(0)
    count = len(point.parameters)
    if kind != "degenerate":
        yield Comparison("whether a pair is critical", mpf(int(kind == "hopf")), mpf(int(not point.is_zero)))
        wanted = {"hopf": (1, 2), "zero_eigenvalue": (1, 2)}.get(kind, (2,) if kind in CODIMENSION_TWO else (1,))
        yield Comparison("the number of parameters", count if count in wanted else wanted[0], count)
        if kind != "zero_eigenvalue":
            simple = 2 if kind in DOUBLE_ZERO else 1
            yield Comparison("the multiplicity of a point of its kind", mpf(simple), mpf(point.multiplicity))
    else:
        yield Comparison("what is degenerate", zero, min(_degeneracies(point)))
    if kind not in {"degenerate", "zero_eigenvalue"}:
        is_higher = kind in {"hopf", "pitchfork"} and point.condition.criticality == "degenerate"
        for name in ("coefficient",) * (not is_higher) + ("transversality",) * point.is_followed:
            if name not in point.stated:
                vanishes = "yes" if is_nothing(_found(point)[name]) else "no"
                yield Comparison(f"whether the {name} vanishes", "no", vanishes)
    if kind in {"transcritical", "pitchfork"}:
        yield Comparison("the drive of the critical mode", zero, point.branching[0][0])
    if kind in {"pitchfork", "cusp"}:
        yield Comparison("the quadratic coefficient", zero, point.quadratic)
    if kind == "z2_bogdanov_takens":
        yield Comparison("the drive and the quadratic part", zero, max(point.double_zero[:2]))


def _resonance(point: CheckedPoint) -> Any:
    """How far other eigenvalues are from zero and from twice the pair."""
    return min(abs(z - at) for z in point.spectrum for at in (0, mpc(0, 2 * point.frequency)))


def _degeneracies(point: CheckedPoint) -> Iterator[Any]:
    """What may vanish at a degenerate point."""
    if point.multiplicity > 1 and (len(point.parameters) == 1 or point.multiplicity > 2 or not point.is_zero):
        yield mpf(0)
    elif not point.is_zero:
        yield from (abs(point.speed), _resonance(point))
    elif point.multiplicity > 1:
        if mpmath.svd_c(point.taylor.jacobian, compute_uv=False)[len(point.place) - 2] < NEAR:
            yield mpf(0)
            return
        strength, quadratic, (a, b), odd, driven, speed = point.double_zero
        is_odd = is_nothing(quadratic)
        yield from map(abs, (*(odd if is_odd else (a, b)), speed if is_odd else driven))
        if not is_odd:
            yield strength
    else:
        drives, mixed, _ = point.branching
        if len(drives) == 2:
            yield from (abs(point.cubic), abs(drives[0] * mixed[1] - drives[1] * mixed[0]))
        elif not is_nothing(drives[0]):
            yield abs(point.quadratic)
        else:
            yield abs(point.speed)
            if is_nothing(point.quadratic):
                yield abs(point.cubic)


def _found(point: CheckedPoint) -> dict[Any, Any]:
    """Coefficients, nondegeneracy and transversality of a point of its kind."""
    kind = point.condition.kind
    if kind in DOUBLE_ZERO:
        _, _, generic, odd, driven, speed = point.double_zero
        is_generic = kind == DOUBLE_ZERO[0]
        a, b = generic if is_generic else odd
        own: dict[Any, Any] = {
            "transversality": driven if is_generic else speed,
            ("coefficients", "a"): a,
            ("coefficients", "b"): b,
        }
        return own | {"coefficient": a if is_generic else b, "nondegeneracy": a * b}
    left, right = point.vectors
    if kind == "hopf":
        number = first_lyapunov(point.taylor, point.frequency, left, right)
        return {"coefficient": number, "nondegeneracy": number, "transversality": point.speed}
    if kind not in SIMPLE_ZERO:
        return {}
    drives, mixed, _ = point.branching
    number = point.quadratic if kind in {"fold", "transcritical"} else point.cubic
    found: dict[Any, Any] = {"coefficient": number, "nondegeneracy": number, ("coefficients", "cubic"): number}
    if kind == "cusp":
        return found | {"transversality": drives[0] * mixed[1] - drives[1] * mixed[0]}
    if ("coefficients", "quintic") in point.stated:
        found["coefficients", "quintic"] = fifth_order(point.taylor, left, right)
    return found | {"transversality": drives[0] if kind == "fold" else point.speed}


def _coefficients(point: CheckedPoint) -> Iterator[Comparison]:
    """Normal form and transversality, each where it is stated."""
    names = [name for name in point.stated if name in FIELDS or (isinstance(name, tuple) and name[0] == FIELDS[-1])]
    found = _found(point) if names else {}
    for name in names:
        if name in found:
            what = f"coefficient {name[1]}" if isinstance(name, tuple) else name
            yield Comparison(f"the {what}", point.stated[name], found[name])


FIELDS = ("coefficient", "nondegeneracy", "transversality", "coefficients")


def _criticality(point: CheckedPoint) -> Iterator[Comparison]:
    """The word for a sign, beside the sign of the number."""
    stated = point.condition.criticality
    if stated is None or (stated == "depends" and point.is_random):
        return
    if point.condition.kind == "degenerate":
        word = "degenerate"
    elif "decisive" in point.stated:
        sign = mpmath.sign(point.stated["decisive"])
        word = {1: "subcritical", -1: "supercritical"}.get(int(sign), "degenerate")
    else:
        return
    yield Comparison("the criticality", stated, word)


COMPARISONS: tuple[Callable[[CheckedPoint], Iterator[Comparison]], ...] = (
    _equilibrium,
    _eigenvalue,
    _values,
    _kind,
    _coefficients,
    _criticality,
)
