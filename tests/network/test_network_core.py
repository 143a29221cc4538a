"""Nodes, edges, the network and its matrices."""

import copy
import dataclasses
import pickle
import time

import numpy as np
import pytest
import sympy

from dynsym.errors import GraphError, LimitError, ModelNameError, ParameterError
from dynsym.network import Edge, Network, Node, motif_census, quotient, symmetries


def asymmetric():
    return Network(["a", "b", "c"], [Edge("a", "b", 2), Edge("b", "c", "w"), Edge("c", "c", "-w/3", sign=-1)])


def test_weight_matrix_is_onto_row_from_column():
    expected = np.array([[0, 0, 0], [2, 0, 0], [0, 6, 2]])
    assert np.array_equal(asymmetric().weight_matrix({"w": 6}), expected)


def test_symbolic_matrix_agrees_with_numbers():
    network = asymmetric()
    (w,) = network.symbols
    numbers = np.array(network.symbolic_weight_matrix().subs(w, 6), dtype=float)
    assert np.array_equal(numbers, network.weight_matrix({w: 6}))


def test_edge_index_is_in_edge_order():
    onto, origin = asymmetric().edge_index()
    assert onto.tolist() == [1, 2, 2]
    assert origin.tolist() == [0, 1, 2]


def test_numbers_are_the_decimals_they_spell():
    edge = Edge("a", "b", 0.1)
    assert edge.weight == sympy.Rational(1, 10)
    assert Network.from_matrix(np.array([[0.1]])).edges[0].weight == sympy.Rational(1, 10)
    assert Node("a", bias="0.3").bias == sympy.Rational(3, 10)


def test_order_is_as_given():
    network = Network.from_edges([(10, 2), (2, 1)], nodes=[10, 2, 1])
    assert network.node_names == ("x_10", "x_2", "x_1")
    assert [node.label for node in network.nodes] == ["10", "2", "1"]


def test_equal_by_content():
    floats = Network.from_matrix(np.array([[0, 0.5], [0, 0]]), ["a", "b"])
    exact = Network(["a", "b"], [Edge("b", "a", sympy.Rational(1, 2))])
    assert floats == exact
    assert hash(floats) == hash(exact)
    assert floats != exact.with_weights(1)
    assert floats != dataclasses.replace(exact, name="other")
    assert len({floats, exact}) == 1


def test_copies_by_pickle_and_copy():
    for network in (asymmetric(), Network.from_matrix(np.eye(2))):
        assert copy.deepcopy(network) == network
        assert pickle.loads(pickle.dumps(network)) == network
    results = [motif_census(asymmetric()), quotient(asymmetric()), symmetries(asymmetric())]
    assert pickle.loads(pickle.dumps(results)) == results


def test_frozen():
    network = asymmetric()
    with pytest.raises(dataclasses.FrozenInstanceError):
        network.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        network.edge_index()[0][0] = 5


def test_populations_groups_and_symbols():
    network = Network(
        [Node("e", population="E", bias="b"), Node("i", population="I", time_constant="tau"), "u"],
        [Edge("e", "i", "w", group="forth"), Edge("i", "e", "-k", group="back", plastic=True)],
    )
    assert network.populations == {"E": ("e",), "I": ("i",)}
    assert network.groups == ("forth", "back")
    assert [symbol.name for symbol in network.symbols] == ["b", "k", "tau", "w"]
    assert not network.is_numeric
    assert network.has_plastic_edges
    assert "1 plastic" in repr(network)


def test_bare_symbols_become_real():
    (symbol,) = Network(["a"], [Edge("a", "a", 2 * sympy.Symbol("w"))]).symbols
    assert symbol.is_real


def test_multiplicity_multiplies_what_the_class_sends():
    n = sympy.Symbol("n", integer=True, positive=True)
    network = Network(
        [Node("a", multiplicity=n, self_coupling=False), "b"], [Edge("a", "a", 3), Edge("a", "b", 5), Edge("b", "a", 7)]
    )
    assert network.symbolic_weight_matrix() == sympy.Matrix([[3 * (n - 1), 7], [5 * n, 0]])
    assert np.array_equal(network.weight_matrix({"n": 4}), [[9, 7], [20, 0]])


def test_copies_with_other_weights_and_biases():
    network = asymmetric()
    assert network.with_weights(4).weight_matrix().tolist() == [[0, 0, 0], [4, 0, 0], [0, 4, -4]]
    assert network.with_weights([1, 2, 3]).effective_weights() == (1, 2, -3)
    assert network.with_weights({("b", "a"): "u"}).edges[0].weight == sympy.Symbol("u", real=True)
    assert [node.bias for node in network.with_biases([1, 2, 3]).nodes] == [1, 2, 3]
    assert [node.bias for node in network.with_biases({"c": 2}).nodes] == [0, 0, 2]
    with pytest.raises(GraphError, match="no edge a -> c"):
        network.with_weights({("c", "a"): 1})
    with pytest.raises(GraphError, match="2 weights were given for 3 edges"):
        network.with_weights([1, 2])
    with pytest.raises(GraphError, match="2 biases were given for 3 nodes"):
        network.with_biases([1, 2])


