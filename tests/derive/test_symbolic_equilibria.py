"""Equilibria in closed form: expected values are those of the equations solved by hand."""

import pytest
import sympy
from sympy import CRootOf, Rational, sqrt

import dynsym as ds


def states(system, **options):
    return [dict(e.states) for e in ds.symbolic_equilibria(system, **options)]


def one(equation, parameters=None, **options):
    return ds.system_from_equations({"x": equation}, parameters or {}, **options)


def test_a_pitchfork_normal_form_has_its_branches_with_their_condition():
    system = one("mu*x - x^3", {"mu": None})
    mu = system["mu"]
    found = ds.symbolic_equilibria(system)
    assert [(e.states["x"], e.constraints) for e in found] == [
        (0, ()),
        (sqrt(mu), (sympy.Ge(mu, 0),)),
        (-sqrt(mu), (sympy.Ge(mu, 0),)),
    ]


def test_only_real_equilibria_are_returned():
    assert states(one("mu*x - x^3", {"mu": -1})) == [{"x": 0}]
    assert states(one("-(x**2 + 1e-18)")) == []
    assert states(one("1/(x - 0.7)")) == []
    assert states(one("exp(-x)")) == []


def test_a_vanishing_leading_coefficient_is_no_division_by_zero():
    assert states(one("a*x**2 + x - 1", {"a": 0})) == [{"x": 1}]


def test_three_real_roots_of_a_cubic_are_kept_exactly():
    found = states(one("x**3 - x - 0.1"))
    expected = [-0.945649273923591, -0.101031257881011, 1.0466805318046]
    assert [float(e["x"]) for e in found] == pytest.approx(expected, abs=1e-12)
    assert all(isinstance(e["x"], CRootOf) for e in found)


def test_a_multiple_root_is_one_equilibrium():
    assert states(one("-(x**3 - 3*x**2 + 3*x - 1)")) == [{"x": 1}]


def test_an_epidemic_has_a_free_and_an_endemic_equilibrium():
    positive = dict.fromkeys(("beta", "gamma", "mu"), "positive")
    system = ds.system_from_equations(
        {"S": "mu - beta*S*I - mu*S", "I": "beta*S*I - gamma*I - mu*I"}, assumptions=positive
    )
    beta, gamma, mu = (system[name] for name in positive)
    found = states(system)
    assert {"S": 1, "I": 0} in found
    assert len(found) == 2
    endemic = next(e for e in found if e["I"] != 0)
    assert sympy.simplify(endemic["S"] - (gamma + mu) / beta) == 0
    assert sympy.simplify(endemic["I"] - mu * (1 / (gamma + mu) - 1 / beta)) == 0
    eigenvalues = ds.spectrum(system, at={"S": 1, "I": 0}).eigenvalues
    assert {sympy.expand(value) for value in eigenvalues} == {beta - gamma - mu, -mu}


def test_the_lorenz_system():
    system = ds.system_from_equations(
        {"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, {"s": 10, "r": 28, "b": Rational(8, 3)}
    )
    assert states(system) == [
        {"x": 0, "y": 0, "z": 0},
        {"x": -6 * sqrt(2), "y": -6 * sqrt(2), "z": 27},
        {"x": 6 * sqrt(2), "y": 6 * sqrt(2), "z": 27},
    ]


def test_competing_species_have_four():
    system = ds.system_from_equations({"x": "x*(1 - x - a*y)", "y": "y*(1 - y - a*x)"}, {"a": Rational(1, 2)})
    third = Rational(2, 3)
    expected = [{"x": 0, "y": 0}, {"x": 0, "y": 1}, {"x": 1, "y": 0}, {"x": third, "y": third}]
    assert sorted(states(system), key=str) == sorted(expected, key=str)


def test_a_continuum_keeps_its_free_state():
    system = ds.system_from_equations({"a": "b + c - 2*a", "b": "a + c - 2*b", "c": "a + b - 2*c"})
    (_, line) = ds.symbolic_equilibria(system)
    assert len(set(line.states.values())) == 1
    assert line.constraints == ()
    assert line.amplitude is not None


@pytest.mark.parametrize("drive", [0, 1, "b"])
def test_the_plastic_pair_is_symmetric_up_to_one_equation(drive):
    network = ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias=drive)
    system = ds.build_system(network, node=ds.LeakyRate(ds.AnySigmoid()), synapse=ds.Hebbian("k"))
    found = ds.derive.symmetric_equilibrium(system)
    x, k = found.amplitude, system["k"]
    phi = ds.AnySigmoid().expression(x)
    bias = system["b"] if drive == "b" else drive
    assert found.states["x1"] == found.states["x2"] == x
    assert found.states["w_x1_x2"] == k * phi**2
    (equation,) = found.constraints
    assert sympy.expand(equation - (bias + k * phi**3 - x)) == 0


def test_systems_without_symmetry_have_no_symmetric_equilibrium():
    assert ds.derive.symmetric_equilibrium(ds.build_system(ds.motifs.ei_pair())) is None


def test_the_trivial_equilibrium_of_a_network_comes_first():
    found = ds.symbolic_equilibria(ds.build_system(ds.motifs.bidirectional(), gain="g"))
    assert found[0].is_trivial


def test_what_elimination_does_not_reach_is_said():
    system = ds.system_from_equations({"x": "x^3 + y^3 - 1", "y": "x^2 + x*y^2 - 2"})
    found = ds.symbolic_equilibria(system)
    assert found == ()
    assert not found.complete
    assert "elimination" in found.open[0].reason


def test_cases_that_divide_by_zero_are_kept_apart():
    # y = 1/(x - 1) solves the second equation; x = 1 never does.
    system = ds.system_from_equations({"x": "(x - 1)*(x - 3)", "y": "(x - 1)*y - 1"})
    assert states(system) == [{"x": 3, "y": Rational(1, 2)}]
