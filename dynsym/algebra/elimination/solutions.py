"""All real solutions of polynomial equations with rational coefficients, exact, and what is not settled about them.

Equations, Gröbner basis, quotient algebra, rational univariate representation, real roots. Every point is put into
the equations exactly, whatever the engine that found it. Poles are left out by an unknown t with
``t * denominator = 1``, and so is each curve of solutions: what is listed beside a curve keeps its multiplicity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import prod
from typing import Any

import flint
import sympy
from flint import arb, fmpq, fmpz_mpoly, fmpz_poly
from sympy import Expr, Rational, Symbol

from dynsym._budget import Clock
from dynsym.algebra.elimination.conjugates import Conjugates
from dynsym.algebra.elimination.curves import has_regular_real_point, parts_of
from dynsym.algebra.elimination.groebner import graded_ring, groebner_basis
from dynsym.algebra.elimination.quotient import quotient_algebra
from dynsym.algebra.elimination.representation import represent
from dynsym.algebra.ring import Ring, factored
from dynsym.algebra.signs import never_vanishes
from dynsym.arithmetic.balls import polynomial_ball, precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError

__all__ = ["RealSolution", "SolutionSet", "Unsettled", "solution_set"]

LARGEST_MINIMAL = 24
"""Degree up to which a coordinate is asked for a polynomial of its own."""


@dataclass(frozen=True)
class Unsettled:
    """Why a list of solutions may be incomplete; `kind` is budget, primes, curve or check."""

    kind: str
    reason: str


class _Unknowns:
    """The unknowns, and expressions as polynomials in them."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.ring = Ring(self.symbols)

    def terms(self, expression: Expr) -> list[tuple[Any, fmpq]]:
        """Powers and coefficients; `UnsupportedFeatureError` where it is no polynomial with rational coefficients."""
        numerator, denominator = self.ring.quotient(sympy.S(expression))
        if not denominator.is_constant():
            raise UnsupportedFeatureError(
                f"{expression} has a denominator in {', '.join(map(str, self.symbols))}. A polynomial is needed. "
                "Try its numerator."
            )
        scale = denominator.leading_coefficient()
        return [(powers, fmpq(c, scale)) for powers, c in numerator.terms()]


@dataclass(frozen=True, eq=False)
class RealSolution:
    """One real point: which root T of `polynomial`, and every unknown as a function of it."""

    conjugates: Conjugates
    root: RealRoot
    _unknowns: _Unknowns

    @property
    def multiplicity(self) -> int:
        """Of the point in the ideal of the equations."""
        return self.conjugates.multiplicity

    @property
    def is_simple(self) -> bool:
        return self.multiplicity == 1

    @property
    def polynomial(self) -> fmpz_poly:
        """The irreducible polynomial of T."""
        return self.conjugates.polynomial

    def ball(self, unknown: Symbol) -> arb:
        """An enclosure that is as narrow as the working precision allows."""
        k, wanted = self._unknowns.symbols.index(unknown), flint.ctx.prec
        bits = wanted + 32
        while True:
            with precision(bits):
                found = self.conjugates.ball(k, self.root)
            if found.is_exact() or found.rel_accuracy_bits() >= wanted:
                return found
            bits *= 2

    def is_zero(self, polynomial: Expr) -> bool:
        """Exactly."""
        return self.conjugates.vanishes(self._unknowns.terms(polynomial))

    def sign(self, polynomial: Expr) -> int:
        """1, -1, or 0 for an exact zero."""
        terms = self._unknowns.terms(polynomial)
        if self.conjugates.vanishes(terms):
            return 0
        bits = 128
        while True:
            with precision(bits):
                value = polynomial_ball(terms, [self.ball(u) for u in self._unknowns.symbols])
            if not value.contains(0):
                return 1 if value > 0 else -1
            bits *= 2

    def rank(self, matrix: Sequence[Sequence[Expr]]) -> int:
        """The exact rank of a matrix of polynomials in the unknowns."""
        return self.conjugates.rank([[self._unknowns.terms(entry) for entry in row] for row in matrix])

    def minimal_polynomial(self, unknown: Symbol) -> fmpz_poly:
        """The irreducible integer polynomial of one coordinate."""
        return self.conjugates.minimal_polynomial(self._unknowns.symbols.index(unknown))

    def expression(self, unknown: Symbol) -> Expr:
        """The coordinate: rational, by roots, or g(T)/q'(T) with the root T that all coordinates share."""
        k, each, place = self._unknowns.symbols.index(unknown), self.conjugates, self.root.expression()
        if not place.has(sympy.CRootOf):
            return sympy.expand(_expression(each.coordinates[k], place))
        if self.polynomial.degree() <= LARGEST_MINIMAL:
            own = self._own_root(k, unknown).expression()
            if not own.has(sympy.CRootOf):
                return own
        if each.form[k] == 1 and not any(w for j, w in enumerate(each.form) if j != k):
            return place
        return _expression(each.numerators[k], place) / _expression(each.slope, place)

    def _own_root(self, k: int, unknown: Symbol) -> RealRoot:
        candidates, bits = real_roots(self.conjugates.minimal_polynomial(k)), 128
        while True:
            with precision(bits):
                place = self.ball(unknown)
                near = [root for root in candidates if root.ball().overlaps(place)]
            if len(near) == 1:
                return near[0]
            bits *= 2


