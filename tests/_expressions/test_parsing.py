"""Texts that are expressions: their meaning, their names, and the way back to text."""

import mpmath
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Abs, Max, Min, Rational, exp, log, pi, sqrt, tanh

from dynsym._expressions import FunctionDefinition, names_in, parse, symbol, to_text
from dynsym.errors import DynsymError, ModelParseError
from dynsym.functions import logistic, relu, softplus, step

x, y, z = (symbol(name) for name in "xyz")
SCOPE = {"x": x, "y": y, "z": z}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2 - 1", x**2 - 1),
        ("-x**2", -(x**2)),
        ("(-x)^2", x**2),
        ("2^3^2", sympy.Integer(512)),
        ("2^-1", Rational(1, 2)),
        ("2^-x^2", 2 ** (-(x**2))),
        ("x - y - z", x - y - z),
        ("x/y/z", x / (y * z)),
        ("x/y*z", x * z / y),
        ("--x", x),
        ("x*-y", -x * y),
        ("+x", x),
        ("0.1 + 0.2", Rational(3, 10)),
        (".5*x", x / 2),
        ("1.e2", sympy.Integer(100)),
        ("1e-400", Rational(1, 10**400)),
        ("007", sympy.Integer(7)),
        ("2*(x + y)/3", 2 * x / 3 + 2 * y / 3),
        ("exp(1)", sympy.E),
        ("log(x)", log(x)),
        ("sqrt(x^2)", Abs(x)),
        ("sqrt(8)", 2 * sqrt(2)),
        ("sin(pi/6)", Rational(1, 2)),
        ("tanh( x )", tanh(x)),
        ("min(x, y, 1)", Min(1, x, y)),
        ("Max(x, y)", Max(x, y)),
        ("abs(x) + Abs(y)", Abs(x) + Abs(y)),
        ("logistic(x)*relu(y)", logistic(x) * relu(y)),
        ("softplus(x) - step(x)", softplus(x) - step(x)),
        ("x\n  + y", x + y),
        ("0^0", sympy.Integer(1)),
    ],
)
def test_meaning(text, expected):
    assert parse(text, SCOPE) == expected


@pytest.mark.parametrize(
    "name",
    [
        "E",
        "I",
        "S",
        "N",
        "O",
        "Q",
        "C",
        "beta",
        "gamma",
        "zeta",
        "lambda",
        "pi",
        "t",
        "and",
        "exp",
        "tanh",
        "None",
        "τ",
    ],
)
def test_every_identifier_is_a_name_when_it_is_declared(name):
    declared = symbol(name)
    assert parse(f"2*{name} + x*{name}^2", {name: declared, "x": x}) == 2 * declared + x * declared**2


def test_pi_is_the_constant_unless_declared():
    assert parse("pi*x", SCOPE) == pi * x
    assert parse("pi*x", {**SCOPE, "pi": y}) == x * y


def test_scope_may_hold_any_expression():
    assert parse("a^2 + x", {"a": x + 1, "x": x}) == (x + 1) ** 2 + x


def test_undeclared_names_can_become_real_symbols():
    expression = parse("w*tanh(E)", {}, declare=True)
    assert expression == symbol("w") * tanh(symbol("E"))
    assert all(name.is_real for name in expression.free_symbols)


def test_functions_of_the_file():
    functions = {
        "S": FunctionDefinition(("u",), "1/(1 + exp(-gain*u))"),
        "swap": FunctionDefinition(("x", "y"), "x - 2*y"),
        "twice": FunctionDefinition(("u",), "S(S(u))"),
        "tanh": FunctionDefinition(("u",), "u/3"),
    }
    scope = {**SCOPE, "gain": z}

    def sigmoid(u):
        return 1 / (1 + exp(-z * u))

    assert parse("S(x + y)", scope, functions=functions) == sigmoid(x + y)
    assert parse("swap(y, x)", scope, functions=functions) == y - 2 * x, "arguments are bound together"
    assert parse("twice(x)", scope, functions=functions) == sigmoid(sigmoid(x))
    assert parse("tanh(x)", scope, functions=functions) == x / 3, "the file's own function comes first"


def test_a_name_may_be_a_value_and_a_function():
    functions = {"S": FunctionDefinition(("u",), "u^2")}
    assert parse("S*S(x)", {"S": y, "x": x}, functions=functions) == y * x**2


def test_names_come_in_order_of_appearance():
    assert names_in("b*tanh(a + b) - c^pi/d") == ("b", "a", "c", "d")
    assert names_in("1 + 2") == ()


def test_euler_and_lattice_functions_are_written_in_the_grammar():
    expression = sympy.E * Max(x, y) + Abs(z) - Min(x, 1)
    assert parse(to_text(expression), SCOPE) == expression
    assert "E" not in to_text(sympy.E * x)


