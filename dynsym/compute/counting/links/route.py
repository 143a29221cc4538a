"""Counting by the link form: enumeration for rectified networks, branch and prune for all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import fmpq

from dynsym._budget import Clock
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.description import describe
from dynsym.compute.counting.links.bounding import bounding_box
from dynsym.compute.counting.links.contraction import is_one_to_one, the_solution
from dynsym.compute.counting.links.degenerate_origin import origin_alone
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.patterns import LARGEST_ENUMERATED, enumerate_patterns
from dynsym.compute.counting.links.reader import ArrayReader, LinkReader
from dynsym.compute.counting.search.answer import Region, SearchAnswer
from dynsym.compute.counting.search.driver import SEARCH_SHARE, BranchAndPrune, Progress, SearchOutcome, search
from dynsym.compute.counting.search.engine import Found
from dynsym.compute.counting.search.merging import distinct
from dynsym.compute.counting.setting import Setting
from dynsym.compute.counting.starts.descent import BATCH_ENTRIES, DEFAULT_STARTS, link_solutions

__all__ = ["LARGEST_PROVED", "count_by_links", "count_by_patterns", "joined_boxes"]


LARGEST_PROVED, EASY_BOXES = 60, 2000
"""Networks with more links are given up after so many boxes: the number of boxes grows exponentially."""


def count_by_patterns(setting: Setting, reader: LinkReader, problem: LinkProblem, clock: Clock) -> SearchAnswer | None:
    """Enumerate the activity patterns of a rectified network with rational data; None where this does not apply."""
    kinds = problem.functions.functions
    if problem.cubic is not None or problem.size > LARGEST_ENUMERATED:
        return None
    if not all(f.rest == 0 for f in kinds):
        return None
    exact = reader.exact(setting.compiled.system.substitution(setting.values))
    if exact is None:
        return None
    found = enumerate_patterns(*exact, clock)
    low, high = (
        np.array([[_rounded(x, end) for x in y] for y in found.solutions]).reshape(-1, problem.size)
        for end in (-np.inf, np.inf)
    )
    equilibria = describe(setting, *reader.states(problem, low, high, setting.balls))
    count, examined, method = len(found.solutions), found.examined, "patterns"
    if found.continuum:
        reason = "a line of equilibria lies inside one pattern of active units"
        return SearchAnswer("continuum", count, None, equilibria, examined, reason=reason, method=method)
    if not found.undecided:
        return SearchAnswer("proved", count, count, equilibria, examined, method=method)
    status, left = "lower_bound" if count else "undecided", len(found.undecided)
    return SearchAnswer(status, count, None, equilibria, examined, (), left, found.reason, method)


def _rounded(value: fmpq, towards: float) -> float:
    """The float that is the value, or else one beyond it in the direction given."""
    nearest = int(value.p) / int(value.q)
    is_exact = fmpq(*nearest.as_integer_ratio()) == value
    return nearest if is_exact else float(np.nextafter(nearest, towards))


def count_by_links(
    setting: Setting,
    reader: LinkReader | ArrayReader,
    problem: LinkProblem,
    method: BranchAndPrune,
    clock: Clock,
    progress: Progress | None,
) -> SearchAnswer | None:
    """One solution of a contraction, or branch and prune on the link problem; None where no box holds all solutions.

    A search that is stopped leaves a share of its time for starts of Newton's method: what either finds counts.
    """
    if is_one_to_one(problem):
        found = the_solution(problem)
        listed = describe(setting, *reader.states(problem, found.low, found.high, setting.balls), clock=clock)
        return SearchAnswer("proved", 1, 1, listed, method="contraction")
    box = bounding_box(problem)
    if box is None:
        return None
    low, high = box
    reach = float(np.abs(box).max())
    engine = LinkEngine(problem, 10 * reach + 1)
    alone, limits = None, clock
    if problem.size > LARGEST_PROVED:
        limits = Clock(replace(clock.budget, boxes=min(EASY_BOXES, clock.budget.boxes or EASY_BOXES)), clock.began)
        method = replace(method, chunk=max(min(method.chunk, BATCH_ENTRIES // problem.size**2), 1))
    elif isinstance(reader, LinkReader):
        alone = origin_alone(setting, reader, problem)
    settled_box = None if alone is None else (np.full(problem.size, -alone), np.full(problem.size, alone))
    outcome = search(engine, low, high, method=method, clock=limits, progress=progress, settled_box=settled_box)
    if outcome.reason is not None and problem.start_box() is not None and problem.functions.is_smooth:
        rng = np.random.default_rng(0)
        more = link_solutions(problem, reach, DEFAULT_STARTS, rng, clock.part(SEARCH_SHARE))
        outcome.found = Found.joined([outcome.found, more])
    if problem.is_odd:
        outcome.found = _with_origin(outcome.found, problem.size, alone)
    return _answer(setting, reader, problem, engine, outcome, clock)


def _with_origin(found: Found, size: int, alone: float | None) -> Found:
    """Add the origin, a solution of every odd problem, if it was not found; it replaces all within `alone`."""
    if alone is not None:
        found = found.take((np.abs(found.middle) > alone).any(axis=1))
    elif (np.abs(found.middle) <= found.radius).all(axis=1).any():
        return found
    origin = Found(np.zeros((1, size)), np.zeros((1, size)), np.zeros(1, dtype=int))
    return Found.joined([origin, found])


def _answer(
    setting: Setting,
    reader: LinkReader | ArrayReader,
    problem: LinkProblem,
    engine: LinkEngine,
    outcome: SearchOutcome,
    clock: Clock,
) -> SearchAnswer:
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    found = engine.refined(outcome.found.take(kept))
    states = reader.states(problem, found.low, found.high, setting.balls)
    equilibria = describe(setting, *states, clock=clock)
    count = len(kept)
    examined = outcome.examined
    regions = joined_boxes(outcome.undecided)
    if not regions and not len(open_pairs) and outcome.reason is None:
        wrong = _index_fault(problem, found)
        if wrong is None:
            return SearchAnswer("proved", count, count, equilibria, examined, method="branch and prune")
        return SearchAnswer("undecided", count, None, equilibria, examined, reason=wrong, method="branch and prune")
    reason = outcome.reason or "boxes that could not be settled are left, near a fold or another degenerate point"
    if len(open_pairs):
        reason = f"{reason}; {len(open_pairs)} pairs of enclosures may hold one equilibrium or two"
    lower = len(np.setdiff1d(kept, open_pairs[:, 1]))
    if not len(open_pairs) and (wrong := _index_fault(problem, found)) is not None:
        reason = f"{reason}; the indices sum to {int(found.sign.sum())} in place of 1, so that some are missing"
    undecided = _state_regions(setting, reader, problem, regions)
    return SearchAnswer(
        "lower_bound" if lower > 0 else "undecided",
        max(lower, 0),
        None,
        equilibria,
        examined,
        undecided,
        len(outcome.undecided),
        reason,
        "branch and prune",
    )


def _state_regions(
    setting: Setting, reader: LinkReader | ArrayReader, problem: LinkProblem, regions: list[Region]
) -> tuple[Region, ...]:
    if not regions:
        return ()
    low, high = (np.array(ends) for ends in zip(*regions, strict=True))
    return tuple(zip(*reader.states(problem, low, high, setting.balls), strict=True))


def _index_fault(problem: LinkProblem, found: Found) -> str | None:
    """For bounded φ the signs of det F' sum to 1 (degree theory), if no solution is degenerate."""
    if problem.start_box() is None or (found.sign == 0).any() or not problem.functions.is_smooth:
        return None
    total = int(found.sign.sum())
    return None if total == 1 else f"the indices sum to {total} in place of 1: a fault inside the search"


def joined_boxes(boxes: list[Region]) -> list[Region]:
    """Hulls of the groups of boxes that touch."""
    if not boxes:
        return []
    lows, highs = (np.array([box[side] for box in boxes[:MOST_JOINED]]) for side in (0, 1))
    group_low, group_high = lows[:0], highs[:0]
    for low, high in zip(lows, highs, strict=True):
        slack = 1e-12 * (1 + np.abs(low))
        touching = ((group_low <= high + slack) & (group_high >= low - slack)).all(axis=1)
        low = np.concatenate([group_low[touching], low[None]]).min(axis=0)
        high = np.concatenate([group_high[touching], high[None]]).max(axis=0)
        group_low = np.concatenate([group_low[~touching], low[None]])
        group_high = np.concatenate([group_high[~touching], high[None]])
    groups = list(zip(group_low, group_high, strict=True))
    if len(boxes) > MOST_JOINED:
        rest = boxes[MOST_JOINED:]
        groups.append((np.min([low for low, _ in rest], axis=0), np.max([high for _, high in rest], axis=0)))
    return groups


MOST_JOINED = 2000
"""Beyond this number of boxes the others are reported by their hull."""
