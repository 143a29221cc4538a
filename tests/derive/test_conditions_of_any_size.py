"""Bifurcations of networks with symbolic sizes, against the same networks with sizes as numbers."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.derive.copies import conditions as _copies_conditions
from dynsym.derive.copies import crossing_check as _copies_crossing_check
from dynsym.errors import ParameterError

ANY = ds.LeakyRate(ds.AnySigmoid())
TANH = ds.LeakyRate(ds.Tanh())


def system_of(network, *, node=ANY, **options):
    return ds.build_system(network, node, **options)


def eigenvalues(network, values, point, synapse=None):
    whole = ds.build_system(network, TANH, synapse)
    known = {name: value for name, value in values.items() if name in whole.parameters}
    put = {s: sympy.Float(point(s.name)) for s in whole.states}
    entries = ds.jacobian(whole, values=known)
    numbers = np.zeros(entries.shape)
    for place, entry in entries.todok().items():
        numbers[place] = float(entry.xreplace(put))
    return np.linalg.eigvals(numbers)


@pytest.mark.parametrize("size", [3, 5, 7, 9])
def test_an_inhibitory_ring_of_odd_size_oscillates(size):
    """The first crossing as w falls below 0 is that of wave number (N - 1)/2, at w = -1/(s1 cos(π/N))."""
    (hopf,) = ds.hopf_condition(system_of(ds.motifs.ring("N")), parameter="w", at=0)
    first = hopf.with_values(N=size, j=(size - 1) // 2)
    s1, s3 = Slope("phi", 1), Slope("phi", 3)
    assert abs((first.solution + 1 / (s1 * sympy.cos(sympy.pi / size))).evalf(subs={s1: 1})) < 1e-12
    assert abs(first.frequency.evalf() - sympy.tan(sympy.pi / size).evalf()) < 1e-12
    if size <= 5:
        found = ds.hopf_condition(system_of(ds.motifs.ring(size), node=TANH), parameter="w", at=0, span=(-2.1, 0))
        explicit = max(found, key=lambda condition: condition.value)
        put = {s1: 1, s3: -2}
        assert abs(explicit.value - float(first.solution.subs(put))) < 1e-9
        assert abs(explicit.coefficient_value - float(first.coefficient.subs(put))) < 1e-9
        assert explicit.criticality == hopf.with_activation(ds.Tanh()).with_values(N=size, j=1).criticality


def test_every_wave_of_a_ring_crosses_where_it_is_said():
    (hopf,) = ds.hopf_condition(system_of(ds.motifs.ring("N"), node=TANH), parameter="w", at=0)
    assert {"0 <= j < N", "j not 0"} <= set(hopf.assumptions)
    for size, index in [(5, 1), (5, 2), (7, 3), (12, 1)]:
        here = hopf.with_values(N=size, j=index)
        found = eigenvalues(ds.motifs.ring(size), {"w": here.solution.evalf()}, lambda name: 0)
        assert np.min(abs(found - 1j * float(here.frequency))) < 1e-10
    # A wave number without a frequency is no Hopf point, and it is said so.
    assert hopf.with_values(N=4, j=2).verdict == "vacuous"


def test_even_rings_have_an_alternating_mode():
    found = ds.find_conditions(system_of(ds.motifs.ring("N")), parameter="w", at=0)
    (alternating,) = [c for c in found if c.kind == "symmetry_breaking"]
    assert str(alternating.solution) == "-1/s1"
    assert any("even" in said for said in alternating.assumptions)
    assert alternating.multiplicity == 1
    found = eigenvalues(ds.motifs.ring(6), {"w": -1}, lambda name: 0)
    assert sum(abs(found) < 1e-10) == 1


def test_two_way_rings_break_their_symmetry_twice_at_once():
    found = ds.find_conditions(system_of(ds.motifs.ring("N", both_ways=True), node=TANH), parameter="w", at=0)
    (waves,) = [c for c in found if c.kind == "symmetry_breaking"]
    assert waves.multiplicity == 2
    assert waves.criticality is None
    for size, index in [(5, 1), (7, 3), (8, 1)]:
        w = waves.with_values(N=size, j=index).solution.evalf()
        values = eigenvalues(ds.motifs.ring(size, both_ways=True), {"w": w}, lambda name: 0)
        assert sum(abs(values) < 1e-8) == 2


def test_blocks_the_inhibitory_neurons_of_which_split():
    found = ds.find_conditions(system_of(ds.motifs.ei_blocks(self_coupling=False), node=TANH), parameter="w_II", at=0)
    (split,) = [c for c in found if c.kind == "symmetry_breaking"]
    assert str(split.multiplicity) == "n_I - 1"
    assert split.reductions == ("differences among I",)
    values = {"w_EE": 0.5, "w_EI": 0.8, "w_IE": 1.1, "w_II": float(split.solution), "tau_E": 1.5, "tau_I": 0.7}
    at = eigenvalues(ds.motifs.ei_blocks(3, 4, self_coupling=False), values, lambda name: 0)
    assert sum(abs(at) < 1e-9) == 3
    assert split.with_values(n_I=4).multiplicity == 3
    # The excitatory ones would split at a negative magnitude: no condition.
    among = ds.find_conditions(system_of(ds.motifs.ei_blocks(self_coupling=False), node=TANH), parameter="w_EE", at=0)
    assert {c.kind for c in among} == {"pitchfork", "hopf"}


def test_the_agreeing_copies_follow_the_network_with_numbers():
    """The Hopf point of n_E + n_I neurons: where it is, and the sign of l1, as for the whole network."""
    few = system_of(ds.motifs.ei_blocks(), node=TANH)
    (hopf,) = ds.hopf_condition(few, parameter="w_EE", at=0)
    assert "one copy of each node" in hopf.normalisation
    assert hopf.reductions[0] == "all copies agree"
    values = {"w_EI": "8/5", "w_IE": "21/10", "w_II": "3/10", "tau_E": "3/2", "tau_I": "7/10"}
    here = hopf.with_values(n_E=2, n_I=2, **values)
    whole = system_of(ds.motifs.ei_blocks(2, 2), node=TANH, values=values)
    (explicit,) = ds.hopf_condition(whole, parameter="w_EE", at=0)
    assert abs(here.value - explicit.value) < 1e-12
    assert abs(float(here.frequency) - float(explicit.frequency)) < 1e-12
    assert here.criticality == explicit.criticality
    # Two copies of each: the squared length of the whole critical vector is twice that of one copy of each.
    assert abs(here.coefficient_value - 2 * explicit.coefficient_value) < 1e-12


def critical_in_numbers(condition, size, x):
    """k, b, the frequency and the speed of the eigenvalue that a condition claims at the equilibrium x, for tanh."""
    by_name = {"x": sympy.Float(x), "n": sympy.Integer(size)}

    def number(expression, **further):
        known = by_name | further
        return expression.xreplace({s: known[s.name] for s in expression.free_symbols if s.name in known}).evalf()

    k = number(condition.solution)
    drive = next(c for c in condition.constraints if any(s.name == "k" for s in getattr(c, "free_symbols", ())))
    b = next(s for s in drive.free_symbols if s.name == "b")
    (at,) = sympy.solve(number(drive, k=k), b)
    frequency = 0 if condition.frequency is None else number(condition.frequency)
    return float(k), float(at), complex(frequency), float(number(condition.transversality, k=k, b=at))


def nearest(size, k, b, start, target):
    """The eigenvalues near a target at the symmetric equilibrium that solves x = b + (n - 1) k tanh(x)³."""
    x = float(sympy.nsolve(X - b - (size - 1) * k * sympy.tanh(X) ** 3, start, prec=30))
    values = {"k": k, "b": b}
    found = eigenvalues(
        ds.motifs.complete(size, weight=0, bias="b"),
        values,
        lambda name: k * np.tanh(x) ** 2 if name.startswith("w") else x,
        ds.Hebbian("k"),
    )
    return found[np.argsort(abs(found - target))]


X = sympy.Symbol("x", real=True)


@pytest.mark.parametrize(("kind", "sizes"), [("symmetry_breaking", (2, 4)), ("symmetry_breaking_hopf", (3,))])
def test_plastic_networks_split_at_their_symmetric_equilibrium(kind, sizes):
    """Drive b, Hebbian weights: n - 1 eigenvalues cross together, at the speed that is claimed."""
    network = ds.motifs.complete("n", weight=0, bias="b")
    found = ds.find_conditions(system_of(network, synapse=ds.Hebbian("k"), node=TANH), parameter="k")
    (condition,) = [c for c in found if c.kind == kind and c.at["x"] != 0]
    for size in sizes:
        k, b, frequency, speed = critical_in_numbers(condition, size, 0.5)
        target, step = 1j * frequency.real, 1e-5
        at = nearest(size, k, b, 0.5, target)
        assert sum(abs(at - target) < 1e-5) == size - 1
        moved = [nearest(size, k + h, b, 0.5, target)[0].real for h in (step, -step)]
        assert abs((moved[0] - moved[1]) / (2 * step) - speed) < 1e-3 * (1 + abs(speed))


def test_what_is_not_examined_is_said():
    cell = ds.network.PeriodicNetwork(
        ["e", "i"],
        [ds.Edge("e", "i", "a"), ds.Edge("i", "e", "-b"), ds.Edge("e", "e", "w")],
        sizes=("N",),
        shifts={("e", "e"): (1,)},
    )
    found = ds.find_conditions(system_of(cell), parameter="w", at=0)
    assert found
    assert any("travel" in cell.reason for cell in found.open)
    assert not found.complete
    with pytest.raises(ParameterError, match="does not occur"):
        ds.find_conditions(system_of(ds.motifs.ring("N")), parameter="N", at=0)


def test_conditions_say_what_they_cost():
    found = ds.find_conditions(system_of(ds.motifs.ei_pair()), parameter="w_EE", at=0)
    assert found.cost["terms"] > 4
    assert found.cost["seconds"] >= 0
    assert found.of_kind("hopf").cost == found.cost


def test_sizes_are_parameters_too():
    """Where the number of neurons itself is what destabilises: n = 1 + 1/(s1 w)."""
    found = ds.find_conditions(system_of(ds.motifs.complete("n")), parameter="n", at=0)
    assert [str(c.solution) for c in found] == ["1 + 1/(s1*w)"]
    numbers = ds.build_system(ds.motifs.complete("n"), TANH, values={"n": 5})
    assert {
        (c.kind, str(c.solution), str(c.multiplicity)) for c in ds.find_conditions(numbers, parameter="w", at=0)
    } == {
        ("pitchfork", "1/4", "1"),
        ("symmetry_breaking", "-1", "4"),
    }


@pytest.mark.parametrize("fault", ["place", "multiplicity", "coefficient"])
def test_a_wrong_crossing_is_not_returned(monkeypatch, fault):
    """Plant a fault in what is compared with the whole network."""
    from dataclasses import replace

    honest = _copies_crossing_check.check_crossing

    def faulty(problem, slopes, condition, *arguments, **options):
        changed = {
            "place": replace(condition, solution=condition.solution * 2),
            "multiplicity": replace(condition, multiplicity=condition.multiplicity + 1),
            "coefficient": replace(condition, coefficient=(condition.coefficient or sympy.S.Zero) * 2 + 1),
        }[fault]
        return honest(problem, slopes, changed, *arguments, **options)

    right = ds.find_conditions(system_of(ds.motifs.ring("N")), parameter="w", at=0)
    monkeypatch.setattr(_copies_conditions, "check_crossing", faulty)
    found = ds.find_conditions(system_of(ds.motifs.ring("N")), parameter="w", at=0)
    assert not found.complete
    assert set(found) < set(right)


def test_many_copies_make_a_steep_field_and_are_checked_all_the_same():
    """The input of a Wilson-Cowan node is inside its activation: slopes grow with the number of copies."""
    blocks = ds.build_system(ds.motifs.ei_blocks(self_coupling=False), ds.WilsonCowan())
    (pitchfork,) = ds.pitchfork_condition(blocks, parameter="w_IE", at=0)
    assert pitchfork.verdict == "proved"
    few = system_of(ds.motifs.ei_blocks(), node=TANH, values={"w_EI": 0.04, "w_IE": 0.04, "w_II": 0.01, "n_I": 20})
    (hopf,) = ds.hopf_condition(few.with_values(tau_E=1, tau_I=1), parameter="w_EE", at=0)
    assert hopf.verdict == "proved"
    assert hopf.with_values(n_E=80).value == pytest.approx(0.0275)
