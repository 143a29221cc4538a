"""Excitatory and inhibitory populations.

``w_EI`` is the magnitude of the weight onto E from I; weights from I enter with a minus sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from dynsym._docstrings import documented
from dynsym._expressions import symbol
from dynsym.errors import GraphError
from dynsym.network._checks import class_size, refuse_large
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.motifs._assembly import node_names, refuse_many
from dynsym.network.quantities import quantity

__all__ = ["ei_blocks", "ei_pair"]

_SIGNS = {"E": 1, "I": -1}


@documented("GraphError: If a magnitude is negative.")
def ei_pair(
    *,
    nodes: Sequence[str] = ("E", "I"),
    w_EE: Any = None,
    w_EI: Any = None,
    w_IE: Any = None,
    w_II: Any = None,
    tau_E: Any = None,
    tau_I: Any = None,
    bias: Any = 0,
) -> Network:
    """An excitatory and an inhibitory population, each one node.

    Parameters
    ----------
    nodes : sequence of two str
    w_EE, w_EI, w_IE, w_II : number, str or Expr, optional
        Magnitudes of the weights, onto the first from the second; by default nonnegative symbols of these names.
    tau_E, tau_I : number, str or Expr, optional
        Time constants; by default positive symbols of these names.
    bias : number, str, Expr or sequence of two

    Examples
    --------
    >>> ds.motifs.ei_pair().symbolic_weight_matrix()
    Matrix([
    [w_EE, -w_EI],
    [w_IE, -w_II]])
    """
    e, i = node_names(2, nodes, exactly=2)
    weights = _weights(w_EE, w_EI, w_IE, w_II)
    network = Network(
        [
            Node(e, population="E", sign=1, time_constant=_time_constant(tau_E, "tau_E")),
            Node(i, population="I", sign=-1, time_constant=_time_constant(tau_I, "tau_I")),
        ],
        [Edge({"E": e, "I": i}[origin], {"E": e, "I": i}[onto], weight) for (onto, origin), weight in weights.items()],
        name="E-I pair",
    )
    return network.with_biases(bias)


def ei_blocks(
    n_E: Any = None,
    n_I: Any = None,
    *,
    self_coupling: bool = True,
    w_EE: Any = None,
    w_EI: Any = None,
    w_IE: Any = None,
    w_II: Any = None,
    tau_E: Any = None,
    tau_I: Any = None,
    bias: Any = 0,
) -> Network:
    """An excitatory and an inhibitory population with all-to-all blocks of equal weights.

    With two numbers as sizes this is the whole graph, with nodes ``E1, E2, ..., I1, I2, ...``. Otherwise it has two
    nodes, ``E`` and ``I``, whose `multiplicity` is the size: an integer or a symbol. `quotient` turns either into the
    network of one E and one I neuron that stand for all.

    Parameters
    ----------
    n_E, n_I : int, str or Expr, optional
        Sizes; by default positive integer symbols of these names.
    self_coupling : bool
        Whether each neuron drives itself too.
    w_EE, w_EI, w_IE, w_II : number, str or Expr, optional
        Magnitude of one connection, onto the first from the second; by default nonnegative symbols of these names.
    tau_E, tau_I : number, str or Expr, optional
        Time constants; by default positive symbols of these names.
    bias : number, str, Expr or sequence

    Raises
    ------
    GraphError
        If a magnitude is negative or a size is no positive integer.
    LimitError
        If there would be too many nodes or edges.

    Examples
    --------
    >>> ds.motifs.ei_blocks(2, 1).symbolic_weight_matrix()
    Matrix([
    [w_EE, w_EE, -w_EI],
    [w_EE, w_EE, -w_EI],
    [w_IE, w_IE, -w_II]])
    >>> ds.motifs.ei_blocks(self_coupling=False).symbolic_weight_matrix()
    Matrix([
    [w_EE*(n_E - 1),       -n_I*w_EI],
    [      n_E*w_IE, -w_II*(n_I - 1)]])
    """
    sizes = {"E": class_size(n_E, "n_E"), "I": class_size(n_I, "n_I")}
    times = {"E": _time_constant(tau_E, "tau_E"), "I": _time_constant(tau_I, "tau_I")}
    weights = _weights(w_EE, w_EI, w_IE, w_II)
    name = f"E-I blocks of {sizes['E']} and {sizes['I']}"
    if not all(size.is_Integer for size in sizes.values()):
        classes = [
            Node(
                block,
                population=block,
                sign=sign,
                time_constant=times[block],
                multiplicity=sizes[block],
                self_coupling=self_coupling,
            )
            for block, sign in _SIGNS.items()
        ]
        edges = [Edge(origin, onto, weight) for (onto, origin), weight in weights.items()]
        return Network(classes, edges, name=name).with_biases(bias)
    count = int(sum(sizes.values()))
    refuse_large(count)
    refuse_many(count * count, f"A network of two blocks with {count} nodes")
    members = {block: [f"{block}{k + 1}" for k in range(int(size))] for block, size in sizes.items()}
    block_of = {member: block for block, names in members.items() for member in names}
    nodes = [Node(m, population=b, sign=_SIGNS[b], time_constant=times[b]) for m, b in block_of.items()]
    edges = [
        Edge(origin, onto, weights[block_of[onto], block_of[origin]])
        for onto in block_of
        for origin in block_of
        if self_coupling or onto != origin
    ]
    return Network(nodes, edges, name=name).with_biases(bias)


def _weights(w_EE: Any, w_EI: Any, w_IE: Any, w_II: Any) -> dict[tuple[str, str], sympy.Expr]:
    """Signed weights, by population onto which and from which."""
    return {
        ("E", "E"): _magnitude(w_EE, "w_EE"),
        ("E", "I"): -_magnitude(w_EI, "w_EI"),
        ("I", "E"): _magnitude(w_IE, "w_IE"),
        ("I", "I"): -_magnitude(w_II, "w_II"),
    }


def _magnitude(value: Any, name: str) -> sympy.Expr:
    if value is None:
        return symbol(name, "nonnegative")
    magnitude = quantity(value, name)
    if magnitude.is_negative:
        raise GraphError(f"The magnitude {name} is {magnitude}, and must not be negative: the motif puts the sign.")
    return magnitude


def _time_constant(value: Any, name: str) -> sympy.Expr:
    return symbol(name, "positive") if value is None else quantity(value, name)
