"""Networks from weight matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import sympy

from dynsym.errors import GraphError, LimitError
from dynsym.network._checks import checked_nodes, refuse_large
from dynsym.network._edge_table import EdgeTable
from dynsym.network._quantities import MAX_EDGES, quantity
from dynsym.network.elements import Node
from dynsym.network.graph import Network

__all__ = ["network_from_matrix"]


def network_from_matrix(
    matrix: Any, nodes: Iterable[Node | str] | None, *, bias: Any, name: str, reference: str | None
) -> Network:
    """The work of `Network.from_matrix`."""
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
    network = Network(nodes, EdgeTable(names, origin, onto, weights), name=name, reference=reference)
    if isinstance(bias, str | sympy.Basic) or np.ndim(bias) or bias != 0:
        return network.with_biases(bias)
    return network


def _square(matrix: Any) -> np.ndarray:
    """Return the matrix as a square array of floats, or of exact expressions."""
    if isinstance(matrix, sympy.MatrixBase):
        shape, matrix = matrix.shape, matrix.tolist()
    elif hasattr(matrix, "toarray"):
        refuse_large(matrix.shape[0])
        matrix = matrix.toarray()
        shape = matrix.shape
    else:
        if not isinstance(matrix, np.ndarray):
            matrix = [list(row) if hasattr(row, "__iter__") and not isinstance(row, str) else row for row in matrix]
            shapes = {len(row) if isinstance(row, list) else -1 for row in matrix}
            shape = (len(matrix), *shapes) if len(shapes) == 1 and -1 not in shapes else (len(matrix), None)
        else:
            shape = matrix.shape
    if shape == (0,) or shape == (0, None):
        shape = (0, 0)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise GraphError(
            f"The weight matrix has shape {_spelt(shape)}, and must be square: entry [i, j] is the weight onto node i "
            f"from node j. Give one row and one column for each node."
        )
    refuse_large(shape[0])
    if shape[0] == 0:
        return np.zeros((0, 0))
    array = matrix if isinstance(matrix, np.ndarray) else _numbers(matrix)
    if array.dtype.kind in "fiu" and (array.dtype.kind == "f" or not np.any(np.abs(array) > 2**53)):
        return array
    return _expressions(array)


def _numbers(rows: list[list[Any]]) -> np.ndarray:
    """Return rows of plain floats and small integers as floats, and anything else as objects."""
    if all(type(entry) is float or (type(entry) is int and abs(entry) <= 2**53) for row in rows for entry in row):
        return np.array(rows, dtype=float)
    array = np.empty((len(rows), len(rows)), dtype=object)
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            array[i, j] = entry
    return array


def _expressions(array: np.ndarray) -> np.ndarray:
    result = np.empty(array.shape, dtype=object)
    for (i, j), entry in np.ndenumerate(array):
        result[i, j] = quantity(entry, f"weight in row {i}, column {j}")
    return result


def _present(entries: np.ndarray) -> np.ndarray:
    if entries.dtype != object:
        return entries != 0
    return np.array([[entry != 0 for entry in row] for row in entries], dtype=bool)


def _spelt(shape: tuple[int | None, ...]) -> str:
    return " by ".join("rows of unequal length" if length is None else str(length) for length in shape)
