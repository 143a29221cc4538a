r"""Symmetries of a network: permutations of the nodes that change nothing.

Nodes that can be exchanged two by two (twins) are set aside first; on the rest, colour refinement and a search from
the bottom of a stabiliser chain give strong generators, so that the order is the product of the orbit lengths
(Schreier and Sims; McKay, *Practical graph isomorphism*, 1981).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from dynsym._budget import Budget, Clock
from dynsym._docstrings import documented
from dynsym.errors import BudgetExceeded, LimitError
from dynsym.network.graph import Network

__all__ = ["Symmetries", "symmetries"]

MAX_SIZE = 2_000
SEARCH_BUDGET = Budget(seconds=10)

Cycles = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Symmetries:
    """The automorphism group of a network.

    Parameters
    ----------
    name : str
        Name of the network.
    generators : tuple of tuple of tuple of str
        Permutations in cycle notation that generate the group.
    order : int or None
        Number of automorphisms; None when the search was given up.
    orbits : tuple of tuple of str
        Sets of nodes that the generators carry into each other.
    reason : str or None
        Why the search was given up; the generators found by then are valid.

    Examples
    --------
    >>> ds.symmetries(ds.motifs.ring(4)).order
    4
    """

    name: str
    _: KW_ONLY
    generators: tuple[Cycles, ...]
    order: int | None
    orbits: tuple[tuple[str, ...], ...]
    reason: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the generators are known to generate all automorphisms."""
        return self.order is not None

    def __repr__(self) -> str:
        order = f"order {self.order}" if self.order is not None else f"order unknown ({self.reason})"
        orbits = [f"{len(orbit)}" for orbit in self.orbits if len(orbit) > 1]
        moved = f"nontrivial orbits of {', '.join(orbits[:8])}{', ...' if len(orbits) > 8 else ''}" if orbits else ""
        text = ", ".join("".join("(" + " ".join(cycle) + ")" for cycle in cycles) for cycles in self.generators)
        text = text if len(text) <= 400 else f"{text[:400]}... ({len(self.generators)} in all)"
        parts = [order, *([moved] if moved else []), f"generators {text or 'none'}"]
        return f"Symmetries({self.name!r}: {'; '.join(parts)})"


@documented("LimitError: If the network is too large.")
def symmetries(network: Network, *, budget: Budget = SEARCH_BUDGET) -> Symmetries:
    """Return the permutations of the nodes that change neither edges nor nodes, names and labels aside.

    Weights, signs, plasticity and groups of edges are respected, and so are bias, time constant, population, sign and
    multiplicity of nodes. The copies that a node of multiplicity n stands for are not permuted.

    Parameters
    ----------
    network : Network
        At most 2,000 nodes.
    budget : Budget
        Limit on the seconds. Beyond it `order` is None and `reason` says so.

    Examples
    --------
    >>> ds.symmetries(ds.motifs.star(4))
    Symmetries('two-way star of 4': order 6; nontrivial orbits of 3; generators (x2 x3), (x3 x4))
    """
    if network.size > MAX_SIZE:
        raise LimitError(f"{network.size} nodes are more than the {MAX_SIZE} accepted here. Try quotient(network).")
    clock = budget.start()
    kinds, colours = _edge_kinds(network), _node_colours(network)
    permutations: list[np.ndarray] = []
    order: int | None = 1
    reason = None
    try:
        twins = _twin_classes(kinds, colours, clock)
        order = math.prod(math.factorial(len(members)) for members in twins)
        permutations += [_exchange(network.size, a, b) for nodes in twins for a, b in pairwise(nodes)]
        firsts = np.array([nodes[0] for nodes in twins])
        sizes = [len(nodes) for nodes in twins]
        inner = [int(kinds[nodes[0], nodes[1]]) if len(nodes) > 1 else -1 for nodes in twins]
        reduced = _codes(list(zip(colours[firsts].tolist(), sizes, inner, strict=True)))
        search = _Search(kinds[np.ix_(firsts, firsts)], reduced, clock)
        try:
            order *= search.run()
        finally:
            permutations += [_lifted(generator, twins, network.size) for generator in search.generators]
    except BudgetExceeded as error:
        order, reason = None, str(error)
    return Symmetries(
        network.name,
        generators=tuple(_cycles(permutation, network.node_names) for permutation in permutations),
        order=order,
        orbits=_orbits(permutations, network.node_names),
        reason=reason,
    )


