"""Counting for any other field: branch and prune in the states, in a box that is given or derived."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.description import describe
from dynsym.compute.counting.fields.engine import FieldEngine, interval_field
from dynsym.compute.counting.fields.line_tails import without_tails
from dynsym.compute.counting.fields.regions import box_of_bounded_links, derived_box, split_by_box
from dynsym.compute.counting.links.route import joined_boxes
from dynsym.compute.counting.search.answer import Region, SearchAnswer
from dynsym.compute.counting.search.driver import SEARCH_SHARE, BranchAndPrune, Progress, search
from dynsym.compute.counting.search.engine import Found
from dynsym.compute.counting.search.merging import distinct
from dynsym.compute.counting.setting import Setting
from dynsym.compute.counting.starts.descent import DEFAULT_STARTS, field_solutions

__all__ = ["count_in_box", "search_box"]


def search_box(setting: Setting, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, str | None]:
    """Contract the region asked for to a finite box with the same equilibria, as far as that can be proved.

    Last comes the kind of an activation whose declared range the box rests on without proof.
    """
    asked = low, high
    known = None if np.isfinite(low).all() and np.isfinite(high).all() else box_of_bounded_links(setting)
    if known is not None:
        low, high = np.maximum(low, known[0]), np.minimum(high, known[1])
    low, high = derived_box(setting, low, high)
    if len(low) == 1 and not np.isfinite(high - low).all():
        first, last = without_tails(setting, float(low[0]), float(high[0]))
        low, high = np.array([first]), np.array([last])
    doubtful = None if known is None else known[2]
    if doubtful is not None:
        alone = derived_box(setting, *asked)
        if np.isfinite(alone[1] - alone[0]).all():
            return *alone, None
    return low, high, doubtful


def count_in_box(
    setting: Setting,
    low: np.ndarray,
    high: np.ndarray,
    method: BranchAndPrune,
    clock: Clock,
    progress: Progress | None,
    *,
    asked: Region | None = None,
    doubtful: str | None = None,
) -> SearchAnswer:
    """Branch and prune in the states; no proof if the box rests on the declared range of the activation `doubtful`."""
    if doubtful is not None:
        answer = count_in_box(setting, low, high, method, clock, progress, asked=asked)
        status = "lower_bound" if answer.lower else "undecided"
        reason = f"complete only given the declared bounds of {doubtful}, which were not proved"
        return replace(answer, status=status, upper=None, reason="; ".join(filter(None, (answer.reason, reason))))
    name = "branch and prune in the states"
    first, last = (low, high) if asked is None else asked
    if (low > high).any():
        return SearchAnswer("proved", 0, 0, method=name)
    size = np.maximum(np.abs(low), np.abs(high)).max()
    engine = FieldEngine(interval_field(setting), 10 * float(size) + 1)
    outcome = search(engine, low, high, method=method, clock=clock, progress=progress)
    if outcome.reason is not None:
        rng = np.random.default_rng(0)
        more = field_solutions(engine, low, high, DEFAULT_STARTS, rng, clock.part(SEARCH_SHARE))
        outcome.found = Found.joined([outcome.found, more])
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    found = engine.refined(outcome.found.take(kept))
    inside, on_face = split_by_box(describe(setting, found.low, found.high), first, last)
    touching = [(a, b) for a, b in outcome.undecided if (a <= last).all() and (b >= first).all()]
    regions = tuple(joined_boxes(touching))
    equilibria = (*inside, *on_face)
    lower, upper = len(inside) - len(open_pairs), len(equilibria)
    if not regions and not len(open_pairs) and not on_face:
        return SearchAnswer("proved", lower, lower, equilibria, outcome.examined, method=name)
    reason = outcome.reason or "boxes that could not be settled are left, near a fold, a pole or a jump"
    if not regions:
        reason = "an equilibrium lies on a face of the box" if on_face else "two enclosures may hold one equilibrium"
    return SearchAnswer(
        "lower_bound" if lower > 0 else "undecided",
        max(lower, 0),
        None if regions else upper,
        equilibria,
        outcome.examined,
        regions,
        len(touching),
        reason,
        name,
    )
