"""Hopf points with the frequency as a symbol, against the general road and a formula from elsewhere."""

import numpy as np
import pytest
import sympy
from flint import arb

import dynsym as ds
from dynsym.derive.conditions import rational_hopf
from dynsym.derive.crossings.locus import allowed
from dynsym.derive.wording import domain
from dynsym.errors import ParameterError, UnsupportedFeatureError

from .critical_points import first_lyapunov


def pair(*, plastic=False):
    nodes = [ds.Node("x1"), ds.Node("x2", time_constant="tau")]
    edges = [
        ds.Edge("x1", "x1", weight="wee"),
        ds.Edge("x2", "x1", weight="wei", sign=-1, plastic=plastic),
        ds.Edge("x1", "x2", weight="wie", plastic=plastic),
        ds.Edge("x2", "x2", weight="wii", sign=-1),
    ]
    rule = ds.Hebbian("k", time_constant="p") if plastic else ds.Static()
    return ds.build_system(ds.Network(nodes, edges), ds.LeakyRate(ds.AnySigmoid()), rule)


def test_the_coefficient_of_the_pair():
    """With x2 = z + c.c.: Kuznetsov's formula in numbers and a simulated amplitude (0.034077) confirm it."""
    s1, s3, tau, wee, wei, wie, wii, omega = sympy.symbols("s1 s3 tau wee wei wie wii omega")
    stated = s3 * (tau * wee * wei - wii * wie / tau) / (4 * omega * wie)
    (own,) = ds.derive.rational_hopf_condition(pair(), parameters=("wee", "wie"), at=0)
    plain = {s: sympy.Symbol(str(s)) for s in own.coefficient.free_symbols | own.solution.free_symbols}
    there = {wee: own.solution.xreplace(plain), wie: own.others["wie"].xreplace(plain)}
    # Ours has |q| = 1. From the second equation x1 wie s1 = (1 + s1 wii + i ω τ) x2.
    length = 1 + ((1 + s1 * wii) ** 2 + (omega * tau) ** 2) / (s1 * there[wie]) ** 2
    assert sympy.cancel(own.coefficient.xreplace(plain) * length - stated.subs(there)) == 0


@pytest.mark.parametrize("plastic", [False, True])
def test_the_two_roads_agree(plastic):
    system = pair(plastic=plastic)
    (own,) = ds.derive.rational_hopf_condition(system, parameters=("wee", "wie"), at=0)
    (general,) = ds.hopf_condition(system, parameter="wee", at=0)
    assert (own.verdict, own.kind) == ("proved", "hopf")
    put = {system["wie"]: own.others["wie"]}
    assert sympy.cancel(own.solution - general.solution) == 0
    assert sympy.cancel(general.frequency.subs(put) ** 2 - own.frequency**2) == 0
    numbers = {"s1": "1.3", "s3": "-2.1", "tau": "2.2", "wei": "1.6", "wii": "0.4", "k": "0.3", "p": "0.7"}
    known = {s: sympy.Rational(numbers[str(s)]) for s in own.coefficient.free_symbols if str(s) in numbers}
    for omega in (sympy.Rational(1, 2), sympy.Rational(17, 10)):
        at = {**known, own.frequency: omega}
        theirs = general.coefficient.subs(put).subs(at)
        assert float(own.coefficient.subs(at)) == pytest.approx(float(theirs), rel=1e-13)


