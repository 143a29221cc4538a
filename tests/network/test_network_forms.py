"""Networks from matrices, edge lists and networkx graphs, and back."""

import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from dynsym.errors import GraphError, LimitError, ModelNameError
from dynsym.network import Edge, Network, Node, motifs

WEIGHTS = st.one_of(
    st.integers(-5, 5).filter(bool), st.floats(-9, 9).filter(bool), st.sampled_from(["w", "-k/3", "w*k", "1/7"])
)


@st.composite
def networks(draw):
    names = draw(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=5, unique=True))
    nodes = [
        Node(
            name,
            label=draw(st.sampled_from([None, "a label", "AB/PD"])),
            population=draw(st.sampled_from([None, "E", "I"])),
            bias=draw(st.one_of(st.integers(-2, 2), st.sampled_from(["beta", "0.25"]))),
            time_constant=draw(st.sampled_from([1, "tau", 0.5])),
        )
        for name in names
    ]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), unique=True, max_size=8))
    edges = [
        Edge(
            source,
            target,
            draw(WEIGHTS),
            plastic=draw(st.booleans()),
            sign=draw(st.sampled_from([1, -1])),
            group=draw(st.sampled_from([None, "inner"])),
        )
        for source, target in pairs
    ]
    return Network(nodes, edges, name="a network", reference=draw(st.sampled_from([None, "Someone (2004)"])))


@given(networks())
def test_networkx_and_back(network):
    again = Network.from_networkx(network.to_networkx())
    assert again == network
    assert tuple(again.edges) == tuple(network.edges)


@given(networks())
def test_files_and_back(tmp_path_factory, network):
    folder = tmp_path_factory.mktemp("networks")
    for extension in ("json", "graphml"):
        path = folder / f"network.{extension}"
        network.to_file(path)
        assert Network.from_file(path) == network


@given(networks())
def test_edge_list_and_back(network):
    again = Network.from_edges(network.edges, network.nodes, name=network.name, reference=network.reference)
    assert again == network


@given(networks())
def test_matrix_and_back(network):
    matrix = network.symbolic_weight_matrix()
    again = Network.from_matrix(matrix, network.nodes)
    assert again.symbolic_weight_matrix() == matrix
    assert again.nodes == network.nodes


def test_matrix_entry_is_onto_row_from_column():
    network = Network.from_matrix([[0, "g", -1.5], [0.3, 0, 0], [0, 2, 0]], ["u", "v", "w"], bias=["b", 0, 0])
    assert [(edge.source, edge.target) for edge in network.edges] == [("v", "u"), ("w", "u"), ("u", "v"), ("v", "w")]
    assert network.effective_weights()[2] == sympy.Rational(3, 10)
    assert [node.bias.is_zero for node in network.nodes] == [None, True, True]


@pytest.mark.parametrize("kind", ["array", "list", "sympy", "texts", "sparse", "integers", "frame"])
def test_matrices_of_every_kind(kind):
    numbers = np.array([[0.0, -1.5, 0], [2, 0, 0], [0, 0.25, 1]])
    given = {
        "array": numbers,
        "list": numbers.tolist(),
        "sympy": sympy.Matrix([[0, sympy.Rational(-3, 2), 0], [2, 0, 0], [0, sympy.Rational(1, 4), 1]]),
        "texts": [["0", "-3/2", 0], ["2", 0, 0], [0, "1/4", 1]],
        "sparse": nx.to_scipy_sparse_array(nx.from_numpy_array(numbers, create_using=nx.DiGraph)),
        "integers": (numbers * 4).astype(int),
        "frame": pd.DataFrame(numbers, columns=list("abc")),
    }[kind]
    network = Network.from_matrix(given)
    assert np.array_equal(network.weight_matrix(), numbers * (4 if kind == "integers" else 1))
    assert len(network.edges) == 4


def test_nodes_of_a_matrix_keep_their_bias():
    network = Network.from_matrix([[1]], [Node("a", bias=3)])
    assert network.nodes[0].bias == 3


@pytest.mark.parametrize(
    ("matrix", "nodes", "message"),
    [
        ([[1, 2]], None, "must be square"),
        ([[1, 2], [3]], None, "must be square"),
        ([1, 2], None, "must be square"),
        ([], None, "no nodes"),
        (3, None, "is not a matrix"),
        (np.ones((2, 2), bool), None, "weight in row 0, column 0"),
        ([[1]], ["a", "b"], "2 nodes"),
        (np.array([[0, np.nan], [0, 0]]), None, "weight of x2 -> x1 is nan, which is not finite"),
        ([[float("inf")]], None, "not finite"),
        ([["nan"]], None, "weight in row 0, column 0.*not finite"),
        (np.array([[1j]]), None, "weight in row 0, column 0"),
    ],
)
def test_refused_matrices(matrix, nodes, message):
    with pytest.raises(GraphError, match=message):
        Network.from_matrix(matrix, nodes)


def test_large_matrices_are_quick():
    matrix = np.random.default_rng(0).standard_normal((300, 300))
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        network = Network.from_matrix(matrix)
        best = min(best, time.perf_counter() - start)
    assert best < 0.2
    assert np.array_equal(network.weight_matrix(), matrix)


