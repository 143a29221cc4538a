"""Critical points without a formula, all in a span, proved by a search: against Newton's method from many starts."""

import itertools

import numpy as np
import pytest
import sympy
from scipy.optimize import fsolve

import dynsym as ds
from dynsym.derive.elimination.odd_crossings import OddField, is_odd

X, Y, P = sympy.symbols("x y p", real=True)


def by_newton(rates, condition, span, reach=4.0):
    """Points (x, y, p) where the rates and a condition vanish, from a grid of starts."""
    function = sympy.lambdify([X, Y, P], [*rates, condition], "numpy")
    found = []
    for start in itertools.product(*[np.linspace(-reach, reach, 6)] * 2, np.linspace(*span, 5)):
        with np.errstate(all="ignore"):
            place, info, good, _ = fsolve(lambda z: function(*z), start, full_output=True, xtol=1e-13)
        known = any(np.allclose(place, other, atol=1e-6) for other in found)
        if good == 1 and np.abs(info["fvec"]).max() < 1e-10 and span[0] <= place[2] <= span[1] and not known:
            found.append(place)
    return found


def excitation_and_inhibition(seed):
    """Two populations with a drive p, its numbers simple fractions."""
    draw = np.random.default_rng(seed)
    a, b, c, d = (sympy.Rational(int(n), 2) for n in draw.integers(2, 9, 4))
    phi = [sympy.tanh, lambda u: 1 / (1 + sympy.exp(-u))][seed % 2]
    return [-X + phi(a * X - b * Y + P), (-Y + phi(c * X - d * Y / 4 - 1)) / 2]


@pytest.mark.parametrize("seed", range(6))
def test_all_points_of_two_populations_are_found(seed):
    rates, span = excitation_and_inhibition(seed), (-3, 3)
    system = ds.system_from_equations({"x": str(rates[0]), "y": str(rates[1])}, {"p": None})
    found = ds.find_conditions(system, parameter="p", span=span)
    assert found.complete
    matrix = sympy.Matrix(rates).jacobian([X, Y])
    zeros = by_newton(rates, matrix.det(), span)
    pairs = [
        z for z in by_newton(rates, matrix.trace(), span) if matrix.det().subs(dict(zip((X, Y, P), z, strict=True))) > 0
    ]
    for kind, expected in (("fold", zeros), ("hopf", pairs)):
        listed = [(*map(float, c.at.values()), c.value) for c in found if c.kind == kind]
        assert len(listed) >= len(expected)
        assert all(any(np.allclose(point, own, atol=1e-7) for own in listed) for point in expected)
    for condition in found:
        place = dict(zip((X, Y, P), (*condition.at.values(), condition.solution), strict=True))
        assert max(abs(rate.subs(place).evalf(30)) for rate in rates) < 1e-20
        assert ds.check_condition(system, condition, points=1).verdict != "refuted"


def test_a_search_that_is_cut_short_is_not_complete():
    system = ds.build_system(ds.motifs.ring(4, weight=2), gain="g")
    found = ds.find_conditions(system, parameter="g", span=(0, 3), budget=ds.Budget(seconds=0.5, boxes=3))
    assert not found.complete
    assert found.open


@pytest.mark.parametrize("far", ["1/3", "1", "2"])
def test_folds_near_a_pitchfork_are_outside_of_its_neighbourhood(far):
    # p x - x^3 + x^5/(2 a^2): besides the pitchfork at 0, folds where x^2 = a^2 and p = a^2/2.
    a = sympy.Rational(far)
    field = OddField([P * X - X**3 + X**5 / (2 * a**2)], [X], P)
    reaches, width = field.neighbourhood(0.0, 10.0)
    assert reaches[0] > 0
    assert not (float(a) <= reaches[0] and float(a**2 / 2) <= width)


def test_no_neighbourhood_is_claimed_where_the_cubic_term_vanishes():
    assert OddField([P * X - X**5], [X], P).neighbourhood(0.0, 1.0) is None
    assert OddField([P * X + Y, Y * P - X], [X, Y], P).neighbourhood(0.0, 1.0) is None


def test_odd_fields_are_told_from_others():
    assert is_odd([sympy.tanh(X) * P + X**3], [X])
    assert not is_odd([sympy.tanh(X) * P + X**2], [X])
    assert not is_odd([sympy.exp(X) - 1], [X])


@pytest.mark.slow
def test_four_coupled_cubics_are_searched_where_no_basis_is_found():
    z, w = sympy.symbols("z w", real=True)
    states = [X, Y, z, w]
    rates = [P * X - X**3 / 2 + X - 5 * Y / 2, 3 * Y**3 / 2 + Y - z - 5 * w / 2, z / 2 - z**3 - w / 2]
    rates.append(3 * w**3 / 2 + w / 2 - 3 * X)
    equations = {str(x): str(rate) for x, rate in zip(states, rates, strict=True)}
    system = ds.system_from_equations(equations, {"p": None})
    found = ds.find_conditions(system, parameter="p", span=(-5, 5), budget=ds.Budget(seconds=20))
    listed = [(*map(float, c.at.values()), c.value) for c in found]
    condition = sympy.Matrix(rates).jacobian(states).det()
    function = sympy.lambdify([*states, P], [*rates, condition], "numpy")
    draw, expected = np.random.default_rng(3), 0
    for start in draw.uniform(-2, 2, (150, 5)):
        place, info, good, _ = fsolve(lambda u: function(*u), start * [1, 1, 1, 1, 2.5], full_output=True, xtol=1e-13)
        if good == 1 and np.abs(info["fvec"]).max() < 1e-11 and abs(place[4]) < 5 and abs(place[:4]).max() > 1e-3:
            expected += 1
            assert any(np.allclose(place, own, atol=1e-5) for own in listed)
    assert expected > 5
