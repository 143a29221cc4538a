r"""The coarsest equitable partition of a network, and the smaller network on its classes.

A partition is equitable when every node of a class receives the same total weight from each class. Then "all nodes of
a class agree" is an invariant subspace of the dynamics, and the quotient is the network that runs on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from decimal import Decimal
from typing import Any

import sympy

from dynsym._docstrings import documented
from dynsym.errors import UnsupportedFeatureError
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.periodic import PeriodicNetwork

__all__ = ["Quotient", "quotient"]


@dataclass(frozen=True)
class Quotient:
    """A network reduced to the classes of its coarsest equitable partition.

    Parameters
    ----------
    network : Network
        One node for each class, with multiplicity 1. ``W[a, b]`` is the total weight onto one node of class a from all
        nodes of class b.
    original : str
        Name of the network that was reduced.
    classes : mapping of str to tuple of str
        Nodes of the original, by the name of their class.
    sizes : mapping of str to Expr
        Number of nodes in each class, copies counted: an integer or an expression.
    transverse_weights : mapping of str to (Expr or None)
        For a class whose nodes are interchangeable, the weight that differences between them feel: that of a node onto
        itself less that of another onto it. None for other classes.

    Examples
    --------
    >>> reduced = ds.quotient(ds.motifs.ei_blocks(self_coupling=False))
    >>> reduced.network.symbolic_weight_matrix()
    Matrix([
    [w_EE*(n_E - 1),       -n_I*w_EI],
    [      n_E*w_IE, -w_II*(n_I - 1)]])
    >>> reduced.transverse_weights["E"]
    -w_EE
    """

    network: Network
    _: KW_ONLY
    original: str
    classes: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, sympy.Expr]
    transverse_weights: Mapping[str, sympy.Expr | None]

    @property
    def is_smaller(self) -> bool:
        """Whether some class has more than one node or copy."""
        return any(size != 1 for size in self.sizes.values())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name} ({size})" for name, size in list(self.sizes.items())[:8])
        rest = f", ... ({len(self.sizes)})" if len(self.sizes) > 8 else ""
        return f"Quotient({self.original!r}: {len(self.sizes)} classes of sizes {shown}{rest})"


@documented("UnsupportedFeatureError: If there are plastic edges, or the network is periodic.")
def quotient(network: Network) -> Quotient:
    """Return the network on the classes of the coarsest equitable partition.

    Nodes are in one class only if they have the same bias, time constant, population and sign, and receive the same
    total weight from each class. Sums of weights are compared exactly.

    Parameters
    ----------
    network : Network
        Without plastic edges; classes (nodes with a multiplicity) are welcome.

    Examples
    --------
    >>> reduced = ds.quotient(ds.motifs.star(5))
    >>> reduced
    Quotient('two-way star of 5': 2 classes of sizes x1 (1), x2 (4))
    >>> reduced.network.symbolic_weight_matrix()
    Matrix([
    [0, 4*w],
    [w,   0]])
    """
    if network.has_plastic_edges:
        raise UnsupportedFeatureError(
            f"{network.name} has plastic edges, and a class of weights is not one weight. Reduce the network without "
            f"them, or build the system and slave or freeze its weights."
        )
    if isinstance(network, PeriodicNetwork):
        raise UnsupportedFeatureError(
            f"{network.name} is one cell that repeats, and its cells are one class already. Write the cells out with "
            "with_sizes(N=5), or take spectrum(system), which knows every wave."
        )
    members = _equitable_classes(network)
    names = _class_names(network, members)
    if len(members) == network.size and all(node.multiplicity == 1 for node in network.nodes):
        return _unreduced(network)
    position = {k: number for number, nodes in enumerate(members) for k in nodes}
    first = {nodes[0]: number for number, nodes in enumerate(members)}
    totals: dict[tuple[int, int], list[sympy.Expr]] = defaultdict(list)
    for i, j, weight in _edges(network):
        if i in first:
            totals[first[i], position[j]].append(weight)
    edges = []
    for (a, b), weights in sorted(totals.items()):
        total = sympy.Add(*weights)
        if total != 0:
            edges.append(Edge(names[b], names[a], total))
    nodes = tuple(_class_node(network, members[a], names[a]) for a in range(len(members)))
    return Quotient(
        Network(nodes, edges, name=f"quotient of {network.name}", reference=network.reference),
        original=network.name,
        classes={name: tuple(network.node_names[k] for k in nodes) for name, nodes in zip(names, members, strict=True)},
        sizes={
            name: sympy.Add(*(network.nodes[k].multiplicity for k in nodes))
            for name, nodes in zip(names, members, strict=True)
        },
        transverse_weights=_transverse_weights(network, members, names),
    )


def _unreduced(network: Network) -> Quotient:
    names = network.node_names
    return Quotient(
        replace(network, name=f"quotient of {network.name}"),
        original=network.name,
        classes={name: (name,) for name in names},
        sizes=dict.fromkeys(names, sympy.S.One),
        transverse_weights=dict.fromkeys(names),
    )


def _edges(network: Network) -> zip[tuple[int, int, sympy.Expr]]:
    onto, origin = network.edge_index()
    return zip(onto.tolist(), origin.tolist(), network.effective_weights(), strict=True)


def _equitable_classes(network: Network) -> list[tuple[int, ...]]:
    """Colour refinement: split classes by the total weight from each class until nothing splits."""
    onto, origin = network.edge_index()
    weights, zero = _summable_weights(network)
    links = list(zip(onto.tolist(), origin.tolist(), weights, strict=True))
    keys: list[Any] = [(node.bias, node.time_constant, node.population, node.sign) for node in network.nodes]
    colours, count = _numbered(keys)
    while True:
        sums: list[dict[int, Any]] = [{} for _ in keys]
        for i, j, weight in links:
            row, colour = sums[i], colours[j]
            row[colour] = row[colour] + weight if colour in row else weight
        keys = [
            (colours[i], frozenset((colour, total) for colour, total in row.items() if total != zero))
            for i, row in enumerate(sums)
        ]
        colours, refined = _numbered(keys)
        if refined == count:
            break
        count = refined
    members: list[list[int]] = [[] for _ in range(count)]
    for k, colour in enumerate(colours):
        members[colour].append(k)
    return [tuple(nodes) for nodes in members]


def _numbered(keys: list[Any]) -> tuple[list[int], int]:
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys], len(numbers)


def _summable_weights(network: Network) -> tuple[list[Any], Any]:
    """Effective weights whose sums are exact and quick, and their zero: integers where all weights are decimals."""
    table = network.edges
    if table.floats is None or any(node.multiplicity != 1 for node in network.nodes):
        return [sympy.expand(weight) for weight in network.effective_weights()], sympy.S.Zero
    decimals = [Decimal(repr(value)) for value in (table.floats * table.signs).tolist()]
    shift = -min((int(value.as_tuple().exponent) for value in decimals), default=0)
    return [int(value.scaleb(shift)) if shift > 0 else int(value) for value in decimals], 0


def _class_names(network: Network, members: list[tuple[int, ...]]) -> list[str]:
    """The population's name for a class that is a population, otherwise the name of the first node."""
    names = [network.nodes[nodes[0]].name for nodes in members]
    populations = network.populations
    taken = {*network.node_names, *(parameter.name for parameter in network.symbols)}
    for a, nodes in enumerate(members):
        population = network.nodes[nodes[0]].population
        if population is None or len(nodes) == 1 or len(populations[population]) != len(nodes):
            continue
        if population.isidentifier() and population not in taken:
            names[a] = population
            taken.add(population)
    return names


