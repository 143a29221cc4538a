"""Critical values of the parameter at an equilibrium that is known up to an amplitude.

The condition and the equation of the amplitude are solved together: the parameter is eliminated where one of them is
linear in it, and what remains is one equation for the amplitude; otherwise by resultants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import flint
import sympy
from sympy import Expr

from dynsym.algebra.analytic_roots import amplitude_roots
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Field, Relation
from dynsym.algebra.formulas import has_formula, root_formulas
from dynsym.algebra.ring import Polynomial, Ring, factored
from dynsym.algebra.signs import never_vanishes, sign_of_polynomial
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import Balls, ball, precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.derive.crossings.locus import (
    GUARD_BITS,
    Locus,
    Solution,
    allowed,
    at_edges,
    vanish_together,
    walls,
    zero_at_zero_only,
)
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.wording import roughly
from dynsym.functions import step
from dynsym.results.ledger import Cell, Examined

__all__ = ["amplitude_loci"]

MOST_POINTS = 240
LARGEST_ROOT = 24
"""Degree up to which a number is written as a root; beyond, thirty digits say more."""
TOGETHER = "the condition and the equation of the amplitude, solved together"


def amplitude_loci(problem: MovingEquilibrium, condition: Polynomial, cell: Cell) -> Examined[Locus]:
    """The common zeros of a condition and of the equation that the amplitude satisfies."""
    return Examined.joined(_together(problem, condition, cell), cell, by=TOGETHER)


def _together(problem: MovingEquilibrium, condition: Polynomial, cell: Cell) -> Iterator[Examined[Locus]]:
    ring, parameter, constraint = problem.ring, problem.parameter, problem.constraint
    assert constraint is not None
    equation = ring.expression(condition)
    if problem.hidden:
        yield Examined((), (cell.because(f"{parameter} occurs inside {problem.hidden[0]}"),), by="")
        return
    most = _most_points(problem, condition, constraint)
    if most > MOST_POINTS:
        yield Examined((), (cell.because(f"two curves that may meet in {most} points are no closed form"),), by="")
        return
    for first, second in ((condition, constraint), (constraint, condition)):
        if ring.degree(first, parameter) == 1:
            low, high = ring.coefficients(first, parameter)
            value = problem.field.element(-low, high)
            rest = problem.field.substituted(problem.field.element(second), {parameter: value})
            if rest.is_zero:
                continue
            if vanish_together(problem, low, high):
                reason = f"where {ring.expression(high)} = 0 and {ring.expression(low)} = 0"
                yield Examined((), (cell.because(reason),), by="")
            for factor, _ in factored(rest.numerator)[1]:
                yield _on_factor(problem, factor, value, equation, cell)
            return
    if parameter not in ring.occurring(condition) and parameter not in ring.occurring(constraint):
        met = ring.resultant(condition, constraint, problem.amplitude) if len(problem.unknown) == 1 else ring.zero
        said = (cell.because(f"neither {equation} nor the equilibrium depends on {parameter}"),)
        yield Examined((), () if never_vanishes(ring, met) else said, by="a resultant that is not zero")
        return
    yield _by_elimination(problem, condition, equation, cell)


def _most_points(problem: MovingEquilibrium, left: Polynomial, right: Polynomial) -> int:
    """In how many points two curves of parameter and amplitude meet at most; 0 where more symbols occur."""
    ring, plane = problem.ring, (problem.parameter, problem.amplitude)
    if not {*ring.occurring(left), *ring.occurring(right)} <= set(plane):
        return 0
    (a, b), (c, d) = ([ring.degree(p, g) for g in plane] for p in (left, right))
    return a * d + b * c


def _on_factor(
    problem: MovingEquilibrium, factor: Polynomial, value: Element, equation: Expr, cell: Cell
) -> Examined[Locus]:
    """The points on one factor of the equation that is left, unless it is another equilibrium or a pole."""
    occurring = problem.ring.occurring(factor)
    if problem.origin_is_another and len(factor) == 1 and all(map(zero_at_zero_only, occurring)):
        return Examined((), (), by="the origin, an equilibrium of its own")
    if not set(occurring) & set(problem.unknown) or sign_of_polynomial(problem.ring, factor) is not None:
        return at_edges(problem, factor, cell) or Examined((), (cell,), by="")
    if not value.denominator.gcd(factor).is_constant():
        return Examined((), (), by="poles of the parameter")
    return _on_amplitude(problem, factor, value, equation, cell)


def _on_amplitude(
    problem: MovingEquilibrium, factor: Polynomial, value: Element, equation: Expr, cell: Cell
) -> Examined[Locus]:
    ring, parameter, amplitude = problem.ring, problem.parameter, problem.amplitude
    assert amplitude is not None
    left: tuple[Cell, ...] = ()
    occurring = ring.occurring(factor)
    symbolic = [g for g in occurring if g in problem.free] or [
        g for g in ring.occurring(value.numerator * value.denominator) if g in problem.free
    ]
    if set(occurring) == {amplitude} and not symbolic:
        return Examined(tuple(_algebraic_amplitude(problem, factor, value, equation)), (), by=TOGETHER)
    polynomial = problem.unknown == (amplitude,) and has_formula(ring, factor, amplitude)
    main = amplitude if polynomial else _main_generator(ring, factor, amplitude)
    degree = ring.degree(factor, main)
    known: dict[Expr, Element] = {}
    field = problem.field
    if degree == 1:
        low, high = ring.coefficients(factor, main)
        known[main] = field.element(-low, high)
    else:
        field = field.with_relations(Relation(main, factor))
    known[parameter] = field.substituted(Element(field, value.numerator, value.denominator), known)
    shown = tidy(problem.field.element(value.numerator, value.denominator))
    constraints: tuple[Expr, ...] = (ring.expression(factor),)
    if not symbolic:
        points, why = amplitude_roots(
            ring, factor, amplitude, exclude_zero=problem.origin_is_another, clock=problem.clock
        )
        left = (cell.because(why),)
        solutions = []
        for point in points:
            balls = _from_amplitude(value, parameter, amplitude, point)
            if _in_domain(parameter, balls):
                solutions.append(Solution(_without_steps(shown, balls), {}, (), balls))
    elif polynomial:
        solutions = _with_amplitude_formulas(problem, factor, known, degree)
        left = walls(problem, factor, amplitude, cell)
        constraints = () if all(s.formula != shown for s in solutions) else constraints
    else:
        solutions = [Solution(shown)]
        if ring.expression(factor).free_symbols == {amplitude}:
            # The equation of the amplitude is about numbers; often the origin alone solves it.
            points, why = amplitude_roots(
                ring, factor, amplitude, exclude_zero=problem.origin_is_another, clock=problem.clock
            )
            solutions, left = (solutions, ()) if points else ([], (cell.because(why),))
    found = (Locus(equation, field, known, tuple(solutions), constraints, degree),) if solutions else ()
    return Examined(found, left, by=TOGETHER)


def _without_steps(formula: Expr, balls: Callable[[], Balls]) -> Expr:
    """A formula on the side of each corner on which the point lies."""
    with precision(GUARD_BITS):
        point = balls()
        sides = {part: sympy.S.One if ball(part.args[0], point) > 0 else sympy.S.Zero for part in formula.atoms(step)}
    return formula.xreplace(sides) if sides else formula


def _with_amplitude_formulas(
    problem: MovingEquilibrium, factor: Polynomial, known: Mapping[Expr, Element], degree: int
) -> list[Solution]:
    """The amplitude by a formula, and the parameter through it."""
    assert problem.amplitude is not None
    value = tidy(known[problem.parameter])
    if degree == 1:
        return [Solution(value)]
    return [
        Solution(
            value.xreplace({problem.amplitude: root.expression}), {problem.amplitude: root.expression}, root.relations
        )
        for root in root_formulas(problem.field, factor, problem.amplitude)
    ]


def _main_generator(ring: Ring, factor: Polynomial, amplitude: Expr) -> Expr:
    """The generator to solve a relation for: lowest degree; a parameter before the amplitude before its functions."""

    def cost(g: Expr) -> tuple[int, int]:
        kind = 1 if g == amplitude else (0 if g.is_Symbol else 2)
        return ring.degree(factor, g), kind

    return min((g for g in ring.occurring(factor) if g.free_symbols), key=cost)


def _from_amplitude(
    value: Element, parameter: Expr, amplitude: Expr, point: Callable[[], flint.arb]
) -> Callable[[], Balls]:
    def balls() -> Balls:
        own = {amplitude: point()}
        return {parameter: evaluate(value, own), **own}

    return balls


def _in_domain(parameter: Expr, balls: Callable[[], Balls]) -> bool:
    with precision(GUARD_BITS):
        return allowed(parameter, balls()[parameter])


def _algebraic_amplitude(
    problem: MovingEquilibrium, factor: Polynomial, value: Element, equation: Expr
) -> Iterator[Locus]:
    """Real roots of a polynomial in the amplitude alone; the parameter is a number of the same field."""
    ring, parameter, amplitude = problem.ring, problem.parameter, problem.amplitude
    assert amplitude is not None
    roots = [root for root in real_roots(ring.univariate(factor, amplitude)) if allowed(amplitude, float(root))]
    degree = ring.degree(factor, amplitude)
    field = problem.field if degree == 1 else problem.field.with_relations(Relation(amplitude, factor))
    known: dict[Expr, Element] = {}
    if degree == 1:
        known[amplitude] = field(roots[0].expression()) if roots else field.zero
    known[parameter] = field.substituted(Element(field, value.numerator, value.denominator), known)
    solutions = []
    for root in roots:
        balls = _from_amplitude(value, parameter, amplitude, root.ball)
        if not _in_domain(parameter, balls):
            continue
        number = root.expression()
        formula = _number(problem, known[parameter], number, factor, value, balls)
        replacements = {} if number.has(sympy.CRootOf) or degree == 1 else {amplitude: number}
        solutions.append(Solution(formula, replacements, (), balls))
    if solutions:
        yield Locus(equation, field, known, tuple(solutions), (), degree)


def _number(
    problem: MovingEquilibrium,
    reduced: Element,
    amplitude: Expr,
    factor: Polynomial,
    value: Element,
    balls: Callable[[], Balls],
) -> Expr:
    """The parameter as a number: through the amplitude's formula, else as a root of its own polynomial."""
    ring, parameter = problem.ring, problem.parameter
    assert problem.amplitude is not None
    if not amplitude.has(sympy.CRootOf):
        return sympy.expand(tidy(reduced).xreplace({problem.amplitude: amplitude}))
    if ring.degree(factor, problem.amplitude) > LARGEST_ROOT:
        with precision(GUARD_BITS):
            return roughly(balls()[parameter])
    own = value.denominator * ring.generator(parameter) - value.numerator
    polynomial = ring.univariate(ring.resultant(own, factor, problem.amplitude), parameter)
    return matching_root(polynomial, lambda: balls()[parameter]).expression()


