"""The equilibria at which conditions are wanted: given by the user and verified, or found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym._expressions import did_you_mean, exact, parse
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.derive.equilibria.corners import require_smooth
from dynsym.derive.equilibria.families import equilibrium_families
from dynsym.errors import ModelNameError, NotAnEquilibrium, ParameterError, UnsupportedFeatureError
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Cell, Examined

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["At", "parameter_of", "points_of", "the_point", "verified"]

At = SymbolicEquilibrium | Mapping[str, Any] | int | None

DIGITS = 60


def parameter_of(system: SymbolicSystem, parameter: str | Symbol) -> Symbol:
    """The symbol of the parameter that moves; it must occur in the equations."""
    symbol = system.parameter(parameter)
    occurs = symbol in system.template.free_symbols() if system.template is not None else False
    if not occurs and not any(symbol in rate.free_symbols for rate in system.rhs):
        others = ", ".join(n for n in system.parameters if n != symbol.name) or "there is no other"
        raise ParameterError(
            f"The parameter {symbol.name!r} does not occur in the equations of {system.name!r}, so nothing "
            "changes with "
            f"it. Choose one that does: {others}."
        )
    return symbol


def points_of(
    system: SymbolicSystem, parameter: Symbol, at: Any, substitution: Mapping[Symbol, Expr], clock: Clock
) -> Examined[SymbolicEquilibrium]:
    """The equilibria to look at, and what is left out; a given one is verified and must feel the parameter."""
    if at is None:
        seen = equilibrium_families(system, substitution, clock)
        usable = [family for family in seen.found if not _is_continuum(system, family)]
        lines = [Cell.at(f.states).because("a continuum of equilibria") for f in seen.found if f not in usable]
        return Examined(tuple(usable), (*seen.open, *lines), by=seen.by)
    point = verified(system, the_point(system, at, substitution), substitution)
    here = {system[name]: value for name, value in point.states.items()}
    require_smooth(system, here, substitution, _shown(point))
    if not point.constraints and not _moves(system, point, parameter, substitution):
        raise ParameterError(
            f"The parameter {parameter.name!r} does not occur in the Jacobian at the given equilibrium, so no "
            "eigenvalue "
            "there moves with it. Choose another parameter or another equilibrium (at=None tries all)."
        )
    return Examined((point,), (), by="the equilibrium is given")


def _is_continuum(system: SymbolicSystem, family: SymbolicEquilibrium) -> bool:
    """Whether a state, or an amplitude without an equation, is left free."""
    if family.amplitude is not None and not family.constraints:
        return True
    used = set().union(*(value.free_symbols for value in family.states.values()))
    return bool((used & set(system.states)) - {family.amplitude})


def _moves(
    system: SymbolicSystem, point: SymbolicEquilibrium, parameter: Symbol, substitution: Mapping[Symbol, Expr]
) -> bool:
    states = {system[name]: value for name, value in point.states.items()}
    values = dict(substitution)
    return any(
        parameter in entry.xreplace(values).xreplace(states).free_symbols
        for entry in system.jacobian_entries().values()
    )


def the_point(system: SymbolicSystem, at: Any, substitution: Mapping[Symbol, Expr]) -> SymbolicEquilibrium:
    """The equilibrium that a user means by 0, a mapping or a `SymbolicEquilibrium`, with values put in."""
    values = dict(substitution)
    if isinstance(at, SymbolicEquilibrium):
        equations = [c for c in at.constraints if not isinstance(c, sympy.core.relational.Relational)]
        return SymbolicEquilibrium(
            {name: _value(system, name, value).xreplace(values) for name, value in at.states.items()},
            constraints=tuple(c.xreplace(values) for c in equations),
            amplitude=at.amplitude,
        )
    if isinstance(at, Mapping):
        return _from_mapping(system, at, values)
    if at == 0:
        return SymbolicEquilibrium(dict.fromkeys(system.state_names, sympy.S.Zero))
    raise ParameterError(
        f"The equilibrium was given as {at!r}. It is 0 for the origin, a mapping of state to value, a "
        "SymbolicEquilibrium, or None for all that are found."
    )


def _from_mapping(system: SymbolicSystem, at: Mapping[str, Any], values: dict[Symbol, Expr]) -> SymbolicEquilibrium:
    names = {str(key): value for key, value in at.items()}
    unknown = sorted(set(names) - set(system.state_names))
    if unknown:
        raise ModelNameError(
            f"{unknown[0]!r} is not a state of {system.name!r}{did_you_mean(unknown[0], system.state_names)}. "
            f"States: {', '.join(system.state_names)}."
        )
    states = {
        name: _value(system, name, names[name]).xreplace(values) if name in names else sympy.S.Zero
        for name in system.state_names
    }
    at_rest = {system[name]: value for name, value in states.items() if name not in system.weight_names}
    for name in system.weight_names:
        if name not in names:
            weight = system[name]
            rate = system.equations[name].xreplace(values).xreplace(at_rest)
            slope = rate.diff(weight)
            if slope == 0 or weight in slope.free_symbols:
                raise ParameterError(
                    f"The plastic weight {name!r} was left out, and its equation does not give its steady state. "
                    f"Give it a value too, as in at={{{name!r}: 0, …}}."
                )
            states[name] = sympy.cancel(-rate.xreplace({weight: sympy.S.Zero}) / slope)
    return SymbolicEquilibrium(states)


def _value(system: SymbolicSystem, name: str, value: Any) -> Expr:
    if isinstance(value, Expr):
        return value
    if isinstance(value, str):
        return parse(value, dict(system.parameters), where=f"value of {name}")
    return exact(value, name=name)


def verified(
    system: SymbolicSystem, point: SymbolicEquilibrium, substitution: Mapping[Symbol, Expr]
) -> SymbolicEquilibrium:
    """The point, if the right-hand side vanishes there exactly."""
    missing = [name for name in system.state_names if name not in point.states]
    if missing:
        raise ParameterError(f"The equilibrium gives no value for the state {missing[0]!r}. Give all states.")
    states = {system[name]: value for name, value in point.states.items()}
    values = dict(substitution)
    for name, rate in system.equations.items():
        left = rate.xreplace(values).xreplace(states)
        if left != 0 and not _vanishes(left, point):
            raise NotAnEquilibrium(
                f"The point {_shown(point)} is not an equilibrium of {system.name!r}: the derivative of {name!r} is "
                f"{_short(left)} there and must be 0. Try at=None, which looks for equilibria, or correct the point."
            )
    return point


def _vanishes(expression: Expr, point: SymbolicEquilibrium) -> bool:
    """Whether an expression is zero, exactly, given what the amplitude satisfies."""
    ring = Ring(generators_of([expression, *point.constraints]))
    field = Field(ring, root_relations(ring))
    numerator = ring.polynomial(expression)
    if field.vanishes(numerator):
        return True
    for constraint in point.constraints:
        polynomial = ring.polynomial(constraint)
        candidates = sorted(ring.occurring(polynomial), key=lambda g: ring.degree(polynomial, g))
        if candidates and field.with_relations(Relation(candidates[0], polynomial)).vanishes(numerator):
            return True
    if expression.free_symbols or point.constraints:
        return False
    try:
        return bool(abs(expression.evalf(DIGITS, maxn=400)) < sympy.Float(10) ** (-DIGITS // 2)) and bool(
            sympy.nsimplify(expression.evalf(DIGITS, maxn=400), rational=False, tolerance=1e-40) == 0
        )
    except (TypeError, ValueError, UnsupportedFeatureError):
        return False


def _shown(point: SymbolicEquilibrium) -> str:
    items = [f"{name} = {value}" for name, value in list(point.states.items())[:6]]
    return f"({', '.join(items)}{', …' if len(point.states) > 6 else ''})"


def _short(expression: Expr) -> str:
    text = str(expression)
    return text if len(text) <= 80 else f"{text[:79]}…"
