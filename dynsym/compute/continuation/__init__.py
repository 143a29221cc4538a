"""Branches of equilibria over one parameter, their special points, and diagrams of several branches."""

from dynsym.compute.continuation.following import continue_equilibrium
from dynsym.compute.continuation.method import PseudoArclength

__all__ = ["PseudoArclength", "continue_equilibrium"]
