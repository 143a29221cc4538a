"""The origin of an odd network at a pitchfork: alone in a box around it, although its Jacobian is singular.

For |y_i| <= r write tanh y_i = (1 - c_i y_i²) y_i with c_i in [c(r), 1/3]: from tanh y = Σ 2y/(y² + a_k²) follows that
c = Σ 2/(a_k² (y² + a_k²)) falls with |y|. Let p be the left kernel of I - W, of dimension
one. A solution y ≠ 0 with some y_k ≠ 0 has z = y/y_k enclosed by the other rows, a linear system with interval entries,
and summing the rows with weights p leaves

    Σ p_i c_i z_i³ - Σ p_i σ_i z_i Σ_j K_ij σ_j² z_j² = 0,        σ_i = 1 - c_i y_i².

If interval evaluation excludes 0, there is no such y: the cubic coefficient of the pitchfork does not vanish.
"""

from __future__ import annotations

import numpy as np
import sympy
from flint import arb, arb_mat
from sympy.polys.matrices import DomainMatrix

from dynsym.arithmetic.balls import ball
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links.reader import LinkReader
from dynsym.compute.counting.setting import Setting
from dynsym.functions.tanh import TanhFunction

__all__ = ["origin_alone"]

NEARLY_SINGULAR = 1e-9
RADII = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.003, 0.001)


def origin_alone(setting: Setting, reader: LinkReader, problem: LinkProblem) -> float | None:
    """A radius within which the origin is the only solution, where its Jacobian is singular."""
    if not problem.is_odd or not all(isinstance(f, TanhFunction) for f in problem.functions.functions):
        return None
    matrix = np.eye(problem.size) - problem.weights
    if np.linalg.svd(matrix, compute_uv=False)[-1] > NEARLY_SINGULAR * (1 + np.abs(matrix).sum()):
        return None
    kernels = _kernels(reader, setting)
    if kernels is None:
        return None
    weights, left, right = kernels
    size = problem.size
    cubic = np.zeros((size, size)) if problem.cubic is None else problem.cubic
    radius = problem.cubic_radius if problem.cubic_radius is not None else np.zeros((size, size))
    balls = [[arb(float(cubic[i, j]), float(radius[i, j])) for j in range(size)] for i in range(size)]
    return next((r for r in RADII if _is_alone(weights, balls, left, right, r)), None)


def _kernels(reader: LinkReader, setting: Setting) -> tuple[list[list[arb]], list[arb], list[arb]] | None:
    """W, and the left and right kernel of I - W where it has dimension one exactly, over the algebraic numbers."""
    size = len(reader.form.bias)
    known = setting.compiled.system.substitution(setting.values)
    weights = sympy.zeros(size, size)
    for place, entry in reader.form.weights.items():
        weights[place] = entry.xreplace(known)
    if not all(entry.is_algebraic for entry in weights):
        return None
    matrix = DomainMatrix.from_Matrix(sympy.eye(size) - weights, extension=True).to_field()
    if matrix.rank() != size - 1:
        return None
    vectors = [m.nullspace().to_Matrix().row(0) for m in (matrix.transpose(), matrix)]
    left, right = ([ball(entry) for entry in vector] for vector in vectors)
    return [[ball(weights[i, j]) for j in range(size)] for i in range(size)], left, right


def _is_alone(
    weights: list[list[arb]], cubic: list[list[arb]], left: list[arb], right: list[arb], radius: float
) -> bool:
    size = len(weights)
    reach = arb(radius)
    third, least = arb(1) / 3, (1 - reach.tanh() / reach) / (reach * reach)
    curvature = least.union(third)
    slope = arb(1).union(1 - third * reach * reach)
    output_square = arb(0).union(reach * reach)
    k = max(range(size), key=lambda i: abs(float(right[i])))
    row = max(range(size), key=lambda i: abs(float(left[i])))
    entries = [
        [
            (arb(int(i == j)) - weights[i][j] * slope)
            - (slope * _total(cubic[i]) * output_square if i == j else arb(0))
            for j in range(size)
        ]
        for i in range(size)
    ]
    rows, columns = [i for i in range(size) if i != row], [j for j in range(size) if j != k]
    ratio = [arb(1)] * size
    if columns:
        system = arb_mat(len(rows), len(columns), [entries[i][j] for i in rows for j in columns])
        load = arb_mat(len(rows), 1, [-entries[i][k] for i in rows])
        try:
            solved = system.solve(load)
        except ZeroDivisionError:
            return False
        for position, j in enumerate(columns):
            ratio[j] = solved[position, 0]
    total = arb(0)
    for i in range(size):
        drive = sum((cubic[i][j] * slope * slope * ratio[j] * ratio[j] for j in range(size)), arb(0))
        total += left[i] * ratio[i] * (curvature * ratio[i] * ratio[i] - slope * drive)
    return not total.contains(0)


def _total(row: list[arb]) -> arb:
    """Σ_j K_ij s_j for any s_j in [0, 1], up to a common factor."""
    return sum((arb(0).union(entry) for entry in row), arb(0))
