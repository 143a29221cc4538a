"""Limiting eigenvalue laws against textbook laws, sampled matrices and a fixed point in floating point."""

from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from sympy import Rational, sqrt

import dynsym as ds
from dynsym.derive.random_matrices import branch_tracking as _branch_tracking
from dynsym.derive.random_matrices.cauchy import table_at
from dynsym.errors import ConvergenceError, ModelNameError, ParameterError, UnsupportedFeatureError

SIGNS = ds.derive.Atoms({1: "1 - alpha", -1: "alpha"})
HIDDEN = ds.derive.free_sum(SIGNS, ds.derive.MarchenkoPastur("c", scale="1/c"))  # D + W'W, W of variance 1/m
READOUT = ds.derive.free_sum(
    ds.derive.Atoms({1: 1}), ds.derive.MarchenkoPastur("c", scale="1/c", population=SIGNS)
)  # 1 + W'DW


def sampled_hidden(size, c, alpha, rng):
    weights = rng.standard_normal((round(size / c), size)) / np.sqrt(size)
    signs = np.where(np.arange(size) < round(alpha * size), -1.0, 1.0)
    return np.linalg.eigvalsh(np.diag(signs) + weights.T @ weights)


def sampled_readout(size, c, alpha, rng):
    rows = round(size / c)
    weights = rng.standard_normal((rows, size)) / np.sqrt(size)
    signs = np.where(np.arange(rows) < round(alpha * rows), -1.0, 1.0)
    return np.linalg.eigvalsh(np.eye(size) + (weights.T * signs) @ weights)


# Two curves of Ninou, Kadmon and Cayco-Gajic (Curl Descent): root finding on the density, done without dynsym.
@pytest.mark.parametrize(
    ("law", "fixed", "expected"),
    [
        (HIDDEN, {"alpha": 0.1}, 0.4460710270917564),
        (HIDDEN, {"alpha": 0.5}, 0.309721704258238),
        (HIDDEN, {"alpha": 0.9}, 0.25883790066357326),
        (READOUT, {"c": 0.1}, 0.2446362970864831),
        (READOUT, {"c": 1}, 0.05505921257884513),
    ],
)
def test_the_critical_curves_of_curl_descent(law, fixed, expected):
    curve = ds.derive.critical_curve(law)
    lowest = [crossing for crossing in curve.crossings(fixed) if crossing.is_lowest]
    assert [float(crossing) for crossing in lowest] == pytest.approx([expected], abs=1e-12)
    (found,) = lowest
    put = {found.parameter: found.value, sympy.Symbol(*fixed, real=True): Rational(str(*fixed.values()))}
    assert abs(curve.polynomial.subs(put).evalf(30)) < 1e-20


def test_a_wrong_scaling_misses_the_critical_value():
    wrong = ds.derive.free_sum(SIGNS, ds.derive.MarchenkoPastur("c"))
    lowest = [x for x in ds.derive.critical_curve(wrong).crossings({"alpha": 0.5}) if x.is_lowest]
    assert all(abs(float(x) - 0.309721704258238) > 1e-3 for x in lowest)


def test_the_spectrum_of_sampled_matrices_changes_sign_where_the_curve_says():
    rng = np.random.default_rng(3)
    for sample, below, above in [
        (sampled_hidden, {"c": 0.26, "alpha": 0.5}, {"c": 0.36, "alpha": 0.5}),
        (sampled_readout, {"c": 0.1, "alpha": 0.2}, {"c": 0.1, "alpha": 0.3}),
    ]:
        assert sample(300, rng=rng, **below).min() > 0.05
        assert sample(300, rng=rng, **above).min() < -0.05


@pytest.mark.parametrize("c", [0.5, 1.0, 3.0])
@pytest.mark.parametrize(("law", "sample"), [(HIDDEN, sampled_hidden), (READOUT, sampled_readout)])
def test_supports_hold_the_spectrum_of_sampled_matrices(law, sample, c):
    alpha, size = 0.25, 480
    eigenvalues = sample(size, c, alpha, np.random.default_rng(11))
    found = law.support({"c": c, "alpha": alpha})
    pieces = [(float(a), float(b)) for a, b in found.intervals] + [(float(a), float(a)) for a, _ in found.atoms]
    distance = np.min([np.maximum(a - eigenvalues, eigenvalues - b).clip(0) for a, b in pieces], axis=0)
    tolerance = 2 * float(found.highest - found.lowest) * size ** (-2 / 3)
    assert distance.max() < tolerance
    assert eigenvalues.min() == pytest.approx(float(found.lowest), abs=tolerance)
    assert eigenvalues.max() == pytest.approx(float(found.highest), abs=tolerance)
    for at, mass in found.atoms:
        assert np.mean(abs(eigenvalues - float(at)) < 1e-9) == pytest.approx(float(mass), abs=2 / size)


