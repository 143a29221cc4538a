"""The independent look at a finished condition: before it is returned, and whenever it is asked for again.

Symbols take random rational values inside the conditions; an undefined activation becomes a random polynomial with the
right parity. At each such point what the condition states is compared with what the right-hand side alone gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import mpmath
import sympy
from mpmath import mpf
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.comparisons import COMPARISONS, CheckedPoint, Comparison, absent
from dynsym.derive.checks.samples import (
    TOLERANCE,
    SkipError,
    contradicts,
    holds,
    jet_value,
    random_function,
    random_number,
    real_number,
)
from dynsym.errors import ClosedFormMismatch
from dynsym.results import BifurcationCondition

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Look", "NoEquilibriumError", "require_agreement"]

DIGITS = 40
LONG = 80
LONGEST = 300
GUARD = 20
POINTS = 20
ATTEMPTS = 200
LEAST = 2
SECONDS = 0.08
LARGEST = 16


class NoEquilibriumError(ClosedFormMismatch):
    """The state of a condition is no equilibrium at its value, as where a divisor of an elimination vanishes."""


def require_agreement(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    values: Mapping[Symbol, Expr],
    *,
    branch: Mapping[str, Expr] | None = None,
    numbers: Mapping[Symbol, str] | None = None,
) -> int:
    """At how many points a condition agrees with numbers; `ClosedFormMismatch` at the first where it does not."""
    if system.dimension > LARGEST:
        return 0
    look = Look(system, condition, values, branch=branch, numbers=numbers)
    compared, began = 0, time.process_time()
    for _, _, worst in look.compared(Sampler(0), range(ATTEMPTS if look.is_random else 1)):
        if worst.is_of_place and not worst.agrees:
            raise NoEquilibriumError(
                f"{condition.kind} at {condition.parameter} = {condition.solution}: the state that elimination gives "
                "there is no equilibrium; it was left out."
            )
        if not worst.agrees:
            raise ClosedFormMismatch(
                f"{condition.kind} at {condition.parameter} = {condition.solution}: {worst.what} is "
                f"{mpmath.nstr(worst.stated, 12)} in closed form and {mpmath.nstr(worst.found, 12)} by an independent "
                "computation. Nothing is returned; please report the model."
            )
        compared += 1
        if compared == POINTS or (compared >= LEAST and time.process_time() - began > SECONDS):
            break
    return compared


class Look:
    """A system and a condition, ready to be compared at points.

    `branch` is the equilibrium as the parameter moves, `numbers` the digits of what the condition states no formula of.
    """

    def __init__(
        self,
        system: SymbolicSystem,
        condition: BifurcationCondition,
        values: Mapping[Symbol, Expr],
        *,
        branch: Mapping[str, Expr] | None = None,
        numbers: Mapping[Symbol, str] | None = None,
    ) -> None:
        self.condition, self.states, self.numbers = condition, system.states, dict(numbers or {})
        self.rates = [rate.xreplace(dict(values)) for rate in system.rhs]
        self.branch = None if branch is None else [branch[name] for name in system.state_names]
        self.parameter = system[condition.parameter]
        self.others = {system[name]: other for name, other in condition.others.items()}
        self.place = list(condition.at.values())
        self.stated: dict[str, Expr] = {}
        for name in ("frequency", "coefficient", "transversality"):
            if getattr(condition, name) is not None:
                self.stated[name] = getattr(condition, name)
        self.stated |= {f"coefficients.{name}": value for name, value in condition.coefficients.items()}
        if condition.solution is not None and self.parameter in self.numbers:
            self.stated["solution"] = condition.solution
        solved = [condition.equation if condition.solution is None else condition.solution, *self.others.values()]
        parts = [*self.place, *self.stated.values(), *solved, *(self.branch or ())]
        held = [constraint for constraint in condition.constraints if isinstance(constraint, sympy.Basic)]
        inside: set[Symbol] = set().union(*(e.free_symbols for e in (*self.rates, *held))) - set(self.states)
        inside = inside.union(*(e.free_symbols for e in parts))
        self.open = sorted(inside - {self.parameter, *self.others, *self.numbers}, key=str)
        self.functions = sorted({(j.args[0].name, j.args[1].name) for rate in self.rates for j in rate.atoms(Jet)})
        self.is_random = bool(self.open or self.functions)
        # Formulas in a root of high degree cancel: they are worked out with many digits.
        cancels = self.is_random and (condition.solution is None or condition.solution.has(sympy.CRootOf))
        self.digits = LONGEST if cancels else LONG

    def compared(
        self, generator: Sampler, attempts: Iterable[int], wants: Callable[[bool], bool] = bool
    ) -> Iterator[tuple[CheckedPoint, bool, Comparison]]:
        """Points, whether they are inside the constraints, and the first comparison that fails or else the worst."""
        for _ in attempts:
            try:
                point, is_inside = self.point(generator)
                if not wants(is_inside):
                    continue
                with mpmath.workdps(DIGITS):
                    worst = _worst(point) if is_inside else absent(point)
                if not (worst.agrees or worst.is_of_place) and self.has_hole(point):
                    continue
            except (SkipError, NoNumberError, ZeroDivisionError):
                continue
            yield point, is_inside, worst

    def point(self, generator: Sampler) -> tuple[CheckedPoint, bool]:
        """A random point of the condition in numbers, and whether the constraints hold there."""
        with mpmath.workdps(self.digits):
            numbers, is_inside = self._sample(generator)
            place = [real_number(number_of(state, numbers)) for state in self.place]
            claims = self.stated.items() if is_inside else ()
            stated = {name: real_number(number_of(claim, numbers)) for name, claim in claims}
        with mpmath.workdps(DIGITS):
            program = Program(self.rates, numbers, [*self.states, self.parameter])
            point = CheckedPoint(self.condition, program, self.parameter, numbers, place, stated, self.branch)
        return point, is_inside

    def has_hole(self, point: CheckedPoint) -> bool:
        """Whether a formula is 0/0 at the point, up to rounding: when its symbols move a little it jumps."""
        with mpmath.workdps(self.digits):
            step = mpf(10) ** (GUARD - self.digits)
            numbers = point.numbers.items()
            moved = {s: v * (1 + k * step) if isinstance(v, mpf) else v for k, (s, v) in enumerate(numbers, 1)}
            changes = ((v, number_of(self.stated[name], moved)) for name, v in point.stated.items())
            return any(abs(after - was) > TOLERANCE * (1 + abs(was)) for was, after in changes)

    def _sample(self, generator: Sampler) -> tuple[dict[Any, Any], bool]:
        condition, numbers = self.condition, {}
        for name, parity in self.functions:
            numbers[name, parity] = random_function(parity, generator)
        numbers |= {own: mpf(digits) for own, digits in self.numbers.items()}
        for own in self.open:
            known = jet_value(own, numbers)
            numbers[own] = random_number(own, generator) if known is None else known
        self._satisfy(numbers)
        found = self._solved(numbers)
        is_real = abs(mpmath.im(found)) < TOLERANCE
        numbers[self.parameter] = mpmath.re(found)
        for own, other in self.others.items():
            numbers[own] = real_number(number_of(other, numbers))
        if not is_real or contradicts(self.parameter, numbers[self.parameter]):
            raise SkipError
        return numbers, all(holds(c, numbers) for c in condition.constraints if isinstance(c, sympy.Rel))

    def _solved(self, numbers: Mapping[Any, Any]) -> Any:
        """The critical value of the parameter: by its formula, by its digits, or a root of the equation."""
        if self.parameter in self.numbers:
            return numbers[self.parameter]
        if self.condition.solution is not None:
            return number_of(self.condition.solution, numbers)
        coefficients = sympy.Poly(self.condition.equation, self.parameter).all_coeffs()
        roots = mpmath.polyroots([number_of(c, numbers) for c in coefficients], maxsteps=500, extraprec=400)
        return next((mpmath.re(r) for r in roots if abs(mpmath.im(r)) < TOLERANCE), mpmath.mpc(0, 1))

    def _satisfy(self, numbers: dict[Any, Any]) -> None:
        """Choose symbols so that the equations among the constraints hold."""
        fixed: set[Any] = {self.parameter, *self.numbers}
        put = {} if self.condition.solution is None else {self.parameter: self.condition.solution}
        for constraint in self.condition.constraints:
            if isinstance(constraint, sympy.Rel) or not isinstance(constraint, Expr):
                continue
            equation = constraint.xreplace(put)
            for own in sorted(equation.free_symbols - fixed, key=str):
                slope = equation.diff(own)
                if own in slope.free_symbols:
                    continue
                numbers[own] = mpf(0)
                at_zero, rate = number_of(equation, numbers), number_of(slope, numbers)
                if rate != 0:
                    numbers[own] = real_number(-at_zero / rate)
                    fixed.add(own)
                    break
            else:
                if abs(number_of(equation, numbers)) > TOLERANCE:
                    raise SkipError
                continue
            if contradicts(own, numbers[own]):
                raise SkipError


def _worst(point: CheckedPoint) -> Comparison:
    worst: Comparison | None = None
    for compare in COMPARISONS:
        for comparison in compare(point):
            if not comparison.agrees:
                return comparison
            worst = comparison if worst is None else max(worst, comparison, key=lambda c: c.difference)
    assert worst is not None
    return worst
