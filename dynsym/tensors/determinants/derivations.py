"""Theorems about determinants, made by the kernel's rules alone.

A `Derivation` names operators, finds the renamings that a rule needs (normal form, and the expansion of the same source
formulas), and lets the kernel draw the conclusion. `Theorem` has no other way to come into being, and the list of steps
is the stored proof.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dynsym.errors import ProofError
from dynsym.kernel.determinants import Book, Equation, claim_digest
from dynsym.kernel.operators import (
    block_product,
    diagonal_array,
    free_labels,
    labelled,
    mentions,
    opened,
    parameter_array,
)
from dynsym.kernel.reader import Node
from dynsym.tensors.determinants.products import Product
from dynsym.tensors.determinants.spaces import Operator, Space
from dynsym.tensors.formulas.formula import UNIT, Formula, Sort, combine
from dynsym.tensors.sizes.identities import expansion_agrees
from dynsym.tensors.sizes.normal_form import declarations_of, normal_form, plain_formula

__all__ = ["Derivation", "NotProved", "Theorem"]

_TOKEN = object()


class NotProved(Exception):
    """A premise does not hold, so a lemma does not apply."""


@dataclass(frozen=True)
class Theorem:
    """An equation between monomials that the kernel concluded; only a `Derivation` can make one."""

    derivation: Derivation = field(repr=False)
    position: int
    equation: Equation
    token: object = field(repr=False, default=None)

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise ProofError("A theorem can only be concluded by a rule. Use a Derivation.")


class Derivation:
    """Steps of a proof over one set of declarations."""

    def __init__(self, formulas: Sequence[Formula], *, budget: int = 500_000) -> None:
        whole = combine((), (), *formulas)
        self.budget = budget
        declared = declarations_of(*formulas)
        marks = {f"%{place}{sort}": Sort(sort) for sort in declared["sorts"] for place in range(4)}
        self.whole = Formula((), (), whole.tensors, whole.scalars, whole.reciprocals, {**whole.free, **marks})
        free = {label: sort.name for label, sort in self.whole.free.items()}
        self.declarations = {**declared, "free": dict(sorted(free.items()))}
        self.operators: dict[str, dict[str, Any]] = {}
        self.book = Book(self.declarations, self.operators)
        self.steps: list[dict[str, Any]] = []
        self.expansions: list[str] = []
        self._zero: dict[Node, bool] = {}

    # Formulas and operators

    def formula(self, node: Node) -> Formula:
        """A formula of the derivation's declarations."""
        shape = tuple(Sort(name) for name in self.book.reader.shape(node))
        whole, free = self.whole, free_labels(node)
        reciprocals = {name: value for name, value in whole.reciprocals.items() if mentions(node, name)}
        nodes = [node, *(value.node for value in reciprocals.values())]
        return Formula(
            tuple(node),
            shape,
            {name: value for name, value in whole.tensors.items() if mentions(nodes, name)},
            frozenset(name for name in whole.scalars if mentions(nodes, name)),
            reciprocals,
            {label: whole.free[label] for label in free},
        )

    def name(self, operator: Operator) -> str:
        """The name of an operator; equal trees have one name."""
        plain = {
            "rows": _names(operator.rows),
            "columns": _names(operator.columns),
            "blocks": {f"{a},{b}": renumbered(block.node) for (a, b), block in sorted(operator.blocks.items())},
        }
        for name, known in self.operators.items():
            if known == plain:
                return name
        name = f"A{len(self.operators) + 1}"
        self.operators[name] = plain
        return name

    def operator(self, name: str) -> Operator:
        """The operator of a name."""
        plain = self.operators[name]
        spaces = [Space(tuple(tuple(map(Sort, sorts)) for sorts in plain[side])) for side in ("rows", "columns")]
        blocks = {}
        for key, node in plain["blocks"].items():
            a, b = map(int, key.split(","))
            blocks[a, b] = self.formula(node)
        return Operator(spaces[0], spaces[1], blocks)

    def monomial(self, product: Product) -> list[Any]:
        """A product as the kernel reads it."""
        result: list[Any] = []
        for atom, exponent in product.factors:
            if isinstance(atom, Formula):
                result.append([["scalar", renumbered(atom.node)], exponent.node])
            elif isinstance(atom, Operator):
                result.append([["det", self.name(atom)], exponent.node])
            else:
                labels = [[label, sort.name] for label, sort in atom[0]]
                result.append([["product", labels, self.monomial(atom[1])], exponent.node])
        return result

    # Premises

    def labels(self, left: Node, right: Node) -> tuple[tuple[int, ...], ...]:
        """Renamings that show left = right for all sizes, or `NotProved`."""
        sides = self.formula(left), self.formula(right)
        form = normal_form(*sides)
        if not form.is_zero:
            raise NotProved(f"{left} is not {right}")
        self.expansions.append(expansion_agrees(*sides, budget=self.budget))
        return form.labels

    def is_zero(self, node: Node) -> bool:
        """Whether a block vanishes for all sizes."""
        if node not in self._zero:
            zero = ("times", (("number", "0"), ("ones", self.book.reader.shape(node))))
            self._zero[node] = normal_form(self.formula(node), self.formula(zero)).is_zero
        return self._zero[node]

    def plain(self, node: Node) -> Formula:
        """A formula equal to a given one: its normal form as a sum of products."""
        whole = self.formula(node)
        zero = self.formula(("times", (("number", "0"), ("ones", self.book.reader.shape(node)))))
        return self.formula(plain_formula(normal_form(whole, zero, cleared=False), whole).node)

    # Rules

    def conclude(self, rule: str, premises: Sequence[Theorem] = (), **given: Any) -> Theorem:
        """Apply a rule of the kernel."""
        equation = self.book.rules[rule]([theorem.equation for theorem in premises], given)
        positions = [theorem.position for theorem in premises]
        self.steps.append({"rule": rule, "premises": positions, "arguments": given})
        return Theorem(self, len(self.steps) - 1, equation, _TOKEN)

    def product(self, whole: Operator, first: Operator, second: Operator) -> Theorem:
        """det P = det A · det B from P = A B."""
        names = [self.name(operator) for operator in (whole, first, second)]
        p, a, b = (self.operators[name] for name in names)
        labels = {f"{r},{c}": self.labels(opened(p, r, c), block_product(a, b, r, c)) for r, c in _places(whole)}
        return self.conclude("product", product=names[0], factors=names[1:], labels=labels)

    def triangular(self, whole: Operator, cut: int) -> tuple[Theorem, Operator, Operator]:
        """det T = det of the diagonal parts, and these parts."""
        parts = []
        for low, high in ((0, cut), (cut, len(whole.rows))):
            space = Space(whole.rows.summands[low:high])
            inside = {
                (a - low, b - low): block
                for (a, b), block in whole.blocks.items()
                if low <= a < high and low <= b < high
            }
            parts.append(Operator(space, space, inside))
        names = [self.name(part) for part in parts]
        found = self.conclude("triangular", operator=self.name(whole), cut=cut, parts=names)
        return found, parts[0], parts[1]

    def diagonal(self, whole: Operator, entry: Node) -> Theorem:
        """det of Π δ · entry, the entry naming the indices %0…, %1…"""
        name, entry = self.name(whole), renumbered(entry)
        (sorts,) = self.operators[name]["rows"]
        labels = self.labels(opened(self.operators[name], 0, 0), diagonal_array(sorts, entry))
        return self.conclude("diagonal", operator=name, entry=entry, labels=labels)

    def blocks(self, whole: Operator, position: int) -> tuple[Theorem, Operator]:
        """det of δ on one index · B as a product of det B over that index, and B."""
        name = self.name(whole)
        (sorts,) = self.operators[name]["rows"]
        mark = f"%0{sorts[position]}"
        rows, columns = labelled(sorts, "#r"), labelled(sorts, "#c")
        rows[position] = columns[position] = mark
        kept = [at for at in range(len(sorts)) if at != position]
        slots = tuple(names[at] for names in (rows, columns) for at in kept)
        body = ("entry", self.operators[name]["blocks"]["0,0"], (*rows, *columns))
        node = ("array", slots, tuple(sorts[at] for at in kept) * 2, body)
        space = Space((tuple(Sort(sorts[at]) for at in kept),))
        block = Operator(space, space, {(0, 0): self.plain(node)})
        inner = self.name(block)
        target = parameter_array(sorts, position, self.operators[inner])
        labels = self.labels(opened(self.operators[name], 0, 0), target)
        found = self.conclude("blocks", operator=name, block=inner, position=position, labels=labels)
        return found, block

    def transpose(self, whole: Operator, transposed: Operator) -> Theorem:
        """det A = det of its transpose."""
        names = self.name(whole), self.name(transposed)
        a, b = (self.operators[name] for name in names)
        labels = {
            f"{r},{c}": self.labels(opened(b, r, c), opened(a, c, r, turned=True)) for r, c in _places(transposed)
        }
        return self.conclude("transpose", operator=names[0], transposed=names[1], labels=labels)

    def congruence(self, whole: Operator, equal: Operator, order: Sequence[int] | None = None) -> Theorem:
        """det A = det B where B is A, possibly with its summands in another order."""
        names = self.name(whole), self.name(equal)
        chosen = list(range(len(whole.rows))) if order is None else list(order)
        a, b = (self.operators[name] for name in names)
        labels = {f"{r},{c}": self.labels(opened(b, r, c), opened(a, chosen[r], chosen[c])) for r, c in _places(equal)}
        return self.conclude("congruence", operator=names[0], equal=names[1], order=chosen, labels=labels)

    def scalar(self, node: Node, factors: Sequence[tuple[Node, int]]) -> Theorem:
        """A scalar as a product of powers of scalars."""
        node, factors = renumbered(node), [(renumbered(factor), power) for factor, power in factors]
        nodes = [factor for factor, power in factors for _ in range(power)]
        labels = self.labels(node, ("times", tuple(nodes)) if nodes else ("number", "1"))
        return self.conclude("scalar", scalar=node, factors=list(factors), labels=labels)

    def reflexive(self, product: Product) -> Theorem:
        """A product equals itself."""
        return self.conclude("reflexive", monomial=self.monomial(product))

    def proof(self, left: Product, right: Product) -> Mapping[str, Any]:
        """The steps as a stored argument for left = right."""
        argument: dict[str, Any] = {
            "kind": "determinant",
            "declarations": self.declarations,
            "operators": self.operators,
            "left": self.monomial(left),
            "right": self.monomial(right),
            "steps": self.steps,
        }
        argument["digest"] = claim_digest(argument)
        return argument


def renumbered(node: Node) -> Node:
    """The same tree with its binders' labels numbered in the order in which they are met."""
    numbers: dict[str, str] = {}

    def plain(part: Any) -> Any:
        if isinstance(part, str):
            return numbers.setdefault(part, f"#{len(numbers) + 1}") if part.startswith("#") else part
        return tuple(plain(child) for child in part)

    return plain(node)


def _names(space: Space) -> list[list[str]]:
    return [[sort.name for sort in sorts if sort != UNIT] for sorts in space.summands]


def _places(operator: Operator) -> list[tuple[int, int]]:
    return list(itertools.product(range(len(operator.rows)), range(len(operator.columns))))
