"""Branches of equilibria over one parameter, their special points, and diagrams of several branches."""

from dynsym.compute.continuation.diagrams import bifurcation_diagram
from dynsym.compute.continuation.following import continue_equilibrium
from dynsym.compute.continuation.method import PseudoArclength
from dynsym.compute.continuation.switching import switch_branch

__all__ = ["PseudoArclength", "bifurcation_diagram", "continue_equilibrium", "switch_branch"]
