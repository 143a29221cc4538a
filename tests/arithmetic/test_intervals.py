"""Interval evaluation of expressions holds every value of the expression; checked with mpmath at random points."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from dynsym.arithmetic.intervals import Interval, IntervalArithmetic, enclosing_floats
from dynsym.arithmetic.tape import Tape
from dynsym.functions import logistic, relu, softplus

X, Y = sympy.symbols("x0 x1", real=True)
EXPRESSIONS = [
    X * Y - X**2 + sympy.Rational(1, 3),
    X**3 - 2 * Y**4 + X / 7,
    sympy.exp(X) * sympy.sin(Y) - sympy.cos(3 * X),
    1 / (1 + X**2) - Y,
    1 / (3 + sympy.sin(X * Y)),
    sympy.tanh(X) * logistic(5 * Y - X),
    softplus(X - Y) + relu(Y),
    sympy.sqrt(X**2 + 1) - sympy.log(Y**2 + 2),
    sympy.cosh(X) - sympy.sinh(Y) + sympy.atan(X * Y),
    sympy.Abs(X - Y) - sympy.Max(X, Y) + sympy.Min(X, 2 * Y),
    (X**2 + 1) ** sympy.Rational(5, 2) / (Y**2 + 1),
    sympy.pi * X - sympy.sqrt(2) * Y,
    X ** (-2) + Y ** (-1),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_range_holds_the_values(expression: sympy.Expr) -> None:
    rng = np.random.default_rng(0)
    count = 60
    middle = rng.standard_normal((2, count)) * 3
    width = 10 ** rng.uniform(-9, 0.5, (2, count))
    low, high = middle - width, middle + width
    tape = Tape.of([expression], [X, Y])
    (found,) = tape.run(IntervalArithmetic(), [Interval(low[k], high[k]) for k in range(2)])
    evaluate = sympy.lambdify(
        [X, Y], expression.rewrite(sympy.exp) if expression.has(logistic) else expression, "mpmath"
    )
    with mpmath.workdps(40):
        for k in range(count):
            for s, t in rng.random((8, 2)):
                x = min(max(low[0, k] + s * (high[0, k] - low[0, k]), low[0, k]), high[0, k])
                y = min(max(low[1, k] + t * (high[1, k] - low[1, k]), low[1, k]), high[1, k])
                value = evaluate(mpmath.mpf(x), mpmath.mpf(y))
                assert mpmath.mpf(float(found.low[k])) <= value <= mpmath.mpf(float(found.high[k])), (x, y)


def test_points_give_narrow_intervals() -> None:
    tape = Tape.of([sympy.tanh(X) * logistic(Y) + sympy.Rational(1, 3)], [X, Y])
    (found,) = tape.run(IntervalArithmetic(), [Interval.point(np.array([0.3])), Interval.point(np.array([-20.0]))])
    assert found.high[0] - found.low[0] < 1e-13


def test_infinite_ends() -> None:
    line = Interval(np.array([-np.inf]), np.array([np.inf]))
    half = Interval(np.array([2.0]), np.array([np.inf]))
    arithmetic = IntervalArithmetic()
    (bounded,) = Tape.of([sympy.tanh(X) + 2 * logistic(-X)], [X]).run(arithmetic, [line])
    assert bounded.low[0] >= -1.001
    assert bounded.high[0] <= 3.001
    (inverse,) = Tape.of([1 / X], [X]).run(arithmetic, [half])
    assert inverse.low[0] == 0.0
    assert 0.5 <= inverse.high[0] < 0.5001
    (sum_,) = Tape.of([X - sympy.exp(X)], [X]).run(arithmetic, [line])
    assert (sum_.low[0], sum_.high[0]) == (-np.inf, np.inf)


def test_division_by_an_interval_with_zero_is_the_whole_line() -> None:
    (found,) = Tape.of([1 / X], [X]).run(IntervalArithmetic(), [Interval(np.array([-1.0, 0.0]), np.array([1.0, 2.0]))])
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)
    assert found.high[1] == np.inf
    assert found.low[1] <= 0.5


def test_enclosing_floats_are_neighbours() -> None:
    low, high = enclosing_floats(arb(1) / 3)
    assert high <= np.nextafter(np.nextafter(low, 1), 1)
    assert arb(low) <= arb(1) / 3 <= arb(high)
    assert enclosing_floats(arb(2)) == (2.0, 2.0)
    assert enclosing_floats(arb("nan")) == (-np.inf, np.inf)
