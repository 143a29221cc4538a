"""Critical points where no algebra reaches: all zeros of the equations and a condition, by a proved search in a box.

With numbers for all parameters but one, and a finite span of that one, the states and the parameter are the unknowns of
a square system. The search lists every simple zero of it, or says what it could not settle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy
from flint import arb
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element
from dynsym.algebra.ring import Polynomial
from dynsym.algebra.square_systems import EnclosedRoot, SquareSystem
from dynsym.arithmetic.balls import Balls, precision, sign_of
from dynsym.compute import count_equilibria
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, Factor
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.windows import Window
from dynsym.derive.elimination.odd_crossings import OddField, is_odd
from dynsym.derive.elimination.points import CriticalLocus
from dynsym.derive.equilibria.families import EVERY
from dynsym.derive.wording import roughly
from dynsym.functions.smoothness import breaks
from dynsym.model.system import SymbolicSystem
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Cell, Critical, Examined

__all__ = ["BY", "enclosed_loci", "is_enclosable", "problem_of"]

BY = "a proved search of the states and the parameter together"
LARGEST = 4
"""States beyond which a search of all boxes is hopeless."""
NUMERIC_DEGREE = 99
"""Stands for "no formula" as the degree of a locus."""
SECONDS = 6.0
LEAST = 0.05
SHARE = 0.5
MARGIN = 1e-7
WITHIN = 1 - 1e-6
"""The neighbourhoods that are proved empty overlap with the boxes that are searched."""

Region = Mapping[str, tuple[float, float]]


def problem_of(
    system: SymbolicSystem, parameter: Symbol, values: Mapping[Symbol, Expr], clock: Clock
) -> MovingEquilibrium:
    """The states as they are, as unknowns."""
    states = SymbolicEquilibrium({s.name: s for s in system.states}, amplitude=sympy.Dummy("T", real=True))
    return MovingEquilibrium(system, parameter, states, values, clock)


def is_enclosable(
    system: SymbolicSystem, parameter: Symbol, values: Mapping[Symbol, Expr], window: Window | None
) -> bool:
    """Whether a search can answer: few states, a finite span, numbers, and no corners."""
    if system.dimension > LARGEST or system.classes is not None or window is None:
        return False
    rates = [rate.xreplace(dict(values)) for rate in system.rhs]
    known = {*system.states, parameter}
    return all(e.is_finite for e in window) and all(
        r.free_symbols <= known and not any(place.is_defined for place in breaks(r)) for r in rates
    )


def enclosed_loci(problem: MovingEquilibrium, window: Window) -> Iterator[Examined[CriticalLocus]]:
    """For each factor of the characteristic polynomial, the zero eigenvalues and the pairs."""
    ring = problem.ring
    for factor in problem.factors:
        coefficients = ring.coefficients(factor.polynomial, EIGENVALUE)
        yield _Search(problem, window, factor, Critical.ZERO, coefficients[0]).loci()
        if len(coefficients) > 2:
            found = _pair(problem, coefficients)
            if found is None:
                cell = replace(EVERY, critical=Critical.PAIR)
                yield Examined((), (cell.because("pairs of five and more coupled states are not searched"),), by="")
            else:
                yield _Search(problem, window, factor, Critical.PAIR, *found).loci()


def _pair(
    problem: MovingEquilibrium, coefficients: list[Polynomial]
) -> tuple[Polynomial, tuple[Polynomial, Polynomial]] | None:
    """What vanishes where two eigenvalues are opposite, and the square of their imaginary part as a fraction."""
    one = problem.ring.one
    if len(coefficients) == 3:
        c0, c1, c2 = coefficients
        return c1, (c0, c2)
    if len(coefficients) == 4:
        c0, c1, c2, c3 = coefficients
        return c1 * c2 - c0 * c3, (c1, c3)
    if len(coefficients) == 5:
        c0, c1, c2, c3, c4 = coefficients
        return c1 * c2 * c3 - c0 * c3 * c3 - c1 * c1 * c4, (c1, c3 * one)
    return None


@dataclass(frozen=True, eq=False)
class _Search:
    """One condition on one factor of the characteristic polynomial."""

    problem: MovingEquilibrium
    window: Window
    factor: Factor
    critical: Critical
    condition: Polynomial
    squared: tuple[Polynomial, Polynomial] | None = None

    @property
    def cell(self) -> Cell:
        return replace(EVERY, critical=self.critical)

    @property
    def rates(self) -> list[Expr]:
        return [rate.xreplace(dict(self.problem.values)) for rate in self.problem.system.rhs]

    def loci(self) -> Examined[CriticalLocus]:
        """Every zero that was certified, and what the search left open."""
        problem, states, parameter = self.problem, self.problem.system.states, self.problem.parameter
        condition = problem.ring.expression(self.condition)
        if not condition.free_symbols:
            held = condition == 0
            return Examined((), (self.cell.because("it holds everywhere"),) if held else (), by="" if held else BY)
        low, high = (float(end) for end in self.window)
        margin = MARGIN * (1 + max(abs(low), abs(high)))
        span = low - margin, high + margin
        at_origin = self._at_origin(condition, span) if self.critical is Critical.ZERO else []
        equations = [*self.rates, condition]
        zeros, reason = self._zeros(equations, (*states, parameter), _regions(states, parameter, span, at_origin))
        left = [self.cell.because(reason)] if reason else []
        found = [self._locus(crossing.root, condition) for crossing in at_origin]
        for root in zeros:
            sign = self._sign(root)
            if sign is None:
                left.append(self.cell.because("at a point where the frequency may be zero"))
            elif sign > 0:
                found.append(self._locus(root, condition))
        return Examined(tuple(found), tuple(left), by="" if reason else BY)

    def _zeros(
        self, equations: list[Expr], unknowns: tuple[Symbol, ...], regions: Iterable[Region]
    ) -> tuple[list[EnclosedRoot], str]:
        """The certified zeros in boxes, and why these may not be all."""
        joined = SymbolicSystem(self.problem.system.name, unknowns, {}, {}, None, tuple(equations))
        system = SquareSystem(equations, unknowns)
        clock = self.problem.clock.part(SHARE)
        limit = SECONDS if clock.budget.seconds is None else min(SECONDS, clock.budget.seconds)
        found: list[EnclosedRoot] = []
        for box in regions:
            seconds = max(limit - clock.elapsed, LEAST)
            with np.errstate(all="ignore"):
                count = count_equilibria(joined, box=box, budget=replace(clock.budget, seconds=seconds))
            certified = [zero for zero in count.equilibria if zero.certificate == "certified"]
            found += [
                EnclosedRoot(system, [arb(zero.state[s.name], zero.radius) for s in unknowns]) for zero in certified
            ]
            if count.status != "proved":
                return found, count.reason or "the search gave up"
        return found, ""

    def _at_origin(self, condition: Expr, span: tuple[float, float]) -> list[_Crossing]:
        """The zero eigenvalues at the origin of an odd field, with proof that each is alone; none where one is not."""
        states, parameter = self.problem.system.states, self.problem.parameter
        if not is_odd(self.rates, states):
            return []
        origin = dict.fromkeys(states, sympy.S.Zero)
        own = condition.xreplace(origin)
        if parameter not in own.free_symbols:
            return []
        roots, reason = self._zeros([own], (parameter,), [{parameter.name: span}])
        field = OddField(self.rates, states, parameter)
        places = [float(root.balls()[parameter].mid()) for root in roots]
        found = []
        for root, place in zip(roots, places, strict=True):
            room = min((abs(place - other) / 3 for other in places if other != place), default=np.inf)
            alone = field.neighbourhood(place, room)
            if reason or alone is None:
                return []
            found.append(_Crossing(root.beside(dict.fromkeys(states, arb(0))), place, *alone))
        return found

    def _sign(self, root: EnclosedRoot) -> int | None:
        """Of ω²; 1 where an eigenvalue is zero."""
        if self.squared is None:
            return 1
        for bits in (GUARD_BITS, 4 * GUARD_BITS):
            with precision(bits):
                sign = sign_of(self._frequency(root.balls()))
            if sign is not None:
                return sign
        return None

    def _frequency(self, balls: Balls) -> arb:
        assert self.squared is not None
        return evaluate(Element(self.problem.field, *self.squared), balls)

    def _locus(self, root: EnclosedRoot, condition: Expr) -> CriticalLocus:
        problem = self.problem

        def balls() -> Balls:
            own: Balls = dict(root.balls())
            return own if self.squared is None else {**own, SQUARED_FREQUENCY: self._frequency(own)}

        with precision(GUARD_BITS):
            here = root.balls()
            states = {s.name: sympy.S.Zero if here[s].is_zero() else roughly(here[s]) for s in problem.system.states}
            own = roughly(here[problem.parameter])
        locus = Locus(condition, problem.field, {}, (Solution(own, {}, (), balls, states),), degree=NUMERIC_DEGREE)
        squared = None if self.squared is None else problem.field.element(*self.squared)
        multiplicity = self.factor.multiplicity
        return CriticalLocus(locus, multiplicity, self.factor, squared)


@dataclass(frozen=True, eq=False)
class _Crossing:
    """A zero eigenvalue at the origin, and how far around it there is no other."""

    root: EnclosedRoot
    place: float
    reaches: Sequence[float]
    width: float


def _regions(
    states: Sequence[Symbol], parameter: Symbol, span: tuple[float, float], crossings: Sequence[_Crossing]
) -> Iterator[Region]:
    """Boxes that cover the span but for the neighbourhoods of crossings at the origin."""
    start = span[0]
    for crossing in sorted(crossings, key=lambda c: c.place):
        low, high = (crossing.place + sign * crossing.width * WITHIN for sign in (-1, 1))
        if low > start:
            yield {parameter.name: (start, low)}
        around = {parameter.name: (max(low, span[0]), min(high, span[1]))}
        for state, reach in zip(states, crossing.reaches, strict=True):
            yield {**around, state.name: (reach * WITHIN, np.inf)}
            yield {**around, state.name: (-np.inf, -reach * WITHIN)}
        start = high
    if start < span[1]:
        yield {parameter.name: (start, span[1])}
