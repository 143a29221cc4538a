"""One tape in all arithmetics: generated expressions, compared with sympy's own evaluation at random points."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Rational

from dynsym._expressions import Jet
from dynsym._expressions.registry import HEADS
from dynsym.arithmetic.balls import BallArithmetic, ball, rational_ball
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.jets import JetArithmetic
from dynsym.arithmetic.tape import Tape
from dynsym.functions import step

X, Y = sympy.symbols("x y", real=True)
SMOOTH = [head for head, known in HEADS.items() if known.is_entire]
ALL = [*HEADS, sympy.sqrt, lambda u: 1 / u, lambda u: u ** Rational(2, 3), lambda u: sympy.Max(u, X)]

fractions = st.fractions(min_value=-2, max_value=2, max_denominator=12).map(Rational)
leaves = st.one_of(st.sampled_from([X, Y, sympy.pi, sympy.E]), fractions)


def trees(functions):
    def grown(inner):
        return st.one_of(
            st.builds(lambda f, u: f(u / 3), st.sampled_from(functions), inner),
            st.builds(sympy.Add, inner, inner),
            st.builds(sympy.Mul, inner, inner),
            st.builds(lambda u, n: u**n, inner, st.sampled_from([2, 3, 4])),
        )

    return st.recursive(leaves, grown, max_leaves=6)


def is_usable(expression):
    return not expression.has(sympy.zoo, sympy.oo, sympy.nan, sympy.I) and expression.free_symbols <= {X, Y}


def exact(expression, x, y):
    """The value by sympy's evaluation at sixty digits, or None where it or a part of it is not real and finite."""
    parts = [part.xreplace({X: x, Y: y}) for part in sympy.preorder_traversal(expression)]
    if not all(part.is_extended_real and part.is_finite for part in parts):
        return None
    value = parts[0]
    value = value.evalf(60) if isinstance(value, sympy.Expr) else value
    if not (value.is_comparable and value.is_finite) or abs(value) > sympy.Float("1e60"):
        return None
    with mpmath.workdps(60):
        return mpmath.mpmathify(value)


def end(value):
    return mpmath.mpf(value) if np.isfinite(value) else mpmath.inf * np.sign(value)


def exact_end(value):
    mantissa, exponent = value.man_exp()
    return mpmath.ldexp(int(mantissa), int(exponent))


@given(trees(ALL), fractions, fractions, fractions, fractions, st.fractions(0, 1), st.fractions(0, 1))
def test_intervals_and_balls_hold_the_value_at_a_point_of_the_box(expression, a, b, c, d, s, t):
    assume(is_usable(expression))
    low, high = (min(a, b), min(c, d)), (max(a, b), max(c, d))
    x, y = (p + Rational(r) * (q - p) for p, q, r in zip(low, high, (s, t), strict=True))
    value = exact(expression, x, y)
    assume(value is not None)
    tape = Tape.of([expression], [X, Y])
    ends = [Interval(np.array([float(p)]), np.array([float(q)])) for p, q in zip(low, high, strict=True)]
    for one, p, q in zip(ends, low, high, strict=True):
        one.low, one.high = np.nextafter(one.low, -np.inf), np.nextafter(one.high, np.inf)
        assert Fraction(float(one.low[0])) <= Fraction(p) <= Fraction(q) <= Fraction(float(one.high[0]))
    (found,) = tape.run(IntervalArithmetic(), ends)
    slack = mpmath.mpf(10) ** -50 * (1 + abs(value))
    with mpmath.workdps(60):
        assert end(np.ravel(found.low)[0]) <= value + slack
        assert end(np.ravel(found.high)[0]) >= value - slack
    box = {z: rational_ball(p).union(rational_ball(q)) for z, p, q in zip((X, Y), low, high, strict=True)}
    for enclosed in (tape.run(BallArithmetic(), list(box.values()))[0], ball(expression, box)):
        if enclosed.is_finite():
            with mpmath.workdps(60):
                assert exact_end(enclosed.lower()) <= value + slack
                assert exact_end(enclosed.upper()) >= value - slack


@given(trees(ALL), fractions, fractions)
def test_digits_are_those_of_sympy(expression, x, y):
    assume(is_usable(expression))
    value = exact(expression, x, y)
    assume(value is not None)
    with mpmath.workdps(60):
        try:
            found = number_of(expression, {X: mpmath.mpf(x.p) / x.q, Y: mpmath.mpf(y.p) / y.q})
        except (NoNumberError, ZeroDivisionError, ValueError):
            assume(False)
        assume(mpmath.im(found) == 0)
        assert abs(found - value) <= mpmath.mpf(10) ** -30 * (1 + abs(value)) or expression.has(step, sympy.sign)


@given(trees(SMOOTH), fractions, fractions)
def test_jets_are_the_derivatives_along_directions(expression, x, y):
    assume(is_usable(expression))
    slopes = [expression.diff(X), expression.diff(Y), expression.diff(X, Y), expression.diff(X, X, Y)]
    values = [exact(e, x, y) for e in slopes]
    assume(all(v is not None and abs(v) < 1e8 for v in values))
    start = [{0: np.float64(x), 1: 1.0, 4: 1.0}, {0: np.float64(y), 2: 1.0}]
    found = Tape.of([expression], [X, Y]).run(JetArithmetic(7), start)[0]
    scale = max(1.0, *(abs(float(v)) for v in values), abs(float(found[0])))
    for mask, value in zip((1, 2, 3, 7), values, strict=True):
        assert float(found.get(mask, 0.0)) == pytest.approx(float(value), rel=1e-7, abs=1e-9 * scale)


def test_undefined_activations_are_polynomials_in_digits():
    phi = Jet("phi", "none", 1, X)
    program = Program([phi + sympy.I * X, phi.diff(X)], {("phi", "none"): [0, 2, 3, 5]}, [X])
    assert program([mpmath.mpf(2)]) == [2 + 12 + 60 + 2j, 6 + 60]
    with pytest.raises(NoNumberError):
        Program([sympy.gamma(X)], {}, [X])
    with pytest.raises(NoNumberError):
        number_of(1 / X, {X: 0})


def test_roots_of_polynomials_are_constants_of_every_arithmetic():
    root = sympy.CRootOf(X**5 - X - 1, 0)
    tape = Tape.of([root * Y], [Y])
    expected = float(root.evalf(30))
    assert float(tape.run(BallArithmetic(), [arb(2)])[0].mid()) == pytest.approx(2 * expected)
    interval = tape.run(IntervalArithmetic(), [Interval.point(2.0)])[0]
    assert interval.low < 2 * root.evalf(30) < interval.high
    assert float(number_of(root, {})) == pytest.approx(expected)


def test_a_step_is_zero_at_zero_as_a_value_and_has_two_limits_as_a_slope():
    assert ball(step(X), {X: arb(0)}) == 0
    both = Tape.of([step(X)], [X]).run(BallArithmetic(), [arb(0)])[0]
    assert both.contains(0)
    assert both.contains(1)


@pytest.mark.parametrize("exponent", [2, 3, 4, 5])
def test_powers_of_balls_about_zero_are_finite(exponent):
    found = ball(X**exponent, {X: arb(-1).union(arb(2))})
    assert found.is_finite()
    assert found.contains(2**exponent)
    assert found.contains((-1) ** exponent)
    assert not ball(1 / X, {X: arb(0, 1)}).is_finite()
