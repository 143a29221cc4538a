"""Confident answers that an independent look refutes."""

import math

import pytest

import dynsym as ds
from dynsym.errors import UnsupportedFeatureError


def counted(equations, **options):
    return ds.count_equilibria(ds.system_from_equations(equations), **options)


@pytest.mark.parametrize(
    ("rate", "box", "roots"),
    [
        ("exp(x) - 2", (0, 1400), [math.log(2)]),
        ("cosh(x) - 2", (-10, 1420), [-math.acosh(2), math.acosh(2)]),
        ("exp(x/10) - 2", (0, 14100), [10 * math.log(2)]),
        ("exp(x) - 1e300", None, [300 * math.log(10)]),
    ],
)
def test_a_slope_beyond_floating_point_hides_no_equilibrium(rate, box, roots):
    count = counted({"x": rate}, box=None if box is None else {"x": box})
    assert count.status != "proved" or count.lower == len(roots)
    assert count.upper is None or count.upper >= len(roots)


@pytest.mark.parametrize(
    "equations",
    [
        {"x": "-x + relu(2*x)"},  # grows like exp(t) from any x > 0
        {"x": "-x + relu(x + y)", "y": "-y + relu(x + y)"},  # grows along (1, 1)
        {"x": "-x + relu(3*y)", "y": "-y + relu(3*x)"},  # grows along (1, 1)
        {"x": "-x + relu(2*x) - relu(2*x - 1)"},  # leaves 0 for 1
    ],
)
def test_an_equilibrium_on_a_kink_is_not_stable_when_one_side_of_it_grows(equations):
    at_origin = [e for e in counted(equations).equilibria if max(map(abs, e.state.values())) < 1e-12]
    assert at_origin[0].stability != "stable"


def test_indices_of_a_bounded_field_sum_to_one():
    ring = {f"x{i}": f"-x{i} + 2*tanh(x{(i + 1) % 6})" for i in range(6)}  # ±i√3 among the eigenvalues at the origin
    assert counted(ring).index_sum in (1, None)
    assert counted({"x": "y", "y": "-x"}).index_sum in (1, None)


@pytest.mark.parametrize(
    ("rate", "folds"), [("g - x**2", [0]), ("g - 1 - x**2", [1]), ("g - x**2 + x**3", [0, 4 / 27])]
)
def test_folds_at_a_state_of_zero_are_found(rate, folds):
    conditions = ds.find_conditions(ds.system_from_equations({"x": rate}, parameters={"g": None}), parameter="g")
    assert [c.value for c in conditions.of_kind("fold")] == pytest.approx(folds)


@pytest.mark.parametrize(("rate", "value"), [("(exp(g) - 2)*x - x**3", math.log(2)), ("tanh(g)*x - x**3", 0)])
def test_a_parameter_inside_a_function_is_solved_for(rate, value):
    conditions = ds.find_conditions(ds.system_from_equations({"x": rate}, parameters={"g": None}), parameter="g", at=0)
    assert [c.value for c in conditions.of_kind("pitchfork")] == pytest.approx([value])


def test_a_parameter_inside_a_function_and_outside_is_named():
    system = ds.system_from_equations({"x": "(exp(g) + g - 2)*x - x**3"}, parameters={"g": None})
    with pytest.raises(UnsupportedFeatureError, match=r"the parameter g occurs inside exp\(g\)"):
        ds.find_conditions(system, parameter="g", at=0)
    assert any("occurs inside" in cell.reason for cell in ds.find_conditions(system, parameter="g").open)


def test_a_rectified_network_with_a_jordan_block_has_no_metric():
    system = ds.system_from_equations({"x": "-x + 2*relu(y) - 5", "y": "-y + relu(x) + 1"})  # at (-3, 1)
    assert ds.decompose(system, at=0).to_json()["is_gradient"]["any"] != "proved"


def test_a_vanishing_algebraic_coefficient_raises_nothing_foreign():
    count = counted({"x": "(sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6)))*x"})
    assert count.status in ("continuum", "undecided")


def test_predator_and_prey_have_their_conditions():
    system = ds.system_from_equations(
        {"x": "x*(1 - x/g) - x*y/(1 + x)", "y": "x*y/(1 + x) - y/3"},
        parameters={"g": None},
        assumptions={"g": "positive"},
    )
    conditions = ds.find_conditions(system, parameter="g")
    assert [c.value for c in conditions.of_kind("hopf")] == pytest.approx(
        [2]
    )  # where the prey nullcline peaks: (g - 1)/2 = 1/2
