"""Solutions listed by msolve, or by a program that speaks as it does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import dynsym as ds
from dynsym._budget import Budget
from dynsym.compute.counting.polynomials import modular_solver
from dynsym.compute.counting.polynomials.modular_solver import list_by_msolve, msolve_program
from dynsym.compute.counting.setting import Setting

SYSTEM = ds.system_from_equations({"x": "(x - 1)*(x + 2) - 3*y*(y - 1)/2", "y": "2*x*y - y/3"})


def setting() -> Setting:
    return Setting(ds.compile_system(SYSTEM))


def stand_in(folder: Path, body: str) -> str:
    """A program with the options of msolve that notes its input and answers with the text given."""
    program = folder / "msolve"
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib, time\n"
        f"given = pathlib.Path(sys.argv[sys.argv.index('-f') + 1]).read_text()\n"
        f"pathlib.Path({str(folder / 'seen')!r}).write_text(given)\n"
        f"out = pathlib.Path(sys.argv[sys.argv.index('-o') + 1])\n{body}\n"
    )
    program.chmod(0o755)
    return str(program)


def answering(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    program = stand_in(folder, f"out.write_text({text!r})")
    monkeypatch.setattr(modular_solver, "msolve_program", lambda: program)


def test_what_is_listed_is_certified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two true solutions, and one that is none: only the true ones are kept, and no proof is claimed."""
    answering(
        monkeypatch,
        tmp_path,
        "[0, [1,\n[[[1, 1], [0, 0]], [[-9 / 2^2, -7 / 2^2], [0, 0]], [[50, 50], [60, 60]]]\n]]:\n",
    )
    answer = list_by_msolve(setting(), Budget().start())
    assert answer is not None
    assert (answer.status, answer.lower, answer.upper) == ("lower_bound", 2, None)
    assert [round(e.state["x"], 9) for e in answer.equilibria] == [-2, 1]
    assert "3 real solutions" in (answer.reason or "")
    seen = (tmp_path / "seen").read_text().split("\n")
    assert seen[:2] == ["x0,x1", "0"]
    assert not set("()") & set("".join(seen))


def test_as_many_as_bezout_allows_are_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    system = ds.system_from_equations({"x": "x^2 - 4", "y": "y^2 - x - 3"})
    points = [(2, 5**0.5), (2, -(5**0.5)), (-2, 1), (-2, -1)]
    boxes = ", ".join(f"[[{x}, {x}], [{round(y * 2**20)} / 2^20, {round(y * 2**20)} / 2^20]]" for x, y in points)
    answering(monkeypatch, tmp_path, f"[0, [1,\n[{boxes}]\n]]:\n")
    answer = list_by_msolve(Setting(ds.compile_system(system)), Budget().start())
    assert answer is not None
    assert (answer.status, answer.lower, answer.upper) == ("proved", 4, 4)


@pytest.mark.parametrize("text", ["[1, 2, -1, []]:\n", "nonsense", "[0, [1,\n[[[1, 1]]]\n]]:\n"])
def test_no_finite_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    answering(monkeypatch, tmp_path, text)
    assert list_by_msolve(setting(), Budget().start()) is None


def test_the_budget_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = stand_in(tmp_path, "time.sleep(60)")
    monkeypatch.setattr(modular_solver, "msolve_program", lambda: program)
    clock = Budget(seconds=0.5).start()
    assert list_by_msolve(setting(), clock) is None
    assert clock.elapsed < 20


def test_other_equations_are_left_alone() -> None:
    system = ds.system_from_equations({"x": "sin(x) - y", "y": "x - y"})
    assert list_by_msolve(Setting(ds.compile_system(system)), Budget().start()) is None


@pytest.mark.skipif(msolve_program() is None, reason="msolve is not installed")
def test_msolve_itself() -> None:
    answer = list_by_msolve(setting(), Budget().start())
    count = ds.count_equilibria(SYSTEM)
    assert answer is not None
    assert answer.lower == count.count
