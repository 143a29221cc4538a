"""The [network] of a model file: a motif, a matrix, a list of edges or a graph file; and back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from dynsym._expressions import did_you_mean
from dynsym.errors import ModelError
from dynsym.model.files.document import Document
from dynsym.model.files.rule_tables import plain
from dynsym.network import Network, motifs
from dynsym.network.forms.networkx_graph import edge_attributes, node_attributes

__all__ = ["network_of", "network_table"]

_FORMS: Final = {"motif": "motif", "weights": "nodes and weights", "edges": "nodes and edges", "file": "file"}
_ABOUT: Final = ("name", "reference", "bias")


def network_of(document: Document, *, plastic: bool) -> Network:
    """Return the network of a model file.

    A motif with a size that is left symbolic has nodes that stand for so many copies.
    """
    table = document.table("network")
    with document.at("network"):
        forms = [form for form in _FORMS if form in table]
        if len(forms) > 1:
            raise ModelError(f"the network is given twice, by {' and by '.join(forms)}. Keep one of them.")
        if not forms and "nodes" not in table:
            raise ModelError(f"the network has no nodes{_hint(table)}. Give one of: {'; '.join(_FORMS.values())}.")
        match forms:
            case ["motif"]:
                network = _motif(document, table, plastic)
            case ["file"]:
                document.check_keys(table, ("file", *_ABOUT), "network")
                network = Network.from_file(document.folder / _path(document, table["file"]))
            case ["edges"]:
                document.check_keys(table, ("edges", "nodes", *_ABOUT), "network")
                network = Network.from_edges(_edges(document, table["edges"], plastic), _nodes(document, table))
            case _:
                document.check_keys(table, ("weights", "nodes", *_ABOUT), "network")
                network = _matrix(document, table)
        return _described(document, table, network)


def network_table(network: Network) -> dict[str, Any]:
    """Return the [network] that `network_of` reads back as an equal network."""
    table: dict[str, Any] = {"name": network.name}
    if network.reference is not None:
        table["reference"] = network.reference
    said = [(node.name, _plain_fields(node_attributes(node))) for node in network.nodes]
    table["nodes"] = [{"name": name, **fields} if fields else name for name, fields in said]
    table["edges"] = [
        {"source": edge.source, "target": edge.target, **_plain_fields(edge_attributes(edge))} for edge in network.edges
    ]
    return table


def _motif(document: Document, table: Mapping[str, Any], plastic: bool) -> Network:
    name = table["motif"]
    if not isinstance(name, str) or name not in motifs.__all__:
        with document.at("network", "motif"):
            hint = did_you_mean(str(name), motifs.__all__) or "."
            raise ModelError(f"the motif {name!r:.60} is unknown{hint} Known: {', '.join(motifs.__all__)}.")
    make = getattr(motifs, name)
    parameters = inspect.signature(make).parameters
    sizes = [parameter for parameter in parameters if parameter.startswith("n_")]
    options = {key: value for key, value in table.items() if key not in {"motif", "name", "reference"}}
    document.check_keys(options, [key for key in parameters if key not in sizes], "network")
    given = document.table("sizes", sizes or ("(this motif has no sizes)",))
    if plastic:
        fixed_parts = [key for key in parameters if key == "weight" or key.startswith("w_")]
        options = {**dict.fromkeys(fixed_parts, 0), **options}
    needed = [key for key, entry in parameters.items() if entry.default is entry.empty and key not in options]
    if needed:
        raise ModelError(f"the motif {name} needs {needed[0]}. Write {needed[0]} = ... under [network].")
    try:
        return make(**options, **given)
    except TypeError as error:
        raise ModelError(f"the motif {name} cannot be made of {options}: {error}. Check the types.") from error


def _matrix(document: Document, table: Mapping[str, Any]) -> Network:
    nodes = _nodes(document, table)
    if "weights" not in table:
        return Network.from_edges([], nodes)
    with document.at("network", "weights"):
        weights = table["weights"]
        if not isinstance(weights, list) or not all(isinstance(row, list) for row in weights):
            raise ModelError(
                "weights is no list of rows. Write [[0, 1.5], [-1, 0]]: row i holds the weights onto node i."
            )
        lengths = {len(row) for row in weights}
        if lengths != {len(weights)}:
            raise ModelError(
                f"weights has {len(weights)} rows of {sorted(lengths)} entries; a square matrix is needed."
            )
        drawn = Network.from_edges([], nodes).nodes if nodes is not None else None
        return Network.from_matrix(weights, drawn)


def _nodes(document: Document, table: Mapping[str, Any]) -> list[Any] | None:
    if "nodes" not in table:
        return None
    nodes = table["nodes"]
    if not isinstance(nodes, list):
        with document.at("network", "nodes"):
            raise ModelError(f'nodes is {nodes!r:.60}, and must be a list of names, as in ["x1", "x2"].')
    return nodes


def _edges(document: Document, edges: Any, plastic: bool) -> list[Any]:
    if not isinstance(edges, list) or not all(isinstance(edge, Mapping | list) for edge in edges):
        with document.at("network", "edges"):
            raise ModelError('edges is no list of tables. Write [{ source = "u", target = "v", weight = 0.3 }].')
    if not plastic:
        return edges
    return [{"weight": 0, **edge} if isinstance(edge, Mapping) else edge for edge in edges]


def _described(document: Document, table: Mapping[str, Any], network: Network) -> Network:
    if "bias" in table and "motif" not in table:
        with document.at("network", "bias"):
            network = network.with_biases(table["bias"])
    name = table.get("name", document.content.get("name", network.name))
    return replace(network, name=str(name), reference=table.get("reference", network.reference))


def _path(document: Document, given: Any) -> str:
    if not isinstance(given, str):
        with document.at("network", "file"):
            raise ModelError(f"file is {given!r:.60}; the path of a graph file is needed, as a text.")
    return given


def _hint(table: Mapping[str, Any]) -> str:
    return next((hint for key in table if (hint := did_you_mean(key, [*_FORMS, "nodes"]).rstrip("?"))), "")


def _plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in fields.items()}
