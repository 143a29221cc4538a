"""Goals about systems, as formulas: curls, Hurwitz minors, conserved quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import And, Boolean, Or

from dynsym._expressions.registry import HEADS
from dynsym.algebra.ring import Ring, generators_of
from dynsym.claims.goals import Holds, IsConserved, IsGradient, IsStable
from dynsym.claims.problem import Problem
from dynsym.claims.provers.algebra import characteristic_coefficients, characteristic_factors, equation
from dynsym.claims.provers.linearisations import equilibrium_relations, matrix_of, rates_of
from dynsym.claims.reals.formulas import sign_at, symbols_of
from dynsym.claims.reals.witnesses import find_point, point_json
from dynsym.claims.registry import Restatement, corrector, prover, restater
from dynsym.claims.relations import formula_text
from dynsym.claims.verdict import Finding
from dynsym.derive import Euclidean, Metric, first_integrals, hurwitz_minors
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import MatrixSystem

__all__ = ["coefficients_in_states", "curls"]


@restater(IsConserved)
def conserved(goal: IsConserved, problem: Problem) -> Restatement:
    """The derivative along solutions vanishes for all states."""
    change = change_along(goal)
    formula = And(*(equation(c, sympy.S.Zero) for c in coefficients_in_states(change, goal.system.states, problem)))
    return Restatement(formula, method="derivative along solutions")


@corrector(IsConserved)
def integrals(goal: IsConserved, problem: Problem) -> Iterator[IsConserved]:
    """The first integrals up to the degree of the quantity."""
    degree = sympy.Poly(goal.quantity, *goal.system.states).total_degree() if goal.quantity.is_polynomial() else 2
    if degree <= 4 and goal.system.dimension <= 6:
        for integral in first_integrals(goal.system, max(int(degree), 1)):
            yield replace(goal, quantity=integral)


def change_along(goal: IsConserved) -> Expr:
    """The derivative of the quantity along solutions."""
    quantity = goal.quantity.xreplace(goal.system.substitution())
    return sympy.Add(*(quantity.diff(goal.system[name]) * rate for name, rate in rates_of(goal.system).items()))


@restater(IsGradient)
def gradient(goal: IsGradient, problem: Problem) -> Restatement:
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
    curl_free = And(*found)
    if _has_holes(goal, problem):
        raise UnsupportedFeatureError("the domain may have holes, where a field without curl need not be a gradient")
    return Restatement(curl_free, method="Schwarz test", steps=steps)


def _has_holes(goal: IsGradient, problem: Problem) -> bool:
    """Whether a pole of the field may leave a domain that is not simply connected.

    Poles on hyperplanes leave convex parts; other denominators must be shown not to vanish.
    """
    states = set(goal.system.states)
    for rate in rates_of(goal.system).values():
        ring = Ring(generators_of([rate]))
        for g in ring.generators:
            if (
                g not in states
                and g.free_symbols & states
                and isinstance(g, sympy.Pow | sympy.log)
                and (g.args[0] not in states)
            ):
                return True
        for factor, _ in ring.quotient(rate)[1].factor()[1]:
            pole = ring.expression(factor)
            moving = pole.free_symbols & states
            is_plane = pole.is_polynomial(*moving) and moving and sympy.Poly(pole, *moving).total_degree() == 1
            if len(moving) <= 1 or is_plane:
                continue
            if problem.prove(Holds(sympy.Ne(pole, 0)), share=0.2).verdict != "proved":
                return True
    return False


def curls(goal: IsGradient) -> dict[tuple[str, str], Expr]:
    """∂(G_b f_b)/∂a - ∂(G_a f_a)/∂b for the states a, b that move."""
    system = goal.system
    metric: Metric = Euclidean() if goal.metric == "euclidean" else goal.metric
    values = system.substitution()
    weights = dict(zip(system.state_names, metric.diagonal(system), strict=True))
    rates = {name: weights[name].xreplace(values) * rate for name, rate in rates_of(system).items()}
    moving = goal.states or system.state_names
    return {(a, b): rates[b].diff(system[a]) - rates[a].diff(system[b]) for a, b in combinations(moving, 2)}


@restater(IsStable)
def hurwitz(goal: IsStable, problem: Problem) -> Restatement:
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
        return Restatement(And(*nulls), method="characteristic polynomial")
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
    return Restatement(formula, method="Hurwitz minors", steps=tuple(steps), margin=margin)


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
        known = HEADS.get(type(g))  # all smooth ones are transcendental
        if not (known is not None and known.is_smooth and inner in states) or inner in seen:
            raise UnsupportedFeatureError(f"{g} may depend on the other functions of the states")
        seen.add(inner)


@prover(IsConserved, IsGradient, order=40)
def states_that_refute(goal: IsConserved | IsGradient, problem: Problem) -> Finding | None:
    """Parameters and states at which the derivative or the curl differs from zero."""
    if isinstance(goal.system, MatrixSystem):
        return None
    if isinstance(goal, IsGradient):
        if isinstance(goal.metric, str) and goal.metric != "euclidean":
            return None
        values = {f"d({b}')/d {a} - d({a}')/d {b}": curl for (a, b), curl in curls(goal).items() if curl != 0}
    else:
        values = {"derivative along the solution": change_along(goal)}
    against = And(Or(*(sympy.Ne(value, 0) for value in values.values())), *problem.hypotheses)
    point = find_point(against, problem.clock.part(0.2), extra_symbols=symbols_of(*values.values()))
    if point is None:
        return None
    told = [(name, value) for name, value in values.items() if sign_at(value, point) in {-1, 1}]
    if not told:
        return None
    name, value = told[0]
    shown = point_json(point)
    there = value.xreplace(point)
    number = str(there) if there.is_Rational else f"about {float(there):.6g}"
    value = min(value, sympy.expand(value), key=sympy.count_ops)
    where = f" at {', '.join(f'{k} = {v}' for k, v in shown.items())}" if shown else ""
    return Finding(
        "refuted",
        method="evaluation at a point",
        reason=f"{name} = {value} is {number}{where}"[:400],
        steps=({"kind": "evaluation", "point": shown, "false": formula_text(equation(value, sympy.S.Zero))},),
        counterexample={**shown, name: number},
    )
