"""A second look at conditions: right ones pass exactly and in numbers, wrong ones are refuted with an example."""

import dataclasses
import math

import pytest
import sympy

import dynsym as ds
from dynsym.derive.checks.look import require_agreement
from dynsym.errors import ClosedFormMismatch, ParameterError

PAIR = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.AnySigmoid()))
LEARNING = ds.build_system(
    ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias="b"), ds.LeakyRate(ds.Tanh()), ds.Hebbian("k")
)
POINT = ds.derive.symmetric_equilibrium(LEARNING)


@pytest.mark.parametrize(
    ("system", "parameter", "at"),
    [
        (PAIR, "w_EE", 0),
        (ds.build_system(ds.motifs.ring(3), node=ds.LeakyRate(ds.AnySigmoid())), "w", 0),
        (ds.system_from_equations({"x": "m + n*x - x^3"}, {"m": None, "n": 2}), "m", None),
        (ds.system_from_equations({"x": "r*x*(1 - x) - h*x"}, {"r": None, "h": None}), "h", 0),
    ],
)
def test_conditions_pass(system, parameter, at):
    for condition in ds.find_conditions(system, parameter=parameter, at=at):
        check = ds.check_condition(system, condition, points=6)
        assert check.verdict == "proved"
        assert check.inside == 6
        assert check.largest_difference < 1e-14


def test_points_outside_are_looked_at_too():
    (hopf,) = ds.hopf_condition(PAIR, parameter="w_EE", at=0)
    check = ds.check_condition(PAIR, hopf, points=10)
    assert (check.verdict, check.outside) == ("proved", 5)
    without = dataclasses.replace(hopf, constraints=tuple(-c.lhs > 0 for c in hopf.constraints))
    assert ds.check_condition(PAIR, without, points=10).verdict in {"refuted", "undecided"}


def test_an_unsolved_amplitude_is_followed():
    for condition in ds.find_conditions(LEARNING, parameter="k", at=POINT):
        assert ds.check_condition(LEARNING, condition, points=4).verdict == "proved"


def test_values_and_activations_put_in_are_checked_too():
    (hopf,) = ds.hopf_condition(PAIR, parameter="w_EE", at=0)
    special = hopf.with_activation(ds.Tanh()).with_values(tau_E=1, tau_I=2)
    system = PAIR.with_activation(ds.Tanh()).with_values(tau_E=1, tau_I=2)
    assert ds.check_condition(system, special, points=5).verdict == "proved"


@pytest.mark.parametrize("part", ["solution", "coefficient", "frequency"])
def test_a_wrong_part_is_refuted_with_an_example(part):
    (hopf,) = ds.hopf_condition(PAIR, parameter="w_EE", at=0)
    wrong = dataclasses.replace(hopf, **{part: getattr(hopf, part) * sympy.Rational(1000001, 1000000)})
    check = ds.check_condition(PAIR, wrong, points=5)
    assert check.verdict == "refuted"
    assert set(check.counterexample) >= {"w_EE", "tau_E"}
    assert check.reason
    assert check.to_json()["verdict"] == "refuted"
    with pytest.raises(TypeError):
        bool(check)


FLOW = ds.system_from_equations({"x": "m + n*x - x^3"}, {"m": None, "n": None})
SYMMETRIC = ds.system_from_equations({"x": "y", "y": "m*x + n*y - x^3 - x^2*y"}, {"m": None, "n": None})
LOGISTIC = ds.system_from_equations({"x": "r*x*(1 - x) - h*x"}, {"r": None, "h": None})
TAKENS = ds.system_from_equations({"x": "y", "y": "m + n*x + x^2 - x*y"}, {"m": None, "n": None})
DOUBLE = {"parameters": ("m", "n")}
RIGHT = {
    "hopf": (PAIR, ds.hopf_condition(PAIR, parameter="w_EE", at=0)[0]),
    "fold": (FLOW, ds.find_conditions(FLOW, parameter="m", free=["n"]).of_kind("fold")[0]),
    "transcritical": (LOGISTIC, ds.transcritical_condition(LOGISTIC, parameter="h", at=0)[0]),
    "pitchfork": (SYMMETRIC, ds.pitchfork_condition(SYMMETRIC, parameter="m", at=0)[0]),
    "cusp": (FLOW, ds.cusp_condition(FLOW, **DOUBLE)[0]),
    "bogdanov_takens": (TAKENS, ds.bogdanov_takens_condition(TAKENS, **DOUBLE)[0]),
    "z2_bogdanov_takens": (SYMMETRIC, ds.bogdanov_takens_condition(SYMMETRIC, at=0, **DOUBLE)[0]),
}


