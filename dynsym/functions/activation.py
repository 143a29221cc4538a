"""Activations: how a node's state becomes its output, as a noun with its parameters."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import sympy
from sympy import Expr

from dynsym._expressions.quantities import quantity
from dynsym.functions.function import Function
from dynsym.functions.smoothness import breaks, derivative

__all__ = ["ACTIVATIONS", "REAL_LINE", "Activation", "Bounds", "ScaledActivation"]

Bounds = tuple[Expr, Expr]
REAL_LINE: Bounds = (sympy.S.NegativeInfinity, sympy.S.Infinity)

ACTIVATIONS: dict[str, type[Activation]] = {}
"""Every activation by its `kind`."""


class Activation(ABC):
    """One activation φ.

    A subclass gives `kind` (its name in model files), `expression`, `parity`, `bounds` and `derivative_bounds`, and is
    a frozen dataclass whose fields are exact quantities; nothing else in the library needs to know it. One that is a
    known `Function` of a scaled argument subclasses `ScaledActivation`, which derives all this.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.Tanh().parity, ds.Tanh().bounds
    ('odd', (-1, 1))
    """

    kind: ClassVar[str]
    function: ClassVar[Function | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            ACTIVATIONS[cls.kind] = cls

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
        """Whether φ has all derivatives wherever it is defined."""
        return all(place.order < -1 for place in breaks(self.expression(sympy.Dummy("u", real=True))))

    def derivative(self, argument: Expr, order: int = 1) -> Expr:
        """The `order`-th derivative of φ at `argument`; at a kink, the one from below."""
        u = sympy.Dummy("u", real=True)
        return derivative(self.expression(u), u, order).value.subs(u, argument)

    def to_text(self) -> str:
        """How a model file spells this activation."""
        return self.kind


class ScaledActivation(Activation):
    """f(gain (x - threshold)) for a known function f, divided by the gain where `is_normalised`.

    A subclass is a dataclass with one or both of the fields, and names its `function`.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.Logistic(gain=2, threshold=1).derivative_bounds
    (0, 1/2)
    """

    function: ClassVar[Function]
    is_normalised: ClassVar[bool] = False
    gain: Any = 1
    threshold: Any = 0

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):  # type: ignore[arg-type]
            object.__setattr__(self, entry.name, quantity(getattr(self, entry.name), entry.name))

    def expression(self, argument: Expr) -> Expr:
        value = self.function.head(self.gain * (argument - self.threshold))
        return value / self.gain if self.is_normalised else value

    @property
    def parity(self) -> str:
        return self.function.parity if self.threshold == 0 else "none"

    @property
    def bounds(self) -> Bounds:
        return self.function.bounds

    @property
    def derivative_bounds(self) -> Bounds:
        assert self.function.slopes is not None
        if self.is_normalised:
            return self.function.slopes
        ends = [end * self.gain for end in self.function.slopes]
        return sympy.Min(*ends), sympy.Max(*ends)
