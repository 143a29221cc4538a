"""Counting equilibria with proof."""

from dynsym.compute.counting.along.staircase import count_along
from dynsym.compute.counting.certificate import check_certificate, save_certificate
from dynsym.compute.counting.counter import count_equilibria
from dynsym.compute.counting.search.driver import BranchAndPrune
from dynsym.compute.counting.starts.multistart import certify, check_roots, find_equilibria
from dynsym.kernel.certificates import CertificateCheck

__all__ = [
    "BranchAndPrune",
    "CertificateCheck",
    "certify",
    "check_certificate",
    "check_roots",
    "count_along",
    "count_equilibria",
    "find_equilibria",
    "save_certificate",
]
