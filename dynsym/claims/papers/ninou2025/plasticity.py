"""Section 2 and appendices A.2 to A.4: Hebbian plasticity in recurrent networks with signs, and when it is a gradient.

W is N×N; f drives the neurons, Σ = f fᵀ or any covariance; D holds the signs of neurons, R (the paper's M) those of
rules. "Gradient" on symmetric W is meant in the Frobenius product of symmetric matrices.
"""

from __future__ import annotations

from fractions import Fraction

from dynsym import tensors as tn
from dynsym.claims.goals import All, Goal
from dynsym.claims.papers.ninou2025._network import asked, claim, same

__all__ = ["CLAIMS"]

_N = tn.Sort("N")
_W, _V = tn.matrix("W", _N, _N), tn.symmetric_matrix("V", _N)
"""Free weights, and symmetric ones."""
_S = tn.symmetric_matrix("S", _N)
_f, _d = tn.column("f", _N), tn.signs("d", _N)
_D = tn.diagonal_matrix(_d)
_one = tn.identity(_N)
_drive = _f @ _f.T
_eps, _gamma = tn.scalar("epsilon"), tn.scalar("gamma")
_R, _Q = tn.sign_matrix("R", _N, _N), tn.sign_matrix("Q", _N, _N, symmetric=True)
"""Signs of rules: free, and symmetric."""


# ---- section 2


def _eq2() -> Goal:
    """y = (1 + εWD) f solves y = εWD y + f up to ε², and y yᵀ is the printed sum up to ε²."""
    y = (_one + _eps * _W @ _D) @ _f
    printed = _drive + _eps * (_W @ _D @ _drive + _drive @ _D @ _W.T)
    return All.of(
        same(y - _eps * _W @ _D @ y - _f, -1 * _eps**2 * _W @ _D @ _W @ _D @ _f),
        same(y @ y.T, printed + _eps**2 * _W @ _D @ _drive @ _D @ _W.T),
    )


def _eq2_terms() -> Goal:
    return All.of(
        same(tn.derivative(tn.trace(_drive @ _W.T), _W), _drive),
        same(_gamma / 2 * tn.derivative(tn.trace(_W @ _W.T), _W), _gamma * _W),
    )


def _middle(weights: tn.Formula, sigma: tn.Formula) -> tn.Formula:
    return weights @ _D @ sigma + sigma @ _D @ weights.T


def _iff(weights: tn.Formula) -> Goal:
    residual = tn.schwarz_residual(_middle(weights, _drive), weights)
    return asked(
        tn.prove_equivalence,
        residual,
        _drive @ _D - _D @ _drive,
        said="W D f fᵀ + f fᵀ D Wᵀ is a gradient exactly if f fᵀ D is symmetric",
    )


def _only_excitatory() -> Goal:
    """f fᵀ D symmetric implies (1 - d_i) f_i = 0."""
    quiet = tn.array((_N,), lambda i: (1 - _d[i]) * _f[i])
    return asked(
        tn.prove_implication,
        (_drive @ _D - _D @ _drive,),
        quiet,
        hypotheses=tn.Hypotheses(least={_N: 2}),
        said="if f fᵀ D is symmetric, inhibitory neurons are not driven",
    )


def _one_kind_driven() -> Goal:
    """f fᵀ D is symmetric exactly if driven neurons are all of one sign."""
    return asked(
        tn.prove_equivalence,
        _drive @ _D - _D @ _drive,
        tn.array((_N, _N), lambda i, j: _f[i] * _f[j] * (_d[i] - _d[j])),
        said="f fᵀ D is symmetric exactly if no two driven neurons have different signs",
    )


# ---- A.2


def _eq24() -> Goal:
    y = (_one + _eps * _W) @ _f
    whole = tn.hadamard(y @ y.T, _R)
    printed = tn.hadamard(_drive + _eps * (_drive @ _W.T + _W @ _drive), _R)
    return All.of(
        same(y - _eps * _W @ y - _f, -1 * _eps**2 * _W @ _W @ _f),
        same(whole, printed + _eps**2 * tn.hadamard(_W @ _drive @ _W.T, _R)),
    )


def _rule(weights: tn.Formula, signs: tn.Formula) -> tn.Formula:
    return tn.hadamard(_S @ weights.T + weights @ _S, signs)


def _eq28_difference() -> tn.Formula:
    def entry(i: tn.Index, j: tn.Index, k: tn.Index, l: tn.Index) -> tn.Formula:
        left = (tn.delta(j, k) * _S[i, l] + tn.delta(i, k) * _S[l, j]) * _R[i, j]
        right = (tn.delta(i, l) * _S[j, k] + tn.delta(i, k) * _S[l, j]) * _R[k, l]
        return left - right

    return tn.array((_N,) * 4, entry)