def density_by_iteration(x, c, alpha, height=1e-5, steps=20_000):
    """Stieltjes inversion of G = E 1/(z - R(G) - d), damped iteration from the upper half-plane."""
    z, g = complex(x, height), complex(0, -1)
    for _ in range(steps):
        shifted = z - 1 / (c * (1 - g))
        g = 0.5 * g + 0.5 * ((1 - alpha) / (shifted - 1) + alpha / (shifted + 1))
    return -g.imag / np.pi


@pytest.mark.parametrize("x", [-0.9, -0.4, 0.3, 1.05, 2.5, 4.4, 4.6])
def test_the_density_equals_a_fixed_point_of_subordination(x):
    expected = density_by_iteration(x, 1.0, 0.5)
    assert HIDDEN.density(x, {"c": 1, "alpha": 0.5}) == pytest.approx(expected, abs=2e-4)


def test_density_and_atoms_have_mass_one():
    values = {"c": 3, "alpha": 0.5}
    found = HIDDEN.support(values)
    nodes, weights = np.polynomial.legendre.leggauss(10)
    angles = (nodes + 1) * np.pi / 2
    total = sum(float(mass) for _, mass in found.atoms)
    for low, high in found.intervals:
        a, b = float(low), float(high)
        points = (a + b) / 2 - (b - a) / 2 * np.cos(angles)
        heights = np.array([HIDDEN.density(round(x, 9), values) for x in points])
        total += (heights * np.sin(angles) * weights).sum() * (b - a) / 2 * np.pi / 2
    assert total == pytest.approx(1, abs=1e-3)


# ---- textbook laws


def test_marchenko_pastur_edges_and_atom():
    law = ds.derive.MarchenkoPastur("c", scale="1/c")
    z, c = sympy.Symbol("z", real=True), sympy.Symbol("c", real=True)
    assert sympy.expand(law.edge_polynomial - ((c * z - 1 - c) ** 2 - 4 * c)) == 0
    for value in (Rational(1, 9), Rational(2), Rational(16)):
        found = law.support({"c": value})
        edges = [(1 - sqrt(value)) ** 2 / value, (1 + sqrt(value)) ** 2 / value]
        assert [sympy.simplify(a - b) for a, b in zip(found.intervals[0], edges, strict=True)] == [0, 0]
        assert found.atoms == (((0, 1 - 1 / value),) if value > 1 else ())


def test_a_population_may_be_a_mapping():
    assert ds.derive.MarchenkoPastur("c", population={1: "1-a", -1: "a"}) == ds.derive.MarchenkoPastur(
        "c", population=ds.derive.Atoms({1: "1-a", -1: "a"})
    )


def test_blue_transform_of_signs_is_the_printed_one():
    """Equation (107) of Curl Descent with Δ = 1 - 2α."""
    w, alpha = sympy.Symbol("w", real=True), SIGNS.parameters[0]
    printed = (1 + sqrt(1 + 4 * w * (w + 1 - 2 * alpha))) / (2 * w)
    assert sympy.simplify(SIGNS.r_transform + 1 / w - printed) == 0


@pytest.mark.parametrize("count", [2, 3, 5])
def test_sums_of_free_coins_are_kesten_mckay(count):
    coin = ds.derive.Atoms({1: Rational(1, 2), -1: Rational(1, 2)})
    edge = 2 * sqrt(count - 1)
    assert ds.derive.free_sum(*[coin] * count).support().intervals == ((-edge, edge),)


def test_the_square_root_law_and_density_of_the_semicircle():
    law = ds.derive.Semicircle("9/4")
    assert law.support().intervals == ((-3, 3),)
    assert law.density("1/2") == pytest.approx(2 / (np.pi * 9) * np.sqrt(9 - 0.25), abs=1e-12)


