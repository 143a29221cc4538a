"""Equations and Jacobian of a template: local expressions, differentiated once, placed for every node and edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

import sympy
from sympy import Expr, Symbol

from dynsym.functions.smoothness import derivative
from dynsym.model.rules.local_rules import INPUT, POST, PRE, WEIGHT
from dynsym.model.template.template import Template

__all__ = ["placed_equations", "placed_jacobian", "placer"]

Entries = dict[tuple[int, int], list[Expr]]
Slopes = list[list[tuple[int, Expr]]]


def placed_equations(template: Template, first: int | None = None) -> tuple[Expr, ...]:
    """The right-hand side, in the order of the template's states; or its first rows."""
    first = len(template.states) if first is None else min(first, len(template.states))
    rows: list[Expr] = [sympy.S.Zero] * first
    for k, positions in enumerate(template.node_states):
        rates = template.local_nodes[template.rule_of_node[k]].rates
        for position, rate in zip(positions, rates, strict=True):
            if position < first:
                rows[position] = rate.xreplace(template.node_maps[k] | {INPUT: template.inputs[k]})
    if template.local_synapse is not None:
        for e, position in enumerate(template.weight_positions):
            if position < first:
                rows[position] = template.local_synapse.rate.xreplace(template.edge_map(e))
    return tuple(rows)


def placed_jacobian(template: Template) -> dict[tuple[int, int], Expr]:
    """The nonzero entries of the Jacobian, sorted by place: each rule is differentiated once, its copies are placed."""
    entries: Entries = defaultdict(list)
    slopes = _output_slopes(template)
    _place_nodes(template, entries, slopes)
    _place_synapses(template, entries, slopes)
    summed = {place: sympy.Add(*terms) if len(terms) > 1 else terms[0] for place, terms in entries.items()}
    return {place: entry for place, entry in sorted(summed.items()) if entry != 0}


def _place_nodes(template: Template, entries: Entries, slopes: Slopes) -> None:
    """How node states move with node states and, through the summed input, with outputs and weights."""
    derivatives = [
        [[derivative(rate, s).value for s in (*local.states, INPUT)] for rate in local.rates]
        for local in template.local_nodes
    ]
    by_rule = [[[placer(d) for d in row] for row in rows] for rows in derivatives]
    need_input = [any(INPUT in d.free_symbols for row in rows for d in row) for rows in derivatives]
    gains: list[list[tuple[int, Expr]]] = []
    for k, positions in enumerate(template.node_states):
        rule, own = template.rule_of_node[k], template.node_maps[k]
        if need_input[rule]:
            own = own | {INPUT: template.inputs[k]}
        gains.append([])
        for a, (*by_state, by_input) in zip(positions, by_rule[rule], strict=True):
            for b, place in zip(positions, by_state, strict=True):
                entries[a, b].append(place(own))
            gain = by_input(own)
            if gain != 0:
                gains[k].append((a, gain))
    weight_of = dict(zip(template.plastic.tolist(), template.weight_positions, strict=True))
    signs = template.wiring.signs
    for k, (i, j) in enumerate(zip(template.onto.tolist(), template.source.tolist(), strict=True)):
        for a, gain in gains[i]:
            for b, slope in slopes[j]:
                entries[a, b].append(gain * template.couplings[k] * slope)
            if k in weight_of:
                effect = template.gain * int(signs[k]) * template.copies[k] * template.outputs[j]
                entries[a, weight_of[k]].append(gain * effect)


def _place_synapses(template: Template, entries: Entries, slopes: Slopes) -> None:
    """How weights move with themselves and with the outputs of their two nodes."""
    if template.local_synapse is None:
        return
    decay, by_pre, by_post = (placer(derivative(template.local_synapse.rate, s).value) for s in (WEIGHT, PRE, POST))
    for e, (k, position) in enumerate(zip(template.plastic.tolist(), template.weight_positions, strict=True)):
        own = template.edge_map(e)
        entries[position, position].append(decay(own))
        for factor, node in ((by_pre(own), template.source[k]), (by_post(own), template.onto[k])):
            if factor != 0:
                for b, slope in slopes[node]:
                    entries[position, b].append(factor * slope)


def _output_slopes(template: Template) -> Slopes:
    """For each node, the derivative of its output by each of its states."""
    by_rule = [[derivative(local.output, state).value for state in local.states] for local in template.local_nodes]
    table = []
    for k, positions in enumerate(template.node_states):
        slopes = [slope.xreplace(template.node_maps[k]) for slope in by_rule[template.rule_of_node[k]]]
        table.append([(p, s) for p, s in zip(positions, slopes, strict=True) if s != 0])
    return table


def placer(expression: Expr) -> Callable[[Mapping[Symbol, Expr]], Expr]:
    """Substitution into one local expression; equal substitutions are made once."""
    symbols = tuple(expression.free_symbols)
    known: dict[tuple[Expr | None, ...], Expr] = {}

    def place(own: Mapping[Symbol, Expr]) -> Expr:
        key = tuple(own.get(s) for s in symbols)
        if key not in known:
            known[key] = expression.xreplace(dict(own)) if symbols else expression
        return known[key]

    return place
