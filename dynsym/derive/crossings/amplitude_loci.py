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
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.algebra.signs import sign_of_polynomial
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import Balls, ball, precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution, allowed
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.functions import step

__all__ = ["amplitude_loci"]


def amplitude_loci(problem: MovingEquilibrium, condition: Polynomial) -> Iterator[Locus]:
    """The common zeros of a condition and of the equation that the amplitude satisfies."""
    ring, parameter, constraint = problem.ring, problem.parameter, problem.constraint
    equation = ring.expression(condition)
    if problem.hidden:
        return
    for first, second in ((condition, constraint), (constraint, condition)):
        if ring.degree(first, parameter) == 1:
            low, high = ring.coefficients(first, parameter)
            value = problem.field.element(-low, high)
            rest = problem.field.substituted(problem.field.element(second), {parameter: value})
            if rest.is_zero:
                continue
            for factor, _ in rest.numerator.factor()[1]:
                if not problem.field.vanishes(factor) and _is_unknown(problem, factor, value):
                    yield from _on_amplitude(problem, factor, value, equation)
            return
    if parameter not in ring.occurring(condition) and parameter not in ring.occurring(constraint):
        return
    yield from _by_elimination(problem, condition, equation)


def _is_unknown(problem: MovingEquilibrium, factor: Polynomial, value: Element) -> bool:
    """Whether a factor ties the amplitude, is not the trivial equilibrium, and leaves the parameter finite."""
    ring = problem.ring
    occurring = set(ring.occurring(factor))
    if not occurring & set(problem.unknown):
        return False
    if problem.origin_is_another and occurring <= set(problem.unknown) and len(factor) == 1:
        return False
    if sign_of_polynomial(ring, factor) is not None:
        return False
    return value.denominator.gcd(factor).is_constant()


def _on_amplitude(problem: MovingEquilibrium, factor: Polynomial, value: Element, equation: Expr) -> Iterator[Locus]:
    ring, parameter, amplitude = problem.ring, problem.parameter, problem.amplitude
    assert amplitude is not None
    occurring = ring.occurring(factor)
    symbolic = [g for g in occurring if g in problem.free] or [
        g for g in ring.occurring(value.numerator * value.denominator) if g in problem.free
    ]
    if set(occurring) == {amplitude} and not symbolic:
        yield from _algebraic_amplitude(problem, factor, value, equation)
        return
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
        points = amplitude_roots(ring, factor, amplitude, exclude_zero=problem.origin_is_another, clock=problem.clock)
        solutions = []
        for point in points:
            balls = _from_amplitude(value, parameter, amplitude, point)
            if _in_domain(parameter, balls):
                solutions.append(Solution(_without_steps(shown, balls), {}, (), balls))
    elif polynomial:
        solutions = _with_amplitude_formulas(problem, factor, known, degree)
        constraints = () if all(s.formula != shown for s in solutions) else constraints
    elif ring.expression(factor).free_symbols == {amplitude} and not amplitude_roots(
        ring, factor, amplitude, exclude_zero=problem.origin_is_another, clock=problem.clock
    ):
        # The equation of the amplitude is about numbers, and the origin alone solves it.
        return
    else:
        solutions = [Solution(shown)]
    if solutions:
        yield Locus(equation, field, known, tuple(solutions), constraints, degree)


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


def _by_elimination(problem: MovingEquilibrium, condition: Polynomial, equation: Expr) -> Iterator[Locus]:
    """Neither equation is linear in the parameter: a resultant, and the amplitude as a common root."""
    ring, parameter, amplitude, constraint = problem.ring, problem.parameter, problem.amplitude, problem.constraint
    assert amplitude is not None
    occurring = {*ring.occurring(condition), *ring.occurring(constraint)}
    if not occurring <= {parameter, amplitude}:
        return
    eliminant = ring.resultant(condition, constraint, amplitude)
    other = ring.resultant(condition, constraint, parameter)
    if eliminant.is_zero() or other.is_zero():
        return
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
            yield Locus(
                equation,
                field.with_relations(*relations),
                known,
                (Solution(numbers[parameter], replacements, (), balls),),
                (),
                max(p.degree, z.degree, 3 if len(relations) > 1 else 1),
            )


def _common(field: Field, equations: tuple[Polynomial, ...], point: Mapping[Expr, RealRoot]) -> bool:
    with precision(2 * GUARD_BITS):
        values = {generator: root.ball() for generator, root in point.items()}
        return all(evaluate(field.element(equation), values).contains(0) for equation in equations)
