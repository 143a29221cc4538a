"""Claims about Hebbian and anti-Hebbian networks, against numbers that numpy gets from the equations of model H."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.claims import CLAIMS, Claim, HasBifurcation, HasEquilibria, Holds, Implies, prove
from dynsym.claims.papers.gong2023 import CLAIMS as GONG

FAST = ("bi_supercritical", "bi_pitchfork", "baseline_criticality", "choke")
SLOW = {
    "uni_pitchfork": "proved",
    "bi_supercritical_any": "proved",
    "bi_hebbian_unique": "refuted",
    "bi_unique_all_inputs": "proved",
    "slow_rates": "proved",
    "imperfect": "proved",
    "complete_mode": "proved",
    "ring_hopf": "proved",
}
LOCUS = {1: (0.4650045173562825, -6.5375945680763845), 2: (0.8034069886263154, -4.051788026330151)}
"""Drive b -> common rate and k at the pitchfork of the two-way motif, solved independently with mpmath."""


def rates(x, strengths, drive):
    """-x_i + b_i + φ_i Σ_j k_ij φ_j², the equilibrium equations of model H."""
    out = np.tanh(x)
    return -x + drive + out * (strengths @ out**2)


def jacobian(x, strengths):
    out, slope = np.tanh(x), 1 - np.tanh(x) ** 2
    own = np.diag(-1 + slope * (strengths @ out**2))
    return own + 2 * strengths * np.outer(out, out * slope)


def equilibria(strengths, drive, starts=400, seed=0):
    """The distinct limits of Newton's method from random starts."""
    rng = np.random.default_rng(seed)
    size, found = len(drive), []
    reach = np.abs(strengths).sum(axis=1).max() + np.abs(drive).max()
    for _ in range(starts):
        x = rng.uniform(-1, 1, size) * rng.choice([1.5, 3, reach])
        for _ in range(80):
            step = np.linalg.solve(jacobian(x, strengths), rates(x, strengths, drive))
            x = x - step * min(1, 2 / np.abs(step).max(initial=1e-9))
            if np.abs(step).max() < 1e-13:
                break
        residual = np.abs(rates(x, strengths, drive)).max()
        if residual < 1e-10 and all(np.abs(x - other).max() > 1e-5 for other in found):
            found.append(x)
    return found


def full_jacobian(x, weights, edges, k, gamma):
    """Of rates and weights; edges are (onto, from) in the order of the weights."""
    n, m = len(x), len(edges)
    out, slope = np.tanh(x), 1 - np.tanh(x) ** 2
    matrix = -np.eye(n + m)
    for e, (i, j) in enumerate(edges):
        matrix[i, j] += weights[e] * slope[j]
        matrix[i, n + e] = out[j]
        matrix[n + e, i] = gamma * k * slope[i] * out[j]
        matrix[n + e, j] = gamma * k * out[i] * slope[j]
        matrix[n + e, n + e] = -gamma
    return matrix


def at_gain(gain, rate, edges, gamma, size):
    """Eigenvalues at the symmetric equilibrium with k φ² φ' = gain."""
    t = np.tanh(rate)
    k = gain / (t**2 * (1 - t**2))
    return np.linalg.eigvals(full_jacobian(np.full(size, rate), np.full(len(edges), k * t**2), edges, k, gamma))


def test_every_row_of_the_paper_has_a_claim_that_names_its_variant():
    assert {claim.id for claim in GONG} == {f"gong2023.{name}" for name in (*FAST, *SLOW)}
    assert all("model reconstructed" in claim.source and claim.scope for claim in GONG)


@pytest.mark.parametrize("name", FAST)
def test_verdicts(name):
    assert prove(CLAIMS[f"gong2023.{name}"]).verdict == "proved"


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_verdicts_of_longer_proofs(name):
    assert prove(CLAIMS[f"gong2023.{name}"]).verdict == SLOW[name]


