"""Systems whose nodes stand for many copies: the dynamics in which all copies agree, and what they are copies of.

Copies that start alike stay alike, so their common states follow a system of their own, with the numbers of copies as
parameters. The template of the classes is kept beside it: closed forms for the differences between copies start there.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from dynsym.errors import ModelError
from dynsym.model.system import SymbolicSystem
from dynsym.model.template import Template
from dynsym.network import Edge, Network, PeriodicNetwork

__all__ = ["has_copies", "system_of_copies"]


def has_copies(network: Network) -> bool:
    """Whether some node stands for several copies.

    Parameters
    ----------
    network : Network

    Returns
    -------
    bool

    Examples
    --------
    >>> has_copies(ds.motifs.ring("N")), has_copies(ds.motifs.ring(3))
    (True, False)
    """
    return isinstance(network, PeriodicNetwork) or any(node.multiplicity != 1 for node in network.nodes)


def system_of_copies(classes: Template, name: str) -> SymbolicSystem:
    """The system in which all copies of a node agree, and so do all plastic weights that an edge stands for.

    Parameters
    ----------
    classes : Template
        On a network whose nodes stand for copies.
    name : str

    Returns
    -------
    SymbolicSystem
        Its `classes` keep the template.

    Raises
    ------
    ModelError
        If a strength matrix makes an edge plastic that the network does not have.

    Examples
    --------
    >>> ds.build_system(ds.motifs.complete("n"), synapse=ds.Hebbian("k")).equations["x"]
    -x + (w*(n - 1) + w_x_x*(n - 1))*tanh(x)
    """
    if len(classes.onto) > len(classes.network.edges):
        raise ModelError(
            "A strength matrix makes an edge plastic that the network of classes does not have. Give the network that "
            "edge, with weight 0, so that it is known how many copies it stands for."
        )
    found = {s.name: s for s in classes.free_symbols()}
    parameters = dict(sorted(found.items()))
    if len(classes.plastic):
        return SymbolicSystem(name, classes.states, parameters, {}, None, classes.equations(), classes)
    template = replace(classes, network=_agreeing(classes.network))
    return SymbolicSystem(name, classes.states, parameters, {}, template, None, classes)


def _agreeing(network: Network) -> Network:
    """One node for each class, with the total weights."""
    nodes = [replace(node, multiplicity=sympy.S.One, self_coupling=True) for node in network.nodes]
    weights = network.effective_weights()
    edges = [
        Edge(edge.source, edge.target, weight, group=edge.group)
        for edge, weight in zip(network.edges, weights, strict=True)
    ]
    return Network(nodes, edges, name=network.name, reference=network.reference)
