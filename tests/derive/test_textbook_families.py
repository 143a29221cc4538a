"""The normal forms themselves, as systems: every critical point is found, also where the critical state is 0."""

import pytest
import sympy

import dynsym as ds


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("g - x^2", [("fold", 0)]),
        ("g - 1 - x^2", [("fold", 1)]),
        ("g - (x - 1)^2", [("fold", 0)]),
        ("g - x^2 + x^3", [("fold", 0), ("fold", 4 / 27)]),
        ("g*x - x^2", [("transcritical", 0)]),
        ("g*x - x^3", [("pitchfork", 0)]),
        ("g*x + x^3 - x^5", [("fold", -1 / 4), ("fold", -1 / 4), ("pitchfork", 0)]),
        ("g - x^3", [("degenerate", 0)]),
    ],
)
def test_scalar_families(rate, expected):
    found = ds.find_conditions(ds.system_from_equations({"x": rate}, parameters=["g"]), parameter="g")
    assert [(c.kind, pytest.approx(c.value, abs=1e-12)) for c in found] == expected


def test_a_fold_at_the_origin_of_two_states():
    system = ds.system_from_equations({"x": "g - x^2", "y": "-y + x"}, parameters=["g"])
    (fold,) = ds.find_conditions(system, parameter="g")
    assert (fold.kind, fold.value) == ("fold", 0)


def test_bazykin_with_numbers_put_in():
    """Values from continuation and mpmath, independent of this library; l1 with q^H q = 1, p^H q = 1."""
    rates = {"x": "x - x*y/(1 + al*x) - e*x^2", "y": "x*y/(1 + al*x) - g*y - d*y^2"}
    system = ds.system_from_equations(rates, {"d": None, "al": "2/5", "e": "1/100", "g": 1})
    found = ds.find_conditions(system, parameter="d", span=("1/100", 1))
    values = [("fold", 0.1308808388440972), ("hopf", 0.2188577232995849), ("fold", 0.239456213723335)]
    assert [(c.kind, pytest.approx(c.value, abs=1e-13)) for c in found] == values
    hopf = found[1]
    assert hopf.criticality == "supercritical"
    assert hopf.coefficient_value == pytest.approx(-0.01659106230777832, abs=1e-13)


def test_a_point_where_a_divisor_vanishes_takes_no_other_along():
    """y = 1/(1 - x) and m = 1 - 1/(x (1 - x)^2): one fold, at x = 1/3; at m = 1 there is no equilibrium at all."""
    system = ds.system_from_equations({"x": "(m - 1)*x + y^2", "y": "1 - y + x*y"}, parameters=["m"])
    found = ds.find_conditions(system, parameter="m")
    assert [(c.kind, c.solution, c.verdict) for c in found] == [("fold", sympy.Rational(-23, 4), "proved")]
    assert found.complete
