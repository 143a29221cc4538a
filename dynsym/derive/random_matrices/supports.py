"""Supports of limiting eigenvalue laws, and the parameters at which an edge passes through a point.

An edge is a branch point of the Cauchy transform, hence a root of its discriminant; between neighbouring roots the
density is positive everywhere or nowhere, and one point decides. So a support is proved, and so is a crossing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from itertools import pairwise
from operator import or_
from typing import Any

import sympy
from flint import acb, fmpq, fmpz_poly
from sympy import Expr, Integer, Rational

from dynsym._expressions import exact
from dynsym.arithmetic.balls import precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots
from dynsym.derive.random_matrices.branch_tracking import boundary_value
from dynsym.derive.random_matrices.cauchy import ARGUMENT, AlgebraicLaw, table_at
from dynsym.errors import ParameterError

__all__ = [
    "SpectralSupport",
    "density_at",
    "ordered_roots",
    "place",
    "rational_between",
    "root_order",
    "shown",
    "support_of",
]

DIGITS = 60
BITS_BETWEEN = 256


@dataclass(frozen=True)
class SpectralSupport:
    """Where a limiting law has its eigenvalues.

    Parameters
    ----------
    intervals : tuple of (Expr, Expr)
        Disjoint, ascending: closure of the set where the density is positive. The ends are exact algebraic numbers.
    atoms : tuple of (Expr, Expr)
        Points and their masses, ascending.

    Examples
    --------
    >>> found = ds.derive.MarchenkoPastur("1/4").support()
    >>> found, found.lowest
    (SpectralSupport([1/4, 9/4]; no atoms), 1/4)
    """

    intervals: tuple[tuple[Expr, Expr], ...]
    _: KW_ONLY
    atoms: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def lowest(self) -> Expr:
        """The lowest point, atoms included."""
        return min([low for low, _ in self.intervals] + [at for at, _ in self.atoms], key=place)

    @property
    def highest(self) -> Expr:
        """The highest point, atoms included."""
        return max([high for _, high in self.intervals] + [at for at, _ in self.atoms], key=place)

    def position(self, point: Any) -> tuple[int, bool, int]:
        """How many components lie below the point, whether one contains it, and how many lie above."""
        x = place(exact(point, name="point"))
        pieces = [(place(a), place(b)) for a, b in self.intervals] + [(place(a), place(a)) for a, _ in self.atoms]
        below, above = [bool(b < x) for _, b in pieces], [bool(a > x) for a, _ in pieces]
        return sum(below), not all(map(or_, below, above)), sum(above)

    def __repr__(self) -> str:
        pieces = ", ".join(f"[{shown(low)}, {shown(high)}]" for low, high in self.intervals) or "no interval"
        atoms = ", ".join(f"{shown(at)} (mass {shown(mass)})" for at, mass in self.atoms)
        return f"SpectralSupport({pieces}; {f'atoms {atoms}' if atoms else 'no atoms'})"


def support_of(algebraic: AlgebraicLaw, masses: Mapping[Expr, Expr], reach: Expr) -> SpectralSupport:
    """The support of a law without free parameters, from its polynomial, its atoms and a bound of its points."""
    atoms = tuple(sorted(masses.items(), key=lambda pair: place(pair[0])))
    table = table_at(algebraic.ring, algebraic.polynomial, {})
    candidates = ordered_roots([algebraic.ring.univariate(f, ARGUMENT) for f in algebraic.critical_factors])
    intervals: list[tuple[Expr, Expr]] = []
    open_from: RealRoot | None = None
    for left, right in pairwise(candidates):
        if _is_inside(table, left, right, _fraction(reach)):
            open_from = left if open_from is None else open_from
        elif open_from is not None:
            intervals.append((open_from.expression(), left.expression()))
            open_from = None
    if open_from is not None:
        intervals.append((open_from.expression(), candidates[-1].expression()))
    return SpectralSupport(tuple(intervals), atoms=atoms)


def density_at(algebraic: AlgebraicLaw, x: Expr, reach: Expr) -> float:
    """The density of a law without free parameters, at a rational point."""
    number = fmpq(*_fraction(x).as_integer_ratio())
    table = table_at(algebraic.ring, algebraic.polynomial, {})
    value = boundary_value(table, number, _fraction(reach))
    if value is None:
        raise ParameterError(f"The point {x} is an edge or an atom of the law, where there is no density. Move off it.")
    return abs(float(value.imag.mid())) / float(sympy.pi)


def _is_inside(table: Any, left: RealRoot, right: RealRoot, reach: Fraction) -> bool:
    """Whether the density is positive between two neighbouring critical points."""
    sample = rational_between(left, right)
    value: acb | None = boundary_value(table, fmpq(*sample.as_integer_ratio()), reach)
    assert value is not None
    return not value.imag.is_zero()


def rational_between(left: RealRoot, right: RealRoot) -> Fraction:
    """A short rational number strictly between two roots."""
    low, high = _exact_near(left), _exact_near(right)
    middle = (low + high) / 2
    return middle.limit_denominator(max(int(8 / (high - low)), 8))


def _exact_near(root: RealRoot) -> Fraction:
    number = sympy.Rational(root_order(root))
    return Fraction(int(number.p), int(number.q))


def root_order(root: RealRoot) -> Rational:
    """A rational number within 2^-250 of a root."""
    with precision(BITS_BETWEEN):
        middle, exponent = root.ball().mid().man_exp()
    return Rational(int(middle)) * Rational(2) ** int(exponent)


def ordered_roots(polynomials: list[fmpz_poly]) -> list[RealRoot]:
    """The real roots of several polynomials, ascending, each once."""
    found = {root for polynomial in polynomials for root in real_roots(polynomial)}
    return sorted(found, key=root_order)


def _fraction(value: Expr) -> Fraction:
    number = sympy.Rational(value)
    return Fraction(int(number.p), int(number.q))


def place(number: Expr) -> Rational:
    """A rational number that orders exact numbers: itself, or within 1e-60 of it."""
    if isinstance(number, (Integer, Rational)):
        return number
    return Rational(sympy.N(number, DIGITS))


def shown(expression: Expr) -> str:
    """A short text: long numbers as decimals."""
    text = str(expression)
    if len(text) <= 24 or expression.free_symbols:
        return text if len(text) <= 160 else f"{text[:159]}…"
    return f"{float(expression):.10g}"
