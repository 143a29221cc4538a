"""The bundled networks, against their sources."""

import csv
from importlib import resources

import numpy as np
import pytest

from dynsym.errors import ModelNameError, ParameterError
from dynsym.network import list_networks, load_network


def rows(file):
    return list(csv.DictReader((resources.files("dynsym") / "data" / file).read_text().splitlines()))


@pytest.mark.parametrize("name", list_networks())
def test_every_network_has_a_source(name):
    network = load_network(name)
    assert network.name == name
    assert network.is_numeric
    assert len(network.reference) > 40


def test_pyloric():
    network = load_network("pyloric")
    assert {(edge.source, edge.target) for edge in network.edges} == {
        ("AB_PD", "LP"),
        ("AB_PD", "PY"),
        ("LP", "AB_PD"),
        ("LP", "PY"),
        ("PY", "LP"),
    }
    assert [node.label for node in network.nodes] == ["AB/PD", "LP", "PY"]
    assert set(network.effective_weights()) == {-1}
    # det(I - g W) = (1 - g)(1 + g - g^2)
    roots = sorted(1 / value for value in np.linalg.eigvals(network.weight_matrix()).real if value > 0)
    assert roots == pytest.approx([1, (1 + np.sqrt(5)) / 2], rel=1e-12)


def test_cortical_pair():
    assert load_network("cortical_ei").weight_matrix().tolist() == [[16, -12], [15, -3]]


def test_worm_is_the_table():
    network = load_network("c_elegans")
    signs = {row["neuron"]: int(row["transmitter_sign"]) for row in rows("c_elegans_neurons.csv")}
    chemical = [row for row in rows("c_elegans_connections.csv") if row["kind"] == "chemical"]
    assert network.size == 302
    assert len(network.edges) == len(chemical) == 3709
    W = network.weight_matrix()
    for row in chemical[::50]:
        entry = W[network.index(row["target"]), network.index(row["source"])]
        assert entry == int(row["synapses"]) * signs[row["source"]]
    assert np.abs(W).sum() == sum(int(row["synapses"]) for row in chemical)


def test_worm_signs_follow_the_source():
    network = load_network("c_elegans")
    W = network.weight_matrix()
    inhibitory = [network.index(name) for name in network.populations["inhibitory"]]
    assert len(inhibitory) == 26
    assert set(network.populations["inhibitory"]) >= {"AVL", "DVB", "RIS", "RMED", "RMEL", "RMER", "RMEV"}
    assert (W[:, inhibitory] <= 0).all()
    assert (np.delete(W, inhibitory, axis=1) >= 0).all()


def test_gap_junctions_are_symmetric_and_added():
    electrical = [row for row in rows("c_elegans_connections.csv") if row["kind"] == "electrical"]
    with_gaps, without = load_network("c_elegans", gap_junctions=True), load_network("c_elegans")
    difference = with_gaps.weight_matrix() - without.weight_matrix()
    assert np.array_equal(difference, difference.T)
    loops = sum(int(row["synapses"]) for row in electrical if row["source"] == row["target"])
    assert difference.sum() == 2 * sum(int(row["synapses"]) for row in electrical) - loops
    assert set(with_gaps.groups) == {"chemical", "electrical", "both"}


@pytest.mark.parametrize(("name", "message"), [("pilorik", "no bundled network"), ("pyloric_", "did you mean pyloric")])
def test_unknown_networks(name, message):
    with pytest.raises(ModelNameError, match=message):
        load_network(name)


def test_gap_junctions_of_other_networks():
    with pytest.raises(ParameterError, match="no data on gap junctions"):
        load_network("pyloric", gap_junctions=True)
