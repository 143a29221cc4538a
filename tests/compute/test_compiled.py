"""Compiled systems: arguments, values, domains, overflow, kinks."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.compute import Arrays, Scalars
from dynsym.errors import DomainError, DynsymError, ModelError, ParameterError

LOOP = ds.Network(["u"], [ds.Edge("u", "u", "w")])


def equations(text, **values):
    return ds.compile_system(ds.system_from_equations({"x": text}, values))


def both(rule, **kwargs):
    system = ds.build_system(LOOP, rule, **kwargs)
    return [ds.compile_system(system, method=method) for method in (Scalars(), Arrays())]


# ---- domains


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("-x + x**2.5/(1 + x**2.5)", -0.001, ["x**(5/2)", "x = -0.001", "negative"]),
        ("sqrt(x)", -2.0, ["sqrt(x)", "x = -2", "negative"]),
        ("log(x - 1) + x", 0.5, ["log(x - 1)", "x - 1 = -0.5", "negative"]),
        ("tanh(x^(1/3))", -1.0, ["x**(1/3)", "negative"]),
        ("relu(x^0.5)", -1.0, ["sqrt(x)", "negative"]),
        ("x^n", -0.5, ["x**n", "negative"]),
    ],
)
def test_a_state_outside_the_domain(text, at, words):
    f = equations(text, n=1.5)
    with pytest.raises(DomainError) as caught:
        f.field([at], f.parameter_vector())
    for word in words:
        assert word in str(caught.value)
    if "log" not in text:  # whose derivative is defined there
        with pytest.raises(DomainError, match="negative"):
            f.jacobian([at], f.parameter_vector())
    assert DomainError.exit_code == 4


def test_a_batch_has_nan_outside_the_domain():
    f = equations("sqrt(x)")
    np.testing.assert_allclose(f.field(np.array([[-1.0, 4.0]]), []), [[np.nan, 2.0]])


def test_the_same_in_array_code():
    for f in both(ds.NodeRule({"x": "-x + input + x^2.5"}, "sqrt(x)"), values={"w": 1}):
        for call in (f.field, f.jacobian):
            with pytest.raises(DomainError, match="negative"):
                call([-0.5], [1.0])
        assert np.isnan(f.field(np.array([[-0.5, 0.25]]), [1.0])).tolist() == [[True, False]]


def test_integer_exponents_given_as_parameters_are_no_fault():
    f = equations("x^n", n=2)
    assert f.field([-0.5], f.parameter_vector()) == [0.25]
    assert f.jacobian([-0.5], f.parameter_vector()) == [[-1.0]]
    assert f.jacobian([0.0], f.parameter_vector()) == [[0.0]]


def test_nan_in_gives_nan_out():
    f = equations("sqrt(x) + relu(x) + max(x, 1) + m", m=1)
    assert np.isnan(f.field([np.nan], [1.0]))
    assert np.isnan(f.field([1.0], [np.nan]))
    for g in both(ds.LeakyRate(ds.Rectified())):
        assert np.isnan(g.field([np.nan], [1.0]))
        assert np.isnan(g.field([[np.nan, 1.0]], [1.0])).tolist() == [[True, False]]


# ---- overflow


@pytest.mark.parametrize(
    "text", ["1/(1 + exp(-b*(x - 1)))", "exp(b*(x - 1))/(1 + exp(b*(x - 1)))", "logistic(b*(x - 1))"]
)
def test_a_steep_sigmoid_does_not_overflow(text):
    f = equations(text, b=1000)
    p = f.parameter_vector()
    for x, value in ((0.0, 0.0), (2.0, 1.0), (1.0, 0.5)):
        assert f.field([x], p) == pytest.approx([value], abs=1e-300)
        assert f.jacobian([x], p)[0, 0] == pytest.approx(1000 * value * (1 - value), abs=1e-300)
        assert np.isfinite(f.parameter_derivative([x], p, 0)).all()
        assert np.isfinite(f.second([x], p, [1], [1])).all()
        np.testing.assert_array_equal(f.field([[x]], p)[:, 0], f.field([x], p))


def test_sigmoids_of_rules_do_not_overflow_either():
    for rule in (ds.LeakyRate(ds.Logistic(1000)), ds.LeakyRate(ds.Polynomial("1/(1 + exp(-1000*x))"))):
        for f in both(rule, values={"w": 2}):
            for x, slope in ((-5.0, 0.0), (5.0, 0.0)):
                assert f.jacobian([x], [2.0])[0, 0] == -1 + 2 * slope
                assert f.third([x], [2.0], [1], [1], [1]) == 0


def test_softplus_far_out():
    f = equations("log(1 + exp(x))")
    np.testing.assert_allclose(f.field([[1e4, -1e4]], []), [[1e4, 0]])
    assert f.jacobian([1e4], []) == [[1.0]]


def test_true_overflow_is_infinite():
    f = equations("exp(x)")
    assert f.field([1000.0], []) == [np.inf]


# ---- kinks


@pytest.mark.parametrize("text", ["relu(x)", "max(x, 0)", "x*step(x)"])
def test_slopes_beside_a_kink(text):
    f = equations(text)
    assert f.jacobian([0.5], []) == [[1.0]]
    assert f.jacobian([-0.5], []) == [[0.0]]
    assert f.second([0.5], [], [1], [1]) == [0]


def test_the_slope_at_the_kink_of_a_rectifier_is_zero_in_all_code():
    for f in both(ds.LeakyRate(ds.Rectified(threshold=1)), values={"w": 3}):
        assert f.jacobian([1.0], [3.0]) == [[-1.0]]
        assert f.jacobian([1.0 + 1e-12], [3.0]) == [[2.0]]
        np.testing.assert_array_equal(f.jacobian([[1.0]], [3.0])[..., 0], [[-1.0]])


# ---- numbers in


def test_integers_do_not_wrap():
    f = equations("x^40")
    for x in ([3], np.array([3]), np.array([3], dtype=np.int8)):
        assert f.field(x, []) == pytest.approx([12157665459056928801.0], rel=1e-15)
    assert f.field(np.array([[3, 4]]), [])[0, 1] == pytest.approx(4.0**40)
    assert f.field([3], []).dtype == float


def test_constant_right_hand_sides_are_floats():
    f = ds.compile_system(ds.system_from_equations({"x": "1", "y": f"{2**80}"}))
    assert f.field([0, 0], []).dtype == float
    assert f.field([0, 0], [])[1] == 2.0**80
    np.testing.assert_array_equal(f.jacobian([0, 0], []), np.zeros((2, 2)))
    np.testing.assert_array_equal(f.field(np.zeros((2, 3)), [])[0], np.ones(3))


@pytest.mark.parametrize(
    ("x", "p", "words"),
    [
        ([1.0, 2.0], [1.0], ["(2,)", "(1, …)", "state_names"]),
        ([1.0], [], ["(0,)", "parameter_vector"]),
        ([1.0], [1.0, 2.0], ["(2,)"]),
        (1.0, [1.0], ["()"]),
        ([1j], [1.0], ["complex"]),
        (["one"], [1.0], ["state", "real numbers"]),
        ([1.0], ["one"], ["parameter vector"]),
    ],
)
def test_arguments_that_are_refused(x, p, words):
    f = equations("-x + m", m=1)
    with pytest.raises(ParameterError) as caught:
        f.field(x, p)
    for word in words:
        assert word in str(caught.value)


def test_directions_have_one_entry_for_each_state():
    f = equations("-x^3")
    with pytest.raises(ParameterError, match=r"shape \(2,\); \(1,\) is needed"):
        f.second([1.0], [], [1, 2], [1])
    assert f.second([1.0], [], [1], [2]) == [-12.0]


# ---- parameters


def test_parameter_vectors():
    f = ds.compile_system(ds.system_from_equations({"x": "a*x + b"}, {"a": "1/3", "b": None}))
    assert f.parameter_names == ("a", "b")
    np.testing.assert_array_equal(f.default_values, [1 / 3, np.nan])
    np.testing.assert_array_equal(f.parameter_vector({"b": 2}), [1 / 3, 2])
    np.testing.assert_array_equal(f.parameter_vector({f.system["b"]: "1e-3"}), [1 / 3, 1e-3])
    np.testing.assert_array_equal(f.parameter_vector(free=["b"]), [1 / 3, np.nan])
    assert f.parameter_index("b") == f.parameter_index(f.system["b"]) == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ["parameter b of", "values={'b': 1}", "--set b=1"]),
        ({"c": 1}, ["'c'"]),
        ({"b": "nan"}, ["b", "not finite"]),
        ({"b": "1e400"}, ["b", "beyond floating point"]),
    ],
)
def test_parameter_values_that_are_refused(values, words):
    f = ds.compile_system(ds.system_from_equations({"x": "a*x + b"}, {"a": 1, "b": None}))
    with pytest.raises(DynsymError) as caught:
        f.parameter_vector(values)
    for word in words:
        assert word in str(caught.value)


# ---- compiling


def test_what_cannot_be_compiled():
    undefined = ds.build_system(LOOP, ds.LeakyRate(ds.AnySigmoid()))
    for system in (undefined, ds.system_from_equations(undefined.equations, ["w"])):
        with pytest.raises(ModelError, match="undefined, and numbers need a function"):
            ds.compile_system(system)
    with pytest.raises(ModelError, match="Array code was asked for"):
        ds.compile_system(ds.system_from_equations({"x": "-x"}), method=Arrays())
    with pytest.raises(ParameterError, match=r"given system='pair.toml'"):
        ds.compile_system("pair.toml")


def test_compiling_again_and_otherwise():
    f = ds.compile_system(ds.build_system(LOOP))
    assert ds.compile_system(f) is f
    assert ds.compile_system(f, method=Arrays()).lowering == "array"
    assert repr(f) == "CompiledSystem('network': 1 state, scalar code)"


def test_names_of_the_user_do_not_enter_generated_source():
    names = ["numpy", "math", "a0", "x0", "own_logistic", "array", "sin", "self", "import_", "print"]
    text = " + ".join(f"{k + 1}*{name}" for k, name in enumerate(names))
    f = ds.compile_system(ds.system_from_equations({"a1": f"{text} - a1 + logistic(a1)"}, dict.fromkeys(names, 1)))
    expected = sum(range(1, len(names) + 1)) - 0.5 + 1 / (1 + np.exp(-0.5))
    assert f.field([0.5], f.parameter_vector()) == pytest.approx([expected])
    assert f.field([[0.5]], f.parameter_vector())[:, 0] == pytest.approx([expected])


def test_exact_values_are_rounded_once():
    f = equations("m - x", m=sympy.Rational(1, 3))
    assert f.field([0.0], f.parameter_vector())[0] == 1 / 3
