"""Words and signs of conditions: assumptions, criticality, numbers as they are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym.algebra.field import Element
from dynsym.algebra.ring import factored
from dynsym.algebra.signs import sign_of_element, sign_of_polynomial
from dynsym.arithmetic.balls import ball, precision, sign_of
from dynsym.results import BifurcationCondition
from dynsym.results.symbolic import decisive, settled_sign

DIGITS = 30
GUARD_BITS = 256


def roughly(number: object) -> Expr:
    """An enclosure's middle to thirty digits."""
    text = number.mid().str(DIGITS, radius=False)  # type: ignore[attr-defined]
    return sympy.Float(text, DIGITS)


def assumptions_of(
    expressions: Iterable[Expr | None], nonzero: Iterable[Element] = (), silent: Collection[Expr] = ()
) -> tuple[str, ...]:
    """What formulas take for granted: signs of symbols, the kind of activation, denominators; nothing of the silent."""
    present = [e for e in expressions if e is not None]
    symbols = sorted(set().union(*(e.free_symbols for e in present)), key=lambda s: s.name) if present else []
    said = []
    for symbol in (s for s in symbols if s not in silent):
        for question, word in (
            ("is_positive", "> 0"),
            ("is_negative", "< 0"),
            ("is_nonnegative", ">= 0"),
            ("is_nonzero", "!= 0"),
        ):
            if getattr(symbol, question):
                said.append(f"{symbol} {word}")
                break
    jets = sorted({(j.args[0].name, j.args[1].name) for e in present for j in e.atoms(Jet)})
    said += [
        f"{name} is any smooth increasing function" + (", odd" if parity == "odd" else "") for name, parity in jets
    ]
    for element in nonzero:
        ring = element.field.ring
        for factor, _ in factored(element.denominator)[1]:
            if sign_of_polynomial(ring, factor) is None:
                said.append(f"{ring.expression(factor)} != 0")
    return tuple(dict.fromkeys(said))


def domain(parameter: Symbol, sign: int | None, value: Expr) -> Any:
    """What the assumption on a parameter asks of its value; None for nothing, false for a contradiction."""
    if not (parameter.is_positive or parameter.is_negative or parameter.is_nonnegative):
        return None
    strict, wanted = parameter.is_positive or parameter.is_negative, -1 if parameter.is_negative else 1
    if sign is None:
        return sympy.Gt(wanted * value, 0) if strict else sympy.Ge(value, 0)
    return None if sign == wanted or (sign == 0 and not strict) else sympy.false


def criticality_of(sign: int | None) -> str:
    """The word for the sign of a cubic or first Lyapunov coefficient."""
    return {None: "depends", 0: "degenerate", 1: "subcritical", -1: "supercritical"}[sign]


def sign_of_formula(element: Element, expression: Expr) -> int | None:
    """The sign of an element that is written as `expression` at a solution, from assumptions alone."""
    sign = sign_of_element(element)
    if sign is not None or expression.has(sympy.CRootOf):
        return sign
    if expression.is_positive:
        return 1
    return -1 if expression.is_negative else None


def with_criticality(condition: BifurcationCondition) -> BifurcationCondition:
    """A condition whose criticality depends on nothing that is left open, told so."""
    own = decisive(condition) if condition.criticality == "depends" else None
    if own is None:
        return condition
    sign = settled_sign(own, condition.constraints)
    if sign is None and not own.free_symbols and not own.has(Jet, sympy.Float):
        with precision(GUARD_BITS):
            sign = sign_of(ball(own))
    return condition if sign is None else replace(condition, criticality=criticality_of(sign))
