"""Equilibria of one rational equation in one state: exact, with multiplicities.

The numerator is made squarefree in exact arithmetic, over the rationals or an algebraic extension of them; the roots of
each factor are isolated in balls until as many real ones change sign as there are balls on the real line. Roots that
are poles too are left out.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import sympy
from flint import acb, arb, arb_poly, ctx, fmpz_poly
from sympy import Expr, Poly, Symbol
from sympy.polys.polyerrors import BasePolynomialError

from dynsym.arithmetic.balls import ball, precision
from dynsym.errors import BudgetExceeded

__all__ = ["LineRoot", "real_roots"]

LARGEST_PRECISION = 8192
LARGEST_HEIGHT = 1500
"""Bits of integer coefficients up to which flint isolates roots by itself: beyond, time doubles with every few bits."""


@dataclass(frozen=True)
class LineRoot:
    """One real root."""

    place: arb
    multiplicity: int
    index: int


def real_roots(rate: Expr, state: Symbol) -> tuple[LineRoot, ...] | None:
    """All real zeros of a rational function with exact coefficients."""
    numerator, denominator = sympy.fraction(sympy.together(rate))
    if not (numerator.is_polynomial(state) and denominator.is_polynomial(state)):
        return None
    top, bottom = _polynomial(numerator, state), _polynomial(denominator, state)
    if top is None or bottom is None or top.is_zero or bottom.is_zero:
        return None
    while True:
        shared = top.gcd(bottom)
        if shared.degree() < 1:
            break
        top = top.quo(shared)
    if any(not p.LC().is_Rational and _may_vanish(p.LC()) for p in (top, bottom)):
        return None
    if top.degree() < 1:
        return ()
    factors = [(factor, power) for factor, power in top.sqf_list()[1] if factor.degree() > 0]
    bits = 128
    while bits <= LARGEST_PRECISION:
        with precision(bits):
            found = _isolated(factors, top, bottom)
        if found is not None:
            return found
        bits *= 2
    raise BudgetExceeded(
        f"Two roots of {numerator} could not be told apart with {LARGEST_PRECISION} bits. They must differ by "
        "more than rounding. Try other parameter values."
    )


def _may_vanish(number: Expr) -> bool:
    """Whether many digits do not tell a number from zero."""
    with precision(128):
        return bool(ball(number).contains(0))


def _polynomial(expression: Expr, state: Symbol) -> Poly | None:
    """With rational or algebraic coefficients, or None."""
    try:
        found = Poly(expression, state)
        if all(c.is_Rational for c in found.all_coeffs()):
            return Poly(expression, state, domain="QQ")
        return Poly(expression, state, extension=True)
    except (BasePolynomialError, NotImplementedError, ValueError):
        return None


def _balls(polynomial: Poly) -> arb_poly:
    return arb_poly([ball(c) for c in reversed(polynomial.all_coeffs())])


def _isolated(factors: list[tuple[Poly, int]], top: Poly, bottom: Poly) -> tuple[LineRoot, ...] | None:
    """The real roots, or None where the precision is too low."""
    places: list[tuple[arb, int]] = []
    for factor, power in factors:
        polynomial = _balls(factor)
        candidates = _candidates(factor, polynomial)
        if candidates is None:
            return None
        for candidate in candidates:
            if not candidate.imag.contains(0):
                continue
            place = candidate.real
            left, right = polynomial(place.lower()), polynomial(place.upper())
            if place.is_exact():
                if factor.eval(sympy.Rational(*_fraction(place))) != 0:
                    return None
            elif not (candidate.imag.is_zero() or (left > 0 and right < 0) or (left < 0 and right > 0)):
                return None
            places.append((_refined(polynomial, place), power))
    places.sort(key=lambda item: float(item[0].mid()))
    if any(a.overlaps(b) for (a, _), (b, _) in itertools.pairwise(places)):
        return None
    return _with_indices(places, _balls(top), _balls(bottom))


def _candidates(factor: Poly, polynomial: arb_poly) -> list[acb] | None:
    """Isolating balls of all complex roots; None where the precision is too low.

    Real roots of a rational polynomial have the imaginary part 0 exactly; others are told by a change of sign.
    """
    coefficients = factor.all_coeffs()
    if all(c.is_Rational for c in coefficients):
        scale = sympy.ilcm(*(c.q for c in coefficients))
        integers = fmpz_poly([int(c * scale) for c in reversed(coefficients)])
        if integers.height_bits() <= LARGEST_HEIGHT:
            isolated: Any = integers.complex_roots()
            return [root for root, _ in isolated]
    try:
        return polynomial.complex_roots()
    except ValueError:
        return None


def _refined(polynomial: arb_poly, place: arb) -> arb:
    """A narrower ball around a simple root, by the interval Newton method; a slope that may vanish halves the ball."""
    derivative = polynomial.derivative()
    for _ in range(4 * ctx.prec):
        if place.is_exact() or place.rel_accuracy_bits() > ctx.prec // 2:
            break
        middle = arb(place.mid())
        slope = derivative(place)
        if not slope.contains(0):
            narrowed = middle - polynomial(middle) / slope
            if not narrowed.rad() < place.rad() * 0.75:
                break
            place = narrowed.intersection(place)
            continue
        here, left = polynomial(middle), polynomial(place.lower())
        if here.contains(0) or left.contains(0):
            break
        place = (middle.union(place.upper())) if (here > 0) == (left > 0) else place.lower().union(middle)
    return place


def _fraction(exact: arb) -> tuple[int, int]:
    rational = exact.fmpq()
    return int(rational.p), int(rational.q)


def _with_indices(places: list[tuple[arb, int]], top: arb_poly, bottom: arb_poly) -> tuple[LineRoot, ...] | None:
    """Signs of the function just beside each root, from sign(top)·sign(bottom) and the parity of the multiplicity."""
    found = []
    for place, power in places:
        if power % 2 == 0:
            found.append(LineRoot(place, power, 0))
            continue
        derivative, order = top, 0
        while order < power:
            derivative, order = derivative.derivative(), order + 1
        slope, level = derivative(place), bottom(place)
        if slope.contains(0) or level.contains(0):
            return None
        found.append(LineRoot(place, power, -1 if (slope > 0) == (level > 0) else 1))
    return tuple(found)
