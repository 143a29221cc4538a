"""Networks with many edges as matrices: the field and its slopes over arrays of boxes without an operation an edge."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, above, below, gamma, midpoint_radius
from dynsym.arithmetic.tape import Tape
from dynsym.functions.smoothness import derivative
from dynsym.model.rules.local_rules import INPUT, TIME_CONSTANT
from dynsym.model.system import SymbolicSystem
from dynsym.network.edge_table import EdgeTable

FEWEST_NODES, LARGEST_NODES = 61, 3000


FEWEST_EDGES, SPARSE_SHARE = 1000, 0.05
"""Networks of at least so many nodes and edges, a larger share of all pairs being edges, are kept as matrices."""


def scaled(
    weights: np.ndarray, left: np.ndarray, left_radius: np.ndarray, right: np.ndarray, right_radius: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """left_i w_ij right_j for entries w within a relative error of UNIT, and a bound of the error; zeros are exact."""
    size, most = np.abs(left), np.abs(right) + right_radius
    error = left_radius[:, None] * most + size[:, None] * right_radius
    error = (error + 8 * UNIT * ((size + left_radius)[:, None] * most)) * np.abs(weights)
    return left[:, None] * weights * right, np.where(weights == 0, 0.0, error * ROUND_UP + TINY)


def matrix_of(system: SymbolicSystem) -> np.ndarray | None:
    """The weights of a network that is kept as a matrix: many edges, all floats, none of them plastic."""
    template = system.template
    if template is None or template.local_synapse is not None or not template.has_numeric_weights:
        return None
    edges, size = template.network.edges, template.network.size
    if not isinstance(edges, EdgeTable) or edges.floats is None or not FEWEST_NODES <= size <= LARGEST_NODES:
        return None
    if len(edges) < max(FEWEST_EDGES, SPARSE_SHARE * size**2):
        return None
    return None if (np.abs(edges.floats[edges.floats != 0]) < 1e-200).any() else template.network.weight_matrix()


@dataclass(frozen=True, eq=False)
class _RuleTapes:
    """The nodes of one rule, positions of their states, and tapes of its rates and output, derivatives after them."""

    members: np.ndarray
    positions: np.ndarray
    rates: Tape
    outputs: Tape


@dataclass(frozen=True, eq=False)
class NetworkArrays:
    """Outward bounds of field and Jacobian of a network with a matrix of weights; `constants`: gain, biases, times."""

    weights: np.ndarray
    rules: tuple[_RuleTapes, ...]
    constants: Tape

    def _known(self, parameters: Sequence[Interval]) -> tuple[Interval, Interval, Interval]:
        """Gain, and biases and time constants of all nodes."""
        gain, *rest = self.constants.run(IntervalArithmetic(), list(parameters))
        low, high = np.array([float(x.low) for x in rest]), np.array([float(x.high) for x in rest])
        count = len(self.weights)
        return gain, Interval(low[:count], high[:count]), Interval(low[count:], high[count:])

    def _evaluated(
        self, low: np.ndarray, high: np.ndarray, parameters: Sequence[Interval]
    ) -> tuple[Interval, list[list[Interval]], list[list[Interval]]]:
        """Gain; for each rule its rates and outputs, with their derivatives, over boxes (batch, n)."""
        arithmetic, nodes = IntervalArithmetic(), len(self.weights)
        gain, bias, times = self._known(parameters)
        bottom, top = np.empty((len(low), nodes)), np.empty((len(low), nodes))
        arguments, outputs = [], []
        for rule in self.rules:
            states = [Interval(low[:, places], high[:, places]) for places in rule.positions.T]
            constants = [Interval(times.low[rule.members], times.high[rule.members]), *parameters]
            arguments.append((states, constants))
            outputs.append(rule.outputs.run(arithmetic, [*states, *constants]))
            bottom[:, rule.members], top[:, rule.members] = outputs[-1][0].low, outputs[-1][0].high
        middle, radius = midpoint_radius(bottom, top)
        absolute = np.abs(self.weights).T
        with np.errstate(invalid="ignore", over="ignore"):
            centre = middle @ self.weights.T
            rounding = gamma(nodes + 8) * ((np.abs(middle) + radius) @ absolute)
            spread = (radius @ absolute + rounding) * ROUND_UP + TINY
            ends = below(centre - spread), above(centre + spread)
        unclear = ~(np.isfinite(ends[0]) & np.isfinite(ends[1]))
        summed = Interval(np.where(unclear, -np.inf, ends[0]), np.where(unclear, np.inf, ends[1]))
        summed = arithmetic.add(bias, arithmetic.multiply(gain, summed))
        rates = [
            rule.rates.run(
                arithmetic, [*states, Interval(summed.low[:, rule.members], summed.high[:, rule.members]), *constants]
            )
            for rule, (states, constants) in zip(self.rules, arguments, strict=True)
        ]
        return gain, rates, outputs

    def field_bounds(
        self, low: np.ndarray, high: np.ndarray, parameters: Sequence[Interval]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the right-hand side, (batch, n), over boxes (batch, n) of states."""
        bottom, top = np.empty(low.shape), np.empty(low.shape)
        for rule, rates in zip(self.rules, self._evaluated(low, high, parameters)[1], strict=True):
            for a, places in enumerate(rule.positions.T):
                bottom[:, places], top[:, places] = rates[a].low, rates[a].high
        return bottom, top

    def jacobian_balls(
        self, low: np.ndarray, high: np.ndarray, parameters: Sequence[Interval]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Middles and radii of the Jacobian, (n, n), over one box (n,) of states."""
        gain, rates, outputs = self._evaluated(low[None], high[None], parameters)
        middle, radius = np.zeros((len(low), len(low))), np.zeros((len(low), len(low)))
        for rule, found in zip(self.rules, rates, strict=True):
            count = rule.positions.shape[1]
            for a, onto in enumerate(rule.positions.T):
                own = found[count + a * (count + 1) : count + (a + 1) * (count + 1)]
                left = _balls(IntervalArithmetic().multiply(gain, own[-1]), len(onto))
                for other, sent in zip(self.rules, outputs, strict=True):
                    for b, source in enumerate(other.positions.T):
                        right = _balls(sent[1 + b], len(source))
                        part = scaled(self.weights[np.ix_(rule.members, other.members)], *left, *right)
                        middle[np.ix_(onto, source)], radius[np.ix_(onto, source)] = part
                for b, source in enumerate(rule.positions.T):
                    value, doubt = _balls(own[b], len(onto))
                    middle[onto, source] += value
                    error = radius[onto, source] + doubt + 2 * UNIT * np.abs(middle[onto, source])
                    radius[onto, source] = error * ROUND_UP + TINY
        return middle, radius


def _balls(x: Interval, count: int) -> tuple[np.ndarray, np.ndarray]:
    return midpoint_radius(np.broadcast_to(x.low, (1, count))[0], np.broadcast_to(x.high, (1, count))[0])


@functools.lru_cache(maxsize=8)
def network_arrays(system: SymbolicSystem) -> NetworkArrays | None:
    """Bounds by matrices, or None where the system is no network with a matrix of weights."""
    weights, template = matrix_of(system), system.template
    if weights is None or template is None:
        return None
    constants, rules = [TIME_CONSTANT, *system.parameters.values()], []
    for r, local in enumerate(template.local_nodes):
        members = np.flatnonzero(np.array(template.rule_of_node) == r)
        if not len(members):
            continue
        positions = np.array([template.node_states[k] for k in members]).reshape(len(members), -1)
        slopes = [derivative(rate, s).value for rate in local.rates for s in (*local.states, INPUT)]
        sent = [derivative(local.output, s).value for s in local.states]
        rates = Tape.of([*local.rates, *slopes], [*local.states, INPUT, *constants])
        rules.append(_RuleTapes(members, positions, rates, Tape.of([local.output, *sent], [*local.states, *constants])))
    loads = Tape.of([template.gain, *template.bias, *template.time_constants], constants[1:])
    return NetworkArrays(weights, tuple(rules), loads)
