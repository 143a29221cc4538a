"""Parameters of a synapse rule: one for all edges, one for each edge group, or a matrix [onto][from]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Expr, MatrixBase

from dynsym._expressions import did_you_mean
from dynsym._expressions.quantities import FrozenMapping, positive_quantities, quantity
from dynsym.errors import ModelError
from dynsym.network import Network

__all__ = ["edge_parameter", "is_matrix", "nonzero_places", "values_on_edges"]

Matrix = tuple[tuple[Any, ...], ...]


def edge_parameter(value: Any, what: str, *, is_time: bool = False) -> Expr | FrozenMapping | Matrix:
    """The parameter in its settled form: Expr, mapping of group to Expr, or rows of entries."""
    if _looks_like_matrix(value):
        if is_time:
            raise ModelError(
                f"The synapse's {what} was given as a matrix; it is a number, a name, or one for each edge group."
            )
        return _rows(value, what)
    if is_time:
        positive = positive_quantities(value, what)
        if positive is None:
            raise ModelError(f"The synapse's {what} was given as None. Give a positive number or a name.")
        return positive
    if isinstance(value, Mapping):
        return FrozenMapping({group: quantity(entry, f"{what} of {group}") for group, entry in value.items()})
    return quantity(value, what)


def is_matrix(value: Any) -> bool:
    """Whether a settled parameter is a matrix."""
    return isinstance(value, tuple)


def nonzero_places(matrix: Matrix, size: int, what: str) -> list[tuple[int, int]]:
    """Where the matrix is not zero, row by row."""
    _check_size(matrix, size, what)
    if all(type(entry) in (int, float) for row in matrix for entry in row):
        return [(int(i), int(j)) for i, j in zip(*np.nonzero(np.array(matrix)), strict=True)]
    places = [(i, j) for i in range(size) for j in range(size)]
    return [(i, j) for i, j in places if not quantity(matrix[i][j], what).is_zero]


def values_on_edges(
    value: FrozenMapping | Matrix, what: str, network: Network, places: Sequence[tuple[int, int, str | None]]
) -> tuple[Expr, ...]:
    """The values of a parameter on edges that are given as (onto, from, group)."""
    if isinstance(value, tuple):
        _check_size(value, network.size, what)
        return tuple(quantity(value[i][j], what) for i, j, _ in places)
    for named in value:
        if named not in network.groups:
            hint = did_you_mean(str(named), network.groups) or "."
            raise ModelError(
                f"The synapse's {what} is given for the edge group {named!r}, and the network has no such group{hint} "
                f"Its groups: {', '.join(network.groups) or 'none'}."
            )
    for i, j, group in places:
        if group not in value:
            names = network.node_names
            raise ModelError(
                f"The synapse's {what} is given for the edge groups {', '.join(map(str, value))}, and the plastic edge "
                f"{names[j]} -> {names[i]} is in {f'the group {group!r}' if group is not None else 'no group'}. "
                "Give a value for every group that has plastic edges."
            )
    return tuple(value[str(group)] for _, _, group in places)


def _looks_like_matrix(value: Any) -> bool:
    if isinstance(value, str | Mapping | Expr):
        return False
    return isinstance(value, MatrixBase | Sequence) or getattr(value, "ndim", 0) > 0


def _rows(value: Any, what: str) -> Matrix:
    dense = value.toarray() if hasattr(value, "toarray") else value
    rows = dense.tolist() if hasattr(dense, "tolist") else list(dense)
    if not rows or not all(isinstance(row, Sequence) and not isinstance(row, str) for row in rows):
        raise ModelError(f"The synapse's {what} is a list, and must be an n by n matrix [onto][from], or one value.")
    lengths = {len(row) for row in rows}
    if lengths != {len(rows)}:
        raise ModelError(
            f"The synapse's {what} is a matrix of {len(rows)} rows with {' or '.join(map(str, sorted(lengths)))} "
            "entries. Give an n by n matrix, [onto][from]."
        )
    return tuple(tuple(row) for row in rows)


def _check_size(matrix: Matrix, size: int, what: str) -> None:
    if len(matrix) != size:
        raise ModelError(
            f"The synapse's {what} is a matrix of {len(matrix)} rows for {size} nodes. Give an n by n matrix, "
            "[onto][from]."
        )
