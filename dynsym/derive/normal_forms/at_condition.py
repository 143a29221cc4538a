"""A system at one of its bifurcations, as numbers of a field: what normal forms of any order start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.field import Element, Field, Relation, root_relations
from dynsym.algebra.linear import Vector, dense
from dynsym.algebra.ring import Ring, generators_of
from dynsym.derive.normal_forms.amplitude import LocalField
from dynsym.derive.normal_forms.numbers import ExactNumbers
from dynsym.derive.normal_forms.taylor import TaylorExpansion
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.results import BifurcationCondition

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["CriticalPoint", "critical_point", "orientation", "point_of_condition", "require_own"]


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    """The numbers of a field, and the system's derivatives in it."""

    numbers: ExactNumbers
    local: LocalField


def critical_point(
    system: SymbolicSystem,
    point: Mapping[Symbol, Expr],
    put: Mapping[Symbol, Expr],
    values: Mapping[Symbol, Expr],
    clock: Clock,
    *,
    order: int = 3,
    small: Symbol | None = None,
    equations: Iterable[Expr] = (),
    further: Iterable[Expr] = (),
) -> CriticalPoint:
    """The derivatives of a system at a point, up to an order."""
    expansion = TaylorExpansion(system, point, values, small)
    tables: dict[int, Mapping[Any, Expr]] = {2: expansion.quadratic, 3: expansion.cubic}
    if order > 3:
        tables |= {4: expansion.quartic, 5: expansion.quintic}
    moved: dict[int, Mapping[Any, Expr]] = {}
    if small is not None:
        moved = {
            0: {(i,): e for i, e in expansion.by_parameter.items()},
            1: expansion.linear_by_parameter,
            2: expansion.quadratic_by_parameter,
        }
    here = dict(put) if small is None else {**put, small: sympy.S.Zero}
    entries = {e for table in (expansion.linear, *tables.values(), *moved.values()) for e in table.values()}
    written = {e: e.xreplace(here) for e in entries}
    constraints = [e.xreplace(here) for e in equations]
    ring = Ring(generators_of([*written.values(), *constraints, *further]))
    field = Field(ring, root_relations(ring), clock)
    for constraint in constraints:
        polynomial = ring.polynomial(constraint)
        occurring = [g for g in ring.occurring(polynomial) if g not in {r.generator for r in field.relations}]
        if occurring:
            main = min(occurring, key=lambda g: (ring.degree(polynomial, g), g.is_Symbol))
            field = field.with_relations(Relation(main, polynomial))
    elements = {e: field(value) for e, value in written.items()}

    def table(entries: Mapping[Any, Expr]) -> dict[Any, Element]:
        return {place: elements[e] for place, e in entries.items()}

    local = LocalField(
        dense(table(expansion.linear), system.dimension, field.zero),
        {m: table(t) for m, t in tables.items()},
        {m: table(t) for m, t in moved.items()},
    )
    return CriticalPoint(ExactNumbers(field, field, clock, balls=dict), local)


def point_of_condition(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
    clock: Clock,
    *,
    order: int = 3,
    small: Symbol | None = None,
) -> CriticalPoint:
    """The system at a condition; what is symbolic in the condition stays so."""
    require_own(system, condition)
    condition = condition.with_values(values or {})
    if condition.solution is None:
        raise ParameterError(
            f"The condition {condition!r} is not solved for {condition.parameter}, and the normal form needs its "
            "value. Give more parameters a value, or choose another parameter."
        )
    parts = [condition.solution, *condition.at.values(), *condition.others.values()]
    if any(part.has(sympy.Float) for part in parts):
        raise UnsupportedFeatureError(
            f"The equilibrium of {condition!r} is known by an enclosure alone, and exact normal forms need a formula. "
            "Take the coefficient that the condition holds."
        )
    inside = {s.name for part in parts for s in part.free_symbols if isinstance(s, Symbol)} & set(system.parameters)
    named = {condition.parameter, *condition.others, *(inside - set(values or {}))}
    kept = [*named, *map(str, free), *([] if small is None else [small.name])]
    substitution = system.substitution(values, kept)
    put = {system[name]: value for name, value in {condition.parameter: condition.solution, **condition.others}.items()}
    point = {system[name]: value for name, value in condition.at.items()}
    equations = [c for c in condition.constraints if isinstance(c, Expr)]
    return critical_point(
        system,
        point,
        put,
        substitution,
        clock,
        order=order,
        small=small,
        equations=equations,
        further=list((condition.mode or {}).values()),
    )


def require_own(system: SymbolicSystem, condition: BifurcationCondition) -> None:
    """Refuse a condition about other states or parameters."""
    if tuple(condition.at) != system.state_names or condition.parameter not in system.parameters:
        raise ParameterError(
            f"The condition is about the states {', '.join(condition.at)} and the parameter "
            f"{condition.parameter!r}, and {system.name!r} is not. Give the system that it was derived from."
        )


def orientation(point: CriticalPoint, v: Vector, condition: BifurcationCondition) -> int:
    """The sign that turns v into the direction of the condition's mode."""
    for entry, shown in zip(v, (condition.mode or {}).values(), strict=False):
        if not entry.is_zero:
            # Digits are enough for a direction, and as fractions they have a sign.
            return point.numbers.sign(point.numbers.of(sympy.nsimplify(shown, rational=True)) / entry) or 1
    return 1