class _Search:
    """Strong generators of the automorphisms of a coloured complete graph whose pairs have kinds."""

    def __init__(self, kinds: np.ndarray, colours: np.ndarray, clock: Clock) -> None:
        self.kinds, self.start, self.clock = kinds, colours, clock
        self.generators: list[np.ndarray] = []

    def run(self) -> int:
        """Find the generators and return the order of the group."""
        colours = self._refined(self.start[None, :])[0]
        levels = []
        while (cell := _first_cell(colours)) is not None:
            levels.append((colours, cell))
            colours = self._refined(_individualised(colours, cell[0])[None, :])[0]
        order = 1
        for colours, cell in reversed(levels):
            order *= self._orbit_length(colours, cell)
        return order

    def _orbit_length(self, colours: np.ndarray, cell: np.ndarray) -> int:
        """Length of the orbit of the cell's first node under the automorphisms that fix the nodes chosen before."""
        base, failed = int(cell[0]), set[int]()
        orbits = _Orbits(len(colours), self.generators)
        for node in cell[1:].tolist():
            root = orbits.find(node)
            if root == orbits.find(base) or root in {orbits.find(other) for other in failed}:
                continue
            pair = np.stack([_individualised(colours, base), _individualised(colours, node)])
            found = self._match(pair)
            if found is None:
                failed.add(node)
            else:
                self.generators.append(found)
                orbits.merge(found)
        return sum(orbits.find(node) == orbits.find(base) for node in cell.tolist())

    def _match(self, pair: np.ndarray) -> np.ndarray | None:
        """An automorphism that carries the first colouring into the second, if there is one."""
        pair = self._refined(pair)
        if not np.array_equal(np.sort(pair[0]), np.sort(pair[1])):
            return None
        guess = _cell_by_cell(pair)
        if self._is_automorphism(guess):
            return guess
        cell = _first_cell(pair[0])
        if cell is None:
            return None
        images = np.flatnonzero(pair[1] == pair[0][cell[0]])
        for image in sorted(images.tolist(), key=lambda node: node != cell[0]):
            chosen = np.stack([_individualised(pair[0], cell[0]), _individualised(pair[1], image)])
            if (found := self._match(chosen)) is not None:
                return found
        return None

    def _is_automorphism(self, permutation: np.ndarray) -> bool:
        same_colours = np.array_equal(self.start[permutation], self.start)
        return same_colours and np.array_equal(self.kinds[np.ix_(permutation, permutation)], self.kinds)

    def _refined(self, colourings: np.ndarray) -> np.ndarray:
        """Colour refinement of several colourings at once, with common names of the colours."""
        several, size = colourings.shape
        flat = _codes(colourings.ravel())
        count = -1
        while True:
            self.clock.check("The search for symmetries", best=self.generators)
            number = int(flat.max()) + 1
            if number == count:
                return flat.reshape(several, size)
            count = number
            seen = self.kinds[None, :, :] * number + flat.reshape(several, 1, size)
            seen.sort(axis=2)
            rows = np.concatenate([flat[:, None], seen.reshape(several * size, size)], axis=1)
            flat = np.unique(rows, axis=0, return_inverse=True)[1].ravel()


class _Orbits:
    """Orbits of nodes under the permutations merged so far (disjoint sets)."""

    def __init__(self, size: int, permutations: Sequence[np.ndarray]) -> None:
        self._parent = list(range(size))
        for permutation in permutations:
            self.merge(permutation)

    def find(self, node: int) -> int:
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node

    def merge(self, permutation: np.ndarray) -> None:
        for node, image in enumerate(permutation.tolist()):
            a, b = sorted((self.find(node), self.find(image)))
            self._parent[b] = a


