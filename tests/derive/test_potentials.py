"""Potentials of proved gradients against differences along segments, and what refutes every metric."""

import random

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Rational

import dynsym as ds

NAMES = ("x", "y", "z")
X = tuple(sympy.Symbol(name, real=True) for name in NAMES)
TERMS = (
    lambda u, v: sympy.sin(u),
    lambda u, v: v * sympy.cos(u),
    lambda u, v: sympy.log(sympy.cosh(u)),
    lambda u, v: sympy.exp(-(u**2)),
    lambda u, v: sympy.sqrt(1 + u**2),
    lambda u, v: sympy.log(1 + v**2 + u**2),
    lambda u, v: v * sympy.tanh(u),
    lambda u, v: sympy.atan(u),
    lambda u, v: sympy.sinh(u) * sympy.sin(v),
    lambda u, v: v**2 * u**3,
    lambda u, v: sympy.sin(v) ** 2 * u,
    lambda u, v: 1 / (1 + u**2),
    lambda u, v: u * sympy.log(2 + sympy.cos(v)),
)


def drawn(seed):
    """A potential, a constant metric, and the field f = -G^-1 grad V by sympy alone."""
    source = random.Random(seed)
    states = X[: source.choice((2, 2, 3))]
    potential = sum(v**2 for v in states) / 2
    for _ in range(source.randint(1, 2)):
        u = sum(Rational(source.choice((-3, -1, 1, 2)), 2) * v for v in source.sample(states, source.randint(1, 2)))
        potential += Rational(source.choice((-2, -1, 1, 3)), 3) * source.choice(TERMS)(u, source.choice(states))
    metric = [Rational(source.randint(1, 4)) if seed % 2 else Rational(1) for _ in states]
    return states, potential, metric, [-potential.diff(v) / g for v, g in zip(states, metric, strict=True)]


def system(states, rates, parameters=None):
    return ds.system_from_equations(dict(zip(map(str, states), map(str, rates), strict=True)), parameters or {})


def rise(expression, start, end):
    """V(end) - V(start) in 20 digits."""
    with mpmath.workdps(25):
        found = [expression.xreplace(dict(place)).evalf(20) for place in (start, end)]
        return mpmath.mpf(found[1] - found[0])


def work(rates, metric, states, start, end):
    """-∫ G f · dx along the segment, by quadrature."""
    rate = sympy.lambdify(states, [g * f for g, f in zip(metric, rates, strict=True)], "mpmath")
    step = [b - a for a, b in zip(start, end, strict=True)]
    with mpmath.workdps(25):
        return -mpmath.quad(
            lambda t: mpmath.fdot(step, rate(*(a + t * s for a, s in zip(start, step, strict=True)))), [0, 0.5, 1]
        )


@pytest.mark.parametrize("seed", range(24))
def test_potentials_of_drawn_gradients_in_drawn_metrics(seed):
    states, potential, metric, rates = drawn(seed)
    found = ds.decompose(system(states, rates), at=0)
    assert found.is_gradient["diagonal"] == "proved", found.reasons
    if len(set(metric)) > 1 and any(potential.diff(a, b) != 0 for a in states for b in states if a != b):
        assert "grad V with G" in found.reasons["potential"] or found.is_gradient["euclidean"] == "proved"
    source = random.Random(seed)
    start, end = ([mpmath.mpf(source.randint(-9, 9)) / 7 for _ in states] for _ in range(2))
    own = {s.name: s for s in found.potential.free_symbols}
    put = [
        {own[v.name]: sympy.Float(c, 25) for v, c in zip(states, p, strict=True) if v.name in own} for p in (start, end)
    ]
    weights = [1] * len(states)
    if "with G" in found.reasons["potential"]:
        text = found.reasons["potential"].split("diag(")[1].rstrip(")")
        weights = [sympy.sympify(w) for w in text.split(", ")]
        ratio = {a / b for a, b in zip(weights, metric, strict=True)}
        coupled = [{a, b} for a in states for b in states if a != b and potential.diff(a, b) != 0]
        assert len(ratio) == 1 or len(coupled) < 2 * (len(states) - 1)
    assert abs(rise(found.potential, *put) - work(rates, weights, states, start, end)) < 1e-12


@pytest.mark.parametrize("seed", range(0, 24, 2))
def test_a_small_rotation_is_refuted(seed):
    states, _, _, rates = drawn(seed)
    turned = [rates[0] + states[1] / 100, rates[1] - states[0] / 100, *rates[2:]]
    found = ds.decompose(system(states, turned), at=0)
    assert found.is_gradient["euclidean"] == "refuted"
    assert "proved" not in found.is_gradient.values()


