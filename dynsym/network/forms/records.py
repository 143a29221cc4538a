"""Nodes and edges that come from outside as names and mappings: the common road of edge lists, graphs and files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import sympy

from dynsym._expressions import did_you_mean
from dynsym.errors import GraphError, LimitError, ModelNameError
from dynsym.network._checks import refuse_large, scope_of
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Edge, Node
from dynsym.network.quantities import MAX_EDGES, is_plain_number, listed, quantity

__all__ = ["EDGE_FIELDS", "NODE_FIELDS", "POSITION", "NetworkParts", "parts_from_edges", "parts_from_records"]

POSITION = "position"
EDGE_FIELDS = ("weight", "plastic", "sign", "group", POSITION)
NODE_FIELDS = ("label", "population", "sign", "bias", "time_constant", "multiplicity", "self_coupling")

Fields = Mapping[str, Any]
Scope = Mapping[str, sympy.Expr]


class NetworkParts(NamedTuple):
    """What a network is made of, in the order of its arguments."""

    nodes: tuple[Node, ...]
    edges: EdgeTable
    name: str
    reference: str | None

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Free symbols, sorted by name."""
        return tuple(scope_of(self.nodes, self.edges).values())


def parts_from_edges(
    edges: Iterable[Any], nodes: Iterable[Any] | None, name: str, reference: str | None
) -> NetworkParts:
    """The parts that a list of edges names."""
    edge_records = [_edge_record(edge) for edge in edges]
    if nodes is None:
        ends = dict.fromkeys(end for source, target, _ in edge_records for end in (source, target))
        node_records: list[tuple[Any, Fields | Node]] = [(end, {}) for end in ends]
    else:
        node_records = [_node_record(node) for node in nodes]
    return parts_from_records(node_records, edge_records, name=name, reference=reference)


def parts_from_records(
    nodes: Iterable[tuple[Any, Fields | Node]],
    edges: Iterable[tuple[Any, Any, Fields | Edge]],
    *,
    directed: bool = True,
    name: str = "network",
    reference: str | None = None,
    ignore: Collection[str] = (),
    scope: Scope | None = None,
) -> NetworkParts:
    """The parts of (node, fields) and (source, target, fields)."""
    nodes = list(nodes)
    refuse_large(len(nodes))
    edges = list(edges)
    if len(edges) > MAX_EDGES:
        raise LimitError(f"{len(edges)} edges are more than the {MAX_EDGES} that are accepted. Use a smaller graph.")
    if POSITION not in ignore:
        edges = _in_order(edges)
    index = _NodeIndex()
    made = tuple(_node(index.add(original), original, fields, ignore, scope) for original, fields in nodes)
    onto: list[int] = []
    origin: list[int] = []
    rows: list[tuple[Any, bool, int, str | None]] = []
    for source, target, fields in edges:
        j, i = index.find(source, source, target), index.find(target, source, target)
        row = _edge_row(source, target, fields, ignore, scope)
        ways = [(i, j)] if directed or i == j else [(i, j), (j, i)]
        for a, b in ways:
            onto.append(a)
            origin.append(b)
            rows.append(row)
    raw, plastic, signs, groups = zip(*rows, strict=True) if rows else ((), (), (), ())
    numbers = all(is_plain_number(weight) for weight in raw)
    weights: Any = np.array(raw, float) if numbers else tuple(quantity(weight, "weight") for weight in raw)
    table = EdgeTable(
        tuple(node.name for node in made),
        np.array(origin, np.intp),
        np.array(onto, np.intp),
        weights,
        plastic=np.array(plastic, bool),
        signs=np.array(signs, np.int8),
        groups=groups,
    )
    return NetworkParts(made, table, name, reference)


def _in_order(edges: list[tuple[Any, Any, Fields | Edge]]) -> list[tuple[Any, Any, Fields | Edge]]:
    """Sort the edges by their field `position`, if they have it."""
    placed = [edge for edge in edges if isinstance(edge[2], Mapping) and POSITION in edge[2]]
    if not placed:
        return edges
    positions = {fields[POSITION] for _, _, fields in placed if not isinstance(fields, Edge)}
    if len(positions) < len(edges) or not all(isinstance(position, int) for position in positions):
        raise GraphError(
            f"{len(positions)} different positions are given for {len(edges)} edges. Each edge needs an integer of its "
            f"own, or none has one: leave the attribute out with ignore=({POSITION!r},)."
        )
    return sorted(edges, key=lambda edge: edge[2][POSITION])  # type: ignore[index]


