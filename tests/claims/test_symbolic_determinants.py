"""Determinants of block operators for all sizes: the Jacobians of curl descent, lemmas, mutants, stored proofs."""

import copy
import json
import random

import numpy as np
import pytest
from flint import fmpz_mat

from dynsym import tensors as tn
from dynsym.errors import ClosedFormMismatch, ParameterError, ProofError, SizeMismatchError
from dynsym.kernel import recheck
from dynsym.tensors.determinants import evaluations, lemmas
from dynsym.tensors.determinants.derivations import Derivation, Theorem

M, N = tn.Sort("M"), tn.Sort("N")
W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)
d1, d2 = tn.signs("d1", M), tn.signs("d2", N)
D1, D2 = tn.diagonal_matrix(d1), tn.diagonal_matrix(d2)
lam, E, w = tn.scalar("lambda"), s - W2 @ W1, tn.norm_squared(W2)
ERROR = tn.row("error", M)
FLOW = {W1: W2.T @ E @ D1, W2: E @ W1.T @ D2}
J = tn.jacobian(FLOW)
ORIGIN = J.at_point({W1: tn.zeros(N, M), W2: tn.zeros(tn.UNIT, N)})
MANIFOLD = J.at_point({s: W2 @ W1})
LOW_RANK = (
    tn.jacobian({W1: W2.T @ ERROR @ D1, W2: ERROR @ W1.T @ D2}, by=[ERROR]),
    tn.jacobian({ERROR: E}, by=[W1, W2]),
)
P, n, m = tn.Product, N.size, M.size
SIGMA = tn.total(M, lambda j: d1[j] * s[j] ** 2)
AT_ORIGIN = P.power(-lam, m * n - n) * P.over(N, lambda i: lam**2 - d2[i] * SIGMA)
SMALL = lam * tn.identity(M) + w * D1 + W1.T @ D2 @ W1
ON_MANIFOLD = P.sign(n * m + n) * P.power(lam, m * n + n - m) * P.determinant(SMALL)


def proved(finding):
    assert finding.verdict == "proved", finding
    assert finding.scope.startswith("all sizes")
    assert recheck(json.loads(json.dumps(finding.proof))) == "left = right for all sizes"
    return True


def refuted(finding):
    assert finding.verdict == "refuted", finding
    assert recheck(json.loads(json.dumps(finding.counterexample)))
    return True


def test_the_spectrum_at_the_origin_for_all_sizes():
    assert proved(tn.prove_characteristic_polynomial(ORIGIN, lam, AT_ORIGIN))


def test_the_spectrum_on_the_manifold_for_all_sizes():
    assert proved(tn.prove_characteristic_polynomial(MANIFOLD, lam, ON_MANIFOLD, factors=[LOW_RANK]))


def test_without_a_hint_the_manifold_is_left_undecided():
    finding = tn.prove_characteristic_polynomial(MANIFOLD, lam, ON_MANIFOLD)
    assert (finding.verdict, finding.proof) == ("undecided", None)


@pytest.mark.parametrize(
    "wrong",
    [
        P.power(lam, m * n - n) * P.over(N, lambda i: lam**2 - d2[i] * SIGMA),
        P.power(-lam, m * n - n) * P.over(N, lambda i: lam**2 + d2[i] * SIGMA),
        P.power(-lam, m * n) * P.over(N, lambda i: lam**2 - d2[i] * SIGMA),
        P.power(-lam, m * n - n) * P.over(N, lambda i: lam**2 - SIGMA),
        P.power(-lam, m * n - n) * P.over(N, lambda i: lam**2 - d2[i] * s @ s.T),
        P.power(-lam, m * n - m) * P.over(M, lambda j: lam**2 - d1[j] * SIGMA),
    ],
    ids=["sign", "sign of a term", "exponent", "dropped sign", "dropped D1", "exchanged sizes"],
)
def test_mutants_at_the_origin_are_refuted(wrong):
    assert refuted(tn.prove_characteristic_polynomial(ORIGIN, lam, wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        P.sign(n * m) * P.power(lam, m * n + n - m) * P.determinant(SMALL),
        P.sign(n * m + n) * P.power(lam, m * n + n) * P.determinant(SMALL),
        P.sign(n * m + n) * P.power(lam, m * n + n - m) * P.determinant(SMALL - 2 * w * D1),
        P.sign(n * m + n) * P.power(lam, m * n + n - m) * P.determinant(lam * tn.identity(M) + w * D1 + W1.T @ W1),
        P.sign(n * m + n) * P.power(lam, m * n + n - m) * P.determinant(SMALL + w * D1),
    ],
    ids=["sign", "exponent", "sign of D1", "dropped D2", "factor"],
)
def test_mutants_on_the_manifold_are_refuted(wrong):
    assert refuted(tn.prove_characteristic_polynomial(MANIFOLD, lam, wrong, factors=[LOW_RANK]))


