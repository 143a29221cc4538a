"""Activation functions φ: how a node's state becomes its output.

An `Activation` knows its expression, its parity, the range of φ and of φ', so that closed forms, proofs and array code
can each use what they need. `AnySigmoid` leaves φ undefined: closed forms then hold for every sigmoid at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy
from sympy import Expr

from dynsym._expressions import Jet, check_name, did_you_mean, logistic, parse, relu
from dynsym.errors import ModelParseError, ParameterError
from dynsym.model.rules.activation import REAL_LINE, Activation, Bounds
from dynsym.model.rules.quantity import quantity
from dynsym.model.rules.smooth_rectifier import Softplus

__all__ = [
    "Activation",
    "AnySigmoid",
    "Linear",
    "Logistic",
    "Polynomial",
    "Rectified",
    "Softplus",
    "Tanh",
    "activation_from_text",
]


@dataclass(frozen=True)
class Tanh(Activation):
    """Hyperbolic tangent, ``tanh(gain * x)``.

    Parameters
    ----------
    gain : number, text or Expr
        Slope at the origin; 1 by default.

    Raises
    ------
    ParameterError
        If the gain is not finite.

    Examples
    --------
    >>> import sympy
    >>> Tanh().expression(sympy.Symbol("x"))
    tanh(x)
    """

    gain: Any = 1
    kind: ClassVar[str] = "tanh"

    def __post_init__(self) -> None:
        object.__setattr__(self, "gain", quantity(self.gain, "gain"))

    def expression(self, argument: Expr) -> Expr:
        return sympy.tanh(self.gain * argument)

    @property
    def parity(self) -> str:
        return "odd"

    @property
    def bounds(self) -> Bounds:
        return (sympy.S.NegativeOne, sympy.S.One)

    @property
    def derivative_bounds(self) -> Bounds:
        return _between(sympy.S.Zero, self.gain)


@dataclass(frozen=True)
class Logistic(Activation):
    """Logistic sigmoid ``1/(1 + exp(-gain*(x - threshold)))``.

    Parameters
    ----------
    gain, threshold : number, text or Expr
        Steepness and half-activation point; 1 and 0 by default.

    Raises
    ------
    ParameterError
        If a value is not finite.

    Examples
    --------
    >>> import sympy
    >>> Logistic().expression(sympy.Integer(0))
    1/2
    """

    gain: Any = 1
    threshold: Any = 0
    kind: ClassVar[str] = "logistic"

    def __post_init__(self) -> None:
        object.__setattr__(self, "gain", quantity(self.gain, "gain"))
        object.__setattr__(self, "threshold", quantity(self.threshold, "threshold"))

    def expression(self, argument: Expr) -> Expr:
        return logistic(self.gain * (argument - self.threshold))

    @property
    def parity(self) -> str:
        return "none"

    @property
    def bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.One)

    @property
    def derivative_bounds(self) -> Bounds:
        return _between(sympy.S.Zero, self.gain / 4)


@dataclass(frozen=True)
class Rectified(Activation):
    """Rectification ``max(x - threshold, 0)``: piecewise linear.

    Parameters
    ----------
    threshold : number, text or Expr
        Where the output leaves zero.

    Raises
    ------
    ParameterError
        If the threshold is not finite.

    Examples
    --------
    >>> import sympy
    >>> Rectified().expression(sympy.Integer(-3))
    0
    """

    threshold: Any = 0
    kind: ClassVar[str] = "rectified"

    def __post_init__(self) -> None:
        object.__setattr__(self, "threshold", quantity(self.threshold, "threshold"))

    def expression(self, argument: Expr) -> Expr:
        return relu(argument - self.threshold)

    @property
    def parity(self) -> str:
        return "none"

    @property
    def bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.Infinity)

    @property
    def derivative_bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.One)


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

    kind: ClassVar[str] = "linear"

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
    kind: ClassVar[str] = "polynomial"

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


@dataclass(frozen=True)
class AnySigmoid(Activation):
    """An undefined sigmoid: closed forms carry its derivatives s1, s2, s3, … at the equilibrium.

    Parameters
    ----------
    name : str
        How φ is printed.
    parity : {"odd", "none"}
        ``"odd"`` makes φ and its even derivatives vanish at 0.
    bounds : pair of number, text or Expr
        An interval that holds φ.

    Raises
    ------
    ParameterError
        If the parity is neither, or the bounds do not increase.

    Notes
    -----
    φ is strictly increasing: its first derivative is positive.

    Examples
    --------
    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> AnySigmoid().expression(x).diff(x).subs(x, 0)
    s1
    """

    name: str = "phi"
    parity: str = "odd"
    bounds: Bounds = (sympy.S.NegativeOne, sympy.S.One)
    kind: ClassVar[str] = "any_sigmoid"

    def __post_init__(self) -> None:
        check_name(self.name, "activation")
        if self.parity not in ("odd", "none"):
            raise ParameterError(
                f"The parity of an undefined sigmoid was given as {self.parity!r}; it is 'odd' or 'none'."
            )
        if isinstance(self.bounds, str) or len(self.bounds) != 2:
            raise ParameterError(f"The bounds of {self.name} were given as {self.bounds!r}; give two, as in (-1, 1).")
        low, high = (quantity(bound, f"bound of {self.name}") for bound in self.bounds)
        if (high - low).is_positive is False or (self.parity == "odd" and low != -high):
            raise ParameterError(
                f"The bounds of {self.name} were given as {low} and {high}; they must increase, and be opposite for an "
                "odd function. Give them as in (-1, 1), or parity='none'."
            )
        object.__setattr__(self, "bounds", (low, high))

    def expression(self, argument: Expr) -> Expr:
        return Jet(self.name, self.parity, 0, argument)

    @property
    def derivative_bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.Infinity)


_BY_NAME: dict[str, type[Activation]] = {
    "tanh": Tanh,
    "logistic": Logistic,
    "rectified": Rectified,
    "relu": Rectified,
    "softplus": Softplus,
    "linear": Linear,
    "any_sigmoid": AnySigmoid,
}


def activation_from_text(text: str) -> Activation:
    """The activation that a model file names, or the expression in ``x`` that it spells."""
    if text in _BY_NAME:
        return _BY_NAME[text]()
    try:
        return Polynomial(text)
    except ModelParseError as error:
        raise ModelParseError(
            f"The activation {text!r} is neither one of {', '.join(sorted(_BY_NAME))} nor an expression in x"
            f"{did_you_mean(str(text), _BY_NAME) or '.'} ({error})"
        ) from error


def _between(one: Expr, other: Expr) -> Bounds:
    """The interval with these ends, whichever is larger."""
    return (sympy.Min(one, other), sympy.Max(one, other))
