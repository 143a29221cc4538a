"""Equilibria from many starts, certificates of single ones, and checks of lists."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.counting import certify, check_roots, count_equilibria, find_equilibria
from dynsym.errors import ParameterError


def random_network(size: int, g: float, seed: int) -> ds.SymbolicSystem:
    weights = np.random.default_rng(seed).standard_normal((size, size)) * g / np.sqrt(size)
    return ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()))


def test_what_is_found_is_part_of_what_is_counted() -> None:
    system = random_network(6, 3.0, 2)
    found, counted = find_equilibria(system, starts=100), count_equilibria(system)
    assert (found.status, found.upper) == ("lower_bound", None)
    assert found.lower <= counted.lower
    places = np.array([list(e.state.values()) for e in counted.equilibria])
    for equilibrium in found.equilibria:
        assert equilibrium.certificate == "certified"
        assert np.abs(places - list(equilibrium.state.values())).max(axis=1).min() < 1e-9


def test_the_seed_decides() -> None:
    system = random_network(20, 1.6, 1)
    first, again = (find_equilibria(system, starts=20, rng=np.random.default_rng(3)) for _ in range(2))
    assert first == again
    assert first.index_sum is not None


def test_a_wrong_index_sum_is_said() -> None:
    pair = ds.build_system(ds.motifs.bidirectional(weight=2, nodes=("a", "b")))
    checked = check_roots(pair, [{"a": 0.0, "b": 0.0}, [1.9, 1.9], 1.91])
    assert (checked.lower, checked.index_sum) == (2, 0)
    assert "at least 1 are missing" in (checked.reason or "")
    complete = check_roots(pair, [0.0, 1.9, -1.9, 0.7])
    assert (complete.lower, complete.index_sum) == (3, 1)
    assert "1 of 4" in (complete.reason or "")


def test_certificates() -> None:
    pair = ds.build_system(ds.motifs.bidirectional(weight=2, nodes=("a", "b")))
    at = certify(pair, {"a": 2, "b": 2})
    assert (at.certificate, at.stability, at.unstable_dimension) == ("certified", "stable", 0)
    assert abs(at.state["a"] - 2 * np.tanh(at.state["b"])) < 1e-12
    fold = ds.system_from_equations({"x": "-x^2"})
    assert certify(fold, 0.1).certificate == "not_certified"
    with pytest.raises(ParameterError, match="2 states"):
        certify(pair, [1.0, 2.0, 3.0])
    with pytest.raises(ParameterError, match="no state"):
        certify(pair, {"c": 1.0})


def test_fields_without_links() -> None:
    found = find_equilibria(ds.system_from_equations({"x": "sin(x)"}), box={"x": (-10, 10)}, starts=300)
    assert found.lower >= 7
    with pytest.raises(ParameterError, match="starts"):
        find_equilibria(ds.system_from_equations({"x": "sin(x)"}), starts=0)


def ring(size: int) -> ds.SymbolicSystem:
    """Bistable neurons in a ring; with couplings of 0.1 the 3^n equilibria of the uncoupled ones persist."""
    edges = [
        (f"x{(i + step) % size}", f"x{i}", weight)
        for i in range(size)
        for step, weight in ((0, 2), (1, 0.1), (size - 1, -0.1))
    ]
    return ds.build_system(ds.Network.from_edges(edges))


@pytest.mark.parametrize("size", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_large_networks(size: int) -> None:
    found = find_equilibria(ring(size), starts=4)
    assert found.lower >= 3
    assert found.upper is None
    assert found.index_sum is not None
    assert (found.index_sum == 1) == ("missing" not in (found.reason or ""))
    states = np.array([[e.state[f"x{i}"] for i in range(size)] for e in found.equilibria])
    v = np.tanh(states)
    rates = -states + 2 * v + 0.1 * np.roll(v, -1, axis=1) - 0.1 * np.roll(v, 1, axis=1)
    assert np.abs(rates).max() < 1e-10
    assert np.abs(states[:, None] - states[None]).max(axis=2)[~np.eye(len(states), dtype=bool)].min() > 0.1
    assert {"stable"} <= {e.stability for e in found.equilibria}
    for equilibrium, jacobian in zip(found.equilibria, 1 - 2 * (1 - v**2), strict=True):
        if equilibrium.stability == "stable":
            assert jacobian.min() > 0


def test_the_budget_is_kept() -> None:
    found = find_equilibria(random_network(60, 2.0, 0), starts=10_000, budget=ds.Budget(seconds=1))
    assert "stopped by its limit" in (found.reason or "")
    assert found.seconds < 10


def test_images_of_odd_networks_are_found() -> None:
    found = find_equilibria(random_network(12, 3.0, 1), starts=30)
    states = np.array([list(e.state.values()) for e in found.equilibria])
    assert all(np.abs(states + y).max(axis=1).min() < 1e-8 for y in states)