def look_again(system, condition):
    kept = [condition.parameter, *condition.others, *{"r", "n", "w_EI", "w_IE"} & set(system.parameters)]
    return require_agreement(system, condition, system.substitution(free=kept))


@pytest.mark.parametrize("kind", RIGHT)
def test_every_kind_passes_on_both_roads(kind):
    system, condition = RIGHT[kind]
    assert condition.kind == kind
    assert look_again(system, condition) > 0
    assert ds.check_condition(system, condition, points=3).verdict == "proved"


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("hopf", {"solution": 2, "value": None}),
        ("hopf", {"kind": "pitchfork"}),
        ("fold", {"at": {"x": sympy.Integer(1)}}),
        ("fold", {"kind": "transcritical"}),
        ("fold", {"kind": "pitchfork"}),
        ("fold", {"transversality": sympy.Integer(2)}),
        ("transcritical", {"kind": "pitchfork"}),
        ("transcritical", {"kind": "fold"}),
        ("transcritical", {"coefficient": sympy.Integer(7)}),
        ("pitchfork", {"kind": "fold"}),
        ("pitchfork", {"value": 0.125}),
        ("pitchfork", {"coefficient_value": 0.125}),
        ("cusp", {"coefficient": sympy.Integer(3), "coefficient_value": None}),
        ("cusp", {"kind": "bogdanov_takens", "coefficients": {"a": sympy.Integer(1), "b": sympy.Integer(1)}}),
        ("bogdanov_takens", {"coefficients": {"a": sympy.Integer(1), "b": sympy.Integer(1)}}),
        ("bogdanov_takens", {"kind": "z2_bogdanov_takens"}),
        ("bogdanov_takens", {"others": {"n": sympy.Integer(1)}}),
        ("z2_bogdanov_takens", {"coefficients": {"a": sympy.Integer(1), "b": sympy.Integer(-1)}}),
        ("z2_bogdanov_takens", {"solution": sympy.Integer(1), "value": 1}),
    ],
)
def test_a_planted_fault_is_caught_on_both_roads(kind, changed):
    system, condition = RIGHT[kind]
    if changed.get("solution") == 2:
        changed = {**changed, "solution": 2 * condition.solution}
    wrong = dataclasses.replace(condition, **changed)
    with pytest.raises(ClosedFormMismatch, match=r"independent computation|no equilibrium"):
        look_again(system, wrong)
    assert ds.check_condition(system, wrong, points=3).verdict == "refuted"


def test_copies_that_differ_are_refused_and_those_that_agree_checked():
    ring = ds.build_system(ds.motifs.ring("n"))
    found = ds.find_conditions(ring, parameter="w", at=0)
    (pitchfork,) = [c for c in found if c.kind == "pitchfork"]
    assert ds.check_condition(ring, pitchfork, points=3).verdict == "proved"
    others = [c for c in found if c.kind != "pitchfork"]
    assert others
    for condition in others:
        with pytest.raises(ds.errors.UnsupportedFeatureError, match="copies"):
            ds.check_condition(ring, condition)
    with pytest.raises(ds.errors.UnsupportedFeatureError, match="copies"):
        ds.derive.pitchfork_sum(ring)


def test_what_cannot_be_checked_is_refused():
    (hopf,) = ds.hopf_condition(PAIR, parameter="w_EE", at=0)
    with pytest.raises(ParameterError, match="is not"):
        ds.check_condition(LEARNING, hopf)


def test_what_is_not_solved_is_checked_at_roots_of_its_equation():
    (hopf,) = ds.hopf_condition(PAIR, parameter="w_EE", at=0)
    unsolved = dataclasses.replace(hopf, solution=None)
    assert ds.check_condition(PAIR, unsolved, points=3).verdict == "supported"
    wrong = dataclasses.replace(unsolved, equation=hopf.equation - 1)
    assert ds.check_condition(PAIR, wrong, points=3).verdict == "refuted"


@pytest.mark.parametrize("power", range(-12, 13, 4))
@pytest.mark.parametrize("activation", [ds.Tanh, ds.Erf])
def test_the_look_reaches_steep_and_flat_activations(activation, power):
    """Circles of one size for all would reach beyond the nearest pole of a steep activation."""
    steep = activation(gain=sympy.Integer(10) ** power)
    system = ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(steep))
    found = ds.find_conditions(system, parameter="w", at=0)
    slope = 10.0**power * (1 if activation is ds.Tanh else 2 / math.sqrt(math.pi))
    assert [(c.kind, c.verdict) for c in found] == [("pitchfork", "proved")] * 2
    assert [c.value for c in found] == pytest.approx([-1 / slope, 1 / slope], rel=1e-12)
