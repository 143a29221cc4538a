"""Recurrent rate networks whose weights learn by Hebbian or anti-Hebbian rules while the rates move.

Model H, reconstructed after Gong, Chen, Ching (arXiv 2312.14896):

    τ x_i' = -x_i + Σ_j σ_ij w_ij φ(x_j) + b_i,    w_ij' = -γ (w_ij - w0_ij) + η_ij φ(x_i) φ(x_j)

with k = η/γ; k > 0 is Hebbian, k < 0 anti-Hebbian, and σ_ij = ±1 is how the synapse acts. Without baseline the
equilibria
are those of x_i' = -x_i + b_i + φ(x_i) Σ_j σ_ij k_ij φ(x_j)².
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

from dynsym.errors import ParameterError
from dynsym.model import Activation, Hebbian, LeakyRate, SymbolicSystem, Tanh, build_system, slave
from dynsym.network import Network

__all__ = ["HebbianNetwork"]


@dataclass(frozen=True)
class HebbianNetwork:
    """A network with rates and plastic weights as one dynamical system.

    Parameters
    ----------
    network : Network
        Its weights are the fixed part and usually 0; all edges are plastic unless `strength` is a matrix.
    strength : number, text, Expr, mapping or matrix
        k = η/γ, as for `Hebbian`.
    activation : Activation
        φ; tanh by default, `AnySigmoid` for all sigmoids at once.
    rate : number, text or Expr
        γ, the decay of weights in the time unit of the nodes: slow learning is a small γ.
    baseline : number, text, Expr, mapping or matrix
        w0, towards which weights decay.
    values : mapping of name to number, text or Expr
        Of parameters.

    Raises
    ------
    ParameterError
        If the network is none.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.HebbianNetwork(ds.motifs.bidirectional(nodes=("x", "y"), weight=0, bias="b"))
    >>> pair.reduced().equations["x"]
    b + k*tanh(x)*tanh(y)**2 - x
    """

    network: Network
    _: KW_ONLY
    strength: Any = "k"
    activation: Activation = field(default_factory=Tanh)
    rate: Any = "gamma"
    baseline: Any = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if not isinstance(self.network, Network):
            raise ParameterError(
                f"A Hebbian network was given {self.network!r:.60}; it needs a Network. "
                "Try HebbianNetwork(ds.motifs.bidirectional(weight=0))."
            )

    @cached_property
    def _system(self) -> SymbolicSystem:
        from dynsym._expressions import parse

        rate = parse(self.rate, {}, where="rate", declare=True) if isinstance(self.rate, str) else self.rate
        rule = Hebbian(strength=self.strength, time_constant=1 / rate, baseline=self.baseline)
        assumed = {self.rate: "positive"} if isinstance(self.rate, str) and self.rate.isidentifier() else None
        return build_system(
            self.network,
            LeakyRate(self.activation),
            synapse=rule,
            name=f"Hebbian {self.network.name}",
            values=dict(self.values),
            assumptions=assumed,
        )

    def system(self) -> SymbolicSystem:
        """Rates and weights; states are the nodes, then ``w_<onto>_<from>``.

        Examples
        --------
        >>> import dynsym as ds
        >>> one_way = ds.HebbianNetwork(ds.motifs.unidirectional(nodes=("x", "y"), weight=0))
        >>> one_way.system().equations["w_y_x"]
        gamma*(k*tanh(x)*tanh(y) - w_y_x)
        """
        return self._system

    def reduced(self) -> SymbolicSystem:
        """The rates alone, with weights at their steady state: the same equilibria.

        Examples
        --------
        >>> import dynsym as ds
        >>> one_way = ds.HebbianNetwork(ds.motifs.unidirectional(nodes=("x", "y"), weight=0))
        >>> one_way.reduced().state_names
        ('x', 'y')
        """
        return slave(self._system)
