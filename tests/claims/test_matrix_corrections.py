"""A repair planted back into a false identity is found and proved; false determinants are worked out."""

import pytest

import dynsym as ds
from dynsym import tensors as tn
from dynsym.tensors.corrections import correction

M, N = tn.Sort("M"), tn.Sort("N")
W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)
d1, d2 = tn.signs("d1", M), tn.signs("d2", N)
D1, D2, E = tn.diagonal_matrix(d1), tn.diagonal_matrix(d2), s - W2 @ W1
F1, F2 = W2.T @ E @ D1, E @ W1.T @ D2
V, S = tn.symmetric_matrix("V", N), tn.symmetric_matrix("S", N)
delta, array, P = tn.delta, tn.array, tn.Product


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (tn.derivative(F1, W2), array((N, M, N), lambda i, j, h: delta(h, i) * E[j] - W2[i] * W1[h, j] * d1[j])),
        (tn.derivative(F2, W2), -1 * W1 @ W1.T @ D2),
        (tn.derivative(F1, W1), array((N, M, N, M), lambda i, j, p, q: -W2[i] * W2[p] * d1[q])),
        (tn.derivative(F1, W1), array((N, M, N, M), lambda i, j, p, q: W2[i] * W2[p] * d1[q] * delta(j, q))),
        (tn.derivative(tn.trace(S @ V + V @ S @ V), V) / 2, S + S @ V + V @ S),
        (
            tn.derivative(F2, W1),
            array((N, N, M), lambda k, p, q: delta(k, p) * E[q] * d2[p] - W2[k] * W1[k, q] * d2[k]),
        ),
    ],
    ids=["missing sign", "order", "missing delta", "sign", "factor", "index"],
)
def test_a_missing_piece_is_found(left, right):
    assert tn.prove_identity(left, right).verdict == "refuted"
    repaired = tn.corrected_identity(left, right)
    assert tn.prove_identity(left, repaired).verdict == "proved"
    assert abs(len(str(repaired)) - len(str(right))) < 40, repaired


def test_what_is_far_away_is_worked_out():
    left = tn.derivative(tn.trace(V @ S @ V), V)
    assert str(tn.corrected_identity(left, W1 @ W1.T)).startswith("array((N, N)")
    assert tn.corrected_identity(left, W1 @ W1.T, length=20) is None


def test_false_determinants_are_worked_out():
    drive = tn.total(M, lambda j: d1[j] * s[j] ** 2)
    lam = tn.scalar("lambda")
    origin = tn.jacobian({W1: F1, W2: F2}).at_point({W1: tn.zeros(N, M), W2: tn.zeros(tn.UNIT, N)})
    wrong = P.power(lam, M.size * N.size - N.size) * P.over(N, lambda i: lam**2 - d2[i] * drive)
    text = correction(tn.prove_characteristic_polynomial, (origin, lam, wrong), {})
    assert text.startswith("det(J - lambda) = (-1)^(M*N + N) * lambda^(M*N - N) * prod(n in N: ")
    assert (
        correction(tn.prove_determinant, (D2, P.sign(N.size)), {}) == "det(diagonal_matrix(d2)) = prod(n in N: (d2[n]))"
    )
    assert correction(tn.prove_determinant, (W1 @ W1.T, P.sign(N.size)), {}) is None
    assert correction(tn.prove_gradient, ({W1: F1},), {}) is None


def test_a_claim_shows_the_correction():
    verdict = ds.claims.prove(ds.claims.IndexStatement(tn.prove_identity, (tn.derivative(F2, W2), -1 * W1 @ W1.T @ D2)))
    assert verdict.verdict == "refuted"
    assert "diagonal_matrix(d2) @ " in verdict.corrected
