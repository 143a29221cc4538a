"""Balls contain the true values, computed by mpmath at high precision, at every point of the balls they come from."""

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

import dynsym as ds
from dynsym._expressions import vocabulary
from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.balls import BallArithmetic, ball
from dynsym.arithmetic.tape import Tape
from dynsym.errors import UnsupportedFeatureError

EQUATIONS = [
    "x*y - x^3/7 + m",
    "x^2 - 2*x*y + y^2",
    "(x + y)^-2 + x^-1",
    "exp(x*y) - log(m + x^2)",
    "sin(x) + cos(3*y) + tan(x*y)",
    "sinh(x) - cosh(y) + tanh(2*x - y)",
    "1/tanh(x) + atan(10*y)",
    "sqrt(1 + x^2)*abs(y) + sqrt(m)",
    "max(x, y, m/10) - min(x, y)",
    "sign(x) + step(y) + relu(x - y)",
    "logistic(8*x) + softplus(5*y) + 1/(1 + exp(-3*x))",
    "(m + x)^(5/2) + (m + y)^(-1/2) + (m + y^2)^x + m^(-1/3)",
    "pi*x + exp(1)*y",
    "logistic(1000*(x - 1/2)) + tanh(500*y)",
]
SYSTEMS = {
    text: ds.compile_system(ds.system_from_equations({"x": text, "y": f"y + {text}"}, {"m": 5})) for text in EQUATIONS
}
FUNCTION_SYSTEM = ds.build_system(
    ds.Network(["a", "b"], [ds.Edge("a", "b", "v"), ds.Edge("b", "a", -1.5), ds.Edge("a", "a", 0.3, sign=-1)]),
    ds.LeakyRate(ds.Logistic(gain=3, threshold="h")),
    ds.Hebbian("k", time_constant=7),
    values={"v": 0.1, "h": "1/3", "k": "sqrt(2)"},
)
PLASTIC = ds.compile_system(FUNCTION_SYSTEM)

points = st.fractions(min_value=-3, max_value=3, max_denominator=60)
radii = st.sampled_from([0, 0, sympy.Rational(1, 10**20), sympy.Rational(1, 10**9), sympy.Rational(1, 50), 1])
inside = st.fractions(min_value=-1, max_value=1, max_denominator=9)


def rational(value):
    return sympy.Rational(value.numerator, value.denominator)


def ball_about(middle, radius):
    """A ball that holds [middle - radius, middle + radius]."""
    return arb(fmpq(int(middle.p), int(middle.q)), float(radius) * (1 + 1e-15) if radius else 0)


def contains(found, expression, point):
    """Whether a ball contains the value of an expression at a rational point; nan balls contain everything."""
    value = expression.xreplace(point).evalf(60)
    if not value.is_comparable or value in (sympy.oo, -sympy.oo) or found.is_nan():
        return True
    with mpmath.workdps(60):
        number = mpmath.mpmathify(value)
        tiny = mpmath.mpf(10) ** (mpmath.mag(number) * 0.301 - 50)
        low, high = (mpmath.mpf(part) for part in (_lower(found), _upper(found)))
        return low <= number + tiny and number - tiny <= high


def _exact(end):
    mantissa, exponent = end.man_exp()
    return mpmath.ldexp(int(mantissa), int(exponent))


def _lower(found):
    return -mpmath.inf if not found.is_finite() else _exact(found.lower())


def _upper(found):
    return mpmath.inf if not found.is_finite() else _exact(found.upper())


@given(st.sampled_from(EQUATIONS), points, points, radii, inside, inside)
def test_fields_and_jacobians_hold_the_values_inside(text, x, y, radius, s, t):
    f = SYSTEMS[text]
    middle = {"x": rational(x), "y": rational(y)}
    p = f.ball_parameters()
    balls = [ball_about(middle["x"], radius), ball_about(middle["y"], radius)]
    point = {
        f.system["x"]: middle["x"] + radius * rational(s),
        f.system["y"]: middle["y"] + radius * rational(t),
        f.system["m"]: sympy.Integer(5),
    }
    for found, rate in zip(f.ball_field(balls, p), f.system.rhs, strict=True):
        assert contains(found, rate, point)
        if radius == 0 and rate.xreplace(point).is_finite:
            assert found.is_finite()
            assert float(found.rad()) <= 1e-10 * (1 + abs(float(found.mid())))
    jacobian = f.ball_jacobian(balls, p)
    for place, entry in f.system.jacobian_entries().items():
        if not entry.has(sympy.DiracDelta):
            assert contains(jacobian[place], entry, point)


