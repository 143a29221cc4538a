"""The identity."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym.functions.activation import REAL_LINE, Activation, Bounds

__all__ = ["Linear"]


@dataclass(frozen=True)
class Linear(Activation):
    """Identity output, φ(x) = x.

    Parameters
    ----------
    None

    Examples
    --------
    >>> import sympy
    >>> Linear().expression(sympy.Symbol("x"))
    x
    """

    kind = "linear"

    def expression(self, argument: Expr) -> Expr:
        return argument

    @property
    def parity(self) -> str:
        return "odd"

    @property
    def bounds(self) -> Bounds:
        return REAL_LINE

    @property
    def derivative_bounds(self) -> Bounds:
        return (sympy.S.One, sympy.S.One)