def _eq28() -> Goal:
    return same(tn.schwarz_residual(_rule(_W, _R), _W), _eq28_difference())


def _eq29() -> Goal:
    """At i = j = k the printed condition is 2 Σ_li R_ii - Σ_li R_il, apart from l = i."""
    i, l = _N.indices("i l")
    at = _eq28_difference()[i, i, i, l]
    apart = 1 - tn.delta(i, l)
    return same(apart * at, apart * (2 * _S[l, i] * _R[i, i] - _S[l, i] * _R[i, l]))


def _a2_general() -> Goal:
    """A gradient needs Σ_il = 0 for i ≠ l, whatever the signs."""
    return asked(
        tn.prove_implication,
        (tn.schwarz_residual(_rule(_W, _R), _W),),
        tn.array((_N, _N), lambda i, l: (1 - tn.delta(i, l)) * _S[i, l]),
        said="if (Σ Wᵀ + W Σ) ∘ M is a gradient, Σ is diagonal",
    )


# ---- A.2.1, symmetric weights


def _eq30() -> Goal:
    def entry(i: tn.Index, j: tn.Index, k: tn.Index, l: tn.Index) -> tn.Formula:
        a, b = tn.delta(j, l) * _S[i, k] + tn.delta(j, k) * _S[i, l], tn.delta(i, l) * _S[j, k]
        return (a + b + tn.delta(i, k) * _S[l, j]) * _Q[i, j]

    flow = tn.hadamard(_S @ _V + _V @ _S, _Q)
    moved = tn.derivative(flow, _V, convention="both")
    other = tn.array((_N,) * 4, lambda i, j, k, l: moved[k, l, i, j])
    exchanged = tn.array((_N,) * 4, lambda i, j, k, l: entry(i, j, k, l) * _Q[i, j] * _Q[k, l])
    return All.of(same(moved, tn.array((_N,) * 4, entry)), same(other, exchanged))


def _a21_iff() -> Goal:
    flow = tn.hadamard(_S @ _V + _V @ _S, _Q)
    return asked(
        tn.prove_equivalence,
        tn.schwarz_residual(flow, _V),
        tn.array((_N,) * 4, lambda i, j, k, l: _Q[i, j] - _Q[k, l]),
        hypotheses=tn.Hypotheses(nonzero=(_S,)),
        said="(Σ W + W Σ) ∘ M is a gradient on symmetric W exactly if all entries of M are equal",
    )


def _eq32(factor: Fraction | int) -> Goal:
    objective = tn.trace(_S @ _V.T + _V @ _S @ _V.T)
    return same(_S + _S @ _V + _V @ _S, factor * tn.derivative(objective, _V))


# ---- A.3


def _printed_35(i: tn.Index, j: tn.Index, k: tn.Index, l: tn.Index) -> tn.Formula:
    first = tn.delta(i, k) * _d[l] * _S[l, j] + tn.delta(i, l) * _d[k] * _S[k, j]
    return first + tn.delta(j, k) * _d[l] * _S[i, l] + tn.delta(j, l) * _d[k] * _S[i, k]


def _printed_36(i: tn.Index, j: tn.Index, k: tn.Index, l: tn.Index) -> tn.Formula:
    first = tn.delta(k, i) * _d[j] * _S[j, l] + tn.delta(j, k) * _d[i] * _S[i, l]
    return first + tn.delta(l, i) * _d[j] * _S[k, j] + tn.delta(l, j) * _d[i] * _S[k, i]


def _derivative_on_symmetric() -> tn.Formula:
    return tn.derivative(_V @ _D @ _S + _S @ _D @ _V.T, _V, convention="both")


def _eq35() -> Goal:
    return same(_derivative_on_symmetric(), tn.array((_N,) * 4, _printed_35))


def _eq36() -> Goal:
    moved = _derivative_on_symmetric()
    other = tn.array((_N,) * 4, lambda i, j, k, l: moved[k, l, i, j])
    return same(other, tn.array((_N,) * 4, _printed_36))


def _eq37() -> Goal:
    return asked(
        tn.prove_implication,
        (tn.schwarz_residual(_V @ _D @ _S + _S @ _D @ _V.T, _V),),
        tn.array((_N, _N), lambda l, j: (_d[l] - _d[j]) * _S[l, j]),
        said="if the flow is a gradient on symmetric W, d_l = d_j wherever Σ_lj ≠ 0",
    )


def _a3_free() -> Goal:
    return asked(
        tn.prove_implication,
        (tn.schwarz_residual(_middle(_W, _S), _W),),
        _S,
        hypotheses=tn.Hypotheses(least={_N: 2}),
        said="if the flow is a gradient on free W, Σ = 0",
    )


