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
from dataclasses import dataclass

from dynsym.claims.tensors.formula import UNIT, Formula, Node, combine

__all__ = ["SizeBound", "size_bound"]


@dataclass(frozen=True)
class SizeBound:
    """The size vector v and the degrees k in the sizes, by sort.

    Parameters
    ----------
    least : mapping of str to int
        v_r, at least one.
    degree : mapping of str to int
        k_r.
    """

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


@dataclass(frozen=True)
class _Count:
    """Dummies, degree in the sizes, powers of tensors and reciprocals in a term; slots and labels that are firm."""

    dummies: Counter[str]
    degree: Counter[str]
    powers: Counter[str]
    firm: frozenset[int | str]

    def bound(self, sort: str, *, firm: bool, drop: frozenset[int | str]) -> _Count:
        """With one more sum over an index of a sort."""
        extra = Counter() if sort == UNIT.name else Counter([sort])
        degree = self.degree if firm else self.degree + extra
        return _Count(self.dummies + extra, degree, self.powers, self.firm - drop)


_NONE: Counter[str] = Counter()


def size_bound(left: Formula, right: Formula, sorts: list[str]) -> SizeBound:
    """Where agreement of both sides is a proof for all sizes.

    Parameters
    ----------
    left, right : Formula
    sorts : list of str
        All sorts of the problem.

    Returns
    -------
    SizeBound
    """
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
    )


def _both(first: _Count, second: _Count) -> _Count:
    return _Count(
        first.dummies + second.dummies,
        first.degree + second.degree,
        first.powers + second.powers,
        first.firm | second.firm,
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
            return next((shape for shape in shapes if set(shape) - {UNIT.name}), ())
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

    def is_diagonal(self, node: Node) -> bool:
        """Whether one delta between the two slots is certain."""
        if node[0] == "times":
            return any(self.is_diagonal(part) for part in node[1])
        return node[0] in ("identity", "diagonal_matrix")

    def count(self, node: Node, gone: frozenset[str]) -> _Count:
        """Counts of one formula; tensors in `gone` may have been taken away by derivatives."""
        operation = node[0]
        nothing = _Count(_NONE, _NONE, _NONE, frozenset())
        if operation == "size":
            return _Count(_NONE, Counter([node[1]]), _NONE, frozenset())
        if operation == "scalar":
            return _Count(_NONE, _NONE, Counter([node[1]] if node[1] in self.whole.reciprocals else []), frozenset())
        if operation == "tensor":
            loose = node[1] in gone or self.whole.tensors[node[1]].kind == "sign"
            slots = () if loose else self._slots(node)
            return _Count(_NONE, _NONE, Counter([node[1]]), frozenset(slots))
        if operation in ("add", "times", "hadamard"):
            parts = [self.count(part, gone) for part in (node[1:] if operation == "hadamard" else node[1])]
            whole = parts[0]
            for part in parts[1:]:
                whole = _either(whole, part) if operation == "add" else _both(whole, part)
            return whole
        if operation == "matmul":
            return self._product(node, gone)
        inside = (
            self.count(node[1], gone) if operation in ("transpose", "trace", "diagonal_matrix", "diagonal_of") else None
        )
        if inside is not None:
            swapped = frozenset(1 - place if isinstance(place, int) else place for place in inside.firm)
            numbers = frozenset({0, 1})
            if operation == "transpose":
                return _Count(inside.dummies, inside.degree, inside.powers, swapped)
            if operation == "trace":
                return inside.bound(self.shape(node[1])[0], firm=bool(inside.firm & numbers), drop=numbers)
            held = frozenset(self._slots(node)) if inside.firm & numbers else frozenset()
            return _Count(inside.dummies, inside.degree, inside.powers, (inside.firm - numbers) | held)
        if operation == "entry":
            found = self.count(node[1], gone)
            named = dict(zip(self._slots(node[1]), node[2], strict=True))
            firm = frozenset(named[place] if isinstance(place, int) else place for place in found.firm)
            return _Count(found.dummies, found.degree, found.powers, firm)
        if operation == "array":
            found = self.count(node[3], gone)
            slot_of = dict(zip(node[1], self._slots(node), strict=True))
            firm = frozenset(slot_of.get(str(place), place) for place in found.firm)
            return _Count(found.dummies, found.degree, found.powers, firm)
        if operation == "total":
            found = self.count(node[3], gone)
            return found.bound(node[2], firm=node[1] in found.firm, drop=frozenset({node[1]}))
        if operation == "derivative":
            return self._derivative(node, gone)
        if operation == "at":
            return self._value(node, gone)
        return nothing

    def _slots(self, node: Node) -> tuple[int, ...]:
        return tuple(place for place, sort in enumerate(self.shape(node)) if sort != UNIT.name)

    def _product(self, node: Node, gone: frozenset[str]) -> _Count:
        first, second = self.count(node[1], gone), self.count(node[2], gone)
        whole = _both(first, second)
        labels = frozenset(place for place in whole.firm if isinstance(place, str))
        rows, columns, inner = 0 in first.firm, 1 in second.firm, 1 in first.firm or 0 in second.firm
        if self.is_diagonal(node[1]) or self.is_diagonal(node[2]):
            if self.is_diagonal(node[1]):
                rows = rows or inner
            else:
                columns = columns or inner
            kept = whole
        else:
            kept = whole.bound(self.shape(node[1])[1], firm=inner, drop=frozenset())
        slots = frozenset(place for place, firm in ((0, rows), (1, columns)) if firm)
        return _Count(kept.dummies, kept.degree, kept.powers, labels | slots)

    def _value(self, node: Node, gone: frozenset[str]) -> _Count:
        inside = self.count(node[1], gone | {name for name, _ in node[2]})
        whole = _Count(inside.dummies, inside.degree, Counter(inside.powers), inside.firm)
        for name, value in node[2]:
            found, firm = self.count(value, gone), whole.firm
            for _ in range(whole.powers.pop(name, 0)):
                whole = _both(whole, found)
            whole = _Count(whole.dummies, whole.degree, whole.powers, firm)
        return whole

    def _derivative(self, node: Node, gone: frozenset[str]) -> _Count:
        inside = self.count(node[1], gone | {node[2]})
        given = self.shape(node[1])
        large = bool(set(given) - {UNIT.name})
        order = {place: at for at, place in enumerate(self._slots(node[1]))} if large else {}
        firm = frozenset(order[p] if isinstance(p, int) else p for p in inside.firm if isinstance(p, str) or p in order)
        dummies, degree, powers = Counter(inside.dummies), Counter(inside.degree), Counter(inside.powers)
        denominators = [name for name in inside.powers if name in self.whole.reciprocals]
        slopes = [self.count(self.whole.reciprocals[name].node, gone | {node[2]}) for name in denominators]
        for slope in slopes:
            dummies, degree, powers = dummies + slope.dummies, degree + slope.degree, powers + slope.powers
        for name in denominators:
            powers[name] += 1
        return _Count(dummies, degree, powers, firm)
