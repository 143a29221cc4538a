"""The Jacobian as gradient and curl: its symmetric and its antisymmetric part side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_expression, math_name
from dynsym.results import Decomposition

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["decomposition"]

NAMES_SHOWN = 24
TEXTS_SHOWN = 5
CELLS_SHOWN = 110


@documented("ParameterError: If the result carries no Jacobian.")
def decomposition(result: Decomposition, *, ax: Axes | None = None, style: PlotStyle = DEFAULT_STYLE) -> Axes:
    """Draw the two parts of the Jacobian as heat maps, with the share of each and the cycle that makes the curl.

    Examples
    --------
    >>> import numpy as np
    >>> from dynsym.results import Decomposition
    >>> verdicts = {"euclidean": "refuted", "diagonal": "refuted", "any": "undecided"}
    >>> found = Decomposition("euclidean", state_names=("x", "y"), is_gradient=verdicts, symmetric=-np.eye(2),
    ...                       antisymmetric=np.array([[0, 1.0], [-1.0, 0]]), curl_share=0.5)
    >>> decomposition(found).get_title()
    'metric: euclidean'
    """
    if result.symmetric is None or result.antisymmetric is None:
        raise ParameterError(
            "The decomposition carries no Jacobian, and the picture shows its two parts. "
            "Take the decomposition at a point."
        )
    import matplotlib

    axes = axes_or_new(ax, size=(7.2, 4.2))
    parts = [_pooled(_numbers(part)) for part in (result.symmetric, result.antisymmetric)]
    size = len(parts[0])
    gap = max(1, round(0.12 * size))
    values = np.full((size, 2 * size + gap), np.nan)
    values[:, :size], values[:, size + gap :] = parts
    nonzero = np.abs(values[np.isfinite(values) & (values != 0)])
    largest = float(np.quantile(nonzero, 0.98 if size > NAMES_SHOWN else 1.0)) if len(nonzero) else 1.0
    colours = matplotlib.colormaps["PuOr"].with_extremes(bad="#E6E2EA")
    image = axes.imshow(values, cmap=colours, vmin=-largest, vmax=largest, interpolation="nearest", aspect="equal")
    axes.axvspan(size - 0.5, size + gap - 0.5, color=axes.get_facecolor(), zorder=3)
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.72, pad=0.02)
    bar.set_label("entry of the Jacobian", fontsize=style.font_size)
    bar.ax.tick_params(labelsize=style.font_size)
    if size <= TEXTS_SHOWN:
        for offset, part in ((0, result.symmetric), (size + gap, result.antisymmetric)):
            _write_entries(axes, part, offset, largest, style)
    _name_axes(axes, result.state_names, gap, style)
    _mark_cycle(axes, result, size + gap, style)
    share = _share(result)
    shares = ("", "") if share is None else (f", {1 - share:.1%}", f", {share:.1%}")
    for centre, word in (
        ((size - 1) / 2, f"symmetric{shares[0]}"),
        (size + gap + (size - 1) / 2, f"antisymmetric{shares[1]}"),
    ):
        axes.text(centre, -0.5 - 0.03 * size, word, ha="center", va="bottom", fontsize=style.font_size + 1)
    axes.set_title(f"metric: {result.metric}", fontsize=style.font_size + 1, pad=22)
    axes.spines[:].set_visible(False)
    return axes


def _numbers(part: Any) -> np.ndarray:
    """A matrix of floats; entries that still hold symbols are nan."""
    if isinstance(part, np.ndarray):
        return part
    rows = [[float(entry) if entry.is_number else np.nan for entry in row] for row in part.tolist()]
    return np.array(rows, dtype=float)


def _pooled(part: np.ndarray) -> np.ndarray:
    """A large matrix in blocks, each shown by its largest entry, so that a sparse one can be seen."""
    width = -(-len(part) // CELLS_SHOWN)
    if width == 1:
        return part
    blocks = -(-len(part) // width)
    padded = np.zeros((blocks * width, blocks * width))
    padded[: len(part), : len(part)] = part
    cells = padded.reshape(blocks, width, blocks, width).swapaxes(1, 2).reshape(blocks, blocks, -1)
    return np.take_along_axis(cells, np.abs(cells).argmax(axis=2)[..., None], axis=2)[..., 0]


def _share(result: Decomposition) -> float | None:
    share = result.curl_share
    if share is None or (isinstance(share, sympy.Expr) and not share.is_number):
        return None
    return float(share)


def _write_entries(ax: Axes, part: Any, offset: int, largest: float, style: PlotStyle) -> None:
    rows = part.tolist()
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            symbolic = isinstance(entry, sympy.Basic)
            text = math_expression(entry, length=24) or "…" if symbolic else f"{entry:.3g}"
            dark = not symbolic and abs(entry) > 0.6 * largest
            dark |= bool(symbolic and entry.is_number and abs(float(entry)) > 0.6 * largest)
            colour = "white" if dark else style.ink
            ax.text(offset + j, i, text, ha="center", va="center", fontsize=style.font_size, color=colour)


def _name_axes(ax: Axes, names: Sequence[str], gap: int, style: PlotStyle) -> None:
    size = len(names)
    if size > NAMES_SHOWN:
        ax.set_xticks([])
        ax.set_yticks([])
        width = -(-size // CELLS_SHOWN)
        note = f"; a cell is the largest of {width} × {width} entries" if width > 1 else ""
        ax.set_xlabel(f"from each of the {size} states{note}", fontsize=style.font_size)
        ax.set_ylabel("onto", fontsize=style.font_size)
        return
    shown = [math_name(name) for name in names]
    turn = 90 if max(map(len, names)) > 3 and size > 4 else 0
    places = [*range(size), *range(size + gap, 2 * size + gap)]
    ax.set_xticks(places, shown * 2, fontsize=style.font_size, rotation=turn)
    ax.set_yticks(range(size), shown, fontsize=style.font_size)
    ax.tick_params(length=0)


def _mark_cycle(ax: Axes, result: Decomposition, offset: int, style: PlotStyle) -> None:
    """Frame the entries of the cycle whose products differ; the guilty synapse is drawn thick."""
    from matplotlib.patches import Rectangle

    names = list(result.state_names)
    cycle = [name for name in result.violating_cycle or () if name in names]
    pairs = list(zip(cycle, cycle[1:] + cycle[:1], strict=True)) if len(cycle) > 1 else []
    thick = {(source, target) for source, target in [result.cause or ("", "")]}
    for source, target in dict.fromkeys([*pairs, *thick]):
        if source in names and target in names and source != target:
            corner = (offset + names.index(source) - 0.5, names.index(target) - 0.5)
            width = 2.4 if (source, target) in thick else 1.1
            ax.add_patch(Rectangle(corner, 1, 1, fill=False, ec=style.ink, lw=width, zorder=4))
    if result.violating_cycle is not None and len(cycle) <= 12:
        path = " → ".join([*cycle, *cycle[:1]] if cycle[:1] != cycle[-1:] else cycle)
        note = f"cycle with two different products: {path}"
        below: dict[str, Any] = {
            "xycoords": "axes fraction",
            "textcoords": "offset points",
            "ha": "center",
            "va": "top",
        }
        ax.annotate(note, (0.5, 0), (0, -26), fontsize=style.font_size, **below)
