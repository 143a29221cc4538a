"""Compiled numerics: systems as fast functions, counts with proof, branches, time courses."""

from dynsym._border import put_behind_border
from dynsym._budget import Budget
from dynsym.compute.attraction import basins
from dynsym.compute.compiled import Arrays, CompiledSystem, Scalars, compile_system
from dynsym.compute.continuation import PseudoArclength, bifurcation_diagram, continue_equilibrium, switch_branch
from dynsym.compute.counting import (
    BranchAndPrune,
    CertificateCheck,
    certify,
    check_certificate,
    check_roots,
    count_along,
    count_equilibria,
    find_equilibria,
    save_certificate,
)
from dynsym.compute.integration import DormandPrince, Lsoda, Radau, simulate
from dynsym.compute.portraits import phase_portrait

__all__ = [
    "Arrays",
    "BranchAndPrune",
    "Budget",
    "CertificateCheck",
    "CompiledSystem",
    "DormandPrince",
    "Lsoda",
    "PseudoArclength",
    "Radau",
    "Scalars",
    "basins",
    "bifurcation_diagram",
    "certify",
    "check_certificate",
    "check_roots",
    "compile_system",
    "continue_equilibrium",
    "count_along",
    "count_equilibria",
    "find_equilibria",
    "phase_portrait",
    "save_certificate",
    "simulate",
    "switch_branch",
]

put_behind_border(globals(), __all__)
