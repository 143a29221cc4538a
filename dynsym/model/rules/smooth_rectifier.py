"""The smooth rectifier as an activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sympy
from sympy import Expr

from dynsym._expressions import softplus
from dynsym.model.rules.activation import Activation, Bounds
from dynsym.model.rules.quantity import positive_quantity, quantity

__all__ = ["Softplus"]


@dataclass(frozen=True)
class Softplus(Activation):
    """Smooth rectification ``log(1 + exp(gain·(x - threshold)))/gain``.

    Parameters
    ----------
    gain : number, text or Expr, positive
        The larger, the closer to rectification.
    threshold : number, text or Expr
        The middle of the bend.

    Raises
    ------
    ParameterError
        If a value is not finite or the gain is not positive.

    Examples
    --------
    >>> import sympy
    >>> Softplus().expression(sympy.Symbol("u", real=True))
    softplus(u)
    >>> Softplus(gain=2).derivative(sympy.Integer(0))
    1/2
    """

    gain: Any = 1
    threshold: Any = 0
    kind: ClassVar[str] = "softplus"

    def __post_init__(self) -> None:
        object.__setattr__(self, "gain", positive_quantity(self.gain, "gain"))
        object.__setattr__(self, "threshold", quantity(self.threshold, "threshold"))

    def expression(self, argument: Expr) -> Expr:
        return softplus(self.gain * (argument - self.threshold)) / self.gain

    @property
    def parity(self) -> str:
        return "none"

    @property
    def bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.Infinity)

    @property
    def derivative_bounds(self) -> Bounds:
        return (sympy.S.Zero, sympy.S.One)
