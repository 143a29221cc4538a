"""Networks: validated directed graphs with populations, signs, weights, plastic edges and edge groups."""

from dynsym.network import motifs
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network

__all__ = ["Edge", "Network", "Node", "motifs"]
