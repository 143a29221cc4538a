"""The general route: a goal that reduces to a formula is decided over the reals."""

from __future__ import annotations

from dynsym.claims.goals import Goal, HasEquilibria
from dynsym.claims.problem import Problem
from dynsym.claims.reals.decision import decide
from dynsym.claims.registry import Reduction, general_prover, reducer_of
from dynsym.claims.verdict import Finding
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import MatrixSystem

__all__ = ["by_formula", "reduced"]


def reduced(goal: Goal, problem: Problem) -> Reduction:
    """The formula of a goal."""
    if any(isinstance(getattr(part, "system", None), MatrixSystem) for part in (goal, *goal.parts())):
        raise UnsupportedFeatureError(f"{goal.text()[:80]} has symbolic sizes")
    make = reducer_of(type(goal))
    if make is None:
        raise UnsupportedFeatureError(f"{type(goal).__name__} is not decided point by point")
    return make(goal, problem)


@general_prover
def by_formula(goal: Goal, problem: Problem) -> Finding | None:
    """Reduce, then decide."""
    if isinstance(goal, HasEquilibria) and goal.exactly is None:
        return None
    return decide(reduced(goal, problem), problem)
