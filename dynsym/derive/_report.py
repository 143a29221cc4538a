"""From field elements to what a condition says: formulas, inequalities, assumptions."""

from __future__ import annotations

from collections.abc import Iterable

import sympy
from sympy import Expr

from dynsym._expressions import Jet
from dynsym.algebra.field import Element
from dynsym.algebra.signs import sign_of_element, sign_of_polynomial
from dynsym.algebra.tidy import tidy
from dynsym.derive._locus import Locus, Solution
from dynsym.derive._problem import Problem

__all__ = ["assumptions_of", "at_solution", "criticality_of", "formula", "reductions_of", "roughly", "sign_of_formula"]

LONGEST_FORMULA = 3000
DIGITS = 30


def formula(element: Element, solution: Solution) -> Expr:
    """The expression of an element at one solution; numbers are written out."""
    return at_solution(tidy(element), solution)


def at_solution(expression: Expr, solution: Solution) -> Expr:
    """An expression with the formulas of the solution put in."""
    if not solution.replacements:
        return expression
    expression = expression.xreplace(dict(solution.replacements))
    return sympy.radsimp(sympy.expand(expression)) if not expression.free_symbols else expression


def roughly(number: object) -> Expr:
    """An enclosure's middle to thirty digits."""
    text = number.mid().str(DIGITS, radius=False)  # type: ignore[attr-defined]
    return sympy.Float(text, DIGITS)


def assumptions_of(expressions: Iterable[Expr | None], nonzero: Iterable[Element] = ()) -> tuple[str, ...]:
    """What formulas take for granted: signs of symbols, the kind of activation, denominators that do not vanish."""
    present = [e for e in expressions if e is not None]
    symbols = sorted(set().union(*(e.free_symbols for e in present)), key=lambda s: s.name) if present else []
    said = []
    for symbol in symbols:
        for question, word in (
            ("is_positive", "> 0"),
            ("is_negative", "< 0"),
            ("is_nonnegative", ">= 0"),
            ("is_nonzero", "!= 0"),
        ):
            if getattr(symbol, question):
                said.append(f"{symbol} {word}")
                break
    jets = sorted({(j.args[0].name, j.args[1].name) for e in present for j in e.atoms(Jet)})
    said += [
        f"{name} is any smooth increasing function" + (", odd" if parity == "odd" else "") for name, parity in jets
    ]
    for element in nonzero:
        ring = element.field.ring
        for factor, _ in element.denominator.factor()[1]:
            if sign_of_polynomial(ring, factor) is None:
                said.append(f"{ring.expression(factor)} != 0")
    return tuple(dict.fromkeys(said))


def reductions_of(problem: Problem, locus: Locus) -> tuple[str, ...]:
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


def criticality_of(sign: int | None) -> str:
    """The word for the sign of a cubic or first Lyapunov coefficient."""
    return {None: "depends", 0: "degenerate", 1: "subcritical", -1: "supercritical"}[sign]


def sign_of_formula(element: Element, expression: Expr) -> int | None:
    """The sign of an element that is written as `expression` at a solution, from assumptions alone."""
    sign = sign_of_element(element)
    if sign is not None or expression.has(sympy.CRootOf):
        return sign
    if expression.is_positive:
        return 1
    return -1 if expression.is_negative else None
