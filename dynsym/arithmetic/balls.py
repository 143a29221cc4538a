"""Ball arithmetic for tapes: every result is an `arb` ball that contains the true value.

python-flint's `arb` carries a rigorous error bound, so a ball that excludes zero proves a sign.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import flint
import sympy
from flint import arb, fmpq
from sympy import Expr, Rational

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.real_roots import root_of
from dynsym.arithmetic.tape import Arithmetic, Tape

__all__ = ["BallArithmetic", "Balls", "ball", "polynomial_ball", "precision", "rational_ball", "sign_of"]

Balls = Mapping[Expr, arb]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with so many bits inside."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def rational_ball(value: Rational | Fraction) -> arb:
    """A ball around a rational number."""
    return arb(fmpq(int(value.numerator), int(value.denominator)))


def polynomial_ball(terms: Iterable[tuple[Sequence[Any], Any]], points: Sequence[arb]) -> arb:
    """An enclosure of a polynomial, given as (powers, coefficient) pairs."""
    total, arithmetic = arb(0), BallArithmetic()
    for powers, coefficient in terms:
        term = arb(coefficient)
        for point, power in zip(points, powers, strict=False):
            if power:
                term *= arithmetic.integer_power(point, int(power))
        total += term
    return total


def ball(expression: Expr, values: Balls | None = None) -> arb:
    """An enclosure of an expression at flint's working precision, given enclosures of its symbols."""
    if expression.is_Rational:
        return rational_ball(expression)
    values = values or {}
    if expression in values:
        return values[expression]
    return _tape(expression, tuple(values)).run(_Values(), list(values.values()))[0]


@functools.lru_cache(maxsize=64)
def _tape(expression: Expr, variables: tuple[Expr, ...]) -> Tape:
    return Tape.of([expression], variables)


def sign_of(x: arb) -> int | None:
    """1, -1, 0 (the exact zero), or None where the ball does not decide."""
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0 if x.is_zero() else None


class BallArithmetic(Arithmetic):
    """`Arithmetic` of python-flint's real balls; a jump has both one-sided limits."""

    def constant(self, value: Expr) -> arb:
        if value.is_Rational:
            return rational_ball(value)
        if isinstance(value, sympy.CRootOf):
            return root_of(value).ball()
        return arb.pi() if value == sympy.pi else arb.const_e()

    def add(self, left: arb, right: arb) -> arb:
        return left + right

    def multiply(self, left: arb, right: arb) -> arb:
        return left * right

    def integer_power(self, base: arb, exponent: int) -> arb:
        if exponent < 0:
            return 1 / self.integer_power(base, -exponent)
        if base.is_exact() or not base.contains(0):
            return base**exponent
        if exponent % 2 == 0:
            return arb(0).union(base.abs_upper() ** exponent) if exponent else arb(1)
        return (base.lower() ** exponent).union(base.upper() ** exponent)

    def power(self, base: arb, exponent: arb) -> arb:
        whole = exponent.unique_fmpz() if exponent.is_exact() else None
        if whole is not None and exponent == whole:
            return self.integer_power(base, int(whole))
        return arb(0) if base.is_zero() and exponent > 0 else base**exponent

    def square_root(self, base: arb) -> arb:
        return base.sqrt()

    def function(self, name: str, arguments: Sequence[arb]) -> Any:
        if name in ("Min", "Max"):
            return functools.reduce(arb.min if name == "Min" else arb.max, arguments)
        known, x = NAMES[name], arguments[0]
        if known.smoothness < 0 and x.contains(0):
            return known.ball(arb(-1)).union(known.ball(arb(1)))
        return known.ball(x)


class _Values(BallArithmetic):
    """Of values of expressions, where a jump is a value too."""

    def function(self, name: str, arguments: Sequence[arb]) -> Any:
        return NAMES[name].ball(*arguments) if name in NAMES else super().function(name, arguments)