def test_free_projections():
    """Two free projections of ranks 3/4 and 2/3: an atom 5/12 at 2, and density between 1 ± sqrt(4...)."""
    first, second = ds.derive.Atoms({1: "3/4", 0: "1/4"}), ds.derive.Atoms({1: "2/3", 0: "1/3"})
    found = ds.derive.free_sum(first, second).support()
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.standard_normal((360, 360)))[0]
    diagonal = np.diag(np.arange(360) < 270).astype(float)
    eigenvalues = np.linalg.eigvalsh(diagonal + turn @ np.diag(np.arange(360) < 240).astype(float) @ turn.T)
    assert found.atoms == ((1, Rational(1, 12)), (2, Rational(5, 12)))
    for at, mass in found.atoms:
        assert np.mean(abs(eigenvalues - float(at)) < 1e-9) == pytest.approx(float(mass), abs=0.01)
    rest = eigenvalues[(abs(eigenvalues - 1) > 1e-9) & (abs(eigenvalues - 2) > 1e-9)]
    (low, inner), (outer, high) = [tuple(map(float, pair)) for pair in found.intervals]
    assert rest.min() == pytest.approx(low, abs=0.03)
    assert rest.max() == pytest.approx(high, abs=0.03)
    assert rest[rest < 1].max() == pytest.approx(inner, abs=0.03)
    assert rest[rest > 1].min() == pytest.approx(outer, abs=0.03)


def test_three_atoms_with_noise():
    law = ds.derive.free_sum(ds.derive.Atoms({-3: "1/4", 0: "1/2", 4: "1/4"}), ds.derive.Semicircle("s"))
    assert len(law.support({"s": 0.1}).intervals) == 3
    merged = [float(x) for x in ds.derive.critical_curve(law, edge=2).crossings()]
    rng = np.random.default_rng(5)
    size = 400
    noise = rng.standard_normal((size, size))
    noise = (noise + noise.T) / np.sqrt(2 * size)
    diagonal = np.diag(np.repeat([-3.0, 0, 4], [100, 200, 100]))
    for s in (0.5 * merged[0], 1.5 * merged[-1]):
        eigenvalues = np.linalg.eigvalsh(diagonal + np.sqrt(s) * noise)
        _, inside, _ = law.support({"s": s}).position(2)
        assert bool((abs(eigenvalues - 2) < 0.1).any()) is inside
    with pytest.raises(UnsupportedFeatureError, match="cauchy_polynomial"):
        _ = law.r_transform


# ---- faults, and what is refused


@pytest.mark.parametrize("x", [-2, 0.6, 0.9, 4])
def test_outside_the_support_the_branch_is_the_mean_resolvent(x):
    """The polynomial has three real roots there; one is the mean of 1/(x - eigenvalue), the other two are not."""
    c, alpha = 3, 0.25
    law = HIDDEN.with_values({"c": c, "alpha": alpha})
    table = table_at(law.algebraic.ring, law.algebraic.polynomial, {})
    point = flint.fmpq(*Fraction(x).as_integer_ratio())
    roots = _branch_tracking._roots_at(table, point)
    found = _branch_tracking.boundary_value(table, point, Fraction(8))
    eigenvalues = sampled_hidden(400, c, alpha, np.random.default_rng(1))
    expected = np.mean(1 / (x - eigenvalues))
    assert found.imag.is_zero()
    assert float(found.real.mid()) == pytest.approx(expected, rel=0.05)
    others = [float(g.real.mid()) for g in roots if not g.overlaps(found)]
    assert len(others) == 2
    assert all(abs(other - expected) > 0.2 * abs(expected) for other in others)


def test_a_wrong_start_is_not_followed():
    table = [(1, 1, flint.fmpq(1)), (0, 0, flint.fmpq(-2))]  # G = 2/z has mass two
    with pytest.raises(ConvergenceError, match="could not be followed"):
        _branch_tracking.boundary_value(table, flint.fmpq(-2), Fraction(1))


def test_mistakes_are_named():
    with pytest.raises(ParameterError, match="sum to"):
        ds.derive.Atoms({1: "1/2", 2: "1/3"})
    with pytest.raises(ParameterError, match="must be positive"):
        ds.derive.MarchenkoPastur(-1)
    with pytest.raises(ModelNameError, match="arguments"):
        ds.derive.Semicircle("z")
    with pytest.raises(ParameterError, match="have no value"):
        HIDDEN.support({"c": 1})
    with pytest.raises(ParameterError, match="negative"):
        HIDDEN.support({"c": 1, "alpha": 2})
    with pytest.raises(ModelNameError, match="no parameter"):
        HIDDEN.support({"c": 1, "beta": 2})
    with pytest.raises(ParameterError, match="One must be left"):
        ds.derive.critical_curve(HIDDEN).crossings()
    with pytest.raises(ParameterError, match="no curve"):
        ds.derive.critical_curve(ds.derive.Semicircle(1))
    with pytest.raises(ParameterError, match="no density"):
        ds.derive.Semicircle(1).density(2)
    with pytest.raises(ParameterError, match="no law"):
        ds.derive.free_sum(ds.derive.Semicircle(1), 3)
