"""Every critical point of systems whose other parameters are numbers, against numpy and Newton's method."""

import dataclasses
import itertools
import time

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.derive.elimination.conditions import eliminated, met


def system_of(equations):
    return ds.system_from_equations(equations, parameters={"m": None})


def seen(system, span=None):
    m = system.parameter("m")
    values = dict(system.substitution(None, (m,)))
    return eliminated(system, m, values, span, ds.Budget(seconds=30).start())


def points(conditions):
    return sorted((c.value, *(float(sympy.N(e, 20)) for e in c.at.values())) for c in conditions)


@pytest.mark.parametrize("seed", range(6))
def test_a_parameter_that_enters_squared_makes_a_fold_of_every_extremum(seed):
    """x' = m^2 - p(x) with a random p: the roots of p' by numpy, wherever p is positive there."""
    numbers = np.random.default_rng(seed).integers(-4, 5, 5)
    p = np.polynomial.Polynomial([*map(float, numbers), 1.0])
    rate = f"m^2 - x^5 - {' - '.join(f'({n})*x^{k}' for k, n in enumerate(numbers))}"
    roots = [r.real for r in p.deriv().roots() if abs(r.imag) < 1e-9 and p(r.real) > 0]
    expected = sorted((sign * np.sqrt(p(r)), r) for r in roots for sign in (1, -1))
    found = [c for c in seen(system_of({"x": rate})).found if c.value != 0]
    assert {c.kind for c in found} <= {"fold"}
    assert points(found) == [pytest.approx(pair, abs=1e-9) for pair in expected]


def newton(field, jacobian, size, rng):
    """Zeros of a field from random starts, by numpy."""
    for _ in range(30):
        place = rng.normal(size=size) * 3
        for _ in range(40):
            try:
                place = place - np.linalg.solve(jacobian(*place), field(*place))
            except np.linalg.LinAlgError:
                break
        if np.all(np.isfinite(place)) and np.abs(field(*place)).max() < 1e-11 and np.abs(place).max() < 50:
            yield place


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_newton_finds_is_missing(seed):
    """Random quadratic systems of three states: zeros of (f, det J), and of (f, ab - c) where the pair is imaginary."""
    rng = np.random.default_rng(seed)
    names = sympy.symbols("x y z m", real=True)
    *states, m = names
    monomials = [*states, *(a * b for a, b in itertools.combinations_with_replacement(states, 2))]
    rates = [
        sum(int(rng.integers(-3, 4)) * monomials[k] for k in rng.choice(9, 4, replace=False)) - states[i]
        for i in range(3)
    ]
    rates[0] += m
    system = system_of({s.name: str(rate) for s, rate in zip(states, rates, strict=True)})
    found = seen(system)
    listed = np.array([(*(float(sympy.N(e, 20)) for e in c.at.values()), c.value) for c in found.found] or [[9e9] * 4])
    jacobian = sympy.Matrix(rates).jacobian(states)
    _, a, b, c = jacobian.charpoly().all_coeffs()
    for condition, squared in ((c, None), (a * b - c, b)):
        equations = sympy.Matrix([*rates, sympy.expand(condition)])
        field = sympy.lambdify(names, list(equations))
        slopes = sympy.lambdify(names, equations.jacobian(names))
        for place in newton(lambda *p, f=field: np.array(f(*p), float), slopes, 4, rng):
            if squared is None or float(squared.subs(dict(zip(names, place, strict=True)))) > 1e-6:
                assert np.abs(listed - place).max(axis=1).min() < 1e-6 or not found.is_complete


@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        ({"x": "m - sqrt(2)*x^2"}, [("fold", 0, (0,))]),
        (
            {"x": "m*x - x^2*sqrt(1 + x)"},
            [("transcritical", 0, (0,)), ("fold", -2 / 27**0.5, (-2 / 3,))],
        ),
        ({"x": "m^2 + x^2"}, [("degenerate", 0, (0,))]),
        ({"x": "m*x - x^2/(1 + x^2)"}, [("transcritical", 0, (0,)), ("fold", 0.5, (1,)), ("fold", -0.5, (-1,))]),
        ({"x": "m^2 - x^2"}, [("transcritical", 0, (0,))]),
        ({"x": "m + x^3"}, [("degenerate", 0, (0,))]),
    ],
)
def test_kinds_of_one_state(equations, expected):
    found = seen(system_of(equations)).found
    listed = {(c.kind, round(c.value, 12), *(round(float(x), 12) for x in c.at.values())) for c in found}
    assert listed == {(kind, round(value, 12), *(round(x, 12) for x in place)) for kind, value, place in expected}


