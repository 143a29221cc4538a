"""Networks that repeat: a cell, sizes that are numbers or symbols, and the whole network written out."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import GraphError, UnsupportedFeatureError
from dynsym.network import PeriodicNetwork, motifs


@pytest.mark.parametrize("both_ways", [True, False])
def test_a_ring_of_any_size_written_out_is_the_ring(both_ways):
    whole = motifs.ring("N", both_ways=both_ways).with_sizes(N=5)
    assert np.array_equal(whole.weight_matrix({"w": 2}), motifs.ring(5, both_ways=both_ways).weight_matrix({"w": 2}))


@pytest.mark.parametrize("both_ways", [True, False])
def test_a_torus_is_the_cartesian_product_of_two_rings(both_ways):
    rows, columns = (motifs.ring(n, both_ways=both_ways, weight=1).weight_matrix() for n in (3, 4))
    expected = np.kron(rows, np.eye(4)) + np.kron(np.eye(3), columns)
    assert np.array_equal(motifs.torus(3, 4, both_ways=both_ways, weight=1).weight_matrix(), expected)


def test_cells_of_several_nodes():
    cell = PeriodicNetwork(
        ["e", "i"],
        [ds.Edge("e", "i", 2), ds.Edge("i", "e", -3), ds.Edge("e", "e", 5)],
        sizes=("N",),
        shifts={("e", "e"): (1, -1)},
    )
    assert np.array_equal(cell.weight_matrix(), [[10, -3], [2, 0]])
    ring = motifs.ring(4, both_ways=True, weight=5).weight_matrix()
    expected = np.kron(ring, [[1, 0], [0, 0]]) + np.kron(np.eye(4), [[0, -3], [2, 0]])
    assert np.array_equal(cell.with_sizes(N=4).weight_matrix(), expected)
    assert [symbol.name for symbol in cell.symbols] == ["N"]


def test_complete_graphs_and_stars_of_any_size_agree_with_those_of_one():
    """A vector that is constant on the classes is multiplied alike by the whole matrix and by that of the classes."""
    for size, classes in (([5], motifs.complete("n")), ([1, 4], motifs.star("n")), ([5], motifs.complete("n + 0"))):
        whole = (motifs.complete if len(size) == 1 else motifs.star)(5).weight_matrix({"w": 0.3})
        blocks = np.repeat(np.eye(len(size)), size, axis=0)
        assert np.allclose(whole @ blocks, blocks @ classes.weight_matrix({"w": 0.3, "n": 5}), rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PeriodicNetwork(["x"], sizes=(), shifts={}), "no sizes"),
        (lambda: PeriodicNetwork(["x"], [ds.Edge("x", "x")], sizes=("N",), shifts={("x", "y"): (1,)}), "no edge"),
        (lambda: PeriodicNetwork(["x"], [ds.Edge("x", "x")], sizes=("N",), shifts={("x", "x"): ((1, 0),)}), "1 integ"),
        (lambda: PeriodicNetwork(["x"], [ds.Edge("x", "x")], sizes=("N",), shifts={("x", "x"): (1, 1)}), "twice"),
        (lambda: PeriodicNetwork([ds.Node("x", multiplicity=3)], sizes=("N",), shifts={}), "several copies"),
        (lambda: motifs.ring("N").with_sizes(), "positive integers"),
        (lambda: motifs.torus(2, 4), "3 or more"),
        (lambda: motifs.ring("N", both_ways=True).with_sizes(N=2), "parallel"),
    ],
)
def test_what_does_not_fit_is_refused(make, words):
    with pytest.raises(GraphError, match=words):
        make()


def test_files_and_graphs_cannot_hold_shifts(tmp_path):
    with pytest.raises(UnsupportedFeatureError, match="with_sizes"):
        motifs.ring("N").to_file(tmp_path / "ring.json")
    with pytest.raises(UnsupportedFeatureError, match="with_sizes"):
        motifs.ring("N").to_networkx()
    with pytest.raises(UnsupportedFeatureError, match="with_sizes"):
        ds.quotient(motifs.ring("N"))


def test_sizes_may_stand_in_weights():
    """One name is one symbol: a weight that falls with the number of neurons."""
    blocks = motifs.ei_blocks(w_EE="w/n_E", w_EI="v/n_I")
    assert str(blocks.symbolic_weight_matrix()[0, 0]) == "w"
    assert all(s.is_integer for s in blocks.symbols if s.name.startswith("n_"))
    assert str(motifs.ring("N", weight="w/N", both_ways=True).symbolic_weight_matrix()[0, 0]) == "2*w/N"
    classes = ds.Network([ds.Node("a", multiplicity="n")], [ds.Edge("a", "a", "w/n")])
    assert [s.is_integer for s in classes.symbols] == [True, None]
