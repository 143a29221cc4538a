r"""Normal form coefficients of special points, by bordered solves.

Fold: :math:`a = w \cdot B(v, v) / 2`; pitchfork: :math:`c = w \cdot (C(v,v,v) + 3 B(v,h)) / 6` with
:math:`J h = -B(v,v)`; both with :math:`v \cdot v = w \cdot v = 1` and the largest entry of v positive.
Hopf: :math:`l_1 = \mathrm{Re}\, p^H (C(q,q,\bar q) - 2 B(q, J^{-1} B(q,\bar q))
+ B(\bar q, (2i\omega - J)^{-1} B(q,q))) / (2\omega)` with :math:`q^H q = p^H q = 1`
(Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, sections 5.4 and 8.7).
"""

from __future__ import annotations

import numpy as np

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
    return {"quadratic": float(w @ family.second(point.x, point.value, v, v)) / 2}


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
    p = point.left / np.conj(overlap)
    conjugate = q.conj()
    mean = -plain.solve(np.real(family.second(x, value, q, conjugate)))
    harmonic = Factorised(np.asfortranarray(shifted)).solve(np.asarray(family.second(x, value, q, q), complex))
    g21 = np.vdot(
        p,
        family.third(x, value, q, q, conjugate)
        + 2 * family.second(x, value, q, mean.astype(complex))
        + family.second(x, value, conjugate, harmonic),
    )
    drift = -plain.solve(family.parameter_derivative(x, value))
    change = family.jacobian_along(x, value, drift) + family.mixed_derivative(x, value)
    coefficients["first_lyapunov"] = float(g21.real / (2 * omega))
    coefficients["crossing_speed"] = float(np.vdot(p, change @ q).real)
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
    n, second, third = len(x), family.second(x, value, v, v), family.third(x, value, v, v, v)
    size = np.linalg.norm(w) * max(np.linalg.norm(second), np.linalg.norm(third))
    if abs(w @ second) > NEARLY_ZERO * size:
        return {"quadratic": float(w @ second) / 2}
    factors = Factorised(bordered(family.jacobian(x, value), v, w))
    h = factors.solve(np.append(-second, 0.0))[:n]
    cubic = float(w @ (third + 3 * family.second(x, value, v, h))) / 6
    drift = factors.solve(np.append(-family.parameter_derivative(x, value), 0.0))[:n]
    speed = float(w @ (family.mixed_derivative(x, value) @ v + family.second(x, value, v, drift)))
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
