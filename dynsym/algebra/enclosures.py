"""Fractions of polynomials evaluated in balls: the result encloses the exact value."""

from __future__ import annotations

from typing import Any

from flint import arb

from dynsym.algebra.field import Element
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.arithmetic.balls import Balls, ball, polynomial_ball

__all__ = ["evaluate"]


def evaluate(element: Element, values: Balls) -> arb:
    """An enclosure of a fraction, given enclosures of the generators."""
    ring = element.field.ring
    return _polynomial(ring, element.numerator, values) / _polynomial(ring, element.denominator, values)


def _polynomial(ring: Ring, polynomial: Polynomial, values: Balls) -> arb:
    points = [ball(g, values) if d else arb(0) for g, d in zip(ring.generators, _degrees(polynomial), strict=False)]
    return polynomial_ball(polynomial.to_dict().items(), points)


def _degrees(polynomial: Polynomial) -> Any:
    return polynomial.degrees() if not polynomial.is_zero() else ()
