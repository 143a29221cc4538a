"""Exact reductions of a system: some states put at their steady state, held fixed, tied together, or re-centred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._docstrings import documented
from dynsym._expressions import exact, parse
from dynsym.errors import ModelError, ModelNameError, NotAnEquilibrium
from dynsym.model.rules.local_rules import POST, PRE, WEIGHT
from dynsym.model.system import SymbolicSystem
from dynsym.model.template.template import Template
from dynsym.model.vanishing import vanishes

__all__ = ["freeze", "restrict", "shift", "slave", "steady_states"]


def steady_states(system: SymbolicSystem, names: Iterable[str]) -> dict[str, Expr]:
    """Where the named states come to rest while all others are held, each in terms of the others."""
    chosen = list(names)
    symbols = {name: _state(system, name) for name in chosen}
    template = system.template
    if template is not None and set(chosen) <= set(system.weight_names):
        resting = _weights_at_rest(template)
        place = {name: e for e, name in enumerate(system.weight_names)}
        return {name: resting.xreplace(template.edge_map(place[name])) for name in chosen}
    removed, states = set(symbols.values()), set(system.states)
    found = {}
    for name, state in symbols.items():
        rate = system.equations[name]
        if rate.free_symbols & (removed - {state}):
            raise ModelError(
                f"The steady state of {name!r} was asked for together with that of others, and its equation {rate} "
                "depends on them. Ask for one after the other."
            )
        found[name] = _at_rest(name, rate, state, states)
    return found


def _weights_at_rest(template: Template) -> Expr:
    """The steady weight of a synapse rule, in the rule's own symbols."""
    local = template.local_synapse
    assert local is not None
    return _at_rest("a plastic weight", local.rate, WEIGHT, {WEIGHT, PRE, POST})


def _at_rest(name: str, rate: Expr, state: Symbol, states: set[Symbol]) -> Expr:
    slope = sympy.cancel(rate.diff(state))
    if slope == 0 or state in slope.free_symbols:
        raise ModelError(
            f"The steady state of {name!r} was asked for, and its equation {rate} is not linear in it. "
            "Only states that relax linearly, such as weights with decay, can be slaved."
        )
    if slope.free_symbols & states and not slope.is_nonzero:
        raise ModelError(
            f"The steady state of {name!r} was asked for, and it relaxes at the rate {-slope}, which may vanish: every "
            "value would be an equilibrium there. Only states with a decay of their own can be slaved."
        )
    return sympy.cancel(-rate.xreplace({state: sympy.S.Zero}) / slope)


@documented("ModelError: If a named state does not relax linearly, or none is left.")
def slave(system: SymbolicSystem, names: Iterable[str] | None = None) -> SymbolicSystem:
    """The system with some states at their steady state; equilibria are the same, stability need not be.

    Parameters
    ----------
    names : iterable of state names, optional
        All plastic weights by default.

    Returns
    -------
    SymbolicSystem
        In the remaining states.

    Examples
    --------
    >>> import dynsym as ds
    >>> net = ds.motifs.unidirectional(nodes=("a", "b"), weight=0)
    >>> ds.slave(ds.build_system(net, synapse=ds.Hebbian("k"))).equations["b"]
    -b + k*tanh(a)**2*tanh(b)
    """
    chosen = list(system.weight_names if names is None else names)
    if not chosen:
        raise ModelError(
            f"{system.name!r} has no plastic weights to slave. Name the states to put at their steady state."
        )
    steady = {_state(system, name): value for name, value in steady_states(system, chosen).items()}
    return _without(system, steady, f"{system.name}, {len(chosen)} states slaved")


@documented("ModelError: If nothing or everything would be held.")
def freeze(system: SymbolicSystem, states: Mapping[str, Any] | Iterable[str] | None = None) -> SymbolicSystem:
    """The system with some states held fixed: they become parameters.

    Parameters
    ----------
    states : mapping of state name to value or None, or iterable of names
        What is held, and where; without a value the parameter stays symbolic. All plastic weights by default.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "-x + a", "a": "-a"})
    >>> ds.freeze(system, {"a": 2}).values
    {'a': 2}
    """
    if isinstance(states, Mapping):
        chosen = dict(states)
    else:
        chosen = dict.fromkeys(system.weight_names if states is None else states)
    if not chosen:
        raise ModelError(f"{system.name!r} has no plastic weights to freeze. Name the states to hold fixed.")
    held = {name: _state(system, name) for name in chosen}
    reduced = _without(system, {}, f"{system.name}, {len(chosen)} states frozen", drop=set(held.values()))
    reduced = replace(reduced, parameters={**reduced.parameters, **held})
    return reduced.with_values(**{name: value for name, value in chosen.items() if value is not None})