@given(st.lists(points, min_size=5, max_size=5), radii)
def test_balls_of_a_plastic_network(x, radius):
    f = PLASTIC
    middle = [rational(value) for value in x]
    balls, p = [ball_about(value, radius) for value in middle], f.ball_parameters()
    point = {**dict(zip(FUNCTION_SYSTEM.states, middle, strict=True)), **FUNCTION_SYSTEM.substitution()}
    for found, rate in zip(f.ball_field(balls, p), FUNCTION_SYSTEM.rhs, strict=True):
        assert contains(found, rate, point)
    jacobian = f.ball_jacobian(balls, p)
    assert set(jacobian) == set(FUNCTION_SYSTEM.jacobian_entries())
    for place, entry in FUNCTION_SYSTEM.jacobian_entries().items():
        assert contains(jacobian[place], entry, point)


@given(st.lists(points, min_size=5, max_size=5))
def test_balls_contain_the_floating_point_results_up_to_rounding(x):
    f = PLASTIC
    numbers = np.array([float(value) for value in x])
    found = f.ball_field([arb(value) for value in numbers], f.ball_parameters())
    for one, other in zip(found, f.field(numbers, f.parameter_vector()), strict=True):
        assert abs(float(one.mid()) - other) < 1e-13
        assert float(one.rad()) < 1e-12


def test_kinks_give_both_slopes():
    f = ds.compile_system(ds.system_from_equations({"x": "relu(x) + abs(x)"}))
    entry = f.ball_jacobian([arb(0)], [])[0, 0]
    assert entry.contains(arb(-1))
    assert entry.contains(arb(2))
    assert f.ball_jacobian([arb(1)], [])[0, 0] == 2


def test_even_powers_of_balls_about_zero_are_not_negative():
    f = ds.compile_system(ds.system_from_equations({"x": "x^2", "y": "x^4"}))
    for found in f.ball_field([arb(0, 0.1), arb(0)], []):
        assert not found < 0
        assert found.lower() > -1e-8
        assert found.is_finite()


@pytest.mark.parametrize("size", [1e3, 1e6, 1e30])
def test_sigmoids_stay_bounded_far_out(size):
    f = ds.compile_system(ds.system_from_equations({"x": "logistic(x) + tanh(x)", "y": "1/(1 + exp(-y))"}))
    for x in (arb(size), arb(-size), arb(0, size), arb(0, "inf")):
        for found in f.ball_field([x, x], []):
            assert found.is_finite()
            assert float(found.lower()) > -1.001
            assert float(found.upper()) < 2.001


def test_an_argument_outside_the_domain_gives_no_false_enclosure():
    f = ds.compile_system(ds.system_from_equations({"x": "log(x)", "y": "sqrt(y)", "z": "1/z"}))
    for found in f.ball_field([arb(0, 1), arb(0, 1), arb(0, 1)], []):
        assert not found.is_finite()


def test_exact_constants_become_balls():
    assert ball(sympy.Rational(1, 3)).contains(arb(fmpq(1, 3)))
    for constant in (sympy.pi, sympy.E, sympy.sqrt(2) + 15, sympy.log(2) / 7, sympy.tanh(1)):
        assert contains(ball(constant), constant, {})
        assert float(ball(constant).rad()) < 1e-13


def test_a_precision_set_by_the_caller_is_used():
    from flint import ctx

    before = ctx.prec
    try:
        ctx.prec = 200
        assert float(ball(sympy.sqrt(2)).rad()) < 1e-50
    finally:
        ctx.prec = before


def test_parameters_need_values():
    f = ds.compile_system(ds.system_from_equations({"x": "m - x"}, ["m"]))
    with pytest.raises(ds.errors.ParameterError, match="m of 'system' has no value"):
        f.ball_parameters()
    assert f.ball_parameters({"m": "1/3"})[0].contains(arb(fmpq(1, 3)))


# ---- tapes


def test_a_tape_shares_common_parts():
    x, y = sympy.symbols("x y", real=True)
    tape = Tape.of([sympy.tanh(x * y) + 1, sympy.tanh(x * y) ** 2], [x, y])
    assert sum(operation == "function" for operation, *_ in tape.operations) == 1
    assert [float(v.mid()) for v in tape.run(BallArithmetic(), [arb(1), arb(2)])] == pytest.approx(
        [np.tanh(2) + 1, np.tanh(2) ** 2]
    )


def test_every_function_of_the_parser_can_be_taped():
    for name in vocabulary.FUNCTIONS.keys() - {"min", "max"}:
        f = ds.compile_system(ds.system_from_equations({"x": f"{name}(x)"}))
        assert f.field_tape.run(BallArithmetic(), [arb("0.7")])[0].is_finite()
        assert name == "sqrt" or type(f.system.equations["x"]).__name__ in NAMES


def test_what_has_no_numeric_meaning_is_refused():
    x = sympy.Symbol("x", real=True)
    with pytest.raises(UnsupportedFeatureError, match="gamma"):
        Tape.of([sympy.gamma(x)], [x])
    with pytest.raises(UnsupportedFeatureError, match="x"):
        Tape.of([x], [])
