"""Bounds of all unknowns over a box by multipliers of the equations x = b + W φ(x), rounded outward.

For any numbers λ, with μ = Wᵀ λ,

    c·x = λ·b + Σ_i [(c_i - λ_i) x_i + μ_i φ(x_i)]  >=  λ·b + Σ_i min over [l_i, u_i] of (c_i - λ_i) x + μ_i φ(x).

The least values have a closed form, see `Function.least`. Good multipliers come from `dual_simplex`.
"""

from __future__ import annotations

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, gamma
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links.dual_simplex import directions, multipliers

__all__ = ["least_values", "tighten"]

LARGEST_MULTIPLIER = 1e12
"""Larger multipliers are not used; with these, nothing overflows."""


def tighten(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Contract boxes to the bounds of each unknown over the convex hulls of the graphs of φ."""
    found = least_values(problem, low, high, directions(problem.size), multipliers(problem, low, high))
    size = problem.size
    return np.fmax(low, found[:, :size]), np.fmin(high, -found[:, size:])


def least_values(
    problem: LinkProblem, low: np.ndarray, high: np.ndarray, objectives: np.ndarray, factors: np.ndarray
) -> np.ndarray:
    """Lower bounds of c·x over the solutions in each box, proved by the multipliers λ."""
    usable = (np.abs(factors) <= LARGEST_MULTIPLIER).all(axis=2, keepdims=True)
    factors = np.where(usable, factors, 0.0)
    bottom, top = problem.functions.range(low, high)
    output = np.maximum(np.abs(bottom), np.abs(top))
    reach = np.maximum(np.abs(low), np.abs(high))
    linear = objectives - factors
    least = problem.functions.least(linear, factors @ problem.weights, low[:, None], high[:, None])
    # Of the computed μ, λ·b and sum, all but Σ |c - λ| |x| is bounded by |λ| (|b| + |W| |φ|), thus by |λ| times slack.
    slack = (np.abs(factors) @ problem.slack(output, 4)[..., None])[..., 0]
    slack += gamma(2 * problem.size + 8) * (np.abs(linear) @ reach[..., None])[..., 0]
    return factors @ problem.bias + least.sum(axis=2) - slack * ROUND_UP - TINY
