"""Determinants at given sizes and integers: counterexamples to formulas about operators."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from dynsym.errors import ProofError
from dynsym.kernel.determinants import claim_digest
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.kernel.interpretation import Interpretation
from dynsym.kernel.operators import Operator
from dynsym.kernel.registry import register

__all__ = ["check_unequal_determinants", "check_unequal_operators", "matrix_of", "value_of"]


@register("determinant_counterexample")
def check_unequal_determinants(argument: Mapping[str, Any]) -> str:
    """Evaluate both sides at the stored integers, operators by plain loops."""
    if argument["digest"] != claim_digest(argument):
        raise ProofError("The argument's digest is not that of its claim.")
    numbers, indices = interpretation_of(argument), argument["indices"]
    free = argument["declarations"].get("free", {})
    if any(not 0 <= k < numbers.sizes[free[label]] for label, k in indices.items()):
        raise ProofError(f"The indices {dict(indices)} lie outside of the sizes {dict(numbers.sizes)}.")
    values = [value_of(numbers, argument["operators"], argument[side], indices) for side in ("left", "right")]
    if values[0] == values[1] or [str(value) for value in values] != list(argument["values"]):
        raise ProofError("The two sides do not differ as stored.")
    return f"left = {values[0]} and right = {values[1]} at the stored numbers"


def value_of(
    numbers: Interpretation, operators: Mapping[str, Operator], monomial: Sequence[Any], env: Mapping[str, int]
) -> Fraction:
    """A monomial as a number; `env` gives the values of free indices and of those of enclosing products."""
    result = Fraction(1)
    for atom, power in monomial:
        if atom[0] == "scalar":
            base = numbers.value(atom[1], (), env)
        elif atom[0] == "det":
            rows = matrix_of(numbers, operators[atom[1]], env)
            value = (
                fmpq_mat([[fmpq(x.numerator, x.denominator) for x in row] for row in rows]).det() if rows else fmpq(1)
            )
            base = Fraction(int(value.p), int(value.q))
        else:
            base = Fraction(1)
            for place in itertools.product(*(range(numbers.sizes[sort]) for _, sort in atom[1])):
                chosen = {label: k for (label, _), k in zip(atom[1], place, strict=True)}
                base *= value_of(numbers, operators, atom[2], {**env, **chosen})
        result *= base ** int(numbers.value(power, (), {}))
    return result


def matrix_of(numbers: Interpretation, operator: Operator, env: Mapping[str, int]) -> list[list[Fraction]]:
    """All entries of an operator, the last index of each summand running fastest."""
    rows, columns = (
        [(a, p) for a, sorts in enumerate(space) for p in itertools.product(*(range(numbers.sizes[s]) for s in sorts))]
        for space in (operator["rows"], operator["columns"])
    )
    blocks = operator["blocks"]
    return [
        [numbers.value(blocks[f"{a},{b}"], p + q, env) if f"{a},{b}" in blocks else Fraction(0) for b, q in columns]
        for a, p in rows
    ]


@register("operator_counterexample")
def check_unequal_operators(argument: Mapping[str, Any]) -> str:
    """Evaluate both operators as flat matrices by plain loops; they must differ at the stored place."""
    numbers, (row, column) = interpretation_of(argument), argument["at"]
    values = [matrix_of(numbers, argument["operators"][side], {})[row][column] for side in ("left", "right")]
    if values[0] == values[1] or [str(value) for value in values] != list(argument["values"]):
        raise ProofError("The two operators do not differ as stored.")
    return f"left = {values[0]} and right = {values[1]} at row {row}, column {column}"
