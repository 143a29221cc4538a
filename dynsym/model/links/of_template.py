"""The link form of a template: each local rule is put at rest once, and its copies are placed along the graph."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Symbol

from dynsym.functions import AnySigmoid
from dynsym.functions.activation import Activation
from dynsym.functions.overflow import overflow_free
from dynsym.model.links.atoms import activation_of, affine, link_atoms
from dynsym.model.links.form import LinkForm
from dynsym.model.rules.local_rules import INPUT, POST, PRE, TIME_CONSTANT, WEIGHT, LocalNode, LocalSynapse, Rule
from dynsym.model.template.template import Template
from dynsym.model.template.views import placer
from dynsym.network import Network

__all__ = ["MOST_EDGES", "NodeLinks", "links_of_nodes", "links_of_template"]

MOST_EDGES = 20_000
"""Beyond this writing the form would take seconds; see `links_of_nodes`."""

Entries = dict[tuple[int, int], Expr]


@dataclass(frozen=True)
class _NodeAtRest:
    """A node rule at rest, in its links v, unknowns y and summed input.

    y_l = by_input[l]·INPUT + Σ_m within[l, m]·v_m + shifts[l]; states in terms of y and v; output = Σ_l sends[l]·v_l +
    constant; nothing is lost where no factor is zero.
    """

    activations: tuple[Activation, ...]
    unknowns: tuple[Symbol, ...]
    links: tuple[Symbol, ...]
    by_input: tuple[Expr, ...]
    within: Entries
    shifts: tuple[Expr, ...]
    states: tuple[Expr, ...]
    sends: dict[int, Expr]
    constant: Expr
    factors: tuple[Expr, ...]


@dataclass(frozen=True)
class _WeightAtRest:
    """A plastic weight at rest: baseline + strength·pre·post, where `decay` is not zero."""

    baseline: Expr
    strength: Expr
    decay: Expr


def links_of_template(template: Template) -> LinkForm | None:
    """The link form of a template in time linear in its edges, or None where its rules do not have it."""
    if len(template.onto) > MOST_EDGES:
        return None
    weight = _weight_at_rest(template.local_synapse)
    nodes = _nodes_at_rest(template)
    if nodes is None or (template.local_synapse is not None and weight is None):
        return None
    if weight is not None and not all(_sends_one_link(node) for node in nodes):
        return None
    return _Placement(template, nodes, weight).form()


@dataclass(frozen=True)
class NodeLinks:
    """The link form of a network without its edges, and where edges enter.

    An edge of weight J onto i from j adds slope_i·gain·J·send_j to the weights, slope_i·gain·J·constant_j to the bias.
    """

    form: LinkForm
    slopes: tuple[tuple[int, int, Expr], ...]
    sends: tuple[tuple[int, int, Expr], ...]
    constants: tuple[Expr, ...]


def links_of_nodes(template: Template) -> NodeLinks | None:
    """The link form of the nodes of a template without plastic weights, for edges that are kept as an array."""
    nodes = None if template.local_synapse is not None else _nodes_at_rest(template)
    if nodes is None or any(INPUT in state.free_symbols for node in nodes for state in node.states):
        return None
    alone = replace(template, network=Network(template.network.nodes, ()))
    placement = _Placement(alone, nodes, None)
    return NodeLinks(
        placement.form(),
        tuple((row, k, slope) for k, parts in enumerate(placement.slopes) for row, slope in parts),
        tuple((column, k, send) for k, parts in enumerate(placement.sends) for column, send in parts),
        tuple(placement.placed(node.constant, k) for k, node in enumerate(placement.nodes)),
    )


def _nodes_at_rest(template: Template) -> list[_NodeAtRest] | None:
    """Each rule at rest, or None where one of them does not have the form."""
    at_rest = [
        _node_at_rest(local) or _with_bounded_activation(rule)
        for local, rule in zip(template.local_nodes, template.rules, strict=True)
    ]
    nodes = [node for node in at_rest if node is not None]
    return nodes if len(nodes) == len(at_rest) else None


def _sends_one_link(node: _NodeAtRest) -> bool:
    """Whether the output is a multiple of one link, the only one that the input drives: else no cubic form."""
    driven = {link for link, slope in enumerate(node.by_input) if slope != 0}
    return node.constant == 0 and len(node.sends) == 1 and driven <= set(node.sends)


class _Placement:
    """Copies of rules at rest along the graph of a template."""

    def __init__(self, template: Template, nodes: list[_NodeAtRest], weight: _WeightAtRest | None) -> None:
        self.template = template
        self.nodes = [nodes[rule] for rule in template.rule_of_node]
        self.weight = weight
        self.first: list[int] = []
        total = 0
        for node in self.nodes:
            self.first.append(total)
            total += len(node.links)
        self.unknowns = tuple(sympy.Dummy(f"y{k + 1}", real=True) for k in range(total))
        self.links = tuple(sympy.Dummy(f"v{k + 1}", real=True) for k in range(total))
        self.slopes = [
            [(self.first[k] + link, self.placed(c, k)) for link, c in enumerate(node.by_input) if c.is_zero is not True]
            for k, node in enumerate(self.nodes)
        ]
        self.sends = [
            [(self.first[k] + link, self.placed(c, k)) for link, c in node.sends.items()]
            for k, node in enumerate(self.nodes)
        ]

    def placed(self, expression: Expr, node: int) -> Expr:
        """A local expression of the time constant and parameters, at a node."""
        if TIME_CONSTANT not in expression.free_symbols:
            return expression
        return expression.xreplace({TIME_CONSTANT: self.template.time_constants[node]})

    def form(self) -> LinkForm:
        """The whole form."""
        bias, weights = self._within_nodes()
        cubic: Entries = {}
        template, gain = self.template, self.template.gain
        resting = self._weights_at_rest()
        fixed_weights, signs = template.fixed_weights, template.signs
        for e, (i, j) in enumerate(zip(template.onto.tolist(), template.source.tolist(), strict=True)):
            fixed = fixed_weights[e]
            if e in resting:
                baseline, strength, _ = resting[e]
                fixed = fixed if baseline is sympy.S.Zero else fixed + signs[e] * baseline
                self._add_cubic(gain * signs[e] * strength, i, j, cubic)
            if fixed is not sympy.S.Zero:
                self._add_edge(_times(gain, fixed), i, j, bias, weights)
        return LinkForm(
            tuple(sympy.Add(*terms) for terms in bias),
            {place: entry for place, entry in sorted(weights.items()) if entry is not sympy.S.Zero},
            {place: entry for place, entry in sorted(cubic.items()) if entry is not sympy.S.Zero},
            tuple(activation for node in self.nodes for activation in node.activations),
            self.unknowns,
            self.links,
            self._states(resting),
            self._factors(resting),
        )

    def _within_nodes(self) -> tuple[list[list[Expr]], Entries]:
        """What each unknown has from its own node: constants with the bias, and weights between its own links."""
        bias: list[list[Expr]] = []
        weights: Entries = {}
        for k, node in enumerate(self.nodes):
            for slope, shift in zip(node.by_input, node.shifts, strict=True):
                bias.append([self.placed(slope, k) * self.template.bias[k], self.placed(shift, k)])
            for (a, b), entry in node.within.items():
                weights[self.first[k] + a, self.first[k] + b] = self.placed(entry, k)
        return bias, weights

    def _add_edge(self, coupling: Expr, onto: int, source: int, bias: list[list[Expr]], weights: Entries) -> None:
        constant = self.nodes[source].constant
        for row, slope in self.slopes[onto]:
            factor = _times(slope, coupling)
            if constant is not sympy.S.Zero:
                bias[row].append(factor * self.placed(constant, source))
            for column, send in self.sends[source]:
                entry = _times(send, factor)
                weights[row, column] = weights[row, column] + entry if (row, column) in weights else entry

    def _add_cubic(self, coupling: Expr, onto: int, source: int, cubic: Entries) -> None:
        ((_, own),), ((column, send),) = self.sends[onto], self.sends[source]
        for row, slope in self.slopes[onto]:
            entry = _times(slope * own * send**2, coupling)
            cubic[row, column] = cubic[row, column] + entry if (row, column) in cubic else entry

    def _weights_at_rest(self) -> dict[int, tuple[Expr, Expr, Expr]]:
        """Baseline, strength and decay of each plastic edge."""
        if self.weight is None:
            return {}
        place = [placer(part) for part in (self.weight.baseline, self.weight.strength, self.weight.decay)]
        found = {}
        for e, values in zip(self.template.plastic.tolist(), self.template.synapse_values, strict=True):
            baseline, strength, decay = (part(values) for part in place)
            found[e] = (baseline, strength, decay)
        return found

    def _states(self, resting: dict[int, tuple[Expr, Expr, Expr]]) -> tuple[Expr, ...]:
        template = self.template
        found: list[Expr] = [sympy.S.Zero] * len(template.states)
        outputs: list[Expr] = []
        maps: list[dict[Symbol, Expr]] = []
        for k, node in enumerate(self.nodes):
            places = range(self.first[k], self.first[k] + len(node.links))
            own: dict[Symbol, Expr] = {TIME_CONSTANT: template.time_constants[k]}
            own |= dict(zip(node.unknowns, (self.unknowns[q] for q in places), strict=True))
            own |= dict(zip(node.links, (self.links[q] for q in places), strict=True))
            maps.append(own)
            sent = [send * node.links[link] for link, send in node.sends.items()]
            outputs.append(sympy.Add(node.constant, *sent).xreplace(own))
        for k, node in enumerate(self.nodes):
            if any(INPUT in state.free_symbols for state in node.states):
                maps[k][INPUT] = self._input(k, outputs, resting)
            for position, state in zip(template.node_states[k], node.states, strict=True):
                found[position] = state.xreplace(maps[k])
        for position, (e, (baseline, strength, _)) in zip(template.weight_positions, resting.items(), strict=True):
            found[position] = baseline + strength * outputs[template.onto[e]] * outputs[template.source[e]]
        return tuple(found)

    def _input(self, node: int, outputs: list[Expr], resting: dict[int, tuple[Expr, Expr, Expr]]) -> Expr:
        """The summed input of a node in terms of the links."""
        template = self.template
        terms = [template.bias[node]]
        for e in (template.onto == node).nonzero()[0].tolist():
            baseline, strength, _ = resting.get(e, (sympy.S.Zero, sympy.S.Zero, sympy.S.One))
            sent = outputs[template.source[e]]
            weight = template.fixed_weights[e] + template.signs[e] * (baseline + strength * outputs[node] * sent)
            terms.append(template.gain * weight * sent)
        return sympy.Add(*terms)

    def _factors(self, resting: dict[int, tuple[Expr, Expr, Expr]]) -> tuple[Expr, ...]:
        of_nodes = [self.placed(factor, k) for k, node in enumerate(self.nodes) for factor in node.factors]
        found = dict.fromkeys([*of_nodes, *(decay for _, _, decay in resting.values())])
        return tuple(factor for factor in found if not factor.is_nonzero)


def _times(factor: Expr, other: Expr) -> Expr:
    """The product, without the cost of one with 1."""
    return other if factor is sympy.S.One else factor * other


def _with_bounded_activation(rule: Rule) -> _NodeAtRest | None:
    """The rule at rest with a bounded activation of the user's own as a link, whatever its expression."""
    given = rule.activation
    if given is None or isinstance(given, AnySigmoid) or any(end.is_finite is not True for end in given.bounds):
        return None
    stand_in = AnySigmoid("phi", "none")
    found = _node_at_rest(rule.with_activation(stand_in).local())
    if found is None:
        return None
    return replace(found, activations=tuple(given if a == stand_in else a for a in found.activations))


