"""Invariant sets by cofactors, gradients in some metric by dynsym's decomposition."""

from __future__ import annotations

from itertools import islice
from typing import Any

import sympy
from sympy import Symbol
from sympy.logic.boolalg import And

from dynsym._budget import Budget
from dynsym.algebra.ring import Ring, generators_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.claims.goals import Holds, IsGradient, IsInvariant
from dynsym.claims.problem import Problem
from dynsym.claims.provers.linearisations import equilibrium_relations, rates_of
from dynsym.claims.reals.formulas import assumptions_of, equations_of, truth
from dynsym.claims.reals.witnesses import find_point, point_json, sample_points
from dynsym.claims.registry import prover
from dynsym.claims.relations import read_formula
from dynsym.claims.verdict import Finding
from dynsym.derive import decompose

__all__: list[str] = []

POINTS = 24


@prover(IsInvariant, order=20)
def cofactor(goal: IsInvariant, problem: Problem) -> Finding | None:
    """The derivative along solutions is a multiple of the expression, or a point refutes it."""
    values = goal.system.substitution()
    g = sympy.numer(sympy.together(goal.vanishing.xreplace(values)))
    rates = rates_of(goal.system)
    change = sympy.Add(*(g.diff(goal.system[name]) * rate for name, rate in rates.items()))
    ring = Ring(generators_of([g, change]))
    numerator, denominator = ring.quotient(change)
    bound = set(goal.system.states)
    smooth = all(x in bound or not (x.free_symbols & bound) for x in ring.generators)
    quotient, rest = divmod(numerator, ring.polynomial(g))
    if rest.is_zero() and smooth:
        multiple = ring.expression(quotient) / ring.expression(denominator)
        return Finding(
            "proved",
            method="cofactor",
            reason=f"along solutions the expression changes at its own multiple by {multiple}",
            steps=({"kind": "ring", "left": str(change), "right": f"({multiple})*({g})"},),
        )
    leaving = And(sympy.Eq(g, 0, evaluate=False), sympy.Ne(change, 0, evaluate=False), *problem.hypotheses)
    point = find_point(leaving, problem.clock.part(0.4))
    if point is None:
        return None
    values_there = point_json(point)
    where = ", ".join(f"{name} = {value}" for name, value in values_there.items())
    return Finding(
        "refuted",
        method="evaluation at a point",
        reason=f"at {where} the expression is 0, and its derivative along the solution {change.xreplace(point)}",
        steps=({"kind": "evaluation", "point": values_there, "false": f"{change} = 0", "true": f"{g} = 0"},),
        counterexample=values_there,
    )


@prover(IsGradient, order=30)
def decomposition(goal: IsGradient, problem: Problem) -> Finding | None:
    """Some diagonal metric, or any metric: the verdicts of `decompose`, at values that the hypotheses allow."""
    if goal.metric not in {"diagonal", "any"} or goal.states is not None:
        return None
    budget = Budget(seconds=problem.clock.part(0.3).budget.seconds)
    split = decompose(goal.system, budget=budget, at=0)
    if split.is_gradient[goal.metric] == "proved":
        names = goal.scope_names()
        needed = [read_formula(text, names) for text in split.assumptions]
        if not needed or problem.prove(Holds(And(*needed)), share=0.3).verdict == "proved":
            step = {"kind": "decomposition", "metric": goal.metric, "reason": split.reasons[goal.metric]}
            return Finding("proved", method="decomposition", reason=split.reasons[goal.metric], steps=(step,))
    return _refuted_at_values(goal, problem)


def _refuted_at_values(goal: IsGradient, problem: Problem) -> Finding | None:
    """An equilibrium at admissible values whose spectrum no metric allows, or a cycle that no diagonal metric does."""
    system = goal.system
    relations = (*problem.hypotheses, *equilibrium_relations(system, None))
    symbols = sorted({*system.states, *_free(system), *And(*problem.hypotheses).free_symbols}, key=str)
    rng = Sampler(7)
    for point in islice(sample_points(symbols, equations_of(relations), rng), POINTS):
        if problem.clock.is_over:
            return None
        if point is None or not all(value.is_Rational for value in point.values()):
            continue
        if not all(truth(part, point) is True for part in (*relations, *assumptions_of(tuple(symbols)))):
            continue
        values = {s.name: point[s] for s in _free(system)}
        at = {s.name: point[s] for s in system.states}
        budget = Budget(seconds=problem.clock.part(0.2).budget.seconds)
        split = decompose(system.with_values(**values), at=at, budget=budget)
        if split.is_gradient[goal.metric] == "refuted":
            shown = point_json(point)
            reason = split.reasons[goal.metric]
            step = {"kind": "decomposition", "metric": goal.metric, "point": shown, "reason": reason}
            return Finding(
                "refuted",
                method="spectrum at an equilibrium" if goal.metric == "any" else "cycles of the Jacobian",
                reason=reason,
                steps=(step,),
                counterexample=shown,
            )
    return None


def _free(system: Any) -> list[Symbol]:
    fixed = system.substitution()
    return [s for s in system.parameters.values() if s not in fixed]
