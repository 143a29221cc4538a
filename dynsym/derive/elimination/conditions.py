"""All conditions of a system whose other parameters are numbers, and how they meet those found by formulas.

Two roads: what formulas give must be among the points that elimination lists. Where that list is complete it is the
truth; a formula of the same point is kept, because it is shorter or says more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import mpmath
import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.arithmetic.digits import NoNumberError, number_of
from dynsym.derive.crossings.assembly import assembled
from dynsym.derive.crossings.pair import pair_crossings
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.windows import Window
from dynsym.derive.crossings.zero import Crossing, zero_crossings
from dynsym.derive.elimination.enclosing import BY as SEARCHED
from dynsym.derive.elimination.enclosing import enclosed_loci, is_enclosable, problem_of
from dynsym.derive.elimination.equations import polynomial_form
from dynsym.derive.elimination.points import BY, CriticalLocus, critical_loci
from dynsym.derive.equilibria.families import EVERY
from dynsym.errors import UnsupportedFeatureError
from dynsym.results import BifurcationCondition
from dynsym.results.ledger import LIMITS, Cell, Examined

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["eliminated", "met", "periods"]

DIGITS = 80
UNKNOWN = "zero_eigenvalue"
SAME = mpmath.mpf(10) ** -20
ROUGH = mpmath.mpf(10) ** -12
"""For the parameter, which follows from the states and may be known as a float only."""
SHARE = 0.5
LARGEST = 6
"""States beyond which the determinants alone take long."""

Place = tuple[Any, ...]


def eliminated(
    system: SymbolicSystem, parameter: Symbol, values: Mapping[Symbol, Expr], window: Window | None, clock: Clock
) -> Examined[BifurcationCondition] | None:
    """Every condition at every equilibrium; an argument is named where the points are proved to be all, but for curves.

    None where the question is neither algebraic nor small enough for a search of a span.
    """
    if system.dimension > LARGEST or system.classes is not None:
        return None
    seen: list[Examined[BifurcationCondition]] = []
    try:
        form = polynomial_form(system, parameter, values, clock.part(SHARE))
        seen.append(_collected(form.problem, critical_loci(form, window), window, BY))
    except UnsupportedFeatureError:
        pass
    if window is not None and not any(part.by for part in seen) and is_enclosable(system, parameter, values, window):
        problem = problem_of(system, parameter, values, clock)
        searched = _collected(problem, enclosed_loci(problem, window), window, SEARCHED)
        if searched.is_complete:
            return searched
        seen.append(searched)
    if len(seen) < 2:
        return seen[0] if seen else None
    left = dict.fromkeys(cell for part in seen for cell in part.open)
    return Examined(tuple(_once(c for part in seen for c in part.found)), tuple(left), by="")


def _collected(
    problem: MovingEquilibrium, places: Iterable[Examined[CriticalLocus]], window: Window | None, by: str
) -> Examined[BifurcationCondition]:
    found: list[BifurcationCondition] = []
    left: dict[Cell, None] = {}
    is_proved = True
    try:
        for part in _conditions(problem, places, window, by):
            found.extend(part.found)
            left |= dict.fromkeys(part.open)
            is_proved = is_proved and bool(part.by)
    except LIMITS as stop:
        left[EVERY.because(stop)] = None
        is_proved = False
    return Examined(tuple(_once(found)), tuple(left), by=by if is_proved else "")


def _conditions(
    problem: MovingEquilibrium, places: Iterable[Examined[CriticalLocus]], window: Window | None, by: str
) -> Iterator[Examined[BifurcationCondition]]:
    for seen in places:
        yield Examined((), seen.open, by=seen.by)
        for place in seen.found:
            for finding in _crossings(problem, place):
                cell = Cell.at(finding.solution.states or {})
                yield Examined.attempt(partial(assembled, problem, finding, window), cell, by=by)


def _crossings(problem: MovingEquilibrium, place: CriticalLocus) -> Iterator[Crossing]:
    if place.squared is None:
        return zero_crossings(problem, place.locus, place.multiplicity)
    return pair_crossings(problem, place.factor, place.locus, place.squared)


def periods(system: SymbolicSystem, values: Mapping[Symbol, Expr], seen: Examined[BifurcationCondition]) -> list[str]:
    """What has to be said where elimination lists one copy of each point: which states are angles."""
    inside = [f.args[0] for rate in system.rhs for f in rate.xreplace(dict(values)).atoms(sympy.sin, sympy.cos)]
    names = [s.name for s in system.states if any(s in argument.free_symbols for argument in inside)]
    is_algebraic = seen.by == BY
    return [f"{', '.join(names)} modulo 2*pi: of each point one copy is listed"] if names and is_algebraic else []


# ---- where two roads meet


def met(
    formulas: Iterable[BifurcationCondition], seen: Examined[BifurcationCondition]
) -> tuple[list[BifurcationCondition], list[str]]:
    """The points of elimination, by a formula of the same kind where there is one, and what only formulas reach.

    Where elimination is complete, what only formulas reach is withdrawn; notes say so.
    """
    places = [(condition, _place(condition)) for condition in formulas]
    shown, used, notes = [], set(), []
    for condition in seen.found:
        own = _place(condition)
        same = [k for k, (_, place) in enumerate(places) if _agree(place, own)]
        used.update(same)
        kept = [c for c, _ in (places[k] for k in same) if c.kind == condition.kind and c.verdict == condition.verdict]
        shown += kept or [condition]
        notes += [_withdrawn(places[k][0]) for k in same if places[k][0].kind not in {condition.kind, UNKNOWN}]
    others = [condition for k, (condition, _) in enumerate(places) if k not in used]
    if seen.is_complete:
        return shown, [*notes, *map(_withdrawn, others)]
    return [*shown, *others], notes


def _withdrawn(condition: BifurcationCondition) -> str:
    return (
        f"{condition.kind} at {condition.parameter} = {condition.solution} was withdrawn: it is not among the exact "
        "solutions of the equations"
    )


def _once(conditions: Iterable[BifurcationCondition]) -> list[BifurcationCondition]:
    """A point that lies on several components of the equations once."""
    kept: list[tuple[BifurcationCondition, Place | None]] = []
    for condition in conditions:
        place = _place(condition)
        if not any(_agree(place, other) for _, other in kept):
            kept.append((condition, place))
    return [condition for condition, _ in kept]


def _place(condition: BifurcationCondition) -> Place | None:
    """Parameter, states and frequency in digits; None where they are no numbers."""
    symbols = set().union(*(e.free_symbols for e in condition.at.values()))
    put = {s: condition.solution for s in symbols if s.name == condition.parameter}
    own = condition.solution
    if own is not None and own.free_symbols and condition.value is not None:
        own = sympy.Float(condition.value, DIGITS)  # a formula in the amplitude
    parts = [own, *condition.at.values(), condition.frequency or sympy.S.Zero]
    try:
        with mpmath.workdps(DIGITS):
            return tuple(number_of(part.xreplace(put), {}) for part in parts if part is not None)
    except NoNumberError:
        return None


def _agree(left: Place | None, right: Place | None) -> bool:
    if left is None or right is None or len(left) != len(right):
        return False
    bounds = [ROUGH, *[SAME] * (len(left) - 1)]
    return all(abs(a - b) <= e * (1 + abs(b)) for a, b, e in zip(left, right, bounds, strict=True))
