"""The motifs, against adjacency matrices of networkx and a published generator."""

import time

import networkx as nx
import numpy as np
import pytest
import sympy

from dynsym.errors import GraphError, LimitError, ParameterError
from dynsym.network import Network, motifs

w = sympy.Symbol("w", real=True)


def adjacency(graph):
    """W of a networkx graph in the order of its nodes."""
    return nx.to_numpy_array(graph, nodelist=sorted(graph)).T


@pytest.mark.parametrize(
    ("network", "graph"),
    [
        (motifs.bidirectional(weight=1), nx.DiGraph([(0, 1), (1, 0)])),
        (motifs.unidirectional(weight=1), nx.DiGraph([(0, 1)])),
        (motifs.ring(5, weight=1), nx.cycle_graph(5, create_using=nx.DiGraph)),
        (motifs.ring(5, weight=1, both_ways=True), nx.cycle_graph(5)),
        (motifs.chain(4, weight=1), nx.path_graph(4, create_using=nx.DiGraph)),
        (motifs.chain(4, weight=1, both_ways=True), nx.path_graph(4)),
        (motifs.complete(4, weight=1), nx.complete_graph(4)),
        (motifs.star(5, weight=1), nx.star_graph(4)),
        (motifs.star(5, weight=1, both_ways=False), nx.DiGraph([(0, k) for k in range(1, 5)])),
        (motifs.barbell(4, bridge=2, weight=1), nx.barbell_graph(4, 2)),
        (motifs.barbell(3, weight=1), nx.barbell_graph(3, 0)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_shapes(network, graph):
    assert np.array_equal(network.weight_matrix(), adjacency(graph))


@pytest.mark.parametrize("make", [motifs.bidirectional, motifs.ring, motifs.chain, motifs.complete, motifs.star])
def test_one_weight_one_bias_any_names(make):
    size = make().size
    names = [f"n{k}" for k in range(size)]
    network = make(nodes=names, bias="b")
    assert network.node_names == tuple(names)
    assert network.symbols == (sympy.Symbol("b", real=True), w)
    assert make(nodes=names, weight=0).is_numeric
    assert len(make(weight=0).edges) == len(network.edges)
    assert [node.bias for node in make(bias=range(size)).nodes] == list(range(size))


def test_self_coupling_of_a_complete_graph():
    assert np.array_equal(motifs.complete(3, self_coupling=True, weight=2).weight_matrix(), np.full((3, 3), 2))


def test_bridge_of_a_barbell():
    network = motifs.barbell(3, bridge=1)
    bridge = {(edge.source, edge.target) for edge in network.edges if edge.group == "bridge"}
    assert bridge == {("x3", "x4"), ("x4", "x3"), ("x4", "x5"), ("x5", "x4")}
    assert {edge.group for edge in network.edges} == {"inner", "bridge"}
    assert len(network.edges) == 2 * 6 + 4


def test_ei_pair():
    network = motifs.ei_pair()
    values = {"w_EE": 1, "w_EI": 2, "w_IE": 3, "w_II": 4}
    assert network.weight_matrix(values).tolist() == [[1, -2], [3, -4]]
    assert network.populations == {"E": ("E",), "I": ("I",)}
    assert [node.sign for node in network.nodes] == [1, -1]
    assert all(symbol.is_nonnegative for symbol in network.symbols)
    assert [str(node.time_constant) for node in network.nodes] == ["tau_E", "tau_I"]
    assert all(node.time_constant.is_positive for node in network.nodes)
    other = motifs.ei_pair(nodes=("x", "y"), w_II=0, tau_E=1, bias=("P", 0))
    assert other.node_names == ("x", "y")
    assert [symbol.name for symbol in other.symbols] == ["P", "tau_I", "w_EE", "w_EI", "w_IE"]


@pytest.mark.parametrize("self_coupling", [True, False])
def test_ei_blocks_by_hand(self_coupling):
    network = motifs.ei_blocks(3, 2, self_coupling=self_coupling, w_EE=1, w_EI=2, w_IE=3, w_II=4)
    expected = np.block([[np.full((3, 3), 1.0), np.full((3, 2), -2.0)], [np.full((2, 3), 3.0), np.full((2, 2), -4.0)]])
    if not self_coupling:
        np.fill_diagonal(expected, 0)
    assert np.array_equal(network.weight_matrix(), expected)
    assert network.populations == {"E": ("E1", "E2", "E3"), "I": ("I1", "I2")}


@pytest.mark.parametrize("self_coupling", [True, False])
def test_symbolic_blocks_agree_with_numeric_ones(self_coupling):
    """A vector that is constant on the blocks is multiplied alike by the whole matrix and by that of the classes."""
    weights = {"w_EE": 0.5, "w_EI": 0.8, "w_IE": 1.1, "w_II": 0.3}
    whole = motifs.ei_blocks(4, 3, self_coupling=self_coupling).weight_matrix(weights)
    classes = motifs.ei_blocks(self_coupling=self_coupling).weight_matrix({**weights, "n_E": 4, "n_I": 3})
    blocks = np.repeat(np.eye(2), [4, 3], axis=0)
    assert np.allclose(whole @ blocks, blocks @ classes, rtol=1e-14)


def test_block_sizes():
    network = motifs.ei_blocks(80, "n")
    assert [str(node.multiplicity) for node in network.nodes] == ["80", "n"]
    assert all(node.multiplicity.is_integer and node.multiplicity.is_positive for node in network.nodes)


def test_gaussian_is_the_stated_draw():
    rng = np.random.default_rng(3)
    weights = rng.standard_normal((4, 4)) * 3.0 / np.sqrt(4)
    bias = 0.3 * rng.standard_normal(4)
    network = motifs.random_gaussian(4, 3.0, rng=3, bias_scale=0.3)
    assert np.array_equal(network.weight_matrix(), weights)
    assert [float(node.bias) for node in network.nodes] == bias.tolist()
    assert network == motifs.random_gaussian(4, 3.0, rng=3, bias_scale=0.3)
    again = motifs.random_gaussian(4, 3.0, rng=np.random.default_rng(3))
    assert np.array_equal(again.weight_matrix(), weights)
    symmetric = motifs.random_gaussian(4, 3.0, rng=3, symmetric=True).weight_matrix()
    assert np.array_equal(symmetric, (weights + weights.T) / np.sqrt(2))


def test_gaussian_has_the_published_equilibrium():
    """Case tanh, N = 2, g = 3, seed 5 of equilibria_counts.json: the largest root has norm 1.487204729."""
    W = motifs.random_gaussian(2, 3.0, rng=5).weight_matrix()
    norms = []
    for angle in np.linspace(0, 2 * np.pi, 40):
        x = 2 * np.array([np.cos(angle), np.sin(angle)])
        for _ in range(60):
            x = x - np.linalg.solve(np.eye(2) - W / np.cosh(x) ** 2, x - W @ np.tanh(x))
        if np.all(np.abs(x - W @ np.tanh(x)) < 1e-12):
            norms.append(np.linalg.norm(x))
    assert max(norms) == pytest.approx(1.487204729, rel=1e-9)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: motifs.complete(100_000), LimitError, "100000"),
        (lambda: motifs.complete(3_000), LimitError, "3000"),
        (lambda: motifs.ring(100_000), LimitError, "100000"),
        (lambda: motifs.random_gaussian(100_000, rng=0), LimitError, "100000"),
        (lambda: motifs.ei_blocks(100_000, 2), LimitError, "100000"),
        (lambda: motifs.ei_blocks(9_000, 9_000), LimitError, "18000"),
        (lambda: motifs.barbell(5_000), LimitError, "5000|10000"),
        (lambda: motifs.ring(1), GraphError, "2 or more"),
        (lambda: motifs.ring(2, both_ways=True), GraphError, "3 or more"),
        (lambda: motifs.complete(0), GraphError, "1 or more"),
        (lambda: motifs.complete(2.5), GraphError, "must be an integer"),
        (lambda: motifs.complete(3, nodes=["a", "b"]), GraphError, "do not name 3 nodes"),
        (lambda: motifs.bidirectional(nodes=["a"]), GraphError, "do not name 2 nodes"),
        (lambda: motifs.bidirectional(nodes="ab"), ParameterError, "nodes='ab'"),
        (lambda: motifs.barbell(1), GraphError, "size >= 2"),
        (lambda: motifs.ei_pair(w_EI=-1), GraphError, "must not be negative"),
        (lambda: motifs.ei_blocks(0, 3), GraphError, "positive integer"),
        (lambda: motifs.random_gaussian(3), GraphError, "without a seed"),
    ],
)
def test_refused_motifs(make, error, message):
    start = time.perf_counter()
    with pytest.raises(error, match=message):
        make()
    assert time.perf_counter() - start < 30


def test_motifs_are_networks():
    for name in motifs.__all__:
        arguments = {"random_gaussian": {"size": 3, "rng": 0}}.get(name, {})
        assert isinstance(getattr(motifs, name)(**arguments), Network)
