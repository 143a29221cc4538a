"""The quotient algebra of a zero-dimensional ideal: monomials below a Gröbner basis, multiplication by variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat, fmpz_mpoly

from dynsym._budget import Clock
from dynsym.errors import BudgetExceeded

__all__ = ["Powers", "QuotientAlgebra", "quotient_algebra"]

Powers = tuple[int, ...]
Vector = dict[int, fmpq]

LARGEST = 240


@dataclass(frozen=True, eq=False)
class QuotientAlgebra:
    """Monomials, ascending by degree, and the matrix of multiplication by each variable in their basis."""

    monomials: list[Powers]
    multiply: list[fmpq_mat]

    @property
    def dimension(self) -> int:
        return len(self.monomials)


def quotient_algebra(basis: Sequence[fmpz_mpoly], size: int, clock: Clock) -> QuotientAlgebra | None:
    """The algebra, or None where the ideal is not zero-dimensional; `BudgetExceeded` where it is too large."""
    leading = {tuple(map(int, p.monoms()[0])): p for p in basis}
    if (0,) * size in leading:
        return QuotientAlgebra([], [fmpq_mat(0, 0, []) for _ in range(size)])
    if not all(any(sum(m) == m[k] for m in leading) for k in range(size)):
        return None
    monomials = _below(list(leading), size)
    normal = _normal_forms(leading, monomials, size, clock)
    count = len(monomials)
    matrices = []
    for k in range(size):
        matrix = fmpq_mat(count, count)
        for column, monomial in enumerate(monomials):
            for row, value in normal[_raised(monomial, k)].items():
                matrix[row, column] = value
        matrices.append(matrix)
    return QuotientAlgebra(monomials, matrices)


def _below(leading: Sequence[Powers], size: int) -> list[Powers]:
    """The monomials that no leading monomial divides."""
    found, waiting = {(0,) * size}, [(0,) * size]
    while waiting:
        monomial = waiting.pop()
        for k in range(size):
            higher = _raised(monomial, k)
            if higher in found or any(all(a <= b for a, b in zip(m, higher, strict=True)) for m in leading):
                continue
            found.add(higher)
            waiting.append(higher)
            if len(found) > LARGEST:
                raise BudgetExceeded(
                    f"The system has more than {LARGEST} complex solutions, counted with multiplicity. Up to "
                    f"{LARGEST} are told apart exactly. Try fewer unknowns, or the certified search in a box."
                )
    return sorted(found, key=_order)


def _order(monomial: Powers) -> Powers:
    """Sorts monomials by degree, then reverse lexicographically, ascending."""
    return (sum(monomial), *(-power for power in reversed(monomial)))


def _raised(monomial: Powers, k: int, by: int = 1) -> Powers:
    return (*monomial[:k], monomial[k] + by, *monomial[k + 1 :])


def _normal_forms(
    leading: dict[Powers, fmpz_mpoly], monomials: list[Powers], size: int, clock: Clock
) -> dict[Powers, Vector]:
    """Of the monomials and of their neighbours, in ascending order: each from a basis element or from a lower one."""
    position = {m: k for k, m in enumerate(monomials)}
    normal: dict[Powers, Vector] = {m: {k: fmpq(1)} for m, k in position.items()}
    border = {_raised(m, k) for m in monomials for k in range(size)} - set(position)
    for target in sorted(border, key=_order):
        clock.check("Multiplication in a quotient algebra")
        if target in leading:
            (_, lead), *rest = leading[target].terms()
            normal[target] = {position[tuple(map(int, m))]: fmpq(-c, lead) for m, c in rest}
            continue
        k, lower = next(
            (k, low)
            for k in range(size)
            if target[k] and (low := _raised(target, k, -1)) not in position and low in normal
        )
        vector: Vector = {}
        for index, weight in normal[lower].items():
            for row, value in normal[_raised(monomials[index], k)].items():
                vector[row] = vector.get(row, fmpq(0)) + weight * value
        normal[target] = {row: value for row, value in vector.items() if value != 0}
    return normal
