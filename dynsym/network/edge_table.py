"""The edges of a network as columns: quick for a million numbers, and still a sequence of `Edge`.

Weights are kept either as an array of floats, each standing for the decimal that Python prints for it, or as a tuple
of exact expressions; the first becomes the second on demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import sympy

from dynsym._expressions import did_you_mean, exact
from dynsym.errors import GraphError, LimitError
from dynsym.network.elements import Edge
from dynsym.network.quantities import MAX_EDGES

__all__ = ["EdgeTable"]


class EdgeTable(Sequence[Edge]):
    """An immutable sequence of edges, stored by column."""

    def __init__(
        self,
        names: tuple[str, ...],
        source: np.ndarray,
        target: np.ndarray,
        weights: np.ndarray | tuple[sympy.Expr, ...],
        *,
        plastic: np.ndarray | bool = False,
        signs: np.ndarray | int = 1,
        groups: Sequence[str | None] | None = None,
    ) -> None:
        size = len(source)
        self.names = names
        self.source = _frozen(source, np.intp, size)
        self.target = _frozen(target, np.intp, size)
        # Adding 0.0 turns -0.0 into 0.0, so that equal weights have equal bytes.
        self.floats = _frozen(weights + 0.0, np.float64, size) if isinstance(weights, np.ndarray) else None
        self._exact = None if isinstance(weights, np.ndarray) else tuple(weights)
        self.plastic = _frozen(plastic, np.bool_, size)
        self.signs = _frozen(signs, np.int8, size)
        self.groups = (None,) * size if groups is None else tuple(groups)
        self._refuse_parallel()

    @classmethod
    def from_edges(cls, names: tuple[str, ...], edges: Iterable[Edge]) -> EdgeTable:
        """Return the table of `edges` between the nodes called `names`."""
        index = {name: position for position, name in enumerate(names)}
        edges = tuple(edges)
        for edge in edges:
            if not isinstance(edge, Edge):
                raise GraphError(
                    f"{edge!r} is not an Edge. Give Edge(source, target, weight), or use Network.from_edges."
                )
            for name in (edge.source, edge.target):
                if name not in index:
                    raise GraphError(
                        f"The edge {edge.source} -> {edge.target} names {name!r}, which is no node of this network"
                        f"{did_you_mean(str(name), names) or '.'} Add the node, or correct the name."
                    )
        return cls(
            names,
            np.fromiter((index[edge.source] for edge in edges), np.intp, len(edges)),
            np.fromiter((index[edge.target] for edge in edges), np.intp, len(edges)),
            tuple(edge.weight for edge in edges),
            plastic=np.fromiter((edge.plastic for edge in edges), np.bool_, len(edges)),
            signs=np.fromiter((edge.sign for edge in edges), np.int8, len(edges)),
            groups=tuple(edge.group for edge in edges),
        )

    @cached_property
    def weights(self) -> tuple[sympy.Expr, ...]:
        """The exact weights, in edge order."""
        if self.floats is None:
            assert self._exact is not None
            return self._exact
        unique, positions = np.unique(self.floats, return_inverse=True)
        rationals = [exact(float(value), name="weight") for value in unique]
        return tuple(rationals[position] for position in positions)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether no weight has a free symbol."""
        return self.floats is not None or not any(weight.free_symbols for weight in set(self.weights))

    def with_weights(self, weights: np.ndarray | tuple[sympy.Expr, ...]) -> EdgeTable:
        """Return the same edges with other weights."""
        return EdgeTable(
            self.names, self.source, self.target, weights, plastic=self.plastic, signs=self.signs, groups=self.groups
        )

    def __len__(self) -> int:
        return len(self.source)

    @overload
    def __getitem__(self, position: int) -> Edge: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[Edge, ...]: ...
    def __getitem__(self, position: int | slice) -> Edge | tuple[Edge, ...]:
        if isinstance(position, slice):
            return tuple(self[k] for k in range(*position.indices(len(self))))
        return Edge(
            self.names[self.source[position]],
            self.names[self.target[position]],
            self.weights[position],
            plastic=bool(self.plastic[position]),
            sign=int(self.signs[position]),
            group=self.groups[position],
        )

    def __iter__(self) -> Iterator[Edge]:
        return (self[position] for position in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EdgeTable):
            return NotImplemented
        return (
            self.names == other.names
            and np.array_equal(self.source, other.source)
            and np.array_equal(self.target, other.target)
            and np.array_equal(self.plastic, other.plastic)
            and np.array_equal(self.signs, other.signs)
            and self.groups == other.groups
            and self._same_weights(other)
        )

    def __hash__(self) -> int:
        return hash((self.names, self.source.tobytes(), self.target.tobytes(), self.plastic.tobytes()))

    def __repr__(self) -> str:
        shown = ", ".join(repr(edge) for edge in self[:3])
        return f"EdgeTable([{shown}{', ...' if len(self) > 3 else ''}], {len(self)} edges)"

    def _same_weights(self, other: EdgeTable) -> bool:
        if self.floats is not None and other.floats is not None:
            return bool(np.array_equal(self.floats, other.floats))
        return self.weights == other.weights

    def _refuse_parallel(self) -> None:
        if len(self) > MAX_EDGES:
            raise LimitError(f"{len(self)} edges are more than the {MAX_EDGES} that are accepted. Use a smaller graph.")
        keys = self.target * len(self.names) + self.source
        unique, first, counts = np.unique(keys, return_index=True, return_counts=True)
        if len(unique) < len(keys):
            edge = first[np.argmax(counts > 1)]
            source, target = self.names[self.source[edge]], self.names[self.target[edge]]
            raise GraphError(
                f"There are {counts.max()} parallel edges {source} -> {target}, and a network has at most one from one "
                f"node to another. Add their weights, or put a node between."
            )


def _frozen(values: Any, dtype: Any, size: int) -> np.ndarray:
    array = np.array(np.broadcast_to(np.asarray(values, dtype), (size,)))
    array.setflags(write=False)
    return array
