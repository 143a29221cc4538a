"""Networks beyond exact polynomials: verified eigenpairs, compared with numpy and with the exact path."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.algebra.eigenpairs import enclosure_radius
from dynsym.derive.conditions import large as _large
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.errors import UnsupportedFeatureError

from .critical_points import cubic, first_lyapunov, rate_tensors


def network_of(seed, size):
    return np.round(np.random.default_rng(seed).standard_normal((size, size)), 3)


def test_all_crossings_of_a_network_of_twenty():
    weights = network_of(1, 20)
    found = ds.find_conditions(ds.build_system(ds.Network.from_matrix(weights), gain="g"), parameter="g", at=0)
    values = np.linalg.eigvals(weights)
    expected = sorted(1 / z.real for z in values if z.imag >= 0)
    assert [c.value for c in found] == pytest.approx(expected, rel=1e-9)
    for condition in found[:4]:
        tensors = rate_tensors(weights, condition.value)
        if condition.kind == "hopf":
            reference = first_lyapunov(*tensors, float(condition.frequency))
        else:
            reference = cubic(*tensors)
        assert condition.coefficient_value == pytest.approx(reference, rel=1e-6)
        assert condition.solution is None
        assert condition.verdict == "supported"
        assert "proved to lie within" in condition.assumptions[0]


def test_both_ways_agree(monkeypatch):
    weights = network_of(2, 5)
    system = ds.build_system(ds.Network.from_matrix(weights), gain="g")
    exact = ds.find_conditions(system, parameter="g", at=0)
    monkeypatch.setattr(_large, "LARGEST_EXACT", 2)
    rough = ds.find_conditions(system, parameter="g", at=0)
    assert [(c.kind, c.criticality) for c in rough] == [(c.kind, c.criticality) for c in exact]
    assert [c.value for c in rough] == pytest.approx([c.value for c in exact], rel=1e-10)
    assert [c.coefficient_value for c in rough] == pytest.approx([c.coefficient_value for c in exact], rel=1e-8)


def test_quadratic_terms_count_in_large_networks(monkeypatch):
    weights = network_of(3, 4)
    network = ds.Network.from_matrix(weights)
    system = ds.build_system(network, node=ds.LeakyRate(ds.Polynomial("x + x^2/3 - x^3/5")), gain="g")
    exact = ds.find_conditions(system, parameter="g", at=0)
    monkeypatch.setattr(_large, "LARGEST_EXACT", 2)
    rough = ds.find_conditions(system, parameter="g", at=0)
    assert [c.kind for c in rough] == [c.kind for c in exact]
    assert [c.coefficient_value for c in rough] == pytest.approx([c.coefficient_value for c in exact], rel=1e-8)


def test_the_enclosure_holds_the_eigenvalue():
    weights = network_of(4, 12)
    values, vectors = np.linalg.eig(weights)
    for k, value in enumerate(values):
        moved = complex(value) + 1e-9
        radius = enclosure_radius(weights, moved, vectors[:, k])
        assert radius is not None
        assert abs(moved - value) <= radius < 1e-6


def test_a_double_eigenvalue_has_no_enclosure():
    matrix = np.array([[1.0, 1.0], [0.0, 1.0]])
    assert enclosure_radius(matrix, 1.0, np.array([1.0, 0.0])) is None


def test_several_decay_rates_are_refused_in_large_networks():
    network = ds.Network(
        [ds.Node(f"u{k}", time_constant=1 + k % 2) for k in range(12)],
        [ds.Edge(f"u{j}", f"u{i}", f"{1 + (3 * i + j) % 5}/7") for i in range(12) for j in range(12) if i != j],
    )
    with pytest.raises(UnsupportedFeatureError, match="decay rate"):
        ds.find_conditions(ds.build_system(network, gain="g"), parameter="g", at=0)


def test_large_networks_never_expand_their_third_derivatives(monkeypatch):
    def refuse(problem):
        raise AssertionError("the polynomial ring of a large network was built")

    monkeypatch.setattr(MovingEquilibrium, "ring", property(refuse))
    weights = network_of(5, 12)
    assert ds.find_conditions(ds.build_system(ds.Network.from_matrix(weights), gain="g"), parameter="g", at=0)


@pytest.mark.slow
def test_the_first_instability_of_the_worm():
    network = ds.load_network("c_elegans")
    system = ds.build_system(network, gain="g")
    (first, *_) = ds.find_conditions(system, parameter="g", at=0, span=(0, 0.05))
    leading = max(z.real for z in np.linalg.eigvals(network.weight_matrix()))
    assert first.value == pytest.approx(1 / leading, rel=1e-9)
    assert first.kind == "pitchfork"
    assert first.criticality == "supercritical"
