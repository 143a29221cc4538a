"""Canonical labels for the dummies of a term.

Colour refinement on the dummies (own colour; which tensors hold it, in which slots, beside which colours), then
individualisation of the first cell that is not a singleton: its members are tried, one of each orbit of the
automorphisms met, and the smallest code is kept. Exact whatever the refinement does; a node budget bounds the search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dynsym.errors import BudgetExceeded

__all__ = ["Canonical", "SearchLimit"]

Factor = tuple[str, tuple[Any, ...]]
Code = tuple[Any, ...]


@dataclass
class SearchLimit:
    """How many nodes of individualisation may be visited in all."""

    nodes: int = 20_000

    def spend(self) -> None:
        """Count one node, or give up."""
        self.nodes -= 1
        if self.nodes < 0:
            raise BudgetExceeded(
                "The canonical labelling of a term exceeded its node budget: the term is highly symmetric. "
                "Try larger `nodes`, or split the identity into smaller ones."
            )


class Canonical:
    """Canonical labelling of the dummies of terms over given sorts and symmetric tensors."""

    def __init__(self, sort_of: Mapping[Any, str], symmetric: frozenset[str], limit: SearchLimit) -> None:
        self.sort_of, self.symmetric, self.limit = sort_of, symmetric, limit

    def labels(self, entries: Sequence[Factor], bound: Sequence[int]) -> dict[int, int]:
        """New labels 0, 1, … of the dummies, equal up to automorphism for isomorphic terms."""
        coded = []
        for dummies, factors in _components(entries, bound):
            code, order = self._component(factors, dict.fromkeys(dummies, 0))
            coded.append((code, order))
        coded.sort(key=lambda pair: pair[0])
        return {dummy: label for label, dummy in enumerate(dummy for _, order in coded for dummy in order)}

    def _component(
        self, factors: list[Factor], colours: dict[int, int], known: tuple[Code, ...] = ()
    ) -> tuple[Code, list[int]]:
        """The smallest code below a colouring and its order of the dummies.

        `known` holds the smallest codes of siblings on the way here. A leaf with one of them is the image of that
        sibling's leaf under an automorphism, so nothing smaller lies below, and the search returns at once.
        """
        colours = self._refined(factors, colours)
        cells: dict[int, list[int]] = {}
        for dummy, colour in colours.items():
            cells.setdefault(colour, []).append(dummy)
        open_cells = [colour for colour, cell in cells.items() if len(cell) > 1]
        if not open_cells:
            order = sorted(colours, key=colours.__getitem__)
            return self._code(factors, {dummy: place for place, dummy in enumerate(order)}), order
        first = min(open_cells)
        orbit = {dummy: dummy for dummy in colours}
        best: tuple[Code, list[int]] | None = None
        tried: set[int] = set()
        for dummy in cells[first]:
            if orbit[dummy] in {orbit[other] for other in tried}:
                continue
            self.limit.spend()
            tried.add(dummy)
            single = {d: 2 * c + (c == first and d != dummy) for d, c in colours.items()}
            found = self._component(factors, single, known if best is None else (*known, best[0]))
            if found[0] in known:
                return found
            if best is not None and found[0] == best[0]:
                for a, b in zip(best[1], found[1], strict=True):
                    old, new = orbit[a], orbit[b]
                    orbit = {d: new if o == old else o for d, o in orbit.items()}
            if best is None or found[0] < best[0]:
                best = found
        assert best is not None
        return best

    def _refined(self, factors: list[Factor], colours: dict[int, int]) -> dict[int, int]:
        cells = 0
        while True:
            signatures: dict[int, list[Any]] = {dummy: [] for dummy in colours}
            for name, places in factors:
                symmetric = name in self.symmetric
                shown = [(1, "", colours[p]) if isinstance(p, int) else (0, p, 0) for p in places]
                for dummy in {place for place in places if isinstance(place, int)}:
                    held = tuple(at for at, place in enumerate(places) if place == dummy)
                    others = tuple(value for at, value in enumerate(shown) if at not in held)
                    if symmetric:
                        signatures[dummy].append((name, (len(held),), tuple(sorted(others))))
                    else:
                        signatures[dummy].append((name, held, others))
            full = {
                dummy: (colours[dummy], self.sort_of[dummy], tuple(sorted(parts)))
                for dummy, parts in signatures.items()
            }
            ranks = {signature: rank for rank, signature in enumerate(sorted(set(full.values())))}
            colours = {dummy: ranks[signature] for dummy, signature in full.items()}
            if len(ranks) in (cells, len(colours)):
                return colours
            cells = len(ranks)

    def _code(self, factors: list[Factor], label: dict[int, int]) -> Code:
        coded = []
        for name, places in factors:
            slots = [(1, self.sort_of[p], label[p]) if isinstance(p, int) else (0, p, 0) for p in places]
            coded.append((name, tuple(sorted(slots)) if name in self.symmetric else tuple(slots)))
        return tuple(sorted(coded))


def _components(entries: Sequence[Factor], bound: Sequence[int]) -> list[tuple[list[int], list[Factor]]]:
    """Dummies and factors connected through dummies; free indices are constants and do not connect."""
    parent = {dummy: dummy for dummy in bound}

    def root(dummy: int) -> int:
        while parent[dummy] != dummy:
            dummy = parent[dummy]
        return dummy

    for _, places in entries:
        inside = [place for place in places if isinstance(place, int)]
        for other in inside[1:]:
            parent[root(other)] = root(inside[0])
    parts: dict[int, tuple[list[int], list[Factor]]] = {}
    for dummy in bound:
        parts.setdefault(root(dummy), ([], []))[0].append(dummy)
    for name, places in entries:
        inside = [place for place in places if isinstance(place, int)]
        if inside:
            parts[root(inside[0])][1].append((name, places))
    return list(parts.values())
