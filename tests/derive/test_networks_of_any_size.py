"""Spectra of networks with symbolic sizes: against published formulas, and against the whole network in numbers."""

import random
from dataclasses import replace

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.derive.copies import whole_network as _copies_check
from dynsym.derive.copies.multiplicities import slopes_at
from dynsym.errors import BudgetExceeded, ClosedFormMismatch, NotAnEquilibrium

LAMBDA = sympy.Symbol("lambda")
AT = {"E": 0.3, "I": -0.4, "w_E_E": 0.2, "w_E_I": 0.5, "w_I_E": -0.3, "w_I_I": 0.7, "x": 0.6, "w_x_x": 0.25}


def rate(activation=None):
    return ds.LeakyRate(activation or ds.AnySigmoid())


def numbers(system, seed):
    generator = random.Random(seed)
    return {
        name: sympy.Rational(generator.randint(2, 30), 13)
        for name, symbol in system.parameters.items()
        if not symbol.is_integer
    }


def evaluated(spectrum, values):
    """The eigenvalues that a spectrum claims, as numbers: roots of each factor, as often as it says."""
    found = []
    for factor in spectrum.factors:
        parts = [factor.polynomial, sympy.Integer(1) * factor.multiplicity, *(count for _, count in factor.indices)]
        by_name = {s: sympy.Rational(values[s.name]) for part in parts for s in part.free_symbols if s.name in values}
        times = int(parts[1].subs(by_name))
        counts = [int(count.subs(by_name)) for _, count in factor.indices]
        for point in np.ndindex(*counts):
            at = by_name | {index: sympy.Integer(k) for (index, _), k in zip(factor.indices, point, strict=True)}
            polynomial = sympy.Poly(factor.polynomial.xreplace(at), spectrum.symbol)
            found += list(np.repeat(np.roots([complex(c) for c in polynomial.all_coeffs()]), times))
    return np.array(found)


def at_point(spectrum, system):
    point = {system[name]: sympy.Float(value) for name, value in AT.items() if name in system.state_names}
    return replace(spectrum, factors=[replace(f, polynomial=f.polynomial.xreplace(point)) for f in spectrum.factors])


def assert_same_spectrum(claimed, jacobian):
    """Compare the two characteristic polynomials at points: eigenvalues that meet are ill-conditioned."""
    assert len(claimed) == len(jacobian)
    for at in (0.3 + 0.7j, -0.4 + 1.3j, 1.9 - 0.2j):
        expected = np.linalg.det(at * np.eye(len(jacobian)) - jacobian)
        assert abs(np.prod(at - claimed) / expected - 1) < 1e-8


def jacobian_of(network, values, synapse=None, node=None, origin=False):
    """The Jacobian of the whole network at a state in which all copies agree."""
    whole = ds.build_system(network, node or rate(ds.Tanh()), synapse)
    known = {n: v for n, v in values.items() if n in whole.parameters}
    entries = ds.jacobian(whole, values=known)
    point = {s: sympy.Float(0 if origin else AT[class_of(s.name)]) for s in whole.states}
    numbers = np.zeros(entries.shape)
    for place, entry in entries.todok().items():
        numbers[place] = float(entry.xreplace(point))
    return numbers


def class_of(name):
    return "_".join(part.rstrip("0123456789") for part in name.split("_") if not part.isdigit())


@pytest.mark.parametrize("self_coupling", [True, False])
def test_blocks_with_symbolic_sizes(self_coupling):
    """reference/symbolic.json, ei_block_charpoly: J = -I + [[wee 11ᵀ, -wei 11ᵀ], [wie 11ᵀ, -wii 11ᵀ]]."""
    system = ds.build_system(ds.motifs.ei_blocks(self_coupling=self_coupling, tau_E=1, tau_I=1), rate(ds.Linear()))
    n_e, n_i, wee, wei, wie, wii = (system[n] for n in ("n_E", "n_I", "w_EE", "w_EI", "w_IE", "w_II"))
    x = LAMBDA
    if self_coupling:
        published = (x + 1) ** (n_e + n_i - 2) * ((x + 1 - n_e * wee) * (x + 1 + n_i * wii) + n_e * n_i * wei * wie)
    else:
        published = (
            (x + 1 + wee) ** (n_e - 1)
            * (x + 1 - wii) ** (n_i - 1)
            * ((x + 1 - (n_e - 1) * wee) * (x + 1 + (n_i - 1) * wii) + n_e * n_i * wei * wie)
        )
    found = ds.characteristic_polynomial(system, at=0)
    assert sympy.simplify(found / published) == 1
    given = {n_e: 4, n_i: 3, wee: 0.5, wei: 0.8, wie: 1.1, wii: 0.3, x: 0.37 + 0.9 * sympy.I}
    assert abs(complex((found / published).subs(given)) - 1) < 1e-12


