"""The rules of a network at its origin, to third order: what the universal sums over its graph are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Slope
from dynsym.derive.equilibria.corners import require_smooth
from dynsym.derive.equilibria.points import the_point, verified
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.model.rules.local_rules import INPUT, POST, PRE, STATE, TIME_CONSTANT, WEIGHT

if TYPE_CHECKING:
    from dynsym.model import Activation, SymbolicSystem
    from dynsym.model.template.template import Template

__all__ = ["NodeLaw", "SynapseLaw", "activation_values", "node_laws", "synapse_laws"]


@dataclass(frozen=True)
class NodeLaw:
    """``time x' = -leak x + ψ(input)`` with the output φ(x): φ', φ''', ψ', ψ''' at the origin."""

    leak: Expr
    time: Expr
    slope: Expr
    third: Expr
    input_slope: Expr
    input_third: Expr


@dataclass(frozen=True)
class SynapseLaw:
    """``w' = -decay w + mixed φ_i φ_j + post φ_i²/2 + pre φ_j²/2``; `effect` is gain times sign."""

    onto: int
    source: int
    effect: Expr
    decay: Expr
    mixed: Expr
    post: Expr
    pre: Expr


def node_laws(
    system: SymbolicSystem, values: Mapping[str, Any] | None, free: Iterable[str | Symbol]
) -> tuple[NodeLaw, ...]:
    """One law for each node."""
    template = _template(system)
    put = dict(system.substitution(values, free))
    at_rest = system.weight_names
    nodes = {name: 0 for name in system.state_names if name not in at_rest}
    point = verified(system, the_point(system, nodes, put), put)
    require_smooth(system, {system[name]: value for name, value in point.states.items()}, put, "x = 0")
    by_rule = {}
    for rule, local in enumerate(template.local_nodes):
        if local.states != (STATE,):
            raise UnsupportedFeatureError(
                f"A node of {system.name!r} has {len(local.states)} states, and the sum over the graph is about nodes "
                "of one. Use find_conditions."
            )
        by_rule[rule] = _node_law(system, local.rates[0], local.output)
    found = []
    for rule, tau in zip(template.rule_of_node, template.time_constants, strict=True):
        own = {TIME_CONSTANT: tau}
        found.append(NodeLaw(*[part.xreplace(own).xreplace(put) for part in by_rule[rule]]))
    return tuple(found)


def _template(system: SymbolicSystem) -> Template:
    if system.classes is not None:
        raise UnsupportedFeatureError(
            f"The states of {system.name!r} stand for several copies each, and the sum needs every node. Build the "
            "network with a number of copies, or take pitchfork_sum() for any network."
        )
    if system.template is None:
        raise UnsupportedFeatureError(
            f"{system.name!r} is given by its equations and has no graph. Build it from a network with build_system, "
            "or use find_conditions."
        )
    return system.template


def _node_law(system: SymbolicSystem, rate: Expr, output: Expr) -> tuple[Expr, ...]:
    origin = {STATE: sympy.S.Zero, INPUT: sympy.S.Zero}

    def value(expression: Expr) -> Expr:
        return sympy.cancel(expression.xreplace(origin))

    slope, second, third = (value(output.diff(STATE, order)) for order in (1, 2, 3))
    decay, drive = value(-rate.diff(STATE)), value(rate.diff(INPUT))
    rest = sympy.expand(rate + decay * STATE)
    if STATE in rest.free_symbols or value(rate.diff(INPUT, 2)) != 0 or second != 0 or value(output) != 0:
        raise UnsupportedFeatureError(
            f"A node of {system.name!r} is not -leak x plus an odd function of its input, with an odd output. "
            "Choose an odd activation, or use find_conditions, which asks for neither."
        )
    if slope == 0 or drive == 0:
        raise UnsupportedFeatureError(
            f"A node of {system.name!r} does not answer at first order at the origin, so that no eigenvalue moves. "
            "Choose another point, and find_conditions."
        )
    inner = sympy.cancel(value(rate.diff(INPUT, 3)) / drive)
    # Time is measured in units that make psi' = 1.
    return (decay / drive, 1 / drive, slope, third, sympy.S.One, inner)


def synapse_laws(
    system: SymbolicSystem, values: Mapping[str, Any] | None, free: Iterable[str | Symbol]
) -> Iterator[SynapseLaw]:
    """One law for each plastic edge."""
    template = _template(system)
    local = template.local_synapse
    if local is None:
        return
    put = dict(system.substitution(values, free))
    quiet = {PRE: sympy.S.Zero, POST: sympy.S.Zero}
    slope = local.rate.diff(WEIGHT).xreplace(quiet)
    baseline = local.rate.xreplace({**quiet, WEIGHT: sympy.S.Zero})
    if slope == 0 or WEIGHT in slope.free_symbols:
        raise UnsupportedFeatureError(
            f"The plastic weights of {system.name!r} do not relax linearly without activity ({local.rate}), so the "
            "origin is no isolated equilibrium. Add a decay, as in Hebbian, or slave or freeze the weights."
        )
    rest = {**quiet, WEIGHT: -baseline / slope}
    if any(sympy.cancel(local.rate.diff(one).xreplace(rest)) != 0 for one in (PRE, POST)):
        raise UnsupportedFeatureError(
            f"The plastic weights of {system.name!r} move at first order with the activity ({local.rate}), so critical "
            "vectors do not live on the nodes. Use find_conditions."
        )
    parts = (-slope, *[local.rate.diff(a, b).xreplace(rest) for a, b in ((PRE, POST), (POST, POST), (PRE, PRE))])
    for place, own, i, j in zip(
        template.plastic.tolist(),
        template.synapse_values,
        template.onto[template.plastic].tolist(),
        template.source[template.plastic].tolist(),
        strict=True,
    ):
        effect = (template.gain * int(template.wiring.signs[place])).xreplace(put)
        yield SynapseLaw(i, j, effect, *[part.xreplace(own).xreplace(put) for part in parts])


def activation_values(expression: Expr, activation: Activation) -> dict[Expr, Expr]:
    """What an odd activation puts in for s1, s3, s5, …."""
    if activation.parity != "odd":
        raise ParameterError(
            f"{activation!r} is not odd, and the expression was derived for an odd activation. Give an odd one, or "
            "derive it for this activation."
        )
    slopes = [s for s in expression.free_symbols if isinstance(s, Slope)]
    return {s: activation.derivative(sympy.S.Zero, s.order) for s in slopes}
