"""What the claims share: the source, motifs of model H, and the derivatives of an undefined odd sigmoid."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

from sympy import Expr, Symbol

from dynsym._expressions import symbol
from dynsym.derive import symbolic_equilibria
from dynsym.learning import HebbianNetwork
from dynsym.model import AnySigmoid, SymbolicSystem
from dynsym.network import Edge, Network, Node, motifs

__all__ = ["PAPER", "SOURCE", "WEIGHTS_MOVE", "amplitude", "one_way", "sigmoid_at", "two_way"]

PAPER: Final = (
    "Gong, Chen, Ching, Strong anti-Hebbian plasticity alters the convexity of network attractor landscapes, "
    "arXiv 2312.14896 (2023)"
)
SOURCE: Final = f"{PAPER}; model reconstructed"
WEIGHTS_MOVE: Final = "weights move with any decay γ > 0, no baseline"

_POINT = symbol("point")


def one_way(sign: int = 1, **options: Any) -> HebbianNetwork:
    """The motif x → y with the drive (b1, 0); `sign` is how its synapse acts."""
    nodes = Node("x", bias="b1"), Node("y")
    edge = Edge("x", "y", weight=0, plastic=True, sign=sign)
    return HebbianNetwork(Network(nodes, (edge,), name="one-way motif"), **options)


def two_way(bias: Any = "b", **options: Any) -> HebbianNetwork:
    """The motif x ⇄ y with excitatory synapses."""
    network = motifs.bidirectional(nodes=("x", "y"), weight=0, bias=bias)
    drive = ", ".join(map(str, bias)) if isinstance(bias, list) else bias
    return HebbianNetwork(replace(network, name=f"pair with drive {drive}"), **options)


@cache
def sigmoid_at(point: Expr, order: int = 0) -> Expr:
    """A derivative of the undefined sigmoid at a point; at 0 the symbols s1, s3."""
    value: Expr = AnySigmoid().expression(_POINT).diff(_POINT, order)
    return value.subs(_POINT, point)


def amplitude(system: SymbolicSystem) -> Symbol:
    """The common rate at the symmetric equilibrium, as dynsym names it."""
    found = symbolic_equilibria(system)[0].amplitude
    assert found is not None
    return found
