"""Numbers of equilibria for every value of one bounded parameter."""

from __future__ import annotations

import math

from sympy import Rational

from dynsym._budget import Budget
from dynsym.claims.goals import HasEquilibria
from dynsym.claims.problem import Problem
from dynsym.claims.provers.equilibria import parameters_of
from dynsym.claims.reals.boxes import bounds_of
from dynsym.claims.reals.formulas import conjuncts, normal
from dynsym.claims.registry import prover
from dynsym.claims.verdict import Finding

__all__: list[str] = []


@prover(HasEquilibria, order=50)
def counts_on_an_interval(goal: HasEquilibria, problem: Problem) -> Finding | None:
    """The number is proved on a whole interval of the one free parameter, in which there is no fold."""
    from dynsym.compute import count_along

    if goal.exactly is not None or goal.stable is not None:
        return None
    fixed, free = parameters_of(goal, problem)
    if len(free) != 1 or not all(value.is_Rational for value in fixed.values()):
        return None
    relevant = [part for h in problem.hypotheses for part in conjuncts(normal(h)) if part.free_symbols == set(free)]
    bounds = bounds_of(free, relevant)
    if bounds is None:
        return None
    span = _outwards(*bounds[free[0]])
    named = {s.name: value for s, value in fixed.items() if s.name in goal.system.parameters}
    budget = Budget(seconds=problem.clock.part(0.5).budget.seconds)
    staircase = count_along(goal.system, parameter=free[0].name, span=span, values=named, box=goal.box, budget=budget)
    counts = {interval.count for interval in staircase.intervals}
    if staircase.folds or not counts or any(interval.status != "proved" for interval in staircase.intervals):
        return None
    least = goal.count if goal.count is not None else goal.at_least
    most = goal.count if goal.count is not None else goal.at_most
    if any((least is not None and n < least) or (most is not None and n > most) for n in counts):
        return None
    number = " or ".join(map(str, sorted(counts)))
    return Finding(
        "proved",
        method="proved count along a parameter",
        reason=f"there are {number} equilibria for every {free[0]} from {span[0]:.6g} to {span[1]:.6g}",
        steps=({"kind": "count along", "parameter": free[0].name, "span": list(span), "counts": sorted(counts)},),
    )


def _outwards(low: Rational, high: Rational) -> tuple[float, float]:
    """Doubles that enclose an interval."""
    return math.nextafter(float(low), -math.inf), math.nextafter(float(high), math.inf)
