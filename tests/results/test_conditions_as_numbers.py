"""A condition evaluated, as a function of arrays, and drawn: compared with formulas written by hand."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ModelNameError, ParameterError


@pytest.fixture(scope="module")
def hopf():
    system = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.Tanh()))
    return ds.hopf_condition(system, parameter="w_EE", at=0)[0]


def frequency(te, ti, ei, ie):
    """det J = (w_EI w_IE - (w_EE - 1))/(τE τI) at w_EE = 1 + τE/τI."""
    return np.sqrt((ei * ie - te / ti) / (te * ti))


def test_evaluation_at_one_point(hopf):
    numbers = hopf.evaluate(tau_E=1, tau_I=2, w_EI=2, w_IE="3/2")
    assert numbers["w_EE"] == 1.5
    assert numbers["frequency"] == pytest.approx(frequency(1, 2, 2, 1.5), rel=1e-15)
    assert numbers["holds"] is True
    assert hopf.evaluate(tau_E=1, tau_I=2, w_EI=0.1, w_IE=0.1)["holds"] is False
    assert hopf.evaluate(tau_E=1)["coefficient"] is None
    assert hopf.evaluate(tau_E=1)["holds"] is None


def test_the_residual_vanishes_on_the_condition_alone(hopf):
    assert hopf.residual(tau_E=1, tau_I=2, w_EE="3/2") == 0
    assert hopf.residual(tau_E=1, tau_I=2, w_EE=1) * hopf.residual(tau_E=1, tau_I=2, w_EE=2) < 0
    with pytest.raises(ParameterError, match="'w_EE'"):
        hopf.residual(tau_E=1, tau_I=2)


def test_functions_of_arrays(hopf):
    taus = np.linspace(0.5, 2, 4)
    weights = np.array([[0.1], [1.5], [2.0]])
    number = hopf.with_values(w_IE=2, tau_E=1)
    own = number.lambdify("tau_I", "w_EI", quantity="frequency")(taus, weights)
    with np.errstate(invalid="ignore"):
        expected = frequency(1, taus, weights, 2)
    assert own.shape == (3, 4)
    np.testing.assert_allclose(own, expected, rtol=1e-14)
    assert np.isnan(own[0, 0])
    solution = number.lambdify("tau_I", "w_EI")(taus, 2.0)
    np.testing.assert_allclose(solution, 1 + 1 / taus, rtol=1e-15)
    assert np.isnan(number.lambdify("tau_I", "w_EI")(0.5, 0.1))


def test_what_a_function_needs_is_named(hopf):
    with pytest.raises(ParameterError, match="no argument"):
        hopf.lambdify("tau_E")
    with pytest.raises(ModelNameError, match="does not occur"):
        hopf.lambdify("tau_E", "tau_I", "w_EI", "w_IE", "nothing")
    with pytest.raises(ParameterError, match="no quantity"):
        hopf.lambdify("tau_E", quantity="size")


def test_functions_of_the_activation_and_roots_are_numbers():
    system = ds.system_from_equations({"x": "m*x - c*logistic(b)*x^2"}, {"m": None, "b": None, "c": 2})
    (own,) = ds.find_conditions(system, parameter="m", at=0)
    values = own.lambdify("b", quantity="coefficient")(np.array([0.0, 1.0]))
    np.testing.assert_allclose(np.abs(values), 2 / (1 + np.exp([0.0, -1.0])), rtol=1e-15)


def test_both_parameters_of_a_cusp_are_functions():
    system = ds.system_from_equations({"x": "m + n*x - c*x^2 - x^3"}, {"m": None, "n": None, "c": None})
    (cusp,) = ds.cusp_condition(system, parameters=("m", "n"))
    c = np.array([0.0, 3.0])
    # x^3 + c x^2 - n x - m = (x + c/3)^3 at the cusp.
    np.testing.assert_allclose(cusp.lambdify("c")(c), -(c**3) / 27, atol=1e-15)
    np.testing.assert_allclose(cusp.lambdify("c", quantity="n")(c), -(c**2) / 3, atol=1e-15)


def test_an_undefined_activation_has_no_numbers():
    learning = ds.build_system(
        ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias="b"), ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k")
    )
    (own, *_) = ds.find_conditions(learning, parameter="k", at=ds.derive.symmetric_equilibrium(learning))
    with pytest.raises(ParameterError, match="with_activation"):
        own.lambdify("x")
