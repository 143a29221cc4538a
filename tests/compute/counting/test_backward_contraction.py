"""Backward contraction keeps every zero: random tapes through random points, with faults planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import sympy
from flint import arb, ctx

import dynsym as ds
from dynsym.arithmetic.balls import BallArithmetic
from dynsym.arithmetic.intervals import Interval
from dynsym.arithmetic.tape import Tape
from dynsym.compute.counting.fields import backward_contraction
from dynsym.compute.counting.fields.backward_contraction import BackwardContraction
from dynsym.functions import logistic, softplus

X, Y, C = sympy.symbols("x y c", real=True)
POINTS = 100
"""Points, each in a box of its own, for each random tape."""


def random_expression(rng: np.random.Generator, depth: int) -> sympy.Expr:
    if depth == 0 or rng.random() < 0.1:
        return sympy.Rational(int(rng.integers(-9, 10)), 4) if rng.random() < 0.25 else (X, Y)[int(rng.integers(2))]
    a, b = (random_expression(rng, depth - 1) for _ in range(2))
    return rng.choice(
        [
            a + b,
            a - b,
            a * b,
            a / (2 + b**2),
            a / b if b != 0 else a,
            a**2,
            a**3,
            (1 + a**2) ** -2,
            sympy.exp(a),
            sympy.log(1 + a**2),
            sympy.sqrt(1 + a**2),
            (1 + a**2) ** sympy.Rational(7, 5),
            sympy.tanh(a),
            logistic(a),
            softplus(a),
            sympy.sin(a),
            sympy.cos(a),
            sympy.sinh(a),
            sympy.cosh(a),
            sympy.atan(a),
            sympy.Abs(a),
            sympy.Max(a, b),
            sympy.Min(a, b),
        ]
    )


def zeros_lost(tapes: int, seed: int) -> tuple[int, int, int]:
    """Zeros tried, zeros removed, boxes that shrank: g(x, y) - c at points where c encloses g, by ball arithmetic."""
    rng, tried, lost, shrunk = np.random.default_rng(seed), 0, 0, 0
    for _ in range(tapes):
        g = sympy.sympify(random_expression(rng, int(rng.integers(1, 4))))
        if not g.free_symbols or g.has(sympy.nan, sympy.zoo, sympy.I):
            continue
        tape, value = Tape.of([g - C], [X, Y, C]), Tape.of([g], [X, Y])
        points = np.where(rng.random((POINTS, 1)) < 0.1, 0.0, rng.normal(size=(POINTS, 2)) * 3)
        balls = [value.run(BallArithmetic(), [arb(a), arb(b)])[0] for a, b in points.tolist()]
        known = np.array([ball.is_finite() for ball in balls])
        if not known.any():
            continue
        ends = [Interval.of_ball(ball) for ball, good in zip(balls, known, strict=True) if good]
        level = Interval(np.array([float(e.low) for e in ends]), np.array([float(e.high) for e in ends]))
        points = points[known]
        shape = (len(points), 2)
        reach = rng.exponential(size=(2, *shape)) * 10.0 ** rng.integers(-6, 2, size=(2, *shape))
        reach = np.where(rng.random((2, *shape)) < 0.2, 0.0, reach)
        box = points - reach[0], points + reach[1]
        low, high = BackwardContraction(tape, (level,)).narrowed(*box)
        tried += len(points)
        lost += int(((points < low) | (points > high)).any(axis=1).sum())
        shrunk += int(((low > box[0]) | (high < box[1])).any(axis=1).sum())
    return tried, lost, shrunk


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    before, ctx.prec = ctx.prec, 128
    yield
    ctx.prec = before


def test_no_zero_is_removed() -> None:
    tried, lost, shrunk = zeros_lost(150, seed=1)
    assert tried >= 10_000
    assert lost == 0
    assert shrunk > 0.2 * tried


def unconfirmed(x: Interval, value: Interval, forward: object, guess: Callable, pad: float = 0.0) -> Interval:
    """Inverse functions as they come, without a margin or a check."""
    return Interval(guess(value.low), guess(value.high))


def right_branch(x: Interval, size: Interval) -> Interval:
    return size


def careless_quotient(arithmetic: object, x: Interval, value: Interval, factor: Interval) -> Interval:
    """Forgets that a factor may be zero where the product is."""
    ends = np.stack(np.broadcast_arrays(*(v / f for v in (value.low, value.high) for f in (factor.low, factor.high))))
    return Interval(ends.min(axis=0), ends.max(axis=0))


@pytest.mark.parametrize(
    ("name", "fault"),
    [("_inverted", unconfirmed), ("_of_magnitude", right_branch), ("_quotient", careless_quotient)],
)
def test_planted_faults_are_caught(name: str, fault: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backward_contraction, name, fault)
    assert zeros_lost(40, seed=1)[1] > 0


def test_without_outward_rounding_zeros_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rounded(backward_contraction.IntervalArithmetic):
        def add(self, left: Interval, right: Interval) -> Interval:
            return Interval(left.low + right.low, left.high + right.high)

        def multiply(self, left: Interval, right: Interval) -> Interval:
            ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
            return Interval(np.minimum.reduce(ends), np.maximum.reduce(ends))

    monkeypatch.setattr(backward_contraction, "IntervalArithmetic", Rounded)
    with np.errstate(all="ignore"):
        assert zeros_lost(40, seed=1)[1] > 0


def narrowed(equation: sympy.Expr, low: float, high: float) -> tuple[float, float]:
    tape = Tape.of([equation], [X])
    bounds = BackwardContraction(tape, ()).narrowed(np.array([[low]]), np.array([[high]]))
    return float(bounds[0][0, 0]), float(bounds[1][0, 0])


@pytest.mark.parametrize(
    ("equation", "box", "expected"),
    [
        (sympy.exp(X) - 2, (-50, 50), (np.log(2), np.log(2))),
        (sympy.tanh(X) + sympy.Rational(1, 2), (-50, 50), (np.arctanh(-0.5),) * 2),
        (logistic(X) - sympy.Rational(1, 4), (-50, 50), (-np.log(3),) * 2),
        (sympy.sqrt(X) - 3, (0, 50), (9, 9)),
        (sympy.log(X) - 1, (0.1, 50), (np.e, np.e)),
        (X**2 - 2, (-50, 50), (-np.sqrt(2), np.sqrt(2))),
        (X**2 - 2, (-1, 50), (np.sqrt(2), np.sqrt(2))),
        (X**3 + 8, (-50, 50), (-2, -2)),
        (1 / X - 4, (0.01, 50), (0.25, 0.25)),
        (X ** sympy.Rational(5, 2) - 32, (0, 50), (4, 4)),
        (sympy.cos(X) - sympy.Rational(1, 2), (0.1, 3), (np.pi / 3, np.pi / 3)),
        (sympy.sin(X) + sympy.Rational(1, 2), (1.6, 4.7), (7 * np.pi / 6,) * 2),
        (sympy.sin(X) - sympy.Rational(1, 2), (-7, 7), (-7, 7)),
        (sympy.Abs(X) - 3, (-2, 50), (3, 3)),
        (sympy.cosh(X) - 2, (-50, 0.5), (-np.arccosh(2),) * 2),
    ],
)
def test_projections_are_sharp(equation: sympy.Expr, box: tuple[float, float], expected: tuple[float, float]) -> None:
    low, high = narrowed(equation, *box)
    np.testing.assert_allclose((low, high), expected, rtol=1e-10)
    assert low <= expected[0] * (1 + 1e-15) or low <= expected[0] + 1e-15


def test_what_cannot_vanish_is_dropped_and_poles_are_left_alone() -> None:
    low, high = narrowed(sympy.exp(X) + 1, -5, 5)
    assert low > high
    assert narrowed(X - 1 / (X - 1), -3, 3) == (-3, 3)
    assert narrowed(sympy.log(X) - 1, -3, 5) == (-3, 5)
    low, high = narrowed(sympy.sqrt(X) + X**2 + 1, -3, -1)
    assert low > high


def test_fewer_boxes_are_examined() -> None:
    """Three genes in a ring: the search without contraction looks at more boxes."""
    from dynsym._budget import Budget, Clock
    from dynsym.compute.counting.fields.engine import FieldEngine, IntervalField, interval_field
    from dynsym.compute.counting.search.driver import BranchAndPrune, search
    from dynsym.compute.counting.setting import Setting

    system = ds.system_from_equations({f"x{k}": f"3*exp(-x{k % 3 + 1}^2) - x{k}" for k in range(1, 4)})
    field = interval_field(Setting(ds.compile_system(system)))
    plain = IntervalField(field.size, field.field, field.jacobian)
    low, high = np.full(3, -6.0), np.full(3, 6.0)
    with_it, without = (
        search(FieldEngine(f, 60.0), low, high, method=BranchAndPrune(), clock=Clock(Budget(seconds=60)))
        for f in (field, plain)
    )
    assert not with_it.undecided
    assert not without.undecided
    assert with_it.examined < without.examined
