"""Diagrams: complete against proved counts, without repetitions, labelled, the same for relabelled systems."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError


def pyloric():
    return ds.build_system(ds.load_network("pyloric"), node=ds.LeakyRate(ds.Tanh()), gain="g")


def checks(diagram):
    return diagram.provenance.options["checks"]


def agree(diagram):
    return list(diagram.provenance.options["agree"])


def crossings(diagram, value):
    """How often the branches cross a parameter value, counted by sign changes alone."""
    return sum(int(np.count_nonzero(np.diff(np.sign(branch.parameter_values - value)))) for branch in diagram.branches)


def test_the_pyloric_circuit():
    diagram = ds.bifurcation_diagram(pyloric(), parameter="g", span=(0, 3))
    assert len(diagram) == 3
    # -I + g W has a zero eigenvalue at the inverse positive eigenvalues of W: 1 and (√5 - 1)/2
    assert diagram["pitchfork:1"].parameters["g"] == pytest.approx(1, abs=1e-12)
    assert diagram["pitchfork:2"].parameters["g"] == pytest.approx((1 + np.sqrt(5)) / 2, abs=1e-12)
    assert len(checks(diagram)) == 4
    assert all(agree(diagram))
    assert diagram.counts.is_proved
    assert [crossings(diagram, g) for g in (0.5, 1.3, 2.5)] == [1, 3, 5]
    assert diagram.provenance.options["notes"] == []


def test_branches_without_a_connection_are_found_by_counts():
    # an isolated loop in 0.2 <= m <= 0.4, beside the branch x = m - 2
    system = ds.system_from_equations({"x": "(x - m + 2)*((x - 1)^2 + (m - 0.3)^2 - 0.01)"}, parameters={"m": None})
    lone = ds.bifurcation_diagram(system, parameter="m", span=(0, 1), starts=[-2], counts=[])
    whole = ds.bifurcation_diagram(system, parameter="m", span=(0, 1), counts=[0.1, 0.31])
    assert (len(lone), len(whole)) == (1, 2)
    assert whole.branches[1].outcomes == (ds.Outcome.CLOSED_LOOP,) * 2
    assert agree(whole) == [True, True]


def test_a_missing_branch_is_reported():
    system = ds.system_from_equations({"x": "(x - m + 2)*((x - 1)^2 + (m - 0.3)^2 - 0.01)"}, parameters={"m": None})
    count = ds.count_equilibria(system, values={"m": 0.31})
    assert count.lower == 3
    empty = ds.EquilibriumCount("proved", lower=3, upper=3, parameters={"m": 0.31})  # known number, no states
    diagram = ds.bifurcation_diagram(system, parameter="m", span=(0, 1), starts=[-2], counts=[empty])
    assert checks(diagram) == ("m = 0.31: count 3 (proved), branches cross 1 times: DISAGREE",) or checks(diagram) == [
        "m = 0.31: count 3 (proved), branches cross 1 times: DISAGREE"
    ]
    assert agree(diagram) == [False]


def test_branch_switching_alone_finds_a_connected_diagram():
    diagram = ds.bifurcation_diagram(pyloric(), parameter="g", span=(0, 3), starts=[0], counts=[])
    assert len(diagram) == 3
    assert diagram.counts is None


def test_every_seed_of_one_branch_gives_it_once():
    system = ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})
    diagram = ds.bifurcation_diagram(system, parameter="m", span=(-1, 1), counts=list(np.linspace(-0.9, 0.9, 7)))
    assert len(diagram) == 1
    assert agree(diagram) == [True] * 7


@pytest.mark.parametrize("seed", [2, 7])
def test_branches_agree_with_proved_counts_in_random_networks(seed):
    weights = np.round(1.5 * np.random.default_rng(seed).standard_normal((4, 4)), 3)
    system = ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()), gain="g")
    diagram = ds.bifurcation_diagram(system, parameter="g", span=(0, 2), counts=[0.4, 0.9, 1.37, 2.0])
    assert all(agree(diagram)), checks(diagram)
    assert diagram.counts.is_proved


def test_labels_ascend_with_the_parameter():
    system = ds.system_from_equations({"x": "(m^2 - 1/4)*x - x^3"}, parameters={"m": None})
    diagram = ds.bifurcation_diagram(system, parameter="m", span=(-1, 1))
    values = [diagram[f"pitchfork:{k}"].parameters["m"] for k in (1, 2)]
    assert values == pytest.approx([-0.5, 0.5])
    ids = [branch.id for branch in diagram.branches]
    assert ids == list(range(len(ids)))


def test_plastic_pair_has_its_pitchfork_where_the_hebbian_strength_is_negative_enough():
    network = ds.motifs.bidirectional(weight=0, bias="b")
    system = ds.build_system(network, node=ds.LeakyRate(ds.Tanh()), synapse=ds.Hebbian("k"))
    diagram = ds.bifurcation_diagram(system, parameter="k", span=(-10, 0), values={"b": 1})
    # symmetric equilibrium x = 1 + k t³, t = tanh x; antisymmetric mode: 1 + k t² (1 - t²) - 2 k t² (1 - t²) = 0 ...
    point = diagram["pitchfork:1"]
    k, x = point.parameters["k"], point.state["x1"]
    t, slope = np.tanh(x), 1 - np.tanh(x) ** 2
    # rows of the Jacobian of x1' = b - x1 + k t1 t2² for a perturbation (u, -u): -1 + k t² φ' - 2 k t² φ'
    assert x == pytest.approx(1 + k * t**3, rel=1e-10)
    assert 1 + k * t**2 * slope == pytest.approx(0, abs=1e-10)
    assert diagram.branches[0].state_names == system.state_names


def test_a_diagram_keeps_its_conditions_and_is_saved(tmp_path):
    system = pyloric()
    diagram = ds.bifurcation_diagram(system, parameter="g", span=(0, 2), starts=[0], counts=[])
    assert ds.load_result(diagram.save(tmp_path / "diagram.nc")) == diagram


def test_the_number_of_branches_can_be_limited():
    diagram = ds.bifurcation_diagram(pyloric(), parameter="g", span=(0, 3), starts=[0], counts=[], max_branches=1)
    assert len(diagram) == 1
    assert "max_branches" in diagram.provenance.options["notes"][0]
    with pytest.raises(ParameterError, match="at least one branch"):
        ds.bifurcation_diagram(pyloric(), parameter="g", span=(0, 3), max_branches=0)
