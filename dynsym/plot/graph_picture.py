"""The signed graph: arrows excite, flat bars inhibit, width follows the weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from dynsym.plot._placement import text_width
from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_expression

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["network"]

DRAWN_SINGLY = 40
"""Up to this many nodes, every edge has its own head; beyond, edges are bundled chords."""
LABELLED_EDGES = 14


@dataclass(frozen=True)
class _Link:
    """An edge as it is drawn: +1 excites, -1 inhibits, 0 not known; width between 0 and 1."""

    source: int
    target: int
    sign: int
    width: float
    plastic: bool
    weight: sympy.Expr


def network(
    graph: Any, *, ax: Axes | None = None, rng: np.random.Generator | None = None, style: PlotStyle = DEFAULT_STYLE
) -> Axes:
    """Draw a network.

    Small graphs lie on a circle or are laid out by springs; an edge ends in an arrow (excites), a flat bar
    (inhibits) or an open head (sign not known), and is dashed where the weight is plastic. Beyond 40 nodes the
    nodes lie on a circle by population, and edges are thin chords coloured by sign.

    Parameters
    ----------
    graph : Network
    rng : numpy.random.Generator, optional
        Of the spring layout.

    Examples
    --------
    >>> import dynsym as ds
    >>> ax = network(ds.Network(["a", "b"], [ds.Edge("a", "b", -1)]))
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    """
    axes = axes_or_new(ax, size=(5.2, 2.6 if graph.size <= 2 else 4.8))
    axes.set_aspect("equal")
    axes.axis("off")
    links = _links(graph)
    if graph.size > DRAWN_SINGLY:
        from dynsym.plot._chords import draw_chords

        draw_chords(axes, graph, links, style)
    else:
        _draw_small(axes, graph, links, rng, style)
    _legend(axes, graph, links, style)
    return axes


def _links(graph: Any) -> list[_Link]:
    index = {name: position for position, name in enumerate(graph.node_names)}
    edges = list(graph.edges)
    sizes = [abs(float(edge.weight)) if edge.weight.is_number else np.nan for edge in edges]
    largest = max((size for size in sizes if size > 0), default=1.0)
    largest *= 1.0 if any(size < 0.999 * largest for size in sizes) else 1.6
    return [
        _Link(
            index[edge.source],
            index[edge.target],
            _sign(edge),
            0.5 if not size > 0 else size / largest,
            bool(edge.plastic),
            edge.weight,
        )
        for edge, size in zip(edges, sizes, strict=True)
    ]


def _sign(edge: Any) -> int:
    """How the edge acts: sign of its weight times that of the synapse; a plastic weight of zero counts as positive."""
    weight = edge.weight
    if weight.is_zero and edge.plastic:
        return int(edge.sign)
    if weight.is_positive or weight.is_negative:
        return int(edge.sign) * (1 if weight.is_positive else -1)
    if weight.is_nonnegative or weight.is_nonpositive:
        return int(edge.sign) * (1 if weight.is_nonnegative else -1)
    return 0


def _colour(sign: int, style: PlotStyle) -> str:
    return {1: style.excitatory, -1: style.inhibitory, 0: style.undecided}[sign]


def _places(graph: Any, links: Sequence[_Link], rng: np.random.Generator | None) -> np.ndarray:
    """On a circle up to 12 nodes, else by springs; the longest extent is from -1 to 1."""
    if graph.size <= 12:
        turn = np.pi / 2 + (np.pi / 4 if graph.size == 4 else 0) + (np.pi / 2 if graph.size == 2 else 0)
        angles = turn - 2 * np.pi * np.arange(graph.size) / graph.size
        return np.column_stack([np.cos(angles), np.sin(angles)]) * (0.0 if graph.size == 1 else 1.0)
    import networkx

    plain = networkx.Graph()
    plain.add_nodes_from(range(graph.size))
    plain.add_edges_from((link.source, link.target) for link in links if link.source != link.target)
    parts = [min(part) for part in networkx.connected_components(plain)]
    plain.add_edges_from(((parts[0], other) for other in parts[1:]), weight=0.2)
    found = networkx.spring_layout(plain, seed=0 if rng is None else rng, k=2.2 / np.sqrt(graph.size), iterations=200)
    places = _pushed_apart(np.array([found[i] for i in range(graph.size)]))
    return (places - (places.max(0) + places.min(0)) / 2) / max(np.ptp(places, axis=0).max() / 2, 1e-9)


def _pushed_apart(places: np.ndarray) -> np.ndarray:
    """Scaled to [-1, 1], with pairs that are too close moved away from each other."""
    count = len(places)
    distance = 1.5 / np.sqrt(count)
    for _ in range(60):
        places = (places - places.mean(0)) / max(np.abs(places - places.mean(0)).max(), 1e-9)
        apart = places[:, None] - places[None]
        length = np.hypot(*apart.T).T + np.eye(count)
        push = np.clip(distance - length, 0, None) * (1 - np.eye(count))
        places = places + 0.5 * (apart / np.maximum(length, 1e-9)[..., None] * push[..., None]).sum(1)
    return places


def _draw_small(
    ax: Axes, graph: Any, links: Sequence[_Link], rng: np.random.Generator | None, style: PlotStyle
) -> None:
    from matplotlib.patches import Circle

    places = _places(graph, links, rng)
    gaps = np.hypot(*(places[:, None] - places[None]).T) + 9 * np.eye(graph.size)
    radius = float(np.clip((0.3 if graph.size <= 12 else 0.22) * gaps.min(), 0.03, 0.26))
    labels = [node.label or node.name for node in graph.nodes]
    loops = any(link.source == link.target for link in links)
    room = radius + (3.1 * radius + 0.1 if loops else 0.1)
    spans = np.ptp(places, axis=0) + 2 * room
    box = ax.get_window_extent()
    unit = float(max(spans[0] / max(box.width, 1), spans[1] / max(box.height, 1))) * ax.figure.dpi / 72
    inside = min(style.font_size + 2, 1.9 * radius / (max(map(len, labels)) * text_width("0", 1.0) * unit))
    fits = inside >= 0.7 * style.font_size
    pairs = {(link.source, link.target) for link in links}
    for link in links:
        _draw_edge(ax, places, link, (link.target, link.source) in pairs, radius, len(links) <= LABELLED_EDGES, style)
    for node, place, label in zip(graph.nodes, places, labels, strict=True):
        colour = _group_colour(graph, node, style)
        ax.add_patch(Circle(place, radius, fc=_tint(colour), ec=colour, lw=1.6, zorder=4))
        if fits:
            ax.text(place[0], place[1], label, ha="center", va="center", fontsize=inside, color=style.ink, zorder=6)
            continue
        behind = {"fc": "white", "ec": "none", "pad": 0.4, "alpha": 0.75}
        x, y = place[0], place[1] + (radius + 0.02) * (1 if place[1] >= 0 else -1)
        ax.text(x, y, label, ha="center", va="bottom" if place[1] >= 0 else "top", fontsize=style.font_size,
                color=style.ink, zorder=6, bbox=behind)  # fmt: skip
    ax.set_xlim(places[:, 0].min() - room, places[:, 0].max() + room)
    ax.set_ylim(places[:, 1].min() - room, places[:, 1].max() + room)


def _draw_edge(
    ax: Axes, places: np.ndarray, link: _Link, has_twin: bool, radius: float, labelled: bool, style: PlotStyle
) -> None:
    """A curve from rim to rim with its head; a loop outside of the circle for a self-connection."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    start, end = places[link.source], places[link.target]
    away = start / (np.hypot(*start) or 1.0)
    across = np.array([-away[1], away[0]])
    rim = radius + 0.025
    if link.source == link.target:
        first, last = start + rim * _turned(away, -0.55), start + rim * _turned(away, 0.55)
        reach = 2.6 * radius + 0.12
        corners = [start + reach * away - 1.5 * radius * across, start + reach * away + 1.5 * radius * across]
        path = Path([first, *corners, last], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
        middle = start + (0.75 * reach + 0.25 * rim + 0.12) * away
    else:
        along = end - start
        normal = np.array([along[1], -along[0]])
        control = (start + end) / 2 + (0.2 if has_twin else 0.0) * normal
        first = start + rim * _unit(control - start)
        last = end + rim * _unit(control - end)
        path = Path([first, control, last], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        middle = (first + 2 * control + last) / 4 + 0.085 * _unit(normal)
    width = (0.8 + 2.2 * link.width) * style.line_width / 1.8
    heads = {
        1: "-|>,head_length=0.5,head_width=0.28",
        -1: "-[,widthB=0.42,lengthB=0",
        0: "->,head_length=0.5,head_width=0.3",
    }
    scale = (9 + 2.5 * width) * min(1.0, 0.6 + 2 * radius)
    colour = _colour(link.sign, style)
    look: dict[str, Any] = {"mutation_scale": scale, "lw": width, "color": colour, "joinstyle": "miter", "zorder": 3}
    head = path
    if link.plastic:  # the line dashed, the head whole
        ax.add_patch(FancyArrowPatch(path=path, arrowstyle="-", ls=(0, (4, 1.5)), **look))
        head = Path([last - 0.02 * _unit(last - np.asarray(path.vertices)[-2]), last])
    ax.add_patch(FancyArrowPatch(path=head, arrowstyle=heads[link.sign], capstyle="butt", **look))
    if labelled and not link.weight.is_number and (text := math_expression(link.weight, length=20)):
        ax.text(middle[0], middle[1], text, ha="center", va="center", fontsize=style.font_size, color=colour, zorder=6,
                bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85})  # fmt: skip


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / (np.hypot(*vector) or 1.0)


def _turned(vector: np.ndarray, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([cosine * vector[0] - sine * vector[1], sine * vector[0] + cosine * vector[1]])


def _group_colour(graph: Any, node: Any, style: PlotStyle) -> str:
    groups = list(graph.populations)
    return style.ink if node.population is None else style.groups[groups.index(node.population) % len(style.groups)]


def _tint(colour: str, strength: float = 0.14) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return tuple(1 - strength * (1 - part) for part in to_rgb(colour))


def _legend(ax: Axes, graph: Any, links: Sequence[_Link], style: PlotStyle) -> None:
    from matplotlib.lines import Line2D

    words = {1: "excites", -1: "inhibits", 0: "sign not known"}
    signs = [sign for sign in (1, -1, 0) if any(link.sign == sign for link in links)]
    small = graph.size <= DRAWN_SINGLY
    marks: dict[int, Any] = {1: ">", -1: "|", 0: "4"} if small else dict.fromkeys(words)
    handles = [
        Line2D(
            [0, 1],
            [0, 0],
            color=_colour(sign, style),
            lw=1.6,
            marker=marks[sign],
            ms=7,
            mew=1.6,
            markevery=[1],
            label=words[sign],
        )
        for sign in signs
    ]
    if any(link.plastic for link in links):
        handles.append(Line2D([], [], color=style.ink, lw=1.4, ls=(0, (4, 1.5)), label="plastic"))
    for i, (name, members) in enumerate(graph.populations.items() if small else ()):
        colour = style.groups[i % len(style.groups)]
        handles.append(Line2D([], [], color=colour, marker="o", ls="", label=f"{name} ({len(members)})"))
    if handles:
        ax.legend(
            handles=handles, fontsize=style.font_size, frameon=False, loc="upper center", bbox_to_anchor=(0.5, 0.02),
            ncols=min(4, len(handles)), handlelength=1.8,
        )  # fmt: skip