def _edge_kinds(network: Network) -> np.ndarray:
    """An integer for each ordered pair (i, j): what runs onto i from j, together with what runs back."""
    table = network.edges
    onto, origin = network.edge_index()
    weights = table.floats.tolist() if table.floats is not None else table.weights
    said = zip(weights, table.signs.tolist(), table.plastic.tolist(), table.groups, strict=True)
    kinds = np.zeros((network.size, network.size), np.int64)
    kinds[onto, origin] = _codes(list(said)) + 1
    both = kinds * (kinds.max() + 1) + kinds.T
    return np.unique(both, return_inverse=True)[1].reshape(both.shape)


def _node_colours(network: Network) -> np.ndarray:
    return _codes(
        [
            (node.bias, node.time_constant, node.population, node.sign, node.multiplicity, node.self_coupling)
            for node in network.nodes
        ]
    )


def _codes(keys: Any) -> np.ndarray:
    """Number the different keys."""
    if isinstance(keys, np.ndarray):
        return np.unique(keys, return_inverse=True)[1].ravel()
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _twin_classes(kinds: np.ndarray, colours: np.ndarray, clock: Clock) -> list[list[int]]:
    """Classes of nodes any two of which can be exchanged while all others stay."""
    loops = np.diagonal(kinds)
    classes: list[list[int]] = []
    by_key: dict[tuple[int, int, bytes], list[list[int]]] = {}
    for node in range(len(kinds)):
        clock.check("The search for symmetries")
        key = (int(colours[node]), int(loops[node]), np.sort(kinds[node]).tobytes())
        candidates = by_key.setdefault(key, [])
        for members in candidates:
            other = members[0]
            differ = np.flatnonzero(kinds[node] != kinds[other])
            if kinds[node, other] == kinds[other, node] and set(differ.tolist()) <= {node, other}:
                members.append(node)
                break
        else:
            candidates.append([node])
            classes.append(candidates[-1])
    return classes


def _first_cell(colours: np.ndarray) -> np.ndarray | None:
    """Nodes of the smallest colour class with more than one, or None."""
    sizes = np.bincount(colours)
    if (sizes <= 1).all():
        return None
    return np.flatnonzero(colours == np.argmin(np.where(sizes > 1, sizes, len(colours) + 1)))


def _individualised(colours: np.ndarray, node: int) -> np.ndarray:
    changed = colours * 2
    changed[node] += 1
    return changed


def _cell_by_cell(pair: np.ndarray) -> np.ndarray:
    """The permutation that carries colour classes into each other and keeps what it can in place."""
    permutation = np.full(pair.shape[1], -1)
    for colour in np.unique(pair[0]).tolist():
        sources, images = np.flatnonzero(pair[0] == colour), np.flatnonzero(pair[1] == colour)
        kept = np.intersect1d(sources, images)
        permutation[kept] = kept
        permutation[np.setdiff1d(sources, kept)] = np.setdiff1d(images, kept)
    return permutation


def _exchange(size: int, a: int, b: int) -> np.ndarray:
    permutation = np.arange(size)
    permutation[[a, b]] = b, a
    return permutation


def _lifted(permutation: np.ndarray, twins: list[list[int]], size: int) -> np.ndarray:
    """A permutation of twin classes as one of nodes."""
    lifted = np.arange(size)
    for number, image in enumerate(permutation.tolist()):
        lifted[twins[number]] = twins[image]
    return lifted


def _cycles(permutation: np.ndarray, names: tuple[str, ...]) -> Cycles:
    images, seen, cycles = permutation.tolist(), set[int](), []
    for start in range(len(images)):
        cycle = []
        node = start
        while node not in seen:
            seen.add(node)
            cycle.append(names[node])
            node = images[node]
        if len(cycle) > 1:
            cycles.append(tuple(cycle))
    return tuple(cycles)


def _orbits(permutations: list[np.ndarray], names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    joined = _Orbits(len(names), permutations)
    orbits: dict[int, list[str]] = {}
    for node, name in enumerate(names):
        orbits.setdefault(joined.find(node), []).append(name)
    return tuple(tuple(orbit) for orbit in orbits.values())
