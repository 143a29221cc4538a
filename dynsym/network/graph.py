"""The network: a validated directed graph with weights, signs, populations, plastic edges and edge groups.

``W[i, j]`` is the weight onto i from j. Graph libraries store source -> target; the transpose happens in
`Network.weight_matrix` and its symbolic twin alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from dynsym._expressions import did_you_mean
from dynsym.errors import GraphError, ModelNameError, ParameterError
from dynsym.network._checks import biased, checked_nodes, counting, refuse_broken_signs, scope_of
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Edge, Node
from dynsym.network.forms.methods import NetworkForms
from dynsym.network.quantities import evaluate, listed, quantity

__all__ = ["Network"]


@dataclass(frozen=True, repr=False)
class Network(NetworkForms):
    r"""A directed graph of named nodes.

    Nodes and edges keep the order in which they are given: it is the order of the states and of the rows of every
    matrix. At most one edge leads from one node to another; self-loops and unconnected parts are allowed.

    Parameters
    ----------
    nodes : iterable of Node or str
    edges : iterable of Edge
    name : str
    reference : str, optional
        Where the network comes from.

    Attributes
    ----------
    nodes : tuple of Node
    edges : EdgeTable
        A sequence of `Edge`, stored by column (``edges.weights``, ``edges.signs``, ``edges.plastic``,
        ``edges.groups``): `Edge` objects are made when asked for, so that a million edges are quick.

    Raises
    ------
    GraphError
        No nodes, parallel edges, an edge that names no node, or a weight against the sign of its source.
    ModelNameError
        A node declared twice, or a name with two meanings.
    LimitError
        More than 10,000 nodes or 4,000,000 edges.

    Examples
    --------
    >>> network = ds.Network(["a", "b"], [ds.Edge("a", "b", 2)])
    >>> network.weight_matrix()
    array([[0., 0.],
           [2., 0.]])
    """

    nodes: tuple[Node, ...]
    edges: EdgeTable = ()  # type: ignore[assignment]
    _: KW_ONLY
    name: str = "network"
    reference: str | None = None

    if TYPE_CHECKING:  # what may be given; the fields say what is kept

        def __init__(
            self,
            nodes: Iterable[Node | str],
            edges: Iterable[Edge] = (),
            *,
            name: str = "network",
            reference: str | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not isinstance(self.reference, str | None):
            raise GraphError(f"The network has name {self.name!r} and reference {self.reference!r}. Give texts.")
        nodes = checked_nodes(self.nodes)
        names = tuple(node.name for node in nodes)
        edges = self.edges
        if not (isinstance(edges, EdgeTable) and edges.names == names):
            edges = EdgeTable.from_edges(names, edges)
        nodes, edges = counting(nodes, edges, getattr(self, "sizes", ()))
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "edges", edges)
        refuse_broken_signs(nodes, edges)
        _ = self._scope  # one name, one meaning: refuses the rest

    # -- what the graph is -------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    @cached_property
    def node_names(self) -> tuple[str, ...]:
        """Names of the nodes, in order."""
        return tuple(node.name for node in self.nodes)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.node_names)}

    def index(self, name: str) -> int:
        """Return the position of the node called `name`.

        Examples
        --------
        >>> ds.Network(["a", "b"]).index("b")
        1
        """
        try:
            return self._index[name]
        except KeyError:
            raise ModelNameError(
                f"{name!r} is no node of {self.name}{did_you_mean(str(name), self.node_names) or '.'} "
                f"Its nodes are {listed(self.node_names)}."
            ) from None

    @property
    def populations(self) -> dict[str, tuple[str, ...]]:
        """Names of the nodes of each population, in order; nodes without one are left out."""
        groups: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.population is not None:
                groups.setdefault(node.population, []).append(node.name)
        return {population: tuple(names) for population, names in groups.items()}

    @property
    def has_plastic_edges(self) -> bool:
        """Whether some weight is itself a state."""
        return bool(self.edges.plastic.any())

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the edge groups, in order of appearance."""
        return tuple(dict.fromkeys(group for group in self.edges.groups if group is not None))

    @cached_property
    def _scope(self) -> dict[str, sympy.Symbol]:
        return scope_of(self.nodes, self.edges)

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Free symbols of weights, biases, time constants and multiplicities, sorted by name."""
        return tuple(self._scope.values())

    @property
    def is_numeric(self) -> bool:
        """Whether there are no free symbols."""
        return not self._scope

    # -- matrices ----------------------------------------------------------------------------------------------------

    def edge_index(self) -> tuple[np.ndarray, np.ndarray]:
        """Return two integer arrays in edge order: the node each edge leads onto, and the node it comes from.

        Examples
        --------
        >>> onto, origin = ds.Network(["a", "b"], [ds.Edge("a", "b")]).edge_index()
        >>> onto, origin
        (array([1]), array([0]))
        """
        return self.edges.target, self.edges.source

    def effective_weights(self) -> tuple[sympy.Expr, ...]:
        """Return sign times weight times number of copies of the source, exact, in edge order.

        This is the factor of the source's output in the input of the target. The number of copies is the source's
        `multiplicity`, less one for a self-loop of a class without `self_coupling`.

        Examples
        --------
        >>> ds.Network(["a", "b"], [ds.Edge("a", "b", "w", sign=-1)]).effective_weights()
        (-w,)
        """
        table = self.edges
        if self.copies is None and bool((table.signs == 1).all()):
            return table.weights
        copies = self.copies or (sympy.S.One,) * len(table)
        return tuple(
            int(sign) * weight * number for sign, weight, number in zip(table.signs, table.weights, copies, strict=True)
        )

    def weight_matrix(self, values: Mapping[Any, Any] | None = None) -> np.ndarray:
        """Return W as floats: ``W[i, j]`` is the effective weight onto node i from node j.

        Parameters
        ----------
        values : mapping of parameter name (or Symbol) to number, optional
            One for each symbol in the weights.

        Raises
        ------
        ParameterError
            A symbol without a value, a value without a symbol, or a result that is not a finite real number.

        Examples
        --------
        >>> ds.Network(["a", "b"], [ds.Edge("a", "b", "2*w")]).weight_matrix({"w": 3})
        array([[0., 0.],
               [6., 0.]])
        """
        table = self.edges
        given = self._substitution(values)
        if table.floats is not None and self.copies is None:
            numbers = table.floats * table.signs
        else:
            known: dict[sympy.Expr, float] = {}
            numbers = np.empty(len(table))
            for position, weight in enumerate(self.effective_weights()):
                if weight not in known:
                    known[weight] = evaluate(weight, given)
                numbers[position] = known[weight]
        matrix = np.zeros((self.size, self.size))
        matrix[table.target, table.source] = numbers
        return matrix

    def symbolic_weight_matrix(self) -> sympy.ImmutableSparseMatrix:
        """Return W exactly: ``W[i, j]`` is the effective weight onto node i from node j.

        Examples
        --------
        >>> ds.Network(["a", "b"], [ds.Edge("a", "b", "2*w")]).symbolic_weight_matrix()
        Matrix([
        [  0, 0],
        [2*w, 0]])
        """
        table = self.edges
        onto, origin = table.target.tolist(), table.source.tolist()
        entries = dict(zip(zip(onto, origin, strict=True), self.effective_weights(), strict=True))
        return sympy.ImmutableSparseMatrix(self.size, self.size, entries)

    @cached_property
    def copies(self) -> tuple[sympy.Expr, ...] | None:
        """How many edges onto one node each edge stands for, in edge order; None when every node is a single one."""
        if all(node.multiplicity == 1 for node in self.nodes):
            return None
        nodes, table = self.nodes, self.edges
        return tuple(
            nodes[j].multiplicity - (1 if i == j and not nodes[j].self_coupling else 0)
            for i, j in zip(table.target.tolist(), table.source.tolist(), strict=True)
        )

    @property
    def counts(self) -> tuple[sympy.Expr, ...]:
        """The numbers of copies that nodes stand for."""
        return tuple(node.multiplicity for node in self.nodes)

    def _substitution(self, values: Mapping[Any, Any] | None) -> dict[sympy.Symbol, sympy.Expr]:
        result = {}
        for key, value in (values or {}).items():
            name = key if isinstance(key, str) else getattr(key, "name", str(key))
            if name not in self._scope:
                raise ParameterError(
                    f"{name} is no parameter of {self.name}{did_you_mean(name, self._scope) or '.'} "
                    f"Its parameters are {listed(tuple(self._scope)) or 'none'}."
                )
            result[self._scope[name]] = quantity(value, f"value of {name}")
        return result

    # -- copies ------------------------------------------------------------------------------------------------------

    def with_weights(self, weights: Any) -> Network:
        """Return a copy with other weights on the same edges.

        Parameters
        ----------
        weights : number, str, Expr, sequence, or mapping
            One weight for all edges, one for each edge in order, or ``{(onto, origin): weight}`` for some of them.

        Examples
        --------
        >>> pair = ds.Network(["a", "b"], [ds.Edge("a", "b"), ds.Edge("b", "a")])
        >>> pair.with_weights({("b", "a"): "w"}).effective_weights()
        (w, 1)
        """
        table = self.edges
        if isinstance(weights, Mapping):
            place = {
                (i, j): k for k, (i, j) in enumerate(zip(table.target.tolist(), table.source.tolist(), strict=True))
            }
            replaced = list(table.weights)
            for (onto, origin), weight in weights.items():
                edge = place.get((self.index(onto), self.index(origin)))
                if edge is None:
                    raise GraphError(f"There is no edge {origin} -> {onto} in {self.name}. Keys are (onto, origin).")
                replaced[edge] = quantity(weight, f"weight of {origin} -> {onto}")
            return replace(self, edges=table.with_weights(tuple(replaced)))
        if isinstance(weights, str | sympy.Basic) or np.ndim(weights) == 0:
            return replace(self, edges=table.with_weights((quantity(weights, "weight"),) * len(table)))
        if len(weights) != len(table):
            raise GraphError(f"{len(weights)} weights were given for {len(table)} edges. Give one for each edge.")
        exact = tuple(quantity(weight, f"weight of edge {k}") for k, weight in enumerate(weights))
        return replace(self, edges=table.with_weights(exact))

    def with_biases(self, biases: Any) -> Network:
        """Return a copy with other biases.

        Parameters
        ----------
        biases : number, str, Expr, sequence, or mapping
            One bias for all nodes, one for each node in order, or ``{name: bias}`` for some of them.

        Examples
        --------
        >>> [node.bias for node in ds.Network(["a", "b"]).with_biases({"b": "I_b"}).nodes]
        [0, I_b]
        """
        if isinstance(biases, Mapping):
            biases = {self.index(name): bias for name, bias in biases.items()}
        return replace(self, nodes=biased(self.nodes, biases))

    def __repr__(self) -> str:
        table = self.edges
        parts = [f"{self.size} nodes", f"{len(table)} edges"]
        if plastic := int(table.plastic.sum()):
            parts.append(f"{plastic} plastic")
        if self.populations:
            parts.append("populations " + ", ".join(f"{k} ({len(v)})" for k, v in self.populations.items()))
        if self._scope:
            parts.append(f"parameters {listed(tuple(self._scope))}")
        return f"Network({self.name!r}: {'; '.join(parts)}; nodes {listed(self.node_names)})"
