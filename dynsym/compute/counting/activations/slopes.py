"""Ranges of the derivatives of a link problem F(y, p) = y - (b + W φ(y) + φ(y) ∘ (K φ(y)²)), rounded outward."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma, midpoint_radius, square_range
from dynsym.compute.counting.activations.problem import LinkProblem

__all__ = ["gain_slope", "jacobian_range", "link_curvature", "parameter_slope"]

Ball = tuple[np.ndarray, np.ndarray]


def jacobian_range(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> Ball:
    """Middle and radius of ∂F/∂y over boxes, for all entries within their radii.

    With G = W + diag(K v²) + 2 diag(v) K diag(v) and D = φ', the Jacobian is I - G D.
    """
    size = problem.size
    slope, slope_radius = midpoint_radius(*problem.functions.derivative_range(low, high))
    gain = np.broadcast_to(problem.weights, (len(low), size, size))
    blur = np.zeros((1, 1, 1)) if problem.weights_radius is None else problem.weights_radius[None]
    magnitude: np.ndarray = problem.absolute_weights[None]
    if problem.cubic is not None:
        v, v_radius = midpoint_radius(*problem.functions.range(low, high))
        square, square_radius = square_range(*problem.functions.range(low, high))
        cubic, absolute = problem.cubic, problem.absolute_cubic
        inexact = np.zeros_like(absolute) if problem.cubic_radius is None else problem.cubic_radius
        largest, index = np.abs(v) + v_radius, np.arange(size)
        gain = gain + 2 * v[:, :, None] * cubic * v[:, None, :]
        gain[:, index, index] += square @ cubic.T
        spread = np.abs(v)[:, :, None] * v_radius[:, None, :] + v_radius[:, :, None] * largest[:, None, :]
        product = largest[:, :, None] * largest[:, None, :]
        blur = blur + 2 * (absolute * spread + inexact * product)
        blur[:, index, index] += square_radius @ absolute.T + (np.abs(square) + square_radius) @ inexact.T
        magnitude = magnitude + 2 * absolute * product
        magnitude[:, index, index] += (np.abs(square) + square_radius) @ absolute.T
    steepest = np.abs(slope) + slope_radius
    radius = np.abs(gain) * slope_radius[:, None, :] + blur * steepest[:, None, :]
    radius = radius + gamma(2 * size + 16) * magnitude * steepest[:, None, :] + 2 * UNIT
    return np.eye(size) - gain * slope[:, None, :], radius * ROUND_UP + TINY


def gain_slope(problem: LinkProblem, slopes: Mapping[str, Ball], low: np.ndarray, high: np.ndarray) -> Ball:
    """Middle and radius over boxes of ∂²F/∂y∂p = -(W' + diag(K' v²) + 2 diag(v) K' diag(v)) φ'."""
    with np.errstate(invalid="ignore"):
        d = BallArray.between(*problem.functions.derivative_range(low, high))
        gain, along = BallArray(*slopes["weights"]), BallArray(*slopes["cubic"])
        if along.magnitude.any():
            v = BallArray.between(*problem.functions.range(low, high))
            gain = gain + (v[:, :, None] * along * v[:, None, :]).times(2.0)
            own = (v * v).through(along.transposed)[:, :, None]
            gain = gain + own * BallArray.exact(np.eye(problem.size))
        found = (gain * d[:, None, :]).times(-1.0)
    return found.middle, np.where(np.isnan(found.radius), np.inf, found.radius)


def parameter_slope(problem: LinkProblem, slopes: Mapping[str, Ball], y: np.ndarray) -> Ball:
    """Middle and radius of ∂F/∂p = -(b' + W' v + v ∘ (K' v²)) at points."""
    v = problem.functions.value(y)
    v_error = problem.functions.value_error(v)
    output = np.abs(v) + v_error
    (bias, bias_radius), (weights, weights_radius) = slopes["bias"], slopes["weights"]
    cubic, cubic_radius = slopes["cubic"]
    with np.errstate(invalid="ignore"):
        total = bias + v @ weights.T + v * ((v * v) @ cubic.T)
        absolute_weights, absolute_cubic = np.abs(weights).T, np.abs(cubic).T
        magnitude = np.abs(bias) + output @ absolute_weights + output * (output**2 @ absolute_cubic)
        radius = bias_radius + output @ weights_radius.T + output * (output**2 @ cubic_radius.T)
        radius = radius + v_error @ absolute_weights + v_error * (output**2 @ absolute_cubic)
        radius = radius + 2 * output * ((output * v_error) @ absolute_cubic)
        radius = (radius + gamma(4 * len(bias) + 16) * magnitude) * ROUND_UP + TINY
    return -total, np.where(np.isnan(radius), np.inf, radius)


def link_curvature(
    problem: LinkProblem, slopes: Mapping[str, Ball], low: np.ndarray, high: np.ndarray
) -> Callable[[BallArray, BallArray], BallArray]:
    """The range of wᵀ ∂J v over boxes, for ∂ by each unknown and by the parameter.

    With u = D v and f = φ(y), wᵀ J v = w·v - wᵀ W u - Σ w_i u_i (K f²)_i - 2 Σ w_i f_i K_ij f_j u_j.
    """
    weights = _entries(problem.weights, problem.weights_radius)
    cubic = None if problem.cubic is None else _entries(problem.cubic, problem.cubic_radius)
    f = BallArray.between(*problem.functions.range(low, high))
    d = BallArray.between(*problem.functions.derivative_range(low, high))
    bend = problem.functions.second_derivative(low, high, f, d)

    def product(w: BallArray, v: BallArray) -> BallArray:
        u = d * v
        turn = bend * v
        total = w.through(weights) * turn
        by_parameter = (w.through(BallArray(*slopes["weights"])) * u).total()
        if cubic is not None:
            square, sent = f * f, w * f
            total = total + w * square.through(cubic.transposed) * turn
            total = total + ((w * u).through(cubic) * f * d).times(2.0)
            total = total + (w * d * (f * u).through(cubic.transposed)).times(2.0)
            total = total + (sent.through(cubic) * (d * u + f * turn)).times(2.0)
            along = BallArray(*slopes["cubic"])
            by_parameter = by_parameter + (w * u * square.through(along.transposed)).total()
            by_parameter = by_parameter + (sent * (f * u).through(along.transposed)).total().times(2.0)
        return total.with_last(by_parameter).times(-1.0)

    return product


def _entries(middle: np.ndarray, radius: np.ndarray | None) -> BallArray:
    return BallArray(middle, np.zeros_like(middle) if radius is None else radius)
