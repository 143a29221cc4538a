"""Gradients, curl, energies, conserved quantities, and the exclusion of Hopf points."""

import time

import numpy as np
import pytest
import sympy
from sympy import Rational

import dynsym as ds
from dynsym.algebra.cycle_condition import cycle_test
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError


def equations(rates, parameters=None, **options):
    return ds.system_from_equations(rates, parameters or {}, **options)


def test_share_and_cause_of_the_curl_of_the_pyloric_circuit():
    system = ds.build_system(ds.load_network("pyloric"), gain="g")
    found = ds.decompose(system, at=0, values={"g": 1})
    jacobian = -np.eye(3) + ds.load_network("pyloric").weight_matrix()
    antisymmetric = (jacobian - jacobian.T) / 2
    assert float(found.curl_share) == pytest.approx((antisymmetric**2).sum() / (jacobian**2).sum())
    assert found.curl_share == Rational(1, 16)
    assert found.cause == ("AB_PD", "PY")
    assert found.violating_cycle == ("AB_PD", "PY")
    assert dict(found.is_gradient) == {"euclidean": "refuted", "diagonal": "refuted", "any": "undecided"}
    assert np.array(found.symmetric.tolist(), float) == pytest.approx((jacobian + jacobian.T) / 2)


def test_the_share_in_the_metric_of_the_slopes():
    system = ds.build_system(ds.motifs.bidirectional(weight=2), gain="g")
    at = {"x1": Rational(1, 2), "x2": 0}
    slopes = [float(1 - sympy.tanh(Rational(1, 2)) ** 2), 1.0]
    jacobian = np.array([[-1, 2 * slopes[1]], [2 * slopes[0], -1]])
    root = np.diag(np.sqrt(slopes))
    turned = root @ jacobian @ np.linalg.inv(root)
    expected = (((turned - turned.T) / 2) ** 2).sum() / (turned**2).sum()
    found = ds.decompose(system, metric=ds.derive.ActivationSlopes(), at=at, values={"g": 1})
    assert float(found.curl_share) == pytest.approx(expected, abs=1e-14)
    flat = ds.decompose(system, at=at, values={"g": 1})
    expected = (((jacobian - jacobian.T) / 2) ** 2).sum() / (jacobian**2).sum()
    assert float(flat.curl_share) == pytest.approx(expected)


def test_symmetric_networks_are_gradients_of_their_energy():
    weights = np.array([[0.5, 1.2, -0.3], [1.2, 0.0, 0.7], [-0.3, 0.7, -1.0]])
    network = ds.Network.from_matrix(weights).with_biases([0.1, 0, "b"])
    system = ds.build_system(network, gain="g")
    energy = ds.energy_function(system)
    for state, rate in zip(system.states, system.rhs, strict=True):
        slope = 1 - sympy.tanh(state) ** 2
        assert sympy.simplify(energy.diff(state) + slope * rate) == 0
    found = ds.decompose(system, at=0)
    assert dict(found.is_gradient) == {"euclidean": "refuted", "diagonal": "proved", "any": "proved"}
    assert found.potential == energy


@pytest.mark.parametrize(
    "activation", [ds.Logistic(), ds.Linear(), ds.Polynomial("x - x^3/3"), ds.AnySigmoid(), ds.Tanh(gain=2)]
)
def test_energies_of_other_activations(activation):
    system = ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(activation))
    energy = ds.energy_function(system)
    x1, x2 = system.states
    slope = activation.expression(x1).diff(x1)
    point = {x1: Rational(1, 3), x2: Rational(-2, 5), system["w"]: 2}
    residual = (energy.diff(x1) + slope * system.rhs[0]).doit()
    if isinstance(activation, ds.AnySigmoid):
        assert sympy.expand(residual) == 0
    else:
        assert abs(sympy.N(residual.subs(point), 20)) < 1e-15


def test_weights_symmetric_up_to_a_scale_need_another_metric():
    edges = [ds.Edge("a", "b", 6), ds.Edge("b", "a", 2)]
    system = ds.build_system(ds.Network(["a", "b"], edges))
    found = ds.decompose(system, at=0)
    assert found.is_gradient["diagonal"] == "proved"
    energy, (a, b) = ds.energy_function(system), system.states
    point = {a: Rational(1, 3), b: Rational(-2, 5)}
    scale = [
        float((-energy.diff(s) / rate / (1 - sympy.tanh(s) ** 2)).subs(point))
        for s, rate in zip((a, b), system.rhs, strict=True)
    ]
    assert scale == pytest.approx([1, Rational(1, 3)]) or scale == pytest.approx([1, 3])


def test_the_cycle_condition_of_three_nodes():
    names = {"12": (0, 1), "23": (1, 2), "31": (2, 0), "13": (0, 2), "32": (2, 1), "21": (1, 0)}
    weights = {place: sympy.Symbol(f"w{key}", positive=True) for key, place in names.items()}
    found = cycle_test(3, weights)
    w = {key: weights[place] for key, place in names.items()}
    condition = w["12"] * w["23"] * w["31"] - w["13"] * w["32"] * w["21"]
    assert not found.holds
    assert sympy.expand(found.residual - condition) == 0 or sympy.expand(found.residual + condition) == 0
    assert sorted(found.cycle) == [0, 1, 2]


