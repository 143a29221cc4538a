"""Symbols and constants that scale away: conditions of networks at the price of one with rational numbers.

At the origin of x' = -x + g W φ(x) with an odd φ the Jacobian depends on g s1 only, and the cubic terms are those of
the system in t = g s1 times s3/s1. Critical points are then found for numbers, and the symbols put back as factors. So
are numbers that satisfy no polynomial: for φ = erf, s1 = 2/sqrt(pi).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Expr

from dynsym.algebra.signs import sign_of_element
from dynsym.arithmetic.balls import Balls, ball
from dynsym.derive.crossings.locus import Locus
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.zero import Crossing
from dynsym.derive.normal_forms.taylor import TaylorTable
from dynsym.derive.wording import criticality_of
from dynsym.results.ledger import Examined

__all__ = ["Scaling", "scaling_of"]

Powers = tuple[int, ...]
Scales = tuple[Expr, ...]


@dataclass(frozen=True)
class Scaling:
    """A problem in numbers, and the factors that lead back."""

    problem: MovingEquilibrium
    factor: Expr
    cubic: Expr
    cubic_sign: int | None

    def findings(self, search: Callable[[MovingEquilibrium], Examined[Crossing]]) -> Examined[Crossing]:
        """Findings of the scaled problem, in the symbols of the original one."""
        seen = search(self.problem)
        return Examined(tuple(map(self._back, seen.found)), seen.open, by=seen.by)

    def _back(self, finding: Crossing) -> Crossing:
        parameter = self.problem.parameter
        back = {parameter: parameter * self.factor}

        def put(expression: Expr | None, times: Expr = sympy.S.One) -> Expr | None:
            return None if expression is None else expression.xreplace(back) * times

        formula = finding.solution.formula
        solution = replace(
            finding.solution,
            formula=None if formula is None else formula / self.factor,
            replacements={},
            balls=self._balls_back(finding.solution.balls),
        )
        locus = finding.locus
        restored = Locus(sympy.expand(put(locus.equation)), locus.field, {}, (solution,), (), locus.degree)
        coefficient = put(finding.coefficient, self.cubic)
        criticality = finding.criticality
        if criticality in {"supercritical", "subcritical"}:
            own = -1 if criticality == "supercritical" else 1
            criticality = criticality_of(None if self.cubic_sign is None else own * self.cubic_sign)
        return replace(
            finding,
            locus=restored,
            solution=solution,
            nondegeneracy=coefficient,
            coefficient=coefficient,
            transversality=put(finding.transversality, self.factor),
            frequency=put(finding.frequency),
            mode=None if finding.mode is None else tuple(put(entry) for entry in finding.mode),
            coefficient_ball=None,
            criticality=criticality,
            reductions=(*finding.reductions, f"scaled: {parameter}*{self.factor} as one number"),
        )

    def _balls_back(self, scaled: Callable[[], Balls] | None) -> Callable[[], Balls] | None:
        """Enclosures of the parameter, where the factor is a number."""
        if scaled is None or not self.factor.is_number:
            return None
        return lambda: {self.problem.parameter: scaled()[self.problem.parameter] / ball(self.factor)}


def scaling_of(problem: MovingEquilibrium) -> Scaling | None:
    """The scaling that frees a problem of its symbols, or None."""
    taylor = problem.expansion
    scales = _scales(problem)
    if not scales or problem.equilibrium.constraints or problem.equilibrium.amplitude is not None:
        return None
    if taylor.quadratic or taylor.by_parameter or taylor.point_by_parameter:
        return None
    rates = _powers_per_parameter(problem, scales, taylor.linear)
    if rates is None or not all(g.is_extended_positive for g, r in zip(scales, rates, strict=True) if r):
        return None
    offsets = _common_offset(problem, scales, taylor.cubic, rates)
    if offsets is None:
        return None
    factor = sympy.Mul(*[g**r for g, r in zip(scales, rates, strict=True)])
    cubic = sympy.Mul(*[g**r for g, r in zip(scales, offsets, strict=True)])
    put = {problem.parameter: problem.parameter / factor}

    def table(entries: Mapping[Any, Expr], over: Expr = sympy.S.One) -> dict[Any, Expr]:
        return {place: sympy.expand(entry.xreplace(put) / over) for place, entry in entries.items()}

    numbers = TaylorTable(
        point=taylor.point,
        linear=table(taylor.linear),
        cubic=table(taylor.cubic, cubic),
        linear_by_parameter=table(taylor.linear_by_parameter, factor),
    )
    sign = sign_of_element(problem.field(cubic)) if taylor.cubic else 1
    return Scaling(replace(problem, taylor=numbers), factor, cubic, sign)


def _scales(problem: MovingEquilibrium) -> tuple[Expr, ...]:
    """The generators that may scale away: free ones, and numbers that are not algebraic."""
    return (*problem.free, *(g for g in problem.ring.generators if g.is_number and g.is_algebraic is False))


def _terms(problem: MovingEquilibrium, scales: Scales, entry: Expr) -> list[tuple[int, Powers]] | None:
    """Powers of the parameter and of the scales in each term; None where a sum is left in a denominator."""
    ring = problem.ring
    numerator, denominator = ring.quotient(entry)
    if len(denominator) != 1:
        return None
    (below,) = denominator.to_dict()
    own, *places = [ring.index(g) for g in (problem.parameter, *scales)]
    return [(powers[own] - below[own], tuple(powers[k] - below[k] for k in places)) for powers in numerator.to_dict()]


def _powers_per_parameter(problem: MovingEquilibrium, scales: Scales, entries: Mapping[Any, Expr]) -> Powers | None:
    """How many powers of each scale come with one of the parameter, the same in every term."""
    rates: Powers | None = None
    for entry in set(entries.values()):
        for power, others in _terms(problem, scales, entry) or [(0, (1,))]:
            if power == 0:
                if any(others):
                    return None
                continue
            if any(o % power for o in others):
                return None
            own = tuple(o // power for o in others)
            if rates is not None and own != rates:
                return None
            rates = own
    return rates


def _common_offset(
    problem: MovingEquilibrium, scales: Scales, entries: Mapping[Any, Expr], rates: Powers
) -> Powers | None:
    """The powers of the scales that all cubic terms share beyond those that come with the parameter."""
    offset: Powers | None = None
    for entry in set(entries.values()):
        found = _terms(problem, scales, entry)
        if found is None:
            return None
        for power, others in found:
            own = tuple(o - power * r for o, r in zip(others, rates, strict=True))
            if offset is not None and own != offset:
                return None
            offset = own
    return (0,) * len(rates) if offset is None else offset
