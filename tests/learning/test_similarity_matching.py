"""Similarity matching against numerical differentiation, and its principal subspace."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError

EIGENVALUES = (4, 2, 1)


def objective(W, M, C, whitening):
    penalty = 2 * np.trace(M) if whitening else np.trace(M @ M)
    return 2 * np.trace(W.T @ W) - penalty - 2 * np.trace(W @ C @ W.T @ np.linalg.inv(M))


@pytest.mark.parametrize("whitening", [False, True])
def test_rates_are_half_the_gradient(whitening):
    network = ds.SimilarityMatching(3, 2, whitening=whitening, eigenvalues=EIGENVALUES)
    system = ds.compile_system(network.system())
    rng = np.random.default_rng(1)
    W, M, C = rng.standard_normal((2, 3)), np.array([[2.0, 0.3], [0.3, 1.5]]), np.diag(EIGENVALUES).astype(float)
    state = np.array([*W.flatten(), M[0, 0], M[0, 1], M[1, 1]])
    rates = system.field(state, system.parameter_vector({"tau": 1}))
    step = 1e-6
    for k, name in enumerate(system.state_names):
        kind, i, j = name.split("_")
        i, j = int(i) - 1, int(j) - 1
        moved = []
        for sign in (1, -1):
            A, B = W.copy(), M.copy()
            if kind == "w":
                A[i, j] += sign * step
            else:
                B[i, j] += sign * step
                B[j, i] = B[i, j]
            moved.append(objective(A, B, C, whitening))
        slope = (moved[0] - moved[1]) / (2 * step)
        share = -2 if kind == "w" else 2 * (1 if i == j else 2)
        assert rates[k] == pytest.approx(slope / share, rel=1e-5, abs=1e-6)


def test_the_flow_reaches_the_principal_subspace():
    network = ds.SimilarityMatching(3, 2, eigenvalues=EIGENVALUES)
    system = network.system().with_values(tau="1/2")
    start = dict.fromkeys(system.state_names, 0.2) | {"w_1_2": -0.4, "w_2_3": 0.5, "m_1_1": 1, "m_2_2": 1, "m_1_2": 0}
    trajectory = ds.simulate(system, start, span=(0, 60))
    final = np.asarray(trajectory.states)[-1]
    W, M = final[:6].reshape(2, 3), np.array([[final[6], final[7]], [final[7], final[8]]])
    rows = np.linalg.solve(M, W)
    np.testing.assert_allclose(rows @ rows.T, np.eye(2), atol=1e-5)
    np.testing.assert_allclose(rows[:, 2], 0, atol=1e-5)


def test_mistakes_are_named():
    with pytest.raises(ParameterError, match="at least as many inputs"):
        ds.SimilarityMatching(1, 2)
    with pytest.raises(ParameterError, match="one for each"):
        ds.SimilarityMatching(3, 1, eigenvalues=(1, 2))
