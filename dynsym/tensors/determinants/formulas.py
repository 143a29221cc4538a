"""Formulas for determinants and characteristic polynomials of operators, for all sizes.

A determinant of symbolic order has no size at which a check would be a proof. It is reduced by lemmas whose premises
are index identities (`lemmas`), the steps are re-checked by the kernel, and both sides are evaluated at random integers
at small sizes, which finds wrong signs and exponents; a difference there refutes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from dynsym._docstrings import documented
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import BudgetExceeded, ClosedFormMismatch, ParameterError, ProofError
from dynsym.kernel import recheck
from dynsym.kernel.determinant_values import value_of
from dynsym.kernel.determinants import claim_digest
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.tensors.determinants.derivations import Derivation, NotProved
from dynsym.tensors.determinants.evaluations import Evaluation
from dynsym.tensors.determinants.products import Product
from dynsym.tensors.determinants.spaces import Operator, as_operator
from dynsym.tensors.formulas.formula import Formula
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import OPTIONS, Hypotheses, random_numbers, small_sizes

__all__ = ["evaluated_determinant", "prove_characteristic_polynomial", "prove_determinant"]

HINTS = OPTIONS | {
    "factors": """sequence of (Operator, Operator)
    Hints G, H for operators c I ± G H; on a manifold E = 0 of a flow G(w) E(w), G and the derivative of E.""",
    "solutions": """sequence of Operator
    Hints Y with A Y = B for Schur's complement of the first summands.""",
    "products": """sequence of (Operator, Operator)
    Hints A, B whose product is one of the operators that arise.""",
}


@documented(kinds=HINTS)
def prove_characteristic_polynomial(
    operator: Operator | Formula,
    variable: Formula,
    right: Product,
    *,
    form: str = "J - lambda",
    factors: Sequence[tuple[Operator, Operator]] = (),
    solutions: Sequence[Operator] = (),
    products: Sequence[tuple[Operator, Operator]] = (),
    hypotheses: Hypotheses | None = None,
) -> Conclusion:
    """Whether det(J - λ) (or det(λ - J)) is a given product, for all sizes.

    Parameters
    ----------
    operator : Operator or Formula
        J, square.
    variable : Formula
        The scalar λ.
    form : {"J - lambda", "lambda - J"}

    Raises
    ------
    ParameterError
        If the form is unknown or the variable is no scalar symbol.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> B, lam = tn.matrix("B", N, M), tn.scalar("lambda")
    >>> space = tn.Space(((N,), (M,)))
    >>> J = tn.Operator(space, space, {(0, 1): B, (1, 0): B.T})
    >>> small = lam ** 2 * tn.identity(M) - B.T @ B
    >>> right = tn.Product.power(lam, N.size - M.size) * tn.Product.determinant(small)
    >>> tn.prove_characteristic_polynomial(J, lam, right, form="lambda - J").verdict
    'proved'
    """
    if form not in ("J - lambda", "lambda - J") or variable.node[0] != "scalar":
        raise ParameterError(
            f"The characteristic polynomial was asked as {form!r} in {variable}; the form is 'J - lambda' or "
            "'lambda - J' and the variable a scalar symbol."
        )
    whole = as_operator(operator)
    shifted = whole - Operator.scaled(whole.rows, variable)
    left = Product.determinant(shifted if form == "J - lambda" else -shifted)
    hints: dict[str, Any] = {"factors": factors, "solutions": solutions, "products": products}
    return prove_determinant(left, right, **hints, hypotheses=hypotheses)


