"""Amplitude equations: two reductions against each other and against equilibria and flows solved numerically."""

import mpmath
import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.derive.checks import numbers as _numeric_forms
from dynsym.derive.crossings import zero as _zero_conditions
from dynsym.errors import ParameterError, UnsupportedFeatureError


def random_system(seed, size=3):
    """x' = (A + p) x + …, with a zero eigenvalue at p = 0, and quadratic to quintic terms with small rationals."""
    generator = np.random.default_rng(seed)
    turn = sympy.Matrix(generator.integers(-2, 3, (size, size)).tolist())
    while turn.det() == 0:
        turn = sympy.Matrix(generator.integers(-2, 3, (size, size)).tolist())
    diagonal = sympy.diag(0, *[-int(k) for k in generator.integers(1, 4, size - 1)])
    matrix = turn * diagonal * turn.inv()
    x = [sympy.Symbol(f"x{i}", real=True) for i in range(size)]
    p = sympy.Symbol("p", real=True)
    rates = []
    for i in range(size):
        rate = sum(matrix[i, j] * x[j] for j in range(size)) + p * x[i]
        for _ in range(5):
            powers = generator.integers(0, 3, size)
            if 2 <= powers.sum() <= 5:
                rate += sympy.Rational(int(generator.integers(-3, 4)), 2) * sympy.prod(
                    [s ** int(k) for s, k in zip(x, powers, strict=True)]
                )
        rates.append(rate)
    return ds.system_from_equations({s.name: r for s, r in zip(x, rates, strict=True)}, {"p": None})


@pytest.mark.parametrize("seed", range(6))
def test_the_two_reductions_agree_up_to_order_three_and_to_the_condition(seed):
    system = random_system(seed)
    for condition in ds.find_conditions(system, parameter="p", at=0):
        if condition.kind not in {"pitchfork", "transcritical"} or condition.value != 0:
            continue
        manifold = ds.normal_form(system, condition, order=5).coefficients
        reduced = ds.derive.lyapunov_schmidt(system, condition, order=5).coefficients
        assert sympy.simplify(manifold["quadratic"] - reduced["quadratic"]) == 0
        assert sympy.simplify(manifold["cubic"] - reduced["cubic"]) == 0
        own = "cubic" if condition.kind == "pitchfork" else "quadratic"
        assert sympy.simplify(manifold[own] - condition.coefficient) == 0


