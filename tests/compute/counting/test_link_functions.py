"""Ranges of activations and of their chords hold the true values, as flint's balls give them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from flint import arb, ctx

from dynsym.arithmetic.balls import precision
from dynsym.arithmetic.rounding import FUNCTION_ERROR
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.functions.erf import ErfFunction
from dynsym.functions.function import Function
from dynsym.functions.logistic import LogisticFunction
from dynsym.functions.rectified import RectifiedFunction
from dynsym.functions.softplus import SoftplusFunction
from dynsym.functions.tanh import TanhFunction


def precise_erf(x: arb) -> arb:
    """With enough bits that erf(50) is less than 1."""
    with precision(4000):
        return x.erf()


BALLS = {
    TanhFunction: (lambda x: x.tanh(), lambda x: 1 - x.tanh() ** 2),
    ErfFunction: (precise_erf, lambda x: 2 * (-x * x).exp() / arb.pi().sqrt()),
    LogisticFunction: (lambda x: 1 / (1 + (-x).exp()), lambda x: (-x).exp() / (1 + (-x).exp()) ** 2),
    SoftplusFunction: (lambda x: (1 + x.exp()).log(), lambda x: 1 / (1 + (-x).exp())),
    RectifiedFunction: (lambda x: x.max(arb(0)), lambda x: arb(1) if x > 0 else arb(0)),
}
LINKS = [TanhFunction(), ErfFunction(), LogisticFunction(), SoftplusFunction(), RectifiedFunction()]


@pytest.fixture(autouse=True)
def precise_balls() -> Iterator[None]:
    before = ctx.prec
    ctx.prec = 300
    yield
    ctx.prec = before


def intervals(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    middle = rng.standard_normal(count) * 10 ** rng.uniform(-3, 1.2, count)
    width = 10 ** rng.uniform(-12, 1.5, count)
    special = np.array([[-1.0, 1.0], [0.0, 0.5], [-0.5, 0.0], [30.0, 31.0], [-40.0, -20.0], [0.0, 0.0], [-50.0, 50.0]])
    low, high = np.concatenate([middle - width, special[:, 0]]), np.concatenate([middle + width, special[:, 1]])
    return low, high


def points_inside(low: float, high: float) -> list[float]:
    return [low, high, *(float(np.clip(low + t * (high - low), low, high)) for t in (0.1, 0.31, 0.5, 0.77, 0.97))]


@pytest.mark.parametrize("link", LINKS, ids=lambda f: type(f).__name__)
def test_ranges_hold_the_values(link: Function) -> None:
    low, high = intervals(1)
    value, slope = BALLS[type(link)]
    bottom, top = link.range(low, high)
    least, most = link.derivative_range(low, high)
    for k in range(len(low)):
        for x in points_inside(low[k], high[k]):
            ball = value(arb(x))
            assert arb(bottom[k]) <= ball <= arb(top[k]), (low[k], high[k], x)
            if link.is_smooth:
                assert arb(least[k]) <= slope(arb(x)) <= arb(most[k]), (low[k], high[k], x)


@pytest.mark.parametrize("link", LINKS, ids=lambda f: type(f).__name__)
def test_chords_hold_the_rest(link: Function) -> None:
    low, high = intervals(2)
    value, _ = BALLS[type(link)]
    slope, lower, upper = link.chord(low, high)
    line, line_lower, line_upper = link.line(low, high)
    square_slope, square_lower, square_upper = link.square_chord(low, high)
    for k in range(len(low)):
        for x in points_inside(low[k], high[k]):
            ball = value(arb(x))
            assert arb(lower[k]) <= ball - arb(slope[k]) * arb(x) <= arb(upper[k])
            assert arb(line_lower[k]) <= ball - arb(line[k]) * arb(x) <= arb(line_upper[k])
            square = ball * ball - arb(square_slope[k]) * arb(x)
            assert arb(square_lower[k]) <= square <= arb(square_upper[k])


def test_chords_are_tight_to_second_order() -> None:
    middle = np.linspace(-3, 3, 41)
    for half in (0.1, 0.01):
        low, high = middle - half, middle + half
        for chord in (TanhFunction().chord, TanhFunction().square_chord):
            _, lower, upper = chord(low, high)
            assert (upper - lower).max() < 1.1 * half**2  # |φ''| w²/8 with |φ''| <= 2 and w = 2 half


def test_quotient_chords_hold_the_rest() -> None:
    low, high = intervals(3)
    shift = np.random.default_rng(4).standard_normal(len(low))
    slope, lower, upper = TanhFunction().quotient_chord(low, high, shift)
    usable = np.isfinite(upper)
    assert usable.sum() > 100
    assert not usable[(low <= 0) & (high >= 0)].any()
    for k in np.flatnonzero(usable):
        for x in points_inside(low[k], high[k]):
            rest = (arb(x) - arb(shift[k])) / arb(x).tanh() - arb(slope[k]) * arb(x)
            assert arb(lower[k]) <= rest <= arb(upper[k])


def test_elementary_functions_of_numpy_are_as_accurate_as_is_assumed() -> None:
    x = np.random.default_rng(5).standard_normal(20_000) * 10 ** np.random.default_rng(6).uniform(-8, 1.5, 20_000)
    for mine, exact in ((np.tanh, arb.tanh), (np.exp, arb.exp), (np.sinh, arb.sinh), (np.arctan, arb.atan)):
        values = mine(x)
        for a, b in zip(x.tolist(), values.tolist(), strict=True):
            truth = exact(arb(a))
            assert abs(arb(b) - truth) <= abs(truth) * FUNCTION_ERROR / 8


def test_mixed_functions_go_to_their_columns() -> None:
    functions = LinkFunctions((TanhFunction(), RectifiedFunction(), TanhFunction()))
    x = np.array([[0.5, -1.0, 2.0], [-0.5, 3.0, 0.0]])
    expected = np.column_stack([np.tanh(x[:, 0]), np.maximum(x[:, 1], 0), np.tanh(x[:, 2])])
    np.testing.assert_array_equal(functions.value(x), expected)
    assert not functions.is_odd
    np.testing.assert_array_equal(functions.bounds[1], [1, np.inf, 1])
    cut = functions.middle_of(np.array([0, 1]), np.array([-1.0, -2.0]), np.array([1.0, 4.0]))
    np.testing.assert_allclose(cut, [0.0, 1.0])
