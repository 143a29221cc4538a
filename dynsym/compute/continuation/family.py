"""The equilibria of a compiled system over one parameter: F(x, λ) = 0, with its derivatives and its metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dynsym.errors import DomainError, ParameterError

__all__ = ["OneParameterField"]

Array = np.ndarray

_OUTSIDE = (DomainError, OverflowError, ZeroDivisionError, FloatingPointError)


@dataclass(frozen=True, eq=False)
class OneParameterField:
    """A system along one parameter λ within a span; the other parameters are fixed."""

    system: Any
    parameter: str
    lower: float
    upper: float
    values: Array
    index: int = field(init=False)
    dimension: int = field(init=False)
    width: float = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "index", list(self.system.parameter_names).index(self.parameter))
        put(self, "dimension", self.system.dimension)
        put(self, "width", self.upper - self.lower)

    @classmethod
    def of(
        cls, system: Any, parameter: str, span: tuple[float, float], values: Mapping[str, float] | None = None
    ) -> OneParameterField:
        """The family of a system, its names and its span checked."""
        names = list(system.parameter_names)
        if parameter not in names:
            raise ParameterError(
                f"{parameter!r} was asked for as the parameter to move; the system has "
                f"{', '.join(names) if names else 'no parameters'}. Try one of these."
            )
        lower, upper = map(float, span)
        if not (np.isfinite(lower) and np.isfinite(upper) and lower < upper):
            raise ParameterError(
                f"span={span!r} was given for {parameter}. It must be two finite numbers, the lower one first. "
                "Try span=(0, 1)."
            )
        start = {} if parameter in (values or {}) else {parameter: lower}
        return cls(system, parameter, lower, upper, system.parameter_vector({**(values or {}), **start}))

    @property
    def start(self) -> float:
        """The value that was given for λ, else the lower end."""
        return float(self.values[self.index])

    def at(self, value: float) -> Array:
        """The parameter vector with λ at this value."""
        parameters = self.values.copy()
        parameters[self.index] = value
        return parameters

    def parameters_at(self, value: float) -> dict[str, float]:
        """All parameters by name, with λ at this value."""
        return dict(zip(self.system.parameter_names, map(float, self.at(value)), strict=True))

    def contains(self, value: float) -> bool:
        return self.lower <= value <= self.upper

    # ---- F and its derivatives; nan where F is not defined

    def field(self, x: Array, value: float) -> Array:
        return self._evaluate(self.system.field, x, value)

    def jacobian(self, x: Array, value: float) -> Array:
        return self._evaluate(self.system.jacobian, x, value, square=True)

    def parameter_derivative(self, x: Array, value: float) -> Array:
        return self._evaluate(self.system.parameter_derivative, x, value, self.index)

    def mixed_derivative(self, x: Array, value: float) -> Array:
        """∂J/∂λ."""
        return self._evaluate(self.system.jacobian_parameter_derivative, x, value, self.index, square=True)

    def jacobian_along(self, x: Array, value: float, direction: Array) -> Array:
        """Σ_k ∂J/∂x_k v_k; a complex direction is taken apart."""
        if np.iscomplexobj(direction):
            return self.jacobian_along(x, value, direction.real) + 1j * self.jacobian_along(x, value, direction.imag)
        return self._evaluate(self.system.jacobian_along, x, value, direction, square=True)

    def second(self, x: Array, value: float, u: Array, v: Array) -> Array:
        return self.system.second(x, self.at(value), u, v)

    def third(self, x: Array, value: float, u: Array, v: Array, w: Array) -> Array:
        return self.system.third(x, self.at(value), u, v, w)

    def second_parameter_derivative(self, x: Array, value: float) -> Array:
        """∂²F/∂λ² by a central difference of ∂F/∂λ; it steers Newton steps and directions, no reported value."""
        small = 1e-5 * max(self.width, abs(value))
        above = self.parameter_derivative(x, value + small)
        return (above - self.parameter_derivative(x, value - small)) / (2 * small)

    def _evaluate(
        self, function: Callable[..., Array], x: Array, value: float, *more: Any, square: bool = False
    ) -> Array:
        try:
            return function(x, self.at(value), *more)
        except _OUTSIDE:
            return np.full((self.dimension,) * (2 if square else 1), np.nan)
