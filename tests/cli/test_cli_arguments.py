"""Words of a command line: numbers in every spelling, assignments, ranges, and what is refused."""

import pytest
from sympy import Rational, sqrt

from dynsym.cli.arguments import CommandParser, assignments, box, names, number, positive_number, span, whole_number
from dynsym.errors import DynsymError, ParameterError


def parser():
    made = CommandParser(prog="dynsym test")
    made.add_model()
    made.add_span(range_required=False)
    made.add_argument("--start", action="append")
    made.add_common()
    return made


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("-1e-3", "4"), (-1e-3, 4.0)),
        (("-1E-3", "+4."), (-1e-3, 4.0)),
        (("-.5", ".5"), (-0.5, 0.5)),
        (("-5.", "1e0"), (-5.0, 1.0)),
        (("-1_000", "0"), (-1000.0, 0.0)),
        (("-1/3", "1/3"), (-1 / 3, 1 / 3)),
        (("-sqrt(2)", "2*sqrt(3)"), (-(2**0.5), 2 * 3**0.5)),
        (("-pi", "pi"), (-3.141592653589793, 3.141592653589793)),
        (("-(1+1)", "0"), (-2.0, 0.0)),
    ],
)
def test_every_spelling_of_a_number_follows_an_option(words, ends):
    options = parser().read(["m.toml", "--parameter", "g", "--range", *words])
    assert span(options.range) == pytest.approx(ends, rel=1e-15)


def test_assignments_may_stand_together_or_apart_and_before_the_model():
    lines = [
        ["m.toml", "--set", "a=1", "b=-2e-3"],
        ["--set", "a=1", "b=-2e-3", "m.toml"],
        ["--set", "a=1", "--set", "b=-2e-3", "m.toml"],
        ["m.toml", "--set", "a=1,b=-2e-3"],
        ["m.toml", "--set=a=1", "--set=b=-2e-3"],
    ]
    for line in lines:
        options = parser().read([*line, "--parameter", "g"])
        assert options.model == "m.toml"
        assert assignments(options.set, "--set") == {"a": 1, "b": Rational(-1, 500)}


def test_values_are_exact_expressions():
    assert assignments(["c2=15*sqrt(2)", "d=max(1, 2)"], "--set") == {"c2": 15 * sqrt(2), "d": 2}
    assert assignments(["a=0.1"], "--set") == {"a": Rational(1, 10)}


@pytest.mark.parametrize("text", ["k", "=3", "1=2", "k 3", ""])
def test_what_is_no_assignment_is_refused(text):
    with pytest.raises(ParameterError, match="name=value"):
        assignments([text], "--set")


@pytest.mark.parametrize("text", ["k=nan", "k=inf", "k=-Infinity", "k=NaN"])
def test_values_are_finite(text):
    with pytest.raises(ParameterError, match=r"(?s)k.*not finite"):
        assignments([text], "--set")


@pytest.mark.parametrize("text", ["k=__import__('os').system('touch CANARY')", "k=1j", "k=x", "k=9**9**9", "k="])
def test_values_are_numbers_and_nothing_runs(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DynsymError, match="k"):
        assignments([text], "--set")
    assert not (tmp_path / "CANARY").exists()


def test_a_name_is_given_once():
    with pytest.raises(ParameterError, match="k twice"):
        assignments(["k=1", "k=2"], "--set")


def test_boxes():
    assert box(["x=-5:5,y=0:1e1"]) == {"x": (-5.0, 5.0), "y": (0.0, 10.0)}
    assert box(None) is None
    for text in ("x=5", "x=5:-5", "x=a:b", "-5:5"):
        with pytest.raises(ParameterError, match="--box"):
            box([text])


def test_ranges_ascend_and_are_finite():
    for ends in (("1", "1"), ("2", "1"), ("0", "inf"), ("nan", "1"), ("0", "1e400"), ("a", "1")):
        with pytest.raises(ParameterError, match="--range"):
            span(ends)


@pytest.mark.parametrize("text", ["-1", "0", "nan", "x", "-1e-9"])
def test_positive_numbers(text):
    with pytest.raises(ParameterError, match="--tolerance"):
        positive_number(text, "--tolerance")


@pytest.mark.parametrize("text", ["1.5", "1", "-3", "many"])
def test_whole_numbers(text):
    with pytest.raises(ParameterError, match="--points"):
        whole_number(text, "--points", least=2)
    assert whole_number("60", "--points", least=2) == 60


def test_names_and_numbers():
    assert names("w_IE, n_E") == ("w_IE", "n_E")
    assert names(None) == ()
    assert number("1/8", "--budget") == 0.125


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["m.toml", "--paramter", "g"], "did you mean --parameter"),
        (["m.toml", "--parameter", "g", "--par", "h"], "--par is no option"),
        (["m.toml", "--parameter", "g", "more"], "'more' is one word too many"),
        (["m.toml"], "--parameter"),
        (["m.toml", "--parameter", "g", "--range", "1"], "--range"),
    ],
)
def test_unknown_and_missing_words_are_refused_with_a_hint(words, said):
    with pytest.raises(ParameterError, match=said):
        parser().read(words)
