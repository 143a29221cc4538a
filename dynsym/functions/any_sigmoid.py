"""A sigmoid that is left undefined: closed forms then hold for every sigmoid at once."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym._expressions import Jet, check_name
from dynsym._expressions.quantities import quantity
from dynsym.errors import ParameterError
from dynsym.functions.activation import Activation, Bounds

__all__ = ["AnySigmoid"]


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
    kind = "any_sigmoid"

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
