"""Planted faults are caught: bounds that are too narrow, enclosures that are too small, solutions that are dropped."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.counting import count_equilibria
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links import engine as link_engine
from dynsym.compute.counting.links.relaxation import relax
from dynsym.compute.counting.matrices import krawczyk
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.search.engine import Contracted, Found
from dynsym.functions.tanh import TanhFunction


def network() -> LinkProblem:
    weights = np.random.default_rng(1).standard_normal((3, 3)) * 3
    return LinkProblem(np.array([0.1, -0.2, 0.3]), weights, LinkFunctions((TanhFunction(),) * 3))


def solutions(problem: LinkProblem) -> np.ndarray:
    points = newton(problem, 6 * np.random.default_rng(2).standard_normal((500, 3)), steps=60, limit=50, largest_step=1)
    return points[enclose(problem, points).certified]


def keeps_solutions() -> bool:
    """Whether the relaxation of random boxes around known solutions keeps them."""
    problem = network()
    known = solutions(problem)
    rng = np.random.default_rng(3)
    boxes = known - rng.exponential(0.3, known.shape), known + rng.exponential(0.3, known.shape)
    for _ in range(3):
        contracted = relax(problem, *boxes)
        boxes = contracted.low, contracted.high
    return bool(((boxes[0] <= known + 1e-12) & (boxes[1] >= known - 1e-12)).all())


def shrink(function: Callable[..., tuple[np.ndarray, ...]]) -> Callable[..., tuple[np.ndarray, ...]]:
    def narrowed(*arguments: object) -> tuple[np.ndarray, ...]:
        slope, lower, upper = function(*arguments)
        middle, radius = 0.5 * (lower + upper), 0.5 * (upper - lower)
        return slope, middle - 0.9 * radius, middle + 0.9 * radius

    return narrowed


def test_a_chord_that_is_too_narrow_loses_solutions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keeps_solutions()
    monkeypatch.setattr(TanhFunction, "line", shrink(TanhFunction.line))
    assert not keeps_solutions()


def precise_solution(problem: LinkProblem, start: np.ndarray) -> list[mpmath.mpf]:
    """Newton's method with 40 digits."""
    bias, weights = mpmath.matrix(problem.bias.tolist()), mpmath.matrix(problem.weights.tolist())
    y = mpmath.matrix(start.tolist())
    for _ in range(12):
        v = y.apply(mpmath.tanh)
        jacobian = mpmath.eye(3) - weights * mpmath.diag([1 - a * a for a in v])
        y -= mpmath.lu_solve(jacobian, y - bias - weights * v)
    return list(y)


def encloses_exactly() -> bool:
    """Whether the enclosures hold the solutions with 40 digits."""
    problem = network()
    found = enclose(problem, np.unique(np.round(solutions(problem), 9), axis=0))
    with mpmath.workdps(40):
        for middle, radius in zip(found.middle, found.radius, strict=True):
            exact = precise_solution(problem, middle)
            if any(abs(exact[k] - mpmath.mpf(float(middle[k]))) > mpmath.mpf(float(radius[k])) for k in range(3)):
                return False
    return True


def test_an_enclosure_that_is_too_small_misses_the_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encloses_exactly()
    certain = krawczyk.Preconditioner.at

    def halved(problem: LinkProblem, y: np.ndarray) -> tuple[krawczyk.Preconditioner, np.ndarray]:
        about, inverse = certain(problem, y)
        about.absolute_inverse = 0.05 * about.absolute_inverse
        return about, inverse

    monkeypatch.setattr(krawczyk.Preconditioner, "at", halved)
    assert not encloses_exactly()


def test_a_dropped_solution_breaks_the_index_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    system = ds.build_system(ds.motifs.bidirectional(weight=2), node=ds.LeakyRate(ds.Tanh()))
    assert count_equilibria(system).status == "proved"
    whole = link_engine.LinkEngine.settle

    def lossy(self: link_engine.LinkEngine, boxes: Contracted) -> tuple[np.ndarray, Found]:
        settled, found = whole(self, boxes)
        return settled, found.take(found.sign < 0)

    monkeypatch.setattr(link_engine.LinkEngine, "settle", lossy)
    count = count_equilibria(system)
    assert count.status == "undecided"
    assert "a fault inside the search" in (count.reason or "")


def test_a_tanh_without_its_error_bound_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without widening, the range of tanh misses some true values: numpy does not round correctly."""
    from flint import arb, ctx

    rng = np.random.default_rng(4)
    x = rng.standard_normal(20_000)

    def all_inside() -> bool:
        bottom, top = TanhFunction().range(x, x)
        before = ctx.prec
        ctx.prec = 200
        try:
            return all(
                arb(a) <= arb(point).tanh() <= arb(b)
                for a, point, b in zip(bottom.tolist(), x.tolist(), top.tolist(), strict=True)
            )
        finally:
            ctx.prec = before

    assert all_inside()
    for name in ("widened_down", "widened_up"):
        monkeypatch.setattr(f"dynsym.functions.function.{name}", lambda values: values)
    assert not all_inside()
