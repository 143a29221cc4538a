"""Pehlevan, Sengupta and Chklovskii 2018: why similarity matching leads to Hebbian and anti-Hebbian learning.

The model is reconstructed; `SimilarityMatching` states it. A symmetric R stands for M⁻¹, so that what holds where
M R = R M = 1 is written as an identity with M R - 1 as a factor, true for all matrices of all sizes.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import sympy
from sympy import Expr
from sympy.logic.boolalg import And, Boolean

from dynsym import tensors as tn
from dynsym._expressions import symbol
from dynsym.claims.claim import Claim
from dynsym.claims.goals import All, CharacteristicPolynomial, Exactly, Goal, Holds, Identity, IndexStatement, IsStable
from dynsym.learning import SimilarityMatching
from dynsym.model import SymbolicSystem

__all__ = ["CLAIMS", "PAPER"]

PAPER = "Pehlevan, Sengupta, Chklovskii, Why do similarity matching objectives lead to Hebbian/anti-Hebbian networks?"

_SOURCE = f"{PAPER} (2018); model reconstructed"
_TAU = symbol("tau", "positive")
_LAMBDA = sympy.Symbol("lambda")
_C = tuple(symbol(name, "positive") for name in ("c_1", "c_2", "c_3"))
_S = tuple(symbol(name, "positive") for name in ("r_1", "r_2", "r_3"))
"""Square roots of the eigenvalues in the whitening variant."""


def _same(left: tn.Formula, right: tn.Formula) -> Goal:
    return IndexStatement(tn.prove_identity, (left, right))


def _inverse_to_second_order(size: tn.Sort) -> tuple[Goal, ...]:
    """(M + εH)⁻¹ = R - ε R H R + ε² R H R H R + … where M R = 1."""
    M, R, H = (tn.symmetric_matrix(name, size) for name in ("M", "R", "H"))
    one, eps = tn.identity(size), tn.scalar("epsilon")
    guess = R - (R @ H @ R) * eps + (R @ H @ R @ H @ R) * eps**2
    rest = (H @ R @ H @ R @ H @ R) * eps**3
    return (
        _same((M + H * eps) @ guess, one + rest + (M @ R - one) @ (one - (H @ R) * eps + (H @ R @ H @ R) * eps**2)),
    )


def _local_rules() -> Goal:
    outputs, inputs = tn.Sort("k"), tn.Sort("n")
    W = tn.matrix("W", outputs, inputs)
    M, R, H = (tn.symmetric_matrix(name, outputs) for name in ("M", "R", "H"))
    C, x = tn.symmetric_matrix("C", inputs), tn.column("x", inputs)
    A, y = W @ C @ W.T, R @ W @ x
    by_W = tn.derivative(tn.norm_squared(W) * 2 - tn.trace(A @ R) * 2, W)
    return All.of(
        _same(by_W, (R @ W @ C - W) * -4),
        *_inverse_to_second_order(outputs),
        _same(tn.trace(A @ (R @ H @ R)), tn.trace((R @ A @ R) @ H)),
        _same(tn.derivative(tn.trace(M @ M), M), M * 2),
        _same(R @ W @ (x @ x.T), y @ x.T),
        _same(R @ (W @ (x @ x.T) @ W.T) @ R, y @ y.T),
        *(_descent_and_ascent(whitening) for whitening in (False, True)),
    )


def _descent_and_ascent(whitening: bool) -> Goal:
    """W' = -∂/∂W /2 and τ M' = +∂/∂M /2, with two outputs and three inputs; off the diagonal M counts twice."""
    network = SimilarityMatching(3, 2, whitening=whitening)
    objective, (of_W, of_M) = network.objective(), network.rates()
    pairs = [(rate, -objective.diff(w) / 2) for w, rate in zip(network.feedforward, of_W, strict=True)]
    for i, j in ((0, 0), (0, 1), (1, 1)):
        share = sympy.Integer(1 if i == j else 2)
        pairs.append((network.time_constant * of_M[i, j], objective.diff(network.lateral[i, j]) / (2 * share)))
    left, right = (sympy.ImmutableDenseMatrix(list(side)) for side in zip(*pairs, strict=True))
    return Identity(left, right)


def _fixed_points() -> Goal:
    """With F = M⁻¹ W: W' = 0 is M F = F C, M' = 0 is F C Fᵀ = M; together M (F Fᵀ - 1) = 0."""
    outputs, inputs = tn.Sort("k"), tn.Sort("n")
    F, M, R = tn.matrix("F", outputs, inputs), tn.symmetric_matrix("M", outputs), tn.symmetric_matrix("R", outputs)
    C, one = tn.symmetric_matrix("C", inputs), tn.identity(outputs)
    W = M @ F
    of_W, of_M = F @ C - W, F @ C @ F.T - M
    return All.of(
        _same(R @ W @ C - W, of_W + (R @ M - one) @ F @ C),
        _same(R @ W @ C @ W.T @ R - M, of_M + (R @ M - one) @ F @ C @ F.T @ M @ R + F @ C @ F.T @ (M @ R - one)),
        _same(M @ (F @ F.T - one), of_M - of_W @ F.T),
    )


@cache
def _linearised(inputs: int, outputs: int, whitening: bool) -> tuple[SymbolicSystem, dict[str, Expr]]:
    """The network, and its fixed point on the first eigenvectors."""
    roots = (_S if whitening else _C)[:inputs]
    values = tuple(s**2 for s in roots) if whitening else roots
    network = SimilarityMatching(inputs, outputs, whitening=whitening, eigenvalues=values)
    system = network.system()
    point: dict[str, Expr] = dict.fromkeys(system.state_names, sympy.S.Zero)
    for a in range(outputs):
        point[network.feedforward[a, a].name] = roots[a]
        point[network.lateral[a, a].name] = values[a]
    return system, point


def _pair_bound(whitening: bool) -> Boolean:
    """τ below (c₁² + c₂²)/(2 (c₁ - c₂)²), or (c₁ + c₂)/(2 (c₁ - c₂)²) in the whitening variant."""
    c1, c2 = (s**2 for s in _S[:2]) if whitening else _C[:2]
    total = c1 + c2 if whitening else c1**2 + c2**2
    return 2 * _TAU * (c1 - c2) ** 2 < total


def _principal_only() -> Goal:
    """The eigenvalues that leave the subspace are 2 (c_b/c_a - 1); the rest is that of the subspace alone."""
    goals: list[Goal] = []
    for whitening in (False, True):
        (system, point), (inner, rest) = (_linearised(n, 2, whitening) for n in (3, 2))
        roots = _S if whitening else _C
        c1, c2, c3 = (s**2 for s in roots) if whitening else roots
        inside = _polynomial(inner, rest)
        outside = (_LAMBDA - 2 * (c3 / c1 - 1)) * (_LAMBDA - 2 * (c3 / c2 - 1))
        goals.append(CharacteristicPolynomial(system, sympy.expand(outside * inside), at=point))
        goals.append(
            Exactly(IsStable(system, at=point, neutral=1), where=And(c3 < c1, c3 < c2, _pair_bound(whitening)))
        )
    return All(tuple(goals))


def _polynomial(system: SymbolicSystem, point: dict[str, Expr]) -> Expr:
    at = {system[name]: value for name, value in point.items()}
    size = system.dimension
    entries = system.jacobian_entries()
    matrix = sympy.Matrix(size, size, lambda i, j: sympy.cancel(entries.get((int(i), int(j)), sympy.S.Zero).subs(at)))
    return matrix.charpoly(_LAMBDA).as_expr()


def _tau_bound(whitening: bool) -> Goal:
    """Stable exactly below the bound; on it, what becomes zero beside the rotation is real."""
    system, point = _linearised(2, 2, whitening)
    c1, c2 = (s**2 for s in _S[:2]) if whitening else _C[:2]
    total = c1 + c2 if whitening else c1**2 + c2**2
    critical = total / (2 * (c1 - c2) ** 2)
    bound = _polynomial(system, point).subs(_TAU, critical)
    tau = critical
    if whitening:
        stated = _LAMBDA**3 * sympy.Mul(*(_LAMBDA**2 + (2 * _LAMBDA + 4) / (c * tau) for c in (c1, c2)))
    else:
        stated = _LAMBDA**2 * (_LAMBDA + 1 / tau) * (_LAMBDA**2 + (3 * _LAMBDA + 4) / tau) ** 2
    return All.of(Exactly(IsStable(system, at=point, neutral=1), where=_pair_bound(whitening)), Identity(bound, stated))


def _k1_always() -> Goal:
    system, point = _linearised(3, 1, False)
    return Exactly(IsStable(system, at=point), where=And(_C[1] < _C[0], _C[2] < _C[0]))


def _fractional() -> Goal:
    """With A = S³ the objective is stationary at M = S, has the value -3 Tr S² there, and is concave in M."""
    size = tn.Sort("k")
    S, R, H, B = (tn.symmetric_matrix(name, size) for name in ("S", "R", "H", "B"))
    Q, one = tn.matrix("Q", size, size), tn.identity(size)
    P = Q @ Q.T
    m, s = symbol("m", "positive"), symbol("s", "positive")
    return All.of(
        *_inverse_to_second_order(size),
        _same(R @ S @ S @ S @ R - S, (R @ S - one) @ S @ S @ R + S @ (S @ R - one)),
        _same(S @ S @ S @ R - S @ S, S @ S @ (S @ R - one)),
        _same(tn.trace(B @ B @ P @ H @ P @ H @ P), tn.norm_squared(Q.T @ H @ P @ B)),
        Holds(-(m**2) - 2 * s**3 / m <= -3 * s**2),
        Holds(-2 * m - 2 * s**2 / m <= -4 * s),
    )


def _distinct(roots: tuple[sympy.Symbol, ...]) -> tuple[Boolean, ...]:
    return tuple(sympy.Ne(a, b) for a, b in combinations(roots, 2))


CLAIMS = (
    Claim(
        "pehlevan2018.local_rules",
        "The flow is gradient descent in W and ascent in M of the objective, up to the common factor 1/2; W_ij moves "
        "by ⟨y_i x_j⟩ and M_ij by ⟨y_i y_j⟩, so that each synapse uses only its own activities.",
        _local_rules,
        source=_SOURCE,
        scope="all sizes; the whole gradient entry by entry with two outputs and three inputs, both variants",
        symbols={},
    ),
    Claim(
        "pehlevan2018.fixed_points",
        "At fixed points with M invertible the rows of F = M⁻¹W are orthonormal and span an invariant subspace of C, "
        "hence k of its eigenvectors: M (F Fᵀ - 1) = 0 and F C = M F.",
        _fixed_points,
        source=_SOURCE,
        scope="all sizes",
    ),
    Claim(
        "pehlevan2018.principal_only",
        "Only the fixed points on the principal eigenvectors are stable: a perturbation of row a towards an "
        "eigenvector b outside grows at the rate 2 (c_b/c_a - 1).",
        _principal_only,
        source=_SOURCE,
        scope="two outputs, three inputs, both variants, any distinct eigenvalues, modulo rotations",
        symbols=(*_C, *_S, _TAU),
        hypotheses=(*_distinct(_C), *_distinct(_S)),
        seconds=60,
    ),
    Claim(
        "pehlevan2018.tau_bound",
        "Modulo rotations the principal fixed point is linearly stable exactly if τ < (c_1² + c_2²)/(2 (c_1 - c_2)²); "
        "at the bound a real eigenvalue passes through zero.",
        lambda: _tau_bound(False),
        source=_SOURCE,
        scope="two outputs; with more, the linearisation splits into such pairs",
        symbols=(*_C[:2], _TAU),
        hypotheses=_distinct(_C[:2]),
        seconds=60,
    ),
    Claim(
        "pehlevan2018.k1_always",
        "With one output the principal fixed point is linearly stable for every τ.",
        _k1_always,
        source=_SOURCE,
        scope="one output, three inputs",
        symbols=(*_C, _TAU),
    ),
    Claim(
        "pehlevan2018.whitening_tau_bound",
        "In the whitening variant the bound is τ < (c_1 + c_2)/(2 (c_1 - c_2)²), with c = r²; there two real "
        "eigenvalues become zero together.",
        lambda: _tau_bound(True),
        source=_SOURCE,
        scope="two outputs; with more, the linearisation splits into such pairs",
        symbols=(*_S[:2], _TAU),
        hypotheses=_distinct(_S[:2]),
        seconds=60,
    ),
    Claim(
        "pehlevan2018.fractional",
        "Maximising over M gives 2 Tr WᵀW - 3 Tr (W C Wᵀ)^(2/3), at M = (W C Wᵀ)^(1/3); in the whitening variant "
        "2 Tr WᵀW - 4 Tr (W C Wᵀ)^(1/2).",
        _fractional,
        source=_SOURCE,
        scope="all sizes, W C Wᵀ positive definite: stationary point, value and concavity; eigenvalue by eigenvalue",
        symbols={"m": "positive", "s": "positive"},
    ),
)
