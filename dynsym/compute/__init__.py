"""Compiled numerics: systems as fast functions, counts with proof, branches, time courses."""

from dynsym.compute.compiled import Arrays, CompiledSystem, Scalars, compile_system
from dynsym.compute.continuation import PseudoArclength, bifurcation_diagram, continue_equilibrium, switch_branch
from dynsym.compute.integration import DormandPrince, Lsoda, Radau, simulate

__all__ = [
    "Arrays",
    "CompiledSystem",
    "DormandPrince",
    "Lsoda",
    "PseudoArclength",
    "Radau",
    "Scalars",
    "bifurcation_diagram",
    "compile_system",
    "continue_equilibrium",
    "simulate",
    "switch_branch",
]
