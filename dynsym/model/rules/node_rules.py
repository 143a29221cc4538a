"""Node rules: how the states of a node move, given its summed input.

Source: K D Miller and F Fumarola, *Mathematical equivalence of two common forms of firing rate models of neural
networks*, Neural Computation 24 (2012) 25-31.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Dummy, Expr

from dynsym._expressions import check_name, parse
from dynsym._expressions.quantities import FrozenMapping, positive_quantities, positive_quantity, quantity
from dynsym.errors import ModelError, ModelNameError, ModelParseError
from dynsym.functions import Tanh
from dynsym.functions.activation import Activation
from dynsym.model.rules.local_rules import INPUT, STATE, TIME_CONSTANT, LocalNode, Rule

__all__ = ["LeakyRate", "LeakyVoltage", "NodeRule", "WilsonCowan"]


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
        If a time constant is not finite or not positive.

    Examples
    --------
    >>> LeakyRate(Tanh()).local().output
    tanh(_state)
    """

    activation: Activation = field(default_factory=Tanh)
    tau: Any = None

    def __post_init__(self) -> None:
        _settle(self)

    def local(self) -> LocalNode:
        rate = (-STATE + INPUT) / TIME_CONSTANT
        return LocalNode((STATE,), ("",), (rate,), self.activation.expression(STATE))


@dataclass(frozen=True)
class LeakyVoltage(Rule):
    """Membrane potential with a leak, τ v' = -g (v - v_rest) + Σ_j w_ij φ(v_j) + b.

    Parameters
    ----------
    activation : Activation
        φ, the firing rate as a function of the potential; `Tanh` by default.
    rest : number, text or Expr
        Resting potential, in the units of v.
    leak : number, text or Expr
        Leak conductance relative to its unit; 1 by default.
    tau : as for `LeakyRate`

    Raises
    ------
    ParameterError
        If a value is not finite, or the leak or a time constant is not positive.

    Examples
    --------
    >>> LeakyVoltage(Tanh(), rest="v_rest").local().rates[0]
    (_input - _state + v_rest)/_time_constant
    """

    activation: Activation = field(default_factory=Tanh)
    rest: Any = 0
    leak: Any = 1
    tau: Any = None

    def __post_init__(self) -> None:
        _settle(self)
        object.__setattr__(self, "rest", quantity(self.rest, "resting potential"))
        object.__setattr__(self, "leak", positive_quantity(self.leak, "leak"))

    def local(self) -> LocalNode:
        rate = (-self.leak * (STATE - self.rest) + INPUT) / TIME_CONSTANT
        return LocalNode((STATE,), ("",), (rate,), self.activation.expression(STATE))


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
        If a value is not finite, or a time constant is not positive.

    Examples
    --------
    >>> WilsonCowan(Tanh()).local().rates[0]
    (-_state + tanh(_input))/_time_constant
    """

    activation: Activation = field(default_factory=Tanh)
    refractory: Any = 0
    tau: Any = None

    def __post_init__(self) -> None:
        _settle(self)
        object.__setattr__(self, "refractory", quantity(self.refractory, "refractory fraction"))

    def local(self) -> LocalNode:
        drive = (1 - self.refractory * STATE) * self.activation.expression(INPUT)
        return LocalNode((STATE,), ("",), ((-STATE + drive) / TIME_CONSTANT,), STATE)


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
    ModelNameError
        If a state is called ``input`` or ``tau``, or the output depends on the input.
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
        if not isinstance(self.states, Mapping) or not self.states:
            raise ModelError(
                f"The states of a node rule were given as {self.states!r:.60}; at least one is needed, with its "
                "derivative, as in states={'x': '-x + input'}."
            )
        for what, text in [*self.states.items(), ("output", self.output)]:
            if not isinstance(text, str):
                raise ModelParseError(
                    f"The {what} of a node rule was given as {text!r:.60}; a text is needed, as in '-x + input'."
                )
        object.__setattr__(self, "states", FrozenMapping(self.states))
        self.local()

    def local(self) -> LocalNode:
        names = [check_name(name, what="state") for name in self.states]
        for name in names:
            if name in {"input", "tau"}:
                raise ModelNameError(
                    f"A state of a node rule is called {name!r}, which stands for the "
                    f"{'summed input' if name == 'input' else 'time constant'} there. Give it another name."
                )
        symbols = tuple(Dummy(name, real=True) for name in names)
        scope: dict[str, Expr] = dict(zip(names, symbols, strict=True)) | {"input": INPUT, "tau": TIME_CONSTANT}
        rates = tuple(
            parse(text, scope, where=f"node rule, state {name}", declare=True) for name, text in self.states.items()
        )
        output = parse(self.output, scope, where="node rule, output", declare=True)
        if INPUT in output.free_symbols:
            raise ModelNameError(
                f"The output {self.output!r} of a node rule uses 'input'. An output depends on states alone: "
                "add a state that follows the input."
            )
        return LocalNode(symbols, ("", *names[1:]), rates, output)


def _settle(rule: LeakyRate | LeakyVoltage | WilsonCowan) -> None:
    """Check the activation and make the time constants exact."""
    if not isinstance(rule.activation, Activation):
        raise ModelError(
            f"The activation of {type(rule).__name__} was given as {rule.activation!r:.60}. Give one, as in "
            f"{type(rule).__name__}(ds.Tanh())."
        )
    object.__setattr__(rule, "tau", positive_quantities(rule.tau))
