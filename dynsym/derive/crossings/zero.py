"""Folds, transcritical points and pitchforks: where one eigenvalue is zero."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import sympy
from flint import arb
from sympy import Expr

from dynsym.algebra.linear import NotSimpleError
from dynsym.algebra.ring import Polynomial, factored
from dynsym.derive.characteristic.factors import EIGENVALUE
from dynsym.derive.crossings.evaluation import LEFT_OUT, SHARE, NormalFormAt
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import Locus, Solution
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.report import reductions_of
from dynsym.derive.normal_forms.amplitude import amplitude_equation
from dynsym.derive.normal_forms.at_condition import critical_point
from dynsym.derive.normal_forms.coefficients import ZeroForm, dot, zero_form
from dynsym.derive.normal_forms.numbers import ExactNumbers, Numbers, UndecidedError, root
from dynsym.derive.wording import criticality_of
from dynsym.errors import BudgetExceeded
from dynsym.functions import step
from dynsym.results.ledger import Cell, Critical, Examined
from dynsym.results.symbolic import orientation

__all__ = ["Crossing", "zero_crossings", "zero_findings"]


class Degeneracy(enum.Enum):
    """Why a crossing is degenerate; the value is how that is said."""

    CUSP = "the quadratic coefficient vanishes: a cusp, which cusp_condition unfolds, or worse"
    ISOLA = "a curve of equilibria shrinks to this point: an isola"
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
    normalisation: str = ""
    positive_entry: str | None = None
    criticality: str | None = None
    frequency: Expr | None = None
    mode: tuple[Any, ...] | None = None
    constraints: tuple[Expr, ...] = ()
    notes: tuple[str, ...] = ()
    reductions: tuple[str, ...] = ()
    decided: bool = True
    multiplicity: int | None = 1
    coefficients: Mapping[str, Expr] = field(default_factory=dict)


def zero_findings(problem: MovingEquilibrium) -> Examined[Crossing]:
    """Every locus on which an eigenvalue passes through zero."""
    cell = problem.cell(Critical.ZERO)
    return Examined.joined(_zeros(problem, cell), cell, by="the constant terms of the characteristic polynomial")


def _zeros(problem: MovingEquilibrium, cell: Cell) -> Iterator[Examined[Crossing]]:
    ring = problem.ring
    persistent = 0
    conditions: dict[str, Polynomial] = {}
    for factor in problem.factors:
        constant = ring.coefficients(factor.polynomial, EIGENVALUE)[0]
        if constant.is_zero():
            persistent += factor.multiplicity
            continue
        for part, _ in factored(constant)[1]:
            conditions[str(part)] = part
    if persistent:
        count = "" if persistent == 1 else f" of multiplicity {persistent}"
        always = f"zero is an eigenvalue{count} for every value of {problem.parameter}"
        yield Examined((), (cell.because(always),), by="")
    for condition in conditions.values():
        places = loci(problem, condition, cell)
        yield Examined((), places.open, by=places.by)
        for locus in (place for place in places.found if not place.is_pole(problem)):
            problem.clock.check("conditions for a zero eigenvalue")
            multiplicity = _multiplicity(problem, locus)
            if not 0 < multiplicity <= problem.system.dimension:
                apart = f"at roots of {locus.equation} the parameter and the states were not singled out together"
                yield Examined((), (cell.because(apart),), by="")
                continue
            for finding in zero_crossings(problem, locus, multiplicity):
                noted = _with_note(finding, always) if persistent else finding
                yield Examined((noted,), (), by=places.by)


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


def zero_crossings(problem: MovingEquilibrium, locus: Locus, multiplicity: int) -> Iterator[Crossing]:
    """The points of a locus, given how often zero is an eigenvalue there."""
    if multiplicity != 1:
        note = f"zero is an eigenvalue of multiplicity {multiplicity} there"
        if multiplicity == 2:
            note += ": two modes, or a Bogdanov-Takens point, which bogdanov_takens_condition finds in two parameters"
        for solution in locus.solutions:
            yield Crossing(
                "degenerate", locus, solution, criticality="degenerate", notes=(note,), multiplicity=multiplicity
            )
        return
    normal_form = NormalFormAt(problem, locus, zero_form)
    for solution in locus.solutions:
        yield normal_form.read(
            solution,
            partial(_from_form, problem, locus, solution),
            partial(_without_normal_form, problem, locus, solution),
        )


def _without_normal_form(problem: MovingEquilibrium, locus: Locus, solution: Solution, stop: Exception) -> Crossing:
    """A crossing whose place is known and whose normal form is too long to write down."""
    e = problem.expansion
    odd = not e.quadratic and not e.by_parameter and not e.point_by_parameter
    kind = "pitchfork" if odd else "zero_eigenvalue"
    notes = (f"{LEFT_OUT}: {stop}",)
    return Crossing(kind, locus, solution, notes=notes, reductions=reductions_of(problem, locus), decided=False)


def _kind(problem: MovingEquilibrium, form: ZeroForm, numbers: Numbers) -> tuple[str, Degeneracy | None]:
    """The kind of bifurcation, and what is degenerate about it."""
    is_zero = numbers.is_zero
    if not is_zero(form.drive):
        if is_zero(form.quadratic):
            return "degenerate", Degeneracy.CUSP
        return "fold", None
    if form.discriminant is not None and numbers.sign(form.discriminant) == -1:
        return "degenerate", Degeneracy.ISOLA
    if is_zero(form.transversality if form.discriminant is None else form.discriminant):
        return "degenerate", Degeneracy.NO_CROSSING
    if not is_zero(form.quadratic):
        return "transcritical", None
    if is_zero(form.cubic):
        if _is_linear(problem):
            return "degenerate", Degeneracy.LINE_OF_EQUILIBRIA
        return "pitchfork", Degeneracy.TRICRITICAL
    return "pitchfork", None


def _from_form(
    problem: MovingEquilibrium, locus: Locus, solution: Solution, form: ZeroForm, numbers: Numbers
) -> Crossing:
    """What a normal form says, over any kind of numbers."""
    kind, degeneracy = _kind(problem, form, numbers)
    notes: tuple[str, ...] = () if degeneracy is None else (degeneracy.value,)
    flip, entry = numbers.orientation(form.v)
    mode = tuple(flip * part for part in numbers.direction(form.v))
    reductions = (*reductions_of(problem, locus), *numbers.how)
    degenerate = Crossing("degenerate", locus, solution, criticality="degenerate", mode=mode, reductions=reductions)
    if kind == "degenerate":
        return replace(degenerate, notes=notes)
    own: tuple[Any, ...] = (lambda a, square: flip * a / root(square), form.quadratic, form.square)
    speed: tuple[Any, ...] = (None, form.transversality)
    if form.discriminant is not None:
        speed = (root, form.discriminant)
        notes = ("the transversality is that of the branch on which the eigenvalue rises; minus it on the other",)
    decisive = flip * form.quadratic
    if kind == "pitchfork":
        decisive = form.cubic / form.square
        own = (None, decisive)
    elif kind == "fold":
        speed = (lambda drive, square: flip * drive * root(square), form.drive, form.square)
        decisive = form.quadratic * form.drive
    coefficient, transversality = numbers.write(*own), numbers.write(*speed)
    sign = None
    if kind != "transcritical" or entry is None:
        sign = numbers.sign(decisive, coefficient * transversality if kind == "fold" else coefficient)
    criticality: str | None = criticality_of(sign)
    coefficients: dict[str, Expr] = {}
    if degeneracy is Degeneracy.TRICRITICAL:
        if not isinstance(numbers, ExactNumbers):
            raise UndecidedError("the fifth order is left to exact algebra")
        criticality, notes, coefficients = _at_fifth_order(problem, solution)
    name = "" if entry is None else problem.system.state_names[entry]
    return Crossing(
        kind,
        locus,
        solution,
        nondegeneracy=coefficient,
        transversality=transversality,
        coefficient=coefficient,
        coefficient_ball=arb(0) if sign == 0 else numbers.enclose(*own),
        normalisation=NORMALISATIONS[kind].replace(orientation(""), orientation(name)),
        positive_entry=None if kind == "pitchfork" else name,
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


def _at_fifth_order(problem: MovingEquilibrium, solution: Solution) -> tuple[str, tuple[str, ...], dict[str, Expr]]:
    """What the terms of order five say where those of order three vanish."""
    notes = (Degeneracy.TRICRITICAL.value,)
    if problem.taylor is not None or solution.formula is None:
        return "degenerate", notes, {}
    put = {problem.parameter: solution.formula}
    clock = problem.clock.part(SHARE)
    if solution.states is not None:
        point = {problem.system[name]: value for name, value in solution.states.items()}
    elif problem.amplitude is None:
        point = {state: value.xreplace(put) for state, value in problem.expansion.point.items()}
    else:
        return "degenerate", notes, {}
    try:
        critical = critical_point(problem.system, point, put, problem.values, clock, order=5)
        numbers, found = critical.numbers, amplitude_equation(critical.local, critical.numbers.algebra, 5)
    except (BudgetExceeded, NotSimpleError) as stop:
        return "degenerate", (*notes, str(stop)), {}
    square = dot(found.v, found.v)
    quintic = found.coefficients[5] / (square * square)
    if numbers.is_zero(found.coefficients[4]) and not numbers.is_zero(quintic):
        shown = numbers.write(lambda c: c, quintic)
        note = "the cubic coefficient vanishes: the quintic one decides"
        return criticality_of(numbers.sign(quintic, shown)), (note,), {"cubic": sympy.S.Zero, "quintic": shown}
    return "degenerate", (Degeneracy.HIGHER_ORDER.value,), {}
