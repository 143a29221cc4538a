"""Equations by exact algebra: zero in the ring, or zero after pseudo-division by hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Division", "divided_by", "vanishes"]

MAX_EQUATIONS = 12
MAX_ORDERS = 24


def vanishes(expression: Expr) -> bool:
    """Whether an expression is zero identically: exact arithmetic of fractions, with roots and exponentials."""
    if _is_zero(expression) or (expression.has(sympy.exp) and _is_zero(sympy.expand_power_exp(expression))):
        return True
    if expression.has(sympy.tanh, sympy.sinh, sympy.cosh, sympy.coth):
        return _is_zero(expression.rewrite(sympy.exp))
    if expression.has(sympy.sin, sympy.cos, sympy.tan):
        return _is_zero(_on_circles(sympy.expand_trig(expression)))
    return False


def _is_zero(expression: Expr) -> bool:
    if expression == 0:
        return True
    try:
        ring = Ring(generators_of([expression]))
        return bool(Field(ring, root_relations(ring))(expression).is_zero)
    except (UnsupportedFeatureError, ZeroDivisionError):
        return False


def _on_circles(expression: Expr) -> Expr:
    """Sines and cosines as rational functions of the tangent of half the angle, which is exact off its poles."""
    total = expression.rewrite(sympy.cos) if expression.has(sympy.tan) else expression
    angles = {call.args[0] for call in total.atoms(sympy.sin, sympy.cos)}
    places = {}
    for k, angle in enumerate(sorted(angles, key=sympy.default_sort_key)):
        t = sympy.Dummy(f"t{k}", real=True)
        places[sympy.sin(angle)] = 2 * t / (1 + t**2)
        places[sympy.cos(angle)] = (1 - t**2) / (1 + t**2)
    return total.xreplace(places)


@dataclass(frozen=True)
class Division:
    """An equation that follows from hypotheses: leading · expression = Σ cofactor · hypothesis."""

    equations: tuple[Expr, ...]
    symbols: tuple[Symbol, ...]
    leading: tuple[Expr, ...]


def divided_by(
    expression: Expr, equations: Sequence[Expr], differs_from_zero: Callable[[Expr], bool], clock: Clock
) -> Division | None:
    """Show that an expression vanishes wherever equations hold, by pseudo-division; None where that fails."""
    goal = sympy.numer(sympy.together(expression))
    known = [sympy.numer(sympy.together(e)) for e in equations][:MAX_EQUATIONS]
    relevant = [e for e in known if e.free_symbols]
    for count in range(1, len(relevant) + 1):
        for tried, chosen in enumerate(permutations(relevant, count)):
            if tried >= MAX_ORDERS or clock.is_over:
                break
            found = _divide(goal, chosen, differs_from_zero)
            if found is not None:
                return found
        if count >= 4:
            break
    return None


def _divide(goal: Expr, chosen: Sequence[Expr], differs_from_zero: Callable[[Expr], bool]) -> Division | None:
    left = sympy.expand(goal)
    symbols: list[Symbol] = []
    leading: list[Expr] = []
    pending = list(chosen)
    while pending:
        equation = pending.pop(0)
        main = _main_symbol(equation, symbols, left, differs_from_zero)
        if main is None:
            return None
        lead = sympy.LC(equation, main)
        left = sympy.expand(sympy.prem(left, equation, main)) if left.has(main) else left
        pending = [sympy.expand(sympy.prem(e, equation, main)) if e.has(main) else e for e in pending]
        pending = [e for e in pending if e != 0]
        symbols.append(main)
        if lead.free_symbols:
            leading.append(lead)
        if left == 0:
            return Division(tuple(chosen[: len(symbols)]), tuple(symbols), tuple(leading))
    return None


def _main_symbol(
    equation: Expr, taken: Sequence[Symbol], goal: Expr, differs_from_zero: Callable[[Expr], bool]
) -> Symbol | None:
    """A symbol to divide by: of low degree, in the goal, with a leading coefficient that cannot vanish."""
    choices = []
    for s in equation.free_symbols - set(taken):
        if not equation.is_polynomial(s):
            continue
        degree = sympy.degree(equation, s)
        choices.append((not goal.has(s), degree, bool(sympy.LC(equation, s).free_symbols), s.name, s))
    for _, _, has_symbols, _, s in sorted(choices):
        if not has_symbols or differs_from_zero(sympy.LC(equation, s)):
            return s
    return None
