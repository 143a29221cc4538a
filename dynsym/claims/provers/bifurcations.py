"""Bifurcations at stated values: dynsym's own conditions prove them, the spectrum at the value refutes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy
from flint import fmpq, fmpq_poly
from sympy import Expr, Symbol
from sympy.logic.boolalg import And

from dynsym._budget import Budget
from dynsym.arithmetic.real_roots import real_roots
from dynsym.claims.goals import HasBifurcation, Holds, Identity
from dynsym.claims.problem import Problem
from dynsym.claims.provers.algebra import characteristic_coefficients
from dynsym.claims.provers.linearisations import matrix_of
from dynsym.claims.reals.witnesses import find_point
from dynsym.claims.registry import corrector, prover
from dynsym.claims.relations import formula_text
from dynsym.claims.verdict import Finding, Step
from dynsym.derive import find_conditions
from dynsym.results import BifurcationCondition

__all__ = ["conditions_of"]


def conditions_of(goal: HasBifurcation, problem: Problem) -> tuple[BifurcationCondition, ...]:
    """The conditions that dynsym derives at the equilibrium of a goal."""
    budget = Budget(seconds=problem.clock.part(0.6).budget.seconds)
    at = 0 if isinstance(goal.at, int | Expr) else goal.at
    return tuple(find_conditions(goal.system, parameter=goal.parameter, at=at, budget=budget))


@corrector(HasBifurcation)
def other_values(goal: HasBifurcation, problem: Problem) -> Iterator[HasBifurcation]:
    """The values, criticalities and frequencies of the derived conditions of the same kind."""
    for found in conditions_of(goal, problem):
        if found.kind == goal.kind and found.solution is not None:
            side = found.criticality if goal.criticality is not None else None
            turning = found.frequency if goal.frequency is not None else None
            if side in {"supercritical", "subcritical", None}:
                yield replace(goal, value=found.solution, criticality=side, frequency=turning)


@prover(HasBifurcation, order=20)
def spectrum_at_the_value(goal: HasBifurcation, problem: Problem) -> Finding | None:
    """A regular Jacobian, or one without an imaginary pair, refutes."""
    if goal.at is None:
        return None
    parameter = goal.system.parameter(goal.parameter)
    values = goal.system.substitution(free=[goal.parameter])
    matrix = matrix_of(goal.system.without_values(goal.parameter), goal.at, problem)
    matrix = matrix.xreplace({**values, parameter: goal.value.xreplace(values)})
    free = sorted(matrix.free_symbols | goal.value.free_symbols - set(values), key=str)
    at_value = And(*problem.hypotheses).xreplace({**values, parameter: goal.value.xreplace(values)})
    if not at_value.free_symbols <= set(free):
        return None
    point = find_point(at_value, problem.clock.part(0.1), extra_symbols=free)
    if point is None:
        return None
    numbers = matrix.xreplace(point)
    if not all(entry.is_Rational for entry in numbers):
        return None
    coefficients = characteristic_coefficients(numbers, problem)
    crossing = _has_imaginary_pair(coefficients) if goal.kind == "hopf" else coefficients[0] == 0
    if crossing:
        return None
    shown = sympy.Add(*(c * Symbol("lambda") ** k for k, c in enumerate(coefficients)))
    example: dict[str, Any] = {s.name: str(v) for s, v in point.items()}
    example[goal.parameter] = str(goal.value.xreplace(values).xreplace(point))
    example["characteristic_polynomial"] = str(shown)
    what = "no imaginary pair" if goal.kind == "hopf" else "no zero eigenvalue"
    return Finding(
        "refuted",
        method="spectrum at the stated value",
        reason=f"there is {what}: the characteristic polynomial is {shown}",
        steps=({"kind": "spectrum", "coefficients": [str(c) for c in coefficients], "without": what},),
        counterexample=example,
    )


@prover(HasBifurcation, order=30)
def derived_conditions(goal: HasBifurcation, problem: Problem) -> Finding | None:
    """The same kind, value, criticality and frequency as in a condition that dynsym derived."""
    found = conditions_of(goal, problem)
    there = [c for c in found if c.solution is not None and _same(c.solution, goal.value, problem)]
    there = [c for c in there if not any(_same(part, sympy.S.Zero, problem) for part in _differing_from_zero(c))]
    same = [c for c in there if c.kind == goal.kind]
    for condition in same:
        steps: list[Step] = [{"kind": "condition", "condition": condition.to_json()}]
        sure = condition.verdict
        turning = condition.frequency
        stated = goal.frequency
        if turning is not None and stated is not None and not _same(turning**2, stated**2, problem):
            return _other(goal, f"its frequency is {turning}", steps)
        if goal.criticality is not None:
            side = _side(condition, problem)
            if side is None:
                return None
            if side != goal.criticality:
                return _other(goal, f"it is {side}: the coefficient is {condition.coefficient}", steps)
        return Finding(
            sure if sure in {"proved", "supported"} else "undecided",
            method="closed-form conditions",
            reason=f"{condition.kind} where {condition.equation} = 0; coefficient {condition.coefficient}",
            scope="; ".join([*condition.assumptions, *_restrictions(condition, problem)]),
            steps=tuple(steps),
        )
    allowed = And(*problem.hypotheses, *(sympy.Ne(part, 0) for c in there for part in _differing_from_zero(c)))
    if goal.at is not None and there and all(c.verdict == "proved" for c in there):
        if find_point(allowed, problem.clock.part(0.1)) is None:
            return None
        kinds = ", ".join(dict.fromkeys(c.kind for c in there))
        steps = [{"kind": "condition", "condition": c.to_json()} for c in there]
        return _other(goal, f"there is a {kinds} there", steps)
    return None


def _differing_from_zero(condition: BifurcationCondition) -> list[Expr]:
    """What must not vanish where the condition holds, if parameters are left in it."""
    found = []
    for part in dict.fromkeys((condition.nondegeneracy, condition.coefficient, condition.transversality)):
        if part is not None and condition.solution is not None:
            moving = [s for s in part.free_symbols if s.name == condition.parameter]
            there = part.xreplace(dict.fromkeys(moving, condition.solution))
            found += [there] if there.free_symbols else []
    return found


def _restrictions(condition: BifurcationCondition, problem: Problem) -> list[str]:
    """The values of further parameters that are left out."""
    parts = [sympy.Ne(part, 0) for part in dict.fromkeys(_differing_from_zero(condition)) if not part.is_nonzero]
    return [formula_text(part) for part in parts if problem.prove(Holds(part), share=0.2).verdict != "proved"]


def _other(goal: HasBifurcation, reason: str, steps: list[Step]) -> Finding:
    return Finding("refuted", method="closed-form conditions", reason=reason, steps=tuple(steps))


def _side(condition: BifurcationCondition, problem: Problem) -> str | None:
    if condition.criticality in {"supercritical", "subcritical"}:
        return condition.criticality
    if condition.coefficient is None:
        return None
    coefficient = condition.coefficient
    if condition.solution is not None:
        moving = [s for s in coefficient.free_symbols if s.name == condition.parameter]
        coefficient = coefficient.xreplace(dict.fromkeys(moving, condition.solution))
    for relation, side in ((coefficient < 0, "supercritical"), (coefficient > 0, "subcritical")):
        if problem.prove(Holds(relation), share=0.2).verdict == "proved":
            return side
    return None


def _same(one: Expr, other: Expr, problem: Problem) -> bool:
    return problem.prove(Identity(one, other), share=0.2).verdict == "proved"


def _has_imaginary_pair(coefficients: list[Expr]) -> bool:
    """Whether the even and odd parts have a common root where the square of the frequency is positive."""
    even = [c * (-1) ** k for k, c in enumerate(coefficients[0::2])]
    odd = [c * (-1) ** k for k, c in enumerate(coefficients[1::2])]
    parts = [fmpq_poly([fmpq(int(c.p), int(c.q)) for c in part]) for part in (even, odd)]
    common = parts[0] if parts[1] == 0 else parts[0].gcd(parts[1])
    if common.degree() < 1:
        return False
    return any(float(root) > 0 for root in real_roots(common.numer()))
