"""All-to-all networks, the directed ring of three, chains and barbells."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Eq, Expr, Ne, Rational
from sympy.logic.boolalg import And
from sympy.logic.boolalg import Implies as Implication

from dynsym import tensors as tn
from dynsym._expressions import symbol
from dynsym.claims.claim import Claim
from dynsym.claims.goals import (
    All,
    CharacteristicPolynomial,
    Exactly,
    ForSizes,
    Goal,
    HasEquilibria,
    HasSpectrum,
    Holds,
    Identity,
    Implies,
    IndexStatement,
    IsStable,
)
from dynsym.claims.papers.gong2023._model import SOURCE, sigmoid_at
from dynsym.learning import HebbianNetwork
from dynsym.model import AnySigmoid, SymbolicSystem
from dynsym.network import Edge, Network, Node, motifs

__all__ = ["CLAIMS"]

_LAMBDA = sympy.Symbol("lambda")
_S, _GAMMA, _GAIN, _SQUARE = symbol("s"), symbol("gamma", "positive"), symbol("K"), symbol("square", "positive")
_OUTPUT, _SIZE, _FURTHER = symbol("p", "nonzero"), symbol("n", "positive"), symbol("L")
"""The gain is K = k φ(s)² φ'(s), p stands for φ(s), and the square is that of a frequency."""

_MILD = Rational(1, 2)
"""The strength of the Hebbian edges of chains and barbells."""


def _symmetric(system: SymbolicSystem, partners: int) -> tuple[Eq, dict[str, Expr], Expr]:
    """The drive at which all rates are s, that equilibrium, and the gain; each neuron has so many partners."""
    value, k = sigmoid_at(_S), system["k"]
    point = {name: k * value**2 if name.startswith("w_") else _S for name in system.state_names}
    return Eq(system["b"], _S - partners * k * value**3), point, k * value**2 * sigmoid_at(_S, 1)


# ---- all to all


def _complete(n: int) -> HebbianNetwork:
    return HebbianNetwork(motifs.complete(n, weight=0, bias="b"), activation=AnySigmoid())


def _slaved_spectrum(n: int) -> Goal:
    system = _complete(n).reduced()
    drive, point, gain = _symmetric(system, n - 1)
    return Implies(
        Holds(drive), HasSpectrum(system, (3 * (n - 1) * gain - 1, *[(n - 3) * gain - 1] * (n - 1)), at=point)
    )


def _slaved_for_all_sizes() -> Goal:
    """J = ((n - 3) K - 1) 1 + 2 K 1 1ᵀ; so its eigenvalues are (n - 3) K - 1 beside those of 2 K 1 1ᵀ."""
    sort = tn.Sort("n")
    gain, eigenvalue = tn.scalar("K"), tn.scalar("mu")
    column = tn.ones(sort, tn.UNIT)
    rank_one = tn.as_operator(column * (gain * 2)), tn.as_operator(column.T)
    right = tn.Product.power(eigenvalue * -1, sort.size - 1) * tn.Product.power(gain * sort.size * 2 - eigenvalue)
    return IndexStatement(
        tn.prove_characteristic_polynomial,
        (column @ column.T * (gain * 2), eigenvalue, right),
        options={"factors": [rank_one]},
    )


def _moving_weights(n: int) -> Goal:
    """Weights of the form q (u_i + u_j) are driven; the other n (n - 2) combinations decay."""
    system = _complete(n).system()
    drive, point, gain = _symmetric(system, n - 1)
    gamma = system["gamma"]
    standard = (_LAMBDA + 1 + gain) * (_LAMBDA + gamma) - (n - 2) * gamma * gain
    trivial = (_LAMBDA + 1 - (n - 1) * gain) * (_LAMBDA + gamma) - 2 * (n - 1) * gamma * gain
    polynomial = standard ** (n - 1) * trivial * (_LAMBDA + gamma) ** (n * (n - 2))
    return Implies(Holds(drive), CharacteristicPolynomial(system, polynomial, at=point))


def _sums_over_partners() -> Goal:
    """Σ_{j≠i} (u_i + u_j) = (n - 2) u_i + Σ_j u_j, for all sizes."""
    sort = tn.Sort("n")
    u = tn.column("u", sort)
    ones = tn.ones(sort, sort)
    left = (ones - tn.identity(sort)) @ u + u * (sort.size - 1)
    return IndexStatement(tn.prove_identity, (left, u * (sort.size - 2) + ones @ u))


def _mode(own: Expr, weights: Expr) -> sympy.ImmutableDenseMatrix:
    """A mode of the rates with the weights that it drives: u' = own u + weights p q, q' = γ (K u/p - q)."""
    return sympy.ImmutableDenseMatrix([[own, weights * _OUTPUT], [_GAMMA * _GAIN / _OUTPUT, -_GAMMA]])


