"""Names, their symbols, and exact values."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational

from dynsym._expressions import assumption_of, check_name, exact, symbol
from dynsym._expressions.names import ASSUMPTIONS
from dynsym.errors import LimitError, ModelError, ModelNameError, ParameterError


@pytest.mark.parametrize("name", ["x1", "E", "lambda", "and", "pi", "_a", "AB_PD", "τ", "N"])
def test_identifiers_are_names(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1x",
        "a b",
        "a-b",
        "AB/PD",
        "__import__('os').system('touch CANARY')",
        "__class__",
        "x²",
        "a.b",
        "x\n",
        "ﬁ",
        "a" * 101,
        1,
        None,
    ],
)
def test_other_texts_are_not(name):
    with pytest.raises(ModelNameError, match="node name"):
        check_name(name, "node")


def test_a_near_name_is_suggested():
    with pytest.raises(ModelNameError, match="'AB_PD'"):
        check_name("AB/PD", "node")


@pytest.mark.parametrize("assumption", [name for name in ASSUMPTIONS if name != "positive_integer"])
def test_every_assumption_means_real(assumption):
    made = symbol("a", assumption)
    assert made.is_real
    assert made.is_finite
    assert getattr(made, f"is_{assumption}")


@pytest.mark.parametrize(
    "assumption", ["real", "positive", "nonnegative", "negative", "nonzero", "integer", "positive_integer"]
)
def test_the_assumption_of_a_symbol(assumption):
    assert assumption_of(symbol("a", assumption)) == assumption


def test_a_symbol_with_other_assumptions():
    with pytest.raises(ModelError, match="prime"):
        assumption_of(sympy.Symbol("prime", prime=True))


def test_an_unknown_assumption():
    with pytest.raises(ParameterError, match="did you mean positive"):
        symbol("a", "postive")
    with pytest.raises(ModelNameError):
        symbol("a b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, Rational(1, 10)),
        (-7.0, sympy.Integer(-7)),
        (1e300, sympy.Integer(10) ** 300),
        (5e-324, Rational(5, 10**324)),
        (3, sympy.Integer(3)),
        ("0.1", Rational(1, 10)),
        ("15*sqrt(2)", 15 * sympy.sqrt(2)),
        ("-2*pi", -2 * sympy.pi),
        (Fraction(1, 3), Rational(1, 3)),
        (Decimal("0.125"), Rational(1, 8)),
        (np.float64(0.1), Rational(1, 10)),
        (np.float32(0.1), Rational(1, 10)),
        (np.int64(4), sympy.Integer(4)),
        (np.array(0.3), Rational(3, 10)),
        (sympy.Float(0.1), Rational(1, 10)),
        (sympy.Rational(2, 7), Rational(2, 7)),
        (0.1 * symbol("w"), symbol("w") / 10),
    ],
)
def test_exact_values(value, expected):
    result = exact(value)
    assert result == expected
    assert not result.has(sympy.Float)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_keeps_its_value(number):
    assert float(exact(number)) == number


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "not finite"),
        (float("-inf"), "not finite"),
        ("nan", "not finite"),
        ("-inf", "not finite"),
        (np.float64("nan"), "not finite"),
        (sympy.nan, "not finite"),
        (sympy.oo, "not finite"),
        (sympy.zoo, "not finite"),
        (Decimal("Infinity"), "not finite"),
        (1j, "complex"),
        (np.complex128(1), "complex"),
        (sympy.I, "complex"),
        (True, "truth value"),
        (np.bool_(True), "truth value"),
        (None, "NoneType"),
        ([1], "list"),
        ("x", "not declared"),
        ("t", "not declared"),
        ("", "empty"),
        ("1/0", "division by zero"),
        ("__import__('os').system('touch CANARY')", "w cannot be set"),
    ],
)
def test_what_is_no_finite_real_number(value, words):
    with pytest.raises(ParameterError, match=words) as caught:
        exact(value, name="w")
    assert "w" in str(caught.value)


@pytest.mark.parametrize("value", [10**40_000, Decimal("1e5000"), "1e5000", Fraction(1, 7**40_000)], ids=range(4))
def test_numbers_with_too_many_digits(value):
    with pytest.raises(LimitError):
        exact(value, name="w")
