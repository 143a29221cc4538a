"""Motif census and strongly connected components, against networkx and brute force."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from dynsym.network import Edge, Network, load_network, motif_census, motifs, strongly_connected_components


def random_graph(seed, nodes=12, probability=0.3):
    graph = nx.gnp_random_graph(nodes, probability, seed=seed, directed=True)
    rng = np.random.default_rng(seed)
    for u, v in graph.edges:
        graph.edges[u, v]["weight"] = float(rng.choice([-1.5, 2.5]))
    return graph


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("probability", [0.1, 0.4, 0.8])
def test_triads_are_those_of_networkx(seed, probability):
    graph = random_graph(seed, probability=probability)
    census = motif_census(Network.from_networkx(graph))
    assert census.triads == nx.triadic_census(graph)
    assert census.reciprocity == pytest.approx(nx.overall_reciprocity(graph))
    assert census.density == pytest.approx(nx.density(graph))


@pytest.mark.parametrize("seed", range(4))
def test_signed_pairs_by_brute_force(seed):
    graph = random_graph(seed)
    network = Network.from_networkx(graph)
    W = network.weight_matrix()
    expected = {"++": 0, "+-": 0, "--": 0, "?": 0}
    for i, j in combinations(range(network.size), 2):
        if W[i, j] and W[j, i]:
            key = {2: "++", 0: "+-", -2: "--"}[int(np.sign(W[i, j]) + np.sign(W[j, i]))]
            expected[key] += 1
    assert dict(motif_census(network).loops_of_two) == expected


def test_symbols_without_a_sign_are_counted_as_unknown():
    assert dict(motif_census(motifs.bidirectional()).loops_of_two) == {"++": 0, "+-": 0, "--": 0, "?": 1}
    assert motif_census(motifs.ei_pair(w_EI=2, w_IE=3)).loops_of_two["+-"] == 1


def test_self_loops_and_zeros():
    network = Network(["a", "b"], [Edge("a", "a", 2), Edge("a", "b", 0), Edge("b", "a", 0, plastic=True)])
    census = motif_census(network)
    assert (census.edges, census.self_loops, census.one_way, census.mutual) == (2, 1, 1, 0)


def test_census_of_the_worm():
    census = motif_census(load_network("c_elegans"))
    network = load_network("c_elegans").to_networkx()
    network.remove_edges_from(list(nx.selfloop_edges(network)))
    assert census.triads == nx.triadic_census(network)
    assert sum(census.triads.values()) == 302 * 301 * 300 // 6
    assert "3709 edges" in repr(census)


@pytest.mark.parametrize("seed", range(5))
def test_components_are_those_of_networkx_in_order(seed):
    graph = random_graph(seed, nodes=20, probability=0.07)
    network = Network.from_networkx(graph)
    components = strongly_connected_components(network)
    labels = {node.name: int(node.label) for node in network.nodes}
    found = [frozenset(labels[name] for name in component) for component in components]
    assert set(found) == {frozenset(component) for component in nx.strongly_connected_components(graph)}
    place = {node: k for k, component in enumerate(found) for node in component}
    assert all(place[u] <= place[v] for u, v in graph.edges)


def test_zero_weights_do_not_connect():
    network = Network(["a", "b"], [Edge("a", "b", 1), Edge("b", "a", 0)])
    assert strongly_connected_components(network) == (("a",), ("b",))
    assert strongly_connected_components(network.with_weights({("a", "b"): "w"})) == (("a", "b"),)
