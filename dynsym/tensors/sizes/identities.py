"""Is an identity true for all sizes? Two routes that must agree, or a counterexample."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

from dynsym._docstrings import documented
from dynsym.errors import BudgetExceeded, ClosedFormMismatch
from dynsym.kernel import recheck
from dynsym.kernel.reader import formula_digest
from dynsym.tensors.formulas.formula import Formula, as_formula, require_same_shape
from dynsym.tensors.sizes.bounds import SizeBound, size_bound
from dynsym.tensors.sizes.canonical import SearchLimit
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import OPTIONS, Hypotheses, find_counterexample
from dynsym.tensors.sizes.expansion import expand_difference
from dynsym.tensors.sizes.normal_form import SizeNormalForm, declarations_of, normal_form

__all__ = ["prove_identity"]


@documented(kinds=OPTIONS)
def prove_identity(
    left: Formula,
    right: Formula | int | Fraction,
    *,
    hypotheses: Hypotheses | None = None,
    nodes: int = 20_000,
    budget: int = 400_000,
) -> Conclusion:
    """Whether two formulas are equal for all sizes.

    Route A is the normal form. Route B expands the source formulas at the size vector where agreement is a proof for
    all sizes. `proved` needs both (or route A, the kernel and route B at smaller sizes if the expansion is too large);
    `refuted` comes with integers at which plain loops find two values.

    Parameters
    ----------
    left, right : Formula
        Of one shape; free indices are quantified over.

    Raises
    ------
    SizeMismatchError
        If the shapes differ.
    ClosedFormMismatch
        If the two routes disagree: a fault inside dynsym, no verdict.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> A, B = tn.matrix("A", N, M), tn.matrix("B", M, N)
    >>> tn.prove_identity((A @ B).T, B.T @ A.T)
    Conclusion(proved; all sizes: the terms of both sides cancel)
    >>> tn.prove_identity(tn.trace(A @ B), tn.norm_squared(A)).verdict
    'refuted'
    """
    start = time.process_time()
    right = as_formula(right)
    if not (left.is_scalar and right.is_scalar):
        require_same_shape(left, right, "an identity")
    declared = declarations_of(left, right)
    bound = size_bound(left, right, declared["sorts"])
    where = "".join(f", where {formula} ≠ 0" for formula in declared_denominators(left, right))

    def conclude(verdict: str, scope: str, method: str, reason: str, **stored: Any) -> Conclusion:
        return Conclusion(verdict, scope, method, reason, **stored, seconds=time.process_time() - start)

    try:
        form: SizeNormalForm | None = normal_form(left, right, SearchLimit(nodes))
        given_up = ""
    except BudgetExceeded as error:
        form, given_up = None, str(error)
    if form is not None and form.is_zero:
        proof = {
            "kind": "index",
            "declarations": declared,
            "left": left.node,
            "right": right.node,
            "digest": formula_digest(declared, left.node, right.node),
            "labels": form.labels,
        }
        recheck(proof)
        expanded = expansion_agrees(left, right, bound, budget=budget)
        method = f"normal form, re-checked by the kernel; expansion at {expanded}"
        return conclude("proved", f"all sizes{where}", method, "the terms of both sides cancel", proof=proof)
    example = find_counterexample(left, right, bound, hypotheses or Hypotheses(), budget=budget)
    if example is not None:
        sizes = ", ".join(f"{name} = {size}" for name, size in example["sizes"].items()) or "no sizes"
        reason = f"left = {example['values'][0]}, right = {example['values'][1]} at entry {tuple(example['at'])}"
        method = "counterexample in integers, replayed by plain loops"
        return conclude("refuted", sizes, method, reason, counterexample=example)
    if form is None:
        return conclude("undecided", "", "normal form", f"no counterexample was found; {given_up}")
    return conclude("undecided", "", "normal form", f"the difference {form} is left; no counterexample was found")


def declared_denominators(*formulas: Formula) -> list[Formula]:
    """The formulas whose reciprocals occur."""
    found = {name: value for formula in formulas for name, value in formula.reciprocals.items()}
    return [found[name] for name in sorted(found)]


def expansion_agrees(left: Formula, right: Formula, bound: SizeBound | None = None, *, budget: int) -> str:
    """Where the expansion confirmed that nothing is left; raises if it did not."""
    if bound is None:
        bound = size_bound(left, right, declarations_of(left, right)["sorts"])
    left_over = budget
    try:
        for sizes in bound.grid():
            left_over -= _require_zero(left, right, sizes, left_over)
        return f"{bound} (enough for all sizes)"
    except BudgetExceeded:
        pass
    done, left_over = "no sizes", budget // 2
    for level in range(1, max(bound.least.values(), default=1) + 1):
        sizes = {name: min(level, least) for name, least in bound.least.items()}
        try:
            left_over -= _require_zero(left, right, sizes, left_over)
        except BudgetExceeded:
            break
        done = ", ".join(f"{name} = {size}" for name, size in sizes.items()) + " as a test of the source"
    return f"{done} (too large at {bound})"


def _require_zero(left: Formula, right: Formula, sizes: dict[str, int], budget: int) -> int:
    expansion = expand_difference(left, right, sizes, budget=budget)
    if not expansion.is_zero:
        raise ClosedFormMismatch(
            f"The normal form of {left} - ({right}) vanishes but its expansion at sizes {sizes} does not. "
            "This is a fault inside dynsym; please report the formula."
        )
    return expansion.spent
