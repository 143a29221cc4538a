"""Numbers, expressions and names that a user gives for a weight, a gain or a time constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol
from sympy.core.function import AppliedUndef

from dynsym._expressions import check_name, exact, parse, symbol
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError

__all__ = ["FrozenMapping", "positive_quantities", "positive_quantity", "quantity", "with_real_symbols"]

_NOT_FINITE = {"nan", "inf", "infinity", "oo", "zoo"}


class FrozenMapping(dict[str, Any]):
    """A mapping inside a frozen record: it can be hashed, and is never changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def quantity(value: Any, name: str) -> Expr:
    """An exact number or an expression; in a text every name is a parameter."""
    if isinstance(value, str) and value.strip().lstrip("+-").lower() not in _NOT_FINITE:
        return parse(value, {}, where=name, declare=True)
    return with_real_symbols(exact(value, name=name), name)


def positive_quantity(value: Any, name: str = "time constant") -> Expr:
    """Like `quantity`; a lone name becomes a positive symbol, anything else must not be known to be otherwise."""
    expression = quantity(value, name)
    if expression.is_positive is False:
        raise ParameterError(
            f"The {name} was given as {expression}; it must be positive. Give a positive number or a name."
        )
    if isinstance(expression, Symbol) and not expression.is_positive:
        return symbol(expression.name, "positive")
    return expression


def positive_quantities(value: Any, name: str = "time constant") -> FrozenMapping | Expr | None:
    """A positive quantity, one for each key of a mapping, or None as it is."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return FrozenMapping({key: positive_quantity(entry, f"{name} of {key}") for key, entry in value.items()})
    return positive_quantity(value, name)


def with_real_symbols(expression: Expr, name: str) -> Expr:
    """The expression with bare symbols made real; functions of time and symbols that are not real are refused."""
    if expression.atoms(AppliedUndef):
        raise UnsupportedFeatureError(
            f"{name} is given as {expression}: an undefined function, such as one of time. Systems are autonomous, "
            "with numbers and symbols for quantities. For drives use JiTCODE, for delays JiTCDDE."
        )
    bare = {}
    for free in expression.free_symbols:
        check_name(free.name, "parameter")
        if free.is_real is False:
            raise ModelNameError(f"{name} has the symbol {free}, which is not real. Use a real symbol.")
        if free.is_real is None:
            bare[free] = symbol(free.name)
    return expression.xreplace(bare) if bare else expression
