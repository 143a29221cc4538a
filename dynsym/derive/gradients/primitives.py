"""Primitives of activations."""

from __future__ import annotations

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import logistic, relu, softplus, symbol

__all__ = ["primitive"]


def primitive(function: Expr, x: Symbol) -> Expr:
    """The integral of a function of x from 0 to x; left as an integral where no formula is known."""
    if function.is_polynomial(x):
        s = symbol("s")
        return sympy.integrate(function.xreplace({x: s}), (s, 0, x))
    coefficient, part = function.as_independent(x, as_Add=False)
    known = _KNOWN.get(type(part))
    if known is not None:
        inner = part.args[0]
        slope = inner.diff(x)
        if not slope.free_symbols & {x}:
            return coefficient * (known(inner) - known(inner.xreplace({x: sympy.S.Zero}))) / slope
    s = symbol("s")
    return coefficient * sympy.Integral(part.xreplace({x: s}), (s, 0, x))


_KNOWN = {
    sympy.tanh: lambda u: sympy.log(sympy.cosh(u)),
    logistic: softplus,
    relu: lambda u: u * relu(u) / 2,
    sympy.sin: lambda u: -sympy.cos(u),
    sympy.cos: sympy.sin,
    sympy.exp: sympy.exp,
}
