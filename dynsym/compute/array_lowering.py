"""Networks as array code: `W @ φ(x)` with a structured Jacobian, from the rules' own derivatives.

Time per call is that of the matrix product; nothing is generated per node or per edge. Higher derivatives along
directions come from propagating mixed derivatives through the same few local functions, exactly; derivatives by a
parameter from a complex step, which has no truncation error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dynsym.arithmetic.jets import Jets, product_jets
from dynsym.compute._batching import over_batch
from dynsym.compute._local_function import LocalFunction
from dynsym.compute._template_numbers import ParameterArrays, TemplateNumbers
from dynsym.functions.smoothness import domain_error
from dynsym.model.rules.local_rules import INPUT, POST, PRE, TIME_CONSTANT, WEIGHT
from dynsym.model.system import SymbolicSystem
from dynsym.model.template.template import Template

__all__ = ["ArrayLowering"]

Array = np.ndarray
COMPLEX_STEP = 1e-150


@dataclass(frozen=True)
class _Group:
    """The nodes that follow one rule: `positions[a]` are the places of their a-th states.

    `nodes` and `places` index the same entries, by slices where these are consecutive.
    """

    members: Array
    positions: tuple[Array, ...]
    rates: tuple[LocalFunction, ...]
    output: LocalFunction

    @cached_property
    def nodes(self) -> Any:
        return _index(self.members)

    @cached_property
    def places(self) -> tuple[Any, ...]:
        return tuple(_index(q) for q in self.positions)


class ArrayLowering:
    """Right-hand side and derivatives of a network as array code."""

    kind = "array"

    def __init__(self, system: SymbolicSystem) -> None:
        assert system.template is not None
        self.system = system
        self._template: Template = system.template
        self._parameters = list(system.parameters.values())
        self._size = system.dimension
        self._nodes = self._template.network.size
        self._numbers = TemplateNumbers(system)

    # ---- structure, once

    @cached_property
    def _groups(self) -> tuple[_Group, ...]:
        template, groups = self._template, []
        constants = [TIME_CONSTANT, *self._parameters]
        for r, local in enumerate(template.local_nodes):
            members = np.array([k for k, rule in enumerate(template.rule_of_node) if rule == r], dtype=int)
            if not len(members):
                continue
            places = np.array([template.node_states[k] for k in members], dtype=int).reshape(len(members), -1)
            variables = [*local.states, INPUT]
            groups.append(
                _Group(
                    members,
                    tuple(places.T),
                    tuple(LocalFunction(rate, variables, constants) for rate in local.rates),
                    LocalFunction(local.output, local.states, constants),
                )
            )
        return tuple(groups)

    @cached_property
    def _synapse(self) -> LocalFunction | None:
        local = self._template.local_synapse
        if local is None:
            return None
        return LocalFunction(local.rate, [WEIGHT, PRE, POST], [*self._numbers.synapse_symbols, *self._parameters])

    @cached_property
    def _plastic(self) -> tuple[Array, Array, Array, Array]:
        """Onto, from, sign and state position of each plastic edge."""
        t = self._template
        chosen = t.plastic
        return (
            t.onto[chosen],
            t.source[chosen],
            t.wiring.signs[chosen].astype(float),
            np.array(t.weight_positions, dtype=int),
        )

    @cached_property
    def _onto_order(self) -> tuple[Array, Array, Array]:
        """A stable order of plastic edges by target, where each target's run starts, and the targets."""
        onto = self._plastic[0]
        order = np.argsort(onto, kind="stable")
        targets, starts = np.unique(onto[order], return_index=True)
        return order, starts, targets

    # ---- the field

    def field(self, x: Array, p: Array) -> Array:
        return self._checked(over_batch(self._field, x, p), x, p)

    def _checked(self, out: Array, x: Array, p: Array) -> Array:
        """The values; raises where a single state is outside the domain of the equations."""
        if x.ndim == 1 and p.ndim == 1 and np.isnan(out).any() and np.isfinite(x).all():
            symbols = [*self.system.states, *self._parameters]
            error = domain_error(self.system.rhs, symbols, [*x.tolist(), *p.tolist()])
            if error is not None:
                raise error
        return out

    def _field(self, x: Array, p: Array) -> Array:
        numbers = self._numbers.at(p)
        outputs = self._outputs(x, numbers)
        inputs = self._inputs(x, outputs, numbers)
        out = np.empty(x.shape, dtype=np.result_type(x, p))
        for group in self._groups:
            arguments = self._arguments(group, x, inputs, numbers)
            for places, rate in zip(group.places, group.rates, strict=True):
                out[places] = rate(arguments)
        if self._synapse is not None:
            out[self._plastic[3]] = self._synapse(self._synapse_arguments(x, outputs, numbers))
        return out

    def _constants(self, group: _Group, numbers: ParameterArrays) -> list[Any]:
        return [numbers.time_constants[group.nodes], *numbers.parameters]

    def _arguments(self, group: _Group, x: Array, inputs: Array, numbers: ParameterArrays) -> list[Any]:
        states = [x[places] for places in group.places]
        return [*states, inputs[group.nodes], *self._constants(group, numbers)]

    def _outputs(self, x: Array, numbers: ParameterArrays) -> Array:
        out = np.empty((self._nodes, x.shape[1]), dtype=np.result_type(x, numbers.dtype))
        for group in self._groups:
            out[group.nodes] = group.output([x[q] for q in group.places] + self._constants(group, numbers))
        return out

    def _inputs(self, x: Array, outputs: Array, numbers: ParameterArrays) -> Array:
        if outputs.shape[1] == 1:
            total = (numbers.weights @ outputs[:, 0])[:, None] + numbers.bias
        else:
            total = numbers.weights @ outputs + numbers.bias
        if self._synapse is not None:
            _, source, signs, positions = self._plastic
            total = total + numbers.gain * self._onto_sum(signs[:, None] * x[positions] * outputs[source])
        return total

    def _onto_sum(self, per_edge: Array) -> Array:
        """Sum over the plastic edges onto each node."""
        order, starts, targets = self._onto_order
        out = np.zeros((self._nodes, per_edge.shape[1]), dtype=per_edge.dtype)
        if len(starts):
            out[targets] = np.add.reduceat(per_edge[order], starts, axis=0)
        return out

    def _synapse_arguments(self, x: Array, outputs: Array, numbers: ParameterArrays) -> list[Any]:
        onto, source, _, positions = self._plastic
        return [x[positions], outputs[source], outputs[onto], *numbers.synapse, *numbers.parameters]

    # ---- the Jacobian

    def jacobian(self, x: Array, p: Array) -> Array:
        return self._checked(over_batch(self._dense_jacobian, x, p), x, p)

    def _dense_jacobian(self, x: Array, p: Array) -> Array:
        out = np.zeros((self._size, self._size, x.shape[1]), dtype=np.result_type(x, p))
        for rows, columns, block in self._blocks(x, p):
            if rows.ndim == 2:
                out[rows, columns] += block
            else:
                np.add.at(out, (rows, columns), block)
        return out

    def sparse_jacobian(self, x: Array, p: Array) -> Any:
        """The Jacobian at one state as a `scipy.sparse.csr_array`."""
        from scipy.sparse import coo_array

        rows, columns, values = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)], [np.zeros(0)]
        for r, c, block in self._blocks(x[:, None], p):
            r, c = np.broadcast_arrays(r, c)
            flat = np.broadcast_to(block[..., 0], r.shape).ravel()
            kept = np.flatnonzero(flat)
            rows.append(r.ravel()[kept])
            columns.append(c.ravel()[kept])
            values.append(flat[kept])
        placed = (np.concatenate(rows), np.concatenate(columns))
        return coo_array((np.concatenate(values), placed), shape=(self._size, self._size)).tocsr()

    def _blocks(self, x: Array, p: Array) -> Any:
        """Rows, columns and values of the Jacobian's parts; repeated places add up."""
        numbers = self._numbers.at(p)
        outputs = self._outputs(x, numbers)
        inputs = self._inputs(x, outputs, numbers)
        slopes = self._slopes(x, numbers)
        batch = x.shape[1]
        onto, source, signs, positions = self._plastic
        weights: Array = numbers.weights[:, :, None]
        if len(onto):
            weights = np.repeat(weights, batch, axis=2)
            weights[onto, source] += numbers.gain * signs[:, None] * x[positions]
        gains = np.zeros((self._nodes, batch), dtype=np.result_type(x, p))
        for group in self._groups:
            arguments = self._arguments(group, x, inputs, numbers)
            for rate, rows in zip(group.rates, group.positions, strict=True):
                for b, columns in enumerate(group.positions):
                    own = rate.partial((b,), arguments)
                    if own is not None:
                        yield rows, columns, _filled(own, (len(rows), batch))
                gain = rate.partial((len(group.positions),), arguments)
                if gain is None:
                    continue
                gains[group.members] = _filled(gain, (len(rows), batch))
                for nodes, columns, slope in slopes:
                    part = weights[np.ix_(group.members, nodes)]
                    yield rows[:, None], columns[None, :], gains[group.members][:, None] * part * slope[None]
                if len(onto):
                    hit = np.isin(onto, group.members)
                    place = np.zeros(self._nodes, dtype=int)
                    place[group.members] = rows
                    value = gains[onto[hit]] * numbers.gain * signs[hit, None] * outputs[source[hit]]
                    yield place[onto[hit]], positions[hit], value
        if self._synapse is not None:
            yield from self._synapse_blocks(x, outputs, slopes, numbers)

    def _synapse_blocks(self, x: Array, outputs: Array, slopes: Any, numbers: ParameterArrays) -> Any:
        assert self._synapse is not None
        onto, source, _, positions = self._plastic
        arguments = self._synapse_arguments(x, outputs, numbers)
        for k, ends in enumerate((None, source, onto)):
            derivative = self._synapse.partial((k,), arguments)
            if derivative is None:
                continue
            value = _filled(derivative, (len(positions), x.shape[1]))
            if ends is None:
                yield positions, positions, value
                continue
            for nodes, columns, slope in slopes:
                hit = np.isin(ends, nodes)
                where = np.zeros(self._nodes, dtype=int)
                where[nodes] = np.arange(len(nodes))
                index = where[ends[hit]]
                yield positions[hit], columns[index], value[hit] * slope[index]

    def _slopes(self, x: Array, numbers: ParameterArrays) -> list[tuple[Array, Array, Array]]:
        """Derivatives of the outputs: nodes, positions of the state, values."""
        found = []
        for group in self._groups:
            arguments = [x[q] for q in group.positions] + self._constants(group, numbers)
            for b, columns in enumerate(group.positions):
                slope = group.output.partial((b,), arguments)
                if slope is not None:
                    found.append((group.members, columns, _filled(slope, (len(columns), x.shape[1]))))
        return found

    # ---- derivatives by a parameter

    def parameter_derivative(self, x: Array, p: Array, index: int) -> Array:
        return over_batch(lambda y, q: self._stepped(self._field, y, q, index), x, p)

    def jacobian_parameter_derivative(self, x: Array, p: Array, index: int) -> Array:
        return over_batch(lambda y, q: self._stepped(self._dense_jacobian, y, q, index), x, p)

    def _stepped(self, function: Any, x: Array, p: Array, index: int) -> Array:
        q = p.astype(complex)
        q[index] += 1j * COMPLEX_STEP
        return function(x, q).imag / COMPLEX_STEP

    # ---- derivatives along directions

    def second(self, x: Array, p: Array, u: Array, v: Array) -> Array:
        return self._along(x, p, u, v)

    def third(self, x: Array, p: Array, u: Array, v: Array, w: Array) -> Array:
        return self._along(x, p, u, v, w)

    def jacobian_along(self, x: Array, p: Array, v: Array) -> Array:
        return self._along(x, p, np.eye(self._size), v)

    def _along(self, x: Array, p: Array, *directions: Array) -> Array:
        """The mixed derivative of the field along the directions, each of shape (n,) or (n, batch)."""
        full = (1 << len(directions)) - 1
        columns = [d.reshape(self._size, -1) for d in directions]
        state: Jets = {0: x[:, None]} | {1 << k: d for k, d in enumerate(columns)}
        numbers = self._numbers.at(p)
        outputs = self._output_jets(state, numbers, full)
        inputs = {mask: numbers.weights @ value for mask, value in outputs.items()}
        inputs[0] = inputs[0] + numbers.bias
        weights = {mask: value[self._plastic[3]] for mask, value in state.items()}
        if self._synapse is not None:
            _, source, signs, _ = self._plastic
            pre = {mask: value[source] for mask, value in outputs.items()}
            for mask, value in product_jets(weights, pre, full, np.multiply).items():
                inputs[mask] = inputs.get(mask, 0) + numbers.gain * self._onto_sum(signs[:, None] * value)
        width = max(d.shape[1] for d in columns)
        out = np.zeros((self._size, width), dtype=np.result_type(float, p, *columns))
        for group in self._groups:
            arguments = [_part(state, q) for q in group.positions] + [_part(inputs, group.members)]
            for places, rate in zip(group.positions, group.rates, strict=True):
                out[places] = rate.jets(arguments, self._constants(group, numbers), full).get(full, 0)
        if self._synapse is not None:
            onto, source, _, positions = self._plastic
            constants = [*numbers.synapse, *numbers.parameters]
            arguments = [weights, _part(outputs, source), _part(outputs, onto)]
            out[positions] = self._synapse.jets(arguments, constants, full).get(full, 0)
        return out if any(d.ndim > 1 for d in directions) else out[:, 0]

    def _output_jets(self, state: Jets, numbers: ParameterArrays, full: int) -> Jets:
        parts = [
            (g.members, g.output.jets([_part(state, q) for q in g.positions], self._constants(g, numbers), full))
            for g in self._groups
        ]
        found: Jets = {}
        for members, jets in parts:
            for mask, value in jets.items():
                width = np.asarray(value).shape[-1] if np.ndim(value) else 1
                if mask not in found or found[mask].shape[1] < width:
                    blank = np.zeros((self._nodes, width), dtype=complex if np.iscomplexobj(value) else float)
                    found[mask] = blank + found.get(mask, 0)
                if np.iscomplexobj(value):
                    found[mask] = found[mask].astype(complex)
                found[mask][members] = value
        return found


def _index(places: Array) -> Any:
    """A slice where the places are consecutive."""
    if len(places) and np.array_equal(places, np.arange(places[0], places[0] + len(places))):
        return slice(int(places[0]), int(places[0]) + len(places))
    return places


def _part(jets: Jets, places: Array) -> Jets:
    return {mask: value[places] for mask, value in jets.items()}


def _filled(value: Any, shape: tuple[int, int]) -> Array:
    return np.broadcast_to(value, shape)
