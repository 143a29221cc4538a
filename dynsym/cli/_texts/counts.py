"""Counts as text: one, or a staircase."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dynsym.cli._texts.cells import COLUMNS, chopped, decimal
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.results import CountInterval, CountStaircase, Equilibrium, EquilibriumCount

__all__ = ["how_many", "print_count", "print_staircase"]

ROWS = 40
SMALLEST_RADIUS = 1e-16


def how_many(count: EquilibriumCount) -> str:
    """``"5 equilibria: proved"``."""
    if count.status == "continuum":
        return "a continuum of equilibria"
    number = str(count.lower) if count.upper == count.lower else f"{count.lower} to {count.upper}"
    if count.upper is None:
        number = f"at least {count.lower}"
    return f"{number} {'equilibrium' if number == '1' else 'equilibria'}: {count.status.replace('_', ' ')}"


def print_count(screen: Screen, count: EquilibriumCount) -> None:
    """What the number rests on, and the equilibria one by one."""
    values = ", ".join(f"{name} = {decimal(value)}" for name, value in count.parameters.items())
    if values:
        screen.line(f"  at {values}")
    facts = [] if count.stable is None else [f"{count.stable} stable"]
    facts += [] if count.index_sum is None else [f"indices sum to {count.index_sum}"]
    facts += [f"{count.boxes_examined} boxes examined, {count.boxes_undecided} undecided"]
    screen.line(f"  {'; '.join(facts)}")
    if count.reason:
        screen.line(f"  {count.reason}")
    if not count.equilibria:
        return
    names = list(count.equilibria[0].state)
    shown = names[:COLUMNS]
    head = [*shown, *(["…"] if len(names) > COLUMNS else [])]
    rows = [
        [
            *(decimal(chopped(entry.state[name])) for name in shown),
            *(["…"] if len(names) > COLUMNS else []),
            entry.stability,
            "-" if entry.unstable_dimension is None else str(entry.unstable_dimension),
            _certificate(entry),
        ]
        for entry in count.equilibria[:ROWS]
    ]
    screen.table([*head, "stability", "unstable", "how sure"], rows, right=shown)
    if len(count.equilibria) > ROWS:
        screen.line(f"  … {len(count.equilibria) - ROWS} more; --json lists all")


def _certificate(entry: Equilibrium) -> str:
    if entry.certificate != "certified":
        return "numeric, not certified"
    return f"certified to {max(entry.radius, SMALLEST_RADIUS):.0e}"


def print_staircase(screen: Screen, staircase: CountStaircase) -> None:
    """The number of equilibria along the parameter, steps of one height together."""
    rows = []
    for (number, stable, status), cells in groupby(_cells(staircase), key=lambda cell: cell[2:]):
        run = list(cells)
        first, last = decimal(run[0][0], 6), decimal(run[-1][1], 6)
        where = first if first == last else f"[{first}, {last}]"
        rows.append([where, number, stable, status, *([str(len(run))] if staircase.counts else [])])
    more = ["values counted"] if staircase.counts else []
    head = [f"{staircase.parameter} in", "equilibria", "stable", "how sure", *more]
    screen.table(head, rows, right=["equilibria", "stable", *more])
    for low, high in staircase.folds:
        screen.line(f"  the number changes within [{decimal(low)}, {decimal(high)}]")


def _interval_number(interval: CountInterval) -> str:
    if interval.status == "proved":
        return str(interval.count)
    return f"≥ {interval.count}" if interval.status == "lower_bound" else "-"


def _cells(staircase: CountStaircase) -> list[tuple[float, float, str, str, str]]:
    """Start, end, number, stable ones and status of each point or interval."""
    if not staircase.counts:
        return [(e.start, e.end, _interval_number(e), "-", e.status.replace("_", " ")) for e in staircase.intervals]
    cells = []
    for count in staircase.counts:
        place = count.parameters[staircase.parameter]
        number = str(count.lower) if count.lower == count.upper else f"≥ {count.lower}"
        stable = "-" if count.stable is None else str(count.stable)
        cells.append((place, place, number, stable, count.status.replace("_", " ")))
    return cells
