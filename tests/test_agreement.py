"""Closed forms and continuation reach the same bifurcations by different roads, coefficients included."""

import itertools

import numpy as np
import pytest

import dynsym as ds

SPAN = (0.05, 4.0)


def _random_network(seed):
    rng = np.random.default_rng(seed)
    size = 3 + seed % 3
    return ds.Network.from_matrix(np.round(rng.standard_normal((size, size)), 2))


@pytest.mark.parametrize("seed", range(6))
def test_conditions_at_the_origin_are_the_points_that_continuation_locates(seed):
    system = ds.build_system(_random_network(seed), gain="g")
    conditions = ds.find_conditions(system, parameter="g", at=0, span=SPAN)
    branch = ds.continue_equilibrium(ds.compile_system(system), start=0, parameter="g", span=SPAN)
    located = [p for p in branch.special if p.kind in ("pitchfork", "hopf")]
    assert [c.kind for c in conditions] == [p.kind for p in located]
    for condition, point in zip(conditions, located, strict=True):
        assert point.parameters["g"] == pytest.approx(condition.value, abs=1e-9)
        coefficient = point.coefficients["cubic" if condition.kind == "pitchfork" else "first_lyapunov"]
        assert coefficient == pytest.approx(condition.coefficient_value, rel=1e-8)


@pytest.mark.parametrize("synapse", [ds.Static(), ds.Hebbian(0.3, time_constant=2), ds.Hebbian(-0.5)])
def test_plastic_pair(synapse):
    weight = 1
    system = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2"), weight=weight), synapse=synapse, gain="g")
    (condition,) = ds.find_conditions(system, parameter="g", at=0, span=(0.5, 1.5))
    branch = ds.continue_equilibrium(ds.compile_system(system), start=0, parameter="g", span=(0.5, 1.5))
    (point,) = (p for p in branch.special if p.kind == "pitchfork")
    assert point.parameters["g"] == pytest.approx(condition.value, abs=1e-9)
    assert point.coefficients["cubic"] == pytest.approx(condition.coefficient_value, rel=1e-8)


def test_proved_counts_change_only_at_conditions_and_folds():
    system = ds.build_system(ds.load_network("pyloric"), gain="g")
    f = ds.compile_system(system)
    values = [c.value for c in ds.find_conditions(system, parameter="g", at=0, span=(0, 3))]
    edges = [0.05, *values, 3.0]
    for low, high in itertools.pairwise(edges):
        counts = {
            ds.count_equilibria(f, values={"g": g}).lower for g in np.linspace(low + 0.02, high - 0.02, 4).round(4)
        }
        assert len(counts) == 1
