"""Bases written by msolve and Singular, or by a program that speaks as they do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sympy

from dynsym._budget import Budget
from dynsym.algebra.elimination import groebner
from dynsym.algebra.elimination.apart import OURS, run_apart
from dynsym.algebra.elimination.solutions import SolutionSet, solution_set

X, Y = sympy.symbols("x y")
SYSTEM = [(X - 1) * (X + 2) - sympy.Rational(3, 2) * Y, 2 * X * Y - Y]
"""Three points: (1, 0), (-2, 0), (1/2, -5/6). The list of monic basis elements is worked out by hand."""
BASIS = ["x0*x1-1/2*x1", "x1^2+5/6*x1", "x0^2+x0-3/2*x1-2"]


def stand_in(folder: Path, body: str) -> str:
    """A program with the options of msolve that notes its input."""
    program = folder / "msolve"
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib, time\n"
        f"given = pathlib.Path(sys.argv[sys.argv.index('-f') + 1]).read_text()\n"
        f"pathlib.Path({str(folder / 'seen')!r}).write_text(given)\n"
        f"out = pathlib.Path(sys.argv[sys.argv.index('-o') + 1])\n{body}\n"
    )
    program.chmod(0o755)
    return str(program)


def solved_by(monkeypatch: pytest.MonkeyPatch, program: str, seconds: float = 20) -> SolutionSet:
    """The solutions where our own ways to a basis give up."""

    def others_only(command: list, *rest: object) -> str | None:
        return None if command[0] in OURS else run_apart(command, *rest)

    monkeypatch.setattr(groebner, "QUICK", (1, 1, 1))
    monkeypatch.setattr(groebner, "run_apart", others_only)
    monkeypatch.setattr(groebner, "program", lambda name: program if name == "msolve" else None)
    return solution_set(SYSTEM, [X, Y], Budget(seconds=seconds).start())


def answering(folder: Path, basis: list[str]) -> str:
    header = "#Reduced Groebner basis data\n#---\n"
    return stand_in(folder, f"out.write_text({header + '[' + ',/n'.join(basis) + ']:'!r}.replace('/n', chr(10)))")


def test_a_basis_modulo_primes_gives_points_but_not_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = solved_by(monkeypatch, answering(tmp_path, BASIS))
    assert {(p.expression(X), p.expression(Y)) for p in found.points} == {
        (1, 0),
        (-2, 0),
        (sympy.Rational(1, 2), -sympy.Rational(5, 6)),
    }
    assert [gap.kind for gap in found.open] == ["primes"]
    seen = (tmp_path / "seen").read_text().split("\n")
    assert seen[:2] == ["x0,x1", "0"]
    assert not set("()") & set("".join(seen))


def test_a_wrong_basis_gives_no_wrong_point(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sign is changed: what does not satisfy the equations is refused, and told."""
    found = solved_by(monkeypatch, answering(tmp_path, ["x0*x1+1/2*x1", *BASIS[1:]]))
    assert all(p.is_zero(e) for p in found.points for e in SYSTEM)
    assert "check" in [gap.kind for gap in found.open]


@pytest.mark.parametrize("text", ["nonsense", "", "[1, 2, -1, []]:"])
def test_no_basis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    found = solved_by(monkeypatch, stand_in(tmp_path, f"out.write_text({text!r})"))
    assert found.points == ()
    assert found.open


def test_the_budget_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that works on for ever is ended by the limit of processor time."""
    found = solved_by(monkeypatch, stand_in(tmp_path, "while True: pass"), seconds=1)
    assert [gap.kind for gap in found.open] == ["budget"]