@documented("ModelError: If the subspace is not invariant under the flow.")
def restrict(system: SymbolicSystem, relations: Mapping[str, Any]) -> SymbolicSystem:
    """The system on an invariant subspace, such as x2 = x1.

    Parameters
    ----------
    relations : mapping of state name to text or Expr
        The states that are removed, in terms of the others.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")))
    >>> ds.restrict(pair, {"x2": "x1"}).equations
    {'x1': w*tanh(x1) - x1}
    """
    tied = {_state(system, name): _value_in(system, name, value) for name, value in relations.items()}
    for state, value in tied.items():
        if value.free_symbols & set(tied):
            raise ModelError(
                f"The relation for {state.name!r} uses another state that is removed. Write every relation in the "
                "states that stay."
            )
    on_subspace = {s: rate.xreplace(tied) for s, rate in zip(system.states, system.rhs, strict=True)}
    for state, value in tied.items():
        carried = sympy.Add(*(value.diff(s) * on_subspace[s] for s in value.free_symbols & set(system.states)))
        if not vanishes(on_subspace[state] - carried):
            raise ModelError(
                f"The subspace {state} = {value} is not invariant: there {state.name}' = {on_subspace[state]}, and the "
                f"relation asks for {carried}. Check the relation, or the weights that should be equal."
            )
    return _without(system, tied, f"{system.name}, restricted")


@documented("NotAnEquilibrium: If the right-hand side does not vanish there.")
def shift(system: SymbolicSystem, *, at: Mapping[str, Any]) -> SymbolicSystem:
    """The system in coordinates centred at an equilibrium.

    Parameters
    ----------
    at : mapping of state name to number, text or Expr
        The equilibrium; states left out are at 0.

    Returns
    -------
    SymbolicSystem
        With the same state names, now standing for deviations.

    Examples
    --------
    >>> import dynsym as ds
    >>> logistic_growth = ds.system_from_equations({"x": "x*(1 - x)"})
    >>> ds.shift(logistic_growth, at={"x": 1}).equations
    {'x': -x**2 - x}
    """
    centre = {_state(system, name): _value_in(system, name, value) for name, value in at.items()}
    for state, value in centre.items():
        if value.free_symbols & set(system.states):
            raise ModelError(
                f"The centre {value} of {state.name!r} depends on a state. Give numbers, or expressions of parameters."
            )
    moved = {state: state + value for state, value in centre.items()}
    origin = dict.fromkeys(system.states, sympy.S.Zero)
    rhs = []
    for state, rate in zip(system.states, system.rhs, strict=True):
        expression = rate.xreplace(moved)
        rest = expression.xreplace(origin)
        if not vanishes(rest):
            raise NotAnEquilibrium(
                f"At the given point {state.name}' = {rest}, not 0. Give an equilibrium, such as one of "
                "symbolic_equilibria."
            )
        expanded = sympy.expand(expression)
        constant = expanded.xreplace(origin)
        rhs.append(expanded if constant == 0 else sympy.Add(expanded, -constant))
    return replace(system, name=f"{system.name}, centred", template=None, classes=None, right_hand_side=tuple(rhs))


def _value_in(system: SymbolicSystem, name: str, value: Any) -> Expr:
    """A number, text or expression in the names of the system."""
    scope: dict[str, Expr] = {n: system[n] for n in (*system.parameters, *system.state_names)}
    if isinstance(value, str):
        return parse(value, scope, where=f"value of {name}")
    expression = exact(value, name=name)
    unknown = sorted(s.name for s in expression.free_symbols if s.name not in scope)
    if unknown:
        raise ModelNameError(system._unknown(unknown[0], list(scope)))
    return expression.xreplace({s: scope[s.name] for s in expression.free_symbols})


def _without(system: SymbolicSystem, values: Mapping[Any, Expr], name: str, drop: set | None = None) -> SymbolicSystem:
    """The equations with some states replaced (and removed)."""
    gone = set(values) | (drop or set())
    kept = tuple(s for s in system.states if s not in gone)
    if not kept:
        raise ModelError(f"No state of {system.name!r} would be left. Keep at least one.")
    rhs = tuple(rate.xreplace(dict(values)) for s, rate in zip(system.states, system.rhs, strict=True) if s not in gone)
    return replace(system, name=name, states=kept, template=None, classes=None, right_hand_side=rhs)


def _state(system: SymbolicSystem, name: str) -> Symbol:
    if name not in system.state_names:
        raise ModelNameError(system._unknown(name, list(system.state_names), what="state"))
    return system[name]