class _NodeIndex:
    """Positions of the nodes met so far, by what they were called outside."""

    def __init__(self) -> None:
        self._position: dict[Any, int] = {}
        self._original: dict[Any, Any] = {}

    def add(self, original: Any) -> Any:
        """Return the name here of a node not met before; refuse one that would share it with another."""
        name = _identifier(original)
        if name in self._original:
            known = self._original[name]
            if known == original and type(known) is type(original):
                raise ModelNameError(f"The node {original!r} is declared twice; a name belongs to one node. Drop one.")
            raise GraphError(
                f"The nodes {known!r} and {original!r} would get the same name, {name}. Rename one of them."
            )
        self._original[name] = original
        self._position[original] = len(self._position)
        return name

    def find(self, original: Any, source: Any, target: Any) -> int:
        """Return the position of a node met before; the edge is for the message."""
        position = self._position.get(original)
        if position is None:
            hint = did_you_mean(str(original), [str(known) for known in self._position]) or "."
            raise GraphError(
                f"The edge {source} -> {target} names {original!r}, which is no node of this network{hint} "
                f"Add the node, or correct the name."
            )
        return position


def _identifier(original: Any) -> Any:
    """A node's name: an integer k becomes x_k, a tuple of integers x_k_l; anything else stays and is checked later."""
    parts = original if isinstance(original, tuple) and original else (original,)
    if all(_is_natural(part) for part in parts):
        return "x_" + "_".join(str(int(part)) for part in parts)
    return original


def _is_natural(part: Any) -> bool:
    if isinstance(part, str):
        return part.isascii() and part.isdigit() and len(part) <= 18
    return isinstance(part, int | np.integer) and not isinstance(part, bool) and int(part) >= 0


def _node(name: Any, original: Any, fields: Fields | Node, ignore: Collection[str], scope: Scope | None) -> Node:
    if isinstance(fields, Node):
        return fields
    known = _checked_fields(fields, NODE_FIELDS, f"node {original}", ignore)
    for field in ("bias", "time_constant", "multiplicity"):
        if field in known:
            known[field] = quantity(known[field], f"{field} of {original}", scope)
    return Node(name, **{"label": str(original), **known})


def _edge_row(
    source: Any, target: Any, fields: Fields | Edge, ignore: Collection[str], scope: Scope | None
) -> tuple[Any, bool, int, str | None]:
    """Weight (exact, or a plain number as it came), plastic, sign and group of an edge."""
    if isinstance(fields, Edge):
        return fields.weight, fields.plastic, fields.sign, fields.group
    where = f"{source} -> {target}"
    known = _checked_fields(fields, EDGE_FIELDS, f"edge {where}", ignore) if fields else {}
    known.pop(POSITION, None)
    weight = known.pop("weight", 1.0)
    if not is_plain_number(weight):
        weight = quantity(weight, f"weight of {where}", scope)
    if not known:
        return weight, False, 1, None
    checked = Edge(str(source), str(target), **known)
    return weight, checked.plastic, checked.sign, checked.group


def _checked_fields(fields: Fields, known: Collection[str], what: str, ignore: Collection[str]) -> dict[str, Any]:
    """Return the fields without those to ignore and those without a value; refuse any that is unknown."""
    result = {}
    for field, value in fields.items():
        if field in ignore:
            continue
        if field not in known:
            hint = did_you_mean(str(field), known) or "."
            raise GraphError(
                f"The {what} has the attribute {field}, which is unknown{hint} Known are {listed(known)}. "
                f"Rename it, or leave it out with ignore=({str(field)!r},)."
            )
        if value is not None:
            result[field] = value
    return result


def _edge_record(edge: Any) -> tuple[Any, Any, Fields | Edge]:
    if isinstance(edge, Edge):
        return edge.source, edge.target, edge
    if isinstance(edge, Mapping):
        fields = dict(edge)
        return _taken(fields, "source", edge), _taken(fields, "target", edge), fields
    if isinstance(edge, tuple | list) and len(edge) in (2, 3):
        given = edge[2] if len(edge) == 3 else {}
        return edge[0], edge[1], given if isinstance(given, Mapping) else {"weight": given}
    raise GraphError(
        f"{edge!r} is not an edge. Give (source, target), (source, target, weight), a mapping with source and target, "
        f"or an Edge."
    )


def _node_record(node: Any) -> tuple[Any, Fields | Node]:
    if isinstance(node, Node):
        return node.name, node
    if isinstance(node, Mapping):
        fields = dict(node)
        return _taken(fields, "name", node), fields
    return node, {}


def _taken(fields: dict[str, Any], field: str, record: Fields) -> Any:
    if field not in fields:
        hint = did_you_mean(field, [str(key) for key in record]) or "."
        raise GraphError(f"The record {dict(record)} has no {field}{hint} Give its {field}.")
    return fields.pop(field)
