"""Closed forms where a slope of the activation is no algebraic number: erf at the origin has the slope 2/sqrt(pi)."""

import dataclasses
import json
import random

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import parse
from dynsym.cli import main
from dynsym.derive.checks.look import require_agreement


def drawn(seed):
    """A random network with small integer weights."""
    chance = random.Random(seed)
    size = chance.choice((2, 3))
    return np.array([[chance.randint(-6, 9) for _ in range(size)] for _ in range(size)])


def crossings(weights, slope):
    """Where -1 + g s W has an eigenvalue on the imaginary axis, and what kind, from the eigenvalues of W."""
    found = set()
    for value in np.linalg.eigvals(weights):
        if abs(value.real) > 1e-9:
            found.add((("pitchfork" if abs(value.imag) < 1e-9 else "hopf"), round(1 / (slope * value.real), 9)))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_conditions_of_random_networks_agree_with_eigenvalues(seed):
    weights = drawn(seed)
    system = ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Erf()), gain="g")
    conditions = ds.find_conditions(system, parameter="g", at=0)
    found = {(c.kind, round(c.value, 9)) for c in conditions if c.kind in {"pitchfork", "hopf"}}
    assert found == crossings(weights, 2 / np.sqrt(np.pi))
    assert all(c.verdict == "proved" for c in conditions)


def test_a_window_holds_for_them_too():
    system = ds.build_system(ds.Network.from_matrix(np.array([[1, 2], [3, 4]])), node=ds.LeakyRate(ds.Erf()), gain="g")
    (condition,) = ds.find_conditions(system, parameter="g", at=0, span=(0, 4))
    assert condition.solution.equals(sympy.sqrt(sympy.pi) * (sympy.sqrt(33) - 5) / 8)


@pytest.mark.parametrize("activation", [ds.Erf(), ds.Tanh("sqrt(2)"), ds.Tanh("sqrt(3)/2"), ds.Tanh("pi")])
@pytest.mark.parametrize("seed", range(3))
def test_values_at_which_a_formula_is_nought_over_nought(activation, seed):
    """Numbers put in afterwards give the values that numbers put in before give."""
    slope = activation.derivative(sympy.S.Zero)
    chance = random.Random(seed)
    values = {"w_II": 1 / slope, "w_EI": chance.randint(1, 3), "w_IE": chance.randint(1, 3), "tau_E": 1, "tau_I": 2}
    system = ds.build_system(ds.motifs.ei_pair(), node=ds.LeakyRate(activation))
    after = [c.with_values(values) for c in ds.find_conditions(system, parameter="w_EE", at=0)]
    before = ds.find_conditions(system.with_values(**values), parameter="w_EE", at=0)
    assert {round(c.value, 9) for c in after if c.verdict != "vacuous"} == {round(c.value, 9) for c in before}


@pytest.mark.parametrize("seed", range(8))
def test_a_factor_of_some_weights_stays_a_symbol(seed):
    """Where the formulas are nought over nought at a value of the factor, the look at them goes elsewhere."""
    chance = random.Random(seed)
    k = sympy.Symbol("k", real=True)
    pairs = [(0, 1), (1, 0), (2, 1), (0, 2)]
    factors = [chance.choice((-3, -2, -1, 1, 2, 3)) * p for p in (k, 1, 1, k)]
    edges = [(f"x{a}", f"x{b}", f) for (a, b), f in zip(pairs, factors, strict=True)]
    system = ds.build_system(ds.Network.from_edges(edges), node=ds.LeakyRate(ds.Erf()), gain="g")
    conditions = ds.find_conditions(system, parameter="g", at=0)
    assert all(c.verdict == "proved" for c in conditions)
    number = sympy.Rational(chance.randint(-9, 9), 7) + sympy.Rational(1, 11)
    weights = np.zeros((3, 3))
    for (source, target), factor in zip(pairs, factors, strict=True):
        weights[target, source] = sympy.sympify(factor).subs(k, number)
    found = set()
    for c in conditions:
        put = {s: number for s in c.equation.free_symbols if s.name == "k"}
        for root in sympy.Poly(c.equation.subs(put), system["g"]).nroots(n=20):
            inside = all(bool(r.subs({**put, system["g"]: root})) for r in c.constraints) if root.is_real else False
            found |= {(c.kind, round(float(root), 9))} if inside else set()
    assert found == crossings(weights, 2 / np.sqrt(np.pi))


def test_a_hole_of_a_formula_is_no_disagreement_and_hides_none():
    net = ds.Network.from_edges([("x1", "x0", -1), ("x0", "x1", "3*k"), ("x2", "x1", 3), ("x0", "x2", "2*k")])
    system = ds.build_system(net, node=ds.LeakyRate(ds.Erf()), gain="g")
    condition, other = ds.find_conditions(system, parameter="g", at=0)
    assert (condition.kind, other.kind) == ("pitchfork", "hopf")
    rest = dict.fromkeys(system.state_names, sympy.S.Zero)
    assert require_agreement(system, condition, {}, branch=rest) >= 2
    for false in (-condition.transversality, 3 * condition.transversality):
        with pytest.raises(ds.errors.ClosedFormMismatch, match="transversality"):
            require_agreement(system, dataclasses.replace(condition, transversality=false), {}, branch=rest)


def test_nothing_is_proved_that_is_no_number():
    w, v = sympy.symbols("w v", real=True)
    formula = (sympy.cos(w) ** 2 + sympy.sin(w) ** 2 - 1) / (v - w)  # nought over nought in disguise at v = w
    condition = ds.results.BifurcationCondition(
        "fold", parameter="m", at={"x": sympy.S.Zero}, equation=w - v, solution=formula, verdict="proved"
    )
    found = condition.with_values(w=1, v=1)
    assert found.verdict != "proved"
    assert found.value is None


def test_the_constant_is_told_from_a_parameter_called_pi(tmp_path, capsys):
    path = tmp_path / "model.toml"
    path.write_text('name = "m"\n[states]\nx = "-pi*x + q*erf(x)"\n[parameters]\npi = {}\nq = {}\n')
    assert main(["conditions", str(path), "--parameter", "q", "--at", "0", "--json"]) == 0
    (condition,) = json.loads(capsys.readouterr().out)["conditions"]
    p = sympy.Symbol("pi", real=True)
    assert (parse(condition["solution"], {"pi": p}) - sympy.sqrt(sympy.pi) * p / 2).subs(p, 2).evalf(20).is_zero
    assert main(["show", str(path), "--json"]) == 0
    jacobian = json.loads(capsys.readouterr().out)["jacobian"][0][0]
    x, q = sympy.symbols("x q", real=True)
    expected = -p + 2 * q / sympy.sqrt(sympy.pi) * sympy.exp(-(x**2))
    difference = parse(jacobian, {"pi": p, "x": x, "q": q}) - expected
    assert abs(difference.subs({p: 3, x: sympy.Rational(1, 2), q: 2}).evalf(20)) < 1e-15
