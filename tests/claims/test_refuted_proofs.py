"""Statements that have misled provers: poles, holes, corners, goals about all states, hypotheses that degenerate."""

import pytest

import dynsym as ds
from dynsym.claims import (
    AnyOf,
    Converges,
    Exactly,
    HasBifurcation,
    HasEquilibria,
    Holds,
    Identity,
    Implies,
    IsConserved,
    IsGradient,
    IsStable,
    Never,
    Series,
    prove,
)

SOURCE = ds.system_from_equations({"x": "k*x/(x^2 + y^2)", "y": "k*y/(x^2 + y^2)"}, ["k"], name="source")
LINE = ds.system_from_equations({"x": "a*x - x^3"}, ["a"], name="line")
DAMPED = ds.system_from_equations({"x": "y", "y": "-x - c*y"}, ["c"], assumptions={"c": "positive"}, name="damped")
MIXED = ds.system_from_equations({"x": "a*x + b*x^2 - x^3"}, ["a", "b"], name="mixed")


def said(goal, *hypotheses, **symbols):
    return prove(goal, hypotheses=hypotheses, symbols=symbols, budget=ds.Budget(seconds=5), repair=False).verdict


def test_a_gradient_around_a_hole_is_not_said_to_be_none():
    # it is the gradient of k/2 log(x^2 + y^2), for all k
    assert said(Never(IsGradient(SOURCE))) not in {"proved", "vacuous"}
    assert said(Exactly(IsGradient(SOURCE), where="k^2 < -1")) != "proved"
    assert said(Implies(IsGradient(SOURCE), Holds("k > 0")), k="real") != "proved"


def test_one_state_refutes_nothing_that_is_about_all_states():
    assert said(Exactly(IsStable(ds.system_from_equations({"x": "a*x"}, ["a"], name="s")), where="a < 0")) != "refuted"
    assert said(Exactly(HasEquilibria(LINE, exactly="x = 0"), where="a <= 0")) != "refuted"
    assert said(Never(IsConserved(DAMPED, "x^2 + y^2")), "x > 0") != "refuted"
    assert said(Never(IsConserved(DAMPED, "x^2 + y^2"))) == "proved"
    # neither is conserved; at each state with x*y = 0 one of the derivatives vanishes
    halves = ds.system_from_equations({"x": "y", "y": "x"}, name="halves")
    assert said(AnyOf((IsConserved(halves, "x"), IsConserved(halves, "y"))), "x*y = 0") != "proved"


def test_a_corner_has_no_series():
    assert said(Series("abs(x)", "0", symbol="x", order=1), x="real") != "proved"
    assert said(Series("abs(1 + x)", "1 + x", symbol="x", order=3), x="real") == "proved"


def test_states_are_not_eliminated_through_poles():
    pole = ds.system_from_equations(
        {"x": "a*x^2*y", "y": "1/x - y"}, ["a"], assumptions={"a": "positive"}, name="pole"
    )  # x^2 y = x is zero only at the pole
    assert said(HasEquilibria(pole, count=1)) != "proved"
    two = ds.system_from_equations({"x": "-a*x + a/x"}, ["a"], assumptions={"a": "positive"}, name="two")
    assert said(HasEquilibria(two, at_most=1)) == "refuted"


def test_hypotheses_that_degenerate_a_bifurcation():
    assert said(HasBifurcation(MIXED, "a", "0", kind="pitchfork"), "b = 0") != "refuted"
    assert said(HasBifurcation(MIXED, "a", "0", kind="transcritical"), "b = 0") != "proved"
    assert said(HasBifurcation(MIXED, "a", "0", kind="transcritical"), "b > 0") == "proved"
    assert "b != 0" in prove(HasBifurcation(MIXED, "a", "0", kind="transcritical"), repair=False).scope


@pytest.mark.parametrize("text", ["1/(1 + 1/x) != 0", "1/(1 + 1/x) != y^2 - y^2", "tanh(1/x) != 0"])
def test_inner_poles_are_no_counterexamples(text):
    assert said(Holds(text), x="real", y="real") != "refuted"


def test_nothing_is_proved_where_nothing_is_defined():
    assert said(Identity("1/x", "5"), "x = 0", x="real") == "undecided"
    assert said(Holds("y/x > 5"), "x*(y^2 + 1) = 0", x="real", y="real") == "undecided"
    assert said(Identity("x^2/x^3", "1/x"), "x*y = 0", x="real", y="real") == "proved"


def test_an_eigenvalue_one_and_the_sign_of_a_substituted_symbol():
    assert said(Converges([["1"]])) == "refuted"
    assert said(Holds("x > 0"), "q = x", q="positive", x="real") == "proved"
    assert said(Holds("x = 1"), "q = x", "x < 0", q="positive", x="real") == "vacuous"
