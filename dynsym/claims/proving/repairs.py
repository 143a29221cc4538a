"""A corrected statement of a false claim: searched near what is printed, then computed; proved before it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sympy
from sympy import Expr
from sympy.logic.boolalg import Boolean

from dynsym._budget import Clock
from dynsym.claims.goals import (
    CharacteristicPolynomial,
    Exactly,
    Goal,
    HasBifurcation,
    HasEquilibria,
    Holds,
    Identity,
    IndexStatement,
    IsConserved,
    IsGradient,
    IsStable,
    JacobianBlock,
)
from dynsym.claims.problem import Problem
from dynsym.claims.proving.variations import variations
from dynsym.claims.reals.formulas import conjuncts, negated, normal, symbols_of
from dynsym.claims.reals.witnesses import find_point
from dynsym.claims.relations import formula_text
from dynsym.errors import DynsymError
from dynsym.model import MatrixSystem
from dynsym.tensors.corrections import correction

__all__ = ["corrected_goal"]

MAX_CANDIDATES = 400
MAX_PROOFS = 40
MAX_CONDITION = 160
"""Longer conditions are no correction that a reader wants."""


def corrected_goal(goal: Goal, problem: Problem, alternatives: Sequence[Goal], clock: Clock) -> str | None:
    """The text of a statement near a refuted goal that is proved, or None.

    First the author's alternatives, then small changes of what is stated (a sign, a factor, a term, exchanged symbols,
    a transposed matrix), then the formula that dynsym computes itself, then one more hypothesis.
    """
    for candidate in alternatives:
        if _is_proved(candidate, problem, clock):
            return candidate.text()
    if isinstance(goal, IndexStatement):
        return correction(goal.question, goal.arguments, goal.options)
    proofs = 0
    for k, candidate in enumerate(_nearby(goal)):
        if clock.is_over or k >= MAX_CANDIDATES or proofs >= MAX_PROOFS:
            break
        if _fails_at_a_point(candidate, problem, clock):
            continue
        proofs += 1
        if _is_proved(candidate, problem, clock):
            return candidate.text()
    for candidate in _computed(goal, problem):
        if _is_proved(candidate, problem, clock):
            return candidate.text()
    for hypothesis in _hypotheses(goal):
        if clock.is_over:
            return None
        if _is_proved(goal, problem, clock, hypothesis) and _is_possible(hypothesis, problem, clock):
            return f"{goal.text()}, if {formula_text(hypothesis)}"
    return None


def _is_proved(goal: Goal, problem: Problem, clock: Clock, *further: Boolean) -> bool:
    inner = Problem((*problem.hypotheses, *further), clock=clock.part(0.3))
    try:
        return inner.prove(goal).verdict == "proved"
    except DynsymError:
        return False


def _is_possible(hypothesis: Boolean, problem: Problem, clock: Clock) -> bool:
    together = sympy.And(hypothesis, *problem.hypotheses)
    return find_point(together, clock.part(0.1), points=60) is not None


def _nearby(goal: Goal) -> Iterator[Goal]:
    """Goals that differ in one place, and transposed matrices."""
    if isinstance(goal, Identity) and isinstance(goal.right, sympy.MatrixBase) and goal.right.rows == goal.right.cols:
        yield replace(goal, right=goal.right.T)
        yield replace(goal, right=-goal.right)
    if isinstance(goal, JacobianBlock) and goal.entries.rows == goal.entries.cols:
        yield replace(goal, entries=goal.entries.T)
        yield replace(goal, entries=-goal.entries)
    for path, leaf in goal.stated():
        if isinstance(goal, Exactly) and path[0] != "where":
            continue
        for _, changed in variations(leaf):
            yield goal.with_stated(path, changed)


def _fails_at_a_point(goal: Goal, problem: Problem, clock: Clock) -> bool:
    """A quick look, so that proofs are tried only for what survives it."""
    from dynsym.claims.provers.formulas import reduced

    try:
        form = normal(reduced(goal, problem).formula)
        against = sympy.And(negated(form), *problem.hypotheses)
        return find_point(against, clock.part(0.05), points=16) is not None
    except DynsymError:
        return False


def _computed(goal: Goal, problem: Problem) -> Iterator[Goal]:
    """The same statement with the formula that dynsym derives."""
    from dynsym.claims.provers.algebra import _eigenvalue, characteristic_coefficients
    from dynsym.claims.provers.bifurcations import conditions_of
    from dynsym.claims.provers.equilibria import _parameters
    from dynsym.claims.provers.formulas import reduced
    from dynsym.claims.provers.linearisations import matrix_of

    if isinstance(getattr(goal, "system", None), MatrixSystem):
        return
    try:
        if isinstance(goal, Identity) and isinstance(goal.left, Expr) and not isinstance(goal.left, sympy.MatrixBase):
            shown = sympy.expand(goal.left)
            yield replace(goal, right=shown if shown != goal.left else sympy.factor(goal.left))
        if isinstance(goal, Identity) and isinstance(goal.left, sympy.MatrixBase):
            yield replace(goal, right=goal.left.applyfunc(sympy.expand))
        if isinstance(goal, CharacteristicPolynomial):
            matrix = matrix_of(goal.of, goal.at, problem)
            symbol = _eigenvalue(goal, matrix)
            parts = characteristic_coefficients(matrix, problem)
            polynomial = sympy.Add(*(sympy.factor(c) * symbol**k for k, c in enumerate(parts)))
            yield replace(goal, polynomial=sympy.factor(polynomial))
        if isinstance(goal, JacobianBlock):
            names = list(goal.system.state_names)
            matrix = matrix_of(goal.system, goal.at, problem)
            chosen = matrix.extract([names.index(r) for r in goal.rows], [names.index(c) for c in goal.columns])
            yield replace(goal, entries=chosen)
        if isinstance(goal, IsConserved):
            yield from _integrals(goal)
        if isinstance(goal, HasBifurcation):
            for found in conditions_of(goal, problem):
                if found.kind == goal.kind and found.solution is not None:
                    side = found.criticality if goal.criticality is not None else None
                    turning = found.frequency if goal.frequency is not None else None
                    if side in {"supercritical", "subcritical", None}:
                        yield replace(goal, value=found.solution, criticality=side, frequency=turning)
        if isinstance(goal, HasEquilibria) and goal.count is not None and not _parameters(goal, problem)[1]:
            for count in range(10):
                yield replace(goal, count=count, stable=None)
        if isinstance(goal, IsGradient | IsStable):
            condition = _condition(normal(reduced(goal, problem).formula), problem)
            if condition is not None:
                yield Exactly(goal, where=condition)
        if isinstance(goal, Exactly) and not isinstance(goal.goal, HasEquilibria):
            condition = _condition(normal(reduced(goal.goal, problem).formula), problem)
            if condition is not None:
                yield replace(goal, where=condition)
    except DynsymError:
        return


def _integrals(goal: IsConserved) -> Iterator[Goal]:
    from dynsym.derive import first_integrals

    degree = sympy.Poly(goal.quantity, *goal.system.states).total_degree() if goal.quantity.is_polynomial() else 2
    if degree <= 4 and goal.system.dimension <= 6:
        for integral in first_integrals(goal.system, max(int(degree), 1)):
            yield replace(goal, quantity=integral)


def _condition(form: Boolean, problem: Problem) -> Boolean | None:
    """A condition short enough to be shown, without parts that follow from the others."""
    if form in (sympy.true, sympy.false):
        return None
    relations = form.atoms(sympy.core.relational.Relational)
    shown = form.xreplace({a: _solved(a) for a in relations})
    parts = list(conjuncts(shown))
    for part in sorted(parts, key=lambda p: -len(str(p))):
        rest = [other for other in parts if other is not part]
        if rest and problem.prove(Holds(part), *rest, share=0.1).verdict == "proved":
            parts = rest
    shown = sympy.And(*parts)
    return shown if shown not in (sympy.true, sympy.false) and len(str(shown)) <= MAX_CONDITION else None


def _solved(relation: sympy.core.relational.Relational) -> Boolean:
    """The relation solved for a symbol, where that divides by a number only; else with a factored side."""
    difference = (
        sympy.numer(sympy.together(relation.lhs - relation.rhs))
        if relation.rel_op in {"==", "!="}
        else (relation.lhs - relation.rhs)
    )
    for s in symbols_of(difference):
        if difference.is_polynomial(s) and sympy.degree(difference, s) == 1:
            lead = sympy.Poly(difference, s).LC()
            if lead.is_Rational:
                turned = relation if lead > 0 else relation.reversed
                return turned.func(s, sympy.factor(s - difference / lead))
    return relation.func(sympy.factor(difference), 0)


def _hypotheses(goal: Goal) -> Iterator[Boolean]:
    """One more hypothesis: a sign of a symbol, a symbol that is zero or one, two symbols that are equal or ordered."""
    system = getattr(goal, "system", None) or getattr(goal, "of", None)
    states = set(getattr(system, "states", ()))
    free = (s for s in goal.free_symbols() - states if isinstance(s, sympy.Symbol))
    symbols = symbols_of(*free)[:6] if not isinstance(system, MatrixSystem) else ()
    for s in symbols:
        for relation in (sympy.Gt(s, 0), sympy.Lt(s, 0), sympy.Ne(s, 0), sympy.Ge(s, 0), sympy.Le(s, 0)):
            if relation not in (sympy.true, sympy.false):
                yield relation
    for k, a in enumerate(symbols):
        for b in symbols[k + 1 :]:
            yield sympy.Eq(a, b)
            yield sympy.Gt(a, b)
            yield sympy.Lt(a, b)
    for s in symbols:
        for value in (0, 1, -1):
            if s.is_nonzero is not True or value:
                yield sympy.Eq(s, value)
