"""The rectifier max(u, 0) and its derivative, the step, as sympy classes: the one spelling of kinks and jumps."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, S

from dynsym.functions.heads import RealFunction

__all__ = ["relu", "step"]


class step(RealFunction):
    """1 where the argument is positive, 0 elsewhere (at 0 too, where `relu` has no derivative).

    Parameters
    ----------
    u : Expr

    Examples
    --------
    >>> step(3), step(0), step(-3)
    (1, 0, 0)
    """

    @classmethod
    def value_at(cls, u: Expr) -> Expr | None:
        return S.One if u.is_extended_positive else S.Zero if u.is_extended_nonpositive else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return S.Zero

    def _eval_is_extended_nonnegative(self) -> bool | None:
        return self.args[0].is_extended_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.Piecewise((1, u > 0), (0, True))

    _eval_rewrite_as_Piecewise = _elementary

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.heaviside')}({printer._print(self.args[0])}, 0.0)"


class relu(RealFunction):
    """The rectifier max(u, 0); its derivative is `step`.

    Parameters
    ----------
    u : Expr

    Examples
    --------
    >>> from sympy import Symbol
    >>> u = Symbol("u", real=True)
    >>> relu(u).diff(u)
    step(u)
    >>> relu(-2), relu(2)
    (0, 2)
    """

    @classmethod
    def value_at(cls, u: Expr) -> Expr | None:
        return u if u.is_extended_nonnegative else S.Zero if u.is_extended_nonpositive else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return step(self.args[0])

    def _eval_is_extended_nonnegative(self) -> bool | None:
        return self.args[0].is_extended_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.Piecewise((u, u > 0), (0, True))

    _eval_rewrite_as_Piecewise = _elementary

    def _eval_rewrite_as_Max(self, u: Expr, **hints: object) -> Expr:
        return sympy.Max(u, 0)

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.maximum')}({printer._print(self.args[0])}, 0.0)"
