"""What goes where: tables on terminals and in files, remarks and progress on standard error."""

import sys
import warnings

import pytest

from dynsym.cli.screen import Screen
from dynsym.cli.texts import place_text, print_agreement
from dynsym.results import Diagram, compare_points

ROWS = [["fold:1", "0.5", "proved"], ["[not markup]", "-2", "undecided"]]


def draw():
    Screen().table(["label", "value", "how sure"], ROWS, right=["value"])


def test_a_table_in_a_file_is_plain(capsys):
    draw()
    assert capsys.readouterr().out.splitlines() == [
        "  label         value  how sure",
        "  fold:1          0.5  proved",
        "  [not markup]     -2  undecided",
    ]


def test_a_table_on_a_terminal_has_lines_and_colours(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    draw()
    out = capsys.readouterr().out
    assert "─" in out
    assert "\x1b[" in out
    assert "[not markup]" in out


def test_long_cells_are_not_cut_in_a_file(capsys):
    Screen().table(["value"], [["x" * 500]])
    assert "x" * 500 in capsys.readouterr().out


def test_remarks_go_to_standard_error_and_can_be_silenced(capsys):
    Screen().remark("a remark")
    Screen(quiet=True).remark("another")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "a remark\n")


def test_warnings_become_remarks(capsys):
    with Screen().warnings():
        warnings.simplefilter("always")
        warnings.warn("steps were large", RuntimeWarning, stacklevel=1)
    assert capsys.readouterr().err == "warning (RuntimeWarning): steps were large\n"


def test_progress_is_shown_on_terminals_only(capsys, monkeypatch):
    with Screen().progress("counting") as progress:
        progress(0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Screen(quiet=True).progress("counting") as progress:
        progress(0.5)
    assert capsys.readouterr().err == ""
    with Screen().progress("counting") as progress:
        for share in (0.25, 0.5, 1.5):
            progress(share)
    assert capsys.readouterr().out == ""


def test_numbers_that_json_has_no_word_for_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        Screen().json({"value": float("nan")})


def test_points_are_short():
    assert place_text({"x": 0, "y": 0}) == "x = y = 0"
    assert place_text({f"x{k}": 0 for k in range(300)}) == "all 300 states = 0"
    assert place_text({f"x{k}": k for k in range(9)}).endswith(", …")


def test_nothing_to_compare_is_said(capsys):
    print_agreement(Screen(), compare_points([], Diagram("g")))
    assert "nothing to compare" in capsys.readouterr().out


def test_lines_are_not_broken_inside_formulas(capsys):
    formula = "c = w.(C(v, v, v) + 3 B(v, h))/6"
    for words in range(20):
        Screen().paragraph("so that " * words + formula, indent="  ")
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 98
        assert any(formula in line for line in lines)
    Screen().paragraph("(" + "and so on " * 30 + ")")
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 98
