"""Polynomial first integrals of given degree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.algebra.field import Element, Field, root_relations
from dynsym.algebra.linear import ExactAlgebra, cleared
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.tidy import tidy
from dynsym.errors import ParameterError
from dynsym.model.matrices.matrix_system import as_symbolic_system

if TYPE_CHECKING:
    from dynsym.model import MatrixSystem, SymbolicSystem

__all__ = ["first_integrals"]


def first_integrals(
    system: SymbolicSystem | MatrixSystem,
    degree: int,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> tuple[Expr, ...]:
    r"""Polynomials in the states that are conserved, up to a degree.

    :math:`\nabla H \cdot f = 0` is linear in the coefficients of H; it is solved exactly for generic parameters.

    Parameters
    ----------
    system : SymbolicSystem, or MatrixSystem without symbolic sizes
    degree : int
        The highest total degree of H.

    Returns
    -------
    tuple of Expr
        Integrals of which none is a polynomial in the ones before it of the degrees in question; empty where there is
        none.

    Raises
    ------
    ParameterError
        If the degree is no positive integer.
    BudgetExceeded
        If the budget is used up; `best` holds the integrals of lower degree.

    Examples
    --------
    >>> import dynsym as ds
    >>> pendulum = ds.system_from_equations({"x": "y", "y": "-k*x"}, parameters={"k": None})
    >>> first_integrals(pendulum, 2)
    (k*x**2 + y**2,)
    """
    if degree < 1:
        raise ParameterError(f"The degree was given as {degree!r}; it is a positive integer, as in degree=2.")
    system = as_symbolic_system(system)
    substitution = dict(system.substitution(values, free))
    rates = [rate.xreplace(substitution) for rate in system.rhs]
    clock = budget.start()
    found: list[Expr] = []
    for highest in range(1, degree + 1):
        clock.check("first integrals", best=tuple(found))
        monomials = _monomials(system.states, highest)
        ring = Ring(generators_of([*rates, *system.states]))
        field = Field(ring, root_relations(ring))
        rows = _conditions(system.states, monomials, rates, ring, field)
        basis = _nullspace(rows, len(monomials), field, clock)
        known = _products(found, highest, system.states)
        for vector in _complement(basis, known, monomials, field, clock):
            terms = [tidy(c) * m for c, m in zip(cleared(field, vector), monomials, strict=True) if not c.is_zero]
            found.append(sympy.Add(*terms))
    return tuple(found)


def _monomials(states: tuple[Symbol, ...], degree: int) -> list[Expr]:
    return [sympy.Mul(*chosen) for d in range(1, degree + 1) for chosen in combinations_with_replacement(states, d)]


def _conditions(
    states: tuple[Symbol, ...], monomials: list[Expr], rates: list[Expr], ring: Ring, field: Field
) -> list[list[Element]]:
    """One row for each monomial in states and functions of them, one column for each unknown coefficient."""
    moving = [g for g in ring.generators if g.free_symbols & set(states)]
    places = [ring.index(g) for g in moving]
    common = ring.common_multiple(ring.quotient(rate)[1] for rate in rates)
    table: dict[tuple[int, ...], dict[int, dict[tuple[int, ...], Any]]] = {}
    for column, monomial in enumerate(monomials):
        total = ring.zero
        for state, rate in zip(states, rates, strict=True):
            slope = monomial.diff(state)
            if slope != 0:
                numerator, denominator = ring.quotient(rate)
                total = total + ring.polynomial(slope) * numerator * (common / denominator)
        for powers, coefficient in total.to_dict().items():
            key = tuple(powers[k] for k in places)
            rest = tuple(0 if k in places else p for k, p in enumerate(powers))
            table.setdefault(key, {}).setdefault(column, {})[rest] = coefficient
    return [
        [field.element(ring.context.from_dict(row[c])) if c in row else field.zero for c in range(len(monomials))]
        for row in table.values()
    ]


def _nullspace(rows: list[list[Element]], columns: int, field: Field, clock: Any) -> list[list[Element]]:
    reduced, pivots = ExactAlgebra(field, clock).eliminated([list(row) for row in rows], columns)
    basis = []
    for free in (j for j in range(columns) if j not in pivots):
        vector = [field.zero] * columns
        vector[free] = field.one
        for column, row in pivots.items():
            vector[column] = -reduced[row][free]
        basis.append(vector)
    return basis


def _products(found: list[Expr], degree: int, states: tuple[Symbol, ...]) -> list[Expr]:
    """Products of known integrals up to a degree; these are integrals that say nothing fresh."""
    degrees = [sympy.Poly(h, *states).total_degree() for h in found]
    products = []
    for count in range(1, degree + 1):
        for chosen in combinations_with_replacement(range(len(found)), count):
            if sum(degrees[k] for k in chosen) <= degree:
                products.append(sympy.expand(sympy.Mul(*[found[k] for k in chosen])))
    return products


def _complement(
    basis: list[list[Element]], known: list[Expr], monomials: list[Expr], field: Field, clock: Any
) -> list[list[Element]]:
    """Vectors of the basis that do not lie in the span of known integrals and of the ones taken before."""
    states = sorted(set().union(*(m.free_symbols for m in monomials)), key=str)
    spanned: list[list[Element]] = []
    for integral in known:
        terms = dict(sympy.Poly(integral, *states).terms())
        exponents = [sympy.Poly(m, *states).monoms()[0] for m in monomials]
        spanned.append([field(terms.get(e, sympy.S.Zero)) for e in exponents])
    algebra = ExactAlgebra(field, clock)
    chosen = []
    for vector in basis:
        _, before = algebra.eliminated([list(row) for row in spanned], len(monomials))
        _, after = algebra.eliminated([list(row) for row in [*spanned, vector]], len(monomials))
        if len(after) > len(before):
            spanned.append(vector)
            chosen.append(vector)
    return chosen
