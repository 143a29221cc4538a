"""Goals about systems, as formulas: curls, Hurwitz minors, conserved quantities."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import And, Boolean

from dynsym.claims.goals import IsConserved, IsGradient, IsStable
from dynsym.claims.problem import Problem
from dynsym.claims.provers.algebra import characteristic_coefficients, characteristic_factors, equation
from dynsym.claims.provers.linearisations import equilibrium_relations, matrix_of, rates_of
from dynsym.claims.registry import Reduction, reducer
from dynsym.derive import Euclidean, Metric, hurwitz_minors
from dynsym.derive._ring import Ring, generators_of
from dynsym.errors import UnsupportedFeatureError

__all__ = ["coefficients_in_states", "curls"]


@reducer(IsConserved)
def conserved(goal: IsConserved, problem: Problem) -> Reduction:
    """The derivative along solutions vanishes for all states."""
    rates = rates_of(goal.system)
    quantity = goal.quantity.xreplace(goal.system.substitution())
    change = sympy.Add(*(quantity.diff(goal.system[name]) * rate for name, rate in rates.items()))
    formula = And(*(equation(c, sympy.S.Zero) for c in coefficients_in_states(change, goal.system.states, problem)))
    return Reduction(formula, method="derivative along solutions")


@reducer(IsGradient)
def gradient(goal: IsGradient, problem: Problem) -> Reduction:
    """Schwarz: the curl of the covector field vanishes for all states."""
    if isinstance(goal.metric, str) and goal.metric != "euclidean":
        raise UnsupportedFeatureError(f"the metric {goal.metric} leaves a choice, which is no formula")
    found = [
        equation(c, sympy.S.Zero)
        for curl in curls(goal).values()
        for c in coefficients_in_states(curl, goal.system.states, problem)
    ]
    shown = [f"d({b}')/d {a} - d({a}')/d {b} = {curl}" for (a, b), curl in curls(goal).items() if curl != 0][:12]
    steps = ({"kind": "note", "curl": shown},) if shown else ()
    return Reduction(And(*found), method="Schwarz test", steps=steps)


def curls(goal: IsGradient) -> dict[tuple[str, str], Expr]:
    """∂(G_b f_b)/∂a - ∂(G_a f_a)/∂b for the states a, b that move."""
    system = goal.system
    metric: Metric = Euclidean() if goal.metric == "euclidean" else goal.metric
    values = system.substitution()
    weights = dict(zip(system.state_names, metric.diagonal(system), strict=True))
    rates = {name: weights[name].xreplace(values) * rate for name, rate in rates_of(system).items()}
    moving = goal.states or system.state_names
    return {(a, b): rates[b].diff(system[a]) - rates[a].diff(system[b]) for a, b in combinations(moving, 2)}


@reducer(IsStable)
def hurwitz(goal: IsStable, problem: Problem) -> Reduction:
    """Each factor of the characteristic polynomial has positive coefficients and Hurwitz minors."""
    matrix = matrix_of(goal.system, goal.at, problem)
    factors = characteristic_factors(matrix, problem)
    nulls: list[Boolean] = []
    zeros = [f for f in factors if len(f) == 2 and f[0] == 0]
    if len(zeros) >= goal.neutral:
        kept = [*zeros[goal.neutral :], *(f for f in factors if f not in zeros)]
    else:
        coefficients = characteristic_coefficients(matrix, problem)
        nulls = [equation(c, sympy.S.Zero) for c in coefficients[: goal.neutral]]
        kept = [coefficients[goal.neutral :]]
    kept = [f for k, f in enumerate(kept) if len(f) > 1 and f not in kept[:k]]
    if not kept:
        return Reduction(And(*nulls), method="characteristic polynomial")
    positive: list[Expr] = []
    steps = []
    for factor in kept:
        quantities, step = _quantities(factor)
        positive += quantities
        steps.append(step)
    inside = And(*(sympy.Gt(q, 0) for q in positive))
    formula: Boolean = And(*nulls, inside)
    margin = And(*(sympy.Ge(q, 0) for q in positive), sympy.Not(inside))
    if hasattr(goal.system, "states") and goal.at is None:
        at_equilibrium = And(*equilibrium_relations(goal.system, goal.at))
        formula, margin = sympy.Implies(at_equilibrium, formula), And(at_equilibrium, margin)
    return Reduction(formula, method="Hurwitz minors", steps=tuple(steps), margin=margin)


def _quantities(coefficients: list[Expr]) -> tuple[list[Expr], dict[str, Any]]:
    """What is positive exactly where all roots have negative real parts: coefficients, and minors between them."""
    symbol = sympy.Dummy("lambda")
    leading = coefficients[-1]
    if not leading.is_positive:
        coefficients = [c * leading for c in coefficients[:-1]] + [leading**2]
    minors = hurwitz_minors(sympy.Add(*(c * symbol**k for k, c in enumerate(coefficients))), symbol)
    step = {"kind": "hurwitz", "polynomial": [str(c) for c in coefficients], "minors": [str(m) for m in minors]}
    between = minors[1:-1] if len(minors) > 2 else ()
    return [*(sympy.factor(c) for c in coefficients[:-1]), *between], step


def coefficients_in_states(expression: Expr, states: tuple[Symbol, ...], problem: Problem) -> list[Expr]:
    """Expressions without states that all vanish exactly where the expression does for all states.

    Hypotheses that speak of states leave the expression as it is: it has to vanish where they hold.

    Raises
    ------
    UnsupportedFeatureError
        If functions of states may be dependent, so that their coefficients need not vanish one by one.
    """
    bound = set(states)
    if not expression.free_symbols & bound or any(h.free_symbols & bound for h in problem.hypotheses):
        return [expression]
    ring = Ring(generators_of([expression]))
    moving = [g for g in ring.generators if g.free_symbols & bound]
    _require_independent(moving, bound)
    numerator, _ = ring.quotient(expression)
    places = [ring.index(g) for g in moving]
    groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for powers, coefficient in numerator.to_dict().items():
        key = tuple(powers[k] for k in places)
        rest = tuple(0 if k in places else p for k, p in enumerate(powers))
        groups.setdefault(key, {})[rest] = coefficient
    return [ring.expression(ring.context.from_dict(group)) for _, group in sorted(groups.items(), reverse=True)]


def _require_independent(generators: list[Expr], states: set[Symbol]) -> None:
    """One transcendental function of each state, at the state itself, is algebraically independent of the rest."""
    seen: set[Symbol] = set()
    for g in generators:
        if g in states:
            continue
        inner = g.args[-1] if g.args else g
        transcendental = isinstance(g, sympy.tanh | sympy.exp | sympy.log | sympy.atan)
        if not (transcendental and inner in states) or inner in seen:
            raise UnsupportedFeatureError(f"{g} may depend on the other functions of the states")
        seen.add(inner)
