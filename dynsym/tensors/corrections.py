"""A true right side near a false one: one planted repair that is proved, or else the left side worked out."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from dynsym._docstrings import documented
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import DynsymError
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.kernel.reader import Reader
from dynsym.tensors.determinants.derivations import Derivation
from dynsym.tensors.determinants.evaluations import Evaluation
from dynsym.tensors.determinants.formulas import (
    evaluated_determinant,
    prove_characteristic_polynomial,
    prove_determinant,
)
from dynsym.tensors.determinants.products import Product
from dynsym.tensors.determinants.spaces import Operator, as_operator
from dynsym.tensors.formulas.declarations import zeros
from dynsym.tensors.formulas.formula import UNIT, Formula, as_formula, combine
from dynsym.tensors.formulas.nodes import Node, children
from dynsym.tensors.sizes.counterexamples import Hypotheses, random_numbers
from dynsym.tensors.sizes.identities import prove_identity
from dynsym.tensors.sizes.normal_form import declarations_of, normal_form, plain_formula

__all__ = ["corrected_identity", "correction", "expanded"]

FACTORS = (Fraction(-1), Fraction(1, 2), Fraction(2))


@documented("BudgetExceeded: If a term is too symmetric for its canonical labels.")
def expanded(formula: Formula) -> Formula:
    """The formula as a sum of products of entries, derivatives carried out.

    Returns
    -------
    Formula
        Equal to the given one for all sizes.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.expanded(tn.derivative(tn.trace(W @ W.T), W))
    array((N, N), k1, k2: 2*W[k1, k2])
    """
    return plain_formula(normal_form(formula, zeros(*formula.shape), cleared=False), formula)


def corrected_identity(
    left: Formula, right: Formula | int | Fraction, *, most: int = 600, length: int = 300
) -> Formula | None:
    """A right side that makes a false identity true.

    Tried are changes of the right side in one place: a sign, a factor 2 or ½, a dropped term, a transpose, exchanged
    factors, another index, a missing ±1. What agrees at random integers is then proved. Failing that, the left side
    worked out is the answer, if it is short.

    Parameters
    ----------
    left, right : Formula
        Of one shape.
    most : int
        How many changes are tried.
    length : int
        The longest text of a worked-out left side.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W, S = tn.matrix("W", N, N), tn.symmetric_matrix("S", N)
    >>> tn.corrected_identity(tn.derivative(tn.trace(W @ S @ W.T), W), W @ S)
    2*W @ S
    """
    whole = combine((), (), left, as_formula(right))
    declared = dict(whole.tensors), whole.scalars, dict(whole.reciprocals), dict(whole.free)
    first, second = (Formula(side.node, left.shape, *declared) for side in (left, as_formula(right)))
    samples = _Samples(first)
    scope = {label: sort.name for label, sort in whole.free.items()}
    for node in itertools.islice(dict.fromkeys(_repairs(second.node, scope, whole)), most):
        candidate = Formula(node, left.shape, *declared)
        try:
            if samples.agree(candidate) and prove_identity(first, candidate).verdict == "proved":
                return candidate
        except (DynsymError, KeyError, IndexError, TypeError, ValueError):
            continue  # the change does not fit the sizes
    answer = expanded(left)
    return answer if len(str(answer)) <= length else None


def correction(question: Callable[..., Any], arguments: tuple[Any, ...], options: Mapping[str, Any]) -> str | None:
    """The text of a true statement in place of a refuted one, for questions about identities and determinants."""
    question = inspect.unwrap(question)  # as it is known here, behind the border
    hints = {name: options[name] for name in ("factors", "solutions", "products") if name in options}
    if question is prove_identity:
        right = corrected_identity(*arguments[:2])
        return None if right is None else f"{arguments[0]} = {right}"
    if question in (prove_determinant, prove_characteristic_polynomial):
        if question is prove_characteristic_polynomial:
            whole, variable, right = arguments[:3]
            shown = f"det({options.get('form', 'J - lambda')})"
            matrix = as_operator(whole) - Operator.scaled(as_operator(whole).rows, variable)
            left = Product.determinant(matrix if shown == "det(J - lambda)" else -matrix)
        else:
            left, right = arguments[:2]
            left = left if isinstance(left, Product) else Product.determinant(left)
            shown = str(left)
        value = evaluated_determinant(left, right, **hints)
        derivation = Derivation(left.formulas())
        unchanged = Evaluation(derivation).text(derivation.reflexive(left))
        return None if value == unchanged else f"{shown} = {value}"
    return None


class _Samples:
    """The left side at random integers, to discard most candidates without a proof."""

    def __init__(self, left: Formula) -> None:
        self.left, self.declarations = left, declarations_of(left)
        self.shape = tuple(sort.name for sort in left.shape)
        draw, self.points = Sampler(23), []
        for size in (2, 3):
            sizes = dict.fromkeys(self.declarations["sorts"], size)
            argument = {"declarations": self.declarations, "sizes": sizes}
            argument |= random_numbers(left, sizes, Hypotheses(), draw)
            free = {label: draw.randrange(size) for label in sorted(left.free)}
            for _ in range(3):
                at = tuple(draw.randrange(size) for _ in left.sorts)
                try:
                    numbers = interpretation_of(argument)
                    self.points.append((numbers, at, free, numbers.value(left.node, at, free)))
                except ZeroDivisionError:
                    continue

    def agree(self, candidate: Formula) -> bool:
        """Whether the candidate has the same slots and the same values."""
        shape = Reader(self.declarations).shape(candidate.node)
        if self.shape != shape and not {*self.shape, *shape} <= {UNIT.name}:
            return False
        return all(numbers.value(candidate.node, at, env) == value for numbers, at, env, value in self.points)


def _repairs(node: Node, scope: Mapping[str, str], whole: Formula) -> Iterator[Node]:
    """The tree with one change; `scope` holds the sorts of the indices that may be used in it."""
    operation = node[0]
    for factor in FACTORS:
        yield _scaled(node, factor)
    signs = [name for name, tensor in whole.tensors.items() if tensor.kind == "sign"]
    for name in signs:
        sorts = [sort.name for sort in whole.tensors[name].sorts if sort != UNIT]
        for labels in itertools.product(*([label for label in scope if scope[label] == sort] for sort in sorts)):
            if operation in ("entry", "times", "delta", "total"):
                yield ("times", (node, ("entry", ("tensor", name), labels)))
        if len(sorts) == 1 and operation in ("tensor", "matmul", "transpose"):
            yield ("matmul", ("diagonal_matrix", ("tensor", name)), node)
            yield ("matmul", node, ("diagonal_matrix", ("tensor", name)))
    if operation == "matmul":
        yield ("matmul", node[2], node[1])
    if operation == "transpose":
        yield node[1]
    elif operation in ("tensor", "matmul"):
        yield ("transpose", node)
    if operation == "entry":
        if len(node[2]) == 2:
            yield ("entry", node[1], node[2][::-1])
        for at, label in itertools.product(range(len(node[2])), scope):
            if label != node[2][at]:
                yield ("entry", node[1], (*node[2][:at], label, *node[2][at + 1 :]))
    if operation == "delta":
        for at, label in itertools.product((1, 2), scope):
            if label != node[at]:
                yield (*node[:at], label, *node[at + 1 :])
    if operation in ("add", "times"):
        for at, part in enumerate(node[1]):
            if len(node[1]) > 1:
                yield (operation, node[1][:at] + node[1][at + 1 :])
            for changed in _repairs(part, scope, whole):
                yield (operation, (*node[1][:at], changed, *node[1][at + 1 :]))
        return
    inner = dict(scope)
    if operation == "array":
        inner |= dict(zip(node[1], (sort for sort in node[2] if sort != UNIT.name), strict=True))
    elif operation == "total":
        inner[node[1]] = node[2]
    yield from _inside(node, [(child, inner) for child in children(node)], whole)


def _scaled(node: Node, factor: Fraction) -> Node:
    """The tree times a number, which joins a number that is there."""
    if node[0] == "number":
        return ("number", str(Fraction(node[1]) * factor))
    if node[0] != "times":
        return ("times", (("number", str(factor)), node))
    parts = list(node[1])
    at = next((place for place, part in enumerate(parts) if part[0] == "number"), None)
    number = factor if at is None else Fraction(parts.pop(at)[1]) * factor
    kept = parts if number == 1 and parts else [("number", str(number)), *parts]
    return kept[0] if len(kept) == 1 else ("times", tuple(kept))


def _inside(node: Node, parts: Sequence[tuple[Node, Mapping[str, str]]], whole: Formula) -> Iterator[Node]:
    """The tree with a change in one of its parts."""
    for part, scope in parts:
        at = next((place for place, child in enumerate(node) if child is part), None)
        if at is not None:
            for changed in _repairs(part, scope, whole):
                yield (*node[:at], changed, *node[at + 1 :])