def _dot(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


def bifurcation_function(system, condition, order):
    """Coefficients of the equation of Lyapunov and Schmidt, by Newton's method in mpmath and a fit."""
    p = system["p"]
    rates = sympy.lambdify(system.states, [r.subs(p, 0) for r in system.rhs], "mpmath")
    origin = dict.fromkeys(system.states, 0)
    exact = sympy.Matrix([r.subs(p, 0) for r in system.rhs]).jacobian(system.states).subs(origin)
    (kernel,), (left,) = exact.nullspace(), exact.T.nullspace()
    sign = sympy.sign(sum(sympy.nsimplify(a) * b for a, b in zip(condition.mode.values(), kernel, strict=True)))
    kernel = kernel * sign / sympy.sqrt(kernel.dot(kernel))
    left = left / left.dot(kernel)
    v = [mpmath.mpf(sympy.N(e, 60)) for e in kernel]
    w = [mpmath.mpf(sympy.N(e, 60)) for e in left]
    size = len(v)

    def reduced(u):
        def equations(*unknown):
            *rest, g = unknown
            x = [u * a + b for a, b in zip(v, rest, strict=True)]
            return [r - g * a for r, a in zip(rates(*x), v, strict=True)] + [_dot(w, rest)]

        return mpmath.findroot(equations, [mpmath.mpf(0)] * (size + 1), tol=1e-90)[size]

    with mpmath.workdps(60):
        nodes = [mpmath.mpf(k) / 2000 for k in (-4, -3, -2, -1, 1, 2, 3, 4)]
        table = mpmath.matrix([[u**k for k in range(2, 10)] for u in nodes])
        found = mpmath.lu_solve(table, mpmath.matrix([reduced(u) for u in nodes]))
    return [float(found[k]) for k in range(order - 1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_equation_of_lyapunov_and_schmidt_is_solved_by_equilibria(seed):
    system = random_system(seed, size=2)
    (condition,) = [c for c in ds.find_conditions(system, parameter="p", at=0) if c.value == 0]
    own = ds.derive.lyapunov_schmidt(system, condition, order=5).coefficients
    expected = bifurcation_function(system, condition, 5)
    names = ("quadratic", "cubic", "quartic", "quintic")
    assert [float(own[n]) for n in names] == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_the_centre_manifold_is_invariant():
    """On x = u v + h the flow of a planar system with a straight manifold is known: u' = -u^3 - 2 u^5 + …"""
    system = ds.system_from_equations({"x": "p*x + x*y", "y": "-y - x^2"}, {"p": None})
    (condition,) = ds.pitchfork_condition(system, parameter="p", at=0)
    found = ds.normal_form(system, condition, order=5).coefficients
    h = {2: -1}
    # (h2 x^2 + h4 x^4)' = (2 h2 x)(x h) must be -h - x^2: h4 = -2 h2^2.
    h[4] = -2 * h[2] ** 2
    assert (found["cubic"], found["quintic"]) == (h[2], h[4])


def tricritical(activation, k):
    motif = ds.motifs.bidirectional(nodes=("a", "b"))
    return ds.build_system(motif, ds.LeakyRate(activation), ds.Hebbian(k, time_constant="tau"))


def test_the_quintic_decides_at_the_tricritical_point():
    """On x1 = x2 the equilibria solve x = φ(x) + k φ(x)^3 at w = 1, s1 = 1: x^5 has the coefficient s5/120 + k s3/2."""
    system = tricritical(ds.Tanh(), "1/3")
    for condition in ds.pitchfork_condition(system, parameter="w", at=0):
        assert condition.coefficient == 0
        # tanh: 2/15 - 1/3, and (1, 1)/sqrt(2) has length one.
        assert condition.coefficients["quintic"] == sympy.Rational(-1, 5) / 4
        assert (condition.criticality, condition.verdict) == ("supercritical", "proved")
        assert condition.to_json()["coefficients"] == {"cubic": "0", "quintic": "-1/20"}
    x = sympy.Symbol("x", real=True)
    series = sympy.series(sympy.tanh(x) + sympy.tanh(x) ** 3 / 3 - x, x, 0, 6).removeO()
    assert series == -(x**5) / 5


def test_the_order_that_counts_with_symbols():
    system = ds.system_from_equations({"x": "g*x - c*x^5"}, {"g": None, "c": None})
    (own,) = ds.find_conditions(system, parameter="g", at=0)
    assert (own.kind, own.criticality, own.coefficients["quintic"]) == ("pitchfork", "depends", -system["c"])
    assert own.with_values(c=2).criticality == "supercritical"
    assert own.with_values(c=-2).criticality == "subcritical"
    assert ds.normal_form(system, own).coefficients["quintic"] == -system["c"]


def test_lines_of_equilibria_are_told_from_higher_orders():
    linear = ds.system_from_equations({"x": "g*x", "y": "-y + x"}, {"g": None})
    (own,) = ds.find_conditions(linear, parameter="g", at=0)
    assert any("line of equilibria" in note for note in own.assumptions)
    high = ds.system_from_equations({"x": "g*x - x^7"}, {"g": None})
    (own,) = ds.find_conditions(high, parameter="g", at=0)
    assert own.criticality == "degenerate"
    assert any("a higher order" in note for note in own.assumptions)


def test_a_planted_quintic_is_caught(monkeypatch):
    right = _zero_conditions._at_fifth_order

    def wrong(problem, solution):
        criticality, said, coefficients = right(problem, solution)
        return criticality, said, {**coefficients, "quintic": 2 * coefficients["quintic"]}

    monkeypatch.setattr(_zero_conditions, "_at_fifth_order", wrong)
    found = ds.find_conditions(
        ds.system_from_equations({"x": "g*x - y*x^3", "y": "-y + x^2"}, {"g": None}), parameter="g", at=0
    )
    assert found == ()
    assert any("quintic" in cell.reason for cell in found.open)
    assert _numeric_forms.CIRCLE > 9


@pytest.mark.parametrize("plastic", [False, True])
def test_small_differences_unfold_the_pitchfork(plastic):
    """Equilibria of the imperfect system, by Newton's method, solve the unfolded equation to leading order."""
    nodes = [ds.Node("a", bias="d"), ds.Node("b", bias="-d/2")]
    edges = [ds.Edge("a", "b", weight="w", plastic=plastic), ds.Edge("b", "a", weight="w + e", plastic=plastic)]
    rule = ds.Hebbian("1/5") if plastic else ds.Static()
    system = ds.build_system(ds.Network(nodes, edges), ds.LeakyRate(ds.Tanh()), rule)
    at_zero = system.with_values(d=0, e=0)
    (_, pitchfork) = ds.pitchfork_condition(at_zero, parameter="w", at=0)
    assert pitchfork.value == 1
    form = ds.derive.imperfect(system, pitchfork, ["d", "e"])
    scale = 1e-3
    numbers = {"d": scale**3, "e": 0.7 * scale**2, "w": 1 + 0.4 * scale**2}
    c0, c1, c2, c3 = (
        float(form.coefficients[n].subs({system[k]: v for k, v in numbers.items()}))
        for n in ("constant", "linear", "quadratic", "cubic")
    )
    (u,) = [z.real for z in np.roots([c3, c2, c1, c0]) if abs(z.imag) < 1e-12 and z.real * c0 > 0]
    rates = sympy.lambdify(
        system.states, [r.subs({system[k]: v for k, v in numbers.items()}) for r in system.rhs], "mpmath"
    )
    direction = [float(e) for e in pitchfork.mode.values()]
    length = np.linalg.norm(direction)
    with mpmath.workdps(40):
        start = [u * e / length for e in direction]
        found = mpmath.findroot(lambda *x: rates(*x), start, tol=1e-60)
    amplitude = sum(float(a) * e / length for a, e in zip(found, direction, strict=True))
    assert amplitude == pytest.approx(u, rel=20 * scale)


def test_which_imperfections_enter_where():
    system = ds.system_from_equations(
        {"x": "-x + w*tanh(y) + d", "y": "-y + (w + e)*tanh(x) - d + h*x^2"}, {"w": None, "d": 0, "e": 0, "h": 0}
    )
    _, pitchfork = ds.pitchfork_condition(system, parameter="w", at=0)
    form = ds.derive.imperfect(system, pitchfork, ["d", "e", "h"])
    d, e, h, w = (system[n] for n in "dehw")
    # v = (1, 1)/sqrt(2): equal and opposite drives cancel, the weight counts half, x^2 enters at second order.
    assert form.coefficients["constant"] == 0
    assert sympy.expand(form.coefficients["linear"] - (w - 1 + e / 2)) == 0
    assert sympy.expand(form.coefficients["quadratic"] - h / (2 * sympy.sqrt(2))) == 0
    assert d not in form.coefficients["linear"].free_symbols
    assert form.kind == "imperfect_pitchfork"


def test_what_has_no_amplitude_equation_is_refused():
    pair = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.Tanh()))
    hopf = ds.hopf_condition(pair, parameter="w_EE", at=0)[0]
    with pytest.raises(ParameterError, match="order 3"):
        ds.derive.lyapunov_schmidt(pair, hopf)
    with pytest.raises(ParameterError, match="order"):
        ds.normal_form(pair, hopf, order=4)
    scalar = ds.system_from_equations({"x": "g*x - x^3"}, {"g": None})
    (own,) = ds.find_conditions(scalar, parameter="g", at=0)
    with pytest.raises(ParameterError, match="at least one"):
        ds.derive.imperfect(scalar, own, [])
    with pytest.raises(ParameterError, match="other than"):
        ds.derive.imperfect(scalar, own, ["g"])
    learning = ds.build_system(
        ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias="b"), ds.LeakyRate(ds.Tanh()), ds.Hebbian("k")
    )
    point = ds.derive.symmetric_equilibrium(learning, values={"b": 1})
    known = ds.pitchfork_condition(learning, parameter="k", at=point, values={"b": 1})[0]
    with pytest.raises(UnsupportedFeatureError, match="enclosure"):
        ds.normal_form(learning, known, order=5)
