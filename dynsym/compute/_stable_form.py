"""Right-hand side and Jacobian of a system in the form that is evaluated: without intermediate overflow."""

from __future__ import annotations

from sympy import Expr

from dynsym.functions.overflow import overflow_free
from dynsym.functions.smoothness import derivative
from dynsym.model.system import SymbolicSystem

__all__ = ["stable_entries", "stable_rates"]


def stable_rates(system: SymbolicSystem) -> tuple[Expr, ...]:
    """The right-hand side, with logistic functions written as such."""
    if system.template is not None:
        return system.rhs
    return tuple(overflow_free(rate) for rate in system.rhs)


def stable_entries(system: SymbolicSystem, rates: tuple[Expr, ...]) -> dict[tuple[int, ...], Expr]:
    """The nonzero entries of the Jacobian, ``{(row, column): expression}``, from `stable_rates`."""
    entries: dict[tuple[int, ...], Expr] = {}
    for place, entry in system.jacobian_entries().items():
        i, j = place
        entries[place] = entry if rates[i] == system.rhs[i] else derivative(rates[i], system.states[j]).value
    return {place: entry for place, entry in entries.items() if entry != 0}
