"""Counts along a parameter: at the points of a grid, and proved on whole intervals between folds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from flint import arb

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.bounding import bounding_box
from dynsym.compute.counting.counter import LARGEST_PROVED, count_equilibria
from dynsym.compute.counting.description import Setting
from dynsym.compute.counting.link_engine import LinkEngine
from dynsym.compute.counting.link_reader import LinkReader, link_reader
from dynsym.compute.counting.merging import distinct
from dynsym.compute.counting.search import BranchAndPrune, search
from dynsym.errors import LimitError, ParameterError, UnsupportedFeatureError
from dynsym.model.system import SymbolicSystem
from dynsym.results import CountInterval, CountStaircase, EquilibriumCount, Provenance

__all__ = ["count_along"]

FIRST, FINEST, GROWTH = 2.0**-5, 2.0**-13, 1.25
"""Shares of the span: the first interval tried, the shortest one, which is left undecided; growth after a success."""
BOXES_A_PIECE = 20_000
MOST_POINTS = 100_000


def count_along(
    system: CompiledSystem | SymbolicSystem,
    parameter: str,
    *,
    span: tuple[float, float],
    points: int | None = None,
    values: Mapping[str, Any] | None = None,
    box: Mapping[str, Sequence[float]] | None = None,
    method: BranchAndPrune | None = None,
    budget: Budget = DEFAULT_BUDGET,
    progress: Callable[[float], None] | None = None,
) -> CountStaircase:
    """Count equilibria along a parameter.

    With `points`, at equally spaced values. Without, on intervals: the parameter itself is an interval in the search,
    so that the number found holds everywhere on it; the intervals grow shorter towards folds and other bifurcations,
    which are boxed in between.

    Parameters
    ----------
    system : CompiledSystem or SymbolicSystem
    parameter : str
    span : (low, high)
    points : int, optional
        Number of grid points; None for intervals.
    values : mapping of name to number, optional
        The other parameters.
    box : mapping of state name to (low, high), optional
        As for `count_equilibria`; only with `points`.
    method : BranchAndPrune, optional
    budget : Budget
        For each point; for the whole span without `points`.
    progress : callable, optional
        Called with the share of the span that is done.

    Returns
    -------
    CountStaircase
        Its ``counts`` with `points`, else its ``intervals`` and ``folds``.

    Raises
    ------
    ParameterError
        If the span or the number of points makes no sense.
    LimitError
        If more than 100,000 points are asked for.
    UnsupportedFeatureError
        If intervals are asked for and the system is no network of bounded activations.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> count_along(system, "g", span=(0.5, 2), points=4).lower
    array([1, 1, 3, 3])
    >>> staircase = count_along(system, "g", span=(0.5, 2))
    >>> [interval.count for interval in staircase.intervals if interval.status == "proved"]
    [1, 3]
    """
    compiled = compile_system(system)
    name = compiled.system.parameter(parameter).name
    low, high = (float(end) for end in span)
    if not (np.isfinite([low, high]).all() and low < high):
        raise ParameterError(
            f"The span of {name} was given as {span!r}. It needs two finite numbers, the lower one first. "
            "Try span=(0, 3)."
        )
    clock = budget.start()
    provenance = Provenance.of(compiled.system.name, options={"parameter": name, "span": [low, high], "points": points})
    if points is None:
        run = _Intervals(compiled, name, dict(values or {}), method or BranchAndPrune(), clock, progress)
        intervals = run.cover(low, high)
        folds = tuple((i.start, i.end) for i in intervals if i.status != "proved")
        return CountStaircase(name, intervals=intervals, folds=folds, provenance=provenance)
    if points < 1:
        raise ParameterError(f"{points} points were asked for. At least one is needed. Try points=81.")
    if points > MOST_POINTS:
        raise LimitError(
            f"{points:.6g} points were asked for. Each is a search of its own; at most {MOST_POINTS} are taken. Try "
            "points=81, or no points at all: then each number holds on a whole interval."
        )
    counts: list[EquilibriumCount] = []
    for k, value in enumerate(np.linspace(low, high, points)):
        given = {**(values or {}), name: _short(float(value), (high - low) / max(points - 1, 1))}
        counts.append(count_equilibria(compiled, given, box=box, method=method, budget=budget))
        if progress is not None:
            progress((k + 1) / points)
    return CountStaircase(name, counts=tuple(counts), provenance=provenance)


def _short(value: float, step: float) -> float:
    """The grid value without the noise of its computation: 0.30000000000000004 becomes 0.3."""
    rounded = float(f"{value:.12g}")
    return rounded if abs(rounded - value) <= 1e-9 * abs(step) else value


class _Intervals:
    """Proved counts on intervals of one parameter."""

    def __init__(
        self,
        compiled: CompiledSystem,
        name: str,
        values: dict[str, Any],
        method: BranchAndPrune,
        clock: Clock,
        progress: Callable[[float], None] | None,
    ) -> None:
        reader = link_reader(compiled.system)
        if reader is None or len(reader.form.bias) > LARGEST_PROVED:
            raise UnsupportedFeatureError(
                f"Counts on whole intervals were asked for {compiled.system.name!r}. They are proved for networks of "
                "bounded activations only. Count on a grid instead, as in points=81 or --points 81."
            )
        self.reader: LinkReader = reader
        self.compiled, self.name, self.values = compiled, name, values
        self.method, self.clock, self.progress = method, clock, progress
        self.index = compiled.parameter_names.index(name)

    def cover(self, low: float, high: float) -> tuple[CountInterval, ...]:
        """Intervals that cover [low, high], neighbours with equal counts joined."""
        balls = Setting(self.compiled, {**self.values, self.name: 0.5 * (low + high)}).balls
        finest, width = FINEST * (high - low), FIRST * (high - low)
        pieces: list[CountInterval] = []
        start = low
        while start < high and not self.clock.is_over:
            end = high if start + 1.5 * width > high else start + width
            count = self._count(start, end, balls)
            if count is None and width > finest:
                width = max(0.5 * width, finest)
                continue
            width = finest if count is None else GROWTH * (end - start)
            _append(pieces, start, end, count)
            start = end
            if self.progress is not None:
                self.progress((end - low) / (high - low))
        if start < high:
            _append(pieces, start, high, None)
        return tuple(pieces)

    def _count(self, start: float, end: float, balls: list[arb]) -> int | None:
        """The number that holds on the whole interval, or None."""
        parameters = list(balls)
        parameters[self.index] = arb(start).union(arb(end))
        problem = self.reader.problem(parameters)
        box = None if problem is None else bounding_box(problem)
        if problem is None or box is None or not problem.functions.is_smooth:
            return None
        engine = LinkEngine(problem, 10 * float(np.abs(box).max()) + 1)
        boxes = BOXES_A_PIECE if self.clock.budget.boxes is None else min(BOXES_A_PIECE, self.clock.budget.boxes)
        left = None if self.clock.budget.seconds is None else max(self.clock.budget.seconds - self.clock.elapsed, 1e-3)
        clock = replace(self.clock.budget, boxes=boxes, seconds=left).start()
        outcome = search(engine, *box, method=self.method, clock=clock, stop_when_undecided=True)
        if outcome.undecided:
            return None
        kept, open_pairs = distinct(outcome.found, engine.is_injective)
        return None if len(open_pairs) else len(kept)


def _append(pieces: list[CountInterval], start: float, end: float, count: int | None) -> None:
    """Append an interval, joined to the one before if both say the same."""
    piece = CountInterval(start, end=end, count=count or 0, status="undecided" if count is None else "proved")
    if pieces and pieces[-1].status == piece.status and pieces[-1].count == piece.count:
        pieces[-1] = replace(pieces[-1], end=piece.end)
    else:
        pieces.append(piece)
