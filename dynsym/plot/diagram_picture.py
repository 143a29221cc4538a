"""The bifurcation diagram: stable solid, unstable dashed, special points labelled, closed forms as vertical lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.plot._placement import place_labels, rows_without_overlap, spread, text_width
from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_expression, math_name
from dynsym.results import BifurcationCondition, Branch, Diagram, SpecialPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bifurcation"]

MARKERS = {"fold": ">", "hopf": "o", "branch_point": "s", "pitchfork": "D", "transcritical": "X"}
LABELS_SHOWN = 24
ROWS_SHOWN = 2


@documented("ParameterError: If there is no such state.")
def bifurcation(
    diagram: Diagram, *, state: str | None = None, ax: Axes | None = None, style: PlotStyle = DEFAULT_STYLE
) -> Axes:
    """Draw a bifurcation diagram.

    Parameters
    ----------
    diagram : Diagram
        Its ``conditions`` are drawn as vertical lines.
    state : str, optional
        The state on the vertical axis; the Euclidean norm of all states by default.

    Examples
    --------
    >>> import numpy as np
    >>> from dynsym.results import Branch, Diagram
    >>> branch = Branch(0, parameter="g", parameter_values=[0, 1, 2], states=np.zeros((3, 1)), state_names=("x",),
    ...                 stable=[True, True, False], unstable_dimension=[0, 0, 1])
    >>> ax = bifurcation(Diagram("g", branches=(branch,)), state="x")
    >>> [line.get_linestyle() for line in ax.lines]
    ['-', '--']
    """
    if state is not None and diagram.branches and state not in diagram.state_names:
        known = ", ".join(diagram.state_names[:12])
        raise ParameterError(
            f"The diagram has no state {state!r}. It has {known}. Try one of these, or None for the norm."
        )
    axes = axes_or_new(ax)
    curves = [curve for branch in diagram for curve in _draw_branch(axes, branch, state, style)]
    axes.set_xlabel(math_name(diagram.parameter))
    norm = diagram.state_names[0] if len(diagram.state_names) == 1 else "norm of the state"
    axes.set_ylabel(math_name(state or norm))
    values = np.concatenate([branch.parameter_values for branch in diagram]) if curves else np.array([])
    if len(values) and values.min() < values.max():
        axes.set_xlim(values.min(), values.max())
        axes.margins(y=0.08)
    axes.autoscale_view()
    _draw_conditions(axes, diagram.conditions, style)
    axes.spines[["top", "right"]].set_visible(False)
    if any(point.kind == "neutral_saddle" for point in diagram.special):
        axes.plot([], [], "v", ms=0.7 * style.marker_size, color=style.undecided, label="neutral saddle")
    if curves:
        axes.legend(fontsize=style.font_size, frameon=False, loc="best")
    _draw_points(axes, diagram, curves, state, style)
    return axes


def _height(states: np.ndarray, names: tuple[str, ...], state: str | None) -> np.ndarray:
    if state is not None:
        return states[:, names.index(state)]
    return states[:, 0] if states.shape[1] == 1 else np.linalg.norm(states, axis=1)


def _point_height(point: SpecialPoint, state: str | None) -> float:
    values = np.array([list(point.state.values())], dtype=float)
    return float(_height(values, tuple(point.state), state)[0])


def _draw_branch(ax: Axes, branch: Branch, state: str | None, style: PlotStyle) -> list[np.ndarray]:
    """The runs of one stability and direction; two runs meet at the special point between them, or half-way.

    Each run is drawn by ascending parameter, so that the dashes of two mirror images fall on one another.
    """
    if not len(branch):
        return []
    path = np.column_stack([branch.parameter_values, _height(branch.states, branch.state_names, state)])
    kind = np.where(branch.stable, 0, np.where(branch.unstable_dimension < 0, 2, 1))
    ahead = np.sign(np.diff(path[:, 0]))
    turns = np.flatnonzero(ahead[1:] * ahead[:-1] < 0) + 2
    cuts = np.union1d(np.flatnonzero(np.diff(kind)) + 1, turns)
    meeting = [_meeting(branch, path, int(cut), state) for cut in cuts]
    looks = [("stable", "-", style.stable, 3.0), ("unstable", "--", style.unstable, 2.0)]
    looks.append(("stability not known", ":", style.undecided, 2.0))
    runs = []
    for number, run in enumerate(np.split(path, cuts)):
        ends = [meeting[number - 1]] if number else []
        tails = [meeting[number]] if number < len(cuts) else []
        run = np.array([*ends, *run, *tails])
        run = run[::-1] if run[0, 0] > run[-1, 0] else run
        word, line, colour, order = looks[kind[cuts[number - 1] if number else 0]]
        label = None if any(other.get_label() == word for other in ax.lines) else word
        width = style.line_width if word == "stable" else 0.8 * style.line_width
        ax.plot(*run.T, line, color=colour, lw=width, zorder=order, label=label)
        runs.append(run)
    return runs


def _meeting(branch: Branch, path: np.ndarray, cut: int, state: str | None) -> np.ndarray:
    before, after = path[cut - 1], path[cut]
    reach = np.abs(after - before) * 1.5 + 1e-9 * (1 + np.abs(before))
    for point in branch.special:
        place = np.array([point.parameters[branch.parameter], _point_height(point, state)])
        if np.all(np.abs(place - (before + after) / 2) <= reach):
            return place
    changes = branch.stable[cut - 1] != branch.stable[cut]
    return (before + after) / 2 if changes else before


def _draw_points(ax: Axes, diagram: Diagram, curves: list[np.ndarray], state: str | None, style: PlotStyle) -> None:
    places: dict[tuple[float, float], list[str]] = {}
    look: dict[str, Any] = {"ms": style.marker_size, "mfc": "white", "mec": style.ink, "mew": 1.2, "zorder": 5}
    for point in diagram.special:
        x, y = point.parameters[diagram.parameter], _point_height(point, state)
        if point.kind == "neutral_saddle":  # no bifurcation
            ax.plot(x, y, "v", ms=0.7 * style.marker_size, color=style.undecided, zorder=4)
            continue
        ax.plot(x, y, MARKERS.get(point.kind, "P"), **look)
        places.setdefault((round(x, 9), round(y, 9)), []).append(point.label)
    if places and len(places) <= LABELS_SHOWN:
        ax.figure.canvas.figure.draw_without_rendering()  # labels are placed in points: the layout must be final
        legend = ax.get_legend()
        taken = [] if legend is None else [legend.get_window_extent()]
        if legend is not None:
            legend.set_loc(tuple(ax.transAxes.inverted().transform(taken[0].p0)))
        labels = [", ".join(words) for words in places.values()]
        place_labels(
            ax, list(places), labels, size=style.font_size, lines=curves, avoid=taken, color=style.ink, zorder=6
        )


def _draw_conditions(ax: Axes, conditions: Sequence[BifurcationCondition], style: PlotStyle) -> None:
    """One vertical line a value, with its closed form above the axes; where they crowd, upright kinds and numbers."""
    low, high = ax.get_xlim()
    groups: dict[float, list[BifurcationCondition]] = {}
    for condition in conditions:
        if condition.value is not None and low <= condition.value <= high:
            groups.setdefault(float(f"{condition.value:.9g}"), []).append(condition)
    values = sorted(groups)
    for value in values:
        ax.axvline(value, color=style.exact, lw=1.0, ls=(0, (1, 1.5)), zorder=1)
    if not values:
        return
    ax.plot([], [], color=style.exact, lw=1.0, ls=(0, (1, 1.5)), label="closed form")
    scale = 72 / ax.figure.dpi
    centres = [float(ax.transData.transform((value, 0))[0]) * scale for value in values]
    look: dict[str, Any] = {
        "xycoords": ("data", "axes fraction"),
        "textcoords": "offset points",
        "ha": "center",
        "va": "bottom",
    }
    look |= {"fontsize": style.font_size, "color": style.exact}

    labels = [_condition_label(groups[value]) for value in values]
    widths = [max(text_width(line, style.font_size) for line in _plain(label).split("\n")) for label in labels]
    starts = [centre - width / 2 for centre, width in zip(centres, widths, strict=True)]
    rows = rows_without_overlap(starts, widths)
    if max(rows) < ROWS_SHOWN:
        for value, label, row in zip(values, labels, rows, strict=True):
            above = (0.0, 4 + row * 3.3 * style.font_size)
            ax.annotate(label, (value, 1), above, linespacing=1.5, **look)
    elif len(values) <= LABELS_SHOWN:
        apart = spread(centres, 1.3 * style.font_size)
        for value, centre, place in zip(values, centres, apart, strict=True):
            leader = {
                "arrowstyle": "-",
                "lw": 0.6,
                "color": style.exact,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": (0.5, 0),
            }
            label = f"{_kinds(groups[value])} {value:.5g}"
            ax.annotate(label, (value, 1), (place - centre, 10), rotation=90, arrowprops=leader, **look)


def _kinds(conditions: Sequence[BifurcationCondition]) -> str:
    return ", ".join(dict.fromkeys(condition.kind.replace("_", " ") for condition in conditions))


def _condition_label(conditions: Sequence[BifurcationCondition]) -> str:
    """The kinds, and the closed form of the value or its number."""
    first = conditions[0]
    exact = math_expression(first.solution) if first.solution is not None else None
    return f"{_kinds(conditions)}\n{math_name(first.parameter)} = {exact or f'{first.value:.6g}'}"


def _plain(label: str) -> str:
    """Roughly the letters that are printed of mathematical text."""
    return re.sub(r"\\[a-z]+|[{}$^_\\]", "", label)
