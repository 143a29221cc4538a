"""Checks of a network as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import sympy

from dynsym.errors import GraphError, LimitError, ModelNameError
from dynsym.network._edge_table import EdgeTable
from dynsym.network._quantities import MAX_NODES
from dynsym.network.elements import Node

__all__ = ["checked_nodes", "known_signs", "refuse_broken_signs", "refuse_large", "refuse_plastic_classes"]


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


def refuse_large(nodes: int) -> None:
    """Refuse a number of nodes above the limit before anything of that size is made."""
    if nodes > MAX_NODES:
        raise LimitError(f"{nodes} nodes are more than the {MAX_NODES} that are accepted. Use a smaller graph.")


def refuse_plastic_classes(nodes: tuple[Node, ...], edges: EdgeTable) -> None:
    """Refuse plastic edges together with nodes that stand for several copies."""
    if not edges.plastic.any():
        return
    for node in nodes:
        if node.multiplicity != 1:
            raise GraphError(
                f"{node.name} stands for {node.multiplicity} copies and the network has plastic edges: each pair of "
                f"copies would have its own weight. Use single nodes, or edges that are not plastic."
            )


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
