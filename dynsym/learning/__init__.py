"""Learning rules as dynamical systems."""

from dynsym.learning.dual_propagation import DualPropagation, SweepOrder
from dynsym.learning.similarity_matching import SimilarityMatching

__all__ = ["DualPropagation", "SimilarityMatching", "SweepOrder"]
