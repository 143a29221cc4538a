"""Expressions evaluated in ball arithmetic: the result encloses the exact value.

python-flint's `arb` carries a rigorous error bound, so a ball that excludes zero proves a sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import flint
import sympy
from flint import arb
from sympy import Expr

from dynsym._expressions import logistic, relu, softplus, step
from dynsym.algebra.field import Element
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Balls", "ball", "evaluate", "precision", "sign_of"]

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


def _power(base: arb, exponent: int) -> arb:
    """Integer power by multiplication (`arb ** int` gives nan on balls that contain zero)."""
    if exponent < 0:
        return 1 / _power(base, -exponent)
    result = arb(1)
    while exponent:
        if exponent & 1:
            result = result * base
        base = base * base
        exponent >>= 1
    return result


def _step(x: arb) -> arb:
    if x > 0:
        return arb(1)
    return arb(0) if x <= 0 else arb(0.5, 0.5)


_FUNCTIONS: dict[type, Callable[[arb], arb]] = {
    sympy.tanh: lambda x: x.tanh(),
    sympy.exp: lambda x: x.exp(),
    sympy.log: lambda x: x.log(),
    sympy.sin: lambda x: x.sin(),
    sympy.cos: lambda x: x.cos(),
    sympy.tan: lambda x: x.tan(),
    sympy.sinh: lambda x: x.sinh(),
    sympy.cosh: lambda x: x.cosh(),
    sympy.atan: lambda x: x.atan(),
    sympy.atanh: lambda x: x.atanh(),
    sympy.Abs: lambda x: abs(x),
    logistic: lambda x: (1 + (x / 2).tanh()) / 2,
    softplus: lambda x: (1 + x.exp()).log(),
    relu: lambda x: x * _step(x),
    step: _step,
}


def ball(expression: Expr, values: Balls) -> arb:
    """An enclosure of an expression, given enclosures of its symbols."""
    if expression in values:
        return values[expression]
    if expression.is_Rational:
        return arb(int(expression.p)) / int(expression.q)
    if expression.is_Add or expression.is_Mul:
        parts = [ball(part, values) for part in expression.args]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if expression.is_Add else total * part
        return total
    if expression.is_Pow:
        base, exponent = expression.args
        if exponent.is_Integer:
            return _power(ball(base, values), int(exponent))
        if exponent.is_Rational:
            return _power(ball(base, values).root(int(exponent.q)), int(exponent.p))
        return (ball(exponent, values) * ball(base, values).log()).exp()
    if expression is sympy.pi:
        return arb.pi()
    if expression is sympy.E:
        return arb(1).exp()
    if isinstance(expression, sympy.CRootOf):
        from dynsym.algebra.real_roots import root_of

        return root_of(expression).ball()
    apply = _FUNCTIONS.get(type(expression))
    if apply is None:
        raise UnsupportedFeatureError(
            f"{expression} has no enclosure here. Give its symbols values, or replace the function by one of "
            f"{', '.join(sorted(kind.__name__ for kind in _FUNCTIONS))}."
        )
    return apply(ball(expression.args[0], values))


def evaluate(element: Element, values: Balls) -> arb:
    """An enclosure of a fraction, given enclosures of the generators."""
    ring = element.field.ring
    return _polynomial(ring, element.numerator, values) / _polynomial(ring, element.denominator, values)


def _polynomial(ring: Ring, polynomial: Polynomial, values: Balls) -> arb:
    points = [ball(g, values) if d else arb(0) for g, d in zip(ring.generators, _degrees(polynomial), strict=False)]
    total = arb(0)
    for powers, coefficient in polynomial.to_dict().items():
        term = arb(coefficient)
        for point, power in zip(points, powers, strict=False):
            if power:
                term = term * _power(point, power)
        total = total + term
    return total


def _degrees(polynomial: Polynomial) -> Any:
    return polynomial.degrees() if not polynomial.is_zero() else ()


def sign_of(x: arb) -> int | None:
    """1, -1, 0 (the exact zero), or None where the ball does not decide."""
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0 if x.is_zero() else None
