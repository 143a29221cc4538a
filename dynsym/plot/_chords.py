"""A large network as chords of a circle: nodes by population, in an order that keeps linked ones together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.plot.style import PlotStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_chords", "order_by_population"]

GAP = 0.05
"""Angle between two populations, in radians."""


def draw_chords(ax: Axes, graph: Any, links: Sequence[Any], style: PlotStyle) -> None:
    """Draw the nodes on a circle and every edge as a thin curve that bends to the middle."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    groups = order_by_population(graph, links)
    angles = _angles(groups)
    places = np.column_stack([np.cos(angles), np.sin(angles)])
    crowd = np.clip(1200 / max(len(links), 1), 0.25, 1.0)
    colours = {1: style.excitatory, -1: style.inhibitory, 0: style.undecided}
    t = np.linspace(0, 1, 24)[:, None]
    curves, shades, widths = [], [], []
    for link in sorted(links, key=lambda link: link.width):
        start, end = 0.985 * places[link.source], 0.985 * places[link.target]
        pull = 0.25 * (start + end) / 2 if link.source != link.target else 0.75 * start
        curves.append((1 - t) ** 2 * start + 2 * t * (1 - t) * pull + t**2 * end)
        strength = float(np.sqrt(link.width))
        shades.append(to_rgba(colours[link.sign], min(1.0, crowd * (0.18 + 0.75 * strength))))
        widths.append((0.25 + 1.1 * strength) * style.line_width / 1.8)
    ax.add_collection(LineCollection(curves, colors=shades, linewidths=widths, capstyle="round"))

    size = float(np.clip(1500 / graph.size, 3, 30))
    for number, (name, members) in enumerate(groups):
        colour = style.groups[number % len(style.groups)] if name else style.ink
        ax.scatter(places[members, 0], places[members, 1], s=size, color=colour, lw=0, zorder=3)
        if name:
            middle = angles[members].mean()
            x, y = 1.05 * np.cos(middle), 1.05 * np.sin(middle)
            side = "left" if x > 0.26 else "right" if x < -0.26 else "center"
            height = "bottom" if y > 0.26 else "top" if y < -0.26 else "center"
            ax.text(x, y, f"{name} ({len(members)})", ha=side, va=height, fontsize=style.font_size + 1, color=colour)
    ax.set_xlim(-1.18, 1.18)
    ax.set_ylim(-1.12, 1.12)


def order_by_population(graph: Any, links: Sequence[Any]) -> list[tuple[str | None, np.ndarray]]:
    """The nodes of each population, ordered by the second eigenvector of the graph's Laplacian."""
    weight = np.zeros((graph.size, graph.size))
    for link in links:
        weight[link.source, link.target] += link.width
    weight = weight + weight.T
    degree = np.maximum(weight.sum(0), 1e-9)
    scaled = weight / np.sqrt(np.outer(degree, degree))
    vectors = np.linalg.eigh(scaled)[1]
    place = vectors[:, -2] / np.sqrt(degree) if graph.size > 1 else np.zeros(graph.size)
    names: dict[str | None, list[int]] = {population: [] for population in graph.populations}
    for i, node in enumerate(graph.nodes):
        names.setdefault(node.population, []).append(i)
    return [
        (name, np.array(sorted(members, key=lambda i: (place[i], i)))) for name, members in names.items() if members
    ]


def _angles(groups: Sequence[tuple[str | None, np.ndarray]]) -> np.ndarray:
    size = sum(len(members) for _, members in groups)
    gap = GAP if len(groups) > 1 else 0.0
    step = (2 * np.pi - gap * len(groups)) / size
    angles = np.zeros(size)
    at = np.pi / 2
    for _, members in groups:
        angles[members] = at - step * (np.arange(len(members)) + 0.5)
        at -= step * len(members) + gap
    return angles