def _expression(polynomial: flint.fmpq_poly, place: Expr) -> Expr:
    coefficients = [Rational(int(c.p), int(c.q)) for c in polynomial.coeffs()]
    return sympy.Add(*(c * place**k for k, c in enumerate(coefficients)))


@dataclass(frozen=True, eq=False)
class SolutionSet:
    """Real points of a system; all of them outside the curves where `open` is empty or names curves alone.

    `degree` counts the complex points with multiplicity, `complex_count` without; None where they are not known.
    Each of `curves` is a tuple of polynomials: all solutions that are not points satisfy one of these tuples.
    """

    points: tuple[RealSolution, ...]
    open: tuple[Unsettled, ...] = ()
    curves: tuple[tuple[Expr, ...], ...] = ()
    degree: int | None = None
    complex_count: int | None = None
    _bases: tuple[list[fmpz_mpoly], ...] = ()

    @property
    def dimension(self) -> int:
        """Zero, or one where there are curves or more."""
        return int(bool(self.curves))

    def fills_a_curve(self, clock: Clock) -> bool:
        """Whether one of the curves is proved to have real points, infinitely many."""
        try:
            return any(has_regular_real_point(basis, clock) for basis in self._bases)
        except BudgetExceeded:
            return False


@dataclass(frozen=True)
class _Found:
    """The points of one zero-dimensional ideal."""

    conjugates: tuple[Conjugates, ...]
    degree: int
    open: tuple[Unsettled, ...]


def solution_set(
    equations: Sequence[Expr], unknowns: Sequence[Symbol], clock: Clock, *, nonzero: Sequence[Expr] = ()
) -> SolutionSet:
    """The solutions of equations that are rational in the unknowns, with rational coefficients.

    Solutions at which a denominator or an expression of `nonzero` vanishes are left out.
    """
    known = _Unknowns(unknowns)
    quotients = [known.ring.quotient(sympy.S(e)) for e in equations]
    avoided = [denominator for _, denominator in quotients] + [known.ring.polynomial(sympy.S(e)) for e in nonzero]
    context = graded_ring(len(known.symbols))
    system = _System(
        [context.from_dict(n.to_dict()) for n, _ in quotients if n != 0],
        _without_repetition([context.from_dict(p.to_dict()) for p in avoided], context),
        known,
        clock,
    )
    if any(p == 0 for p in avoided) or any(p.is_constant() for p in system.equations):
        return SolutionSet((), degree=0, complex_count=0)
    if not system.equations:
        return SolutionSet((), (Unsettled("curve", "the equations hold everywhere"),), curves=((),))
    try:
        found = system.isolated(system.avoided)
        return system.beside_curves() if found is None else system.described(found)
    except BudgetExceeded as error:
        return SolutionSet((), (Unsettled("budget", str(error)),))


def _without_repetition(polynomials: Sequence[fmpz_mpoly], context: Any) -> fmpz_mpoly:
    """The product of the distinct irreducible factors."""
    factors: list[fmpz_mpoly] = []
    for polynomial in polynomials:
        for factor, _ in factored(polynomial)[1]:
            if factor not in factors:
                factors.append(factor)
    return reduce(lambda a, b: a * b, factors, context.constant(1))


