"""Numbers and sets of equilibria: proved counts, real roots with parameters, injectivity, both solvers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import And, Boolean, Or

from dynsym._budget import Budget
from dynsym.claims.goals import HasEquilibria, Holds
from dynsym.claims.problem import Problem
from dynsym.claims.provers.linearisations import equilibrium_relations, matrix_of, rates_of
from dynsym.claims.reals.formulas import conjuncts, normal
from dynsym.claims.reals.witnesses import find_point
from dynsym.claims.registry import Restatement, corrector, prover, restater
from dynsym.claims.relations import formula_text
from dynsym.claims.verdict import Finding, Step
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions.smoothness import breaks
from dynsym.model.links.recognition import link_form

__all__ = ["parameters_of"]

SAMPLES = 4
LARGEST_MINORS = 5
"""A matrix of this size has 31 principal minors."""


@restater(HasEquilibria)
def equilibria_as_stated(goal: HasEquilibria, problem: Problem) -> Restatement:
    """The rates vanish exactly where the stated relation holds, for all states."""
    if goal.exactly is None or any(n is not None for n in (goal.count, goal.at_least, goal.at_most, goal.stable)):
        raise UnsupportedFeatureError("a number of equilibria is no formula")
    vanishing = And(*equilibrium_relations(goal.system, None))
    return Restatement(sympy.Equivalent(vanishing, goal.exactly), method="rates of all states")


@prover(HasEquilibria, order=20)
def counts_at_values(goal: HasEquilibria, problem: Problem) -> Finding | None:
    """A proved count settles a system without free parameters, and can refute any other."""
    if goal.exactly is not None:
        return None
    fixed, free = parameters_of(goal, problem)
    if not free:
        return _at(goal, fixed, problem, share=0.7, decisive=True)
    found = None
    for point in _points(free, problem):
        found = _at(goal, {**fixed, **point}, problem, share=0.1)
        if found is not None and found.verdict == "refuted":
            return found
    return None


@prover(HasEquilibria, order=30)
def real_roots_with_parameters(goal: HasEquilibria, problem: Problem) -> Finding | None:
    """One polynomial equation: the signature of Hermite's form, from signs of its leading minors."""
    if goal.exactly is not None or goal.box or goal.stable is not None:
        return None
    single = _single_equation(goal, problem)
    if single is None:
        return None
    state, rate, steps_before = single
    numerator, denominator = sympy.fraction(sympy.cancel(rate) if rate.is_rational_function(state) else rate)
    if not numerator.is_polynomial(state):
        return None
    denominator *= sympy.denom(sympy.together(rate))
    if denominator.has(state) and problem.prove(Holds(sympy.Ne(denominator, 0)), share=0.2).verdict != "proved":
        return None
    poly = sympy.Poly(numerator, state)
    degree = poly.degree()
    if degree < 1 or degree > 5:
        return None
    lead = problem.prove(Holds(sympy.Ne(poly.LC(), 0)), share=0.2)
    if lead.verdict != "proved":
        return None
    steps: list[Step] = [*steps_before, *lead.steps]
    minors = _hermite_minors(poly)
    signs: list[int] = []
    for minor in minors:
        sign, more = _sign(minor, problem)
        if sign is None:
            return None
        signs.append(sign)
        steps += more
    number = sum(a * b for a, b in zip([1, *signs[:-1]], signs, strict=True))
    steps.append(
        {"kind": "hermite", "polynomial": str(numerator), "symbol": state.name, "signs": signs, "roots": number}
    )
    return _compared(goal, number, number, "signature of Hermite's form", tuple(steps), {})


