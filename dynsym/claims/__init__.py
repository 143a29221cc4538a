"""Claims, provers, refuters, verdicts, and the catalogue of published claims.

A claim is data: a goal about expressions and systems, with hypotheses. Provers try to show it, refuters look for a
counterexample; the verdict says how sure it is, and why.
"""

from dynsym._border import put_behind_border
from dynsym.claims.claim import Claim
from dynsym.claims.files.catalogue import CLAIMS
from dynsym.claims.files.claim_files import load_claims
from dynsym.claims.goals import (
    All,
    AnyOf,
    CharacteristicPolynomial,
    Converges,
    Exactly,
    Exists,
    ForSizes,
    Goal,
    HasBifurcation,
    HasEquilibria,
    HasLyapunovFunction,
    HasSpectrum,
    HasSupportEdges,
    Holds,
    Identity,
    Iff,
    Implies,
    IndexStatement,
    IsConserved,
    IsContracting,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
    LosesPositivity,
    MatrixIdentity,
    Never,
    Not,
    Series,
)
from dynsym.claims.problem import Problem
from dynsym.claims.proving.asking import prove
from dynsym.claims.proving.verifying import verify, verify_all
from dynsym.claims.registry import Restatement, prover, restater
from dynsym.claims.verdict import Finding, Verdict

__all__ = [
    "CLAIMS",
    "All",
    "AnyOf",
    "CharacteristicPolynomial",
    "Claim",
    "Converges",
    "Exactly",
    "Exists",
    "Finding",
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
    "Problem",
    "Restatement",
    "Series",
    "Verdict",
    "load_claims",
    "prove",
    "prover",
    "restater",
    "verify",
    "verify_all",
]

put_behind_border(globals(), __all__)
