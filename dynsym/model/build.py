"""From a network and local rules, or from equations, to a `SymbolicSystem`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import FunctionDefinition, check_name, exact, parse, symbol
from dynsym.errors import ModelError, ModelNameError, UnsupportedFeatureError
from dynsym.model._quantity import quantity
from dynsym.model.local_rules import Rule
from dynsym.model.node_rules import LeakyRate
from dynsym.model.synapse_rules import Static
from dynsym.model.system import SymbolicSystem
from dynsym.model.template import Template
from dynsym.network import Network

__all__ = ["build_system", "system_from_equations"]


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
    network : Network
    node : Rule or mapping of population to Rule
        How a node's states move given its summed input; ``LeakyRate(Tanh())`` by default.
    synapse : Static, Hebbian, AntiHebbian, Oja or SynapseRule
        How weights move given the activity on both sides; `Static` by default. The plastic edges are those that a
        strength matrix names, else those that the network marks, else all.
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
        States: nodes in network order, further node states, then weights ``w_<onto>_<from>`` in edge order.

    Raises
    ------
    ModelError
        If rules and network do not fit.
    ModelNameError
        If names clash or are unknown.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.motifs.bidirectional(nodes=("x1", "x2"))
    >>> ds.build_system(pair, gain="g").equations["x1"]
    g*w*tanh(x2) - x1
    """
    if any(entry.multiplicity != 1 for entry in network.nodes):
        sizes = sorted(str(entry.multiplicity) for entry in network.nodes if entry.multiplicity != 1)
        raise UnsupportedFeatureError(
            f"The network has classes of symbolic size ({', '.join(sizes)}), and equations need numbers of nodes. "
            "Give the sizes as numbers, or ask ds.quotient(network) for the reduced network."
        )
    rules, rule_of_node = _node_rules(network, node if node is not None else LeakyRate())
    factor = sympy.S.One if gain is None else quantity(gain, "gain")
    template = Template(network, rules, rule_of_node, synapse if synapse is not None else Static(), factor)
    template = template.with_one_symbol_a_name({key: symbol(key, value) for key, value in (assumptions or {}).items()})
    return _system(name or network.name, template.states, template.free_symbols(), values, assumptions, template)


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
    name : str

    Returns
    -------
    SymbolicSystem

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
        raise ModelError("The system was given no states. Give at least one equation, as in {'x': '-x'}.")
    values = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters or ())
    known = dict(assumptions or {})
    states = {check_name(key, what="state"): symbol(key) for key in equations}
    declared = {check_name(key, what="parameter"): symbol(key, known.get(key, "real")) for key in [*values, *known]}
    for key in declared:
        if key in states:
            raise ModelNameError(f"The name {key!r} is declared twice: as a state and as a parameter. Rename one.")
    scope: dict[str, Expr] = {**declared, **states}
    rhs = tuple(_equation(key, value, scope, functions) for key, value in equations.items())
    given = {key: value for key, value in values.items() if value is not None}
    system = SymbolicSystem(name, tuple(states.values()), declared, {}, None, rhs)
    return system.with_values(**given) if given else system


def _equation(
    key: str, value: Any, scope: Mapping[str, Expr], functions: Mapping[str, FunctionDefinition] | None
) -> Expr:
    if isinstance(value, str):
        return parse(value, scope, functions=functions, where=f"equation of {key}")
    expression = exact(value, name=key) if not isinstance(value, Expr) else value
    by_name = {s: scope[s.name] for s in expression.free_symbols if s.name in scope}
    unknown = sorted(s.name for s in expression.free_symbols - set(by_name))
    if unknown:
        raise ModelNameError(
            f"The equation of {key!r} uses {unknown[0]!r}, which is not declared. Declare it in parameters."
        )
    return expression.xreplace(by_name)


def _node_rules(network: Network, node: Rule | Mapping[str, Rule]) -> tuple[tuple[Rule, ...], tuple[int, ...]]:
    if isinstance(node, Rule):
        return (node,), (0,) * network.size
    if not isinstance(node, Mapping):
        raise ModelError(
            f"The node rule was given as {node!r}; it is a rule such as LeakyRate(Tanh()), or a mapping of population to rule."
        )
    names = list(node)
    table = []
    for entry in network.nodes:
        if entry.population not in node:
            raise ModelError(
                f"Node rules are given for the populations {names}, and node {entry.name!r} is in "
                f"{entry.population!r}. Give a rule for every population."
            )
        table.append(names.index(entry.population))
    return tuple(node.values()), tuple(table)


def _system(
    name: str,
    states: tuple[Symbol, ...],
    free: set[Symbol],
    values: Mapping[str, Any] | None,
    assumptions: Mapping[str, str] | None,
    template: Template,
) -> SymbolicSystem:
    parameters = {s.name: s for s in sorted(free, key=lambda s: s.name)}
    for key in assumptions or {}:
        parameters.setdefault(key, symbol(key, (assumptions or {})[key]))
    system = SymbolicSystem(name, states, parameters, {}, template)
    return system.with_values(**dict(values)) if values else system