def _node_at_rest(local: LocalNode) -> _NodeAtRest | None:
    """Solve the rates of one node for its states, linear but for one-variable links."""
    moving = {*local.states, INPUT}
    written = [overflow_free(rate) for rate in (*local.rates, local.output)]
    atoms = link_atoms(written, moving)
    if not atoms:
        return None
    links = tuple(sympy.Dummy(f"v{k}", real=True) for k in range(len(atoms)))
    unknowns = tuple(sympy.Dummy(f"y{k}", real=True) for k in range(len(atoms)))
    named = dict(zip(atoms, links, strict=True))
    rows = [affine(expression.xreplace(named), (*moving, *links)) for expression in written]
    *rates, output = rows
    if output is None or any(row is None for row in rates):
        return None
    found = _solved(local.states, [row for row in rates if row is not None])
    if found is None:
        return None
    solved, factor = found
    arguments = [affine(atom.args[-1].xreplace(solved), (INPUT, *links)) for atom in atoms]
    sent = affine(
        sympy.Add(output.constant, *(c * s for s, c in output.coefficients.items())).xreplace(solved), (INPUT, *links)
    )
    activations = [activation_of(atom) for atom in atoms]
    if sent is None or INPUT in sent.coefficients or any(a is None for a in arguments):
        return None
    places = {link: k for k, link in enumerate(links)}
    parts = [argument for argument in arguments if argument is not None]
    return _NodeAtRest(
        tuple(a for a in activations if a is not None),
        unknowns,
        links,
        tuple(part.coefficients.get(INPUT, sympy.S.Zero) for part in parts),
        {(l, places[s]): c for l, part in enumerate(parts) for s, c in part.coefficients.items() if s != INPUT},
        tuple(part.constant for part in parts),
        tuple(_in_unknowns(solved[state], parts, unknowns) for state in local.states),
        {places[s]: c for s, c in sent.coefficients.items()},
        sent.constant,
        (factor, *(slope for slope in (part.coefficients.get(INPUT) for part in parts) if slope is not None)),
    )