@pytest.mark.slow
def test_the_refuted_theorem_is_corrected():
    verdict = prove(CLAIMS["gong2023.bi_hebbian_unique"])
    assert "k <= 1" in verdict.corrected
    k = float(sympy.Rational(verdict.counterexample["k"]))
    found = equilibria(k * (1 - np.eye(2)), np.ones(2))
    assert len(found) == verdict.counterexample["equilibria"]
    stable = sum(np.linalg.eigvals(jacobian(x, k * (1 - np.eye(2)))).real.max() < 0 for x in found)
    assert stable == verdict.counterexample["stable"]


def test_a_verdict_can_be_stored():
    verdict = prove(CLAIMS["gong2023.bi_supercritical"])
    assert type(verdict).from_json(json.loads(json.dumps(verdict.to_json()))) == replace(verdict, seconds=0.0)


@pytest.mark.parametrize("drive", LOCUS)
def test_pitchfork_of_the_pair_lies_on_the_reference_locus(drive):
    rate, strength = LOCUS[drive]
    stated = CLAIMS["gong2023.bi_supercritical"].stated_goal.value
    (z,) = stated.free_symbols
    assert float(stated.subs(z, rate)) == pytest.approx(strength, rel=1e-12)
    strengths = strength * (1 - np.eye(2))
    assert np.abs(rates(np.full(2, rate), strengths, np.full(2, drive))).max() < 1e-12
    assert np.abs(np.linalg.eigvals(jacobian(np.full(2, rate), strengths))).min() < 1e-12


def test_unfolding_predicts_the_split_of_unequal_drives():
    """At the critical k the difference grows as the cube root of d; k off it by κ adds a linear term."""
    rate, strength = LOCUS[1]
    goal = CLAIMS["gong2023.imperfect"].stated_goal.goals[1]
    phi = [np.tanh(rate)]
    slope = 1 - phi[0] ** 2
    phi += [slope, -2 * phi[0] * slope, slope * (6 * phi[0] ** 2 - 2)]
    names = {s.name: s for s in goal.free_symbols()}
    jets = sorted((a for a in goal.expansion.atoms(sympy.Function)), key=lambda a: int(a.args[2]))
    values = dict(zip(jets, phi, strict=True))
    for d, kappa, r in ((1e-6, 0.0, 0.0), (1e-6, -1e-3, 0.0), (0.0, 0.0, 1e-5), (-2e-6, 1e-3, 3e-6)):
        x = np.full(2, rate) + np.array([1, -1]) * 1e-2 * np.sign(d + r)
        strengths = np.array([[0, strength + kappa + r], [strength + kappa - r, 0]])
        drive = np.array([1 + d, 1 - d])
        for _ in range(60):
            x = x - np.linalg.solve(jacobian(x, strengths), rates(x, strengths, drive))
        u = (x[0] - x[1]) / 2
        given = {"u": u, "d": d, "kappa": kappa, "r": r, "epsilon": 1}
        rest = float(goal.expansion.xreplace(values).xreplace({names[n]: sympy.Float(v) for n, v in given.items()}))
        assert abs(rest) < 0.05 * abs(d + r * phi[0] ** 3)


@pytest.mark.parametrize("gamma", [0.3, 1.0, 6.0])
def test_ring_has_an_imaginary_pair_at_the_root(gamma):
    edges = [(1, 0), (2, 1), (0, 2)]
    roots = np.roots([3, 7 - 6 * gamma, 4 * (1 + gamma), 4 * (1 + gamma) ** 2])
    gain = max(r.real for r in roots if abs(r.imag) < 1e-9 and r.real < 0)
    assert gain > -2 - 2 * gamma
    values = at_gain(gain, 0.7, edges, gamma, 3)
    pair = values[np.argmin(np.abs(values.real))]
    assert abs(pair.real) < 1e-9
    assert pair.imag**2 == pytest.approx(4 * gamma**2 / (2 * gamma - 2 - gain), rel=1e-8)
    assert (
        at_gain(0.98 * gain, 0.7, edges, gamma, 3).real.max()
        < 0
        < at_gain(1.02 * gain, 0.7, edges, gamma, 3).real.max()
    )


