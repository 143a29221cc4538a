"""Contraction of one unknown at a time: y_i = a_i + q_i φ(y_i) with intervals for a_i and q_i.

With a_i and q_i = (K φ²)_i + W_ii held in their ranges over the box, the interval of y_i is cut into pieces, and the
pieces on which the two sides cannot agree are shaved off at both ends. A piece missing in the middle is a gap: the best
place to split the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.compute.counting.link_problem import LinkProblem
from dynsym.compute.counting.rounding import ROUND_UP, UNIT, midpoint_radius, square_range

__all__ = ["Shaved", "shave"]


@dataclass(slots=True)
class Shaved:
    """Shaved boxes, and their widest gaps.

    Parameters
    ----------
    low, high : ndarray (batch, m)
        low > high somewhere in a box that holds no solution.
    gap_low, gap_high : ndarray (batch, m)
        Open interval of y_i without solutions inside the box; equal where there is none.
    """

    low: np.ndarray
    high: np.ndarray
    gap_low: np.ndarray
    gap_high: np.ndarray


def shave(problem: LinkProblem, low: np.ndarray, high: np.ndarray, pieces: int = 12) -> Shaved:
    """Shave every side of every box.

    Parameters
    ----------
    problem : LinkProblem
    low, high : ndarray (batch, m)
    pieces : int

    Returns
    -------
    Shaved
    """
    functions = problem.functions
    rest_low, rest_high, gain_low, gain_high, own = _scalar_equations(problem, low, high)
    fraction = np.linspace(0.0, 1.0, pieces + 1)[:, None, None]
    node = low + (high - low) * fraction
    node[-1] = high
    value = functions.value(node)
    first, second = gain_low * value, gain_high * value
    least, most = np.minimum(first, second), np.maximum(first, second)
    cube = own * (value * value * value)
    size = np.maximum(np.abs(gain_low), np.abs(gain_high)) + 3 * np.abs(own) * np.abs(value).max(axis=0) ** 2
    slack = 2 * size * functions.value_error(np.abs(value).max(axis=0))
    slack += 16 * UNIT * (np.abs(rest_low) + np.abs(rest_high) + (size + 1) * (1 + np.abs(node).max(axis=0)))
    right_low = rest_low - slack + np.minimum(least[:-1], least[1:]) + np.minimum(cube[:-1], cube[1:])
    right_high = rest_high + slack + np.maximum(most[:-1], most[1:]) + np.maximum(cube[:-1], cube[1:])
    possible = (right_low <= node[1:]) & (right_high >= node[:-1])
    return _hull(low, high, node, possible)


def _scalar_equations(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
    """Ranges of a_i and q_i (without K_ii), and K_ii."""
    diagonal = np.diagonal(problem.weights)
    bottom, top = problem.functions.range(low, high)
    middle, radius = midpoint_radius(bottom, top)
    centre = middle @ (problem.weights - np.diag(diagonal)).T + problem.bias
    spread = radius @ (problem.absolute_weights - np.diag(np.abs(diagonal))).T
    largest = np.maximum(np.abs(bottom), np.abs(top)).max(axis=0)
    spread = spread * ROUND_UP + problem.slack(largest, 8) + 8 * UNIT * np.abs(centre)
    own = np.zeros(problem.size)
    gain = gain_spread = np.broadcast_to(diagonal, low.shape)
    gain_spread = np.zeros(low.shape)
    if problem.cubic is not None:
        own = np.diagonal(problem.cubic)
        square, square_radius = square_range(bottom, top)
        off, off_absolute = problem.cubic - np.diag(own), problem.absolute_cubic - np.diag(np.abs(own))
        gain = gain + square @ off.T
        gain_spread = square_radius @ off_absolute.T * ROUND_UP
    return centre - spread, centre + spread, gain - gain_spread, gain + gain_spread, own


def _hull(low: np.ndarray, high: np.ndarray, node: np.ndarray, possible: np.ndarray) -> Shaved:
    """Hull of the possible pieces, and the widest run of impossible ones inside it."""
    pieces = len(possible)
    any_left = possible.any(axis=0)
    first = possible.argmax(axis=0)
    last = pieces - 1 - possible[::-1].argmax(axis=0)
    new_low = np.where(any_left, np.take_along_axis(node, first[None], 0)[0], np.inf)
    new_high = np.where(any_left, np.take_along_axis(node, last[None] + 1, 0)[0], -np.inf)
    run = np.zeros(low.shape, dtype=int)
    best, best_end = run.copy(), run.copy()
    for k in range(pieces):
        inside = (k > first) & (k < last) & ~possible[k]
        run = np.where(inside, run + 1, 0)
        better = run > best
        best, best_end = np.where(better, run, best), np.where(better, k, best_end)
    gap_low = np.take_along_axis(node, (best_end + 1 - best)[None], 0)[0]
    gap_high = np.where(best > 0, np.take_along_axis(node, (best_end + 1)[None], 0)[0], gap_low)
    return Shaved(new_low, new_high, gap_low, gap_high)
