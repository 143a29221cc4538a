"""Blocks of operators over spaces such as (N×M) ⊕ N, as formulas.

An operator is ``{"rows": space, "columns": space, "blocks": {"a,b": formula}}``; a space lists its summands, a summand
lists sorts; a block's slots are the row indices, then the column indices, and an absent block is zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dynsym.kernel.reader import Node

__all__ = ["Operator", "Space", "block_product", "diagonal_array", "entry", "free_labels", "frozen", "labelled"]
__all__ += ["mentions", "opened", "parameter_array"]

Space = Sequence[Sequence[str]]
Operator = Mapping[str, Any]


def labelled(sorts: Sequence[str], mark: str = "%") -> list[str]:
    """Names of the indices of one summand of a space."""
    return [f"{mark}{place}{sort}" for place, sort in enumerate(sorts)]


def entry(operator: Operator, a: int, b: int, rows: Sequence[str], columns: Sequence[str]) -> Node:
    """The entry of a block at index names; zero where the block is absent."""
    block = operator["blocks"].get(f"{a},{b}")
    return ("number", "0") if block is None else ("entry", block, (*rows, *columns))


def block_product(first: Operator, second: Operator, a: int, b: int) -> Node:
    """The block a, b of a product of operators, as a formula."""
    rows, columns = labelled(first["rows"][a], "#r"), labelled(second["columns"][b], "#c")
    parts: list[Node] = []
    for m, inner in enumerate(first["columns"]):
        if f"{a},{m}" in first["blocks"] and f"{m},{b}" in second["blocks"]:
            summed = labelled(inner, f"#k{m}_")
            body: Node = ("times", (entry(first, a, m, rows, summed), entry(second, m, b, summed, columns)))
            for label, sort in zip(summed, inner, strict=True):
                body = ("total", label, sort, body)
            parts.append(body)
    whole = ("add", tuple(parts)) if parts else ("number", "0")
    return ("array", (*rows, *columns), (*first["rows"][a], *second["columns"][b]), whole)


def opened(operator: Operator, a: int, b: int, *, turned: bool = False) -> Node:
    """The block a, b as an array; `turned`: the block b, a of the transpose."""
    rows, columns = labelled(operator["rows"][a], "#r"), labelled(operator["columns"][b], "#c")
    slots = (*columns, *rows) if turned else (*rows, *columns)
    sorts = (*operator["rows"][a], *operator["columns"][b])
    sorts = (*operator["columns"][b], *operator["rows"][a]) if turned else sorts
    return ("array", slots, sorts, entry(operator, a, b, rows, columns))


def diagonal_array(sorts: Sequence[str], value: Node) -> Node:
    """Π δ · value over one summand, where the value names the row indices."""
    rows, columns = labelled(sorts), labelled(sorts, "#c")
    deltas = tuple(("delta", i, j) for i, j in zip(rows, columns, strict=True))
    return ("array", (*rows, *columns), (*sorts, *sorts), ("times", (*deltas, value)))


def parameter_array(sorts: Sequence[str], position: int, block: Operator) -> Node:
    """δ on one index of a summand · a smaller operator on the others, which may name that index."""
    rows, columns = labelled(sorts, "#r"), labelled(sorts, "#c")
    rows[position] = f"%0{sorts[position]}"
    rest = [[name for at, name in enumerate(names) if at != position] for names in (rows, columns)]
    inside = entry(block, 0, 0, rest[0], rest[1])
    value = ("times", (("delta", rows[position], columns[position]), inside))
    return ("array", (*rows, *columns), (*sorts, *sorts), value)


def mentions(part: Any, name: str) -> bool:
    """Whether a label occurs in a tree."""
    return part == name if isinstance(part, str) else any(mentions(child, name) for child in part)


def frozen(part: Any) -> Any:
    """Nested tuples for nested lists."""
    return part if isinstance(part, str) else tuple(frozen(child) for child in part)


def free_labels(node: Any) -> set[str]:
    """Labels of indices that no binder inside a formula binds."""
    operation = node[0]
    if operation == "delta":
        return {node[1], node[2]}
    if operation == "entry":
        return free_labels(node[1]) | set(node[2])
    if operation == "array":
        return free_labels(node[3]) - set(node[1])
    if operation == "total":
        return free_labels(node[3]) - {node[1]}
    if operation == "at":
        return free_labels(node[1]).union(*(free_labels(value) for _, value in node[2]))
    if operation in ("number", "scalar", "size", "tensor", "identity", "ones"):
        return set()
    parts = node[1] if operation in ("add", "times") else [node[1]] if operation == "derivative" else node[1:]
    return set().union(*map(free_labels, parts))
