"""The critical points of a system, all of them: solutions of its equations together with a criticality condition.

At a zero eigenvalue a factor of the characteristic polynomial has the constant term 0; at a pair its even and odd parts
vanish at κ = ω² > 0, another unknown unless the factor is quadratic. Conjugate solutions are one `Locus`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import Any

import flint
import sympy
from flint import fmpq_poly
from sympy import Expr, Symbol

from dynsym.algebra.elimination.solutions import RealSolution, SolutionSet, Unsettled, solution_set
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Relation
from dynsym.algebra.ring import Polynomial
from dynsym.arithmetic.balls import Balls, precision
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, Factor, even_and_odd
from dynsym.derive.crossings.amplitude_loci import matching_root
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution
from dynsym.derive.crossings.windows import Window, inside
from dynsym.derive.elimination.equations import PolynomialForm
from dynsym.derive.equilibria.families import EVERY
from dynsym.derive.wording import roughly
from dynsym.results.ledger import Cell, Critical, Examined

__all__ = ["BY", "CriticalLocus", "critical_loci"]

LONGEST_FORMULA = 12
"""Degree up to which numbers are written as roots; beyond, thirty digits say more."""
BY = "exact basis"


@dataclass(frozen=True, eq=False)
class CriticalLocus:
    """Conjugate critical points: how often zero is an eigenvalue, or which factor has a pair, and ω²."""

    locus: Locus
    multiplicity: int
    factor: Factor
    squared: Element | None = None


def critical_loci(form: PolynomialForm, window: Window | None) -> Iterator[Examined[CriticalLocus]]:
    """For each factor, the zero eigenvalues and the pairs."""
    ring = form.problem.ring
    for factor in form.problem.factors:
        constant, *rest = ring.coefficients(factor.polynomial, EIGENVALUE)
        yield _solved(_Condition(form, factor, Critical.ZERO, (constant,)), window)
        if len(rest) == 2:
            yield _solved(_Condition(form, factor, Critical.PAIR, (rest[0],), (constant, rest[1])), window)
        elif len(rest) > 2:
            parts = even_and_odd(ring, factor.polynomial)
            kappa = (ring.generator(SQUARED_FREQUENCY), ring.one)
            yield _solved(_Condition(form, factor, Critical.PAIR, parts, kappa), window)


@dataclass(frozen=True, eq=False)
class _Condition:
    """Polynomials that vanish where a factor is critical, and ω² as a fraction."""

    form: PolynomialForm
    factor: Factor
    critical: Critical
    polynomials: tuple[Polynomial, ...]
    squared: tuple[Polynomial, Polynomial] | None = None

    @property
    def cell(self) -> Cell:
        return replace(EVERY, critical=self.critical)

    @property
    def unknowns(self) -> tuple[Symbol, ...]:
        has_kappa = any(SQUARED_FREQUENCY in self.form.problem.ring.occurring(p) for p in self.polynomials)
        return (*([SQUARED_FREQUENCY] if has_kappa else []), *self.form.unknowns)

    def equation(self) -> Expr:
        return self.form.expression(self.polynomials[0])

    def is_pair(self, solution: RealSolution) -> bool:
        """Whether ω² is positive, where a pair is asked for."""
        return self.squared is None or solution.sign(self.form.expression(self.squared[0] * self.squared[1])) > 0


def _solved(condition: _Condition, window: Window | None) -> Examined[CriticalLocus]:
    form, cell, clock = condition.form, condition.cell, condition.form.problem.clock
    if any(p.is_zero() for p in condition.polynomials):
        name = form.problem.parameter
        what = "zero is an eigenvalue" if condition.critical is Critical.ZERO else "eigenvalues come in opposite pairs"
        return Examined((), (cell.because(f"{what} for every value of {name}"),), by=BY)
    loci: list[CriticalLocus] = []
    is_proved = True
    left: dict[Cell, None] = {}
    for equations in form.components(*condition.polynomials):
        clock.check("solutions of the equations with a condition", best=loci)
        found = solution_set(equations, condition.unknowns, clock, nonzero=form.nonzero)
        loci += _loci(condition, found, window)
        is_proved = is_proved and all(gap.kind == "curve" for gap in found.open)
        left |= dict.fromkeys(cell.because(gap.reason) for gap in _gaps(found))
    return Examined(tuple(loci), tuple(left), by=BY if is_proved else "")


def _gaps(found: SolutionSet) -> list[Unsettled]:
    """What is open, without the curves on which ω² is negative; curves are named first, in their order."""
    shown = [not any(map(_has_no_frequency, curve)) for curve in found.curves]
    return [gap for k, gap in enumerate(found.open) if k >= len(shown) or shown[k]]


def _has_no_frequency(equation: Expr) -> bool:
    if equation.free_symbols != {SQUARED_FREQUENCY}:
        return False
    coefficients = [int(c) for c in reversed(sympy.Poly(equation, SQUARED_FREQUENCY).all_coeffs())]
    return all(float(root) <= 0 for root in real_roots(flint.fmpz_poly(coefficients)))


def _loci(condition: _Condition, found: SolutionSet, window: Window | None) -> Iterator[CriticalLocus]:
    form = condition.form

    def is_wanted(solution: RealSolution) -> bool:
        with precision(GUARD_BITS):
            if window is not None and not inside(solution.ball(form.problem.parameter), window):
                return False
        return form.is_in_domain(solution) and condition.is_pair(solution)

    for _, group in groupby(found.points, key=lambda p: id(p.conjugates)):
        wanted = [solution for solution in group if is_wanted(solution)]
        if wanted:
            locus = _locus(condition, wanted)
            if condition.squared is None:
                yield CriticalLocus(locus, _multiplicity(form, wanted[0]), condition.factor)
            else:
                squared = locus.element(condition.squared)
                yield CriticalLocus(locus, condition.factor.multiplicity, condition.factor, squared)


def _multiplicity(form: PolynomialForm, solution: RealSolution) -> int:
    """How often zero is a root of the characteristic polynomial, exactly."""
    total = 0
    for factor in form.problem.factors:
        coefficients = form.problem.ring.coefficients(factor.polynomial, EIGENVALUE)
        zeros = takewhile(lambda c: solution.is_zero(form.expression(c)), coefficients)
        total += factor.multiplicity * sum(1 for _ in zeros)
    return total


def _locus(condition: _Condition, solutions: Sequence[RealSolution]) -> Locus:
    """The field Q(T), and in it whatever the problem is made of."""
    problem, conjugates = condition.form.problem, solutions[0].conjugates
    ring, root = problem.ring, problem.amplitude
    assert root is not None

    def polynomial(coefficients: Iterable[Any]) -> Polynomial:
        return ring.from_coefficients([ring.one * int(c) for c in coefficients], root)

    def fraction(numerator: fmpq_poly, denominator: fmpq_poly) -> Element:
        above = polynomial(numerator.numer().coeffs()) * int(denominator.denom())
        return field.element(above, polynomial(denominator.numer().coeffs()) * int(numerator.denom()))

    field = problem.field.with_relations(Relation(root, polynomial(conjugates.polynomial.coeffs())))
    names = {**condition.form.names, SQUARED_FREQUENCY: SQUARED_FREQUENCY}
    put = {
        generator: fraction(conjugates.numerators[condition.unknowns.index(names[generator])], conjugates.slope)
        for generator in ring.generators
        if generator in names and names[generator] in condition.unknowns
    }
    parameter = problem.parameter
    degree = conjugates.polynomial.degree()
    equation = condition.equation()
    if degree <= LONGEST_FORMULA:
        own = solutions[0].minimal_polynomial(parameter).coeffs()
        equation = sympy.Poly([int(c) for c in reversed(own)], parameter).as_expr()
    found = tuple(_solution(condition, solution, degree) for solution in solutions)
    return Locus(equation, field, put, found, degree=degree)


def _solution(condition: _Condition, solution: RealSolution, degree: int) -> Solution:
    form, problem = condition.form, condition.form.problem
    root = problem.amplitude

    def balls() -> Balls:
        own = {**form.place(solution), root: solution.root.ball()}
        if condition.squared is not None:
            if SQUARED_FREQUENCY in condition.unknowns:
                own[SQUARED_FREQUENCY] = solution.ball(SQUARED_FREQUENCY)
            own[SQUARED_FREQUENCY] = evaluate(Element(problem.field, *condition.squared), own)
        return own

    if degree > LONGEST_FORMULA:
        with precision(GUARD_BITS):
            known = {symbol: roughly(found) for symbol, found in form.place(solution).items()}
        return Solution(known[problem.parameter], {}, (), balls, {s.name: known[s] for s in problem.system.states})
    place = solution.root.expression()
    states = {s.name: form.written(solution, s) for s in problem.system.states}
    own = matching_root(solution.minimal_polynomial(problem.parameter), lambda: solution.ball(problem.parameter))
    return Solution(own.expression(), {} if place.has(sympy.CRootOf) else {root: place}, (), balls, states)
