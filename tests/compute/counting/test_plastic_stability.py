"""Stability of networks with weights that learn: the full Jacobian, and the quadratic problem of the neurons alone.

With τ V_ij' = -V_ij + a_ij y_i y_j and y = tanh x, the (N + N²) eigenvalues are -1/τ, (N² - N) times, and those of

    (λ + 1)(1 + τλ) v = (1 + τλ) K v + P v,   K = V Φ',  P = (diag(A y²) + V) Φ',  V_ij = a_ij y_i y_j.
"""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds


def learning_network(size: int, seed: int, tau: float) -> tuple[ds.SymbolicSystem, np.ndarray]:
    """The plastic networks of reference/equilibria_counts.json."""
    rng = np.random.default_rng(seed)
    strength = {2: 3.0, 3: 6.0}[size] / size * np.abs(rng.standard_normal((size, size)))
    bias = 0.2 * rng.standard_normal(size)
    network = ds.Network([ds.Node(f"u{i}", bias=float(bias[i])) for i in range(size)], [])
    return ds.build_system(network, synapse=ds.Hebbian(strength, time_constant=tau)), strength


def eigenvalues_of_the_neurons(x: np.ndarray, strength: np.ndarray, tau: float) -> np.ndarray:
    """The 2N eigenvalues, from the companion form of the quadratic problem."""
    y, unit = np.tanh(x), np.eye(len(x))
    weights, slope = strength * np.outer(y, y), np.diag(1 - y**2)
    k, p = weights @ slope, (np.diag(strength @ y**2) + weights) @ slope
    linear, constant = (1 + tau) * unit - tau * k, unit - k - p
    return np.linalg.eigvals(np.block([[0 * unit, unit], [-constant / tau, -linear / tau]]))


@pytest.mark.parametrize(
    ("size", "seed", "tau", "expected", "stable"),
    [(2, 12, 1, 3, 2), (2, 12, 10, 3, 2), (3, 13, 1, 29, 9), (3, 13, 10, 29, 9)],
)
def test_the_quadratic_problem_is_the_dense_one(size: int, seed: int, tau: int, expected: int, stable: int) -> None:
    system, strength = learning_network(size, seed, tau)
    f = ds.compile_system(system)
    count = ds.count_equilibria(f)
    assert (count.lower, count.upper, count.stable, count.index_sum) == (expected, expected, stable, 1)
    for equilibrium in count.equilibria:
        state = np.array(list(equilibrium.state.values()))
        assert len(state) == size + size**2
        dense = np.linalg.eigvals(f.jacobian(state, f.parameter_vector()))
        small = eigenvalues_of_the_neurons(state[:size], strength, tau)
        both = np.concatenate([small, np.full(size**2 - size, -1 / tau)])
        distance = np.abs(dense[:, None] - both[None])
        assert max(distance.min(axis=0).max(), distance.min(axis=1).max()) < 1e-6
        assert equilibrium.unstable_dimension == (small.real > 0).sum() == (dense.real > 0).sum()
        assert equilibrium.condition == pytest.approx(np.linalg.cond(f.jacobian(state, f.parameter_vector())), rel=1e-6)


def test_learning_speed_moves_no_equilibrium() -> None:
    slow, quick = (ds.count_equilibria(learning_network(3, 13, tau)[0]) for tau in (10, 0.1))
    assert [e.state for e in slow.equilibria] == [pytest.approx(e.state, abs=1e-9) for e in quick.equilibria]
