"""Reductions keep what they promise: equilibria, the flow on a subspace, the field around a point."""

import numpy as np
import pytest
import sympy
from scipy.optimize import root
from sympy import Rational

import dynsym as ds
from dynsym._expressions import Jet
from dynsym.errors import DynsymError, ModelError, ModelNameError, NotAnEquilibrium, ParameterError
from dynsym.model.reductions import steady_states
from dynsym.model.vanishing import vanishes


def plastic(rule=None, **kwargs):
    network = ds.Network(
        [ds.Node("a", bias=0.2), ds.Node("b", bias=-0.1)],
        [ds.Edge("a", "b", 0.3, plastic=True, sign=-1), ds.Edge("b", "a", 0.5, plastic=True), ds.Edge("a", "a", 1.5)],
    )
    return ds.build_system(network, synapse=rule or ds.Hebbian("k", time_constant="T", baseline=0.25), **kwargs)


VALUES = {"k": 2.5, "T": 3}


def random_roots(f, values, count=3):
    p, rng, found = f.parameter_vector(values), np.random.default_rng(0), []
    for _ in range(40):
        answer = root(lambda x: f.field(x, p), rng.normal(size=f.dimension), tol=1e-13)
        if answer.success and all(np.abs(answer.x - x).max() > 1e-5 for x in found):
            found.append(answer.x)
        if len(found) == count:
            break
    assert found
    return found


# ---- slave


def test_slaving_weights_keeps_the_equilibria():
    full, reduced = plastic(), ds.slave(plastic())
    assert reduced.state_names == ("a", "b")
    assert reduced.template is None
    f, r = ds.compile_system(full), ds.compile_system(reduced)
    for x in random_roots(f, VALUES):
        np.testing.assert_allclose(r.field(x[:2], r.parameter_vector(VALUES)), 0, atol=1e-9)
    steady = steady_states(full, full.weight_names)
    for x in random_roots(r, VALUES):
        known = full.substitution(VALUES) | dict(zip(full.states, x, strict=False))
        weights = [float(steady[n].xreplace(known)) for n in full.weight_names]
        np.testing.assert_allclose(f.field([*x, *weights], f.parameter_vector(VALUES)), 0, atol=1e-9)


def test_steady_weights_by_template_and_by_equations_agree():
    full = plastic()
    plain = ds.system_from_equations(full.equations, list(full.parameters), assumptions={"T": "positive"})
    names = full.weight_names
    assert steady_states(full, names) == {
        n: e.xreplace({plain[p]: full[p] for p in full.parameters}) for n, e in steady_states(plain, names).items()
    }


def test_slaving_other_states():
    system = ds.system_from_equations({"x": "-x + a*tanh(x)", "a": "m - (1 + x^2)*a"}, {"m": 2})
    reduced = ds.slave(system, ["a"])
    assert str(reduced.equations["x"]) == "m*tanh(x)/(x**2 + 1) - x"
    assert reduced.values == {"m": 2}


