"""Isotypic blocks and axial branches against known representations, eigenvalues and equilibria counted otherwise."""

import numpy as np
import pytest
import sympy
from sympy import Rational, cos, pi

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.derive.symmetry import blocks as symmetric_blocks
from dynsym.errors import ClosedFormMismatch, LimitError, ModelNameError, NotAnEquilibrium, ParameterError

M = ds.motifs
ANY = ds.LeakyRate(ds.AnySigmoid())
UNEVEN = ds.LeakyRate(ds.Polynomial("x + x^2 - x^3"))
K22 = ds.Network.from_matrix(
    [[0, 0, "w", "w"], [0, 0, "w", "w"], ["w", "w", 0, 0], ["w", "w", 0, 0]], ["a", "b", "c", "d"]
)


def shape(blocks):
    return sorted((block.dimension, block.copies, block.kind) for block in blocks)


def numeric_eigenvalues(system, values):
    f = ds.compile_system(system)
    zero = np.zeros(f.dimension)
    return np.linalg.eigvals(f.jacobian(zero, f.parameter_vector(values)))


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (M.complete(3), [(1, 1, "real"), (2, 1, "real")]),
        (M.complete(4), [(1, 1, "real"), (3, 1, "real")]),
        (M.ring(5), [(1, 1, "real"), (2, 1, "complex"), (2, 1, "complex")]),
        (M.ring(6, both_ways=True), [(1, 1, "real"), (1, 1, "real"), (2, 1, "real"), (2, 1, "real")]),
        (K22, [(1, 1, "real"), (1, 1, "real"), (2, 1, "real")]),
        (M.barbell(3), [(1, 2, "real"), (1, 2, "real"), (2, 1, "real")]),
        (M.star(5), [(1, 2, "real"), (3, 1, "real")]),
    ],
)
def test_known_decompositions_and_their_eigenvalues(network, expected):
    system = ds.build_system(network, node=ds.LeakyRate(ds.Linear()))
    blocks = ds.derive.isotypic_blocks(system, at=0)
    assert shape(blocks) == expected
    assert blocks.eigenvalue_count == network.size
    found = []
    for block in blocks:
        matrix = np.array(block.matrix.subs({system["w"]: Rational(3, 7)}).evalf(20).tolist(), complex)
        found += np.repeat(np.linalg.eigvals(matrix), block.repetition).tolist()
    wanted = numeric_eigenvalues(system, {"w": 3 / 7})
    assert np.sort_complex(np.round(found, 9)) == pytest.approx(np.sort_complex(np.round(wanted, 9)))


