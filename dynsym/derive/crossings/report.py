"""From field elements to what a condition says: formulas, inequalities, assumptions."""

from __future__ import annotations

import sympy
from sympy import Expr

from dynsym.algebra.field import Element
from dynsym.algebra.tidy import tidy
from dynsym.derive.crossings.locus import Locus, Solution
from dynsym.derive.crossings.problem import MovingEquilibrium

__all__ = ["at_solution", "formula", "reductions_of"]

LONGEST_FORMULA = 3000


def formula(element: Element, solution: Solution) -> Expr:
    """The expression of an element at one solution; numbers are written out."""
    return at_solution(tidy(element), solution)


def at_solution(expression: Expr, solution: Solution) -> Expr:
    """An expression with the formulas of the solution put in."""
    if not solution.replacements:
        return expression
    expression = expression.xreplace(dict(solution.replacements))
    return sympy.radsimp(sympy.expand(expression)) if not expression.free_symbols else expression


def reductions_of(problem: MovingEquilibrium, locus: Locus) -> tuple[str, ...]:
    """Which exact reductions led to a condition."""
    said = []
    components = {factor.component for factor in problem.factors}
    if len(components) > 1:
        said.append(f"strongly connected components: {len(components)}")
    if len(problem.factors) > 1:
        said.append(f"characteristic polynomial: {len(problem.factors)} irreducible factors")
    if locus.degree > 1:
        said.append(f"critical parameter: root of an irreducible polynomial of degree {locus.degree}")
    return tuple(said)
