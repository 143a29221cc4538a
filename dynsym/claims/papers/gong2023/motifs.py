"""Two neurons: pitchforks of the one-way and the two-way motif, uniqueness, slow rates, baselines, imperfections."""

from __future__ import annotations

import sympy
from sympy import Eq, Expr, Ne, Rational
from sympy.logic.boolalg import And, Or
from sympy.logic.boolalg import Implies as Implication

from dynsym._expressions import symbol
from dynsym.claims.claim import Claim
from dynsym.claims.goals import (
    All,
    CharacteristicPolynomial,
    Exactly,
    Goal,
    HasBifurcation,
    HasEquilibria,
    Holds,
    Identity,
    Implies,
    IsGradient,
    IsStable,
    Series,
)
from dynsym.claims.papers.gong2023._model import SOURCE, WEIGHTS_MOVE, amplitude, one_way, sigmoid_at, two_way
from dynsym.derive import DiagonalMetric
from dynsym.model import AnySigmoid, SymbolicSystem

__all__ = ["CLAIMS"]

_S1, _S3 = sigmoid_at(sympy.S.Zero, 1), sigmoid_at(sympy.S.Zero, 3)
_LAMBDA = sympy.Symbol("lambda")
_T, _Q, _POINT, _STEP = symbol("t"), symbol("q"), symbol("s"), symbol("epsilon")
_DRIVE, _COUPLING, _DETUNING, _UNEVEN = symbol("d"), symbol("r"), symbol("kappa"), symbol("u")


def _pitchfork(system: SymbolicSystem, parameter: str, value: Expr, **options: object) -> HasBifurcation:
    return HasBifurcation(system, parameter, value, kind="pitchfork", **options)  # type: ignore[arg-type]


# ---- one way


def _uni_pitchfork() -> Goal:
    goals: list[Goal] = []
    for sign in (1, -1):
        system = one_way(sign, activation=AnySigmoid()).system()
        b1, k, gamma = (system[name] for name in ("b1", "k", "gamma"))
        gain = sign * k * _S1 * sigmoid_at(b1) ** 2
        at = {"x": b1, "y": 0, "w_y_x": 0}
        goals += [
            CharacteristicPolynomial(system, (_LAMBDA + 1) * ((_LAMBDA + 1) * (_LAMBDA + gamma) - gamma * gain), at=at),
            Exactly(IsStable(system, at=at), where=gain < 1),
            Implies(
                Holds(And(_S3 < 0, Ne(sigmoid_at(b1), 0))),
                _pitchfork(system, "k", sign / (_S1 * sigmoid_at(b1) ** 2), at=at, criticality="supercritical"),
            ),
            HasEquilibria(one_way(sign, strength=-sign * _Q**2, rate=1).reduced(), count=1),
        ]
    return All(tuple(goals))


# ---- two ways, anti-Hebbian


def _bi_pitchfork() -> Goal:
    system = two_way(activation=AnySigmoid()).system()
    z = amplitude(system)
    half = 1 / sympy.sqrt(2)
    slope = sympy.diff(z + sympy.tanh(z) / (1 - sympy.tanh(z) ** 2), z)
    return All.of(
        _pitchfork(system, "k", -1 / (sigmoid_at(z) ** 2 * sigmoid_at(z, 1)), at=None),
        Identity(slope, 2 / (1 - sympy.tanh(z) ** 2)),
        Holds(Implication(And(_T > 0, _T < 1), -1 / (_T**2 * (1 - _T**2)) <= -4)),
        Identity((-1 / (_T**2 * (1 - _T**2))).subs(_T, half), -sympy.Integer(4)),
        Identity((_T / (1 - _T**2)).subs(_T, half), sympy.sqrt(2)),
        *(
            HasEquilibria(two_way(b, strength=Rational(k), rate=1).reduced(), count=count)
            for b, k, count in ((1, "-13/2", 1), (1, "-33/5", 3), (2, -4, 1), (2, "-41/10", 3))
        ),
    )


def _bi_supercritical() -> Goal:
    system = two_way().system()
    rate = sympy.tanh(amplitude(system))
    return _pitchfork(system, "k", -1 / (rate**2 * (1 - rate**2)), at=None, criticality="supercritical")


