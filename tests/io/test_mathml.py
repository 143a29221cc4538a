"""Every kind of expression becomes well-formed presentation MathML of the elements browsers know."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import sympy
from sympy import (
    And,
    CRootOf,
    Float,
    Gt,
    Integer,
    Matrix,
    Max,
    Or,
    Piecewise,
    Rational,
    Symbol,
    pi,
    sqrt,
    symbols,
    tanh,
)

from dynsym._expressions import Jet
from dynsym.functions import logistic, softplus
from dynsym.io.mathml import display, inline, system_of_equations

x, g = symbols("x1 g", real=True)

KNOWN = {"math", "mrow", "mi", "mn", "mo", "msub", "msup", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mtext"}
KNOWN |= {"mspace"}


def tree(source):
    return ElementTree.fromstring(source)


def text(source):
    found = "".join(tree(source).itertext())
    return found.replace("\u2062", "").replace("\u2061", "")


EXPRESSIONS = {
    "−1": Integer(-1),
    "x1−1": x - 1,
    "1−x1": 1 - x,
    "gx1": g * x,
    "gtanh(x1)−x1": g * tanh(x) - x,
    "tanh2(x1)": tanh(x) ** 2,
    "(x1+1)2": (x + 1) ** 2,
    "g(x1+1)": g * (x + 1),
    "σ(x1)": logistic(x),
    "softplus(x1)": softplus(x),
    "ϕ′′′(x1)".replace("ϕ", "φ"): Jet("phi", "odd", 3, x),
    "g>0": Gt(g, 0),
    "g>0\u00a0and\u00a0x1>0": And(g > 0, x > 0),
    "e−x1": sympy.exp(-x),
    "ln(g)": sympy.log(g),
    "|x1|": sympy.Abs(x),
    "max(0,x1)": Max(x, 0),
    "0.5": Float("0.5"),
    "1·10−12": Float("1e-12"),
    "iπ": pi * sympy.I,
    "λ": Symbol("lambda"),
    "ABPD": Symbol("AB_PD"),
    "wx1,x2": Symbol("w_x1_x2"),
    "∞": sympy.oo,
    "root 1 of\u00a0z5−z−1": CRootOf(x**5 - x - 1, 0),
    "[1g0−1]": Matrix([[1, g], [0, -1]]),
}


@pytest.mark.parametrize(("shown", "expression"), EXPRESSIONS.items(), ids=lambda value: str(value)[:30])
def test_letters_in_order(shown, expression):
    assert text(inline(expression)) == shown


@pytest.mark.parametrize(
    "expression",
    [*EXPRESSIONS.values(), 1 / x, x**-2 + g / 2, sqrt(g) / 3, 2 ** Rational(1, 3), g**x, g ** (-x),
     Piecewise((x, x > 0), (0, True)), Or(g > 0, x < -1), sympy.Derivative(sympy.Function("f")(x), x)],
    ids=str,
)  # fmt: skip
def test_only_known_elements(expression):
    assert {element.tag for element in tree(display(expression)).iter()} <= KNOWN


def test_fractions_and_roots():
    half = tree(inline((1 + sqrt(5)) / 2 * Integer(1)))
    assert half.find(".//msqrt/mn").text == "5"
    fraction = tree(inline(g / (3 * x))).find(".//mfrac")
    assert "".join(fraction[0].itertext()) == "g"
    assert "".join(fraction[1].itertext()).replace("\u2062", "") == "3x1"
    assert tree(inline(1 / x)).find(".//mfrac/mn").text == "1"


def test_systems_are_aligned():
    table = tree(system_of_equations({"x1": -x, "E": g}))
    rows = table.findall(".//mtr")
    assert ["".join(row[0].itertext()) for row in rows] == ["x1′", "E′"]
    assert table.get("display") == "block"


def test_text_is_escaped():
    class Odd(sympy.Basic):
        def __str__(self):
            return "<script>"

    assert text(inline(Odd())) == "<script>"


def test_huge_expressions_are_described():
    huge = sum(Symbol(f"a{i}") * Symbol(f"b{i}") for i in range(500))
    assert "operations" in text(inline(huge))
