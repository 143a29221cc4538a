"""Formulas of reference/symbolic.json, copied here, each verified there by other means than dynsym."""

import itertools

import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.algebra.cycle_condition import cycle_test
from dynsym.algebra.determinants import determinant
from dynsym.algebra.ring import Ring

s1, s3 = Slope("phi", 1), Slope("phi", 3)
RATE = ds.LeakyRate(ds.AnySigmoid())
x = sympy.Symbol("x")


def test_motif_bidir_sym():
    """b = (6 k s1⁴ + s3)/(6 s1) along x = u(1, 1), critical at s1 w = 1, changes sign at k = -s3/(6 s1⁴)."""
    system = ds.build_system(ds.motifs.bidirectional(weight="w"), RATE, ds.Hebbian("k", time_constant="p"))
    (pitchfork,) = [c for c in ds.pitchfork_condition(system, parameter="w", at=0) if c.solution == 1 / s1]
    k = system["k"]
    # A critical vector of length one instead of √2 has half the coefficient.
    assert sympy.simplify(2 * pitchfork.coefficient - (6 * k * s1**4 + s3) / (6 * s1)) == 0
    assert abs(float((2 * pitchfork.coefficient).subs({k: 0.17, s1: 1.3, s3: -2.1})) - 0.10425923076923087) < 1e-14
    assert sympy.solve(pitchfork.coefficient, k) == [-s3 / (6 * s1**4)]


def test_motif_unidir():
    """(λ + 1)² (λ + 1/p), independent of w, k and s1: the origin does not bifurcate."""
    system = ds.build_system(ds.motifs.unidirectional(weight="w"), RATE, ds.Hebbian("k", time_constant="p"))
    found = ds.characteristic_polynomial(system, at=0, symbol=x)
    assert sympy.simplify(found - (x + 1) ** 2 * (x + 1 / system["p"])) == 0


def test_hopf_z4_cross():
    """Antisymmetric motif, Hebbian cross weights: l1 for x = z(i, 1) + c.c., ω = be s1 at al s1 = 1."""
    edges = [
        ds.Edge("x1", "x1", "al"),
        ds.Edge("x2", "x2", "al"),
        ds.Edge("x2", "x1", "-be", plastic=True),
        ds.Edge("x1", "x2", "be", plastic=True),
    ]
    system = ds.build_system(
        ds.Network(["x1", "x2"], edges), RATE, ds.Hebbian("k", time_constant="p"), assumptions={"be": "positive"}
    )
    (hopf,) = ds.hopf_condition(system, parameter="al", at=0)
    assert hopf.solution == 1 / s1
    be, k, p = (system[name] for name in ("be", "k", "p"))
    assert sympy.simplify(hopf.frequency - be * s1) == 0
    omega = be * s1
    published = (2 * k * s1**4 + (1 + 4 * omega**2 * p**2) * s3) / (2 * omega * s1 * (1 + 4 * omega**2 * p**2))
    # |(i, 1)|² = 2, so that a vector of length one has half the coefficient.
    assert sympy.simplify(2 * hopf.coefficient - published) == 0
    at = {k: 0.17, s1: 1.3, s3: -2.1, be: 1.7 / 1.3, p: 0.7}
    assert abs(float(2 * hopf.coefficient.subs(at)) + 0.4421469136610518) < 1e-12


@pytest.mark.parametrize(("m", "n"), [(2, 2), (2, 3)])
def test_curl_descent_origin(m, n):
    """One hidden unit at the origin: λ² - d1 d2 σ² for each singular value, and m + n - 2 min(m, n) zeros."""
    few = min(m, n)
    rates = {f"a{i}": f"d1*sigma{i}*b{i}" if i < few else "0*a0" for i in range(n)}
    rates |= {f"b{i}": f"d2*sigma{i}*a{i}" if i < few else "0*b0" for i in range(m)}
    system = ds.system_from_equations(rates, ["d1", "d2", *(f"sigma{i}" for i in range(few))])
    found = ds.characteristic_polynomial(system, at=0, symbol=x)
    product = sympy.Mul(*[x**2 - system["d1"] * system["d2"] * system[f"sigma{i}"] ** 2 for i in range(few)])
    assert sympy.expand(found - x ** (m + n - 2 * few) * product) == 0


def test_symmetrizable():
    """The condition of a 3-cycle, and as many conditions as independent cycles."""
    w = {(i, j): sympy.Symbol(f"w{i + 1}{j + 1}", positive=True) for i, j in itertools.permutations(range(3), 2)}
    found = cycle_test(3, w)
    assert not found.holds
    expected = w[0, 1] * w[1, 2] * w[2, 0] - w[0, 2] * w[2, 1] * w[1, 0]
    assert sympy.expand(found.residual - expected) == 0 or sympy.expand(found.residual + expected) == 0


@pytest.mark.parametrize(("degree", "terms"), [(4, 3), (6, 13), (8, 76), (10, 549), (12, 4605)])
def test_hurwitz_terms(degree, terms):
    """Terms of the last-but-one Hurwitz minor of a generic polynomial."""
    coefficients = [sympy.Integer(1), *sympy.symbols(f"a1:{degree + 1}")]
    ring = Ring(coefficients[1:])
    entries = {
        (i, j): ring.polynomial(coefficients[2 * j - i + 1])
        for i in range(degree - 1)
        for j in range(degree - 1)
        if 0 <= 2 * j - i + 1 <= degree
    }
    assert len(determinant(ring, entries, degree - 1, ds.Budget().start())) == terms
