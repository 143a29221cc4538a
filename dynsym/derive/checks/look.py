"""The independent look at a finished condition: before it is returned, and whenever it is asked for again.

Symbols take random rational values inside the conditions; an undefined activation becomes a random polynomial with the
right parity. At each such point what the condition states is compared with what the right-hand side alone gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import mpmath
import sympy
from mpmath import mpf
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.comparisons import COMPARISONS, KINDS, CheckedPoint, Comparison
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
from dynsym.derive.wording import assumptions_of, with_criticality
from dynsym.errors import ClosedFormMismatch
from dynsym.results import BifurcationCondition
from dynsym.results.symbolic import decisive

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Look", "require_agreement"]

DIGITS = 40
LONG = 80
LONGEST = 300
GUARD = 20
POINTS = 20
ATTEMPTS = 200
LEAST = 2
SECONDS = 0.08
LARGEST = 16
VOID = mpf(10) ** -35
MUST_NOT_VANISH = ("nondegeneracy", "transversality")
NOT_FINITE = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


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
        if not worst.agrees:
            raise ClosedFormMismatch(
                f"{condition.kind} at {condition.parameter} = {condition.solution}: {worst.what} is "
                f"{_shown(worst.stated)} in closed form and {_shown(worst.found)} by an independent computation. "
                "It was left out; please report the model."
            )
        compared += 1
        if compared == POINTS or (compared >= LEAST and time.process_time() - began > SECONDS):
            break
    return compared


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else mpmath.nstr(value, 12)


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
        self.parameters = [self.parameter, *self.others]
        self.place = list(condition.at.values())
        self.is_known = [not value.free_symbols and not value.has(Jet) for value in self.place]
        self.stated = _stated(condition)
        unknown = set().union(*(rate.free_symbols for rate in self.rates)) - {*self.states, *system.parameters.values()}
        # An amplitude in the rates moves with the parameter, and the equations do not say how.
        self.is_followed = not any(own.is_Dummy or own.name not in system.parameters for own in unknown)
        if not self.is_followed:
            self.stated.pop("transversality", None)
        if condition.solution is not None and self.parameter in self.numbers:
            self.stated["solution"] = condition.solution
        self.equations = (condition.equation, *condition.further_equations)
        solved = [condition.solution or condition.equation, *self.others.values()]
        parts = [*self.place, *self.stated.values(), *solved, *(self.branch or ()), *self.equations, *self.rates]
        parts += [constraint for constraint in condition.constraints if isinstance(constraint, sympy.Basic)]
        inside = set().union(*(part.free_symbols for part in parts)) - set(self.states)
        self.open = sorted(inside - {self.parameter, *self.others, *self.numbers}, key=str)
        self.functions = sorted({(j.args[0].name, j.args[1].name) for rate in self.rates for j in rate.atoms(Jet)})
        self.silent = [own for own in self.open if own.is_integer and own.name not in system.parameters]
        self.is_random = bool(self.open or self.functions)
        # Formulas in a root of high degree cancel: they are worked out with many digits.
        cancels = self.is_random and (condition.solution is None or condition.solution.has(sympy.CRootOf))
        self.digits = LONGEST if cancels else LONG

    def compared(
        self,
        generator: Sampler,
        attempts: Iterable[int],
        wants: Callable[[int | None], bool] = lambda broken: broken is None,
    ) -> Iterator[tuple[Mapping[Any, Any], int | None, Comparison]]:
        """Numbers, the constraint that alone is broken there, and the first comparison that fails or else the worst."""
        for comparison in statements(self.condition, silent=self.silent):
            if not comparison.agrees:
                yield {}, None, comparison
        for attempt in attempts:
            numbers: dict[Any, Any] = {}
            try:
                with mpmath.workdps(self.digits):
                    broken = self._sample(numbers, generator, attempt)
                    place, stated, worst = self._stated_there(numbers)
                if not wants(broken) and (worst.agrees or broken is not None):
                    continue
                worst = self._worst(numbers, place, stated) if worst.agrees else worst
                if broken is None and self.is_random and not worst.agrees and self.has_hole(numbers, stated):
                    continue
            except (SkipError, NoNumberError, ZeroDivisionError) as obstacle:
                if self.is_random or obstacle.__cause__ is not None:
                    continue
                broken, worst = None, Comparison("whether all that is stated has a number", "yes", "no")
            if broken is not None:
                there = "present" if worst.agrees else "absent"
                worst = Comparison("the bifurcation outside the constraints", "absent", there)
            yield numbers, broken, worst

    def _stated_there(self, numbers: dict[Any, Any]) -> tuple[list[Any], dict[Any, Any], Comparison]:
        """The states and what is stated in numbers, and whether these are real and as assumed."""
        place = [number_of(state, numbers) for state in self.place]
        stated = {name: number_of(claim, numbers) for name, claim in self.stated.items()}
        numbers |= {state: at for state, at in zip(self.states, place, strict=True) if state not in numbers}
        stated |= {("equation", k): self._residual(e, numbers) for k, e in enumerate(self.equations)}
        may_be_complex = {name for name in stated if self.condition.frequency is not None and name[0] == "mode"}
        real = [*place, *(numbers[own] for own in self.parameters)]
        real += [number for name, number in stated.items() if name not in may_be_complex]
        if any(abs(mpmath.im(number)) > TOLERANCE for number in real):
            return place, stated, Comparison("whether all that is stated is real", "yes", "no")
        if self.is_random and is_generic(self.condition) and any(is_void(stated.get(n)) for n in MUST_NOT_VANISH):
            raise SkipError
        numbers |= {own: mpmath.re(numbers[own]) for own in self.parameters}
        stated = {name: number if name in may_be_complex else mpmath.re(number) for name, number in stated.items()}
        if any(contradicts(own, numbers[own]) for own in self.parameters):
            raise SkipError  # what is assumed of a parameter is part of what is stated
        real_there = Comparison("whether all that is stated is real", "yes", "yes")
        return [mpmath.re(number) for number in place], stated, real_there

    def _worst(self, numbers: dict[Any, Any], place: list[Any], stated: dict[Any, Any]) -> Comparison:
        """The first comparison that fails, or else the one that differs most."""
        with mpmath.workdps(DIGITS):
            moving = Program(self.rates, numbers, [*self.states, *self.parameters])
            point = CheckedPoint(self.condition, moving, self.parameters, numbers, place, stated, self.branch)
            point.is_followed, point.is_random = self.is_followed, self.is_random
            worst: Comparison | None = None
            for comparison in (c for compare in COMPARISONS for c in compare(point)):
                if not comparison.agrees:
                    return comparison
                worst = comparison if worst is None else max(worst, comparison, key=lambda c: c.difference)
        assert worst is not None
        return worst

    def has_hole(self, numbers: Mapping[Any, Any], stated: Mapping[Any, Any]) -> bool:
        """Whether a formula is 0/0 at the point, up to rounding: when its symbols move a little it jumps."""
        with mpmath.workdps(self.digits):
            step = mpf(10) ** (GUARD - self.digits)
            moved = {s: v * (1 + k * step) if isinstance(v, mpf) else v for k, (s, v) in enumerate(numbers.items(), 1)}
            changes = ((v, number_of(self.stated[n], moved)) for n, v in stated.items() if n in self.stated)
            return any(abs(after - was) > TOLERANCE * (1 + abs(was)) for was, after in changes)

    def _residual(self, equation: Expr, numbers: Mapping[Any, Any]) -> Any:
        """The left-hand side of an equation, beside what it is when every symbol in it is moved a little."""
        moved = dict(numbers)
        for k, own in enumerate(sorted(equation.free_symbols, key=str), 1):
            moved[own] = numbers[own] * (1 + mpf(k) / 61) + mpf(k) / 97
        scale = abs(number_of(equation, moved))
        return abs(number_of(equation, numbers)) / scale if scale else mpf(1)

    def _sample(self, numbers: dict[Any, Any], generator: Sampler, attempt: int) -> int | None:
        """Put numbers in, and tell the constraint that alone is broken; odd attempts leave an equality unsatisfied."""
        for name, parity in self.functions:
            numbers[name, parity] = random_function(parity, generator)
        numbers |= {own: mpf(digits) for own, digits in self.numbers.items()}
        for own in self.open:
            known = jet_value(own, numbers)
            numbers[own] = random_number(own, generator) if known is None else known
        numbers |= {state: number_of(self.place[k], {}) for k, state in enumerate(self.states) if self.is_known[k]}
        constraints = self.condition.constraints
        equalities = [k for k, c in enumerate(constraints) if isinstance(c, Expr)]
        left_out = equalities[attempt // 2 % len(equalities)] if equalities and attempt % 2 else None
        self._satisfy(numbers, [constraints[k] for k in equalities if k != left_out])
        numbers[self.parameter] = self._solved(numbers)
        for own, other in self.others.items():
            numbers[own] = number_of(other, numbers)
        broken = [k for k, c in enumerate(constraints) if isinstance(c, sympy.Rel) and not holds(c, numbers)]
        broken += [k for k, c in enumerate(constraints) if c is sympy.false]
        broken += [k for k in equalities if k == left_out and abs(number_of(constraints[k], numbers)) > TOLERANCE]
        if len(broken) > 1:
            raise SkipError
        return broken[0] if broken else None

    def _solved(self, numbers: Mapping[Any, Any]) -> Any:
        """The critical value of the parameter: by its formula, by its digits, or a root of the equation."""
        if self.parameter in self.numbers:
            return numbers[self.parameter]
        if self.condition.solution is not None:
            return number_of(self.condition.solution, numbers)
        coefficients = sympy.Poly(self.condition.equation, self.parameter).all_coeffs()
        roots = mpmath.polyroots([number_of(c, numbers) for c in coefficients], maxsteps=500, extraprec=400)
        real = [mpmath.re(r) for r in roots if abs(mpmath.im(r)) < TOLERANCE]
        if not real:
            raise SkipError
        return real[0]

    def _satisfy(self, numbers: dict[Any, Any], equalities: list[Expr]) -> None:
        """Choose symbols so that the equations among the constraints hold."""
        fixed: set[Any] = {self.parameter, *self.numbers, *self.states}
        put = {} if self.condition.solution is None else {self.parameter: self.condition.solution}
        for constraint in equalities:
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
                if abs(number_of(equation, numbers)) <= TOLERANCE:
                    continue
                own = self._root(equation, numbers, fixed)
            if contradicts(own, numbers[own]):
                raise SkipError

    def _root(self, equation: Expr, numbers: dict[Any, Any], fixed: set[Any]) -> Symbol:
        """Satisfy an equation that is linear in nothing, and tell the symbol that was moved to a root."""
        for own in sorted(equation.free_symbols - fixed, key=str):
            try:
                found = mpmath.findroot(lambda t, s=own: number_of(equation, {**numbers, s: t}), numbers[own])
            except (ValueError, ZeroDivisionError, NoNumberError):
                continue
            numbers[own] = real_number(found)
            fixed.add(own)
            return own
        raise SkipError


def is_generic(condition: BifurcationCondition) -> bool:
    """Whether the numbers that must not vanish decide by themselves what happens."""
    is_higher = condition.kind in {"hopf", "pitchfork"} and condition.coefficient == 0
    return condition.kind != "degenerate" and not is_higher


def is_void(number: Any) -> bool:
    """Whether a number that must not vanish does so by chance."""
    return number is not None and abs(number) < VOID


def _stated(condition: BifurcationCondition) -> dict[Any, Expr]:
    """The numbers that a condition states, by the names of its fields."""
    names = ("frequency", "coefficient", "nondegeneracy", "transversality", "multiplicity")
    stated: dict[Any, Any] = {name: getattr(condition, name) for name in names}
    stated |= {("coefficients", name): value for name, value in condition.coefficients.items()}
    stated |= {("mode", name): value for name, value in (condition.mode or {}).items()}
    stated["decisive"] = decisive(condition)
    return {name: sympy.S.One * value for name, value in stated.items() if value is not None}


def statements(condition: BifurcationCondition, silent: Collection[Expr] = ()) -> Iterator[Comparison]:
    """What can be said of the fields without numbers."""
    parts = [*condition.at.values(), condition.equation, *condition.others.values(), *_stated(condition).values()]
    parts += [condition.solution] if condition.solution is not None else []
    yield Comparison("whether all is finite", "yes", "no" if any(p.has(*NOT_FINITE) for p in parts) else "yes")
    known = condition.kind if condition.kind in KINDS else "unknown"
    yield Comparison("the kind", condition.kind, known)
    yield Comparison("the criticality", condition.criticality or "", with_criticality(condition).criticality or "")
    said = assumptions_of([condition.solution, condition.coefficient, *condition.at.values()], silent=silent)
    vanishing = any(getattr(condition, name) == 0 for name in MUST_NOT_VANISH)
    if is_generic(condition):
        yield Comparison("whether what must not vanish is zero", "no", "yes" if vanishing else "no")
    missing = set(said) - set(condition.assumptions)
    yield Comparison("the assumptions", "said", "missing" if missing else "said")
