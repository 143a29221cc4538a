"""Approximate solutions of link problems of any size: down the gradient of the speed, then Newton's method.

The speed q = |F|²/2 of F(y) = y - b - W φ(y) - φ(y) ∘ (K φ(y)²) falls along -F'ᵀF, which takes two matrix products for
all starts together [1]_; step lengths are those of Barzilai and Borwein [2]_. Stable equilibria attract no more than
saddles do. In large networks most ways down end at points that are slow but not at rest: from there Newton's method
wanders on.

References
----------
.. [1] D. Sussillo, O. Barak, Neural Computation 25 (2013) 626-649.
.. [2] J. Barzilai, J. Borwein, IMA Journal of Numerical Analysis 8 (1988) 141-148.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.fields.engine import FieldEngine
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.search.engine import Found

__all__ = [
    "BATCH_ENTRIES",
    "DEFAULT_STARTS",
    "descend",
    "field_solutions",
    "follow",
    "link_solutions",
    "solutions_from",
]

DEFAULT_STARTS = 200
BATCH_ENTRIES = 4_000_000
"""Entries of all matrices treated at a time: 32 MB each."""
FIRST_STEP, LONGEST_STEP = 0.1, 10.0
EULER_STEP = 0.25
BLOCK, BLOCKS, LARGEST_STEP = 8, 15, 2.0
"""Newton steps between two looks at the clock, how often so many are done, and the largest change of an unknown."""
NEARLY_ZERO = 1e-6
"""Residual below which a point is worth a Krawczyk test."""


def descend(problem: LinkProblem, y: np.ndarray, steps: int) -> np.ndarray:
    """The slowest point on the way down from each start."""
    residual = problem.residual(y)
    gradient = _gradient(problem, y, residual)
    best, least = y, (residual**2).sum(axis=1)
    length = np.full(len(y), FIRST_STEP)
    for _ in range(steps):
        move = -length[:, None] * gradient
        y = y + move
        residual, before = problem.residual(y), gradient
        speed = (residual**2).sum(axis=1)
        better = speed < least
        best, least = np.where(better[:, None], y, best), np.where(better, speed, least)
        gradient = _gradient(problem, y, residual)
        change = gradient - before
        curvature = (move * change).sum(axis=1)
        usual = (move**2).sum(axis=1) / np.where(curvature > 0, curvature, np.inf)
        length = np.clip(np.where(curvature > 0, usual, FIRST_STEP), 1e-3, LONGEST_STEP)
        lost = ~(speed < 1e4 * (least + 1))
        y, length = np.where(lost[:, None], best, y), np.where(lost, 1e-3, length)
    return best


def follow(problem: LinkProblem, y: np.ndarray, steps: int) -> np.ndarray:
    """Points further along the flow y' = -F(y), by steps of Euler's method."""
    for _ in range(steps):
        y = y - EULER_STEP * problem.residual(y)
    return y


def _gradient(problem: LinkProblem, y: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """F'ᵀ F."""
    v = problem.functions.value(y)
    pulled = residual @ problem.weights
    if problem.cubic is not None:
        pulled += ((v * v) @ problem.cubic.T) * residual + 2 * v * ((v * residual) @ problem.cubic)
    return residual - problem.functions.derivative(y) * pulled


def solutions_from(
    problem: LinkProblem, y: np.ndarray, limit: float, clock: Clock, *, steps: int = 100
) -> Iterator[np.ndarray]:
    """Solutions from starts, batch by batch.

    Every other start is first moved along the flow y' = -F(y), which leads to stable solutions, the rest down the
    gradient of the speed. Then Newton's method wanders with steps of limited length until it is caught by a solution.
    Mirror images of solutions of odd equations are solutions too.
    """
    batch = max(1, BATCH_ENTRIES // max(1, problem.size**2))
    for first in range(0, len(y), batch):
        points = y[first : first + batch]
        points = np.concatenate([follow(problem, points[::2], steps), descend(problem, points[1::2], steps)])
        for _ in range(BLOCKS):
            if not len(points) or clock.is_over:
                break
            points = newton(problem, points, steps=BLOCK, limit=limit, largest_step=LARGEST_STEP)
            solved = np.all(np.abs(problem.residual(points)) < NEARLY_ZERO, axis=1)
            if solved.any():
                here = newton(problem, points[solved], steps=4)
                yield np.concatenate([here, -here]) if problem.is_odd else here
            points = points[~solved]
        if clock.is_over:
            break


def link_solutions(problem: LinkProblem, limit: float, starts: int, rng: np.random.Generator, clock: Clock) -> Found:
    """Enclosures of solutions, some perhaps the same. Starts are images of random outputs, which are bounded."""
    low, high = problem.functions.bounds
    outputs = low + (high - low) * rng.beta(0.5, 0.5, (starts, problem.size))
    outputs[0] = 0.5 * (low + high)
    found = Found.nothing(problem.size)
    for points in solutions_from(problem, problem.right_hand_side(outputs), limit, clock):
        _, first = np.unique(np.round(points, 6), axis=0, return_index=True)
        points = points[np.sort(first)]
        seen = [np.abs(found.middle - y).max(axis=1).min(initial=np.inf) < NEARLY_ZERO for y in points]
        enclosed = enclose(problem, points[~np.array(seen, dtype=bool)])
        found = Found.joined([found, Found(enclosed.middle, enclosed.radius, enclosed.sign).take(enclosed.certified)])
    return found


def field_solutions(
    engine: FieldEngine, low: np.ndarray, high: np.ndarray, starts: int, rng: np.random.Generator, clock: Clock
) -> Found:
    """Enclosures of zeros of a field, some of them perhaps the same, from starts in a box."""
    found, batch = Found.nothing(len(low)), max(1, BATCH_ENTRIES // max(1, len(low) ** 2))
    for first in range(0, starts, batch):
        points = low + (high - low) * rng.random((min(batch, starts - first), len(low)))
        enclosed, certified = engine.enclose(engine.newton(points, steps=40))
        enclosed = enclosed.take(certified)
        _, kept = np.unique(np.round(enclosed.middle, 9), axis=0, return_index=True)
        found = Found.joined([found, enclosed.take(np.sort(kept))])
        if clock.is_over:
            break
    return found
