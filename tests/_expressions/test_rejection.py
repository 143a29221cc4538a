"""Texts that are no expressions, or too large: the error, its place, and that it comes at once."""

import time

import pytest

from dynsym._expressions import FunctionDefinition, parse, symbol
from dynsym.errors import DynsymError, LimitError, ModelNameError, ModelParseError, UnsupportedFeatureError

SCOPE = {name: symbol(name) for name in ("x", "y", "weight")}


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("2x - 1", ModelParseError, ["column 2", "2*x"]),
        ("2(x)", ModelParseError, ["column 2", "2*("]),
        ("x y", ModelParseError, ["column 3", "x*y"]),
        ("x and y", ModelParseError, ["'and'", "column 3"]),
        ("[1, 2]", ModelParseError, ["'['", "column 1"]),
        ("x = 1", ModelParseError, ["right-hand side"]),
        ("x < 1", ModelParseError, ["Comparisons"]),
        ("|x|", ModelParseError, ["abs(x)"]),
        ("x²", ModelParseError, ["^2", "column 2"]),
        ("x − y", ModelParseError, ["column 3", "write - instead"]),
        ("x +* 2", ModelParseError, ["column 4", "'*'"]),
        ("x +", ModelParseError, ["end of the text"]),
        ("", ModelParseError, ["empty"]),
        ("  \n", ModelParseError, ["empty"]),
        ("(x", ModelParseError, ["never closed", "column 1"]),
        ("x)", ModelParseError, ["never opened", "column 2"]),
        ("0,5", ModelParseError, ["comma", "0.5"]),
        ("()", ModelParseError, ["column 2"]),
        ("1/0", ModelParseError, ["division by zero", "column 3"]),
        ("1/(x - x)", ModelParseError, ["division by zero", "(x - x)"]),
        ("0^(-1)", ModelParseError, ["division by zero"]),
        ("-x + log(0)", ModelParseError, ["log(0)", "not finite", "column 6"]),
        ("tan(pi/2)", ModelParseError, ["tan(pi/2)", "not finite"]),
        ("sqrt(-1)", ModelParseError, ["sqrt(-1)", "complex"]),
        ("(-8)^(1/3)", ModelParseError, ["(-8)^(1/3)", "complex"]),
        ("log(-x^2 - 1)*0", ModelParseError, ["complex"]),
        ("1j*x", ModelParseError, ["complex"]),
        ("tanh()", ModelParseError, ["0 arguments", "tanh(u)"]),
        ("sin(x, y)", ModelParseError, ["2 arguments"]),
        ("min(x)", ModelParseError, ["at least 2"]),
        ("x(2)", ModelParseError, ["x*("]),
        ("x.__class__", ModelParseError, ["'.'", "column 2"]),
        ("(lambda: 0)()", ModelParseError, ["':'"]),
        ("exec('open(1)')", ModelParseError, ["column 6"]),
        ("__import__('os').system('touch CANARY')", ModelParseError, ["column 12"]),
        ("x; y", ModelParseError, ["';'"]),
        ("x\x00", ModelParseError, ["U+0000"]),
        ("-x + wieght*tanh(x)", ModelNameError, ["wieght", "did you mean weight"]),
        ("E*x", ModelNameError, ["E is not declared", "exp(1)"]),
        ("I*x", ModelNameError, ["I is not declared", "imaginary"]),
        ("N(x)", ModelNameError, ["no function N"]),
        ("sigmoid(x)", ModelNameError, ["did you mean logistic"]),
        ("ln(x)", ModelNameError, ["did you mean log"]),
        ("tnah(x)", ModelNameError, ["did you mean tanh"]),
        ("tanh", ModelNameError, ["without its argument"]),
        ("__class__", ModelNameError, ["underscore"]),
        ("cos(t)", UnsupportedFeatureError, ["column 5", "autonomous"]),
        ("x(t - 1)", UnsupportedFeatureError, ["x(t - 1)", "JiTCDDE"]),
        ("delay(x, 1)", UnsupportedFeatureError, ["a delay", "JiTCDDE"]),
        ("x + randn()", UnsupportedFeatureError, ["noise", "Brian2"]),
        ("9**9**9", LimitError, ["exponent"]),
        ("9**9**9**9", LimitError, ["exponent"]),
        ("x^100000", LimitError, ["exponent"]),
        ("x^(1/100000)", LimitError, ["exponent"]),
        ("2^(1000*pi)", LimitError, ["2^(1000*pi)", "exponent"]),
        ("(((x+1)**64)**64)**64", LimitError, ["degree 4096"]),
        ("*".join(["x^900", "y^900"]), LimitError, ["degree"]),
        ("((2^1000)^1000)^1000", LimitError, ["exponent"]),
        ("*".join(["9" * 900] * 40), LimitError, ["bits"]),
        ("1e1000000000*x", LimitError, ["1e1000000000"]),
        ("exp(exp(exp(100)))", LimitError, ["exp(exp(100))"]),
        ("-" * 20_000 + "x", LimitError, ["nested"]),
        ("(" * 20_000, LimitError, ["nested"]),
        ("tanh(" * 300 + "x" + ")" * 300, LimitError, ["nested"]),
        ("tanh(" * 50 + "x" + ")" * 50, LimitError, ["nested"]),
        ("x^" * 300 + "x", LimitError, ["nested"]),
        ("x+" * 100_000 + "x", LimitError, ["characters"]),
        ("x+" * 30_000 + "x", LimitError, ["words"]),
        ("x+" * 19_999 + "x", LimitError, ["20000 parts"]),
        ("9" * 5_000, LimitError, ["digits"]),
        ("max(" + "x," * 30 + "y)", LimitError, ["arguments"]),
        (
            "max(" + ",".join(f"max({','.join(f'x^{10 * i + j}' for j in range(10))})" for i in range(3)) + ")",
            LimitError,
            ["values"],
        ),
    ],
)
def test_refusal(text, kind, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = time.perf_counter()
    with pytest.raises(DynsymError) as caught:
        parse(text, SCOPE, where="equation of x")
    assert time.perf_counter() - start < 30
    assert type(caught.value) is kind
    message = str(caught.value)
    assert "equation of x" in message
    assert len(message) < 600
    for word in words:
        assert word in message
    assert list(tmp_path.iterdir()) == []


def test_the_caret_stands_under_the_column():
    text = "x + " * 40 + "2y"
    with pytest.raises(ModelParseError) as caught:
        parse(text, SCOPE)
    head, line, caret, remedy = str(caught.value).splitlines()
    column = int(head.split("column ")[1].split(":")[0])
    assert text[column - 1] == "y"
    assert line[caret.index("^")] == "y"
    assert remedy == "For a product write 2*y."


def test_a_number_that_is_no_text():
    with pytest.raises(ModelParseError, match="type int"):
        parse(3, SCOPE)


def _functions(**definitions):
    return {name: FunctionDefinition(*definition) for name, definition in definitions.items()}


def test_a_cycle_of_functions_is_named():
    functions = _functions(f=(("u",), "g(u) + 1"), g=(("v",), "h(v)*2"), h=(("w",), "f(w)"))
    with pytest.raises(ModelParseError, match=r"cycle: f -> g -> h -> f"):
        parse("f(x)", SCOPE, functions=functions)
    with pytest.raises(ModelParseError, match=r"cycle: r -> r"):
        parse("r(x)", SCOPE, functions=_functions(r=(("u",), "r(u - 1)")))


def test_a_call_inside_an_argument_is_no_cycle():
    functions = _functions(f=(("u",), "u^2"))
    assert parse("f(f(x))", SCOPE, functions=functions) == SCOPE["x"] ** 4


def test_arity_of_a_function_of_the_file():
    with pytest.raises(ModelParseError, match=r"f is called with 1 argument; it takes 2 \(u, v\)"):
        parse("f(x)", SCOPE, functions=_functions(f=(("u", "v"), "u*v")))


def test_a_fault_inside_a_function_names_the_function():
    with pytest.raises(ModelNameError, match="function f, column 3: q is not declared"):
        parse("f(x)", SCOPE, functions=_functions(f=(("u",), "u*q")))


@pytest.mark.parametrize("body", ["{0}(u)*{0}(u + 1)", "{0}(u) + {0}(u)", "{0}(u)*0 + {0}(1)"])
def test_functions_that_double_the_expression_are_stopped(body):
    functions = _functions(**{f"f{i}": (("u",), body.format(f"f{i + 1}")) for i in range(25)}, f25=(("u",), "u + 1"))
    start = time.perf_counter()
    with pytest.raises(LimitError):
        parse("f0(x)", SCOPE, functions=functions)
    assert time.perf_counter() - start < 30


def test_arguments_must_be_distinct_names():
    with pytest.raises(ModelNameError, match="declared twice"):
        FunctionDefinition(("u", "u"), "u")
    with pytest.raises(ModelNameError, match="argument name"):
        FunctionDefinition(("2u",), "1")