def test_the_claims_hold_for_integer_matrices_built_by_hand():
    draw = random.Random(1)
    for size_m, size_n in [(1, 1), (1, 3), (2, 2), (3, 1), (2, 3), (3, 3)]:
        W = np.array([[draw.randint(-3, 3) for _ in range(size_m)] for _ in range(size_n)], dtype=object)
        v = np.array([draw.randint(-3, 3) for _ in range(size_n)], dtype=object)
        a, b = ([draw.choice((-1, 1)) for _ in range(size)] for size in (size_m, size_n))
        whole = [[0] * (size_n * size_m + size_n) for _ in range(size_n * size_m + size_n)]
        for i in range(size_n):
            for j in range(size_m):
                row = i * size_m + j
                for p in range(size_n):
                    whole[row][p * size_m + j] = int(-v[i] * v[p] * a[j])
                    whole[row][size_n * size_m + p] = int(-v[i] * W[p, j] * a[j])
            for p in range(size_n):
                for q in range(size_m):
                    whole[size_n * size_m + i][p * size_m + q] = int(-v[p] * W[i, q] * b[i])
                overlap = sum(W[p, k] * W[i, k] for k in range(size_m))
                whole[size_n * size_m + i][size_n * size_m + p] = int(-b[i] * overlap)
        small = -(int(v @ v) * np.diag(np.array(a, dtype=object)) + W.T @ np.diag(np.array(b, dtype=object)) @ W)
        left = fmpz_mat(whole).charpoly()
        right = fmpz_mat([[int(x) for x in row] for row in small]).charpoly()
        for value in (2, -3, 5):
            assert left(value) == value ** (size_m * size_n + size_n - size_m) * right(value)


def test_the_determinant_of_the_first_block_and_the_determinant_lemma():
    block = tn.kronecker(-W2.T @ W2, D1)
    shifted = block - tn.Operator.scaled(block.rows, lam)
    right = P.sign(m * n) * P.power(lam, m * (n - 1)) * P.over(M, lambda j: lam + d1[j] * w)
    hint = (tn.kronecker(W2.T, D1), tn.kronecker(W2, tn.identity(M)))
    assert proved(tn.prove_determinant(shifted, right, factors=[hint]))
    j = M.index("j")
    part = tn.array((N, N), lambda a, b: -d1[j] * W2[a] * W2[b] - lam * tn.delta(a, b))
    hint = (tn.as_operator(d1[j] * W2.T), tn.as_operator(W2))
    right = P.sign(n) * P.power(lam, n - 1) * P.power(lam + d1[j] * w)
    assert proved(tn.prove_determinant(part, right, factors=[hint]))
    assert refuted(tn.prove_determinant(part, P.power(lam, n - 1) * P.power(lam + d1[j] * w), factors=[hint]))


