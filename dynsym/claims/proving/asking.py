"""`prove`: ask the provers of a goal in order, check the answer, look for a correction of what is refuted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Symbol
from sympy.logic.boolalg import Boolean

from dynsym._budget import Budget
from dynsym.claims.claim import Claim
from dynsym.claims.goals import Goal
from dynsym.claims.problem import Problem
from dynsym.claims.proving.repairs import corrected_goal
from dynsym.claims.reals.decision import contradiction
from dynsym.claims.registry import provers_of
from dynsym.claims.verdict import Finding, Verdict
from dynsym.errors import (
    BudgetExceeded,
    ClosedFormMismatch,
    DynsymError,
    MissingPackageError,
    ParameterError,
    UnsupportedFeatureError,
)

__all__ = ["prove", "settle"]

REPAIR_SHARE = 0.5
"""How much of the time that is left may go into looking for a corrected statement."""


def prove(
    claim: Claim | Goal,
    *,
    hypotheses: Sequence[Boolean | str] = (),
    symbols: Mapping[str, str | Symbol] | Sequence[str] = (),
    repair: bool = True,
    budget: Budget | None = None,
) -> Verdict:
    """The verdict on a goal or a claim, worked out in this process.

    Parameters
    ----------
    hypotheses : sequence of Boolean or text
        Of a goal; a claim has its own.
    symbols : mapping of name to assumption, or sequence of names
        Of a goal; as for `Claim`.
    repair : bool
        Whether to look for a corrected statement of what is refuted.
    budget : Budget, optional
        By default the seconds of the claim.

    Raises
    ------
    ParameterError
        If hypotheses or symbols are given beside a claim.
    ModelNameError, ModelParseError
        If a text in the claim cannot be read.

    Examples
    --------
    >>> from dynsym.claims import Holds, prove
    >>> prove(Holds("a^2 + 1 > 2*a"), symbols=["a"])
    Verdict(goal: refuted; evaluation at a point; ...; counterexample a = 1; corrected: a**2 + 1 >= 2*a)
    """
    if isinstance(claim, Goal):
        claim = Claim("goal", "", claim, hypotheses=hypotheses, symbols=symbols)
    elif hypotheses or symbols:
        raise ParameterError(
            f"Hypotheses or symbols were given beside the claim {claim.id}, which has its own. Put them into the claim."
        )
    started = time.perf_counter()
    clock = (Budget(seconds=claim.seconds) if budget is None else budget).start()
    problem = Problem(claim.relations, ask=settle, clock=clock)
    goal = claim.stated_goal
    finding = _contradiction(problem) or settle(goal, problem)
    if finding.verdict == "refuted" and repair and finding.corrected is None:
        finding = _with_correction(claim, goal, finding, problem)
    return _verdict(claim, goal, finding, problem, time.perf_counter() - started)


def settle(goal: Goal, problem: Problem) -> Finding:
    """The first definite answer of the provers of a goal, or the best of the others."""
    provers = provers_of(type(goal))
    if not provers:
        raise ParameterError(
            f"No prover is registered for {type(goal).__name__}. Register one with dynsym.claims.prover, or a restater."
        )
    best = Finding("undecided", method="", reason="no prover settled it")
    for ask in provers:
        name = ask.__name__.replace("_", " ")
        if problem.clock.is_over:
            problem.note(f"{name} was not asked: the time was over")
            break
        try:
            with problem.clock.alarm():
                found = ask(goal, problem)
        except ClosedFormMismatch:
            raise
        except BudgetExceeded as error:
            problem.note(f"{name}: {_first_sentence(error)}")
            continue
        except (MissingPackageError, UnsupportedFeatureError) as error:
            problem.note(f"{name}: {_first_sentence(error)}")
            continue
        if found is None:
            continue
        if found.is_settled:
            return found
        if best.verdict == "undecided" and (found.verdict == "supported" or not best.method):
            best = found
    return best


def _contradiction(problem: Problem) -> Finding | None:
    """Whether the hypotheses contradict each other, asked for half of the time at most."""
    try:
        with problem.clock.part(0.5).alarm():
            return contradiction(problem)
    except BudgetExceeded as error:
        problem.note(f"contradictory hypotheses: {_first_sentence(error)}")
    return None


def _with_correction(claim: Claim, goal: Goal, finding: Finding, problem: Problem) -> Finding:
    clock = problem.clock.part(REPAIR_SHARE)
    try:
        with clock.alarm():
            found = corrected_goal(goal, problem, claim.stated_alternatives, clock)
    except DynsymError as error:
        problem.note(f"search for a correction: {_first_sentence(error)}")
        return finding
    return finding if found is None else replace(finding, corrected=found)


def _verdict(claim: Claim, goal: Goal, finding: Finding, problem: Problem, seconds: float) -> Verdict:
    scope = finding.scope or ("all values that the hypotheses allow" if claim.hypotheses else _plain_scope(goal))
    return Verdict(
        finding.verdict,
        id=claim.id,
        statement=claim.statement,
        source=claim.source,
        scope="; ".join(part for part in (claim.scope, scope) if part),
        method=finding.method,
        reason=finding.reason,
        hypotheses=finding.hypotheses,
        argument=finding.steps,
        counterexample=finding.counterexample,
        corrected=finding.corrected,
        goal=goal.text(),
        notes=tuple(problem.notes),
        seconds=seconds,
        fingerprint=claim.fingerprint,
    )


def _plain_scope(goal: Goal) -> str:
    states = {s for part in (goal, *goal.parts()) for system in part.systems() for s in system.states}
    return "all values of the symbols" if goal.free_symbols() - states else "no free parameters"


def _first_sentence(error: Exception) -> str:
    return str(error).split(". ")[0].splitlines()[0][:200]
