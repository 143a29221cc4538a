r"""Boxes without a singular zero, by a scalar that vanishes where the Jacobian is singular.

With vectors w₀, v₀ near the kernels of J, the bordered matrix

    M = [[J, w₀], [v₀ᵀ, 0]]

is regular at simple singular points too. Let (v, σ) solve M (v, σ) = (0, 1) and (w, σ) the transposed system. J is
singular exactly where σ = 0, and :math:`\partial\sigma = -w^\mathsf{T}\, \partial J\, v` [1]_. Along a branch of zeros,
σ and the equations are both known to first order in the distance from the middle of a box; subtracting the multiple of
the equations that cancels the first-order terms leaves a bound of σ that is good to second order. Near a symmetric
pitchfork this is what tells the branches from the singular point.

References
----------
.. [1] W. Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria*, SIAM 2000, sections 3.2 and 4.1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.compute.counting.matrices.elimination import Expansion, Pivots
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["Curvature", "is_regular", "lacks_singular_zero"]

Curvature = Callable[[BallArray, BallArray], BallArray]
"""From w and v over boxes: the range of wᵀ ∂J v, with one entry for each unknown and one for the parameter."""


def is_regular(over: Expansion, steps: int = 5) -> np.ndarray:
    """Whether the Jacobian is proved regular all over each box: |I - C J| w < w for some C and some w > 0."""
    size = over.residual.shape[1]
    slopes, radius = over.slopes[:, :, :size], over.slopes_radius[:, :, :size]
    with np.errstate(invalid="ignore", over="ignore"):
        inverse = inverses(np.nan_to_num(slopes, posinf=0.0, neginf=0.0))
        magnitude = np.abs(inverse)
        deviation = np.abs(np.eye(size) - inverse @ slopes) + magnitude @ radius
        deviation = deviation + gamma(2 * size + 8) * (magnitude @ np.abs(slopes) + np.eye(size))
        deviation = deviation * ROUND_UP + TINY
        weight = np.ones((len(slopes), size))
        for _ in range(steps):
            image = (deviation @ weight[..., None])[..., 0]
            weight = image + 1e-3 * image.max(axis=1, keepdims=True) + TINY
            weight /= weight.max(axis=1, keepdims=True)
        return ((deviation @ weight[..., None])[..., 0] * ROUND_UP < weight).all(axis=1)


def lacks_singular_zero(over: Expansion, centre: BallArray, curvature: Curvature) -> tuple[np.ndarray, np.ndarray]:
    """Whether each box is proved to hold no zero with a singular Jacobian."""
    size = over.residual.shape[1]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        here = np.nan_to_num(centre.middle, posinf=0.0, neginf=0.0)
        left, _, right = np.linalg.svd(here)
        bordered = np.zeros((len(here), size + 1, size + 1))
        bordered[:, :size, :size] = here
        bordered[:, :size, size], bordered[:, size, :size] = left[:, :, -1], right[:, -1, :]
        inverse = inverses(bordered)
        jacobian = BallArray(over.slopes[:, :, :size], over.slopes_radius[:, :, :size])
        v, _ = _solved(inverse, bordered, jacobian)
        w, _ = _solved(inverse.transpose(0, 2, 1), bordered.transpose(0, 2, 1), jacobian.transposed)
        _, sigma = _solved(inverse, bordered, centre)
        slope = curvature(w, v)
        pivots = Pivots.of(over)
        free, influence = np.zeros(len(here), dtype=bool), np.full(over.radius.shape, np.inf)
        for matrix, skipped in ((pivots.whole, False), (pivots.part, True)):
            load = np.take_along_axis(slope.middle, pivots.columns, axis=1)
            if skipped:
                load[np.arange(len(load)), pivots.last] = 0.0
            multiplier = (inverses(matrix).transpose(0, 2, 1) @ load[..., None])[..., 0]
            found, changes = _away_from_zero(over, sigma, slope, multiplier)
            free |= found
            smaller = changes.sum(axis=1) < influence.sum(axis=1)
            influence = np.where(smaller[:, None], changes, influence)
        return free, influence


def _away_from_zero(
    over: Expansion, sigma: BallArray, slope: BallArray, multiplier: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether σ - slope·z + μ·(F + A z) cannot vanish for z in the box, μ the multiplier; how it changes with z."""
    size, reach = over.residual.shape[1], over.reach
    rest = slope.middle - (multiplier[:, None, :] @ over.slopes)[:, 0]
    shift = sigma.middle + (multiplier * over.residual).sum(axis=1) - rest[:, -1] * over.offset
    weight = np.abs(multiplier)
    doubt = sigma.radius + (weight * over.error).sum(axis=1)
    changes = np.abs(rest) * over.radius + (slope.radius + (weight[:, None, :] @ over.slopes_radius)[:, 0]) * reach
    doubt = doubt + changes.sum(axis=1)
    magnitude = np.abs(slope.middle) + (weight[:, None, :] @ np.abs(over.slopes))[:, 0]
    rounded = (weight * np.abs(over.residual)).sum(axis=1) + (magnitude * reach).sum(axis=1)
    doubt = (doubt + gamma(4 * size + 32) * rounded + 8 * UNIT * np.abs(sigma.middle)) * ROUND_UP + TINY
    return np.isfinite(doubt) & (np.abs(shift) > doubt), np.where(np.isfinite(changes), changes, np.inf)


def _solved(inverse: np.ndarray, bordered: np.ndarray, jacobian: BallArray) -> tuple[BallArray, BallArray]:
    """v and σ of the bordered system for every Jacobian in the ball; infinite radii where it may be singular.

    With E >= |I - N M| and x₀ = N e: |x - x₀| <= E |x|, so any d with E (|x₀| + d) <= d bounds the distance if
    E d' < d' for some d' > 0.
    """
    count, size = len(inverse), inverse.shape[1]
    change = np.zeros((count, size, size))
    change[:, :-1, :-1] = np.abs(jacobian.middle - bordered[:, :-1, :-1]) * ROUND_UP + jacobian.radius
    magnitude = np.abs(inverse)
    deviation = np.abs(np.eye(size) - inverse @ bordered) + magnitude @ change
    deviation = deviation + gamma(2 * size + 8) * (magnitude @ np.abs(bordered) + np.eye(size))
    deviation = deviation * ROUND_UP + TINY
    start = inverse[:, :, -1]
    first = (deviation @ np.abs(start)[..., None])[..., 0]
    bound = 2 * first + 1e-3 * first.max(axis=1, keepdims=True) + TINY
    is_bound = np.zeros(count, dtype=bool)
    for _ in range(3):
        image = (deviation @ (np.abs(start) + bound)[..., None])[..., 0] * ROUND_UP + TINY
        is_bound |= (image < bound).all(axis=1)
        bound = np.where(is_bound[:, None], np.minimum(bound, image), 2 * image)
    bound = np.where(is_bound[:, None], bound, np.inf)
    x = BallArray(start, bound)
    return BallArray(x.middle[:, :-1], x.radius[:, :-1]), BallArray(x.middle[:, -1], x.radius[:, -1])
