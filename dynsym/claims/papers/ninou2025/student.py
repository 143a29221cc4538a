"""Sections 3 and 4.1, appendix A.1: the curl descent rule, its fixed points, the toy network, conserved quantities."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Expr
from sympy.logic.boolalg import And

from dynsym import tensors as tn
from dynsym._expressions import symbol
from dynsym.claims.goals import (
    All,
    CharacteristicPolynomial,
    Exactly,
    Exists,
    Goal,
    HasEquilibria,
    HasSpectrum,
    Identity,
    IsConserved,
    IsInvariant,
    IsStable,
    JacobianBlock,
)
from dynsym.claims.papers.ninou2025._network import D1, D2, F1, F2, W1, W2, E, M, N, asked, claim, d1, d2, s, same
from dynsym.learning import CurlDescent

__all__ = ["CLAIMS"]

_x, _y = tn.column("x", M), tn.scalar("y")
_h = W1 @ _x
_e = W2 @ _h - _y * tn.ones(tn.UNIT, tn.UNIT)
"""One sample: the input x, the teacher's output y, the signed error e = ŷ - y."""
_loss = tn.norm_squared(_e) / 2


# ---- the rule


def _eq3() -> Goal:
    return same(-1 * tn.derivative(_loss, W1), W2.T @ W2 @ W1 @ _x @ _x.T - W2.T * _y @ _x.T)


def _eq3_last() -> Goal:
    return same(-1 * tn.derivative(_loss, W1), -1 * W2.T @ _e @ _x.T)


def _eq4() -> Goal:
    middle = -1 * W2 @ _h @ _h.T + _y * _h.T
    return All.of(same(-1 * tn.derivative(_loss, W2), middle), same(middle, -1 * _e @ _h.T))


def _nongradient() -> Goal:
    """Mixed derivatives agree only if d1_j = d2_h for every j and h; at W1 = 0 this is seen without sums."""
    sample = (-1 * W2.T @ _e @ _x.T @ D1, -1 * _e @ _h.T @ D2)
    mixed = tn.array((M, N), lambda j, h: d1[j] - d2[h])
    goals: list[Goal] = []
    for (of_W1, of_W2), nonzero in (((F1, F2), (s,)), (sample, (_x, _y))):
        first, second = tn.derivative(of_W1, W2), tn.derivative(of_W2, W1)
        residual = tn.array((N, M, N), lambda i, j, h, a=first, b=second: a[i, j, h] - b[h, i, j])
        at_zero = tn.at_point(residual, {W1: tn.zeros(N, M)})
        goals.append(
            asked(
                tn.prove_implication,
                (at_zero,),
                mixed,
                hypotheses=tn.Hypotheses(nonzero=nonzero),
                said="the mixed derivatives of W1' and W2' agree at W1 = 0 only if d1_j = d2_h for all j, h",
            )
        )
    return All(tuple(goals))


def _readout_alone() -> Goal:
    """h is held: the Schwarz residual vanishes only if all d2 are equal."""
    h = tn.column("h", N)
    flow = -1 * (W2 @ h - _y * tn.ones(tn.UNIT, tn.UNIT)) @ h.T @ D2
    residual = tn.schwarz_residual(flow, W2)
    return asked(
        tn.prove_equivalence,
        residual,
        tn.array((N, N), lambda i, j: d2[i] - d2[j]),
        hypotheses=tn.Hypotheses(nonzero=(h,)),
        said="the readout's rule alone is a gradient exactly if all its signs are equal",
    )


def _hidden_alone() -> Goal:
    """W2 is held: the residual vanishes only if d1 is equal at inputs that do not vanish."""
    residual = tn.schwarz_residual(-1 * W2.T @ _e @ _x.T @ D1, W1)
    return asked(
        tn.prove_equivalence,
        residual,
        tn.array((M, M), lambda j, q: d1[j] - d1[q]),
        hypotheses=tn.Hypotheses(nonzero=(_x, W2)),
        said="the hidden rule alone is a gradient, one sample, exactly if all signs at driven inputs are equal",
    )