@pytest.mark.parametrize("size", [5, 7, 8])
def test_rings_become_critical_at_cosines(size):
    system = ds.build_system(M.ring(size, both_ways=True), node=ANY)
    found = sorted(
        float(x.solution.subs(dict.fromkeys(x.solution.free_symbols, 1)))
        for x in ds.derive.isotypic_blocks(system, at=0).bifurcations(parameter="w")
    )
    harmonics = [2 * float(cos(2 * pi * k / size)) for k in range(size // 2 + 1)]
    assert found == pytest.approx(sorted(1 / c for c in harmonics if abs(c) > 1e-9))


def test_one_way_rings_oscillate():
    system = ds.build_system(M.ring(5), node=ds.LeakyRate(ds.Tanh()))
    found = {
        (x.kind, round(float(x.solution), 9))
        for x in ds.derive.isotypic_blocks(system, at=0).bifurcations(parameter="w")
    }
    expected = {("steady state", 1.0)}
    expected |= {("oscillation", round(float(1 / cos(2 * pi * k / 5)), 9)) for k in (1, 2)}
    assert found == expected
    for kind, w in found:
        critical = numeric_eigenvalues(system, {"w": w})
        assert abs(critical.real).min() < 1e-8
        assert kind == "steady state" or abs(critical[np.argmin(abs(critical.real))].imag) > 0.1


def test_an_oscillation_of_a_block_of_three_copies_and_no_neutral_saddle():
    """Characteristic polynomial (λ + 1)³ + a b c: a pair of frequency sqrt(3) at a b c = 8."""
    loop = ds.build_system(ds.Network.from_matrix([[0, 0, "-c"], ["a", 0, 0], [0, "b", 0]]))
    (block,) = ds.derive.isotypic_blocks(loop, values={"a": 1, "b": 2}, at=0)
    assert block.copies == 3
    found = {(x.kind, x.solution) for x in block.bifurcations(parameter=loop["c"])}
    assert found == {("steady state", Rational(-1, 2)), ("oscillation", 4)}
    saddle = ds.system_from_equations({"x": "a*x + 2*y", "y": "2*x - y", "z": "-3*z + x"}, parameters=["a"])
    (block,) = ds.derive.isotypic_blocks(saddle, at=0)
    kinds = [(x.kind, x.solution) for x in block.bifurcations(parameter=saddle["a"])]
    assert ("steady state", -4) in kinds
    for kind, value in kinds:
        eigenvalues = np.linalg.eigvals(np.array([[float(value), 2, 0], [2, -1, 0], [1, 0, -3]]))
        nearest = eigenvalues[np.argmin(abs(eigenvalues.real))]
        assert abs(nearest.real) < 1e-9
        assert (abs(nearest.imag) > 1e-9) == (kind == "oscillation")


def test_blocks_at_a_symmetric_equilibrium_of_an_undefined_activation():
    system = ds.build_system(M.complete(3, bias="b"), node=ANY)
    at = ds.derive.symmetric_equilibrium(system)
    blocks = ds.derive.isotypic_blocks(system, at=at)
    assert shape(blocks) == [(1, 1, "real"), (2, 1, "real")]
    (slope,) = [f for f in blocks["dimension 2"].matrix.atoms(sympy.Function) if "'" in str(f)]
    assert sympy.expand(blocks["dimension 2"].matrix[0, 0] + 1 + system["w"] * slope) == 0


def test_the_quaternion_group_has_a_block_of_quaternionic_type():
    """Left multiplications act on the Cayley digraph of the group of order eight."""
    names = ["1", "i", "j", "k"]
    table = {("1", x): (1, x) for x in names} | {(x, "1"): (1, x) for x in names}
    table |= {(x, x): (-1, "1") for x in "ijk"}
    table |= {("i", "j"): (1, "k"), ("j", "k"): (1, "i"), ("k", "i"): (1, "j")}
    table |= {("j", "i"): (-1, "k"), ("k", "j"): (-1, "i"), ("i", "k"): (-1, "j")}
    elements = [(sign, x) for sign in (1, -1) for x in names]
    label = {e: f"{'p' if e[0] == 1 else 'm'}{e[1]}" for e in elements}
    edges = []
    for sign, x in elements:
        for generator, weight in (("i", "u"), ("j", "v")):
            turned, y = table[x, generator]
            edges.append(ds.Edge(label[sign, x], label[sign * turned, y], weight))
    network = ds.Network([label[e] for e in elements], edges)
    blocks = ds.derive.isotypic_blocks(ds.build_system(network, node=UNEVEN), at=0)
    assert blocks.order == 8
    assert shape(blocks) == [(1, 1, "real")] * 4 + [(4, 1, "quaternionic")]
    with pytest.raises(ParameterError, match="quaternionic type"):
        ds.derive.axial_branches(ds.build_system(network, node=UNEVEN), "dimension 4", at=0)


def test_plastic_weights_are_permuted_with_their_nodes():
    system = ds.build_system(M.complete(3), node=ANY, synapse=ds.Hebbian("k"))
    blocks = ds.derive.isotypic_blocks(system, at=0)
    assert blocks.eigenvalue_count == 9
    assert blocks["dimension 2, odd"].bifurcations(parameter=system["w"])[0].solution == -1 / Slope("phi", 1)
    (sub,) = [
        b for b in ds.derive.axial_branches(system, "dimension 2, odd", at=0) if b.relations.get("x2") == system["x1"]
    ]
    assert sub.relations["w_x3_x2"] == system["w_x3_x1"]
    assert sub.system.dimension == 5


def test_the_point_breaks_symmetries_too():
    system = ds.build_system(M.complete(3), node=ds.LeakyRate(ds.Polynomial("x - x^3")), values={"w": 1})
    away = ds.derive.isotypic_blocks(system, at={name: sympy.sqrt(Rational(1, 2)) for name in ("x1", "x2", "x3")})
    assert ds.derive.isotypic_blocks(system, at=0).order == 12
    assert away.order == 6
    with pytest.raises(NotAnEquilibrium):
        ds.derive.isotypic_blocks(system, at={"x1": 2})


def test_equations_without_a_network():
    rates = {"x": "a*x - x^3 + b*(y + z)", "y": "a*y - y^3 + b*(z + x)", "z": "a*z - z^3 + b*(x + y)"}
    system = ds.system_from_equations(rates, parameters=["a", "b"])
    blocks = ds.derive.isotypic_blocks(system, at=0)
    assert shape(blocks) == [(1, 1, "real"), (2, 1, "real")]
    assert blocks["dimension 2, odd"].bifurcations(parameter=system["a"])[0].solution == system["b"]


# ---- axial branches


@pytest.mark.parametrize(
    ("network", "node", "block", "expected"),
    [  # Golubitsky, Stewart, Schaeffer II: XIII.5 for dihedral groups; partitions into two blocks for S_N
        (M.complete(3), UNEVEN, "dimension 2", [("transcritical", 3)]),
        (M.complete(4), UNEVEN, "dimension 3", [("pitchfork", 3), ("transcritical", 4)]),
        (M.complete(5), UNEVEN, "dimension 4", [("transcritical", 5), ("transcritical", 10)]),
        (M.ring(5, both_ways=True), UNEVEN, "dimension 2 (1)", [("transcritical", 5)]),
        (M.ring(8, both_ways=True), UNEVEN, "dimension 2 (1)", [("pitchfork", 4), ("pitchfork", 4)]),
        (K22, UNEVEN, "dimension 2", [("pitchfork", 2), ("pitchfork", 2)]),
        (M.complete(3), ANY, "dimension 2, odd", [("pitchfork", 3), ("pitchfork", 3)]),
        (M.complete(4), ANY, "dimension 3, odd", [("pitchfork", 3), ("pitchfork", 4), ("pitchfork", 6)]),
        (M.barbell(3), ANY, "dimension 1, odd", [("pitchfork", 1)]),
    ],
)
def test_known_axial_subgroups(network, node, block, expected):
    found = ds.derive.axial_branches(ds.build_system(network, node=node), block, at=0)
    assert sorted((branch.kind, branch.conjugates) for branch in found) == expected


@pytest.mark.parametrize(("size", "w"), [(3, -1.2), (4, -1.1)])
def test_the_branches_are_all_small_equilibria_of_complete_graphs(size, w):
    """tanh with a negative weight just beyond -1: every equilibrium but the origin lies on an axial branch."""
    system = ds.build_system(M.complete(size))
    (critical,) = [
        x for x in ds.derive.isotypic_blocks(system, at=0).bifurcations(parameter="w") if "dimension" in x.block
    ]
    assert critical.solution == -1
    branches = ds.derive.axial_branches(system, critical.block, at=0)
    count = ds.count_equilibria(system, values={"w": w})
    assert count.status == "proved"
    assert count.count == 1 + 2 * sum(branch.conjugates for branch in branches)
    states = {tuple(sorted(round(abs(v), 6) for v in e.state.values())) for e in count.equilibria}
    seen = {(0.0,) * size}
    for branch in branches:
        inside = ds.count_equilibria(branch.system, values={"w": w})
        seen |= {_sizes(branch, e.state, system) for e in inside.equilibria}
    assert seen == states


def _sizes(branch, state, system):
    """Absolute values of all states at an equilibrium of a branch, ascending."""
    put = {system[name]: value for name, value in state.items()}
    relations = [branch.relations.get(name, system[name]) for name in system.state_names]
    return tuple(sorted(round(abs(float(relation.subs(put))), 6) for relation in relations))


def test_blocks_that_cannot_break_symmetry_are_refused():
    system = ds.build_system(M.complete(3), node=UNEVEN)
    with pytest.raises(ParameterError, match="trivial"):
        ds.derive.axial_branches(system, "trivial", at=0)
    with pytest.raises(ModelNameError, match="No block"):
        ds.derive.axial_branches(system, "dimension 7", at=0)
    with pytest.raises(ParameterError, match="complex type"):
        ds.derive.axial_branches(ds.build_system(M.ring(5), node=UNEVEN), "dimension 2 (1)", at=0)
    with pytest.raises(LimitError, match="elements"):
        ds.derive.isotypic_blocks(ds.build_system(M.complete(8)), at=0)


def test_a_jacobian_without_the_symmetry_is_caught(monkeypatch):
    right = symmetric_blocks.jacobian_at

    def wrong(*arguments):
        entries = dict(right(*arguments))
        entries[0, 1] = 2 * entries[0, 1]
        return entries

    monkeypatch.setattr(symmetric_blocks, "jacobian_at", wrong)
    with pytest.raises(ClosedFormMismatch, match="isotypic"):
        ds.derive.isotypic_blocks(ds.build_system(M.complete(3)), at=0)


def test_a_wrong_repetition_is_caught(monkeypatch):
    right = symmetric_blocks.best_slice

    def wrong(group, component):
        cut = right(group, component)
        return type(cut)(np.array([0]), cut.dimension)

    monkeypatch.setattr(symmetric_blocks, "best_slice", wrong)
    with pytest.raises(ClosedFormMismatch):
        ds.derive.isotypic_blocks(ds.build_system(M.complete(3)), at=0)
