"""From a finding to a `BifurcationCondition`: checked, restricted to the window, written out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import sympy
from flint import arb
from sympy import Expr, Float

from dynsym._expressions import Jet
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import Balls, ball, precision
from dynsym.derive.characteristic.factors import SQUARED_FREQUENCY
from dynsym.derive.checks.look import require_agreement
from dynsym.derive.crossings.locus import GUARD_BITS
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.windows import Window, inside
from dynsym.derive.crossings.zero import Crossing
from dynsym.derive.wording import assumptions_of, roughly, with_criticality
from dynsym.results import BifurcationCondition

__all__ = ["assembled"]

DIGITS = 50


def assembled(
    problem: MovingEquilibrium, finding: Crossing, window: Window | None, silent: Collection[Expr] = ()
) -> BifurcationCondition | None:
    """The condition, after its numerical check; None where it lies outside the window."""
    value = None
    balls: Balls | None = None
    if finding.solution.balls is not None:
        with precision(GUARD_BITS):
            balls = finding.solution.balls()
            exact_value = balls[problem.parameter]
            value = float(exact_value.mid())
            if window is not None and not inside(exact_value, window):
                return None
    constraints = _constraints(problem, finding)
    at = _at(problem, finding, balls)
    assumptions = assumptions_of(
        [finding.locus.equation, finding.solution.formula, finding.coefficient, *at.values()],
        finding.locus.substitution.values() if finding.solution.states is None else (),
        silent,
    )
    coefficient = _coefficient_ball(finding)
    condition = BifurcationCondition(
        finding.kind,
        parameter=problem.parameter.name,
        at=at,
        equation=_equation(finding),
        constraints=constraints,
        solution=finding.solution.formula,
        value=value,
        nondegeneracy=finding.nondegeneracy,
        transversality=finding.transversality,
        coefficient=finding.coefficient,
        coefficient_value=_value(finding, coefficient),
        normalisation=finding.normalisation,
        positive_entry=finding.positive_entry,
        criticality=finding.criticality,
        frequency=finding.frequency,
        mode=None if finding.mode is None else dict(zip(problem.system.state_names, finding.mode, strict=True)),
        assumptions=(*assumptions, *finding.notes),
        reductions=finding.reductions,
        coefficients=finding.coefficients,
        multiplicity=finding.multiplicity,
    )
    condition = with_criticality(condition)
    compared = require_agreement(
        problem.system,
        condition,
        problem.values,
        branch=problem.equilibrium.states if problem.amplitude is None and finding.solution.states is None else None,
        numbers=None if balls is None else {s: b.mid().str(DIGITS, radius=False) for s, b in balls.items()},
    )
    return replace(condition, verdict="undecided" if not finding.decided else "proved" if compared else "supported")


def _equation(finding: Crossing) -> Expr:
    """The equation of the locus; where it holds the square of the frequency, with that of this crossing."""
    put = {} if finding.frequency is None else {SQUARED_FREQUENCY: finding.frequency**2}
    return finding.locus.equation.xreplace(put)


def _coefficient_ball(finding: Crossing) -> arb | None:
    """An enclosure of the coefficient where it is a number: the one that was found, or else that of its formula."""
    if finding.coefficient_ball is not None and finding.coefficient_ball.is_finite():
        return finding.coefficient_ball
    if finding.coefficient is None or finding.coefficient.free_symbols or finding.coefficient.has(Jet, Float):
        return None
    with precision(GUARD_BITS):
        found = ball(finding.coefficient)
    return found if found.is_finite() else None


def _value(finding: Crossing, coefficient: arb | None) -> float | None:
    """The coefficient as a float: the middle of its ball, or the digits that stand in place of a long formula."""
    if coefficient is not None:
        return float(coefficient.mid())
    written = finding.coefficient
    return float(written) if written is not None and not written.free_symbols and written.has(Float) else None


def _amplitude_by_formula(problem: MovingEquilibrium, finding: Crossing) -> bool:
    """Whether the amplitude is given by a formula in which no function of it is left."""
    known = problem.amplitude in finding.solution.replacements or problem.amplitude in finding.locus.substitution
    return known and problem.unknown == (problem.amplitude,)


def _at(problem: MovingEquilibrium, finding: Crossing, balls: Balls | None) -> dict[str, Expr]:
    """The states at the bifurcation: formulas, or thirty digits where an amplitude is known by an equation only."""
    if finding.solution.states is not None:
        return dict(finding.solution.states)
    states = dict(problem.equilibrium.states)
    if problem.amplitude is not None and not _amplitude_by_formula(problem, finding):
        if balls is None:
            formula = finding.solution.formula
            known = {} if formula is None else {problem.parameter: formula}
            return {name: value.xreplace(known) for name, value in states.items()}
        with precision(GUARD_BITS):
            return {name: _number(value, balls) for name, value in states.items()}
    for generator, element in finding.locus.substitution.items():
        states = {name: value.xreplace({generator: tidy(element)}) for name, value in states.items()}
    put = {name: value.xreplace(dict(finding.solution.replacements)) for name, value in states.items()}
    return {
        name: sympy.radsimp(value) if not value.free_symbols and not value.has(sympy.CRootOf) else value
        for name, value in put.items()
    }


def _number(value: Expr, balls: Balls) -> Expr:
    return value if value.is_Rational else roughly(ball(value, balls))


def _constraints(problem: MovingEquilibrium, finding: Crossing) -> tuple[Expr, ...]:
    """What holds besides: the equation of the amplitude, and the inequalities of a real solution."""
    found: list[Expr] = []
    if problem.amplitude is not None and not _amplitude_by_formula(problem, finding):
        found.extend(problem.equilibrium.constraints)
        found.extend(c for c in finding.locus.constraints if c not in found)
    found.extend(finding.solution.relations)
    found.extend(c for c in finding.constraints if c is not sympy.true)
    return tuple(c for c in found if not (isinstance(c, sympy.Ge) and sympy.Gt(*c.args) in found))
