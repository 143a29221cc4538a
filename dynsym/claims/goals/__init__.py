"""Goals: what a claim asserts, as data."""

from dynsym.claims.goals._base import Goal, expression, formula
from dynsym.claims.goals.algebraic import (
    CharacteristicPolynomial,
    Exists,
    Holds,
    Identity,
    Series,
    Spectrum,
)
from dynsym.claims.goals.dynamical import (
    HasBifurcation,
    HasEquilibria,
    IsConserved,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
)
from dynsym.claims.goals.logical import All, AnyOf, Exactly, ForSizes, Iff, Implies, Never, Not

__all__ = [
    "All",
    "AnyOf",
    "CharacteristicPolynomial",
    "Exactly",
    "Exists",
    "ForSizes",
    "Goal",
    "HasBifurcation",
    "HasEquilibria",
    "Holds",
    "Identity",
    "Iff",
    "Implies",
    "IsConserved",
    "IsGradient",
    "IsInvariant",
    "IsStable",
    "JacobianBlock",
    "Never",
    "Not",
    "Series",
    "Spectrum",
]
