"""The Taylor coefficients of a problem as numbers of one kind: elements of a field, or balls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flint import acb
from sympy import Expr

from dynsym.algebra.field import Element, Field, element_is_zero
from dynsym.algebra.linear import Vector
from dynsym.arithmetic.balls import Balls, ball
from dynsym.derive.crossings.locus import Locus
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.normal_forms.coefficients import CriticalData, critical_data, vector_of

__all__ = ["UndecidedError", "ball_data", "ball_is_zero", "exact_data"]

Number = TypeVar("Number")


class UndecidedError(ArithmeticError):
    """A ball contains zero: more bits, or exact algebra, must decide."""


def exact_data(problem: MovingEquilibrium, locus: Locus, field: Field) -> CriticalData:
    """Elements of a field that extends the field of the locus."""
    known: dict[Expr, Element] = {}

    def convert(expression: Expr) -> Element:
        if expression not in known:
            element = locus.element(problem.ring.quotient(expression))
            known[expression] = field.element(element.numerator, element.denominator)
        return known[expression]

    return _data(problem, convert, field.zero, element_is_zero)


def ball_data(problem: MovingEquilibrium, balls: Balls) -> CriticalData:
    """Balls at the working precision."""
    known: dict[Expr, acb] = {}

    def convert(expression: Expr) -> acb:
        if expression not in known:
            known[expression] = acb(ball(expression, balls))
        return known[expression]

    return _data(problem, convert, acb(0), ball_is_zero)


def _data(
    problem: MovingEquilibrium, convert: Callable[[Expr], Any], zero: Any, is_zero: Callable[[Any], bool]
) -> CriticalData:
    size = problem.system.dimension
    branch = _branch(problem, convert, lambda entries: vector_of(entries, size, convert, zero), is_zero)
    return critical_data(problem.expansion, size=size, convert=convert, zero=zero, branch=branch)


def _branch(
    problem: MovingEquilibrium,
    convert: Callable[[Expr], Any],
    vector: Callable[[Mapping[int, Expr]], Vector],
    is_zero: Callable[[Any], bool],
) -> Vector | None:
    """How the equilibrium moves with the parameter, from its formula; None where that turns round."""
    own = vector(problem.expansion.point_by_parameter)
    if problem.amplitude is None:
        return own
    if not problem.constraint_derivatives:
        return None
    by_amplitude, by_parameter = map(convert, problem.constraint_derivatives)
    if is_zero(by_amplitude):
        return None
    slope = -by_parameter / by_amplitude
    along = vector(problem.amplitude_derivatives)
    return [a + slope * b for a, b in zip(own, along, strict=True)]


def ball_is_zero(number: Any) -> bool:
    """Whether an exact ball is zero; a ball that merely contains zero decides nothing."""
    number = acb(number)
    if number.is_zero():
        return True
    if number.contains(0) or not number.is_finite():
        raise UndecidedError("the enclosure contains zero")
    return False
