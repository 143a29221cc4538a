"""Where in parameter space the support of a law passes a point: a curve, and its crossings along one parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy import Expr, Rational, Symbol

from dynsym._docstrings import documented
from dynsym._expressions import exact
from dynsym.algebra.ring import Ring, factored, generators_of
from dynsym.arithmetic.real_roots import RealRoot
from dynsym.derive.random_matrices.cauchy import ARGUMENT
from dynsym.derive.random_matrices.law import SpectralLaw
from dynsym.derive.random_matrices.supports import (
    SpectralSupport,
    ordered_roots,
    place,
    rational_between,
    root_order,
    shown,
    support_of,
)
from dynsym.errors import ParameterError
from dynsym.results.content import record, to_finite
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex

__all__ = ["CriticalCurve", "EdgeCrossing", "critical_curve"]


@dataclass(frozen=True)
class EdgeCrossing:
    """A value of a parameter at which the support of a law passes through a point.

    Parameters
    ----------
    parameter : Symbol
    value : Expr
        An exact algebraic number.
    point : Expr
        The point that is passed.
    before, after : SpectralSupport
        Just below and above the value (next to it, with no other crossing between).

    Examples
    --------
    >>> ds.derive.critical_curve(ds.derive.free_sum(ds.derive.Semicircle("s"), ds.derive.Atoms({1: 1}))).crossings()
    (EdgeCrossing(s = 1/4: the lowest edge passes 0),)
    """

    parameter: Symbol
    value: Expr
    _: KW_ONLY
    point: Expr
    before: SpectralSupport
    after: SpectralSupport

    @property
    def is_lowest(self) -> bool:
        """Whether the lowest point of the support passes, so that the law gains or loses its positivity."""
        return bool((place(self.before.lowest) > place(self.point)) != (place(self.after.lowest) > place(self.point)))

    @property
    def is_highest(self) -> bool:
        """Whether the highest point of the support passes."""
        below = place(self.before.highest) < place(self.point)
        return bool(below != (place(self.after.highest) < place(self.point)))

    def __float__(self) -> float:
        return float(place(self.value))

    def __repr__(self) -> str:
        edge = "the lowest edge" if self.is_lowest else "the highest edge" if self.is_highest else "an inner edge"
        return f"EdgeCrossing({self.parameter} = {shown(self.value)}: {edge} passes {self.point})"


@dataclass(frozen=True, eq=False)
class CriticalCurve(SymbolicResult):
    """The parameters at which an edge of the support may lie at a point, as an algebraic curve.

    Parameters
    ----------
    law : SpectralLaw
    edge : Expr
        The point.
    polynomial : Expr
        In the parameters, factored; it vanishes where an edge lies at the point. Which edge, and whether it is one at
        all and no point of another sheet, `crossings` decides.

    Examples
    --------
    >>> curve = ds.derive.critical_curve(ds.derive.free_sum(ds.derive.Semicircle("s"), ds.derive.Atoms({1: 1})))
    >>> curve.polynomial
    4*s - 1
    """

    law: SpectralLaw
    edge: Expr
    _: KW_ONLY
    polynomial: Expr

    def crossings(self, values: Mapping[str, Any] | None = None) -> tuple[EdgeCrossing, ...]:
        """Where the support passes the point as the one parameter that is left moves over its whole range.

        Parameters
        ----------
        values : mapping of name to number or text
            For all parameters but one.

        Returns
        -------
        tuple of EdgeCrossing
            Ascending, proved: the supports on both sides are, and nothing changes between neighbouring candidates.

        Raises
        ------
        ParameterError
            If not exactly one parameter is left.
        """
        law = self.law.with_values(values or {})
        if len(law.parameters) != 1:
            left = ", ".join(map(str, law.parameters)) or "none"
            raise ParameterError(
                f"The parameters without a value are: {left}. One must be left to move. Give values for the others."
            )
        return _crossings(law, law.parameters[0], self.edge)

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The equation of the curve."""
        return [("0", f"= {expression_latex(self.polynomial, limit=operations)}")]

    def to_json(self) -> dict[str, Any]:
        """The curve as a JSON object."""
        return {"kind": "critical_curve", "parameters": to_finite(self.law.parameters)} | record(self, "law")

    def __repr__(self) -> str:
        return f"CriticalCurve(an edge at {self.edge} only where {shown(self.polynomial)} = 0)"


