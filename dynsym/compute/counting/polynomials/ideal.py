"""Real solutions of a polynomial system with rational coefficients, counted exactly.

A Gröbner basis (flint's Buchberger algorithm, with limits) gives the quotient algebra; if it has finite dimension D,
the signature of the trace form Tr(M_ab) is the number of distinct real solutions and its rank that of all distinct
ones (Hermite; [1]_). Each coordinate is a root of the characteristic polynomial of its multiplication matrix: the
tuples of isolated roots on which the equations may vanish, once as many as the signature, are the solutions.

References
----------
.. [1] D. Cox, J. Little, D. O'Shea, *Using Algebraic Geometry*, 2nd edition, chapter 2, section 5.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import Ordering, arb, fmpq, fmpq_mat, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec, fmpz_poly
from sympy import Expr, Poly, PolynomialError, Symbol

from dynsym.arithmetic.balls import polynomial_ball, precision

__all__ = ["IdealAnswer", "solve_ideal"]

LIMITS = (300, 400, 20_000)
"""Of Buchberger's algorithm: polynomials in the basis, terms of each, bits of a coefficient."""
LARGEST_ALGEBRA = 48
MOST_TUPLES = 40_000
DEEPEST_SPLIT = 12
PRECISIONS = (128, 512, 2048)


@dataclass(frozen=True)
class IdealAnswer:
    """What is known of the real solutions."""

    count: int | None
    solutions: tuple[tuple[arb, ...], ...] | None
    is_simple: bool = True


def solve_ideal(equations: Sequence[Expr], variables: Sequence[Symbol]) -> IdealAnswer | None:
    """Count and enclose the real solutions of polynomial equations."""
    context: Any = fmpz_mpoly_ctx.get(tuple(f"x{k}" for k in range(len(variables))), Ordering.degrevlex)
    polynomials = []
    for equation in equations:
        numerator = _numerator(equation, variables, context)
        if numerator is None:
            return None
        if numerator != 0:
            polynomials.append(numerator)
    basis = _basis(polynomials, context)
    if basis is None:
        return None
    algebra = _Algebra.of(basis, len(variables))
    if algebra is None:
        return IdealAnswer(None, None) if _has_curve(basis, context, DEEPEST_SPLIT) else None
    if algebra.dimension > LARGEST_ALGEBRA:
        return None
    count, all_distinct = algebra.real_and_distinct()
    solutions = _located(algebra, polynomials, count)
    return IdealAnswer(count, solutions, all_distinct == algebra.dimension)


def _numerator(equation: Expr, variables: Sequence[Symbol], context: fmpz_mpoly_ctx) -> fmpz_mpoly | None:
    """The polynomial with its denominators cleared, or None."""
    if not equation.is_polynomial(*variables):
        return None
    try:
        poly = Poly(equation, *variables)
    except PolynomialError:
        return None
    if not all(c.is_Rational for c in poly.coeffs()):
        return None
    cleared = poly.clear_denoms(convert=True)[1]
    return context.from_dict({powers: int(c) for powers, c in cleared.terms() if c != 0})


def _basis(polynomials: Sequence[fmpz_mpoly], context: fmpz_mpoly_ctx) -> list[fmpz_mpoly] | None:
    """A reduced Gröbner basis, or None beyond the limits."""
    if not polynomials:
        return []
    found: Any
    found, complete = fmpz_mpoly_vec(list(polynomials), context).buchberger_naive(limits=LIMITS)
    return list(found.autoreduction()) if complete else None


@dataclass(frozen=True, eq=False)
class _Algebra:
    """The quotient algebra of a zero-dimensional ideal: its monomials, and multiplication by each variable."""

    monomials: list[tuple[int, ...]]
    multiply: list[fmpq_mat]

    @property
    def dimension(self) -> int:
        return len(self.monomials)

    @classmethod
    def of(cls, basis: list[fmpz_mpoly], size: int) -> _Algebra | None:
        """None where the ideal is not zero-dimensional."""
        leading = {tuple(map(int, p.monoms()[0])): p for p in basis}
        if (0,) * size in leading:
            return cls([], [fmpq_mat(0, 0, []) for _ in range(size)])
        pure = [[m[k] for m in leading if sum(m) == m[k] > 0] for k in range(size)]
        if not all(pure):
            return None
        if _product(min(p) for p in pure) > 64 * LARGEST_ALGEBRA:
            return None
        monomials = sorted(
            (
                m
                for m in itertools.product(*(range(min(p)) for p in pure))
                if not any(all(a <= b for a, b in zip(lead, m, strict=True)) for lead in leading)
            ),
            key=_order,
        )
        if len(monomials) > LARGEST_ALGEBRA:
            return cls(monomials, [])
        return cls(monomials, _multiplications(leading, monomials, size))

    def real_and_distinct(self) -> tuple[int, int]:
        """Numbers of distinct real and of distinct complex solutions: signature and rank of the trace form."""
        size = self.dimension
        if size == 0:
            return 0, 0
        powers = self._monomial_matrices()
        traces = [sum((m[k, k] for k in range(size)), fmpq(0)) for m in powers]
        form = fmpq_mat(size, size)
        for a, matrix in enumerate(powers):
            for b in range(size):
                form[a, b] = sum((matrix[c, b] * traces[c] for c in range(size)), fmpq(0))
        coefficients = form.charpoly().coeffs()
        positive = _variations(coefficients)
        negative = _variations([c * (-1) ** k for k, c in enumerate(coefficients)])
        return positive - negative, positive + negative

    def _monomial_matrices(self) -> list[fmpq_mat]:
        """Multiplication by each monomial."""
        size = self.dimension
        identity = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
        found: dict[tuple[int, ...], fmpq_mat] = {}
        for monomial in self.monomials:
            k = next((k for k, power in enumerate(monomial) if power), None)
            if k is None:
                found[monomial] = identity
            else:
                lower = tuple(p - (j == k) for j, p in enumerate(monomial))
                found[monomial] = self.multiply[k] * found[lower]
        return [found[m] for m in self.monomials]


