"""Where equilibria can be: boxes given by the user, boxes derived from equations that are linear in a state."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import sympy
from sympy import Expr, Symbol
from sympy.polys.polyerrors import BasePolynomialError

from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.rounding import TINY, above
from dynsym.arithmetic.tape import Tape
from dynsym.compute.counting.setting import Setting
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.functions.overflow import overflow_free
from dynsym.model import Activation
from dynsym.model.links.recognition import link_form
from dynsym.results import Equilibrium

__all__ = ["box_of_bounded_links", "derived_box", "given_box", "split_by_box"]

ROUNDS = 60
MOST_SUBSTITUTED = 8
"""Up to so many equations, one is put into another to bound a state."""
REACH, MOST_PIECES = 8.0, 4096
SLACK = 1e-6
"""Declared ranges are widened by this, since their ends are often reached or approached at infinity."""


def split_by_box(
    equilibria: Sequence[Equilibrium], low: np.ndarray, high: np.ndarray
) -> tuple[tuple[Equilibrium, ...], tuple[Equilibrium, ...]]:
    """The equilibria that lie in a closed box, and those whose enclosure meets a face of it."""
    inside, on_face = [], []
    for equilibrium in equilibria:
        state, radius = np.array(list(equilibrium.state.values())), equilibrium.radius
        if ((state - radius >= low) & (state + radius <= high)).all():
            inside.append(equilibrium)
        elif ((state + radius >= low) & (state - radius <= high)).all():
            on_face.append(equilibrium)
    return tuple(inside), tuple(on_face)


def given_box(box: Mapping[str, Sequence[float]], state_names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper ends from a mapping of state to (low, high); infinite for states left out."""
    low, high = np.full(len(state_names), -np.inf), np.full(len(state_names), np.inf)
    for name, ends in box.items():
        if name not in state_names:
            raise ParameterError(
                f"The box names {name!r}, which is no state. It may bound {', '.join(state_names)}. "
                f"Try box={{{state_names[0]!r}: (-5, 5)}}."
            )
        first, second = map(float, ends)
        if not first < second:
            raise ParameterError(
                f"The box of {name!r} runs from {first:g} to {second:g}. The lower end must come first. "
                f"Try box={{{name!r}: ({min(first, second):g}, {max(first, second) + 1:g})}}."
            )
        k = list(state_names).index(name)
        low[k], high[k] = first, second
    return low, high


def box_of_bounded_links(setting: Setting) -> tuple[np.ndarray, np.ndarray, str | None] | None:
    """A box with all equilibria from the declared ranges of the activations; None where they are not all bounded.

    Last comes the kind of an activation of which the range was not proved.
    """
    system = setting.compiled.system
    form = link_form(system)
    if form is None or any(end.is_finite is not True for a in form.activations for end in a.bounds):
        return None
    parameters = tuple(system.parameters.values())
    kinds = set(form.activations)
    doubtful = next((a.kind for a in kinds if not _range_is_proved(a, parameters, setting.intervals)), None)
    try:
        factors = Tape.of(form.factors, parameters)
        recover = Tape.of(form.recover, [*form.link_symbols, *parameters])
        ranges = Tape.of([end for a in form.activations for end in a.bounds], parameters)
    except UnsupportedFeatureError:
        return None
    arithmetic, values = IntervalArithmetic(), setting.intervals
    if any(f.contains(0.0).any() or np.isnan(f.low).any() for f in factors.run(arithmetic, values)):
        return None
    ends = ranges.run(arithmetic, values)
    outputs = [
        Interval(least.low - SLACK * (1 + np.abs(least.low)), most.high + SLACK * (1 + np.abs(most.high)))
        for least, most in zip(ends[::2], ends[1::2], strict=True)
    ]
    found = recover.run(arithmetic, [*outputs, *values])
    low, high = np.array([float(x.low) for x in found]), np.array([float(x.high) for x in found])
    return (low, high, doubtful) if np.isfinite(low).all() and np.isfinite(high).all() else None


