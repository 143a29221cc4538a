"""The nodes that formulas are made of."""

from __future__ import annotations

from typing import Any

Node = tuple[Any, ...]


def children(node: Node) -> tuple[Node, ...]:
    """The formulas directly inside a formula."""
    operation = node[0]
    if operation in ("number", "scalar", "size", "tensor", "identity", "ones", "delta"):
        return ()
    if operation in ("add", "times"):
        return node[1]
    if operation in ("array", "total"):
        return (node[3],)
    if operation == "at":
        return (node[1], *(value for _, value in node[2]))
    return (node[1],) if operation in ("entry", "derivative") else node[1:]
