"""Claims written as files: a textbook's verdicts, and mistakes that are named."""

from pathlib import Path

import pytest

from dynsym.claims import load_claims, prove, verify, verify_all
from dynsym.errors import ModelError, ModelNameError, ModelParseError, NotAnEquilibrium, ParameterError

DOZEN = Path(__file__).parent / "dozen.toml"
CLAIMS = {claim.id: claim for claim in load_claims(DOZEN)}


@pytest.mark.parametrize("id", CLAIMS)
def test_the_verdict_is_that_of_a_textbook(id):
    found = prove(CLAIMS[id], repair=False)
    assert found.verdict == id.rpartition(".")[2]
    assert found.verdict != "refuted" or found.counterexample


def test_what_is_corrected_is_what_a_textbook_says():
    corrected = {
        id: prove(CLAIMS[f"{id}.refuted"]).corrected for id in ("identity", "polynomial", "conserved", "equilibria")
    }
    assert corrected["identity"] == "(a + b)**2 = a**2 + 2*a*b + b**2"
    assert corrected["polynomial"].endswith("is a**2 - 2*a*lambda + b**2 + lambda**2")
    assert corrected["conserved"].startswith("k*x**2 + y**2 is conserved")
    assert corrected["equilibria"].endswith("has exactly 3 equilibria")


def test_processes_of_their_own_say_the_same():
    chosen = [f"{DOZEN}:identity.refuted", f"{DOZEN}:contradiction.vacuous"]
    told = []
    found = verify_all(chosen, processes=1, progress=told.append)
    assert [verdict.verdict for verdict in found] == ["refuted", "vacuous"]
    assert sorted(verdict.id for verdict in told) == sorted(verdict.id for verdict in found)
    assert found[0].counterexample
    assert found[0].corrected


def test_one_claim_of_a_file_is_named_with_a_colon():
    assert verify(f"{DOZEN}:identity.proved").verdict == "proved"
    with pytest.raises(ParameterError, match="has 27 claims"):
        verify(DOZEN)
    with pytest.raises(ParameterError, match="no claim 'nothing'"):
        verify(f"{DOZEN}:nothing")


def test_a_single_claim_stands_at_the_top_of_a_json_file(tmp_path):
    path = tmp_path / "one.json"
    path.write_text('{"id": "one", "symbols": ["x"], "goal": {"kind": "holds", "relation": "x^2 >= 0"}}')
    assert verify(path).verdict == "proved"


def test_models_are_found_beside_the_file(tmp_path):
    (tmp_path / "swing.toml").write_text('[states]\nx = "y"\ny = "-k*x"\n[parameters]\nk = {}\n')
    path = tmp_path / "claims.toml"
    path.write_text('model = "swing.toml"\ngoal = { kind = "is_conserved", quantity = "k*x^2 + y^2" }\n')
    assert verify(path).verdict == "proved"


MISTAKES = {
    "an unknown symbol": ('goal = { kind = "identity", left = "aa", right = "a" }', ModelNameError, "did you mean a"),
    "an unknown name in a hypothesis": (
        'hypotheses = ["c > 0"]\ngoal = { kind = "holds", relation = "a > 0" }',
        ModelNameError,
        "c is not declared",
    ),
    "no relation": ('goal = { kind = "holds", relation = "a + 1" }', ModelParseError, "is no relation"),
    "no goal": ('statement = "?"', ModelError, "has no goal"),
    "an unknown kind": ('goal = { kind = "is_stabel" }', ModelError, "did you mean is_stable"),
    "an unknown key": (
        'goal = { kind = "identity", left = "a", right = "a", rihgt = "b" }',
        ModelError,
        "no key rihgt; did you mean right",
    ),
    "a missing key": ('goal = { kind = "identity", left = "a" }', ModelError, "needs the key right"),
    "no model": ('goal = { kind = "is_gradient" }', ModelError, "has no model"),
    "shapes that differ": (
        'goal = { kind = "identity", left = [["a", "1"]], right = [["a"], ["1"]] }',
        ParameterError,
        "1 by 2 on the left and 2 by 1 on the right",
    ),
    "ragged rows": (
        'goal = { kind = "characteristic_polynomial", matrix = [["a", "1"], ["0"]], right = "lambda" }',
        ParameterError,
        "one length",
    ),
    "an unknown state": (
        'model = { states = { x = "-x" } }\ngoal = { kind = "is_gradient", states = ["y"] }',
        ModelNameError,
        "'y' is not a state",
    ),
    "an assumption that is none": (
        'symbols = { a = "big" }\ngoal = { kind = "identity", left = "a", right = "a" }',
        ParameterError,
        "known assumptions",
    ),
    "text that is code": (
        'goal = { kind = "holds", relation = "__import__(1) > 0" }',
        ModelNameError,
        "__import__",
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_mistakes_are_named(what):
    text, error, message = MISTAKES[what]
    shared = "" if "symbols" in text else 'symbols = ["a"]\n'
    with pytest.raises(error, match=message.replace("(", r"\(")):
        load_claims(f"{shared}{text}\n")


def test_a_matrix_that_is_not_square_has_no_characteristic_polynomial():
    (claim,) = load_claims('goal = { kind = "characteristic_polynomial", matrix = [["1", "2"]], right = "lambda" }\n')
    with pytest.raises(ParameterError, match="1 rows and 2 columns"):
        prove(claim)


def test_a_point_that_is_no_equilibrium_is_named():
    text = 'model = { states = { x = "1 - x" } }\ngoal = { kind = "is_stable", at = { x = 0 } }\n'
    with pytest.raises(NotAnEquilibrium, match="the rate of x is 1"):
        verify_text(text)


def verify_text(text):
    (claim,) = load_claims(text)
    return prove(claim)


def test_two_claims_of_one_id_are_refused():
    one = '[[claim]]\nid = "x"\ngoal = { kind = "holds", relation = "1 < 2" }\n'
    with pytest.raises(ModelParseError, match="stands twice"):
        load_claims(one + one)
