"""The student of curl descent in symbols of every size, and helpers for claims about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dynsym import tensors as tn
from dynsym.claims.claim import Claim
from dynsym.claims.goals import Goal, IndexStatement

__all__ = [
    "D1",
    "D2",
    "F1",
    "F2",
    "SOURCE",
    "W1",
    "W2",
    "E",
    "M",
    "N",
    "asked",
    "claim",
    "d1",
    "d2",
    "generic",
    "s",
    "same",
]

SOURCE = "Ninou, Kadmon, Cayco-Gajic, Curl Descent: Non-Gradient Learning Dynamics with Sign-Diverse Plasticity (2025)"

M, N = tn.Sort("M"), tn.Sort("N")
"""Inputs and hidden neurons."""
W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)
d1, d2 = tn.signs("d1", M), tn.signs("d2", N)
D1, D2 = tn.diagonal_matrix(d1), tn.diagonal_matrix(d2)
E = s - W2 @ W1
F1, F2 = W2.T @ E @ D1, E @ W1.T @ D2
"""The flow (6) of W1 and of W2."""
generic = tn.Hypotheses(nonzero=(s, W2))


def same(left: tn.Formula, right: tn.Formula, **options: Any) -> Goal:
    """Two formulas are equal for all sizes."""
    return IndexStatement(tn.prove_identity, (left, right), options=options)


def asked(question: Any, *arguments: Any, said: str = "", **options: Any) -> Goal:
    """A question of the index calculus."""
    return IndexStatement(question, arguments, options=options, said=said)


def claim(name: str, where: str, statement: str, goal: Callable[[], Goal], **options: Any) -> Claim:
    """A claim of the paper, by the place where it is printed."""
    return Claim(f"ninou2025.{name}", statement, goal, source=f"{SOURCE}, {where}", **options)
