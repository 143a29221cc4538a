"""The functions that sympy lacks, and the activation that is not given."""

import math

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Rational, exp, lambdify, log, sqrt

from dynsym._expressions import Jet, Slope, symbol
from dynsym.errors import ParameterError
from dynsym.functions import logistic, relu, softplus, step

x, w = symbol("x"), symbol("w")
POINTS = [-40, -3, Rational(-1, 7), Rational(2, 3), sqrt(2), 30]


@pytest.mark.parametrize("dps", [15, 60])
@pytest.mark.parametrize("point", POINTS)
def test_values_at_any_precision(point, dps):
    with mpmath.workdps(2 * dps + 30):
        u = mpmath.mpf(sympy.sympify(point).evalf(2 * dps + 30)._mpf_)
        expected = {
            logistic: 1 / (1 + mpmath.e ** (-u)),
            softplus: mpmath.log1p(mpmath.e**u),
            relu: max(u, 0),
            step: u > 0,
        }
        for function, value in expected.items():
            found = mpmath.mpf(function(point).evalf(dps)._to_mpmath(4 * dps))
            assert mpmath.almosteq(found, mpmath.mpf(value), rel_eps=mpmath.mpf(10) ** (1 - dps)), function


def test_values_at_zero_and_at_infinity():
    assert [function(0) for function in (logistic, relu, step, softplus)] == [Rational(1, 2), 0, 0, log(2)]
    assert [logistic(sympy.oo), logistic(-sympy.oo)] == [1, 0]
    assert [relu(sympy.oo), relu(-sympy.oo)] == [sympy.oo, 0]
    assert [softplus(sympy.oo), softplus(-sympy.oo)] == [sympy.oo, 0]
    assert logistic(sympy.nan) is sympy.nan


@pytest.mark.parametrize("function", [logistic, softplus])
def test_derivatives_agree_with_those_of_the_elementary_form(function):
    derivative = function(w * x**2).diff(x)
    elementary = function(w * x**2).rewrite(exp).diff(x)
    difference = lambdify([x, w], derivative - elementary, "mpmath")
    assert abs(difference(mpmath.mpf("0.3"), mpmath.mpf("1.7"))) < 1e-13


def test_derivative_of_the_rectifier_is_the_step():
    assert relu(3 * x).diff(x) == 3 * step(3 * x)
    assert step(x).diff(x) == 0


@pytest.mark.parametrize("function", [logistic, relu, step, softplus])
def test_real_for_real_arguments_only(function):
    assert function(x).is_real
    assert function(x).conjugate() == function(x)
    assert function(sympy.Symbol("c")).is_real is None


def test_signs():
    assert logistic(x).is_positive
    assert softplus(x).is_positive
    assert relu(x).is_nonnegative
    assert step(x).is_nonnegative
    positive = symbol("p", "positive")
    assert (relu(positive), relu(-positive), step(positive), step(-positive)) == (positive, 0, 1, 0)


@pytest.mark.parametrize("function", [logistic, relu, step, softplus])
@pytest.mark.parametrize("module", ["numpy", "math", "mpmath"])
def test_compiled_by_sympy(function, module):
    compiled = lambdify([x], function(x), module)
    for point in (-2.0, 0.0, 1.5):
        assert math.isclose(float(compiled(point)), float(function(sympy.Float(point))), rel_tol=1e-14)


def test_compiled_arrays_do_not_overflow():
    far = np.array([-1e4, 1e4])
    with np.errstate(over="raise"):
        assert lambdify([x], logistic(x))(far).tolist() == [0.0, 1.0]
        assert lambdify([x], softplus(x))(far).tolist() == [0.0, 1e4]


