"""Labels beside points, placed where they cover least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["place_labels", "rows_without_overlap", "spread", "text_width"]

_DIRECTIONS = [(1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0)]
_GLYPH = 0.56
"""Mean width of a letter over the font size."""


def text_width(text: str, size: float) -> float:
    """A close guess of the width of a text, in points."""
    return _GLYPH * size * len(text)


def place_labels(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    labels: Sequence[str],
    *,
    size: float,
    lines: Any = (),
    avoid: Any = (),
    **text: Any,
) -> None:
    """Write a label beside each point, greedily where it covers fewest labels, points and lines."""
    to_points = 72 / ax.figure.dpi
    spots = ax.transData.transform(np.asarray(points, float).reshape(-1, 2)) * to_points
    curves = [ax.transData.transform(curve) * to_points for curve in lines if len(curve)]
    obstacles = np.concatenate([spots, *(_resampled(curve) for curve in curves)])
    frame = np.asarray(ax.bbox.extents) * to_points
    taken: list[tuple[float, ...]] = [tuple(np.asarray(box.extents) * to_points) for box in avoid]
    for point, spot, label in zip(points, spots, labels, strict=True):
        width, height = text_width(label, size), 1.2 * size
        best: tuple[float, tuple[float, ...], tuple[float, float]] | None = None
        for rank, (distance, (right, up)) in enumerate((d, way) for d in (8, 16, 28) for way in _DIRECTIONS):
            length = distance / np.hypot(right, up)
            x = spot[0] + right * length + (0 if right > 0 else -width if right < 0 else -width / 2)
            y = spot[1] + up * length + (0 if up > 0 else -height if up < 0 else -height / 2)
            box = (x, y, x + width, y + height)
            cost = 100.0 * sum(_overlap(box, other) for other in taken) + _inside(box, obstacles) + 0.08 * rank
            cost += 50.0 * (box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3])
            if best is None or cost < best[0]:
                best = (cost, box, (x - spot[0], y - spot[1]))
        assert best is not None
        taken.append(best[1])
        leader = {"arrowstyle": "-", "lw": 0.5, "color": text.get("color", "black"), "shrinkA": 0, "shrinkB": 3}
        ax.annotate(
            label,
            point,
            best[2],
            textcoords="offset points",
            fontsize=size,
            va="bottom",
            ha="left",
            arrowprops=leader if max(map(abs, best[2])) > 18 + width * (best[2][0] < 0) else None,
            annotation_clip=True,
            **text,
        )


def rows_without_overlap(starts: Sequence[float], widths: Sequence[float], *, gap: float = 6.0) -> list[int]:
    """The row of each interval, the lowest in which it touches no earlier one."""
    ends: list[float] = []
    rows = []
    for start, width in zip(starts, widths, strict=True):
        row = next((i for i, end in enumerate(ends) if start >= end + gap), len(ends))
        ends[row : row + 1] = [start + width]
        rows.append(row)
    return rows


def spread(centres: Sequence[float], distance: float) -> list[float]:
    """Ascending places at least `distance` apart, each group of them about the mean of its centres."""
    groups: list[list[float]] = []

    def span(group: list[float]) -> tuple[float, float]:
        middle, half = float(np.mean(group)), distance * (len(group) - 1) / 2
        return middle - half, middle + half

    for centre in centres:
        groups.append([centre])
        while len(groups) > 1 and span(groups[-1])[0] < span(groups[-2])[1] + distance:
            last = groups.pop()
            groups[-1] += last
    return [span(group)[0] + i * distance for group in groups for i in range(len(group))]


def _resampled(curve: np.ndarray, spacing: float = 4.0) -> np.ndarray:
    """Points along a polyline, evenly in arc length."""
    steps = np.hypot(*np.diff(curve, axis=0).T)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    if len(curve) < 2 or not np.isfinite(length[-1]):
        return curve
    along = np.linspace(0, length[-1], int(min(length[-1] / spacing, 4000)) + 2)
    return np.column_stack([np.interp(along, length, curve[:, axis]) for axis in (0, 1)])


def _overlap(box: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _inside(box: tuple[float, ...], points: np.ndarray) -> int:
    x, y = points.T
    return int(np.count_nonzero((x > box[0] - 1) & (x < box[2] + 1) & (y > box[1] - 1) & (y < box[3] + 1)))
