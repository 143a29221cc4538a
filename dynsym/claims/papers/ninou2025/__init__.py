"""Ninou, Kadmon and Cayco-Gajic 2025: curl descent."""

from dynsym.claims.papers.ninou2025._network import SOURCE as PAPER
from dynsym.claims.papers.ninou2025.jacobians import CLAIMS as _JACOBIANS
from dynsym.claims.papers.ninou2025.plasticity import CLAIMS as _PLASTICITY
from dynsym.claims.papers.ninou2025.random_matrices import CLAIMS as _RANDOM_MATRICES
from dynsym.claims.papers.ninou2025.structure import CLAIMS as _STRUCTURE
from dynsym.claims.papers.ninou2025.student import CLAIMS as _STUDENT

__all__ = ["CLAIMS", "PAPER"]

CLAIMS = (*_PLASTICITY, *_STRUCTURE, *_STUDENT, *_JACOBIANS, *_RANDOM_MATRICES)
