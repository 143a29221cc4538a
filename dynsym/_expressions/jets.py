"""An activation that is not given: its derivatives, of which only parity and sign are known.

In closed-form work the activation enters through the values of its derivatives at an equilibrium. `Jet` is the
derivative of order k of such a function; at zero it is the symbol ``s<k>``, or 0 where the parity makes it vanish.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Integer, S
from sympy.core.symbol import Str

from dynsym._expressions.names import check_name, symbol
from dynsym.errors import ParameterError

__all__ = ["Jet"]

_PARITIES = ("odd", "even", "none")


class Jet(sympy.Function):
    r"""The derivative of order `order` at `x` of an activation that is not given.

    The activation increases strictly unless it is even, so that its first derivative is positive.

    Parameters
    ----------
    name : str
        Name of the activation, for printing. At zero the derivatives of ``phi`` are ``s0, s1, ...``, those of
        another function ``s0_<name>, ...``.
    parity : {"odd", "even", "none"}
        Of the activation itself.
    order : int
        How many times it was differentiated.
    x : Expr
        Where.

    Raises
    ------
    ParameterError
        If the parity is none of the above or the order is no count.

    Examples
    --------
    >>> from sympy import Symbol
    >>> x = Symbol("x", real=True)
    >>> phi = Jet("phi", "odd", 0, x)
    >>> phi.diff(x, 3)
    phi'''(x)
    >>> [phi.diff(x, k).subs(x, 0) for k in range(4)]
    [0, s1, 0, s3]
    """

    nargs = 4

    def __new__(cls, name: Any, parity: Any, order: Any, x: Any, **options: Any) -> Expr:
        name, parity = (part if isinstance(part, Str) else Str(part) for part in (name, parity))
        if parity.name not in _PARITIES:
            raise ParameterError(f"parity {parity.name!r} is unknown; it is one of {', '.join(_PARITIES)}.")
        order = order if isinstance(order, Integer) else Integer(order)
        if order < 0:
            raise ParameterError(f"order {order} of a derivative is negative; it counts from 0.")
        return super().__new__(cls, name, parity, order, x, **options)

    @classmethod
    def eval(cls, name: Str, parity: Str, order: Integer, x: Expr) -> Expr | None:
        flips = {"odd": order % 2 == 0, "even": order % 2 == 1, "none": False}[parity.name]
        if x.is_zero:
            if flips:
                return S.Zero
            check_name(name.name, "activation")
            suffix = "" if name.name == "phi" else f"_{name.name}"
            return symbol(f"s{order}{suffix}", "positive" if order == 1 else "real")
        if parity.name != "none" and x.could_extract_minus_sign():
            return -cls(name, parity, order, -x) if flips else cls(name, parity, order, -x)
        return None

    @property
    def order(self) -> int:
        """How many times the activation was differentiated."""
        return int(self.args[2])

    @property
    def point(self) -> Expr:
        """Where the derivative is taken."""
        return self.args[3]

    def fdiff(self, argindex: int = 4) -> Expr:
        if argindex != 4:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return self.func(self.args[0], self.args[1], self.args[2] + 1, self.args[3])

    def _eval_derivative(self, s: Expr) -> Expr:
        inner = self.args[3].diff(s)
        return S.Zero if inner.is_zero else self.fdiff() * inner

    def _eval_is_extended_real(self) -> bool | None:
        return self.args[3].is_extended_real or None

    def _eval_is_finite(self) -> bool | None:
        return (self.args[3].is_extended_real and self.args[3].is_finite) or None

    def _eval_is_extended_positive(self) -> bool | None:
        increases = self.args[2] == 1 and self.args[1].name != "even"
        return (increases and self.args[3].is_real) or None

    def _eval_conjugate(self) -> Expr | None:
        return self if self.args[3].is_extended_real else None

    def _eval_evalf(self, prec: int) -> Expr | None:
        """No number: the function is not given."""
        return None

    def _sympystr(self, printer: Any) -> str:
        return f"{self.args[0].name}{self._primes('^({})')}({printer._print(self.args[3])})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        head = f"\\{self.args[0].name}" if self.args[0].name in _GREEK else f"\\operatorname{{{self.args[0].name}}}"
        body = f"{head}{self._primes('^{{({})}}')}\\left({printer._print(self.args[3])}\\right)"
        return body if exp is None else f"\\left({body}\\right)^{{{exp}}}"

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        head = prettyForm(f"{printer._print(sympy.Symbol(self.args[0].name))}{self._primes('^({})')}")
        return prettyForm(*head.right(prettyForm(*printer._print(self.args[3]).parens())))

    def _primes(self, high: str) -> str:
        return "'" * self.order if self.order <= 3 else high.format(self.order)


_GREEK = {"phi", "varphi", "psi", "sigma", "rho", "theta", "eta", "xi", "zeta", "chi"}