def _bi_supercritical_any() -> Goal:
    system = two_way(activation=AnySigmoid()).system()
    z = amplitude(system)
    p, p1, p2, p3 = (sigmoid_at(z, order) for order in range(4))
    value = -1 / (p**2 * p1)
    schwarzian = p3 / p1 - Rational(3, 2) * (p2 / p1) ** 2
    bound = Rational(3, 4) * (p2 / p1 - 2 * p1 / p) ** 2
    sides = (
        (schwarzian < 0, "supercritical"),
        (schwarzian < bound, "supercritical"),
        (schwarzian > bound, "subcritical"),
    )
    return All(
        tuple(Implies(Holds(relation), _pitchfork(system, "k", value, at=None, criticality=c)) for relation, c in sides)
    )


# ---- two ways, uniqueness


def _bi_hebbian_unique() -> Goal:
    return HasEquilibria(two_way(1, rate=1).reduced(), count=1)


def _bi_hebbian_corrected() -> tuple[Goal]:
    """Unique, and a gradient flow in the metric diag(φ'), so that the only equilibrium attracts all."""
    system = two_way(["b1", "b2"], rate=1).reduced()
    metric = DiagonalMetric({s.name: 1 - sympy.tanh(s) ** 2 for s in system.states})
    unique = Implies(Holds(system["k"] <= 1), HasEquilibria(system, count=1))
    at_one = Implies(Holds(system["k"] <= Rational(267, 100)), HasEquilibria(two_way(1, rate=1).reduced(), count=1))
    return (All.of(unique, at_one, IsGradient(system, metric=metric)),)


def _bi_unique_all_inputs() -> Goal:
    """Inside: the map is one-to-one. Outside: a saddle for some input; its index is -1, and all add up to 1."""
    system = two_way(["b1", "b2"], rate=1).reduced()
    k = system["k"]
    one_driven = two_way(["b1", 0], rate=1).reduced()
    both_driven = two_way("b", rate=1).reduced()
    gain = k * sympy.tanh(one_driven["b1"]) ** 2
    rate = sympy.tanh(_POINT)
    common = k * rate**2 * (1 - rate**2)
    plain, other = symbol("A"), symbol("B")
    p, q = plain * (1 - other), other * (1 - plain)
    return All.of(
        Implies(Holds(And(k > -4, k <= 1)), HasEquilibria(system, count=1)),
        CharacteristicPolynomial(one_driven, (_LAMBDA + 1) * (_LAMBDA + 1 - gain), at={"x": one_driven["b1"], "y": 0}),
        Holds(Implication(And(k > 1, Eq(2 * k * plain, k + 1)), And(plain < 1, k * plain > 1))),
        Implies(
            Holds(Eq(both_driven["b"], _POINT - k * rate**3)),
            CharacteristicPolynomial(
                both_driven, (_LAMBDA + 1 + common) * (_LAMBDA + 1 - 3 * common), at={"x": _POINT, "y": _POINT}
            ),
        ),
        Holds(Implication(And(k < -4, Eq(plain, Rational(1, 2))), 1 + k * plain * (1 - plain) < 0)),
        Holds(
            Implication(
                And(plain >= 0, plain < 1, other >= 0, other < 1, Or(*(Ne(2 * x, 1) for x in (plain, other)))),
                1 + 4 * (p + q) - 48 * p * q > 0,
            )
        ),
        HasEquilibria(system.with_values(k=Rational(21, 20), b1=3, b2=0), count=3),
        HasEquilibria(system.with_values(k=Rational(-41, 10), b1=Rational(23, 10), b2=Rational(23, 10)), count=3),
    )


# ---- rates, baselines, imperfections


