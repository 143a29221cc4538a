"""Goals made of goals."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import sympy
from sympy.logic.boolalg import And, Or

from dynsym.claims.goals import (
    All,
    AnyOf,
    Exactly,
    ForSizes,
    Goal,
    HasEquilibria,
    HasLyapunovFunction,
    Holds,
    Iff,
    Implies,
    IsConserved,
    IsContracting,
    IsGradient,
    IsStable,
    Never,
    Not,
)
from dynsym.claims.problem import Problem
from dynsym.claims.provers.formulas import restated
from dynsym.claims.registry import Restatement, prover, restater
from dynsym.claims.verdict import Finding
from dynsym.errors import ClosedFormMismatch, NotAnEquilibrium, UnsupportedFeatureError

__all__: list[str] = []


@prover(Not, order=10)
def refutation(goal: Not, problem: Problem) -> Finding | None:
    """Proved by a counterexample to the goal, refuted by its proof."""
    found = problem.prove(goal.goal)
    if found.verdict == "vacuous":
        return found
    if found.verdict == "refuted":
        inner = found.counterexample
        parameters = goal.free_symbols() - {s for system in goal.goal.systems() for s in system.states}
        steps = found.steps or ({"kind": "evaluation", "point": dict(inner or {})},)
        return Finding(
            "proved",
            method=f"refutation of the negated goal: {found.method}",
            reason=found.reason,
            scope="for at least one admissible choice of values" if inner and parameters else found.scope,
            hypotheses=found.hypotheses,
            steps=({"kind": "not", "refuted": goal.goal.text()}, *steps),
        )
    if found.verdict == "proved":
        return Finding(
            "refuted",
            method=f"proof of the negated goal: {found.method}",
            reason=f"{goal.goal.text()} is proved",
            scope=found.scope,
            hypotheses=found.hypotheses,
            steps=({"kind": "not", "proved": goal.goal.text()}, *found.steps),
        )
    return replace(found, verdict="undecided")


@prover(All, order=10)
def each(goal: All, problem: Problem) -> Finding | None:
    """Each part by itself; the first that is refuted refutes all."""
    found = []
    for k, part in enumerate(goal.goals):
        own = problem.prove(part, share=1 / (len(goal.goals) - k))
        if own.verdict in {"refuted", "vacuous"}:
            return replace(own, reason=f"{part.text()[:120]}: {own.reason}")
        found.append(own)
    order = ("proved", "supported", "undecided")
    worst = max(found, key=lambda own: order.index(own.verdict))
    return Finding(
        worst.verdict,
        method="; ".join(dict.fromkeys(own.method for own in found if own.method)),
        reason=worst.reason if worst.verdict != "proved" else f"all {len(found)} parts hold",
        scope="; ".join(dict.fromkeys(own.scope for own in found if own.scope)),
        hypotheses=tuple(dict.fromkeys(text for own in found for text in own.hypotheses)),
        steps=tuple(step for own in found for step in own.steps),
    )


@prover(Implies, order=10)
def under_the_premise(goal: Implies, problem: Problem) -> Finding | None:
    """A conclusion that is no formula, or needs the premise to make sense, is proved with it as a hypothesis."""
    if not isinstance(goal.premise, Holds):
        return None
    try:
        restated(goal.conclusion, problem)
    except (UnsupportedFeatureError, NotAnEquilibrium):
        found = problem.prove(goal.conclusion, goal.premise.relation)
        return replace(found, scope="; ".join(part for part in (found.scope, goal.premise.text()) if part))
    return None


@restater(Never)
@restater(Not)
def negation(goal: Never | Not, problem: Problem) -> Restatement:
    """Point by point; a goal about all states fails where one state fails, so that one state refutes nothing."""
    inner = restated(goal.goal, problem)
    if _is_about_all_states(goal.goal, inner):
        if goal.goal.parts():
            raise UnsupportedFeatureError(_ABOUT_ALL_STATES)
        return replace(inner, formula=sympy.Not(inner.formula), margin=sympy.true)
    return replace(inner, formula=sympy.Not(inner.formula))


@restater(All)
def conjunction(goal: All, problem: Problem) -> Restatement:
    """Point by point."""
    return _joined(And, [restated(part, problem) for part in goal.goals])


@restater(AnyOf)
def disjunction(goal: AnyOf, problem: Problem) -> Restatement:
    """Point by point."""
    return _joined(Or, [_point_by_point(part, problem) for part in goal.goals])


@restater(Implies)
def implication(goal: Implies, problem: Problem) -> Restatement:
    """Point by point."""
    return _joined(sympy.Implies, [_point_by_point(goal.premise, problem), restated(goal.conclusion, problem)])


@restater(Iff)
def equivalence(goal: Iff, problem: Problem) -> Restatement:
    """Point by point."""
    return _joined(sympy.Equivalent, [_point_by_point(goal.left, problem), _point_by_point(goal.right, problem)])


@restater(Exactly)
def region(goal: Exactly, problem: Problem) -> Restatement:
    """The goal's formula against the region."""
    inner = _point_by_point(goal.goal, problem)
    return replace(inner, formula=sympy.Equivalent(inner.formula, goal.where))


