"""Contraction conditions against logarithmic norms at the corners of the slopes, and against trajectories."""

from itertools import product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import dynsym as ds
from dynsym.derive.contraction import slopes as _slopes
from dynsym.errors import ClosedFormMismatch, ModelNameError, ParameterError, UnsupportedFeatureError

MATRICES = st.lists(st.lists(st.integers(-8, 8), min_size=3, max_size=3), min_size=3, max_size=3)


def corner_jacobians(weights, times, inside=False):
    for slopes in product([0.0, 1.0], repeat=len(weights)):
        diagonal = np.diag(slopes)
        turned = diagonal @ weights if inside else weights @ diagonal
        yield (-np.eye(len(weights)) + turned) / np.array(times)[:, None]


def mu(norm, a):
    off = abs(a) - np.diag(abs(np.diagonal(a)))
    if isinstance(norm, ds.derive.MaximumNorm):
        return (np.diagonal(a) + off.sum(axis=1)).max()
    return (np.diagonal(a) + off.sum(axis=0)).max()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(MATRICES, st.booleans(), st.sampled_from([ds.derive.MaximumNorm(), ds.derive.SumNorm()]))
def test_row_and_column_conditions_are_the_norm_at_its_worst_corner(table, inside, norm):
    weights, times = np.array(table) / 10, (1.0, 2.0, 0.5)
    system = ds.build_system(_network(weights, times), node=ds.WilsonCowan() if inside else ds.LeakyRate())
    worst = max(mu(norm, a) for a in corner_jacobians(weights, times, inside))
    found = ds.contraction_condition(system, norm=norm)
    if abs(worst) > 1e-12:
        assert (found.verdict == "proved") == (worst < 0)
    if found.verdict == "proved":
        assert float(found.rate) == pytest.approx(-worst)


def _network(weights, times):
    names = [f"x{k + 1}" for k in range(len(weights))]
    nodes = [ds.Node(name, time_constant=tau) for name, tau in zip(names, times, strict=True)]
    edges = [
        ds.Edge(names[j], names[i], float(weights[i][j]))
        for i in range(len(weights))
        for j in range(len(weights))
        if weights[i][j]
    ]
    return ds.Network(nodes, edges)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(MATRICES)
def test_some_weights_exist_exactly_when_the_majorant_is_stable(table):
    weights = np.array(table) / 10
    majorant = -np.eye(3) + abs(weights)
    np.fill_diagonal(majorant, -1 + np.maximum(np.diagonal(weights), 0))
    abscissa = np.linalg.eigvals(majorant).real.max()
    found = ds.contraction_condition(ds.build_system(_network(weights, (1, 1, 1))))
    if abs(abscissa) > 1e-9:
        assert (found.verdict == "proved") == (abscissa < 0)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(MATRICES)
def test_the_euclidean_condition_is_the_spectral_norm(table):
    weights = np.array(table) / 10
    largest = np.linalg.norm(weights, 2)
    found = ds.contraction_condition(ds.build_system(_network(weights, (1, 3, 2))), norm=ds.derive.EuclideanNorm())
    if abs(largest - 1) > 1e-9:
        assert (found.verdict == "proved") == (largest < 1)


def test_the_ei_pair_in_closed_form():
    pair = ds.build_system(ds.motifs.ei_pair())
    found = ds.contraction_condition(pair)
    w_EE, w_EI, w_IE = (pair[name] for name in ("w_EE", "w_EI", "w_IE"))
    assert set(found.inequalities) == {1 - w_EE > 0, 1 - w_EE - w_EI * w_IE > 0}
    assert found.verdict == "undecided"
    assert found.holds({"w_EE": 0.5, "w_EI": 0.5, "w_IE": 0.5}) is True
    assert found.holds({"w_EE": 0.5, "w_EI": 1, "w_IE": 1}) is False
    assert found.holds({"w_EE": 0.5}) is None
    weighted = ds.contraction_condition(pair, norm=ds.derive.MaximumNorm({"E": 2}))
    assert weighted.holds({"w_EE": 0, "w_EI": 0.4, "w_IE": 1.9, "w_II": 1, "tau_E": 1, "tau_I": 1}) is True
    assert weighted.holds({"w_EE": 0, "w_EI": 0.6, "w_IE": 1.9, "w_II": 1, "tau_E": 1, "tau_I": 1}) is False


def test_an_undefined_sigmoid_has_its_slope_in_the_condition():
    ring = ds.build_system(ds.motifs.ring(3), node=ds.LeakyRate(ds.AnySigmoid()))
    found = ds.contraction_condition(ring, norm=ds.derive.MaximumNorm())
    (relation,) = found.inequalities
    assert {str(s) for s in relation.free_symbols} == {"w", "s_max"}
    assert found.assumptions == ("phi' <= s_max",)
    assert found.holds({"w": "-9/10", "s_max": 1}) is True
    assert found.holds({"w": -1, "s_max": 1}) is False


def test_trajectories_approach_each_other_at_the_rate():
    weights = np.array([[0.1, -0.3, 0.2], [0.4, -0.5, 0.1], [0.0, 0.5, 0.2]])
    system = ds.build_system(_network(weights, (1, 1, 1)))
    rate = float(ds.contraction_condition(system, norm=ds.derive.MaximumNorm()).rate)
    f = ds.compile_system(system)
    p = f.parameter_vector()
    a, b, step = np.array([2.0, -1, 0.5]), np.array([-1.0, 1, 3]), 1e-3
    start = abs(a - b).max()
    for _ in range(3000):
        a, b = a + step * f.field(a, p), b + step * f.field(b, p)
    assert abs(a - b).max() < start * np.exp(-rate * 3) * 1.01


def test_linear_systems_are_taken_as_they_are():
    stable = ds.system_from_equations({"x": "-2*x + y", "y": "x - 3*y"})
    assert ds.contraction_condition(stable, norm=ds.derive.MaximumNorm()).rate == 1
    unstable = ds.system_from_equations({"x": "x"})
    assert ds.contraction_condition(unstable).inequalities == (sympy.false,)


def test_a_dropped_weight_is_caught(monkeypatch):
    right = _slopes.SlopeForm.row_margins

    def forgetful(form, i, ratios):
        return right(form, i, dict(list(ratios.items())[1:]))

    monkeypatch.setattr(_slopes.SlopeForm, "row_margins", forgetful)
    with pytest.raises(ClosedFormMismatch, match="logarithmic norm"):
        ds.contraction_condition(ds.build_system(ds.motifs.complete(3)), norm=ds.derive.MaximumNorm())


def test_what_has_no_known_slopes_is_refused():
    plastic = ds.build_system(ds.motifs.bidirectional(), synapse=ds.Hebbian("k"))
    with pytest.raises(UnsupportedFeatureError, match="Freeze"):
        ds.contraction_condition(plastic)
    with pytest.raises(UnsupportedFeatureError, match="known range"):
        ds.contraction_condition(ds.build_system(ds.motifs.ring(2), node=ds.LeakyRate(ds.Tanh("g"))))
    pair = ds.build_system(ds.motifs.ei_pair())
    with pytest.raises(ModelNameError, match="not a state"):
        ds.contraction_condition(pair, norm=ds.derive.MaximumNorm({"X": 2}))
    with pytest.raises(ParameterError, match="must be positive"):
        ds.contraction_condition(pair, norm=ds.derive.SumNorm({"E": -1}))
