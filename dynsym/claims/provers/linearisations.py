"""Jacobians of systems at equilibria, which are verified under the hypotheses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import exact
from dynsym.claims.problem import Problem
from dynsym.derive.equilibria.corners import require_smooth
from dynsym.errors import ModelNameError, NotAnEquilibrium, ParameterError, UnsupportedFeatureError

__all__ = ["equilibrium_relations", "matrix_of", "point_of", "rates_of", "verify_equilibrium"]


def rates_of(system: Any) -> dict[str, Expr]:
    """The right-hand side by state, with default values of parameters put in."""
    values = system.substitution()
    return {name: rate.xreplace(values) for name, rate in system.equations.items()}


def point_of(system: Any, at: Any) -> dict[Symbol, Expr]:
    """Where a system is linearised, by state symbol."""
    if at is None:
        return {}
    if hasattr(at, "states") and isinstance(at.states, Mapping):
        at = at.states
    if not isinstance(at, Mapping):
        value = exact(at, name="at")
        return dict.fromkeys(system.states, value)
    unknown = [str(name) for name in at if str(name) not in system.state_names]
    if unknown:
        raise ModelNameError(
            f"{unknown[0]!r} is not a state of {system.name!r}; its states are {', '.join(system.state_names)}."
        )
    given = {str(name): value for name, value in at.items()}
    return {s: exact(given[s.name], name=s.name) for s in system.states if s.name in given}


def matrix_of(subject: Any, at: Any, problem: Problem) -> sympy.ImmutableDenseMatrix:
    """A matrix as it is, or the Jacobian of a system at a verified equilibrium."""
    if isinstance(subject, sympy.MatrixBase):
        if subject.rows != subject.cols:
            raise ParameterError(
                f"A matrix of {subject.rows} rows and {subject.cols} columns has no eigenvalues. Give a square one."
            )
        return sympy.ImmutableDenseMatrix(subject)
    point = point_of(subject, at)
    if at is not None:
        verify_equilibrium(subject, point, problem)
    values = subject.substitution()
    require_smooth(subject, point, values, "the stated point", 1)
    entries = {place: entry.xreplace(values).xreplace(point) for place, entry in subject.jacobian_entries().items()}
    return sympy.ImmutableDenseMatrix(
        subject.dimension, subject.dimension, lambda i, j: entries.get((int(i), int(j)), sympy.S.Zero)
    )


def equilibrium_relations(system: Any, at: Any) -> tuple[Any, ...]:
    """What holds at an equilibrium: its equations where states stay symbolic."""
    point = point_of(system, at)
    rates = [rate.xreplace(point) for rate in rates_of(system).values()]
    return tuple(sympy.Eq(rate, 0, evaluate=False) for rate in rates if rate != 0)


def verify_equilibrium(system: Any, point: Mapping[Symbol, Expr], problem: Problem) -> None:
    from dynsym.claims.goals import Identity

    for name, rate in rates_of(system).items():
        value = rate.xreplace(dict(point))
        if value == 0:
            continue
        if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise NotAnEquilibrium(
                f"The claim is about an equilibrium of {system.name!r}, and the rate of {name} is not finite there. "
                "Give a point at which all rates vanish."
            )
        found = problem.prove(Identity(value, sympy.S.Zero), share=0.2)
        if found.verdict == "refuted":
            raise NotAnEquilibrium(
                f"The claim is about an equilibrium of {system.name!r}, and the rate of {name} is {value} there: "
                f"{found.reason}. Give a point at which all rates vanish, or a hypothesis that makes them vanish."
            )
        if found.verdict not in {"proved", "vacuous"}:
            raise UnsupportedFeatureError(f"it was not shown that the rate of {name} vanishes at the stated point")
