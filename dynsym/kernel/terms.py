"""Identities for all sizes: terms with deltas and dummies, compared literally after given renamings."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from dynsym.errors import BudgetExceeded, ProofError
from dynsym.kernel.reader import UNIT, Node, Place, Reader

__all__ = ["Term", "Terms", "cancelled", "check_identity", "open_difference", "renamed"]

MOST_TERMS = 50_000


@dataclass
class Term:
    """``coefficient · Π deltas · Π entries``, summed over the dummies in `bound`."""

    coefficient: fmpq_mpoly
    deltas: tuple[tuple[Place, Place], ...] = ()
    entries: tuple[tuple[str, tuple[Place, ...]], ...] = ()
    bound: tuple[int, ...] = ()


class Terms:
    """The algebra of finite sums of `Term`; dummies are integers, each made by one `total` alone."""

    def __init__(self, declarations: Mapping[str, Any], reader: Reader) -> None:
        self.declarations, self.reader = declarations, reader
        names = [*sorted(declarations["scalars"]), *sorted(reader.reciprocals)]
        self.names = [*names, *(f"|{sort}|" for sort in declarations["sorts"])]
        self.ring = fmpq_mpoly_ctx.get(self.names or ["x"], Ordering.lex)
        self.sort_of: dict[Place, str] = dict(declarations.get("free", {}))
        self._fresh = itertools.count()

    def number(self, value: Fraction) -> list[Term]:
        return [Term(self.ring.constant(fmpq(value.numerator, value.denominator)))] if value else []

    def generator(self, name: str) -> fmpq_mpoly:
        return self.ring.gen(self.names.index(name))

    def size(self, sort: str) -> list[Term]:
        return [Term(self.generator(f"|{sort}|"))]

    def scalar(self, name: str) -> list[Term]:
        return [Term(self.generator(name))]

    def entry(self, name: str, at: tuple[Place, ...]) -> list[Term]:
        slots = tuple(sort for sort in self.reader.tensors[name]["sorts"] if sort != UNIT)
        if tuple(self.sort_of[place] for place in at) != slots:
            raise ProofError(f"The entry {name}{list(at)} bears indices of the wrong sorts.")
        return [Term(self.ring.constant(1), entries=((name, at),))]

    def delta(self, first: Place, second: Place) -> list[Term]:
        if first is None and second is None:
            return self.number(Fraction(1))
        if self.sort_of[first] != self.sort_of[second]:
            raise ProofError(f"A delta compares sorts {self.sort_of[first]} and {self.sort_of[second]}.")
        return [Term(self.ring.constant(1), deltas=((first, second),))]

    def add(self, parts: Iterable[list[Term]]) -> list[Term]:
        return [term for part in parts for term in part]

    def multiply(self, parts: Iterable[list[Term]]) -> list[Term]:
        product = self.number(Fraction(1))
        for part in parts:
            product = [
                Term(a.coefficient * b.coefficient, a.deltas + b.deltas, a.entries + b.entries, a.bound + b.bound)
                for a in product
                for b in part
            ]
            if len(product) > MOST_TERMS:
                raise BudgetExceeded(f"A product has more than {MOST_TERMS} terms. Name a sum as a tensor of its own.")
        return product

    def total(self, sort: str, body: Callable[[Place], list[Term]]) -> list[Term]:
        if sort == UNIT:
            return body(None)
        dummy = next(self._fresh)
        self.sort_of[dummy] = sort
        return [Term(t.coefficient, t.deltas, t.entries, (*t.bound, dummy)) for t in body(dummy)]

    def derivative(
        self, body: Callable[[], list[Term]], name: str, at: tuple[Place, ...], convention: str
    ) -> list[Term]:
        found = []
        for term in body():
            for position, (tensor, places) in enumerate(term.entries):
                if tensor == name:
                    rest = term.entries[:position] + term.entries[position + 1 :]
                    for weight, deltas in _directions(places, at, convention):
                        scaled = term.coefficient * fmpq(weight.numerator, weight.denominator)
                        found.append(Term(scaled, term.deltas + deltas, rest, term.bound))
            for symbol, node in self.reader.reciprocals.items():
                slope = term.coefficient.derivative(self.names.index(symbol))
                if not slope.is_zero():
                    outer = [Term(-slope * self.generator(symbol) ** 2, term.deltas, term.entries, term.bound)]
                    inner = self.derivative(functools.partial(self._closed, node), name, at, convention)
                    found += self.multiply([outer, inner])
        return found

    def substituted(
        self, body: Callable[[], list[Term]], values: Mapping[str, Callable[..., list[Term]]]
    ) -> list[Term]:
        """The terms of a formula, entries of some tensors replaced by the entries of their values."""
        found = []
        for term in body():
            kept = tuple(entry for entry in term.entries if entry[0] not in values)
            parts = [values[name](places) for name, places in term.entries if name in values]
            found += self.multiply([[Term(term.coefficient, term.deltas, kept, term.bound)], *parts])
        return found

    def _closed(self, node: Node) -> list[Term]:
        return self.reader.read(self, node, self.reader.nowhere(node), {})

    def without_reciprocals(self, terms: list[Term]) -> list[Term]:
        """Multiply by the denominators: zero wherever they do not vanish if and only if the given terms are."""
        for symbol, node in self.reader.reciprocals.items():
            position = self.names.index(symbol)
            degree = max((term.coefficient.degrees()[position] for term in terms), default=0)
            split: list[Term] = []
            for term in terms:
                for power in range(term.coefficient.degrees()[position] + 1):
                    part = {
                        tuple(0 if at == position else e for at, e in enumerate(exponents)): value
                        for exponents, value in term.coefficient.to_dict().items()
                        if exponents[position] == power
                    }
                    if part:
                        factors = (self._closed(node) for _ in range(degree - power))
                        piece = Term(self.ring.from_dict(part), term.deltas, term.entries, term.bound)
                        split += self.multiply([[piece], *factors])
            terms = split
        return terms

    def contracted(self, term: Term) -> Term:
        """Deltas contracted, powers of signs and masks reduced, dummies that nothing touches turned into sizes."""
        parent: dict[Place, Place] = {}

        def root(place: Place) -> Place:
            while place in parent:
                place = parent[place]
            return place

        for first, second in term.deltas:
            a, b = sorted((root(first), root(second)), key=_rank)
            if a != b:
                parent[b] = a
        counted: dict[tuple[str, tuple[Place, ...]], int] = {}
        for name, places in term.entries:
            now = tuple(root(place) for place in places)
            if self.reader.tensors[name].get("symmetric"):
                now = tuple(sorted(now, key=_rank))
            counted[name, now] = counted.get((name, now), 0) + 1
        entries: list[tuple[str, tuple[Place, ...]]] = []
        for factor, power in counted.items():
            kind = self.reader.tensors[factor[0]]["kind"]
            entries += [factor] * {"sign": power % 2, "mask": 1}.get(kind, power)
        touched = {place for _, places in entries for place in places}
        coefficient = term.coefficient
        bound: list[int] = []
        for dummy in set(term.bound).intersection(map(root, term.bound)):
            if dummy in touched:
                bound.append(dummy)
            else:
                coefficient = coefficient * self.generator(f"|{self.sort_of[dummy]}|")
        left = tuple(sorted((place, root(place)) for place in parent if isinstance(place, str)))
        return Term(coefficient, left, tuple(entries), tuple(sorted(bound)))

    def difference(self, left: Node, right: Node, places: tuple[Place, ...], *, cleared: bool) -> list[Term]:
        """The contracted terms of left - right at one entry, in a fixed order."""
        env = {place: place for place in self.sort_of if isinstance(place, str)}
        sides = [self.reader.read(self, side, self.reader.spread(side, places), env) for side in (left, right)]
        minus = [Term(-term.coefficient, term.deltas, term.entries, term.bound) for term in sides[1]]
        whole = sides[0] + minus
        return [self.contracted(term) for term in (self.without_reciprocals(whole) if cleared else whole)]


def _rank(place: Place) -> tuple[bool, Any]:
    return (isinstance(place, int), place)


def _directions(
    places: tuple[Place, ...], at: tuple[Place, ...], convention: str
) -> list[tuple[Fraction, tuple[tuple[Place, Place], ...]]]:
    """The derivative of an entry with respect to another entry, as weighted deltas."""
    straight = tuple(zip(places, at, strict=True))
    if convention == "free":
        return [(Fraction(1), straight)]
    crossed = tuple(zip(places, at[::-1], strict=True))
    if convention == "projector":
        return [(Fraction(1, 2), straight), (Fraction(1, 2), crossed)]
    both = [(Fraction(1), straight), (Fraction(1), crossed)]
    if convention == "both":
        return both
    if convention == "coordinates":
        return [*both, (Fraction(-1), (*straight, *crossed))]
    raise ProofError(f"Unknown convention {convention!r} for a derivative.")


def open_difference(
    declarations: Mapping[str, Any], left: Node, right: Node, *, cleared: bool = True
) -> tuple[Terms, list[Term]]:
    """The contracted terms of left - right for all sizes, one free index @0, @1, … per slot, in a fixed order.

    With `cleared` they are multiplied by the denominators; otherwise reciprocals stay as symbols.
    """
    reader = Reader(declarations)
    shapes = {tuple(sort for sort in reader.shape(side) if sort != UNIT) for side in (left, right)}
    if len(shapes) > 1:
        raise ProofError(f"The two sides have slots of sorts {sorted(shapes)}.")
    if any(label.startswith(("@", "#")) for label in declarations.get("free", {})):
        raise ProofError("Free indices must not bear the names that the kernel gives.")
    places = tuple(f"@{slot}" for slot in range(len(next(iter(shapes)))))
    free = {**declarations.get("free", {}), **dict(zip(places, next(iter(shapes)), strict=True))}
    terms = Terms({**declarations, "free": free}, reader)
    return terms, terms.difference(left, right, places, cleared=cleared)


def cancelled(
    terms: Terms, difference: Sequence[Term], labels: Sequence[Sequence[int]]
) -> dict[tuple[Any, ...], fmpq_mpoly]:
    """What is left of a difference after the renamings: literal terms and their coefficients."""
    if len(labels) != len(difference):
        raise ProofError(f"{len(difference)} terms meet {len(labels)} renamings.")
    sums: dict[tuple[Any, ...], fmpq_mpoly] = {}
    for term, new in zip(difference, labels, strict=True):
        if len(new) != len(term.bound) or len(set(new)) != len(new):
            raise ProofError("A renaming is not one-to-one on the dummies of its term.")
        key = renamed(terms, term, dict(zip(term.bound, new, strict=True)))
        sums[key] = sums.get(key, terms.ring.constant(0)) + term.coefficient
    return {key: value for key, value in sums.items() if not value.is_zero()}


def check_identity(declarations: Mapping[str, Any], left: Node, right: Node, labels: Sequence[Sequence[int]]) -> None:
    """Check left = right for all sizes, given the labels that each term's dummies are to bear."""
    if cancelled(*open_difference(declarations, left, right), labels):
        raise ProofError("The terms of the two sides do not cancel.")


def renamed(terms: Terms, term: Term, new: Mapping[int, int]) -> tuple[Any, ...]:
    """The literal form of a term whose dummies bear new labels; the label keeps the dummy's sort."""

    def label(place: Place) -> tuple[Any, ...]:
        return (1, terms.sort_of[place], new[place]) if isinstance(place, int) else (0, "", place)

    entries = []
    for name, places in term.entries:
        slots = tuple(label(place) for place in places)
        entries.append((name, tuple(sorted(slots)) if terms.reader.tensors[name].get("symmetric") else slots))
    return (term.deltas, tuple(sorted(entries)))
