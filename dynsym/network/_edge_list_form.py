"""Edge lists, and the names and fields of nodes and edges that come from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy

from dynsym._expressions import did_you_mean
from dynsym.errors import GraphError, LimitError
from dynsym.network._checks import refuse_large
from dynsym.network._quantities import MAX_EDGES, listed, quantity
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network

__all__ = ["EDGE_FIELDS", "NODE_FIELDS", "NodeNames", "checked_fields", "edge_from", "network_from_edges"]

EDGE_FIELDS = ("weight", "plastic", "sign", "group")
NODE_FIELDS = ("label", "population", "sign", "bias", "time_constant", "multiplicity", "self_coupling")

Scope = Mapping[str, sympy.Expr]


class NodeNames:
    """The nodes met so far: what each original is called here."""

    def __init__(self) -> None:
        self.names: dict[Any, str] = {}
        self._original: dict[str, Any] = {}

    def add(self, original: Any) -> tuple[str, str]:
        """Return name and label of a node not met before; refuse one that would share a name with another."""
        name = _identifier(original)
        if original in self.names and self._original[name] == original:
            raise GraphError(f"The node {original!r} is declared twice, and a name belongs to one node. Leave one out.")
        if name in self._original:
            raise GraphError(
                f"The nodes {self._original[name]!r} and {original!r} would get the same name, {name}. "
                f"Rename one of them."
            )
        self.names[original] = name
        self._original[name] = original
        return name, str(original)

    def find(self, original: Any, where: str) -> str:
        """Return the name of a node met before."""
        if original not in self.names:
            hint = did_you_mean(str(original), [str(known) for known in self.names]) or "."
            raise GraphError(
                f"{where} names {original!r}, which is no node of this network{hint} Add the node, or correct the name."
            )
        return self.names[original]


def network_from_edges(
    edges: Iterable[Any],
    nodes: Iterable[Any] | None = None,
    *,
    name: str = "network",
    reference: str | None = None,
    ignore: Collection[str] = (),
    scope: Scope | None = None,
) -> Network:
    """The work of `Network.from_edges`; `scope` holds symbols for the names in texts."""
    given = []
    for edge in edges:
        given.append(edge)
        if len(given) > MAX_EDGES:
            raise LimitError(f"More than the {MAX_EDGES} edges that are accepted were given. Use a smaller graph.")
    triples = [_triple(edge, ignore, scope) for edge in given]
    met = NodeNames()
    made: list[Node] = []
    if nodes is None:
        for source, target, _ in triples:
            for original in (source, target):
                if original not in met.names:
                    made.append(Node(*_only_name(met.add(original)), label=str(original)))
    else:
        listed_nodes = list(nodes)
        refuse_large(len(listed_nodes))
        made.extend(_node(node, met, ignore, scope) for node in listed_nodes)
    finished = []
    for source, target, edge in triples:
        where = f"The edge {source} -> {target}"
        finished.append(replace(edge, source=met.find(source, where), target=met.find(target, where)))
    return Network(made, finished, name=name, reference=reference)


def edge_from(
    source: Any, target: Any, fields: Mapping[str, Any], *, ignore: Collection[str] = (), scope: Scope | None = None
) -> Edge:
    """Return an edge from the fields of a mapping, after checking their names."""
    where = f"{source} -> {target}"
    known = checked_fields(fields, EDGE_FIELDS, f"edge {where}", ignore)
    weight = quantity(known.pop("weight", 1), f"weight of {where}", scope)
    return Edge(source, target, weight, **known)


def checked_fields(
    fields: Mapping[str, Any], known: Collection[str], what: str, ignore: Collection[str]
) -> dict[str, Any]:
    """Return the fields without those to ignore and those without a value; refuse any that is unknown."""
    result = {}
    for field, value in fields.items():
        if field in ignore:
            continue
        if field not in known:
            hint = did_you_mean(str(field), known) or "."
            raise GraphError(
                f"The {what} has the attribute {field}, which is unknown{hint} Known are {listed(known)}. "
                f"Rename it, or name it in ignore=."
            )
        if value is not None:
            result[field] = value
    return result


def _triple(edge: Any, ignore: Collection[str], scope: Scope | None) -> tuple[Any, Any, Edge]:
    if isinstance(edge, Edge):
        return edge.source, edge.target, edge
    if isinstance(edge, Mapping):
        fields = dict(edge)
        try:
            source, target = fields.pop("source"), fields.pop("target")
        except KeyError as missing:
            field = missing.args[0]
            raise GraphError(
                f"The edge {dict(edge)} has no {field}{did_you_mean(field, edge) or '.'} Give its {field}."
            ) from None
        return source, target, edge_from(source, target, fields, ignore=ignore, scope=scope)
    if isinstance(edge, tuple | list) and len(edge) in (2, 3):
        source, target = edge[:2]
        if len(edge) == 3 and isinstance(edge[2], Mapping):
            return source, target, edge_from(source, target, edge[2], ignore=ignore, scope=scope)
        return source, target, edge_from(source, target, {"weight": edge[2]} if len(edge) == 3 else {}, scope=scope)
    raise GraphError(
        f"{edge!r} is not an edge. Give (source, target), (source, target, weight), a mapping with source and target, "
        f"or an Edge."
    )


def _node(node: Any, met: NodeNames, ignore: Collection[str], scope: Scope | None) -> Node:
    if isinstance(node, Node):
        met.add(node.name)
        return node
    if isinstance(node, Mapping):
        return node_from(dict(node), met, ignore=ignore, scope=scope)
    return node_from({"name": node}, met)


def node_from(
    fields: dict[str, Any], met: NodeNames, *, ignore: Collection[str] = (), scope: Scope | None = None
) -> Node:
    """Return a node from the fields of a mapping that has a `name`, after checking them."""
    if "name" not in fields:
        raise GraphError(f"The node {fields} has no name{did_you_mean('name', fields) or '.'} Give its name.")
    name, label = met.add(fields.pop("name"))
    known = checked_fields(fields, NODE_FIELDS, f"node {label}", ignore)
    for field in ("bias", "time_constant", "multiplicity"):
        if field in known:
            known[field] = quantity(known[field], f"{field} of {name}", scope)
    return Node(name, **{"label": label, **known})


def _identifier(original: Any) -> str:
    """A node's name: text stays as it is, an integer k is x_k, a tuple of integers is x_k_l."""
    parts = original if isinstance(original, tuple) and original else (original,)
    if all(_is_natural(part) for part in parts):
        return "x_" + "_".join(str(int(part)) for part in parts)
    return original


def _is_natural(part: Any) -> bool:
    if isinstance(part, str):
        return part.isascii() and part.isdigit()
    return hasattr(part, "__index__") and not isinstance(part, bool) and int(part) >= 0


def _only_name(pair: tuple[str, str]) -> tuple[str]:
    return pair[:1]