def _range_is_proved(activation: Activation, parameters: Sequence[Symbol], values: Sequence[Interval]) -> bool:
    """Whether an activation stays within its declared range, by intervals on all of the line.

    Beyond ±REACH the argument is 1/v. Pieces of the line are halved until each lies within the range or, once they are
    MOST_PIECES, the question is left open; a piece on which all values lie outside refutes the range.
    """
    u, v = sympy.Dummy("u", real=True), sympy.Dummy("v", positive=True)
    rate = activation.expression(u)
    try:
        tails = [overflow_free(sympy.cancel(sympy.together(rate.xreplace({u: s / v})))) for s in (1, -1)]
        parts = [(Tape.of([rate, *activation.bounds], [u, *parameters]), -REACH, REACH)]
        parts += [(Tape.of([tail, *activation.bounds], [v, *parameters]), 0.0, 1 / REACH) for tail in tails]
    except (UnsupportedFeatureError, BasePolynomialError):
        return False
    for tape, first, last in parts:
        low, high = np.array([first]), np.array([last])
        while len(low):
            value, least, most = tape.run(IntervalArithmetic(), [Interval(low, high), *values])
            outside = np.flatnonzero((value.high < least.low) | (value.low > most.high))
            if len(outside):
                k = outside[0]
                place = low[k] if first < 0 else 1 / np.maximum(high[k], TINY)
                raise ParameterError(
                    f"The activation {activation!r:.60} declares the range {activation.bounds}, and has the value "
                    f"{value.low[k]:.6g} near {place:.6g}. The range must hold all values. Correct its bounds."
                )
            within = value.low >= least.low - 0.5 * SLACK * (1 + np.abs(least.low))
            within &= value.high <= most.high + 0.5 * SLACK * (1 + np.abs(most.high))
            if len(low) > MOST_PIECES:
                return False
            low, high = low[~within], high[~within]
            middle = 0.5 * (low + high)
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return True


def derived_box(setting: Setting, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Contract a box, infinite at first, by the equations that are polynomial in a state.

    Write an equation as Σ c_i x_j^i = 0, where the c_i may hold other states, and functions of any state, whose ranges
    are used. If it is linear and c₁ ≠ 0 on the box, x_j lies in the range of -c₀/c₁; if c_n ≠ 0, Cauchy's bound
    |x_j| <= 1 + max |c_i/c_n| holds. What comes back holds all equilibria of the box given, and may be infinite.
    """
    solved = _solved_for(setting.exact_rhs, setting.compiled.system.states, setting.moving_symbols)
    arithmetic = IntervalArithmetic()
    low, high = low.copy(), high.copy()
    for _ in range(ROUNDS):
        before = low.copy(), high.copy()
        for j, tape in solved:
            here = [Interval(low[k : k + 1], high[k : k + 1]) for k in range(len(low))]
            leading, *others = tape.run(arithmetic, [*here, *setting.moving_intervals])
            if leading.contains(0.0).any() or np.isnan(leading.low).any():
                continue
            inverse = arithmetic.integer_power(leading, -1)
            quotients = [arithmetic.multiply(other, inverse) for other in others]
            ends = (-float(quotients[-1].high.max()), -float(quotients[-1].low.min()))
            if len(quotients) > 1:
                size = max(float(np.maximum(np.abs(q.low), np.abs(q.high)).max()) for q in quotients)
                reach = float(above(np.array(1 + size)))
                ends = (-reach, reach)
            low[j], high[j] = np.fmax(low[j], ends[0]), np.fmin(high[j], ends[1])
        with np.errstate(invalid="ignore"):
            moved = np.abs(low - before[0]) + np.abs(high - before[1])
        if not (np.nan_to_num(moved, nan=0.0) > 1e-9 * (1 + np.abs(np.nan_to_num(low)))).any() or (low > high).any():
            break
    return low, high


@functools.lru_cache(maxsize=32)
def _solved_for(
    rhs: tuple[Expr, ...], states: tuple[Symbol, ...], moving: tuple[Symbol, ...]
) -> list[tuple[int, Tape]]:
    rates = _with_substitutions([overflow_free(rate) for rate in rhs], states)
    return [entry for rate in rates for entry in _polynomial_in_one(rate, states, moving)]


def _with_substitutions(rates: list[Expr], states: Sequence[Symbol]) -> list[Expr]:
    """The rates, and the same with one state expressed by the others where an equation gives it."""
    found = list(rates)
    if len(rates) > MOST_SUBSTITUTED:
        return found
    for i, rate in enumerate(rates):
        for state in rate.free_symbols & set(states):
            slope = rate.diff(state)
            if slope.is_number and slope.is_nonzero:
                value = -rate.xreplace({state: sympy.S.Zero}) / slope
                others = [r for k, r in enumerate(rates) if k != i and state in r.free_symbols]
                found += [other.xreplace({state: value}) for other in others]
    return found


def _polynomial_in_one(rate: Expr, states: Sequence[Symbol], moving: Sequence[Symbol]) -> list[tuple[int, Tape]]:
    """For each state in which an equation is polynomial, values of functions held: its position, and c_n … c_0."""
    functions = {f: sympy.Dummy(real=True) for f in rate.atoms(sympy.Function) if f.free_symbols & set(states)}
    held = rate.xreplace(functions)
    back = {dummy: f for f, dummy in functions.items()}
    found = []
    for j, state in enumerate(states):
        if state not in held.free_symbols or not held.is_polynomial(state):
            continue
        slope = held.diff(state)
        if state in slope.free_symbols:
            coefficients = sympy.Poly(held, state).all_coeffs()
        else:
            coefficients = [slope, held.xreplace({state: sympy.S.Zero})]
        try:
            found.append((j, Tape.of([c.xreplace(back) for c in coefficients], [*states, *moving])))
        except UnsupportedFeatureError:
            continue
    return found