@pytest.mark.parametrize("size", [4, 10])
def test_the_number_of_independent_cycles(size):
    # A generic complete graph has edges - nodes + 1 conditions: break one weight of a symmetrisable matrix at a time.
    scale = [sympy.Integer(k + 1) for k in range(size)]
    weights = {(i, j): (1 + i + j) / scale[i] for i in range(size) for j in range(size) if i != j}
    assert cycle_test(size, weights).scale == tuple(scale)
    for i, j in [(0, 1), (1, 2), (size - 1, 2)]:
        broken = {**weights, (i, j): 2 * weights[i, j]}
        found = cycle_test(size, broken)
        assert not found.holds
        assert {i, j} <= set(found.cycle)


def test_a_weight_that_may_vanish_is_not_taken_as_positive():
    a, b = sympy.symbols("a b", nonnegative=True)
    found = cycle_test(2, {(0, 1): a, (1, 0): b})
    assert found.assumed_positive == (a * b,)
    net = ds.Network.from_matrix([[0, a], [b, 0]], ["u", "v"])
    split = ds.decompose(ds.build_system(net), at=0)
    assert split.is_gradient["diagonal"] == "proved"
    assert split.assumptions == ("a*b > 0",)
    assert "where a*b > 0" in split.reasons["diagonal"]
    # With b = 0 and a > 0 the answer is the other one.
    assert ds.decompose(ds.build_system(net), values={"a": 1, "b": 0}, at=0).is_gradient["diagonal"] == "refuted"
    # One weight both ways may vanish without harm, and positive weights need nothing.
    assert cycle_test(2, {(0, 1): a, (1, 0): 2 * a}).assumed_positive == ()
    p, q = sympy.symbols("p q", positive=True)
    assert cycle_test(2, {(0, 1): p, (1, 0): q}).assumed_positive == ()
    # A refutation by a weight that may vanish says so too.
    assert cycle_test(2, {(0, 1): a, (1, 0): -b}).unless_zero == a * b
    assert cycle_test(2, {(0, 1): a}).unless_zero == a
    assert cycle_test(2, {(0, 1): p, (1, 0): -q}).unless_zero is None
    one_way = ds.decompose(ds.build_system(ds.Network.from_matrix([[0, 0], [b, 0]], ["u", "v"])), at=0)
    assert "unless b = 0" in one_way.reasons["diagonal"]
    assert one_way.assumptions == ("b != 0",)


def test_the_cycle_condition_of_ten_thousand_edges_is_quick():
    size = 100
    scale = [sympy.Symbol(f"c{i}", positive=True) for i in range(size)]
    weights = {
        (i, j): sympy.Symbol(f"s_{min(i, j)}_{max(i, j)}", positive=True) / scale[i]
        for i in range(size)
        for j in range(size)
        if i != j
    }
    began = time.process_time()
    assert cycle_test(size, weights).holds
    assert time.process_time() - began < 2  # 0.2 s on an idle core
    weights[7, 31] *= 2
    broken = cycle_test(size, weights)
    assert not broken.holds
    assert {7, 31} <= set(broken.cycle)


def test_opposite_signs_admit_no_positive_metric():
    found = ds.decompose(ds.build_system(ds.motifs.ei_pair()), at=0)
    assert found.is_gradient["diagonal"] == "refuted"
    assert "two signs" in found.reasons["diagonal"]


def test_eigenvalues_refute_every_metric():
    rotation = ds.decompose(equations({"x": "y", "y": "-x"}), integrals=2, at=0)
    assert rotation.is_gradient["any"] == "refuted"
    assert rotation.curl_share == 1
    x, y = (s for s in equations({"x": "y", "y": "-x"}).states)
    assert rotation.integrals == (x**2 + y**2,)
    jordan = ds.decompose(equations({"x": "-x + y", "y": "-y"}), at=0)
    assert "Jordan" in jordan.reasons["any"]


def test_the_homotopy_potential_of_van_der_pol():
    system = equations({"x": "y", "y": "mu*(1 - x^2)*y - x"}, ["mu"])
    x, y, mu = *system.states, system["mu"]
    potential = ds.potential(system)
    assert sympy.expand(potential - (mu * x**2 * y**2 / 4 - mu * y**2 / 2)) == 0
    rest = sum(s * (rate + potential.diff(s)) for s, rate in zip(system.states, system.rhs, strict=True))
    assert sympy.expand(rest) == 0
    found = ds.decompose(system, at=0)
    assert "homotopy" in found.reasons["potential"]


def test_a_polynomial_gradient_is_recognised():
    system = equations({"x": "-x^3 + y", "y": "x - y"})
    found = ds.decompose(system, at=0)
    assert set(found.is_gradient.values()) == {"proved"}
    assert all(
        sympy.expand(found.potential.diff(s) + rate) == 0 for s, rate in zip(system.states, system.rhs, strict=True)
    )


