"""Every function that is known: its numbers, ranges, derivatives and inverses agree with those of sympy and mpmath."""

import math

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from dynsym._expressions.registry import HEADS, NAMES
from dynsym.functions import Function

KNOWN = list(NAMES.values())
u = sympy.Symbol("u", real=True)


def points(known: Function) -> list[float]:
    low, high = (max(known.domain[0], -3.0), min(known.domain[1], 3.0))
    return [low + (high - low) * t for t in (0.07, 0.31, 0.53, 0.71, 0.93)]


def true_value(known: Function, x: float, order: int = 0) -> mpmath.mpf:
    """The value, or a derivative, by mpmath from the elementary form."""
    plain = known.head(u).rewrite(sympy.exp) if known.is_smooth and known.name not in {"erf", "erfinv"} else None
    if plain is None:
        assert order == 0
        return mpmath.mpf(sympy.re(known.head(sympy.Float(x, 60)).evalf(50))._to_mpmath(150))
    function = sympy.lambdify([u], plain, "mpmath")
    with mpmath.workdps(50):
        return mpmath.re(mpmath.diff(function, mpmath.mpf(x), order))


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_values_of_every_arithmetic(known: Function) -> None:
    for x in points(known):
        expected = true_value(known, x)
        for found in (known.on_floats(x), np.asarray(known.on_arrays(np.array([x])))[0], known.digits(mpmath.mpf(x))):
            assert math.isclose(found, expected, rel_tol=1e-13, abs_tol=1e-14)
        ball = known.ball(arb(x))
        assert abs(float(ball.mid()) - expected) < 1e-12
        assert ball.rad() < 1e-10


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_complex_steps_differentiate(known: Function) -> None:
    for x in points(known):
        if known.name == "erfinv":
            continue
        slope = np.imag(np.asarray(known.on_arrays(np.array([x + 1e-30j])))[0]) / 1e-30
        assert math.isclose(slope, known.derivatives(np.float64(x))[1], rel_tol=1e-12, abs_tol=1e-13)


@pytest.mark.parametrize("known", [k for k in KNOWN if k.is_smooth and k.name not in {"erf", "erfinv"}], ids=str)
def test_derivatives(known: Function) -> None:
    for x in points(known):
        found = known.derivatives(np.float64(x))
        for order in range(4):
            expected = true_value(known, x, order)
            assert math.isclose(found[order], expected, rel_tol=1e-9, abs_tol=1e-9), (x, order)


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_ranges_hold_the_values(known: Function) -> None:
    rng = np.random.default_rng(1)
    low, high = max(known.domain[0], -9.0), min(known.domain[1], 9.0)
    ends = np.sort(rng.uniform(low, high, (300, 2)), axis=1)
    bottom, top = known.range(ends[:, 0], ends[:, 1])
    for share in (0.0, 0.2, 0.6, 1.0):
        x = np.minimum(ends[:, 0] + share * (ends[:, 1] - ends[:, 0]), ends[:, 1])
        value = np.asarray(known.on_arrays(x))
        assert (bottom <= value).all()
        assert (value <= top).all()
    least, most = known.ends
    assert (np.nan_to_num(bottom, neginf=-1e300) >= max(least, -1e300)).all()
    assert (np.nan_to_num(top, posinf=1e300) <= min(most, 1e300)).all()


@pytest.mark.parametrize("known", [k for k in KNOWN if k.inverse is not None], ids=str)
def test_inverses(known: Function) -> None:
    for x in points(known):
        y = float(true_value(known, x))
        assert math.isclose(float(known.inverse(sympy.Float(y, 30)).evalf(20)), x, rel_tol=1e-9)
        assert math.isclose(known.preimage(np.array([y]))[0], x, rel_tol=1e-9)
        slope = float(known.slope_at_value(sympy.Float(y, 30)).evalf(20))
        assert math.isclose(slope, float(known.head(u).diff(u).subs(u, sympy.Float(x, 30))), rel_tol=1e-9)


@pytest.mark.parametrize("known", [k for k in KNOWN if k.primitive is not None], ids=str)
def test_primitives(known: Function) -> None:
    difference = known.primitive(u).diff(u) - known.head(u)
    for x in points(known):
        assert abs(difference.subs(u, sympy.Float(x, 30)).evalf(20)) < 1e-15


@pytest.mark.parametrize("known", [k for k in KNOWN if k.parity != "none"], ids=str)
def test_parity(known: Function) -> None:
    sign = -1 if known.is_odd else 1
    assert all(known.on_floats(-x) == sign * known.on_floats(x) for x in (0.3, 0.7))


@pytest.mark.parametrize("known", [k for k in KNOWN if k.slopes is not None], ids=str)
def test_bounds_of_slopes_are_reached(known: Function) -> None:
    x = np.concatenate([np.linspace(-40, 40, 8001), [-1e9, 1e9]])
    x = x[x != 0] if not known.is_smooth else x
    slopes = [float(known.derivatives(t)[1]) for t in x]
    assert math.isclose(min(slopes), known.slopes[0], abs_tol=1e-9)
    assert math.isclose(max(slopes), known.slopes[1], abs_tol=1e-9)


def test_a_function_is_known_by_its_class_alone() -> None:
    class Gauss(sympy.Function):
        pass

    class GaussFunction(Function):
        head = Gauss

        on_arrays = staticmethod(lambda x: np.exp(-x * x))

    try:
        assert HEADS[Gauss] == GaussFunction() == NAMES["Gauss"]
    finally:
        del HEADS[Gauss], NAMES["Gauss"]
