"""Networks in GraphML, node-link JSON and CSV files."""

import json

import networkx as nx
import numpy as np
import pytest
import sympy

from dynsym.errors import (
    DynsymError,
    GraphError,
    ModelNameError,
    ModelParseError,
    StorageError,
    UnsafeInputError,
)
from dynsym.network import Edge, Network, motifs

GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">{}</graph></graphml>'
NODES = '<node id="0"/><node id="1"/>'


@pytest.mark.parametrize("extension", ["json", "graphml"])
@pytest.mark.parametrize("network", [motifs.ei_pair(), motifs.ei_blocks(), motifs.barbell(3, bridge=1)])
def test_symbols_keep_their_assumptions(tmp_path, network, extension):
    path = tmp_path / f"network.{extension}"
    network.to_file(path)
    assert Network.from_file(path) == network


@pytest.mark.parametrize("extension", ["json", "graphml"])
def test_files_of_networkx(tmp_path, extension):
    graph = nx.DiGraph(nx.gnp_random_graph(8, 0.4, seed=2, directed=True))
    for position, (u, v) in enumerate(graph.edges):
        graph.edges[u, v]["weight"] = position / 4 - 1.1
    path = tmp_path / f"random.{extension}"
    if extension == "json":
        path.write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    else:
        nx.write_graphml(graph, path)
    network = Network.from_file(path)
    assert np.array_equal(network.weight_matrix(), nx.to_numpy_array(graph).T)
    assert [node.label for node in network.nodes] == [str(k) for k in range(8)]
    assert network.name == "random"


def test_networkx_reads_our_files(tmp_path):
    network = motifs.ring(3, weight=-2)
    network.to_file(tmp_path / "ring.graphml")
    network.to_file(tmp_path / "ring.json")
    graphs = [
        nx.read_graphml(tmp_path / "ring.graphml"),
        nx.node_link_graph(json.loads((tmp_path / "ring.json").read_text()), edges="edges"),
    ]
    for graph in graphs:
        assert np.array_equal(nx.to_numpy_array(graph).T, network.weight_matrix())


def test_csv(tmp_path):
    path = tmp_path / "circuit.csv"
    path.write_text("\ufeffsource, target, weight, plastic, sign, group\n\na, b, 0.1, true, -1, slow\nb,a,-w/2,,,\n")
    network = Network.from_file(path)
    w = sympy.Symbol("w", real=True)
    assert network.name == "circuit"
    assert tuple(network.edges) == (
        Edge("a", "b", "1/10", plastic=True, sign=-1, group="slow"),
        Edge("b", "a", -w / 2),
    )
    network.to_file(path)
    assert Network.from_file(path) == network


@pytest.mark.parametrize(
    "network",
    [motifs.ei_pair(), Network(["a", "b"]), Network(["b", "a"], [Edge("a", "b")]), motifs.chain(3, bias=1)],
)
def test_csv_refuses_what_it_cannot_hold(tmp_path, network):
    with pytest.raises(GraphError, match="edges alone"):
        network.to_file(tmp_path / "network.csv")


@pytest.mark.parametrize(
    ("file", "text", "error", "message"),
    [
        ("a.csv", "source,target,wieght\n0,1,5\n", GraphError, "wieght.*did you mean weight"),
        ("a.csv", "source,target,weight\n0,1,nan\n", GraphError, "weight of 0 -> 1.*not finite"),
        ("a.csv", "source,target\n0,1\n0,1\n", GraphError, "parallel"),
        ("a.csv", "source,target\n0\n", ModelParseError, "Line 2"),
        ("a.csv", "source,target\n0,\n", GraphError, "no target"),
        ("a.csv", "from,to\n0,1\n", ModelParseError, "source and target"),
        ("a.csv", "source,target,source\n0,1,2\n", ModelParseError, "each once"),
        ("a.csv", "", ModelParseError, "source and target"),
        ("a.csv", "source,target\n", GraphError, "no nodes"),
        ("a.csv", "source,target,plastic\n0,1,maybe\n", GraphError, "plastic"),
        ("a.csv", "source,target,weight\n0,1,w +* 2\n", ModelParseError, "weight of 0 -> 1"),
        ("a.json", "[1, 2", ModelParseError, "is not JSON"),
        ("a.json", "[" * 100_000, ModelParseError, "is not JSON"),
        ("a.json", "[1, 2]", ModelParseError, "is not node-link JSON"),
        ("a.json", '{"nodes": [], "links": []}', ModelParseError, "whether it is directed"),
        ("a.json", '{"directed": true, "nodes": [], "links": []}', GraphError, "no nodes"),
        (
            "a.json",
            '{"directed": true, "nodes": [{"id": 0}, {"id": 0}], "links": []}',
            ModelNameError,
            "declared twice",
        ),
        ("a.json", '{"directed": true, "nodes": [{"id": {}}], "links": []}', GraphError, "must be names"),
        ("a.json", '{"directed": true, "nodes": [{"id": [[]]}], "links": []}', GraphError, "must be names"),
        ("a.json", '{"directed": true, "nodes": [{"id": 0, "id": 1}], "links": []}', ModelParseError, "given twice"),
        ("a.json", '{"directed": true, "nodes": [{"name": 0}], "links": []}', GraphError, "needs id"),
        (
            "a.json",
            '{"directed": true, "nodes": [{"id": 0}], "edges": [{"source": 0, "target": 0, "weight": NaN}]}',
            GraphError,
            "weight.*not finite",
        ),
        (
            "a.json",
            '{"directed": true, "graph": {"assumptions": "w odd"}, "nodes": [{"id": 0}], "edges": []}',
            ModelParseError,
            "assumptions",
        ),
        ("a.graphml", "<graph", ModelParseError, "is not GraphML"),
        ("a.graphml", "<graphml/>", ModelParseError, "is not GraphML"),
        ("a.graphml", '<!DOCTYPE a [<!ENTITY b "c">]><graphml/>', UnsafeInputError, "entity"),
        ("a.graphml", GRAPHML.format(NODES + '<node id="0"/>'), ModelNameError, "declared twice"),
        ("a.graphml", GRAPHML.format(NODES + '<edge source="0" target="1"/>' * 2), GraphError, "parallel"),
        ("a.graphml", GRAPHML.format(NODES + '<edge source="0" target="2"/>'), GraphError, "'2', which is no node"),
        ("a.graphml", GRAPHML.format(""), GraphError, "no nodes"),
        ("a.txt", "", ModelParseError, "the formats are"),
    ],
)
def test_refused_files(tmp_path, file, text, error, message):
    path = tmp_path / file
    path.write_text(text)
    with pytest.raises(error, match=message):
        Network.from_file(path)


def test_storage_errors_are_typed(tmp_path):
    with pytest.raises(StorageError, match="cannot be read"):
        Network.from_file(tmp_path / "absent.csv")
    with pytest.raises(StorageError, match="cannot be written"):
        motifs.ring(3).to_file(tmp_path / "absent" / "ring.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DynsymError, match="UTF-8"):
        Network.from_file(tmp_path / "binary.json")


def test_unsayable_assumptions_are_refused(tmp_path):
    network = Network(["a"], [Edge("a", "a", sympy.Symbol("p", prime=True))])
    with pytest.raises(GraphError, match="assumptions"):
        network.to_file(tmp_path / "prime.json")
