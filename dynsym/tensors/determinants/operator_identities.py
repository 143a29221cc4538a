"""Are two operators given by blocks equal, for all sizes?"""

from __future__ import annotations

import itertools
import time
from typing import Any

from dynsym._docstrings import documented
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import SizeMismatchError
from dynsym.kernel import recheck
from dynsym.kernel.determinant_values import matrix_of
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.tensors.determinants.derivations import Derivation
from dynsym.tensors.determinants.spaces import Operator, as_operator
from dynsym.tensors.formulas.declarations import zeros
from dynsym.tensors.formulas.formula import Formula
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import OPTIONS, Hypotheses, random_numbers, small_sizes
from dynsym.tensors.sizes.identities import prove_identity
from dynsym.tensors.sizes.normal_form import normal_form

__all__ = ["prove_operator_identity"]


@documented(kinds=OPTIONS)
def prove_operator_identity(
    left: Operator | Formula, right: Operator | Formula, *, hypotheses: Hypotheses | None = None
) -> Conclusion:
    """Whether two operators are equal for all sizes.

    Operators over the same spaces are compared block by block. If the spaces have equal dimensions but list summands or
    indices in another order (rows against columns stacked, exchanged Kronecker factors), the flat matrices are compared
    at small sizes, and a difference refutes; without one the answer is `undecided`.

    Parameters
    ----------
    left, right : Operator or Formula

    Raises
    ------
    SizeMismatchError
        If the dimensions of the spaces differ.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> A, B = tn.matrix("A", N, N), tn.matrix("B", M, M)
    >>> both = tn.kronecker(A, tn.identity(M)) @ tn.kronecker(tn.identity(N), B)
    >>> tn.prove_operator_identity(both, tn.kronecker(A, B)).verdict
    'proved'
    >>> tn.prove_operator_identity(tn.kronecker(B, A), tn.kronecker(A, B)).verdict
    'refuted'
    """
    start = time.process_time()
    first, second = as_operator(left), as_operator(right)
    if (first.rows, first.columns) != (second.rows, second.columns):
        return _flat(first, second, hypotheses or Hypotheses(), start)
    steps = []
    for key in sorted({*first.blocks, *second.blocks}):
        rows, columns = first.rows.summands[key[0]], first.columns.summands[key[1]]
        sides = [side.blocks.get(key, zeros(*rows, *columns)) for side in (first, second)]
        found = prove_identity(*sides, hypotheses=hypotheses)
        if found.verdict != "proved":
            reason = f"block {key} of {first.columns} -> {first.rows}: {found.reason}"
            seconds = time.process_time() - start
            return Conclusion(found.verdict, found.scope, found.method, reason, found.counterexample, None, seconds)
        steps.append(found)
    scope = max((step.scope for step in steps), key=len, default="all sizes")
    method = f"{len(steps)} blocks: {steps[-1].method}" if steps else "no block on either side"
    proof = {
        "kind": "steps",
        "steps": [step.proof for step in steps],
        "establishes": "the operators agree block by block",
    }
    reason = f"all {len(steps)} blocks agree"
    return Conclusion("proved", scope, method, reason, None, proof, time.process_time() - start)


def _flat(first: Operator, second: Operator, hypotheses: Hypotheses, start: float) -> Conclusion:
    for side in ("rows", "columns"):
        dimensions = [getattr(operator, side).dimension for operator in (first, second)]
        if not normal_form(*dimensions).is_zero:
            raise SizeMismatchError(
                f"The {side} of two operators have dimensions {dimensions[0]} and {dimensions[1]}; "
                "an identity needs equal ones. Check which weights and which stacking each side uses."
            )
    derivation = Derivation([*first.blocks.values(), *second.blocks.values()])
    names = {"left": derivation.name(first), "right": derivation.name(second)}
    argument: dict[str, Any] = {
        "kind": "operator_counterexample",
        "declarations": derivation.declarations,
        "operators": {side: derivation.operators[name] for side, name in names.items()},
    }
    draw = Sampler(3)
    for sizes, _ in itertools.product(small_sizes(derivation.declarations["sorts"], hypotheses), range(2)):
        argument |= {"sizes": sizes, **random_numbers(derivation.whole, sizes, hypotheses, draw)}
        try:
            numbers = interpretation_of(argument)
        except ZeroDivisionError:
            continue
        matrices = [matrix_of(numbers, argument["operators"][side], {}) for side in ("left", "right")]
        for row, column in itertools.product(range(len(matrices[0])), range(len(matrices[0][0]))):
            values = [matrix[row][column] for matrix in matrices]
            if values[0] != values[1]:
                argument |= {"at": [row, column], "values": [str(value) for value in values]}
                recheck(argument)
                shown = ", ".join(f"{name} = {size}" for name, size in sizes.items())
                reason = (
                    f"as flat matrices ({first.rows} against {second.rows}) row {row}, column {column} holds "
                    f"{values[0]} and {values[1]}"
                )
                method = "counterexample in integers, replayed by plain loops"
                return Conclusion("refuted", shown, method, reason, argument, None, time.process_time() - start)
    reason = f"the flat matrices over {first.rows} and {second.rows} agree at the sizes tried, which proves nothing"
    return Conclusion("undecided", "", "flat matrices", reason, seconds=time.process_time() - start)
