"""Gong, Chen and Ching 2023: equilibria of recurrent networks whose weights learn by Hebbian or anti-Hebbian rules.

The model is reconstructed; `HebbianNetwork` states it (model H). The claims about two neurons stand in `motifs`, those
about larger networks in `networks`.
"""

from dynsym.claims.papers.gong2023._model import PAPER
from dynsym.claims.papers.gong2023.motifs import CLAIMS as _MOTIFS
from dynsym.claims.papers.gong2023.networks import CLAIMS as _NETWORKS

__all__ = ["CLAIMS", "PAPER"]

CLAIMS = (*_MOTIFS, *_NETWORKS)