@dataclass(frozen=True, eq=False)
class _System:
    """Equations whose solutions are wanted where `avoided` does not vanish."""

    equations: list[fmpz_mpoly]
    avoided: fmpz_mpoly
    unknowns: _Unknowns
    clock: Clock

    def isolated(self, avoided: fmpz_mpoly) -> _Found | None:
        """The points where `avoided` is not zero, or None where they are not finite in number."""
        size, given = len(self.unknowns.symbols), self.equations
        if not avoided.is_constant():
            given = _saturated(given, avoided)
        basis = groebner_basis(given, self.clock)
        if basis is None:
            raise BudgetExceeded(
                f"No Gröbner basis of {len(given)} polynomials was found. One is needed to list their zeros. "
                "Try a larger Budget(seconds=...), or install other engines: pip install dynsym[algebra]."
            )
        algebra = quotient_algebra(basis.polynomials, given[0].context().nvars(), self.clock)
        if algebra is None:
            return None
        conjugates, is_exact = represent(algebra, size, self.clock)
        true = tuple(c for c in conjugates if self._holds(c, avoided))
        gaps = []
        if len(true) < len(conjugates):
            lost = sum(c.polynomial.degree() for c in conjugates if c not in true)
            gaps.append(Unsettled("check", f"{lost} of {algebra.dimension} points do not satisfy the equations"))
        distinct = sum(c.polynomial.degree() for c in true)
        if not (basis.is_exact and is_exact) and not (
            len(given) == given[0].context().nvars() and distinct == prod(p.total_degree() for p in given)
        ):
            what = "the multiplicities rest" if basis.is_exact else "that there are no others rests"
            gaps.append(Unsettled("primes", f"{what} on arithmetic modulo primes"))
        return _Found(true, algebra.dimension, tuple(gaps))

    def _holds(self, conjugates: Conjugates, avoided: fmpz_mpoly) -> bool:
        return (
            conjugates.is_consistent()
            and all(conjugates.vanishes(p.terms()) for p in self.equations)
            and not conjugates.vanishes(avoided.terms())
        )

    def described(self, found: _Found) -> SolutionSet:
        points = tuple(RealSolution(c, root, self.unknowns) for c in found.conjugates for root in c.real_roots)
        return SolutionSet(
            points,
            found.open,
            degree=found.degree,
            complex_count=sum(c.polynomial.degree() for c in found.conjugates),
        )

    def beside_curves(self) -> SolutionSet:
        """The points outside every curve, with the multiplicity that all equations together give them."""
        parts = parts_of(self.equations, self.clock)
        curves = [p.basis.polynomials for p in parts if p.algebra is None and self._is_curve(p.basis.polynomials)]
        names = tuple(tuple(self._expression(p) for p in curve) for curve in curves)
        texts = [
            " and ".join(f"{p} = 0" for p in name) for name, c in zip(names, curves, strict=True) if self._is_real(c)
        ]
        gaps = [Unsettled("curve", f"solutions are not isolated where {text}") for text in texts]
        points: list[RealSolution] = []
        passed = list(curves)
        for part in parts:
            if part.algebra is None:
                continue
            try:
                conjugates, is_exact = represent(part.algebra, len(self.unknowns.symbols), self.clock)
            except BudgetExceeded as error:
                gaps.append(Unsettled("budget", str(error)))
                continue
            if not (part.basis.is_exact and is_exact):
                gaps.append(Unsettled("primes", "that there are no others rests on arithmetic modulo primes"))
            for each in conjugates:
                if any(all(each.vanishes(p.terms()) for p in seen) for seen in passed):
                    continue
                if each.vanishes(self.avoided.terms()):
                    continue
                if not self._holds(each, self.avoided):
                    gaps.append(Unsettled("check", "a point does not satisfy the equations"))
                    continue
                multiplicity = each.local_multiplicity(self.equations)
                if multiplicity is None:
                    gaps.append(Unsettled("budget", "a point of high multiplicity is not listed"))
                    continue
                counted = replace(each, multiplicity=multiplicity)
                points += [RealSolution(counted, root, self.unknowns) for root in counted.real_roots]
            passed.append(part.basis.polynomials)
        return SolutionSet(
            tuple(points), tuple(gaps), names, _bases=tuple(curves) if self.avoided.is_constant() else ()
        )

    def _is_curve(self, basis: Sequence[fmpz_mpoly]) -> bool:
        """Whether some of it lies where `avoided` does not vanish."""
        if self.avoided.is_constant():
            return True
        part = groebner_basis(_saturated(basis, self.avoided), self.clock)
        return part is None or not any(p.is_constant() for p in part.polynomials)

    def _is_real(self, curve: Sequence[fmpz_mpoly]) -> bool:
        """Whether real points are not excluded by the sign of one polynomial."""
        ring = self.unknowns.ring
        return not any(never_vanishes(ring, ring.context.from_dict(p.to_dict())) for p in curve)

    def _expression(self, polynomial: fmpz_mpoly) -> Expr:
        ring = self.unknowns.ring
        return ring.expression(ring.context.from_dict(polynomial.to_dict()))


def _saturated(polynomials: Sequence[fmpz_mpoly], avoided: fmpz_mpoly) -> list[fmpz_mpoly]:
    """In one more unknown t, with ``t * avoided = 1``."""
    context = graded_ring(avoided.context().nvars() + 1)
    raised = [context.from_dict({(*powers, 0): c for powers, c in p.terms()}) for p in [*polynomials, avoided]]
    return [*raised[:-1], context.gens()[-1] * raised[-1] - 1]
