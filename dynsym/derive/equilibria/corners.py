"""Points at which a right-hand side has no derivative: the argument of a rectifier or an absolute value is zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym.functions.activation import kinked

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["arguments_at", "corner_at", "corner_message"]


def corner_at(system: SymbolicSystem, point: Mapping[Symbol, Expr], values: Mapping[Symbol, Expr]) -> Expr | None:
    """A function of the right-hand side that has a corner at the point, or None."""
    return next((corner for corner, argument in arguments_at(system, point, values) if argument == 0), None)


def arguments_at(
    system: SymbolicSystem, point: Mapping[Symbol, Expr], values: Mapping[Symbol, Expr]
) -> Iterator[tuple[Expr, Expr]]:
    """The functions with a corner where their argument vanishes, and the argument at a point."""
    for rate in _expressions_with_functions(system):
        for corner in rate.atoms(*kinked()):
            argument = corner.args[0] - corner.args[1] if isinstance(corner, (sympy.Min, sympy.Max)) else corner.args[0]
            yield corner, argument.xreplace(dict(values)).xreplace(dict(point))


def corner_message(where: str, corner: Expr) -> str:
    """What to tell the user."""
    return (
        f"At the equilibrium {where} the right-hand side has a corner ({corner}), and derivatives do not exist there. "
        "Choose a smooth activation, or another equilibrium."
    )


def _expressions_with_functions(system: SymbolicSystem) -> tuple[Expr, ...]:
    """The outputs of a network say it all, and are far shorter than its equations."""
    template = system.template
    if template is None or any(rule.activation is None for rule in template.rules):
        return tuple(system.rhs)
    if any(local.rates and any(rate.has(sympy.Function) for rate in local.rates) for local in template.local_nodes):
        return tuple(system.rhs)
    return tuple(template.outputs)
