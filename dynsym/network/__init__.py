"""Networks: validated directed graphs with populations, signs, weights, plastic edges and edge groups."""

from dynsym.network import motifs
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.library import list_networks, load_network

__all__ = ["Edge", "Network", "Node", "list_networks", "load_network", "motifs"]
