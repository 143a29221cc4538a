"""Chord relaxation for Hebbian networks, where each output multiplies a sum of squared outputs.

Row i of the equations, y_i = b_i + Σ_j W_ij v_j + v_i Σ_j K_ij w_j with v = φ(y) and w = φ(y)², is used in one of two
forms, whichever leaves the smaller remainder on the box:

    product:   y_i - (W_ii + q) v_i - Σ_{j≠i} W_ij v_j - v̄ Σ_j K_ij w_j + v̄ q = b_i ± ρ(v_i) ρ(Σ K_ij w_j)
    quotient:  (y_i - b_i - ē)/v_i - W_ii - ḡ Σ_{j≠i} W_ij v_j + ḡ ē - Σ_j K_ij w_j = 0 ± ρ(e) ρ(1/v_i)

with e = Σ_{j≠i} W_ij v_j, bars for middles over the box, q = the middle of Σ K_ij w_j, ρ for radii. The quotient has no
product of two unknowns left when W is diagonal: it is a function of y_i alone. Every function of one variable is
replaced by its chord with the exact range of the rest, and the linear system is solved as in `relaxation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import (
    FUNCTION_ERROR,
    ROUND_UP,
    TINY,
    UNIT,
    above,
    below,
    gamma,
    midpoint_radius,
    square_range,
)
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import inverses
from dynsym.compute.counting.search.engine import Contracted
from dynsym.functions.chords import ROUNDED_CHORD

__all__ = ["relax_products"]


def relax_products(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> Contracted:
    """Contract a batch of boxes."""
    assert problem.cubic is not None
    size = problem.size
    rows = _Rows.on(problem, low, high)
    slope, v_middle, v_radius = _chord(problem.functions.chord(low, high))
    square_slope, w_middle, w_radius = _chord(problem.functions.square_chord(low, high))
    own_slope, own_middle, own_radius = rows.own_chord(problem, low, high, slope, v_middle, v_radius)
    off = problem.weights - np.diag(np.diagonal(problem.weights))
    has_off = bool(off.any())
    matrices = -(rows.factor[:, :, None] * problem.cubic)
    matrices *= square_slope[:, None, :]
    if has_off:
        matrices -= rows.off_factor[:, :, None] * off * slope[:, None, :]
    index = np.arange(size)
    matrices[:, index, index] += own_slope
    inverse = inverses(matrices)
    gain = _product(inverse * rows.factor[:, None, :], problem.cubic)
    off_gain = _product(inverse * rows.off_factor[:, None, :], off) if has_off else None
    constant = rows.constant - own_middle
    rounding = _rounding(problem, rows, low, high, np.abs(slope) + np.abs(square_slope))
    radius = (rows.remainder + own_radius + rounding) * ROUND_UP + TINY
    centre = (inverse @ constant[..., None])[..., 0] + (gain @ w_middle[..., None])[..., 0]
    defect = gain * square_slope[:, None, :] - inverse * own_slope[:, None, :]
    if off_gain is not None:
        centre += (off_gain @ v_middle[..., None])[..., 0]
        defect += off_gain * slope[:, None, :]
    defect[:, index, index] += 1
    np.abs(defect, out=defect)
    np.abs(inverse, out=inverse)
    np.abs(gain, out=gain)
    largest = np.maximum(-low, high)
    spread = (inverse @ radius[..., None])[..., 0] + (gain @ w_radius[..., None])[..., 0]
    noise = (inverse @ rounding[..., None])[..., 0] + (defect @ largest[..., None])[..., 0] + 8 * UNIT * largest
    spread += noise
    if off_gain is not None:
        np.abs(off_gain, out=off_gain)
        spread += (off_gain @ v_radius[..., None])[..., 0]
    spread = spread * ROUND_UP + (8 * UNIT * np.abs(centre) + TINY)
    new_low, new_high = np.fmax(low, centre - spread), np.fmin(high, centre + spread)
    per_width = (1 / np.maximum(new_high - new_low, 1e-12 + 4 * noise))[:, None, :]
    per_row = (per_width @ inverse)[:, 0]
    own_curved = np.maximum(own_radius - ROUNDED_CHORD, 0.0)
    influence = np.maximum(w_radius - ROUNDED_CHORD, 0.0) * (per_width @ gain)[:, 0]
    influence += per_row * (own_curved + rows.remainder)
    influence += ((per_row * rows.remainder_rate) @ problem.absolute_cubic) * rows.square_radius
    if off_gain is not None:
        influence += np.maximum(v_radius - ROUNDED_CHORD, 0.0) * (per_width @ off_gain)[:, 0]
    error = noise.max(axis=1) + FUNCTION_ERROR * (gain.sum(axis=2) + inverse.sum(axis=2)).max(axis=1)
    return Contracted(new_low, new_high, influence, error)


def _chord(found: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slope, middle and radius of a chord."""
    return found[0], *midpoint_radius(found[1], found[2])


