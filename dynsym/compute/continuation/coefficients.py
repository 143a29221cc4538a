"""Normal form coefficients of special points, by bordered solves; v·v = 1 and the largest entry of v is positive."""

from __future__ import annotations

from functools import partial

import numpy as np

from dynsym.algebra.normal_forms import (
    crossing_speed,
    cubic_coefficient,
    first_lyapunov,
    pair_coefficient,
    quadratic_coefficient,
)
from dynsym.compute.continuation.bordered import Factorised, bordered
from dynsym.compute.continuation.defining_systems import LocatedPoint
from dynsym.compute.continuation.family import OneParameterField

__all__ = ["crossing_coefficients", "fold_coefficients", "hopf_coefficients"]

Array = np.ndarray

NEARLY_ZERO = 1e-6
DEFECTIVE = 1e-8


def fold_coefficients(family: OneParameterField, point: LocatedPoint) -> dict[str, float]:
    """The quadratic coefficient; none where the zero eigenvalue is defective (Bogdanov–Takens)."""
    pair = _normalised(point.right, point.left)
    if pair is None:
        return {}
    v, w = pair
    return {"quadratic": float(quadratic_coefficient(w.dot, partial(family.second, point.x, point.value), v))}


def hopf_coefficients(family: OneParameterField, point: LocatedPoint) -> dict[str, float]:
    """Frequency, first Lyapunov coefficient, and the speed d Re λ / d parameter of the crossing."""
    x, value, omega = point.x, point.value, point.frequency
    q = point.right / np.linalg.norm(point.right)
    overlap = np.vdot(point.left, q)
    coefficients = {"frequency": omega}
    jacobian = family.jacobian(x, value)
    plain, shifted = Factorised(np.array(jacobian, order="F")), 2j * omega * np.eye(len(x)) - jacobian
    if abs(overlap) <= DEFECTIVE * np.linalg.norm(point.left) or plain.singular:
        return coefficients
    left = (point.left.conj() / overlap).dot
    double, second = Factorised(np.asfortranarray(shifted)), partial(family.second, x, value)
    g21 = pair_coefficient(
        left,
        second,
        partial(family.third, x, value),
        q,
        q.conj(),
        lambda right: plain.solve(np.real(right)).astype(complex),
        lambda right: double.solve(np.asarray(right, complex)),
    )
    drift = -plain.solve(family.parameter_derivative(x, value))
    speed = crossing_speed(left, family.mixed_derivative(x, value) @ q, second, q, drift.astype(complex))
    coefficients["first_lyapunov"] = float(first_lyapunov(g21.real, omega))
    coefficients["crossing_speed"] = float(speed.real)
    return coefficients


def crossing_coefficients(
    family: OneParameterField, x: Array, value: float, right: Array, left: Array
) -> dict[str, float]:
    """The coefficient of a simple branch point with the null vectors of J: quadratic, or cubic at a pitchfork.

    The quadratic term counts as zero against the size of the second and third derivatives. None where the zero
    eigenvalue is defective, where both terms vanish, or where the eigenvalue does not cross zero at a pitchfork.
    """
    pair = _normalised(right, left)
    if pair is None:
        return {}
    v, w = pair
    second, third = partial(family.second, x, value), partial(family.third, x, value)
    size = np.linalg.norm(w) * max(np.linalg.norm(second(v, v)), np.linalg.norm(third(v, v, v)))
    quadratic = float(quadratic_coefficient(w.dot, second, v))
    if abs(2 * quadratic) > NEARLY_ZERO * size:
        return {"quadratic": quadratic}
    factors = Factorised(bordered(family.jacobian(x, value), v, w))

    def solve(right: Array) -> Array:
        return factors.solve(np.append(right, 0.0))[: len(x)]

    cubic = float(cubic_coefficient(w.dot, second, third, v, solve))
    drift = solve(-family.parameter_derivative(x, value))
    speed = float(crossing_speed(w.dot, family.mixed_derivative(x, value) @ v, second, v, drift))
    if abs(cubic) <= NEARLY_ZERO * size or abs(speed) <= NEARLY_ZERO * size:
        return {}
    return {"cubic": cubic}


def _normalised(right: Array, left: Array) -> tuple[Array, Array] | None:
    """v·v = 1 with its largest entry positive, w·v = 1; None where w·v vanishes."""
    v = right / np.linalg.norm(right)
    v = v * np.sign(v[np.abs(v).argmax()])
    overlap = left @ v
    if abs(overlap) <= DEFECTIVE * np.linalg.norm(left):
        return None
    return v, left / overlap
