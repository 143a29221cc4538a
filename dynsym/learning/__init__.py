"""Learning rules as dynamical systems."""

from dynsym._border import put_behind_border
from dynsym.learning.curl_descent import CurlDescent
from dynsym.learning.dual_propagation import DualPropagation, SweepOrder
from dynsym.learning.hebbian_network import HebbianNetwork
from dynsym.learning.similarity_matching import SimilarityMatching

__all__ = ["CurlDescent", "DualPropagation", "HebbianNetwork", "SimilarityMatching", "SweepOrder"]

put_behind_border(globals(), __all__)
