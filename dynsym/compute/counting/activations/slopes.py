"""Ranges of the derivatives of a link problem F(y, p) = y - (b + W φ(y) + φ(y) ∘ (K φ(y)²)), rounded outward."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import square_range
from dynsym.compute.counting.activations.problem import LinkProblem

__all__ = ["gain_slope", "jacobian_range", "link_curvature", "parameter_slope"]

Slopes = Mapping[str, BallArray]


def jacobian_range(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> BallArray:
    """∂F/∂y = I - (W + diag(K v²) + 2 diag(v) K diag(v)) φ' over boxes, for all entries within their radii."""
    weights = _entries(problem.weights, problem.weights_radius)
    cubic = None if problem.cubic is None else _entries(problem.cubic, problem.cubic_radius)
    return BallArray.exact(np.eye(problem.size)) + _gain_slope(problem, weights, cubic, low, high)


def gain_slope(problem: LinkProblem, slopes: Slopes, low: np.ndarray, high: np.ndarray) -> BallArray:
    """∂²F/∂y∂p = -(W' + diag(K' v²) + 2 diag(v) K' diag(v)) φ' over boxes."""
    cubic = slopes["cubic"] if slopes["cubic"].magnitude.any() else None
    return _gain_slope(problem, slopes["weights"], cubic, low, high)


def _gain_slope(
    problem: LinkProblem, gain: BallArray, cubic: BallArray | None, low: np.ndarray, high: np.ndarray
) -> BallArray:
    with np.errstate(invalid="ignore"):
        d = BallArray.between(*problem.functions.derivative_range(low, high))
        if cubic is not None:
            bottom, top = problem.functions.range(low, high)
            v, square = BallArray.between(bottom, top), BallArray(*square_range(bottom, top))
            gain = gain + (v[:, :, None] * cubic * v[:, None, :]).times(2.0)
            own = square.through(cubic.transposed)[:, :, None]
            gain = gain + own * BallArray.exact(np.eye(problem.size))
        return (gain * d[:, None, :]).times(-1.0).unknown_where_nan()


def parameter_slope(problem: LinkProblem, slopes: Slopes, y: np.ndarray) -> BallArray:
    """∂F/∂p = -(b' + W' v + v ∘ (K' v²)) at points."""
    value = problem.functions.value(y)
    v = BallArray(value, problem.functions.value_error(value))
    bias, weights, cubic = (slopes[name] for name in ("bias", "weights", "cubic"))
    with np.errstate(invalid="ignore"):
        total = bias + v.through(weights.transposed) + v * (v * v).through(cubic.transposed)
        return total.times(-1.0).unknown_where_nan()


def link_curvature(
    problem: LinkProblem, slopes: Slopes, low: np.ndarray, high: np.ndarray
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
        by_parameter = (w.through(slopes["weights"]) * u).total()
        if cubic is not None:
            square, sent = f * f, w * f
            total = total + w * square.through(cubic.transposed) * turn
            total = total + ((w * u).through(cubic) * f * d).times(2.0)
            total = total + (w * d * (f * u).through(cubic.transposed)).times(2.0)
            total = total + (sent.through(cubic) * (d * u + f * turn)).times(2.0)
            along = slopes["cubic"]
            by_parameter = by_parameter + (w * u * square.through(along.transposed)).total()
            by_parameter = by_parameter + (sent * (f * u).through(along.transposed)).total().times(2.0)
        return total.with_last(by_parameter).times(-1.0)

    return product


def _entries(middle: np.ndarray, radius: np.ndarray | None) -> BallArray:
    return BallArray(middle, np.zeros_like(middle) if radius is None else radius)
