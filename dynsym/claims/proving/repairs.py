"""A corrected statement of a false claim: searched near what is printed, then computed; proved before it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import sympy
from sympy.logic.boolalg import Boolean

from dynsym._budget import Clock
from dynsym.claims.goals import Exactly, Goal, Identity, IndexStatement, JacobianBlock
from dynsym.claims.problem import Problem
from dynsym.claims.provers.formulas import restated
from dynsym.claims.proving.variations import variations
from dynsym.claims.reals.formulas import negated, normal, symbols_of
from dynsym.claims.reals.witnesses import find_point
from dynsym.claims.registry import corrector_of
from dynsym.claims.relations import formula_text
from dynsym.errors import DynsymError
from dynsym.model import MatrixSystem
from dynsym.tensors.corrections import correction

__all__ = ["corrected_goal"]

MAX_CANDIDATES = 400
MAX_PROOFS = 40


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
    inner = Problem((*problem.hypotheses, *further), ask=problem.ask, clock=clock.part(0.3))
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
    try:
        form = normal(restated(goal, problem).formula)
        against = sympy.And(negated(form), *problem.hypotheses)
        return find_point(against, clock.part(0.05), points=16) is not None
    except DynsymError:
        return False


def _computed(goal: Goal, problem: Problem) -> Iterator[Goal]:
    """The same statement with the formula that dynsym derives."""
    compute = corrector_of(type(goal))
    if compute is None or isinstance(getattr(goal, "system", None), MatrixSystem):
        return
    with suppress(DynsymError):
        yield from compute(goal, problem)


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
