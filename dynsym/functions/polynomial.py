"""Activations that a user writes as an expression, and activations by the text of a model file."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym._expressions import check_name, did_you_mean, parse
from dynsym.errors import ModelParseError
from dynsym.functions.activation import ACTIVATIONS, REAL_LINE, Activation, Bounds

__all__ = ["Polynomial", "activation_from_text"]


@dataclass(frozen=True)
class Polynomial(Activation):
    """An activation written as an expression of one variable, such as ``"x - x^3/3"``.

    Parameters
    ----------
    text : str
        The expression. Names other than the variable become parameters of the system.
    variable : str
        The name that stands for the argument; ``"x"`` by default.

    Raises
    ------
    ModelParseError
        If the text cannot be read or does not depend on the variable.

    Examples
    --------
    >>> import sympy
    >>> Polynomial("x - x^3/3").expression(sympy.Integer(3))
    -6
    """

    text: str
    variable: str = "x"
    kind = "polynomial"

    def __post_init__(self) -> None:
        check_name(self.variable, "variable")
        if not isinstance(self.text, str):
            raise ModelParseError(f"The activation was given as {self.text!r}; a text is needed, as in 'x - x^3/3'.")
        argument = sympy.Dummy(self.variable, real=True)
        expression = parse(self.text, {self.variable: argument}, where="activation", declare=True)
        if argument not in expression.free_symbols:
            raise ModelParseError(
                f"The activation {self.text!r} does not depend on {self.variable!r}. "
                f"An activation is a function of one variable; write it with {self.variable}, as in 'x - x^3/3'."
            )
        object.__setattr__(self, "_argument", argument)
        object.__setattr__(self, "_expression", expression)

    def expression(self, argument: Expr) -> Expr:
        return self._expression.subs(self._argument, argument)  # type: ignore[attr-defined]

    @property
    def parity(self) -> str:
        u = sympy.Dummy("u", real=True)
        value, mirrored = self.expression(u), self.expression(-u)
        if sympy.expand(value + mirrored) == 0:
            return "odd"
        return "even" if sympy.expand(value - mirrored) == 0 else "none"

    @property
    def bounds(self) -> Bounds:
        return REAL_LINE

    @property
    def derivative_bounds(self) -> Bounds:
        return REAL_LINE

    def to_text(self) -> str:
        return self.text


def activation_from_text(text: str) -> Activation:
    """The activation that a model file names, or the expression in ``x`` that it spells."""
    known = {kind.function.text or name: kind for name, kind in ACTIVATIONS.items() if kind.function is not None}
    known |= {name: kind for name, kind in ACTIVATIONS.items() if kind is not Polynomial}
    if text in known:
        return known[text]()
    try:
        return Polynomial(text)
    except ModelParseError as error:
        raise ModelParseError(
            f"The activation {text!r} is neither one of {', '.join(sorted(known))} nor an expression in x"
            f"{did_you_mean(str(text), known) or '.'} ({error})"
        ) from error