def test_the_schur_complement_with_resolvents():
    u = tn.reciprocal(lam**2 - w**2, "u")
    corner = tn.Operator(tn.Space(((N, M),)), tn.Space(((N, M),)), {(0, 0): MANIFOLD.blocks[0, 0]})
    corner = corner - tn.Operator.scaled(corner.rows, lam)
    columns = tn.Space(((N,),))
    solved = tn.array((N, M, N), lambda i, j, h: W2[i] * W1[h, j] * d1[j] * (lam - d1[j] * w) * u)
    solution = tn.Operator(corner.rows, columns, {(0, 0): solved})
    upper = tn.Operator(corner.rows, columns, {(0, 0): MANIFOLD.blocks[0, 1]})
    assert tn.prove_operator_identity(corner @ solution, upper).verdict == "proved"
    resolvent = (lam * tn.identity(M) - w * D1) * u
    rest = -lam * (D2 @ W1 @ resolvent @ W1.T + tn.identity(N))
    right = P.determinant(corner) * P.determinant(rest)
    finding = tn.prove_characteristic_polynomial(MANIFOLD, lam, right, solutions=[solution])
    assert proved(finding)
    assert "≠ 0" in finding.scope
    inverse = lam * tn.identity(M) + w * D1 + W1.T @ D2 @ W1
    chain = P.power(-lam, n) * P.determinant(inverse) * P.determinant(resolvent)
    hints = {
        "factors": [(tn.as_operator(lam * D2 @ W1 @ resolvent), tn.as_operator(W1.T))],
        "products": [
            (tn.as_operator(-lam * inverse), tn.as_operator(resolvent)),
            (tn.Operator.scaled(tn.Space(((M,),)), -lam), tn.as_operator(inverse)),
        ],
    }
    assert proved(tn.prove_determinant(rest, chain, **hints))


def test_classical_lemmas():
    A, X, Y = tn.matrix("A", N, N), tn.matrix("X", N, M), tn.matrix("Y", M, N)
    space = tn.Space(((N,), (M,)))
    whole = tn.Operator(space, space, {(0, 0): lam * tn.identity(N), (0, 1): X, (1, 0): Y, (1, 1): tn.identity(M)})
    complement = P.power(lam, n - m) * P.determinant(lam * tn.identity(M) - Y @ X)
    assert proved(tn.prove_determinant(whole, complement))
    swap = P.determinant(tn.identity(M) + Y @ X)
    hint = [(tn.as_operator(X), tn.as_operator(Y))]
    assert proved(tn.prove_determinant(tn.identity(N) + X @ Y, swap, factors=hint))
    assert proved(tn.prove_determinant(A.T, P.determinant(A)))
    assert proved(tn.prove_determinant(-A, P.sign(n) * P.determinant(A)))
    upper = tn.Operator(space, space, {(1, 0): Y, (0, 0): A, (1, 1): tn.diagonal_matrix(d1)})
    assert proved(tn.prove_determinant(upper, P.determinant(A) * P.over(M, lambda j: d1[j])))
    square = P.determinant(A, 2)
    assert proved(tn.prove_determinant(A @ A.T, square, products=[(tn.as_operator(A), tn.as_operator(A.T))]))
    assert refuted(tn.prove_determinant(A + A.T, P.power(2, n) * P.determinant(A)))


def test_the_logarithmic_derivatives_of_both_sides_of_the_exchange_agree(monkeypatch):
    assert lemmas.logarithmic_derivatives_agree().verdict == "proved"
    finding = tn.prove_characteristic_polynomial(MANIFOLD, lam, ON_MANIFOLD, factors=[LOW_RANK])
    assert "logarithmic derivatives" in finding.method
    refused = tn.prove_identity(tn.identity(N), tn.ones(N, N))
    monkeypatch.setattr(evaluations, "logarithmic_derivatives_agree", lambda: refused)
    with pytest.raises(ClosedFormMismatch, match="logarithmic"):
        tn.prove_characteristic_polynomial(MANIFOLD, lam, ON_MANIFOLD, factors=[LOW_RANK])


def test_blocks_over_two_indices_and_orders_of_summands():
    A = tn.matrix("A", N, N)
    whole = tn.Operator(
        tn.Space(((N, M),)),
        tn.Space(((N, M),)),
        {(0, 0): tn.array((N, M, N, M), lambda i, j, p, q: tn.delta(j, q) * A[i, p])},
    )
    assert proved(tn.prove_determinant(whole, P.determinant(A, m)))
    assert refuted(tn.prove_determinant(whole, P.determinant(A, n)))


