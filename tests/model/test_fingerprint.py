"""The fingerprint of a system: other content, another fingerprint; equal content, the same one everywhere."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

import dynsym as ds

SIZES = (2, 7, 24, 40, 302)
PARTS = (
    "weight",
    "absent edge",
    "sign",
    "bias",
    "default",
    "assumption",
    "activation",
    "slope",
    "rule",
    "gain",
    "name",
)


def sparse(size):
    """A network of chains and a few long edges, about 3 edges a node."""
    rng = np.random.default_rng(size)
    matrix = np.where(rng.random((size, size)) < min(1.0, 3 / size), rng.normal(size=(size, size)).round(4), 0)
    matrix[0, 1] = 0.25
    return matrix


def built(matrix, *, bias="b", node=None, gain="g", values=None, assumption=None, name="net", signs=1):
    size = len(matrix)
    network = ds.Network.from_matrix(matrix, [name, *(f"x{k}" for k in range(1, size))], bias=bias)
    if signs == -1:
        edges = [dataclasses.replace(edge, sign=-1) for edge in network.edges]
        network = dataclasses.replace(network, edges=edges)
    rule = node or ds.LeakyRate(ds.Tanh())
    return ds.build_system(
        network, rule, gain=gain, values=values or {"g": 1}, name="mutant", assumptions=assumption or {}
    )


def changed(part, matrix):
    """The same system but for one part."""
    other = matrix.copy()
    if part == "weight":
        other[0, 1] = 0.2500001
    if part == "absent edge":
        other[0, 1] = 0
    given = {
        "sign": {"signs": -1},
        "bias": {"bias": "2*b"},
        "default": {"values": {"g": "1.0000001"}},
        "assumption": {"assumption": {"g": "positive"}},
        "activation": {"node": ds.LeakyRate(ds.Logistic())},
        "slope": {"node": ds.LeakyRate(ds.Tanh(gain=2))},
        "rule": {"node": ds.WilsonCowan(ds.Tanh())},
        "gain": {"gain": "g + 1"},
        "name": {"name": "first"},
    }
    return built(other, **given.get(part, {}))


@pytest.mark.parametrize("size", SIZES)
def test_one_changed_part_changes_it(size):
    matrix = sparse(size)
    found = {"nothing": built(matrix).fingerprint} | {part: changed(part, matrix).fingerprint for part in PARTS}
    assert all(len(fingerprint) == 32 for fingerprint in found.values())
    assert len(set(found.values())) == len(found), found
    assert built(matrix.copy()).fingerprint == found["nothing"]


@pytest.mark.parametrize("seed", range(20))
def test_each_single_weight_counts(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(30, 30))
    other = matrix.copy()
    place = tuple(rng.integers(30, size=2))
    other[place] = np.nextafter(matrix[place], 9)
    assert built(matrix).fingerprint != built(other).fingerprint != built(matrix.T).fingerprint


def test_what_equations_do_not_say():
    network = ds.motifs.bidirectional(nodes=("a", "b"))
    wide = ds.AnySigmoid(bounds=(-2, 2))
    systems = [ds.build_system(network, ds.LeakyRate(phi)) for phi in (ds.AnySigmoid(), wide, ds.AnySigmoid("psi"))]
    assert len({system.fingerprint for system in systems}) == 3
    assert systems[0] != systems[1]
    classes = [ds.motifs.ring(N) for N in ("N", "M")]
    assert len({ds.build_system(c, ds.LeakyRate(ds.Tanh())).fingerprint for c in classes}) == 2


def test_plastic_rules_count():
    network = ds.motifs.bidirectional(nodes=("a", "b"))
    rules = [ds.Hebbian("k"), ds.Hebbian("2*k"), ds.Hebbian("k", time_constant=2), ds.AntiHebbian("k"), ds.Static()]
    assert len({ds.build_system(network, synapse=rule).fingerprint for rule in rules}) == len(rules)


def test_written_equations_have_that_of_the_built_system():
    system = built(sparse(5))
    written = ds.system_from_equations(system.equations, dict.fromkeys(system.parameters) | {"g": 1}, name="mutant")
    assert written == system
    assert written.fingerprint == system.fingerprint


@pytest.mark.parametrize("size", [3, 40, 302])
@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_saved_and_loaded(tmp_path, size, suffix):
    system = built(sparse(size))
    loaded = ds.load_system(ds.save_system(system, tmp_path / f"model.{suffix}"))
    assert loaded.fingerprint == system.fingerprint
    assert ds.load_system("c_elegans").fingerprint == ds.load_system("c_elegans").fingerprint


def test_the_order_of_edges_is_no_content():
    network = ds.Network.from_matrix(sparse(302))
    turned = dataclasses.replace(network, edges=tuple(network.edges)[::-1])
    one, other = (ds.build_system(graph, ds.LeakyRate(ds.Tanh())) for graph in (network, turned))
    assert one.fingerprint == other.fingerprint
    assert one == other


def test_every_process_finds_the_same():
    code = (
        "import dynsym as ds; print(ds.load_system('c_elegans').fingerprint, ds.load_system('pyloric').fingerprint, "
        "ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(ds.AnySigmoid()), synapse=ds.Oja('k')).fingerprint)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""


def test_results_carry_it():
    system = ds.system_from_equations({"x": "mu*x - x^3"}, {"mu": 1})
    box = {"x": (-2, 2)}
    results = [
        ds.count_equilibria(system, box=box),
        ds.count_along(system, parameter="mu", span=(0.5, 1), points=2, box=box),
        ds.continue_equilibrium(system, start=0, parameter="mu", span=(-1, 1)),
        ds.bifurcation_diagram(system, parameter="mu", span=(-1, 1)),
        ds.simulate(system, {"x": 0.1}, span=(0, 1)),
        ds.analyze(system, parameter="mu", span=(-1, 1)),
    ]
    assert {result.provenance.inputs_hash for result in results} == {system.fingerprint}
    plane = ds.system_from_equations({"x": "mu*x - x^3", "y": "-y"}, {"mu": 1})
    maps = [ds.basins(plane, samples=9, points=5), ds.compute.phase_portrait(plane, {"x": (-2, 2), "y": (-1, 1)})]
    assert {result.provenance.inputs_hash for result in maps} == {plane.fingerprint}
    assert results[3].counts is None or results[3].counts.provenance.inputs_hash == system.fingerprint


@pytest.mark.parametrize(
    "ask", [ds.find_conditions, ds.hopf_condition, ds.fold_condition], ids=lambda verb: verb.__name__
)
def test_conditions_say_of_which_system_they_are(ask):
    one, other = (ds.system_from_equations({"x": f"m*x - {k}*x^3"}, ["m"]) for k in (1, 2))
    found = [ask(system, parameter="m").provenance.inputs_hash for system in (one, other, one)]
    assert found[0] == found[2] == one.fingerprint
    assert found[0] != found[1]
