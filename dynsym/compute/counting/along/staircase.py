"""Counts along a parameter: at the points of a grid, and proved on whole intervals between folds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.along.families import CountedFamily, LinkFamily
from dynsym.compute.counting.along.field_family import FieldFamily
from dynsym.compute.counting.along.slabs import undecided_intervals
from dynsym.compute.counting.counter import count_equilibria
from dynsym.compute.counting.fields.regions import given_box
from dynsym.compute.counting.links.reader import link_reader
from dynsym.compute.counting.links.route import LARGEST_PROVED
from dynsym.compute.counting.search.driver import BranchAndPrune
from dynsym.compute.counting.setting import Setting
from dynsym.errors import LimitError, ParameterError, UnsupportedFeatureError
from dynsym.model.system import SymbolicSystem
from dynsym.results import CountInterval, CountStaircase, EquilibriumCount, Provenance

__all__ = ["count_along"]

MOST_POINTS = 100_000
PLACES = (0.27, 0.71, 0.5)
"""Where the equilibria on an interval are counted: at the first two where that is proved, which must agree."""


@np.errstate(all="ignore")
def count_along(
    system: CompiledSystem | SymbolicSystem,
    *,
    parameter: str,
    span: tuple[float, float],
    values: Mapping[str, Any] | None = None,
    points: int | None = None,
    box: Mapping[str, tuple[float, float]] | None = None,
    method: BranchAndPrune | None = None,
    budget: Budget = DEFAULT_BUDGET,
    progress: Callable[[float], None] | None = None,
) -> CountStaircase:
    """Count equilibria along a parameter.

    With `points`, at equally spaced values. Without, on intervals: a search in the states and the parameter together
    encloses every equilibrium with a singular Jacobian, the folds and other bifurcations, in short intervals. Between
    them equilibria can neither meet nor escape, so that the number counted at one place holds everywhere.

    Parameters
    ----------
    points : int, optional
        Number of grid points; None for intervals.
    box : mapping of state name to (low, high), optional
        As for `count_equilibria`.
    budget : Budget
        For each point; for the whole span without `points`.
    progress : callable, optional
        Called with the share of the span that is done.

    Returns
    -------
    CountStaircase
        Its ``counts`` with `points`, else its ``intervals``, ``folds`` where the number changes, and what is ``open``.

    Raises
    ------
    ParameterError
        If the span or the number of points makes no sense.
    LimitError
        If more than 100,000 points are asked for.
    UnsupportedFeatureError
        If intervals are asked for and no bound is known for the equilibria.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> count_along(system, parameter="g", span=(0.5, 2), points=4).lower
    array([1, 1, 3, 3])
    >>> staircase = count_along(system, parameter="g", span=(0.5, 2))
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
    compiled.parameter_vector(values, free=(name,))
    provenance = Provenance.of(compiled.system, options={"parameter": name, "span": [low, high], "points": points})
    if points is None:
        setting = Setting(compiled, {**(values or {}), name: 0.5 * (low + high)})
        intervals = _cover(setting, name, (low, high), box, method, budget.start(), progress)
        around = zip(intervals, intervals[1:], intervals[2:], strict=False)
        folds = tuple(
            (gap.start, gap.end)
            for before, gap, after in around
            if gap.status != "proved" and before.status == after.status == "proved" and before.count != after.count
        )
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
        counts.append(count_equilibria(compiled, values=given, box=box, method=method, budget=budget))
        if progress is not None:
            progress((k + 1) / points)
    return CountStaircase(name, counts=tuple(counts), provenance=provenance)


def _short(value: float, step: float) -> float:
    """The grid value without the noise of its computation: 0.30000000000000004 becomes 0.3."""
    rounded = float(f"{value:.12g}")
    return rounded if abs(rounded - value) <= 1e-9 * abs(step) else value


def _family(setting: Setting, name: str, box: Mapping[str, tuple[float, float]] | None) -> CountedFamily:
    """The equations along the parameter."""
    compiled, index = setting.compiled, setting.compiled.parameter_names.index(name)
    reader = None if box else link_reader(compiled.system)
    if reader is not None and reader.form.size <= LARGEST_PROVED:
        family = LinkFamily.of(reader, setting.balls, tuple(compiled.system.parameters.values()), index)
        if family is not None:
            return family
    if compiled.dimension > LARGEST_PROVED:
        raise UnsupportedFeatureError(
            f"Counts on whole intervals were asked for {compiled.system.name!r}, with {compiled.dimension} states. The "
            f"search takes at most {LARGEST_PROVED}. Count on a grid instead, as in points=81 or --points 81."
        )
    field = FieldFamily(setting, index, given_box(box or {}, compiled.state_names))
    middle = float(setting.numbers[index])
    slab = field.slab(middle, middle)
    if slab is None or slab.start_boxes() is None:
        example = ",".join(f"{name}=-5:5" for name in compiled.state_names)
        raise UnsupportedFeatureError(
            f"Counts on whole intervals were asked for {compiled.system.name!r}, and no bound was found for its "
            f"equilibria. Give one, as in box={{'{compiled.state_names[0]}': (-5, 5)}} or --box {example}, or count on "
            "a grid, as in points=81 or --points 81."
        )
    return field


def _cover(
    setting: Setting,
    name: str,
    span: tuple[float, float],
    box: Mapping[str, tuple[float, float]] | None,
    method: BranchAndPrune | None,
    clock: Clock,
    progress: Callable[[float], None] | None,
) -> tuple[CountInterval, ...]:
    """Intervals that cover the span: on each without bifurcations the equilibria are counted."""
    low, high = span
    open_ones = undecided_intervals(_family(setting, name, box), low, high, clock=clock, progress=progress)
    pieces: list[CountInterval] = []
    start = low
    for first, last in [*open_ones, (high, high)]:
        if first > start:
            _append(pieces, _counted(setting, name, start, first, box, method, clock))
        if last > first:
            _append(pieces, CountInterval(first, end=last, count=0, status="undecided"))
        start = last
    return tuple(pieces)


def _append(pieces: list[CountInterval], piece: CountInterval) -> None:
    """Append an interval; undecided neighbours are joined."""
    if pieces and pieces[-1].status == piece.status == "undecided":
        pieces[-1] = replace(pieces[-1], end=piece.end)
    else:
        pieces.append(piece)


def _counted(
    setting: Setting,
    name: str,
    start: float,
    end: float,
    box: Mapping[str, tuple[float, float]] | None,
    method: BranchAndPrune | None,
    clock: Clock,
) -> CountInterval:
    """The number on an interval without bifurcations, from counts at two places inside."""
    values = dict(setting.values or {})
    found: list[int] = []
    for share in PLACES:
        left = None if clock.budget.seconds is None else max(clock.budget.seconds - clock.elapsed, 0.1)
        place = start + share * (end - start)
        count = count_equilibria(
            setting.compiled,
            values={**values, name: place},
            box=box,
            method=method,
            budget=replace(clock.budget, seconds=left),
        )
        if count.status == "proved":
            found.append(count.lower)
        if len(found) == 2:
            break
    if found and len(set(found)) == 1:
        return CountInterval(start, end=end, count=found[0], status="proved")
    return CountInterval(start, end=end, count=0, status="undecided")