@pytest.fixture(scope="module")
def stored():
    X, Y = tn.matrix("X", N, M), tn.matrix("Y", M, N)
    right = P.determinant(tn.identity(M) + Y @ X)
    finding = tn.prove_determinant(tn.identity(N) + X @ Y, right, factors=[(tn.as_operator(X), tn.as_operator(Y))])
    return json.loads(json.dumps(finding.proof))


def _dropped_step(argument):
    del argument["steps"][-3:]


def _other_claim(argument):
    argument["right"] = argument["left"]


def _other_cut(argument):
    next(step for step in argument["steps"] if step["rule"] == "triangular")["arguments"]["cut"] = 0


def _other_block(argument):
    name = argument["left"][0][0][1]
    argument["operators"][name]["blocks"] = {"0,0": ["identity", "N"]}


def _swapped_premises(argument):
    step = next(step for step in argument["steps"] if step["rule"] == "rewrite")
    step["premises"] = step["premises"][::-1]


def _missing_labels(argument):
    next(step for step in argument["steps"] if step["rule"] == "product")["arguments"]["labels"] = {}


@pytest.mark.parametrize(
    "tamper", [_dropped_step, _other_claim, _other_cut, _other_block, _swapped_premises, _missing_labels]
)
def test_the_kernel_refuses_proofs_that_were_tampered_with(stored, tamper):
    argument = copy.deepcopy(stored)
    tamper(argument)
    with pytest.raises(ProofError):
        recheck(argument)


def test_a_theorem_cannot_be_made_by_hand():
    derivation = Derivation([W1])
    with pytest.raises(ProofError, match="concluded by a rule"):
        Theorem(derivation, 0, ({}, {}))


def test_an_index_that_a_rule_would_capture_is_refused():
    captured = tn.Index("%0N", N)
    whole = tn.as_operator(tn.array((N, N), lambda i, j: tn.delta(i, j) * W2[captured]))
    derivation = Derivation([whole.blocks[0, 0]])
    name = derivation.name(whole)
    with pytest.raises(ProofError, match="already names"):
        derivation.conclude("diagonal", operator=name, entry=("entry", ("tensor", "W2"), ("%0N",)), labels=())


def test_exponents_of_minus_one_are_reduced_modulo_two():
    unit = tn.identity(N)
    assert proved(tn.prove_determinant(unit, P.sign(n * n + n)))
    assert proved(tn.prove_determinant(unit, P.sign(m * n * n - m * n)))
    assert refuted(tn.prove_determinant(unit, P.sign(m * n)))


def test_ill_formed_determinants_are_named():
    with pytest.raises(SizeMismatchError, match="one space"):
        P.determinant(W1)
    with pytest.raises(ParameterError, match="polynomial in the sizes"):
        P.power(lam, lam)
    with pytest.raises(SizeMismatchError, match="scalar"):
        P.power(W1)
    with pytest.raises(ParameterError, match="form"):
        tn.prove_characteristic_polynomial(ORIGIN, lam, AT_ORIGIN, form="lambda")
    with pytest.raises(SizeMismatchError, match="slots"):
        tn.Operator(tn.Space(((N,),)), tn.Space(((M,),)), {(0, 0): W1.T})


def test_vectorisation_by_rows_and_by_columns():
    rows, columns = (tn.jacobian({W1: FLOW[W1]}, stacking=stacking) for stacking in ("rows", "columns"))
    by_rows, by_columns = -1 * tn.kronecker(W2.T @ W2, D1), -1 * tn.kronecker(D1, W2.T @ W2)
    assert tn.prove_operator_identity(rows, by_rows).verdict == "proved"
    assert tn.prove_operator_identity(columns, by_columns).verdict == "proved"
    assert refuted(tn.prove_operator_identity(columns, by_rows))
    with pytest.raises(SizeMismatchError, match="dimensions"):
        tn.prove_operator_identity(rows, tn.as_operator(D1))
