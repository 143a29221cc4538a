"""Goals about matrix systems with symbolic sizes, put to the index calculus."""

from __future__ import annotations

from typing import Any

from dynsym.claims.goals import IsConserved, IsGradient, MatrixIdentity
from dynsym.claims.problem import Problem
from dynsym.claims.registry import prover
from dynsym.claims.verdict import Finding
from dynsym.model import MatrixSystem

__all__: list[str] = []


@prover(MatrixIdentity, order=10)
def identity_of_matrices(goal: MatrixIdentity, problem: Problem) -> Finding | None:
    """Both sides in index notation."""
    from dynsym import tensors as tn
    from dynsym.claims.provers.matrix_formulas import IndexReader

    read = IndexReader(signs=goal.signs, diagonal=goal.diagonal, symmetric=goal.symmetric)
    return _finding(tn.prove_identity(read(goal.left), read(goal.right)))


@prover(IsGradient, order=10)
def gradient_for_all_sizes(goal: IsGradient, problem: Problem) -> Finding | None:
    """Schwarz in index notation, jointly in all matrices."""
    if not isinstance(goal.system, MatrixSystem) or goal.metric != "euclidean":
        return None
    from dynsym import tensors as tn
    from dynsym.claims.provers.matrix_formulas import IndexReader

    read = IndexReader.of(goal.system)
    return _finding(tn.prove_gradient({read(matrix): read(rate) for matrix, rate in goal.system.rates.items()}))


@prover(IsConserved, order=10)
def conserved_for_all_sizes(goal: IsConserved, problem: Problem) -> Finding | None:
    """The derivative along solutions, in index notation."""
    if not isinstance(goal.system, MatrixSystem):
        return None
    from dynsym import tensors as tn
    from dynsym.claims.provers.matrix_formulas import IndexReader, along_solutions

    read = IndexReader.of(goal.system)
    change = read(along_solutions(goal.quantity, goal.system.rates))
    return _finding(tn.prove_identity(change, 0 if change.is_scalar else tn.zeros(*change.shape)))


def _finding(found: Any) -> Finding:
    from dynsym.claims.provers.sizes import from_index_calculus

    return from_index_calculus(found)