def test_numbers_by_dense_tensors():
    (own,) = ds.derive.rational_hopf_condition(pair(), parameters=("wee", "wie"), at=0)
    numbers = {"s1": 1.3, "s3": -2.1, "tau": 2.2, "wei": 1.6, "wii": 0.4, "omega": 1.7}
    put = {s: numbers[str(s)] for s in own.coefficient.free_symbols | own.others["wie"].free_symbols}
    wee, wie = (float(e.subs(put)) for e in (own.solution, own.others["wie"]))
    weights = np.array([[wee, -numbers["wei"]], [wie, -numbers["wii"]]])
    scale = np.array([1, 1 / numbers["tau"]])[:, None]
    third = np.zeros((2,) * 4)
    for j in range(2):
        third[:, j, j, j] = numbers["s3"] * (scale * weights)[:, j]
    expected = first_lyapunov(scale * (-np.eye(2) + numbers["s1"] * weights), np.zeros((2,) * 3), third, 1.7)
    assert float(own.coefficient.subs(put)) == pytest.approx(expected, rel=1e-12)


def test_symbolic_sizes_stay_in_the_formulas():
    blocks = ds.build_system(ds.motifs.ei_blocks("n_E", "n_I"), ds.LeakyRate(ds.Tanh()))
    (own,) = ds.derive.rational_hopf_condition(blocks, parameters=("w_EE", "w_IE"), at=0)
    (general,) = [c for c in ds.hopf_condition(blocks, parameter="w_EE", at=0) if "all copies agree" in c.reductions]
    assert sympy.cancel(own.solution - general.solution) == 0
    assert "all copies agree" in own.reductions
    assert "n_E" in str(own.solution)
    assert "n_I" in str(own.coefficient)


def test_parameters_with_signs_that_contradict_give_nothing():
    system = ds.system_from_equations({"x": "a*x - b*y - x^3", "y": "x"}, ["a", "b"], assumptions={"b": "negative"})
    assert ds.derive.rational_hopf_condition(system, parameters=("a", "b"), at=0) == ()


def test_a_planted_fault_is_caught(monkeypatch):
    right = rational_hopf.hopf_form

    def wrong(*arguments):
        form = right(*arguments)
        return type(form)(form.q, 2 * form.real_g21, form.transversality)

    monkeypatch.setattr(rational_hopf, "hopf_form", wrong)
    found = ds.derive.rational_hopf_condition(pair(), parameters=("wee", "wie"), at=0)
    assert found == ()
    assert any("coefficient" in cell.reason for cell in found.open)


def test_what_cannot_be_eliminated_is_refused():
    with pytest.raises(ParameterError, match="different"):
        ds.derive.rational_hopf_condition(pair(), parameters=("wee", "wee"), at=0)
    with pytest.raises(ParameterError, match="different"):
        ds.derive.rational_hopf_condition(pair(), parameters=("wee", "wie"), frequency="tau", at=0)
    with pytest.raises(ParameterError, match="parameters="):
        ds.derive.rational_hopf_condition(pair(), parameters="wee", at=0)
    learning = ds.build_system(
        ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias="b"), ds.LeakyRate(ds.Tanh()), ds.Hebbian("k")
    )
    with pytest.raises(UnsupportedFeatureError, match="amplitude"):
        ds.derive.rational_hopf_condition(learning, parameters=("k", "b"), at=ds.derive.symmetric_equilibrium(learning))


def test_the_domain_of_a_parameter():
    """Zero is in the domain of what is not negative alone, and a sign that is open is asked for."""
    names = ("positive", "negative", "nonnegative", "real")
    p, n, z, r = (sympy.Symbol(name, **{name: True}) for name in names)
    a = sympy.Symbol("a", real=True)
    assert [domain(s, 0, a) for s in (p, n, z, r)] == [sympy.false, sympy.false, None, None]
    assert [domain(s, 1, a) for s in (p, n, z, r)] == [None, sympy.false, None, None]
    assert [domain(s, -1, a) for s in (p, n, z, r)] == [sympy.false, None, sympy.false, None]
    assert [domain(s, None, a) for s in (p, n, z, r)] == [a > 0, -a > 0, a >= 0, None]
    assert [allowed(s, 0.0) for s in (p, n, z, r)] == [False, False, True, True]
    assert [allowed(s, arb("0 +/- 1")) for s in (p, n, z, r)] == [True] * 4
