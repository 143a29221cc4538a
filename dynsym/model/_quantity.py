"""Numbers, expressions and names that a user gives for a weight, a gain or a time constant."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol

from dynsym._expressions import exact, parse, symbol
from dynsym.errors import ParameterError

__all__ = ["positive_quantity", "quantity"]


def quantity(value: Any, name: str) -> Expr:
    """An exact number or an expression; in a text every name is a parameter."""
    if isinstance(value, str):
        return parse(value, {}, where=name, declare=True)
    return exact(value, name=name)


def positive_quantity(value: Any, name: str = "time constant") -> Expr:
    """Like `quantity`; a lone name becomes a positive symbol, a number must be positive."""
    expression = quantity(value, name)
    if isinstance(expression, Symbol):
        return symbol(expression.name, "positive")
    if expression.is_number and not expression.is_positive:
        raise ParameterError(f"The {name} was given as {expression}; it must be positive. Give a positive number or a name.")
    return expression
