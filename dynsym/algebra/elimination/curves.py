"""Where the solutions of a system are not isolated: its ideal split along factors, and what is left in each part."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpz_mpoly

from dynsym._budget import Clock
from dynsym.algebra.elimination.groebner import GroebnerBasis, groebner_basis
from dynsym.algebra.elimination.quotient import QuotientAlgebra, quotient_algebra
from dynsym.algebra.elimination.representation import represent
from dynsym.algebra.ring import factored
from dynsym.errors import BudgetExceeded

__all__ = ["IdealPart", "has_regular_real_point", "parts_of"]

DEEPEST = 12
MOST_FLATS = 60
"""Choices of the variables that are held, to find a regular point."""


@dataclass(frozen=True, eq=False)
class IdealPart:
    """Some of the solutions: a basis of equations, and its quotient algebra where they are finitely many."""

    basis: GroebnerBasis
    algebra: QuotientAlgebra | None


def parts_of(polynomials: Sequence[fmpz_mpoly], clock: Clock, depth: int = DEEPEST) -> list[IdealPart]:
    """Parts that make up all solutions. Raises `BudgetExceeded`.

    A basis element that is a product splits the solutions into those of either factor.
    """
    clock.check("Splitting a system that has curves of solutions")
    basis = groebner_basis(polynomials, clock)
    if basis is None:
        raise BudgetExceeded(
            "A part of the solutions has no Gröbner basis within the limits. One is needed to tell curves from points. "
            "Try a larger Budget(seconds=...)."
        )
    elements = basis.polynomials
    if any(p.is_constant() for p in elements):
        return []
    algebra = quotient_algebra(elements, elements[0].context().nvars(), clock)
    for element in elements if depth and algebra is None else ():
        factors = [factor for factor, _ in factored(element)[1]]
        if len(factors) > 1 or factors[0].total_degree() < element.total_degree():
            rest = [p for p in elements if p is not element]
            parts = [part for factor in factors for part in parts_of([factor, *rest], clock, depth - 1)]
            seen: list[list[fmpz_mpoly]] = []
            for part in parts:
                if part.basis.polynomials not in seen:
                    seen.append(part.basis.polynomials)
            return [next(p for p in parts if p.basis.polynomials is each) for each in seen]
    return [IdealPart(basis, algebra)]


def has_regular_real_point(basis: Sequence[fmpz_mpoly], clock: Clock) -> bool:
    """Whether real solutions of k equations in more than k unknowns are proved to fill a curve or more.

    They do where fixing the other unknowns leaves a simple real solution (implicit function theorem).
    """
    context = basis[0].context()
    size, free = context.nvars(), context.nvars() - len(basis)
    if free <= 0:
        return False
    generators = context.gens()
    for held in itertools.islice(itertools.combinations(range(size), free), MOST_FLATS):
        for value in (0, 1, -1, 2):
            part = groebner_basis([*basis, *(generators[k] - value for k in held)], clock)
            algebra = None if part is None else quotient_algebra(part.polynomials, size, clock)
            points = () if algebra is None else represent(algebra, size, clock)[0]
            if any(each.real_roots and each.multiplicity == 1 for each in points):
                return True
    return False
