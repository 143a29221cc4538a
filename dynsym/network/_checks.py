"""Checks of a network as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import sympy

from dynsym._expressions import symbol
from dynsym.errors import GraphError, LimitError, ModelNameError
from dynsym.network._assumptions import positive_integer
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Node
from dynsym.network.quantities import MAX_NODES, quantity, symbol_scope

__all__ = [
    "biased",
    "checked_nodes",
    "class_size",
    "counting",
    "known_signs",
    "refuse_broken_signs",
    "refuse_large",
    "scope_of",
]


def checked_nodes(nodes: Iterable[Any]) -> tuple[Node, ...]:
    """Return the nodes as `Node` objects; refuse none at all, too many, and repeated names."""
    if isinstance(nodes, str):
        raise GraphError(f"The nodes are the text {nodes!r}, and must be a list of names. Give [{nodes!r}].")
    given = tuple(nodes)
    refuse_large(len(given))
    result = tuple(Node(node) if isinstance(node, str) else node for node in given)
    if not result:
        raise GraphError("The network has no nodes, and needs at least one. Give nodes, or edges that name them.")
    for node in result:
        if not isinstance(node, Node):
            raise GraphError(f"{node!r} is not a node. Give Node(name) or a name, or use Network.from_edges.")
    name, times = Counter(node.name for node in result).most_common(1)[0]
    if times > 1:
        raise ModelNameError(f"The node {name} is declared twice, and a name belongs to one node. Rename one of them.")
    return result


def biased(nodes: tuple[Node, ...], biases: Any) -> tuple[Node, ...]:
    """The nodes with other biases: one for all, one for each in order, or some by position."""
    if isinstance(biases, Mapping):
        given = biases
    elif isinstance(biases, str | sympy.Basic) or np.ndim(biases) == 0:
        given = dict.fromkeys(range(len(nodes)), biases)
    elif len(biases) == len(nodes):
        given = dict(enumerate(biases))
    else:
        raise GraphError(f"{len(biases)} biases were given for {len(nodes)} nodes. Give one for each node.")
    return tuple(replace(node, bias=given[k]) if k in given else node for k, node in enumerate(nodes))


def scope_of(nodes: Iterable[Node], edges: EdgeTable) -> dict[str, sympy.Symbol]:
    """The free symbols of nodes and edges by name; one name with two meanings is refused."""
    quantities: set[sympy.Expr] = set() if edges.floats is not None else set(edges.weights)
    for node in nodes:
        quantities.update((node.bias, node.time_constant, node.multiplicity))
    return symbol_scope(quantities, edges.names)


def class_size(value: Any, name: str) -> sympy.Expr:
    """Return the number of copies that a node stands for: a positive integer, or an expression in symbols of such."""
    if value is None:
        return positive_integer(name)
    size = quantity(value, name)
    if size.is_Integer:
        if size <= 0:
            raise GraphError(f"The size {name} is {size}, and must be a positive integer.")
        refuse_large(int(size))
    return size.xreplace({s: positive_integer(s.name) for s in size.free_symbols if s.is_integer is None})


def counting(
    nodes: tuple[Node, ...], edges: EdgeTable, sizes: Iterable[sympy.Expr] = ()
) -> tuple[tuple[Node, ...], EdgeTable]:
    """Make the names that count copies positive integers, wherever they stand."""
    counts = [*sizes, *(node.multiplicity for node in nodes)]
    names = {s.name for count in counts for s in count.free_symbols}
    if not names:
        return nodes, edges
    known = {symbol(name): positive_integer(name) for name in names}
    fields = ("bias", "time_constant", "multiplicity")
    nodes = tuple(replace(node, **{f: getattr(node, f).xreplace(known) for f in fields}) for node in nodes)
    if edges.floats is None:
        edges = edges.with_weights(tuple(weight.xreplace(known) for weight in edges.weights))
    return nodes, edges


def refuse_large(nodes: int) -> None:
    """Refuse a number of nodes above the limit before anything of that size is made."""
    if nodes > MAX_NODES:
        raise LimitError(f"{nodes} nodes are more than the {MAX_NODES} that are accepted. Use a smaller graph.")


def refuse_broken_signs(nodes: tuple[Node, ...], edges: EdgeTable) -> None:
    """Refuse an edge whose weight is known to go against the sign of its source."""
    if all(node.sign is None for node in nodes):
        return
    wanted = np.array([node.sign or 0 for node in nodes])[edges.source]
    broken = np.flatnonzero(wanted * known_signs(edges) < 0)
    if len(broken):
        edge = edges[int(broken[0])]
        raise GraphError(
            f"The node {edge.source} has sign {wanted[broken[0]]:+d}, and its edge onto {edge.target} has weight "
            f"{edge.sign * edge.weight}. A sign is a check and is not multiplied in: change the weight or the sign."
        )


def known_signs(edges: EdgeTable) -> np.ndarray:
    """Return the sign of each edge's effect, in edge order; 0 where it is zero or not known."""
    if edges.floats is not None:
        return np.sign(edges.floats).astype(np.int8) * edges.signs
    found = {weight: _known_sign(weight) for weight in set(edges.weights)}
    return edges.signs * np.fromiter((found[weight] for weight in edges.weights), np.int8, len(edges))


def _known_sign(weight: sympy.Expr) -> int:
    return 1 if weight.is_positive else -1 if weight.is_negative else 0
