"""Tapes over mpmath numbers: every distinct subexpression is evaluated once.

Numbers may be complex, so that derivatives can be read off circles in the complex plane.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import sympy
from mpmath import mp, mpc, mpf
from sympy import Expr

from dynsym._expressions import Jet
from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.tape import Arithmetic, Tape
from dynsym.errors import UnsupportedFeatureError

__all__ = ["DigitArithmetic", "NoNumberError", "Program", "number_of"]

Values = Mapping[Any, Any]


class NoNumberError(ArithmeticError):
    """An expression has no number here: a pole, or an unknown function."""


class Program:
    """Several expressions, to be evaluated together many times; `values` may hold the Taylor coefficients of jets."""

    def __init__(self, expressions: Sequence[Expr], values: Values, inputs: Sequence[Expr]) -> None:
        known = {e: value for e, value in values.items() if isinstance(e, Expr) and e not in inputs}
        self._known = list(known.values())
        self._arithmetic = DigitArithmetic(values)
        self._tape = _tape(tuple(expressions), (*inputs, *known))

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        return self._tape.run(self._arithmetic, [*inputs, *self._known])


@functools.lru_cache(maxsize=64)
def _tape(expressions: tuple[Expr, ...], variables: tuple[Expr, ...]) -> Tape:
    try:
        return Tape.of(expressions, variables, for_digits=True)
    except UnsupportedFeatureError as error:
        raise NoNumberError(str(error)) from error


class DigitArithmetic(Arithmetic):
    """`Arithmetic` of mpmath numbers, real or complex, at mpmath's working precision."""

    def __init__(self, jets: Values) -> None:
        self._jets = jets
        self._terms: dict[Jet, list[tuple[Any, int]]] = {}

    def constant(self, value: Expr) -> Any:
        if value.is_Rational:
            return mpf(int(value.p)) / int(value.q)
        return mpc(0, 1) if value is sympy.I else mpmath.mpmathify(value.evalf(mp.dps + 10))

    def add(self, left: Any, right: Any) -> Any:
        return left + right

    def multiply(self, left: Any, right: Any) -> Any:
        return left * right

    def integer_power(self, base: Any, exponent: int) -> Any:
        if exponent < 0 and base == 0:
            raise NoNumberError("division by zero")
        return base**exponent

    def power(self, base: Any, exponent: Any) -> Any:
        return base**exponent

    def square_root(self, base: Any) -> Any:
        return mpmath.sqrt(base)

    def function(self, name: str, arguments: Sequence[Any]) -> Any:
        return (_CHOICES.get(name) or NAMES[name].digits)(*arguments)

    def jet(self, jet: Jet, point: Any) -> Any:
        if jet not in self._terms:
            coefficients, order = self._jets[jet.args[0].name, jet.args[1].name], jet.order
            derived = [(c * mpmath.ff(k, order), k - order) for k, c in enumerate(coefficients) if k >= order]
            self._terms[jet] = derived
        return mpmath.fsum(c * point**k for c, k in self._terms[jet])


_CHOICES: dict[str, Callable[..., Any]] = {
    "Min": lambda *values: min(values, key=mpmath.re),
    "Max": lambda *values: max(values, key=mpmath.re),
}


def number_of(expression: Expr, values: Values) -> Any:
    """One expression at numbers of its symbols."""
    return Program([expression], values, [])([])[0]