@pytest.mark.parametrize(
    ("equations", "parameters", "potential"),
    [
        ({"a": "K*sin(b - a) + w", "b": "K*sin(a - b) - w"}, ["K", "w"], "-K*cos(a - b) - w*(a - b)"),
        ({"x": "sin(x) + m"}, ["m"], "cos(x) - m*x"),
        ({"x": "m - sinh(x) + y", "y": "x - tanh(y)"}, ["m"], "cosh(x) + log(cosh(y)) - x*y - m*x"),
        ({"x": "-x + 3*y", "y": "x - y"}, [], "x^2/2 - 3*x*y + 3*y^2/2"),
        ({"x": "-x/(x^2 + y^2)", "y": "-y/(x^2 + y^2)"}, [], "log(x^2 + y^2)/2"),
        ({"x": "1/x - x"}, [], "x^2/2 - log(x^2)/2"),
    ],
)
def test_potentials_that_are_known(equations, parameters, potential):
    flow = ds.system_from_equations(equations, parameters)
    found = ds.decompose(flow, at=dict.fromkeys(equations, 1))
    assert found.is_gradient["any"] == "proved"
    known = {s.name: s for s in (*flow.states, *flow.parameters.values())}
    expected = sympy.sympify(potential.replace("^", "**"), locals=known)
    difference = found.potential - expected
    assert all(sympy.simplify(difference.diff(s).rewrite(sympy.exp)) == 0 for s in flow.states)


def test_what_is_known_of_the_angle_round_a_hole():
    vortex = ds.system_from_equations({"x": "-y/(x^2 + y^2)", "y": "x/(x^2 + y^2)"})
    assert ds.decompose(vortex, at={"x": 1}).is_gradient["euclidean"] == "undecided"
    weighted = ds.system_from_equations({"x": "-3*y/(x^2 + y^2)", "y": "x/(x^2 + y^2)"})
    assert "proved" not in ds.decompose(weighted, at={"x": 1}).is_gradient.values()


@pytest.mark.parametrize("rate", ["step(y)", "sign(y)*x", "abs(y)/y"])
def test_a_vanishing_curl_says_nothing_across_a_jump(rate):
    # Round a rectangle that the jump divides, the circulation is the height of the jump times its length.
    found = ds.decompose(ds.system_from_equations({"x": rate, "y": "-y"}), at={"x": 1, "y": 1})
    assert "proved" not in found.is_gradient.values()


def test_a_metric_that_degenerates_is_none():
    # At the origin, and at (1, 0), the linearisation is a Jordan block.
    for rate, place in (("x^3/3", "x = 0"), ("(x - 1)^3/3", "x = 1")):
        found = ds.decompose(ds.system_from_equations({"x": "y", "y": rate}), at=0)
        assert found.is_gradient["diagonal"] == "undecided"
        assert found.is_gradient["any"] == "refuted"
        assert "Jordan" in found.reasons["any"]
        assert place in found.reasons["any"]


@pytest.mark.parametrize("factor", ["sin(x)^2 + cos(x)^2", "cosh(x)^2 - sinh(x)^2", "exp(x + y)*exp(-x - y)"])
def test_identities_of_angles_are_no_curl(factor):
    found = ds.decompose(ds.system_from_equations({"x": f"y*({factor})", "y": "x"}), at=0)
    assert found.is_gradient["euclidean"] == "proved"


LORENZ = {"x": "10*(y - x)", "y": "x*(28 - z) - y", "z": "x*y - 8*z/3"}
SELKOV = {"x": "-x + y/10 + x^2*y", "y": "b - y/10 - x^2*y"}
WILSON_COWAN = {"E": "-E + logistic(16*E - 12*I + P - 4)", "I": "-I + logistic(15*E - 3*I - 37/10)"}


@pytest.mark.parametrize(
    ("equations", "parameters"), [(LORENZ, []), (SELKOV, ["b"]), (WILSON_COWAN, ["P"]), ({"x": "y", "y": "1 - x"}, [])]
)
def test_every_metric_is_refuted_at_an_equilibrium_that_is_not_the_origin(equations, parameters):
    flow = ds.system_from_equations(equations, parameters)
    found = ds.decompose(flow, at=0)
    assert found.is_gradient["any"] == "refuted"
    where = found.reasons["any"].split(" at the equilibrium ")[1]
    told = {name: float(Rational(value)) for name, value in (part.split(" = ") for part in where.split(", "))}
    known = [*flow.states, *flow.parameters.values()]
    assert set(told) == {s.name for s in known}
    put = {s: told[s.name] for s in known}
    jacobian = sympy.Matrix([rate.rewrite(sympy.exp) for rate in flow.rhs]).jacobian(flow.states)
    assert np.abs(np.linalg.eigvals(np.array(jacobian.subs(put).evalf().tolist(), float)).imag).max() > 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_no_metric_is_refuted_of_a_gradient_flow(seed):
    # G depends on the states and is full, so that no diagonal metric serves; the spectrum is real all the same.
    source = random.Random(seed)
    x, y = X[:2]
    a, b = (source.randint(1, 3) for _ in range(2))
    potential = x**4 / 4 - a * x**2 / 2 + y**2 / 2 + b * x * y / 5 + x**2 * y / 7
    inverse = sympy.Matrix([[2 + x**2, Rational(1, a + 1)], [Rational(1, a + 1), 1 + y**2]])
    rates = list(-inverse * sympy.Matrix([potential.diff(x), potential.diff(y)]))
    assert ds.decompose(system((x, y), rates), at=0).is_gradient["any"] != "refuted"
