"""Numeric meanings of the functions that generated code calls, for floats and for arrays.

Written so that no intermediate value overflows, that nan is passed on, and that derivatives by a complex step come out
right: where a function distinguishes cases, the real part decides.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._expressions import logistic, relu, softplus, step

__all__ = ["generated"]


def _logistic_float(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x)) if x < 700 else 1.0
    return math.exp(x) / (1 + math.exp(x)) if x > -745 else 0.0


def _softplus_float(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)) if abs(x) < 745 else 0.0)


def _step_float(x: float, at_zero: float = 0.0) -> float:
    return 1.0 if x > 0 else 0.0 if x < 0 else at_zero


def _logistic(x: Any) -> Any:
    x = np.asarray(x)
    small = np.exp(np.where(np.real(x) > 0, -x, x))
    return np.where(np.real(x) > 0, 1.0, small) / (1 + small)


def _relu(x: Any) -> Any:
    return _larger(x, 0.0)


def _step(x: Any, at_zero: float = 0.0) -> Any:
    return np.heaviside(np.real(x), at_zero)


def _softplus(x: Any) -> Any:
    x = np.asarray(x)
    return _relu(x) + np.log1p(np.exp(np.where(np.real(x) > 0, -x, x)))


def _larger(x: Any, y: Any) -> Any:
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        return np.where(np.isnan(x) | (np.real(x) > np.real(y)), x, y)
    return np.maximum(x, y)


def _absolute(x: Any) -> Any:
    return np.where(np.real(x) < 0, -x, x) if np.iscomplexobj(x) else np.abs(x)


def _coth(x: Any) -> Any:
    return 1 / np.tanh(x)


ON_FLOATS: dict[str, Any] = {
    "own_logistic": _logistic_float,
    "own_relu": lambda x: max(x, 0.0),
    "own_step": _step_float,
    "own_softplus": _softplus_float,
    "own_Abs": abs,
    "own_sign": lambda x: float((x > 0) - (x < 0)),
    "own_Max": max,
    "own_Min": min,
    "own_Heaviside": _step_float,
    "own_coth": lambda x: 1 / math.tanh(x),
}

ON_ARRAYS: dict[str, Any] = {
    "own_logistic": _logistic,
    "own_relu": _relu,
    "own_step": _step,
    "own_softplus": _softplus,
    "own_Abs": _absolute,
    "own_sign": lambda x: np.sign(np.real(x)),
    "own_Max": lambda *values: functools.reduce(_larger, values),
    "own_Min": lambda *values: -functools.reduce(_larger, [-np.asarray(value) for value in values]),
    "own_Heaviside": _step,
    "own_coth": _coth,
}

_KINDS = (logistic, relu, softplus, step, sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside, sympy.coth)
_OWN = {kind: sympy.Function(f"own_{kind.__name__}") for kind in _KINDS}


def generated(arguments: Sequence[Symbol], expressions: Any, *, arrays: bool) -> Callable[..., Any]:
    """A function of the arguments that computes the expression, or the list of expressions."""
    listed = expressions if isinstance(expressions, list) else [expressions]
    written = [_own_functions(e) for e in listed]
    modules = [ON_ARRAYS, "numpy"] if arrays else [ON_FLOATS, "math"]
    return sympy.lambdify(list(arguments), written if isinstance(expressions, list) else written[0], modules, cse=True)


def _own_functions(expression: Expr) -> Expr:
    """Calls by names that no printer of sympy rewrites."""
    if not expression.has(*_OWN):
        return expression
    return expression.replace(lambda e: type(e) in _OWN, lambda e: _OWN[type(e)](*e.args))
