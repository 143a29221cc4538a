"""Strongly connected components: the parts of a network that feed back on themselves."""

from __future__ import annotations

import numpy as np

from dynsym.network.graph import Network

__all__ = ["strongly_connected_components"]


def strongly_connected_components(network: Network) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components, each before those that it drives.

    The Jacobian of a rate network is block triangular in this order, so that its spectrum is that of the blocks. Edges
    of weight 0 that are not plastic do not connect.

    Returns
    -------
    tuple of tuple of str
        Names of the nodes; within a component in the order of the network.

    Examples
    --------
    >>> ds.network.strongly_connected_components(ds.motifs.chain(3))
    (('x1',), ('x2',), ('x3',))
    >>> ds.network.strongly_connected_components(ds.load_network("pyloric"))
    (('AB_PD', 'LP', 'PY'),)
    """
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(network.size))
    onto, origin = network.edge_index()
    present = connecting(network)
    graph.add_edges_from(zip(origin[present].tolist(), onto[present].tolist(), strict=True))
    parts = networkx.condensation(graph)
    members = {part: sorted(nodes) for part, nodes in parts.nodes(data="members")}
    order = networkx.lexicographical_topological_sort(parts, key=lambda part: members[part][0])
    return tuple(tuple(network.node_names[position] for position in members[part]) for part in order)


def connecting(network: Network) -> np.ndarray:
    """Return, in edge order, whether each edge is plastic or has a weight other than 0."""
    table = network.edges
    if table.floats is not None:
        return table.plastic | (table.floats != 0)
    return table.plastic | np.array([weight != 0 for weight in table.weights], dtype=bool)