def _hidden_whitened() -> Goal:
    """What the text says of the hidden layer, with whitened inputs: a gradient only if all signs are equal."""
    residual = tn.schwarz_residual(F1, W1)
    return asked(
        tn.prove_implication,
        (residual,),
        tn.array((M, M), lambda j, q: d1[j] - d1[q]),
        hypotheses=tn.Hypotheses(nonzero=(W2,)),
        said="the hidden rule alone is a gradient, whitened inputs, only if all its signs are equal",
    )


# ---- fixed points and the toy network

_MANIFOLD = "(W2_1*W1_1_1 = s_1 and W2_1*W1_1_2 = s_2)"


def _fixed_points(rest: str) -> Goal:
    """Two inputs, one hidden neuron: what the fixed points are beside the manifold."""
    return HasEquilibria(CurlDescent(2, 1).system(), exactly=f"{_MANIFOLD} or ({rest})")


_SIGNS = ("D1_1^2 = 1", "D1_2^2 = 1", "D2_1^2 = 1")
_ORIGIN = "W1_1_1 = 0 and W1_1_2 = 0 and W2_1 = 0"
_PLANE = "W2_1 = 0 and W1_1_1*s_1 + W1_1_2*s_2 = 0"


def _toy() -> Any:
    return CurlDescent().toy()


def _anywhere(toy: Any) -> dict[str, Expr]:
    return {name: toy[name] for name in toy.state_names}


def _eq9() -> Goal:
    return JacobianBlock(_toy(), ("w1", "w2"), ("w1", "w2"), [["-w2^2", "s - 2*w2*w1"], ["2*w2*w1 - s", "w1^2"]])


def _on_circle(circle: str) -> Goal:
    """The circle is invariant and holds equilibria of the solution manifold, which heteroclinic orbits connect."""
    toy = _toy()
    w1, w2, s0 = toy["w1"], toy["w2"], toy["s"]
    radius = {"s": s0, "2*s": 2 * s0}[circle]
    found = And(Eq(w1 * w2, s0), Eq(w1**2 + w2**2, radius), s0 > 0)
    return All.of(IsInvariant(toy, w1**2 + w2**2 - radius), Exists(found))


def _center() -> Goal:
    """Imaginary eigenvalues, and a conserved quantity whose level sets are circles."""
    toy = _toy()
    return All.of(CharacteristicPolynomial(toy, "lambda^2 + s^2", at=0), IsConserved(toy, "w1^2 + w2^2"))


def _toy_period() -> Goal:
    """u = w1/w2 obeys u' = s (1 + u²) - r u on the circle of radius² r; u = r/(2s) + (ω/s) tan ωt solves it."""
    toy = _toy()
    w1, w2, s0 = toy["w1"], toy["w2"], toy["s"]
    r, omega, tangent = symbol("r"), symbol("omega"), symbol("T")
    error = s0 - w1 * w2
    turning = (w2 * error * w2 + w1 * w1 * error) / w2**2
    ratio = r / (2 * s0) + omega / s0 * tangent
    return All.of(
        IsConserved(toy, "w1^2 + w2^2"),
        Identity(turning, s0 * (1 + (w1 / w2) ** 2) - (w1**2 + w2**2) * (w1 / w2)),
        Identity(omega**2 / s0 * (1 + tangent**2), s0 * (1 + ratio**2) - r * ratio),
    )


# ---- beyond the paper


def _error_flow() -> Goal:
    """E' = -(W2' W1 + W2 W1')."""
    return same(-1 * (F2 @ W1 + W2 @ F1), -1 * E @ (W1.T @ D2 @ W1 + tn.norm_squared(W2) * D1))


def _conserved() -> Goal:
    """The derivative of P + D2 P D2 - D2 R - R D2, P = W1 D1 W1ᵀ, R = W2ᵀ W2, vanishes; so do its diagonal entries."""
    P = F1 @ D1 @ W1.T + W1 @ D1 @ F1.T
    R = F2.T @ W2 + W2.T @ F2
    return same(P + D2 @ P @ D2 - D2 @ R - R @ D2, tn.zeros(N, N))


