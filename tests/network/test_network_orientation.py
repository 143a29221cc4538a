"""W[i, j] is onto i from j, from the graph to the equations and the compiled code; the same in every process."""

import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
import sympy

import dynsym as ds

GRAPH = nx.DiGraph()
GRAPH.add_edge("a", "b", weight=2.0)
GRAPH.add_edge("b", "c", weight=-3.0)
GRAPH.add_edge("c", "c", weight=0.5)
GRAPH.add_edge("a", "c", weight=1.5)


def test_equations_of_an_asymmetric_graph():
    system = ds.build_system(ds.Network.from_networkx(GRAPH), node=ds.LeakyRate(ds.Linear()))
    a, b, c = system.states
    expected = {"a": -a, "b": -b + 2 * a, "c": -c - 3 * b + c / 2 + sympy.Rational(3, 2) * a}
    assert all(sympy.expand(system.equations[name] - expected[name]) == 0 for name in "abc")


@pytest.mark.parametrize(
    ("name", "method"),
    [(name, ds.compute.Arrays()) for name in ds.list_networks()] + [("pyloric", ds.compute.Scalars())],
)
def test_compiled_code_multiplies_by_the_weight_matrix(name, method):
    network = ds.load_network(name)
    compiled = ds.compile_system(ds.build_system(network, gain="g"), method=method)
    p = compiled.parameter_vector({"g": 1.3})
    W, x = network.weight_matrix(), np.random.default_rng(0).standard_normal(network.size) / 4
    assert np.allclose(compiled.field(x, p), -x + 1.3 * W @ np.tanh(x), atol=1e-11)
    expected = -np.eye(network.size) + 1.3 * W / np.cosh(x) ** 2
    assert np.allclose(compiled.jacobian(x, p), expected, atol=1e-11)


def test_order_does_not_depend_on_the_hash_seed():
    code = (
        "import sys, dynsym as ds;"
        "n = ds.Network.from_edges([(10, 2, 'k*w + b'), (2, 1, 'a')], nodes=[10, 2, 1]);"
        "print(n.node_names, n.symbols, n.symbolic_weight_matrix(), ds.quotient(n), ds.symmetries(n));"
        "print({'networkx', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    (answer,) = answers
    assert answer.startswith("('x_10', 'x_2', 'x_1') (a, b, k, w)")
    assert answer.endswith("set()\n")