def _class_node(network: Network, nodes: tuple[int, ...], name: str) -> Node:
    node = network.nodes[nodes[0]]
    label = node.label if name == node.name else name
    return replace(node, name=name, label=label, multiplicity=sympy.S.One, self_coupling=True)


def _transverse_weights(
    network: Network, members: list[tuple[int, ...]], names: list[str]
) -> dict[str, sympy.Expr | None]:
    rows: list[dict[int, sympy.Expr]] = [{} for _ in network.nodes]
    onto, origin = network.edge_index()
    signed = zip(onto.tolist(), origin.tolist(), network.edges.signs.tolist(), network.edges.weights, strict=True)
    for i, j, sign, weight in signed:
        rows[i][j] = sign * weight
    return {name: _transverse_weight(network, rows, nodes) for name, nodes in zip(names, members, strict=True)}


def _transverse_weight(
    network: Network, rows: list[dict[int, sympy.Expr]], nodes: tuple[int, ...]
) -> sympy.Expr | None:
    zero = sympy.S.Zero
    first = nodes[0]
    if len(nodes) == 1:
        node = network.nodes[first]
        if node.multiplicity == 1:
            return None
        return zero if node.self_coupling else -rows[first].get(first, zero)
    own, other = rows[first].get(first, zero), rows[first].get(nodes[1], zero)
    inside = set(nodes)
    for i in nodes:
        if network.nodes[i].multiplicity != 1 or _beyond(rows[i], inside) != _beyond(rows[first], inside):
            return None
        if any(rows[i].get(j, zero) != (own if i == j else other) for j in nodes):
            return None
    sent = [{i: row[j] for i, row in enumerate(rows) if j in row and i not in inside} for j in nodes]
    return own - other if all(weights == sent[0] for weights in sent) else None


def _beyond(row: dict[int, sympy.Expr], inside: set[int]) -> dict[int, sympy.Expr]:
    return {j: weight for j, weight in row.items() if j not in inside}
