"""Networks from networkx graphs and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sympy import Expr

from dynsym.errors import GraphError
from dynsym.network._checks import refuse_large
from dynsym.network.elements import Edge, Node
from dynsym.network.forms.records import EDGE_FIELDS, NODE_FIELDS, POSITION, NetworkParts, parts_from_records
from dynsym.network.quantities import plain_number

if TYPE_CHECKING:
    import networkx

__all__ = ["edge_attributes", "ignored", "node_attributes", "parts_from_networkx", "parts_to_networkx"]


_EDGE_EXTRAS = tuple(field for field in EDGE_FIELDS if field not in ("weight", POSITION))


def parts_from_networkx(
    graph: networkx.Graph, *, ignore: Iterable[str], name: str | None, reference: str | None
) -> NetworkParts:
    """The parts that a networkx graph holds."""
    import networkx

    if not isinstance(graph, networkx.Graph):
        raise GraphError(
            f"A networkx graph is needed, and a {type(graph).__name__} was given. "
            f"For a matrix use Network.from_matrix, for a list of edges Network.from_edges."
        )
    refuse_large(graph.number_of_nodes())
    return parts_from_records(
        graph.nodes(data=True),
        graph.edges(data=True),
        directed=graph.is_directed(),
        name=str(graph.graph.get("name") or "network") if name is None else name,
        reference=graph.graph.get("reference") if reference is None else reference,
        ignore=ignored(ignore),
    )


def parts_to_networkx(network: NetworkParts) -> networkx.DiGraph:
    """A networkx graph of the parts."""
    import networkx

    graph = networkx.DiGraph(name=network.name)
    if network.reference is not None:
        graph.graph["reference"] = network.reference
    graph.add_nodes_from((node.name, node_attributes(node)) for node in network.nodes)
    graph.add_edges_from((edge.source, edge.target, edge_attributes(edge)) for edge in network.edges)
    given = [(edge.source, edge.target) for edge in network.edges]
    if given != list(graph.edges):
        for position, pair in enumerate(given):
            graph.edges[pair][POSITION] = position
    return graph


def node_attributes(node: Node) -> dict[str, Any]:
    """Return what a node says beyond its name and the defaults."""
    return _said(node, NODE_FIELDS, Node(node.name))


def edge_attributes(edge: Edge) -> dict[str, Any]:
    """Return the weight of an edge, and what it says beyond the defaults."""
    return {"weight": plain_number(edge.weight)} | _said(edge, _EDGE_EXTRAS, Edge(edge.source, edge.target))


def _said(element: Node | Edge, names: Iterable[str], default: Node | Edge) -> dict[str, Any]:
    given = {name: getattr(element, name) for name in names if getattr(element, name) != getattr(default, name)}
    return {name: plain_number(value) if isinstance(value, Expr) else value for name, value in given.items()}


def ignored(ignore: Iterable[str]) -> frozenset[str]:
    """Return the names to leave out; a single text is one name."""
    return frozenset([ignore] if isinstance(ignore, str) else ignore)
