"""Networks from weight matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import sympy

from dynsym.errors import GraphError, LimitError
from dynsym.network._checks import biased, checked_nodes, refuse_large
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Node
from dynsym.network.forms.records import NetworkParts
from dynsym.network.quantities import MAX_EDGES, is_plain_number, quantity

__all__ = ["parts_from_matrix"]


def parts_from_matrix(
    matrix: Any, nodes: Iterable[Node | str] | None, *, bias: Any, name: str, reference: str | None
) -> NetworkParts:
    """The parts that a weight matrix says."""
    entries = _square(matrix)
    size = len(entries)
    if nodes is None:
        nodes = [f"x{k + 1}" for k in range(size)]
    nodes = checked_nodes(nodes)
    if len(nodes) != size:
        raise GraphError(
            f"The matrix is {size} by {size} and there are {len(nodes)} nodes. Give one node for each row."
        )
    names = tuple(node.name for node in nodes)
    onto, origin = (np.zeros(0, np.intp),) * 2 if size == 0 else np.nonzero(_present(entries))
    if len(onto) > MAX_EDGES:
        raise LimitError(f"{len(onto)} edges are more than the {MAX_EDGES} that are accepted. Use a smaller graph.")
    if entries.dtype == object:
        weights: Any = tuple(entries[onto, origin])
    else:
        weights = entries[onto, origin].astype(float)
        bad = np.flatnonzero(~np.isfinite(weights))
        if len(bad):
            i, j = onto[bad[0]], origin[bad[0]]
            raise GraphError(
                f"The weight of {names[j]} -> {names[i]} is {weights[bad[0]]}, which is not finite. "
                f"Give a finite number, an expression or 0 for no edge."
            )
    if isinstance(bias, str | sympy.Basic) or np.ndim(bias) or bias != 0:
        nodes = biased(nodes, bias)
    return NetworkParts(nodes, EdgeTable(names, origin, onto, weights), name, reference)


def _square(matrix: Any) -> np.ndarray:
    """Return the matrix as a square array of floats, or of exact expressions."""
    array = _array(matrix)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise GraphError(
            f"The weight matrix has shape {' by '.join(map(str, array.shape))} and must be square: entry [i, j] is the "
            f"weight onto node i from node j. Give one row and one column for each node."
        )
    refuse_large(len(array))
    is_float = array.dtype.kind == "f" or (array.dtype.kind in "iu" and not np.any(np.abs(array) > 2**53))
    return array if is_float else _expressions(array)


def _array(matrix: Any) -> np.ndarray:
    """Return an array of numbers, or of objects; rows of unequal length are refused."""
    if isinstance(matrix, np.ndarray):
        return np.asarray(matrix)
    if hasattr(matrix, "toarray"):
        refuse_large(matrix.shape[0])
        return np.asarray(matrix.toarray())
    if hasattr(matrix, "to_numpy"):
        return np.asarray(matrix.to_numpy())
    rows = [list(row) for row in _rows(matrix)]
    if len({len(row) for row in rows}) > 1:
        raise GraphError(
            f"The weight matrix has rows of {sorted({len(row) for row in rows})} entries, and must be square. "
            f"Give one row and one column for each node, and 0 for no edge."
        )
    if all(is_plain_number(entry) for row in rows for entry in row):
        return np.array(rows, dtype=float).reshape(len(rows), -1) if rows else np.zeros((0, 0))
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            array[i, j] = entry
    return array


def _rows(matrix: Any) -> list[Any]:
    rows = matrix.tolist() if isinstance(matrix, sympy.MatrixBase) else matrix
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        raise GraphError(f"{rows!r} is not a matrix. Give a square array, or a list of rows.")
    rows = list(rows)
    for row in rows:
        if isinstance(row, str) or not isinstance(row, Iterable):
            raise GraphError(f"The weight matrix has the row {row!r}, and must be square. Give a list of lists.")
    return rows


def _expressions(array: np.ndarray) -> np.ndarray:
    result = np.empty(array.shape, dtype=object)
    for (i, j), entry in np.ndenumerate(array):
        result[i, j] = quantity(entry, f"weight in row {i}, column {j}")
    return result


def _present(entries: np.ndarray) -> np.ndarray:
    if entries.dtype != object:
        return entries != 0
    return np.array([[entry != 0 for entry in row] for row in entries], dtype=bool)
