"""Branch and prune: a formula is false on a whole box of parameters, in outward-rounded ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy
from flint import arb
from sympy import Expr, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean

from dynsym._budget import Clock
from dynsym.arithmetic.balls import ball, precision, rational_ball
from dynsym.claims.reals.formulas import assumptions_of, conjuncts, normal, symbols_of
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Exclusion", "bounds_of", "excluded"]

MAX_BOXES = 30_000
BITS = 64


@dataclass(frozen=True)
class Exclusion:
    """How a formula was excluded from a box."""

    box: dict[str, tuple[str, str]]
    examined: int


def bounds_of(
    symbols: Sequence[Symbol], hypotheses: Sequence[Boolean]
) -> dict[Symbol, tuple[Rational, Rational]] | None:
    """A closed box that contains every point that the hypotheses allow, or None where there is none."""
    low: dict[Symbol, Rational] = {}
    high: dict[Symbol, Rational] = {}
    for part in (*assumptions_of(tuple(symbols)), *(c for h in hypotheses for c in conjuncts(normal(h)))):
        if not isinstance(part, Relational) or part.rel_op == "!=":
            continue
        left, right, sign = part.lhs, part.rhs, part.rel_op
        if right.is_Symbol and left.is_Rational:
            left, right = right, left
            sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        if not (left.is_Symbol and right.is_Rational):
            continue
        if sign in {">", ">=", "=="}:
            low[left] = max(right, low.get(left, right))
        if sign in {"<", "<=", "=="}:
            high[left] = min(right, high.get(left, right))
    if not all(s in low and s in high and low[s] <= high[s] for s in symbols):
        return None
    return {s: (low[s], high[s]) for s in symbols}


def excluded(
    formula: Boolean, hypotheses: Sequence[Boolean], clock: Clock, *, most: int = MAX_BOXES
) -> Exclusion | None:
    """Prove that a formula is false wherever the hypotheses hold, or return None."""
    form = normal(And(formula, *hypotheses))
    symbols = symbols_of(form)
    bounds = bounds_of(symbols, conjuncts(form))
    if bounds is None or not symbols:
        return None
    waiting = [tuple((bounds[s][0], bounds[s][1]) for s in symbols)]
    examined = 0
    with precision(BITS):
        while waiting:
            if examined >= most or clock.is_over:
                return None
            box = waiting.pop()
            examined += 1
            values = {s: rational_ball(a).union(rational_ball(b)) for s, (a, b) in zip(symbols, box, strict=True)}
            if _is_false(form, values):
                continue
            widths = [high - low for low, high in box]
            widest = max(range(len(box)), key=widths.__getitem__)
            low, high = box[widest]
            if high - low < Rational(1, 10**9):
                return None
            middle = (low + high) / 2
            for part in ((low, middle), (middle, high)):
                waiting.append((*box[:widest], part, *box[widest + 1 :]))
    return Exclusion({s.name: (str(a), str(b)) for s, (a, b) in bounds.items()}, examined)


def _is_false(formula: Boolean, values: Mapping[Expr, arb]) -> bool:
    if formula in (sympy.true, sympy.false):
        return formula == sympy.false
    if isinstance(formula, Relational):
        try:
            x = ball(formula.lhs - formula.rhs, values)
        except (ValueError, ZeroDivisionError) as error:
            raise UnsupportedFeatureError(f"{formula} has no enclosure on the box.") from error
        if not x.is_finite():
            return False
        tests = {
            "<": x >= 0,
            "<=": x > 0,
            ">": x <= 0,
            ">=": x < 0,
            "==": bool(x > 0) or bool(x < 0),
            "!=": x.is_zero(),
        }
        return bool(tests[formula.rel_op])
    if isinstance(formula, And):
        return any(_is_false(part, values) for part in formula.args)
    return all(_is_false(part, values) for part in formula.args)
