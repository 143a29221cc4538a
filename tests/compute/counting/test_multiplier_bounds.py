"""Linear-programming bounds: as good as HiGHS's, and proved by whatever multipliers are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from flint import arb, ctx
from scipy.optimize import linprog

from dynsym._budget import Budget
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links import multiplier_bounds
from dynsym.compute.counting.links.bounding import bounding_box
from dynsym.compute.counting.links.dual_simplex import directions, multipliers
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.multiplier_bounds import least_values, tighten
from dynsym.compute.counting.links.relaxation import relax
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.search import driver as search
from dynsym.compute.counting.search.merging import distinct
from dynsym.functions.erf import ErfFunction
from dynsym.functions.function import Function
from dynsym.functions.logistic import LogisticFunction
from dynsym.functions.odd_sigmoid import OddSigmoid
from dynsym.functions.rectified import RectifiedFunction
from dynsym.functions.softplus import SoftplusFunction
from dynsym.functions.tanh import TanhFunction

BALLS: dict[type, Callable[[arb], arb]] = {
    TanhFunction: lambda x: x.tanh(),
    ErfFunction: lambda x: x.erf(),
    LogisticFunction: lambda x: 1 / (1 + (-x).exp()),
    SoftplusFunction: lambda x: (1 + x.exp()).log(),
    RectifiedFunction: lambda x: x.max(arb(0)),
}
LINKS: list[Function] = [TanhFunction(), ErfFunction(), LogisticFunction(), SoftplusFunction(), RectifiedFunction()]


@pytest.fixture(autouse=True)
def precise_balls() -> Iterator[None]:
    before = ctx.prec
    ctx.prec = 200
    yield
    ctx.prec = before


def gaussian(n: int, g: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, n)) * g / np.sqrt(n)


def problem(weights: np.ndarray, bias: np.ndarray | None = None, link: Function | None = None) -> LinkProblem:
    size, link = len(weights), link or TanhFunction()
    bias = np.zeros(size) if bias is None else bias
    return LinkProblem(bias, weights, LinkFunctions((link,) * size), is_odd=link.is_odd and not bias.any())


def boxes_around(p: LinkProblem, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solutions, and a box around each."""
    rng = np.random.default_rng(seed)
    found = newton(p, 4 * rng.standard_normal((300, p.size)), steps=60, limit=60.0, largest_step=1.0)
    found = found[enclose(p, found).certified]
    return found, found - rng.exponential(0.7, found.shape), found + rng.exponential(0.7, found.shape)


def is_below_all_values(link: Function) -> bool:
    """Whether `least` lies below a x + m φ(x) at points of the intervals, in balls."""
    rng = np.random.default_rng(7)
    low = rng.standard_normal(400) * 10 ** rng.uniform(-3, 1.2, 400)
    high = low + 10 ** rng.uniform(-12, 1.5, 400)
    factor = rng.standard_normal(400) * 10 ** rng.uniform(-3, 3, 400)
    linear = np.where(rng.uniform(size=400) < 0.8, -factor * rng.uniform(0, 1.1, 400), rng.standard_normal(400))
    linear[:20], factor[20:40] = 0.0, 0.0
    least = link.least(linear, factor, low, high)
    ball = BALLS[type(link)]
    for a, m, bound, left, right in zip(linear, factor, least, low, high, strict=True):
        points = np.clip(left + (right - left) * np.linspace(0, 1, 33), left, right)
        values = a * points + m * link.value(points)
        points = np.append(points[np.argsort(values)[:3]], [left, right])
        if any(not bool(arb(float(bound)) <= arb(float(a)) * x + arb(float(m)) * ball(x)) for x in map(arb, points)):
            return False
    return True


@pytest.mark.parametrize("link", LINKS, ids=lambda f: type(f).__name__)
def test_least_values_of_one_variable(link: Function) -> None:
    assert is_below_all_values(link)


def test_least_values_without_their_rounding_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynsym.functions.odd_sigmoid.FUNCTION_ERROR", 0.0)
    monkeypatch.setattr("dynsym.functions.odd_sigmoid.UNIT", 0.0)
    assert not is_below_all_values(TanhFunction())


@pytest.mark.parametrize(
    ("link", "share"),
    [(TanhFunction(), 1e-9), (ErfFunction(), 1e-9), (LogisticFunction(), 1e-9)],
    ids=["tanh", "erf", "logistic"],
)
def test_least_values_are_attained(link: Function, share: float) -> None:
    """Against the least of 200,001 values."""
    rng = np.random.default_rng(8)
    for _ in range(40):
        low = float(3 * rng.standard_normal())
        high = low + float(rng.exponential(2))
        linear, factor = (float(x) for x in rng.standard_normal(2))
        x = np.linspace(low, high, 200_001)
        expected = float((linear * x + factor * link.value(x)).min())
        found = link.least(*(np.array([t]) for t in (linear, factor, low, high)))[0]
        assert expected - 1e-8 <= found <= expected + share


