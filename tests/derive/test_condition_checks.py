"""A second look at conditions: right ones pass exactly and in numbers, wrong ones are refuted with an example."""

import dataclasses

import pytest
import sympy

import dynsym as ds
from dynsym.errors import ParameterError

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
    with pytest.raises(ParameterError, match="solved"):
        ds.check_condition(PAIR, dataclasses.replace(hopf, solution=None))
