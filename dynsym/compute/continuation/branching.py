"""The directions in which branches leave a branch point.

At a simple branch point the two tangents solve the algebraic branching equation: the quadratic form
ψ·D²F(k, k) on the two null vectors of (J, F_λ) vanishes (H. B. Keller, *Numerical Methods in Bifurcation Problems*,
1987, section 5). Where J has a kernel of higher dimension, by symmetry, low orders need not tell the branches apart;
they are sought at a finite distance, where all but the equations along the kernel are solved (Lyapunov–Schmidt).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.defining_systems import null_vectors
from dynsym.compute.continuation.family import OneParameterField

__all__ = ["Departure", "departures", "primary_sides"]

Array = np.ndarray
Departure = tuple[Point, Point | None]
"""The first points of a branch on the two sides of a branch point; the second is None if there is only one side."""

KERNEL = 1e-7
DISTANCE = 0.08
ANGLES = 96
SUBSETS_UP_TO = 9
RANDOM_DIRECTIONS = 48
SAME_DIRECTION = 0.999


def departures(tracer: Tracer, x: Array, value: float) -> list[Departure]:
    """One entry for each branch through a branch point."""
    sizes = np.linalg.svd(tracer.family.jacobian(x, value), compute_uv=False)
    kernel = int(np.count_nonzero(sizes <= KERNEL * max(1.0, sizes[0])))
    return _simple(tracer, x, value) if kernel <= 1 else _symmetric(tracer, x, value, kernel)


# ---- one-dimensional kernel


def _simple(tracer: Tracer, x: Array, value: float) -> list[Departure]:
    lines = _tangents(tracer, x, value)
    found = []
    for k, line in enumerate(lines):
        others = lines[:k] + lines[k + 1 :]
        sides = [_depart(tracer, x, value, line, sign, others) for sign in (1.0, -1.0)]
        present = [side for side in sides if side is not None]
        if present:
            found.append((present[0], present[1] if len(present) > 1 else None))
    return found


def _tangents(tracer: Tracer, x: Array, value: float) -> list[tuple[Array, float]]:
    """The unit tangents of the two branches; none where all second derivatives vanish or the point is isolated."""
    family, n = tracer.family, len(x)
    matrix = np.column_stack([family.jacobian(x, value), family.width * family.parameter_derivative(x, value)])
    right, left = null_vectors(matrix)
    form = np.array([[left[:, 0] @ _second(family, x, value, u, v) for v in right.T] for u in right.T])
    a, b, c = form[0, 0], 0.5 * (form[0, 1] + form[1, 0]), form[1, 1]
    discriminant = b * b - a * c
    if discriminant <= 1e-12 * (b * b + a * a + c * c):
        return []
    root = -(b + math.copysign(math.sqrt(discriminant), b))
    tangents = []
    for weights in ((root, a), (c, root)):
        line = right @ np.array(weights)
        tangent = line[:n], float(family.width * line[n])
        length = tracer.metric.length(*tangent)
        tangents.append((tangent[0] / length, tangent[1] / length))
    return tangents


def _second(family: OneParameterField, x: Array, value: float, u: Array, v: Array) -> Array:
    """The second derivative of F by (x, λ) along two directions, the parameter in widths of its span."""
    n, width = len(x), family.width
    mixed = width * family.mixed_derivative(x, value)
    result = family.second(x, value, u[:n], v[:n]) + mixed @ (u[n] * v[:n] + v[n] * u[:n])
    return result + u[n] * v[n] * width**2 * family.second_parameter_derivative(x, value)


def _depart(
    tracer: Tracer, x: Array, value: float, line: tuple[Array, float], sign: float, others: list[tuple[Array, float]]
) -> Point | None:
    """A corrected point at a small distance along a tangent, on the branch of that tangent."""
    direction = sign * line[0], sign * line[1]
    distance = tracer.method.step
    for _ in range(8):
        found = tracer.correct(x + distance * direction[0], value + distance * direction[1], direction)
        if found is not None and found.distance <= 0.5 * distance:
            point = tracer.point(found.x, found.value, direction, spectrum=True)
            if point is not None:
                along = abs(tracer.metric.product(point.tangent, direction))
                if all(along > abs(tracer.metric.product(point.tangent, other)) for other in others):
                    return point
        distance *= 0.5
    return None


# ---- kernel of higher dimension


def _symmetric(tracer: Tracer, x: Array, value: float, kernel: int) -> list[Departure]:
    search = _KernelSearch(tracer, x, value, kernel)
    found: list[tuple[Array, Point]] = []
    for direction in search.directions():
        point = search.branch_near(direction)
        if point is None:
            continue
        reached = search.direction_of(point)
        if all(reached @ other <= SAME_DIRECTION for other, _ in found):
            found.append((reached, point))
    pairs: list[Departure] = []
    while found:
        direction, point = found.pop(0)
        opposite = next((k for k, (other, _) in enumerate(found) if direction @ other < -SAME_DIRECTION + 0.02), None)
        pairs.append((point, None if opposite is None else found.pop(opposite)[1]))
    primary = primary_sides(tracer, x, value)
    return pairs + ([primary] if primary else [])


def primary_sides(tracer: Tracer, x: Array, value: float, kernel: float = KERNEL) -> Departure | None:
    """The branch on which several eigenvalues cross at once: it leaves along the least-norm solution of J v = -F_λ."""
    family = tracer.family
    slope = np.linalg.lstsq(family.jacobian(x, value), -family.parameter_derivative(x, value), rcond=kernel)[0]
    length = tracer.metric.length(slope, 1.0)
    line = slope / length, 1 / length
    sides = [side for side in (_depart(tracer, x, value, line, sign, []) for sign in (1.0, -1.0)) if side is not None]
    return (sides[0], sides[1] if len(sides) > 1 else None) if sides else None


class _KernelSearch:
    """Branches at a finite distance from a point whose Jacobian has a kernel of dimension two or more."""

    def __init__(self, tracer: Tracer, x: Array, value: float, kernel: int) -> None:
        self.tracer, self.family, self.x, self.value = tracer, tracer.family, x, value
        left, _, right = np.linalg.svd(self.family.jacobian(x, value))
        self.kernel = right[-kernel:].T
        self.rest = right[:-kernel].T
        overlap = left[:, -kernel:].T @ self.kernel
        self.left = left[:, -kernel:] @ np.linalg.pinv(overlap).T
        self.radius = DISTANCE / math.sqrt(tracer.metric.state)

    def directions(self) -> Iterator[Array]:
        """Unit vectors of kernel coordinates from which branches are sought."""
        if self.kernel.shape[1] == 2:
            yield from self._sign_changes()
            return
        n = len(self.x)
        largest = n // 2 if n <= SUBSETS_UP_TO else 2
        sets = [list(chosen) for size in range(1, largest + 1) for chosen in combinations(range(n), size)]
        vectors = [self.kernel[chosen].sum(axis=0) for chosen in sets]
        vectors += [self.kernel[i] - self.kernel[j] for i, j in combinations(range(n), 2)]
        vectors += list(np.random.default_rng(0).standard_normal((RANDOM_DIRECTIONS, self.kernel.shape[1])))
        for vector in vectors:
            length = np.linalg.norm(vector)
            if length > 1e-6:
                yield vector / length
                yield -vector / length

    def _sign_changes(self) -> Iterator[Array]:
        """Angles at which the tangential residual changes sign."""
        angles = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False) + 0.01
        residuals = [self._tangential(angle) for angle in angles]
        for k, angle in enumerate(angles):
            here, ahead = residuals[k], residuals[(k + 1) % ANGLES]
            if here * ahead <= 0:
                share = here / (here - ahead) if here != ahead else 0.5
                better = angle + share * 2 * np.pi / ANGLES
                yield np.array([math.cos(better), math.sin(better)])

    def _tangential(self, angle: float) -> float:
        solved = self._reduced(np.array([math.cos(angle), math.sin(angle)]))
        return math.nan if solved is None else float(solved[2][0])

    def _reduced(self, direction: Array) -> tuple[Array, float, Array] | None:
        """State, parameter and residual where F = 0 holds except along the tangential directions of the kernel."""
        tangential = self.left @ _complement(direction)
        x = self.x + self.radius * self.kernel @ direction
        value, residual = self.value, np.zeros(tangential.shape[1])
        free = self.rest.shape[1]
        for _ in range(12):
            defect = self.family.field(x, value) + tangential @ residual
            slope = self.family.width * self.family.parameter_derivative(x, value)
            matrix = np.column_stack([self.family.jacobian(x, value) @ self.rest, slope, tangential])
            if not (np.isfinite(matrix).all() and np.isfinite(defect).all()):
                return None
            step = np.linalg.lstsq(matrix, defect, rcond=1e-13)[0]
            x, value = x - self.rest @ step[:free], value - self.family.width * step[free]
            residual = residual - step[free + 1 :]
            if np.abs(step).max() <= 1e-12 * (1 + np.abs(x).max()):
                break
        return x, float(value), residual

    def branch_near(self, direction: Array) -> Point | None:
        """A point of a branch at the distance of the search, near a direction of the kernel."""
        solved = self._reduced(direction)
        if solved is None:
            return None
        ray = self.kernel @ direction
        ray = ray / self.tracer.metric.length(ray, 0.0)
        found = self.tracer.correct(solved[0], solved[1], (ray, 0.0))
        if found is None or found.distance > DISTANCE:
            return None
        point = self.tracer.point(found.x, found.value, (ray, 0.0), spectrum=True)
        if point is None or self.tracer.metric.length(point.x - self.x, 0.0) < 0.5 * DISTANCE:
            return None
        return point

    def direction_of(self, point: Point) -> Array:
        """The kernel coordinates of a point, as a unit vector."""
        along = self.kernel.T @ (point.x - self.x)
        return along / np.linalg.norm(along)


def _complement(direction: Array) -> Array:
    """An orthonormal basis of the directions normal to a unit vector."""
    if len(direction) == 2:  # turns with the direction, so that a residual along it is continuous
        return np.array([[-direction[1]], [direction[0]]])
    return np.linalg.svd(direction[None, :])[2][1:].T
