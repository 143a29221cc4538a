"""Dual propagation: a layered network whose units hold two states, nudged in opposite directions.

Each unit has the states s⁺ and s⁻, with mean s̄ = α s⁺ + (1 - α) s⁻ and difference δ = s⁺ - s⁻. With the input
a_k = W_{k-1} s̄_{k-1} from below and Δ_k = W_kᵀ δ_{k+1} from above, the fixed points satisfy

    DP:   s⁺ = f(a + α Δ),        s⁻ = f(a - (1 - α) Δ)
    DP+:  s⁺ = f(a + (1 - α) Δ),  s⁻ = f(a - α Δ)

and at the output Δ_L = -β ∇ℓ(s̄_L), here with the loss ℓ = |s̄_L - t|²/2.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import exact, symbol
from dynsym.errors import ParameterError
from dynsym.functions import Activation
from dynsym.model import Linear, SymbolicSystem, system_from_equations

__all__ = ["DualPropagation", "SweepOrder"]


class SweepOrder(enum.Enum):
    """In which order a sweep visits the layers.

    Examples
    --------
    >>> SweepOrder.JACOBI.value
    'all layers at once, from the old states'
    """

    JACOBI = "all layers at once, from the old states"
    FORWARD = "from the first hidden layer to the output, each from the newest states"
    BACKWARD = "from the output to the first hidden layer, each from the newest states"


@dataclass(frozen=True)
class DualPropagation:
    """Inference of a layered network by dual propagation (Høier and Zach 2024; model reconstructed).

    Parameters
    ----------
    widths : sequence of int
        Units in each layer: inputs, hidden layers, outputs; at least one hidden layer.
    activation : Activation
        Of every layer, the output included.
    adjoint : bool
        Whether α and 1 - α are exchanged in the nudges: DP+ rather than DP.
    alpha, beta : Expr, number or text
        The nudging asymmetry α and the nudge β; symbols of these names by default.

    Raises
    ------
    ParameterError
        If there are fewer than three layers, or an empty one.

    Examples
    --------
    >>> import dynsym as ds
    >>> chain = ds.DualPropagation((1, 1, 1))
    >>> chain.system().equations["p1"]
    alpha*w1*(-m2 + p2) - p1 + w0*x
    """

    widths: tuple[int, ...]
    _: KW_ONLY
    activation: Activation = field(default_factory=Linear)
    adjoint: bool = False
    alpha: Any = None
    beta: Any = None

    def __post_init__(self) -> None:
        widths = tuple(self.widths)
        if len(widths) < 3 or not all(isinstance(n, int) and n > 0 for n in widths):
            raise ParameterError(
                f"Dual propagation was given layers of {list(widths)} units; it needs an input layer, at least one "
                "hidden layer and an output layer, with one or more units each. Try (2, 3, 1)."
            )
        object.__setattr__(self, "widths", widths)
        for name in ("alpha", "beta"):
            given = getattr(self, name)
            object.__setattr__(self, name, symbol(name) if given is None else exact(given, name=name))

    @property
    def depth(self) -> int:
        """The number of layers that hold states: hidden layers and the output."""
        return len(self.widths) - 1

    @cached_property
    def inputs(self) -> tuple[Symbol, ...]:
        """The input to the network."""
        return _vector("x", self.widths[0])

    @cached_property
    def targets(self) -> tuple[Symbol, ...]:
        """What the output should be."""
        return _vector("t", self.widths[-1])

    @cached_property
    def weights(self) -> tuple[sympy.ImmutableDenseMatrix, ...]:
        """W_0, W_1, …: ``weights[k][i, j]`` leads onto unit i of layer k + 1 from unit j of layer k."""
        return tuple(_matrix(f"w{k}", above, below) for k, (below, above) in enumerate(pairwise(self.widths)))

    @cached_property
    def positive(self) -> tuple[tuple[Symbol, ...], ...]:
        """The states s⁺ of layers 1, 2, …"""
        return tuple(_vector(f"p{k + 1}", n) for k, n in enumerate(self.widths[1:]))

    @cached_property
    def negative(self) -> tuple[tuple[Symbol, ...], ...]:
        """The states s⁻ of layers 1, 2, …"""
        return tuple(_vector(f"m{k + 1}", n) for k, n in enumerate(self.widths[1:]))

    @cached_property
    def states(self) -> tuple[Symbol, ...]:
        """All states, layer by layer: s⁺, then s⁻."""
        return tuple(s for pair in zip(self.positive, self.negative, strict=True) for part in pair for s in part)

    def updated(self, layer: int, states: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
        """What the fixed-point equations give for one layer, with the other layers' states as given.

        Parameters
        ----------
        layer : int
            1 for the first hidden layer, `depth` for the output.
        states : mapping of Symbol to Expr
            Values of all states.
        """
        k = layer - 1
        below = sympy.Matrix(self.inputs) if k == 0 else self._mean(k - 1, states)
        drive = self.weights[k] * below
        if layer == self.depth:
            nudge = -self.beta * (self._mean(k, states) - sympy.Matrix(self.targets))
        else:
            nudge = self.weights[k + 1].T * self._difference(k + 1, states)
        up, down = (1 - self.alpha, self.alpha) if self.adjoint else (self.alpha, 1 - self.alpha)
        new = {s: self.activation.expression(u) for s, u in zip(self.positive[k], drive + up * nudge, strict=True)}
        new |= {s: self.activation.expression(u) for s, u in zip(self.negative[k], drive - down * nudge, strict=True)}
        return new

    def sweep(self, order: SweepOrder = SweepOrder.JACOBI, *, damping: Any = 0) -> dict[Symbol, Expr]:
        """The states after one sweep over all layers, in terms of those before it.

        Parameters
        ----------
        damping : Expr, number or text
            L ≥ 0 in s ← (L s + update)/(1 + L); for a linear activation this is s ← f((a + L s ± …Δ)/(1 + L)).

        Examples
        --------
        >>> import dynsym as ds
        >>> chain = ds.DualPropagation((1, 1, 1), adjoint=True)
        >>> new = chain.sweep(ds.learning.SweepOrder.FORWARD)
        >>> sorted(map(str, new))
        ['m1', 'm2', 'p1', 'p2']
        """
        weight = exact(damping, name="damping")
        current: dict[Symbol, Expr] = {s: s for s in self.states}
        layers = range(1, self.depth + 1)
        found: dict[Symbol, Expr] = {}
        for layer in reversed(layers) if order is SweepOrder.BACKWARD else layers:
            new = {s: (weight * s + value) / (1 + weight) for s, value in self.updated(layer, current).items()}
            found |= new
            if order is not SweepOrder.JACOBI:
                current |= new
        return {s: found[s] for s in self.states}

    def sweep_matrix(self, order: SweepOrder = SweepOrder.JACOBI, *, damping: Any = 0) -> sympy.ImmutableDenseMatrix:
        """The derivative of a sweep by the states: how an error is carried from sweep to sweep.

        Its arguments are those of `sweep`, its rows and columns are in the order of `states`.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.DualPropagation((1, 1, 1)).sweep_matrix().shape
        (4, 4)
        """
        new = self.sweep(order, damping=damping)
        return sympy.ImmutableDenseMatrix([[value.diff(s) for s in self.states] for value in new.values()])

    def system(self) -> SymbolicSystem:
        """The relaxation s' = -s + update, whose equilibria are the fixed points of every sweep.

        Returns
        -------
        SymbolicSystem
            States ``p<layer>`` and ``m<layer>`` (with ``_<unit>`` in wider layers), parameters ``alpha``, ``beta``,
            weights ``w<layer>``, inputs ``x``, targets ``t``. A Euler step of length 1/(1 + L) is the damped Jacobi
            sweep.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.DualPropagation((2, 1, 1), alpha="1/2").system().state_names
        ('p1', 'm1', 'p2', 'm2')
        """
        rates = {s.name: value - s for s, value in self.sweep().items()}
        free = set().union(*(rate.free_symbols for rate in rates.values())) - set(self.states)
        name = "dual propagation, adjoint" if self.adjoint else "dual propagation"
        return system_from_equations(rates, sorted(s.name for s in free), name=name)

    def _mean(self, k: int, states: Mapping[Symbol, Expr]) -> sympy.Matrix:
        plus, minus = (sympy.Matrix([states[s] for s in part[k]]) for part in (self.positive, self.negative))
        return self.alpha * plus + (1 - self.alpha) * minus

    def _difference(self, k: int, states: Mapping[Symbol, Expr]) -> sympy.Matrix:
        return sympy.Matrix([states[p] - states[m] for p, m in zip(self.positive[k], self.negative[k], strict=True)])


def _vector(name: str, size: int) -> tuple[Symbol, ...]:
    return (symbol(name),) if size == 1 else tuple(symbol(f"{name}_{i + 1}") for i in range(size))


def _matrix(name: str, rows: int, columns: int) -> sympy.ImmutableDenseMatrix:
    if rows == columns == 1:
        return sympy.ImmutableDenseMatrix([[symbol(name)]])
    return sympy.ImmutableDenseMatrix(rows, columns, lambda i, j: symbol(f"{name}_{int(i) + 1}_{int(j) + 1}"))
