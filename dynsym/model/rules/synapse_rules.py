"""Synapse rules: how the weight of an edge moves, given the outputs of its two nodes.

Source: E Oja, *A simplified neuron model as a principal component analyzer*, J Math Biol 15 (1982) 267-273.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sympy import Dummy, Expr

from dynsym._expressions import parse
from dynsym.errors import ModelParseError
from dynsym.model.rules.edge_parameters import edge_parameter, is_matrix
from dynsym.model.rules.local_rules import POST, PRE, WEIGHT, LocalSynapse, Plasticity

__all__ = ["AntiHebbian", "Hebbian", "Oja", "Static", "SynapseRule"]

STRENGTH = Dummy("strength", real=True)
BASELINE = Dummy("baseline", real=True)
DECAY_TIME = Dummy("decay_time", positive=True)
RATE = Dummy("rate", real=True)
NORMALISATION = Dummy("normalisation", real=True)


def _settle(rule: Hebbian | AntiHebbian | Oja) -> None:
    """Bring every field into the settled form of an edge parameter."""
    for entry in fields(rule):
        what, is_time = entry.name.replace("_", " "), entry.name == "time_constant"
        object.__setattr__(rule, entry.name, edge_parameter(getattr(rule, entry.name), what, is_time=is_time))


def _shown(rule: Any) -> str:
    """How a rule is printed: matrices by their size."""
    given = {entry.name: getattr(rule, entry.name) for entry in fields(rule)}
    said = [
        f"{name}=<{len(value)} x {len(value)} matrix>" if is_matrix(value) else f"{name}={value}"
        for name, value in given.items()
    ]
    return f"{type(rule).__name__}({', '.join(said)})"


@dataclass(frozen=True)
class Static(Plasticity):
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


@dataclass(frozen=True, repr=False)
class Hebbian(Plasticity):
    """Hebbian learning with decay, τ w' = -(w - w0) + k·post·pre (k > 0 Hebbian, k < 0 anti-Hebbian).

    Parameters
    ----------
    strength : number, text, Expr, mapping of edge group to one, or (n, n) matrix [onto][from]
        k = η/γ. A matrix says which edges are plastic: those with a nonzero entry, the diagonal included.
    time_constant : number, text, Expr or mapping of edge group to one
        τ = 1/γ, in the time unit of the nodes.
    baseline : number, text, Expr, mapping or matrix
        w0, towards which the weight decays.

    Raises
    ------
    ParameterError
        If a value is not finite, or a time constant is not positive.
    ModelError
        If a matrix is not square; when the system is built, if a matrix or a mapping does not fit the network.

    Examples
    --------
    >>> Hebbian(strength="k").local().rate
    (_baseline + _post*_pre*_strength - _weight)/_decay_time
    """

    strength: Any = "k"
    time_constant: Any = 1
    baseline: Any = 0

    def __post_init__(self) -> None:
        _settle(self)

    __repr__ = _shown

    def local(self) -> LocalSynapse:
        return _with_decay(self, STRENGTH * PRE * POST)


@dataclass(frozen=True, repr=False)
class AntiHebbian(Plasticity):
    """Anti-Hebbian learning with decay, τ w' = -(w - w0) - k·post·pre with k ≥ 0.

    Parameters
    ----------
    strength, time_constant, baseline : as for `Hebbian`

    Examples
    --------
    >>> AntiHebbian(strength="k").local().rate
    (_baseline - _post*_pre*_strength - _weight)/_decay_time
    """

    strength: Any = "k"
    time_constant: Any = 1
    baseline: Any = 0

    def __post_init__(self) -> None:
        _settle(self)

    __repr__ = _shown

    def local(self) -> LocalSynapse:
        return _with_decay(self, -STRENGTH * PRE * POST)


@dataclass(frozen=True, repr=False)
class Oja(Plasticity):
    """Oja's rule, τ w' = η (post·pre - α post² w).

    Parameters
    ----------
    rate : number, text, Expr, mapping of edge group to one, or (n, n) matrix [onto][from]
        η. A matrix says which edges are plastic: those with a nonzero entry.
    normalisation : number, text, Expr, mapping or matrix
        α; 1 makes the weight vector of a linear node converge to unit length.
    time_constant : number, text, Expr or mapping of edge group to one
        τ.

    Examples
    --------
    >>> Oja(rate="eta").local().rate
    _rate*(-_post**2*_normalisation*_weight + _post*_pre)/_decay_time
    """

    rate: Any = "eta"
    normalisation: Any = 1
    time_constant: Any = 1

    def __post_init__(self) -> None:
        _settle(self)

    __repr__ = _shown

    def local(self) -> LocalSynapse:
        rate = RATE * (PRE * POST - NORMALISATION * POST**2 * WEIGHT) / DECAY_TIME
        parameters = {RATE: self.rate, NORMALISATION: self.normalisation, DECAY_TIME: self.time_constant}
        return LocalSynapse(rate, parameters, strength=RATE)


@dataclass(frozen=True)
class SynapseRule(Plasticity):
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
        if not isinstance(self.equation, str):
            raise ModelParseError(
                f"The equation of a synapse was given as {self.equation!r:.60}; a text is needed, as in '-w + pre'."
            )
        self.local()

    def local(self) -> LocalSynapse:
        scope: dict[str, Expr] = {"w": WEIGHT, "pre": PRE, "post": POST}
        return LocalSynapse(parse(self.equation, scope, where="synapse rule", declare=True))


def _with_decay(rule: Hebbian | AntiHebbian, drive: Expr) -> LocalSynapse:
    """A weight that relaxes to its baseline under a drive."""
    parameters = {STRENGTH: rule.strength, BASELINE: rule.baseline, DECAY_TIME: rule.time_constant}
    return LocalSynapse((-(WEIGHT - BASELINE) + drive) / DECAY_TIME, parameters, strength=STRENGTH)
