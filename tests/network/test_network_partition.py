"""The quotient by the coarsest equitable partition."""

import networkx as nx
import numpy as np
import pytest
import sympy

from dynsym.errors import UnsupportedFeatureError
from dynsym.network import Edge, Network, Node, load_network, motifs, quotient


def membership(network, reduced):
    """The matrix of 0 and 1 that copies a value of each class onto its nodes."""
    P = sympy.zeros(network.size, len(reduced.classes))
    for column, members in enumerate(reduced.classes.values()):
        for name in members:
            P[network.index(name), column] = 1
    return P


def assert_reduces(network, classes):
    reduced = quotient(network)
    P = membership(network, reduced)
    W, small = sympy.Matrix(network.symbolic_weight_matrix()), sympy.Matrix(reduced.network.symbolic_weight_matrix())
    assert (W * P - P * small).applyfunc(sympy.expand).is_zero_matrix
    assert len(reduced.classes) == classes
    assert sum(reduced.sizes.values()) == network.size
    return reduced


@pytest.mark.parametrize(
    ("network", "classes"),
    [
        (motifs.ring(6), 1),
        (motifs.ring(6, both_ways=True), 1),
        (motifs.chain(5, both_ways=True), 3),
        (motifs.chain(4), 4),
        (motifs.complete(5), 1),
        (motifs.star(6), 2),
        (motifs.barbell(4, bridge=1), 3),
        (motifs.ei_blocks(4, 3), 2),
        (motifs.ei_blocks(4, 3, self_coupling=False), 2),
        (load_network("pyloric"), 2),  # LP and PY: each receives -1 from AB/PD and -1 from the other
        (Network.from_networkx(nx.frucht_graph()), 1),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_quotient_runs_on_the_classes(network, classes):
    assert_reduces(network, classes)


def test_sums_are_exact():
    """0.1 + 0.2 onto one node and 0.3 onto the other: equal as decimals, unequal as floats."""
    weights = np.zeros((5, 5))
    weights[0, [2, 3]] = 0.1, 0.2
    weights[1, 4] = 0.3
    assert 0.1 + 0.2 != 0.3
    reduced = assert_reduces(Network.from_matrix(weights), 2)
    assert reduced.classes["x1"] == ("x1", "x2")


def test_symbolic_sums_are_compared_expanded():
    u, v = sympy.symbols("u v", real=True)
    weights = [[0, 0, u * (u + v)], [0, 0, u**2 + u * v], [0, 0, 0]]
    assert_reduces(Network.from_matrix(weights), 2)


def test_cancelling_weights_are_no_weight():
    reduced = assert_reduces(Network.from_matrix([[0, 0, 0, 0], [0, 0, 0, 0], [1, -1, 0, 0], [0, 0, 0, 0]]), 1)
    assert len(reduced.network.edges) == 0


def test_what_nodes_say_is_respected():
    nodes = [Node("a", bias="b"), Node("b1", bias="b"), Node("c", time_constant=2), Node("d", population="E")]
    assert len(quotient(Network(nodes)).classes) == 3


def test_names_of_classes():
    reduced = quotient(motifs.ei_blocks(3, 2))
    assert dict(reduced.classes) == {"E": ("E1", "E2", "E3"), "I": ("I1", "I2")}
    assert dict(reduced.sizes) == {"E": 3, "I": 2}
    assert reduced.network.populations == {"E": ("E",), "I": ("I",)}
    assert reduced.is_smaller
    assert not quotient(motifs.chain(3)).is_smaller


@pytest.mark.parametrize("self_coupling", [True, False])
def test_symbolic_sizes_give_the_known_characteristic_polynomial(self_coupling):
    """Entry ei_block_charpoly of symbolic.json, with and without self-coupling."""
    reduced = quotient(motifs.ei_blocks(self_coupling=self_coupling))
    m = reduced.network.symbolic_weight_matrix()
    s = {symbol.name: symbol for symbol in m.free_symbols}
    z = sympy.Symbol("z")
    small = (z + 1 - m[0, 0]) * (z + 1 - m[1, 1]) - m[0, 1] * m[1, 0]
    transverse = [reduced.transverse_weights[name] for name in ("E", "I")]
    ee, ei, ie, ii, n_E, n_I = (s[name] for name in ("w_EE", "w_EI", "w_IE", "w_II", "n_E", "n_I"))
    cross = n_E * n_I * ei * ie
    if self_coupling:
        expected = (z + 1 - n_E * ee) * (z + 1 + n_I * ii) + cross
        assert transverse == [0, 0]
    else:
        expected = (z + 1 - (n_E - 1) * ee) * (z + 1 + (n_I - 1) * ii) + cross
        assert transverse == [-ee, ii]
    assert sympy.expand(small - expected) == 0


@pytest.mark.parametrize("self_coupling", [True, False])
def test_quotient_and_differences_give_the_whole_spectrum(self_coupling):
    network = motifs.ei_blocks(4, 3, self_coupling=self_coupling, w_EE="1/2", w_EI="4/5", w_IE="11/10", w_II="3/10")
    reduced = quotient(network)
    expected = list(np.linalg.eigvals(reduced.network.weight_matrix()))
    for name, size in reduced.sizes.items():
        expected += [float(reduced.transverse_weights[name])] * (int(size) - 1)
    found = np.poly(np.linalg.eigvals(network.weight_matrix()))
    assert np.allclose(found, np.poly(expected), atol=1e-12)


def test_rings_are_not_interchangeable():
    assert quotient(motifs.ring(5)).transverse_weights["x1"] is None
    assert quotient(motifs.chain(2)).transverse_weights["x1"] is None
    assert quotient(motifs.star(5)).transverse_weights == {"x1": None, "x2": 0}
    assert quotient(motifs.complete(4)).transverse_weights["x1"] == -sympy.Symbol("w", real=True)


def test_same_input_and_different_output_is_not_interchangeable():
    network = Network(
        ["a", "b", "c", "d"], [Edge("c", "a", 1), Edge("c", "b", 1), Edge("a", "d", 2), Edge("b", "d", 3)]
    )
    reduced = quotient(network)
    assert reduced.classes["a"] == ("a", "b")
    assert reduced.transverse_weights["a"] is None


def test_mixed_sizes():
    reduced = quotient(motifs.ei_blocks(3, "n", w_EE=2))
    assert reduced.sizes["E"] == 3
    assert reduced.network.symbolic_weight_matrix()[0, 0] == 6


def test_plastic_edges_are_refused():
    with pytest.raises(UnsupportedFeatureError, match="plastic"):
        quotient(Network(["a"], [Edge("a", "a", plastic=True)]))


def test_repr():
    assert repr(quotient(motifs.complete(4))) == "Quotient('complete graph of 4': 1 classes of sizes x1 (4))"
