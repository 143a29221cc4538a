"""The linearisation of a template rule by rule, before it is summed over copies."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym.functions.smoothness import derivative
from dynsym.model.rules.local_rules import INPUT, POST, PRE, WEIGHT
from dynsym.model.template.template import Template, renamed

__all__ = ["EdgeSlopes", "NodeSlopes", "local_slopes"]

ZERO = sympy.S.Zero


@dataclass(frozen=True)
class NodeSlopes:
    """How the states of one node move with each other and with its input, and how its output moves with them."""

    positions: tuple[int, ...]
    own: tuple[tuple[Expr, ...], ...]
    by_input: tuple[Expr, ...]
    output: tuple[Expr, ...]


@dataclass(frozen=True)
class EdgeSlopes:
    """How the input of one node moves with one edge onto it."""

    onto: int
    source: int
    coupling: Expr
    position: int | None = None
    effect: Expr = ZERO
    decay: Expr = ZERO
    by_pre: Expr = ZERO
    by_post: Expr = ZERO


def local_slopes(template: Template) -> tuple[tuple[NodeSlopes, ...], tuple[EdgeSlopes, ...]]:
    """Nodes and edges of a template, linearised one by one with symbolic states."""
    nodes = tuple(_node(template, k) for k in range(template.network.size))
    plastic = dict(zip(template.plastic.tolist(), range(len(template.plastic)), strict=True))
    table = template.network.edges
    edges = []
    for k, (i, j) in enumerate(zip(template.onto.tolist(), template.source.tolist(), strict=True)):
        sign = template.gain * int(template.wiring.signs[k])
        fixed = renamed(table.weights[k], template.renaming) if k < len(table) else ZERO
        if k not in plastic:
            edges.append(EdgeSlopes(i, j, sign * fixed))
            continue
        e = plastic[k]
        position, own = template.weight_positions[e], template.edge_map(e)
        assert template.local_synapse is not None
        rates = [derivative(template.local_synapse.rate, s).value.xreplace(own) for s in (WEIGHT, PRE, POST)]
        coupling, effect = sign * (fixed + template.states[position]), sign * template.outputs[j]
        edges.append(EdgeSlopes(i, j, coupling, position, effect, *rates))
    return nodes, tuple(edges)


def _node(template: Template, k: int) -> NodeSlopes:
    local = template.local_nodes[template.rule_of_node[k]]
    own = template.node_maps[k] | {INPUT: template.inputs[k]}

    def at(expression: Expr) -> Expr:
        return expression.xreplace(own)

    return NodeSlopes(
        template.node_states[k],
        tuple(tuple(at(derivative(rate, s).value) for s in local.states) for rate in local.rates),
        tuple(at(derivative(rate, INPUT).value) for rate in local.rates),
        tuple(at(derivative(local.output, s).value) for s in local.states),
    )
