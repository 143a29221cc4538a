"""Local rules: how a node's states move given its summed input, and how a weight moves given its two activities.

A rule is written once, in symbols of its own (`STATE`, `INPUT`, …); a template places copies of it along the graph.
Sources: W_D Miller and F Fumarola, *Mathematical equivalence of two common forms of firing rate models*, Neural
Computation 24 (2012); E Oja, *A simplified neuron model as a principal component analyzer*, J Math Biol 15 (1982).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy import Dummy, Expr, Symbol

from dynsym._expressions import check_name, parse
from dynsym.errors import ModelError
from dynsym.model._quantity import positive_quantity, quantity
from dynsym.model.activations import Activation, Tanh

__all__ = [
    "AntiHebbian",
    "Hebbian",
    "LeakyRate",
    "LeakyVoltage",
    "LocalNode",
    "LocalSynapse",
    "NodeRule",
    "Oja",
    "Rule",
    "Static",
    "SynapseRule",
    "WilsonCowan",
]

INPUT = Dummy("input", real=True)
TIME_CONSTANT = Dummy("time_constant", positive=True)
WEIGHT = Dummy("weight", real=True)
PRE = Dummy("pre", real=True)
POST = Dummy("post", real=True)

Quantity = Expr | float | str


@dataclass(frozen=True)
class LocalNode:
    """A node rule in its own symbols: `rates[a]` is the derivative of `states[a]`; `output` is what it sends."""

    states: tuple[Symbol, ...]
    suffixes: tuple[str, ...]
    rates: tuple[Expr, ...]
    output: Expr


@dataclass(frozen=True)
class LocalSynapse:
    """A synapse rule in its own symbols; `parameters` are the symbols that differ from edge to edge."""

    rate: Expr
    parameters: Mapping[Symbol, Any] = field(default_factory=dict)


class Rule(ABC):
    """A node rule: subclasses give `local`."""

    activation: Activation | None = None

    @abstractmethod
    def local(self) -> LocalNode:
        """The rule in its own symbols."""

    @property
    def time_constant(self) -> Mapping[str, Expr] | Expr | None:
        """The time constant of all nodes, or by node or population; None leaves it to the network."""
        return None

    def with_activation(self, activation: Activation) -> Rule:
        """A copy with another activation."""
        if self.activation is None:
            raise ModelError(
                f"{type(self).__name__} has no activation to replace. Only rules built on an activation, such as "
                "LeakyRate, can be given another one."
            )
        return replace(self, activation=activation)  # type: ignore[type-var]


STATE = Dummy("state", real=True)


@dataclass(frozen=True)
class LeakyRate(Rule):
    """Leaky integration of weighted outputs, τ x' = -x + Σ_j w_ij φ(x_j) + b.

    Parameters
    ----------
    activation : Activation
        φ; `Tanh` by default.
    tau : number, text, Expr, or mapping of node or population to one, optional
        Time constant. By default each node's own, as the network gives it (1 unless said).

    Raises
    ------
    ParameterError
        If a time constant is not finite.

    Examples
    --------
    >>> LeakyRate(Tanh()).local().output
    tanh(_state)
    """

    activation: Activation = field(default_factory=Tanh)  # type: ignore[assignment]
    tau: Quantity | Mapping[str, Quantity] | None = None

    def local(self) -> LocalNode:
        rate = (-STATE + INPUT) / TIME_CONSTANT
        return LocalNode((STATE,), ("",), (rate,), self.activation.expression(STATE))

    @property
    def time_constant(self) -> Mapping[str, Expr] | Expr | None:
        return _positive(self.tau)


@dataclass(frozen=True)
class LeakyVoltage(Rule):
    """Membrane potential with a leak, τ v' = -g (v - v_rest) + Σ_j w_ij φ(v_j) + b.

    Parameters
    ----------
    activation : Activation
        φ, the firing rate as a function of the potential.
    rest : number, text or Expr
        Resting potential, in the units of v.
    leak : number, text or Expr
        Leak conductance relative to its unit; 1 by default.
    tau : as for `LeakyRate`

    Raises
    ------
    ParameterError
        If a value is not finite.

    Examples
    --------
    >>> LeakyVoltage(Tanh(), rest="v_rest").local().rates[0]
    (-_state + _input + v_rest)/_time_constant
    """

    activation: Activation = field(default_factory=Tanh)  # type: ignore[assignment]
    rest: Quantity = 0
    leak: Quantity = 1
    tau: Quantity | Mapping[str, Quantity] | None = None

    def local(self) -> LocalNode:
        rate = (-positive_quantity(self.leak) * (STATE - quantity(self.rest, "rest")) + INPUT) / TIME_CONSTANT
        return LocalNode((STATE,), ("",), (rate,), self.activation.expression(STATE))

    @property
    def time_constant(self) -> Mapping[str, Expr] | Expr | None:
        return _positive(self.tau)


@dataclass(frozen=True)
class WilsonCowan(Rule):
    """Activity with the input inside the sigmoid, τ r' = -r + (1 - refractory·r) φ(Σ_j w_ij r_j + b).

    Parameters
    ----------
    activation : Activation
        φ; `Tanh` by default.
    refractory : number, text or Expr
        Refractory fraction r of Wilson and Cowan (1972), equation (11); 0 by default.
    tau : as for `LeakyRate`

    Raises
    ------
    ParameterError
        If a value is not finite.

    Examples
    --------
    >>> WilsonCowan(Tanh()).local().rates[0]
    (-_state + tanh(_input))/_time_constant
    """

    activation: Activation = field(default_factory=Tanh)  # type: ignore[assignment]
    refractory: Quantity = 0
    tau: Quantity | Mapping[str, Quantity] | None = None

    def local(self) -> LocalNode:
        drive = (1 - quantity(self.refractory, "refractory") * STATE) * self.activation.expression(INPUT)
        return LocalNode((STATE,), ("",), ((-STATE + drive) / TIME_CONSTANT,), STATE)

    @property
    def time_constant(self) -> Mapping[str, Expr] | Expr | None:
        return _positive(self.tau)


@dataclass(frozen=True)
class NodeRule(Rule):
    """A node rule of your own, with one or more states a node.

    Parameters
    ----------
    states : mapping of name to text
        The derivative of each state. ``input`` stands for the summed input (bias included), ``tau`` for the node's
        time constant, other undeclared names become parameters of the system. The first state bears the node's
        name; state ``a`` of node ``n`` is called ``a_n``.
    output : text
        What the node sends, as an expression of its states.

    Raises
    ------
    ModelError
        If there is no state.
    ModelParseError
        If a text cannot be read.

    Examples
    --------
    >>> adapting = NodeRule(states={"x": "-x - a + input", "a": "(c*x - a)/tau_a"}, output="tanh(x)")
    >>> adapting.local().suffixes
    ('', 'a')
    """

    states: Mapping[str, str]
    output: str

    def __post_init__(self) -> None:
        if not self.states:
            raise ModelError("A node rule was given no state. Give at least one, as in states={'x': '-x + input'}.")
        self.local()

    def local(self) -> LocalNode:
        names = [check_name(name, what="state") for name in self.states]
        symbols = tuple(Dummy(name, real=True) for name in names)
        scope: dict[str, Expr] = dict(zip(names, symbols, strict=True))
        outer = {"input": INPUT, "tau": TIME_CONSTANT} | scope
        rates = tuple(
            parse(text, outer, where=f"node rule, state {name}", declare=True) for name, text in self.states.items()
        )
        output = parse(self.output, scope, where="node rule, output", declare=True)
        return LocalNode(symbols, ("", *names[1:]), rates, output)

    def __hash__(self) -> int:
        return hash((tuple(self.states.items()), self.output))


@dataclass(frozen=True)
class SynapseRule:
    """A synapse rule of your own, w' = F(w, pre, post).

    Parameters
    ----------
    equation : text
        The derivative of a weight ``w``; ``pre`` and ``post`` are the outputs φ(x_j) and φ(x_i) of the two nodes,
        other names become parameters of the system.

    Raises
    ------
    ModelParseError
        If the text cannot be read.

    Examples
    --------
    >>> SynapseRule("(-w + eta*pre*post)/tau").local().rate
    (_post*_pre*eta - _weight)/tau
    """

    equation: str

    def __post_init__(self) -> None:
        self.local()

    def local(self) -> LocalSynapse:
        scope: dict[str, Expr] = {"w": WEIGHT, "pre": PRE, "post": POST}
        return LocalSynapse(parse(self.equation, scope, where="synapse rule", declare=True))


@dataclass(frozen=True)
class Static:
    """Weights that do not move.

    Parameters
    ----------
    None

    Examples
    --------
    >>> Static()
    Static()
    """

    def local(self) -> LocalSynapse | None:
        return None


STRENGTH = Dummy("strength", real=True)
BASELINE = Dummy("baseline", real=True)
DECAY_TIME = Dummy("decay_time", positive=True)


@dataclass(frozen=True)
class Hebbian:
    """Hebbian learning with decay, τ w' = -(w - w0) + k·post·pre (k > 0 Hebbian, k < 0 anti-Hebbian).

    Parameters
    ----------
    strength : number, text, Expr, mapping of edge group to one, or (n, n) matrix [onto][from]
        k = η/γ. A matrix says which edges are plastic: those with a nonzero entry, the diagonal included.
    time_constant : number, text or Expr
        τ = 1/γ, in the time unit of the nodes.
    baseline : number, text, Expr, mapping or matrix
        w0, towards which the weight decays.

    Raises
    ------
    ModelError
        When the system is built, if a matrix or a mapping does not fit the network.

    Examples
    --------
    >>> Hebbian(strength="k").local().rate
    (-_weight + _baseline + _post*_pre*_strength)/_decay_time
    """

    strength: Any = "k"
    time_constant: Any = 1
    baseline: Any = 0

    def local(self) -> LocalSynapse:
        rate = (-(WEIGHT - BASELINE) + STRENGTH * PRE * POST) / DECAY_TIME
        return LocalSynapse(
            rate, {STRENGTH: self.strength, BASELINE: self.baseline, DECAY_TIME: _positive(self.time_constant)}
        )


@dataclass(frozen=True)
class AntiHebbian:
    """Anti-Hebbian learning with decay, τ w' = -(w - w0) - k·post·pre with k ≥ 0.

    Parameters
    ----------
    strength, time_constant, baseline : as for `Hebbian`

    Examples
    --------
    >>> AntiHebbian(strength="k").local().rate
    (-_weight + _baseline - _post*_pre*_strength)/_decay_time
    """

    strength: Any = "k"
    time_constant: Any = 1
    baseline: Any = 0

    def local(self) -> LocalSynapse:
        rate = (-(WEIGHT - BASELINE) - STRENGTH * PRE * POST) / DECAY_TIME
        return LocalSynapse(
            rate, {STRENGTH: self.strength, BASELINE: self.baseline, DECAY_TIME: _positive(self.time_constant)}
        )


@dataclass(frozen=True)
class Oja:
    """Oja's rule, τ w' = η (post·pre - α post² w).

    Parameters
    ----------
    rate : number, text, Expr, mapping of edge group to one, or matrix
        η.
    normalisation : number, text, Expr, mapping or matrix
        α; 1 makes the weight vector of a linear node converge to unit length.
    time_constant : number, text or Expr
        τ.

    Examples
    --------
    >>> Oja(rate="eta").local().rate
    _strength*(-_baseline*_post**2*_weight + _post*_pre)/_decay_time
    """

    rate: Any = "eta"
    normalisation: Any = 1
    time_constant: Any = 1

    def local(self) -> LocalSynapse:
        rate = STRENGTH * (PRE * POST - BASELINE * POST**2 * WEIGHT) / DECAY_TIME
        return LocalSynapse(
            rate, {STRENGTH: self.rate, BASELINE: self.normalisation, DECAY_TIME: _positive(self.time_constant)}
        )


def _positive(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Mapping):
        return {name: positive_quantity(entry) for name, entry in value.items()}
    return positive_quantity(value)


def entry_of(value: Any, group: str | None, onto: int, source: int, size: int, what: str) -> Expr:
    """The value of an edge parameter: one for all, by edge group, or by matrix [onto][from]."""
    if isinstance(value, Mapping):
        if group not in value:
            raise ModelError(
                f"The synapse's {what} is given for the edge groups {sorted(map(str, value))}, and an edge is in "
                f"group {group!r}. Give a value for every group that has plastic edges."
            )
        return quantity(value[group], what)
    if is_matrix(value):
        rows = len(value) if not hasattr(value, "shape") else value.shape[0]
        if rows != size:
            raise ModelError(
                f"The synapse's {what} is a matrix of {rows} rows for {size} nodes. Give an n by n matrix, "
                "[onto][from]."
            )
        return quantity(value[onto, source] if hasattr(value, "shape") else value[onto][source], what)
    return quantity(value, what)


def is_matrix(value: Any) -> bool:
    """Whether an edge parameter was given as a matrix."""
    if isinstance(value, sympy.MatrixBase):
        return True
    return isinstance(value, Sequence) and not isinstance(value, str) or getattr(value, "ndim", 0) == 2
