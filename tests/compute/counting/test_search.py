"""The box search: analytic counts, published counts, symmetries, honesty near folds and at limits."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym._budget import Budget
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.description import describe
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.product_relaxation import relax_products
from dynsym.compute.counting.links.relaxation import forward, relax
from dynsym.compute.counting.links.route import MOST_JOINED, joined_boxes
from dynsym.compute.counting.links.shaving import shave
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.matrices.preconditioner import Preconditioner
from dynsym.compute.counting.search.driver import BranchAndPrune, search
from dynsym.compute.counting.search.engine import Found
from dynsym.compute.counting.search.merging import distinct, overlapping_pairs
from dynsym.compute.counting.setting import Setting
from dynsym.errors import ParameterError
from dynsym.functions.function import Function
from dynsym.functions.logistic import LogisticFunction
from dynsym.functions.tanh import TanhFunction


def problem(
    weights: np.ndarray,
    bias: np.ndarray | None = None,
    cubic: np.ndarray | None = None,
    link: Function | None = None,
) -> LinkProblem:
    size = len(weights)
    bias = np.zeros(size) if bias is None else bias
    link = link or TanhFunction()
    return LinkProblem(bias, weights, LinkFunctions((link,) * size), cubic=cubic, is_odd=link.is_odd and not bias.any())


def settle(
    p: LinkProblem, method: BranchAndPrune | None = None, budget: Budget | None = None
) -> tuple[Found, int, int, str | None]:
    """Solutions, open questions, boxes examined, and why the search stopped."""
    box = p.start_box()
    assert box is not None
    engine = LinkEngine(p, 100.0)
    outcome = search(engine, *box, method=method or BranchAndPrune(), clock=(budget or Budget()).start())
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    return outcome.found.take(kept), len(outcome.undecided) + len(open_pairs), outcome.examined, outcome.reason


def gaussian(n: int, g: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, n)) * g / np.sqrt(n)


def plastic(n: int, kappa: float, seed: int, b_scale: float) -> LinkProblem:
    """The generator of equilibria_counts.json for g = 0."""
    rng = np.random.default_rng(seed)
    cubic = kappa / n * abs(rng.standard_normal((n, n)))
    return problem(np.zeros((n, n)), b_scale * rng.standard_normal(n), cubic)


@pytest.mark.parametrize("use_symmetry", [True, False])
@pytest.mark.parametrize(("n", "g", "expected"), [(1, 0.9, 1), (1, 2.0, 3), (2, 1.5, 9), (3, 1.5, 27), (4, 3.0, 81)])
def test_uncoupled_neurons(n: int, g: float, expected: int, use_symmetry: bool) -> None:
    found, left, _, _ = settle(problem(g * np.eye(n)), BranchAndPrune(use_symmetry=use_symmetry))
    assert (len(found.sign), left) == (expected, 0)
    assert found.sign.sum() == 1


@pytest.mark.parametrize(
    ("n", "g", "seed", "expected"),
    [(2, 3.0, 5, 3), (12, 4.0, 0, 11)],  # reference/equilibria_counts.json, kind tanh, b = 0
)
def test_published_random_networks(n: int, g: float, seed: int, expected: int) -> None:
    found, left, _, _ = settle(problem(gaussian(n, g, seed)))
    assert (len(found.sign), left) == (expected, 0)


@pytest.mark.parametrize(
    ("n", "kappa", "seed", "expected"),
    [(2, 3.0, 12, 3), (3, 6.0, 13, 29), (5, 6.0, 15, 167), (4, -6.0, 14, 1)],
    # reference/equilibria_counts.json, kind plastic, g = 0, b_scale = 0.2
)
def test_published_plastic_networks(n: int, kappa: float, seed: int, expected: int) -> None:
    found, left, _, _ = settle(plastic(n, kappa, seed, 0.2))
    assert (len(found.sign), left, found.sign.sum()) == (expected, 0, 1)


@pytest.mark.parametrize(
    ("kappa", "expected"),
    # reference/equilibria_counts.json, learning_strength_sweeps, N = 2, seed = 12
    [(0.5, 1), (2.0, 1), (2.5, 3), (3.0, 3), (3.5, 7), (8.0, 7)],
)
def test_published_sweep_of_the_learning_strength(kappa: float, expected: int) -> None:
    found, left, _, _ = settle(plastic(2, kappa, 12, 0.2))
    assert (len(found.sign), left) == (expected, 0)


def test_logistic_network_against_its_tanh_twin() -> None:
    """s(x) = (1 + tanh(x/2))/2: with x = 2 z the network is z = (b + W 1/2)/2 + W/4 tanh z."""
    weights = gaussian(3, 25.0, 4)
    bias = -0.5 * weights.sum(axis=1)
    logistic, left, _, _ = settle(problem(weights, bias, link=LogisticFunction()))
    twin, twin_left, _, _ = settle(problem(weights / 4))
    assert left == twin_left == 0
    assert len(logistic.sign) == len(twin.sign)
    order, twin_order = np.lexsort(np.round(logistic.middle, 6).T), np.lexsort(np.round(2 * twin.middle, 6).T)
    np.testing.assert_allclose(logistic.middle[order], 2 * twin.middle[twin_order], atol=1e-8)


def test_relabelling_changes_nothing() -> None:
    p = plastic(4, 5.0, 3, 0.3)
    order = np.array([2, 0, 3, 1])
    assert p.cubic is not None
    moved = problem(np.zeros((4, 4)), p.bias[order], p.cubic[np.ix_(order, order)])
    found, left, _, _ = settle(p)
    again, again_left, _, _ = settle(moved)
    assert left == again_left == 0
    assert len(found.sign) == len(again.sign)
    a, b = np.round(found.middle[:, order], 8), np.round(again.middle, 8)
    np.testing.assert_allclose(a[np.lexsort(a.T)], b[np.lexsort(b.T)], atol=1e-7)


def test_disjoint_unions_multiply() -> None:
    first, second = plastic(2, 5.0, 12, 0.2), plastic(3, 6.0, 13, 0.2)
    assert first.cubic is not None
    assert second.cubic is not None
    cubic = np.zeros((5, 5))
    cubic[:2, :2], cubic[2:, 2:] = first.cubic, second.cubic
    union = problem(np.zeros((5, 5)), np.concatenate([first.bias, second.bias]), cubic)
    counts = [len(settle(p)[0].sign) for p in (first, second, union)]
    assert counts[2] == counts[0] * counts[1]


@pytest.mark.parametrize("seed", range(5))
def test_mirror_images(seed: int) -> None:
    """x → -x maps the equilibria with bias b to those with bias -b, and those of an odd network to themselves."""
    weights, bias = gaussian(5, 3.0, seed), 0.2 * np.random.default_rng(seed + 100).standard_normal(5)
    plus, minus = settle(problem(weights, bias))[0], settle(problem(weights, -bias))[0]
    assert len(plus.sign) == len(minus.sign)
    odd = settle(problem(weights))[0]
    plain = settle(problem(weights), BranchAndPrune(use_symmetry=False))[0]
    assert len(odd.sign) == len(plain.sign)
    assert len(odd.sign) % 2 == 1


@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_the_size_of_chunks_does_not_matter(chunk: int) -> None:
    found, left, _, _ = settle(plastic(3, 6.0, 13, 0.2), BranchAndPrune(chunk=chunk))
    assert (len(found.sign), left) == (29, 0)


def test_many_random_starts_find_nothing_new() -> None:
    """An independent method: Newton from 2000 starts; every limit lies in one of the enclosures."""
    rng = np.random.default_rng(0)
    for seed in range(8):
        p = problem(gaussian(6, 4.0, seed), 0.3 * np.random.default_rng(seed + 50).standard_normal(6))
        found, left, _, _ = settle(p)
        assert left == 0
        limits = newton(p, 10 * rng.standard_normal((2000, 6)), steps=60, limit=50.0, largest_step=2.0)
        limits = limits[np.abs(p.residual(limits)).max(axis=1) < 1e-11]
        assert len(limits) > 100
        distance = np.abs(limits[:, None] - found.middle[None]).max(axis=2)
        assert (distance.min(axis=1) < 1e-8).all()


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12, 0.0])
def test_near_a_fold_the_answer_is_right_or_left_open(distance: float) -> None:
    """x = b + 2 tanh x has a fold where 2 (1 - t²) = 1: b = atanh(t) - 2 t at t = ±√½; three solutions between."""
    t = np.sqrt(0.5)
    fold = 2 * t - np.arctanh(t)
    for bias, expected in ((fold - distance, 3), (fold + distance, 1)):
        found, left, examined, _ = settle(problem(np.array([[2.0]]), np.array([bias])))
        assert examined < 5000
        if left == 0:
            assert len(found.sign) == expected
        else:
            assert len(found.sign) <= expected
            assert distance < 1e-5


def test_limits_are_kept_and_said() -> None:
    p = plastic(5, 6.0, 15, 0.2)
    found, left, examined, reason = settle(p, BranchAndPrune(chunk=50), Budget(boxes=200))
    assert 200 <= examined < 400
    assert reason == "stopped at the limit of 200 boxes"
    assert left > 0
    assert len(found.sign) <= 167
    _, left, _, reason = settle(p, budget=Budget(seconds=1e-9))
    assert left > 0
    assert reason is not None
    assert "limit" in reason


def test_progress_ends_at_one() -> None:
    p = plastic(3, 6.0, 13, 0.2)
    box = p.start_box()
    assert box is not None
    calls: list[tuple[float, int, int]] = []
    clock = Budget().start()
    search(
        LinkEngine(p, 100.0), *box, method=BranchAndPrune(chunk=20), clock=clock, progress=lambda *a: calls.append(a)
    )
    shares = [share for share, _, _ in calls]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert calls[-1][2] >= 29


def known_solutions(p: LinkProblem) -> np.ndarray:
    rng = np.random.default_rng(1)
    start = 4 * rng.standard_normal((400, p.size))
    limits = newton(p, start, steps=60, limit=60.0, largest_step=1.0)
    enclosed = enclose(p, limits)
    return limits[enclosed.certified]


@pytest.mark.parametrize("kind", ["weights", "cubic", "both"])
def test_contraction_loses_no_solution(kind: str) -> None:
    """Random boxes around known solutions: every contraction keeps them."""
    rng = np.random.default_rng(2)
    cubic = None if kind == "weights" else 1.5 * np.abs(rng.standard_normal((4, 4)))
    weights = np.zeros((4, 4)) if kind == "cubic" else gaussian(4, 3.0, 9)
    p = problem(weights, 0.2 * rng.standard_normal(4), cubic)
    solutions = known_solutions(p)
    assert len(solutions) > 20
    low = solutions - 10 ** rng.uniform(-6, 1, solutions.shape)
    high = solutions + 10 ** rng.uniform(-6, 1, solutions.shape)

    def keeps(new_low: np.ndarray, new_high: np.ndarray) -> bool:
        slack = 1e-13 * (1 + np.abs(solutions))
        return bool(((new_low <= solutions + slack) & (new_high >= solutions - slack)).all())

    assert keeps(*forward(p, low, high))
    if cubic is None:
        contracted = relax(p, low, high)
    else:
        contracted = relax_products(p, low, high)
        shaved = shave(p, low, high)
        assert keeps(shaved.low, shaved.high)
        in_gap = (solutions > shaved.gap_low + 1e-12) & (solutions < shaved.gap_high - 1e-12)
        assert not in_gap.any()
    assert keeps(contracted.low, contracted.high)
    assert (contracted.high - contracted.low <= high - low).all()
    assert ((contracted.high - contracted.low) < 0.5 * (high - low)).any()


@pytest.mark.parametrize("seed", range(4))
def test_injective_boxes_hold_at_most_one_solution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = plastic(3, 6.0, 13, 0.2)
    solutions = np.unique(np.round(known_solutions(p), 9), axis=0)
    middle = solutions[rng.integers(0, len(solutions), 500)] + rng.standard_normal((500, 3)) * 0.3
    width = 10 ** rng.uniform(-2, 1, (500, 3))
    low, high = middle - width, middle + width
    about, _ = Preconditioner.at(p, middle)
    injective = about.is_injective(p, low, high)
    inside = ((solutions[None] >= low[:, None]) & (solutions[None] <= high[:, None])).all(axis=2).sum(axis=1)
    assert injective.any()
    assert (inside[injective] <= 1).all()
    assert (inside > 1).any()


def test_overlapping_pairs_against_all_pairs() -> None:
    rng = np.random.default_rng(5)
    middle, radius = rng.standard_normal((80, 3)), np.abs(rng.standard_normal((80, 3))) * 0.3
    meet = (np.abs(middle[:, None] - middle[None]) <= radius[:, None] + radius[None]).all(axis=2)
    expected = [(i, j) for i in range(80) for j in range(i + 1, 80) if meet[i, j]]
    assert [tuple(p) for p in overlapping_pairs(middle, radius).tolist()] == expected


def test_close_solutions_are_not_merged() -> None:
    """Two equilibria 2e-4 apart near the fold of x = b + 2 tanh x stay two."""
    t = np.sqrt(0.5)
    found, left, _, _ = settle(problem(np.array([[2.0]]), np.array([2 * t - np.arctanh(t) - 1e-8])))
    assert left == 0
    assert len(found.sign) == 3
    gaps = np.diff(np.sort(found.middle[:, 0]))
    assert gaps.min() < 1e-3


def test_a_wrong_method_is_refused() -> None:
    with pytest.raises(ParameterError, match="positive"):
        BranchAndPrune(chunk=0)
    with pytest.raises(ParameterError, match="finite"):
        problem(np.array([[np.nan]]))


def test_neurons_without_input_and_strong_ones() -> None:
    """Constant unknowns and boxes whose chord preconditioner is singular: 3 solutions for each strong neuron."""
    weights = np.diag([21.0, 76.0, 0.0])
    weights[2, 0] = -73.0
    found, left, examined, _ = settle(problem(weights))
    assert (len(found.sign), left) == (9, 0)
    assert examined < 500
    weights = np.zeros((3, 3))
    weights[0, 0], weights[0, 2], weights[1, 2] = 5.0, -6.1, 3.2
    found, left, examined, _ = settle(problem(weights, np.array([0.01, -0.02, -0.0068])))
    assert (len(found.sign), left) == (3, 0)
    assert examined < 500


def test_joined_boxes_cover_and_keep_clusters_apart() -> None:
    rng = np.random.default_rng(6)
    centre = 10.0 * rng.integers(0, 4, (600, 2))
    low = centre + rng.uniform(0, 3, (600, 2))
    boxes = list(zip(low, low + 1.5, strict=True))
    groups = joined_boxes(boxes)
    for box in boxes:
        assert sum((low <= box[0]).all() and (high >= box[1]).all() for low, high in groups) == 1
    occupied = {tuple(c) for c in centre}
    assert {tuple(10 * np.floor(low / 10)) for low, _ in groups} == occupied
    assert all((high - low <= 4.5).all() for low, high in groups)
    assert joined_boxes([]) == []


def test_boxes_beyond_the_limit_are_joined_by_their_hull() -> None:
    boxes = [(np.array([10.0 * k]), np.array([10.0 * k + 1])) for k in range(MOST_JOINED + 5)]
    groups = joined_boxes(boxes)
    assert len(groups) == MOST_JOINED + 1
    assert (float(groups[-1][0][0]), float(groups[-1][1][0])) == (10.0 * MOST_JOINED, 10.0 * (MOST_JOINED + 4) + 1)


def test_a_count_with_a_limit_of_boxes_is_the_same_each_time() -> None:
    p = problem(gaussian(15, 4.0, 0))
    runs = [settle(p, budget=Budget(seconds=None, boxes=limit)) for limit in (4200, 4200, 1000, 1000)]
    for first, second in (runs[:2], runs[2:]):
        assert first[1:] == second[1:]
        np.testing.assert_array_equal(first[0].middle, second[0].middle)
        assert first[3] is not None


def test_stability_is_left_open_once_the_time_is_over() -> None:
    setting = Setting(ds.compile_system(ds.build_system(ds.motifs.bidirectional(weight=2))))
    point = np.zeros((1, 2))
    (found,) = describe(setting, point, point)
    (hurried,) = describe(setting, point, point, clock=Budget(seconds=1e-9).start())
    assert (found.stability, found.unstable_dimension) == ("unstable", 1)
    assert (hurried.stability, hurried.unstable_dimension) == ("undecided", None)


def test_solutions_found_before_a_search_starts_over_are_kept() -> None:
    p = problem(gaussian(15, 4.0, 2))
    found, _, examined, _ = settle(p, budget=Budget(seconds=None, boxes=4000))
    assert len(found.sign) == 2
    again, left, more, reason = settle(p, budget=Budget(seconds=None, boxes=examined + 1))
    assert more > examined
    assert left > 0
    assert reason is not None
    distance = np.abs(found.middle[:, None] - again.middle[None]).max(axis=2).min(axis=1)
    assert (distance < 1e-9).all()
