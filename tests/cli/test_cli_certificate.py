"""Certificates on the command line: written, verified, refused; exit codes 0 and 3."""

import json

import pytest


def test_a_certificate_is_written_and_holds(run, run_json, pair, tmp_path):
    file = str(tmp_path / "pair.json")
    assert run_json("count", pair, "--set", "g=2.5", "--certificate", file)["lower"] == 3
    said = run_json("check-certificate", file, "--model", pair, "--set", "g=2.5")
    assert (said["kind"], said["valid"], said["count"], said["reason"]) == ("certificate_check", True, 3, None)
    code, out, _ = run("check-certificate", file)
    assert code == 0
    assert "valid; 3 equilibria" in out


def test_of_another_model(run, pair, tmp_path):
    file = str(tmp_path / "pair.json")
    run("count", pair, "--set", "g=2.5", "--certificate", file)
    code, out, _ = run("check-certificate", file, "--model", pair, "--set", "g=2.6")
    assert code == 3
    assert "not valid: the file is of other equations" in out


@pytest.mark.parametrize("equation", ["-x^3", "a - x", "-x + exp(x)", "-x + tanh(sqrt(2)*x)", "-x"])
def test_of_a_model_of_which_there_are_no_certificates(run, pair, tmp_path, equation):
    file, other = str(tmp_path / "pair.json"), tmp_path / "other.toml"
    run("count", pair, "--set", "g=2.5", "--certificate", file)
    other.write_text(f'[states]\nx = "{equation}"\n[parameters]\na = 1\n')
    code, out, _ = run("check-certificate", file, "--model", str(other))
    assert code == 3
    assert "not valid: the file is of other equations" in out


@pytest.mark.parametrize("kind", ["certificate", "", "sweep", 3, None, ["certificate of equilibria"]])
def test_of_another_kind(run, pair, tmp_path, kind):
    file = tmp_path / "pair.json"
    run("count", pair, "--set", "g=2.5", "--certificate", str(file))
    file.write_text(json.dumps(json.loads(file.read_text()) | {"kind": kind}))
    code, out, _ = run("check-certificate", str(file))
    assert code == 3
    assert "is no certificate" in out


@pytest.mark.parametrize("name", ["absent.toml", "absent.json", ".", "absent/x.toml", "folder.toml"])
@pytest.mark.parametrize(
    "words",
    [["show"], ["count"], ["decompose"], ["conditions", "--parameter", "g"], ["check-certificate"], ["verify"]]
    + [["verify", "--recheck"], ["continue", "--parameter", "g", "--range", "0", "1"], ["simulate", "--time", "1"]],
)
def test_a_file_that_is_not_there(run, tmp_path, monkeypatch, words, name):
    (tmp_path / "folder.toml").mkdir()
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words, name)
    assert (code, out) == (2 if "absent" in name else 5, "")
    assert name in err


def test_a_changed_file(run, pair, tmp_path):
    file = tmp_path / "pair.json"
    run("count", pair, "--set", "g=2.5", "--certificate", str(file))
    content = json.loads(file.read_text())
    content["count"] = 1
    file.write_text(json.dumps(content))
    code, out, _ = run("check-certificate", str(file), "--json")
    assert code == 3
    assert json.loads(out)["valid"] is False


def test_no_certificate_without_a_proof(run, pair, tmp_path):
    file = tmp_path / "pair.json"
    code, out, err = run("count", pair, "--set", "g=2.5", "--budget", "1e-9", "--certificate", str(file))
    assert code == 4
    assert "no certificate was written" in err
    assert "lower bound" in out or "undecided" in out
    assert not file.exists()


def test_bad_words(run, pair, tmp_path):
    assert run("check-certificate", str(tmp_path / "absent.json"))[0] == 2
    assert run("check-certificate", str(tmp_path / "absent.json"), "--set", "g=1")[0] == 2
    assert run("count", pair, "--certificate", "c.json", "--box", "x1=0:1")[0] == 2
    code, _, err = run("count", pair, "--parameter", "g", "--range", "0", "3", "--points", "1e9")
    assert code == 2
    assert "1e+09 points" in err
    for words in (
        ["simulate", pair],
        ["analyze", pair, "--parameter", "g", "--range", "0", "3", "--out", str(tmp_path)],
    ):
        code, _, err = run(*words, "--points", "1e9")
        assert code == 2
        assert "at most" in err


def test_undecided_intervals_have_no_number(run, pair):
    code, out, _ = run("count", pair, "--parameter", "g", "--range", "0.5", "3")
    assert code == 0
    undecided = [line.split() for line in out.splitlines() if "undecided" in line]
    assert undecided
    assert all("-" in words and "0" not in words for words in undecided)
