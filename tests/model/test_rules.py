"""Node and synapse rules: what they accept, and how they are compared and shown."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import (
    DynsymError,
    ModelError,
    ModelNameError,
    ModelParseError,
    ParameterError,
    UnsupportedFeatureError,
)

PAIR = ds.Network(["a", "b"], [ds.Edge("a", "b", plastic=True, group="g1"), ds.Edge("b", "a", plastic=True)])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ds.LeakyRate("tanh"), ModelError, ["activation", "LeakyRate(ds.Tanh())"]),
        (lambda: ds.LeakyRate(ds.Tanh), ModelError, ["activation"]),
        (lambda: ds.LeakyRate(tau=0), ParameterError, ["time constant", "positive"]),
        (lambda: ds.LeakyRate(tau={"a": 1, "b": -2}), ParameterError, ["time constant of b", "-2"]),
        (lambda: ds.LeakyRate(tau="nan"), ParameterError, ["not finite"]),
        (lambda: ds.LeakyVoltage(leak=0), ParameterError, ["leak", "positive"]),
        (lambda: ds.LeakyVoltage(rest="1 +"), ModelParseError, ["resting potential"]),
        (lambda: ds.WilsonCowan(refractory=1j), ParameterError, ["refractory", "complex"]),
        (lambda: ds.NodeRule({}, "x"), ModelError, ["at least one"]),
        (lambda: ds.NodeRule({"x": 0}, "x"), ModelParseError, ["x", "text"]),
        (lambda: ds.NodeRule({"x": "-x"}, 3), ModelParseError, ["output", "text"]),
        (lambda: ds.NodeRule({"input": "-x"}, "input"), ModelNameError, ["'input'", "summed input"]),
        (lambda: ds.NodeRule({"tau": "-tau"}, "tau"), ModelNameError, ["'tau'", "time constant"]),
        (lambda: ds.NodeRule({"x": "-x"}, "tanh(input)"), ModelNameError, ["'input'", "states"]),
        (lambda: ds.NodeRule({"1x": "-1"}, "0"), ModelNameError, ["1x"]),
        (lambda: ds.NodeRule({"x": "-x + input(t)"}, "x"), UnsupportedFeatureError, ["input(t)"]),
        (lambda: ds.SynapseRule(3), ModelParseError, ["text"]),
        (lambda: ds.SynapseRule("-w + noise()"), UnsupportedFeatureError, ["noise", "Brian2"]),
        (lambda: ds.SynapseRule("-w + delay(pre, 1)"), UnsupportedFeatureError, ["delay", "JiTCDDE"]),
        (lambda: ds.Hebbian([[1, 2], [3]]), ModelError, ["2 rows", "n by n"]),
        (lambda: ds.Hebbian([[1, 2, 3], [4, 5, 6]]), ModelError, ["2 rows with 3 entries"]),
        (lambda: ds.Hebbian([1, 2]), ModelError, ["n by n"]),
        (lambda: ds.Hebbian(np.ones(2)), ModelError, ["n by n"]),
        (lambda: ds.Hebbian("k", time_constant=[[1]]), ModelError, ["time constant", "matrix"]),
        (lambda: ds.Hebbian("k", time_constant=None), ModelError, ["time constant"]),
        (lambda: ds.Hebbian("k", time_constant=-1), ParameterError, ["time constant", "positive"]),
        (lambda: ds.Hebbian(float("nan")), ParameterError, ["strength", "not finite"]),
        (lambda: ds.Hebbian(sympy.I), ParameterError, ["strength", "complex"]),
        (lambda: ds.Hebbian(sympy.Symbol("k", imaginary=True)), ParameterError, ["k", "complex"]),
        (lambda: ds.Hebbian(sympy.Function("k")(sympy.Symbol("t"))), UnsupportedFeatureError, ["k(t)", "autonomous"]),
    ],
)
def test_rules_refuse_when_they_are_made(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (lambda: ds.build_system(PAIR, synapse=ds.Hebbian(np.eye(3))), ModelError, ["3 rows", "2 nodes"]),
        (
            lambda: ds.build_system(PAIR, synapse=ds.Hebbian("k", baseline=np.eye(3))),
            ModelError,
            ["baseline", "3 rows"],
        ),
        (lambda: ds.build_system(PAIR, synapse=ds.Hebbian([[0, np.nan], [1, 0]])), ParameterError, ["not finite"]),
        (lambda: ds.build_system(PAIR, synapse=ds.Hebbian({"g1": 1})), ModelError, ["b -> a", "no group"]),
        (
            lambda: ds.build_system(PAIR, synapse=ds.Hebbian({"g1": 1, "g2": 2})),
            ModelError,
            ["g2", "Its groups: g1"],
        ),
        (lambda: ds.build_system(PAIR), ModelError, ["plastic", "Static", "Hebbian('k')"]),
        (lambda: ds.build_system(PAIR, synapse=ds.Hebbian), ModelError, ["synapse rule", "Hebbian('k')"]),
        (lambda: ds.build_system(PAIR, synapse="hebbian"), ModelError, ["synapse rule"]),
        (lambda: ds.build_system(PAIR, ds.Tanh()), ParameterError, ["node=", "LeakyRate(Tanh())"]),
        (lambda: ds.build_system(PAIR, {"E": ds.LeakyRate()}), ModelError, ["'E'", "no population"]),
        (
            lambda: ds.build_system(ds.motifs.ei_pair(), {"E": ds.LeakyRate()}),
            ModelError,
            ["node 'I'", "every population"],
        ),
        (
            lambda: ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(tau={"E": 1})),
            ModelError,
            ["node 'I'", "every node or population"],
        ),
        (
            lambda: ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(tau={"E": 1, "I": 2, "EE": 3})),
            ModelError,
            ["'EE'", "did you mean E"],
        ),
        (lambda: ds.build_system(np.eye(2)), ParameterError, ["ndarray", "from_matrix"]),
        (
            lambda: ds.build_system(ds.Network(["a", "b", "w_b_a"], [ds.Edge("a", "b")]), synapse=ds.Hebbian()),
            ModelNameError,
            ["'w_b_a'", "declared twice"],
        ),
        (
            lambda: ds.build_system(
                ds.Network(["a", "a_b", "b_c", "c"], [ds.Edge("b_c", "a"), ds.Edge("c", "a_b")]), synapse=ds.Hebbian()
            ),
            ModelNameError,
            ["'w_a_b_c'", "declared twice"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a", "h_a"]), ds.NodeRule({"x": "-x", "h": "-h"}, "x")),
            ModelNameError,
            ["'h_a'", "declared twice"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a", "m"]), ds.NodeRule({"x": "-m*x"}, "x")),
            ModelNameError,
            ["'m'", "state and as a parameter"],
        ),
        (lambda: ds.build_system(ds.Network(["a", "g"]), gain="g"), ModelNameError, ["'g'", "declared twice"]),
        (
            lambda: ds.build_system(ds.Network(["a"]), ds.LeakyRate(tau="m"), gain=sympy.Symbol("m", negative=True)),
            ModelNameError,
            ["'m'", "two meanings"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a"]), ds.LeakyRate(tau="m"), assumptions={"m": "negative"}),
            ModelNameError,
            ["'m'", "two meanings"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a"]), gain="gain", assumptions={"gian": "positive"}),
            ModelNameError,
            ["'gian'", "did you mean gain"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a"]), gain="gain", values={"gian": 1}),
            ModelNameError,
            ["'gian'", "did you mean gain"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a"]), gain="g", values={"g": -1}, assumptions={"g": "positive"}),
            ParameterError,
            ["'g'", "-1", "positive"],
        ),
        (
            lambda: ds.build_system(ds.Network([ds.Node("a", bias="cos(t)")])),
            UnsupportedFeatureError,
            ["'t'", "autonomous", "JiTCODE"],
        ),
        (
            lambda: ds.build_system(ds.Network(["a"]), ds.NodeRule({"x": "-x + sin(time)"}, "x")),
            UnsupportedFeatureError,
            ["'time'", "autonomous"],
        ),
    ],
)
def test_what_does_not_fit_is_refused_when_the_system_is_built(build, error, words):
    with pytest.raises(error) as caught:
        build()
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


def test_a_parameter_may_be_called_t_when_it_is_declared():
    network = ds.Network([ds.Node("a", bias="t")])
    assert ds.build_system(network, values={"t": 2}).values == {"t": 2}
    assert ds.build_system(network, assumptions={"t": "positive"})["t"].is_positive


def test_the_output_of_an_own_rule_may_use_the_time_constant():
    network = ds.Network([ds.Node("a", time_constant=4), "b"], [ds.Edge("a", "b"), ds.Edge("b", "a")])
    system = ds.build_system(network, ds.NodeRule({"x": "(-x + input)/tau"}, "x/tau"))
    assert {n: str(e) for n, e in system.equations.items()} == {"a": "-a/4 + b/4", "b": "a/4 - b"}
    f = ds.compile_system(system, method=ds.compute.Arrays())
    np.testing.assert_allclose(f.jacobian([1.0, 2.0], []), [[-0.25, 0.25], [0.25, -1]])


def test_equal_rules_are_one():
    matrix = [[0.0, 1.0], [2.0, 0.0]]
    same = {ds.Hebbian(matrix), ds.Hebbian(np.array(matrix)), ds.Hebbian(tuple(map(tuple, matrix)))}
    assert len(same) == 1
    assert ds.Hebbian({"g1": "k"}) == ds.Hebbian({"g1": sympy.Symbol("k")})
    assert len({ds.Hebbian({"g1": "k"}), ds.Hebbian({"g1": "k"})}) == 1
    assert ds.LeakyRate(tau={"E": 1}) == ds.LeakyRate(tau={"E": 1.0})
    assert len({ds.NodeRule({"x": "-x"}, "x"), ds.NodeRule({"x": "-x"}, "x")}) == 1
    assert ds.Hebbian("k") != ds.AntiHebbian("k")
    assert ds.LeakyRate(tau="m").tau.is_positive


def test_rules_do_not_change_with_what_they_were_made_from():
    states, matrix = {"x": "-x + input"}, np.array([[0.0, 1.0], [2.0, 0.0]])
    rule, synapse = ds.NodeRule(states, "x"), ds.Hebbian(matrix)
    states["x"], matrix[0, 1] = "input", 5.0
    assert rule == ds.NodeRule({"x": "-x + input"}, "x")
    assert synapse == ds.Hebbian([[0.0, 1.0], [2.0, 0.0]])


def test_rules_are_shown_briefly():
    assert repr(ds.Hebbian(np.zeros((50, 50)), time_constant="T")) == (
        "Hebbian(strength=<50 x 50 matrix>, time_constant=T, baseline=0)"
    )
    assert repr(ds.LeakyRate()) == "LeakyRate(activation=Tanh(gain=1), tau=None)"
    assert repr(ds.Oja()) == "Oja(rate=eta, normalisation=1, time_constant=1)"


def test_an_activation_can_be_replaced_where_there_is_one():
    assert ds.WilsonCowan(ds.Tanh()).with_activation(ds.Logistic()) == ds.WilsonCowan(ds.Logistic())
    with pytest.raises(ModelError, match="NodeRule has no activation"):
        ds.NodeRule({"x": "-x"}, "x").with_activation(ds.Tanh())
