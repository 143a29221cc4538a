"""Random numbers for symbols and undefined activations, inside what is assumed of them: the points of a check."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import mpmath
import sympy
from mpmath import mpf
from sympy import Symbol

from dynsym._expressions import Slope
from dynsym.arithmetic.digits import number_of
from dynsym.arithmetic.sampling import COUNTS, Sampler

__all__ = [
    "TOLERANCE",
    "SkipError",
    "contradicts",
    "holds",
    "jet_value",
    "random_function",
    "random_number",
    "real_number",
]

TOLERANCE = mpf(10) ** -14
COMPARED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "!=": operator.ne}

Values = Mapping[Any, Any]


class SkipError(ArithmeticError):
    """A sample lies outside the conditions or outside what can be evaluated."""


def random_function(parity: str, generator: Sampler) -> list[Any]:
    """Taylor coefficients of a polynomial that increases near zero."""
    coefficients = [mpf(generator.randint(-9, 9)) / 20 for _ in range(8)]
    if parity == "odd":
        coefficients[::2] = [mpf(0)] * 4
    if parity == "even":
        coefficients[1::2] = [mpf(0)] * 4
    else:
        coefficients[1] = mpf(generator.randint(10, 20)) / 10
    return coefficients


def jet_value(symbol: Symbol, values: Values) -> Any:
    """The derivative at zero that a slope stands for; None for other symbols."""
    if not isinstance(symbol, Slope):
        return None
    known = [c for key, c in values.items() if isinstance(key, tuple) and key[0] == symbol.function]
    return next((c[symbol.order] * mpmath.factorial(symbol.order) for c in known if symbol.order < len(c)), None)


def random_number(symbol: Symbol, generator: Sampler) -> Any:
    if symbol.is_integer and symbol.is_positive:
        return mpf(generator.choice(COUNTS))
    return mpmath.mpmathify(generator.number(symbol))


def real_number(number: Any) -> Any:
    if abs(mpmath.im(number)) > TOLERANCE:
        raise SkipError
    return mpmath.re(number)


def holds(relation: sympy.Rel, values: Values) -> bool:
    left, right = (number_of(side, values) for side in relation.args)
    if abs(mpmath.im(left)) + abs(mpmath.im(right)) > TOLERANCE:
        return False
    left, right = mpmath.re(left), mpmath.re(right)
    return bool(COMPARED[relation.rel_op](left, right))


def contradicts(symbol: Symbol, number: Any) -> bool:
    """Whether a number is not what is assumed of a symbol."""
    return bool((symbol.is_positive and number <= 0) or (symbol.is_negative and number >= 0))
