"""Self-adjoint and anti-self-adjoint parts of a Jacobian in a diagonal metric, and the curl of a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym.algebra.field import Element, field_over
from dynsym.algebra.tidy import settled, tidied, tidy
from dynsym.derive.gradients.domains import is_identity
from dynsym.results import SymbolicEquilibrium

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["CurlParts", "cause_of", "curl_at", "curl_entries", "parts_at"]

Entries = Mapping[tuple[int, int], Expr]
TIE = 1e-9
SAMPLES = (sympy.Rational(7, 5), sympy.Rational(11, 13))


@dataclass(frozen=True)
class CurlParts:
    """The Jacobian at a point and its two parts in a metric."""

    size: int
    jacobian: Entries
    symmetric: Entries
    antisymmetric: Entries
    metric: tuple[Expr, ...]
    share: Expr


def parts_at(
    system: SymbolicSystem,
    metric: tuple[Expr, ...],
    point: SymbolicEquilibrium,
    substitution: Mapping[Symbol, Expr],
) -> CurlParts:
    """Split the Jacobian at a point.

    The adjoint of J in the metric G is G⁻¹JᵀG; the norm is that of G^{1/2} J G^{-1/2}.
    """
    values = dict(substitution)
    states = {system[name]: value for name, value in point.states.items()}

    def put(expression: Expr) -> Expr:
        return settled(expression.xreplace(values).xreplace(states))

    known: dict[Expr, Expr] = {}
    jacobian = {}
    for place, entry in system.jacobian_entries().items():
        if entry not in known:
            known[entry] = put(entry)
        if known[entry] != 0:
            jacobian[place] = known[entry]
    scale = tuple(put(g) for g in metric)
    field = field_over([*set(jacobian.values()), *set(scale)])
    symmetric, antisymmetric = {}, {}
    seen: dict[tuple[Expr, ...], tuple[Expr, Expr, int]] = {}
    squares: dict[tuple[Expr, ...], tuple[Element, Element]] = {}
    for i, j in sorted({*jacobian, *((j, i) for i, j in jacobian)}):
        key = (jacobian.get((i, j), sympy.S.Zero), jacobian.get((j, i), sympy.S.Zero), scale[i], scale[j])
        if key not in seen:
            own, back, left, right = map(field, key)
            adjoint = right * back / left
            plus, minus = (own + adjoint) / 2, (own - adjoint) / 2
            squares[key] = (own * own * left / right, minus * minus * left / right)
            seen[key] = (tidy(plus), tidy(minus), 0)
        plus_part, minus_part, count = seen[key]
        seen[key] = (plus_part, minus_part, count + 1)
        if plus_part != 0:
            symmetric[i, j] = plus_part
        if minus_part != 0:
            antisymmetric[i, j] = minus_part
    norm = curl = field.zero
    for key, (own_square, minus_square) in squares.items():
        norm = norm + seen[key][2] * own_square
        curl = curl + seen[key][2] * minus_square
    share = sympy.S.Zero if norm.is_zero else tidy(curl / norm)
    return CurlParts(len(scale), jacobian, symmetric, antisymmetric, scale, share)


def cause_of(system: SymbolicSystem, parts: CurlParts) -> tuple[str, str] | None:
    """The connection (from, onto) whose removal lowers the antisymmetric part most.

    Where free parameters are left, two samples of them must name the same connection; None where none stands out.
    """
    if parts.share == 0:
        return None
    free = sorted(set().union(*(e.free_symbols for e in [*parts.jacobian.values(), *parts.metric])), key=str)
    samples = [{s: start + sympy.Rational(k, 17) for k, s in enumerate(free)} for start in SAMPLES]
    named = {_cause(parts, sample) for sample in (samples if free else samples[:1])}
    place = named.pop() if len(named) == 1 else None
    if place is None:
        return None
    onto, source = place
    return system.state_names[source], system.state_names[onto]


def _cause(parts: CurlParts, values: dict[Symbol, Expr]) -> tuple[int, int] | None:
    def number(expression: Expr) -> float:
        return float(expression.xreplace(values))

    gains: list[tuple[float, tuple[int, int]]] = []
    known: dict[Expr, float] = {}
    for (i, j), entry in parts.jacobian.items():
        if i == j:
            continue
        back = parts.jacobian.get((j, i), sympy.S.Zero)
        for expression in (entry, back, *(parts.metric[k] for k in (i, j))):
            if expression not in known:
                known[expression] = number(expression)
        gi, gj = known[parts.metric[i]], known[parts.metric[j]]
        own = known[entry] * (gi / gj) ** 0.5
        other = known[back] * (gj / gi) ** 0.5
        gain = ((own - other) ** 2 - other**2) / 2
        gains.append((gain, (i, j)))
    gains.sort(reverse=True)
    if not gains or gains[0][0] <= 0 or (len(gains) > 1 and gains[1][0] > gains[0][0] * (1 - TIE)):
        return None
    return gains[0][1]


def curl_at(parts: CurlParts) -> dict[tuple[int, int], Expr]:
    """The curl of a field at the point of its parts, in a metric that is constant there."""
    found = {}
    for (a, b), entry in parts.antisymmetric.items():
        if a < b:
            found[a, b] = -2 * parts.metric[a] * entry
    return found


def curl_entries(
    system: SymbolicSystem, metric: tuple[Expr, ...], substitution: Mapping[Symbol, Expr], *, most: int | None = None
) -> dict[tuple[int, int], Expr]:
    """∂(G_b f_b)/∂a - ∂(G_a f_a)/∂b for a < b, where it does not vanish (the first `most`); states stay symbolic."""
    values = dict(substitution)
    entries = {place: entry.xreplace(values) for place, entry in system.jacobian_entries().items()}
    scale = [g.xreplace(values) for g in metric]
    moving = [g.free_symbols & set(system.states) for g in scale]
    pairs = {(min(place), max(place)) for place in entries if place[0] != place[1]}
    for b, own in enumerate(moving):
        pairs |= {tuple(sorted((system.states.index(s), b))) for s in own if s != system.states[b]}  # type: ignore[misc]
    found = {}
    known: dict[tuple[Expr, Expr], Expr] = {}
    for a, b in sorted(pairs):
        down, up = entries.get((b, a), sympy.S.Zero), entries.get((a, b), sympy.S.Zero)
        left, right = scale[b] * down, scale[a] * up
        if moving[b]:
            left += scale[b].diff(system.states[a]) * system.rhs[b].xreplace(values)
        if moving[a]:
            right += scale[a].diff(system.states[b]) * system.rhs[a].xreplace(values)
        if (left, right) not in known:
            known[left, right] = tidied(left - right)
            if known[left, right] != 0 and is_identity(known[left, right]):
                known[left, right] = sympy.S.Zero
        if known[left, right] != 0:
            found[a, b] = known[left, right]
            if most is not None and len(found) == most:
                break
    return found
