"""Any field along one parameter, over boxes of states: bounds by interval evaluation of tapes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Expr, Symbol

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.rounding import midpoint_radius
from dynsym.arithmetic.tape import Tape
from dynsym.compute._stable_form import stable_entries, stable_rates
from dynsym.compute.counting.along.families import CountedFamily, Slab
from dynsym.compute.counting.fields.engine import FieldEngine, interval_field
from dynsym.compute.counting.fields.route import search_box
from dynsym.compute.counting.matrices.elimination import Expansion
from dynsym.compute.counting.matrices.singularity import Curvature
from dynsym.compute.counting.setting import Setting
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions.smoothness import breaks, derivative
from dynsym.model.system import SymbolicSystem

__all__ = ["FieldFamily"]

MOST_CURVATURES = 2_000
"""Fields with more second derivatives than this are treated without them."""

Box = tuple[np.ndarray, np.ndarray]
Places = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class FieldFamily(CountedFamily):
    """The right-hand side of a system along one parameter."""

    setting: Setting
    index: int
    box: Box

    def slab(self, low: float, high: float) -> Slab | None:
        try:
            return _FieldSlab(self, low, high)
        except UnsupportedFeatureError:
            return None


class _FieldSlab(Slab):
    def __init__(self, family: FieldFamily, low: float, high: float) -> None:
        self.family = family
        self.whole = self.over(np.array(low), np.array(high))
        self.engine = FieldEngine(interval_field(self.whole), np.inf)
        symbols = tuple(family.setting.compiled.system.parameters.values())
        self.tapes = _derivatives(family.setting.compiled.system, symbols[family.index])

    def over(self, first: np.ndarray, last: np.ndarray) -> Setting:
        """The setting with the parameter in the intervals [first, last]."""
        given = self.family.setting
        return Setting(given.compiled, given.values, (self.family.index, Interval(first, last)))

    def start_boxes(self) -> Box | None:
        asked = self.family.box
        low, high, _ = search_box(self.whole, *asked)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            return None
        if (low > high).any():
            return np.empty((0, len(low))), np.empty((0, len(low)))
        lows, highs = [low], [high]
        for ends, own in ((asked[0], low), (asked[1], high)):
            for k in np.flatnonzero(np.isfinite(ends) & (ends == own)):
                face_low, face_high = low.copy(), high.copy()
                face_low[k] = face_high[k] = ends[k]
                lows.append(face_low)
                highs.append(face_high)
        return np.array(lows), np.array(highs)

    def expansion(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Expansion:
        middle, radius = midpoint_radius(low, high)
        place, reach = midpoint_radius(first, last)
        residual = BallArray.between(*interval_field(self.over(place, place)).field(middle, middle))
        slopes = BallArray.between(*interval_field(self.over(first, last)).jacobian(low, high))
        along = self._parameter_slopes(middle, first, last)
        joined = slopes.with_last(along)
        known = np.isfinite(joined.radius) & np.isfinite(joined.middle)
        is_known = np.isfinite(residual.radius) & np.isfinite(residual.middle)
        return Expansion(
            np.where(is_known, residual.middle, 0.0),
            np.where(is_known, residual.radius, np.inf),
            np.where(known, joined.middle, 0.0),
            np.where(known, joined.radius, np.inf),
            np.concatenate([radius, reach[:, None]], axis=1),
            np.zeros(len(low)),
        )

    def _parameter_slopes(self, x: np.ndarray, first: np.ndarray, last: np.ndarray) -> BallArray:
        """The range of ∂f/∂p at points, infinite outside of the domain."""
        arithmetic = IntervalArithmetic()
        found = _run(self.tapes.by_parameter, arithmetic, self.over(first, last), x, x)
        outside = np.broadcast_to(arithmetic.partly_outside, len(x))[:, None]
        return BallArray(found.middle, np.where(outside, np.inf, found.radius))

    def centre_jacobian(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> BallArray:
        middle, _ = midpoint_radius(low, high)
        place, _ = midpoint_radius(first, last)
        return BallArray.between(*interval_field(self.over(place, place)).jacobian(middle, middle))

    def curvature(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Curvature | None:
        if self.tapes.second is None:
            return None
        arithmetic = IntervalArithmetic()
        entries = _run(self.tapes.second, arithmetic, self.over(first, last), low, high)
        outside = np.broadcast_to(arithmetic.partly_outside, len(low))[:, None]
        radius = np.where(outside, np.inf, entries.radius)
        places, size = self.tapes.places, low.shape[1]

        def product(w: BallArray, v: BallArray) -> BallArray:
            total = BallArray.exact(np.zeros((len(low), size + 1)))
            for position, (i, j, k) in enumerate(places):
                entry = BallArray(entries.middle[:, position], radius[:, position])
                term = w[:, i] * v[:, j] * entry
                here = total[:, k] + term
                total.middle[:, k], total.radius[:, k] = here.middle, here.radius
            return total

        return product


@dataclass(frozen=True)
class _Derivatives:
    """Tapes of ∂f/∂p, and of the nonzero ∂²f_i/∂x_j∂θ_k at `places`, θ the states and the parameter."""

    by_parameter: Tape
    second: Tape | None
    places: Places


@functools.lru_cache(maxsize=32)
def _derivatives(system: SymbolicSystem, parameter: Symbol) -> _Derivatives:
    arguments = [*system.states, *system.parameters.values()]
    rates = stable_rates(system)
    by_parameter = Tape.of([derivative(rate, parameter).value for rate in rates], arguments)
    second, places = _second(system, rates, (*system.states, parameter))
    return _Derivatives(by_parameter, None if second is None else Tape.of(second, arguments), places)


def _second(
    system: SymbolicSystem, rates: tuple[Expr, ...], unknowns: Sequence[Symbol]
) -> tuple[list[Expr] | None, Places]:
    """The nonzero second derivatives; None where there are too many, or kinks."""
    if any(place.is_defined for rate in rates for place in breaks(rate)):
        return None, ()
    found: list[Expr] = []
    places = []
    for (i, j), entry in stable_entries(system, rates).items():
        for k, unknown in enumerate(unknowns):
            if unknown in entry.free_symbols:
                found.append(derivative(entry, unknown).value)
                places.append((i, j, k))
        if len(found) > MOST_CURVATURES:
            return None, ()
    return found, tuple(places)


def _run(tape: Tape, arithmetic: IntervalArithmetic, setting: Setting, low: np.ndarray, high: np.ndarray) -> BallArray:
    bottom, top = setting.bounds(arithmetic, tape, low, high)
    known = np.isfinite(bottom) & np.isfinite(top)
    middle, radius = midpoint_radius(np.where(known, bottom, 0.0), np.where(known, top, 0.0))
    return BallArray(middle, np.where(known, radius, np.inf))
