"""The number of equilibria along a parameter: what is proved filled, what is not hatched between its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_name
from dynsym.results import CountStaircase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["count"]


def count(staircase: CountStaircase, *, ax: Axes | None = None, style: PlotStyle = DEFAULT_STYLE) -> Axes:
    """Draw the number of equilibria as a staircase.

    Counts on whole intervals are filled over the interval. Counts at points are filled half-way to their neighbours,
    with a dot at the point itself: there alone they are proved.

    Examples
    --------
    >>> from dynsym.results import CountInterval, CountStaircase
    >>> one = CountInterval(0, end=1, count=1, status="proved")
    >>> three = CountInterval(1, end=3, count=3, status="proved")
    >>> ax = count(CountStaircase("g", intervals=(one, three)))
    >>> ax.get_ylabel()
    'number of equilibria'
    """
    from matplotlib.ticker import MaxNLocator

    axes = axes_or_new(ax)
    cells = _cells(staircase)
    top = max([upper for *_, upper, _ in cells if upper is not None] + [lower + 1 for _, _, lower, *_ in cells] + [1])
    filled = "proved" if staircase.intervals else "proved at the dots"
    for left, right, lower, upper, proved in _merged(cells):
        width, middle = right - left, (left + right) / 2
        colour = style.stable if proved else style.undecided
        if lower or proved:
            axes.bar(middle, lower, width, color=colour, alpha=0.28, lw=0, label=filled if proved else "lower bound")
        if not proved:
            reach = (top if upper is None else upper) - lower
            axes.bar(
                middle, reach, width, lower, fc="none", ec=style.unstable, hatch="////", lw=0, label="not decided"
            )  # fmt: skip
    for run in _runs(cells):
        axes.plot(*np.array(run, dtype=float).T, color=style.stable, lw=style.line_width)
    _draw_points(axes, staircase, style)
    for low, high in staircase.folds:
        axes.axvspan(low, high, color=style.exact, alpha=0.35, lw=0, zorder=0, label="bifurcation inside")
    axes.set_xlabel(math_name(staircase.parameter))
    axes.set_ylabel("number of equilibria")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, 1.12 * top)
    if cells:
        axes.set_xlim(cells[0][0], cells[-1][1])
    once = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    if once:
        axes.legend(once.values(), once.keys(), fontsize=style.font_size, frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


Cell = tuple[float, float, int, int | None, bool]
"""Left, right, lower bound, upper bound, proved."""


def _cells(staircase: CountStaircase) -> list[Cell]:
    if staircase.intervals:
        return [
            (interval.start, interval.end, interval.count, interval.count if interval.status == "proved" else None,
             interval.status == "proved")
            for interval in staircase.intervals
        ]  # fmt: skip
    values = staircase.values
    if not len(values):
        return []
    middles = (values[1:] + values[:-1]) / 2
    first, last = (values[0], values[-1]) if len(values) > 1 else (values[0] - 0.5, values[0] + 0.5)
    edges = np.concatenate([[first], middles, [last]])
    return [
        (float(left), float(right), count.lower, count.upper, count.status == "proved")
        for left, right, count in zip(edges[:-1], edges[1:], staircase.counts, strict=True)
    ]


def _merged(cells: list[Cell]) -> list[Cell]:
    """Neighbours that say the same, as one cell."""
    merged: list[Cell] = []
    for cell in cells:
        if merged and merged[-1][2:] == cell[2:] and np.isclose(merged[-1][1], cell[0]):
            merged[-1] = (merged[-1][0], *cell[1:])
        else:
            merged.append(cell)
    return merged


def _runs(cells: list[Cell]) -> list[list[tuple[float, int]]]:
    """The outline of adjacent proved cells."""
    runs: list[list[tuple[float, int]]] = []
    previous: Cell | None = None
    for cell in cells:
        left, right, lower, _, proved = cell
        if proved:
            joined = previous is not None and previous[4] and np.isclose(previous[1], left)
            if not joined:
                runs.append([])
            runs[-1] += [(left, lower), (right, lower)]
        previous = cell
    return runs


def _draw_points(ax: Axes, staircase: CountStaircase, style: PlotStyle) -> None:
    proved = [count for count in staircase.counts if count.status == "proved"]
    size = 0.45 * style.marker_size
    if proved:
        x = [count.parameters[staircase.parameter] for count in proved]
        ax.plot(x, [count.lower for count in proved], "o", ms=size, color=style.stable)
    stable = [count for count in proved if count.stable is not None]
    if stable:
        x = [count.parameters[staircase.parameter] for count in stable]
        ax.plot(x, [count.stable or 0 for count in stable], "_", ms=1.6 * size, color=style.ink, label="stable ones")