def test_first_integrals_of_the_free_rigid_body():
    system = equations({"x": "(b - c)*y*z", "y": "(c - a)*z*x", "z": "(a - b)*x*y"}, ["a", "b", "c"])
    found = ds.first_integrals(system, 2)
    assert len(found) == 2
    for integral in found:
        change = sum(integral.diff(s) * rate for s, rate in zip(system.states, system.rhs, strict=True))
        assert sympy.expand(change) == 0
    assert len(ds.first_integrals(system, 4)) == 2


def test_the_population_is_conserved():
    system = equations({"S": "-beta*S*I", "I": "beta*S*I - gamma*I", "R": "gamma*I"}, ["beta", "gamma"])
    assert ds.first_integrals(system, 2) == (sum(system.states),)
    with pytest.raises(ParameterError, match="degree"):
        ds.first_integrals(system, 0)


def test_metrics_are_checked():
    system = equations({"x": "y", "y": "-2*x"})
    share = ds.decompose(system, metric=ds.derive.DiagonalMetric({"x": 2}), at=0).curl_share
    assert share == 1
    with pytest.raises(ModelNameError, match="z"):
        ds.decompose(system, metric=ds.derive.DiagonalMetric({"z": 1}), at=0)
    with pytest.raises(ParameterError, match="positive"):
        ds.decompose(system, metric=ds.derive.DiagonalMetric({"x": -1}), at=0)
    with pytest.raises(UnsupportedFeatureError, match="slopes"):
        ds.decompose(system, metric=ds.derive.ActivationSlopes(), at=0)


def test_no_hopf_of_the_pyloric_circuit_is_proved():
    system = ds.build_system(ds.load_network("pyloric"), gain="g")
    found = ds.excludes_hopf(system, parameter="g", at=0)
    assert found.verdict == "proved"
    assert found.span == (0, sympy.oo)
    assert "g + 2" in found.argument
    with pytest.raises(TypeError, match="verdict"):
        bool(found)
    assert found.to_json()["verdict"] == "proved"


def test_hopf_exclusion_depends_on_the_interval():
    system = equations({"E": "-E + tanh(w*E - c*I)", "I": "-I + tanh(E)"}, {"w": None, "c": 5})
    assert ds.excludes_hopf(system, parameter="w", at=0).verdict == "refuted"
    assert ds.excludes_hopf(system, parameter="w", span=(0, 2), at=0).verdict == "proved"
    assert ds.excludes_hopf(system, parameter="w", free=("c",), at=0).verdict == "undecided"


@pytest.mark.parametrize("seed", range(6))
def test_hopf_exclusion_agrees_with_eigenvalues(seed):
    weights = np.round(np.random.default_rng(seed).standard_normal((4, 4)), 2)
    system = ds.build_system(ds.Network.from_matrix(weights), gain="g")
    oscillates = any(z.imag > 1e-9 and z.real > 0 for z in np.linalg.eigvals(weights))
    assert ds.excludes_hopf(system, parameter="g", at=0).verdict == ("refuted" if oscillates else "proved")


def test_neutral_saddles_are_no_hopf_points():
    # Eigenvalues p + 1, p - 2 are opposite at p = 1/2.
    system = equations({"x": "(p + 1)*x + y - x^3", "y": "(p - 2)*y + x"}, {"p": None})
    found = ds.excludes_hopf(system, parameter="p", at=0)
    assert found.verdict == "proved"
    ((value, squared),) = found.neutral_saddles
    assert (value, squared < 0) == (Rational(1, 2), True)
    assert ds.hopf_condition(system, parameter="p", at=0) == ()


def test_a_large_symmetric_network_oscillates_never():
    weights = np.round(np.random.default_rng(0).standard_normal((15, 15)), 2)
    symmetric = ds.build_system(ds.Network.from_matrix(weights + weights.T), gain="g")
    assert ds.excludes_hopf(symmetric, parameter="g", at=0).verdict == "proved"
    assert (
        ds.excludes_hopf(ds.build_system(ds.Network.from_matrix(weights), gain="g"), parameter="g", at=0).verdict
        == "undecided"
    )


def test_the_complete_graph_of_a_hundred_is_quick():
    import time

    generator = np.random.default_rng(1)
    base = generator.integers(1, 9, (100, 100))
    system = ds.build_system(ds.Network.from_matrix(base + base.T))
    began = time.process_time()
    assert ds.decompose(system, at=0).is_gradient["diagonal"] == "proved"
    assert time.process_time() - began < 5


def test_a_field_around_a_hole_is_not_called_a_gradient():
    vortex = ds.system_from_equations({"x": "-y/(x^2 + y^2)", "y": "x/(x^2 + y^2)"})
    found = ds.decompose(vortex, at={"x": 1, "y": 0})
    assert found.is_gradient["euclidean"] == "undecided"
    assert "holes" in found.reasons["euclidean"]
    smooth = ds.system_from_equations({"x": "-x/(1 + x^2 + y^2)", "y": "-y/(1 + x^2 + y^2)"})
    assert ds.decompose(smooth, at=0).is_gradient["euclidean"] == "proved"
