"""Contraction of boxes in states and one parameter together, by Gaussian elimination with column pivoting.

Over a box y = ȳ + z, p = p̄ + q, every zero of F(y, p) obeys

    F(ȳ, p̄) + J z + F_p q = 0,

with J from the range of ∂F/∂y over the box and F_p from that of ∂F/∂p. These are m equations for m + 1 unknowns.
Elimination with the columns scaled by the radii of the box leaves the free unknown that the box knows best: the
parameter where J is regular, a state near a fold. Each row then bounds one unknown. Near a pitchfork the last pivot
vanishes too; its column is then replaced by a unit vector, which keeps the other rows well conditioned. Any matrix C
may multiply the rows, so that floating point is enough to find one; its products are bounded with rounding outward.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["Eliminated", "Expansion", "Pivots", "eliminate"]

LEAST_PIVOT = 0.5
"""A row bounds its unknown only where the coefficient, 1 but for rounding, is larger than this."""


@dataclass(slots=True)
class Expansion:
    """F over a batch of boxes (states first, the parameter last among the unknowns)."""

    residual: np.ndarray
    error: np.ndarray
    slopes: np.ndarray
    slopes_radius: np.ndarray
    radius: np.ndarray
    offset: np.ndarray

    @property
    def reach(self) -> np.ndarray:
        """The largest distance from where F was taken, (batch, m + 1)."""
        reach = self.radius.copy()
        reach[:, -1] += np.abs(self.offset)
        return reach * ROUND_UP

    def take(self, chosen: np.ndarray) -> Expansion:
        """The chosen boxes."""
        parts = (self.residual, self.error, self.slopes, self.slopes_radius, self.radius, self.offset)
        return Expansion(*(part[chosen] for part in parts))


@dataclass(slots=True)
class Eliminated:
    """Bounds of the distance from the middle of the box, and what each unknown contributes to their width."""

    low: np.ndarray
    high: np.ndarray
    influence: np.ndarray


def eliminate(over: Expansion) -> Eliminated:
    """Contract a batch of boxes."""
    pivots = Pivots.of(over)
    whole = _rows(over, inverses(pivots.whole), pivots.columns, None)
    part = _rows(over, inverses(pivots.part), pivots.columns, pivots.last)
    row = np.arange(len(pivots.last))
    least = pivots.columns[row, pivots.last]
    shrank = (whole.high - whole.low)[row, least] < 2 * over.radius[row, least]
    return Eliminated(
        np.maximum(whole.low, part.low),
        np.minimum(whole.high, part.high),
        np.where(shrank[:, None], whole.influence, part.influence),
    )


@dataclass(slots=True)
class Pivots:
    """The columns that elimination chooses."""

    columns: np.ndarray
    last: np.ndarray
    whole: np.ndarray
    part: np.ndarray

    @classmethod
    def of(cls, over: Expansion) -> Pivots:
        """Complete pivoting, columns scaled by the radii of the box."""
        columns, last = _pivots(over.radius[:, None, :] * over.slopes)
        row = np.arange(len(last))
        whole = over.slopes.transpose(0, 2, 1)[row[:, None], columns].transpose(0, 2, 1)
        part = whole.copy()
        part[row, :, last] = 0.0
        part[row, last, last] = 1.0
        return cls(columns, last, whole, part)


def _pivots(scaled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The column that each row is left with, (batch, m), and the row of the last pivot, (batch,)."""
    rest = np.nan_to_num(scaled, posinf=1e200, neginf=-1e200)
    count, size, width = rest.shape
    columns = np.zeros((count, size), dtype=int)
    last = np.zeros(count, dtype=int)
    open_rows, open_columns = np.ones((count, size), dtype=bool), np.ones((count, width), dtype=bool)
    index = np.arange(count)
    for _ in range(size):
        candidates = np.where(open_rows[:, :, None] & open_columns[:, None, :], np.abs(rest), -1.0)
        place = candidates.reshape(count, -1).argmax(axis=1)
        last, column = place // width, place % width
        columns[index, last] = column
        open_rows[index, last], open_columns[index, column] = False, False
        pivot = rest[index, last, column]
        factor = rest[index, :, column] / np.where(pivot == 0, 1.0, pivot)[:, None]
        factor[index, last] = 0.0
        rest = rest - factor[:, :, None] * rest[index, last][:, None, :]
    return columns, last


def _rows(over: Expansion, inverse: np.ndarray, columns: np.ndarray, skipped: np.ndarray | None) -> Eliminated:
    """Bounds from the rows of C (F + A z) = 0, C the inverse given; the row `skipped` only excludes."""
    count, size = over.residual.shape
    radius = over.radius
    with np.errstate(invalid="ignore", over="ignore"):
        magnitude = np.abs(inverse)
        matrix, shift = inverse @ over.slopes, (inverse @ over.residual[..., None])[..., 0]
        shift = shift + matrix[:, :, -1] * over.offset[:, None]
        reach = over.reach
        rounded = gamma(2 * size + 16) * (np.abs(over.residual) + (np.abs(over.slopes) @ reach[..., None])[..., 0])
        blurred = magnitude @ over.slopes_radius
        doubt = (magnitude @ (over.error + rounded)[..., None])[..., 0] + (blurred @ reach[..., None])[..., 0]
        terms = np.abs(matrix) * radius[:, None, :]
        doubt = (doubt + 8 * UNIT * (np.abs(shift) + terms.sum(axis=2))) * ROUND_UP + TINY
        total = doubt + terms.sum(axis=2) * ROUND_UP
        known = np.isfinite(total) & np.isfinite(shift)
        excluded = (known & (np.abs(shift) > total)).any(axis=1)
        own = np.take_along_axis(matrix, columns[..., None], axis=2)[..., 0]
        others = doubt + (total - doubt - np.take_along_axis(terms, columns[..., None], axis=2)[..., 0]).clip(0)
        others = others * ROUND_UP + 4 * UNIT * total
        usable = known & (own > LEAST_PIVOT)
        if skipped is not None:
            usable[np.arange(count), skipped] = False
        divisor = np.where(usable, own, 1.0)
        spread = others / divisor * ROUND_UP
        middle = -shift / divisor
        slack = 4 * UNIT * np.abs(middle) + TINY
    low, high = -radius.copy(), radius.copy()
    row = np.arange(count)[:, None]
    low[row, columns] = np.where(usable, np.fmax(low[row, columns], middle - spread - slack), low[row, columns])
    high[row, columns] = np.where(usable, np.fmin(high[row, columns], middle + spread + slack), high[row, columns])
    low[excluded], high[excluded] = np.inf, -np.inf
    is_pivot = np.zeros(radius.shape, dtype=bool)
    is_pivot[row, columns] = usable
    own_radius = np.take_along_axis(radius, columns, axis=1)
    weight = np.where(own_radius > 0, 1 / np.maximum(np.where(usable, own_radius, total), TINY), 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        spread = blurred * radius[:, None, :] + np.where(is_pivot[:, None, :], 0.0, terms)
        influence = (weight[:, None, :] @ spread)[:, 0]
    return Eliminated(low, high, np.nan_to_num(influence, nan=1e300, posinf=1e300))
