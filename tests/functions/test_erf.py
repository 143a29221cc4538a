"""The error function as an activation: one file of the library, known to all of it."""

import json

import mpmath
import numpy as np
import pytest
import sympy
from scipy.optimize import brentq, root
from scipy.special import erf

import dynsym as ds
from dynsym.errors import ParameterError
from dynsym.functions.erf import ErfFunction

G = 2
ROOT = brentq(lambda x: G * erf(x) - x, 0.5, 3)
WEIGHTS = np.array([[1.9, -0.6, 0.3], [0.4, 1.7, -0.8], [-0.5, 0.7, 2.1]])


def one_unit(**gain) -> ds.SymbolicSystem:
    return ds.build_system(ds.Network.from_matrix([[1]]), node=ds.LeakyRate(ds.Erf(**gain)), gain="g")


def network() -> ds.SymbolicSystem:
    return ds.build_system(ds.Network.from_matrix(WEIGHTS), node=ds.LeakyRate(ds.Erf()))


def test_the_noun():
    x = sympy.Symbol("x", real=True)
    assert ds.Erf("k").expression(x) == sympy.erf(sympy.Symbol("k", real=True) * x)
    assert (ds.Erf().parity, ds.Erf().bounds, ds.Erf().is_smooth) == ("odd", (-1, 1), True)
    assert ds.Erf(gain=-2).derivative_bounds == (-4 / sympy.sqrt(sympy.pi), 0)
    with pytest.raises(ParameterError):
        ds.Erf(gain=float("inf"))


def test_the_pitchfork_at_zero():
    """From erf(x) = 2/sqrt(pi) (x - x^3/3 + …): -x + g erf(x) = -x^3/3 + … at g = sqrt(pi)/2."""
    condition = ds.find_conditions(one_unit(), parameter="g", at=0)[0]
    assert (condition.kind, condition.criticality, condition.verdict) == ("pitchfork", "supercritical", "proved")
    assert condition.solution == sympy.sqrt(sympy.pi) / 2
    assert condition.coefficient == -sympy.Rational(1, 3)
    assert sympy.simplify(condition.transversality - 2 / sympy.sqrt(sympy.pi)) == 0
    steep = ds.find_conditions(one_unit(gain=3), parameter="g", at=0)[0]
    assert (steep.solution, steep.coefficient) == (sympy.sqrt(sympy.pi) / 6, -3)


def test_a_parameter_inside():
    system = ds.system_from_equations({"x": "erf(2*p)*x - x/2 - x^3"}, {"p": None})
    condition = ds.find_conditions(system, parameter="p", at=0)[0]
    assert abs(condition.value - float(mpmath.erfinv(0.5)) / 2) < 1e-12


def test_the_count_of_one_unit():
    count = ds.count_equilibria(one_unit(), values={"g": G})
    assert (count.status, count.lower, count.upper, count.stable) == ("proved", 3, 3, 2)
    states = sorted(e.state["x1"] for e in count.equilibria)
    assert np.allclose(states, [-ROOT, 0, ROOT], atol=1e-12)


def test_the_count_of_a_network():
    """Against the solutions that scipy finds from many starts."""
    found: list[np.ndarray] = []
    for start in np.random.default_rng(2).uniform(-4, 4, (400, 3)):
        answer = root(lambda x: -x + WEIGHTS @ erf(x), start, tol=1e-13)
        if answer.success and all(np.abs(answer.x - y).max() > 1e-6 for y in found):
            found.append(answer.x)
    count = ds.count_equilibria(network())
    assert (count.status, count.lower, count.upper) == ("proved", len(found), len(found))
    assert len(found) > 3
    for equilibrium in count.equilibria:
        assert min(np.abs(np.array(list(equilibrium.state.values())) - y).max() for y in found) < 1e-8


def test_plastic_weights():
    rule = ds.Hebbian(strength=3)
    network = ds.Network.from_edges([("a", "b", {"plastic": True}), ("b", "a", {"plastic": True})])
    system = ds.build_system(network, node=ds.LeakyRate(ds.Erf()), synapse=rule)
    count = ds.count_equilibria(system)
    # Both weights are 1 + 3 erf(a) erf(b), so that a erf(a) = b erf(b): b is a, with a = 3 erf(a)^3 + erf(a), or -a.
    x = np.linspace(1e-3, 5, 5000)
    crossings = [np.diff(np.sign(3 * erf(x) ** 3 + sign * erf(x) - x)).astype(bool).sum() for sign in (1, -1)]
    assert crossings == [1, 2]
    assert (count.status, count.lower, count.upper) == ("proved", 7, 7)


@pytest.mark.parametrize("system", [one_unit().with_values(g=G), network()], ids=["one unit", "network"])
def test_certificates(system, tmp_path):
    path = tmp_path / "certificate.json"
    ds.save_certificate(system, path)
    check = ds.check_certificate(path)
    assert check.valid
    assert check.count == ds.count_equilibria(system).lower
    content = json.loads(path.read_text())
    content["links"]["bias"][0] = "1/2"
    path.write_text(json.dumps(content))
    assert not ds.check_certificate(path).valid


def test_branches_and_their_picture():
    diagram = ds.bifurcation_diagram(one_unit(), parameter="g", span=(0, 3))
    (point,) = diagram.special
    assert abs(point.parameters["g"] - np.sqrt(np.pi) / 2) < 1e-7
    bent = next(branch for branch in diagram.branches if abs(branch.states).max() > 0.1)
    assert np.abs(bent["x1"] - bent["g"] * erf(bent["x1"])).max() < 1e-7
    assert ds.plot.bifurcation(diagram).get_xlabel()
    branch = ds.continue_equilibrium(one_unit(), start=0, parameter="g", span=(0, 3))
    assert branch.special


def test_model_files(tmp_path):
    for activation, text in ((ds.Erf(), '"erf"'), (ds.Erf(gain=2), "gain = 2")):
        system = ds.build_system(ds.motifs.ring(3), node=ds.LeakyRate(activation), gain="g")
        ds.save_system(system, tmp_path / "model.toml")
        assert text in (tmp_path / "model.toml").read_text()
        assert ds.load_system(tmp_path / "model.toml") == system


def test_formulas_and_potentials():
    assert r"\operatorname{erf}" in ds.io.to_latex(one_unit())
    potential = ds.potential(ds.system_from_equations({"x": "erf(3*x) - x"}))
    x = sympy.Symbol("x", real=True)
    slope = potential.diff(x)
    assert abs((slope + sympy.erf(3 * x) - x).subs(x, 0.7).evalf()) < 1e-12


def test_the_two_lowerings_agree():
    compiled = ds.compile_system(network())
    x = np.random.default_rng(5).standard_normal((3, 20))
    assert np.abs(compiled.field(x, ()) - (WEIGHTS @ erf(x) - x)).max() < 1e-13
    slope = WEIGHTS[:, :, None] * (2 / np.sqrt(np.pi) * np.exp(-(x**2)))[None] - np.eye(3)[:, :, None]
    assert np.abs(compiled.jacobian(x, ()) - slope).max() < 1e-13


def test_the_steepest_slope_is_rounded_up():
    with mpmath.workdps(40):
        assert mpmath.mpf(ErfFunction.steepest) >= 2 / mpmath.sqrt(mpmath.pi)
