"""Stationary fluctuations against textbook processes, numeric Lyapunov equations and a simulated process."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_continuous_lyapunov

import dynsym as ds
from dynsym.derive.linearisation import fluctuations
from dynsym.errors import ClosedFormMismatch, DomainError, ModelNameError, NotAnEquilibrium, ParameterError


def test_a_rotating_process():
    """Godrèche and Luck (2019): covariance 1/a, circulation b/a, entropy production 2 b²/a."""
    system = ds.system_from_equations({"x": "-a*x - b*y", "y": "b*x - a*y"}, parameters=["a", "b"])
    a, b = system["a"], system["b"]
    found = ds.derive.noise_circulation(system, at=0)
    assert found.covariance == sympy.eye(2) / a
    assert found.circulation == sympy.Matrix([[0, -b / a], [b / a, 0]])
    assert found.entropy_production == 2 * b**2 / a
    assert found.assumptions == ("the equilibrium is stable",)
    assert not found.is_balanced


def test_symmetric_networks_are_in_balance():
    system = ds.build_system(ds.motifs.bidirectional())
    found = ds.derive.noise_circulation(system, at=0)
    assert found.is_balanced
    assert found.entropy_production == 0
    w = system["w"]
    assert sympy.simplify(found.covariance - sympy.Matrix([[1, -w], [-w, 1]]).inv()) == sympy.zeros(2)
    # Other temperatures break the balance.
    assert not ds.derive.noise_circulation(system, noise={"x1": 1, "x2": 2}, at=0).is_balanced


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.integers(-5, 5), min_size=9, max_size=9), st.lists(st.integers(1, 5), min_size=3, max_size=3))
def test_random_systems_against_the_schur_method(table, noise):
    weights = np.array(table, float).reshape(3, 3) / 4
    jacobian = weights - np.eye(3)
    if np.linalg.eigvals(jacobian).real.max() > -0.05:
        return
    names = ["x", "y", "z"]
    rates = {
        name: " + ".join(f"({jacobian[i, j]!r})*{other}".replace("np.float64", "") for j, other in enumerate(names))
        for i, name in enumerate(names)
    }
    found = ds.derive.noise_circulation(
        ds.system_from_equations(rates), noise=dict(zip(names, noise, strict=True)), at=0
    )
    D = np.diag(np.array(noise, float))
    C = solve_continuous_lyapunov(jacobian, -2 * D)
    Q = (jacobian @ C - C @ jacobian.T) / 2
    assert np.array(found.covariance.tolist(), float) == pytest.approx(C, rel=1e-10, abs=1e-12)
    assert np.array(found.circulation.tolist(), float) == pytest.approx(Q, rel=1e-9, abs=1e-12)
    production = np.trace(np.linalg.inv(D) @ Q @ np.linalg.inv(C) @ Q.T)
    assert float(found.entropy_production) == pytest.approx(production, rel=1e-8, abs=1e-10)
    assert float(found.entropy_production) >= 0


def test_noise_in_one_state_only_and_an_equilibrium_away_from_the_origin():
    system = ds.system_from_equations({"x": "1 - x^3 + y", "y": "x - 1 - 2*y"})
    found = ds.derive.noise_circulation(system, noise={"y": 1}, at={"x": 1, "y": 0})
    jacobian = np.array([[-3.0, 1], [1, -2]])
    expected = solve_continuous_lyapunov(jacobian, -2 * np.diag([0.0, 1]))
    assert np.array(found.covariance.tolist(), float) == pytest.approx(expected)
    assert found.entropy_production is None
    with pytest.raises(NotAnEquilibrium):
        ds.derive.noise_circulation(system, at={"x": 2})


def test_a_wrong_covariance_is_caught(monkeypatch):
    right = fluctuations._covariance

    def wrong(J, D, algebra_field, clock):
        C = right(J, D, algebra_field, clock)
        C[0][0] = C[0][0] + 1
        return C

    monkeypatch.setattr(fluctuations, "_covariance", wrong)
    with pytest.raises(ClosedFormMismatch, match="covariance"):
        ds.derive.noise_circulation(ds.build_system(ds.motifs.ei_pair()), at=0)


def test_mistakes_are_named():
    unstable = ds.system_from_equations({"x": "x"})
    with pytest.raises(DomainError, match="stable"):
        ds.derive.noise_circulation(unstable, at=0)
    saddle = ds.system_from_equations({"x": "a*x", "y": "-a*y"}, parameters=["a"])
    with pytest.raises(DomainError, match="sum to zero"):
        ds.derive.noise_circulation(saddle, at=0)
    pair = ds.build_system(ds.motifs.ei_pair())
    with pytest.raises(ModelNameError, match="not a state"):
        ds.derive.noise_circulation(pair, noise={"q": 1}, at=0)
    with pytest.raises(ParameterError, match="negative"):
        ds.derive.noise_circulation(pair, noise={"E": -1}, at=0)
    with pytest.raises(ParameterError, match="nothing fluctuates"):
        ds.derive.noise_circulation(pair, noise={}, at=0)
