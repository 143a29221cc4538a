"""Whether the domain of a field may have holes, around which a field without curl need not be a gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Ring, factored, generators_of
from dynsym.algebra.signs import sign_of_element

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["possible_hole"]


def possible_hole(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Expr | None:
    """An expression whose zeros the field leaves out, and which may leave a domain that is not simply connected.

    Poles in one state, or on a hyperplane, leave convex parts. Other denominators, and arguments of roots and
    logarithms, are shown to stay away from zero, or returned.
    """
    states = set(system.states)
    for rate in system.rhs:
        value = rate.xreplace(dict(substitution))
        if not value.has(sympy.Pow, sympy.log):
            continue
        ring = Ring(generators_of([value]))
        field = Field(ring, root_relations(ring))
        poles = [ring.expression(factor) for factor, _ in factored(ring.quotient(value)[1])[1]]
        poles += [g.args[0] for g in ring.generators if isinstance(g, sympy.Pow | sympy.log)]
        for pole in poles:
            moving = pole.free_symbols & states
            is_plane = bool(moving) and pole.is_polynomial(*moving) and sympy.Poly(pole, *moving).total_degree() == 1
            if len(moving) > 1 and not is_plane and not _stays_away(field, pole, moving):
                return pole
    return None


def _stays_away(field: Field, pole: Expr, moving: set[Symbol]) -> bool:
    """Nowhere closer to zero than at the origin, where it is not zero."""
    least = pole.xreplace(dict.fromkeys(moving, sympy.S.Zero))
    sign = 1 if least.is_positive else -1 if least.is_negative else 0
    return sign != 0 and sign_of_element(field(pole - least)) in (0, sign)
