"""Local rules in symbols of their own: what a template differentiates once and copies along the graph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Dummy, Expr, Symbol

from dynsym.errors import ModelError
from dynsym.functions.activation import Activation

__all__ = [
    "INPUT",
    "POST",
    "PRE",
    "STATE",
    "TIME_CONSTANT",
    "WEIGHT",
    "LocalNode",
    "LocalSynapse",
    "Plasticity",
    "Rule",
]

STATE = Dummy("state", real=True)
"""The state of a node rule with one state."""

INPUT = Dummy("input", real=True)
"""The summed input of a node, bias included."""

TIME_CONSTANT = Dummy("time_constant", positive=True)
"""The time constant of a node."""

WEIGHT = Dummy("weight", real=True)
"""The plastic weight of an edge."""

PRE = Dummy("pre", real=True)
"""The output of the node that an edge comes from."""

POST = Dummy("post", real=True)
"""The output of the node that an edge leads onto."""


@dataclass(frozen=True)
class LocalNode:
    """A node rule in its own symbols: `rates[a]` is the derivative of `states[a]`; `output` is what it sends."""

    states: tuple[Symbol, ...]
    suffixes: tuple[str, ...]
    rates: tuple[Expr, ...]
    output: Expr


@dataclass(frozen=True)
class LocalSynapse:
    """A synapse rule in its own symbols; `parameters` are the symbols that may differ from edge to edge.

    The parameter `strength`, where there is one, says which edges are plastic when it is given as a matrix.
    """

    rate: Expr
    parameters: Mapping[Symbol, Any] = field(default_factory=dict)
    strength: Symbol | None = None


class Rule(ABC):
    """A node rule: how the states of a node move, given its summed input.

    A subclass is a frozen dataclass that gives `local`, and a field `tau` where it does not leave that to the
    network; nothing else in the library needs to know it.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.LeakyRate(ds.Tanh()).local().rates
    ((_input - _state)/_time_constant,)
    """

    activation: Activation | None = None
    tau: Mapping[str, Expr] | Expr | None = None

    @abstractmethod
    def local(self) -> LocalNode:
        """The rule in its own symbols."""

    @property
    def time_constant(self) -> Mapping[str, Expr] | Expr | None:
        """The time constant of all nodes, or by node or population; None leaves it to the network."""
        return self.tau

    def with_activation(self, activation: Activation) -> Rule:
        """A copy with another activation."""
        if self.activation is None:
            raise ModelError(
                f"{type(self).__name__} has no activation to replace. Only rules built on an activation, such as "
                "LeakyRate, can be given another one."
            )
        return replace(self, activation=activation)  # type: ignore[type-var]


class Plasticity(ABC):
    """A synapse rule: how the weight of an edge moves, given the outputs of its two nodes.

    A subclass is a frozen dataclass that gives `local`; nothing else in the library needs to know it.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.SynapseRule("-w + pre*post").local().rate
    _post*_pre - _weight
    """

    @abstractmethod
    def local(self) -> LocalSynapse | None:
        """The rule in its own symbols; None where weights do not move."""