def _product(batch: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (batch.reshape(-1, len(matrix)) @ matrix).reshape(batch.shape)


@dataclass(slots=True)
class _Rows:
    """The form of each row on each box (arrays (batch, m))."""

    quotient: np.ndarray
    factor: np.ndarray
    off_factor: np.ndarray
    linear: np.ndarray
    own: tuple[np.ndarray, np.ndarray, np.ndarray]
    constant: np.ndarray
    remainder: np.ndarray
    remainder_rate: np.ndarray
    square_radius: np.ndarray
    bounds: tuple[np.ndarray, np.ndarray]

    @classmethod
    def on(cls, problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> _Rows:
        assert problem.cubic is not None
        diagonal = np.diagonal(problem.weights)
        off = problem.weights - np.diag(diagonal)
        bottom, top = problem.functions.range(low, high)
        v_middle, v_radius = midpoint_radius(bottom, top)
        w_middle, w_radius = square_range(bottom, top)
        potentiation = w_middle @ problem.cubic.T
        potentiation_radius = w_radius @ problem.absolute_cubic.T * ROUND_UP
        drive = v_middle @ off.T
        drive_radius = v_radius @ np.abs(off).T * ROUND_UP
        slope, lower, upper = problem.functions.quotient_chord(low, high, problem.bias + drive)
        least = np.where(bottom > 0, bottom, np.where(top < 0, -top, 0.0))
        usable = np.isfinite(upper) & np.isfinite(lower) & (least > 0)
        nearest = np.where(usable, least, 1.0)
        farthest = np.maximum(np.where(usable, np.maximum(-bottom, top), 1.0), nearest)
        side = np.sign(bottom)
        inverse_middle, inverse_radius = midpoint_radius(below(1 / farthest), above(1 / nearest))
        middle, radius = midpoint_radius(np.where(usable, lower, 0.0), np.where(usable, upper, 0.0))
        quotient_rest = drive_radius * inverse_radius
        product_rest = v_radius * potentiation_radius
        quotient = usable & ((radius + quotient_rest) * nearest < product_rest)
        inverse_middle = side * inverse_middle
        linear = diagonal + potentiation
        return cls(
            quotient,
            np.where(quotient, 1.0, v_middle),
            np.where(quotient, inverse_middle, 1.0),
            linear,
            (slope, middle, radius),
            np.where(quotient, diagonal - inverse_middle * drive, problem.bias - v_middle * potentiation),
            np.where(quotient, quotient_rest, product_rest),
            np.where(quotient, 0.0, v_radius),
            w_radius,
            (np.maximum(np.abs(bottom), np.abs(top)), np.where(quotient, above(1 / nearest), 1.0)),
        )

    def own_chord(
        self,
        problem: LinkProblem,
        low: np.ndarray,
        high: np.ndarray,
        slope: np.ndarray,
        v_middle: np.ndarray,
        v_radius: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The part of each row in its own unknown: slope, middle and radius of the rest."""
        return (
            np.where(self.quotient, self.own[0], 1 - self.linear * slope),
            np.where(self.quotient, self.own[1], -self.linear * v_middle),
            np.where(self.quotient, self.own[2], np.abs(self.linear) * v_radius),
        )


def _rounding(
    problem: LinkProblem, rows: _Rows, low: np.ndarray, high: np.ndarray, steepness: np.ndarray
) -> np.ndarray:
    """What rounding and inexact entries may add to each row: the sum of all magnitudes that enter it, times γ."""
    output, divisor = rows.bounds
    reach = np.maximum(-low, high)
    largest = 4 * (1 + output + output * output) * (1 + (1 + steepness) * reach)
    absolute_off = problem.absolute_weights
    factor, off_factor = np.abs(rows.factor), np.abs(rows.off_factor)
    total = factor * (largest @ problem.absolute_cubic.T) + off_factor * (largest @ absolute_off.T)
    total += np.abs(rows.constant) + (np.abs(rows.linear) + 1) * largest
    total += np.where(rows.quotient, np.abs(rows.own[0]) * reach + np.abs(rows.own[1]) + rows.own[2], 0.0)
    total += divisor * (np.abs(problem.bias) + output @ absolute_off.T)
    return gamma(4 * problem.size + 32) * total + divisor * problem.slack(output, 16)
