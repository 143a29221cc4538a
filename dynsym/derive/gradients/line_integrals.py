r"""Potentials of closed fields by line integrals, term by term, checked by their gradients."""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy import Expr, S, Symbol

from dynsym._expressions import symbol
from dynsym.algebra.tidy import tidied
from dynsym.derive.gradients.domains import breaks_at, is_identity, without_further_breaks
from dynsym.derive.gradients.primitives import expanded, primitive_of

__all__ = ["line_potential", "ray_potential"]


def line_potential(covector: Sequence[Expr], states: Sequence[Symbol]) -> Expr | None:
    r"""V with :math:`g = -\nabla V`, defined wherever g is; None where the rules of integration find none.

    One state after the other: :math:`V_k = V_{k-1} - \int (g_k + \partial_k V_{k-1})\,dx_k`. The answer is given only
    if its gradient is g as an identity and it has no break that g has not.
    """
    order = list(zip(states, covector, strict=True))
    for pairs in (order, order[::-1]):
        found = _in_order(pairs)
        if found is None:
            continue
        found = min((found, expanded(found), tidied(found)), key=lambda e: e.count_ops())
        if without_further_breaks(found, covector, states) and all(is_identity(g + found.diff(s)) for s, g in order):
            return found
    return None


def _in_order(pairs: Sequence[tuple[Symbol, Expr]]) -> Expr | None:
    potential, done = S.Zero, dict[Symbol, Expr]()
    for state, component in pairs:
        rest = component if potential == 0 else expanded(tidied(component + potential.diff(state)))
        late = sympy.Add(*[term for term in sympy.Add.make_args(rest) if term.free_symbols & done.keys()])
        early = late.xreplace(done)
        if early.has(S.NaN, S.ComplexInfinity, S.Infinity) or not is_identity(late - early):
            return None
        found = _integrated(rest - late + early, state)
        if found is None:
            return None
        potential -= found
        done[state] = S.Zero
    return potential


def _integrated(expression: Expr, state: Symbol) -> Expr | None:
    """A primitive; entire functions of this state alone may stay integrals."""
    total = S.Zero
    for term in sympy.Add.make_args(expanded(expression)):
        found = primitive_of(term, state)
        if found is None:
            coefficient, rest = term.as_independent(state, as_Add=False)
            if any(True for _ in breaks_at([rest], (state,))):
                return None
            s = symbol("s")
            found = coefficient * sympy.Integral(rest.xreplace({state: s}), (s, 0, state))
        total += found
    return total


def ray_potential(covector: Sequence[Expr], states: Sequence[Symbol]) -> Expr | None:
    r""":math:`V(x) = -\int_0^1 x \cdot g(t x)\,dt`, a potential of a closed field that is smooth; else None."""
    if any(True for _ in breaks_at(covector, states)):
        return None
    t = symbol("t")
    along = {s: t * s for s in states}
    return -sympy.Integral(
        sympy.Add(*[s * g.xreplace(along) for s, g in zip(states, covector, strict=True)]), (t, 0, 1)
    )
