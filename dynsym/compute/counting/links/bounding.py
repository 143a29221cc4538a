"""A box that holds every solution where φ is not bounded, but piecewise linear up to a bounded part."""

from __future__ import annotations

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["LARGEST_BOUNDED", "bounding_box"]

LARGEST_BOUNDED = 14
"""Most links with an unbounded φ for which all patterns of active ones are looked at."""


def bounding_box(problem: LinkProblem) -> tuple[np.ndarray, np.ndarray] | None:
    """A box with all solutions, or None where none was found.

    A rectified or softplus link is max(y, 0) plus a part δ in [0, rest]. For each set S of active links,
    y = (I - W D_S)⁻¹ (b + W δ); if all these matrices are regular, y is bounded.
    """
    start = problem.start_box()
    if start is not None:
        return start
    kinds = problem.functions.functions
    ramps = [k for k, f in enumerate(kinds) if f.rest is not None]
    low, high = problem.functions.bounds
    rest = np.array([k for k in range(problem.size) if k not in ramps], dtype=int)
    if problem.cubic is not None or len(ramps) > LARGEST_BOUNDED or not np.isfinite(high[rest] - low[rest]).all():
        return None
    bounded = np.maximum(np.abs(low), np.abs(high))
    for k in ramps:
        bounded[k] = kinds[k].rest
    patterns = np.zeros((2 ** len(ramps), problem.size))
    patterns[:, ramps] = (np.arange(len(patterns))[:, None] >> np.arange(len(ramps))) & 1
    matrices = np.eye(problem.size) - problem.weights * patterns[:, None, :]
    inverse = inverses(matrices)
    unit = gamma(2 * problem.size + 8) + 4 * UNIT
    defect = np.abs(np.eye(problem.size) - inverse @ matrices)
    defect += unit * (np.abs(inverse) @ np.abs(matrices) + np.eye(problem.size))
    load = np.abs(problem.bias) + problem.absolute_weights @ bounded
    if problem.bias_radius is not None:
        load = load + problem.bias_radius
    if problem.weights_radius is not None:
        load = load + problem.weights_radius @ bounded
        defect += np.abs(inverse) @ problem.weights_radius
    share = defect.sum(axis=2).max(axis=1) * ROUND_UP
    if not (share < 0.5).all():
        return None
    reach = (np.abs(inverse) @ load) * ROUND_UP + TINY
    reach += (2 * share * reach.max(axis=1))[:, None]
    largest = reach.max(axis=0) * ROUND_UP
    return -largest, largest
