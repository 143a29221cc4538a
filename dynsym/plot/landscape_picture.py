"""The attractor landscape: basins in colour, attractors, saddles between them, and the energy where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_name
from dynsym.results import Basins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["landscape"]

MOST_NAMED = 8
"""More attractors than this are not named one by one."""
LEVELS = 14


def landscape(basins: Basins, *, ax: Axes | None = None, style: PlotStyle = DEFAULT_STYLE) -> Axes:
    """Draw which equilibrium is reached from where.

    Each point of the plane has the colour of the equilibrium that it comes to; grey never comes to rest. Attractors are
    filled circles of their colour, with their share of random starts; saddles are open diamonds, sources open circles.
    Lines are levels of the energy, or else the flow.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=2))
    >>> ax = landscape(ds.basins(pair, points=20, samples=50))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$x_{1}$', '$x_{2}$')
    """
    from matplotlib.colors import ListedColormap, to_rgb

    axes = axes_or_new(ax, size=(5.4, 4.8))
    colours = _colours(basins, style)
    tints = [style.undecided, *colours]
    pale = ListedColormap([tuple(1 - 0.38 * (1 - channel) for channel in to_rgb(colour)) for colour in tints])
    axes.pcolormesh(
        basins.x, basins.y, basins.reached + 1, cmap=pale, vmin=-0.5, vmax=len(tints) - 0.5, zorder=0, rasterized=True
    )  # fmt: skip
    if basins.energy is not None:
        _draw_energy(axes, basins, style)
    elif np.isfinite(basins.dx).all() and (np.hypot(basins.dx, basins.dy) > 0).any():
        lines: dict[str, Any] = {"color": style.ink, "linewidth": 0.45, "arrowsize": 0.6, "density": 0.9}
        axes.streamplot(basins.x, basins.y, basins.dx, basins.dy, **lines, zorder=1)
    _draw_equilibria(axes, basins, colours, style)
    axes.set_xlim(basins.x[0], basins.x[-1])
    axes.set_ylim(basins.y[0], basins.y[-1])
    first, second = (math_name(name) for name in basins.axis_names)
    axes.set_xlabel(first)
    axes.set_ylabel(second)
    once = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    if (basins.reached < 0).any():
        from matplotlib.patches import Patch

        once["never at rest"] = Patch(color=pale(0))
    if once:
        axes.legend(
            once.values(), once.keys(), fontsize=style.font_size, frameon=False, loc="lower center",
            bbox_to_anchor=(0.5, 1), ncols=3,
        )  # fmt: skip
    return axes


def _colours(basins: Basins, style: PlotStyle) -> list[Any]:
    """One colour for each equilibrium: those of the style for a few attractors, else a wheel; saddles are white."""
    import matplotlib as mpl

    named = [colour for colour in style.groups if colour != "#000000"]
    stable = [k for k, e in enumerate(basins.equilibria) if e.stability == "stable"]
    wheel = mpl.colormaps["twilight"](np.linspace(0.08, 0.92, max(len(stable), 1)))
    colours: list[Any] = ["white"] * len(basins.equilibria)
    for place, k in enumerate(stable):
        colours[k] = named[place] if len(stable) <= len(named) else wheel[place]
    for k, e in enumerate(basins.equilibria):
        if e.stability in {"undecided", "marginal"}:
            colours[k] = style.faint
    return colours


def _draw_energy(ax: Axes, basins: Basins, style: PlotStyle) -> None:
    """Levels, evenly spaced in rank: wells are shallow beside the walls."""
    assert basins.energy is not None
    finite = basins.energy[np.isfinite(basins.energy)]
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, LEVELS + 2)[1:-1] ** 2)) if len(finite) else finite
    if len(levels) > 1:
        lines: dict[str, Any] = {"colors": [style.ink], "linewidths": 0.5, "linestyles": "-", "alpha": 0.75}
        ax.contour(basins.x, basins.y, basins.energy, levels=levels, zorder=2, **lines)


def _draw_equilibria(ax: Axes, basins: Basins, colours: list[Any], style: PlotStyle) -> None:
    stable = [k for k, e in enumerate(basins.equilibria) if e.stability == "stable"]
    for k, (equilibrium, (x, y)) in enumerate(zip(basins.equilibria, basins.places, strict=True)):
        marker, label, size = "o", "source", 0.8
        if equilibrium.stability == "stable":
            named = len(stable) <= MOST_NAMED
            label = f"attractor: {basins.shares[k]:.0%}" if named else f"{len(stable)} attractors"
            label = label.replace("attractor:", f"attractor {stable.index(k) + 1}:")
            size = 1.15
        elif equilibrium.stability != "unstable":
            label = equilibrium.stability
        elif equilibrium.unstable_dimension is None or equilibrium.unstable_dimension < len(basins.state_names):
            marker, label = "D", "saddle"
        look: dict[str, Any] = {"mfc": colours[k], "mec": style.ink, "mew": 1.2, "zorder": 6}
        ax.plot(x, y, marker, ls="none", ms=size * style.marker_size, label=label, **look)
