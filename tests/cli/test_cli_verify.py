"""``dynsym verify``: table, JSON, report, exit codes, arguments gone through again."""

import contextlib
import io
import json

import pytest

from dynsym.cli import main

CLAIMS = """
symbols = ["a", "b"]
[[claim]]
id = "mine.true"
statement = "the binomial formula"
source = "Euclid"
goal = { kind = "identity", left = "(a + b)^2", right = "a^2 + 2*a*b + b^2" }
[[claim]]
id = "mine.false"
statement = "<b>& half of it"
goal = { kind = "identity", left = "(a + b)^2", right = "a^2 + b^2" }
[[claim]]
id = "mine.open"
goal = { kind = "identity", left = "atan(a)", right = "2*atan(a/(1 + sqrt(1 + a^2)))" }
"""
KEYS = {"id", "statement", "source", "verdict", "scope", "counterexample", "corrected", "method", "seconds"}


@pytest.fixture
def claims(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(CLAIMS)
    return path


@pytest.fixture(scope="module")
def stored_text(tmp_path_factory):
    path = tmp_path_factory.mktemp("stored") / "claims.toml"
    path.write_text(CLAIMS)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["verify", f"{path}:mine.true", f"{path}:mine.false", "--json", "--processes", "1", "--quiet"])
    assert code == 0
    return printed.getvalue()


@pytest.fixture
def stored(stored_text, tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text(stored_text)
    return path


def test_json_is_the_contract(stored):
    content = json.loads(stored.read_text())
    assert content["kind"] == "verdicts"
    assert [entry["verdict"] for entry in content["claims"]] == ["proved", "refuted"]
    assert all(set(entry) >= KEYS for entry in content["claims"])
    assert content["claims"][0]["source"] == "Euclid"
    assert content["claims"][1]["counterexample"] == {"a": "-1", "b": "2"}
    assert content["claims"][1]["corrected"] == "(a + b)**2 = a**2 + 2*a*b + b**2"


def test_the_table_says_what_and_why_and_the_report_draws_it(run, claims, tmp_path):
    report = tmp_path / "report.html"
    code, out, err = run("verify", claims, "--report", report, "--strict", "--processes", "1")
    assert code == 3
    assert "proved" in out.splitlines()[1]
    assert "counterexample: a = -1, b = 2" in out
    assert "corrected: (a + b)**2 = a**2 + 2*a*b + b**2" in out
    assert "3 claims: 1 proved, 1 refuted, 1 undecided" in out
    assert str(report) in err
    page = report.read_text(encoding="utf-8")
    assert page.count("<math") >= 3
    assert "&lt;b&gt;&amp; half of it" in page
    assert "<script" not in page


def test_claims_are_listed_without_being_proved(run, claims):
    code, out, _ = run("verify", claims, "--list", "--json")
    assert code == 0
    assert [entry["id"] for entry in json.loads(out)["claims"]] == ["mine.true", "mine.false", "mine.open"]


def test_stored_arguments_are_gone_through(run, stored):
    code, out, _ = run("verify", "--recheck", stored)
    assert code == 0
    assert "mine.true: 1 step re-checked" in out
    assert "2 claims: 0 failed" in out


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [("right", "2*a*b", "3*a*b"), ("left", "(a + b)**2", "(a - b)**2"), ("point", '"b": "2"', '"b": "0"')],
)
def test_a_fault_in_a_stored_argument_is_found(run, stored, place, old, new):
    text = stored.read_text()
    content = json.loads(text)
    steps = [step for entry in content["claims"] for step in entry["argument"] if place in step]
    assert steps
    for step in steps:
        changed = json.dumps(step[place]).replace(old, new)
        assert changed != json.dumps(step[place])
        step[place] = json.loads(changed)
    stored.write_text(json.dumps(content))
    code, out, _ = run("verify", "--recheck", stored)
    assert code == 1
    assert "FAILED" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nobody1999.lemma"], "neither a claim of the catalogue nor a claim file"),
        (["no.toml"], "there is no such file"),
        (["--paper", "nobody1999"], "no paper of the catalogue"),
        (["--recheck", "no.json"], "cannot be read"),
        (["--budget", "-1"], "--budget"),
        (["--processes", "0"], "--processes"),
    ],
)
def test_bad_input_is_named(run, words, message):
    code, out, err = run("verify", *words)
    assert code in {2, 5}
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def test_a_file_that_holds_no_verdicts_is_refused(run, tmp_path):
    for text in ("{", "[]", '{"claims": [{"id": "x"}]}'):
        path = tmp_path / "wrong.json"
        path.write_text(text)
        assert run("verify", "--recheck", path)[0] == 2


def test_unknown_names_in_a_file_end_with_two(run, tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text('symbols = ["alpha"]\ngoal = { kind = "holds", relation = "alhpa > 0" }\n')
    code, _, err = run("verify", path)
    assert code == 2
    assert "did you mean alpha?" in err