def _solved(states: tuple[Symbol, ...], rows: list) -> tuple[dict[Symbol, Expr], Expr] | None:
    """The states at rest in terms of input and links, and the determinant that was divided by."""
    size = len(states)
    matrix = sympy.Matrix(size, size, lambda i, j: rows[i].coefficients.get(states[j], sympy.S.Zero))
    determinant = sympy.cancel(matrix.det(method="berkowitz"))
    if determinant == 0:
        return None
    loads = [
        -row.constant - sympy.Add(*(c * s for s, c in row.coefficients.items() if s not in states)) for row in rows
    ]
    inverse = matrix.adjugate(method="berkowitz") / determinant
    solved = {
        state: sympy.expand(sympy.Add(*(sympy.cancel(inverse[k, q]) * loads[q] for q in range(size))))
        for k, state in enumerate(states)
    }
    return solved, determinant


def _in_unknowns(state: Expr, parts: list, unknowns: tuple[Symbol, ...]) -> Expr:
    """A state with its input written by the first unknown that the input drives."""
    if INPUT not in state.free_symbols:
        return state
    for part, unknown in zip(parts, unknowns, strict=True):
        slope = part.coefficients.get(INPUT)
        if slope is not None:
            others = sympy.Add(part.constant, *(c * s for s, c in part.coefficients.items() if s != INPUT))
            return sympy.expand(state.xreplace({INPUT: (unknown - others) / slope}))
    return state


def _weight_at_rest(local: LocalSynapse | None) -> _WeightAtRest | None:
    """Of w' = decay·(w - baseline - strength·pre·post); None where the rule is another one."""
    if local is None:
        return None
    moving = {WEIGHT, PRE, POST}
    decay = sympy.cancel(local.rate.diff(WEIGHT))
    if decay == 0 or decay.free_symbols & moving:
        return None
    drive = sympy.expand(local.rate.xreplace({WEIGHT: sympy.S.Zero}))
    product = drive.diff(PRE, POST)
    constant = drive.xreplace({PRE: sympy.S.Zero, POST: sympy.S.Zero})
    if product.free_symbols & moving or sympy.expand(drive - constant - product * PRE * POST) != 0:
        return None
    return _WeightAtRest(sympy.cancel(-constant / decay), sympy.cancel(-product / decay), decay)
