"""The normal form of a problem on a locus as `Numbers`: in balls where they are enough, or else in its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import sympy
from flint import arb
from sympy import Expr

from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Relation
from dynsym.algebra.linear import NotSimpleError, Vector
from dynsym.algebra.tidy import factored
from dynsym.arithmetic.balls import precision
from dynsym.derive.characteristic.factors import SQUARED_FREQUENCY
from dynsym.derive.crossings.locus import Locus, Solution
from dynsym.derive.crossings.problem import PAIR, MovingEquilibrium
from dynsym.derive.crossings.report import at_solution
from dynsym.derive.normal_forms.coefficients import CriticalData, critical_data, vector_of
from dynsym.derive.normal_forms.numbers import (
    GUARD_BITS,
    EnclosedNumbers,
    ExactNumbers,
    Numbers,
    UndecidedError,
    by_enclosures,
    root,
)
from dynsym.derive.wording import roughly
from dynsym.errors import BudgetExceeded

__all__ = ["LEFT_OUT", "SHARE", "NormalFormAt", "data_at"]

Found = TypeVar("Found")

LARGEST_DEGREE = 2
SHARE = 0.4
LEFT_OUT = "the normal form was left out"


def data_at(problem: MovingEquilibrium, numbers: Numbers) -> CriticalData:
    """The Taylor coefficients of a problem as numbers, with how its equilibrium moves."""
    size = problem.system.dimension
    e, branch = problem.expansion, _branch(problem, numbers)
    twice = vector_of(e.by_parameter_twice, size, numbers) if branch is None else None
    return critical_data(e, size=size, numbers=numbers, branch=branch, twice=twice)


def _branch(problem: MovingEquilibrium, numbers: Numbers) -> Vector | None:
    """How the equilibrium moves with the parameter, from its formula; None where that turns round."""
    size = problem.system.dimension
    own = vector_of(problem.expansion.point_by_parameter, size, numbers)
    if problem.amplitude is None:
        return own
    if not problem.constraint_derivatives:
        return None
    by_amplitude, by_parameter = map(numbers.of, problem.constraint_derivatives)
    if numbers.is_zero(by_amplitude):
        return None
    slope = -by_parameter / by_amplitude
    along = vector_of(problem.amplitude_derivatives, size, numbers)
    return [a + slope * b for a, b in zip(own, along, strict=True)]


@dataclass(frozen=True, eq=False)
class NormalFormAt:
    """A reduction at the points of a locus; `squared` is ω² where a pair is critical."""

    problem: MovingEquilibrium
    locus: Locus
    reduce: Callable[[CriticalData, Numbers], Any]
    squared: Element | None = None

    def numbers(self, solution: Solution) -> ExactNumbers:
        """The field at one solution, with what is known of it there."""
        put = {}
        if self.squared is not None and not self._is_enclosed(solution):
            put = {PAIR: sympy.I * sympy.sqrt(factored(self.squared))}
        return replace(
            self._exact, at=lambda expression: at_solution(expression.xreplace(put), solution), balls=solution.balls
        )

    def read(
        self, solution: Solution, read: Callable[[Any, Numbers], Found], without: Callable[[Exception], Found]
    ) -> Found:
        """What is read off the normal form at a solution, or said where there is none."""
        if self._is_enclosed(solution):

            def from_balls() -> Found:
                numbers = self._enclosed(solution)
                return read(self.reduce(data_at(self.problem, numbers), numbers), numbers)

            def from_field() -> Found:
                numbers = self._enclosed(solution)
                return read(self._in_balls(numbers), numbers)

            for look in (from_balls, from_field):
                found = by_enclosures(look, self.problem.clock)
                if found is not None:
                    return found
        if isinstance(self._form, Exception):
            return without(self._form)
        try:
            return read(self._form, self.numbers(solution))
        except (BudgetExceeded, ZeroDivisionError) as stop:
            return without(stop)

    def frequency(self, solution: Solution) -> Expr:
        """ω, by a formula where that is short."""
        if not self._is_enclosed(solution):
            return self.numbers(solution).write(root, self.squared)
        with precision(GUARD_BITS):
            return roughly(root(self._enclosed(solution).squared))

    def _is_enclosed(self, solution: Solution) -> bool:
        """Whether the solution is a number that has no short formula."""
        return self.locus.degree > LARGEST_DEGREE and solution.balls is not None and not self.problem.free

    def _enclosed(self, solution: Solution) -> EnclosedNumbers:
        assert solution.balls is not None
        here = solution.balls()
        if self.squared is None or SQUARED_FREQUENCY in here:
            return EnclosedNumbers(here, here.get(SQUARED_FREQUENCY))
        return EnclosedNumbers(here, evaluate(self.squared, here))

    def _in_balls(self, numbers: EnclosedNumbers) -> Any:
        """The normal form of the field in balls, with exact zeros."""
        if isinstance(self._form, Exception):
            raise UndecidedError from self._form

        def ball_of(number: Any) -> Any:
            if isinstance(number, list):
                return [ball_of(entry) for entry in number]
            if not isinstance(number, Element) or number.is_zero:
                return None if number is None else arb(0 if isinstance(number, Element) else number)
            if self.squared is None:
                return evaluate(number, numbers.balls)
            real, imaginary = (evaluate(part, numbers.balls) for part in self._exact.parts(number))
            return real if imaginary.is_zero() else real + numbers.pair * imaginary

        return type(self._form)(**{part.name: ball_of(getattr(self._form, part.name)) for part in fields(self._form)})

    @cached_property
    def _exact(self) -> ExactNumbers:
        problem, locus, squared = self.problem, self.locus, self.squared
        clock = problem.clock.part(SHARE)
        field = locus.field.with_clock(clock)
        if squared is not None:
            s = problem.ring.generator(PAIR)
            field = field.with_relations(Relation(PAIR, squared.denominator * s * s + squared.numerator))

        def convert(expression: Expr) -> Element:
            element = locus.element(problem.ring.quotient(expression))
            return field.element(element.numerator, element.denominator)

        return ExactNumbers(field, convert, clock, PAIR, squared)

    @cached_property
    def _form(self) -> Any:
        """The normal form over the field, or what stands in its way."""
        try:
            return self.reduce(data_at(self.problem, self._exact), self._exact)
        except (BudgetExceeded, NotSimpleError, ZeroDivisionError) as stop:
            return stop