@documented(kinds=HINTS)
def prove_determinant(
    left: Product | Operator | Formula,
    right: Product,
    *,
    factors: Sequence[tuple[Operator, Operator]] = (),
    solutions: Sequence[Operator] = (),
    products: Sequence[tuple[Operator, Operator]] = (),
    hypotheses: Hypotheses | None = None,
) -> Conclusion:
    """Whether two products of determinants and powers are equal, for all sizes.

    Parameters
    ----------
    left : Product, Operator or Formula
        An operator or a matrix stands for its determinant.

    Raises
    ------
    ClosedFormMismatch
        If a proof was found and small sizes contradict it: a fault inside dynsym.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> X, Y = tn.matrix("X", N, M), tn.matrix("Y", M, N)
    >>> right = tn.Product.determinant(tn.identity(M) + Y @ X)
    >>> hint = [(tn.as_operator(X), tn.as_operator(Y))]
    >>> tn.prove_determinant(tn.identity(N) + X @ Y, right, factors=hint)
    Conclusion(proved; all sizes: both sides reduce to the same product)
    """
    start = time.process_time()
    whole = left if isinstance(left, Product) else Product.determinant(left)
    hints = [block for pair in (*factors, *products) for operator in pair for block in operator.blocks.values()]
    hints += [block for operator in solutions for block in operator.blocks.values()]
    formulas = [*whole.formulas(), *right.formulas(), *hints]
    example, tried = _counterexample(whole, right, formulas, hypotheses or Hypotheses())
    if example is not None:
        sizes = ", ".join(f"{name} = {size}" for name, size in example["sizes"].items())
        reason = f"left = {example['values'][0]}, right = {example['values'][1]} at the stored integers"
        method = "determinants of integer matrices, entries by plain loops"
        return Conclusion("refuted", sizes, method, reason, example, None, time.process_time() - start)
    derivation = Derivation(formulas)
    search = Evaluation(derivation, factors, solutions, products)
    try:
        search.joined(search.value(whole), search.value(right))
        proof = derivation.proof(whole, right)
        recheck(proof)
    except (ProofError, BudgetExceeded, NotProved) as error:
        method = f"lemmas on determinants; no difference at {tried}"
        return Conclusion("undecided", "", method, str(error), seconds=time.process_time() - start)
    rules = ", ".join(sorted({step["rule"] for step in derivation.steps} - {"reflexive", "rewrite", "turn", "join"}))
    enough, premises = sum("enough" in where for where in derivation.expansions), len(derivation.expansions)
    method = (
        f"{len(derivation.steps)} steps ({rules}), re-checked by the kernel; {enough} of {premises} premises also "
        f"expanded at sizes that are enough; equal at integers at {tried}"
    )
    if search.exchanged:
        method += "; logarithmic derivatives of det(c - GH) and det(c - HG) agree"
    names = {name for formula in formulas for name in formula.reciprocals}
    scope = "all sizes" + "".join(f", where the denominator of {name} ≠ 0" for name in sorted(names))
    reason = "both sides reduce to the same product"
    return Conclusion("proved", scope, method, reason, None, proof, time.process_time() - start)


@documented(kinds=HINTS)
def evaluated_determinant(
    left: Product | Operator | Formula,
    like: Product | None = None,
    *,
    factors: Sequence[tuple[Operator, Operator]] = (),
    solutions: Sequence[Operator] = (),
    products: Sequence[tuple[Operator, Operator]] = (),
) -> str:
    """What a determinant is equal to for all sizes, as text.

    Parameters
    ----------
    left : Product, Operator or Formula
        An operator or a matrix stands for its determinant.
    like : Product, optional
        Another product, in whose matrices and scalars the answer is written where they are equal.

    Raises
    ------
    BudgetExceeded
        If a premise is too symmetric for its canonical labels.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W2, lam = tn.row("W2", N), tn.scalar("lambda")
    >>> hint = [(tn.as_operator(W2.T), tn.as_operator(W2))]
    >>> tn.evaluated_determinant(lam * tn.identity(N) - W2.T @ W2, factors=hint)
    '(lambda + total(N, k1: -W2[k1]*W2[k1])) * lambda^(N - 1)'
    """
    whole = left if isinstance(left, Product) else Product.determinant(left)
    formulas = [*whole.formulas(), *(like.formulas() if like else ())]
    formulas += [block for pair in (*factors, *products) for operator in pair for block in operator.blocks.values()]
    formulas += [block for operator in solutions for block in operator.blocks.values()]
    search = Evaluation(Derivation(formulas), factors, solutions, products)
    found = search.value(whole)
    return search.text(search.matched(found, search.value(like)) if like else found)


def _counterexample(
    left: Product, right: Product, formulas: list[Formula], hypotheses: Hypotheses
) -> tuple[dict[str, Any] | None, str]:
    """Integers at small sizes at which the sides differ, and the sizes tried."""
    derivation = Derivation(formulas)
    argument: dict[str, Any] = {
        "kind": "determinant_counterexample",
        "declarations": derivation.declarations,
        "left": derivation.monomial(left),
        "right": derivation.monomial(right),
        "operators": derivation.operators,
    }
    argument["digest"] = claim_digest(argument)
    free = {label: sort.name for label, sort in derivation.whole.free.items() if not label.startswith("%")}
    draw, tried = Sampler(5), []
    for sizes in small_sizes(derivation.declarations["sorts"], hypotheses):
        tried.append("×".join(map(str, sizes.values())) or "none")
        for _ in range(3 if sum(sizes.values()) <= 4 else 1):
            argument |= {"sizes": sizes, **random_numbers(derivation.whole, sizes, hypotheses, draw)}
            argument["indices"] = {label: draw.randrange(sizes[sort]) for label, sort in free.items()}
            try:
                numbers = interpretation_of(argument)
                values = [
                    value_of(numbers, derivation.operators, argument[side], argument["indices"])
                    for side in ("left", "right")
                ]
            except ZeroDivisionError:
                continue
            if values[0] != values[1]:
                argument["values"] = [str(value) for value in values]
                recheck(argument)
                return argument, ""
    if not tried:
        raise ClosedFormMismatch("No sizes were tried for a determinant; please report the formula.")
    return None, f"sizes {', '.join(tried)}"
