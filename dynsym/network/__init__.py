"""Networks: validated directed graphs with populations, signs, weights, plastic edges and edge groups."""

from dynsym._border import put_behind_border
from dynsym.network import motifs
from dynsym.network.census import MotifCensus, motif_census
from dynsym.network.components import strongly_connected_components
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.library import list_networks, load_network
from dynsym.network.partition import Quotient, quotient
from dynsym.network.periodic import PeriodicNetwork
from dynsym.network.symmetry import Symmetries, symmetries

__all__ = [
    "Edge",
    "MotifCensus",
    "Network",
    "Node",
    "PeriodicNetwork",
    "Quotient",
    "Symmetries",
    "list_networks",
    "load_network",
    "motif_census",
    "motifs",
    "quotient",
    "strongly_connected_components",
    "symmetries",
]

put_behind_border(globals(), __all__)
