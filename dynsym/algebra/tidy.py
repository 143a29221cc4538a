"""How closed forms are written: factored, or split over a monomial denominator where that is shorter."""

from __future__ import annotations

from collections import defaultdict

import sympy
from sympy import Expr, Integer

from dynsym.algebra.field import Element, field_over
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.errors import DomainError

__all__ = ["factored", "settled", "tidied", "tidy"]

LARGEST_SPLIT = 40


def settled(expression: Expr) -> Expr:
    """The expression, if it is finite."""
    if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise DomainError(
            "At the point, a derivative of the equations is not finite, and it must be. Choose another point, as in "
            "at={'x': 1} or --at x=1, or write the equations so that they are smooth there."
        )
    return expression


def factored(element: Element) -> Expr:
    """The fraction with numerator and denominator factored."""
    element = element.rationalised()
    ring = element.field.ring
    if not any(g.free_symbols for g in ring.occurring(element.numerator * element.denominator)):
        return sympy.Add(*[term / ring.expression(element.denominator) for term in _terms(ring, element.numerator)])
    return _product(ring, element.numerator) / _product(ring, element.denominator)


def tidy(element: Element) -> Expr:
    """The shortest of the factored form and the form split over a monomial denominator."""
    element = element.rationalised()
    ring = element.field.ring
    candidates = [factored(element)]
    if len(element.denominator) == 1 and len(element.numerator) <= LARGEST_SPLIT:
        candidates.insert(0, _split(ring, element))
    return min(candidates, key=lambda e: e.count_ops())


def tidied(expression: Expr) -> Expr:
    """The shortest form of an expression."""
    return tidy(field_over([expression])(expression))


def _split(ring: Ring, element: Element) -> Expr:
    """Terms grouped by the denominator that each keeps; every group factored."""
    (powers, lead), *_ = element.denominator.to_dict().items()
    groups: dict[tuple[int, ...], dict[tuple[int, ...], int]] = defaultdict(dict)
    for term, coefficient in element.numerator.to_dict().items():
        left = tuple(max(d - t, 0) for t, d in zip(term, powers, strict=True))
        groups[left][tuple(max(t - d, 0) for t, d in zip(term, powers, strict=True))] = coefficient
    parts = []
    for left, terms in groups.items():
        below = sympy.Mul(*[g**p for g, p in zip(ring.generators, left, strict=False) if p])
        parts.append(_product(ring, ring.context.from_dict(terms)) / (Integer(int(lead)) * below))
    return sympy.Add(*parts)


def _product(ring: Ring, polynomial: Polynomial) -> Expr:
    if polynomial.is_zero():
        return sympy.S.Zero
    content, factors = ring.factors(polynomial)
    return sympy.Mul(Integer(content), *[base**power for base, power in factors])


def _terms(ring: Ring, polynomial: Polynomial) -> list[Expr]:
    expanded = ring.expression(polynomial)
    return list(expanded.args) if expanded.is_Add else [expanded]
