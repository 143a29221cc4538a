"""Activations: expressions, parity, ranges, jets."""

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Rational

import dynsym as ds
from dynsym._expressions import Jet, Slope
from dynsym.errors import DynsymError, ModelNameError, ModelParseError, ParameterError
from dynsym.functions.polynomial import activation_from_text

x = sympy.Symbol("x", real=True)

BUILT_IN = [
    (ds.Tanh(), mpmath.tanh, "odd"),
    (ds.Tanh(gain=0.5), lambda u: mpmath.tanh(u / 2), "odd"),
    (ds.Logistic(gain=3, threshold=0.4), lambda u: 1 / (1 + mpmath.exp(-3 * (u - mpmath.mpf("0.4")))), "none"),
    (ds.Softplus(gain=2, threshold=1), lambda u: mpmath.log1p(mpmath.exp(2 * u - 2)) / 2, "none"),
    (ds.Rectified(threshold=-0.5), lambda u: max(u + mpmath.mpf("0.5"), 0), "none"),
    (ds.Linear(), lambda u: u, "odd"),
    (ds.Polynomial("x - x^3/3"), lambda u: u - u**3 / 3, "odd"),
    (ds.Polynomial("x^2 + tanh(x)^2"), lambda u: u**2 + mpmath.tanh(u) ** 2, "even"),
    (ds.Polynomial("u^2 + u", variable="u"), lambda u: u**2 + u, "none"),
]


@pytest.mark.parametrize(
    ("activation", "function", "parity"), BUILT_IN, ids=lambda part: None if callable(part) else repr(part)
)
def test_values_derivatives_and_parity(activation, function, parity):
    assert activation.parity == parity
    for point in (Rational(-7, 5), Rational(1, 3), Rational(9, 4)):
        with mpmath.workdps(30):
            u = mpmath.mpf(point.p) / point.q
            for order in range(4):
                exact = mpmath.mpmathify(activation.derivative(point, order).evalf(25))
                assert abs(exact - mpmath.diff(function, u, order)) < mpmath.mpf(10) ** (-8)
            assert abs(mpmath.mpmathify(activation.expression(point).evalf(25)) - function(u)) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize(
    "activation",
    [
        ds.Tanh(),
        ds.Tanh(-2),
        ds.Logistic(3, 1),
        ds.Logistic(-3),
        ds.Rectified(0.3),
        ds.Softplus(2, -1),
        ds.Linear(),
        ds.Polynomial("x^3"),
    ],
    ids=repr,
)
def test_bounds_hold_values_and_slopes(activation):
    points = [Rational(k, 7) for k in range(-40, 41, 3)]
    low, high = activation.bounds
    assert all(low <= activation.expression(u).evalf() <= high for u in points)
    low, high = activation.derivative_bounds
    assert all(low <= activation.derivative(u).evalf() <= high for u in points)


def test_bounds_are_attained_or_approached():
    assert ds.Tanh(gain=3).bounds == (-1, 1)
    assert ds.Tanh(gain=3).derivative_bounds == (0, 3)
    assert ds.Logistic(gain=8).derivative_bounds == (0, 2)
    assert ds.Rectified().bounds == (0, sympy.oo)


def test_bounds_with_a_gain_of_unknown_sign():
    g = sympy.Symbol("g", real=True)
    low, high = ds.Tanh("g").derivative_bounds
    assert (low.subs(g, -2), high.subs(g, -2)) == (-2, 0)
    assert (low.subs(g, 2), high.subs(g, 2)) == (0, 2)


def test_smoothness():
    assert ds.Tanh().is_smooth
    assert ds.Polynomial("x - x^3/3").is_smooth
    assert not ds.Rectified().is_smooth
    assert not ds.Polynomial("max(x, 0)^2").is_smooth


def test_a_rectifier_has_slope_zero_at_its_kink():
    assert ds.Rectified(threshold=2).derivative(sympy.Integer(2)) == 0
    assert ds.Rectified().derivative(x, 2) == 0
    assert ds.Polynomial("max(x, 0)").derivative(x, 2) == 0


