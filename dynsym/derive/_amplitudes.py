"""Certified real roots of one analytic equation in an amplitude, such as ``x - b - k*tanh(x)**3 = 0``."""

from __future__ import annotations

from collections.abc import Callable

import flint
import sympy
from flint import arb
from sympy import Expr

from dynsym._budget import Clock
from dynsym.derive._balls import ball, precision
from dynsym.derive._ring import Polynomial, Ring

__all__ = ["amplitude_roots"]

REACH = 64.0
SMALLEST = 2.0**-24
SEARCH_BITS = 64


def amplitude_roots(
    ring: Ring, equation: Polynomial, amplitude: sympy.Symbol, *, exclude_zero: bool, clock: Clock
) -> list[Callable[[], arb]]:
    """The simple real roots between -64 and 64, ascending; each gives an enclosure at the working precision.

    An interval is dropped when the equation cannot vanish in it, and accepted when the equation is monotone in it and
    changes sign. Multiple roots are passed over: at them the critical point is degenerate.

    Parameters
    ----------
    ring : Ring
    equation : fmpz_mpoly
        In the amplitude, functions of it, and constants.
    amplitude : Symbol
    exclude_zero : bool
        Whether the root 0 belongs to another equilibrium.
    clock : Clock
    """
    f = ring.expression(equation)
    slope = f.diff(amplitude)
    low = 0.0 if amplitude.is_nonnegative or amplitude.is_positive else -REACH
    high = 0.0 if amplitude.is_negative else REACH
    waiting, found = [(low, high)], []
    with precision(SEARCH_BITS):
        while waiting:
            clock.check("search for the amplitude")
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
        if exclude_zero:
            at_zero = _value(f, amplitude, arb(0)).contains(0)
            found = [(a, b) for a, b in found if not (a <= 0 <= b and at_zero)]
    return [_refiner(f, slope, amplitude, a, b) for a, b in sorted(found)]


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
                    if smaller.rad() * 2 > x.rad():
                        break
                    x = smaller
            known[bits] = x
        return known[bits]

    return root
