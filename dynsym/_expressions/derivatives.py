"""Derivatives that can be evaluated everywhere, and symbols renamed."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Expr, Symbol

__all__ = ["derivative", "renamed"]


def derivative(expression: Expr, variable: Symbol) -> Expr:
    """The partial derivative; powers of one base are joined, and the second derivative at a kink is 0.

    Joining keeps ``x**n/x`` from being 0/0 at x = 0.

    Examples
    --------
    >>> x, n = sympy.Symbol("x", real=True), sympy.Symbol("n", positive=True)
    >>> derivative(x**n, x)
    n*x**(n - 1)
    >>> derivative(sympy.sign(x), x)
    0
    """
    found = expression.diff(variable)
    if found.is_Number:
        return found
    if found.has(sympy.DiracDelta):
        found = found.replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
    if any(power.exp.free_symbols for power in found.atoms(sympy.Pow)):
        found = sympy.powsimp(found, combine="exp", deep=True)
    return found


def renamed(expression: Expr, renaming: Mapping[Symbol, Symbol]) -> Expr:
    """The expression with some symbols replaced by others."""
    return expression.xreplace(dict(renaming)) if renaming else expression
