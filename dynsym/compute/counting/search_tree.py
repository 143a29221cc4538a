"""The record of a box search: where boxes were split, and what became of the parts.

A checker can replay it: the parts of a split cover the box, so that solutions are known once every leaf is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["EMPTY", "LEFT", "SETTLED", "SPLIT", "SearchTree"]

LEFT, EMPTY, SETTLED, SPLIT = "left", "empty", "settled", "split"


@dataclass(slots=True)
class SearchTree:
    """Nodes by number; node 0 is the start box.

    Parameters
    ----------
    kind : list of str
        `LEFT` (not finished), `EMPTY`, `SETTLED` or `SPLIT`.
    detail : list of tuple
        Of a settled node: (position among the enclosures found,); of a split one: (unknown, place, low part, high
        part).

    Examples
    --------
    >>> tree = SearchTree()
    >>> low, high = tree.split(np.array([0]), np.array([1]), np.array([0.5]))
    >>> tree.settle(low, 0)
    >>> tree.kind, tree.detail[0]
    (['split', 'settled', 'left'], (1, 0.5, 1, 2))
    """

    kind: list[str] = field(default_factory=lambda: [LEFT])
    detail: list[tuple] = field(default_factory=lambda: [()])

    def split(self, nodes: np.ndarray, unknown: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split nodes in an unknown each; returns the numbers of the low and of the high parts."""
        first = len(self.kind)
        low = first + 2 * np.arange(len(nodes))
        for node, j, cut, part in zip(nodes.tolist(), unknown.tolist(), place.tolist(), low.tolist(), strict=True):
            self.kind[node] = SPLIT
            self.detail[node] = (j, cut, part, part + 1)
        self.kind += [LEFT] * (2 * len(nodes))
        self.detail += [()] * (2 * len(nodes))
        return low, low + 1

    def empty(self, nodes: np.ndarray) -> None:
        """Note that nodes hold no solution."""
        for node in nodes.tolist():
            self.kind[node] = EMPTY

    def settle(self, nodes: np.ndarray, first: int) -> None:
        """Note that nodes hold at most the solutions found as numbers first, first + 1, …"""
        for k, node in enumerate(nodes.tolist()):
            self.kind[node], self.detail[node] = SETTLED, (first + k,)
