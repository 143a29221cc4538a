"""A graph plus local rules: equations and Jacobian by placing copies of rules that were differentiated once.

Nothing here grows faster than the number of edges, and everything is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._expressions import did_you_mean, symbol
from dynsym.errors import ModelError, ModelNameError
from dynsym.functions.overflow import overflow_free
from dynsym.functions.smoothness import one_spelling
from dynsym.model.rules.edge_parameters import values_on_edges
from dynsym.model.rules.local_rules import (
    INPUT,
    POST,
    PRE,
    TIME_CONSTANT,
    WEIGHT,
    LocalNode,
    LocalSynapse,
    Plasticity,
    Rule,
)
from dynsym.model.template.wiring import Wiring
from dynsym.network import Network
from dynsym.network.edge_table import EdgeTable

__all__ = ["Template"]


@dataclass(frozen=True, repr=False)
class Template:
    """A network with its node rules and synapse rule, before any copy is made."""

    network: Network
    rules: tuple[Rule, ...]
    rule_of_node: tuple[int, ...]
    synapse: Plasticity
    gain: Expr
    renaming: Mapping[Symbol, Symbol] = field(default_factory=dict)

    def with_one_symbol_a_name(self, known: Mapping[str, Symbol]) -> Template:
        """The template in which each name is one symbol: the known one, else the one that knows most."""
        bare = replace(self, renaming={})
        by_name: dict[str, list[Symbol]] = {}
        for s in bare.free_symbols():
            by_name.setdefault(s.name, []).append(s)
        renaming: dict[Symbol, Symbol] = {}
        for name, variants in sorted(by_name.items()):
            best = max(variants, key=lambda s: (len(s.assumptions0), str(s.assumptions0)))
            chosen = known.get(name, best)
            for variant in variants:
                _refuse_contradiction(chosen, variant)
            renaming.update({s: chosen for s in variants if s != chosen})
        return replace(bare, gain=renamed(self.gain, renaming), renaming=renaming) if renaming else bare

    # ---- the rules, in their own symbols

    @cached_property
    def local_nodes(self) -> tuple[LocalNode, ...]:
        """The node rules in their own symbols, written so that nothing overflows."""
        return tuple(
            replace(local, rates=tuple(map(self._settled, local.rates)), output=self._settled(local.output))
            for local in (rule.local() for rule in self.rules)
        )

    @cached_property
    def local_synapse(self) -> LocalSynapse | None:
        """The synapse rule in its own symbols, or None where weights do not move."""
        local = self.synapse.local()
        return None if local is None else replace(local, rate=self._settled(local.rate))

    def _settled(self, expression: Expr) -> Expr:
        return overflow_free(one_spelling(renamed(expression, self.renaming)))

    # ---- the graph, as arrays

    @cached_property
    def wiring(self) -> Wiring:
        """The edges, and which of them are plastic."""
        return Wiring.of(self.network, self.local_synapse)

    @property
    def onto(self) -> np.ndarray:
        """The node that each edge leads onto."""
        return self.wiring.onto

    @property
    def source(self) -> np.ndarray:
        """The node that each edge comes from."""
        return self.wiring.source

    @property
    def plastic(self) -> np.ndarray:
        """Positions, among the edges, of those whose weight is a state."""
        return self.wiring.plastic

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """How each edge acts, +1 or -1."""
        return tuple(self.wiring.signs.tolist())

    @property
    def has_numeric_weights(self) -> bool:
        """Whether the fixed weights are free of symbols."""
        assert isinstance(self.network.edges, EdgeTable)
        return self.network.edges.is_numeric and self.network.copies is None

    @cached_property
    def copies(self) -> tuple[Expr, ...]:
        """How many edges onto one node each edge stands for; 1 where nodes are single ones."""
        given = tuple(renamed(count, self.renaming) for count in self.network.copies or ())
        return given + (sympy.S.One,) * (len(self.onto) - len(given))

    @cached_property
    def counts(self) -> tuple[Expr, ...]:
        """How many copies each node stands for."""
        return tuple(renamed(count, self.renaming) for count in self.network.counts)

    @cached_property
    def fixed_weights(self) -> tuple[Expr, ...]:
        """The fixed part σJ of each edge's effect."""
        given = tuple(renamed(weight, self.renaming) for weight in self.network.effective_weights())
        return given + (sympy.S.Zero,) * (len(self.onto) - len(given))

    @cached_property
    def synapse_columns(self) -> dict[Symbol, Expr | tuple[Expr, ...]]:
        """The synapse rule's own parameters: one value for all plastic edges, or one for each of them."""
        local = self.local_synapse
        if local is None:
            return {}
        found: dict[Symbol, Expr | tuple[Expr, ...]] = {}
        for own, value in local.parameters.items():
            if isinstance(value, Expr):
                found[own] = renamed(value, self.renaming)
            else:
                values = values_on_edges(value, own.name, self.network, self._plastic_places)
                found[own] = tuple(renamed(entry, self.renaming) for entry in values)
        return found

    @cached_property
    def synapse_values(self) -> tuple[dict[Symbol, Expr], ...]:
        """For each plastic edge, the values of the synapse rule's own parameters."""
        columns = self.synapse_columns
        if not any(isinstance(value, tuple) for value in columns.values()):
            return (columns,) * len(self.plastic)
        return tuple(
            {own: value[e] if isinstance(value, tuple) else value for own, value in columns.items()}
            for e in range(len(self.plastic))
        )

    @cached_property
    def _plastic_places(self) -> list[tuple[int, int, str | None]]:
        wiring = self.wiring
        return [(int(wiring.onto[k]), int(wiring.source[k]), wiring.groups[k]) for k in wiring.plastic.tolist()]

    @cached_property
    def bias(self) -> tuple[Expr, ...]:
        """The constant input of each node."""
        return tuple(renamed(node.bias, self.renaming) for node in self.network.nodes)

    @cached_property
    def time_constants(self) -> tuple[Expr, ...]:
        """The time constant of each node: its rule's, else the network's."""
        self._refuse_unknown_keys()
        return tuple(renamed(self._time_constant(k), self.renaming) for k in range(self.network.size))

    def _time_constant(self, k: int) -> Expr:
        node, given = self.network.nodes[k], self.rules[self.rule_of_node[k]].time_constant
        if given is None:
            return node.time_constant
        if not isinstance(given, Mapping):
            return given
        for key in (node.name, node.population):
            if key is not None and key in given:
                return given[key]
        raise ModelError(
            f"Time constants are given for {', '.join(sorted(given))}, and node {node.name!r} "
            f"(population {node.population!r}) is not among them. Give one for every node or population."
        )

    def _refuse_unknown_keys(self) -> None:
        known = {*self.network.node_names, *self.network.populations}
        for rule in self.rules:
            if isinstance(rule.time_constant, Mapping):
                for key in rule.time_constant:
                    if key not in known:
                        raise ModelError(
                            f"A time constant is given for {key!r}, which is neither a node nor a population"
                            f"{did_you_mean(str(key), known) or '.'} Correct the name, or leave it out."
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
        found = list(names)
        for name, rule in zip(names, self.rule_of_node, strict=True):
            found += [f"{suffix}_{name}" for suffix in self.local_nodes[rule].suffixes[1:]]
        found += [f"w_{names[i]}_{names[j]}" for i, j, _ in self._plastic_places]
        if len(set(found)) < len(found):
            twice = next(name for name, times in Counter(found).items() if times > 1)
            raise ModelNameError(
                f"The name {twice!r} is declared twice. States are called by the nodes, by <state>_<node> for further "
                "states of a node, and by w_<onto>_<from> for plastic weights. Rename a node."
            )
        return tuple(symbol(name) for name in found)

    @property
    def weight_positions(self) -> range:
        """Positions of the plastic weights among the states."""
        return range(len(self.states) - len(self.plastic), len(self.states))

    # ---- local expressions, placed

    @cached_property
    def node_maps(self) -> tuple[dict[Symbol, Expr], ...]:
        """For each node: its local symbols, the summed input excepted, in terms of the system's."""
        maps = []
        for k, positions in enumerate(self.node_states):
            local = self.local_nodes[self.rule_of_node[k]]
            own: dict[Symbol, Expr] = {s: self.states[p] for s, p in zip(local.states, positions, strict=True)}
            maps.append(own | {TIME_CONSTANT: self.time_constants[k]})
        return tuple(maps)

    def edge_map(self, e: int) -> dict[Symbol, Expr]:
        """The local symbols of the `e`-th plastic edge in terms of the system's."""
        i, j, _ = self._plastic_places[e]
        return self.synapse_values[e] | {
            WEIGHT: self.states[self.weight_positions[e]],
            PRE: self.outputs[j],
            POST: self.outputs[i],
        }

    @cached_property
    def outputs(self) -> tuple[Expr, ...]:
        """What each node sends."""
        return tuple(
            self.local_nodes[rule].output.xreplace(own)
            for rule, own in zip(self.rule_of_node, self.node_maps, strict=True)
        )

    @cached_property
    def couplings(self) -> tuple[Expr, ...]:
        """The effective weight of each edge, gain σ (J + w)."""
        total = list(self.fixed_weights)
        for k, position in zip(self.plastic.tolist(), self.weight_positions, strict=True):
            total[k] = total[k] + int(self.wiring.signs[k]) * self.copies[k] * self.states[position]
        return tuple(self.gain * weight for weight in total)

    @cached_property
    def inputs(self) -> tuple[Expr, ...]:
        """The summed input of each node, bias included."""
        terms: list[list[Expr]] = [[b] for b in self.bias]
        for i, j, weight in zip(self.onto.tolist(), self.source.tolist(), self.couplings, strict=True):
            terms[i].append(weight * self.outputs[j])
        return tuple(sympy.Add(*row) for row in terms)

    # ---- what occurs in it

    def free_symbols(self) -> set[Symbol]:
        """The parameters: all symbols that are neither states nor a rule's own."""
        found: set[Symbol] = set(self.gain.free_symbols)
        for quantity in {*self.bias, *self.time_constants, *self.counts}:
            found |= quantity.free_symbols
        if not self.has_numeric_weights:
            for weight in set(self.fixed_weights):
                found |= weight.free_symbols
        own: set[Symbol] = {INPUT, TIME_CONSTANT, WEIGHT, PRE, POST}
        for local in self.local_nodes:
            own |= set(local.states)
            found |= local.output.free_symbols.union(*(rate.free_symbols for rate in local.rates))
        if self.local_synapse is not None:
            own |= set(self.local_synapse.parameters)
            found |= self.local_synapse.rate.free_symbols
            for value in self.synapse_columns.values():
                for entry in set(value) if isinstance(value, tuple) else {value}:
                    found |= entry.free_symbols
        return found - own

    def __repr__(self) -> str:
        rules = ", ".join(map(repr, self.rules))
        return f"Template({self.network!r}; {rules}; {self.synapse!r}; gain {self.gain})"


def _refuse_contradiction(chosen: Symbol, variant: Symbol) -> None:
    known = chosen.assumptions0
    for fact, value in variant.assumptions0.items():
        if known.get(fact, value) != value:
            raise ModelNameError(
                f"The name {chosen.name!r} has two meanings: in one place it is {'' if value else 'not '}{fact}, in "
                "another it is not so. One name needs one meaning: rename one, or change the assumption."
            )


def renamed(expression: Expr, renaming: Mapping[Symbol, Symbol]) -> Expr:
    """The expression with some symbols replaced by others."""
    return expression.xreplace(dict(renaming)) if renaming else expression