@documented("ParameterError: If the law has no parameter.")
def critical_curve(law: SpectralLaw, *, edge: Any = 0) -> CriticalCurve:
    """Where in parameter space an edge of the support lies at a point.

    Parameters
    ----------
    law : SpectralLaw
        With at least one parameter.
    edge : number, text or Expr
        The point, 0 by default: where a random matrix stops being definite.

    Examples
    --------
    When does a diagonal matrix of ±1 plus a Wishart matrix stop being positive definite?

    >>> signs = ds.derive.Atoms({1: "1 - alpha", -1: "alpha"})
    >>> curve = ds.derive.critical_curve(ds.derive.free_sum(signs, ds.derive.MarchenkoPastur("c", scale="1/c")))
    >>> [round(float(crossing), 6) for crossing in curve.crossings({"alpha": 0.5}) if crossing.is_lowest]
    [0.309722]
    """
    if not law.parameters:
        raise ParameterError(
            "The law has no parameter, so that there is no curve. Give one as text, as in MarchenkoPastur('c')."
        )
    point = exact(edge, name="edge")
    factors: dict[Expr, None] = {}
    ring = Ring(generators_of([*law.parameters, point]))
    for factor in law.algebraic.edge_factors:
        own = ring.polynomial(factor.xreplace({ARGUMENT: point}))
        for part, _ in factored(own)[1] if not own.is_zero() else ():
            factors[ring.expression(part)] = None
    return CriticalCurve(law, point, polynomial=sympy.Mul(*factors))


def _crossings(law: SpectralLaw, parameter: Symbol, point: Expr) -> tuple[EdgeCrossing, ...]:
    """Candidates cut the line of the parameter into pieces; the supports of two neighbours are compared."""
    candidates = _candidates(law, parameter, point)
    found = []
    supports = [_support_between(law, parameter, pair) for pair in _pairs(candidates)]
    for root, before, after in zip(candidates, supports[:-1], supports[1:], strict=True):
        if before is None or after is None:
            continue
        if before.position(point) != after.position(point):
            found.append(EdgeCrossing(parameter, root.expression(), point=point, before=before, after=after))
    return tuple(found)


def _candidates(law: SpectralLaw, parameter: Symbol, point: Expr) -> list[RealRoot]:
    """Where the support could change its place with respect to the point, and where the range of the law ends."""
    ring = Ring(generators_of([parameter, point]))
    expressions = [law.algebraic.ring.expression(f).xreplace({ARGUMENT: point}) for f in law.algebraic.critical_factors]
    expressions += law.positive_quantities()
    polynomials = [part for e in expressions for part in ring.quotient(e) if not part.is_zero()]
    return ordered_roots([ring.univariate(p, parameter) for p in polynomials if ring.degree(p, parameter) > 0])


def _pairs(roots: list[RealRoot]) -> list[tuple[RealRoot | None, RealRoot | None]]:
    return list(zip([None, *roots], [*roots, None], strict=True))


def _support_between(
    law: SpectralLaw, parameter: Symbol, pair: tuple[RealRoot | None, RealRoot | None]
) -> SpectralSupport | None:
    """The support at a value between two candidates; None outside the range of the law."""
    left, right = pair
    if left is None and right is None:
        value = Fraction(1)
    elif left is None:
        value = Fraction(int(sympy.floor(root_order(right)))) - 1  # type: ignore[arg-type]
    elif right is None:
        value = Fraction(int(sympy.ceiling(root_order(left)))) + 1
    else:
        value = rational_between(left, right)
    number = Rational(value.numerator, value.denominator)
    put = {parameter: number}
    if any(not quantity.xreplace(put) > 0 for quantity in law.positive_quantities()):
        return None
    own = law.with_values({parameter.name: number})
    return support_of(own.algebraic, own.point_masses(), own.reach())
