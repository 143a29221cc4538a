"""Folds, transcritical points and pitchforks: where one eigenvalue is zero."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from flint import arb
from sympy import Expr

from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element, element_is_zero
from dynsym.algebra.linear import BallAlgebra, ExactAlgebra, NotSimpleError
from dynsym.algebra.ring import Polynomial
from dynsym.algebra.signs import sign_of_element
from dynsym.algebra.tidy import factored
from dynsym.arithmetic.balls import precision, sign_of
from dynsym.derive.characteristic.factors import EIGENVALUE
from dynsym.derive.crossings.evaluation import UndecidedError, ball_data, ball_is_zero, exact_data
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.report import at_solution, formula, reductions_of
from dynsym.derive.normal_forms.amplitude import amplitude_equation
from dynsym.derive.normal_forms.at_condition import critical_point
from dynsym.derive.normal_forms.coefficients import ZeroForm, zero_form
from dynsym.derive.wording import criticality_of, roughly, sign_of_formula
from dynsym.errors import BudgetExceeded
from dynsym.functions import step
from dynsym.results.symbolic import orientation

__all__ = ["Crossing", "zero_findings"]

LARGEST_DEGREE = 2
PRECISIONS = (128, 256, 1024)
SHARE = 0.4
LEFT_OUT = "the normal form was left out"


class Degeneracy(enum.Enum):
    """Why a crossing is degenerate; the value is how that is said."""

    CUSP = "the quadratic coefficient vanishes: a cusp, which cusp_condition unfolds, or worse"
    NO_CROSSING = "the eigenvalue does not cross zero at non-zero speed"
    LINE_OF_EQUILIBRIA = "the critical mode feels no nonlinearity: a line of equilibria"
    TRICRITICAL = "the cubic coefficient vanishes: the pitchfork is degenerate"
    HIGHER_ORDER = "neither the cubic nor the quintic coefficient decides: a line of equilibria, or a higher order"


NORMALISATIONS = {
    "fold": f"u' = transversality (p - p*) + a u^2, a = w.B(v,v)/2, v.v = 1, w.v = 1, {orientation('')}",
    "transcritical": f"u' = transversality (p - p*) u + a u^2, a = w.B(v,v)/2, v.v = 1, w.v = 1, {orientation('')}",
    "pitchfork": "u' = transversality (p - p*) u + c u^3, c = w.(C(v,v,v) + 3 B(v,h))/6, A h = -B(v,v), v.v = 1, "
    "w.v = 1",
}


@dataclass(frozen=True)
class Crossing:
    """One critical point before it is checked and written up."""

    kind: str
    locus: Locus
    solution: Solution
    nondegeneracy: Expr | None = None
    transversality: Expr | None = None
    coefficient: Expr | None = None
    coefficient_ball: Any = None
    coefficient_element: Element | None = None
    normalisation: str = ""
    positive_entry: str | None = None
    criticality: str | None = None
    frequency: Expr | None = None
    mode: tuple[Any, ...] | None = None
    constraints: tuple[Expr, ...] = ()
    notes: tuple[str, ...] = ()
    reductions: tuple[str, ...] = ()
    decided: bool = True
    coefficients: Mapping[str, Expr] = field(default_factory=dict)


def zero_findings(problem: MovingEquilibrium) -> Iterator[Crossing]:
    """Every locus on which an eigenvalue passes through zero."""
    ring = problem.ring
    persistent = 0
    conditions: dict[str, Polynomial] = {}
    for factor in problem.factors:
        constant = ring.coefficients(factor.polynomial, EIGENVALUE)[0]
        if constant.is_zero():
            persistent += factor.multiplicity
            continue
        for part, _ in constant.factor()[1]:
            conditions[str(part)] = part
    for condition in conditions.values():
        for locus in loci(problem, condition):
            problem.clock.check("conditions for a zero eigenvalue")
            multiplicity = _multiplicity(problem, locus)
            for finding in _classified(problem, locus, multiplicity):
                if persistent:
                    note = f"{persistent} eigenvalues are zero for every value of the parameter"
                    yield _with_note(finding, note)
                else:
                    yield finding


def _with_note(finding: Crossing, note: str) -> Crossing:
    return replace(finding, notes=(*finding.notes, note))


def _multiplicity(problem: MovingEquilibrium, locus: Locus) -> int:
    """How often zero is a root of the characteristic polynomial on a locus."""
    total = 0
    for factor in problem.factors:
        for coefficient in problem.ring.coefficients(factor.polynomial, EIGENVALUE):
            if not locus.element((coefficient, problem.ring.one)).is_zero:
                break
            total += factor.multiplicity
    return total


def _classified(problem: MovingEquilibrium, locus: Locus, multiplicity: int) -> Iterator[Crossing]:
    if multiplicity != 1:
        note = f"zero is an eigenvalue of multiplicity {multiplicity} there"
        if multiplicity == 2:
            note += ": two modes, or a Bogdanov-Takens point, which bogdanov_takens_condition finds in two parameters"
        for solution in locus.solutions:
            yield Crossing("degenerate", locus, solution, criticality="degenerate", notes=(note,))
        return
    exact: tuple[ZeroForm, bool] | str | None = None
    for solution in locus.solutions:
        found = None
        if locus.degree > LARGEST_DEGREE and solution.balls is not None and not problem.free:
            found = _from_balls(problem, locus, solution)
        if found is None:
            if exact is None:
                exact = _exact_form(problem, locus)
            if isinstance(exact, str):
                found = _without_normal_form(problem, locus, solution, exact)
            else:
                try:
                    found = _from_field(problem, locus, solution, *exact)
                except ZeroDivisionError as stop:
                    found = _without_normal_form(problem, locus, solution, f"{LEFT_OUT}: {stop}")
        yield found


def _exact_form(problem: MovingEquilibrium, locus: Locus) -> tuple[ZeroForm, bool] | str:
    """The coefficients, and whether the field is linear on the locus; or why they are left out."""
    clock = problem.clock.part(SHARE)
    field = locus.field.with_clock(clock)
    try:
        data = exact_data(problem, locus, field)
        linear = _is_linear(problem)
        return zero_form(data, ExactAlgebra(field, clock), element_is_zero), linear
    except (BudgetExceeded, ZeroDivisionError) as stop:
        return f"{LEFT_OUT}: {stop}"


def _without_normal_form(problem: MovingEquilibrium, locus: Locus, solution: Solution, why: str) -> Crossing:
    """A crossing whose place is known and whose normal form is too long to write down."""
    e = problem.expansion
    odd = not e.quadratic and not e.by_parameter and not e.point_by_parameter
    kind = "pitchfork" if odd else "zero_eigenvalue"
    return Crossing(kind, locus, solution, notes=(why,), reductions=reductions_of(problem, locus), decided=False)


def _kind(form: ZeroForm, is_zero: Any, linear: bool) -> tuple[str, Degeneracy | None]:
    """The kind of bifurcation, and what is degenerate about it."""
    if not is_zero(form.drive):
        if is_zero(form.quadratic):
            return "degenerate", Degeneracy.CUSP
        return "fold", None
    if is_zero(form.transversality):
        return "degenerate", Degeneracy.NO_CROSSING
    if not is_zero(form.quadratic):
        return "transcritical", None
    if is_zero(form.cubic):
        return ("degenerate", Degeneracy.LINE_OF_EQUILIBRIA) if linear else ("pitchfork", Degeneracy.TRICRITICAL)
    return "pitchfork", None


def _from_field(problem: MovingEquilibrium, locus: Locus, solution: Solution, form: ZeroForm, linear: bool) -> Crossing:
    """Everything in closed form."""
    kind, degeneracy = _kind(form, element_is_zero, linear)
    notes: tuple[str, ...] = () if degeneracy is None else (degeneracy.value,)
    reductions = reductions_of(problem, locus)
    mode = tuple(formula(entry, solution) for entry in form.v)
    if kind == "degenerate":
        return Crossing(kind, locus, solution, criticality="degenerate", mode=mode, notes=notes, reductions=reductions)
    normalisation = NORMALISATIONS[kind]
    coefficients: dict[str, Expr] = {}
    flip, entry = _orientation(form.v, solution)
    positive_entry = None if kind == "pitchfork" else ""
    mode = tuple(flip * part for part in mode)
    if kind == "pitchfork":
        element = form.cubic / form.square
        coefficient = formula(element, solution)
        transversality = formula(form.transversality, solution)
        sign, number = _sign(element, coefficient, solution)
        criticality: str | None = criticality_of(sign)
        if sign == 0:
            criticality, notes, coefficients = _at_fifth_order(problem, solution)
            if criticality is None:
                return Crossing("degenerate", locus, solution, criticality="degenerate", mode=mode, notes=notes)
    else:
        element = None
        length = sympy.sqrt(factored(form.square))
        coefficient = at_solution(flip * factored(form.quadratic) / length, solution)
        speed = flip * factored(form.drive) * length if kind == "fold" else factored(form.transversality)
        transversality = at_solution(speed, solution)
        number = _number(form, flip, solution)
        sure = kind == "fold" or entry is None
        decisive = form.quadratic * form.drive if kind == "fold" else flip * form.quadratic
        shown = coefficient * transversality if kind == "fold" else coefficient
        criticality = criticality_of(_sign(decisive, shown, solution)[0] if sure else None)
        if entry is not None:
            name = problem.system.state_names[entry]
            positive_entry = name
            normalisation = normalisation.replace(orientation(""), orientation(name))
    return Crossing(
        kind,
        locus,
        solution,
        nondegeneracy=coefficient,
        transversality=transversality,
        coefficient=coefficient,
        coefficient_ball=number,
        coefficient_element=element,
        normalisation=normalisation,
        positive_entry=positive_entry,
        coefficients=coefficients,
        criticality=criticality,
        mode=mode,
        notes=notes,
        reductions=reductions,
    )


def _is_linear(problem: MovingEquilibrium) -> bool:
    """Whether no entry of the Jacobian depends on the states, apart from the side of a corner."""
    states, side = set(problem.system.states), sympy.Dummy("side")
    entries = set(problem.system.jacobian_entries().values())
    return not any(e.replace(step, lambda argument: side).free_symbols & states for e in entries)


def _at_fifth_order(
    problem: MovingEquilibrium, solution: Solution
) -> tuple[str | None, tuple[str, ...], dict[str, Expr]]:
    """What the terms of order five say where those of order three vanish; None where they decide nothing."""
    notes = (Degeneracy.TRICRITICAL.value,)
    if problem.taylor is not None or problem.amplitude is not None or solution.formula is None:
        return "degenerate", notes, {}
    put = {problem.parameter: solution.formula}
    clock = problem.clock.part(SHARE)
    point = {state: value.xreplace(put) for state, value in problem.expansion.point.items()}
    try:
        critical = critical_point(problem.system, point, put, problem.values, clock, order=5)
        found = amplitude_equation(critical.local, critical.algebra, 5)
    except (BudgetExceeded, NotSimpleError) as stop:
        return "degenerate", (*notes, str(stop)), {}
    square = sum((entry * entry for entry in found.v), critical.field.zero)
    quintic = found.coefficients[5] / (square * square)
    shown = factored(quintic)
    if element_is_zero(found.coefficients[4]) and not element_is_zero(quintic):
        sign = sign_of_formula(quintic, shown)
        if sign is None and not shown.free_symbols:
            sign = 1 if shown.evalf(30) > 0 else -1
        note = "the cubic coefficient vanishes: the quintic one decides"
        return criticality_of(sign), (note,), {"cubic": sympy.S.Zero, "quintic": shown}
    return None, (Degeneracy.HIGHER_ORDER.value,), {}


def _sign(element: Element, expression: Expr, solution: Solution) -> tuple[int | None, Any]:
    if element.is_zero:
        return 0, arb(0)
    if solution.balls is None or not solution.encloses(element):
        return sign_of_formula(element, expression), None
    for bits in PRECISIONS:
        with precision(bits):
            number = evaluate(element, solution.balls())
        if sign_of(number) is not None:
            return sign_of(number), number
    return None, number


def _orientation(v: list[Element], solution: Solution) -> tuple[int, int | None]:
    """The sign that makes the largest entry of v positive.

    Where it is open which entry is the largest, the first one of known sign is taken, and its place is returned too.
    """
    if solution.balls is not None:
        with precision(GUARD_BITS):
            balls = solution.balls()
            if all(solution.encloses(entry) for entry in v):
                numbers = [float(evaluate(entry, balls).mid()) for entry in v]
                return (1 if max(numbers, key=abs) > 0 else -1), None
    signs = [0 if e.is_zero else sign_of_formula(e, sympy.S.Zero) for e in v]
    for k, sign in enumerate(signs):
        if sign and all(sign_of_element(v[k] * v[k] - e * e) in (0, 1) for e in v):
            return sign, None
    known = next((k for k, sign in enumerate(signs) if sign), None)
    if known is not None:
        return signs[known] or 1, known
    return 1, next(k for k, e in enumerate(v) if not e.is_zero)


def _number(form: ZeroForm, flip: int, solution: Solution) -> Any:
    if solution.balls is None or not (solution.encloses(form.quadratic) and solution.encloses(form.square)):
        return None
    with precision(GUARD_BITS):
        balls = solution.balls()
        return flip * evaluate(form.quadratic, balls) / evaluate(form.square, balls).sqrt()


def _from_balls(problem: MovingEquilibrium, locus: Locus, solution: Solution) -> Crossing | None:
    """Numbers with proved signs; None where a quantity may be zero, which only exact algebra can say."""
    assert solution.balls is not None
    for bits in PRECISIONS:
        try:
            with precision(bits):
                form = zero_form(ball_data(problem, solution.balls()), BallAlgebra(), ball_is_zero)
                return _written(problem, locus, solution, form)
        except (UndecidedError, NotSimpleError):
            problem.clock.check("ball arithmetic at a zero eigenvalue")
    return None


def _written(problem: MovingEquilibrium, locus: Locus, solution: Solution, form: ZeroForm) -> Crossing:
    kind, degeneracy = _kind(form, ball_is_zero, _is_linear(problem))
    notes = () if degeneracy is None else (degeneracy.value,)
    if degeneracy is Degeneracy.TRICRITICAL:
        raise UndecidedError("the fifth order is left to exact algebra")
    length = _real(form.square).sqrt()
    entries = [_real(entry) / length for entry in form.v]
    largest = max(entries, key=lambda x: abs(float(x.mid())))
    flip = 1 if largest > 0 else -1
    mode = tuple(roughly(flip * entry) for entry in entries)
    reductions = (*reductions_of(problem, locus), "coefficients: enclosed by ball arithmetic at the exact solution")
    if kind == "degenerate":
        return Crossing(kind, locus, solution, criticality="degenerate", mode=mode, notes=notes, reductions=reductions)
    if kind == "pitchfork":
        number = arb(0) if ball_is_zero(form.cubic) else _real(form.cubic) / _real(form.square)
        speed = _real(form.transversality)
        criticality: str | None = criticality_of(sign_of(number))
    else:
        number = flip * _real(form.quadratic) / length
        speed = flip * _real(form.drive) * length if kind == "fold" else _real(form.transversality)
        criticality = criticality_of(sign_of(number * speed if kind == "fold" else number))
    return Crossing(
        kind,
        locus,
        solution,
        nondegeneracy=roughly(number),
        transversality=roughly(speed),
        coefficient=roughly(number),
        coefficient_ball=number,
        normalisation=NORMALISATIONS[kind],
        positive_entry=None if kind == "pitchfork" else "",
        criticality=criticality,
        mode=mode,
        notes=notes,
        reductions=reductions,
    )


def _real(number: Any) -> arb:
    return number.real if hasattr(number, "real") and not isinstance(number, (int, arb)) else arb(number)