CLAIMS = (
    claim(
        "eq3",
        "section 3",
        "-∇_W1 L = W2ᵀ W2 W1 x xᵀ - W2ᵀ y xᵀ (middle member of eq. 3)",
        _eq3,
        alternatives=lambda: (same(-1 * tn.derivative(_loss, W1), W2.T * _y @ _x.T - W2.T @ W2 @ W1 @ _x @ _x.T),),
    ),
    claim("eq3_last", "section 3", "-∇_W1 L = -W2ᵀ e xᵀ (last member of eq. 3)", _eq3_last),
    claim("eq4", "section 3", "-∇_W2 L = -W2 h hᵀ + y hᵀ = -e hᵀ", _eq4),
    claim(
        "eq5_nongradient",
        "section 3",
        "If both kinds of rule are present, no potential has (5) or (6) as its gradient flow.",
        _nongradient,
        scope="joint flow; every entry of s, or of x and y, is nonzero",
    ),
    claim(
        "a1_readout",
        "A.1",
        "The readout's rule for one sample is a gradient only if D2 = ±1.",
        _readout_alone,
        scope="W1 held",
    ),
    claim(
        "a1_hidden",
        "A.1",
        "The hidden rule for one sample with inputs that do not vanish is a gradient only if D1 = ±1.",
        _hidden_alone,
        scope="W2 held, driven inputs",
    ),
    claim(
        "a1_hidden_whitened",
        "A.1",
        "The hidden rule with whitened inputs is a gradient only if D1 = ±1.",
        _hidden_whitened,
        scope="W2 held",
        alternatives=lambda: (
            asked(tn.prove_gradient, {W1: F1}, said="with whitened inputs and W2 held, W1' is a gradient for every D1"),
        ),
    ),
    claim(
        "fixed_points",
        "section 4",
        "The fixed points of (6) are the manifold W2 W1 = s and the origin, which is isolated.",
        lambda: _fixed_points(_ORIGIN),
        scope="two inputs, one hidden neuron",
        hypotheses=_SIGNS,
        seconds=60,
        alternatives=lambda: (_fixed_points(_PLANE),),
    ),
    claim("eq9", "section 4.1", "J = [[-w2², s - 2 w2 w1], [2 w2 w1 - s, w1²]]", _eq9),
    claim(
        "eq9_eigenvalues",
        "section 4.1",
        "On the solution manifold the eigenvalues are 0 and w1² - w2².",
        lambda: HasSpectrum(_toy(), ("0", "w1^2 - w2^2"), at=_anywhere(_toy())),
        hypotheses=("s = w1*w2",),
    ),
    claim(
        "toy_stability",
        "section 4.1",
        "On the solution manifold exactly the points with |w2| > |w1| are stable.",
        lambda: Exactly(IsStable(_toy(), at=_anywhere(_toy()), neutral=1), where="abs(w2) > abs(w1)"),
        hypotheses=("s = w1*w2",),
        scope="modulo the direction along the manifold",
    ),
    claim("toy_center", "section 4.1", "The origin is a centre with the eigenvalues ±is.", _center, scope="s ≠ 0"),
    claim(
        "toy_circle",
        "section 4.1",
        "The regimes are separated by heteroclinic orbits on the circle w1² + w2² = s.",
        lambda: _on_circle("s"),
        scope="s > 0",
        alternatives=lambda: (_on_circle("2*s"),),
    ),
    claim("beyond_error_flow", "not stated", "E' = -E (W1ᵀ D2 W1 + ‖W2‖² D1)", _error_flow),
    claim(
        "beyond_conserved",
        "not stated",
        "P + D2 P D2 - D2 R - R D2 is conserved, with P = W1 D1 W1ᵀ and R = W2ᵀ W2: between hidden neurons i, k of one "
        "kind d2_i (W1 D1 W1ᵀ)_ik - W2_i W2_k is.",
        _conserved,
    ),
    claim(
        "beyond_toy_period",
        "not stated",
        "The toy orbit on the circle w1² + w2² = r has the period 2π/√(s² - r²/4), r < 2|s|.",
        _toy_period,
        symbols=("r", "omega", "T"),
        hypotheses=("omega^2 = s^2 - r^2/4", "s != 0"),
    ),
)
