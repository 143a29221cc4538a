"""dynsym: from a network graph to closed-form conditions, proved counts and bifurcation diagrams.

Public names are loaded on first use, so that ``import dynsym`` costs little more than ``import sympy, numpy``.
"""

from __future__ import annotations

import importlib
from typing import Any

from dynsym._version import __version__

_FOLDERS: dict[str, tuple[str, ...]] = {
    "network": (
        "Edge",
        "MotifCensus",
        "Network",
        "Node",
        "PeriodicNetwork",
        "Quotient",
        "Symmetries",
        "list_networks",
        "load_network",
        "motif_census",
        "motifs",
        "quotient",
        "strongly_connected_components",
        "symmetries",
    ),
    "model": (
        "Activation",
        "AntiHebbian",
        "AnySigmoid",
        "Hebbian",
        "LeakyRate",
        "LeakyVoltage",
        "Linear",
        "LinkForm",
        "Logistic",
        "NodeRule",
        "Oja",
        "Plasticity",
        "Polynomial",
        "Rectified",
        "Rule",
        "Softplus",
        "Static",
        "SymbolicSystem",
        "SynapseRule",
        "Tanh",
        "WilsonCowan",
        "build_system",
        "freeze",
        "load_system",
        "restrict",
        "save_system",
        "shift",
        "slave",
        "system_from_equations",
    ),
    "derive": (
        "DEFAULT_BUDGET",
        "ActivationSlopes",
        "Atoms",
        "Budget",
        "Conditions",
        "CriticalCurve",
        "DiagonalMetric",
        "EdgeCrossing",
        "Euclidean",
        "FreeSum",
        "GraphSum",
        "HopfExclusion",
        "MarchenkoPastur",
        "Metric",
        "Semicircle",
        "SpectralLaw",
        "SpectralSupport",
        "bogdanov_takens_condition",
        "characteristic_polynomial",
        "critical_curve",
        "cusp_condition",
        "decompose",
        "eigenvalue_symbol",
        "energy_function",
        "excludes_hopf",
        "find_conditions",
        "first_integrals",
        "fold_condition",
        "free_sum",
        "hopf_condition",
        "hopf_sum",
        "hurwitz_minors",
        "jacobian",
        "normal_form",
        "pitchfork_condition",
        "pitchfork_sum",
        "potential",
        "routh_array",
        "spectrum",
        "symbolic_equilibria",
        "symmetric_equilibrium",
        "transcritical_condition",
    ),
    "compute": (
        "Arrays",
        "BranchAndPrune",
        "CompiledSystem",
        "DormandPrince",
        "Lsoda",
        "PseudoArclength",
        "Radau",
        "Scalars",
        "bifurcation_diagram",
        "certify",
        "check_roots",
        "compile_system",
        "continue_equilibrium",
        "count_along",
        "count_equilibria",
        "find_equilibria",
        "phase_portrait",
        "simulate",
        "switch_branch",
    ),
    "results": (
        "Agreement",
        "Analysis",
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
    ),
    "io": (
        "report_html",
        "to_latex",
    ),
    "cli": ("analyze",),
}

_HOME = {name: f"dynsym.{folder}" for folder, names in _FOLDERS.items() for name in names}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in {"network", "model", "derive", "compute", "results", "plot", "io", "errors", "cli"}:
        return importlib.import_module(f"dynsym.{name}")
    raise AttributeError(f"module 'dynsym' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
