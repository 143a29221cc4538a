"""Rectified networks: every pattern of active units is a linear system, so the count is a finite enumeration.

With y = b + W max(y, 0), a solution with active set S solves (I - W D_S) y = b with y > 0 on S and y <= 0 elsewhere.
Most patterns are excluded in floating point with an error bound; the rest is solved in exact rational arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from flint import fmpq, fmpq_mat

from dynsym._budget import Clock
from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["LARGEST_ENUMERATED", "PatternOutcome", "enumerate_patterns"]

LARGEST_ENUMERATED = 22
CHUNK = 4096


@dataclass(slots=True)
class PatternOutcome:
    """Solutions of a rectified network."""

    solutions: list[tuple[fmpq, ...]] = field(default_factory=list)
    sign: list[int] = field(default_factory=list)
    examined: int = 0
    continuum: bool = False
    undecided: list[np.ndarray] = field(default_factory=list)
    reason: str | None = None


def enumerate_patterns(bias: list[fmpq], weights: list[list[fmpq]], clock: Clock) -> PatternOutcome:
    """All solutions of y = b + W max(y, 0) with rational data."""
    size = len(bias)
    outcome = PatternOutcome()
    floats = np.array([float(b) for b in bias]), np.array([[float(w) for w in row] for row in weights])
    for start in range(0, 2**size, CHUNK):
        if clock.is_over or (clock.budget.boxes is not None and outcome.examined >= clock.budget.boxes):
            outcome.reason = f"stopped after {outcome.examined} of {2**size} patterns"
            outcome.undecided.append(np.zeros(size, dtype=bool))
            break
        codes = np.arange(start, min(start + CHUNK, 2**size))
        patterns = (codes[:, None] >> np.arange(size)) & 1 == 1
        outcome.examined += len(codes)
        for pattern in patterns[_possible(*floats, patterns)]:
            _solve_exactly(outcome, bias, weights, pattern)
    order = sorted(range(len(outcome.solutions)), key=lambda k: [float(x) for x in outcome.solutions[k]])
    outcome.solutions = [outcome.solutions[k] for k in order]
    outcome.sign = [outcome.sign[k] for k in order]
    return outcome


def _possible(bias: np.ndarray, weights: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Which patterns floating point does not exclude.

    With R = I - C A and |R| row sums below 1/2, the solution lies within twice |C (A ỹ - b)| (largest entry) of ỹ.
    """
    size = len(bias)
    matrices = np.eye(size) - weights * patterns[:, None, :]
    inverse = inverses(matrices)
    solution = inverse @ bias
    unit = gamma(2 * size + 8) + 4 * UNIT
    magnitude = np.abs(matrices)
    rest = np.abs(np.eye(size) - inverse @ matrices) + unit * (np.abs(inverse) @ magnitude + np.eye(size))
    contraction = rest.sum(axis=2).max(axis=1) * ROUND_UP
    residual = np.abs((matrices @ solution[..., None])[..., 0] - bias)
    residual += unit * ((magnitude @ np.abs(solution)[..., None])[..., 0] + np.abs(bias)) + TINY
    error = 2 * (np.abs(inverse) @ residual[..., None])[..., 0].max(axis=1) * ROUND_UP
    with np.errstate(invalid="ignore"):
        fits = np.where(patterns, solution > -error[:, None], solution < error[:, None]).all(axis=1)
    return fits | ~(contraction < 0.5) | ~np.isfinite(error)


def _solve_exactly(outcome: PatternOutcome, bias: list[fmpq], weights: list[list[fmpq]], pattern: np.ndarray) -> None:
    size = len(bias)
    entries = [fmpq(int(i == j)) - (weights[i][j] if pattern[j] else fmpq(0)) for i in range(size) for j in range(size)]
    matrix = fmpq_mat(size, size, entries)
    determinant = matrix.det()
    if determinant == 0:
        _settle_singular(outcome, matrix, bias, pattern)
        return
    solved = matrix.solve(fmpq_mat(size, 1, bias))
    solution = tuple(solved[i, 0] for i in range(size))
    if any((x < 0) if active else (x > 0) for x, active in zip(solution, pattern, strict=True)):
        return
    if solution in outcome.solutions:
        return
    outcome.solutions.append(solution)
    outcome.sign.append(0 if any(x == 0 for x in solution) else 1 if determinant > 0 else -1)


def _settle_singular(outcome: PatternOutcome, matrix: fmpq_mat, bias: list[fmpq], pattern: np.ndarray) -> None:
    """No solution, or a whole flat of them, some of which may lie inside the pattern's cone."""
    size = len(bias)
    joined = [[matrix[i, j] for j in range(size)] + [bias[i]] for i in range(size)]
    reduced, rank = fmpq_mat(size, size + 1, [x for row in joined for x in row]).rref()
    pivots = [next(j for j in range(size + 1) if reduced[i, j] != 0) for i in range(rank)]
    if size in pivots:
        return
    free = [j for j in range(size) if j not in pivots]
    for scale in (fmpq(1), fmpq(1, 100), fmpq(1, 10_000)):
        point = [scale if active else -scale for active in pattern]
        for i, j in enumerate(pivots):
            point[j] = reduced[i, size] - sum((reduced[i, k] * point[k] for k in free), fmpq(0))
        if all((x > 0) if active else (x < 0) for x, active in zip(point, pattern, strict=True)):
            outcome.continuum = True
            return
    outcome.undecided.append(pattern.copy())
    outcome.reason = "a pattern of active units has a singular linear system"