@pytest.mark.parametrize("self_coupling", [True, False])
@pytest.mark.parametrize("synapse", [None, ds.Hebbian("k", time_constant="T"), ds.Oja("eta")])
def test_blocks_against_the_whole_network(self_coupling, synapse):
    system = ds.build_system(ds.motifs.ei_blocks(self_coupling=self_coupling), rate(ds.Tanh()), synapse)
    spectrum = at_point(ds.spectrum(system), system)
    for seed, (n_e, n_i) in enumerate([(3, 2), (1, 2)]):
        values = numbers(system, seed) | {"n_E": n_e, "n_I": n_i}
        jacobian = jacobian_of(ds.motifs.ei_blocks(n_e, n_i, self_coupling=self_coupling), values, synapse)
        assert_same_spectrum(evaluated(spectrum, values), jacobian)
        assert spectrum.dimension.subs({system["n_E"]: n_e, system["n_I"]: n_i}) == len(jacobian)


def test_all_to_all_plastic_network_of_any_size():
    """n neurons and n(n - 1) weights: n² eigenvalues, at every state in which all agree."""
    synapse = ds.Hebbian("k", time_constant="T")
    system = ds.build_system(ds.motifs.complete("n", weight="J"), rate(), synapse)
    spectrum = ds.spectrum(system)
    total = sum(f.multiplicity * sympy.degree(f.polynomial, LAMBDA) for f in spectrum.factors)
    assert sympy.expand(total) == sympy.expand(spectrum.dimension) == system["n"] ** 2
    tanh = system.with_activation(ds.Tanh())
    for n in (2, 4):
        values = numbers(system, n) | {"n": n}
        whole = jacobian_of(ds.motifs.complete(n, weight="J"), values, synapse)
        assert_same_spectrum(evaluated(at_point(ds.spectrum(tanh), tanh), values), whole)


def test_the_origin_of_the_plastic_network():
    system = ds.build_system(ds.motifs.complete("n", weight="J"), rate(), ds.Hebbian("k", time_constant="T"))
    n, J, s1 = system["n"], system["J"], Slope("phi", 1)
    expected = {(n - 1) * J * s1 - 1: 1, -J * s1 - 1: n - 1, -1 / system["T"]: n * (n - 1)}
    found = ds.spectrum(system, at=0).eigenvalues
    assert {sympy.expand(value): sympy.expand(times) for value, times in found.items()} == {
        sympy.expand(value): sympy.expand(times) for value, times in expected.items()
    }


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("synapse", [None, ds.SynapseRule("-w*T + k*post*(pre - post)*pre")])
def test_rings_of_any_size(both_ways, synapse):
    system = ds.build_system(ds.motifs.ring("N", both_ways=both_ways), rate(ds.Tanh()), synapse)
    spectrum = at_point(ds.spectrum(system), system)
    for size in (3, 6):
        values = numbers(system, size) | {"N": size}
        whole = jacobian_of(ds.motifs.ring(size, both_ways=both_ways), values, synapse)
        assert_same_spectrum(evaluated(spectrum, values), whole)


def test_tori_and_cells_of_several_nodes():
    torus = ds.build_system(ds.motifs.torus("N", "M", both_ways=False), rate(ds.Tanh()))
    values = {"w": sympy.Rational(7, 5), "N": 3, "M": 4}
    whole = jacobian_of(ds.motifs.torus(3, 4, both_ways=False), values, origin=True)
    assert_same_spectrum(evaluated(ds.spectrum(torus, at=0), values), whole)
    cell = ds.network.PeriodicNetwork(
        [ds.Node("e", time_constant="tau"), "i"],
        [ds.Edge("e", "i", "a"), ds.Edge("i", "e", "-b"), ds.Edge("e", "e", "w")],
        sizes=("N",),
        shifts={("e", "e"): (1, -1, 2), ("i", "e"): (0, 1)},
    )
    system = ds.build_system(cell, rate(ds.Tanh()))
    values = numbers(system, 1) | {"N": 5}
    whole = jacobian_of(cell.with_sizes(N=5), values, origin=True)
    assert_same_spectrum(evaluated(ds.spectrum(system, at=0), values), whole)


