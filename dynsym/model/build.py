"""From a network and local rules, or from equations, to a `SymbolicSystem`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr

from dynsym._expressions import FunctionDefinition, check_name, did_you_mean, exact, parse, symbol
from dynsym._expressions.quantities import quantity, with_real_symbols
from dynsym._expressions.vocabulary import TIME
from dynsym.errors import ModelError, ModelNameError, UnsupportedFeatureError
from dynsym.model.rules.local_rules import Plasticity, Rule
from dynsym.model.rules.node_rules import LeakyRate
from dynsym.model.rules.synapse_rules import Static
from dynsym.model.system import SymbolicSystem, system_of_copies
from dynsym.model.template.copies import has_copies
from dynsym.model.template.template import Template
from dynsym.network import Network

__all__ = ["assembled_system", "build_system", "system_from_equations"]


def build_system(
    network: Network,
    node: Rule | Mapping[str, Rule] | None = None,
    synapse: Any = None,
    *,
    gain: Any = None,
    name: str | None = None,
    values: Mapping[str, Any] | None = None,
    assumptions: Mapping[str, str] | None = None,
) -> SymbolicSystem:
    """The system that a network and its local rules define.

    Parameters
    ----------
    node : Rule or mapping of population to Rule
        How a node's states move given its summed input; ``LeakyRate(Tanh())`` by default.
    synapse : Plasticity
        How weights move given the activity on both sides: `Static` (the default), `Hebbian`, `AntiHebbian`, `Oja` or
        `SynapseRule`. The plastic edges are those that a strength matrix names, else those that the network marks,
        else all.
    gain : number, text or Expr, optional
        Factor on the whole weight matrix.
    name : str, optional
        Name of the system; the network's by default.
    values : mapping of name to number, text or Expr, optional
        Default values of parameters.
    assumptions : mapping of name to {"real", "positive", "nonnegative", "negative", "nonzero", "integer"}
        What is known of a parameter.

    Returns
    -------
    SymbolicSystem
        States: nodes in network order, further node states, then weights ``w_<onto>_<from>`` in edge order. Where nodes
        stand for several copies, it is the dynamics in which all copies agree, and `classes` keeps what they are
        copies of.

    Raises
    ------
    ModelError
        If rules and network do not fit.
    ModelNameError
        If names clash or are unknown.
    UnsupportedFeatureError
        If the time occurs.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.motifs.bidirectional(nodes=("x1", "x2"))
    >>> ds.build_system(pair, gain="g").equations["x1"]
    g*w*tanh(x2) - x1
    """
    known = dict(assumptions or {})
    declared = {str(key) for key in (*known, *(values or ()))}
    system = assembled_system(network, node, synapse, gain, name=name, assumptions=known, declared=declared)
    for key in known:
        if key not in system.parameters:
            names = ", ".join(system.parameters)
            hint = did_you_mean(key, system.parameters) or f"; its parameters: {names or 'none'}."
            raise ModelNameError(f"{key!r} is assumed to be {known[key]}, and is no parameter of {system.name!r}{hint}")
    return replace(system, values={s.name: v for s, v in system.substitution(values).items()}) if values else system


def assembled_system(
    network: Network,
    node: Rule | Mapping[str, Rule] | None,
    synapse: Any,
    gain: Any,
    *,
    name: str | None,
    assumptions: Mapping[str, str],
    declared: Collection[str],
) -> SymbolicSystem:
    """The system of `build_system`, without values; assumptions may name what does not occur."""
    if synapse is not None and not isinstance(synapse, Plasticity):
        raise ModelError(
            f"The synapse rule was given as {synapse!r:.60}; it is a rule, such as Hebbian('k') or "
            "SynapseRule('-w + pre*post')."
        )
    rules, rule_of_node = _node_rules(network, node if node is not None else LeakyRate())
    factor = sympy.S.One if gain is None else quantity(gain, "gain")
    template = Template(network, rules, rule_of_node, synapse if synapse is not None else Static(), factor)
    template = template.with_one_symbol_a_name({key: symbol(key, value) for key, value in assumptions.items()})
    made = system_of_copies(template, name or network.name) if has_copies(network) else None
    parameters = {s.name: s for s in sorted(template.free_symbols(), key=lambda s: s.name)}
    for key in sorted(TIME & parameters.keys() - set(declared)):
        raise UnsupportedFeatureError(
            f"The name {key!r} stands in the network or its rules, and time does not stand in an equation: systems are "
            f"autonomous. If {key!r} is a parameter, declare it, as in assumptions={{{key!r}: 'real'}}; for driven "
            "systems use JiTCODE, or add states for the drive."
        )
    return made or SymbolicSystem(name or network.name, template.states, parameters, {}, template)


def system_from_equations(
    equations: Mapping[str, Any],
    parameters: Mapping[str, Any] | Iterable[str] | None = None,
    *,
    functions: Mapping[str, FunctionDefinition] | None = None,
    assumptions: Mapping[str, str] | None = None,
    name: str = "system",
) -> SymbolicSystem:
    """The system with these equations.

    Parameters
    ----------
    equations : mapping of state name to text or Expr
        The derivative of each state; the order of the mapping is the order of the states.
    parameters : mapping of name to value or None, or iterable of names
        Every name that is not a state must be declared here; None leaves it symbolic.
    functions : mapping of name to FunctionDefinition, optional
        Functions that the texts may use.
    assumptions : mapping of name to assumption, optional
        As for `build_system`; declares the name too.

    Raises
    ------
    ModelNameError
        If a name is undeclared, declared twice or no identifier.
    ModelParseError
        If a text cannot be read.
    UnsupportedFeatureError
        If the time occurs explicitly or in a delay.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"E": "-E + beta*tanh(E)"}, parameters={"beta": 2})
    >>> system.dimension, system.values
    (1, {'beta': 2})
    """
    if not equations:
        raise ModelError("No equations were given; at least one state is needed, with its derivative. Try {'x': '-x'}.")
    declared_values = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters or ())
    known = dict(assumptions or {})
    states = {check_name(key, what="state"): symbol(key) for key in equations}
    names = [check_name(key, what="parameter") for key in [*declared_values, *known]]
    declared = {key: symbol(key, known.get(key, "real")) for key in names}
    for key in declared:
        if key in states:
            raise ModelNameError(f"The name {key!r} is declared twice: as a state and as a parameter. Rename one.")
    scope: dict[str, Expr] = {**declared, **states}
    rhs = tuple(_equation(key, value, scope, functions) for key, value in equations.items())
    system = SymbolicSystem(name, tuple(states.values()), declared, {}, None, rhs)
    given = {key: value for key, value in declared_values.items() if value is not None}
    return replace(system, values={s.name: v for s, v in system.substitution(given).items()}) if given else system


def _equation(
    key: str, value: Any, scope: Mapping[str, Expr], functions: Mapping[str, FunctionDefinition] | None
) -> Expr:
    if value is None:
        raise ModelError(f"The state {key!r} has no equation. Give its derivative, as in {{{key!r}: '-{key}'}}.")
    if isinstance(value, str):
        return parse(value, scope, functions=functions, where=f"equation of {key}")
    expression = with_real_symbols(exact(value, name=f"equation of {key}"), f"The equation of {key}")
    by_name = {s: scope[s.name] for s in expression.free_symbols if s.name in scope}
    unknown = sorted(s.name for s in expression.free_symbols - set(by_name))
    if unknown:
        if unknown[0] in TIME:
            raise UnsupportedFeatureError(
                f"The equation of {key!r} uses {unknown[0]!r}, and time does not stand in an equation: systems are "
                "autonomous. Declare it if it is a parameter; for driven systems use JiTCODE."
            )
        hint = did_you_mean(unknown[0], scope) or "."
        raise ModelNameError(
            f"The equation of {key!r} uses {unknown[0]!r}, which is not declared{hint} Declare it in parameters."
        )
    return expression.xreplace(by_name)


def _node_rules(network: Network, node: Rule | Mapping[str, Rule]) -> tuple[tuple[Rule, ...], tuple[int, ...]]:
    if isinstance(node, Rule):
        return (node,), (0,) * network.size
    for key in node:
        if key not in network.populations:
            hint = did_you_mean(str(key), network.populations) or "."
            raise ModelError(
                f"A node rule is given for {key!r}, which is no population of the network{hint} Its populations: "
                f"{', '.join(network.populations) or 'none'}."
            )
    place = {key: k for k, key in enumerate(node)}
    table = []
    for entry in network.nodes:
        if entry.population not in place:
            raise ModelError(
                f"Node rules are given for the populations {', '.join(place)}, and node {entry.name!r} is in "
                f"{entry.population!r}. Give a rule for every population."
            )
        table.append(place[entry.population])
    return tuple(node.values()), tuple(table)
