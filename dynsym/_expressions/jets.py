"""An activation that is not given: its derivatives, of which only parity and sign are known.

In closed-form work the activation enters through the values of its derivatives at an equilibrium. `Jet` is the
derivative of order k of such a function; at zero it is a `Slope`, or 0 where the parity makes it vanish.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sympy
from sympy import Expr, Integer, S, Symbol
from sympy.core.symbol import Str

from dynsym._expressions.names import ASSUMPTIONS, check_name
from dynsym.errors import ParameterError

__all__ = ["Jet", "Slope", "told_apart"]

_PARITIES = ("odd", "even", "none")


class Jet(sympy.Function):
    r"""The derivative of order `order` at `x` of an activation that is not given.

    The activation increases strictly unless it is even, so that its first derivative is positive.
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
            return Slope(check_name(name.name, "activation"), int(order))
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
        return f"{_differentiated(self.args[0].name, self.order)}({printer._print(self.args[3])})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = _latex_of(self.args[0].name, self.order, printer._print(self.args[3]))
        return body if exp is None else f"\\left({body}\\right)^{{{exp}}}"

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        head = prettyForm(_differentiated(str(printer._print(Symbol(self.args[0].name))), self.order))
        return prettyForm(*head.right(prettyForm(*printer._print(self.args[3]).parens())))


class Slope(Symbol):
    """The derivative of order `order` at zero of an activation that is not given.

    It is shown as ``s<order>`` for the function ``phi`` and as ``s<order>_<function>`` for another one, and is equal to
    no symbol of a model, whatever that is called: its own name, as in ``phi'(0)``, is no identifier.
    """

    function: str
    order: int

    def __new__(cls, function: str, order: int) -> Slope:
        return _slope(function, order)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return Slope, (self.function, self.order)

    @classmethod
    def class_key(cls) -> Any:
        return Symbol.class_key()

    def sort_key(self, order: Any = None) -> Any:
        """Where a symbol as it is shown would stand, and after it."""
        return self.class_key(), (1, (str(self), self.name)), S.One.sort_key(), S.One

    def _sympystr(self, printer: Any) -> str:
        return f"s{self.order}" if self.function == "phi" else f"s{self.order}_{self.function}"

    def _sympyrepr(self, printer: Any) -> str:
        return f"Slope({self.function!r}, {self.order})"

    def _latex(self, printer: Any) -> str:
        return _latex_of(self.function, self.order, "0")

    def _pretty(self, printer: Any) -> Any:
        return printer._print(Symbol(str(self)))


@cache
def _slope(function: str, order: int) -> Slope:
    assumption = ASSUMPTIONS["positive" if order == 1 else "real"]
    made: Slope = Symbol.__xnew__(Slope, f"{_differentiated(function, order)}(0)", **assumption)
    made.function, made.order = function, order
    return made


def told_apart(values: Mapping[Any, Any], *, identifiers: bool = False) -> dict[Any, Any]:
    """Expressions to be shown; what would be read as another symbol is written out: ``phi'(0)``, ``4*atan(1)``.

    With `identifiers`, slopes get names that a parser reads: ``s1_phi``, or one with as many more ``_`` as it takes.
    """
    symbols: set[Symbol] = set().union(
        *(part.free_symbols for value in values.values() for part in _expressions(value))
    )
    names = {s.name for s in symbols}
    hidden: dict[sympy.Basic, Expr] = {
        s: Symbol(_unused(s, names) if identifiers else s.name)
        for s in symbols
        if isinstance(s, Slope) and str(s) in names
    }
    if "pi" in names:
        hidden[sympy.pi] = 4 * sympy.atan(1, evaluate=False)

    def shown(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: shown(part) for name, part in value.items()}
        if isinstance(value, tuple):
            return tuple(map(shown, value))
        return value.xreplace(hidden) if isinstance(value, sympy.Basic) else value

    return {name: shown(value) for name, value in values.items()} if hidden else dict(values)


def _unused(slope: Slope, names: set[str]) -> str:
    name = f"s{slope.order}_{slope.function}"
    while name in names:
        name += "_"
    return name


def _expressions(value: Any) -> list[sympy.Basic]:
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
    return [part for part in parts if isinstance(part, sympy.Basic)]


def _differentiated(name: str, order: int) -> str:
    return name + ("'" * order if order <= 3 else f"^({order})")


def _latex_of(name: str, order: int, point: str) -> str:
    head = f"\\{name}" if name in _GREEK else f"\\operatorname{{{name}}}"
    primes = "'" * order if order <= 3 else f"^{{({order})}}"
    return f"{head}{primes}\\left({point}\\right)"


_GREEK = {"phi", "varphi", "psi", "sigma", "rho", "theta", "eta", "xi", "zeta", "chi"}