def test_stars_and_further_node_states():
    star = ds.build_system(ds.motifs.star("n"), rate(ds.Tanh()))
    values = {"w": sympy.Rational(3, 7), "n": 6}
    whole = jacobian_of(ds.motifs.star(6), values, origin=True)
    assert_same_spectrum(evaluated(ds.spectrum(star, at=0), values), whole)
    adaptive = ds.NodeRule(states={"x": "-x + input - g*a", "a": "(x - a)/T"}, output="tanh(x)")
    few = ds.build_system(ds.motifs.complete("n"), adaptive, ds.Hebbian("k"))
    values = numbers(few, 2) | {"n": 4}
    whole = jacobian_of(ds.motifs.complete(4), values, ds.Hebbian("k"), adaptive, origin=True)
    assert_same_spectrum(evaluated(ds.spectrum(few, at=0), values), whole)


def test_sizes_may_be_numbers_or_values():
    system = ds.build_system(ds.motifs.ei_blocks(80, "n_I"), rate(ds.Tanh()), values={"n_I": 20})
    assert ds.spectrum(system, at=0).dimension == 100
    assert {f.multiplicity for f in ds.spectrum(system, at=0).factors} == {1, 79, 19}
    assert str(ds.spectrum(system, at=0, free=["n_I"]).dimension) == "n_I + 80"


def test_what_is_said_of_it():
    ring = ds.build_system(ds.motifs.ring("N", both_ways=True), rate())
    spectrum = ds.spectrum(ring, at=0)
    assert any("Fourier" in said for said in spectrum.reductions)
    assert any("sizes large enough" in said for said in spectrum.assumptions)
    assert spectrum.cost["comparisons"] == 3
    assert spectrum.to_json()["factors"][0]["indices"] == {"j": "0 <= j < N"}
    assert "prod" in spectrum._repr_latex_()
    with pytest.raises(NotAnEquilibrium):
        ds.spectrum(ring, at={"x": 1})
    with pytest.raises(BudgetExceeded):
        ds.spectrum(ring, at=0, budget=ds.Budget(seconds=1e-9))


def test_names_of_wave_numbers_are_free():
    system = ds.build_system(ds.motifs.ring("j", weight="k"), rate())
    (factor,) = ds.spectrum(system, at=0).factors
    assert [str(index) for index, _ in factor.indices] == ["l"]


@pytest.mark.parametrize("fault", ["multiplicity", "sign", "transfer"])
def test_a_wrong_closed_form_is_not_returned(fault):
    """Plant a fault in the spectrum of a plastic network; the comparison with the whole network finds it."""
    system = ds.build_system(ds.motifs.complete("n"), rate(), ds.Hebbian("k"))
    slopes = slopes_at(system, None, {})
    product = [(f.polynomial, sympy.Integer(1) * f.multiplicity, f.indices) for f in ds.spectrum(system).factors]
    assert _copies_check.check_spectrum(system.classes, slopes, product, LAMBDA) == 3
    polynomial, times, indices = product[1]
    product[1] = {
        "multiplicity": (polynomial, times + 1, indices),
        "sign": (polynomial.subs(system["k"], -system["k"]), times, indices),
        "transfer": (polynomial.subs(system["n"], system["n"] + 1), times, indices),
    }[fault]
    with pytest.raises(ClosedFormMismatch, match="whole network"):
        _copies_check.check_spectrum(system.classes, slopes, product, LAMBDA)


def test_at_a_driven_equilibrium_without_a_formula():
    """x = b + (n - 1) k φ(x)³: the weights are put in, and the spectrum is in φ(x) and φ'(x)."""
    system = ds.build_system(ds.motifs.complete("n", weight=0, bias="b"), rate(), ds.Hebbian("k"))
    point = ds.derive.symmetric_equilibrium(system)
    (constraint,) = point.constraints
    assert constraint.free_symbols >= {system["b"], system["k"], system["n"]}
    spectrum = ds.spectrum(system, at=point)
    assert spectrum.cost["comparisons"] == 3
    assert not any(s.name == "w_x_x" for f in spectrum.factors for s in f.polynomial.free_symbols)
