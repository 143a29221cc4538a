"""Contraction of a batch of boxes: by the image of the right-hand side, and by the chord relaxation.

On a box write φ(x) = s x + r with the chord slope s and the exact range of r. Solutions of x = b + W φ(x) obey

    x = C b + C W r + (I - C + C W S) x,        C ≈ (I - W S)⁻¹ any matrix.

Errors of rounding are bounded by |C| h and |I - C + C W S| |x|, and added. Networks with K are left to
`product_relaxation`.
"""

from __future__ import annotations

import numpy as np

from dynsym.arithmetic.rounding import FUNCTION_ERROR, ROUND_UP, TINY, UNIT, gamma, midpoint_radius, square_range
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import Preconditioner, inverses
from dynsym.compute.counting.search.engine import Contracted
from dynsym.functions.chords import ROUNDED_CHORD

__all__ = ["forward", "relax"]


def forward(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intersect each box with the image of the right-hand side over it."""
    bottom, top = problem.functions.range(low, high)
    middle, radius = midpoint_radius(bottom, top)
    centre = middle @ problem.weights.T + problem.bias
    spread = radius @ problem.absolute_weights.T
    if problem.cubic is not None:
        square, square_radius = square_range(bottom, top)
        total = square @ problem.cubic.T
        total_radius = square_radius @ problem.absolute_cubic.T
        centre += middle * total
        spread += np.abs(middle) * total_radius + radius * (np.abs(total) + total_radius)
    largest = np.maximum(np.abs(bottom), np.abs(top)).max(axis=0)
    spread = spread * ROUND_UP + (problem.slack(largest, 8) + 8 * UNIT * np.abs(centre))
    return np.fmax(low, centre - spread), np.fmin(high, centre + spread)


def relax(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> Contracted:
    """Contract a batch of boxes by the chord relaxation."""
    functions, size = problem.functions, problem.size
    slope, lower, upper = functions.line(low, high)
    middle, radius = midpoint_radius(lower, upper)
    bottom, top = functions.range(low, high)
    largest_output = np.maximum(np.abs(bottom), np.abs(top)).max(axis=0)
    largest = np.maximum(np.abs(low), np.abs(high)).max(axis=0)
    magnitude = 2 * (largest_output + np.abs(slope).max(axis=0) * largest)
    reach = problem.absolute_weights @ magnitude + np.abs(problem.bias) + largest
    matrices = -problem.weights * slope[:, None, :]
    index = np.arange(size)
    matrices[:, index, index] += 1
    inverse = inverses(matrices)
    gain = (inverse.reshape(-1, size) @ problem.weights).reshape(inverse.shape)
    about = Preconditioner.assembled(slope, gain, inverse)
    centre = inverse @ problem.bias + (gain @ middle[..., None])[..., 0]
    bound = problem.slack(largest_output, 16) + gamma(2 * size + 8) * reach
    magnitudes = np.abs(gain)
    spread = (magnitudes @ radius[..., None])[..., 0]
    noise = about.absolute_inverse @ bound + about.defect @ largest + 4 * UNIT * largest
    spread += noise
    spread = spread * ROUND_UP + (8 * UNIT * np.abs(centre) + TINY)
    low, high = np.fmax(low, centre - spread), np.fmin(high, centre + spread)
    per_width = (1 / np.maximum(high - low, 1e-12 + 4 * noise))[:, None, :]
    curved = np.maximum(radius - ROUNDED_CHORD, 0.0)
    error = noise.max(axis=1) + FUNCTION_ERROR * magnitudes.sum(axis=2).max(axis=1)
    return Contracted(low, high, curved * (per_width @ magnitudes)[:, 0], error, about)
