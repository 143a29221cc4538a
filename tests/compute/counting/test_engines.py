"""The engine for networks and the engine for any field agree, and both agree with exact algebra."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym._budget import Budget
from dynsym.compute.counting.fields.route import count_in_box, search_box
from dynsym.compute.counting.search.driver import BranchAndPrune
from dynsym.compute.counting.setting import Setting


def by_boxes(system: ds.SymbolicSystem, low: list[float], high: list[float]) -> ds.EquilibriumCount:
    setting = Setting(ds.compile_system(system))
    return count_in_box(setting, np.array(low), np.array(high), BranchAndPrune(), Budget().start(), None)


@pytest.mark.parametrize("seed", range(6))
def test_networks(seed: int) -> None:
    weights = np.random.default_rng(seed).standard_normal((2, 2)) * 3
    network = ds.Network.from_matrix(weights)
    system = ds.build_system(network, node=ds.LeakyRate(ds.Tanh()))
    reach = (np.abs(weights).sum(axis=1) + 0.1).tolist()
    answer = by_boxes(system, [-r for r in reach], reach)
    count = ds.count_equilibria(system)
    assert (answer.status, answer.lower) == ("proved", count.lower)
    mine, theirs = (np.array(sorted(tuple(e.state.values()) for e in c.equilibria)) for c in (answer, count))
    np.testing.assert_allclose(mine, theirs, atol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_polynomials(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, d = (round(float(x), 2) for x in rng.uniform(-2, 2, 4))
    system = ds.system_from_equations({"x": f"x - x^3 + {a}*y + {b}", "y": f"-y + {c}*x^2 + {d}*x"})
    count = ds.count_equilibria(system)
    assert count.status == "proved"
    answer = by_boxes(system, [-9, -300], [9, 300])
    assert (answer.status, answer.lower) == ("proved", count.lower)


@pytest.mark.parametrize("frequency", [1.0, 3.0, 7.5])
def test_a_scalar_field_against_a_fine_grid(frequency: float) -> None:
    system = ds.system_from_equations({"x": f"sin({frequency}*x) - x/4 + 1/10"})
    answer = ds.count_equilibria(system)
    x = np.linspace(-6, 6, 200_001)
    changes = np.count_nonzero(np.diff(np.sign(np.sin(frequency * x) - x / 4 + 0.1)))
    assert (answer.status, answer.lower) == ("proved", changes)


def test_derived_boxes() -> None:
    system = ds.system_from_equations(
        {"e": "-e + (1 - e)*logistic(12*e - 10*i - 2)", "i": "(-i + logistic(10*e - 2*i - 3))/8"}
    )
    low, high, _ = search_box(Setting(ds.compile_system(system)), np.full(2, -np.inf), np.full(2, np.inf))
    assert (low >= 0).all()
    assert (high <= 1.0001).all()
    for equilibrium in ds.count_equilibria(system).equilibria:
        assert (low <= list(equilibrium.state.values())).all()
        assert (high >= list(equilibrium.state.values())).all()