def test_edge_lists_of_every_kind():
    edges = [("a", "b"), ("b", "a", 2), {"source": "a", "target": "a", "weight": "w"}, ("b", "b", {"sign": -1})]
    network = Network.from_edges([*edges, Edge("a", "c", 4)])
    assert network.node_names == ("a", "b", "c")
    assert network.weight_matrix({"w": 3}).tolist() == [[3, 2, 0], [1, -1, 0], [4, 0, 0]]


def test_nodes_of_an_edge_list():
    network = Network.from_edges([("a", "b")], nodes=["b", {"name": "a", "bias": "I_0"}, Node("c")])
    assert network.node_names == ("b", "a", "c")
    assert network.weight_matrix().tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("edges", "nodes", "error", "message"),
    [
        ([{"source": 0, "target": 1, "wieght": 5}], None, GraphError, "wieght.*did you mean weight"),
        ([{"source": 0, "target": 1, "weight": "nan"}], None, GraphError, "weight.*not finite"),
        ([{"source": 0, "target": 1, "weight": float("nan")}], None, GraphError, "weight.*not finite"),
        ([{"src": 0, "target": 1}], None, GraphError, "no source; did you mean src"),
        ([(0, 1, 1.0), (0, 1, 2.0)], None, GraphError, "parallel"),
        ([(1, "1", 1.0)], None, GraphError, "'1'.*same name"),
        ([("a", "b")], ["a"], GraphError, "'b', which is no node"),
        ([("a", "b")], ["a", "b", "a"], ModelNameError, "'a' is declared twice"),
        ([("a", "b")], ["a", {"nam": "b"}], GraphError, "did you mean nam"),
        ([("a", "b")], ["a", {"name": "b", "bais": 1}], GraphError, "bais.*did you mean bias"),
        ([], None, GraphError, "no nodes"),
        (["ab"], None, GraphError, "is not an edge"),
        ([("a b", "c")], None, ModelNameError, "node name"),
        ([(None, "c")], None, ModelNameError, "node name"),
        ([(-1, "c")], None, ModelNameError, "node name"),
    ],
)
def test_refused_edge_lists(edges, nodes, error, message):
    with pytest.raises(error, match=message):
        Network.from_edges(edges, nodes)


def test_networkx_runs_from_source_to_target():
    graph = nx.DiGraph()
    graph.add_edge("a", "b", weight=2.0)
    network = Network.from_networkx(graph)
    assert network.weight_matrix().tolist() == [[0, 0], [2, 0]]
    assert np.array_equal(network.weight_matrix().T, nx.to_numpy_array(graph))


def test_undirected_edges_run_both_ways_and_loops_once():
    graph = nx.Graph([("a", "b", {"weight": 3}), ("b", "b", {"weight": 5})])
    network = Network.from_networkx(graph)
    assert network.weight_matrix().tolist() == [[0, 3], [3, 5]]
    assert len(network.edges) == 3


def test_names_and_labels_of_networkx_nodes():
    graph = nx.DiGraph([(10, (0, 1)), ((0, 1), "beta")])
    network = Network.from_networkx(graph)
    assert network.node_names == ("x_10", "x_0_1", "beta")
    assert [node.label for node in network.nodes] == ["10", "(0, 1)", "beta"]


def test_attributes_of_networkx():
    graph = nx.karate_club_graph()
    with pytest.raises(GraphError, match=r"attribute club, which is unknown.*ignore=\('club',\)"):
        Network.from_networkx(graph)
    network = Network.from_networkx(graph, ignore=("club",))
    assert np.array_equal(network.weight_matrix(), nx.to_numpy_array(graph))
    assert network.name == "Zachary's Karate Club"


def test_disconnected_graphs_are_allowed():
    graph = nx.disjoint_union(nx.cycle_graph(3, create_using=nx.DiGraph), nx.cycle_graph(3, create_using=nx.DiGraph))
    assert Network.from_networkx(graph).size == 6


@pytest.mark.parametrize(
    ("graph", "error", "message"),
    [
        (nx.DiGraph(), GraphError, "no nodes"),
        (nx.MultiDiGraph([(0, 1, {"weight": 1.0}), (0, 1, {"weight": 2.0})]), GraphError, "parallel edges x_0 -> x_1"),
        (nx.MultiGraph([(0, 1), (1, 0)]), GraphError, "parallel"),
        (nx.Graph([(1, "1")]), GraphError, "'1'.*same name"),
        (nx.DiGraph([("x_1", 1)]), GraphError, "same name"),
        (nx.DiGraph([(0, 1, {"wieght": 5})]), GraphError, "wieght.*did you mean weight"),
        (nx.DiGraph([("__import__('os').system('touch CANARY')", "a")]), ModelNameError, "node name"),
        (nx.DiGraph([(0, 1, {"position": 0}), (1, 0)]), GraphError, "position"),
        (nx.empty_graph(100_000), LimitError, "100000"),
        ([[0, 1]], GraphError, "list was given"),
    ],
)
def test_refused_networkx_graphs(graph, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = time.perf_counter()
    with pytest.raises(error, match=message):
        Network.from_networkx(graph)
    assert time.perf_counter() - start < 30
    assert list(tmp_path.iterdir()) == []


def test_multigraph_without_parallel_edges():
    assert len(Network.from_networkx(nx.MultiDiGraph([(0, 1), (1, 0)])).edges) == 2


def test_assumptions_survive_networkx():
    network = motifs.ei_blocks()
    assert Network.from_networkx(network.to_networkx()) == network