def test_rewriting():
    assert logistic(x).rewrite(exp) == 1 / (1 + exp(-x))
    assert logistic(x).rewrite(sympy.tanh) == (1 + sympy.tanh(x / 2)) / 2
    assert softplus(x).rewrite(log) == log(1 + exp(x))
    assert relu(x).rewrite(sympy.Max) == sympy.Max(0, x)
    assert step(x).rewrite(sympy.Piecewise) == sympy.Piecewise((1, x > 0), (0, True))


def test_jets_differentiate_by_the_chain_rule():
    phi = Jet("phi", "odd", 0, x)
    assert phi.diff(x) == Jet("phi", "odd", 1, x)
    assert phi.diff(w) == 0
    inner = w * x**3
    assert Jet("phi", "odd", 2, inner).diff(x) == 3 * w * x**2 * Jet("phi", "odd", 3, inner)
    assert sympy.diff(phi**2, x, 2).expand() == 2 * phi.diff(x) ** 2 + 2 * phi * phi.diff(x, 2)
    assert sympy.Derivative(phi, x).doit() == phi.diff(x)


@pytest.mark.parametrize(
    ("parity", "expected"),
    [("odd", ["0", "s1", "0", "s3"]), ("even", ["s0", "0", "s2", "0"]), ("none", ["s0", "s1", "s2", "s3"])],
)
def test_jets_at_zero(parity, expected):
    values = [Jet("phi", parity, order, x).subs(x, 0) for order in range(4)]
    assert [str(value) for value in values] == expected
    assert all(value.is_real for value in values)
    assert values[1].is_nonnegative


def test_jets_of_two_activations_have_their_own_symbols():
    assert str(Jet("psi", "odd", 1, 0)) == "s1_psi"
    assert Jet("phi", "odd", 1, 0) == Slope("phi", 1)


@pytest.mark.parametrize("function", [sympy.tanh, sympy.cos])
@pytest.mark.parametrize("order", range(4))
def test_parity_of_jets_is_that_of_a_function_with_this_parity(function, order):
    parity = "odd" if function is sympy.tanh else "even"
    mirrored = Jet("phi", parity, order, -x)
    jet = Jet("phi", parity, order, x)
    sign = 1 if mirrored == jet else -1
    assert mirrored == sign * jet
    derivative = function(x).diff(x, order)
    assert (derivative.subs(x, Rational(3, 7)) - sign * derivative.subs(x, Rational(-3, 7))).equals(0)


def test_jets_are_values():
    jet = Jet("phi", "odd", 1, x)
    assert jet == Jet("phi", "odd", 1, x)
    assert hash(jet) == hash(Jet("phi", "odd", 1, x))
    assert jet != Jet("phi", "none", 1, x)
    assert jet.free_symbols == {x}
    assert jet.is_positive
    assert Jet("phi", "odd", 3, x).is_positive is None
    assert (jet.order, jet.point) == (1, x)
    assert jet.subs(x, w) == Jet("phi", "odd", 1, w)
    assert jet.xreplace({x: sympy.Integer(0)}) == Slope("phi", 1)
    assert Jet("phi", "odd", 0, Rational(1, 2)).evalf() == Jet("phi", "odd", 0, Rational(1, 2)).evalf()


def test_jets_print():
    jets = [Jet("phi", "odd", order, x) for order in (0, 1, 3, 5)]
    assert [str(jet) for jet in jets] == ["phi(x)", "phi'(x)", "phi'''(x)", "phi^(5)(x)"]
    assert sympy.latex(jets[2]) == r"\phi'''\left(x\right)"
    assert sympy.latex(jets[3] ** 2) == r"\left(\phi^{(5)}\left(x\right)\right)^{2}"
    assert sympy.latex(Jet("f", "odd", 0, x)) == r"\operatorname{f}\left(x\right)"
    assert sympy.pretty(jets[1], use_unicode=True) == "φ'(x)"


def test_ill_formed_jets():
    with pytest.raises(ParameterError, match="parity"):
        Jet("phi", "sideways", 0, x)
    with pytest.raises(ParameterError, match="order"):
        Jet("phi", "odd", -1, x)
