"""Route A: the normal form of a difference, equal to zero exactly when both sides agree for all sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from dynsym.kernel.terms import Terms, open_difference, renamed
from dynsym.tensors.formulas.formula import UNIT, Formula, combine, fresh_label
from dynsym.tensors.formulas.nodes import Node, children
from dynsym.tensors.sizes.canonical import Canonical, SearchLimit

__all__ = ["SizeNormalForm", "declarations_of", "normal_form", "plain_formula"]


@dataclass(frozen=True)
class SizeNormalForm:
    """A sum of terms that are linearly independent functions for large sizes.

    `parts` maps (deltas, entries) to a coefficient; `labels` are the new names of each raw term's dummies, which is all
    that the kernel needs to repeat the cancellation.
    """

    terms: Terms = field(repr=False)
    parts: Mapping[Any, fmpq_mpoly]
    labels: tuple[tuple[int, ...], ...]

    @property
    def is_zero(self) -> bool:
        """Whether nothing is left."""
        return not self.parts

    def __str__(self) -> str:
        return " + ".join(sorted(_shown(key, value) for key, value in self.parts.items())) or "0"


def declarations_of(*formulas: Formula) -> dict[str, Any]:
    """What the formulas mention, as the kernel reads it."""
    whole = combine((), (), *formulas)
    inside = [whole, *whole.reciprocals.values()]
    sorts = {sort.name for formula in (*formulas, *inside) for sort in formula.shape}
    sorts |= {sort.name for tensor in whole.tensors.values() for sort in tensor.sorts}
    sorts |= {sort.name for sort in whole.free.values()}
    for formula in formulas:
        sorts |= _mentioned(formula.node)
    for formula in whole.reciprocals.values():
        sorts |= _mentioned(formula.node)
    return {
        "sorts": sorted(sorts - {UNIT.name}),
        "tensors": {
            name: {"sorts": [sort.name for sort in tensor.sorts], "kind": tensor.kind, "symmetric": tensor.symmetric}
            for name, tensor in sorted(whole.tensors.items())
        },
        "scalars": sorted(whole.scalars),
        "reciprocals": {name: formula.node for name, formula in sorted(whole.reciprocals.items())},
        "free": {label: sort.name for label, sort in sorted(whole.free.items())},
    }


def _mentioned(node: Node) -> set[str]:
    """Sorts that a tree names."""
    own: set[str] = set()
    if node[0] in ("identity", "size"):
        own = {node[1]}
    elif node[0] == "ones":
        own = set(node[1])
    elif node[0] in ("array", "total"):
        own = set(node[2]) if node[0] == "array" else {node[2]}
    return own.union(*(_mentioned(child) for child in children(node)))


def normal_form(
    left: Formula, right: Formula, limit: SearchLimit | None = None, *, cleared: bool = True
) -> SizeNormalForm:
    """The normal form of left - right, slots named @0, @1, …; multiplied by the denominators if `cleared`."""
    terms, difference = open_difference(declarations_of(left, right), left.node, right.node, cleared=cleared)
    symmetric = frozenset(name for name, tensor in terms.reader.tensors.items() if tensor["symmetric"])
    search = Canonical(terms.sort_of, symmetric, limit or SearchLimit())
    parts: dict[Any, fmpq_mpoly] = {}
    labels = []
    for term in difference:
        new = search.labels(term.entries, term.bound)
        labels.append(tuple(new[dummy] for dummy in term.bound))
        key = renamed(terms, term, new)
        parts[key] = parts.get(key, terms.ring.constant(0)) + term.coefficient
    left_over = {key: value for key, value in parts.items() if not value.is_zero()}
    return SizeNormalForm(terms, left_over, tuple(labels))


def plain_formula(form: SizeNormalForm, like: Formula) -> Formula:
    """The normal form as a formula with the slots of the one it was made from."""
    terms, parts = form.terms, []
    labels = {place: fresh_label() for place in terms.sort_of if isinstance(place, str) and place.startswith("@")}
    for (deltas, entries), coefficient in sorted(form.parts.items(), key=lambda item: item[0]):
        dummies = {place[1:]: fresh_label() for _, places in entries for place in places if place[0]}

        def label(place: Any, dummies: dict[Any, str] = dummies) -> str:
            return dummies[place[1:]] if place[0] else labels.get(place[2], place[2])

        factors: list[Node] = [("delta", *(labels.get(place, place) for place in pair)) for pair in deltas]
        factors += [("entry", ("tensor", name), tuple(map(label, places))) for name, places in entries]
        number = _polynomial_node(coefficient, terms.names)
        shown = factors if factors and number == ("number", "1") else [number, *factors]
        node: Node = shown[0] if len(shown) == 1 else ("times", tuple(shown))
        for (sort, _), name in dummies.items():
            node = ("total", name, sort, node)
        parts.append(node)
    whole: Node = ("add", tuple(parts)) if parts else ("number", "0")
    if like.sorts:
        slots = tuple(labels[f"@{place}"] for place in range(len(like.sorts)))
        whole = ("array", slots, tuple(sort.name for sort in like.shape), whole)
    return Formula(whole, like.shape, like.tensors, like.scalars, like.reciprocals, like.free)


def _polynomial_node(polynomial: fmpq_mpoly, names: list[str]) -> Node:
    """A polynomial in scalars and sizes as a formula."""
    terms: list[Node] = []
    for exponents, value in polynomial.to_dict().items():
        number: Node = ("number", str(Fraction(int(value.p), int(value.q))))
        factors: list[Node] = []
        for name, power in zip(names, exponents, strict=False):
            leaf: Node = ("size", name.strip("|")) if name.startswith("|") else ("scalar", name)
            factors += [leaf] * power
        shown = factors if factors and number == ("number", "1") else [number, *factors]
        terms.append(shown[0] if len(shown) == 1 else ("times", tuple(shown)))
    return terms[0] if len(terms) == 1 else ("add", tuple(terms))


def _shown(key: Any, coefficient: fmpq_mpoly) -> str:
    deltas, entries = key
    factors = [f"delta({a},{b})" for a, b in deltas]
    for name, places in entries:
        shown = ",".join(f"{place[1].lower()}{place[2]}" if place[0] else str(place[2]) for place in places)
        factors.append(f"{name}[{shown}]")
    text = str(coefficient).replace("|", "")
    return "*".join([f"({text})" if " " in text else text, *factors])
