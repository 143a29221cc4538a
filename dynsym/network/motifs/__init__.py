"""Small networks that recur in the nervous system and in papers, with numbers or symbols as weights."""

from dynsym._border import put_behind_border
from dynsym.network.motifs.ei import ei_blocks, ei_pair
from dynsym.network.motifs.gaussian import random_gaussian
from dynsym.network.motifs.graphs import barbell, bidirectional, chain, complete, ring, star, torus, unidirectional

__all__ = [
    "barbell",
    "bidirectional",
    "chain",
    "complete",
    "ei_blocks",
    "ei_pair",
    "random_gaussian",
    "ring",
    "star",
    "torus",
    "unidirectional",
]

put_behind_border(globals(), __all__)