@pytest.mark.parametrize("link", [TanhFunction(), ErfFunction()], ids=str)
def test_lines_over_a_sigmoid_hold_the_graph(link: OddSigmoid) -> None:
    rng = np.random.default_rng(9)
    low = 5 * rng.standard_normal(200)
    high = low + rng.exponential(3, 200)
    slope, offset = link.lines_over(low, high)
    for t in np.linspace(0, 1, 21):
        x = low + (high - low) * t
        assert (slope * x + offset >= link.value(x) - 1e-6).all()
    near = np.abs(slope * high + offset - link.value(high)).min(axis=0)
    assert (near < 1e-6).all()


def bound_of_highs(p: LinkProblem, low: np.ndarray, high: np.ndarray, c: np.ndarray) -> float:
    """Least c·x over the hulls, by HiGHS, with the lines of `LinkFunctions.hull`; variables x and y."""
    size = p.size
    over, over_offset, under, under_offset = (part[:, 0] for part in p.functions.hull(low[None], high[None]))
    unit = np.eye(size)
    rows = [np.hstack([-np.diag(s), unit]) for s in over] + [np.hstack([np.diag(s), -unit]) for s in under]
    limits = np.concatenate([over_offset.ravel(), -under_offset.ravel()])
    found = linprog(
        np.concatenate([c, np.zeros(size)]),
        A_ub=np.vstack(rows),
        b_ub=limits,
        A_eq=np.hstack([unit, -p.weights]),
        b_eq=p.bias,
        bounds=[*zip(low, high, strict=True), *((None, None) for _ in range(size))],
        method="highs",
    )
    assert found.status in (0, 2)
    return float(found.fun) if found.status == 0 else np.inf


@pytest.mark.parametrize("link", [TanhFunction(), LogisticFunction()], ids=["tanh", "logistic"])
def test_bounds_are_as_good_as_those_of_highs(link: Function) -> None:
    rng = np.random.default_rng(10)
    size, scale = 6, 3.0 if link.is_odd else 10.0
    p = problem(gaussian(size, scale, 1), 0.3 * rng.standard_normal(size), link)
    start = p.start_box()
    assert start is not None
    low = start[0] + (start[1] - start[0]) * rng.uniform(0, 0.5, (12, size))
    high = low + (start[1] - low) * rng.uniform(0.2, 1, (12, size))
    ours = least_values(p, low, high, directions(size), multipliers(p, low, high))
    empty = 0
    for k in range(len(low)):
        for bound, c in zip(ours[k], directions(size), strict=True):
            expected = bound_of_highs(p, low[k], high[k], c)
            if np.isinf(expected):
                empty += 1
                assert (tighten(p, low[k : k + 1], high[k : k + 1])[0] > high[k]).any() or (
                    tighten(p, low[k : k + 1], high[k : k + 1])[1] < low[k]
                ).any()
                break
            assert bound >= expected - 2e-3 * (1 + np.abs(expected))
    assert 0 < empty < 12


def keeps_solutions() -> bool:
    """Whether boxes around solutions keep them, under the best multipliers and under random ones."""
    rng = np.random.default_rng(11)
    p = problem(gaussian(5, 4.0, 3), 0.2 * rng.standard_normal(5))
    known, low, high = boxes_around(p, 12)
    assert len(known) > 20
    bounds = [np.stack(tighten(p, low, high))]
    for size in (0.1, 1.0, 100.0):
        factors = size * rng.standard_normal((len(known), 10, 5))
        found = least_values(p, low, high, directions(5), factors)
        bounds.append(np.stack([found[:, :5], -found[:, 5:]]))
    return all((b[0] <= known + 1e-13).all() and (b[1] >= known - 1e-13).all() for b in bounds)


def test_any_multipliers_prove_true_bounds() -> None:
    assert keeps_solutions()


def test_multipliers_of_the_wrong_sign_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = TanhFunction.least
    monkeypatch.setattr(TanhFunction, "least", lambda self, a, m, *ends: whole(self, a, -m, *ends))
    assert not keeps_solutions()


