"""Exact reductions of a system: some states put at their steady state, held fixed, tied together, or re-centred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr

from dynsym._expressions import exact, parse, symbol
from dynsym.errors import ModelError, ModelNameError, NotAnEquilibrium
from dynsym.model.system import SymbolicSystem

__all__ = ["freeze", "restrict", "shift", "slave", "steady_states"]


def steady_states(system: SymbolicSystem, names: Iterable[str]) -> dict[str, Expr]:
    """Where the named states come to rest while all others are held, each in terms of the others.

    Parameters
    ----------
    system : SymbolicSystem
    names : iterable of state names
        Each one's own equation must be linear in it, with a coefficient that is not zero, and free of the other
        named states.

    Returns
    -------
    dict of name to Expr

    Raises
    ------
    ModelError
        If an equation is not of that form.

    Examples
    --------
    >>> import dynsym as ds
    >>> plastic = ds.build_system(ds.motifs.unidirectional(nodes=("a", "b")), synapse=ds.Hebbian("k"))
    >>> steady_states(plastic, ["w_b_a"])
    {'w_b_a': k*tanh(a)*tanh(b)}
    """
    chosen = list(names)
    symbols = {name: _state(system, name) for name in chosen}
    found = {}
    for name, state in symbols.items():
        rate = system.equations[name]
        slope = rate.diff(state)
        others = (slope.free_symbols & {state}) | (rate.free_symbols & (set(symbols.values()) - {state}))
        if others or slope == 0:
            raise ModelError(
                f"The steady state of {name!r} was asked for, and its equation {rate} is not linear in it alone. "
                "Only states that relax linearly, such as weights with decay, can be slaved."
            )
        found[name] = sympy.cancel(-rate.subs(state, 0) / slope)
    return found


def slave(system: SymbolicSystem, names: Iterable[str] | None = None) -> SymbolicSystem:
    """The system with some states at their steady state; equilibria are the same, stability need not be.

    Parameters
    ----------
    system : SymbolicSystem
    names : iterable of state names, optional
        All plastic weights by default.

    Returns
    -------
    SymbolicSystem
        In the remaining states.

    Raises
    ------
    ModelError
        If a named state does not relax linearly, or none is left.

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
    return _without(system, {s: v for s, v in steady.items()}, f"{system.name}, {len(chosen)} states slaved")


def freeze(system: SymbolicSystem, values: Mapping[str, Any] | Iterable[str] | None = None) -> SymbolicSystem:
    """The system with some states held fixed: they become parameters.

    Parameters
    ----------
    system : SymbolicSystem
    values : mapping of state name to value or None, or iterable of names
        What is held, and where; without a value the parameter stays symbolic. All plastic weights by default.

    Returns
    -------
    SymbolicSystem

    Raises
    ------
    ModelError
        If nothing or everything would be held.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "-x + a", "a": "-a"})
    >>> ds.freeze(system, {"a": 2}).values
    {'a': 2}
    """
    chosen = dict(values) if isinstance(values, Mapping) else dict.fromkeys(system.weight_names if values is None else values)
    if not chosen:
        raise ModelError(f"{system.name!r} has no plastic weights to freeze. Name the states to hold fixed.")
    held = {_state(system, name): value for name, value in chosen.items()}
    reduced = _without(system, {}, f"{system.name}, {len(chosen)} states frozen", drop=set(held))
    parameters = dict(reduced.parameters) | {s.name: s for s in held}
    given = {s.name: exact(v, name=s.name) for s, v in held.items() if v is not None}
    return replace(reduced, parameters=parameters, values={**reduced.values, **given})


def restrict(system: SymbolicSystem, relations: Mapping[str, Any]) -> SymbolicSystem:
    """The system on an invariant subspace, such as x2 = x1.

    Parameters
    ----------
    system : SymbolicSystem
    relations : mapping of state name to text or Expr
        The states that are removed, in terms of the others.

    Returns
    -------
    SymbolicSystem

    Raises
    ------
    ModelError
        If the subspace is not invariant under the flow.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")))
    >>> ds.restrict(pair, {"x2": "x1"}).equations
    {'x1': w*tanh(x1) - x1}
    """
    scope: dict[str, Expr] = {n: system[n] for n in (*system.parameters, *system.state_names)}
    tied = {
        _state(system, name): parse(text, scope, where=f"relation of {name}") if isinstance(text, str) else text
        for name, text in relations.items()
    }
    for state, value in tied.items():
        if value.free_symbols & set(tied):
            raise ModelError(
                f"The relation for {state.name!r} uses another state that is removed. Write every relation in the states that stay."
            )
    on_subspace = {s: rate.subs(tied) for s, rate in zip(system.states, system.rhs, strict=True)}
    for state, value in tied.items():
        carried = sympy.Add(*(value.diff(s) * on_subspace[s] for s in value.free_symbols & set(system.states)))
        if sympy.simplify(on_subspace[state] - carried) != 0:
            raise ModelError(
                f"The subspace {state} = {value} is not invariant: there {state.name}' = {on_subspace[state]}, and the "
                f"relation asks for {carried}. Check the relation, or the weights that should be equal."
            )
    return _without(system, tied, f"{system.name}, restricted")


def shift(system: SymbolicSystem, at: Mapping[str, Any]) -> SymbolicSystem:
    """The system in coordinates centred at an equilibrium.

    Parameters
    ----------
    system : SymbolicSystem
    at : mapping of state name to number, text or Expr
        The equilibrium; states left out are at 0.

    Returns
    -------
    SymbolicSystem
        With the same state names, now standing for deviations.

    Raises
    ------
    NotAnEquilibrium
        If the right-hand side does not vanish there.

    Examples
    --------
    >>> import dynsym as ds
    >>> logistic_growth = ds.system_from_equations({"x": "x*(1 - x)"})
    >>> ds.shift(logistic_growth, {"x": 1}).equations
    {'x': -x**2 - x}
    """
    centre = {_state(system, name): exact(value, name=name) for name, value in at.items()}
    moved = {state: state + centre.get(state, sympy.S.Zero) for state in system.states}
    rhs = []
    for state, rate in zip(system.states, system.rhs, strict=True):
        expression = rate.subs(moved, simultaneous=True)
        rest = sympy.simplify(expression.subs(dict.fromkeys(system.states, 0)))
        if rest != 0:
            raise NotAnEquilibrium(
                f"At the given point {state.name}' = {rest}, not 0. Give an equilibrium; symbolic_equilibria finds some."
            )
        rhs.append(sympy.expand(expression))
    return replace(system, name=f"{system.name}, centred", template=None, right_hand_side=tuple(rhs))


def _without(system: SymbolicSystem, values: Mapping[Any, Expr], name: str, drop: set | None = None) -> SymbolicSystem:
    """The equations with some states replaced (and removed)."""
    gone = set(values) | (drop or set())
    kept = tuple(s for s in system.states if s not in gone)
    if not kept:
        raise ModelError(f"No state of {system.name!r} would be left. Keep at least one.")
    rhs = tuple(
        rate.xreplace(dict(values)) for s, rate in zip(system.states, system.rhs, strict=True) if s not in gone
    )
    return replace(system, name=name, states=kept, template=None, right_hand_side=rhs)


def _state(system: SymbolicSystem, name: str) -> Any:
    if name not in system.state_names:
        raise ModelNameError(system._unknown(name, list(system.state_names), what="state"))
    return symbol(name)
