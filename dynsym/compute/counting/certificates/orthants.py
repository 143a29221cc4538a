"""The proof for rectified networks: space is cut at zero alone, and on each orthant the equations are linear.

On an orthant with active set S a linear programme looks for factors λ with (I - W D_S)ᵀ λ of the signs of the orthant
and -λ·b > 0: then λ·F > 0 on all of it (Farkas). Unknowns that are not cut yet must obey the signs of both sides.
"""

from __future__ import annotations

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.certificates.proof import Proof
from dynsym.compute.counting.certificates.witnesses import SAFE, short
from dynsym.compute.counting.matrices.preconditioner import inverses
from dynsym.errors import ConvergenceError

__all__ = ["prove_by_orthants"]


def prove_by_orthants(problem: LinkProblem, clock: Clock) -> Proof:
    """Cut space at zero until each part holds one solution or none."""
    size, proof = problem.size, Proof()
    stack = [(0, np.zeros(size, dtype=int))]
    while stack:
        clock.check("The proof of a certificate")
        part, sign = stack.pop()
        factors = _separating(problem, sign)
        if factors is not None:
            proof.steps[part] = ("empty", factors)
            continue
        open_unknowns = np.flatnonzero(sign == 0)
        if not len(open_unknowns):
            proof.steps[part] = ("root", _solution(problem, sign, proof))
            continue
        k = open_unknowns[np.abs(problem.weights[:, open_unknowns]).sum(axis=0).argmax()]
        for side, piece in zip((-1, 1), proof.cut(part, int(k), 0.0), strict=True):
            halved = sign.copy()
            halved[k] = side
            stack.append((piece, halved))
    return proof


def _separating(problem: LinkProblem, sign: np.ndarray) -> np.ndarray | None:
    """Factors λ with λ·F > 0 on the part of space with these signs (0 for both), or None."""
    from scipy.optimize import linprog

    size = problem.size
    inactive = np.eye(size)[sign <= 0]
    active = -(np.eye(size) - problem.weights).T[sign >= 0]
    for margin in (MARGIN,) if (sign == 0).any() else (MARGIN, FINE_MARGIN):
        solved = linprog(
            problem.bias,
            A_ub=np.concatenate([inactive, active]),
            b_ub=np.full(len(inactive) + len(active), -margin),
            bounds=(-1, 1),
            method="highs",
        )
        if not solved.success:
            continue
        factors = short(solved.x) if margin == MARGIN else solved.x
        slopes = factors - factors @ problem.weights
        is_safe = (factors[sign <= 0] < 0).all() and (slopes[sign >= 0] > SAFE * margin).all()
        if is_safe and factors @ problem.bias < -SAFE * margin:
            return factors
    return None


MARGIN, FINE_MARGIN = 3e-4, 1e-6
"""Slopes of λ·F are kept this far from zero, so that five digits of λ do; the second, with all digits, where a
solution lies close outside."""


def _solution(problem: LinkProblem, sign: np.ndarray, proof: Proof) -> int:
    matrix = np.eye(problem.size) - problem.weights * (sign > 0)
    y = inverses(matrix[None])[0] @ problem.bias
    if not (np.abs(matrix @ y - problem.bias) < 1e-9 * (1 + np.abs(y).max())).all() or not (y * sign > 1e-9).all():
        raise ConvergenceError(
            "A rectified network has an equilibrium at the threshold of a unit, or nearly a line of them. A "
            "certificate needs clear ones. Try other parameter values."
        )
    proof.roots.append(y)
    return len(proof.roots) - 1
