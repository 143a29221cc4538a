"""Appendix B.4 and figure 2: the limiting spectrum on the solution manifold, and where it loses its sign.

On the manifold the nonzero eigenvalues of the Jacobian are those of -X, X = ‖W2‖² D1 + W1ᵀ D2 W1, ‖W2‖² → 1. In the
limit X is the free sum of the law of D1 and a Marčenko–Pastur law with the population D2. Stable: X is positive.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Rational, sqrt

from dynsym import tensors as tn
from dynsym._expressions import symbol
from dynsym.claims.goals import All, Goal, HasSupportEdges, Holds, Identity, LosesPositivity
from dynsym.claims.papers.ninou2025._network import claim, same
from dynsym.derive import Atoms, MarchenkoPastur, free_sum

__all__ = ["CLAIMS"]

_signs = Atoms({1: "1 - alpha", -1: "alpha"})
_wishart = MarchenkoPastur("c", scale="1/c")
_hidden = free_sum(_signs, _wishart)
_readout = free_sum(Atoms({1: 1}), MarchenkoPastur("c", scale="1/c", population=_signs))
_both = free_sum(
    Atoms({1: "1 - h", -1: "h"}), MarchenkoPastur("c", scale="1/c", population=Atoms({1: "1 - r", -1: "r"}))
)
_c, _alpha, _x, _w = symbol("c", "positive"), symbol("alpha"), symbol("x"), symbol("w")
_delta = 1 - 2 * _alpha
_NAMES = {s.name: s for s in (_c, _alpha, _x, _w)}


def _r_transform(law: Any) -> Expr:
    """In the symbols of this file."""
    value = law.r_transform
    return value.xreplace({s: _NAMES[s.name] for s in value.free_symbols})


def _root() -> Expr:
    return sqrt(sympy.expand(1 + 4 * _w * (_w + _delta)))


def _blue() -> Goal:
    """It inverts the Cauchy transform (z + Δ)/(z² - 1), and w B(w) = 1 at w = 0."""
    B = (1 + _root()) / (2 * _w)
    return All.of(Identity(_w * (B**2 - 1), B + _delta), Identity((1 + _root()).xreplace({_w: sympy.S.Zero}) / 2, 1))


_INTERVAL = ("(1 - sqrt(c))^2/c", "(1 + sqrt(c))^2/c")


def _mass_at_zero(ratio: int | Rational) -> Expr:
    return dict(_wishart.support({"c": ratio}).atoms).get(sympy.S.Zero, sympy.S.Zero)


def _atoms_left_out() -> Goal:
    """The printed interval holds everything only if no mass lies at 0, at c = 2 for example."""
    return All.of(HasSupportEdges(_wishart, _INTERVAL), Identity(_mass_at_zero(2), sympy.S.Zero))


def _with_atoms() -> Goal:
    """W1ᵀ W1 has rank at most N = M/c: for c > 1 a share 1 - 1/c of its eigenvalues is 0."""
    masses = [Identity(_mass_at_zero(c), sympy.Max(0, 1 - Rational(1) / c)) for c in (Rational(1, 2), 1, 2, 3)]
    return All.of(HasSupportEdges(_wishart, _INTERVAL), *masses)


def _coefficients() -> list[Expr]:
    """(118) to (122), highest first."""
    c, x, delta = _c, _x, _delta
    return [
        4 * (x**2 - 1),
        (-4 * delta * c - 8 * c * x**2 - 4 * c * x + 8 * c + 8 * x) / c,
        (8 * delta * c**2 + 4 * c**2 * x**2 + 8 * c**2 * x - 4 * c**2 - 8 * c * x - 4 * c + 4) / c**2,
        (-4 * delta * c - 4 * c * x + 4) / c,
        sympy.S.Zero,
    ]


def _quartic() -> Expr:
    return sympy.Add(*(a * _w ** (4 - k) for k, a in enumerate(_coefficients())))


def _eq117() -> Goal:
    A = 2 * _w * (_x - 1 / (_c * (1 - _w))) - 1
    return Identity((A**2 - (1 + 4 * _w * (_w + _delta))) * (1 - _w) ** 2, _quartic())


def _eq123() -> Goal:
    c, x, delta, w = _c, _x, _delta, _w
    printed = 16 * (x**2 - 1) * w**3 + (-12 * delta * c - 24 * c * x**2 - 12 * c * x + 24 * c + 24 * x) / c * w**2
    printed += (16 * delta * c**2 + 8 * c**2 * x**2 + 16 * c**2 * x - 8 * c**2 - 16 * c * x - 8 * c + 8) / c**2 * w
    printed += (-4 * delta * c - 4 * c * x + 4) / c
    return Identity(_quartic().diff(w), printed)


def _double_roots() -> Goal:
    """ω = 0 is a double root at x = 1/c - Δ: is x an edge there?"""
    x = 1 / _c - _delta
    at = {_x: x, _w: sympy.S.Zero}
    names = {s: _NAMES.get(s.name, x) for s in _hidden.edge_polynomial.free_symbols}
    edge = _hidden.edge_polynomial.xreplace({**names, **{s: x for s in names if s.name == "z"}})
    return All.of(
        Identity(_quartic().xreplace(at), 0),
        Identity(_quartic().diff(_w).xreplace(at), 0),
        Identity(sympy.factor(edge), 0),
    )


def _edges_are_double_roots() -> Goal:
    """The edge polynomial divides the discriminant of the quartic: edges are double roots, and not conversely."""
    names = {s: _x if s.name == "z" else _NAMES[s.name] for s in _hidden.edge_polynomial.free_symbols}
    edge = _hidden.edge_polynomial.xreplace(names)
    numerator = sympy.Poly(sympy.together(_quartic() * _c**2), _w)
    discriminant = sympy.factor(numerator.discriminant())
    return Identity(discriminant, sympy.cancel(discriminant / edge) * edge)


def _square() -> Goal:
    """W1 W1ᵀ is N×N: at N = M, where the shapes fit, is it W1ᵀ W1?"""
    N = tn.Sort("N")
    W = tn.matrix("W1", N, N)
    return same(W.T @ W, W @ W.T)


def _small_matrix() -> Goal:
    """W1ᵀ W1 is M×M."""
    M, N = tn.Sort("M"), tn.Sort("N")
    W, D = tn.matrix("W1", N, M), tn.diagonal_matrix(tn.signs("d1", M))
    return same((D + W.T @ W).T, D + W.T @ W)


def _fig2_hidden() -> Goal:
    places = {"1/10": ("0.44607", "0.44608"), "1/2": ("0.30972", "0.30973"), "9/10": ("0.25883", "0.25884")}
    return All(tuple(LosesPositivity(_hidden.with_values({"alpha": a}), place) for a, place in places.items()))


def _fig2_weak() -> Goal:
    return LosesPositivity(_hidden.with_values({"alpha": "1/10"}), ("1/4", "7/20"))


def _fig2_half() -> Goal:
    """Below the spectrum of W1ᵀ D2 W1 a point is B(-v), 0 < v < 1; it is less than -1 for every α ≥ 1/2."""
    v, w = symbol("v"), _w
    law = MarchenkoPastur("c", scale="1/c", population=_signs)
    blue = 1 / w + ((1 - _alpha) / (1 - w) - _alpha / (1 + w)) / _c
    inside = sympy.And(v > 0, v < 1, _alpha >= Rational(1, 2), _alpha <= 1)
    return All.of(Identity(_r_transform(law) + 1 / w, blue), Holds(sympy.Implies(inside, blue.xreplace({w: -v}) < -1)))


def _b42() -> Goal:
    places = {"1/10": ("0.24463", "0.24464"), "1": ("0.05505", "0.05506")}
    goals: list[Goal] = [LosesPositivity(_readout.with_values({"c": c}), place) for c, place in places.items()]
    blue = 1 / _w + 1 + ((1 - _alpha) / (1 - _w) - _alpha / (1 + _w)) / _c
    return All.of(Identity(_r_transform(_readout) + 1 / _w, blue), *goals)


def _both_mixed() -> Goal:
    places = {("1/10", "1/10"): ("0.22644", "0.22645"), ("1/10", "1/4"): ("0.09759", "0.09760")}
    return All(tuple(LosesPositivity(_both.with_values({"h": h, "c": c}), place) for (h, c), place in places.items()))


_LIMIT = "the limit of large M and N at fixed c = M/N, ‖W2‖² → 1"

CLAIMS = (
    claim(
        "eq107",
        "B.4.1",
        "B_D1(w) = (1 + √(1 + 4w(w + Δ)))/(2w)",
        _blue,
        symbols=_NAMES,
        hypotheses=("w != 0", "1 + 4*w*(w + 1 - 2*alpha) >= 0"),
    ),
    claim(
        "eq108",
        "B.4.1",
        "R_D1(w) = (√(1 + 4w(w + Δ)) - 1)/(2w)",
        lambda: Identity(_r_transform(_signs), (_root() - 1) / (2 * _w)),
        symbols=_NAMES,
    ),
    claim(
        "eq109",
        "B.4.1",
        "The law of S is supported on [(1 - √c)²/c, (1 + √c)²/c].",
        _atoms_left_out,
        scope=f"{_LIMIT}; the mass at 0 is looked at for c = 2",
        seconds=60,
        alternatives=lambda: (_with_atoms(),),
    ),
    claim(
        "eq110",
        "B.4.1",
        "R_S(w) = 1/(c (1 - w))",
        lambda: Identity(_r_transform(_wishart), 1 / (_c * (1 - _w))),
        symbols=_NAMES,
        scope=_LIMIT,
    ),
    claim(
        "eq113",
        "B.4.1",
        "B_X(w) = (1 + √(1 + 4w(w + Δ)))/(2w) + 1/(c (1 - w))",
        lambda: Identity(_r_transform(_hidden) + 1 / _w, (1 + _root()) / (2 * _w) + 1 / (_c * (1 - _w))),
        symbols=_NAMES,
        scope=_LIMIT,
    ),
    claim("eq117", "B.4.1", "The quartic (117) with the coefficients (118) to (122)", _eq117, symbols=_NAMES),
    claim("eq123", "B.4.1", "The derivative (123) of the quartic", _eq123, symbols=_NAMES),
    claim(
        "eq125_edges",
        "B.4.1",
        "The double roots of (117) are the edges of the support.",
        _double_roots,
        symbols=_NAMES,
        scope="the double root ω = 0 at x = 1/c - Δ",
        hypotheses=("alpha > 0", "alpha < 1"),
        seconds=60,
        alternatives=lambda: (_edges_are_double_roots(),),
    ),
    claim(
        "b41_s",
        "B.4.1",
        "S := W1 W1ᵀ is the M×M matrix of the sum X = D1 + S.",
        _square,
        scope="M = N, the only sizes at which the shapes fit",
        alternatives=lambda: (_small_matrix(),),
    ),
    claim(
        "fig2_hidden",
        "figure 2",
        "The critical c for flipped hidden neurons: 0.44607…, 0.30972…, 0.25883… at α_h = 0.1, 0.5, 0.9",
        _fig2_hidden,
        scope=_LIMIT,
        seconds=60,
    ),
    claim(
        "fig2_hidden_weak",
        "section 4.2",
        "The critical c is 0.3 within 0.05 for all α_h.",
        _fig2_weak,
        scope=f"{_LIMIT}, α_h = 1/10",
        seconds=60,
        alternatives=lambda: (_fig2_hidden(),),
    ),
    claim(
        "fig2_readout_half",
        "section 4.2",
        "At most half of the readout layer can be flipped: no c is stable for α_r ≥ 1/2.",
        _fig2_half,
        symbols={**_NAMES, "v": symbol("v")},
        scope=_LIMIT,
    ),
    claim(
        "b42",
        "B.4.2",
        "B_X(w) = 1/w + 1 + ((1-α)/(1-w) - α/(1+w))/c; the critical α_r is 0.24463… at c = 0.1 and 0.05505… at c = 1.",
        _b42,
        symbols=_NAMES,
        scope=_LIMIT,
        seconds=60,
    ),
    claim(
        "beyond_both_mixed",
        "not stated",
        "With a tenth of the hidden neurons flipped the critical α_r is 0.22644… at c = 0.1 and 0.09759… at c = 0.25.",
        _both_mixed,
        scope=_LIMIT,
        seconds=60,
    ),
)
