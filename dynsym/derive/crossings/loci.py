"""Where a polynomial in the parameter vanishes, at an equilibrium with a formula: the critical values, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy
from flint import arb
from sympy import Expr

from dynsym.algebra.analytic_roots import amplitude_roots
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, Relation
from dynsym.algebra.formulas import has_formula, root_formulas
from dynsym.algebra.ring import Polynomial, factored
from dynsym.arithmetic.balls import Balls, ball, precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.derive.crossings.amplitude_loci import amplitude_loci
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution, allowed, at_edges, walls
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.results.ledger import Cell, Examined

__all__ = ["loci"]


ROOTS = "all real roots of the polynomials in the parameter"


def loci(problem: MovingEquilibrium, condition: Polynomial, cell: Cell) -> Examined[Locus]:
    """The components of ``condition = 0`` on the equilibrium, irreducible each."""

    def parts() -> Iterator[Examined[Locus]]:
        for factor, _ in factored(condition)[1]:
            edges = at_edges(problem, factor, cell)
            if edges is not None:
                yield edges
            elif problem.constraint is None:
                yield from _explicit(problem, factor, cell)
            else:
                yield amplitude_loci(problem, factor, cell)

    return Examined.joined(parts(), cell, by="irreducible factors")


def _explicit(problem: MovingEquilibrium, condition: Polynomial, cell: Cell) -> Iterator[Examined[Locus]]:
    ring, field, parameter = problem.ring, problem.field, problem.parameter
    degree = ring.degree(condition, parameter)
    equation = ring.expression(condition)
    others = [g for g in ring.occurring(condition) if g != parameter]
    if degree > 1 and not any(g.free_symbols for g in others):
        yield from _numeric(problem, condition, equation, cell)
        return
    substitution: dict[Expr, Element] = {}
    if degree == 1:
        low, high = ring.coefficients(condition, parameter)
        value = field.element(-low, high)
        substitution[parameter] = value
    else:
        field = field.with_relations(Relation(parameter, condition))
    solutions = []
    if has_formula(ring, condition, parameter):
        for root in root_formulas(problem.field, condition, parameter):
            balls = None
            if degree == 1 and not root.expression.free_symbols:
                balls = lambda: {parameter: evaluate(value, {})}  # noqa: E731
            replacements = {} if degree == 1 else {parameter: root.expression}
            solutions.append(Solution(root.expression, replacements, root.relations, balls))
    else:
        solutions.append(Solution(None))
    found = (Locus(equation, field, substitution, tuple(solutions), degree=degree),) if solutions else ()
    yield Examined(found, walls(problem, condition, parameter, cell), by=ROOTS)


def _numeric(
    problem: MovingEquilibrium, condition: Polynomial, equation: Expr, cell: Cell
) -> Iterator[Examined[Locus]]:
    """The real roots of a condition in which only the parameter is unknown."""
    ring, parameter = problem.ring, problem.parameter
    constants = [g for g in ring.occurring(condition) if g != parameter]
    polynomial = condition
    for relation in reversed(problem.field.relations):
        if relation.generator in constants:
            polynomial = ring.resultant(polynomial, relation.polynomial, relation.generator)
    if set(ring.occurring(polynomial)) != {parameter}:
        field = problem.field.with_relations(Relation(parameter, condition))
        points, why = _among_constants(problem, condition)
        locus = Locus(equation, field, {}, tuple(points), degree=ring.degree(condition, parameter))
        yield Examined((locus,), (cell.because(why),) if why else (), by=ROOTS)
        return
    roots = [root for root in real_roots(ring.univariate(polynomial, parameter)) if allowed(parameter, float(root))]
    if constants:
        element = problem.field.element(condition)
        with precision(GUARD_BITS):
            roots = [root for root in roots if evaluate(element, {parameter: root.ball()}).contains(0)]
    by_polynomial: dict[tuple[int, ...], list[RealRoot]] = {}
    for root in roots:
        by_polynomial.setdefault(root.coefficients, []).append(root)
    for coefficients, group in by_polynomial.items():
        if len(coefficients) == 2:
            value = problem.field(group[0].expression())
            locus = Locus(equation, problem.field, {parameter: value}, (_at_root(parameter, group[0]),))
            yield Examined((locus,), (), by=ROOTS)
            continue
        field = problem.field.with_relations(Relation(parameter, condition))
        degree = ring.degree(condition, parameter)
        locus = Locus(equation, field, {}, tuple(_at_root(parameter, root) for root in group), degree=degree)
        yield Examined((locus,), (), by=ROOTS)


def _among_constants(problem: MovingEquilibrium, condition: Polynomial) -> tuple[list[Solution], str]:
    """The real roots of a condition whose coefficients are numbers, but not algebraic ones such as exp(-1/2)."""
    ring, parameter = problem.ring, problem.parameter
    with precision(GUARD_BITS):
        *lower, top = [evaluate(problem.field.element(c), {}) for c in ring.coefficients(condition, parameter)]
        bound = 1 + float(max(abs(c).upper() for c in lower)) / float(abs(top).lower())
    formulas = root_formulas(problem.field, condition, parameter) if has_formula(ring, condition, parameter) else []
    points, why = amplitude_roots(ring, condition, parameter, exclude_zero=False, reach=bound, clock=problem.clock)
    found = []
    for point in points:
        with precision(GUARD_BITS):
            if not allowed(parameter, point()):
                continue
            own = [root.expression for root in formulas if ball(root.expression).overlaps(point())]
        formula = own[0] if len(own) == 1 else None
        replacements = {} if formula is None else {parameter: formula}

        def balls(point: Callable[[], arb] = point) -> Balls:
            return {parameter: point()}

        found.append(Solution(formula, replacements, (), balls))
    return found, why


def _at_root(parameter: sympy.Symbol, root: RealRoot) -> Solution:
    formula = root.expression()
    replacements = {} if formula.has(sympy.CRootOf) else {parameter: formula}
    return Solution(formula, replacements, (), lambda: {parameter: root.ball()})
