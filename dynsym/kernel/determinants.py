"""Determinants of operators whose order is symbolic: axioms with checked premises, and rewriting.

An equation is a pair of monomials: atoms (-1, an irreducible polynomial in scalars, another scalar, a determinant, a
product over indices) with exponents that are polynomials in the sizes. Polynomials in scalars do not vanish
identically, so they are kept on the right, with exponents of any sign; (-1)^p is kept with p over F2, where n² = n.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import fmpq_mpoly, fmpz

from dynsym.errors import ProofError
from dynsym.kernel.operators import (
    Operator,
    Space,
    block_product,
    diagonal_array,
    free_labels,
    frozen,
    labelled,
    mentions,
    opened,
    parameter_array,
)
from dynsym.kernel.reader import Node, Reader, formula_digest
from dynsym.kernel.registry import register
from dynsym.kernel.terms import Terms, check_identity

__all__ = ["Book", "Equation", "Monomial", "claim_digest"]

Atom = tuple[Any, ...]
Monomial = dict[Atom, fmpq_mpoly]
Equation = tuple[Monomial, Monomial]
MINUS: Atom = ("minus",)


class Book:
    """Declarations and named operators, and what each rule concludes from its premises."""

    def __init__(self, declarations: Mapping[str, Any], operators: Mapping[str, Operator]) -> None:
        self.declarations, self.operators = declarations, operators
        for name, operator in operators.items():
            for node in operator["blocks"].values():
                loose = free_labels(node)
                if not loose <= {label for label in declarations["free"] if not label.startswith("#")}:
                    raise ProofError(f"The operator {name} names indices {sorted(loose)} that nothing declares.")
        self.reader = Reader(declarations)
        self.terms = Terms(declarations, self.reader)
        self.rules: dict[str, Callable[[list[Equation], Mapping[str, Any]], Equation]] = {
            name.removeprefix("rule_"): getattr(self, name) for name in dir(self) if name.startswith("rule_")
        }

    # Monomials

    def exponent(self, node: Node) -> fmpq_mpoly:
        """A polynomial in the sizes."""
        value = self.terms.ring.constant(0)
        for term in self.reader.read(self.terms, node, (), {}):
            value = value + term.coefficient
            if term.entries or term.deltas or term.bound:
                raise ProofError("An exponent is no polynomial in the sizes.")
        scalars = len(self.terms.names) - len(self.declarations["sorts"])
        if any(value.degrees()[:scalars]):
            raise ProofError("An exponent contains a scalar.")
        return value

    def dimension(self, space: Space) -> fmpq_mpoly:
        """The number of elements of a space."""
        total = self.terms.ring.constant(0)
        for sorts in space:
            part = self.terms.ring.constant(1)
            for sort in sorts:
                part = part * self.terms.generator(f"|{sort}|")
            total = total + part
        return total

    def monomial(self, factors: Sequence[Any]) -> Monomial:
        """Normal form of a list of [atom, exponent formula]."""
        result: Monomial = {}
        for atom, power in factors:
            self.multiply(result, self.atom(atom), self.exponent(power))
        return result

    def atom(self, atom: Sequence[Any]) -> Monomial:
        """Normal form of one atom."""
        one = self.terms.ring.constant(1)
        if atom[0] == "det":
            return {("det", atom[1]): one} if self.operators[atom[1]]["rows"] else {}
        if atom[0] == "scalar":
            return self.scalar(atom[1])
        if atom[0] == "product":
            return self.over([tuple(pair) for pair in atom[1]], self.monomial(atom[2]))
        raise ProofError(f"Unknown atom {atom[0]!r}.")

    def over(self, labels: Sequence[tuple[str, str]], inside: Monomial) -> Monomial:
        """The product of a monomial over indices: factors that do not name an index become powers."""
        result: Monomial = {}
        for atom, power in inside.items():
            kept: list[tuple[str, str]] = []
            for label, sort in labels:
                if self._names(atom, label):
                    kept.append((label, sort))
                else:
                    power = power * self.terms.generator(f"|{sort}|")
            self.multiply(result, {(("product", tuple(kept), atom) if kept else atom): power})
        return result

    def _names(self, atom: Atom, label: str) -> bool:
        if atom[0] == "product":
            return label not in {bound for bound, _ in atom[1]} and self._names(atom[2], label)
        if atom[0] == "det":
            return any(mentions(node, label) for node in self.operators[atom[1]]["blocks"].values())
        return atom[0] == "scalar" and mentions(atom[1], label)

    def multiply(self, target: Monomial, factors: Monomial, power: fmpq_mpoly | None = None) -> None:
        """Multiply a monomial by a power of another; powers of -1 are reduced over F2."""
        for atom, own in factors.items():
            total = target.get(atom, self.terms.ring.constant(0)) + (own if power is None else own * power)
            if atom == MINUS:
                parity: dict[tuple[int, ...], int] = {}
                for exponents, value in total.to_dict().items():
                    if int(value.q) != 1:
                        raise ProofError("An exponent of -1 has fractions.")
                    flat = tuple(min(e, 1) for e in exponents)
                    parity[flat] = (parity.get(flat, 0) + int(value.p)) % 2
                total = self.terms.ring.from_dict({key: value for key, value in parity.items() if value})
            target[atom] = total
            if total.is_zero():
                del target[atom]

    def scalar(self, node: Node) -> Monomial:
        """A scalar as a monomial: polynomials in scalar symbols are factored, others are one atom."""
        one = self.terms.ring.constant(1)
        if self._is_polynomial(node):
            at = self.reader.nowhere(node)
            value = sum(
                (t.coefficient for t in self.reader.read(self.terms, node, at, {})), self.terms.ring.constant(0)
            )
            if value.is_zero():
                raise ProofError("A factor of a product is zero.")
            constant, factors = value.factor()
            result: Monomial = {MINUS: one} if constant < 0 else {}
            for number, sign in ((abs(int(constant.p)), 1), (int(constant.q), -1)):
                for prime, power in fmpz(number).factor() if number > 1 else []:
                    self.multiply(result, {("polynomial", str(prime)): one * int(power) * sign})
            for factor, power in factors:
                self.multiply(result, {("polynomial", str(factor)): one * int(power)})
            return result
        return {("scalar", frozen(node)): one}

    def _is_polynomial(self, node: Node) -> bool:
        if node[0] in ("add", "times"):
            return all(self._is_polynomial(part) for part in node[1])
        return node[0] == "number" or (node[0] == "scalar" and node[1] not in self.reader.reciprocals)

    def equation(self, left: Monomial, right: Monomial) -> Equation:
        """Move all factors that cannot vanish to the right."""
        kept: Monomial = {}
        moved = dict(right)
        for atom, power in left.items():
            if atom[0] in ("minus", "polynomial"):
                self.multiply(moved, {atom: -power})
            else:
                kept[atom] = power
        return kept, moved

    # Premises

    def require(self, left: Node, right: Node, labels: Sequence[Sequence[int]]) -> None:
        """An identity for all sizes."""
        check_identity(self.declarations, left, right, labels)

    def fresh(self, name: str, labels: Sequence[str]) -> None:
        """An operator must not name the indices that a rule is about to bind."""
        if any(label in free_labels(node) for label in labels for node in self.operators[name]["blocks"].values()):
            raise ProofError(f"The operator {name} already names an index that the rule binds.")

    def square(self, name: str) -> Operator:
        """A named operator on one space."""
        operator = self.operators[name]
        if operator["rows"] != operator["columns"]:
            raise ProofError(f"The operator {name} is not square.")
        return operator

    def blockwise(
        self, operator: Operator, labels: Mapping[str, Any], sides: Callable[[int, int], tuple[Node, Node]]
    ) -> None:
        """An identity for every block."""
        for a, b in itertools.product(range(len(operator["rows"])), range(len(operator["columns"]))):
            self.require(*sides(a, b), labels[f"{a},{b}"])

    def det(self, name: str) -> Monomial:
        """det of a named operator; 1 over the empty space."""
        return self.atom(("det", name))

    # Rules

    def rule_product(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """P = A B on one space: det P = det A · det B."""
        product, (first, second) = self.square(given["product"]), map(self.square, given["factors"])
        if not product["rows"] == first["rows"] == second["rows"]:
            raise ProofError("The factors of a product act on different spaces.")
        self.blockwise(
            product, given["labels"], lambda a, b: (opened(product, a, b), block_product(first, second, a, b))
        )
        result: Monomial = {}
        for name in given["factors"]:
            self.multiply(result, self.det(name))
        return self.equation(self.det(given["product"]), result)

    def rule_triangular(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """Blocks on one side of the diagonal absent: the determinant of the diagonal parts."""
        whole, cut = self.square(given["operator"]), given["cut"]
        places = [tuple(map(int, key.split(","))) for key in whole["blocks"]]
        lower = any(a >= cut > b for a, b in places)
        upper = any(b >= cut > a for a, b in places)
        if lower and upper:
            raise ProofError("The operator is not block triangular at the cut.")
        result: Monomial = {}
        for name, (low, high) in zip(given["parts"], ((0, cut), (cut, len(whole["rows"]))), strict=True):
            part, inside = self.square(name), [(a, b) for a, b in places if low <= a < high and low <= b < high]
            blocks = {f"{a - low},{b - low}": whole["blocks"][f"{a},{b}"] for a, b in inside}
            if frozen(part["rows"]) != frozen(whole["rows"][low:high]) or part["blocks"] != blocks:
                raise ProofError(f"{name} is not the diagonal part of the operator.")
            self.multiply(result, self.det(name))
        return self.equation(self.det(given["operator"]), result)

    def rule_diagonal(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """A = Π δ · g over one summand: det A = Π g."""
        whole = self.square(given["operator"])
        (sorts,) = whole["rows"]
        self.fresh(given["operator"], labelled(sorts))
        self.require(opened(whole, 0, 0), diagonal_array(sorts, given["entry"]), given["labels"])
        pairs = list(zip(labelled(sorts), sorts, strict=True))
        return self.equation(self.det(given["operator"]), self.over(pairs, self.scalar(given["entry"])))

    def rule_blocks(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """A = δ on one index · B: det A = Π det B."""
        whole, block = self.square(given["operator"]), self.square(given["block"])
        (sorts,), position = whole["rows"], given["position"]
        if list(block["rows"][0]) != [sort for at, sort in enumerate(sorts) if at != position]:
            raise ProofError("The block acts on another space than the operator's other indices.")
        self.require(opened(whole, 0, 0), parameter_array(sorts, position, block), given["labels"])
        pair = (f"%0{sorts[position]}", sorts[position])
        self.fresh(given["operator"], [pair[0]])
        return self.equation(self.det(given["operator"]), self.over([pair], self.det(given["block"])))

    def rule_transpose(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """B = transpose of A: det A = det B."""
        first, second = map(self.square, (given["operator"], given["transposed"]))
        if first["rows"] != second["rows"]:
            raise ProofError("A transpose acts on another space.")
        self.blockwise(second, given["labels"], lambda a, b: (opened(second, a, b), opened(first, b, a, turned=True)))
        return self.equation(self.det(given["operator"]), self.det(given["transposed"]))

    def rule_congruence(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """B = A with the summands of its space in another order (or the same): det A = det B."""
        first, second = map(self.square, (given["operator"], given["equal"]))
        order = given["order"]
        if sorted(order) != list(range(len(first["rows"]))) or frozen(second["rows"]) != frozen(
            [first["rows"][k] for k in order]
        ):
            raise ProofError("The spaces are not reorderings of each other.")
        self.blockwise(second, given["labels"], lambda a, b: (opened(second, a, b), opened(first, order[a], order[b])))
        return self.equation(self.det(given["operator"]), self.det(given["equal"]))

    def rule_scalar(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """An identity between a scalar and a product of powers of scalars."""
        nodes = [node for node, power in given["factors"] for _ in range(power)]
        self.require(given["scalar"], ("times", tuple(nodes)) if nodes else ("number", "1"), given["labels"])
        result: Monomial = {}
        for node in nodes:
            self.multiply(result, self.scalar(node))
        return self.equation(self.scalar(given["scalar"]), result)

    def rule_reflexive(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """A monomial equals itself."""
        whole = self.monomial(given["monomial"])
        return self.equation(whole, dict(whole))

    def rule_rewrite(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """Replace an atom on the right of the first premise by what the second says it equals."""
        (left, right), (atoms, value) = premises
        if len(atoms) != 1 or next(iter(atoms.values())) != self.terms.ring.constant(1):
            raise ProofError("Only an equation for a single atom can be used to rewrite.")
        (old,) = atoms
        result: Monomial = {}
        for atom, power in right.items():
            if atom == old:
                self.multiply(result, value, power)
            elif atom[0] == "product" and atom[2] == old:
                self.multiply(result, self.over(atom[1], value), power)
            else:
                self.multiply(result, {atom: power})
        return self.equation(left, result)

    def rule_turn(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """Exchange the sides of an equation."""
        return self.equation(premises[0][1], premises[0][0])

    def rule_join(self, premises: list[Equation], given: Mapping[str, Any]) -> Equation:
        """X = Z and Y = Z: X = Y, each side with the factors that cannot vanish."""
        (first, value), (second, same) = premises
        gap = dict(value)
        for atom, power in same.items():
            self.multiply(gap, {atom: -power})
        if any(atom[0] not in ("minus", "polynomial") for atom in gap):
            raise ProofError("The two right sides differ.")
        right = dict(second)
        self.multiply(right, gap)
        return self.equation(first, right)


def claim_digest(argument: Mapping[str, Any]) -> str:
    """Hash of both sides and of the operators that they name."""
    used = []
    for name, operator in sorted(argument["operators"].items()):
        if mentions(argument["left"], name) or mentions(argument["right"], name):
            used.append([name, operator["rows"], operator["columns"], *map(list, sorted(operator["blocks"].items()))])
    return formula_digest(argument["declarations"], argument["left"], argument["right"], used)


@register("determinant")
def check_determinant(argument: Mapping[str, Any]) -> str:
    """Recompute every conclusion and compare the last one with the claim."""
    if argument["digest"] != claim_digest(argument):
        raise ProofError("The argument's digest is not that of its claim.")
    book = Book(argument["declarations"], argument["operators"])
    found: list[Equation] = []
    for step in argument["steps"]:
        premises = [found[k] for k in step["premises"]]
        found.append(book.rules[step["rule"]](premises, step["arguments"]))
    claimed = book.equation(book.monomial(argument["left"]), book.monomial(argument["right"]))
    if not found or found[-1] != claimed:
        raise ProofError("The last step is not the claim.")
    return "left = right for all sizes"
