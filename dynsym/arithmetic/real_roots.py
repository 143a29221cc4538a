"""Real algebraic numbers: an irreducible polynomial and which of its real roots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import flint
import sympy
from flint import arb, fmpz_poly
from sympy import Expr, Integer, Rational

__all__ = ["RealRoot", "real_roots", "root_of"]

_VARIABLE = sympy.Symbol("x")


@dataclass(frozen=True)
class RealRoot:
    """A real root of an irreducible integer polynomial."""

    coefficients: tuple[int, ...]
    index: int

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    def ball(self) -> arb:
        """An enclosure at the working precision."""
        return _enclosures(self.coefficients, flint.ctx.prec)[self.index]

    def __float__(self) -> float:
        return float(_enclosures(self.coefficients, max(flint.ctx.prec, 128))[self.index].mid())

    def expression(self) -> Expr:
        """The number: rational, with square roots, a pure root, or a `CRootOf`."""
        c = [Integer(k) for k in self.coefficients]
        if self.degree == 1:
            return -c[0] / c[1]
        if self.degree == 2:
            # sqrt(b^2 - 4ac)/(2a) with a > 0: the larger root has the plus sign.
            half, root = -c[1] / (2 * c[2]), sympy.sqrt(c[1] ** 2 - 4 * c[0] * c[2]) / (2 * c[2])
            return half + (root if self.index == 1 else -root)
        if not any(self.coefficients[1:-1]):
            radicand = -c[0] / c[-1]
            sign = -1 if radicand < 0 or (self.degree % 2 == 0 and self.index == 0) else 1
            return sign * sympy.root(abs(radicand), self.degree)
        if self.degree == 4 and not c[1] and not c[3]:
            return self._biquadratic(c)
        return sympy.CRootOf(sympy.Poly(list(reversed(c)), _VARIABLE), self.index, radicals=False)

    def _biquadratic(self, c: list[Integer]) -> Expr:
        squares = [root for root in real_roots(fmpz_poly([int(k) for k in c[::2]])) if float(root) > 0]
        count = 2 * len(squares)
        position = self.index - count // 2
        square = squares[position] if position >= 0 else squares[-position - 1]
        return (1 if position >= 0 else -1) * sympy.sqrt(square.expression())


def real_roots(polynomial: fmpz_poly) -> list[RealRoot]:
    """All real roots, ascending, each once."""
    found = []
    for factor, _ in polynomial.factor()[1]:
        if factor.degree() >= 1:
            sign = -1 if int(factor.leading_coefficient()) < 0 else 1
            coefficients = tuple(sign * int(c) for c in factor.coeffs())
            found += [RealRoot(coefficients, k) for k in range(len(_enclosures(coefficients, 128)))]
    return sorted(found, key=_order)


def _order(root: RealRoot) -> Rational:
    """A rational number near the root; enough bits to keep distinct roots apart in practice."""
    middle, exponent = _enclosures(root.coefficients, 512)[root.index].mid().man_exp()
    return Rational(int(middle)) * Rational(2) ** int(exponent)


@lru_cache(maxsize=4096)
def _enclosures(coefficients: tuple[int, ...], bits: int) -> tuple[arb, ...]:
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        if len(coefficients) == 2:
            return (arb(-coefficients[0]) / coefficients[1],)
        pairs: Any = fmpz_poly(list(coefficients)).complex_roots()
        roots = [root for root, _ in pairs]
    finally:
        flint.ctx.prec = before
    return tuple(sorted((r.real for r in roots if r.imag.is_zero()), key=lambda x: x.mid()))


def root_of(number: sympy.CRootOf) -> RealRoot:
    """The real root that a sympy `CRootOf` denotes."""
    coefficients = tuple(int(c) for c in reversed(number.poly.all_coeffs()))
    sign = -1 if coefficients[-1] < 0 else 1
    return RealRoot(tuple(sign * c for c in coefficients), int(number.index))