@prover(HasEquilibria, order=40)
def injective_rates(goal: HasEquilibria, problem: Problem) -> Finding | None:
    """At most one equilibrium where all principal minors of -J are positive (Gale and Nikaido)."""
    most = goal.count if goal.count is not None else goal.at_most
    system = goal.system
    if most != 1 or goal.exactly is not None or system.dimension > LARGEST_MINORS:
        return None
    if any(place.at.free_symbols & set(system.states) for r in rates_of(system).values() for place in breaks(r)):
        return None
    matrix = -matrix_of(system, None, problem)
    minors = [
        matrix.extract(list(chosen), list(chosen)).det(method="berkowitz")
        for size in range(1, matrix.rows + 1)
        for chosen in combinations(range(matrix.rows), size)
    ]
    plain, squares = _in_squares(minors)
    bounds = [bound for square in squares for bound in (sympy.Ge(square, 0), sympy.Lt(square, 1))]
    positive = problem.prove(Holds(And(*(sympy.Gt(m, 0, evaluate=False) for m in plain))), *bounds, share=0.5)
    if positive.verdict != "proved":
        return None
    argument = {
        "kind": "injective",
        "minors": [str(m) for m in minors],
        "squares": {s.name: str(f) for s, f in squares.items()},
    }
    least = (goal.at_least or 0) if goal.count is None else 1
    reasons = ["all principal minors of -J are positive, so that the field is one-to-one (Gale and Nikaido)"]
    if least >= 1:
        exists = _existence(goal, problem)
        if exists is None:
            return None
        reasons.append(exists)
    if goal.stable is not None:
        return None
    return Finding(
        "proved",
        method=f"injectivity, {positive.method}",
        reason="; ".join(reasons),
        hypotheses=tuple(text for text in positive.hypotheses if text not in map(formula_text, bounds)),
        steps=(argument, *positive.steps),
    )


@corrector(HasEquilibria)
def other_counts(goal: HasEquilibria, problem: Problem) -> Iterator[HasEquilibria]:
    """Every small count, where all parameters have values."""
    if goal.count is not None and not parameters_of(goal, problem)[1]:
        yield from (replace(goal, count=count, stable=None) for count in range(10))


@prover(HasEquilibria, order=60)
def no_further_equilibrium(goal: HasEquilibria, problem: Problem) -> Finding | None:
    """Solvers: one more distinct equilibrium than stated is impossible, and one exists where one is claimed."""
    most = goal.count if goal.count is not None else goal.at_most
    least = goal.count if goal.count is not None else goal.at_least or 0
    if most is None or most > 3 or least > 1 or goal.stable is not None or goal.exactly is not None or goal.box:
        return None
    exists = _existence(goal, problem) if least else "nothing is said of existence"
    if exists is None:
        return None
    single = _single_equation(goal, problem)
    rates = list(rates_of(goal.system).values()) if single is None else [single[1]]
    states = goal.system.states if single is None else (single[0],)
    names = {s.name for rate in rates for s in rate.free_symbols}
    mark = "" if names.isdisjoint(f"{s.name}_{k}" for s in states for k in range(most + 1)) else "copy"
    copies = [{s: Symbol(f"{s.name}_{mark}{k}", **s.assumptions0) for s in states} for k in range(most + 1)]
    parts: list[Boolean] = [sympy.Eq(rate.xreplace(copy), 0, evaluate=False) for copy in copies for rate in rates]
    for a, b in combinations(copies, 2):
        parts.append(Or(*(sympy.Ne(a[s], b[s]) for s in states)))
    found = problem.prove(Holds(sympy.Not(And(*parts))), share=0.5)
    if found.verdict != "proved":
        return None
    return Finding(
        "proved",
        method=f"no {most + 1} distinct equilibria, {found.method}",
        reason=f"{most + 1} distinct equilibria are impossible; {exists}",
        hypotheses=found.hypotheses,
        steps=({"kind": "copies", "number": most + 1, "existence": exists}, *found.steps),
    )


