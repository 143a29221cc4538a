"""Expressions as a list of steps over mpmath numbers: every distinct subexpression is evaluated once.

Numbers may be complex, so that derivatives can be read off circles in the complex plane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import sympy
from mpmath import mp, mpc, mpf
from sympy import Expr

from dynsym._expressions import Jet, logistic, relu, softplus, step

__all__ = ["NoNumberError", "Program", "number_of"]

Values = Mapping[Any, Any]


class NoNumberError(ArithmeticError):
    """An expression has no number here: a pole, or an unknown function."""


_FUNCTIONS: dict[type, Callable[[Any], Any]] = {
    sympy.tanh: mpmath.tanh,
    sympy.exp: mpmath.exp,
    sympy.log: mpmath.log,
    sympy.sin: mpmath.sin,
    sympy.cos: mpmath.cos,
    sympy.tan: mpmath.tan,
    sympy.sinh: mpmath.sinh,
    sympy.cosh: mpmath.cosh,
    sympy.atan: mpmath.atan,
    sympy.atanh: mpmath.atanh,
    logistic: lambda x: 1 / (1 + mpmath.exp(-x)),
    softplus: lambda x: mpmath.log(1 + mpmath.exp(x)),
    relu: lambda x: x if mpmath.re(x) > 0 else mpf(0),
    step: lambda x: mpf(1) if mpmath.re(x) > 0 else mpf(0),
    sympy.Abs: lambda x: x if mpmath.re(x) > 0 else -x,
    sympy.sign: lambda x: mpf(int(mpmath.sign(mpmath.re(x)))),
}


class Program:
    """Several expressions, to be evaluated together many times."""

    def __init__(self, expressions: Sequence[Expr], values: Values, inputs: Sequence[Expr]) -> None:
        self._values = values
        self._slots: dict[Expr, int] = {}
        self._start: list[Any] = []
        self._steps: list[tuple[int, Callable[..., Any], tuple[int, ...]]] = []
        for symbol in inputs:
            self._new(symbol, None)
        self._inputs = len(inputs)
        self._outputs = [self._slot(expression) for expression in expressions]

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        table = list(self._start)
        table[: self._inputs] = inputs
        for slot, apply, arguments in self._steps:
            table[slot] = apply(*[table[k] for k in arguments])
        return [table[slot] for slot in self._outputs]

    def _new(self, expression: Expr, constant: Any) -> int:
        self._slots[expression] = len(self._start)
        self._start.append(constant)
        return self._slots[expression]

    def _step(self, expression: Expr, apply: Callable[..., Any], *arguments: Expr) -> int:
        places = tuple(self._slot(argument) for argument in arguments)
        slot = self._new(expression, None)
        self._steps.append((slot, apply, places))
        return slot

    def _slot(self, expression: Expr) -> int:
        if expression in self._slots:
            return self._slots[expression]
        if expression in self._values:
            return self._new(expression, self._values[expression])
        if expression.is_Rational:
            return self._new(expression, mpf(int(expression.p)) / int(expression.q))
        if expression is sympy.I:
            return self._new(expression, mpc(0, 1))
        if expression.is_Add:
            return self._step(expression, _sum, *expression.args)
        if expression.is_Mul:
            return self._step(expression, _product, *expression.args)
        if expression.is_Pow:
            return self._power(expression)
        if isinstance(expression, Jet):
            return self._step(expression, self._jet(expression), expression.point)
        apply = _FUNCTIONS.get(type(expression))
        if apply is not None:
            return self._step(expression, apply, expression.args[0])
        if not expression.free_symbols:
            return self._new(expression, mpmath.mpmathify(expression.evalf(mp.dps + 10)))
        raise NoNumberError(f"{expression} has no number")

    def _power(self, expression: Expr) -> int:
        base, exponent = expression.args
        if exponent.is_Integer:
            power = int(exponent)
            return self._step(expression, lambda x: _integer_power(x, power), base)
        return self._step(expression, lambda x, y: x**y, base, exponent)

    def _jet(self, jet: Jet) -> Callable[[Any], Any]:
        coefficients, order = self._values[jet.args[0].name, jet.args[1].name], jet.order
        pairs = [(c * mpmath.ff(k, order), k - order) for k, c in enumerate(coefficients) if k >= order]
        return lambda x: mpmath.fsum(c * x**k for c, k in pairs)


def _sum(*terms: Any) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _product(*factors: Any) -> Any:
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return total


def _integer_power(x: Any, power: int) -> Any:
    if power < 0 and x == 0:
        raise NoNumberError("division by zero")
    return x**power


def number_of(expression: Expr, values: Values) -> Any:
    """One expression at numbers of its symbols."""
    return Program([expression], values, [])([])[0]