def test_symbolic_gain_and_threshold_become_parameters():
    system = ds.build_system(ds.Network(["u"], [ds.Edge("u", "u")]), ds.LeakyRate(ds.Logistic("beta", "theta")))
    assert list(system.parameters) == ["beta", "theta"]
    assert str(system.equations["u"]) == "-u + logistic(beta*(-theta + u))"


def test_a_polynomial_activation_with_parameters_and_a_state_called_like_its_variable():
    network = ds.Network(["x", "y"], [ds.Edge("x", "y"), ds.Edge("y", "x", "a")])
    system = ds.build_system(network, ds.LeakyRate(ds.Polynomial("a*x - b*x^3")))
    a, b = system["a"], system["b"]
    assert sympy.expand(system.equations["x"] - (-system["x"] + a * (a * system["y"] - b * system["y"] ** 3))) == 0
    assert list(system.parameters) == ["a", "b"]


def test_a_variable_may_be_called_pi():
    assert ds.Polynomial("pi + pi^2", variable="pi").expression(sympy.Integer(2)) == 6


def test_jets_of_an_undefined_sigmoid():
    phi = ds.AnySigmoid()
    assert [phi.derivative(sympy.S.Zero, k) for k in range(4)] == [
        0,
        Slope("phi", 1),
        0,
        Slope("phi", 3),
    ]
    assert phi.expression(x).diff(x, 2) == Jet("phi", "odd", 2, x)
    assert ds.AnySigmoid(parity="none").derivative(sympy.S.Zero, 2) == Slope("phi", 2)
    assert phi.bounds == (-1, 1)
    assert ds.AnySigmoid("psi", "none", bounds=[0, "r"]).bounds == (0, sympy.Symbol("r", real=True))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ds.AnySigmoid(parity="even"), ParameterError, ["even", "odd"]),
        (lambda: ds.AnySigmoid(bounds=(1, -1)), ParameterError, ["increase"]),
        (lambda: ds.AnySigmoid(bounds=(0, 1)), ParameterError, ["opposite"]),
        (lambda: ds.AnySigmoid(bounds="01"), ParameterError, ["two"]),
        (lambda: ds.AnySigmoid(name="2 phi"), ModelNameError, ["2 phi"]),
        (lambda: ds.Tanh(gain="nan"), ParameterError, ["gain", "not finite"]),
        (lambda: ds.Tanh(gain=float("inf")), ParameterError, ["gain", "not finite"]),
        (lambda: ds.Tanh(gain=1j), ParameterError, ["gain", "complex"]),
        (lambda: ds.Logistic(threshold="2 +"), ModelParseError, ["threshold"]),
        (lambda: ds.Polynomial("2*y"), ModelParseError, ["does not depend on 'x'"]),
        (lambda: ds.Polynomial(3), ModelParseError, ["3", "text"]),
        (lambda: ds.Polynomial("x", variable="1x"), ModelNameError, ["1x"]),
        (lambda: activation_from_text("tanhh"), ModelParseError, ["did you mean tanh"]),
        (lambda: activation_from_text("x +* 2"), ModelParseError, ["x +* 2"]),
    ],
)
def test_what_is_refused(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


def test_names_of_model_files():
    assert activation_from_text("relu") == activation_from_text("rectified") == ds.Rectified()
    assert activation_from_text("x - x^3/3") == ds.Polynomial("x - x^3/3")
    assert ds.Tanh().to_text() == "tanh"
    assert ds.Polynomial("x^3").to_text() == "x^3"


def test_equal_activations_are_one():
    assert ds.Tanh("q") == ds.Tanh(sympy.Symbol("q")) == ds.Tanh(sympy.Symbol("q", real=True))
    assert len({ds.Tanh(), ds.Tanh(1), ds.Tanh(1.0), ds.Tanh(np.float64(1))}) == 1
    assert ds.Tanh() != ds.Tanh(2)
    assert repr(ds.Logistic("q", 0.1)) == "Logistic(gain=q, threshold=1/10)"
