"""A graph plus local rules: equations and Jacobian by placing copies of rules that were differentiated once.

Nothing here grows faster than the number of edges, and everything is exact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym.errors import ModelError, ModelNameError
from dynsym.model._quantity import quantity
from dynsym.model.rules import (
    INPUT,
    POST,
    PRE,
    TIME_CONSTANT,
    WEIGHT,
    LocalNode,
    LocalSynapse,
    Rule,
    entry_of,
    is_matrix,
)
from dynsym.network import Network

__all__ = ["Template"]


@dataclass(frozen=True)
class Template:
    """A network with its node rules and synapse rule, before any copy is made.

    Parameters
    ----------
    network : Network
    rules : tuple of Rule
        The different node rules.
    rule_of_node : tuple of int
        Which rule each node follows.
    synapse : Static, Hebbian, …
        The rule of the plastic edges.
    gain : Expr
        Factor on the whole weight matrix.
    renaming : mapping of Symbol to Symbol
        Makes one name one symbol, with the assumptions asked for.
    """

    network: Network
    rules: tuple[Rule, ...]
    rule_of_node: tuple[int, ...]
    synapse: Any
    gain: Expr
    renaming: Mapping[Symbol, Symbol] = field(default_factory=dict)

    # ---- the rules, in their own symbols

    @cached_property
    def local_nodes(self) -> tuple[LocalNode, ...]:
        return tuple(
            LocalNode(n.states, n.suffixes, tuple(self._renamed(r) for r in n.rates), self._renamed(n.output))
            for n in (rule.local() for rule in self.rules)
        )

    @cached_property
    def local_synapse(self) -> LocalSynapse | None:
        local = self.synapse.local()
        return None if local is None else LocalSynapse(self._renamed(local.rate), local.parameters)

    def _renamed(self, expression: Expr) -> Expr:
        return expression.xreplace(self.renaming) if self.renaming else expression

    # ---- the graph, as arrays

    @cached_property
    def _edges(self) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
        """Onto and from indices of all edges (those that only a strength matrix names come last), and the plastic ones."""
        onto, source = self.network.edge_index()
        count = len(onto)
        if self.local_synapse is None:
            if any(edge.plastic for edge in self._flagged):
                raise ModelError(
                    "The network has plastic edges and the synapse rule is Static. Give a rule, as in "
                    "synapse=Hebbian('k'), or build the network without plastic edges."
                )
            return onto, source, ()
        matrices = [value for value in self.local_synapse.parameters.values() if is_matrix(value)]
        if not matrices:
            flagged = tuple(k for k, edge in enumerate(self.network.edges) if edge.plastic)
            return onto, source, flagged or tuple(range(count))
        position = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(onto, source, strict=True))}
        plastic, extra = [], []
        for i, j in self._nonzero_entries(matrices[0]):
            if (i, j) not in position:
                position[i, j] = count + len(extra)
                extra.append((i, j))
            plastic.append(position[i, j])
        added = np.array(extra, dtype=int).reshape(-1, 2)
        return np.concatenate([onto, added[:, 0]]), np.concatenate([source, added[:, 1]]), tuple(plastic)

    @cached_property
    def _flagged(self) -> Iterable[Any]:
        return () if self.network.is_numeric and not self.network.has_plastic_edges else self.network.edges

    def _nonzero_entries(self, matrix: Any) -> list[tuple[int, int]]:
        size = self.network.size
        if hasattr(matrix, "ndim") and not isinstance(matrix, sympy.MatrixBase):
            return [(int(i), int(j)) for i, j in zip(*np.nonzero(matrix), strict=True)]
        entries = [(i, j) for i in range(size) for j in range(size)]
        return [(i, j) for i, j in entries if not entry_of(matrix, None, i, j, size, "strength").is_zero]

    @property
    def onto(self) -> np.ndarray:
        return self._edges[0]

    @property
    def source(self) -> np.ndarray:
        return self._edges[1]

    @property
    def plastic(self) -> tuple[int, ...]:
        """Positions, among the edges, of those whose weight is a state."""
        return self._edges[2]

    @cached_property
    def fixed_weights(self) -> tuple[Expr, ...]:
        """The fixed part of each edge's weight, its sign included."""
        given = tuple(self._renamed(weight) for weight in self.network.effective_weights())
        return given + (sympy.S.Zero,) * (len(self.onto) - len(given))

    @cached_property
    def signs(self) -> tuple[int, ...]:
        given = tuple(int(sign) for sign in self.network.edges.signs)
        return given + (1,) * (len(self.onto) - len(given))

    @cached_property
    def synapse_values(self) -> tuple[dict[Symbol, Expr], ...]:
        """For each plastic edge, the values of the synapse rule's own parameters."""
        local = self.local_synapse
        if local is None:
            return ()
        size, edges = self.network.size, self.network.edges
        uniform = {
            own: self._renamed(quantity(value, own.name))
            for own, value in local.parameters.items()
            if not is_matrix(value) and not isinstance(value, Mapping)
        }
        varying = {own: value for own, value in local.parameters.items() if own not in uniform}
        table = []
        for k in self.plastic:
            i, j = int(self.onto[k]), int(self.source[k])
            group = edges[k].group if varying and k < len(edges) else None
            own_values = {
                own: self._renamed(entry_of(value, group, i, j, size, own.name)) for own, value in varying.items()
            }
            table.append(uniform | own_values)
        return tuple(table)

    @cached_property
    def bias(self) -> tuple[Expr, ...]:
        return tuple(self._renamed(node.bias) for node in self.network.nodes)

    @cached_property
    def time_constants(self) -> tuple[Expr, ...]:
        return tuple(self._renamed(self._time_constant(k)) for k in range(self.network.size))

    def _time_constant(self, k: int) -> Expr:
        node, given = self.network.nodes[k], self.rules[self.rule_of_node[k]].time_constant
        if given is None:
            return node.time_constant
        if not isinstance(given, Mapping):
            return given
        for key in (node.name, node.population):
            if key in given:
                return given[key]
        raise ModelError(
            f"Time constants are given for {sorted(given)}, and node {node.name!r} (population {node.population!r}) "
            "is not among them. Give one for every node or population."
        )

    # ---- the states

    @cached_property
    def node_states(self) -> tuple[tuple[int, ...], ...]:
        """Positions of each node's states: the main states come first, in node order, then the other ones."""
        size, extra, table = self.network.size, self.network.size, []
        for k in range(size):
            count = len(self.local_nodes[self.rule_of_node[k]].states) - 1
            table.append((k, *range(extra, extra + count)))
            extra += count
        return tuple(table)

    @cached_property
    def states(self) -> tuple[Symbol, ...]:
        """Main node states, other node states, then weights ``w_<onto>_<from>``."""
        names = list(self.network.node_names)
        main = [symbol(name) for name in names]
        other = [
            symbol(f"{suffix}_{name}")
            for name, rule in zip(names, self.rule_of_node, strict=True)
            for suffix in self.local_nodes[rule].suffixes[1:]
        ]
        weights = [symbol(f"w_{names[self.onto[k]]}_{names[self.source[k]]}") for k in self.plastic]
        found = tuple(main + other + weights)
        if len(set(found)) < len(found):
            twice = sorted(s.name for s, times in Counter(found).items() if times > 1)
            raise ModelNameError(
                f"The name {twice[0]!r} is declared twice: as a node and as a state made from node names. Rename a node."
            )
        return found

    @property
    def weight_positions(self) -> range:
        """Positions of the plastic weights among the states."""
        return range(len(self.states) - len(self.plastic), len(self.states))

    # ---- the views

    @cached_property
    def _node_maps(self) -> tuple[dict[Symbol, Expr], ...]:
        """For each node: its local symbols, the summed input excepted, in terms of the system's."""
        maps = []
        for k, positions in enumerate(self.node_states):
            local = self.local_nodes[self.rule_of_node[k]]
            own: dict[Symbol, Expr] = {s: self.states[p] for s, p in zip(local.states, positions, strict=True)}
            maps.append(own | {TIME_CONSTANT: self.time_constants[k]})
        return tuple(maps)

    @cached_property
    def outputs(self) -> tuple[Expr, ...]:
        """What each node sends."""
        return tuple(
            self.local_nodes[rule].output.xreplace(own)
            for rule, own in zip(self.rule_of_node, self._node_maps, strict=True)
        )

    @cached_property
    def _couplings(self) -> tuple[Expr, ...]:
        """The effective weight of each edge: gain (J + sign w)."""
        total = list(self.fixed_weights)
        for k, position in zip(self.plastic, self.weight_positions, strict=True):
            total[k] = total[k] + self.signs[k] * self.states[position]
        return tuple(self.gain * weight for weight in total)

    @cached_property
    def _inputs(self) -> tuple[Expr, ...]:
        terms: list[list[Expr]] = [[b] for b in self.bias]
        for i, j, weight in zip(self.onto, self.source, self._couplings, strict=True):
            terms[i].append(weight * self.outputs[j])
        return tuple(sympy.Add(*row) for row in terms)

    def equations(self) -> tuple[Expr, ...]:
        """The right-hand side, in the order of `states`."""
        rows: list[Expr] = [sympy.S.Zero] * len(self.states)
        for k, positions in enumerate(self.node_states):
            own = self._node_maps[k] | {INPUT: self._inputs[k]}
            for position, rate in zip(positions, self.local_nodes[self.rule_of_node[k]].rates, strict=True):
                rows[position] = rate.xreplace(own)
        if self.local_synapse is not None:
            for e, (k, position) in enumerate(zip(self.plastic, self.weight_positions, strict=True)):
                rows[position] = self.local_synapse.rate.xreplace(self._edge_map(e, k, position))
        return tuple(rows)

    def _edge_map(self, e: int, k: int, position: int) -> dict[Symbol, Expr]:
        return self.synapse_values[e] | {
            WEIGHT: self.states[position],
            PRE: self.outputs[self.source[k]],
            POST: self.outputs[self.onto[k]],
        }

    def jacobian_entries(self) -> dict[tuple[int, int], Expr]:
        """The nonzero entries of the Jacobian: each rule is differentiated once and its copies are placed."""
        entries: dict[tuple[int, int], list[Expr]] = defaultdict(list)
        slopes = self._output_slopes()
        gains = []
        for k, positions in enumerate(self.node_states):
            local = self.local_nodes[self.rule_of_node[k]]
            own = self._node_maps[k] | {INPUT: self._inputs[k]}
            for a, rate in zip(positions, local.rates, strict=True):
                for b, state in zip(positions, local.states, strict=True):
                    entries[a, b].append(rate.diff(state).xreplace(own))
            gains.append([rate.diff(INPUT).xreplace(own) for rate in local.rates])
        weight_of = dict(zip(self.plastic, self.weight_positions, strict=True))
        for k, (i, j) in enumerate(zip(self.onto.tolist(), self.source.tolist(), strict=True)):
            for a, gain in zip(self.node_states[i], gains[i], strict=True):
                if gain == 0:
                    continue
                for b, slope in slopes[j]:
                    entries[a, b].append(gain * self._couplings[k] * slope)
                if k in weight_of:
                    entries[a, weight_of[k]].append(gain * self.gain * self.signs[k] * self.outputs[j])
        if self.local_synapse is not None:
            derivatives = [self.local_synapse.rate.diff(s) for s in (WEIGHT, PRE, POST)]
            for e, (k, position) in enumerate(weight_of.items()):
                own = self._edge_map(e, k, position)
                decay, pre, post = (d.xreplace(own) for d in derivatives)
                entries[position, position].append(decay)
                for factor, node in ((pre, self.source[k]), (post, self.onto[k])):
                    for b, slope in slopes[node]:
                        entries[position, b].append(factor * slope)
        summed = {place: sympy.Add(*terms) for place, terms in entries.items()}
        return {place: entry for place, entry in sorted(summed.items()) if entry != 0}

    def _output_slopes(self) -> list[list[tuple[int, Expr]]]:
        """For each node, the derivative of its output by each of its states."""
        table = []
        for k, positions in enumerate(self.node_states):
            local = self.local_nodes[self.rule_of_node[k]]
            slopes = [local.output.diff(state).xreplace(self._node_maps[k]) for state in local.states]
            table.append([(p, s) for p, s in zip(positions, slopes, strict=True) if s != 0])
        return table

    # ---- what occurs in it

    def free_symbols(self) -> set[Symbol]:
        """The parameters: all symbols that are neither states nor a rule's own."""
        found: set[Symbol] = set(self.gain.free_symbols)
        for bias, time_constant in zip(self.bias, self.time_constants, strict=True):
            found |= bias.free_symbols | time_constant.free_symbols
        if not self.network.is_numeric:
            for weight in self.fixed_weights:
                found |= weight.free_symbols
        own: set[Symbol] = {INPUT, TIME_CONSTANT, WEIGHT, PRE, POST}
        for local in self.local_nodes:
            own |= set(local.states)
            found |= local.output.free_symbols.union(*(rate.free_symbols for rate in local.rates))
        if self.local_synapse is not None:
            own |= set(self.local_synapse.parameters)
            found |= self.local_synapse.rate.free_symbols
            for value in {value for values in self.synapse_values for value in values.values()}:
                found |= value.free_symbols
        return found - own
