"""Formulas in one variable, decided completely: real roots isolated exactly, one test between any two neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import sympy
from flint import fmpz_poly
from sympy import Expr, Integer, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Or

from dynsym.algebra.ring import Ring, generators_of
from dynsym.arithmetic.balls import precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.claims.reals.formulas import SIGNS_ALLOWED, assumptions_of, normal
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Cells", "cells_of", "satisfying_point"]

BITS = 256


@dataclass(frozen=True)
class _Factored:
    """A fraction as sign and irreducible factors; factors of the denominator are negative powers."""

    sign: int
    factors: tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Cells:
    """The real line cut at the roots of all expressions of a formula."""

    symbol: Symbol
    roots: tuple[RealRoot, ...]
    between: tuple[Rational, ...]


def cells_of(formula: Boolean, symbol: Symbol) -> Cells:
    """The cells of a formula in one symbol."""
    polynomials = [
        coefficients for atom in formula.atoms(Relational) for coefficients, _ in _factored(atom, symbol).factors
    ]
    product = fmpz_poly([1])
    for coefficients in set(polynomials):
        product *= fmpz_poly(list(coefficients))
    roots = tuple(real_roots(product)) if product.degree() > 0 else ()
    return Cells(symbol, roots, _numbers_between(roots))


def satisfying_point(formula: Boolean, symbol: Symbol) -> Expr | None:
    """A number at which a formula in one symbol holds, or None: then there is none, with proof."""
    form = normal(And(formula, *assumptions_of((symbol,))))
    if form in (sympy.true, sympy.false):
        return Integer(1 if not symbol.is_negative else -1) if form == sympy.true else None
    cells = cells_of(form, symbol)
    table = {atom: _factored(atom, symbol) for atom in form.atoms(Relational)}
    for number in sorted(cells.between, key=lambda q: (abs(q.p) + q.q, bool(q < 0))):
        if _holds(form, {atom: _sign_at_number(value, number) for atom, value in table.items()}):
            return number
    for root in cells.roots:
        if _holds(form, {atom: _sign_at_root(value, root) for atom, value in table.items()}):
            return root.expression()
    return None


def _factored(atom: Relational, symbol: Symbol) -> _Factored:
    difference = atom.lhs - atom.rhs
    if difference.free_symbols - {symbol}:
        raise UnsupportedFeatureError(f"{atom} has more than one symbol. Give the others values.")
    ring = Ring(generators_of([difference, symbol]))
    if set(ring.generators) - {symbol}:
        raise UnsupportedFeatureError(f"{atom} is not rational in {symbol}.")
    numerator, denominator = ring.quotient(difference)
    sign, factors = 1, []
    for polynomial, direction in ((numerator, 1), (denominator, -1)):
        if polynomial.is_zero():
            return _Factored(0, ())
        content, parts = polynomial.factor()
        sign *= 1 if int(content) > 0 else -1
        for part, power in parts:
            coefficients = tuple(int(c) for c in ring.univariate(part, symbol).coeffs())
            if coefficients[-1] < 0:
                coefficients = tuple(-c for c in coefficients)
                sign *= -1 if power % 2 else 1
            factors.append((coefficients, direction * int(power)))
    return _Factored(sign, tuple(factors))


def _numbers_between(roots: Sequence[RealRoot]) -> tuple[Rational, ...]:
    if not roots:
        return (Integer(0),)
    with precision(BITS):
        balls = [root.ball() for root in roots]
        ends = [(_rational(b.lower()), _rational(b.upper())) for b in balls]
    found = [_simplest(None, ends[0][0])]
    found += [_simplest(a[1], b[0]) for a, b in pairwise(ends)]
    return (*found, _simplest(ends[-1][1], None))


def _rational(number: object) -> Rational:
    mantissa, exponent = number.mid().man_exp()  # type: ignore[attr-defined]
    return Rational(int(mantissa)) * Rational(2) ** int(exponent)


def _simplest(low: Rational | None, high: Rational | None) -> Rational:
    """A number of few digits strictly between two numbers."""
    if low is None and high is None:
        return Integer(0)
    if low is None:
        return Integer(sympy.ceiling(high) - 1)
    if high is None:
        return Integer(sympy.floor(low) + 1)
    scale = 1
    while True:
        candidate = Rational(sympy.floor(low * scale) + 1, scale)
        if low < candidate < high:
            return candidate
        scale *= 2


def _sign_at_number(value: _Factored, number: Rational) -> int | None:
    sign = value.sign
    for coefficients, power in value.factors:
        total = Rational(0)
        for c in reversed(coefficients):
            total = total * number + c
        if total == 0:
            return None if power < 0 else 0
        sign *= int(sympy.sign(total)) if power % 2 else 1
    return sign


def _sign_at_root(value: _Factored, root: RealRoot) -> int | None:
    powers = dict(value.factors)
    if root.coefficients in powers:
        return None if powers[root.coefficients] < 0 else 0
    bits = BITS
    while bits <= 1 << 16:
        with precision(bits):
            x = root.ball()
            sign: int | None = value.sign
            for coefficients, power in value.factors:
                total = 0 * x
                for c in reversed(coefficients):
                    total = total * x + c
                if power % 2 == 0:
                    continue
                own = 1 if total > 0 else -1 if total < 0 else None
                sign = None if own is None or sign is None else sign * own
        if sign is not None:
            return sign
        bits *= 4
    raise UnsupportedFeatureError("two algebraic numbers could not be told apart.")


def _holds(formula: Boolean, signs: dict[Relational, int | None]) -> bool:
    if formula in (sympy.true, sympy.false):
        return formula == sympy.true
    if isinstance(formula, Relational):
        return signs[formula] in SIGNS_ALLOWED[formula.rel_op]
    if isinstance(formula, And):
        return all(_holds(part, signs) for part in formula.args)
    assert isinstance(formula, Or)
    return any(_holds(part, signs) for part in formula.args)
