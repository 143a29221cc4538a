"""What the motifs share: node names, one weight on many edges, limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import sympy

from dynsym.errors import GraphError, LimitError
from dynsym.network._checks import refuse_large
from dynsym.network.edge_table import EdgeTable
from dynsym.network.elements import Node
from dynsym.network.graph import Network
from dynsym.network.quantities import MAX_EDGES, quantity

__all__ = ["Names", "is_symbolic", "node_names", "one_weight_network", "refuse_many"]

Names = Sequence[str] | None


def is_symbolic(size: Any) -> bool:
    """Whether a size is a name or an expression in one, and not a number."""
    if isinstance(size, str):
        return not size.strip().isdigit()
    return isinstance(size, sympy.Expr) and not size.is_Integer


def node_names(
    default: int, nodes: Names, *, given: int | None = None, exactly: int | None = None, least: int = 1
) -> tuple[str, ...]:
    """Return the names of the nodes: those in `nodes`, or x1, x2, ...

    There are as many as `exactly` or else `given` says; without either, as many as `nodes` or else `default` says.
    """
    wanted = given if exactly is None else exactly
    if wanted is not None and (isinstance(wanted, bool) or not isinstance(wanted, int | np.integer)):
        raise GraphError(f"The size is {wanted!r}, and must be an integer. Give the number of nodes.")
    if nodes is None:
        size = int(default if wanted is None else wanted)
        refuse_large(size)
        names = tuple(f"x{k + 1}" for k in range(size))
    else:
        names = tuple(nodes)
        if wanted is not None and len(names) != wanted:
            raise GraphError(f"The nodes {nodes!r} do not name {wanted or default} nodes. Give a list of names.")
    if len(names) < least:
        raise GraphError(f"A motif of {len(names)} nodes was asked for; it needs {least} or more. Give more nodes.")
    return names


def one_weight_network(
    name: str,
    nodes: Sequence[str],
    pairs: Iterable[tuple[int, int]],
    weight: Any,
    bias: Any,
    groups: Sequence[str | None] | None = None,
) -> Network:
    """Return the network of the (source, target) positions `pairs`, all of one weight."""
    pairs = list(pairs)
    origin, onto = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    exact = quantity(weight, "weight")
    table = EdgeTable(tuple(nodes), origin, onto, (exact,) * len(pairs), groups=groups)
    return Network([Node(node) for node in nodes], table, name=name).with_biases(bias)


def refuse_many(edges: int, what: str) -> None:
    """Refuse a number of edges above the limit before anything of that size is made."""
    if edges > MAX_EDGES:
        raise LimitError(f"{what} has {edges} edges, more than the {MAX_EDGES} that are accepted. Use a smaller graph.")