def test_rounding_of_the_sums_is_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large multipliers on boxes of one point: without slack and padding, bounds pass the value in balls."""
    rng = np.random.default_rng(13)
    p = problem(np.eye(3), np.zeros(3))
    low = rng.standard_normal((200, 3))
    factors = 1e6 * rng.standard_normal((200, 6, 3))

    def worst() -> float:
        """How far the computed bound lies above the value at x = l = u of balls: positive is wrong."""
        found = least_values(p, low, low, directions(3), factors)
        most = -np.inf
        for k in range(len(low)):
            for row, c in enumerate(directions(3)):
                exact = arb(0)
                for i in range(3):
                    x, factor = arb(low[k, i]), arb(factors[k, row, i])
                    exact += (arb(c[i]) - factor) * x + factor * x.tanh()
                most = max(most, float((arb(found[k, row]) - exact).mid()))
        return most

    assert worst() <= 0
    monkeypatch.setattr(multiplier_bounds, "gamma", lambda count: 0.0)
    monkeypatch.setattr(LinkProblem, "slack", lambda self, output, factor=1.0: np.zeros_like(output))
    monkeypatch.setattr("dynsym.functions.odd_sigmoid.FUNCTION_ERROR", 0.0)
    monkeypatch.setattr("dynsym.functions.odd_sigmoid.UNIT", 0.0)
    assert worst() > 0


def test_inexact_weights_widen_the_bounds() -> None:
    rng = np.random.default_rng(14)
    weights, bias = gaussian(4, 3.0, 2), 0.2 * rng.standard_normal(4)
    functions = LinkFunctions((TanhFunction(),) * 4)
    wide = LinkProblem(bias, weights, functions, weights_radius=np.full((4, 4), 1e-3), bias_radius=np.full(4, 1e-3))
    for _ in range(5):
        shift = 1e-3 * rng.uniform(-1, 1, (4, 4))
        known, low, high = boxes_around(LinkProblem(bias + shift[0], weights + shift, functions), 15)
        new_low, new_high = tighten(wide, low, high)
        assert ((new_low <= known) & (new_high >= known)).all()


def test_tightening_is_stronger_than_the_chord() -> None:
    p = problem(gaussian(8, 3.0, 4))
    start = p.start_box()
    assert start is not None
    rng = np.random.default_rng(16)
    low = start[0] * rng.uniform(0.1, 1, (30, 8))
    high = start[1] * rng.uniform(0.1, 1, (30, 8))
    chord = relax(p, low, high)
    both = tighten(p, low, high)
    assert (both[0] >= chord.low - 1e-3).all()
    assert (both[1] <= chord.high + 1e-3).all()
    assert (both[1] - both[0]).sum() < 0.9 * (chord.high - chord.low).sum()


@pytest.mark.parametrize(("n", "g", "seed", "expected"), [(12, 4.0, 0, 11), (4, 3.0, 3, None)])
def test_tightening_changes_no_count(
    monkeypatch: pytest.MonkeyPatch, n: int, g: float, seed: int, expected: int | None
) -> None:
    """Tightened from the first boxes on; 11 is from reference/equilibria_counts.json."""
    p = problem(gaussian(n, g, seed))
    box = p.start_box()
    assert box is not None

    def count() -> tuple[int, int]:
        engine = LinkEngine(p, 100.0)
        outcome = search.search(engine, *box, method=search.BranchAndPrune(), clock=Budget().start())
        kept, open_pairs = distinct(outcome.found, engine.is_injective)
        assert not outcome.undecided
        assert not len(open_pairs)
        return len(kept), outcome.examined

    plain, examined = count()
    monkeypatch.setattr(search, "PATIENCE", 1)
    monkeypatch.setattr(search, "DEAR", 0)
    tightened, fewer = count()
    assert tightened == plain
    if expected is not None:
        assert plain == expected
        assert fewer < 0.2 * examined


def test_useless_multipliers_prove_nothing() -> None:
    p = problem(gaussian(3, 3.0, 5))
    low, high = -np.ones((4, 3)), np.ones((4, 3))
    factors = np.zeros((4, 6, 3))
    factors[0], factors[1], factors[2] = np.nan, np.inf, 1e300
    found = least_values(p, low, high, directions(3), factors)
    assert (found <= -1).all()
    assert (found >= -1 - 1e-9).all()


def test_tightening_ends_where_it_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncoupled neurons: 3ᴺ solutions, and chords as good as hulls."""
    monkeypatch.setattr(search, "PATIENCE", 1)
    monkeypatch.setattr(search, "DEAR", 0)
    tightened = 0
    whole = LinkEngine.tighten

    def counted(self: LinkEngine, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal tightened
        tightened += len(low)
        return whole(self, low, high)

    monkeypatch.setattr(LinkEngine, "tighten", counted)
    p = problem(2 * np.eye(6))
    box = p.start_box()
    assert box is not None
    engine = LinkEngine(p, 100.0)
    outcome = search.search(engine, *box, method=search.BranchAndPrune(), clock=Budget().start())
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    assert len(kept) == 3**6
    assert not len(open_pairs)
    assert 64 <= tightened < 700
    assert outcome.examined < 5000


def test_activations_of_every_kind_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of mixed networks, tightened from the first box on and not at all."""
    functions = LinkFunctions(
        (TanhFunction(), LogisticFunction(), SoftplusFunction(), RectifiedFunction(), TanhFunction())
    )
    counts = []
    for seed in range(8):
        bias = 0.5 * np.random.default_rng(seed + 40).standard_normal(5)
        p = LinkProblem(bias, gaussian(5, 2.5, seed), functions)
        box = bounding_box(p)
        if box is None:
            continue
        found = []
        for patience in (1, 10**9):
            monkeypatch.setattr(search, "PATIENCE", patience)
            monkeypatch.setattr(search, "DEAR", 0)
            engine = LinkEngine(p, 10 * float(np.abs(box).max()) + 1)
            outcome = search.search(engine, *box, method=search.BranchAndPrune(), clock=Budget().start())
            kept, open_pairs = distinct(outcome.found, engine.is_injective)
            assert not outcome.undecided
            assert not len(open_pairs)
            found.append(np.sort(np.round(outcome.found.middle[kept, 0], 7)))
        np.testing.assert_array_equal(*found)
        counts.append(len(found[0]))
    assert len(counts) >= 2
    assert max(counts) > 1