def test_the_slopes_of_two_branches_that_cross():
    """x' = (x - m)(x - 2m) = x^2 - 3mx + 2m^2: the eigenvalue is ±m on x = m, 2m."""
    (found,) = seen(system_of({"x": "(x - m)*(x - 2*m) + 0"})).found
    assert (found.kind, found.transversality, found.coefficient) == ("transcritical", 1, 1)


def test_angles_take_every_place_of_the_circle():
    """x' = y, y' = sin x (m cos x - 1) - y/2: pitchforks at x = 0, m = 1 and at x = π, m = -1."""
    found = seen(system_of({"x": "y", "y": "sin(x)*(m*cos(x) - 1) - y/2"})).found
    assert {(c.kind, c.solution, c.at["x"]) for c in found} == {("pitchfork", 1, 0), ("pitchfork", -1, sympy.pi)}


def test_pairs_of_different_frequency_at_one_place():
    equations = {"x": "m*x - y - x^3", "y": "x + m*y", "u": "m*u - 2*v + u^3", "v": "2*u + m*v"}
    found = [c for c in seen(system_of(equations)).found if c.frequency is not None and not any(c.at.values())]
    assert sorted(c.frequency for c in found) == [1, 2]


def test_poles_and_places_outside_the_domain_are_none():
    assert seen(system_of({"x": "m - x - (x^2 - 1)/(x - 1)"})).found == ()
    assert seen(system_of({"x": "m - sqrt(x) - x"})).found == ()


def test_a_family_of_centres_stays_open():
    whole = seen(system_of({"x": "y", "y": "-x + m"}))
    assert not whole.is_complete
    assert any("not isolated" in cell.reason or "opposite" in cell.reason for cell in whole.open)


def test_what_is_not_algebraic_is_left_to_others():
    assert seen(system_of({"x": "m*tanh(x) - x"})) is None


def test_a_formula_of_another_kind_is_withdrawn():
    system = system_of({"x": "m - x^2"})
    whole = seen(system)
    (fold,) = whole.found
    wrong = [dataclasses.replace(fold, kind="pitchfork"), dataclasses.replace(fold, solution=sympy.Integer(1))]
    conditions, notes = met(wrong, whole)
    assert conditions == [fold]
    assert len(notes) == 2
    assert met([fold], whole) == ([fold], [])


def test_curves_that_meet_too_often_are_left_open_within_the_budget():
    """Four cubics in a chain: after elimination by hand one equation of degree 81 in one state."""
    equations = {
        "x": "m*y - 2*x^3 - 3*x/2 - y",
        "y": "w - 3*y^3 - 3*y/2 + 3*z/2",
        "z": "-3*w + 3*z^3 + z",
        "w": "w^3/2 - w - 3*x/2",
    }
    began = time.process_time()
    found = ds.find_conditions(system_of(equations), parameter="m", budget=ds.Budget(seconds=4))
    assert time.process_time() - began < 6
    assert found.complete or any(cell.reason for cell in found.open)


def test_one_copy_of_points_with_angles_is_listed_and_said_so():
    system = ds.system_from_equations({"x": "m + sin(x) - y", "y": "cos(x)/2 - y"}, {"m": None})
    found = ds.find_conditions(system, parameter="m", span=(-3, 3))
    assert found.complete
    assert any("x modulo 2*pi" in note for note in found.notes)
    # m = cos(x)/2 - sin(x) has its extrema ±sqrt(5)/2 where tan(x) = -2.
    assert sorted(c.value for c in found if c.kind == "fold") == pytest.approx([-(5**0.5) / 2, 5**0.5 / 2])
    assert not ds.find_conditions(ds.system_from_equations({"x": "m - x^2"}, {"m": None}), parameter="m").notes
