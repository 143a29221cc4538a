"""Ball arithmetic for tapes: every result is an `arb` ball that contains the true value."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Expr

from dynsym.arithmetic.tape import Arithmetic

__all__ = ["BallArithmetic", "ball"]


def ball(value: Expr) -> arb:
    """A ball around an exact real number, at flint's working precision."""
    if value.is_Rational:
        return arb(fmpq(int(value.p), int(value.q)))
    from dynsym.arithmetic.tape import Tape

    return Tape.of([value], []).run(BallArithmetic(), [])[0]


class BallArithmetic(Arithmetic):
    """`Arithmetic` of python-flint's real balls."""

    def constant(self, value: Expr) -> arb:
        if value.is_Rational:
            return arb(fmpq(int(value.p), int(value.q)))
        return arb.pi() if value == sympy.pi else arb.const_e()

    def add(self, left: arb, right: arb) -> arb:
        return left + right

    def multiply(self, left: arb, right: arb) -> arb:
        return left * right

    def integer_power(self, base: arb, exponent: int) -> arb:
        if exponent % 2 == 0 and base.contains(0) and exponent > 0:
            return arb(0).union(base.abs_upper() ** exponent)
        return base**exponent

    def power(self, base: arb, exponent: arb) -> arb:
        return base**exponent

    def square_root(self, base: arb) -> arb:
        return base.sqrt()

    def function(self, name: str, arguments: Sequence[arb]) -> Any:
        x = arguments[0]
        if name in _METHODS:
            return getattr(x, _METHODS[name])()
        if name == "logistic":
            return _monotone(x, lambda u: 1 / (1 + (-u).exp()))
        if name == "softplus":
            return _monotone(x, lambda u: (1 + u.exp()).log())
        if name == "tanh":
            return _monotone(x, lambda u: u.tanh())
        if name == "relu":
            return x.max(arb(0))
        if name in ("step", "Heaviside"):
            return arb(1) if x > 0 else arb(0) if x < 0 else arb(0).union(arb(1))
        if name == "sign":
            return arb(1) if x > 0 else arb(-1) if x < 0 else arb(-1).union(arb(1))
        choose = arb.min if name == "Min" else arb.max
        return functools.reduce(choose, arguments)


_METHODS = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "coth": "coth",
    "atan": "atan",
    "Abs": "__abs__",
}


def _monotone(x: arb, increasing: Any) -> arb:
    """The range of an increasing function over a ball, from its two ends."""
    if x.is_exact():
        return increasing(x)
    return increasing(x.lower()).union(increasing(x.upper()))
