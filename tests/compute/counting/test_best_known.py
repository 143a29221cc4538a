"""Contractions at any size are one box; where no proof is reached, what any search finds counts."""

import numpy as np
import pytest

import dynsym as ds


def network(weights, bias=0.0, node=None):
    drive = np.broadcast_to(bias, len(weights)).astype(float).tolist()
    return ds.build_system(ds.Network.from_matrix(weights, bias=drive), node=ds.LeakyRate(node or ds.Tanh()))


def ring(size, weight):
    return weight * np.roll(np.eye(size), 1, axis=0)


def gaussian(size, g, seed=0):
    return np.random.default_rng(seed).standard_normal((size, size)) * g / np.sqrt(size)


@pytest.mark.parametrize("size", [5, 61, 100, 300])
@pytest.mark.parametrize(("weight", "bias"), [(0.9, 0.0), (-0.99, 0.0), (0.9, 0.3)])
def test_rings_that_contract(size, weight, bias):
    count = ds.count_equilibria(network(ring(size, weight), bias))
    assert (count.status, count.lower, count.stable) == ("proved", 1, 1)
    x = 0.0
    for _ in range(2000):
        x = weight * np.tanh(x) + bias
    assert list(count.equilibria[0].state.values()) == pytest.approx([x] * size, abs=1e-9)


@pytest.mark.parametrize("node", [ds.Tanh(), ds.Rectified(), ds.Logistic(), ds.Softplus()])
@pytest.mark.parametrize("size", [8, 30, 70])
def test_mutual_inhibition_of_any_strength_is_one_to_one(node, size):
    """W = S - M Mᵀ with S skew: W + Wᵀ <= 0, though W itself is large."""
    m, s = gaussian(size, 2.0, 1), gaussian(size, 3.0, 2)
    weights = s - s.T - m @ m.T
    bias = np.random.default_rng(3).standard_normal(size)
    count = ds.count_equilibria(network(weights, bias, node))
    assert (count.status, count.lower) == ("proved", 1)
    assert np.abs(weights).sum(axis=1).min() > 1


@pytest.mark.parametrize("node", [ds.Tanh(), ds.Rectified()])
@pytest.mark.parametrize("weight", [1.0, 1.001, 1.2])
def test_what_does_not_contract_is_not_called_one_to_one(node, weight):
    """At weight 1 rectified rings have a line of equilibria, beyond it tanh rings of seventy have more than one."""
    from dynsym.compute.counting.links.contraction import is_one_to_one
    from dynsym.compute.counting.links.reader import array_reader, link_reader
    from dynsym.compute.counting.setting import Setting

    system = network(ring(70, weight), 0.0, node)
    setting = Setting(ds.compile_system(system))
    reader = array_reader(system) or link_reader(system)
    assert not is_one_to_one(reader.problem(setting.balls))


@pytest.mark.parametrize("size", [20, 40])
def test_a_search_that_is_stopped_keeps_what_starts_find(size):
    """Fewer boxes than a proof takes; `find_equilibria` alone finds more than the first boxes hold."""
    system = network(gaussian(size, 3.0))
    count = ds.count_equilibria(system, budget=ds.Budget(boxes=600, seconds=30))
    found = ds.find_equilibria(system)
    assert (count.status, count.upper) == ("lower_bound", None)
    assert count.lower >= found.lower > 1
    states = np.array([list(e.state.values()) for e in count.equilibria])
    rest = np.abs(-states + np.tanh(states) @ gaussian(size, 3.0).T).max()
    assert rest < 1e-9
    gaps = np.abs(states[:, None] - states[None]).max(axis=2)[np.triu_indices(len(states), 1)]
    assert gaps.min() > 1e-6


def test_fields_keep_what_starts_find():
    """sin(x) + y²/50 = 0, sin(y) + x²/50 = 0, stopped at once."""
    rates = {"x": "sin(3*x) + y^2/50", "y": "sin(3*y) + x^2/50"}
    box = {"x": (-6, 6), "y": (-6, 6)}
    few = ds.count_equilibria(ds.system_from_equations(rates), box=box, budget=ds.Budget(boxes=100))
    whole = ds.count_equilibria(ds.system_from_equations(rates), box=box)
    assert whole.status == "proved"
    assert few.status == "lower_bound"
    assert whole.lower / 2 < few.lower <= whole.lower


def test_an_easy_network_of_many_links_is_searched():
    """Not a contraction: thirty-five pairs, one of which has three equilibria."""
    weights = np.zeros((70, 70))
    for k in range(35):
        weights[2 * k, 2 * k + 1] = weights[2 * k + 1, 2 * k] = 1.1 if k == 0 else 0.3
    count = ds.count_equilibria(network(weights))
    assert (count.status, count.lower, count.index_sum) == ("proved", 3, 1)
