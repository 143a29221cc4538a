"""Conditions at the origin of random networks and systems against eigenvalues and dense tensors."""

import itertools
import random

import numpy as np
import pytest

import dynsym as ds

from .critical_points import cubic, first_lyapunov, polynomial_tensors, quadratic, rate_tensors


def weights_of(seed, size, density=1.0):
    generator = np.random.default_rng(seed)
    weights = np.round(generator.standard_normal((size, size)), 3)
    return weights * (generator.random((size, size)) < density)


def crossings(weights):
    """Gains at which an eigenvalue of -1 + g W is zero, or a pair imaginary."""
    values = np.linalg.eigvals(weights)
    zero = sorted(1 / z.real for z in values if abs(z.imag) < 1e-9 and abs(z.real) > 1e-9)
    pairs = sorted(1 / z.real for z in values if z.imag > 1e-9)
    return {"pitchfork": zero, "hopf": pairs}


@pytest.mark.parametrize(
    ("seed", "size", "density"), [(0, 2, 1), (1, 3, 1), (2, 4, 1), (3, 5, 1), (4, 5, 0.5), (5, 6, 0.4), (6, 3, 0.6)]
)
def test_every_crossing_of_a_random_network_is_found_with_its_normal_form(seed, size, density):
    weights = weights_of(seed, size, density)
    system = ds.build_system(ds.Network.from_matrix(weights), gain="g")
    found = ds.find_conditions(system, parameter="g", at=0)
    for kind, values in crossings(weights).items():
        own = [c for c in found if c.kind == kind]
        assert [c.value for c in own] == pytest.approx(values, rel=1e-9)
        for condition in own:
            tensors = rate_tensors(weights, condition.value)
            expected = first_lyapunov(*tensors, float(condition.frequency)) if kind == "hopf" else cubic(*tensors)
            assert condition.coefficient_value == pytest.approx(expected, rel=1e-7)
            assert condition.criticality == ("supercritical" if expected < 0 else "subcritical")
            assert condition.verdict == "proved"
            assert float(condition.solution) == pytest.approx(condition.value, rel=1e-12)


def random_polynomial_system(seed):
    """x' = (A + p B) x + quadratic + cubic terms with small integers."""
    generator = random.Random(seed)
    size = 2 + seed % 2
    names = [f"x{i}" for i in range(size)]
    constant = [[generator.randint(-3, 3) for _ in names] for _ in names]
    slope = [[generator.randint(-2, 2) for _ in names] for _ in names]
    places = [
        *itertools.combinations_with_replacement(range(size), 2),
        *itertools.combinations_with_replacement(range(size), 3),
    ]
    terms = [{p: generator.randint(-2, 2) for p in places if generator.random() < 0.4} for _ in names]
    rates = {}
    for i, name in enumerate(names):
        parts = [f"({constant[i][j]} + ({slope[i][j]})*p)*{other}" for j, other in enumerate(names)]
        parts += [f"({c})*{'*'.join(names[k] for k in place)}" for place, c in terms[i].items()]
        rates[name] = " + ".join(parts)
    matrices = np.array(constant, float), np.array(slope, float)
    return ds.system_from_equations(rates, {"p": None}), matrices, polynomial_tensors(size, terms)


@pytest.mark.parametrize("seed", range(12))
def test_quadratic_terms_enter_the_normal_forms(seed):
    system, (constant, slope), (second, third) = random_polynomial_system(seed)
    for condition in ds.find_conditions(system, parameter="p", at=0):
        jacobian = constant + condition.value * slope
        if condition.kind == "hopf":
            expected = first_lyapunov(jacobian, second, third, float(condition.frequency))
        elif condition.kind == "transcritical":
            expected = quadratic(jacobian, second)
        elif condition.kind == "pitchfork":
            expected = cubic(jacobian, second, third)
        else:
            continue
        assert condition.coefficient_value == pytest.approx(expected, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_no_crossing_of_a_random_system_is_missed(seed):
    system, (constant, slope), _ = random_polynomial_system(seed)
    grid = np.linspace(-20, 20, 8001) + 1e-5 * np.pi
    determinants = np.linalg.det(constant[None] + grid[:, None, None] * slope[None])
    changes = np.nonzero(determinants[:-1] * determinants[1:] < 0)[0]
    found = [c.value for c in ds.find_conditions(system, parameter="p", at=0) if c.frequency is None]
    for k in changes:
        assert sum(grid[k] <= value <= grid[k + 1] for value in found) == 1


def test_relabelling_the_nodes_changes_nothing():
    weights = weights_of(7, 4)
    order = [2, 0, 3, 1]
    one, other = (
        ds.find_conditions(ds.build_system(ds.Network.from_matrix(w), gain="g"), parameter="g", at=0)
        for w in (weights, weights[np.ix_(order, order)])
    )
    assert [c.value for c in one] == pytest.approx([c.value for c in other], rel=1e-12)
    assert [c.coefficient_value for c in one] == pytest.approx([c.coefficient_value for c in other], rel=1e-12)


def test_an_undefined_activation_gives_the_criticality_of_every_sigmoid_at_once():
    weights = weights_of(0, 4)
    network = ds.Network.from_matrix(weights)
    universal = ds.build_system(network, node=ds.LeakyRate(ds.AnySigmoid()), gain="g")
    special = ds.build_system(network, gain="g")
    known = ds.find_conditions(special, parameter="g", at=0)
    for condition, tanh in zip(ds.find_conditions(universal, parameter="g", at=0), known, strict=True):
        put = _jets(condition, s1=1, s3=-2)
        assert float(condition.coefficient.subs(put)) == pytest.approx(_of_kind_at(known, condition, put), rel=1e-12)
        assert tanh.criticality in {"supercritical", "subcritical"}


def _jets(condition, **numbers):
    return {s: numbers[str(s)] for s in condition.coefficient.free_symbols if str(s) in numbers}


def _of_kind_at(known, condition, put):
    value = float(condition.solution.subs(put))
    return next(c.coefficient_value for c in known if c.kind == condition.kind and abs(c.value - value) < 1e-9)


def test_the_pyloric_circuit_has_two_pitchforks_at_positive_gain():
    system = ds.build_system(ds.load_network("pyloric"), gain="g")
    first, second = ds.find_conditions(system, parameter="g", at=0, span=(0, 3))
    assert (first.kind, str(first.solution), first.criticality) == ("pitchfork", "1", "supercritical")
    assert (second.kind, str(second.solution), second.criticality) == ("pitchfork", "1/2 + sqrt(5)/2", "supercritical")
    weights = ds.load_network("pyloric").weight_matrix()
    for condition in (first, second):
        expected = cubic(*rate_tensors(weights, condition.value))
        assert condition.coefficient_value == pytest.approx(expected, rel=1e-12)


def test_blocks_of_an_acyclic_network_are_separate():
    network = ds.Network.from_matrix(np.array([[2.0, 0.0], [1.0, 3.0]]))
    found = ds.find_conditions(ds.build_system(network, gain="g"), parameter="g", at=0)
    assert [str(c.solution) for c in found] == ["1/3", "1/2"]
    assert "strongly connected components: 2" in found[0].reductions


@pytest.mark.parametrize("gain", [1, 2])
def test_repeated_crossings_are_called_degenerate(gain):
    network = ds.motifs.complete(3, weight=gain)
    found = ds.find_conditions(ds.build_system(network, gain="g"), parameter="g", at=0)
    assert [(c.kind, str(c.solution * gain)) for c in found] == [("degenerate", "-1"), ("pitchfork", "1/2")]
    assert "multiplicity 2" in found[0].assumptions[0]
