"""One solution, whatever the size: where F(y) = y - b - W φ(y) is injective on all of space.

With difference quotients D of φ, 0 <= D <= L, F(y) - F(y') = (I - W D) (y - y'). All these matrices are regular, and F
is one-to-one and onto [1]_, if with A = W diag(L)

* |A| v < v for some v > 0: y ↦ b + W φ(y) is a contraction; or
* A + Aᵀ < 2 I: A u = x with u = D x / L would give u·A u >= u·u.

References
----------
.. [1] I. Sandberg, A. Willson, Bell System Technical Journal 48 (1969) 1-34.
"""

from __future__ import annotations

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.matrices.spectrum_sign import discs_right
from dynsym.compute.counting.search.engine import Found
from dynsym.compute.counting.starts.descent import follow

__all__ = ["is_one_to_one", "the_solution"]

LARGEST_SPECTRUM = 400
POWER_STEPS, FLOW_STEPS = 30, 200


def is_one_to_one(problem: LinkProblem) -> bool:
    """Whether F is proved to have exactly one zero."""
    if problem.cubic is not None:
        return False
    infinite = np.full((1, problem.size), np.inf)
    with np.errstate(all="ignore"):
        flattest, steepest = (ends[0] for ends in problem.functions.derivative_range(-infinite, infinite))
    if not ((flattest >= 0).all() and np.isfinite(steepest).all()):
        return False
    radius = np.zeros_like(problem.weights) if problem.weights_radius is None else problem.weights_radius
    gain = problem.weights * steepest
    doubt = (radius * steepest + 4 * UNIT * np.abs(gain)) * ROUND_UP + TINY
    weight, size = np.ones(problem.size), np.abs(gain) + doubt
    for _ in range(POWER_STEPS):
        image = size @ weight
        if (image * (1 + gamma(problem.size + 8)) * ROUND_UP < weight).all():
            return True
        weight = image + 1e-3 * image.max() + TINY
    if problem.size > LARGEST_SPECTRUM:
        return False
    middle = 0.5 * (gain + gain.T) - np.eye(problem.size)
    error = 0.5 * (doubt + doubt.T) + 4 * UNIT * (np.abs(middle) + np.abs(gain) + np.abs(gain.T))
    return bool(discs_right(middle[None], error[None] * ROUND_UP)[0][0] == 0)


def the_solution(problem: LinkProblem) -> Found:
    """The one zero of F in an enclosure, or nothing where that failed."""
    if problem.is_odd:
        origin = np.zeros((1, problem.size))
        return Found(origin, origin, np.full(1, int(problem.functions.is_smooth)))
    start = problem.right_hand_side(problem.functions.value(np.zeros((1, problem.size))))
    found = enclose(problem, newton(problem, follow(problem, start, FLOW_STEPS)))
    return Found(found.middle, found.radius, found.sign).take(found.certified)
