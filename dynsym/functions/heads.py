"""What the functions that sympy lacks share as sympy classes."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy
from sympy import Expr, Float, S

from dynsym._expressions.registry import HEADS

__all__ = ["RealFunction"]

_GUARD_BITS = 20


class RealFunction(sympy.Function):
    """A function of one variable that is real and finite for real, finite arguments.

    A subclass gives `value_at` (its value where that is simple, else None), `fdiff` and `_elementary`.
    """

    nargs = 1

    @classmethod
    def eval(cls, u: Expr) -> Expr | None:
        return S.NaN if u is S.NaN or u is S.ComplexInfinity else cls.value_at(u)

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[0].is_extended_real or None

    def _eval_is_finite(self) -> bool | None:
        return (self.args[0].is_extended_real and self.args[0].is_finite) or None

    def _eval_conjugate(self) -> Expr:
        return self if self.args[0].is_extended_real else self.func(self.args[0].conjugate())

    def _mpmathcode(self, printer: Any) -> str:
        """Code in elementary functions, for printers of scalar Python."""
        return printer._print(self._elementary(self.args[0]))

    _pythoncode = _mpmathcode

    def _eval_evalf(self, prec: int) -> Expr | None:
        argument = self.args[0].evalf(sympy.core.evalf.prec_to_dps(prec) + 8)
        if not argument.is_number or not argument.is_comparable:
            return None
        rough = abs(mpmath.mpf(argument._to_mpmath(53)))
        growth = max(0, int(mpmath.mag(rough))) if rough else 0
        working = prec + growth + _GUARD_BITS
        with mpmath.workprec(working):
            value = HEADS[type(self)].digits(self.args[0]._to_mpmath(working, allow_ints=False))
        return Float._new(value._mpf_, prec)
