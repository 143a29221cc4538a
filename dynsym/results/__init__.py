"""Frozen labelled results: what they say, how sure it is, and their files."""

from dynsym._border import put_behind_border
from dynsym.results.agreement import Agreement, compare_points
from dynsym.results.analysis import Analysis, Statement
from dynsym.results.attraction import Basins
from dynsym.results.branch import Branch, SpecialPoint
from dynsym.results.condition import BifurcationCondition
from dynsym.results.decomposition import CurlEntry, Decomposition
from dynsym.results.diagram import Diagram
from dynsym.results.equilibrium import Equilibrium, EquilibriumCount
from dynsym.results.outcome import Outcome
from dynsym.results.portrait import PhasePortrait
from dynsym.results.provenance import Provenance
from dynsym.results.spectrum import Spectrum, SpectrumFactor
from dynsym.results.staircase import CountInterval, CountStaircase
from dynsym.results.storage import load_result
from dynsym.results.symbolic import NormalForm, SymbolicEquilibrium
from dynsym.results.trajectory import Trajectory

__all__ = [
    "Agreement",
    "Analysis",
    "Basins",
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
    "PhasePortrait",
    "Provenance",
    "SpecialPoint",
    "Spectrum",
    "SpectrumFactor",
    "Statement",
    "SymbolicEquilibrium",
    "Trajectory",
    "compare_points",
    "load_result",
]

put_behind_border(globals(), __all__)