_ABOUT_ALL_STATES = "a goal about all states at once is not combined with others state by state"

_ALL_STATES = (HasEquilibria, HasLyapunovFunction, IsConserved, IsContracting, IsGradient)


def _point_by_point(goal: Goal, problem: Problem) -> Restatement:
    """The formula of a goal that may stand anywhere in a combination: it has no states that the goal binds."""
    found = restated(goal, problem)
    if _is_about_all_states(goal, found):
        raise UnsupportedFeatureError(_ABOUT_ALL_STATES)
    return found


def _is_about_all_states(goal: Goal, found: Restatement) -> bool:
    """Whether a part speaks of all states of its system, and they are left in the formula."""
    if any(_is_about_all_states(part, found) for part in goal.parts()):
        return True
    everywhere = isinstance(goal, _ALL_STATES) or (isinstance(goal, IsStable) and goal.at is None)
    return everywhere and bool(found.formula.free_symbols & {s for system in goal.systems() for s in system.states})


def _joined(combine: object, parts: list[Restatement]) -> Restatement:
    margins = [part.margin for part in parts if part.margin is not None]
    return Restatement(
        combine(*(part.formula for part in parts)),  # type: ignore[operator]
        method=", ".join(dict.fromkeys(part.method for part in parts if part.method)),
        steps=tuple(step for part in parts for step in part.steps),
        margin=Or(*margins) if margins else None,
    )


@prover(ForSizes, order=10)
def sizes_upwards(goal: ForSizes, problem: Problem) -> Finding | None:
    """Instances refute, the argument in the sizes proves; the two routes have to agree."""
    general = None if goal.everywhere is None else problem.prove(goal.everywhere, share=0.5)
    sizes = sorted(
        product(range(goal.smallest, goal.largest + 1), repeat=len(goal.sizes)),
        key=lambda chosen: (sum(chosen), chosen),
    )
    proved, last = 0, None
    for k, chosen in enumerate(sizes):
        if problem.clock.is_over:
            break
        named = dict(zip(goal.sizes, chosen, strict=True))
        names = {**{s.name: s for s in _symbols(problem)}, **named}
        own = problem.prove(goal.build(**named).read(names), share=1 / (len(sizes) - k))
        if own.verdict == "refuted":
            if general is not None and general.verdict == "proved":
                raise ClosedFormMismatch(
                    f"{goal.text()[:120]} was proved for all sizes and is refuted at {named}: a fault of dynsym or "
                    "of the two ways in which the claim is written. Compare them."
                )
            shown = ", ".join(f"{name} = {size}" for name, size in named.items())
            return replace(
                own,
                reason=f"{shown}; {own.reason}",
                counterexample={**named, **(own.counterexample or {})},
                steps=({"kind": "sizes", "sizes": named}, *own.steps),
            )
        if own.verdict != "proved":
            break
        proved, last = proved + 1, named
    if general is not None and general.verdict in {"proved", "refuted"}:
        return replace(general, scope=general.scope or "all sizes")
    if proved == 0 or last is None:
        return general
    reach = ", ".join(f"{name} = {size}" for name, size in last.items())
    return Finding(
        "supported",
        method="instances",
        reason=f"proved at {proved} choices of sizes, the largest {reach}; no argument in the sizes",
        scope=f"sizes up to {reach}",
        steps=({"kind": "sizes", "proved": proved},),
    )


def _symbols(problem: Problem) -> set[sympy.Symbol]:
    return set().union(*(h.free_symbols for h in problem.hypotheses)) if problem.hypotheses else set()
