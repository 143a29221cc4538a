"""Iterations as formulas: the unit disc is mapped onto the left half-plane, where Hurwitz minors decide."""

from __future__ import annotations

import sympy
from sympy import Expr
from sympy.logic.boolalg import And, Or

from dynsym.claims.goals.iterations import Converges
from dynsym.claims.problem import Problem
from dynsym.claims.provers.algebra import characteristic_coefficients
from dynsym.claims.provers.linearisations import matrix_of
from dynsym.claims.registry import Restatement, restater
from dynsym.derive import hurwitz_minors

__all__ = ["on_half_plane"]


@restater(Converges)
def schur(goal: Converges, problem: Problem) -> Restatement:
    """λ = (z + 1)/(z - 1) takes |λ| < 1 to Re z < 0; the leading coefficient is then the value at λ = 1.

    Two consequences are written beside the minors, since they often decide alone: the polynomial is positive at 1 and,
    with its sign at infinity, at -1; and lower coefficients whose moduli sum to less than 1 suffice (Rouché).
    """
    coefficients = characteristic_coefficients(matrix_of(goal.matrix, None, problem), problem)
    while len(coefficients) > 1 and coefficients[0] == 0:
        coefficients = coefficients[1:]
    if len(coefficients) == 1:
        return Restatement(sympy.true, method="nilpotent matrix")
    z = sympy.Dummy("z")
    moved = on_half_plane(coefficients)
    if moved[-1] == 0:
        return Restatement(sympy.false, method="1 is an eigenvalue")
    minors = hurwitz_minors(sympy.Add(*(c * z**k for k, c in enumerate(moved))), z)
    at_minus_one = sympy.Add(*(c * (-1) ** (len(coefficients) - 1 - k) for k, c in enumerate(coefficients)))
    positive = [moved[-1], at_minus_one, *minors]
    inside = And(*(sympy.Gt(sympy.factor(m), 0) for m in positive))
    dominated = sympy.Lt(sympy.Add(*(sympy.Abs(sympy.factor(c)) for c in coefficients[:-1])), 1)
    return Restatement(
        inside if dominated == sympy.false else Or(dominated, inside),
        method="Hurwitz minors after λ = (z + 1)/(z - 1)",
        steps=(
            {
                "kind": "schur",
                "polynomial": [str(c) for c in coefficients],
                "moved": [str(c) for c in moved],
                "minors": [str(m) for m in minors],
            },
        ),
    )


def on_half_plane(coefficients: list[Expr]) -> list[Expr]:
    """Σ c_k (z + 1)^k (z - 1)^(n - k), lowest coefficient first."""
    degree = len(coefficients) - 1
    z = sympy.Symbol("z")
    rows = [sympy.Poly((z + 1) ** k * (z - 1) ** (degree - k), z).all_coeffs()[::-1] for k in range(degree + 1)]
    return [
        sympy.expand(sympy.Add(*(c * row[power] for c, row in zip(coefficients, rows, strict=True))))
        for power in range(degree + 1)
    ]
