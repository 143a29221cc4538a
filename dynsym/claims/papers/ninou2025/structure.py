"""Appendix A.4: feedforward input to recurrent excitatory and inhibitory neurons; terms that no synapse carries."""

from __future__ import annotations

from dynsym import tensors as tn
from dynsym.claims.goals import All, Goal, Holds
from dynsym.claims.papers.ninou2025._network import asked, claim, same

__all__ = ["CLAIMS"]

_gamma = tn.scalar("gamma")
_F, _A, _B = tn.Sort("F"), tn.Sort("A"), tn.Sort("B")
_P, _E_to_I, _I_to_E = tn.matrix("P", _A, _F), tn.matrix("Q", _B, _A), tn.matrix("R", _A, _B)
_T = tn.symmetric_matrix("T", _F)
"""Σ_FF."""
_all = tn.Space(((_F,), (_A,), (_B,)))


def _placed(blocks: dict[tuple[int, int], tn.Formula]) -> tn.Operator:
    return tn.Operator(_all, _all, blocks)


_weights = _placed({(1, 0): _P, (1, 2): _I_to_E, (2, 1): _E_to_I})
_sigma = _placed({(0, 0): _T})
_signed = _placed({(0, 0): tn.identity(_F), (1, 1): tn.identity(_A), (2, 2): -1 * tn.identity(_B)})


def _agree(left: tn.Operator, right: tn.Operator) -> Goal:
    return asked(tn.prove_operator_identity, left, right)


def _terms() -> dict[str, tuple[tn.Operator, dict[tuple[int, int], tn.Formula]]]:
    """The terms of (42) and (43), and the blocks in which they lie."""
    W, S, step = _weights, _sigma, _weights @ _signed
    back = _signed @ W.T
    recurrent = _P @ _T @ _P.T
    return {
        "Σ": (S, {(0, 0): _T}),
        "WΣ": (step @ S, {(1, 0): _P @ _T}),
        "ΣWᵀ": (S @ back, {(0, 1): _T @ _P.T}),
        "(WD)²Σ": (step @ step @ S, {(2, 0): _E_to_I @ _P @ _T}),
        "WΣWᵀ": (step @ S @ back, {(1, 1): recurrent}),
        "Σ(DWᵀ)²": (S @ back @ back, {(0, 2): _T @ _P.T @ _E_to_I.T}),
        "(WD)³Σ": (step @ step @ step @ S, {(1, 0): -1 * _I_to_E @ _E_to_I @ _P @ _T}),
        "(WD)²ΣWᵀ": (step @ step @ S @ back, {(2, 1): _E_to_I @ recurrent}),
        "WΣ(DWᵀ)²": (step @ S @ back @ back, {(1, 2): recurrent @ _E_to_I.T}),
        "Σ(DWᵀ)³": (S @ back @ back @ back, {(0, 1): -1 * _T @ _P.T @ _E_to_I.T @ _I_to_E.T}),
    }


def _a4_terms() -> Goal:
    return All(tuple(_agree(term, _placed(blocks)) for term, blocks in _terms().values()))


def _eq44() -> Goal:
    """Of all terms the blocks of existing synapses are those of the four printed ones."""
    existing = {(1, 0), (1, 2), (2, 1)}
    kept: dict[tuple[int, int], tn.Formula] = {}
    for _, blocks in _terms().values():
        for place, block in blocks.items():
            if place in existing:
                kept[place] = kept[place] + block if place in kept else block
    step, back = _weights @ _signed, _signed @ _weights.T
    printed = _weights @ _sigma + step @ step @ step @ _sigma
    printed = printed + step @ step @ _sigma @ _weights.T + _weights @ _sigma @ back @ back
    return All.of(_a4_terms(), _agree(printed, _placed(kept)))


def _bullet() -> Goal:
    """Σ_FF W_FF W_EI for the block of Σ(DWᵀ)²: the shapes fit only where all groups are of one size."""
    N = tn.Sort("N")
    P, Q, S = tn.matrix("P", N, N), tn.matrix("Q", N, N), tn.symmetric_matrix("S", N)
    return same(S @ P.T @ Q.T, S @ P @ Q)


def _bullet_corrected() -> Goal:
    term, blocks = _terms()["Σ(DWᵀ)²"]
    said = "the block of Σ(DWᵀ)² is Σ_FF W_FF→RecEᵀ W_RecE→RecIᵀ"
    return asked(tn.prove_operator_identity, term, _placed(blocks), said=said)


def _eq45(sign: int) -> Goal:
    """With the two recurrent matrices each other's transposes, in the most favourable reading of the text."""
    feedback = _E_to_I.T @ _E_to_I
    recurrent = _P @ _T @ _P.T
    energy = tn.trace((feedback - tn.identity(_A)) @ recurrent)
    of_P = _P @ _T - feedback @ _P @ _T
    of_Q = _E_to_I @ recurrent
    return All.of(same(2 * of_P, -1 * tn.derivative(energy, _P)), same(2 * of_Q, sign * tn.derivative(energy, _E_to_I)))


def _transposes() -> Goal:
    """One neuron of each kind: the distance of the two weights shrinks wherever they differ."""
    return Holds("r != q => (r - q)*(p^2*sigma*q - q*p^2*sigma) < 0")


def _transposes_corrected() -> tuple[Goal, ...]:
    """The difference is conserved; with weight decay γ it decays as exp(-γ t)."""
    recurrent = _P @ _T @ _P.T
    of_Q, of_R = _E_to_I @ recurrent, recurrent @ _E_to_I.T
    decaying = (of_R - _gamma * _I_to_E) - (of_Q - _gamma * _E_to_I).T
    return (All.of(same(of_R - of_Q.T, tn.zeros(_A, _B)), same(decaying, -1 * _gamma * (_I_to_E - _E_to_I.T))),)


CLAIMS = (
    claim(
        "a4_terms",
        "A.4",
        "The terms of (42) and (43) have the blocks that the text states.",
        _a4_terms,
        scope="with the corrected entry of Σ(DWᵀ)²",
    ),
    claim("eq44", "A.4", "W' ≈ WΣ + (WD)³Σ + (WD)²ΣWᵀ + WΣ(DWᵀ)²: what existing synapses keep", _eq44),
    claim(
        "a4_bullet_sdw2",
        "A.4",
        "The block of Σ(DWᵀ)² is Σ_FF W_FF→RecE W_RecE→RecI.",
        _bullet,
        scope="groups of one size, where the shapes fit",
        alternatives=lambda: (_bullet_corrected(),),
    ),
    claim(
        "eq45",
        "A.4",
        "W' ≈ -(1/2) ∇_W Tr((M - 1) Σ_rec), M = W_IE W_EI",
        lambda: _eq45(-1),
        scope="the two recurrent matrices each other's transposes",
        alternatives=lambda: (_eq45(1),),
    ),
    claim(
        "a4_transposes",
        "A.4",
        "The weights from inhibitory to excitatory neurons and back converge to each other's transposes.",
        _transposes,
        scope="the flow (44), one neuron of each kind",
        symbols=("p", "q", "r", "sigma"),
        alternatives=_transposes_corrected,
    ),
)
