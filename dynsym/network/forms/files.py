"""Networks from files and back: GraphML, node-link JSON, CSV edge list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import sympy

from dynsym._expressions import to_text
from dynsym.errors import GraphError, LimitError, ModelParseError, StorageError, UnsafeInputError
from dynsym.network._assumptions import assumptions_text, scope_from_text
from dynsym.network.forms.networkx_graph import edge_attributes, ignored, node_attributes, parts_to_networkx
from dynsym.network.forms.records import EDGE_FIELDS, NetworkParts, parts_from_records

__all__ = ["parts_from_file", "parts_to_file"]

MAX_BYTES = 200_000_000


def parts_from_file(path: str | PathLike[str], *, ignore: Iterable[str]) -> NetworkParts:
    """The parts that a file holds."""
    path = Path(path)
    read, _ = _format(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LimitError(f"{path.name} has {size} bytes, more than the {MAX_BYTES} accepted. Use a smaller graph.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    except UnicodeDecodeError as error:
        raise ModelParseError(f"{path.name} is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    return read(text, path, ignored(ignore))


def parts_to_file(network: NetworkParts, path: str | PathLike[str]) -> None:
    """Write the parts as a file."""
    path = Path(path)
    _, write = _format(path)
    text = write(network, path)
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. Check the folder and its permissions."
        ) from error


Reader = Callable[[str, Path, Collection[str]], NetworkParts]
Writer = Callable[[NetworkParts, Path], str]


def _format(path: Path) -> tuple[Reader, Writer]:
    formats: dict[str, tuple[Reader, Writer]] = {
        ".graphml": (_from_graphml, _to_graphml),
        ".json": (_from_json, _to_json),
        ".csv": (_from_csv, _to_csv),
    }
    try:
        return formats[path.suffix.lower()]
    except KeyError:
        raise ModelParseError(
            f"{path.name} ends in {path.suffix or 'no extension'!r}, and the formats are {', '.join(formats)}. "
            f"Rename the file, or read the graph with networkx and use Network.from_networkx."
        ) from None


# -- node-link JSON ----------------------------------------------------------------------------------------------------


def _from_json(text: str, path: Path, ignore: Collection[str]) -> NetworkParts:
    try:
        data = json.loads(text, object_pairs_hook=_without_repeated_keys)
    except (ValueError, RecursionError) as error:
        raise ModelParseError(f"{path.name} is not JSON: {error}. Node-link JSON is needed.") from error
    data = data if isinstance(data, dict) else {}
    nodes, edges = data.get("nodes"), data.get("edges", data.get("links"))
    if not isinstance(nodes, list) or not isinstance(edges, list):
        raise ModelParseError(
            f"{path.name} is not node-link JSON: an object with the lists nodes and edges (or links) is needed. "
            f"Write one with networkx.node_link_data or Network.to_file."
        )
    if not isinstance(data.get("directed"), bool):
        raise ModelParseError(f'{path.name} does not say whether it is directed. Add "directed": true or false.')
    about = data["graph"] if isinstance(data.get("graph"), dict) else {}
    parallel_key = {"key"} if data.get("multigraph") else set()
    return parts_from_records(
        [_split(record, path, "id") for record in nodes],
        [_split(record, path, "source", "target") for record in edges],
        directed=data["directed"],
        name=str(about.get("name") or path.stem),
        reference=about.get("reference"),
        ignore={*ignore, *parallel_key},
        scope=scope_from_text(about.get("assumptions", "")),
    )


def _split(record: Any, path: Path, *keys: str) -> Any:
    """Return the values of `keys` and then the other fields of a record."""
    if not isinstance(record, dict) or any(key not in record for key in keys):
        raise GraphError(f"{path.name} has the record {record!r}, which needs {' and '.join(keys)}. Give them.")
    values = [tuple(record[key]) if isinstance(record[key], list) else record[key] for key in keys]
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    if any(isinstance(part, dict | list) for part in parts):
        raise GraphError(f"{path.name} has the record {record!r}: {' and '.join(keys)} must be names.")
    return *values, {key: value for key, value in record.items() if key not in keys}


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {repeated!r} is given twice in one object")
    return result


def _to_json(network: NetworkParts, path: Path) -> str:
    data = {
        "directed": True,
        "multigraph": False,
        "graph": _about(network),
        "nodes": [{"id": node.name, **_texts(node_attributes(node))} for node in network.nodes],
        "edges": [
            {"source": edge.source, "target": edge.target, **_texts(edge_attributes(edge))} for edge in network.edges
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


# -- GraphML -----------------------------------------------------------------------------------------------------------


def _from_graphml(text: str, path: Path, ignore: Collection[str]) -> NetworkParts:
    import xml.etree.ElementTree as ElementTree

    import networkx

    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UnsafeInputError(f"{path.name} declares a document type or an entity; GraphML needs neither. Remove it.")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - entities were refused above
        graph = networkx.parse_graphml(text)
    except (ElementTree.ParseError, networkx.NetworkXError, KeyError, ValueError) as error:
        raise ModelParseError(f"{path.name} is not GraphML that networkx reads: {error}.") from error
    nodes = [element.get("id") for element in root.iter() if element.tag.rpartition("}")[2] == "node"]
    about = graph.graph
    return parts_from_records(
        [(node, graph.nodes[node]) for node in nodes],
        graph.edges(data=True),
        directed=graph.is_directed(),
        name=str(about.get("name") or path.stem),
        reference=about.get("reference"),
        ignore={*ignore, "id"},
        scope=scope_from_text(about.get("assumptions", "")),
    )


def _to_graphml(network: NetworkParts, path: Path) -> str:
    import networkx

    graph = parts_to_networkx(network)
    graph.graph.update(_about(network))
    for attributes in [*(d for _, d in graph.nodes(data=True)), *(d for _, _, d in graph.edges(data=True))]:
        attributes.update(_texts(attributes))
    return "\n".join(networkx.generate_graphml(graph)) + "\n"


# -- CSV edge list -----------------------------------------------------------------------------------------------------


def _from_csv(text: str, path: Path, ignore: Collection[str]) -> NetworkParts:
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [column.strip() for column in next(rows, [])]
        records = [[cell.strip() for cell in row] for row in rows if row]
    except csv.Error as error:
        raise ModelParseError(f"{path.name} is not a CSV file: {error}.") from error
    if "source" not in header or "target" not in header or len(set(header)) < len(header):
        raise ModelParseError(
            f"{path.name} has the columns {header}; source and target are needed, and each once. Give a header line."
        )
    edges: list[tuple[Any, Any, dict[str, Any]]] = []
    for line, row in enumerate(records, start=2):
        if len(row) != len(header):
            raise ModelParseError(f"Line {line} of {path.name} has {len(row)} cells for {len(header)} columns.")
        cells = {column: cell for column, cell in zip(header, row, strict=True) if cell}
        if "source" not in cells or "target" not in cells:
            raise GraphError(f"Line {line} of {path.name} has no source or no target. Give both.")
        edges.append((cells.pop("source"), cells.pop("target"), {k: _from_cell(k, v) for k, v in cells.items()}))
    ends = dict.fromkeys(end for source, target, _ in edges for end in (source, target))
    return parts_from_records([(end, {}) for end in ends], edges, name=path.stem, ignore=ignore)


def _to_csv(network: NetworkParts, path: Path) -> str:
    met = tuple(dict.fromkeys(end for edge in network.edges for end in (edge.source, edge.target)))
    plain = all(not node_attributes(node) for node in network.nodes)
    if met != network.edges.names or not plain or assumptions_text(network.symbols):
        raise GraphError(
            f"{path.name} would hold edges alone, and {network.name} has more: an unconnected node, another order, "
            f"a bias, an assumption or the like. Write a .json or .graphml file."
        )
    records = [_texts(edge_attributes(edge)) for edge in network.edges]
    columns = [field for field in EDGE_FIELDS if any(field in record for record in records)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["source", "target", *columns])
    for edge, record in zip(network.edges, records, strict=True):
        writer.writerow([edge.source, edge.target, *(_to_cell(record.get(column)) for column in columns)])
    return out.getvalue()


def _from_cell(column: str, cell: str) -> Any:
    if column == "plastic":
        return {"true": True, "false": False, "1": True, "0": False}.get(cell.lower(), cell)
    if column == "sign":
        return {"1": 1, "+1": 1, "-1": -1}.get(cell, cell)
    return cell


def _to_cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# -- shared ------------------------------------------------------------------------------------------------------------


def _about(network: NetworkParts) -> dict[str, str]:
    about = {
        "name": network.name,
        "reference": network.reference,
        "assumptions": assumptions_text(network.symbols),
    }
    return {key: value for key, value in about.items() if value}


def _texts(attributes: dict[str, Any]) -> dict[str, Any]:
    return {key: to_text(value) if isinstance(value, sympy.Expr) else value for key, value in attributes.items()}
