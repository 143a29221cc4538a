"""Roots by formula: quadratics and pure powers with symbolic coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import fmpz_poly
from sympy import Expr, Rational, Symbol

from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.algebra.signs import nonnegative, sign_of_element
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.real_roots import real_roots

__all__ = ["RootFormula", "has_formula", "root_formulas", "wanted_sign"]

HIGHEST_DEGREE = 2


@dataclass(frozen=True)
class RootFormula:
    """A real root, and the inequalities under which it is one."""

    expression: Expr
    relations: tuple[Expr, ...] = ()


def has_formula(ring: Ring, polynomial: Polynomial, unknown: Expr) -> bool:
    """Whether a polynomial is linear, quadratic, a pure power of the unknown, or a number times a monomial."""
    coefficients = ring.coefficients(polynomial, unknown)
    degree = len(coefficients) - 1
    if degree >= 1 and (degree <= HIGHEST_DEGREE or all(c.is_zero() for c in coefficients[1:-1])):
        return True
    return _homogeneous(ring, polynomial, unknown) is not None


def wanted_sign(symbol: Symbol) -> int | None:
    """The sign that a symbol was assumed to have."""
    if symbol.is_positive:
        return 1
    return -1 if symbol.is_negative else None


def root_formulas(field: Field, polynomial: Polynomial, unknown: Symbol) -> tuple[RootFormula, ...]:
    """The real roots that the unknown's assumption admits."""
    coefficients = field.ring.coefficients(polynomial, unknown)
    wanted = wanted_sign(unknown)
    if len(coefficients) == 2:
        return _linear(field, coefficients, wanted)
    if all(c.is_zero() for c in coefficients[1:-1]):
        return _pure(field, coefficients, wanted)
    numbers = _homogeneous(field.ring, polynomial, unknown)
    if numbers is not None:
        return _scaled(*numbers, wanted)
    return _quadratic(field, coefficients, wanted)


def _homogeneous(ring: Ring, polynomial: Polynomial, unknown: Expr) -> tuple[fmpz_poly, Expr] | None:
    """P, m with polynomial ~ P(m unknown), P over the integers and m a monomial in the other generators."""
    k = ring.index(unknown)
    terms = {powers[k]: (powers, coefficient) for powers, coefficient in polynomial.to_dict().items()}
    if len(terms) < len(polynomial) or len(terms) < 2:
        return None
    (low, (start, _)), (high, (end, _)) = min(terms.items()), max(terms.items())
    rates = [Rational(e - s, high - low) for s, e in zip(start, end, strict=True)]
    for degree, (powers, _) in terms.items():
        if any(p != s + r * (degree - low) for p, s, r in zip(powers, start, rates, strict=True)):
            return None
    numbers = [0] * (high + 1)
    for degree, (_, coefficient) in terms.items():
        numbers[degree] = int(coefficient)
    others = [(g, r) for j, (g, r) in enumerate(zip(ring.generators, rates, strict=True)) if j != k and r]
    if not others or not all(r.is_Integer and g.is_extended_positive for g, r in others):
        return None
    return fmpz_poly(numbers), sympy.Mul(*[g**r for g, r in others])


def _scaled(polynomial: fmpz_poly, monomial: Expr, wanted: int | None) -> tuple[RootFormula, ...]:
    roots = [root for root in real_roots(polynomial) if wanted is None or wanted * float(root) > 0]
    return tuple(RootFormula(root.expression() / monomial) for root in roots)


def _linear(field: Field, coefficients: list[Polynomial], wanted: int | None) -> tuple[RootFormula, ...]:
    value = field.element(-coefficients[0], coefficients[1])
    sign = sign_of_element(value)
    if wanted is not None and sign is not None and sign != wanted:
        return ()
    formula = tidy(value)
    relations = (sympy.Gt(wanted * formula, 0),) if wanted is not None and sign is None else ()
    return (RootFormula(formula, relations),)


def _quadratic(field: Field, coefficients: list[Polynomial], wanted: int | None) -> tuple[RootFormula, ...]:
    c, b, a = coefficients
    discriminant = field.element(b * b - 4 * a * c)
    sign = sign_of_element(discriminant)
    if sign == -1:
        return ()
    middle = field.element(-b, 2 * a)
    root = sympy.sqrt(tidy(field.element(b * b - 4 * a * c, 4 * a * a)))
    found = []
    for branch in (1, -1):
        formula = tidy(middle) + branch * root
        sure = _sign_of_root(middle, sign_of_element(field.element(c, a)), branch)
        if wanted is not None and sure is not None and sure != wanted:
            continue
        relations = [] if sign == 1 else [nonnegative(discriminant)]
        if wanted is not None and sure is None:
            relations.append(sympy.Gt(wanted * formula, 0))
        found.append(RootFormula(formula, tuple(relations)))
    return tuple(found)


def _pure(field: Field, coefficients: list[Polynomial], wanted: int | None) -> tuple[RootFormula, ...]:
    degree = len(coefficients) - 1
    value = field.element(-coefficients[0], coefficients[-1])
    sign = sign_of_element(value)
    if degree % 2:
        if wanted is not None and sign is not None and sign != wanted:
            return ()
        return (RootFormula(sympy.real_root(tidy(value), degree)),)
    if sign == -1:
        return ()
    relations = () if sign == 1 else (nonnegative(value),)
    root = sympy.root(tidy(value), degree)
    return tuple(RootFormula(s * root, relations) for s in (1, -1) if wanted in (None, s))


def _sign_of_root(middle: Element, product: int | None, branch: int) -> int | None:
    """Sign of a root of x² - 2 middle x + product = 0, from the signs of its coefficients."""
    if product == -1 or middle.is_zero:
        return branch
    sign = sign_of_element(middle)
    if sign == branch:
        return branch
    return sign if product == 1 else None
