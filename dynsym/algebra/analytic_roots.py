"""Certified real roots of one analytic equation in an amplitude, such as ``x - b - k*tanh(x)**3 = 0``."""

from __future__ import annotations

from collections.abc import Callable

import flint
import sympy
from flint import arb
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.arithmetic.balls import ball, precision
from dynsym.errors import UnsupportedFeatureError
from dynsym.functions.smoothness import by_pieces

__all__ = ["amplitude_roots"]

REACH = 64.0
SMALLEST = 2.0**-24
SEARCH_BITS = 64
MOST_INTERVALS = 100_000


def amplitude_roots(
    ring: Ring,
    equation: Polynomial,
    amplitude: sympy.Symbol,
    *,
    exclude_zero: bool,
    clock: Clock,
    reach: float | None = None,
) -> tuple[list[Callable[[], arb]], str]:
    """The simple real roots, ascending, each as an enclosure; and what is not known of others, or nothing.

    They are looked for between ± `reach`, beyond which the caller knows that there are none, or else between ± 64.
    An interval is dropped when the equation cannot vanish in it, and accepted when the equation is monotone in it and
    changes sign. Where neither is reached, roots may be multiple.
    """
    f = ring.expression(equation)
    found: list[tuple[Expr, float, float]] = []
    left: list[float] = []
    for piece, sides in by_pieces(f):
        piece = sympy.expand(piece) if sides else piece
        if amplitude not in piece.free_symbols or piece.has(sympy.zoo, sympy.nan):
            continue
        isolated, undecided = _isolated(piece, amplitude, reach or REACH, exclude_zero=exclude_zero, clock=clock)
        left.extend(undecided)
        for a, b in isolated:
            root = _refiner(piece, piece.diff(amplitude), amplitude, a, b)
            with precision(SEARCH_BITS):
                if all(sign * ball(argument, {amplitude: root()}) > 0 for argument, sign in sides):
                    found.append((piece, a, b))
    roots = [_refiner(g, g.diff(amplitude), amplitude, a, b) for g, a, b in sorted(found, key=lambda item: item[1:])]
    why = [] if reach else [f"solutions of {f} = 0 with |{amplitude}| > {REACH:.0f} were not looked for"]
    why += [f"roots close to {x:.6g} may be multiple" for x in left[:1]]
    return roots, ", and ".join(why)


def _isolated(
    f: Expr, amplitude: sympy.Symbol, reach: float, *, exclude_zero: bool, clock: Clock
) -> tuple[list[tuple[float, float]], list[float]]:
    """Intervals with one simple root each, and places at which nothing was decided."""
    slope = f.diff(amplitude)
    low = 0.0 if amplitude.is_nonnegative or amplitude.is_positive else -reach
    high = 0.0 if amplitude.is_negative else reach
    waiting, found, left, examined = [(low, high)], [], [], 0
    with precision(SEARCH_BITS):
        while waiting:
            clock.check("search for the amplitude")
            examined += 1
            if examined > MOST_INTERVALS:
                raise UnsupportedFeatureError(
                    f"The equation {f} = 0 for {amplitude} is not decided on {len(waiting)} intervals after "
                    f"{examined} were examined: it vanishes on an interval, or has poles. Give more parameters a "
                    "value, or follow the equilibrium with continue_equilibrium."
                )
            a, b = waiting.pop()
            interval = _interval(a, b)
            if not _value(f, amplitude, interval).contains(0):
                continue
            derivative = _value(slope, amplitude, interval)
            if derivative.is_finite() and not derivative.contains(0):
                ends = [_value(f, amplitude, arb(end)) for end in (a, b)]
                if ends[0] * ends[1] < 0:
                    found.append((a, b))
                    continue
                if ends[0] * ends[1] > 0:
                    continue
            if b - a > SMALLEST:
                # Uneven halves keep a root from sitting on every end.
                middle = a + (b - a) * 0.4973
                waiting.extend([(a, middle), (middle, b)])
            else:
                left.append((a + b) / 2)
        if exclude_zero:
            at_zero = _value(f, amplitude, arb(0)).contains(0)
            found = [(a, b) for a, b in found if not (a <= 0 <= b and at_zero)]
    return found, left


def _interval(a: float, b: float) -> arb:
    return arb(a).union(arb(b))


def _value(f: Expr, amplitude: Expr, x: arb) -> arb:
    return ball(f, {amplitude: x})


def _refiner(f: Expr, slope: Expr, amplitude: Expr, a: float, b: float) -> Callable[[], arb]:
    known: dict[int, arb] = {}

    def root() -> arb:
        bits = flint.ctx.prec
        if bits not in known:
            x = _interval(a, b)
            with precision(bits + 16):
                while True:
                    middle = x.mid()
                    newton = middle - _value(f, amplitude, middle) / _value(slope, amplitude, x)
                    smaller = x.intersection(newton)
                    if smaller.rad() * 2 >= x.rad():
                        break
                    x = smaller
            known[bits] = x
        return known[bits]

    return root