def _complete_mode() -> Goal:
    standard = _mode(-1 - _GAIN, _SIZE - 2)
    trivial = _mode((_SIZE - 1) * _GAIN - 1, 2 * (_SIZE - 1))
    frequency = _GAMMA * (1 + (_SIZE - 3) * (1 + _GAMMA))
    at_hopf = standard.xreplace({_GAIN: -(1 + _GAMMA)})
    return All.of(
        ForSizes(_slaved_spectrum, ("n",), smallest=2, largest=4, everywhere=_slaved_for_all_sizes()),
        _sums_over_partners(),
        _moving_weights(2),
        _moving_weights(3),
        Exactly(IsStable(standard), where=And(_GAIN > -1 - _GAMMA, (_SIZE - 3) * _GAIN < 1)),
        Exactly(IsStable(trivial), where=And((_SIZE - 1) * _GAIN < 1 + _GAMMA, 3 * (_SIZE - 1) * _GAIN < 1)),
        CharacteristicPolynomial(at_hopf, _LAMBDA**2 + frequency),
        Holds(Implication(_SIZE >= 3, frequency > 0)),
    )


# ---- directed ring of three


def _rotating(value: Expr, decay: Expr, gain: Expr) -> Expr:
    """The factor of the modes u_i ~ exp(±2πi/3) of a ring."""
    turning = Rational(3, 4) * gain**2 * (value + 2 * decay) ** 2
    return (value**2 + (1 + decay + gain / 2) * value + decay) ** 2 + turning


def _ring_hopf() -> Goal:
    """With c = 1 + γ + K/2 the odd part of the factor at iω gives ω², and the even part is then H up to a factor.

    Where c > 0 the factor is stable exactly if H > 0, by the criterion of Liénard and Chipart: p1 = 2c, p3, p4 > 0, and
    the minor p1 p2 p3 - p3² - p1² p4 has the sign of H.
    """
    system = HebbianNetwork(motifs.ring(3, weight=0, bias="b"), activation=AnySigmoid()).system()
    drive, point, gain = _symmetric(system, 1)
    trivial = (_LAMBDA + 1 - gain) * (_LAMBDA + system["gamma"]) - 2 * system["gamma"] * gain
    whole = trivial * _rotating(_LAMBDA, system["gamma"], gain)
    coefficients = sympy.Poly(_rotating(_LAMBDA, _GAMMA, _GAIN), _LAMBDA).all_coeffs()[::-1]
    even, odd = (
        sympy.Add(*(c * (-_SQUARE) ** power for power, c in enumerate(coefficients[first::2]))) for first in (0, 1)
    )
    c, hopf = 1 + _GAMMA + _GAIN / 2, _hopf(_GAIN)
    turning = _GAMMA * (2 * c + 3 * _GAIN**2) / (2 * c)
    p4, p3, p2, p1, _ = coefficients
    minor = p1 * p2 * p3 - p3**2 - p1**2 * p4
    other = _GAIN**2 + _GAIN * (1 + _GAMMA) + (1 + _GAMMA) ** 2
    return All.of(
        Implies(Holds(drive), CharacteristicPolynomial(system, whole, at=point)),
        Identity(odd, 2 * c * (turning - _SQUARE)),
        Holds(Implication(Eq(odd, 0), Ne(c, 0))),
        Identity(even.xreplace({_SQUARE: turning}), -_GAMMA * (4 * c**2 + 3 * _GAIN**2) * hopf / (16 * c**2)),
        Holds(4 * c**2 + 3 * _GAIN**2 > 0),
        Identity(turning * (2 * _GAMMA - 2 - _GAIN) - 4 * _GAMMA**2, -_GAMMA * hopf / (2 * c)),
        Holds(Implication(Eq(hopf, 0), 2 * _GAMMA - 2 - _GAIN > 0)),
        Identity(minor, _GAMMA * other * hopf),
        Holds(And(p4 > 0, other > 0)),
        Holds(Implication(c > 0, p3 > 0)),
        Holds(Implication(Eq(_GAIN, 0), hopf > 0)),
        Holds(Implication(Eq(_GAIN, -2 - 2 * _GAMMA), hopf < 0)),
        Holds(Implication(And(_GAIN < 0, Eq(hopf, 0)), sympy.diff(hopf, _GAIN) > 0)),
        Holds(Implication(And(_GAIN < 0, _FURTHER < _GAIN, Eq(hopf, 0)), _hopf(_FURTHER) < 0)),
        Holds(Implication(And(_GAIN > 0, Eq(hopf, 0)), 3 * _GAIN > 1)),
    )


