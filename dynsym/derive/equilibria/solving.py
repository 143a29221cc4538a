"""Equations for equilibria by cases: factor, eliminate what is linear, and stop at one unknown.

No general solver is called: each step is exact and keeps all real solutions. What remains is a family: the unknowns as
expressions of one amplitude, and the equation that it satisfies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym._expressions import Jet
from dynsym._expressions.registry import HEADS
from dynsym.algebra.determinants import determinant
from dynsym.algebra.ring import Ring, factored, generators_of
from dynsym.algebra.signs import never_vanishes, sign_of_polynomial
from dynsym.errors import UnsupportedFeatureError
from dynsym.results.ledger import Cell, Examined, Where

__all__ = ["SolutionFamily", "families"]

LONGEST = 4000
MOST_CASES = 200
SHEARS = 4


@dataclass(frozen=True)
class SolutionFamily:
    """Unknowns in terms of an amplitude that satisfies a constraint; a free amplitude has none."""

    known: dict[Symbol, Expr]
    amplitude: Symbol | None = None
    constraint: Expr | None = None


@dataclass(frozen=True)
class _Case:
    equations: tuple[Expr, ...]
    unknowns: tuple[Symbol, ...]
    known: dict[Symbol, Expr] = field(default_factory=dict)
    nonzero: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class _Single:
    """Vanishes where the equations are others than elsewhere: for single values of symbols, or at single points."""

    expression: Expr


def families(
    equations: Sequence[Expr], unknowns: Sequence[Symbol], cell: Cell, clock: Clock, *, resultants: bool = False
) -> Examined[SolutionFamily]:
    """All solutions that elimination reaches, and what it does not reach of a cell.

    With `resultants`, two polynomial equations of which none is linear are solved too: one unknown by their resultant,
    the other by their first subresultant, a rational function of the first.
    """
    tried: list[Examined[SolutionFamily]] = []
    for multilinear_first in (False, True):
        search = _solved(equations, unknowns, cell, clock, multilinear_first, resultants)
        tried.append(Examined.joined(search, cell, by="elimination case by case"))
        if not any(c.where is Where.FINITE for c in tried[-1].open):
            return tried[-1]
    return tried[0] if tried[0].found else tried[1]


def _solved(
    equations: Sequence[Expr],
    unknowns: Sequence[Symbol],
    cell: Cell,
    clock: Clock,
    multilinear_first: bool,
    resultants: bool,
) -> Iterator[Examined[SolutionFamily]]:
    """All families by one order of eliminations."""
    found: list[SolutionFamily] = []
    waiting = [_Case(tuple(equations), tuple(unknowns), nonzero=_denominators(equations))]
    examined = 0
    while waiting:
        clock.check("equilibria", best=found)
        examined += 1
        case = waiting.pop(0)
        left: list[Cell] = []
        try:
            outcome = list(_advanced(case, multilinear_first))
            if resultants and None in outcome:
                outcome = [*(item for item in outcome if item is not None), *_by_resultants(case, clock)]
        except UnsupportedFeatureError as obstacle:
            outcome, left = [], [cell.because(obstacle)]
        for item in outcome:
            if isinstance(item, _Case):
                if examined + len(waiting) < MOST_CASES and sum(e.count_ops() for e in item.equations) < LONGEST:
                    waiting.append(item)
                else:
                    left.append(cell.because("elimination leads to too many or too long cases"))
            elif item is None:
                left.append(cell.because("elimination ends at several nonlinear equations, or at functions"))
            elif isinstance(item, _Single):
                left.append(cell.where_zero(item.expression))
            elif item not in found:
                found.append(item)
                yield Examined((item,), (), by="elimination")
        yield Examined((), tuple(left), by="elimination")


def _denominators(equations: Sequence[Expr]) -> tuple[Expr, ...]:
    """What must not vanish for the equations to have values."""
    below = []
    for equation in equations:
        ring = Ring(generators_of([equation]))
        denominator = ring.quotient(equation)[1]
        below += [] if denominator.is_constant() else [ring.expression(denominator)]
    return tuple(below)


def _advanced(case: _Case, multilinear_first: bool) -> Iterator[_Case | SolutionFamily | _Single | None]:
    """The cases or families that a case leads to; None says that something was left unsolved."""
    excluded = _factors_of(case.nonzero)
    if excluded is None:
        return
    singles: list[_Single] = []
    factored = [_factors(e, case.unknowns, excluded, singles) for e in case.equations]
    yield from singles
    if any(not parts for parts in factored if parts is not None):
        return
    equations = [parts for parts in factored if parts is not None]
    if not equations:
        yield _finished(case)
        return
    several = next((k for k, parts in enumerate(equations) if len(parts) > 1), None)
    if several is not None:
        rest = [parts for k, parts in enumerate(equations) if k != several]
        for part in equations[several]:
            yield _Case((part, *(sympy.Mul(*parts) for parts in rest)), case.unknowns, case.known, case.nonzero)
        return
    single = tuple(parts[0] for parts in equations)
    present = [u for u in case.unknowns if any(u in equation.free_symbols for equation in single)]
    if len(present) == 1 and len(single) == 1 and not _linear_in(single[0], present[0]):
        yield SolutionFamily(dict(case.known), present[0], single[0])
        return
    choice = _elimination(single, case.unknowns, multilinear_first)
    if choice is not None:
        yield from _eliminated(case, single, *choice)
    elif len(present) == 1:
        yield from _common_root(case, present[0], single)
    else:
        yield None


def _finished(case: _Case) -> SolutionFamily:
    """No equation is left: the remaining unknowns are free."""
    return SolutionFamily(dict(case.known), case.unknowns[0] if case.unknowns else None, None)


def _factors_of(expressions: tuple[Expr, ...]) -> set[Expr] | None:
    """The irreducible factors of what must not vanish; None where something vanishes identically."""
    found: set[Expr] = set()
    for expression in expressions:
        ring = Ring(generators_of([expression]))
        numerator = ring.polynomial(expression)
        if numerator.is_zero():
            return None
        for part, _ in factored(numerator)[1]:
            found |= {ring.expression(part), ring.expression(-part)}
    return found


def _factors(
    equation: Expr, unknowns: Sequence[Symbol], excluded: set[Expr], singles: list[_Single]
) -> list[Expr] | None:
    """Factors that can vanish, those that do so at single places only kept apart; None for the identity 0 = 0."""
    ring = Ring(generators_of([equation]))
    numerator = ring.polynomial(equation)
    if numerator.is_zero():
        return None
    parts = []
    for part, _ in factored(numerator)[1]:
        generators = ring.occurring(part)
        signed = sign_of_polynomial(ring, part) is not None and not _is_generator(part)
        if ring.expression(part) in excluded:
            continue
        if signed or not any(g.free_symbols & set(unknowns) for g in generators):
            singles += [] if never_vanishes(ring, part) else [_Single(ring.expression(part))]
            continue
        parts.append(_inner(generators[0]) if _is_generator(part) else ring.expression(part))
    return parts


def _is_generator(part: object) -> bool:
    return len(part) == 1 and part.total_degree() == 1  # type: ignore[arg-type,attr-defined]


def _inner(generator: Expr) -> Expr:
    """The equation f(u) = 0 as u = 0 for functions that vanish at zero only."""
    known = HEADS.get(type(generator))
    if known is not None and known.is_odd and known.is_increasing:
        return generator.args[0]
    if isinstance(generator, Jet) and generator.order == 0 and generator.args[1].name == "odd":
        return generator.point
    return generator


def _linear_in(equation: Expr, unknown: Symbol) -> bool:
    ring = Ring(generators_of([equation]))
    inside = any(g != unknown and unknown in g.free_symbols for g in ring.generators)
    return not inside and unknown in ring and ring.degree(ring.polynomial(equation), unknown) == 1


def _elimination(
    equations: tuple[Expr, ...], unknowns: tuple[Symbol, ...], multilinear_first: bool
) -> tuple[int, Symbol, Expr, Expr] | None:
    """The cheapest linear elimination: (equation, unknown, value, coefficient).

    Cheap is what needs no case distinction; `multilinear_first` prefers equations without powers of unknowns instead,
    which keeps degrees low where the first order runs into several nonlinear unknowns.
    """
    best: tuple[tuple[bool, bool, int, int], int, Symbol, Expr, Expr] | None = None
    for k, equation in enumerate(equations):
        ring = Ring(generators_of([equation]))
        polynomial = ring.polynomial(equation)
        powers = any(ring.degree(polynomial, u) > 1 for u in unknowns if u in ring)
        for position, unknown in enumerate(unknowns):
            if not _linear_in(equation, unknown):
                continue
            low, high = ring.coefficients(polynomial, unknown)
            conditional = any(g.free_symbols & set(unknowns) for g in ring.occurring(high))
            cost = (powers and multilinear_first, conditional, len(polynomial), -position)
            if best is None or cost < best[0]:
                value = -ring.expression(low) / ring.expression(high)
                best = (cost, k, unknown, value, ring.expression(high))
    return None if best is None else best[1:]


def _eliminated(
    case: _Case, equations: tuple[Expr, ...], k: int, unknown: Symbol, value: Expr, coefficient: Expr
) -> Iterator[_Case | _Single]:
    rest = tuple(e for position, e in enumerate(equations) if position != k)
    left = tuple(u for u in case.unknowns if u != unknown)
    known = {u: e.xreplace({unknown: value}) for u, e in case.known.items()}
    yield from _lost_degree(case, equations[k], unknown)
    if coefficient.free_symbols & set(left):
        # The coefficient may vanish: then the rest of this equation must vanish too.
        constant = sympy.expand(equations[k]).coeff(unknown, 0)
        yield _Case((coefficient, constant, *rest), case.unknowns, case.known, case.nonzero)
    nonzero = tuple(e.xreplace({unknown: value}) for e in (*case.nonzero, coefficient))
    yield _Case(tuple(e.xreplace({unknown: value}) for e in rest), left, {**known, unknown: value}, nonzero)


def _lost_degree(case: _Case, equation: Expr, unknown: Symbol) -> Iterator[_Single]:
    """Where a coefficient without unknowns and the rest of a linear equation may vanish together."""
    ring = Ring(generators_of([equation]))
    low, high = ring.coefficients(ring.polynomial(equation), unknown)
    occurring = set(ring.occurring(high))
    if any(g.free_symbols & set(case.unknowns) for g in occurring) or never_vanishes(ring, high):
        return
    if not never_vanishes(ring, low) and (len(occurring | set(ring.occurring(low))) > 1):
        yield _Single(ring.expression(high))


def _common_root(
    case: _Case, unknown: Symbol, equations: tuple[Expr, ...]
) -> Iterator[_Case | SolutionFamily | _Single | None]:
    """Several equations for one unknown: their greatest common divisor, where they are polynomials."""
    ring = Ring(generators_of(equations))
    if any(g != unknown and unknown in g.free_symbols for g in ring.generators):
        yield None
        return
    common = ring.zero
    for equation in equations:
        common = common.gcd(ring.polynomial(equation))
    if set(ring.generators) != {unknown} and any(g.free_symbols - {unknown} for g in ring.generators):
        rest = [ring.polynomial(equation) / common for equation in equations]
        meeting = ring.resultant(rest[0], rest[1], unknown) if len(rest) == 2 else ring.zero
        yield _Single(sympy.Add(*[e**2 for e in equations]) if meeting.is_zero() else ring.expression(meeting))
    if ring.degree(common, unknown) > 0:
        yield _Case((ring.expression(common),), case.unknowns, case.known, case.nonzero)


def _by_resultants(case: _Case, clock: Clock) -> Iterator[SolutionFamily | None]:
    """Two polynomial equations in two unknowns: the roots of their resultant, the other unknown rational in them."""
    excluded = _factors_of(case.nonzero)
    factored = [_factors(e, case.unknowns, excluded or set(), []) for e in case.equations]
    equations = [sympy.Mul(*parts) for parts in factored if parts is not None]
    present = [u for u in case.unknowns if any(u in equation.free_symbols for equation in equations)]
    if excluded is None or len(present) != 2 or len(equations) != 2:
        yield None
        return
    ring = Ring(generators_of([*equations, *present]))
    if any(g not in present and g.free_symbols & set(present) for g in ring.generators):
        yield None
        return
    for shear in range(SHEARS):
        found = _sheared(case, equations, present, shear, clock)
        if found is not None:
            yield from found
            return
    yield None


def _sheared(
    case: _Case, equations: list[Expr], present: list[Symbol], shear: int, clock: Clock
) -> list[SolutionFamily] | None:
    """The common roots by their coordinate kept + shear · other; None where that does not tell them apart."""
    ring = Ring(generators_of([*equations, *present]))
    lowest = {u: min(ring.degree(ring.polynomial(e), u) for e in equations) for u in present}
    other, kept = sorted(present, key=lambda u: (lowest[u] == 0, lowest[u]))
    name = kept
    if shear:
        name = sympy.Dummy(f"{kept.name}_{shear}", real=True)
        equations = [e.xreplace({kept: name - shear * other}) for e in equations]
        ring = Ring(generators_of([*equations, other, name]))
    pair = [ring.polynomial(equation) for equation in equations]
    if min(ring.degree(p, other) for p in pair) == 0:
        return None
    clock.check("resultant of two conditions")
    resultant = ring.resultant(pair[0], pair[1], other)
    if resultant.is_zero():
        return None
    low, high = _first_subresultant(ring, pair, other, clock)
    value = -ring.expression(low) / ring.expression(high) if not high.is_zero() else None
    found = []
    for part, _ in factored(resultant)[1]:
        if ring.degree(part, name) < 1 or (sign_of_polynomial(ring, part) is not None and not _is_generator(part)):
            continue
        clock.check("common roots of two conditions")
        if value is None or not high.gcd(part).is_constant():
            return None
        solved = {other: value, kept: name - shear * value} if shear else {other: value}
        known = {u: e.xreplace(solved) for u, e in case.known.items()} | solved
        nonzero = [e.xreplace(solved) for e in case.nonzero]
        if not all(_is_finite(e, ring, part) for e in (*known.values(), *nonzero)):
            continue
        if any(_vanishes(e, ring, part) for e in nonzero):
            continue
        if ring.degree(part, name) == 1:
            start, slope = ring.coefficients(part, name)
            root = -ring.expression(start) / ring.expression(slope)
            found.append(
                SolutionFamily({u: sympy.cancel(e.xreplace({name: root})) for u, e in ({name: name} | known).items()})
            )
        else:
            found.append(SolutionFamily(known, name, ring.expression(part)))
    return found


def _is_finite(expression: Expr, ring: Ring, part: Any) -> bool:
    """Whether a rational function has no pole at the roots of a polynomial; yes where it is no rational function."""
    try:
        return bool(ring.quotient(expression)[1].gcd(part).is_constant())
    except UnsupportedFeatureError:
        return True


def _vanishes(expression: Expr, ring: Ring, part: Any) -> bool:
    try:
        return not ring.polynomial(expression).gcd(part).is_constant()
    except UnsupportedFeatureError:
        return False


def _first_subresultant(ring: Ring, pair: list[Any], unknown: Symbol, clock: Clock) -> tuple[Any, Any]:
    """low, high with low + high unknown in the ideal of two polynomials."""
    for polynomial in pair:
        if ring.degree(polynomial, unknown) == 1:
            low, high = ring.coefficients(polynomial, unknown)
            return low, high
    m, k = (ring.degree(p, unknown) for p in pair)
    own = [ring.coefficients(p, unknown) for p in pair]
    size = m + k - 2
    rows = [[ring.zero] * s + own[0] + [ring.zero] * (k - 2 - s) for s in range(k - 1)]
    rows += [[ring.zero] * s + own[1] + [ring.zero] * (m - 2 - s) for s in range(m - 1)]
    found = []
    for power in (0, 1):
        columns = [power, *range(2, m + k - 1)]
        entries = {(i, j): row[c] for i, row in enumerate(rows) for j, c in enumerate(columns) if not row[c].is_zero()}
        found.append(determinant(ring, entries, size, clock))
    return found[0], found[1]
