"""Rectified networks: enumeration against branch and prune and against brute force in floating point."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from flint import fmpq

from dynsym._budget import Budget
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links.bounding import bounding_box
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.patterns import enumerate_patterns
from dynsym.compute.counting.search.driver import BranchAndPrune, search
from dynsym.compute.counting.search.merging import distinct
from dynsym.functions.rectified import RectifiedFunction
from dynsym.functions.softplus import SoftplusFunction
from dynsym.functions.tanh import TanhFunction


def exact(array: np.ndarray) -> list:
    if array.ndim == 2:
        return [exact(row) for row in array]
    return [fmpq(*float(x).as_integer_ratio()) for x in array]


def brute_force(weights: np.ndarray, bias: np.ndarray) -> list[np.ndarray]:
    found = []
    for pattern in itertools.product([False, True], repeat=len(bias)):
        y = np.linalg.solve(np.eye(len(bias)) - weights * np.array(pattern), bias)
        if ((y > 0) == pattern).all():
            found.append(y)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_against_brute_force_and_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, bias = rng.standard_normal((5, 5)) * 1.5, 0.5 * rng.standard_normal(5)
    found = enumerate_patterns(exact(bias), exact(weights), Budget().start())
    expected = brute_force(weights, bias)
    assert len(found.solutions) == len(expected)
    assert not found.undecided
    for solution in found.solutions:
        y = np.array([float(x) for x in solution])
        assert min(np.abs(y - e).max() for e in expected) < 1e-9
    problem = LinkProblem(bias, weights, LinkFunctions((RectifiedFunction(),) * 5))
    box = bounding_box(problem)
    assert box is not None
    engine = LinkEngine(problem, 1e3)
    outcome = search(engine, *box, method=BranchAndPrune(), clock=Budget().start())
    assert not outcome.undecided
    assert len(distinct(outcome.found, engine.is_injective)[0]) == len(expected)
    assert sorted(outcome.found.sign[distinct(outcome.found, engine.is_injective)[0]]) == sorted(found.sign)


def test_a_solution_on_the_border_of_patterns_is_counted_once() -> None:
    found = enumerate_patterns([fmpq(0), fmpq(1)], exact(np.array([[0.5, 0.0], [0.0, 0.0]])), Budget().start())
    assert found.solutions == [(fmpq(0), fmpq(1))]
    assert found.sign == [0]


def test_a_singular_pattern_with_a_line_of_solutions() -> None:
    found = enumerate_patterns([fmpq(0), fmpq(0)], exact(np.array([[0.0, 1.0], [1.0, 0.0]])), Budget().start())
    assert found.continuum


def test_a_singular_pattern_without_solutions() -> None:
    found = enumerate_patterns([fmpq(1)], exact(np.array([[1.0]])), Budget().start())
    assert (found.solutions, found.undecided, found.continuum) == ([], [], False)


def test_limits() -> None:
    size = 13
    found = enumerate_patterns([fmpq(1)] * size, exact(np.zeros((size, size))), Budget(boxes=4096).start())
    assert found.undecided
    assert "of 8192 patterns" in (found.reason or "")


def test_boxes_of_softplus_and_mixed_networks() -> None:
    """y = 1 - softplus(y): one solution; its box holds it."""
    problem = LinkProblem(np.array([1.0]), np.array([[-1.0]]), LinkFunctions((SoftplusFunction(),)))
    box = bounding_box(problem)
    assert box is not None
    engine = LinkEngine(problem, 1e3)
    outcome = search(engine, *box, method=BranchAndPrune(), clock=Budget().start())
    assert len(outcome.found.sign) >= 1
    assert not outcome.undecided
    y = outcome.found.middle[0, 0]
    assert abs(y - 1 + np.logaddexp(0, y)) < 1e-12
    mixed = LinkProblem(
        np.zeros(2), np.array([[0.0, 2.0], [-1.0, 0.0]]), LinkFunctions((RectifiedFunction(), TanhFunction()))
    )
    assert bounding_box(mixed) is not None
    singular = LinkProblem(np.zeros(1), np.array([[1.0]]), LinkFunctions((SoftplusFunction(),)))
    assert bounding_box(singular) is None
