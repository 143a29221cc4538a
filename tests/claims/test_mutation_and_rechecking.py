"""Planted faults are refuted, planted repairs are found, and stored arguments are gone through again."""

from dataclasses import replace
from pathlib import Path

import pytest

from dynsym.claims import Claim, Exactly, Holds, Identity, IsStable, Verdict, load_claims, prove
from dynsym.claims.rechecking import recheck_verdict
from dynsym.errors import ParameterError, ProofError
from dynsym.kernel import recheck

from .mutants import MutationCount, count_mutants, mutants

CLAIMS = {claim.id: claim for claim in load_claims(Path(__file__).parent / "dozen.toml")}
FORMULAS = [
    "identity.proved",
    "identity_under_hypothesis.proved",
    "polynomial.proved",
    "polynomial_of_a_model.proved",
    "gradient.proved",
    "gradient_exactly.proved",
    "region.proved",
    "conserved.proved",
    "set.proved",
    "inequality.proved",
]


@pytest.mark.parametrize(("most", "least"), [(7, 40), pytest.param(100, 200, marks=pytest.mark.slow)])
def test_planted_faults_are_refuted_and_none_is_proved(most, least):
    total = MutationCount(different=0, refuted=0)
    for id in FORMULAS:
        total += count_mutants(CLAIMS[id], most=most)
    assert total.different >= least
    assert total.proved == ()
    assert total.refuted >= 0.99 * total.different


def test_planted_repairs_are_found():
    claim = CLAIMS["conserved.proved"]
    true_text = claim.stated_goal.text()
    tried = 0
    for mutant in mutants(claim):
        if mutant.change != "a sign flipped" or tried >= 2:
            continue
        found = prove(mutant.claim)
        if found.verdict == "refuted":
            tried += 1
            assert found.corrected is not None
            assert prove(replace_goal(mutant.claim, claim)).goal == true_text
    assert tried == 2


def replace_goal(mutant, original):
    return replace(mutant, goal=original.stated_goal)


def test_a_dropped_hypothesis_is_refuted_where_it_was_needed():
    claim = CLAIMS["identity_under_hypothesis.proved"]
    dropped = [mutant for mutant in mutants(claim) if "hypothesis" in mutant.change]
    assert [prove(mutant.claim, repair=False).verdict for mutant in dropped] == ["refuted"]


def test_authors_alternatives_are_tried_first_and_proved():
    claim = Claim(
        "mine",
        "",
        Identity("a^2 - b^2", "(a - b)^2"),
        symbols=["a", "b"],
        alternatives=[Identity("a^2 - b^2", "(a - b)*(a + b)")],
    )
    assert prove(claim).corrected == "a**2 - b**2 = (a - b)*(a + b)"
    wrong = replace(claim, alternatives=[Identity("a^2 - b^2", "a - b")])
    assert prove(wrong).corrected != "a**2 - b**2 = a - b"


def test_a_missing_hypothesis_is_found():
    found = prove(Holds("a^2 + a > 0"), symbols=["a"])
    assert found.corrected is not None
    assert found.corrected.endswith("if a > 0")


@pytest.mark.parametrize("id", [id for id in CLAIMS if not id.endswith("vacuous")])
def test_no_stored_argument_fails(id):
    stored = Verdict.from_json(prove(CLAIMS[id], repair=False).to_json())
    assert recheck_verdict(stored).failed == ()


def test_minors_that_were_changed_are_found():
    found = prove(Exactly(IsStable([["-1", "a"], ["b", "-1"]]), where="a*b < 1"), symbols=["a", "b"])
    assert found.verdict == "proved"
    step = next(step for step in found.argument if step["kind"] == "hurwitz")
    wrong = replace(found, argument=({**step, "minors": [step["minors"][0], "1 + a*b"]},))
    assert recheck_verdict(found).failed == ()
    assert "is not minor 2" in recheck_verdict(wrong).failed[0]


def test_a_solver_s_question_that_was_changed_is_found():
    found = prove(Holds("a^2 + b^2 + a*b + 1 > 0"), symbols=["a", "b"])
    step = next(step for step in found.argument if step["kind"] == "smt")
    wrong = replace(found, argument=({**step, "text": step["text"].replace("<=", ">=")},))
    assert recheck_verdict(found).failed == ()
    assert len(recheck_verdict(wrong).failed) == 1


def test_a_stored_verdict_without_its_keys_is_refused():
    with pytest.raises(ParameterError, match="has no"):
        Verdict.from_json({"id": "x", "verdict": "proved"})
    with pytest.raises(ParameterError, match="one of proved"):
        Verdict("true", id="x")


@pytest.mark.parametrize(
    ("formula", "is_false"),
    [
        ("x**2 < 0", True),
        ("x**2 = 2 and x > 1.41422", True),
        ("x**2 = 2 and x**4 != 4", True),
        ("x**2 = 2 and x**3 = 2", True),
        ("x**3 - 3*x + 1 = 0 and x < -2", True),
        ("1/(x - 1) > 0 and x < 1", True),
        ("x**2 < 1", False),
        ("x**2 = 2 and x > 1.4142", False),
        ("x**3 - 3*x + 1 = 0 and x < -1", False),
        ("(x - 1)**2 <= 0", False),
        ("1000001*x**2 - 2*x + 1/1000001 <= 0", False),
    ],
)
def test_sturm_s_checker_knows_the_line(formula, is_false):
    argument = {"kind": "line", "symbol": "x", "false": formula}
    if is_false:
        assert "is false for every x" in recheck(argument)
    else:
        with pytest.raises(ProofError, match="holds at or near"):
            recheck(argument)


def test_signs_are_checked_against_the_stored_assumptions():
    argument = {"kind": "signs", "relation": "a*b + a**2 > 0", "assumptions": {"a": "positive", "b": "nonnegative"}}
    assert recheck(argument) == "a*b + a**2 > 0"
    with pytest.raises(ProofError, match="do not give"):
        recheck({**argument, "relation": "a*b + b**2 > 0"})
    with pytest.raises(ProofError, match="do not give"):
        recheck({**argument, "relation": "a*b + a**2 < 0"})
