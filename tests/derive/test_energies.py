"""Energies of symmetric networks, fixed and plastic, and homotopy potentials, against derivatives along solutions."""

import numpy as np
import pytest
import sympy
from sympy import Rational

import dynsym as ds
from dynsym.errors import UnsupportedFeatureError


@pytest.mark.parametrize("activation", [ds.Tanh(), ds.Logistic(), ds.Rectified(), ds.AnySigmoid(), ds.Tanh(gain=2)])
def test_the_homotopy_potential_of_a_rate_network(activation):
    net = ds.Network.from_matrix([[0.5, "a"], ["-b", 0]], ["u", "v"]).with_biases(["c", 0])
    system = ds.build_system(net, node=ds.LeakyRate(activation, tau=2))
    u, v = system.states
    found = ds.potential(system)
    rest = sum(s * (rate + found.diff(s)) for s, rate in zip(system.states, system.rhs, strict=True)).doit()
    if isinstance(activation, ds.AnySigmoid):
        assert sympy.simplify(rest) == 0
    else:
        point = {u: Rational(3, 10), v: Rational(-4, 5), system["a"]: 2, system["b"]: 3, system["c"]: Rational(1, 7)}
        assert abs(sympy.N(rest.subs(point), 20)) < 1e-15


def test_the_homotopy_potential_with_products_of_states_and_activations():
    system = ds.build_system(ds.motifs.bidirectional(), synapse=ds.Hebbian("k"))
    found = ds.potential(system, values={"k": 2, "w": 1})
    point = {s: Rational(k + 1, 7) for k, s in enumerate(system.states)}
    nodes, weights = np.polynomial.legendre.leggauss(30)
    put = {system["k"]: 2, system["w"]: 1}
    rates = sympy.lambdify(system.states, [rate.subs(put) for rate in system.rhs])
    place = np.array([float(value) for value in point.values()])
    expected = -sum(w / 2 * place @ rates(*(place * (t + 1) / 2)) for t, w in zip(nodes, weights, strict=True))
    value = sympy.lambdify(list(point), found, "mpmath")(*place)
    assert float(value) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(UnsupportedFeatureError, match="finite at the origin"):
        ds.potential(ds.system_from_equations({"x": "tanh(x)/x"}))


@pytest.mark.parametrize("activation", [ds.Tanh(), ds.AnySigmoid()])
@pytest.mark.parametrize("rule", [ds.Hebbian("k", time_constant="T", baseline="v"), ds.AntiHebbian("k")])
def test_the_energy_of_plastic_networks_has_the_stated_derivative(activation, rule):
    net = ds.motifs.complete(3, weight="w").with_biases(["b", 0, 1])
    system = ds.build_system(net, node=ds.LeakyRate(activation, tau="tau"), synapse=rule, gain="g")
    energy, derivative = ds.energy_function(system), ds.derive.energy_derivative(system)
    slopes = [energy.diff(s) for s in system.states]
    if isinstance(activation, ds.AnySigmoid):
        along = sum(slope * rate for slope, rate in zip(slopes, system.rhs, strict=True))
        assert sympy.expand((along - derivative).doit()) == 0
    else:
        free = sorted(energy.free_symbols | derivative.free_symbols, key=str)
        point = [(2 * k + 3) / 17 for k in range(len(free))]
        *numbers, expected = sympy.lambdify(free, [*slopes, *system.rhs, derivative])(*point)
        n = system.dimension
        assert np.dot(numbers[:n], numbers[n:]) == pytest.approx(expected, abs=1e-12)


def test_the_energy_of_a_hebbian_network_falls_and_a_wrong_one_does_not():
    system = ds.build_system(ds.motifs.bidirectional(weight=0), synapse=ds.Hebbian(3, time_constant=2))
    x1, x2, w12, w21 = system.states
    energy, derivative = ds.energy_function(system), ds.derive.energy_derivative(system)
    on = {w21: w12}
    for u, v, w in [(0.3, -0.8, 0.5), (1.4, 0.2, -2), (-0.1, -0.5, 3)]:
        assert derivative.subs(on).subs({x1: u, x2: v, w12: w}) < 0
    anti = ds.build_system(ds.motifs.bidirectional(weight=0), synapse=ds.Hebbian(-3, time_constant=2))
    assert ds.derive.energy_derivative(anti).subs(dict(zip(anti.states, (0.0, 0.0, 1.0, 1.0), strict=True))) > 0
    faulty = energy - (w12**2 + w21**2) / 12
    along = sum(faulty.diff(s) * rate for s, rate in zip(system.states, system.rhs, strict=True))
    assert abs((along - derivative).subs({x1: 0.3, x2: -0.8, w12: 0.5, w21: 0.5})) > 1e-3


def test_plastic_networks_without_an_energy_are_refused():
    one_way = ds.build_system(ds.motifs.unidirectional(), synapse=ds.Hebbian("k"))
    with pytest.raises(UnsupportedFeatureError, match="not symmetric"):
        ds.energy_function(one_way)
    oja = ds.build_system(ds.motifs.bidirectional(), synapse=ds.Oja("eta"))
    with pytest.raises(UnsupportedFeatureError, match="no rate network"):
        ds.energy_function(oja)
    uneven = ds.Hebbian([[0, "k"], ["k", 0]], time_constant=1, baseline=[[0, 1], [2, 0]])
    with pytest.raises(UnsupportedFeatureError, match="not symmetric"):
        ds.energy_function(ds.build_system(ds.motifs.bidirectional(weight=0), synapse=uneven))


def test_decompose_names_the_energy_of_a_plastic_network():
    hebb = ds.build_system(ds.motifs.bidirectional(weight=0), synapse=ds.Hebbian(2))
    found = ds.decompose(hebb, at=0)
    assert found.potential == ds.energy_function(hebb)
    assert "w_x2_x1" in found.reasons["potential"]
    assert "V falls" in found.reasons["potential"]
    assert found.is_gradient["diagonal"] != "proved"
    anti = ds.decompose(ds.build_system(ds.motifs.bidirectional(weight=0), synapse=ds.AntiHebbian(2)), at=0)
    assert "need not" in anti.reasons["potential"]
    one_way = ds.decompose(ds.build_system(ds.motifs.unidirectional(weight=0), synapse=ds.Hebbian(2)), at=0)
    assert one_way.potential is None


def test_decompose_splits_a_rate_network_that_is_no_gradient():
    system = ds.build_system(ds.load_network("pyloric"))
    found = ds.decompose(system, at=0)
    assert found.is_gradient["diagonal"] == "refuted"
    assert "homotopy" in found.reasons["potential"]
    rest = sum(s * (rate + found.potential.diff(s)) for s, rate in zip(system.states, system.rhs, strict=True))
    point = dict(zip(system.states, (0.3, -0.7, 1.1), strict=True))
    assert abs(rest.subs(point)) < 1e-12
