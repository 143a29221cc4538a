"""Equilibria from many starts, certificates of single ones, and checks of lists."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.counting import certify, check_roots, count_equilibria, find_equilibria
from dynsym.compute.counting.links.reader import array_reader, link_reader
from dynsym.compute.counting.setting import Setting
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


@pytest.mark.parametrize("size", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_large_dense_networks(size: int) -> None:
    weights = np.random.default_rng(5).standard_normal((size, size)) * 1.2 / np.sqrt(size)
    system = ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()))
    found = find_equilibria(system, starts=4)
    states = np.array([list(e.state.values()) for e in found.equilibria])
    assert np.abs(np.tanh(states) @ weights.T - states).max() < 1e-10
    assert np.abs(states).max(axis=1).min() == 0
    assert {e.certificate for e in found.equilibria} == {"certified"}
    for equilibrium, x in zip(found.equilibria, states, strict=True):
        spectrum = np.linalg.eigvals(weights * (1 - np.tanh(x) ** 2) - np.eye(size))
        if equilibrium.stability != "undecided":
            assert equilibrium.unstable_dimension in (None, (spectrum.real > 0).sum())
        assert equilibrium.residual < 1e-10
    assert "undecided" not in {e.stability for e in found.equilibria[:3]}
    assert (found.index_sum == 1) == ("missing" not in (found.reason or ""))


def test_dense_networks_are_counted_within_the_budget() -> None:
    counted = count_equilibria(random_network(200, 1.2, 0), budget=ds.Budget(seconds=2))
    assert (counted.status, counted.upper) == ("lower_bound", None)
    assert counted.seconds < 6


def mixed_network(size: int) -> ds.SymbolicSystem:
    """Biases, time constants, a gain, and two rules, one of them with outputs that do not vanish at rest."""
    rng = np.random.default_rng(7)
    names = [f"x{k}" for k in range(size)]
    nodes = [
        ds.Node(name, bias=float(b), time_constant=float(t), population="AB"[k % 2])
        for k, (name, b, t) in enumerate(zip(names, rng.uniform(-1, 1, size), rng.uniform(0.5, 2, size), strict=True))
    ]
    network = ds.Network.from_matrix(rng.standard_normal((size, size)) / np.sqrt(size), nodes)
    adapting = ds.NodeRule(
        states={"x": "(-x - a + input)/tau", "a": "(c*x - a)/tau_a"}, output="2*tanh(x) + 1/2 + logistic(a)"
    )
    rules = {"A": adapting, "B": ds.LeakyRate(ds.Logistic())}
    return ds.build_system(network, node=rules, gain="g", values={"g": "7/3", "c": "1/3", "tau_a": 3})


def test_matrices_bound_what_the_equations_say() -> None:
    setting = Setting(ds.compile_system(mixed_network(64)))
    reader, other = array_reader(setting.compiled.system), link_reader(setting.compiled.system)
    arrays = setting.arrays
    assert reader is not None
    assert other is not None
    assert arrays is not None
    problem, expected = reader.problem(setting.balls), other.problem(setting.balls)
    assert problem is not None
    assert expected is not None
    assert np.abs(problem.weights - expected.weights).max() < 1e-15
    for name in ("weights", "bias"):
        error = getattr(problem, f"{name}_radius")
        assert (np.abs(getattr(problem, name) - getattr(expected, name)) <= error + 1e-16).all()
        assert error.max() < 1e-13
    size = setting.compiled.dimension
    low = np.random.default_rng(1).uniform(-2, 2, (1, size))
    inside = np.random.default_rng(2).uniform(low[0], low[0] + 0.01, (20, size)).T
    parameters = setting.compiled.parameter_vector()
    rates, slopes = (f(inside, parameters) for f in (setting.compiled.field, setting.compiled.jacobian))
    bottom, top = arrays.field_bounds(low, low + 0.01, setting.intervals)
    assert (bottom[0][:, None] <= rates).all()
    assert (rates <= top[0][:, None]).all()
    middle, radius = arrays.jacobian_balls(low[0], low[0] + 0.01, setting.intervals)
    assert (np.abs(slopes - middle[..., None]) <= radius[..., None]).all()
    assert radius.max() < 0.1
    point = arrays.jacobian_balls(low[0], low[0], setting.intervals)
    assert np.abs(point[0] - setting.compiled.jacobian(low[0], parameters)).max() < 1e-13
    assert point[1].max() < 1e-12


def test_mixed_dense_networks() -> None:
    system = mixed_network(64)
    found = find_equilibria(system, starts=4)
    compiled = ds.compile_system(system)
    assert found.lower >= 1
    for equilibrium in found.equilibria:
        rates = compiled.field(np.array(list(equilibrium.state.values())), compiled.parameter_vector())
        assert np.abs(rates).max() < 1e-11
        assert equilibrium.certificate == "certified"


def test_the_budget_is_kept() -> None:
    found = find_equilibria(random_network(60, 2.0, 0), starts=10_000, budget=ds.Budget(seconds=1))
    assert "stopped by its limit" in (found.reason or "")
    assert found.seconds < 10


def test_images_of_odd_networks_are_found() -> None:
    found = find_equilibria(random_network(12, 3.0, 1), starts=30)
    states = np.array([list(e.state.values()) for e in found.equilibria])
    assert all(np.abs(states + y).max(axis=1).min() < 1e-8 for y in states)