def test_edges_are_a_sequence():
    network = asymmetric()
    assert len(network.edges) == 3
    assert network.edges[-1] == Edge("c", "c", "-w/3", sign=-1)
    assert network.edges[:2] == tuple(network.edges)[:2]
    assert Edge("a", "b", 2) in network.edges


@pytest.mark.parametrize(
    ("values", "message"),
    [(None, "w has no value"), ({"v": 1}, "v is no parameter"), ({"w": 1, "W": 2}, "did you mean w"), ({}, "w has no")],
)
def test_values_must_fit(values, message):
    with pytest.raises(ParameterError, match=message):
        asymmetric().weight_matrix(values)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Network([]), GraphError, "no nodes"),
        (lambda: Network(["x", "x"]), ModelNameError, "x is declared twice"),
        (lambda: Network("abc"), GraphError, "list of names"),
        (lambda: Network([1]), GraphError, "is not a node"),
        (lambda: Network(["a"], [("a", "a")]), GraphError, "is not an Edge"),
        (lambda: Network(["alpha", "b"], [Edge("b", "alfa")]), GraphError, "did you mean alpha"),
        (lambda: Network(["a", "b"], [Edge("a", "b", 1), Edge("a", "b", 2)]), GraphError, "parallel edges a -> b"),
        (lambda: Network(["w", "b"], [Edge("w", "b", "w")]), ModelNameError, "a node and of a parameter"),
        (lambda: Network(["a"], name=3), GraphError, "Give texts"),
        (lambda: Network(["a"]).index("b"), ModelNameError, "no node"),
        (lambda: Node("a b"), ModelNameError, "node name"),
        (lambda: Node("__import__('os').system('touch CANARY')"), ModelNameError, "node name"),
        (lambda: Node("a", time_constant=0), GraphError, "must be positive"),
        (lambda: Node("a", multiplicity=-2), GraphError, "positive integer"),
        (lambda: Node("a", multiplicity="1/2"), GraphError, "positive integer"),
        (lambda: Node("a", sign=2), GraphError, "must be 1 or -1"),
        (lambda: Node("a", population=2), GraphError, "must be a text"),
        (lambda: Node("a", bias=float("nan")), GraphError, "bias of a is nan, which is not finite"),
        (lambda: Edge("a", "b", float("inf")), GraphError, "weight of a -> b is inf, which is not finite"),
        (lambda: Edge("a", "b", "nan"), GraphError, "weight.*not finite"),
        (lambda: Edge("a", "b", sympy.oo), GraphError, "weight.*not finite"),
        (lambda: Edge("a", "b", sympy.I), GraphError, "weight"),
        (lambda: Edge("a", "b", sympy.Symbol("z", imaginary=True)), GraphError, "not real"),
        (lambda: Edge("a", "b", sympy.Function("f")(sympy.Symbol("x"))), GraphError, "not quantities"),
        (lambda: Edge("a", "b", sympy.Matrix([1])), GraphError, "weight"),
        (lambda: Edge("a", "b", None), GraphError, "weight"),
        (lambda: Edge("a", "b", sign=0), GraphError, "must be 1 or -1"),
        (lambda: Edge("a", "b", plastic="yes"), GraphError, "must be true or false"),
        (lambda: Edge("a", "b", group=3), GraphError, "must be a text"),
    ],
)
def test_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_two_meanings_of_a_symbol_are_refused():
    positive, real = sympy.Symbol("w", positive=True), sympy.Symbol("w", real=True)
    with pytest.raises(ModelNameError, match="called w"):
        Network(["a"], [Edge("a", "a", positive)]).with_biases(real)


def test_signs_are_checked_and_not_multiplied():
    assert Network([Node("a", sign=-1)], [Edge("a", "a", -2)]).weight_matrix() == -2
    assert Network([Node("a", sign=-1)], [Edge("a", "a", 2, sign=-1)]).weight_matrix() == -2
    assert Network([Node("a", sign=-1)], [Edge("a", "a", "w")]).symbols
    for weight in (2, sympy.Symbol("w", positive=True)):
        with pytest.raises(GraphError, match="node a has sign -1"):
            Network([Node("a", sign=-1)], [Edge("a", "a", weight)])
    with pytest.raises(GraphError, match="node x1 has sign"):
        Network.from_matrix(np.array([[-1.5]]), [Node("x1", sign=1)])


def test_limits_come_before_the_work():
    start = time.perf_counter()
    with pytest.raises(LimitError, match="100000"):
        Network([f"x{k}" for k in range(100_000)])
    assert time.perf_counter() - start < 30


def test_user_names_are_ordinary_names():
    names = ["E", "I", "beta", "gamma", "S", "N", "pi", "lambda"]
    network = Network.from_edges([(name, name, f"w_{name}") for name in names])
    assert network.node_names == tuple(names)
    network = Network(["x"], [Edge("x", "x", "beta*gamma + lambda*pi + S*N + E + I")])
    assert {symbol.name for symbol in network.symbols} >= {"beta", "gamma", "lambda", "S", "N", "E", "I"}
