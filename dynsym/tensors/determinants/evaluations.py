"""The search for the value of a determinant: which lemma applies to which operator."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from dynsym.errors import ClosedFormMismatch
from dynsym.kernel.operators import labelled, mentions
from dynsym.kernel.reader import Node
from dynsym.tensors.determinants.derivations import Derivation, NotProved, Theorem
from dynsym.tensors.determinants.lemmas import (
    complement,
    exchange,
    logarithmic_derivatives_agree,
    negated,
    solved_complement,
)
from dynsym.tensors.determinants.products import Product
from dynsym.tensors.determinants.spaces import Operator, Space
from dynsym.tensors.formulas.declarations import zeros
from dynsym.tensors.formulas.formula import Formula
from dynsym.tensors.formulas.nodes import children
from dynsym.tensors.formulas.notation import index_name, written
from dynsym.tensors.sizes.normal_form import normal_form, plain_formula

__all__ = ["Evaluation"]

Factors = tuple[Operator, Operator]


class Evaluation:
    """Rewrites the determinants of a product until no lemma applies."""

    def __init__(
        self,
        derivation: Derivation,
        factors: Sequence[Factors] = (),
        solutions: Sequence[Operator] = (),
        products: Sequence[Factors] = (),
    ) -> None:
        self.derivation = derivation
        self.factors = [(self._simple(first), self._simple(second)) for first, second in factors]
        self.solutions = [self._simple(solution) for solution in solutions]
        self.exchanged = False
        self.products = [(self._simple(first), self._simple(second)) for first, second in products]
        self._known: dict[str, Theorem | None] = {}

    def value(self, product: Product) -> Theorem:
        """The product equals what is left of it."""
        theorem = self.derivation.reflexive(product)
        for _ in range(60):
            rule = next((rule for name in _determinants(theorem) if (rule := self._rule(name)) is not None), None)
            if rule is None:
                return theorem
            theorem = self.derivation.conclude("rewrite", [theorem, rule])
        return theorem

    def _rule(self, name: str) -> Theorem | None:
        if name not in self._known:
            self._known[name] = next(self._rules(name), None)
        return self._known[name]

    def _rules(self, name: str) -> Iterator[Theorem]:
        whole = self.derivation.operator(name)
        simple = self._simple(whole)
        if len(simple.blocks) < len(whole.blocks) or any(_is_heavy(block.node) for block in whole.blocks.values()):
            yield self.derivation.congruence(whole, simple)
            return
        for attempt in (
            self._by_factors,
            self._by_products,
            self._diagonal,
            self._triangular,
            self._by_blocks,
            self._corner,
            self._solved,
        ):
            try:
                yield from attempt(whole)
            except NotProved:
                continue

    def _simple(self, whole: Operator) -> Operator:
        """Blocks without derivatives, as sums of products; blocks that vanish are left out."""
        blocks = {}
        for key, block in whole.blocks.items():
            if not normal_form(block, zeros(*block.shape)).is_zero:
                blocks[key] = self.derivation.plain(block.node) if _is_heavy(block.node) else block
        return Operator(whole.rows, whole.columns, blocks)

    def _by_factors(self, whole: Operator) -> Iterator[Theorem]:
        for first, second in self.factors:
            if (first.rows, second.columns) == (whole.rows, whole.columns) and first.columns == second.rows:
                for signed in (first, -first):
                    factor = self._multiple(whole + signed @ second)
                    if factor is not None:
                        found, _ = self._exchanged(whole, signed, second, factor)
                        yield found

    def _by_products(self, whole: Operator) -> Iterator[Theorem]:
        for first, second in self.products:
            if first.rows == first.columns == second.rows == second.columns == whole.rows:
                try:
                    found = self.derivation.product(whole, first, second)
                except NotProved:
                    continue
                yield found

    def _exchanged(
        self, whole: Operator, first: Operator, second: Operator, factor: Formula
    ) -> tuple[Theorem, Operator]:
        second_argument = logarithmic_derivatives_agree()
        if second_argument.verdict != "proved":
            raise ClosedFormMismatch(
                f"The logarithmic derivatives of det(c - GH) and det(c - HG) differ: {second_argument.reason}. "
                "This is a fault inside dynsym; please report it."
            )
        self.exchanged = True
        found, small = exchange(self.derivation, first, second, factor)
        same = self.derivation.congruence(whole, Operator.scaled(whole.rows, factor) - first @ second)
        return self.derivation.conclude("rewrite", [same, found]), small

    def _diagonal(self, whole: Operator) -> Iterator[Theorem]:
        if len(whole.rows) == 1 and (0, 0) in whole.blocks:
            yield self.derivation.diagonal(whole, self.derivation.plain(self._diagonal_entry(whole, 0)).node)

    def _triangular(self, whole: Operator) -> Iterator[Theorem]:
        size = len(whole.rows)
        for order in itertools.permutations(range(size)) if 2 <= size <= 5 else ():
            turned = whole.reordered(list(order))
            for cut in range(1, size):
                if not any(a >= cut > b for a, b in turned.blocks):
                    found, *_ = self.derivation.triangular(turned, cut)
                    same = self.derivation.congruence(whole, turned, order)
                    yield self.derivation.conclude("rewrite", [same, found])
                    return

    def _by_blocks(self, whole: Operator) -> Iterator[Theorem]:
        if len(whole.rows) == 1 and (0, 0) in whole.blocks and len(whole.rows.summands[0]) > 1:
            for position in range(len(whole.rows.summands[0])):
                try:
                    found, _ = self.derivation.blocks(whole, position)
                except NotProved:
                    continue
                yield found

    def _corner(self, whole: Operator) -> Iterator[Theorem]:
        size = len(whole.rows)
        for place in range(size) if size > 1 else ():
            if (place, place) not in whole.blocks:
                continue
            space = Space((whole.rows.summands[place],))
            factor = self._multiple(Operator(space, space, {(0, 0): whole.blocks[place, place]}))
            if factor is not None:
                order = [place, *(other for other in range(size) if other != place)]
                turned = whole.reordered(order)
                exact = {**turned.blocks, (0, 0): Operator.scaled(space, factor).blocks[0, 0]}
                found, _ = complement(self.derivation, Operator(turned.rows, turned.columns, exact), 1, factor)
                same = self.derivation.congruence(whole, Operator(turned.rows, turned.columns, exact), order)
                yield self.derivation.conclude("rewrite", [same, found])

    def _solved(self, whole: Operator) -> Iterator[Theorem]:
        for solution in self.solutions:
            cut = len(solution.rows)
            if Space(solution.rows.summands + solution.columns.summands) == whole.rows and cut < len(whole.rows):
                found, *_ = solved_complement(self.derivation, whole, cut, solution)
                yield found

    # Multiples of the identity

    def _diagonal_entry(self, whole: Operator, place: int) -> Node:
        names = tuple(labelled([sort.name for sort in whole.rows.summands[place]]))
        return ("entry", whole.blocks[place, place].node, names + names)

    def _polynomial(self, node: Node) -> Formula | None:
        """The polynomial in scalars that a formula equals, if it does."""
        zero = self.derivation.formula(("number", "0"))
        form = normal_form(self.derivation.formula(node), zero, cleared=False)
        if set(form.parts) != {((), ())}:
            return None
        polynomial = self.derivation.formula(plain_formula(form, zero).node)
        return None if mentions(polynomial.node, "size") or polynomial.reciprocals else polynomial

    def _multiple(self, whole: Operator) -> Formula | None:
        """c if the operator is c I with a polynomial c in scalars."""
        if (0, 0) not in whole.blocks:
            return None
        factor = self._polynomial(self._diagonal_entry(whole, 0))
        if factor is None:
            return None
        rest = whole - Operator.scaled(whole.rows, factor)
        return factor if all(self.derivation.is_zero(block.node) for block in rest.blocks.values()) else None

    # Matching what is left

    def matched(self, left: Theorem, right: Theorem) -> Theorem:
        """The first equation after each determinant or scalar that is left has been replaced by an equal one."""
        for atom in _left_over(left, right):
            for other in _left_over(right, left):
                rule = self._equal(atom, other)
                if rule is not None:
                    left = self.derivation.conclude("rewrite", [left, rule])
                    break
        return left

    def joined(self, left: Theorem, right: Theorem) -> Theorem:
        """left = right, if what is left of both sides can be matched."""
        return self.derivation.conclude("join", [self.matched(left, right), right])

    def text(self, theorem: Theorem) -> str:
        """The right side of an equation as text."""
        parts = []
        for atom, power in theorem.equation[1].items():
            base = self._atom_text(atom)
            exponent = str(power).replace("|", "")
            parts.append(base if exponent == "1" else f"{base}^({exponent})")
        return " * ".join(sorted(parts)) or "1"

    def _atom_text(self, atom: tuple[Any, ...]) -> str:
        if atom[0] == "minus":
            return "(-1)"
        if atom[0] == "polynomial":
            return str(atom[1]) if str(atom[1]).isidentifier() else f"({atom[1]})"
        if atom[0] == "scalar":
            return f"({written(atom[1])})"
        if atom[0] == "product":
            indices = ", ".join(f"{index_name(label)} in {sort}" for label, sort in atom[1])
            return f"prod({indices}: {self._atom_text(atom[2])})"
        whole = self.derivation.operator(atom[1])
        only = len(whole.rows) == 1 and (0, 0) in whole.blocks
        return f"det({written(whole.blocks[0, 0].node) if only else whole})"

    def _equal(self, atom: tuple[Any, ...], other: tuple[Any, ...]) -> Theorem | None:
        if atom[0] != other[0]:
            return None
        if atom[0] == "product":
            return self._equal(atom[2], other[2]) if atom[1] == other[1] else None
        if atom[0] == "scalar":
            return self._equal_scalars(atom[1], other[1])
        first, second = (self.derivation.operator(value[1]) for value in (atom, other))
        if first.rows != second.rows:
            return None
        try:
            return self.derivation.congruence(first, second)
        except NotProved:
            pass
        try:
            return self.derivation.transpose(first, second)
        except NotProved:
            pass
        try:
            found, minus = negated(self.derivation, first)
            return self.derivation.conclude("rewrite", [found, self.derivation.congruence(minus, second)])
        except NotProved:
            return None

    def _equal_scalars(self, first: Node, second: Node) -> Theorem | None:
        for factors in ([(second, 1)], [(("number", "-1"), 1), (second, 1)]):
            try:
                return self.derivation.scalar(first, factors)
            except NotProved:
                continue
        return None


def _is_heavy(node: Node) -> bool:
    return node[0] in ("derivative", "at") or any(_is_heavy(child) for child in children(tuple(node)))


def _determinants(theorem: Theorem) -> list[str]:
    """Names of the determinants on the right of an equation, those inside products included."""
    found = []
    for atom in theorem.equation[1]:
        inside = atom[2] if atom[0] == "product" else atom
        if inside[0] == "det":
            found.append(str(inside[1]))
    return found


def _left_over(first: Theorem, second: Theorem) -> list[tuple[Any, ...]]:
    """Atoms on the right of the first equation that have another power on the right of the second."""
    return [
        atom
        for atom, power in first.equation[1].items()
        if atom[0] not in ("minus", "polynomial") and second.equation[1].get(atom) != power
    ]
