"""Single values of the moving parameter at which elimination divides by zero: the equilibria there, taken on their own.

All solutions at such a value are found with the value put in. Those that a family also gives there, by formulas that
are finite, were examined with the family; a solution that none gives leaves the value open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.equilibria.families import equilibrium_families
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Cell, Examined, Where

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["with_single_values"]


def with_single_values(
    system: SymbolicSystem,
    parameter: Symbol,
    substitution: Mapping[Symbol, Expr],
    seen: Examined[SymbolicEquilibrium],
    clock: Clock,
    is_asked: Callable[[Expr], bool],
) -> Examined[SymbolicEquilibrium]:
    """What was seen of all equilibria, without the cells that hold no others at the values that are asked about."""
    places = {cell: _roots(cell, parameter) for cell in seen.open if cell.where is Where.RANGE}
    if all(roots is None for roots in places.values()):
        return seen
    entries = [entry.xreplace(dict(substitution)) for entry in system.jacobian_entries().values()]
    affine = bool(seen.found) and not any(entry.free_symbols & set(system.states) for entry in entries)

    def is_settled(cell: Cell) -> bool:
        roots = places.get(cell)
        if roots is None:
            return False
        # The Jacobian of an affine system is the same at all equilibria, those of a line at a single value too.
        return affine or all(
            _is_covered(system, {**substitution, parameter: r}, seen, clock) for r in roots if is_asked(r)
        )

    left = tuple(cell for cell in seen.open if not is_settled(cell))
    return Examined(seen.found, left, by=f"{seen.by}; equilibria at single values of {parameter}")


def _roots(cell: Cell, parameter: Symbol) -> list[Expr] | None:
    """The rational real roots of what vanishes in a cell; None where there may be others."""
    if cell.vanishing is None or cell.vanishing.free_symbols != {parameter}:
        return None
    ring = Ring(generators_of([cell.vanishing, parameter]))
    if ring.generators != (parameter,):
        return None
    roots = real_roots(ring.univariate(ring.polynomial(cell.vanishing), parameter))
    return [root.expression() for root in roots] if all(root.degree == 1 for root in roots) else None


def _is_covered(
    system: SymbolicSystem, values: Mapping[Symbol, Expr], seen: Examined[SymbolicEquilibrium], clock: Clock
) -> bool:
    """Whether every equilibrium at a value of the parameter is one of a family."""
    try:
        there = equilibrium_families(system, values, clock)
        return there.is_complete and all(
            any(_gives(family, point, values) for family in seen.found) for point in there.found
        )
    except (BudgetExceeded, UnsupportedFeatureError, ZeroDivisionError):
        return False


def _gives(family: SymbolicEquilibrium, point: SymbolicEquilibrium, values: Mapping[Symbol, Expr]) -> bool:
    """Whether the formulas of a family are finite at a point, and give it; never for a continuum."""
    if point.amplitude is not None and not point.constraints:
        return False
    put = dict(values)
    if family.amplitude is not None:
        if family.amplitude.name not in point.states or not family.constraints:
            return False
        put[family.amplitude] = point.states[family.amplitude.name]
    zero = [c.xreplace(put) for c in family.constraints]
    zero += [value.xreplace(put) - point.states[name] for name, value in family.states.items()]
    if any(e.has(sympy.zoo, sympy.nan) for e in zero):
        return False
    ring = Ring(generators_of([*zero, *point.constraints]))
    field = Field(ring, root_relations(ring))
    if point.amplitude is not None:
        field = field.with_relations(Relation(point.amplitude, ring.polynomial(point.constraints[0])))
    parts = [ring.quotient(e) for e in zero]
    return all(field.vanishes(above) and not field.vanishes(below) for above, below in parts)
