"""Hopf points: where a pair of eigenvalues is purely imaginary.

A factor p of the characteristic polynomial has the roots ±iω where its even and odd parts E(Ω), O(Ω), Ω = ω², have a
common root: where their resultant (the last-but-one Hurwitz minor, up to a sign) vanishes. Ω is then rational in the
rest, by the first subresultant; Ω < 0 is a neutral saddle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy
from flint import acb, arb

from dynsym._budget import Clock
from dynsym.algebra.determinants import determinant, most_terms
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Field, Relation, element_is_zero
from dynsym.algebra.linear import BallAlgebra, ExactAlgebra, NotSimpleError
from dynsym.algebra.normal_forms import first_lyapunov
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.algebra.signs import positive, sign_of_element
from dynsym.algebra.tidy import factored, tidy
from dynsym.arithmetic.balls import precision, sign_of
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, Factor, even_and_odd
from dynsym.derive.crossings.evaluation import UndecidedError, ball_data, ball_is_zero, exact_data
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import Locus, Solution
from dynsym.derive.crossings.problem import PAIR, MovingEquilibrium
from dynsym.derive.crossings.report import at_solution, formula, reductions_of
from dynsym.derive.crossings.zero import LARGEST_DEGREE, LEFT_OUT, PRECISIONS, SHARE, Crossing
from dynsym.derive.normal_forms.coefficients import CriticalData, HopfForm, hopf_form
from dynsym.derive.wording import criticality_of, roughly, sign_of_formula
from dynsym.errors import BudgetExceeded

__all__ = ["crossing_polynomial", "hopf_findings", "hopf_form_over", "squared_frequency"]

NORMALISATION = (
    "l1 = Re(G21)/(2 omega), G21 = conj(p).(C(q,q,conj(q)) - 2 B(q, A^-1 B(q,conj(q))) + "
    "B(conj(q), (2 i omega - A)^-1 B(q,q))), A q = i omega q, conj(q).q = 1, conj(p).q = 1 (Kuznetsov)"
)


def hopf_findings(problem: MovingEquilibrium) -> Iterator[Crossing]:
    """Every locus on which a simple pair of eigenvalues crosses the imaginary axis."""
    for factor in problem.factors:
        if problem.ring.degree(factor.polynomial, EIGENVALUE) < 2:
            continue
        even, odd = even_and_odd(problem.ring, factor.polynomial)
        if odd.is_zero():
            continue
        for locus in loci(problem, crossing_polynomial(problem.ring, even, odd, problem.clock)):
            problem.clock.check("conditions for an imaginary pair")
            squared = squared_frequency(problem, locus, even, odd)
            if squared is not None:
                yield from _on_locus(problem, factor, locus, squared)


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


def _on_locus(problem: MovingEquilibrium, factor: Factor, locus: Locus, squared: Element) -> Iterator[Crossing]:
    """Real frequencies only; a squared frequency of unknown sign becomes a condition."""
    if sign_of_element(squared) in (0, -1):
        return
    exact: HopfForm | _NoForm | None = None
    for solution in locus.solutions:
        constraints: tuple[Any, ...] = ()
        if solution.encloses(squared):
            sign = _numeric_sign(squared, solution)
            if sign is not None and sign <= 0:
                continue
        elif sign_of_element(squared) is None:
            needed = positive(squared)
            if needed is sympy.false:
                continue
            constraints = () if needed is None else (needed.xreplace(dict(solution.replacements)),)
        frequency = at_solution(sympy.sqrt(factored(squared)), solution)
        if factor.multiplicity > 1:
            note = f"the pair has multiplicity {factor.multiplicity} there"
            yield Crossing(
                "degenerate",
                locus,
                solution,
                frequency=frequency,
                criticality="degenerate",
                constraints=constraints,
                notes=(note,),
            )
            continue
        found = None
        if locus.degree > LARGEST_DEGREE and solution.balls is not None and not problem.free:
            found = _from_balls(problem, locus, solution, squared)
        if found is None:
            if exact is None:
                exact = _exact_form(problem, locus, squared)
            found = _from_field(problem, locus, solution, squared, exact, constraints)
        yield found


def _numeric_sign(element: Element, solution: Solution) -> int | None:
    assert solution.balls is not None
    if element.is_zero:
        return 0
    for bits in PRECISIONS:
        with precision(bits):
            sign = sign_of(evaluate(element, solution.balls()))
        if sign is not None:
            return sign
    return None


# ---- over a field, with s = iω adjoined


@dataclass(frozen=True)
class _NoForm:
    """Why there is no normal form: a degeneracy that is decided, or work that was left out."""

    note: str
    decided: bool


def _exact_form(problem: MovingEquilibrium, locus: Locus, squared: Element) -> HopfForm | _NoForm:
    """The normal form in closed form, or what stands in its way."""
    ring = problem.ring
    s = ring.generator(PAIR)
    clock = problem.clock.part(SHARE)
    relation = Relation(PAIR, squared.denominator * s * s + squared.numerator)
    field = locus.field.with_relations(relation).with_clock(clock)
    try:
        return hopf_form_over(field, exact_data(problem, locus, field), clock)
    except (BudgetExceeded, ZeroDivisionError) as stop:
        return _NoForm(f"{LEFT_OUT}: {stop}", decided=False)
    except NotSimpleError:
        return _NoForm(
            "another eigenvalue is critical there: zero, the same pair again, or twice the pair", decided=True
        )


def hopf_form_over(field: Field, data: CriticalData, clock: Clock) -> HopfForm:
    """The normal form over a field that contains s = iω."""
    pair = field(PAIR)

    def parts(number: Any) -> tuple[Element, Element]:
        """a, b of a + b s."""
        number = (number if isinstance(number, Element) else field(number)).rationalised()
        found = [field.element(c, number.denominator) for c in field.ring.coefficients(number.numerator, PAIR)]
        return found[0], found[1] if len(found) > 1 else field.zero

    def conjugate(number: Any) -> Element:
        real, imaginary = parts(number)
        return real - pair * imaginary

    return hopf_form(data, pair, ExactAlgebra(field, clock), conjugate, lambda number: parts(number)[0])


def _from_field(
    problem: MovingEquilibrium,
    locus: Locus,
    solution: Solution,
    squared: Element,
    form: HopfForm | _NoForm,
    constraints: Any,
) -> Crossing:
    reductions = reductions_of(problem, locus)
    frequency = at_solution(sympy.sqrt(factored(squared)), solution)
    common = {"frequency": frequency, "constraints": constraints, "reductions": reductions}
    if isinstance(form, _NoForm) and not form.decided:
        return Crossing("hopf", locus, solution, notes=(form.note,), decided=False, **common)
    if isinstance(form, _NoForm):
        return Crossing("degenerate", locus, solution, criticality="degenerate", notes=(form.note,), **common)
    speed = formula(form.transversality, solution)
    imaginary = sympy.I * sympy.sqrt(factored(squared))
    mode = tuple(at_solution(factored(entry).xreplace({PAIR: imaginary}), solution) for entry in form.q)
    if element_is_zero(form.transversality):
        note = "the pair does not cross the axis at non-zero speed"
        return Crossing("degenerate", locus, solution, criticality="degenerate", mode=mode, notes=(note,), **common)
    coefficient = at_solution(first_lyapunov(factored(form.real_g21), sympy.sqrt(factored(squared))), solution)
    number, sign = None, sign_of_formula(form.real_g21, sympy.S.Zero)
    if form.real_g21.is_zero:
        sign = 0
    elif solution.encloses(form.real_g21) and solution.encloses(squared) and solution.balls is not None:
        with precision(PRECISIONS[1]):
            balls = solution.balls()
            number = first_lyapunov(evaluate(form.real_g21, balls), evaluate(squared, balls).sqrt())
        sign = sign_of(number)
    notes = ("the first Lyapunov coefficient vanishes: the Hopf point is degenerate",) if sign == 0 else ()
    return Crossing(
        "hopf",
        locus,
        solution,
        nondegeneracy=coefficient,
        transversality=speed,
        coefficient=coefficient,
        coefficient_ball=arb(0) if sign == 0 else number,
        coefficient_element=form.real_g21,
        normalisation=NORMALISATION,
        criticality=criticality_of(sign),
        mode=mode,
        notes=notes,
        **common,
    )


# ---- in balls


def _from_balls(problem: MovingEquilibrium, locus: Locus, solution: Solution, squared: Element) -> Crossing | None:
    assert solution.balls is not None
    for bits in PRECISIONS:
        try:
            with precision(bits):
                balls = solution.balls()
                omega = evaluate(squared, balls).sqrt()
                form = hopf_form(ball_data(problem, balls), acb(0, 1) * omega, BallAlgebra(), _conjugate, _real)
                l1, speed = first_lyapunov(_real(form.real_g21), omega), _real(form.transversality)
                if ball_is_zero(l1) or ball_is_zero(speed):
                    continue
                return _written(problem, locus, solution, squared, form, l1)
        except (UndecidedError, NotSimpleError):
            problem.clock.check("ball arithmetic at an imaginary pair")
    return None


def _written(
    problem: MovingEquilibrium, locus: Locus, solution: Solution, squared: Element, form: HopfForm, l1: arb
) -> Crossing:
    assert solution.balls is not None
    length = sum((abs(acb(entry)) ** 2 for entry in form.q), arb(0)).sqrt()
    entries = [acb(entry) / length for entry in form.q]
    frequency = evaluate(squared, solution.balls()).sqrt()
    return Crossing(
        "hopf",
        locus,
        solution,
        nondegeneracy=roughly(l1),
        transversality=roughly(_real(form.transversality)),
        coefficient=roughly(l1),
        coefficient_ball=l1,
        normalisation=NORMALISATION,
        criticality=criticality_of(sign_of(l1)),
        frequency=roughly(frequency) if locus.degree > LARGEST_DEGREE else tidy(squared),
        mode=tuple(roughly(e.real) + sympy.I * roughly(e.imag) for e in entries),
        reductions=(*reductions_of(problem, locus), "coefficients: enclosed by ball arithmetic at the exact solution"),
    )


def _conjugate(number: Any) -> acb:
    number = acb(number)
    return acb(number.real, -number.imag)


def _real(number: Any) -> arb:
    return acb(number).real
