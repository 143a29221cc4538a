"""The sizes at which a finite check is a proof for all sizes.

A normal form's terms are linearly independent functions once every sort r has at least v_r elements, v_r being the
free indices of sort r in the whole expression plus the most dummies of sort r in one term; if sizes can occur as
coefficients up to degree k_r, the grid v_r, …, v_r + k_r decides. Both are counted here on the source formula that is
finally tested, never on a normal form, and may be overcounted safely:

- free indices are counted over the whole expression, not term by term (``f_i - f_j`` vanishes at n = 1);
- a dummy becomes a size when deltas, signs and ones alone touch it (``Σ_i d_i d_i`` is n), also after a derivative has
  taken its tensor away, so a dummy counts as *firm* only if some other factor surely holds it in every term;
- a product adds the dummies of its factors, and a derivative adds free indices.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from dynsym.tensors.formulas.formula import UNIT, Formula, combine
from dynsym.tensors.formulas.nodes import Node

__all__ = ["SizeBound", "size_bound"]


@dataclass(frozen=True)
class SizeBound:
    """The size vector v and the degrees k in the sizes, by sort."""

    least: Mapping[str, int]
    degree: Mapping[str, int]

    def grid(self) -> Iterator[dict[str, int]]:
        """All size vectors that must be checked, smallest first."""
        names = sorted(self.least)
        ranges = [range(self.least[name], self.least[name] + self.degree.get(name, 0) + 1) for name in names]
        for sizes in sorted(itertools.product(*ranges), key=sum):
            yield dict(zip(names, sizes, strict=True))

    def __str__(self) -> str:
        parts = []
        for name, least in sorted(self.least.items()):
            top = least + self.degree.get(name, 0)
            parts.append(f"{name} = {least}" if top == least else f"{name} = {least}..{top}")
        return ", ".join(parts)


Place = int | str  # a slot, or the label of an index


@dataclass(frozen=True)
class _Count:
    """Dummies, degree in the sizes, powers of tensors in a term; places that are firm; places linked by deltas."""

    dummies: Counter[str]
    degree: Counter[str]
    powers: Counter[str]
    firm: frozenset[Place] = frozenset()
    links: frozenset[frozenset[Place]] = frozenset()

    def renamed(self, new: Mapping[Place, Place]) -> _Count:
        """With other names of places; places that become one need no link."""
        firm = frozenset(new.get(place, place) for place in self.firm)
        links = {frozenset(new.get(place, place) for place in link) for link in self.links}
        return replace(self, firm=firm, links=frozenset(link for link in links if len(link) > 1))

    def summed(self, place: Place, sort: str) -> _Count:
        """Summed over one index; a delta that is surely there makes it another index instead of a dummy."""
        if sort == UNIT.name:
            return self
        partners = sorted((p for link in self.links if place in link for p in link if p != place), key=str)
        if partners:
            return self.renamed({place: partners[0]})
        degree = self.degree if place in self.firm else self.degree + Counter([sort])
        links = frozenset(link for link in self.links if place not in link)
        return replace(
            self, dummies=self.dummies + Counter([sort]), degree=degree, firm=self.firm - {place}, links=links
        )


_NONE: Counter[str] = Counter()


def size_bound(left: Formula, right: Formula, sorts: list[str]) -> SizeBound:
    """Where agreement of both sides is a proof for all sizes."""
    whole = combine((), (), left, right)
    counter = _Counter(whole)
    slots = Counter(sort.name for sort in left.sorts) + Counter(sort.name for sort in whole.free.values())
    both = _either(counter.count(left.node, frozenset()), counter.count(right.node, frozenset()))
    dummies, degree = Counter(both.dummies), Counter(both.degree)
    for name, power in both.powers.items():
        if name not in whole.reciprocals:
            continue
        inside = counter.count(whole.reciprocals[name].node, frozenset())
        for _ in range(power):
            dummies, degree = dummies + inside.dummies, degree + inside.degree
    return SizeBound({sort: max(slots[sort] + dummies[sort], 1) for sort in sorts}, dict(degree))


def _either(first: _Count, second: _Count) -> _Count:
    return _Count(
        first.dummies | second.dummies,
        first.degree | second.degree,
        first.powers | second.powers,
        first.firm & second.firm,
        first.links & second.links,
    )


def _both(first: _Count, second: _Count) -> _Count:
    return _Count(
        first.dummies + second.dummies,
        first.degree + second.degree,
        first.powers + second.powers,
        first.firm | second.firm,
        first.links | second.links,
    )


class _Counter:
    def __init__(self, whole: Formula) -> None:
        self.whole = whole

    def shape(self, node: Node) -> tuple[str, ...]:
        """Sorts of the slots, as names."""
        operation = node[0]
        if operation == "tensor":
            return tuple(sort.name for sort in self.whole.tensors[node[1]].sorts)
        if operation == "identity":
            return (node[1], node[1])
        if operation == "ones":
            return tuple(node[1])
        if operation in ("add", "times"):
            shapes = [self.shape(part) for part in node[1]]
            return next((shape for shape in shapes if set(shape) - {UNIT.name}), max(shapes, key=len))
        if operation == "at":
            return self.shape(node[1])
        if operation in ("hadamard", "matmul", "transpose"):
            first, last = self.shape(node[1]), self.shape(node[-1])
            return first if operation == "hadamard" else (first[0], last[1]) if operation == "matmul" else first[::-1]
        if operation in ("diagonal_matrix", "diagonal_of"):
            inside = self.shape(node[1])
            return (
                tuple(s for s in inside if s != UNIT.name) * 2 if operation == "diagonal_matrix" else (inside[0], "1")
            )
        if operation == "array":
            return tuple(node[2])
        if operation == "derivative":
            weights, given = tuple(sort.name for sort in self.whole.tensors[node[2]].sorts), self.shape(node[1])
            kept = tuple(sort for sort in given + weights if sort != UNIT.name)
            return kept if set(given) - {UNIT.name} else weights
        return ()

    def count(self, node: Node, gone: frozenset[str]) -> _Count:
        """Counts of one formula; tensors in `gone` may have been taken away by derivatives."""
        operation = node[0]
        nothing = _Count(_NONE, _NONE, _NONE)
        diagonal = frozenset({frozenset[Place]({0, 1})})
        if operation == "size":
            return replace(nothing, degree=Counter([node[1]]))
        if operation == "scalar":
            return replace(nothing, powers=Counter([node[1]] if node[1] in self.whole.reciprocals else []))
        if operation == "tensor":
            loose = node[1] in gone or self.whole.tensors[node[1]].kind == "sign"
            return replace(nothing, powers=Counter([node[1]]), firm=frozenset(() if loose else self._slots(node)))
        if operation == "identity":
            return replace(nothing, links=diagonal)
        if operation == "delta":
            return replace(nothing, links=frozenset({frozenset[Place](node[1:])} if node[1] != node[2] else ()))
        if operation in ("add", "times", "hadamard"):
            parts = [self.count(part, gone) for part in (node[1:] if operation == "hadamard" else node[1])]
            return reduce(_either if operation == "add" else _both, parts)
        if operation == "matmul":
            first = self.count(node[1], gone).renamed({0: "rows", 1: "inner"})
            second = self.count(node[2], gone).renamed({0: "inner", 1: "columns"})
            whole = _both(first, second).summed("inner", self.shape(node[1])[1])
            return whole.renamed({"rows": 0, "columns": 1})
        if operation in ("transpose", "trace", "diagonal_of"):
            inside, sort = self.count(node[1], gone), self.shape(node[1])[0]
            if operation == "trace":
                return inside.renamed({0: "inner", 1: "inner"}).summed("inner", sort)
            return inside.renamed({1: 0} if operation == "diagonal_of" else {0: 1, 1: 0})
        if operation == "diagonal_matrix":
            inside = self.count(node[1], gone).renamed(dict.fromkeys((0, 1), 0))
            firm = inside.firm | ({1} if 0 in inside.firm else frozenset())
            return replace(inside, firm=firm, links=inside.links | diagonal)
        if operation == "entry":
            return self.count(node[1], gone).renamed(dict(zip(self._slots(node[1]), node[2], strict=True)))
        if operation == "array":
            return self.count(node[3], gone).renamed(dict(zip(node[1], self._slots(node), strict=True)))
        if operation == "total":
            return self.count(node[3], gone).summed(node[1], node[2])
        if operation == "derivative":
            return self._derivative(node, gone)
        return self._value(node, gone) if operation == "at" else nothing

    def _slots(self, node: Node) -> tuple[int, ...]:
        return tuple(place for place, sort in enumerate(self.shape(node)) if sort != UNIT.name)

    def _value(self, node: Node, gone: frozenset[str]) -> _Count:
        inside = self.count(node[1], gone | {name for name, _ in node[2]})
        whole = replace(inside, powers=Counter(inside.powers))
        for name, value in node[2]:
            found = replace(self.count(value, gone), firm=frozenset(), links=frozenset())
            for _ in range(whole.powers.pop(name, 0)):
                whole = _both(whole, found)
        return whole

    def _derivative(self, node: Node, gone: frozenset[str]) -> _Count:
        inside = self.count(node[1], gone | {node[2]})
        large = bool(set(self.shape(node[1])) - {UNIT.name})
        order: dict[Place, Place] = {place: at for at, place in enumerate(self._slots(node[1]))} if large else {}
        inside = inside.renamed(order)
        denominators = [name for name in inside.powers if name in self.whole.reciprocals]
        dummies, degree, powers = inside.dummies, inside.degree, inside.powers + Counter(denominators)
        for name in denominators:
            slope = self.count(self.whole.reciprocals[name].node, gone | {node[2]})
            dummies, degree, powers = dummies + slope.dummies, degree + slope.degree, powers + slope.powers
        return replace(inside, dummies=dummies, degree=degree, powers=powers)
