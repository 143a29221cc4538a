"""Claims, provers, refuters, verdicts, and the catalogue of published claims.

A claim is data: a goal about expressions and systems, with hypotheses. Provers try to show it, refuters look for a
counterexample; the verdict says how sure it is, and why.
"""

from dynsym.claims.catalogue import CLAIMS
from dynsym.claims.claim import Claim
from dynsym.claims.goals import (
    All,
    AnyOf,
    CharacteristicPolynomial,
    Exactly,
    Exists,
    ForSizes,
    Goal,
    HasBifurcation,
    HasEquilibria,
    Holds,
    Identity,
    Iff,
    Implies,
    IsConserved,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
    Never,
    Not,
    Series,
    Spectrum,
)
from dynsym.claims.problem import Problem
from dynsym.claims.proving import prove
from dynsym.claims.registry import Reduction, prover, reducer
from dynsym.claims.verdict import Finding, Verdict

__all__ = [
    "CLAIMS",
    "All",
    "AnyOf",
    "CharacteristicPolynomial",
    "Claim",
    "Exactly",
    "Exists",
    "Finding",
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
    "Problem",
    "Reduction",
    "Series",
    "Spectrum",
    "Verdict",
    "prove",
    "prover",
    "reducer",
]
