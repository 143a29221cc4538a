"""Frozen labelled results: what they say, how sure it is, and their files."""

from dynsym.results.branch import Branch, SpecialPoint
from dynsym.results.condition import BifurcationCondition, NormalForm, SymbolicEquilibrium
from dynsym.results.decomposition import CurlEntry, Decomposition
from dynsym.results.diagram import Diagram
from dynsym.results.equilibrium import CountInterval, CountStaircase, Equilibrium, EquilibriumCount
from dynsym.results.outcome import Outcome
from dynsym.results.provenance import Provenance
from dynsym.results.trajectory import Trajectory

__all__ = [
    "BifurcationCondition",
    "Branch",
    "CountInterval",
    "CountStaircase",
    "CurlEntry",
    "Decomposition",
    "Diagram",
    "Equilibrium",
    "EquilibriumCount",
    "NormalForm",
    "Outcome",
    "Provenance",
    "SpecialPoint",
    "SymbolicEquilibrium",
    "Trajectory",
]