def _a3_free_corrected() -> Goal:
    """D Σ is a multiple of 1: Σ is diagonal and d_i Σ_ii is the same for all i."""

    def entry(i: tn.Index, j: tn.Index) -> tn.Formula:
        return (1 - tn.delta(i, j)) * _S[i, j] + _d[i] * _S[i, i] - _d[j] * _S[j, j]

    return asked(
        tn.prove_equivalence,
        tn.schwarz_residual(_middle(_W, _S), _W),
        tn.array((_N, _N), entry),
        said="on free W the flow is a gradient exactly if D Σ is a multiple of 1, so that D = ±1 unless Σ = 0",
    )


def _undriven() -> Goal:
    """With free W and two or more neurons the middle terms are a gradient exactly if nothing is driven."""
    return asked(
        tn.prove_equivalence,
        tn.schwarz_residual(_middle(_W, _drive), _W),
        _f,
        hypotheses=tn.Hypotheses(least={_N: 2}),
        said="with free W and N ≥ 2, W D f fᵀ + f fᵀ D Wᵀ is a gradient exactly if f = 0",
    )


_FROBENIUS = "symmetric W, Frobenius product"
_BOTH = "symmetric W; entries (k, l) and (l, k) moved together"

CLAIMS = (
    claim("eq2", "section 2", "y yᵀ - γW ≈ f fᵀ + W D f fᵀ + f fᵀ D Wᵀ - γW to first order in W", _eq2),
    claim("eq2_terms", "section 2", "f fᵀ = ∇ Tr(f fᵀ Wᵀ) and γW = (γ/2) ∇ Tr(W Wᵀ)", _eq2_terms),
    claim(
        "eq2_iff",
        "section 2",
        "The two middle terms of (2) are a gradient exactly if f fᵀ D is symmetric.",
        lambda: _iff(_W),
        scope="W unconstrained",
        alternatives=lambda: (_undriven(), _iff(_V)),
    ),
    claim(
        "eq2_iff_symmetric_w",
        "section 2",
        "On symmetric W the two middle terms of (2) are a gradient exactly if f fᵀ D is symmetric.",
        lambda: _iff(_V),
        scope=_FROBENIUS,
    ),
    claim(
        "sec2_no_input_to_inhibitory",
        "section 2",
        "f fᵀ D is symmetric only if the inhibitory neurons receive no external input.",
        _only_excitatory,
        alternatives=lambda: (_one_kind_driven(),),
    ),
    claim("eq24", "A.2", "W' ≈ (f fᵀ + f fᵀ Wᵀ + W f fᵀ) ∘ M to first order in W", _eq24),
    claim(
        "eq28",
        "A.2",
        "Symmetry of the Jacobian is (δ_jk Σ_il + δ_ik Σ_lj) M_ij = (δ_il Σ_jk + δ_ik Σ_lj) M_kl.",
        _eq28,
        scope="free W",
    ),
    claim("eq29", "A.2", "Setting i = j = k and l ≠ i gives 2 Σ_li M_ii = Σ_li M_il.", _eq29),
    claim(
        "a2_general",
        "A.2",
        "A gradient needs uncorrelated inputs, or no more than one driven neuron.",
        _a2_general,
        scope="free W",
    ),
    claim("eq30_31", "A.2.1", "The Jacobians (30) and (31) on symmetric W", _eq30, scope=_BOTH),
    claim(
        "a21_iff",
        "A.2.1",
        "On symmetric W the flow is a gradient only for M = ±11ᵀ, if no entry of Σ vanishes.",
        _a21_iff,
        scope=f"{_FROBENIUS}, M symmetric",
    ),
    claim(
        "eq32",
        "A.2.1",
        "Σ + ΣW + WΣ = -(1/2) ∇_W(-Tr(ΣWᵀ + WΣWᵀ))",
        lambda: _eq32(Fraction(1, 2)),
        scope=_FROBENIUS,
        alternatives=lambda: (_eq32(1),),
    ),
    claim("eq35", "A.3", "∂F_ij/∂W_kl as printed, F = W D Σ + Σ D Wᵀ", _eq35, scope=_BOTH),
    claim("eq36", "A.3", "∂F_kl/∂W_ij as printed", _eq36, scope=_BOTH),
    claim("eq37", "A.3", "A gradient needs d_l = d_j wherever Σ_lj ≠ 0.", _eq37, scope=_FROBENIUS),
    claim(
        "a3_free",
        "A.3",
        "On free W symmetry of the Jacobian alone would force Σ = 0.",
        _a3_free,
        scope="free W, N ≥ 2",
        alternatives=lambda: (_a3_free_corrected(),),
    ),
)
