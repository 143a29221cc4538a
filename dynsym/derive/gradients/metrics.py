"""Metrics in which a field may be a gradient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr

from dynsym._expressions import exact
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError
from dynsym.model import LeakyRate

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["ActivationSlopes", "DiagonalMetric", "Euclidean", "Metric"]


class Metric(ABC):
    """A diagonal metric; subclasses say what stands on the diagonal and how it is called.

    A further metric is one more subclass with `diagonal` and `__str__`.

    Examples
    --------
    >>> isinstance(Euclidean(), Metric)
    True
    """

    @abstractmethod
    def diagonal(self, system: SymbolicSystem) -> tuple[Expr, ...]:
        """The diagonal entries, one for each state, as expressions of the states."""

    @abstractmethod
    def __str__(self) -> str:
        """The metric in words."""


@dataclass(frozen=True)
class Euclidean(Metric):
    """The metric of ordinary distance.

    Examples
    --------
    >>> str(Euclidean())
    'euclidean'
    """

    def diagonal(self, system: SymbolicSystem) -> tuple[Expr, ...]:
        return (sympy.S.One,) * system.dimension

    def __str__(self) -> str:
        return "euclidean"


@dataclass(frozen=True)
class ActivationSlopes(Metric):
    """diag(φ'(x_i)), the metric in which rate networks with symmetric weights are gradient flows.

    Raises
    ------
    UnsupportedFeatureError
        If the system is no network of rate nodes with an activation.

    Examples
    --------
    >>> str(ActivationSlopes())
    "diag(phi')"
    """

    def diagonal(self, system: SymbolicSystem) -> tuple[Expr, ...]:
        template = system.template
        if template is None or not all(isinstance(rule, LeakyRate) for rule in template.rules):
            raise UnsupportedFeatureError(
                f"{system.name!r} has no activation slopes: it was not built from LeakyRate nodes. Give the metric as "
                "DiagonalMetric({state: expression})."
            )
        slopes = [output.diff(state) for output, state in zip(template.outputs, system.states, strict=False)]
        return (*slopes, *[sympy.S.One] * (system.dimension - len(slopes)))

    def __str__(self) -> str:
        return "diag(phi')"


@dataclass(frozen=True)
class DiagonalMetric(Metric):
    """A diagonal metric with given entries; states left out have 1.

    Parameters
    ----------
    entries : mapping of state name to number or Expr
        Positive.

    Raises
    ------
    ModelNameError
        If a name is no state.
    ParameterError
        If an entry is not positive.

    Examples
    --------
    >>> str(DiagonalMetric({"x": 2}))
    'diag(x: 2)'
    """

    entries: Mapping[str, Any] = field(default_factory=dict)

    def diagonal(self, system: SymbolicSystem) -> tuple[Expr, ...]:
        unknown = sorted(set(self.entries) - set(system.state_names))
        if unknown:
            raise ModelNameError(f"{unknown[0]!r} is not a state of {system.name!r}: {', '.join(system.state_names)}.")
        found = []
        for name in system.state_names:
            entry = self.entries.get(name, sympy.S.One)
            value = entry if isinstance(entry, Expr) else exact(entry, name=name)
            if value.is_nonpositive:
                raise ParameterError(f"The metric at {name!r} was given as {value}; it must be positive.")
            found.append(value)
        return tuple(found)

    def __hash__(self) -> int:
        return hash(tuple(sorted((name, str(value)) for name, value in self.entries.items())))

    def __str__(self) -> str:
        return f"diag({', '.join(f'{name}: {value}' for name, value in self.entries.items())})"
