"""A finite group of signed permutations of the states of a system, element by element."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.errors import LimitError, UnsupportedFeatureError
from dynsym.model.vanishing import vanishes
from dynsym.network import symmetries

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Group", "Signed", "group_of", "orbits_of"]

LARGEST_ORDER = 12_000
LARGEST_SEARCH = 6

Signed = tuple[tuple[int, ...], tuple[int, ...]]
"""Images and signs: the component a of a vector is carried, times signs[a], to the place images[a]."""


@dataclass(frozen=True, eq=False)
class Group:
    """All elements, the identity first."""

    images: np.ndarray
    signs: np.ndarray

    @classmethod
    def generated(cls, size: int, generators: Sequence[Signed], clock: Clock) -> Group:
        """The group that the generators generate."""
        identity = (tuple(range(size)), (1,) * size)
        arrays = [(np.array(images), np.array(signs)) for images, signs in generators]
        known: dict[bytes, int] = {}
        found: list[np.ndarray] = []

        def put(images: np.ndarray, signs: np.ndarray) -> None:
            packed = images * 2 + (signs < 0)
            key = packed.tobytes()
            if key not in known:
                known[key] = len(found)
                found.append(packed)

        put(*map(np.array, identity))
        position = 0
        while position < len(found):
            clock.check("the symmetry group")
            images, signs = found[position] // 2, 1 - 2 * (found[position] % 2)
            for g_images, g_signs in arrays:
                put(g_images[images], signs * g_signs[images])
            position += 1
            if len(found) > LARGEST_ORDER:
                raise LimitError(
                    f"The symmetry group has more than {LARGEST_ORDER} elements, which are listed here one by one. Use "
                    "spectrum, or a smaller network of the same kind."
                )
        packed = np.array(found)
        return cls(packed // 2, 1 - 2 * (packed % 2))

    @property
    def order(self) -> int:
        return len(self.images)

    @property
    def size(self) -> int:
        return int(self.images.shape[1])

    @cached_property
    def numbers(self) -> dict[bytes, int]:
        """The number of each element by its packed form."""
        return {packed.tobytes(): k for k, packed in enumerate(self.images * 2 + (self.signs < 0))}

    def number(self, images: np.ndarray, signs: np.ndarray) -> int:
        return self.numbers[(images * 2 + (signs < 0)).tobytes()]

    def product(self, a: int, b: int) -> int:
        """The element that does b first, then a."""
        inner = self.images[b]
        return self.number(self.images[a][inner], self.signs[b] * self.signs[a][inner])

    @cached_property
    def inverses(self) -> np.ndarray:
        found = np.empty(self.order, dtype=int)
        for k in range(self.order):
            images, signs = np.empty(self.size, dtype=int), np.empty(self.size, dtype=int)
            images[self.images[k]] = np.arange(self.size)
            signs[self.images[k]] = self.signs[k]
            found[k] = self.number(images, signs)
        return found

    @cached_property
    def squares(self) -> np.ndarray:
        return np.array([self.product(k, k) for k in range(self.order)])

    def classes(self, generators: Sequence[int]) -> list[np.ndarray]:
        """Conjugacy classes, by conjugation with generators."""
        colour = np.full(self.order, -1)
        found: list[np.ndarray] = []
        for start in range(self.order):
            if colour[start] >= 0:
                continue
            colour[start] = len(found)
            members, position = [start], 0
            while position < len(members):
                for g in generators:
                    other = self.product(self.product(g, members[position]), int(self.inverses[g]))
                    if colour[other] < 0:
                        colour[other] = len(found)
                        members.append(other)
                position += 1
            found.append(np.array(members))
        return found

    def summed(self, members: np.ndarray) -> np.ndarray:
        """The sum of the matrices of some elements."""
        total = np.zeros((self.size, self.size), dtype=int)
        columns = np.broadcast_to(np.arange(self.size), (len(members), self.size))
        np.add.at(total, (self.images[members], columns), self.signs[members])
        return total

    def traces(self, projection: np.ndarray) -> np.ndarray:
        """The trace of projection times matrix, for every element."""
        return (self.signs * projection[np.arange(self.size), self.images]).sum(axis=1)

    def acting(self, members: Iterable[int], vectors: np.ndarray) -> np.ndarray:
        """The images of column vectors under some elements: (elements, n, columns)."""
        chosen = np.array(list(members))
        out = np.zeros((len(chosen), *vectors.shape))
        rows = np.arange(len(chosen))[:, None]
        out[rows, self.images[chosen]] = self.signs[chosen][:, :, None] * vectors[None]
        return out

    def closed(self, members: Iterable[int]) -> np.ndarray:
        """The subgroup that some elements generate."""
        chosen = [m for m in dict.fromkeys(members) if m != 0]
        found, position = [0], 0
        known = {0}
        while position < len(found):
            for g in chosen:
                other = self.product(g, found[position])
                if other not in known:
                    known.add(other)
                    found.append(other)
            position += 1
        return np.array(sorted(found))


def orbits_of(group: Group, members: np.ndarray) -> list[dict[int, int]]:
    """A basis of the vectors that a subgroup fixes: each orbit of states with its signs, where these agree."""
    n = group.size
    seen, found = np.zeros(n, dtype=bool), []
    for start in range(n):
        if seen[start]:
            continue
        signs: dict[int, int] = {}
        consistent = True
        for image, sign in zip(
            group.images[members, start].tolist(), group.signs[members, start].tolist(), strict=True
        ):
            consistent = consistent and signs.setdefault(image, sign) == sign
        seen[list(signs)] = True
        if consistent:
            found.append(signs)
    return found


# ---- the group of a system


def group_of(
    system: SymbolicSystem, values: Mapping[Symbol, Expr], point: Mapping[Symbol, Expr], clock: Clock
) -> tuple[Group, list[int], str]:
    """The symmetries of a system that fix a point: the group, numbers of its generators, and where they come from."""
    rates = [rate.xreplace(dict(values)) for rate in system.rhs]
    candidates, source = _candidates(system, rates)
    generators = [g for g in candidates if _fixes(g, system, point) and _is_symmetry(g, system, rates)]
    group = Group.generated(system.dimension, generators, clock)
    numbers = [group.number(np.array(images), np.array(signs)) for images, signs in generators]
    return group, numbers, source


def _candidates(system: SymbolicSystem, rates: list[Expr]) -> tuple[list[Signed], str]:
    n, template = system.dimension, system.template
    found: list[Signed] = []
    if template is not None:
        if any(count != 1 for count in template.counts):
            raise UnsupportedFeatureError(
                f"{system.name!r} has nodes that stand for several ones, and symmetries are listed node by node. Give "
                "the sizes as numbers, or use spectrum."
            )
        found = [_on_states(system, cycles) for cycles in symmetries(template.network).generators]
        source = "automorphisms of the network"
        nodes = range(n - len(system.weight_names))
    else:
        source, nodes = "permutations of the states", range(n)
        if n <= LARGEST_SEARCH:
            found = _searched(system, rates)
    minus = tuple(-1 if k in nodes else 1 for k in range(n))
    return [*found, (tuple(range(n)), minus)], source


def _on_states(system: SymbolicSystem, cycles: tuple[tuple[str, ...], ...]) -> Signed:
    """A permutation of nodes as one of states, weights included."""
    template = system.template
    assert template is not None
    names = template.network.node_names
    moved = {name: name for name in names}
    for cycle in cycles:
        moved.update(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
    index = {name: k for k, name in enumerate(names)}
    images = list(range(system.dimension))
    for name in names:
        for own, other in zip(template.node_states[index[name]], template.node_states[index[moved[name]]], strict=True):
            images[own] = other
    edges = [(int(template.onto[k]), int(template.source[k])) for k in template.plastic]
    places = dict(zip(edges, template.weight_positions, strict=True))
    for (i, j), position in places.items():
        images[position] = places[index[moved[names[i]]], index[moved[names[j]]]]
    return tuple(images), (1,) * len(images)


def _is_symmetry(g: Signed, system: SymbolicSystem, rates: list[Expr]) -> bool:
    """Whether f(g x) = g f(x), exactly."""
    images, signs = g
    states = system.states
    # (g x)_{images[a]} = signs[a] x_a
    put = {states[image]: sign * states[a] for a, (image, sign) in enumerate(zip(images, signs, strict=True))}
    return all(
        vanishes(rates[image].xreplace(put) - sign * rates[a])
        for a, (image, sign) in enumerate(zip(images, signs, strict=True))
    )


def _fixes(g: Signed, system: SymbolicSystem, point: Mapping[Symbol, Expr]) -> bool:
    images, signs = g
    values = [point.get(s, sympy.S.Zero) for s in system.states]
    return all(values[image] == sign * values[a] for a, (image, sign) in enumerate(zip(images, signs, strict=True)))


def _searched(system: SymbolicSystem, rates: list[Expr]) -> list[Signed]:
    """All permutations of few states that are symmetries."""
    straight = tuple(range(system.dimension))
    signs = (1,) * system.dimension
    return [
        (images, signs)
        for images in permutations(straight)
        if images != straight and _is_symmetry((images, signs), system, rates)
    ]
