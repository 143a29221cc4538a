"""Refusing points at which a right-hand side has no derivatives: the argument of a rectifier or a root is zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym.errors import UnsupportedFeatureError
from dynsym.functions.smoothness import Break, break_at, breaks, sign_at

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["corners_met", "require_smooth"]

ORDER = 3
"""Normal forms take so many derivatives."""


def require_smooth(
    system: SymbolicSystem, point: Mapping[Symbol, Expr], values: Mapping[Symbol, Expr], where: str, order: int = ORDER
) -> None:
    """Refuse a point at which the right-hand side has fewer continuous derivatives."""
    place = break_at(_rates(system, values), point, order)
    if place is not None:
        raise UnsupportedFeatureError(
            f"At {where} derivatives do not exist: {place.what} where {place.at} = 0. Choose a smooth "
            "activation, or another equilibrium."
        )


def corners_met(
    system: SymbolicSystem,
    point: Mapping[Symbol, Expr],
    values: Mapping[Symbol, Expr],
    amplitude: Symbol | None,
    constraints: Sequence[Expr] = (),
) -> dict[Expr, Break]:
    """The corners and jumps that an equilibrium may meet as symbols move, by what vanishes there."""
    met: dict[Expr, Break] = {}
    for place in (place for rate in _rates(system, values) for place in breaks(rate) if place.is_defined):
        at = place.at.xreplace(dict(point))
        if not _is_missed(at, amplitude, constraints):
            met.setdefault(at, place)
    return met


def _is_missed(at: Expr, amplitude: Symbol | None, constraints: Sequence[Expr]) -> bool:
    """Whether an expression of an equilibrium never vanishes on it: where it would, a constraint is no zero."""
    numerator = sympy.fraction(sympy.together(at))[0]
    if numerator.is_nonzero:
        return True
    slope = sympy.S.Zero if amplitude is None else numerator.diff(amplitude)
    if not slope.is_number or slope == 0:
        return False
    zero = {amplitude: amplitude - numerator / slope}
    return any(sign_at(sympy.expand(c.xreplace(zero)), {}) in (-1, 1) for c in constraints)


def _rates(system: SymbolicSystem, values: Mapping[Symbol, Expr]) -> list[Expr]:
    """The outputs of a network say it all, and are far shorter than its equations."""
    template, put = system.template, dict(values)
    if template is None or any(rule.activation is None for rule in template.rules):
        return [rate.xreplace(put) for rate in system.rhs]
    if any(local.rates and any(rate.has(sympy.Function) for rate in local.rates) for local in template.local_nodes):
        return [rate.xreplace(put) for rate in system.rhs]
    return [output.xreplace(put) for output in template.outputs]
