"""Hopf points: where a pair of eigenvalues is purely imaginary.

A factor p of the characteristic polynomial has the roots ±iω where its even and odd parts E(Ω), O(Ω), Ω = ω², have a
common root: where their resultant (the last-but-one Hurwitz minor, up to a sign) vanishes. Ω is then rational in the
rest, by the first subresultant; Ω < 0 is a neutral saddle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import sympy
from flint import arb
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.determinants import determinant, most_terms
from dynsym.algebra.field import Element
from dynsym.algebra.linear import NotSimpleError
from dynsym.algebra.normal_forms import first_lyapunov
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.algebra.signs import positive, sign_of_element, sign_of_polynomial
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, Factor, even_and_odd, shown_factor
from dynsym.derive.crossings.evaluation import LEFT_OUT, NormalFormAt
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import Locus
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.report import reductions_of
from dynsym.derive.crossings.zero import Crossing
from dynsym.derive.normal_forms.coefficients import HopfForm, hopf_form
from dynsym.derive.normal_forms.numbers import Numbers, root
from dynsym.derive.wording import criticality_of
from dynsym.results.ledger import Cell, Critical, Examined

__all__ = [
    "crossing_polynomial",
    "hopf_findings",
    "pair_crossings",
    "several_pairs",
    "squared_frequency",
    "without_odd_part",
]

NORMALISATION = (
    "l1 = Re(G21)/(2 omega), G21 = conj(p).(C(q,q,conj(q)) - 2 B(q, A^-1 B(q,conj(q))) + "
    "B(conj(q), (2 i omega - A)^-1 B(q,q))), A q = i omega q, conj(q).q = 1, conj(p).q = 1 (Kuznetsov)"
)


def hopf_findings(problem: MovingEquilibrium) -> Examined[Crossing]:
    """Every locus on which a simple pair of eigenvalues crosses the imaginary axis."""
    cell = problem.cell(Critical.PAIR)
    return Examined.joined(_pairs(problem, cell), cell, by="the even and odd parts of the characteristic polynomial")


def _pairs(problem: MovingEquilibrium, cell: Cell) -> Iterator[Examined[Crossing]]:
    for factor in problem.factors:
        if problem.ring.degree(factor.polynomial, EIGENVALUE) < 2:
            continue
        even, odd = even_and_odd(problem.ring, factor.polynomial)
        if odd.is_zero():
            yield without_odd_part(problem, factor, cell)
            continue
        places = loci(problem, crossing_polynomial(problem.ring, even, odd, problem.clock), cell)
        yield Examined((), places.open, by=places.by)
        for locus in (place for place in places.found if not place.is_pole(problem)):
            problem.clock.check("conditions for an imaginary pair")
            squared = squared_frequency(problem, locus, even, odd)
            if squared is None:
                yield Examined((), (several_pairs(locus, cell),), by="")
                continue
            for finding in pair_crossings(problem, factor, locus, squared):
                yield Examined((finding,), (), by=places.by)


def several_pairs(locus: Locus, cell: Cell) -> Cell:
    """Where even and odd parts have several common roots, none is singled out."""
    return cell.because(f"where {locus.equation} = 0 more than one pair of eigenvalues is opposite")


def without_odd_part(problem: MovingEquilibrium, factor: Factor, cell: Cell) -> Examined[Crossing]:
    """Opposite eigenvalues for every parameter: never imaginary where the even part has no sign change."""
    even, _ = even_and_odd(problem.ring, factor.polynomial)
    parts = [c for c in problem.ring.coefficients(even, SQUARED_FREQUENCY) if not c.is_zero()]
    if None not in (signs := {sign_of_polynomial(problem.ring, c) for c in parts}) and len(signs) == 1:
        return Examined((), (), by="an even part without positive roots")
    shown = shown_factor(problem.ring, factor.polynomial)
    reason = f"the eigenvalues of {shown} come in opposite pairs for every value of {problem.parameter}"
    return Examined((), (cell.because(reason),), by="")


def crossing_polynomial(ring: Ring, even: Polynomial, odd: Polynomial, clock: Clock) -> Polynomial:
    """Vanishes where E and O have a common root."""
    m, k = (ring.degree(p, SQUARED_FREQUENCY) for p in (even, odd))
    if k <= 0:
        return odd
    rows = [_padded(ring, even, shift, m + k) for shift in range(k)]
    rows += [_padded(ring, odd, shift, m + k) for shift in range(m)]
    entries = {(i, j): c for i, row in enumerate(rows) for j, c in enumerate(row) if not c.is_zero()}
    parts = tuple(ring.expression(part) for part in (even, odd))
    clock.check_terms("Hopf determinant", most_terms(entries, m + k, clock), best=parts)
    return ring.resultant(even, odd, SQUARED_FREQUENCY)


def squared_frequency(problem: MovingEquilibrium, locus: Locus, even: Polynomial, odd: Polynomial) -> Element | None:
    """Ω on a locus, or None where E and O share more than one root."""
    ring = problem.ring
    candidates = []
    for common in _linear_combinations(ring, even, odd, problem):
        low, high = ring.coefficients(common, SQUARED_FREQUENCY)
        below = locus.element((high, ring.one))
        if not below.is_zero:
            candidates.append(-locus.element((low, ring.one)) / below)
    return min(candidates, key=lambda e: e.size, default=None)


def _linear_combinations(ring: Ring, even: Polynomial, odd: Polynomial, problem: MovingEquilibrium) -> list[Polynomial]:
    """Polynomials of degree one in Ω in the ideal of E and O: they themselves, or the first subresultant."""
    linear = [p for p in (even, odd) if ring.degree(p, SQUARED_FREQUENCY) == 1]
    if linear:
        return linear
    m, k = (ring.degree(p, SQUARED_FREQUENCY) for p in (even, odd))
    rows = [_padded(ring, even, shift, m + k - 1) for shift in range(k - 1)]
    rows += [_padded(ring, odd, shift, m + k - 1) for shift in range(m - 1)]
    coefficients = []
    for power in (0, 1):
        columns = [power, *range(2, m + k - 1)]
        entries = {(i, j): row[c] for i, row in enumerate(rows) for j, c in enumerate(columns) if not row[c].is_zero()}
        coefficients.append(determinant(ring, entries, len(rows), problem.clock))
    return [ring.from_coefficients(coefficients, SQUARED_FREQUENCY)] if not coefficients[1].is_zero() else []


def _padded(ring: Ring, polynomial: Polynomial, shift: int, size: int) -> list[Polynomial]:
    own = ring.coefficients(polynomial, SQUARED_FREQUENCY)
    return [ring.zero] * shift + own + [ring.zero] * (size - shift - len(own))


def pair_crossings(problem: MovingEquilibrium, factor: Factor, locus: Locus, squared: Element) -> Iterator[Crossing]:
    """Real frequencies only; a squared frequency of unknown sign becomes a condition."""
    if sign_of_element(squared) in (0, -1):
        return
    normal_form = NormalFormAt(problem, locus, hopf_form, squared)
    for solution in locus.solutions:
        exact = normal_form.numbers(solution)
        needed = None
        if solution.encloses(squared):
            if exact.sign(squared) in (0, -1):
                continue
        elif sign_of_element(squared) is None:
            needed = positive(squared)
            if needed is sympy.false:
                continue
        plain = Crossing(
            "hopf",
            locus,
            solution,
            frequency=normal_form.frequency(solution),
            constraints=() if needed is None else (needed.xreplace(dict(solution.replacements)),),
            reductions=reductions_of(problem, locus),
        )
        if factor.multiplicity > 1:
            plain = replace(plain, multiplicity=factor.multiplicity)
            yield _degenerate(plain, f"the pair has multiplicity {factor.multiplicity} there")
            continue
        yield normal_form.read(solution, partial(_from_form, plain), partial(_without_normal_form, plain))


def _degenerate(plain: Crossing, note: str, mode: tuple[Expr, ...] | None = None) -> Crossing:
    return replace(plain, kind="degenerate", criticality="degenerate", mode=mode, notes=(note,))


def _without_normal_form(plain: Crossing, stop: Exception) -> Crossing:
    """A degeneracy that is decided, or work that was left out."""
    if isinstance(stop, NotSimpleError):
        plain = replace(plain, multiplicity=None)
        return _degenerate(plain, "another eigenvalue is critical there: zero, the same pair again, or twice the pair")
    return replace(plain, notes=(f"{LEFT_OUT}: {stop}",), decided=False)


def _from_form(plain: Crossing, form: HopfForm, numbers: Numbers) -> Crossing:
    """What a normal form says, over any kind of numbers."""
    plain = replace(plain, reductions=(*plain.reductions, *numbers.how))
    mode = numbers.direction(form.q)
    if numbers.is_zero(form.transversality):
        return _degenerate(plain, "the pair does not cross the axis at non-zero speed", mode)
    own = (lambda g21, squared: first_lyapunov(g21, root(squared)), form.real_g21, numbers.squared)
    coefficient, sign = numbers.write(*own), numbers.sign(form.real_g21)
    return replace(
        plain,
        nondegeneracy=coefficient,
        transversality=numbers.write(None, form.transversality),
        coefficient=coefficient,
        coefficient_ball=arb(0) if sign == 0 else numbers.enclose(*own),
        normalisation=NORMALISATION,
        criticality=criticality_of(sign),
        mode=mode,
        notes=("the first Lyapunov coefficient vanishes: the Hopf point is degenerate",) if sign == 0 else (),
    )