def _slow_rates() -> Goal:
    fixed_rate = one_way(strength="eta/gamma").system()
    eta, gamma, b1 = (fixed_rate[name] for name in ("eta", "gamma", "b1"))
    gain = sympy.tanh(b1) ** 2
    at = {"x": b1, "y": 0, "w_y_x": 0}
    fixed_strength = one_way().system()
    pair = two_way(strength="eta/gamma").system()
    rate = sympy.tanh(amplitude(pair))
    reduced = two_way().reduced()
    left = sympy.ImmutableDenseMatrix([e.diff(reduced["gamma"]) for e in reduced.rhs])
    return All.of(
        Exactly(IsStable(fixed_rate, at=at), where=gamma > eta * gain),
        Exactly(IsStable(fixed_strength, at=at), where=fixed_strength["k"] * gain < 1),
        Implies(
            Holds(And(eta > 0, b1 > 0)),
            All.of(
                _pitchfork(fixed_rate, "gamma", eta * gain, at=at, criticality="supercritical"),
                _pitchfork(fixed_rate, "eta", gamma / gain, at=at, criticality="supercritical"),
            ),
        ),
        Implies(Holds(eta < 0), _pitchfork(pair, "gamma", -eta * rate**2 * (1 - rate**2), at=None)),
        Identity(left, sympy.zeros(2, 1).as_immutable()),
    )


def _baseline_criticality() -> Goal:
    system = two_way(0, activation=AnySigmoid(), baseline="w0").system()
    turning = -_S3 / (6 * _S1**4)
    at = {"x": 0, "y": 0, "w_y_x": system["w0"], "w_x_y": system["w0"]}
    sides = ((system["k"] < turning, "supercritical"), (system["k"] > turning, "subcritical"))
    return All(
        tuple(
            Implies(Holds(relation), _pitchfork(system, "w0", sign / _S1, at=at, criticality=c))
            for sign in (1, -1)
            for relation, c in sides
        )
    )


def _imperfect() -> Goal:
    """x, y = s ± εu + ε²m at k = k_c + ε²κ, drives b ± ε³d, strengths k ± ε³r: mean to ε², difference to ε³."""
    u, e = _UNEVEN, _STEP
    p, p1, p2, p3 = (sigmoid_at(_POINT, order) for order in range(4))
    critical = -1 / (p**2 * p1)
    bias = _POINT - critical * p**3
    mean = (_DETUNING * p**3 + critical * p * (Rational(3, 2) * p * p2 - p1**2) * u**2) / 4
    x, y = (_POINT + sign * e * u + e**2 * mean for sign in (1, -1))
    strength = critical + e**2 * _DETUNING
    one, other = (
        -own
        + bias
        + sign * e**3 * _DRIVE
        + (strength + sign * e**3 * _COUPLING) * sigmoid_at(own) * sigmoid_at(far) ** 2
        for own, far, sign in ((x, y, 1), (y, x, -1))
    )
    slope = p**3 * p2 / (4 * p1) - p**2 * p1 / 2
    cubic = p3 / (6 * p1) - Rational(3, 8) * (p2 / p1) ** 2 + p2 / (2 * p) - p1**2 / (2 * p**2)
    unfolding = _DRIVE + _COUPLING * p**3 + slope * _DETUNING * u + cubic * u**3
    return All.of(
        Series((one + other) / 2, sympy.S.Zero, symbol="epsilon", order=2),
        Series((one - other) / 2, e**3 * unfolding, symbol="epsilon", order=3),
    )