def _in_squares(minors: list[Expr]) -> tuple[list[Expr], dict[Symbol, Expr]]:
    """Symbols from [0, 1) for the tanh² of those tanh that occur in even powers only: a question of half the degree."""
    found, squares = minors, {}
    functions = sorted(set().union(*(m.atoms(sympy.tanh) for m in minors)), key=str)
    for k, function in enumerate(functions):
        root, square = sympy.Dummy("root", real=True), Symbol(f"square_{k}", real=True)
        flat = [m.xreplace({function: root}) for m in found]
        if not all(m.is_polynomial(root) for m in flat):
            continue
        tables = [sympy.Poly(m, root).as_dict() for m in flat]
        if all(power % 2 == 0 for table in tables for (power,) in table):
            found = [sympy.Add(*(c * square ** (power // 2) for (power,), c in table.items())) for table in tables]
            squares[square] = function**2
    return found, squares


def _existence(goal: HasEquilibria, problem: Problem) -> str | None:
    """Why there is an equilibrium."""
    rates = rates_of(goal.system)
    origin = dict.fromkeys(goal.system.states, sympy.S.Zero)
    if all(rate.xreplace(origin) == 0 for rate in rates.values()):
        return "the origin is an equilibrium"
    single = _single_equation(goal, problem)
    if single is not None:
        poly = _polynomial(single[1], single[0])
        if poly is not None and poly.degree() % 2 and problem.prove(Holds(sympy.Ne(poly.LC(), 0))).verdict == "proved":
            return "a polynomial of odd degree has a real root"
    links = link_form(goal.system)
    if links is not None and not links.factors and all(_is_bounded(a) for a in links.activations):
        return "the activations are bounded, so that there is an equilibrium (Brouwer)"
    return None


def _single_equation(goal: HasEquilibria, problem: Problem) -> tuple[Symbol, Expr, tuple[Step, ...]] | None:
    """One equation in one state: others are solved for where they occur linearly with a factor that cannot vanish."""
    fixed, _ = parameters_of(goal, problem)
    left = {s: rate.xreplace(fixed) for s, rate in zip(goal.system.states, rates_of(goal.system).values(), strict=True)}
    states = list(left)
    equations = list(left.values())
    steps: list[Step] = []
    while len(states) > 1:
        for equation, s in ((e, s) for e in equations for s in states if e.has(s) and e.is_polynomial(s)):
            poly = sympy.Poly(equation, s)
            if poly.degree() != 1 or poly.LC().free_symbols & set(states):
                continue
            if not poly.LC().is_nonzero and problem.prove(Holds(sympy.Ne(poly.LC(), 0)), share=0.1).verdict != "proved":
                continue
            value = -poly.TC() / poly.LC() if poly.TC() != 0 else sympy.S.Zero
            if any(not place.is_defined and place.at.free_symbols & {*states} for place in breaks(value)):
                continue
            equations = [e.xreplace({s: value}) for e in equations if e is not equation]
            states.remove(s)
            steps.append({"kind": "note", "eliminated": s.name, "value": str(value)})
            break
        else:
            return None
    return states[0], equations[0], tuple(steps)


def _polynomial(rate: Expr, state: Symbol) -> sympy.Poly | None:
    """The rate, where it is a polynomial in the state."""
    return sympy.Poly(rate, state) if rate.is_polynomial(state) and rate.has(state) else None


def _is_bounded(activation: Any) -> bool:
    return all(end is not None and sympy.Abs(end) != sympy.oo for end in activation.bounds)


def parameters_of(goal: HasEquilibria, problem: Problem) -> tuple[dict[Symbol, Expr], list[Symbol]]:
    """Values that hypotheses fix, and the parameters that stay free."""
    system = goal.system
    fixed: dict[Symbol, Expr] = {}
    for part in (c for h in problem.hypotheses for c in conjuncts(normal(h))):
        if isinstance(part, sympy.Eq):
            for a, b in ((part.lhs, part.rhs), (part.rhs, part.lhs)):
                if a.is_Symbol and b.is_number:
                    fixed[a] = b
    rates = [rate.xreplace(fixed) for rate in rates_of(system).values()]
    free = set().union(*(rate.free_symbols for rate in rates)) - set(system.states)
    return fixed, sorted(free, key=str)


def _points(free: list[Symbol], problem: Problem) -> list[dict[Symbol, Expr]]:
    """Some values of parameters that the hypotheses allow."""
    found: list[dict[Symbol, Expr]] = []
    relevant = [h for h in problem.hypotheses if h.free_symbols & set(free)]
    for k in range(SAMPLES):
        apart = [Or(*(sympy.Ne(s, point[s]) for s in free)) for point in found]
        inside = find_point(And(*relevant, *apart), problem.clock.part(0.05), extra_symbols=free, points=60 + 20 * k)
        if inside is None or not all(inside[s].is_Rational for s in free):
            break
        found.append({s: inside[s] for s in free})
    return found


def _at(
    goal: HasEquilibria, values: Mapping[Symbol, Expr], problem: Problem, *, share: float, decisive: bool = False
) -> Finding | None:
    from dynsym.compute import count_equilibria

    system = goal.system
    named = {s.name: v for s, v in values.items() if s.name in system.parameters}
    budget = Budget(seconds=max(problem.clock.part(share).budget.seconds or 5.0, 0.5))
    count = count_equilibria(system, values=named, box=goal.box, budget=budget)
    upper = None if count.status == "continuum" else count.upper
    lower = count.lower if count.status != "continuum" else 10**9
    stable = count.stable if count.status == "proved" else None
    where = {name: str(value) for name, value in named.items()}
    return _compared(
        goal, lower, upper, f"proved count at {where}" if where else "proved count", (), where, stable, count
    )


def _compared(
    goal: HasEquilibria,
    lower: int,
    upper: int | None,
    method: str,
    steps: tuple[Step, ...],
    where: Mapping[str, str],
    stable: int | None = None,
    count: Any = None,
    *,
    decisive: bool = True,
) -> Finding | None:
    """What bounds on the number say about the goal; None where they do not decide it."""
    least = goal.count if goal.count is not None else goal.at_least
    most = goal.count if goal.count is not None else goal.at_most
    stored = steps or ({"kind": "count", "parameters": dict(where), "lower": lower, "upper": upper, "stable": stable},)
    wrong = (least is not None and upper is not None and upper < least) or (most is not None and lower > most)
    wrong = wrong or (goal.stable is not None and stable is not None and stable != goal.stable)
    many = f"is {lower} equilibrium" if lower == 1 else f"are {lower} equilibria"
    words = "is a continuum of equilibria" if lower >= 10**9 else many
    if wrong:
        example: dict[str, Any] = {**where, "equilibria": "infinitely many" if lower >= 10**9 else lower}
        if stable is not None:
            example["stable"] = stable
            words += f", {stable} of them stable"
        if count is not None and 0 < len(count.equilibria) <= 9:
            example["states"] = [{k: float(f"{v:.6g}") for k, v in e.state.items()} for e in count.equilibria]
        return Finding("refuted", method=method, reason=f"there {words}", steps=stored, counterexample=example)
    enough = (least is None or lower >= least) and (most is None or (upper is not None and upper <= most))
    if enough and (goal.stable is None or goal.stable == stable) and decisive:
        return Finding("proved", method=method, reason=f"there {words}", steps=stored)
    return None


def _hermite_minors(poly: sympy.Poly) -> list[Expr]:
    """Leading principal minors of the Hankel matrix of power sums."""
    degree, coefficients = poly.degree(), poly.all_coeffs()
    e = [c / coefficients[0] for c in coefficients]
    sums: list[Expr] = [sympy.Integer(degree)]
    for k in range(1, 2 * degree - 1):
        total = -k * e[k] if k <= degree else sympy.S.Zero
        total -= sympy.Add(*(e[j] * sums[k - j] for j in range(1, min(k, degree + 1)) if j <= degree))
        sums.append(sympy.cancel(total))
    if degree == 1:
        return [sympy.S.One]
    hankel = sympy.Matrix(degree, degree, lambda i, j: sums[int(i + j)])
    return [sympy.factor(hankel[:k, :k].det(method="berkowitz")) for k in range(1, degree + 1)]


def _sign(expression: Expr, problem: Problem) -> tuple[int | None, tuple[Step, ...]]:
    if expression.is_Rational:
        return (int(sympy.sign(expression)) or None), ()
    for sign, relation in ((1, sympy.Gt(expression, 0)), (-1, sympy.Lt(expression, 0))):
        found = problem.prove(Holds(relation), share=0.3)
        if found.verdict == "proved":
            return sign, found.steps
    return None, ()
