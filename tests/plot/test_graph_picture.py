"""The signed graph: heads by sign, width by weight, labels, populations; large graphs as chords."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch

from dynsym.network import Edge, Network, Node, load_network, motifs
from dynsym.plot import network
from dynsym.plot.style import DEFAULT_STYLE


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def colour(patch):
    return plt.matplotlib.colors.to_hex(patch.get_edgecolor()).upper()


def test_heads_and_colours_follow_the_sign():
    ax = network(Network(["a", "b", "c"], [Edge("a", "b", 2), Edge("b", "c", -2), Edge("c", "a", "w")]))
    excites, inhibits, unknown = arrows(ax)
    assert type(excites.get_arrowstyle()).__name__ == "CurveFilledB"
    assert type(inhibits.get_arrowstyle()).__name__ == "BracketB"
    assert type(unknown.get_arrowstyle()).__name__ == "CurveB"
    assert colour(excites) == DEFAULT_STYLE.excitatory
    assert colour(inhibits) == DEFAULT_STYLE.inhibitory
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["excites", "inhibits", "sign not known"]
    assert "$w$" in texts(ax)


def test_width_follows_the_weight():
    thin, thick = arrows(network(Network(["a", "b"], [Edge("a", "b", 1), Edge("b", "a", -4)])))
    assert thin.get_linewidth() < thick.get_linewidth()


def test_labels_and_loops():
    ax = network(load_network("pyloric"))
    assert texts(ax) == ["AB/PD", "LP", "PY"]
    assert len(arrows(ax)) == 5
    assert all(type(arrow.get_arrowstyle()).__name__ == "BracketB" for arrow in arrows(ax))
    loop = arrows(network(Network(["a"], [Edge("a", "a", 1)])))
    assert len(loop) == 1


def test_plastic_edges_are_dashed():
    edges = [Edge("a", "b", 0, plastic=True, sign=-1), Edge("b", "a", 1)]
    line, head, fixed = arrows(network(Network(["a", "b"], edges)))
    assert line.get_linestyle() != fixed.get_linestyle() == head.get_linestyle()
    assert type(head.get_arrowstyle()).__name__ == "BracketB"


def test_populations_have_colours():
    ax = network(motifs.ei_pair())
    circles = [patch for patch in ax.patches if isinstance(patch, Circle)]
    assert [plt.matplotlib.colors.to_hex(patch.get_edgecolor()).upper() for patch in circles] == [
        *map(str.upper, DEFAULT_STYLE.groups[:2])
    ]
    assert {"E (1)", "I (1)"} <= {text.get_text() for text in ax.get_legend().get_texts()}


def test_nodes_do_not_overlap():
    nodes = [f"u{i}" for i in range(25)]
    graph = Network(nodes, [Edge(f"u{i}", f"u{(3 * i + 1) % 25}", 1) for i in range(25) if i != (3 * i + 1) % 25])
    circles = [patch for patch in network(graph).patches if isinstance(patch, Circle)]
    centres = np.array([circle.center for circle in circles])
    distance = np.hypot(*(centres[:, None] - centres[None]).T) + np.eye(25)
    assert distance.min() > 2 * circles[0].radius


def test_the_same_seed_gives_the_same_picture():
    nodes = [f"u{i}" for i in range(15)]
    graph = Network(nodes, [Edge(f"u{i}", f"u{(i + 1) % 15}", 1) for i in range(15)])
    first, second = ([patch.center for patch in network(graph).patches if isinstance(patch, Circle)] for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.fixture
def large():
    rng = np.random.default_rng(5)
    nodes = [Node(f"n{i}", population="E" if i < 80 else "I") for i in range(100)]
    pairs = {tuple(pair) for pair in rng.integers(0, 100, (800, 2)).tolist()}
    return Network(nodes, [Edge(f"n{i}", f"n{j}", 1 if i < 80 else -1) for i, j in sorted(pairs)])


def test_large_graphs_are_chords(large):
    ax = network(large)
    (chords,) = [found for found in ax.collections if isinstance(found, LineCollection)]
    assert len(chords.get_segments()) == len(large.edges)
    assert not arrows(ax)
    assert texts(ax) == ["E (80)", "I (20)"]
    assert np.max(np.hypot(*np.concatenate(chords.get_segments()).T)) <= 1.0
    shades = {tuple(np.round(shade[:3], 3)) for shade in chords.get_colors()}
    assert len(shades) == 2


def test_the_worm_is_drawn():
    ax = network(load_network("c_elegans"))
    (chords,) = [found for found in ax.collections if isinstance(found, LineCollection)]
    assert len(chords.get_segments()) == 3709
