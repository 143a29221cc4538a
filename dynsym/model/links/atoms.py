"""The one-variable nonlinearities that a link form can hold, found in expressions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym.functions import Activation, AnySigmoid
from dynsym.functions.activation import ACTIVATIONS

__all__ = ["Affine", "activation_of", "affine", "link_atoms"]


@dataclass(frozen=True)
class Affine:
    """Σ coefficient·symbol + constant, coefficients and constant free of the symbols."""

    coefficients: dict[Symbol, Expr]
    constant: Expr


def link_atoms(expressions: Iterable[Expr], variables: set[Symbol]) -> list[Expr] | None:
    """The applications of activations to affine arguments of the variables; None where another function stands."""
    found: set[Expr] = set()
    for expression in expressions:
        for application in expression.atoms(sympy.Function):
            if application.free_symbols & variables:
                found.add(application)
    for application in found:
        if activation_of(application) is None or affine(application.args[-1], variables) is None:
            return None
    return sorted(found, key=sympy.default_sort_key)


def activation_of(application: Expr) -> Activation | None:
    """The plain activation that is applied, or None."""
    for kind in ACTIVATIONS.values():
        if kind.function is not None and kind.function.is_link and isinstance(application, kind.function.head):
            return kind()
    if isinstance(application, Jet) and application.order == 0 and application.args[1].name != "even":
        return AnySigmoid(application.args[0].name, application.args[1].name)
    return None


def affine(expression: Expr, variables: Iterable[Symbol]) -> Affine | None:
    """The expression as an affine function of the variables, or None where it is none."""
    used = sorted(expression.free_symbols & set(variables), key=sympy.default_sort_key)
    slopes = {}
    for variable in used:
        slope = expression.diff(variable)
        slope = sympy.cancel(slope) if slope.free_symbols & set(used) else slope
        if slope.free_symbols & set(used):
            return None
        slopes[variable] = slope
    constant = expression.xreplace(dict.fromkeys(used, sympy.S.Zero))
    return Affine({variable: slope for variable, slope in slopes.items() if slope != 0}, constant)