def _hopf(gain: Expr) -> Expr:
    """H = (2 + 2γ + K)² - 3 K² (2γ - 2 - K)."""
    return (2 + 2 * _GAMMA + gain) ** 2 - 3 * gain**2 * (2 * _GAMMA - 2 - gain)


# ---- chains and barbells

Pairs = Mapping[tuple[int, int], int | Rational]


def _driven(name: str, strengths: Pairs) -> SymbolicSystem:
    """Neurons with b = 1, coupled in both directions with the given strengths."""
    size = 1 + max(max(pair) for pair in strengths)
    names = [f"x{i + 1}" for i in range(size)]
    matrix = sympy.zeros(size, size)
    for (i, j), strength in strengths.items():
        matrix[i, j] = matrix[j, i] = strength
    edges = tuple(Edge(names[a], names[b], weight=0, plastic=True) for i, j in strengths for a, b in ((i, j), (j, i)))
    network = Network(tuple(Node(n, bias=1) for n in names), edges, name=name)
    return HebbianNetwork(network, strength=matrix, rate=1).reduced()


def _joined(*, bridge: int | Rational, inner: int | Rational, size: int) -> SymbolicSystem:
    """Two all-to-all groups, joined by an edge between one neuron of each: a chain of four where they are pairs."""
    pairs = [(i, j) for j in range(size) for i in range(j)]
    groups = {(i + shift, j + shift): inner for shift in (0, size) for i, j in pairs}
    kind = "chain of 4" if size == 2 else f"barbell of {2 * size}"
    return _driven(f"{kind}, bridge {bridge}, inner {inner}", {**groups, (size - 1, size): bridge})


def _choke() -> Goal:
    goals: list[Goal] = []
    for size, strong in ((2, -7), (3, -10)):
        goals += [
            HasEquilibria(_joined(bridge=_MILD, inner=_MILD, size=size), count=1),
            HasEquilibria(_joined(bridge=strong, inner=_MILD, size=size), count=3, stable=2),
            HasEquilibria(_joined(bridge=_MILD, inner=strong, size=size), count=1),
        ]
    return All(tuple(goals))


CLAIMS = (
    Claim(
        "gong2023.complete_mode",
        "All-to-all network of n ≥ 2, symmetric equilibrium x_i = s, K = k φ(s)² φ'(s). Trivial mode: zero eigenvalue "
        "where 3 (n - 1) K = 1. Standard mode (n - 1 times): zero eigenvalues where (n - 3) K = 1, so anti-Hebbian for "
        "n = 2, never for n = 3, Hebbian for n ≥ 4; for n ≥ 3 and moving weights imaginary ones where K = -(1 + γ), "
        "with frequency ω² = γ (1 + (n - 3)(1 + γ)).",
        _complete_mode,
        source=SOURCE,
        scope="excitatory synapses, common drive b = s - (n - 1) k φ(s)³, no baseline, any odd increasing φ; weights "
        "at their steady state: all n; moving weights: the two blocks for all n, the whole spectrum for n = 2, 3",
        symbols=(_S, _GAMMA, _GAIN, _OUTPUT, _SIZE),
        hypotheses=[_SIZE >= 2],
        seconds=90,
    ),
    Claim(
        "gong2023.ring_hopf",
        "Directed 3-ring with plastic weights, symmetric equilibrium, K = k φ(s)² φ'(s): the rotating modes have an "
        "imaginary pair exactly where H = (2 + 2γ + K)² - 3K² (2γ - 2 - K) = 0, with ω² = 4γ²/(2γ - 2 - K). For each γ "
        "there is one root K < 0, simple and in (-2 - 2γ, 0): there they lose stability as k falls. Positive roots lie "
        "beyond K = 1/3, where the trivial mode is unstable.",
        _ring_hopf,
        source=SOURCE,
        scope="excitatory synapses, common drive b = s - k φ(s)³, no baseline, any odd increasing φ, γ > 0; nothing is "
        "said of criticality",
        symbols=(_S, _GAMMA, _GAIN, _SQUARE, _FURTHER),
        seconds=90,
    ),
    Claim(
        "gong2023.choke",
        "With b = 1 at all neurons there are a chain of 4 (two pairs) and a barbell (two triangles) with mild Hebbian "
        "strengths 1/2 where a strongly anti-Hebbian interconnecting edge creates 3 equilibria, 2 of them stable, and "
        "strongly anti-Hebbian inner edges leave one.",
        _choke,
        source=SOURCE,
        scope="excitatory synapses both ways, tanh, no baseline; chain: strong is k = -7, barbell: k = -10; stability "
        "with weights at their steady state",
        seconds=60,
    ),
)