def matching_root(polynomial: flint.fmpz_poly, number: Callable[[], flint.arb]) -> RealRoot:
    """The real root that an enclosure singles out, at rising precision."""
    roots = real_roots(polynomial)
    bits = 128
    while True:
        with precision(bits):
            target = number()
            close = [root for root in roots if root.ball().overlaps(target)]
        if len(close) == 1:
            return close[0]
        bits *= 2


def _by_elimination(problem: MovingEquilibrium, condition: Polynomial, equation: Expr, cell: Cell) -> Examined[Locus]:
    """Neither equation is linear in the parameter: a resultant, and the amplitude as a common root."""
    ring, parameter, amplitude, constraint = problem.ring, problem.parameter, problem.amplitude, problem.constraint
    assert amplitude is not None
    occurring = {*ring.occurring(condition), *ring.occurring(constraint)}
    if not occurring <= {parameter, amplitude}:
        reason = f"{equation} = 0 and the equation of {amplitude} are not linear in {parameter}"
        return Examined((), (cell.because(reason),), by="")
    eliminant = ring.resultant(condition, constraint, amplitude)
    other = ring.resultant(condition, constraint, parameter)
    if eliminant.is_zero() or other.is_zero():
        return Examined((), (cell.because(f"{equation} = 0 for every value of {parameter}"),), by="")
    found = []
    parameters = [r for r in real_roots(ring.univariate(eliminant, parameter)) if allowed(parameter, float(r))]
    amplitudes = [r for r in real_roots(ring.univariate(other, amplitude)) if allowed(amplitude, float(r))]
    field = problem.field
    for p in parameters:
        for z in amplitudes:
            if problem.origin_is_another and z.coefficients == (0, 1):
                continue
            if not _common(field, (condition, constraint), {parameter: p, amplitude: z}):
                continue

            def balls(p: RealRoot = p, z: RealRoot = z) -> Balls:
                return {parameter: p.ball(), amplitude: z.ball()}

            numbers = {parameter: p.expression(), amplitude: z.expression()}
            relations = []
            known: dict[Expr, Element] = {}
            for generator, root in ((parameter, p), (amplitude, z)):
                if root.degree == 1:
                    known[generator] = field(root.expression())
                else:
                    coefficients = [ring.one * c for c in root.coefficients]
                    relations.append(Relation(generator, ring.from_coefficients(coefficients, generator)))
            replacements = {g: e for g, e in numbers.items() if g not in known and not e.has(sympy.CRootOf)}
            solution = Solution(numbers[parameter], replacements, (), balls)
            degree = max(p.degree, z.degree, 3 if len(relations) > 1 else 1)
            found.append(Locus(equation, field.with_relations(*relations), known, (solution,), (), degree))
    return Examined(tuple(found), (), by="resultants")


def _common(field: Field, equations: tuple[Polynomial, ...], point: Mapping[Expr, RealRoot]) -> bool:
    with precision(2 * GUARD_BITS):
        values = {generator: root.ball() for generator, root in point.items()}
        return all(evaluate(field.element(equation), values).contains(0) for equation in equations)
