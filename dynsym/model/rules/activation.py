"""What every activation function gives: its expression, parity and ranges."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import sympy
from sympy import Expr

from dynsym._expressions import relu, step
from dynsym.model.rewriting import derivative

__all__ = ["REAL_LINE", "Activation", "Bounds"]

Bounds = tuple[Expr, Expr]
KINKED = (relu, step, sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside)
REAL_LINE: Bounds = (sympy.S.NegativeInfinity, sympy.S.Infinity)


class Activation(ABC):
    """One activation function φ.

    A subclass gives `kind` (its name in model files), `expression`, `parity`, `bounds` and `derivative_bounds`, and is
    a frozen dataclass whose fields are exact quantities; nothing else in the library needs to know it.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.Tanh().parity, ds.Tanh().bounds
    ('odd', (-1, 1))
    """

    kind: ClassVar[str]

    @abstractmethod
    def expression(self, argument: Expr) -> Expr:
        """φ at `argument`, as a sympy expression."""

    @property
    @abstractmethod
    def parity(self) -> str:
        """``"odd"``, ``"even"`` or ``"none"``."""

    @property
    @abstractmethod
    def bounds(self) -> Bounds:
        """An interval that holds φ over the real line, the least closed one where the activation is built in."""

    @property
    @abstractmethod
    def derivative_bounds(self) -> Bounds:
        """An interval that holds φ' over the real line."""

    @property
    def is_smooth(self) -> bool:
        """Whether φ is differentiable everywhere."""
        u = sympy.Dummy("u", real=True)
        return not self.expression(u).has(*KINKED)

    def derivative(self, argument: Expr, order: int = 1) -> Expr:
        """The `order`-th derivative of φ at `argument`; at a kink, the one from below."""
        u = sympy.Dummy("u", real=True)
        found = self.expression(u)
        for _ in range(order):
            found = derivative(found, u)
        return found.subs(u, argument)

    def to_text(self) -> str:
        """How a model file spells this activation."""
        return self.kind