def _order(monomial: tuple[int, ...]) -> tuple[int, ...]:
    """Sorts monomials by degree, then reverse lexicographically, ascending."""
    return (sum(monomial), *(-power for power in reversed(monomial)))


def _product(numbers: object) -> int:
    total = 1
    for number in numbers:  # type: ignore[attr-defined]
        total *= number
    return total


def _multiplications(
    leading: dict[tuple[int, ...], fmpz_mpoly], monomials: list[tuple[int, ...]], size: int
) -> list[fmpq_mat]:
    """Matrices of multiplication by each variable; normal forms of the border in ascending order."""
    position = {m: k for k, m in enumerate(monomials)}
    count = len(monomials)
    normal: dict[tuple[int, ...], list[fmpq]] = {
        m: [fmpq(int(k == j)) for j in range(count)] for m, k in position.items()
    }

    def raised(monomial: tuple[int, ...], k: int) -> tuple[int, ...]:
        return tuple(p + (j == k) for j, p in enumerate(monomial))

    border = sorted({raised(m, k) for m in monomials for k in range(size)} - set(position), key=_order)
    for target in border:
        if target in leading:
            polynomial = leading[target]
            lead = fmpq(int(polynomial.coeffs()[0]))
            vector = [fmpq(0)] * count
            for powers, coefficient in list(zip(polynomial.monoms(), polynomial.coeffs(), strict=True))[1:]:
                vector[position[tuple(map(int, powers))]] -= fmpq(int(coefficient)) / lead
            normal[target] = vector
            continue
        k, lower = next(
            (k, lower)
            for k in range(size)
            if target[k]
            and (lower := tuple(p - (j == k) for j, p in enumerate(target))) in normal
            and lower not in position
        )
        vector = [fmpq(0)] * count
        for weight, monomial in zip(normal[lower], monomials, strict=True):
            if weight != 0:
                vector = [x + weight * y for x, y in zip(vector, normal[raised(monomial, k)], strict=True)]
        normal[target] = vector
    return [
        fmpq_mat(count, count, [normal[raised(m, k)][row] for row in range(count) for m in monomials])
        for k in range(size)
    ]


def _variations(coefficients: Sequence[fmpq]) -> int:
    signs = [1 if c > 0 else -1 for c in coefficients if c != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def _located(algebra: _Algebra, polynomials: Sequence[fmpz_mpoly], count: int) -> tuple[tuple[arb, ...], ...] | None:
    """A box around each real solution, or None where they are too many to be told apart."""
    if count == 0:
        return ()
    for bits in PRECISIONS:
        with precision(bits):
            coordinates = []
            for matrix in algebra.multiply:
                roots: list[arb] = []
                for factor, _ in fmpz_poly(matrix.charpoly().numer()).factor_squarefree()[1]:
                    isolated: Any = factor.complex_roots()
                    roots += [root.real for root, _ in isolated if root.imag.is_zero()]
                coordinates.append(roots)
            if _product(len(roots) for roots in coordinates) > MOST_TUPLES:
                return None
            possible = [p for p in itertools.product(*coordinates) if _may_vanish(polynomials, p)]
            if len(possible) == count:
                return tuple(possible)
    return None


def _may_vanish(polynomials: Sequence[fmpz_mpoly], point: tuple[arb, ...]) -> bool:
    return all(polynomial_ball(p.to_dict().items(), point).contains(0) for p in polynomials)


def _has_curve(basis: list[fmpz_mpoly], context: fmpz_mpoly_ctx, depth: int) -> bool:
    """Whether a curve of real solutions is proved.

    The ideal is split along factors. A component of k equations has one where fixing the other variables leaves a
    simple real solution in k unknowns (implicit function theorem).
    """
    for polynomial in basis:
        if polynomial.is_constant():
            return False
        factors = [factor for factor, _ in polynomial.factor()[1]]
        if len(factors) > 1 or factors[0].total_degree() < polynomial.total_degree():
            if depth == 0:
                return False
            rest = [p for p in basis if p is not polynomial]
            for factor in factors:
                part = _basis([*rest, factor], context)
                if part is not None and _has_curve(part, context, depth - 1):
                    return True
            return False
    return _has_regular_point(basis, context)


def _has_regular_point(basis: list[fmpz_mpoly], context: fmpz_mpoly_ctx) -> bool:
    size, free = context.nvars(), context.nvars() - len(basis)
    if free <= 0:
        return False
    generators = context.gens()
    for chosen in itertools.islice(itertools.combinations(range(size), free), 60):
        for value in (0, 1, -1, 2):
            fixed = [generators[k] - value for k in chosen]
            part = _basis([*basis, *fixed], context)
            algebra = None if part is None else _Algebra.of(part, size)
            if algebra is None or not 0 < algebra.dimension <= LARGEST_ALGEBRA:
                continue
            real, distinct = algebra.real_and_distinct()
            if real > 0 and distinct == algebra.dimension:
                return True
    return False
