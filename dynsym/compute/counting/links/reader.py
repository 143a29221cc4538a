"""From a symbolic system to the arrays of a link problem, at given parameter values, and back to states.

The link form holds wherever the linear part that was solved for the states is regular. Its factors are checked in
balls at every parameter value, so that no equilibrium is lost where one of them vanishes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, fmpq
from sympy import Expr, Symbol

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.balls import BallArithmetic
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic, enclosing_floats
from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma
from dynsym.arithmetic.tape import Tape
from dynsym.compute.counting.activations.columns import LinkFunctions
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.dense_networks import matrix_of, scaled
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions import Activation
from dynsym.model.links.form import LinkForm
from dynsym.model.links.of_template import MOST_EDGES, NodeLinks, links_of_nodes
from dynsym.model.links.recognition import link_form
from dynsym.model.system import SymbolicSystem

__all__ = ["ArrayReader", "LinkReader", "array_reader", "float_ball", "link_reader"]


def float_ball(value: arb) -> tuple[float, float]:
    """Midpoint and radius, as floats, that cover a ball; an infinite radius where the ball is not finite."""
    if not value.is_finite():
        return 0.0, np.inf
    middle = float(value.mid())
    radius = (value - arb(middle)).abs_upper()
    return middle, 0.0 if radius == 0 else enclosing_floats(radius)[1]


@dataclass(frozen=True, eq=False)
class LinkReader:
    """Link form of one system, its coefficients and states as tapes."""

    form: LinkForm
    places: tuple[tuple[str, Any], ...]
    coefficients: Tape
    factors: Tape
    recover: Tape

    @property
    def entries(self) -> tuple[Expr, ...]:
        """What stands at `places`, as expressions of the parameters."""
        tables = {"weights": self.form.weights, "cubic": self.form.cubic}
        return tuple(self.form.bias[place] if name == "bias" else tables[name][place] for name, place in self.places)

    def problem(self, parameters: Sequence[arb]) -> LinkProblem | None:
        """The arrays at these values, or None where the form does not hold."""
        if any(f.contains(0) or not f.is_finite() for f in self.factors.run(BallArithmetic(), list(parameters))):
            return None
        return self.problem_of(self.arrays(self.coefficients.run(BallArithmetic(), list(parameters))))

    def problem_of(self, arrays: Mapping[str, BallArray]) -> LinkProblem | None:
        """The problem of these coefficients, or None where one is not finite."""
        if not all(np.isfinite(own.radius).all() for own in arrays.values()):
            return None
        functions = LinkFunctions(tuple(a.function for a in self.form.activations if a.function is not None))
        bias, weights, cubic = (arrays[name] for name in ("bias", "weights", "cubic"))
        doubts = {f"{name}_radius": own.radius for name, own in arrays.items() if own.radius.any()}
        return LinkProblem(
            bias.middle,
            weights.middle,
            functions,
            cubic=cubic.middle if cubic.magnitude.any() else None,
            is_odd=functions.is_odd and not bias.magnitude.any(),
            **doubts,
        )

    def arrays(self, values: Sequence[arb]) -> dict[str, BallArray]:
        """Bias, weights and cubic terms, from one ball for each entry."""
        size = self.form.size
        shapes = {"bias": (size,), "weights": (size, size), "cubic": (size, size)}
        found = {name: BallArray.exact(np.zeros(shape)) for name, shape in shapes.items()}
        for (name, place), value in zip(self.places, values, strict=True):
            found[name].middle[place], found[name].radius[place] = float_ball(value)
        return found

    def exact(self, substitution: Mapping[Symbol, Expr]) -> tuple[list[fmpq], list[list[fmpq]]] | None:
        """Bias and weights as rational numbers, or None where one is not rational."""
        size = len(self.form.bias)
        bias = [entry.xreplace(substitution) for entry in self.form.bias]
        weights = {place: entry.xreplace(substitution) for place, entry in self.form.weights.items()}
        if not all(entry.is_Rational for entry in (*bias, *weights.values())):
            return None
        table = [[fmpq(0)] * size for _ in range(size)]
        for (i, j), entry in weights.items():
            table[i][j] = fmpq(int(entry.p), int(entry.q))
        return [fmpq(int(b.p), int(b.q)) for b in bias], table

    def states(
        self, problem: LinkProblem, low: np.ndarray, high: np.ndarray, parameters: Sequence[arb]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Enclosures of the states, (batch, n), from enclosures of y, (batch, m)."""
        bottom, top = problem.functions.range(low, high)
        outputs = [Interval(bottom[:, k], top[:, k]) for k in range(problem.size)]
        unknowns = [Interval(low[:, k], high[:, k]) for k in range(problem.size)]
        found = self.recover.run(IntervalArithmetic(), [*unknowns, *outputs, *map(Interval.of_ball, parameters)])
        shape = (len(low),)
        return (
            np.stack([np.broadcast_to(x.low, shape) for x in found], axis=1),
            np.stack([np.broadcast_to(x.high, shape) for x in found], axis=1),
        )


