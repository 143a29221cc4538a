"""Weights, biases and other quantities of a graph: from what the user wrote to an exact sympy expression."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import sympy
from sympy.core.function import AppliedUndef

from dynsym._expressions import check_name, exact, parse, symbol
from dynsym.errors import GraphError, ModelNameError, ParameterError

__all__ = [
    "MAX_EDGES",
    "MAX_NODES",
    "evaluate",
    "is_plain_number",
    "listed",
    "plain_number",
    "quantity",
    "symbol_scope",
]

MAX_NODES = 10_000
MAX_EDGES = 4_000_000

_NOT_FINITE = {"nan", "inf", "infinity"}


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return the first names, and how many there are when that is more."""
    names = tuple(names)
    return ", ".join(names[:most]) + (f", ... ({len(names)})" if len(names) > most else "")


def quantity(value: Any, what: str, scope: Mapping[str, sympy.Expr] | None = None) -> sympy.Expr:
    """Return `value` as an exact expression; names in a text become real symbols unless `scope` has them."""
    if isinstance(value, str):
        if value.strip().lstrip("+-").lower() in _NOT_FINITE:
            raise _not_finite(value, what)
        return parse(value, scope or {}, where=what, declare=True)
    if isinstance(value, sympy.Basic):
        if not isinstance(value, sympy.Expr):
            raise GraphError(f"The {what} is {value}, and must be a number or an expression. Give a scalar.")
        if value.is_Rational:
            return value
        value = _with_real_symbols(value, what)
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        raise _not_finite(value, what)
    try:
        return exact(value, name=what)
    except ParameterError as error:
        raise GraphError(str(error)) from error


def symbol_scope(expressions: Iterable[sympy.Expr], node_names: Iterable[str]) -> dict[str, sympy.Symbol]:
    """Return the free symbols by name, sorted; refuse one name with two meanings."""
    scope: dict[str, sympy.Symbol] = {}
    names = set(node_names)
    for expression in expressions:
        for free in expression.free_symbols:
            name = free.name
            if scope.setdefault(name, free) != free:
                raise ModelNameError(
                    f"Two symbols are called {name} and have different assumptions. One name needs one meaning: "
                    f"use one symbol in every place, or another name."
                )
            if name in names:
                raise ModelNameError(
                    f"{name} is the name of a node and of a parameter. Each needs its own name: rename one of them."
                )
    return dict(sorted(scope.items()))


def evaluate(expression: sympy.Expr, values: Mapping[sympy.Symbol, sympy.Expr]) -> float:
    """Return the float that `expression` takes once every free symbol has its value."""
    if expression.is_Rational:
        return float(expression)
    number = expression.xreplace(dict(values))
    if number.free_symbols:
        missing = ", ".join(sorted(s.name for s in number.free_symbols))
        raise ParameterError(f"{missing} has no value here. A number is needed for each name: pass values={{...}}.")
    result = complex(number)
    if result.imag or not math.isfinite(result.real):
        raise ParameterError(f"{expression} is {number} for these values, which is not a finite real number.")
    return result.real


def _not_finite(value: object, what: str) -> GraphError:
    return GraphError(f"The {what} is {value}, which is not finite. Give a finite number, an expression or no edge.")


def _with_real_symbols(value: sympy.Expr, what: str) -> sympy.Expr:
    """Check the names in an expression made by the user and give bare symbols the assumption `real`."""
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise _not_finite(value, what)
    if value.atoms(AppliedUndef):
        raise GraphError(f"The {what} is {value}: functions are not quantities. Give numbers and symbols only.")
    replacement = {}
    for free in value.free_symbols:
        check_name(free.name, "parameter")
        if free.is_real is False:
            raise GraphError(f"The {what} has the symbol {free}, which is not real. Use a real symbol.")
        if free.is_real is None:
            replacement[free] = symbol(free.name)
    return value.xreplace(replacement)


def plain_number(value: sympy.Expr) -> int | float | sympy.Expr:
    """Return an int or a float where that says exactly the same, and the expression itself otherwise."""
    if value.is_Integer:
        return int(value)
    if value.is_Rational and exact(float(value)) == value:
        return float(value)
    return value


def is_plain_number(value: object) -> bool:
    """Whether `value` is a finite int or float that an array of floats holds exactly."""
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int and abs(value) <= 2**53
