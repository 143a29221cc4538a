"""The phase plane: vector field, nullclines, equilibria, trajectories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_name
from dynsym.results import PhasePortrait

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["phase_plane"]


def phase_plane(portrait: PhasePortrait, *, ax: Axes | None = None, style: PlotStyle = DEFAULT_STYLE) -> Axes:
    """Draw a phase plane.

    Stable equilibria are filled, unstable ones open; a saddle is an open diamond.

    Examples
    --------
    >>> import numpy as np
    >>> from dynsym.results import PhasePortrait
    >>> x = y = np.linspace(-1, 1, 11)
    >>> u, v = np.meshgrid(x, y)
    >>> ax = phase_plane(PhasePortrait(("x", "y"), x=x, y=y, dx=-u, dy=-v))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$x$', '$y$')
    """
    axes = axes_or_new(ax, size=(5.4, 4.8))
    first, second = portrait.state_names
    _draw_field(axes, portrait, style)
    handles = [_draw_nullcline(axes, portrait, name, style) for name in ("dx", "dy")]
    for trajectory in portrait.trajectories:
        handles[2:] = [_draw_trajectory(axes, trajectory[first], trajectory[second], style)]
    for equilibrium in portrait.equilibria:
        x, y = equilibrium.state[first], equilibrium.state[second]
        is_saddle = equilibrium.index == -1 or (
            equilibrium.stability == "unstable" and equilibrium.unstable_dimension == 1
        )
        face = style.ink if equilibrium.stability == "stable" else "white"
        look: dict[str, Any] = {"mfc": face, "mec": style.ink, "mew": 1.3, "ms": style.marker_size, "zorder": 6}
        axes.plot(x, y, "D" if is_saddle else "o", **look, label=equilibrium.stability)
    axes.set_xlim(portrait.x[0], portrait.x[-1])
    axes.set_ylim(portrait.y[0], portrait.y[-1])
    axes.set_xlabel(math_name(first))
    axes.set_ylabel(math_name(second))
    shown = [handle for handle in handles if handle is not None]
    axes.legend(
        handles=shown, fontsize=style.font_size, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3
    )  # fmt: skip
    return axes


def _draw_field(ax: Axes, portrait: PhasePortrait, style: PlotStyle) -> None:
    """Streamlines on an even grid; else arrows of one length."""
    speed = np.hypot(portrait.dx, portrait.dy)
    even = all(np.allclose(np.diff(grid), grid[1] - grid[0]) for grid in (portrait.x, portrait.y) if len(grid) > 1)
    if even and min(portrait.dx.shape) > 1 and np.isfinite(speed).all() and speed.any():
        lines: dict[str, Any] = {"color": style.faint, "linewidth": 0.7, "arrowsize": 0.8, "density": 1.1}
        ax.streamplot(portrait.x, portrait.y, portrait.dx, portrait.dy, **lines, zorder=1)
    elif speed.any():
        length = np.where(speed > 0, speed, 1)
        arrows: dict[str, Any] = {"color": style.faint, "pivot": "mid", "zorder": 1}
        ax.quiver(portrait.x, portrait.y, portrait.dx / length, portrait.dy / length, **arrows)


def _draw_nullcline(ax: Axes, portrait: PhasePortrait, name: str, style: PlotStyle) -> Any:
    from matplotlib.lines import Line2D

    values = getattr(portrait, name)
    which = 0 if name == "dx" else 1
    colour, line = ((style.stable, "-"), (style.unstable, "--"))[which]
    if min(values.shape) < 2 or not (np.nanmin(values) < 0 < np.nanmax(values)):
        return None
    ax.contour(
        portrait.x, portrait.y, values, levels=[0], colors=[colour], linestyles=[line], linewidths=style.line_width
    )  # fmt: skip
    label = rf"{math_name(portrait.state_names[which])}$\,' = 0$"
    return Line2D([], [], color=colour, ls=line, lw=style.line_width, label=label)


def _draw_trajectory(ax: Axes, x: np.ndarray, y: np.ndarray, style: PlotStyle) -> Any:
    colour = style.groups[2 % len(style.groups)]
    (line,) = ax.plot(x, y, color=colour, lw=0.7 * style.line_width, zorder=4, label="trajectory")
    ax.plot(x[0], y[0], "o", color=colour, ms=0.5 * style.marker_size, zorder=4)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    middle = int(np.searchsorted(length, 0.35 * length[-1]))
    if 0 < middle < len(x) and length[-1] > 0:
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 0.9 * style.line_width}
        ax.annotate("", (x[middle], y[middle]), (x[middle - 1], y[middle - 1]), arrowprops=arrow, zorder=4)
    return line
