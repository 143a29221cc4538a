"""Systems whose nodes stand for copies: their equations are those of the whole network where all copies agree."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import ModelError


def agree(classes, whole, members, *, synapse=None, seed=0):
    """Compare the equations of classes with those of the whole network at a random state in which all copies agree."""
    few, many = (ds.build_system(network, ds.LeakyRate(ds.Tanh()), synapse) for network in (classes, whole))
    rng = np.random.default_rng(seed)
    class_of = {member: name for name, names in members.items() for member in names}
    point = {s: sympy.Float(rng.normal()) for s in few.states}
    values = {s: sympy.Float(rng.uniform(0.5, 2)) for s in few.parameters.values() if not s.is_integer}
    sizes = {s: sympy.Integer(len(members[s.name[-1]])) for s in few.parameters.values() if s.is_integer}
    onto, source = many.network.edge_index()
    copies = [class_of[name] for name in many.network.node_names]
    if synapse is not None:
        copies += [f"w_{copies[i]}_{copies[j]}" for i, j in zip(onto, source, strict=True)]
    whole_point = {many.states[k]: point[few[name]] for k, name in enumerate(copies)}
    rates = dict(zip(few.state_names, (rate.subs({**values, **sizes}).subs(point) for rate in few.rhs), strict=True))
    named = {s.name: value for s, value in values.items()}
    whole_values = {s: named[s.name] for s in many.parameters.values()}
    for rate, name in zip(many.rhs, copies, strict=True):
        assert abs(rate.subs(whole_values).subs(whole_point) - rates[name]) < 1e-12


@pytest.mark.parametrize("self_coupling", [True, False])
@pytest.mark.parametrize("synapse", [None, ds.Hebbian("k", time_constant="tau"), ds.Oja("eta")])
def test_blocks(self_coupling, synapse):
    members = {"E": ["E1", "E2", "E3"], "I": ["I1", "I2"]}
    classes = ds.motifs.ei_blocks(self_coupling=self_coupling)
    agree(classes, ds.motifs.ei_blocks(3, 2, self_coupling=self_coupling), members, synapse=synapse)


def test_rings_and_tori():
    for classes, sizes in (
        (ds.motifs.ring("x_"), {"x_": 4}),
        (ds.motifs.torus("n_x", 3, both_ways=False), {"n_x": 3}),
    ):
        whole = classes.with_sizes(**sizes)
        agree(classes, whole, {"x": list(whole.node_names), "_": []}, synapse=ds.Hebbian("k"))


def test_other_activations_and_files(tmp_path):
    text = '[network]\nmotif = "complete"\nsize = "n"\n[dynamics]\nsynapse = "hebbian"\nactivation = "logistic"\n'
    system = ds.load_system(text)
    assert system["n"].is_integer
    assert system["n"].is_positive
    assert system.with_activation(ds.Tanh()).equations["x"].has(sympy.tanh)
    ds.save_system(system, tmp_path / "model.toml")
    assert ds.load_system(tmp_path / "model.toml") == system
    assert system != ds.load_system(text.replace('"n"', '"n"\nself_coupling = true'))
    with pytest.raises(ModelError, match="repeats periodically"):
        ds.save_system(ds.build_system(ds.motifs.ring("N")), tmp_path / "ring.toml")


def test_a_strength_matrix_cannot_add_edges_to_classes():
    with pytest.raises(ModelError, match="how many copies"):
        ds.build_system(
            ds.Network([ds.Node("a", multiplicity="n"), "b"], [ds.Edge("a", "b", 0)]),
            synapse=ds.Hebbian([[0, "k"], ["k", 0]]),
        )


def test_reduced_systems_forget_their_copies():
    system = ds.build_system(ds.motifs.complete("n"), synapse=ds.Hebbian("k"))
    assert system.classes is not None
    assert ds.freeze(system).classes is None
    assert ds.slave(system).classes is None
