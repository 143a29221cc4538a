"""Determinants at given sizes and integers: counterexamples to formulas about operators."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from dynsym.claims.kernel.determinants import claim_digest
from dynsym.claims.kernel.index_arguments import values_at
from dynsym.claims.kernel.operators import Operator, labelled
from dynsym.claims.kernel.reader import Node, Reader
from dynsym.claims.kernel.registry import register
from dynsym.claims.kernel.terms import Terms
from dynsym.errors import ProofError

__all__ = ["check_unequal_determinants", "check_unequal_operators", "matrix_of", "value_of"]

Place = Mapping[str, tuple[str, int]]  # label -> (sort, value) of indices of enclosing products


@register("determinant_counterexample")
def check_unequal_determinants(argument: Mapping[str, Any]) -> str:
    """Evaluate both sides at the stored integers, operators by plain loops."""
    if argument["digest"] != claim_digest(argument):
        raise ProofError("The argument's digest is not that of its claim.")
    values = [value_of(argument, argument[side], {}) for side in ("left", "right")]
    if values[0] == values[1] or [str(value) for value in values] != list(argument["values"]):
        raise ProofError("The two sides do not differ as stored.")
    return f"left = {values[0]} and right = {values[1]} at the stored numbers"


def value_of(argument: Mapping[str, Any], monomial: Sequence[Any], at: Place) -> Fraction:
    """A monomial as a number; `at` gives the values of the indices of enclosing products, with their sorts."""
    sizes = argument["sizes"]
    terms = Terms(argument["declarations"], Reader(argument["declarations"]))
    result = Fraction(1)
    for atom, power in monomial:
        if atom[0] == "scalar":
            base = _number(argument, atom[1], at)
        elif atom[0] == "det":
            base = _determinant(argument, argument["operators"][atom[1]], at)
        else:
            base = Fraction(1)
            for place in itertools.product(*(range(sizes[sort]) for _, sort in atom[1])):
                chosen = {label: (sort, k) for (label, sort), k in zip(atom[1], place, strict=True)}
                base *= value_of(argument, atom[2], {**at, **chosen})
        exponent = sum((t.coefficient for t in terms.reader.read(terms, power, (), {})), terms.ring.constant(0))
        number = exponent(*(sizes.get(name.strip("|"), 0) for name in terms.names or ["x"]))
        result *= base ** int(number)
    return result


def _number(argument: Mapping[str, Any], node: Node, at: Place) -> Fraction:
    free = {label: sort for label, (sort, _) in at.items()}
    stored = {**argument, "declarations": {**argument["declarations"], "free": free}, "left": node, "right": node}
    place = tuple(at[label][1] for label in sorted(at))
    return values_at(stored, [place])[place][0]


def matrix_of(argument: Mapping[str, Any], operator: Operator, at: Place) -> list[list[Fraction]]:
    """All entries, the last index of each summand running fastest."""
    sizes = argument["sizes"]
    rows, columns = (
        [(a, p) for a, sorts in enumerate(space) for p in itertools.product(*(range(sizes[s]) for s in sorts))]
        for space in (operator["rows"], operator["columns"])
    )
    matrix = [[Fraction(0)] * len(columns) for _ in rows]
    for key, block in operator["blocks"].items():
        a, b = map(int, key.split(","))
        left, right = labelled(operator["rows"][a], "@r"), labelled(operator["columns"][b], "@c")
        node = ("entry", block, (*left, *right))
        for (r, (c, p)), (k, (e, q)) in itertools.product(enumerate(rows), enumerate(columns)):
            if (c, e) == (a, b):
                names = [*zip(left, operator["rows"][a], p, strict=True)]
                names += [*zip(right, operator["columns"][b], q, strict=True)]
                inside = {**at, **{label: (sort, place) for label, sort, place in names}}
                matrix[r][k] = _number(argument, node, inside)
    return matrix


def _determinant(argument: Mapping[str, Any], operator: Operator, at: Place) -> Fraction:
    matrix = [[fmpq(x.numerator, x.denominator) for x in row] for row in matrix_of(argument, operator, at)]
    value = fmpq_mat(matrix).det() if matrix else fmpq(1)
    return Fraction(int(value.p), int(value.q))


@register("operator_counterexample")
def check_unequal_operators(argument: Mapping[str, Any]) -> str:
    """Evaluate both operators as flat matrices by plain loops; they must differ at the stored place."""
    row, column = argument["at"]
    values = [matrix_of(argument, argument["operators"][side], {})[row][column] for side in ("left", "right")]
    if values[0] == values[1] or [str(value) for value in values] != list(argument["values"]):
        raise ProofError("The two operators do not differ as stored.")
    return f"left = {values[0]} and right = {values[1]} at row {row}, column {column}"
