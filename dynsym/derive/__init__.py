"""Closed forms: linearisations, bifurcation conditions with normal forms, gradients, conserved quantities."""

from dynsym._border import put_behind_border
from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.derive.characteristic.hurwitz import hurwitz_minors, routh_array
from dynsym.derive.characteristic.straight_line import UnexpandedPolynomial, unexpanded_polynomial
from dynsym.derive.checks.conditions import ConditionCheck, check_condition
from dynsym.derive.conditions.answer import Conditions
from dynsym.derive.conditions.exclusion import HopfExclusion, excludes_hopf
from dynsym.derive.conditions.rational_hopf import rational_hopf_condition
from dynsym.derive.conditions.search import (
    find_conditions,
    fold_condition,
    hopf_condition,
    pitchfork_condition,
    transcritical_condition,
)
from dynsym.derive.contraction.condition import ContractionCondition, contraction_condition
from dynsym.derive.contraction.norms import EuclideanNorm, LogarithmicNorm, MaximumNorm, SomeWeights, SumNorm
from dynsym.derive.equilibria.families import symbolic_equilibria, symmetric_equilibrium
from dynsym.derive.gradients.decomposition import decompose
from dynsym.derive.gradients.energies import energy_derivative, energy_function
from dynsym.derive.gradients.integrals import first_integrals
from dynsym.derive.gradients.metrics import ActivationSlopes, DiagonalMetric, Euclidean, Metric
from dynsym.derive.gradients.potentials import potential
from dynsym.derive.graph_sums.sums import GraphSum, hopf_sum, pitchfork_sum
from dynsym.derive.linearisation.fluctuations import NoiseCirculation, noise_circulation
from dynsym.derive.linearisation.jacobians import characteristic_polynomial, eigenvalue_symbol, jacobian
from dynsym.derive.linearisation.spectra import low_rank_spectrum, spectrum
from dynsym.derive.linearisation.stability_signs import StabilityQuantities, bialternate_product, stability_quantities
from dynsym.derive.normal_forms.forms import imperfect, lyapunov_schmidt, normal_form
from dynsym.derive.random_matrices.critical_curves import CriticalCurve, EdgeCrossing, critical_curve
from dynsym.derive.random_matrices.law import SpectralLaw
from dynsym.derive.random_matrices.laws import Atoms, FreeSum, MarchenkoPastur, Semicircle, free_sum
from dynsym.derive.random_matrices.supports import SpectralSupport
from dynsym.derive.symmetry.block_algebra import BlockBifurcation
from dynsym.derive.symmetry.blocks import IsotypicBlock, IsotypicBlocks, isotypic_blocks
from dynsym.derive.symmetry.breaking import AxialBranch, axial_branches
from dynsym.derive.two_parameters.conditions import bogdanov_takens_condition, cusp_condition

__all__ = [
    "DEFAULT_BUDGET",
    "ActivationSlopes",
    "Atoms",
    "AxialBranch",
    "BlockBifurcation",
    "Budget",
    "ConditionCheck",
    "Conditions",
    "ContractionCondition",
    "CriticalCurve",
    "DiagonalMetric",
    "EdgeCrossing",
    "Euclidean",
    "EuclideanNorm",
    "FreeSum",
    "GraphSum",
    "HopfExclusion",
    "IsotypicBlock",
    "IsotypicBlocks",
    "LogarithmicNorm",
    "MarchenkoPastur",
    "MaximumNorm",
    "Metric",
    "NoiseCirculation",
    "Semicircle",
    "SomeWeights",
    "SpectralLaw",
    "SpectralSupport",
    "StabilityQuantities",
    "SumNorm",
    "UnexpandedPolynomial",
    "axial_branches",
    "bialternate_product",
    "bogdanov_takens_condition",
    "characteristic_polynomial",
    "check_condition",
    "contraction_condition",
    "critical_curve",
    "cusp_condition",
    "decompose",
    "eigenvalue_symbol",
    "energy_derivative",
    "energy_function",
    "excludes_hopf",
    "find_conditions",
    "first_integrals",
    "fold_condition",
    "free_sum",
    "hopf_condition",
    "hopf_sum",
    "hurwitz_minors",
    "imperfect",
    "isotypic_blocks",
    "jacobian",
    "low_rank_spectrum",
    "lyapunov_schmidt",
    "noise_circulation",
    "normal_form",
    "pitchfork_condition",
    "pitchfork_sum",
    "potential",
    "rational_hopf_condition",
    "routh_array",
    "spectrum",
    "stability_quantities",
    "symbolic_equilibria",
    "symmetric_equilibrium",
    "transcritical_condition",
    "unexpanded_polynomial",
]

put_behind_border(globals(), __all__, with_alarm=True)
