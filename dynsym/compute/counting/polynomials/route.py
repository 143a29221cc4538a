"""Counting in exact arithmetic: linear systems, one rational equation, polynomial systems."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq, fmpq_mat
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.elimination.solutions import solution_set
from dynsym.arithmetic.balls import precision, rational_ball
from dynsym.arithmetic.intervals import enclosing_floats
from dynsym.compute.counting.description import describe, with_exact_stability
from dynsym.compute.counting.polynomials.line import LineRoot, real_roots
from dynsym.compute.counting.search.answer import SearchAnswer
from dynsym.compute.counting.setting import Setting
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError
from dynsym.results import Equilibrium

__all__ = ["count_by_algebra", "list_by_algebra"]

LARGEST_LINEAR = 400
LARGEST_IDEAL = 12
SHARE = 0.05
"""Of the time, for Gröbner bases before any search."""
BITS = 128


def count_by_algebra(setting: Setting, clock: Clock) -> SearchAnswer | None:
    """An exact count, or None where the equations are not algebraic, or too large for a small share of the time."""
    rhs, states = setting.exact_rhs, setting.compiled.system.states
    if any(rate.is_nonzero for rate in rhs):
        return SearchAnswer("proved", 0, 0, method="sign of the right-hand side")
    if all(rate == 0 for rate in rhs):
        reason = "the right-hand side is zero everywhere"
        return SearchAnswer("continuum", 0, None, reason=reason, method="exact algebra")
    if all(rate.is_polynomial(*states) for rate in rhs):
        linear = _linear(setting)
        if linear is not None:
            return linear
    if len(states) == 1:
        return _on_the_line(setting)
    answer = list_by_algebra(setting, clock.part(SHARE))
    return answer if answer is not None and answer.status in ("proved", "continuum") else None


def _linear(setting: Setting) -> SearchAnswer | None:
    """A x + c = 0 over the rationals: one solution, none, or a flat."""
    rhs, states = setting.exact_rhs, setting.compiled.system.states
    size = len(states)
    if size > LARGEST_LINEAR:
        return None
    position = {state: k for k, state in enumerate(states)}
    matrix = [[fmpq(0)] * (size + 1) for _ in range(size)]
    for i, rate in enumerate(rhs):
        for term in sympy.Add.make_args(sympy.expand(rate)):
            coefficient, rest = term.as_coeff_Mul()
            if not coefficient.is_Rational or not (rest == 1 or rest in position):
                return None
            j = size if rest == 1 else position[rest]
            value = fmpq(int(coefficient.p), int(coefficient.q))
            matrix[i][j] += -value if j == size else value
    joined = fmpq_mat(size, size + 1, [entry for row in matrix for entry in row])
    reduced, rank = joined.rref()
    pivots = [next(j for j in range(size + 1) if reduced[i, j] != 0) for i in range(rank)]
    if size in pivots:
        return SearchAnswer("proved", 0, 0, method="exact linear algebra")
    point = [sympy.S.Zero] * size
    for i, j in enumerate(pivots):
        point[j] = sympy.Rational(int(reduced[i, size].p), int(reduced[i, size].q))
    example = _exact_equilibrium(setting, point)
    if rank == size:
        return SearchAnswer("proved", 1, 1, example, method="exact linear algebra")
    reason = f"the equilibria fill a flat of dimension {size - rank}; one of them is listed"
    return SearchAnswer("continuum", 1, None, example, reason=reason, method="exact linear algebra")


def _exact_equilibrium(setting: Setting, point: Sequence[Expr]) -> tuple[Equilibrium, ...]:
    """An equilibrium with rational states, or nothing if it lies beyond the range of floats."""
    found = describe(setting, *_ends([[rational_ball(x) for x in point]], len(point)))
    return tuple(with_exact_stability(setting, e, point) if e.stability == "undecided" else e for e in found)


def _ends(points: Sequence[Sequence[arb]], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Floats below and above the balls of each point, (count, n)."""
    ends = np.array([[enclosing_floats(x) for x in point] for point in points]).reshape(-1, size, 2)
    return ends[..., 0], ends[..., 1]


def _on_the_line(setting: Setting) -> SearchAnswer | None:
    """One state: real zeros of a rational function, with multiplicities."""
    rate, state = setting.exact_rhs[0], setting.compiled.system.states[0]
    try:
        roots = real_roots(rate, state)
    except BudgetExceeded:
        return None
    if roots is None:
        return None
    found = tuple(e for root in roots for e in _line_equilibrium(setting, root))
    return SearchAnswer("proved", len(roots), len(roots), found, method="exact real roots")


def _line_equilibrium(setting: Setting, root: LineRoot) -> tuple[Equilibrium, ...]:
    stability = "marginal" if root.multiplicity > 1 else "stable" if root.index > 0 else "unstable"
    exact: dict[str, Any] = {
        "stability": stability,
        "unstable_dimension": int(stability == "unstable"),
        "index": root.index,
    }
    return tuple(dataclasses.replace(e, **exact) for e in describe(setting, *_ends([[root.place]], 1)))


def list_by_algebra(setting: Setting, clock: Clock) -> SearchAnswer | None:
    """All solutions of several rational equations; None where they are not algebraic, or nothing is reached in time."""
    states = setting.compiled.system.states
    if not 1 < len(states) <= LARGEST_IDEAL:
        return None
    try:
        found = solution_set(setting.exact_rhs, states, clock)
    except UnsupportedFeatureError:
        return None
    missing = {gap.kind: gap.reason for gap in found.open}
    if "budget" in missing or "check" in missing:
        return None
    with precision(BITS):
        ends = [[enclosing_floats(point.ball(state)) for state in states] for point in found.points]
    shape = (len(ends), len(states))
    low = np.array([[a for a, _ in point] for point in ends]).reshape(shape)
    high = np.array([[b for _, b in point] for point in ends]).reshape(shape)
    listed, count = describe(setting, low, high), len(ends)
    if found.curves:
        if not found.fills_a_curve(clock):
            return None
        reason = "the equations have a curve of real solutions; those outside it are listed"
        return SearchAnswer("continuum", count, None, listed, reason=reason, method="Gröbner basis")
    method = "Gröbner basis, rational univariate representation"
    if missing:
        reason = "; ".join(missing.values())
        return SearchAnswer("lower_bound" if count else "undecided", count, None, listed, reason=reason, method=method)
    return SearchAnswer("proved", count, count, listed, method=method)
