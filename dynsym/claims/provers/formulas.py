"""The general route: a goal that can be restated as a formula is decided over the reals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from dynsym.claims.goals import Exactly, Goal, HasEquilibria, Holds, IsGradient, IsStable
from dynsym.claims.problem import Problem
from dynsym.claims.reals.decision import decide
from dynsym.claims.reals.formulas import conjuncts, normal, symbols_of
from dynsym.claims.registry import Restatement, corrector, general_prover, restater_of
from dynsym.claims.verdict import Finding
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import MatrixSystem

__all__ = ["by_formula", "restated"]

MAX_CONDITION = 160
"""Longer conditions are no correction that a reader wants."""


def restated(goal: Goal, problem: Problem) -> Restatement:
    """The formula of a goal."""
    if any(isinstance(getattr(part, "system", None), MatrixSystem) for part in (goal, *goal.parts())):
        raise UnsupportedFeatureError(f"{goal.text()[:80]} has symbolic sizes")
    make = restater_of(type(goal))
    if make is None:
        raise UnsupportedFeatureError(f"{type(goal).__name__} is not decided point by point")
    return make(goal, problem)


@general_prover
def by_formula(goal: Goal, problem: Problem) -> Finding | None:
    """Restate, then decide."""
    if isinstance(goal, HasEquilibria) and goal.exactly is None:
        return None
    return decide(restated(goal, problem), problem)


@corrector(IsGradient, IsStable)
def where_it_holds(goal: Goal, problem: Problem) -> Iterator[Goal]:
    """The goal exactly where its own formula is true."""
    condition = _condition(normal(restated(goal, problem).formula), problem)
    if condition is not None:
        yield Exactly(goal, where=condition)


@corrector(Exactly)
def where_else_it_holds(goal: Exactly, problem: Problem) -> Iterator[Goal]:
    """The inner goal exactly where its own formula is true."""
    if not isinstance(goal.goal, HasEquilibria):
        condition = _condition(normal(restated(goal.goal, problem).formula), problem)
        if condition is not None:
            yield replace(goal, where=condition)


def _condition(form: Boolean, problem: Problem) -> Boolean | None:
    """A condition short enough to be shown, without parts that follow from the others."""
    if form in (sympy.true, sympy.false):
        return None
    parts = list(conjuncts(form.xreplace({a: _solved(a) for a in form.atoms(Relational)})))
    for part in sorted(parts, key=lambda p: -len(str(p))):
        rest = [other for other in parts if other is not part]
        if rest and problem.prove(Holds(part), *rest, share=0.1).verdict == "proved":
            parts = rest
    shown = sympy.And(*parts)
    return shown if shown not in (sympy.true, sympy.false) and len(str(shown)) <= MAX_CONDITION else None


def _solved(relation: Relational) -> Boolean:
    """The relation solved for a symbol, where that divides by a number only; else with a factored side."""
    difference = relation.lhs - relation.rhs
    if relation.rel_op in {"==", "!="}:
        difference = sympy.numer(sympy.together(difference))
    for s in symbols_of(difference):
        if difference.is_polynomial(s) and sympy.degree(difference, s) == 1:
            lead = sympy.Poly(difference, s).LC()
            if lead.is_Rational:
                turned = relation if lead > 0 else relation.reversed
                return turned.func(s, sympy.factor(s - difference / lead))
    return relation.func(sympy.factor(difference), 0)
