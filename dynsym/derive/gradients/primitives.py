"""Primitives of activations."""

from __future__ import annotations

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym._expressions.registry import HEADS

__all__ = ["primitive"]


def primitive(function: Expr, x: Symbol) -> Expr:
    """The integral of a function of x from 0 to x; left as an integral where no formula is known."""
    if function.is_polynomial(x):
        s = symbol("s")
        return sympy.integrate(function.xreplace({x: s}), (s, 0, x))
    coefficient, part = function.as_independent(x, as_Add=False)
    known = HEADS.get(type(part))
    if known is not None and known.primitive is not None:
        inner = part.args[0]
        slope = inner.diff(x)
        if not slope.free_symbols & {x}:
            ends = known.primitive(inner), known.primitive(inner.xreplace({x: sympy.S.Zero}))
            return coefficient * (ends[0] - ends[1]) / slope
    s = symbol("s")
    return coefficient * sympy.Integral(part.xreplace({x: s}), (s, 0, x))
