"""Nodes and edges of a network: what a graph can say about them, and nothing about dynamics."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import sympy

from dynsym._expressions import check_name
from dynsym.errors import GraphError
from dynsym.network.quantities import quantity

__all__ = ["Edge", "Node"]


@dataclass(frozen=True)
class Node:
    r"""A node of a network: a neuron, or a class of identical neurons.

    Parameters
    ----------
    name : str
        An identifier; names the state.
    label : str, optional
        Free text for pictures and tables; the name by default.
    population : str, optional
        Name of the group the node belongs to, for example ``"E"``.
    sign : {1, -1}, optional
        The sign that all outgoing weights have (Dale's principle). It is checked against the weights and never
        multiplied into them.
    bias : number, str or Expr
        Constant input :math:`b_i`.
    time_constant : number, str or Expr
        :math:`\tau_i > 0`.
    multiplicity : number, str or Expr
        How many identical copies the node stands for; a positive integer or an expression in symbols. An edge from
        this node then comes from every copy. The dynamics written for the node are those of one copy when all copies
        agree.
    self_coupling : bool
        Only for a class: whether a copy receives the node's self-loop from itself too, or from the others alone.

    Raises
    ------
    ModelNameError
        If the name is no identifier.
    GraphError
        If a number is not finite, not real, or of the wrong sign.

    Examples
    --------
    >>> ds.Node("AB_PD", label="AB/PD", bias="b").bias
    b
    """

    name: str
    _: KW_ONLY
    label: str | None = None
    population: str | None = None
    sign: int | None = None
    bias: sympy.Expr = sympy.S.Zero
    time_constant: sympy.Expr = sympy.S.One
    multiplicity: sympy.Expr = sympy.S.One
    self_coupling: bool = True

    if TYPE_CHECKING:  # what may be given; the fields say what is kept

        def __init__(
            self,
            name: str,
            *,
            label: str | None = None,
            population: str | None = None,
            sign: int | None = None,
            bias: Any = 0,
            time_constant: Any = 1,
            multiplicity: Any = 1,
            self_coupling: bool = True,
        ) -> None: ...

    def __post_init__(self) -> None:
        _set(self, "name", check_name(self.name, "node"))
        _set(self, "label", self.name if self.label is None else str(self.label))
        if self.population is not None and not isinstance(self.population, str):
            raise GraphError(f"The population of {self.name} is {self.population!r}, and must be a text or None.")
        _set(self, "sign", _sign(self.sign, f"sign of {self.name}") if self.sign is not None else None)
        _set(self, "self_coupling", _flag(self.self_coupling, f"self_coupling of {self.name}"))
        for field in ("bias", "time_constant", "multiplicity"):
            value = getattr(self, field)
            if not (isinstance(value, sympy.Expr) and value.is_Integer):
                _set(self, field, quantity(value, f"{field} of {self.name}"))
        if self.time_constant.is_positive is False:
            raise GraphError(f"The time constant of {self.name} is {self.time_constant}, and must be positive.")
        if self.multiplicity.is_positive is False or self.multiplicity.is_integer is False:
            raise GraphError(
                f"The multiplicity of {self.name} is {self.multiplicity}, and must be a positive integer or a symbol."
            )


@dataclass(frozen=True)
class Edge:
    r"""A directed connection: `target` receives from `source`.

    The input that it brings is :math:`\sigma\, w\, \varphi(x_\text{source})`, with :math:`w` the weight (for a plastic
    edge, the baseline or fixed part of the weight) and :math:`\sigma` the sign.

    Parameters
    ----------
    source, target : str
        Names of nodes; equal for a self-loop.
    weight : number, str or Expr
        Exact; 0.1 is 1/10, and a text such as ``"2*w"`` declares its names as real symbols.
    plastic : bool
        Whether the weight is itself a state.
    sign : {1, -1}
        How the synapse acts; multiplies the weight.
    group : str, optional
        Name of a set of edges that share a rule.

    Raises
    ------
    GraphError
        If the weight is not finite or not real, or the sign is neither 1 nor -1.

    Examples
    --------
    >>> ds.Edge("a", "b", 0.1).weight
    1/10
    """

    source: str
    target: str
    weight: sympy.Expr = sympy.S.One
    _: KW_ONLY
    plastic: bool = False
    sign: int = 1
    group: str | None = None

    if TYPE_CHECKING:  # what may be given; the fields say what is kept

        def __init__(
            self,
            source: str,
            target: str,
            weight: Any = 1,
            *,
            plastic: bool = False,
            sign: int = 1,
            group: str | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        where = f"of {self.source} -> {self.target}"
        if not (isinstance(self.weight, sympy.Expr) and self.weight.is_Rational):
            _set(self, "weight", quantity(self.weight, f"weight {where}"))
        _set(self, "plastic", _flag(self.plastic, f"plastic {where}"))
        _set(self, "sign", _sign(self.sign, f"sign {where}"))
        if self.group is not None and not isinstance(self.group, str):
            raise GraphError(f"The group {where} is {self.group!r}, and must be a text or None.")


def _sign(value: Any, what: str) -> int:
    if isinstance(value, bool) or value not in (1, -1):
        raise GraphError(f"The {what} is {value!r}, and must be 1 or -1.")
    return int(value)


def _flag(value: Any, what: str) -> bool:
    if value not in (True, False):
        raise GraphError(f"The value for {what} is {value!r}, and must be true or false.")
    return bool(value)


def _set(instance: object, field: str, value: object) -> None:
    object.__setattr__(instance, field, value)
