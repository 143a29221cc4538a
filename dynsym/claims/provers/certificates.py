"""Certificates: Lyapunov functions, contraction, Gershgorin's discs with and without diagonal similarity."""

from __future__ import annotations

import sympy
from sympy import Expr
from sympy.logic.boolalg import And, Boolean, Or

from dynsym.claims.goals import HasLyapunovFunction, Holds, IsContracting, IsStable
from dynsym.claims.problem import Problem
from dynsym.claims.provers.linearisations import matrix_of, point_of, rates_of, verify_equilibrium
from dynsym.claims.registry import Restatement, prover, restater
from dynsym.claims.verdict import Finding
from dynsym.errors import UnsupportedFeatureError

__all__: list[str] = []

SMALLEST = 4
"""Below this size Hurwitz's minors are quicker."""


@restater(HasLyapunovFunction)
def lyapunov(goal: HasLyapunovFunction, problem: Problem) -> Restatement:
    """Larger, and decreasing, at every other state."""
    system = goal.system
    point = dict.fromkeys(system.states, sympy.S.Zero) | point_of(system, goal.at)
    for name, rate in rates_of(system).items():
        if rate.xreplace(point).has(sympy.nan, sympy.zoo, sympy.oo):
            raise UnsupportedFeatureError(f"the rate of {name} is not defined at the point")
    verify_equilibrium(system, point, problem)
    function = goal.function.xreplace(system.substitution())
    change = sympy.Add(*(function.diff(system[name]) * rate for name, rate in rates_of(system).items()))
    elsewhere = Or(*(sympy.Ne(s, point.get(s, sympy.S.Zero)) for s in system.states))
    larger = sympy.Gt(sympy.expand(function - function.xreplace(point)), 0, evaluate=False)
    falling = (sympy.Lt if goal.strict else sympy.Le)(sympy.expand(change), 0, evaluate=False)
    return Restatement(
        sympy.Implies(elsewhere, And(larger, falling)),
        method="derivative along solutions",
        steps=({"kind": "note", "derivative": str(sympy.expand(change))},),
    )


@restater(IsContracting)
def contraction(goal: IsContracting, problem: Problem) -> Restatement:
    """Sylvester: all leading minors of -(P J + Jᵀ P) are positive at every state."""
    system = goal.system
    weights = {str(name): value for name, value in (goal.weights or {}).items()}
    metric = sympy.diag(*(weights.get(name, sympy.S.One) for name in system.state_names))
    jacobian = matrix_of(system, None, problem)
    symmetric = -(metric * jacobian + jacobian.T * metric)
    minors = [sympy.factor(symmetric[:k, :k].det(method="berkowitz")) for k in range(1, system.dimension + 1)]
    positive: list[Boolean] = [sympy.Gt(m, 0) for m in minors]
    positive += [sympy.Gt(weight, 0) for weight in weights.values()]
    steps = ({"kind": "sylvester", "minors": [str(m) for m in minors]},)
    return Restatement(And(*positive), method="contraction by Sylvester's minors", steps=steps)


@prover(IsStable, order=45)
def discs(goal: IsStable, problem: Problem) -> Finding | None:
    """Gershgorin's discs lie to the left of the axis, after scaling where the matrix has numbers."""
    if goal.neutral:
        return None
    matrix = matrix_of(goal.system, goal.at, problem)
    if matrix.rows < SMALLEST or (hasattr(goal.system, "states") and goal.at is None):
        return None
    for scaled, scale in _scalings(matrix):
        margins = [
            -scaled[i, i] - sympy.Add(*(sympy.Abs(scaled[i, j]) for j in range(scaled.cols) if j != i))
            for i in range(scaled.rows)
        ]
        found = problem.prove(Holds(And(*(sympy.Gt(m, 0) for m in margins))), share=0.2)
        if found.verdict == "proved":
            step = {"kind": "discs", "scale": [str(s) for s in scale], "margins": [str(m) for m in margins]}
            name = (
                "Gershgorin's discs" if all(s == 1 for s in scale) else "Gershgorin's discs after diagonal similarity"
            )
            return Finding(
                "proved",
                method=name,
                reason="every disc lies to the left of the imaginary axis",
                hypotheses=found.hypotheses,
                steps=(step, *found.steps),
            )
    return None


def _scalings(matrix: sympy.ImmutableDenseMatrix) -> list[tuple[sympy.MatrixBase, list[Expr]]]:
    """The matrix, its transpose, and D⁻¹ J D with the vector that decides whether any D serves."""
    ones = [sympy.S.One] * matrix.rows
    found: list[tuple[sympy.MatrixBase, list[Expr]]] = [(matrix, ones), (matrix.T, ones)]
    if all(entry.is_Rational for entry in matrix):
        size = matrix.rows
        comparison = sympy.Matrix(size, size, lambda i, j: -matrix[i, j] if i == j else -abs(matrix[i, j]))
        if comparison.det() != 0:
            scale = list(comparison.LUsolve(sympy.ones(size, 1)))
            if all(s.is_positive for s in scale):
                scaled = sympy.Matrix(size, size, lambda i, j: matrix[i, j] * scale[int(j)] / scale[int(i)])
                found.append((scaled, scale))
    return found