CLAIMS = (
    Claim(
        "gong2023.uni_pitchfork",
        "One-way motif x → y, drive (b1, 0), b1 ≠ 0: y = σ k φ(b1)² φ(y). At y = 0 the characteristic polynomial is "
        "(λ + 1)((λ + 1)(λ + γ) - γ σ k φ'(0) φ(b1)²). There is a pitchfork where σ k φ'(0) φ(b1)² = 1: for Hebbian "
        "k > 0 at an excitatory synapse, for anti-Hebbian k < 0 at an inhibitory one, supercritical if φ'''(0) < 0. "
        "With the other sign of k y = 0 is stable, and for tanh the only equilibrium.",
        _uni_pitchfork,
        source=SOURCE,
        scope=f"σ = 1 and σ = -1; {WEIGHTS_MOVE}; any odd increasing φ, uniqueness for tanh",
        symbols=(_S1, _S3),
        seconds=60,
    ),
    Claim(
        "gong2023.bi_pitchfork",
        "Two-way motif with the common drive b = s + φ(s)/φ'(s): the equilibrium x = y = s has a pitchfork where "
        "k φ(s)² φ'(s) = -1. For tanh there is one for each b > 0, never above k = -4, which is reached at "
        "b = artanh(1/√2) + √2.",
        _bi_pitchfork,
        source=SOURCE,
        scope=f"excitatory synapses; {WEIGHTS_MOVE}; any odd increasing φ with φ φ'' ≠ 2 φ'²; the tip for tanh",
        symbols=(amplitude(two_way().system()), _T),
        seconds=60,
    ),
    Claim(
        "gong2023.bi_supercritical",
        "For tanh the pitchfork of the two-way motif is supercritical for every drive b ≠ 0.",
        _bi_supercritical,
        source=SOURCE,
        scope=f"excitatory synapses, common drive; {WEIGHTS_MOVE}",
        symbols=(amplitude(two_way().system()),),
    ),
    Claim(
        "gong2023.bi_supercritical_any",
        "The pitchfork at x = y = s is supercritical for every φ with a negative Schwarzian derivative S at s, and in "
        "general exactly if S < (3/4)(φ''/φ' - 2 φ'/φ)².",
        _bi_supercritical_any,
        source=SOURCE,
        scope=f"excitatory synapses, common drive; {WEIGHTS_MOVE}; any odd increasing φ, φ(s) ≠ 0",
        symbols=(amplitude(two_way().system()),),
        seconds=60,
    ),
    Claim(
        "gong2023.bi_hebbian_unique",
        "Two-way motif: Hebbian k > 0 keeps one globally stable equilibrium (Theorem 3).",
        _bi_hebbian_unique,
        source=SOURCE,
        scope="excitatory synapses, common drive b = 1, tanh, no baseline; corrected: b1, b2 any inputs, k > 0",
        hypotheses=["k > 0"],
        alternatives=_bi_hebbian_corrected,
        seconds=120,
    ),
    Claim(
        "gong2023.bi_unique_all_inputs",
        "Two-way motif: the equilibrium is unique for every input (b1, b2) if -4 < k ≤ 1. For each k > 1 and each "
        "k < -4 some input has a saddle, hence more than one equilibrium; at k = -4 the Jacobian is singular at single "
        "points only.",
        _bi_unique_all_inputs,
        source=SOURCE,
        scope="excitatory synapses, tanh, no baseline, any decay (equilibria do not depend on it)",
        symbols=(symbol("A"), symbol("B"), _POINT),
        seconds=90,
    ),
    Claim(
        "gong2023.slow_rates",
        "Slow decay γ at fixed η makes |k| = η/γ large: the pitchforks are at γ = η φ'(0) φ(b1)² (one way) and "
        "γ = -η φ(s)² φ'(s) (two ways). At fixed k equilibria and their bifurcations do not depend on γ; at fixed γ a "
        "slower η weakens the effect.",
        _slow_rates,
        source=SOURCE,
        scope="tanh, excitatory synapses, no baseline; one way: drive (b1, 0); two ways: common drive",
        symbols=(amplitude(two_way().system()),),
        seconds=60,
    ),
    Claim(
        "gong2023.baseline_criticality",
        "Symmetric pair with baseline weight w0 and b = 0: pitchforks at φ'(0) w0 = 1 and φ'(0) w0 = -1, supercritical "
        "for k < -φ'''(0)/(6 φ'(0)⁴), subcritical beyond.",
        _baseline_criticality,
        source=SOURCE,
        scope="excitatory synapses, any decay γ > 0, baseline w0, no drive; any odd increasing φ",
        symbols=(_S1, _S3),
        seconds=60,
    ),
    Claim(
        "gong2023.imperfect",
        "Two-way motif, drives b ± d, strengths k ± r, k = k_c + κ, x - y = 2u: to leading order "
        "0 = d + r φ³ + (φ³φ''/(4φ') - φ²φ'/2) κ u + (S/6 - (φφ'' - 2φ'²)²/(8φ²φ'²)) u³ at the critical s, with the "
        "Schwarzian derivative S.",
        _imperfect,
        source=SOURCE,
        scope="excitatory synapses, no baseline, equilibria for any decay; any odd φ; u ~ ε, κ ~ ε², d, r ~ ε³",
        symbols=(_POINT, _STEP, _DRIVE, _COUPLING, _DETUNING, _UNEVEN),
    ),
)
