"""Crossings of modes, compared with the eigenvalues of the whole network at random sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Expr, Integer, Symbol

from dynsym.arithmetic.digits import NoNumberError
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.copies.modes import Slopes
from dynsym.derive.copies.whole_network import as_number, random_values, whole_jacobian
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.errors import ClosedFormMismatch
from dynsym.results import BifurcationCondition

__all__ = ["check_crossing"]

POINTS = 3
ATTEMPTS = 100
NEAR = 1e-6
LARGE = 1e4


def check_crossing(
    problem: MovingEquilibrium,
    slopes: Slopes,
    condition: BifurcationCondition,
    indices: Sequence[tuple[Symbol, Expr]] = (),
    accept: Callable[[Mapping[Any, Any]], bool] = bool,
    third: Expr | None = None,
) -> int:
    """Compare critical eigenvalue, multiplicity and l1 with the whole network at random sizes and parameters."""
    template, solution = problem.system.classes, condition.solution
    if template is None or solution is None or problem.amplitude is not None:
        return 0
    generator = Sampler(1)
    compared = 0
    claims = [e for e in (solution, condition.frequency, condition.coefficient, third) if e is not None]
    for _ in range(ATTEMPTS):
        if compared == POINTS:
            break
        values = random_values(template, slopes, [*claims, *(count for _, count in indices)], generator)
        values.update({symbol: int(value) for symbol, value in problem.values.items() if symbol.is_integer})
        if any(not 0 < values[i] < as_number(count, values).real for i, count in indices) or not accept(values):
            continue
        try:
            values[problem.parameter] = as_number(solution, values).real
            rotation = 0 if condition.frequency is None else as_number(condition.frequency, values)
            jacobian = whole_jacobian(template, slopes, values)
            times = as_number(Integer(1) * condition.multiplicity, values).real
        except (NoNumberError, ZeroDivisionError):
            continue
        scale = abs(values[problem.parameter]) + abs(rotation)
        if jacobian is None or times < 1 or abs(rotation.imag) > 0 or scale > LARGE:
            continue
        eigenvalues, vectors = np.linalg.eig(jacobian)
        near = np.flatnonzero(np.abs(eigenvalues - 1j * rotation.real) < NEAR * (1 + scale))
        if abs(rotation) < NEAR and condition.frequency is not None:
            continue
        pairs = [2 * values[i] == as_number(count, values).real for i, count in indices]
        if len(near) < (1 if any(pairs) else times):
            raise ClosedFormMismatch(
                f"{condition.kind} at {problem.parameter} = {solution}: the whole network has {len(near)} critical "
                f"eigenvalues where {times:g} are claimed. Nothing is returned; please report the model."
            )
        if third is not None and condition.coefficient is not None and len(near) == 1:
            _compare_lyapunov(condition, slopes, jacobian, vectors[:, near[0]], as_number(third, values), values)
        compared += 1
    return compared


def _compare_lyapunov(
    condition: BifurcationCondition,
    slopes: Slopes,
    jacobian: np.ndarray,
    q: np.ndarray,
    third: complex,
    values: Mapping[Any, Any],
) -> None:
    """l1 = Re(conj(p)·C(q,q,conj(q)))/(2ω) with eigenvectors found in numbers; C is that of nodes that sum outputs."""
    assert condition.coefficient is not None
    assert condition.frequency is not None
    at = q.conj() @ jacobian @ q
    conjugates, left = np.linalg.eig(jacobian.conj().T)
    p = left[:, np.argmin(np.abs(conjugates - at.conjugate()))]
    p = p / (q.conj() @ p)
    node = slopes[0][0]
    own, slope = as_number(node.own[0][0], values), as_number(node.output[0], values)
    cubic = (jacobian - own * np.eye(len(q))) / slope * third @ (q * q * q.conj())
    found = (p.conj() @ cubic).real / (2 * at.imag)
    claimed = as_number(condition.coefficient, values)
    if not abs(claimed - found) <= NEAR * (1 + abs(found)):
        raise ClosedFormMismatch(
            f"hopf at {condition.solution}: l1 is {claimed:.8g} in closed form and {found:.8g} for the whole network. "
            "Nothing is returned; please report the model."
        )
