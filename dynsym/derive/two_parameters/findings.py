"""From a solution of two conditions to a `BifurcationCondition`: normal form, signs, check, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym.algebra.field import Element, Field
from dynsym.algebra.linear import NotSimpleError
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import sign_of_element
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import ball, precision
from dynsym.derive.checks.look import require_agreement
from dynsym.derive.crossings.amplitude_loci import matching_root
from dynsym.derive.crossings.locus import GUARD_BITS
from dynsym.derive.normal_forms.coefficients import CriticalData, critical_data
from dynsym.derive.normal_forms.double_forms import cusp_form, double_zero_form
from dynsym.derive.normal_forms.numbers import EnclosedNumbers, ExactNumbers, Numbers, by_enclosures, root
from dynsym.derive.two_parameters.points import DoublePoint
from dynsym.derive.wording import assumptions_of, criticality_of, domain, roughly, with_criticality
from dynsym.errors import BudgetExceeded
from dynsym.results import BifurcationCondition

__all__ = ["Classify", "condition_at", "cusp_parts", "double_zero_parts"]

LARGEST_DEGREE = 2
SHARE = 0.4

NORMALISATIONS = {
    "cusp": "u' = beta1 + beta2 u + c u^3, c = w.(C(v,v,v) + 3 B(v,h))/6, A h = -B(v,v), v.v = 1, w.v = 1; "
    "transversality: determinant of (beta1, beta2) by the parameters",
    "bogdanov_takens": "w0' = w1, w1' = a w0^2 + b w0 w1, q0.q0 = 1, q1.q0 = 0, p1.q1 = p0.q0 = 1, p0.q1 = 0, (a, b) "
    "up to a common sign; transversality: determinant of (f, trace, -determinant) on the centre manifold by its two "
    "coordinates and the parameters",
    "z2_bogdanov_takens": "w0' = w1, w1' = beta1 w0 + beta2 w1 + a w0^3 + b w0^2 w1, q0.q0 = 1, q1.q0 = 0, "
    "p1.q1 = p0.q0 = 1, p0.q1 = 0; transversality: determinant of (beta1, beta2) by the parameters",
}


Classify = Callable[[CriticalData, Numbers], dict[str, Any]]


def double_zero_parts(data: CriticalData, numbers: Numbers) -> dict[str, Any]:
    """Kind, coefficients and transversality at a double zero eigenvalue."""
    form = double_zero_form(data, numbers)
    flip, _ = numbers.orientation(form.q0)
    mode = [flip * part for part in numbers.direction(form.q0)]
    if form.is_symmetric:
        a, b = (numbers.write(None, c / form.square) for c in (form.a, form.b))
        kind, sign = "z2_bogdanov_takens", numbers.sign(form.b)
    else:
        a, b = (numbers.write(lambda c, square: c / root(square), flip * c, form.square) for c in (form.a, form.b))
        kind, sign = "bogdanov_takens", numbers.sign(form.a * form.b)
    parts: dict[str, Any] = {"mode": mode, "coefficients": {"a": a, "b": b}, "multiplicity": 2}
    degenerate = numbers.is_zero(form.a) or numbers.is_zero(form.b)
    if degenerate or numbers.is_zero(form.transversality) or not (form.is_driven or form.is_symmetric):
        if degenerate:
            note = "a or b vanishes: the point is of higher codimension"
        elif form.is_driven or form.is_symmetric:
            note = "the two parameters do not unfold the point"
        else:
            note = "an equilibrium persists there, without the symmetry x -> -x: the unfolding is of transcritical type"
        return {**parts, "kind": "degenerate", "criticality": "degenerate", "notes": (note,)}
    return {
        **parts,
        "kind": kind,
        "coefficient": b if form.is_symmetric else a,
        "nondegeneracy": a * b,
        "transversality": numbers.write(None, form.transversality),
        "criticality": criticality_of(sign),
        "normalisation": NORMALISATIONS[kind],
    }


def cusp_parts(data: CriticalData, numbers: Numbers) -> dict[str, Any]:
    """Coefficient and transversality at a cusp."""
    form = cusp_form(data, numbers)
    flip, _ = numbers.orientation(form.v)
    mode = [flip * part for part in numbers.direction(form.v)]
    if isinstance(numbers, ExactNumbers) and not numbers.is_zero(form.quadratic):
        return {"kind": "spurious"}
    parts: dict[str, Any] = {"mode": mode}
    degenerate = numbers.is_zero(form.cubic)
    if degenerate or numbers.is_zero(form.transversality):
        why = "the cubic coefficient vanishes" if degenerate else "the two parameters do not unfold the point"
        return {**parts, "kind": "degenerate", "criticality": "degenerate", "notes": (why,)}
    speed = numbers.write(lambda speed, square: flip * speed * root(square), form.transversality, form.square)
    coefficient = numbers.write(None, form.cubic / form.square)
    return {
        **parts,
        "kind": "cusp",
        "coefficient": coefficient,
        "nondegeneracy": coefficient,
        "transversality": speed,
        "criticality": criticality_of(numbers.sign(form.cubic)),
        "normalisation": NORMALISATIONS["cusp"],
    }


def _exact(point: DoublePoint) -> ExactNumbers:
    own, other = point.setting.expansions
    tables = (own.linear, own.quadratic, own.cubic, own.by_parameter, own.linear_by_parameter)
    entries = {e for t in (*tables, other.by_parameter, other.linear_by_parameter) for e in t.values()}
    put = {entry: point.put(entry) for entry in entries}
    clock = point.setting.clock.part(SHARE)
    field = point.field(list(put.values())).with_clock(clock)
    balls = point.balls if point.is_numeric else None
    return ExactNumbers(field, lambda entry: field(put[entry]), clock, at=point.at, balls=balls)


def _parts(point: DoublePoint, classify: Classify) -> dict[str, Any]:
    setting = point.setting

    def over(numbers: Numbers) -> dict[str, Any]:
        data = critical_data(*setting.expansions, size=setting.system.dimension, numbers=numbers)
        return {**classify(data, numbers), "reductions": numbers.how}

    if point.is_numeric and (point.degree > LARGEST_DEGREE or (point.formula is None and point.amplitude is not None)):
        found = by_enclosures(lambda: over(EnclosedNumbers(point.balls(), plain=setting.plain)), setting.clock)
        if found is not None:
            return found
    try:
        return over(_exact(point))
    except NotSimpleError as obstacle:
        return {"kind": "degenerate", "criticality": "degenerate", "notes": (str(obstacle),), "multiplicity": None}
    except BudgetExceeded as stop:
        return {"kind": "zero_eigenvalue", "notes": (f"the normal form was left out: {stop}",), "multiplicity": None}


# ---- the condition


def condition_at(point: DoublePoint, equations: tuple[Expr, Expr], classify: Classify) -> BifurcationCondition | None:
    """The condition after its numerical check; None where the solution contradicts an assumption or is spurious."""
    setting = point.setting
    first, second = setting.parameters
    domains = [_domain(point, s) for s in setting.parameters]
    if sympy.false in domains:
        return None
    parts = _parts(point, classify)
    if parts["kind"] == "spurious":
        return None
    solutions = {s: _solution(point, s) for s in setting.parameters}
    back = {name: function for function, name in setting.stand_ins.items()}
    equation, further = (e.xreplace(back) for e in equations)
    constraints: list[Any] = [*point.relations, *(d for d in domains if d is not None)]
    if point.constraint is not None and point.formula is None and not point.is_numeric:
        constraints.append(point.constraint.xreplace(back))
    notes, mode = parts.pop("notes", ()), parts.pop("mode", None)
    names = setting.system.state_names
    coefficient = parts.get("coefficient")
    at = {name: _state(point, setting.point[state]) for name, state in zip(names, setting.system.states, strict=True)}
    condition = BifurcationCondition(
        parameter=first.name,
        others={second.name: solutions[second]},
        solution=solutions[first],
        value=_float(point, point.known[first]),
        at=at,
        equation=equation,
        further_equations=(further,),
        constraints=tuple(dict.fromkeys(constraints)),
        coefficient_value=float(coefficient) if coefficient is not None and not coefficient.free_symbols else None,
        assumptions=(*assumptions_of([*solutions.values(), *at.values(), coefficient]), *notes),
        mode=None if mode is None else dict(zip(names, mode, strict=True)),
        **parts,
    )
    condition = with_criticality(condition)
    compared = require_agreement(setting.system, condition, setting.values)
    decided = coefficient is not None or parts.get("criticality") == "degenerate"
    return replace(condition, verdict="undecided" if not decided else "proved" if compared else "supported")


def _float(point: DoublePoint, expression: Expr) -> float | None:
    if not point.is_numeric:
        return None
    with precision(GUARD_BITS):
        return float(ball(expression, point.balls()).mid())


def _domain(point: DoublePoint, s: Symbol) -> Any:
    """What the assumption on a parameter asks of the solution; None for nothing, false for a contradiction."""
    if point.is_numeric or not (s.is_positive or s.is_negative or s.is_nonnegative):
        return None
    value = _reduced(point, point.known[s])
    sign = sign_of_element(value)
    return domain(s, sign, _shown(point, point.known[s]) if sign is None else sympy.S.Zero)


def _reduced(point: DoublePoint, expression: Expr) -> Element:
    field: Field = point.field([expression])
    return field(expression)


def _shown(point: DoublePoint, expression: Expr) -> Expr:
    return point.at(tidy(_reduced(point, expression)))


def _solution(point: DoublePoint, s: Symbol) -> Expr:
    expression = point.known[s]
    if not point.is_numeric or point.degree <= LARGEST_DEGREE:
        return _shown(point, expression)
    assert point.amplitude is not None
    assert point.constraint is not None
    ring = Ring(tuple(dict.fromkeys((*generators_of([expression, point.constraint]), s))))
    if set(ring.generators) <= {point.amplitude, s}:
        numerator, denominator = ring.quotient(expression)
        own = denominator * ring.generator(s) - numerator
        polynomial = ring.resultant(own, ring.polynomial(point.constraint), point.amplitude)
        return matching_root(ring.univariate(polynomial, s), lambda: point.balls()[s]).expression()
    with precision(GUARD_BITS):
        return roughly(point.balls()[s])


def _state(point: DoublePoint, expression: Expr) -> Expr:
    put = point.put(expression)
    if point.is_numeric and point.degree > LARGEST_DEGREE:
        with precision(GUARD_BITS):
            return roughly(ball(put, point.balls()))
    return _shown(point, put)
