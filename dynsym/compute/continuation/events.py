"""Special points of a branch: solutions of defining systems with their spectrum, kind and coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dynsym.compute.continuation.coefficients import (
    crossing_coefficients,
    fold_coefficients,
    hopf_coefficients,
)
from dynsym.compute.continuation.defining_systems import (
    LocatedPoint,
    null_vectors,
    solve_branch_point,
    solve_fold,
    solve_hopf,
    solve_neutral_saddle,
)
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.spectrum import BranchSpectrum, unstable_besides

__all__ = ["TOGETHER", "Event", "branch_point", "cluster", "fold", "hopf", "neutral_saddle"]

Array = np.ndarray

TOGETHER = 1e-6
"""Relative distance below which eigenvalues cross together."""
PERFECT = 1e-11
"""Relative size of the unfolding term below which two branches do cross."""


@dataclass(frozen=True, slots=True)
class Event:
    """A solved special point of a branch.

    `unstable` counts the eigenvalues to the right of the imaginary axis without the critical ones; `multiplicity` is
    the number of eigenvalues on the axis (pairs for a Hopf point).
    """

    kind: str
    x: Array
    value: float
    residual: float
    spectrum: BranchSpectrum
    unstable: int
    multiplicity: int = 1
    coefficients: Mapping[str, float] = field(default_factory=dict)


def fold(family: OneParameterField, x: Array, value: float) -> Event | None:
    """The fold near a guess."""
    solution = solve_fold(family, x, value)
    return None if solution is None else _event("fold", family, solution, 1, fold_coefficients(family, solution))


def hopf(family: OneParameterField, x: Array, value: float, frequency: float) -> Event | None:
    """The Hopf point near a guess."""
    solution = solve_hopf(family, x, value, frequency)
    return None if solution is None else _event("hopf", family, solution, 2, hopf_coefficients(family, solution))


def neutral_saddle(family: OneParameterField, x: Array, value: float, rate: float) -> Event | None:
    """The neutral saddle near a guess, with eigenvalues of plus and minus its rate."""
    solution = solve_neutral_saddle(family, x, value, rate)
    return None if solution is None else _event("neutral_saddle", family, solution, 0, {"rate": solution.frequency})


def branch_point(family: OneParameterField, x: Array, value: float, scale: float = 0.0) -> Event | None:
    """The branch point near a guess; None where the branches pass each other without crossing.

    `scale` is the size of the eigenvalues against which the unfolding term counts as zero.
    """
    solution = solve_branch_point(family, x, value)
    if solution is None:
        return None
    jacobian = family.jacobian(solution.x, solution.value)
    spectrum = BranchSpectrum.of(jacobian)
    if abs(solution.unfolding) > PERFECT * max(scale, spectrum.scale) * (1 + np.abs(solution.x).max()):
        return None
    right, left = (vectors[:, 0] for vectors in null_vectors(jacobian))
    coefficients = crossing_coefficients(family, solution.x, solution.value, right, left)
    count = max(1, int(np.count_nonzero(np.abs(spectrum.eigenvalues) <= TOGETHER * spectrum.scale)))
    return Event(
        _kind_of_crossing(coefficients),
        solution.x,
        solution.value,
        solution.residual,
        spectrum,
        unstable_besides(spectrum, count),
        count,
        coefficients,
    )


def cluster(family: OneParameterField, x: Array, value: float, at_least: int) -> Event | None:
    """Several eigenvalues on the axis together: a symmetric branch point, or Hopf pairs of one frequency."""
    jacobian = family.jacobian(x, value)
    spectrum = BranchSpectrum.of(jacobian)
    critical = int(np.count_nonzero(np.abs(spectrum.real) <= TOGETHER * spectrum.scale))
    if critical < at_least:
        return None
    nearest = spectrum.nearest_axis(critical)
    unstable = int(np.count_nonzero(spectrum.real > TOGETHER * spectrum.scale))
    pairs = bool(np.abs(nearest.imag).min() > TOGETHER * spectrum.scale)
    count = critical // 2 if pairs else critical
    coefficients = {"frequency": float(np.abs(nearest.imag).mean())} if pairs else {}
    coefficients["multiplicity"] = float(count)
    residual = float(np.abs(family.field(x, value)).max())
    residual = max(residual, float(np.linalg.svd(jacobian, compute_uv=False)[-critical]) if not pairs else 0.0)
    kind = "hopf" if pairs else "branch_point"
    return Event(kind, x, value, residual, spectrum, unstable, count, coefficients)


def _event(
    kind: str, family: OneParameterField, solution: LocatedPoint, critical: int, coefficients: dict[str, float]
) -> Event:
    spectrum = BranchSpectrum.of(family.jacobian(solution.x, solution.value))
    unstable = unstable_besides(spectrum, critical)
    return Event(kind, solution.x, solution.value, solution.residual, spectrum, unstable, 1, coefficients)


def _kind_of_crossing(coefficients: Mapping[str, float]) -> str:
    if coefficients.get("cubic"):
        return "pitchfork"
    return "transcritical" if coefficients.get("quadratic") else "branch_point"
