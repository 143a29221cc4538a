"""Goals: what a claim asserts, as data."""

from dynsym.claims.goals._base import Goal, expression, formula
from dynsym.claims.goals.algebraic import CharacteristicPolynomial, Exists, HasSpectrum, Holds, Identity, Series
from dynsym.claims.goals.certificates import HasLyapunovFunction, IsContracting
from dynsym.claims.goals.dynamical import (
    HasBifurcation,
    HasEquilibria,
    IsConserved,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
)
from dynsym.claims.goals.iterations import Converges
from dynsym.claims.goals.logical import All, AnyOf, Exactly, ForSizes, Iff, Implies, Never, Not
from dynsym.claims.goals.sizes import IndexStatement, MatrixIdentity
from dynsym.claims.goals.spectra import HasSupportEdges, LosesPositivity

__all__ = [
    "All",
    "AnyOf",
    "CharacteristicPolynomial",
    "Converges",
    "Exactly",
    "Exists",
    "ForSizes",
    "Goal",
    "HasBifurcation",
    "HasEquilibria",
    "HasLyapunovFunction",
    "HasSpectrum",
    "HasSupportEdges",
    "Holds",
    "Identity",
    "Iff",
    "Implies",
    "IndexStatement",
    "IsConserved",
    "IsContracting",
    "IsGradient",
    "IsInvariant",
    "IsStable",
    "JacobianBlock",
    "LosesPositivity",
    "MatrixIdentity",
    "Never",
    "Not",
    "Series",
    "expression",
    "formula",
]