def test_a_foreign_function_is_not_written():
    with pytest.raises(ModelParseError, match="besselj"):
        to_text(sympy.besselj(0, x))


# A random expression is a pair of its text and its value, computed by mpmath without dynsym.
POINT = {"x": mpmath.mpf("0.7"), "y": mpmath.mpf("-1.3"), "z": mpmath.mpf("2.1")}
ONE_ARGUMENT = {
    "exp": mpmath.exp,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tanh": mpmath.tanh,
    "atan": mpmath.atan,
    "abs": abs,
    "log": lambda u: mpmath.log(u) if u > 0 else mpmath.nan,
    "sqrt": lambda u: mpmath.sqrt(u) if u >= 0 else mpmath.nan,
    "logistic": lambda u: 1 / (1 + mpmath.exp(-u)),
    "relu": lambda u: max(u, mpmath.mpf(0)),
    "softplus": lambda u: mpmath.log(1 + mpmath.exp(u)),
}
LEAVES = st.one_of(
    st.sampled_from(sorted(POINT)).map(lambda name: (name, POINT[name])),
    st.integers(0, 30).map(lambda number: (str(number), mpmath.mpf(number))),
    st.integers(1, 999).map(lambda number: (f"{number / 100}", mpmath.mpf(number) / 100)),
)


def _grow(children):
    pairs = st.tuples(children, children)
    return st.one_of(
        pairs.map(lambda pair: (f"({pair[0][0]} + {pair[1][0]})", pair[0][1] + pair[1][1])),
        pairs.map(lambda pair: (f"({pair[0][0]}-{pair[1][0]})", pair[0][1] - pair[1][1])),
        pairs.map(lambda pair: (f"{pair[0][0]}*({pair[1][0]})", pair[0][1] * pair[1][1])),
        pairs.map(lambda pair: (f"({pair[0][0]})/({pair[1][0]})", _quotient(pair[0][1], pair[1][1]))),
        pairs.map(lambda pair: (f"max({pair[0][0]}, {pair[1][0]})", max(pair[0][1], pair[1][1]))),
        st.tuples(children, st.integers(1, 3)).map(lambda pair: (f"({pair[0][0]})^{pair[1]}", pair[0][1] ** pair[1])),
        children.map(lambda child: (f"(-({child[0]})^2)", -(child[1] ** 2))),
        st.tuples(st.sampled_from(sorted(ONE_ARGUMENT)), children).map(
            lambda pair: (f"{pair[0]}({pair[1][0]})", _applied(ONE_ARGUMENT[pair[0]], pair[1][1]))
        ),
    )


def _quotient(a, b):
    return a / b if b != 0 else mpmath.nan


def _applied(function, value):
    return function(value) if mpmath.isfinite(value) and abs(value) < 50 else mpmath.nan


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=8)


@given(EXPRESSIONS)
def test_random_expressions_have_the_value_that_mpmath_gives(case):
    text, value = case
    assume(mpmath.isfinite(value) and abs(value) < 1e8)
    try:
        expression = parse(text, SCOPE)
    except ModelParseError:
        assume(False)
    with mpmath.workdps(40):
        exact_value = sympy.lambdify([x, y, z], expression, "mpmath")(*(mpmath.mpf(str(POINT[n])) for n in "xyz"))
    assert mpmath.almosteq(exact_value, value, rel_eps=1e-6, abs_eps=1e-6), text


@given(EXPRESSIONS)
def test_text_of_an_expression_reads_back_as_the_same_expression(case):
    text, value = case
    assume(mpmath.isfinite(value))
    try:
        expression = parse(text, SCOPE)
    except DynsymError:
        assume(False)
    assert parse(to_text(expression), SCOPE) == expression
    if not expression.has(sympy.E):
        assert parse(str(expression), SCOPE) == expression


WORDS = ["x", "y", "1", "2.5", "0", *"+-*/^(),", "**", "exp", "log", "tanh", "max", "min", "pi", "sqrt", "E"]


def _message(text, **options):
    """The message of our own error for a text, or nothing; any other error escapes."""
    try:
        parse(text, SCOPE, **options)
    except DynsymError as error:
        return str(error)
    return None


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_our_errors(text):
    message = _message(text, declare=True)
    assert message is None or message.startswith("expression")


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_no_sequence_of_words_raises_anything_but_our_errors(words):
    message = _message("".join(words))
    assert message is None or message.startswith("expression")


@given(EXPRESSIONS)
def test_every_expression_is_real(case):
    text, _ = case
    if _message(text) is None:
        expression = parse(text, SCOPE)
        assert expression.is_extended_real is not False
        assert not expression.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I)
