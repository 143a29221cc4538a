"""Reductions of determinants: each against a determinant of numbers, and what is said of it."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.derive.linearisation import factor_check as _factor_check
from dynsym.derive.linearisation import spectra
from dynsym.errors import BudgetExceeded, ClosedFormMismatch, ParameterError

LAMBDA = sympy.Symbol("lambda")
ANY = ds.LeakyRate(ds.AnySigmoid())
BCM = ds.SynapseRule("k*pre*(post^2 - theta*post) - g*w*post")


def assert_whole(system, spectrum, seed=0):
    """The product of the factors is det(λ - J) at random numbers."""
    matrix = ds.jacobian(system)
    entries = matrix.todok()
    atoms = set().union(*(e.free_symbols | e.atoms(sympy.Function) for e in entries.values()))
    rng = np.random.default_rng(seed)
    values = {atom: sympy.Float(rng.uniform(0.5, 2)) for atom in sorted(atoms, key=str)}
    numbers = np.zeros(matrix.shape)
    for place, entry in entries.items():
        numbers[place] = float(entry.xreplace(values))
    roots = []
    for factor in spectrum.factors:
        polynomial = sympy.Poly(factor.polynomial.xreplace(values), LAMBDA)
        roots += list(np.roots([float(c) for c in polynomial.all_coeffs()])) * factor.multiplicity
    assert len(roots) == system.dimension
    for at in (0.3 + 0.7j, -0.4 + 1.3j):
        expected = np.linalg.det(at * np.eye(len(numbers)) - numbers)
        assert abs(np.prod(at - np.array(roots)) / expected - 1) < 1e-6


@pytest.mark.parametrize(
    ("network", "synapse", "kept"),
    [
        (ds.motifs.complete(3), ds.Hebbian("k", time_constant="T"), 3),
        (ds.motifs.ring(4), ds.Oja("eta"), 4),
        (ds.motifs.chain(3, both_ways=True), ds.Hebbian("k"), 3),
        (ds.motifs.star(4), ds.AntiHebbian("k"), 4),
    ],
)
def test_plastic_weights_leave_a_matrix_of_neurons(network, synapse, kept):
    system = ds.build_system(network, ANY, synapse)
    spectrum = ds.spectrum(system)
    assert any(f"leave a matrix of {kept}" in said for said in spectrum.reductions)
    assert spectrum.cost["comparisons"] == 3
    assert_whole(system, spectrum)


def test_a_rule_without_a_common_decay_is_right_too():
    system = ds.build_system(ds.motifs.chain(3, both_ways=True), ANY, BCM)
    assert_whole(system, ds.spectrum(system))


def test_classes_of_a_written_out_network():
    system = ds.build_system(ds.motifs.ei_blocks(20, 12), ANY)
    spectrum = ds.spectrum(system, at=0)
    assert "twin classes: 32 rows in 2 classes" in spectrum.reductions
    assert sorted(f.multiplicity for f in spectrum.factors) == [1, 11, 19]
    few = ds.spectrum(ds.build_system(ds.motifs.ei_blocks(), ANY, values={"n_E": 20, "n_I": 12}), at=0)
    at = {s: sympy.Rational(k + 2, 7) for k, s in enumerate(sorted(system.parameters.values(), key=str))}
    at |= {LAMBDA: sympy.Rational(3, 5), Slope("phi", 1): sympy.Rational(2, 3)}
    values = [
        sympy.Mul(*((f.polynomial / sympy.LC(f.polynomial, LAMBDA)) ** f.multiplicity for f in s.factors)).subs(at)
        for s in (spectrum, few)
    ]
    assert sympy.simplify(values[0] / values[1]) == 1


def test_an_equitable_partition_that_has_no_twins():
    system = ds.build_system(ds.motifs.torus(3, 4), ANY)
    spectrum = ds.spectrum(system, at=0)
    assert any("equitable partition" in said for said in spectrum.reductions)
    w, s1 = system["w"], Slope("phi", 1)
    expected = sorted(
        float(2 * np.cos(2 * np.pi * j / 3) + 2 * np.cos(2 * np.pi * k / 4)) for j in range(3) for k in range(4)
    )
    found = [float(v.subs({w: 1, s1: 1}) + 1) for v, m in spectrum.eigenvalues.items() for _ in range(m)]
    assert np.allclose(sorted(found), expected)


def test_where_an_equitable_partition_gives_only_a_factor():
    """All rows of a circulant matrix have the same sum; the differences of its rows are too long to expand."""
    size = 10
    square = {f"x{i}": "+".join(f"a{(j - i) % size}*x{j}" for j in range(size)) for i in range(size)}
    system = ds.system_from_equations(square, [f"a{k}" for k in range(size)])
    with pytest.raises(BudgetExceeded) as stop:
        ds.spectrum(system, at=0, budget=ds.Budget(terms=50))
    best = stop.value.best
    assert "9 eigenvalues within the classes of an equitable partition" in best.remainder
    (factor,) = best.factors
    total = sympy.Add(*(system[f"a{k}"] for k in range(size)))
    assert sympy.expand(factor.polynomial - (LAMBDA - total)) == 0
    assert not best.is_complete


def rank_system(rank, size):
    letters = ["uv", "pq"][:rank]
    rates = {
        f"x{i}": f"-d{i % (3 - rank)}*x{i}"
        + "".join(f"+({'+'.join(f'{a}{i}*{b}{j}' for a, b in letters)})*tanh(x{j})" for j in range(size))
        for i in range(size)
    }
    names = [f"{c}{i}" for i in range(size) for pair in letters for c in pair]
    return ds.system_from_equations(rates, [*names, "d0", "d1"])


@pytest.mark.parametrize(("rank", "size"), [(1, 12), (2, 9)])
def test_low_rank_is_recognised(rank, size):
    system = rank_system(rank, size)
    spectrum = ds.spectrum(system, at=0)
    assert any(f"rank {rank} beside" in said for said in spectrum.reductions)
    assert spectrum.cost["comparisons"] == 3
    assert sum(f.multiplicity * sympy.degree(f.polynomial, LAMBDA) for f in spectrum.factors) == size


def test_a_spoilt_low_rank_is_not_recognised():
    system = rank_system(1, 10)
    spoilt = dict(system.equations)
    spoilt["x3"] = spoilt["x3"] + system["x7"]
    other = ds.system_from_equations(spoilt, list(system.parameters))
    with pytest.raises(BudgetExceeded):
        ds.spectrum(other, at=0, budget=ds.Budget(terms=20_000))


def test_rank_one_for_any_number_of_neurons():
    """reference/symbolic.json, rank_one: J = -I + u vᵀ, c = vᵀu."""
    found = ds.derive.low_rank_spectrum("N", "c")
    N, c = sympy.Symbol("N", integer=True, positive=True), sympy.Symbol("c", real=True)
    assert sympy.simplify(found.characteristic_polynomial - (LAMBDA + 1) ** (N - 1) * (LAMBDA + 1 - c)) == 0
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    numbers = np.sort_complex(np.linalg.eigvals(-2 * np.eye(5) + u @ v.T))
    claimed = ds.derive.low_rank_spectrum(5, (v.T @ u).tolist(), decay=2)
    roots = [
        root
        for f in claimed.factors
        for root in list(np.roots([float(a) for a in sympy.Poly(f.polynomial, LAMBDA).all_coeffs()])) * f.multiplicity
    ]
    assert np.allclose(np.sort_complex(np.array(roots, complex)), numbers, atol=1e-6)
    with pytest.raises(ParameterError, match="square"):
        ds.derive.low_rank_spectrum("N", [["a", "b"]])
    with pytest.raises(ParameterError, match="at least as many"):
        ds.derive.low_rank_spectrum(1, [["a", "b"], ["c", "d"]])


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_straight_line_programs_have_the_right_coefficients(size):
    rng = np.random.default_rng(size)
    for _ in range(5):
        matrix = sympy.ImmutableSparseMatrix(size, size, [int(k) for k in rng.integers(-3, 4, size * size)])
        program = ds.derive.unexpanded_polynomial(matrix, LAMBDA)
        assert list(program.coefficients()) == matrix.charpoly(LAMBDA).all_coeffs()


def test_what_is_too_long_comes_back_in_parts():
    """Two separate blocks, one of them too long: its program, and the factor of the other."""
    rates = {f"x{i}": " + ".join(f"a{i}{j}*x{j}" for j in range(9)) for i in range(9)} | {"y": "-b*y"}
    names = [f"a{i}{j}" for i in range(9) for j in range(9)]
    system = ds.system_from_equations(rates, [*names, "b"])
    with pytest.raises(BudgetExceeded, match="as a program") as stop:
        ds.spectrum(system, at=0)
    best = stop.value.best
    assert [str(f.polynomial) for f in best.factors] == ["b + lambda"]
    assert not best.is_complete
    (program,) = best.unexpanded
    rng = np.random.default_rng(0)
    values = {name: round(float(v), 3) for name, v in zip(names, rng.normal(size=81), strict=True)}
    matrix = np.array([[values[f"a{i}{j}"] for j in range(9)] for i in range(9)])
    assert np.allclose([float(c) for c in program.coefficients(values)], np.poly(matrix))
    assert (
        abs(program.at(0.3 + 1j, {system[n]: v for n, v in values.items()}) - np.polyval(np.poly(matrix), 0.3 + 1j))
        < 1e-8
    )
    with pytest.raises(ParameterError, match="no value"):
        program.coefficients({"a00": 1})


def test_a_wrong_factor_is_not_returned(monkeypatch):
    from dataclasses import replace

    honest = _factor_check.check_factors

    def faulty(ring, factors, entries, system):
        return honest(
            ring, [replace(factors[0], multiplicity=factors[0].multiplicity + 1), *factors[1:]], entries, system
        )

    monkeypatch.setattr(spectra, "check_factors", faulty)
    with pytest.raises(ClosedFormMismatch, match="determinant"):
        ds.spectrum(ds.build_system(ds.motifs.ei_blocks(3, 2), ANY), at=0)


@pytest.mark.parametrize("gain", [None, "g"])
def test_larger_matrices_of_numbers(gain):
    system = ds.build_system(ds.motifs.random_gaussian(20, 1.0, rng=3), gain=gain)
    spectrum = ds.spectrum(system, at=0)
    assert "characteristic polynomial: from rational matrices" in spectrum.reductions
    assert spectrum.cost["comparisons"] == 3
    weights = ds.motifs.random_gaussian(20, 1.0, rng=3).weight_matrix()
    (factor,) = spectrum.factors
    value = 1.0 if gain is None else 1.5
    polynomial = sympy.Poly(
        factor.polynomial.subs({s: sympy.Rational(3, 2) for s in system.parameters.values()}), LAMBDA
    )
    monic = polynomial.monic()
    expected = np.poly(-np.eye(20) + value * weights)
    assert np.allclose([float(c) for c in monic.all_coeffs()], expected, rtol=1e-8)


@pytest.mark.slow
def test_a_large_network_ends_within_its_budget():
    system = ds.build_system(ds.load_network("c_elegans"))
    with pytest.raises(BudgetExceeded) as stop:
        ds.spectrum(system, at=0)
    assert stop.value.best.factors
    assert "unexpanded" in stop.value.best.remainder


def test_contradicting_assumptions_are_refused():
    from dynsym.errors import ModelNameError

    with pytest.raises(ModelNameError, match="two meanings"):
        ds.build_system(ds.motifs.complete("n"), assumptions={"n": "negative"})
    with pytest.raises(ModelNameError, match="no parameter"):
        ds.build_system(ds.motifs.complete("n"), assumptions={"m": "positive"})


def test_polynomials_of_high_degree_are_compared_with_as_many_digits_as_they_cancel():
    weights = ds.motifs.random_gaussian(50, 1.0, rng=3)
    spectrum = ds.spectrum(ds.build_system(weights), at=0)
    assert spectrum.cost["comparisons"] == 3
    (factor,) = spectrum.factors
    lead, *_, constant = sympy.Poly(factor.polynomial, LAMBDA).all_coeffs()
    assert float(constant / lead) == pytest.approx(np.linalg.det(np.eye(50) - weights.weight_matrix()), rel=1e-8)
