"""Overlapping enclosures: the same solution, or a question left open. Distance alone never merges two solutions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dynsym.compute.counting.search.engine import Found

__all__ = ["distinct", "overlapping_pairs"]


def overlapping_pairs(middle: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Pairs (i, j), i < j, of boxes middle ± radius that meet; (pairs, 2)."""
    direction = np.cos(1.0 + np.arange(middle.shape[1]))
    centre, reach = middle @ direction, (radius @ np.abs(direction)) * (1 + 1e-9) + 1e-12 * (1 + np.abs(middle).sum(1))
    order = np.argsort(centre - reach, kind="stable")
    starts = (centre - reach)[order]
    last = np.searchsorted(starts, (centre + reach)[order], side="right")
    counts = np.maximum(last - np.arange(len(order)) - 1, 0)
    left = np.repeat(np.arange(len(order)), counts)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    first, second = order[left], order[left + 1 + offset]
    gap = np.abs(middle[first] - middle[second]) * (1 - 1e-15) - (radius[first] + radius[second]) * (1 + 1e-15)
    meet = (gap <= 0).all(axis=1)
    pairs = np.sort(np.stack([first[meet], second[meet]], axis=1), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def distinct(
    found: Found, is_injective: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Which enclosures to keep so that each solution is named once, and pairs that could not be settled.

    Two enclosures that meet hold one solution if F is injective on their hull. Otherwise both stay, as a pair that is
    not known to be distinct.
    """
    pairs = overlapping_pairs(found.middle, found.radius)
    dropped = np.zeros(len(found.middle), dtype=bool)
    if not len(pairs):
        return np.arange(len(dropped)), pairs
    first, second = pairs.T
    low = np.minimum(found.low[first], found.low[second])
    high = np.maximum(found.high[first], found.high[second])
    same = is_injective(low, high)
    dropped[second[same]] = True
    left = pairs[~same]
    left = left[~dropped[left].any(axis=1)]
    return np.flatnonzero(~dropped), left
