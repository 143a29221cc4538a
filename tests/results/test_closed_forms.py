"""Conditions: LaTeX, exact trees, values and activations put in, agreement with located points."""

from __future__ import annotations

import dataclasses
import json

import pytest
import sympy
from sympy import Integer, Rational, Symbol, sqrt, symbols, tanh

from dynsym._expressions import Jet, Slope
from dynsym.errors import ParameterError, StorageError
from dynsym.functions import logistic, softplus
from dynsym.model import AnySigmoid, Logistic, Tanh
from dynsym.results import (
    Analysis,
    BifurcationCondition,
    CurlEntry,
    Decomposition,
    Diagram,
    NormalForm,
    SpecialPoint,
    Statement,
    SymbolicEquilibrium,
    compare_points,
)
from dynsym.results._expression_tree import from_tree, to_tree
from dynsym.results.rows import words

g, w, x = symbols("g w x", real=True)
tau, b, c = symbols("tau b c", positive=True)

EXPRESSIONS = [
    Integer(3),
    Rational(-2, 7),
    sympy.Float("0.1", 30),
    sympy.pi + sympy.E * sympy.I,
    sqrt(5) / 2 + 1 / tau,
    tanh(g * x) ** 2 - sympy.exp(-x) * sympy.log(tau),
    logistic(x) + softplus(w * x),
    Jet("phi", "odd", 3, x) * Jet("psi", "none", 0, 2 * x + 1),
    sympy.Gt(b * c, 1 / tau),
    sympy.And(g > 0, sympy.Ne(w, 0)),
    sympy.Piecewise((x, x > 0), (0, True)),
    sympy.CRootOf(x**5 - x - 1, 0),
    sympy.Max(x, 0) + sympy.Abs(w),
    -sympy.oo,
    sympy.true,
    sympy.Dummy("x", positive=True),
    Symbol("lambda", integer=True) ** 2,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_trees_are_exact(expression):
    back = from_tree(json.loads(json.dumps(to_tree(expression))))
    assert back == expression
    assert getattr(back, "assumptions0", None) == getattr(expression, "assumptions0", None)


def test_trees_refuse_what_they_do_not_know():
    with pytest.raises(StorageError, match="undefined"):
        to_tree(sympy.Function("undefined")(x))


def test_condition_tree(condition):
    assert from_tree(json.loads(json.dumps(to_tree(condition)))) == condition


# -- LaTeX -------------------------------------------------------------------------------------------------------------


def test_condition_latex(condition):
    text = condition._repr_latex_()
    assert text.startswith("$")
    assert text.endswith("$")
    assert r"g &= 1" in text
    assert r"\text{all states}" in text or r"\text{at }\text{all states}" in text
    assert "supercritical" in text


def test_condition_without_a_solution_shows_its_equation(condition):
    text = dataclasses.replace(condition, solution=None, value=None)._repr_latex_()
    assert "0 &= g - 1" in text


def test_long_results_are_cut_at_twelve_rows():
    states = {f"x{i}": Integer(i) for i in range(40)}
    text = SymbolicEquilibrium(states)._repr_latex_()
    assert text.count("x_{") == 12
    assert "28 more rows" in text
    huge = sum(sympy.Symbol(f"a{i}") * sympy.Symbol(f"b{i}") for i in range(600))
    assert "operations" in NormalForm("hopf", coefficients={"l1": huge})._repr_latex_()


def test_words_are_escaped_and_powers_raised():
    assert words("c u^3, w_EE & 5%") == r"\text{c u³, w\_EE \& 5\%}"


def test_decomposition_latex():
    verdicts = {"euclidean": "refuted", "diagonal": "proved", "any": "proved"}
    found = Decomposition(
        "euclidean", state_names=("x", "y"), is_gradient=verdicts, curl=(CurlEntry(("x", "y"), value=2 * w),),
        potential=x**2, curl_share=Rational(1, 4), violating_cycle=("x", "y"), integrals=(x,),
    )  # fmt: skip
    text = found._repr_latex_()
    assert r"\operatorname{curl}_{x,\,y} &= 2 w" in text
    assert r"V &= x^{2}" in text
    assert r"\frac{1}{4}" in text


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hopf():
    """x' = -x + a tanh x - b tanh y, tau y' = -y + c tanh x: a Hopf at a = 1 + 1/tau where b c > 1/tau."""
    a = Symbol("a", real=True)
    return BifurcationCondition(
        "hopf",
        parameter="a",
        at={"x": Integer(0), "y": Integer(0)},
        equation=a - 1 - 1 / tau,
        constraints=(sympy.Gt(b * c, 1 / tau),),
        solution=1 + 1 / tau,
        frequency=sqrt(b * c / tau - 1 / tau**2),
        coefficient=1 - b,
        criticality="depends",
        mode={"x": Integer(1), "y": c / tau},
        verdict="proved",
    )


def test_values_are_put_in(hopf):
    found = hopf.with_values(tau=2, b="3/2", c=0.8)
    assert found.solution == Rational(3, 2)
    assert found.value == 1.5
    assert found.frequency == sqrt(Rational(6, 10) - Rational(1, 4))
    assert found.constraints == ()
    assert found.criticality == "supercritical"
    assert found.coefficient_value == -0.5
    assert found.mode["y"] == Rational(2, 5)
    assert found.verdict == "proved"
    assert hopf.with_values({"tau": 2}).value == 1.5
    assert hopf.with_values(other=3) == hopf


def test_a_broken_constraint_makes_the_condition_vacuous(hopf):
    assert hopf.with_values(tau=2, b=Rational(1, 4), c=1).verdict == "vacuous"


def test_values_against_the_assumptions_are_refused(hopf):
    with pytest.raises(ParameterError, match="positive"):
        hopf.with_values(tau=-1)
    with pytest.raises(ParameterError, match="determines"):
        hopf.with_values(a=1)
    with pytest.raises(ParameterError, match="tau"):
        hopf.with_values(tau=float("nan"))


def test_imaginary_solutions_are_vacuous():
    fold = BifurcationCondition("fold", parameter="g", at={}, equation=g**2 + w, solution=sqrt(-w))
    assert fold.with_values(w=-4).value == 2.0
    found = fold.with_values(w=4)
    assert (found.value, found.verdict) == (None, "vacuous")


def test_degenerate_and_subcritical():
    cubic = BifurcationCondition("pitchfork", parameter="g", at={}, equation=g, solution=Integer(0), coefficient=w - 1)
    assert cubic.with_values(w=1).criticality == "degenerate"
    assert cubic.with_values(w=2).criticality == "subcritical"


def test_activation_takes_the_place_of_the_jets():
    """s1 = 2 and s3 = -2 * 2**3 for tanh(2 x)."""
    s1, s3 = Slope("phi", 1), Slope("phi", 3)
    general = BifurcationCondition(
        "pitchfork", parameter="g", at={"x": Integer(0)}, equation=g * s1 - 1, solution=1 / s1, coefficient=s3 / s1 / 6,
        criticality="depends",
    )  # fmt: skip
    found = general.with_activation(Tanh(gain=2))
    assert found.solution == Rational(1, 2)
    assert found.coefficient == Rational(-16, 12)
    assert found.criticality == "supercritical"
    assert "Tanh" in found.assumptions[-1]
    with pytest.raises(ParameterError, match="odd"):
        general.with_activation(Logistic())


def test_activation_takes_the_place_of_jets_elsewhere():
    phi = AnySigmoid().expression(x)
    general = BifurcationCondition(
        "fold",
        parameter="g",
        at={"x": x},
        equation=g * phi.diff(x) - 1,
        constraints=(x - g * phi,),
        solution=1 / phi.diff(x),
    )
    found = general.with_activation(Tanh())
    assert sympy.simplify(found.solution - 1 / (1 - tanh(x) ** 2)) == 0
    assert sympy.simplify(found.constraints[0] - (x - g * tanh(x))) == 0


# -- agreement and analysis --------------------------------------------------------------------------------------------


def test_agreement(diagram, condition):
    outside = dataclasses.replace(condition, solution=Integer(7), value=7.0)
    elsewhere = dataclasses.replace(condition, at={"x1": Integer(1), "x2": Integer(1)})
    symbolic = dataclasses.replace(condition, value=None)
    rows = compare_points([elsewhere, outside, symbolic, condition], diagram)
    assert [(row.kind, row.exact_value, row.located_value) for row in rows] == [
        ("pitchfork", 1.0, None),
        ("pitchfork", 1.0, 1.0),
        ("hopf", None, 1.5),
    ]
    assert rows[1].point.label == "pitchfork:1"
    assert rows[1].difference == 0
    assert rows[0].difference is None
    assert rows[2].to_json()["label"] == "hopf:1"


def test_a_branch_point_may_be_a_pitchfork(branches, condition):
    point = SpecialPoint("", kind="branch_point", parameters={"g": 1 + 1e-9}, state={"x1": 0, "x2": 0})
    diagram = Diagram("g", branches=(dataclasses.replace(branches[0], special=(point,)),))
    (row,) = compare_points([condition], diagram)
    assert row.point.label == "branch_point:1"
    assert row.difference == pytest.approx(1e-9, rel=1e-3)


def test_analysis_json(diagram, condition, staircase):
    found = Analysis(
        "pair",
        equations={"x": -x + g * tanh(x)},
        parameters={"g": None, "w": Integer(1)},
        parameter="g",
        span=(0, 3),
        jacobian=sympy.Matrix([[g - 1]]),
        conditions=(condition,),
        statements=(Statement("no Hopf of the origin for any g > 0", verdict="proved"),),
        counts=staircase,
        diagram=diagram,
        agreement=compare_points((condition,), diagram),
    )
    record = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert record["system"]["equations"] == {"x": "g*tanh(x) - x"}
    assert record["system"]["jacobian"] == [["g - 1"]]
    assert record["system"]["parameters"] == {"g": None, "w": "1"}
    assert record["conditions"][0] == condition.to_json()
    assert record["diagram"]["kind"] == "diagram"
    assert record["decomposition"] is None
    assert "2 branches" in repr(found)
    with pytest.raises(ParameterError):
        Statement("yes", verdict="sure")