def _is_link(activation: Activation) -> bool:
    return activation.function is not None and activation.function.is_link


@functools.lru_cache(maxsize=32)
def link_reader(system: SymbolicSystem) -> LinkReader | None:
    """The reader of a system, or None where it has no link form that can be evaluated."""
    if system.template is not None and len(system.template.onto) > MOST_EDGES and matrix_of(system) is not None:
        return None
    form = link_form(system)
    if form is None or not all(map(_is_link, form.activations)):
        return None
    return _reader(form, list(system.parameters.values()))


def _reader(form: LinkForm, parameters: list[Symbol]) -> LinkReader | None:
    places: list[tuple[str, Any]] = [("bias", i) for i in range(len(form.bias))]
    entries: list[Expr] = list(form.bias)
    for name, mapping in (("weights", form.weights), ("cubic", form.cubic)):
        places += [(name, place) for place in mapping]
        entries += list(mapping.values())
    try:
        return LinkReader(
            form,
            tuple(places),
            Tape.of(entries, parameters),
            Tape.of(form.factors, parameters),
            Tape.of(form.states, [*form.unknown_symbols, *form.link_symbols, *parameters]),
        )
    except UnsupportedFeatureError:
        return None


@dataclass(frozen=True, eq=False)
class ArrayReader:
    """The link form of a network whose edges are a matrix of floats: nothing is written edge by edge.

    `nodes` reads the network without edges; `along_edges` gives gain, slopes, sends and constants from the parameters;
    each of `weights` is within a relative error of UNIT.
    """

    nodes: LinkReader
    links: NodeLinks
    along_edges: Tape
    weights: np.ndarray

    def problem(self, parameters: Sequence[arb]) -> LinkProblem | None:
        """The arrays at these values, or None where the form does not hold."""
        balls = list(parameters)
        if any(f.contains(0) or not f.is_finite() for f in self.nodes.factors.run(BallArithmetic(), balls)):
            return None
        arrays = self.nodes.arrays(self.nodes.coefficients.run(BallArithmetic(), balls))
        gain, *rest = self.along_edges.run(BallArithmetic(), balls)
        slopes, sends = rest[: len(self.links.slopes)], rest[len(self.links.slopes) : -len(self.links.constants)]
        rows, onto = np.array([(row, node) for row, node, _ in self.links.slopes]).T
        columns, source = np.array([(column, node) for column, node, _ in self.links.sends]).T
        left, left_radius = np.array([float_ball(gain * slope) for slope in slopes]).T
        right, right_radius = np.array([float_ball(send) for send in sends]).T
        added, error = scaled(self.weights[onto[:, None], source], left, left_radius, right, right_radius)
        middle, radius = arrays["weights"].middle, arrays["weights"].radius
        place = np.ix_(rows, columns)
        middle[place] += added
        radius[place] = (radius[place] + error + UNIT * np.abs(middle[place])) * ROUND_UP
        constants, doubts = np.array([float_ball(c) for c in rest[-len(self.links.constants) :]]).T
        if constants.any() or doubts.any():
            loads, error = scaled(self.weights[onto], left, left_radius, constants, doubts)
            middle, radius = arrays["bias"].middle, arrays["bias"].radius
            middle[rows] += loads.sum(axis=1)
            rounding = gamma(len(constants) + 8) * (np.abs(loads).sum(axis=1) + np.abs(middle[rows]))
            radius[rows] = (radius[rows] + error.sum(axis=1) + rounding) * ROUND_UP + TINY
        return self.nodes.problem_of(arrays)

    def states(
        self, problem: LinkProblem, low: np.ndarray, high: np.ndarray, parameters: Sequence[arb]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Enclosures of the states, (batch, n), from enclosures of y, (batch, m)."""
        return self.nodes.states(problem, low, high, parameters)


@functools.lru_cache(maxsize=8)
def array_reader(system: SymbolicSystem) -> ArrayReader | None:
    """The reader of a network with a matrix of weights, or None where the system is no such network."""
    weights = matrix_of(system)
    links = None if weights is None or system.template is None else links_of_nodes(system.template)
    if weights is None or system.template is None or links is None or not (links.slopes and links.sends):
        return None
    if not all(map(_is_link, links.form.activations)):
        return None
    parameters = list(system.parameters.values())
    nodes = _reader(links.form, parameters)
    parts = [part for _, _, part in (*links.slopes, *links.sends)]
    along_edges = Tape.of([system.template.gain, *parts, *links.constants], parameters)
    return None if nodes is None else ArrayReader(nodes, links, along_edges, weights)
