"""LaTeX of whole results."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sympy
from sympy import Symbol, symbols

from dynsym.errors import ParameterError
from dynsym.io import to_latex
from dynsym.results import CountInterval, CountStaircase, SymbolicEquilibrium


def test_expressions_are_bare():
    assert to_latex(sympy.sqrt(5) / 2) == r"\frac{\sqrt{5}}{2}"
    assert to_latex(sympy.Matrix([[1, 0]])).startswith(r"\left[")


def test_systems():
    x, tau = symbols("x tau")
    text = to_latex(SimpleNamespace(equations={"x": -x / tau}))
    assert text == "\\[\n\\begin{aligned}\n\\dot{x} &= - \\frac{x}{\\tau}\n\\end{aligned}\n\\]"


def test_nothing_is_cut():
    states = {f"x{i}": Symbol(f"b{i}") for i in range(40)}
    assert to_latex(SymbolicEquilibrium(states)).count("x_{") == 40
    huge = sum(Symbol(f"a{i}") * Symbol(f"b{i}") for i in range(300))
    assert "a_{299}" in to_latex(SymbolicEquilibrium({"x": huge}))


def test_analysis_holds_all_parts(analysis):
    text = to_latex(analysis)
    assert text.count(r"\begin{") == text.count(r"\end{")
    for words in (
        r"\dot{x}",
        "supercritical",
        "pitchfork:1",
        "undecided",
        r"\begin{tabular}{lrrlr}",
        "metric euclidean",
    ):
        assert words in text
    assert r"$\ge$ 1" in text


def test_tables(analysis):
    point = to_latex(analysis.diagram).splitlines()[4]
    assert point.startswith("pitchfork:1 & $1$ & $0$ & cubic -1 &")
    equilibria = to_latex(analysis.counts.counts[0])
    assert r"$0$ & stable & $0$ & certified to 1e-12 \\" in equilibria
    intervals = (CountInterval(0, end=1.5, count=1, status="lower_bound"),)
    assert r"[0, 1.5] & $\ge$ 1 & -- & lower bound \\" in to_latex(CountStaircase("k", intervals=intervals))


def test_several_results(analysis):
    assert to_latex(analysis.conditions * 2).count("pitchfork") == 2


def test_other_things_are_refused():
    with pytest.raises(ParameterError, match="dict"):
        to_latex({})
