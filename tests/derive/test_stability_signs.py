"""Signs of stability: against eigenvalues, against sums of eigenvalues, and at the places where conditions are."""

import itertools

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.derive.linearisation import stability_signs
from dynsym.errors import ClosedFormMismatch, ParameterError


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_bialternate_product_has_the_sums_as_eigenvalues(size):
    matrix = np.random.default_rng(size).integers(-5, 6, (size, size))
    product = np.array(ds.derive.bialternate_product(sympy.Matrix(matrix.tolist())).tolist(), dtype=float)
    values = np.linalg.eigvals(matrix)
    sums = np.array([a + b for a, b in itertools.combinations(values, 2)])
    np.testing.assert_allclose(np.poly(product), np.poly(sums), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_its_determinant_is_the_last_but_one_hurwitz_minor(size):
    """det(2J ⊙ I) = (-1)^(n(n-1)/2) Δ_(n-1); checked elsewhere by expansion up to n = 14."""
    matrix = sympy.Matrix(np.random.default_rng(size).integers(-5, 6, (size, size)).tolist())
    x = sympy.Symbol("x")
    minor = ds.hurwitz_minors(matrix.charpoly(x).as_expr(), x)[-2]
    assert minor == ds.derive.bialternate_product(matrix).det() * (-1) ** (size * (size - 1) // 2)


def test_minors_that_vanish_at_a_hopf_point():
    """Δ2 of the cubic and Δ3 of the quartic, expanded without this library (Orlando's formula)."""
    a1, a2, a3, a4 = a = sympy.symbols("a1:5")
    x = sympy.Symbol("x")
    for n, expected in ((3, a1 * a2 - a3), (4, a1 * a2 * a3 - a3**2 - a1**2 * a4)):
        polynomial = x**n + sum(a[k] * x ** (n - 1 - k) for k in range(n))
        assert sympy.expand(ds.hurwitz_minors(polynomial, x)[n - 2] - expected) == 0


@pytest.mark.parametrize("seed", range(4))
def test_all_are_positive_exactly_where_it_is_stable(seed):
    generator = np.random.default_rng(seed)
    weights = np.round(generator.standard_normal((3, 3)), 1)
    system = ds.build_system(ds.Network.from_matrix(weights), gain="g")
    quantities = ds.stability_quantities(system, at=0)
    g = system["g"]
    for gain in np.linspace(-3, 3, 25):
        values = np.linalg.eigvals(-np.eye(3) + gain * weights)
        if np.abs(values.real).min() > 1e-6:
            signs = [float(m.subs(g, sympy.nsimplify(gain))) > 0 for part in quantities for m in part.minors]
            assert all(signs) == bool((values.real < 0).all())


def test_the_first_to_vanish_says_what_happens():
    pair = ds.build_system(ds.motifs.ei_pair(w_II=0), ds.LeakyRate(ds.AnySigmoid()))
    (own,) = ds.stability_quantities(pair, at=0)
    for condition in ds.find_conditions(pair, parameter="w_EE", at=0):
        vanishing = own.hopf if condition.kind == "hopf" else own.zero
        assert sympy.cancel(vanishing.subs(pair["w_EE"], condition.solution)) == 0
    assert own.to_json()["kind"] == "stability_quantities"
    assert r"\Delta_{1}" in own._repr_latex_()


def test_plastic_weights_are_factors_of_their_own():
    system = ds.build_system(
        ds.motifs.bidirectional(), ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k", time_constant="tau")
    )
    parts = ds.stability_quantities(system, at=0)
    tau, w, s1 = system["tau"], system["w"], Slope("phi", 1)
    assert {(sympy.expand(part.zero), part.multiplicity) for part in parts} == {
        (1 / tau, 2),
        (1 - s1 * w, 1),
        (1 + s1 * w, 1),
    }
    assert all(part.hopf is None for part in parts)


def test_a_planted_fault_is_caught(monkeypatch):
    right = stability_signs.bialternate_product
    monkeypatch.setattr(stability_signs, "bialternate_product", lambda matrix: 2 * right(matrix))
    with pytest.raises(ClosedFormMismatch, match="bialternate"):
        ds.stability_quantities(ds.build_system(ds.motifs.ei_pair()), at=0)


def test_what_is_refused():
    with pytest.raises(ParameterError, match="square"):
        ds.derive.bialternate_product(sympy.Matrix([[1, 2]]))
    with pytest.raises(ParameterError, match="None"):
        ds.stability_quantities(ds.build_system(ds.motifs.ei_pair()), at=None)
