"""Systems whose nodes stand for many copies: the dynamics in which all copies agree, and what they are copies of.

Copies that start alike stay alike, so their common states follow a system of their own, with the numbers of copies as
parameters. The template of the classes is kept beside it: closed forms for the differences between copies start there.
"""

from __future__ import annotations

from dynsym.network import Network, PeriodicNetwork

__all__ = ["has_copies"]


def has_copies(network: Network) -> bool:
    """Whether some node stands for several copies."""
    return isinstance(network, PeriodicNetwork) or any(node.multiplicity != 1 for node in network.nodes)
