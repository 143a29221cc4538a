"""Symmetries, against brute force and groups of known order."""

import math
import time
from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from sympy.combinatorics import Permutation, PermutationGroup

from dynsym import _budget
from dynsym.errors import LimitError
from dynsym.network import Edge, Network, Node, load_network, motifs, symmetries


def brute_force_order(network):
    W = np.array(network.symbolic_weight_matrix())
    biases = np.array([node.bias for node in network.nodes])
    count = 0
    for images in permutations(range(network.size)):
        p = list(images)
        count += bool((W[np.ix_(p, p)] == W).all() and (biases[p] == biases).all())
    return count


def as_permutation(network, cycles):
    return Permutation([[network.index(name) for name in cycle] for cycle in cycles], size=network.size)


def check(network, order):
    found = symmetries(network)
    assert found.order == order
    assert found.is_complete
    W = np.array(network.symbolic_weight_matrix())
    generators = [as_permutation(network, cycles) for cycles in found.generators]
    for generator in generators:
        p = list(generator)
        assert (W[np.ix_(p, p)] == W).all()
    if generators:
        assert PermutationGroup(generators).order() == order
        orbits = {frozenset(orbit) for orbit in PermutationGroup(generators).orbits()}
        positions = {frozenset(network.index(name) for name in orbit) for orbit in found.orbits}
        assert orbits <= positions


@pytest.mark.parametrize("seed", range(12))
def test_small_random_graphs_by_brute_force(seed):
    graph = nx.gnp_random_graph(6, [0.2, 0.5, 0.8][seed % 3], seed=seed, directed=seed % 2 == 0)
    network = Network.from_networkx(graph)
    check(network, brute_force_order(network))


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        (nx.petersen_graph(), 120),
        (nx.hypercube_graph(4), 2**4 * math.factorial(4)),
        (nx.grid_2d_graph(4, 4), 8),
        (nx.grid_2d_graph(3, 5), 4),
        (nx.disjoint_union(nx.petersen_graph(), nx.petersen_graph()), 2 * 120**2),
        (nx.frucht_graph(), 1),
        (nx.complement(nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3))), 2 * 36),
        (nx.dodecahedral_graph(), 120),
        (nx.heawood_graph(), 336),
        (nx.balanced_tree(2, 3), 2**7),
    ],
)
def test_graphs_of_known_order(graph, order):
    check(Network.from_networkx(nx.convert_node_labels_to_integers(graph)), order)


@pytest.mark.parametrize(
    ("network", "order"),
    [
        (motifs.ring(7), 7),
        (motifs.ring(7, both_ways=True), 14),
        (motifs.chain(5), 1),
        (motifs.chain(5, both_ways=True), 2),
        (motifs.complete(6), math.factorial(6)),
        (motifs.star(6), math.factorial(5)),
        (motifs.barbell(4, bridge=1), 2 * math.factorial(3) ** 2),
        (motifs.ei_blocks(4, 3), math.factorial(4) * math.factorial(3)),
        (load_network("pyloric"), 1),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_motifs(network, order):
    check(network, order)


def test_what_nodes_and_edges_say_is_respected():
    assert symmetries(motifs.bidirectional()).order == 2
    pair = [Edge("a", "b", "w"), Edge("b", "a", "w")]
    different_nodes = [
        [Node("a", bias=1), "b"],
        [Node("a", time_constant=2), "b"],
        [Node("a", population="E"), "b"],
        [Node("a", sign=1), "b"],
        [Node("a", multiplicity=2), "b"],
    ]
    for nodes in different_nodes:
        assert symmetries(Network(nodes, pair)).order == 1
    for edge in (Edge("b", "a", "v"), Edge("b", "a", "w", plastic=True), Edge("b", "a", "w", group="g")):
        assert symmetries(Network(["a", "b"], [pair[0], edge])).order == 1
    assert symmetries(Network([Node("a", label="first"), "b"], pair)).order == 2


def test_relabelling_changes_nothing():
    network = motifs.barbell(3, bridge=1)
    order = [4, 0, 6, 2, 5, 1, 3]
    names = [network.node_names[k] for k in order]
    shuffled = Network(names, tuple(network.edges)[::-1])
    assert symmetries(shuffled).order == symmetries(network).order
    assert {frozenset(o) for o in symmetries(shuffled).orbits} == {frozenset(o) for o in symmetries(network).orbits}


def test_large_and_dense_graphs_are_quick():
    start = time.perf_counter()
    assert symmetries(motifs.complete(100)).order == math.factorial(100)
    assert symmetries(load_network("c_elegans")).order == 2
    assert time.perf_counter() - start < 30


def test_giving_up_is_said():
    found = symmetries(motifs.ring(50), budget=_budget.Budget(seconds=1e-9))
    assert found.order is None
    assert not found.is_complete
    assert "limit" in found.reason
    assert "order unknown" in repr(found)


def test_too_large():
    with pytest.raises(LimitError, match="2500"):
        symmetries(motifs.ring(2500))