@pytest.mark.parametrize("size", [3, 4, 5])
def test_all_to_all_network_loses_stability_by_a_standard_hopf_mode(size):
    gamma = 0.4
    edges = [(i, j) for i in range(size) for j in range(size) if i != j]
    values = at_gain(-(1 + gamma), 0.6, edges, gamma, size)
    square = gamma * (1 + (size - 3) * (1 + gamma))
    assert np.sum(np.abs(values.real) < 1e-7) == 2 * (size - 1)
    critical = values[np.abs(values.real) < 1e-7].imag ** 2
    assert np.allclose(critical, square)


@pytest.mark.parametrize(("size", "strong"), [(2, -7), (3, -10)])
def test_choke_counts_agree_with_newton(size, strong):
    def joined(bridge, inner):
        matrix = np.kron(np.eye(2), inner * (1 - np.eye(size)))
        matrix[size - 1, size] = matrix[size, size - 1] = bridge
        return matrix

    counts = [
        len(equilibria(joined(*pair), np.ones(2 * size), 150)) for pair in ((strong, 0.5), (0.5, strong), (0.5, 0.5))
    ]
    assert counts == [3, 1, 1]


@pytest.mark.parametrize(("k", "drive"), [(1.05, (3, 0)), (-4.1, (2.3, 2.3))])
def test_beyond_the_interval_some_input_has_three_equilibria(k, drive):
    assert len(equilibria(k * (1 - np.eye(2)), np.array(drive, float))) == 3


@pytest.mark.parametrize("k", [-3.95, 1.0])
def test_inside_the_interval_inputs_have_one(k):
    rng = np.random.default_rng(3)
    for drive in (np.array([2.3, 2.3]), np.array([4.0, 0.0]), *rng.normal(size=(6, 2)) * 3):
        assert len(equilibria(k * (1 - np.eye(2)), drive, 40)) == 1


def pair(bias=1, **options):
    return ds.HebbianNetwork(ds.motifs.bidirectional(nodes=("x", "y"), weight=0, bias=bias), rate=1, **options)


def test_planted_faults_are_not_proved():
    goal = CLAIMS["gong2023.bi_supercritical"].stated_goal
    symbols = CLAIMS["gong2023.bi_supercritical"].symbols
    wrong_side = replace(goal, criticality="subcritical")
    wrong_place = replace(goal, value=2 * goal.value)
    assert isinstance(goal, HasBifurcation)
    assert prove(Claim("planted.side", "", wrong_side, symbols=symbols), repair=False).verdict == "refuted"
    assert prove(Claim("planted.place", "", wrong_place, symbols=symbols), repair=False).verdict != "proved"
    choke = CLAIMS["gong2023.choke"].stated_goal.goals[1]
    assert prove(replace(choke, count=5), repair=False).verdict == "refuted"


def test_uniqueness_for_all_inputs_ends_where_the_determinant_vanishes():
    """The determinant 1 - k(p + q) - 3k²pq with p = A(1 - B), q = B(1 - A) is negative somewhere beyond 1 and -4."""
    system = pair(["b1", "b2"]).reduced()
    one = HasEquilibria(system, count=1)
    inside = Implies(Holds(sympy.And(system["k"] > -4, system["k"] <= 1)), one)
    assert prove(inside).verdict == "proved"
    for low, high in ((0, sympy.Rational(11, 10)), (sympy.Rational(-41, 10), 0)):
        beyond = Implies(Holds(sympy.And(system["k"] > low, system["k"] <= high)), one)
        assert prove(beyond, budget=ds.Budget(seconds=4), repair=False).verdict != "proved"


def test_count_on_an_interval_ends_at_the_fold():
    """The folds of the pair with b = 1 are where the Jacobian is singular: 2.6703 is the first."""
    goal = HasEquilibria(pair().reduced(), count=1)
    assert prove(goal, hypotheses=["0 <= k", "k < 267/100"]).verdict == "proved"
    assert prove(goal, hypotheses=["0 <= k", "k < 268/100"], repair=False).verdict != "proved"