def test_slaving_many_weights_takes_the_rule_once():
    network = ds.Network.from_matrix(np.ones((20, 20)))
    reduced = ds.slave(ds.build_system(network, synapse=ds.Hebbian("k")))
    assert reduced.dimension == 20


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ds.slave(ds.build_system(ds.motifs.ring(3))), ["no plastic weights"]),
        (lambda: ds.slave(plastic(ds.SynapseRule("pre*post - w^3"))), ["not linear"]),
        (lambda: ds.slave(plastic(ds.SynapseRule("pre*post"))), ["not linear"]),
        (lambda: ds.slave(plastic(ds.Oja())), ["may vanish"]),
        (lambda: ds.slave(ds.system_from_equations({"x": "y", "y": "x - x*y"}), ["y"]), ["may vanish"]),
        (lambda: ds.slave(ds.system_from_equations({"x": "y - x", "y": "x - y"}), ["x", "y"]), ["together"]),
        (lambda: ds.slave(ds.system_from_equations({"x": "-x"}), ["x"]), ["No state", "left"]),
    ],
)
def test_what_cannot_be_slaved(call, words):
    with pytest.raises(ModelError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


# ---- freeze


def test_frozen_weights_are_parameters():
    full = plastic()
    held = ds.freeze(full, {"w_b_a": 0.7, "w_a_b": None})
    assert held.state_names == ("a", "b")
    assert held.values == {"w_b_a": Rational(7, 10)}
    assert "w_a_b" in held.parameters
    f, h = ds.compile_system(full), ds.compile_system(held)
    x, values = [0.3, -0.4], {**VALUES, "w_a_b": -0.2}
    weights = {"w_b_a": 0.7, "w_a_b": -0.2}
    expected = f.field([*x, *(weights[n] for n in full.weight_names)], f.parameter_vector(VALUES))[:2]
    np.testing.assert_allclose(h.field(x, h.parameter_vector(values)), expected, rtol=1e-14)


def test_freezing_all_weights_and_other_states():
    assert ds.freeze(plastic()).state_names == ("a", "b")
    assert set(ds.freeze(plastic()).parameters) == {"k", "T", "w_b_a", "w_a_b"}
    assert ds.freeze(plastic(), ["a"]).state_names == ("b", "w_b_a", "w_a_b")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ds.freeze(ds.build_system(ds.motifs.ring(3))), ModelError, ["no plastic weights"]),
        (lambda: ds.freeze(plastic(), ["c"]), ModelNameError, ["'c'", "state"]),
        (lambda: ds.freeze(plastic(), ["w_b_b"]), ModelNameError, ["did you mean"]),
        (lambda: ds.freeze(plastic(), {"a": "nan"}), ParameterError, ["a", "not finite"]),
        (lambda: ds.freeze(ds.system_from_equations({"x": "-x"}), ["x"]), ModelError, ["No state", "left"]),
    ],
)
def test_what_cannot_be_frozen(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


# ---- restrict


def test_restriction_to_the_symmetric_subspace():
    system = ds.build_system(ds.motifs.complete(3, nodes=("x1", "x2", "x3")), gain="g")
    line = ds.restrict(system, {"x2": "x1", "x3": "x1"})
    assert str(line.equations["x1"]) == "2*g*w*tanh(x1) - x1"
    f, r = ds.compile_system(system), ds.compile_system(line)
    p = f.parameter_vector({"g": 1.5, "w": 0.7})
    full = f.field([0.4, 0.4, 0.4], p)
    np.testing.assert_allclose(full, r.field([0.4], p)[0])


def test_restriction_to_antisymmetric_numeric_and_parametric_subspaces():
    pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")))
    assert str(ds.restrict(pair, {"x2": "-x1"}).equations["x1"]) == "-w*tanh(x1) - x1"
    chain = ds.system_from_equations({"x": "-x + y", "y": "-y*(y - m)"}, ["m"])
    assert str(ds.restrict(chain, {"y": 0}).equations["x"]) == "-x"
    assert str(ds.restrict(chain, {"y": "m"}).equations["x"]) == "m - x"
    assert str(ds.restrict(chain, {"y": sympy.Symbol("m")}).equations["x"]) == "m - x"
    rotating = ds.system_from_equations({"x": "2*x", "y": "4*y"})
    assert ds.restrict(rotating, {"y": "x^2"}).dimension == 1


def test_restriction_holds_for_every_odd_sigmoid():
    pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")), ds.LeakyRate(ds.AnySigmoid()))
    assert str(ds.restrict(pair, {"x2": "-x1"}).equations["x1"]) == "-w*phi(x1) - x1"


@pytest.mark.parametrize(
    ("relations", "error", "words"),
    [
        ({"x2": "2*x1"}, ModelError, ["not invariant", "x2'"]),
        ({"x2": "x1 + 1"}, ModelError, ["not invariant"]),
        ({"x2": 1}, ModelError, ["not invariant"]),
        ({"x2": "x3"}, ModelNameError, ["x3"]),
        ({"x3": "x1"}, ModelNameError, ["'x3'", "known: x1, x2"]),
        ({"x2": "x1", "x1": "x2"}, ModelError, ["removed"]),
        ({"x2": sympy.Symbol("q")}, ModelNameError, ["'q'"]),
    ],
)
def test_subspaces_that_are_refused(relations, error, words):
    pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")))
    with pytest.raises(error) as caught:
        ds.restrict(pair, relations)
    for word in words:
        assert word in str(caught.value)


def test_an_asymmetric_pair_has_no_symmetric_subspace():
    pair = ds.build_system(ds.Network(["x1", "x2"], [ds.Edge("x1", "x2", 2), ds.Edge("x2", "x1", 3)]))
    with pytest.raises(ModelError, match="not invariant"):
        ds.restrict(pair, {"x2": "x1"})


# ---- shift


def test_a_shifted_system_has_the_same_field_about_its_centre():
    system = ds.system_from_equations({"x": "x*(m - x) - x*y", "y": "y*(x - 1)"}, ["m"])
    moved = ds.shift(system, at={"x": 1, "y": "m - 1"})
    assert moved.state_names == system.state_names
    f, g = ds.compile_system(system), ds.compile_system(moved)
    np.testing.assert_allclose(g.field([0, 0], [3.0]), 0)
    np.testing.assert_allclose(g.field([0.2, -0.3], [3.0]), f.field([1.2, 1.7], [3.0]), rtol=1e-14)


def test_a_shift_to_an_algebraic_and_to_a_transcendental_equilibrium():
    algebraic = ds.shift(ds.system_from_equations({"x": "x^2 - 2"}), at={"x": "sqrt(2)"})
    assert algebraic.equations["x"] == algebraic["x"] ** 2 + 2 * sympy.sqrt(2) * algebraic["x"]
    nested = ds.system_from_equations({"x": "x^2 - 5 - 2*sqrt(6)"})
    assert ds.shift(nested, at={"x": "sqrt(2) + sqrt(3)"}).equations["x"].xreplace({nested["x"]: sympy.S.Zero}) == 0
    hyperbolic = ds.system_from_equations({"x": "sinh(2*x) - 2*sinh(m)*cosh(m) "}, ["m"])
    assert ds.shift(hyperbolic, at={"x": "m"}).dimension == 1


@pytest.mark.parametrize(
    ("at", "error", "words"),
    [
        ({"x": 2}, NotAnEquilibrium, ["x' =", "not 0"]),
        ({"x": 0.999999}, NotAnEquilibrium, ["x' ="]),
        ({"z": 1}, ModelNameError, ["'z'"]),
        ({"x": "q"}, ModelNameError, ["q"]),
        ({"x": "x"}, ModelError, ["depends on a state"]),
        ({"x": "nan"}, ModelError, ["nan"]),
    ],
)
def test_centres_that_are_refused(at, error, words):
    with pytest.raises(error) as caught:
        ds.shift(ds.system_from_equations({"x": "x*(1 - x)"}), at=at)
    for word in words:
        assert word in str(caught.value)


# ---- whether an expression vanishes

x, y = sympy.symbols("x y", real=True)
t = sympy.Symbol("t", positive=True)


@pytest.mark.parametrize(
    "expression",
    [
        (x + y) ** 3 - x**3 - 3 * x**2 * y - 3 * x * y**2 - y**3,
        1 / (x - y) - (x + y) / (x**2 - y**2),
        sympy.tanh(2 * x) * (1 + sympy.tanh(x) ** 2) - 2 * sympy.tanh(x),
        sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1,
        sympy.sqrt(t) ** 2 - t,
        Jet("phi", "odd", 1, x) - Jet("phi", "odd", 1, -x),
        sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6)),
    ],
)
def test_expressions_that_vanish(expression):
    assert vanishes(expression)


@pytest.mark.parametrize(
    "expression",
    [
        x - y,
        sympy.tanh(x) - x,
        sympy.exp(sympy.pi * sympy.sqrt(163)) - 262537412640768744,
        Jet("phi", "odd", 1, x) - Jet("phi", "odd", 1, y),
        Jet("phi", "odd", 0, x) - sympy.tanh(x),
        sympy.Rational(1, 10**30),
        sympy.nan,
    ],
)
def test_expressions_that_do_not_vanish(expression):
    assert not vanishes(expression)
