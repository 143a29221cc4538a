"""Contraction of one unknown at a time: y_i = a_i + q_i φ(y_i) with intervals for a_i and q_i.

With a_i and q_i = (K φ²)_i + W_ii held in their ranges over the box, the interval of y_i is cut into pieces, and the
pieces on which the two sides cannot agree are shaved off at both ends. A piece missing in the middle is a gap: the best
place to split the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, UNIT, midpoint_radius, square_range
from dynsym.compute.counting.activations.problem import LinkProblem

__all__ = ["Shaved", "shave"]


@dataclass(slots=True)
class Shaved:
    """Shaved boxes, and their widest gaps."""

    low: np.ndarray
    high: np.ndarray
    gap_low: np.ndarray
    gap_high: np.ndarray

    def add(self, left: np.ndarray, right: np.ndarray, possible: np.ndarray) -> None:
        """Take in the next pieces [left, right] where they are possible."""
        leap = np.where(possible & np.isfinite(self.high), left - self.high, 0.0)
        wider = leap > self.gap_high - self.gap_low
        self.gap_low = np.where(wider, self.high, self.gap_low)
        self.gap_high = np.where(wider, left, self.gap_high)
        self.low = np.where(possible, np.minimum(self.low, left), self.low)
        self.high = np.where(possible, right, self.high)


def shave(problem: LinkProblem, low: np.ndarray, high: np.ndarray, pieces: int = 12) -> Shaved:
    """Shave every side of every box."""
    functions = problem.functions
    rest_low, rest_high, gain_low, gain_high, own = _scalar_equations(problem, low, high)
    nodes = low + (high - low) * np.linspace(0.0, 1.0, pieces + 1)[:, None, None]
    nodes[-1] = high
    values = functions.value(nodes)
    largest = np.abs(values).max(axis=0)
    size = np.maximum(np.abs(gain_low), np.abs(gain_high)) + 3 * np.abs(own) * largest**2
    slack = 2 * size * functions.value_error(largest)
    slack += (
        16 * UNIT * (np.abs(rest_low) + np.abs(rest_high) + (size + 1) * (1 + np.maximum(np.abs(low), np.abs(high))))
    )
    rest_low, rest_high = rest_low - slack, rest_high + slack
    found = Shaved(np.full(low.shape, np.inf), np.full(low.shape, -np.inf), low, low)

    def parts(value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        first, second = gain_low * value, gain_high * value
        return np.minimum(first, second), np.maximum(first, second), own * (value * value * value)

    before = parts(values[0])
    for left, right, value in zip(nodes[:-1], nodes[1:], values[1:], strict=True):
        here = parts(value)
        least = rest_low + np.minimum(here[0], before[0]) + np.minimum(here[2], before[2])
        most = rest_high + np.maximum(here[1], before[1]) + np.maximum(here[2], before[2])
        found.add(left, right, (least <= right) & (most >= left))
        before = here
    return found


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
