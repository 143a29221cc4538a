"""Functions of rate models that sympy lacks: the logistic function, the rectifier with its step, softplus.

Each is a sympy function, evaluated by mpmath at any precision, real for real arguments, and rewritten in elementary
functions by ``expression.rewrite(exp)``, ``.rewrite(log)`` or ``.rewrite(Piecewise)``.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy
from sympy import Expr, Float, S

__all__ = ["logistic", "relu", "softplus", "step"]

_GUARD_BITS = 20


class _Activation(sympy.Function):
    """A function of one variable that is real and finite for real, finite arguments."""

    nargs = 1

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
            value = self._at(self.args[0]._to_mpmath(working, allow_ints=False))
        return Float._new(value._mpf_, prec)


class logistic(_Activation):
    r"""The logistic function :math:`1/(1 + e^{-u})`; its derivative is l (1 - l).

    Examples
    --------
    >>> from sympy import Symbol
    >>> u = Symbol("u", real=True)
    >>> logistic(u).diff(u)
    (1 - logistic(u))*logistic(u)
    >>> logistic(0)
    1/2
    """

    @classmethod
    def eval(cls, u: Expr) -> Expr | None:
        if u is S.NaN or u is S.ComplexInfinity:
            return S.NaN
        if u is S.Infinity:
            return S.One
        if u is S.NegativeInfinity:
            return S.Zero
        return S.Half if u.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return self * (1 - self)

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return 1 / (1 + sympy.exp(-u))

    _eval_rewrite_as_exp = _elementary

    def _eval_rewrite_as_tanh(self, u: Expr, **hints: object) -> Expr:
        return (1 + sympy.tanh(u / 2)) / 2

    @staticmethod
    def _at(point: Any) -> Any:
        return 1 / (1 + mpmath.exp(-point))

    def _numpycode(self, printer: Any) -> str:
        """Without overflow at either end: exp(-log(1 + exp(-u)))."""
        exp, log = printer._module_format("numpy.exp"), printer._module_format("numpy.logaddexp")
        return f"{exp}(-{log}(0.0, -({printer._print(self.args[0])})))"


class step(_Activation):
    """1 where the argument is positive, 0 elsewhere (at 0 too, where `relu` has no derivative).

    Examples
    --------
    >>> step(3), step(0), step(-3)
    (1, 0, 0)
    """

    @classmethod
    def eval(cls, u: Expr) -> Expr | None:
        if u is S.NaN or u is S.ComplexInfinity:
            return S.NaN
        if u.is_extended_positive:
            return S.One
        return S.Zero if u.is_extended_nonpositive else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return S.Zero

    def _eval_is_extended_nonnegative(self) -> bool | None:
        return self.args[0].is_extended_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.Piecewise((1, u > 0), (0, True))

    _eval_rewrite_as_Piecewise = _elementary

    @staticmethod
    def _at(point: Any) -> Any:
        return mpmath.mpf(1) if point > 0 else mpmath.mpf(0)

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.heaviside')}({printer._print(self.args[0])}, 0.0)"


class relu(_Activation):
    """The rectifier max(u, 0); its derivative is `step`.

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
    def eval(cls, u: Expr) -> Expr | None:
        if u is S.NaN or u is S.ComplexInfinity:
            return S.NaN
        if u.is_extended_nonnegative:
            return u
        return S.Zero if u.is_extended_nonpositive else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return step(self.args[0])

    def _eval_is_extended_nonnegative(self) -> bool | None:
        return self.args[0].is_extended_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.Piecewise((u, u > 0), (0, True))

    _eval_rewrite_as_Piecewise = _elementary

    def _eval_rewrite_as_Max(self, u: Expr, **hints: object) -> Expr:
        return sympy.Max(u, 0)

    @staticmethod
    def _at(point: Any) -> Any:
        return point if point > 0 else mpmath.mpf(0)

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.maximum')}({printer._print(self.args[0])}, 0.0)"


class softplus(_Activation):
    """The smooth rectifier log(1 + exp(u)); its derivative is `logistic`.

    Examples
    --------
    >>> softplus(0)
    log(2)
    """

    @classmethod
    def eval(cls, u: Expr) -> Expr | None:
        if u is S.NaN or u is S.ComplexInfinity:
            return S.NaN
        if u is S.Infinity:
            return S.Infinity
        if u is S.NegativeInfinity:
            return S.Zero
        return sympy.log(2) if u.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return logistic(self.args[0])

    def _eval_is_extended_positive(self) -> bool | None:
        return self.args[0].is_real or None

    def _elementary(self, u: Expr, **hints: object) -> Expr:
        return sympy.log(1 + sympy.exp(u))

    _eval_rewrite_as_log = _eval_rewrite_as_exp = _elementary

    @staticmethod
    def _at(point: Any) -> Any:
        return mpmath.log1p(mpmath.exp(-abs(point))) + (point if point > 0 else 0)

    def _numpycode(self, printer: Any) -> str:
        return f"{printer._module_format('numpy.logaddexp')}(0.0, {printer._print(self.args[0])})"
