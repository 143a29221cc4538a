"""Exact values: a decimal is the rational it spells, in a file and in Python."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import sympy
from sympy import Expr, Float, Rational, S

from dynsym._expressions.limits import MAX_BITS, MAX_DIGITS
from dynsym._expressions.text import parse
from dynsym.errors import LimitError, ModelError, ParameterError, UnsupportedFeatureError

__all__ = ["exact"]

_NOT_FINITE = {"nan", "inf", "infinity", "oo", "zoo"}


def exact(value: object, *, name: str = "value") -> Expr:
    """Return a number as an exact sympy expression.

    A float is the decimal that Python prints for it, so that 0.1 is 1/10.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    match value:
        case bool() | np.bool_():
            raise _refused(name, value, "a truth value", "Give 0 or 1.")
        case str():
            return _from_text(value, name)
        case Expr():
            return _from_expression(value, name)
        case int() | np.integer():
            result = sympy.Integer(int(value))
        case Fraction():
            result = Rational(value.numerator, value.denominator)
        case float():
            result = _from_decimal(float.__repr__(value), name)
        case Decimal() | np.floating():
            result = _from_decimal(str(value), name)
        case complex() | np.complexfloating():
            raise _refused(name, value, "complex", "Give a real number.")
        case _:
            raise _refused(
                name, value, f"of type {type(value).__name__}", "Give a real number or a text such as '1/3'."
            )
    if int(result.p).bit_length() + int(result.q).bit_length() > MAX_BITS:
        raise LimitError(f"{name}: the number has more than {MAX_BITS} binary digits. Rescale the variables.")
    return result


def _from_decimal(digits: str, name: str) -> Rational:
    decimal = Decimal(digits)
    if not decimal.is_finite():
        raise _refused(name, digits, "not finite", "Give a finite number.")
    if abs(decimal.adjusted()) > MAX_DIGITS or len(decimal.as_tuple().digits) > MAX_DIGITS:
        raise LimitError(f"{name}: {digits[:40]} has more than {MAX_DIGITS} places. Rescale the variables.")
    numerator, denominator = decimal.as_integer_ratio()
    return Rational(numerator, denominator)


def _from_text(text: str, name: str) -> Expr:
    if text.strip().lstrip("+-").lower() in _NOT_FINITE:
        raise _refused(name, text, "not finite", "Give a finite number.")
    try:
        return parse(text, {}, where=f"value of {name}")
    except (ModelError, UnsupportedFeatureError) as error:
        raise ParameterError(f"{name} cannot be set to {text[:60]!r}; a number is needed.\n{error}") from error


def _from_expression(expression: Expr, name: str) -> Expr:
    if expression.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        raise _refused(name, expression, "not finite", "Give a finite number.")
    if expression.has(S.ImaginaryUnit) or expression.is_extended_real is False:
        raise _refused(name, expression, "complex", "Give a real number.")
    floats = expression.atoms(Float)
    return expression.xreplace({number: _from_decimal(_shortest(number), name) for number in floats})


def _shortest(number: Float) -> str:
    """The decimal that stands for a sympy Float: Python's own at double precision, else all its digits."""
    return repr(float(number)) if number._prec == 53 and math.isfinite(float(number)) else str(number)


def _refused(name: str, value: object, what: str, remedy: str) -> ParameterError:
    return ParameterError(f"{name} is set to {value!s:.60}, which is {what}; a finite real number is needed. {remedy}")
