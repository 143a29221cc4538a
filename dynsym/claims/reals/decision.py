"""Whether a formula holds wherever hypotheses do: algebra, a search for points, roots on the line, solvers, boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import And, Boolean

from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import sign_by_terms, sign_of_element
from dynsym.claims.problem import Problem
from dynsym.claims.reals.boxes import excluded
from dynsym.claims.reals.exact import divided_by, vanishes
from dynsym.claims.reals.formulas import (
    assumptions_of,
    atoms_of,
    branches,
    conjuncts,
    equations_of,
    negated,
    normal,
    solved_hypotheses,
    symbols_of,
    truth,
)
from dynsym.claims.reals.line import satisfying_point
from dynsym.claims.reals.solvers import ask_both, question
from dynsym.claims.reals.steps import ring_step, text_of
from dynsym.claims.reals.witnesses import find_point, point_json
from dynsym.claims.registry import Restatement
from dynsym.claims.relations import formula_text
from dynsym.claims.verdict import Finding, Step
from dynsym.errors import ClosedFormMismatch, UnsupportedFeatureError

__all__ = ["Case", "by_search", "contradiction", "decide"]

MAX_WAYS = 12
"""Branches that are put to the solvers one by one where the whole is too hard."""

CHECKS = 12
"""Points at which what algebra proved is tried out."""


@dataclass
class Case:
    """One decision under way."""

    problem: Problem
    steps: list[Step] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    @property
    def hypotheses(self) -> tuple[Boolean, ...]:
        return self.problem.hypotheses

    def record(self, method: str, step: dict[str, Any], used: Sequence[Boolean] = ()) -> None:
        if method not in self.methods:
            self.methods.append(method)
        self.steps.append(step)
        self.used += [text for text in map(formula_text, used) if text not in self.used]


def decide(restatement: Restatement, problem: Problem) -> Finding:
    """Prove or refute that a formula holds at every point that the hypotheses allow."""
    form = normal(restatement.formula)
    case = Case(problem)
    left = [part for part in conjuncts(form) if not _by_algebra(part, case)]
    if not left:
        if any(step["kind"] == "ring" for step in restatement.steps):
            case.methods.insert(0, "exact algebra in the ring")
        elif not case.steps:
            case.record("evaluation", {"kind": "assumptions", "true": formula_text(form)})
        _tried_out(form, problem)
        return _proved(case, restatement)
    point = _counterexample(left, restatement, problem)
    if point is not None:
        return _refuted(left, point, restatement)
    open_parts = []
    for part in left:
        settled, hint = by_search(part, case)
        if not settled:
            point = _counterexample([part], restatement, problem, hint)
            if point is not None:
                return _refuted([part], point, restatement)
            open_parts.append(part)
    if not open_parts:
        return _proved(case, restatement)
    words = "; ".join(formula_text(part)[:120] for part in open_parts[:2])
    if restatement.margin not in (None, sympy.true) and _only_marginal(open_parts, restatement, problem):
        return Finding(
            "undecided",
            method=restatement.method,
            reason=f"only marginal points are left, where {formula_text(normal(restatement.margin))[:160]}",
        )
    return Finding("undecided", method=restatement.method, reason=f"neither proved nor refuted: {words}")


def contradiction(problem: Problem) -> Finding | None:
    """A proof that no point satisfies the hypotheses, or None."""
    together = normal(And(*problem.hypotheses))
    if not problem.hypotheses or find_point(together, problem.clock.part(0.1), points=120) is not None:
        return None
    if together == sympy.false:
        return Finding("vacuous", method="contradictory hypotheses", reason="no point satisfies the hypotheses")
    case = Case(problem)
    settled, hint = by_search(sympy.false, case)
    if settled:
        return Finding(
            "vacuous",
            method=f"contradictory hypotheses: {', '.join(case.methods)}",
            reason="no point satisfies the hypotheses",
            hypotheses=tuple(map(formula_text, problem.hypotheses)),
            steps=tuple(case.steps),
        )
    hints = [hint] if hint else []
    if not hint or find_point(together, problem.clock.part(0.1), points=40, hints=hints) is None:
        problem.note("no point that satisfies the hypotheses was found, and they were not shown to be contradictory")
    return None


# ---- proofs


def _by_algebra(part: Boolean, case: Case) -> bool:
    """Equations in the ring or modulo hypotheses; inequalities by the signs of their terms."""
    if part == sympy.true:
        return True
    if isinstance(part, sympy.Eq):
        difference = part.lhs - part.rhs
        if vanishes(difference):
            case.record("exact algebra in the ring", ring_step(part.lhs, part.rhs))
            return True
        equations = equations_of(case.hypotheses)
        if not equations:
            return False
        clock = case.problem.clock.part(0.2)
        found = divided_by(difference, equations, lambda e: _differs_from_zero(e, case), clock)
        if found is None:
            return False
        hypotheses = [h for h in case.hypotheses if any(e in equations_of((h,)) for e in _originals(found, equations))]
        case.record(
            "exact algebra modulo the hypotheses",
            {
                "kind": "pseudo-division",
                "vanishes": text_of(difference),
                "by": [text_of(e) for e in found.equations],
                "symbols": [s.name for s in found.symbols],
                "leading": [text_of(e) for e in found.leading],
            },
            hypotheses,
        )
        return True
    sign = _term_sign(part)
    if sign is not None:
        known = {s.name: _assumption(s) for s in symbols_of(part)}
        case.record("signs of all terms", {"kind": "signs", "relation": formula_text(part), "assumptions": known})
        return True
    return False


def _assumption(s: Symbol) -> str:
    words = ("positive", "negative", "nonnegative", "nonzero")
    return next((word for word in words if getattr(s, f"is_{word}")), "real")


def _originals(found: Any, equations: Sequence[Expr]) -> list[Expr]:
    return [e for e in equations if sympy.numer(sympy.together(e)) in found.equations]


def _term_sign(part: Boolean) -> int | None:
    """The sign of the difference, where assumptions alone make the relation true."""
    wanted = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {1, 0}}.get(getattr(part, "rel_op", ""))
    if wanted is None:
        return None
    try:
        ring = Ring(generators_of([part.lhs - part.rhs]))
        element = Field(ring, root_relations(ring))(part.lhs - part.rhs)
        sign = sign_of_element(element)
    except UnsupportedFeatureError:
        return None
    if sign not in wanted:
        return None
    if len(wanted) == 1 and not _never_zero(element, ring):
        return None
    return sign


def _never_zero(element: Any, ring: Ring) -> bool:
    """Whether no factor can vanish: its terms have one sign, and one of them differs from zero."""
    _, factors = element.numerator.factor()
    return all(
        sign_by_terms(ring, factor) is not None
        and any(
            all(g.is_nonzero for g, power in zip(ring.generators, powers, strict=False) if power)
            for powers in factor.to_dict()
        )
        for factor, _ in factors
    )


def _differs_from_zero(expression: Expr, case: Case) -> bool:
    if expression.is_nonzero:
        return True
    inner = Case(case.problem)
    settled, _ = by_search(sympy.Ne(expression, 0), inner)
    if settled:
        for method, step in zip(inner.methods, inner.steps, strict=False):
            case.record(method, dict(step), case.hypotheses)
    return settled


def by_search(part: Boolean, case: Case) -> tuple[bool, dict[Any, Any] | None]:
    """Roots on the line, then both solvers, then boxes; and a model where a solver has one."""
    against = And(negated(part), *case.hypotheses)
    symbols = symbols_of(against)
    clock = case.problem.clock
    if len(symbols) == 1:
        try:
            point = satisfying_point(against, symbols[0])
        except UnsupportedFeatureError:
            pass
        else:
            if point is None:
                step = {"kind": "line", "symbol": symbols[0].name, "false": _with_assumptions(against)}
                case.record("real roots isolated on the line", step, case.hypotheses)
                return True, None
            return False, {symbols[0]: point}
    settled, model = _by_solvers(part, case)
    if settled:
        return True, None
    try:
        found = excluded(negated(part), case.hypotheses, clock.part(0.3))
    except UnsupportedFeatureError as error:
        case.problem.note(f"boxes: {str(error).split('. ')[0]}")
        found = None
    if found is not None:
        step = {"kind": "boxes", "false": _with_assumptions(against), "box": found.box, "examined": found.examined}
        case.record("branch and prune in ball arithmetic", step, case.hypotheses)
        return True, None
    return False, model


def _with_assumptions(formula: Boolean) -> str:
    """The formula as a text that says what its symbols are assumed to be."""
    parts = [normal(formula), *assumptions_of(symbols_of(formula))]
    return " and ".join(f"({formula_text(part)})" for part in parts)


def _by_solvers(part: Boolean, case: Case) -> tuple[bool, dict[Any, Any] | None]:
    """Both solvers find the negation unsatisfiable, as a whole or branch by branch; or a model of it."""
    values = solved_hypotheses(case.hypotheses)
    try:
        given = [h.xreplace(values) for h in (*case.hypotheses, *assumptions_of(tuple(values)))]
        against = normal(negated(part).xreplace(values))
    except TypeError:  # a hypothesis gives a value at which another is undefined
        given, against = list(case.hypotheses), negated(part)
    ways = list(branches(against))
    said = ""
    for questions in ([against], [And(*way) for way in ways] if 1 < len(ways) <= MAX_WAYS else []):
        if not questions:
            break
        steps = []
        for formula in questions:
            try:
                asked = question(formula, given)
            except UnsupportedFeatureError as error:
                case.problem.note(f"solvers: {str(error).split('. ')[0]}")
                return False, None
            answer = ask_both(asked, case.problem.clock)
            if answer.model is not None:
                return False, answer.model
            if not answer.is_unsatisfiable:
                said = str(answer)
                break
            names = {name: str(meaning) for name, meaning in asked.variables.items()}
            steps.append({"kind": "smt", "text": asked.text, "variables": names, "said": dict(answer.said)})
        else:
            for step in steps:
                case.record("z3 and cvc5", step, case.hypotheses)
            return True, None
    if said:
        case.problem.note(f"solvers: {said}")
    return False, None


def _proved(case: Case, restatement: Restatement) -> Finding:
    poles = _poles(restatement.formula, case)
    if poles and case.hypotheses and _is_nowhere_defined(poles, case):
        return Finding("undecided", method="", reason=f"{', '.join(map(text_of, poles))} vanish by the hypotheses")
    methods = ", ".join(dict.fromkeys([*([restatement.method] if restatement.method else []), *case.methods]))
    return Finding(
        "proved",
        method=methods,
        reason=f"holds by {methods}",
        scope=_domain(poles, case),
        hypotheses=tuple(case.used),
        steps=(*restatement.steps, *case.steps),
    )


def _poles(formula: Boolean, case: Case) -> list[Expr]:
    """What stands in denominators and is not known to differ from zero."""
    poles: list[Expr] = []
    bases = {power.base for power in formula.atoms(sympy.Pow) if power.exp.is_negative}
    for base in sorted(bases, key=sympy.default_sort_key):
        if base.is_nonzero or any(h == sympy.Ne(base, 0) for h in case.hypotheses):
            continue
        if not _by_algebra(sympy.Gt(base**2, 0), Case(case.problem)):
            poles.append(base)
    return poles


def _is_nowhere_defined(poles: Sequence[Expr], case: Case) -> bool:
    """Whether at every admissible point one of several expressions vanishes."""
    clock = case.problem.clock.part(0.5)
    apart = And(*(sympy.Ne(pole, 0) for pole in poles))
    if find_point(And(apart, *case.hypotheses), clock, points=60) is not None:
        return False
    return by_search(negated(apart), Case(replace(case.problem, clock=clock)))[0]


def _domain(poles: Sequence[Expr], case: Case) -> str:
    """Where the formula is defined, if that is less than everywhere."""
    if not poles:
        return ""
    rest = "all values that the hypotheses allow" if case.hypotheses else "all values of the symbols"
    return f"{rest}, where {', '.join(f'{text_of(pole)} != 0' for pole in poles)}"


def _tried_out(form: Boolean, problem: Problem) -> None:
    """What algebra proved is evaluated at a few points; a false one is a fault of dynsym."""
    point = find_point(And(negated(form), *problem.hypotheses), problem.clock.part(0.05), points=CHECKS)
    if point is not None:
        raise ClosedFormMismatch(
            f"{formula_text(form)[:200]} was proved by algebra and is false at {point_json(point)}: a fault of dynsym. "
            "Report the claim."
        )


# ---- refutations


def _counterexample(
    parts: Sequence[Boolean], restatement: Restatement, problem: Problem, hint: dict[Any, Any] | None = None
) -> dict[Any, Any] | None:
    against = And(negated(And(*parts)), *problem.hypotheses)
    if restatement.margin is not None:
        against = And(against, negated(restatement.margin))
    hints = [hint] if hint else []
    clock = problem.clock.part(0.2)
    return find_point(against, clock, hints=hints, points=240 if hint is None else 40)


def _only_marginal(parts: Sequence[Boolean], restatement: Restatement, problem: Problem) -> bool:
    assert restatement.margin is not None
    return all(by_search(sympy.Or(part, restatement.margin), Case(problem))[0] for part in parts)


def _refuted(parts: Sequence[Boolean], point: dict[Any, Any], restatement: Restatement) -> Finding:
    failing = next((part for part in parts if truth(part, point) is False), parts[0])
    where = ", ".join(f"{s} = {v}" for s, v in point_json(point).items()) or "every point"
    return Finding(
        "refuted",
        method=", ".join(part for part in (restatement.method, "evaluation at a point") if part),
        reason=f"at {where}: {_numbers(failing, point)}",
        steps=(*restatement.steps, {"kind": "evaluation", "point": point_json(point), "false": formula_text(failing)}),
        counterexample=point_json(point),
    )


def _numbers(failing: Boolean, point: dict[Any, Any]) -> str:
    """The failing relation with its numbers."""
    for atom in atoms_of(failing):
        if truth(atom, point) is False:
            if not atom.free_symbols:
                return f"{formula_text(atom)[:160]} is false"
            sides = [side.xreplace(point) for side in (atom.lhs, atom.rhs)]
            values = [str(side) if side.is_Rational else f"{side} (about {float(side):.6g})" for side in sides]
            sign = {"==": "="}.get(atom.rel_op, atom.rel_op)
            return f"{formula_text(atom)[:160]} becomes {values[0]} {sign} {values[1]}, which is false"
    return f"{formula_text(failing)[:200]} is false"
