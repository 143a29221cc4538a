"""Points of a branch: correction onto it, tangents, and interpolation between two of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.bordered import Factorised
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import PseudoArclength
from dynsym.compute.continuation.spectrum import BranchSpectrum

__all__ = ["ArcMetric", "Correction", "Point", "Tracer"]

Array = np.ndarray

FLAT = 1e-5
"""Relative size of singular values that are left out where Newton's method fails,"""
RESIDUAL = 1e-11
"""provided that F is this small in the end."""
GOOD_RATE = 0.05
"""A correction that shrinks the one before by this factor keeps the same LU factors (a chord step)."""


@dataclass(frozen=True, slots=True)
class ArcMetric:
    """The weights that make a length of (states, parameter)."""

    state: float
    parameter: float

    def length(self, x: Array, value: float) -> float:
        return math.sqrt(self.state * x.dot(x) + self.parameter * value * value)

    def product(self, left: tuple[Array, float], right: tuple[Array, float]) -> float:
        return float(self.state * left[0].dot(right[0]) + self.parameter * left[1] * right[1])


@dataclass(slots=True, eq=False)
class Point:
    """A point of a branch: state, parameter, unit tangent, sign of the bordered determinant, eigenvalues if known.

    `factors` is the LU of the bordered matrix, kept while the next point is being corrected; `blurred` tells that F is
    flat around the point, so that signs of eigenvalues near zero mean little.
    """

    x: Array
    value: float
    tangent_x: Array
    tangent_value: float
    orientation: int
    spectrum: BranchSpectrum | None = None
    factors: Factorised | None = None
    blurred: bool = False

    @property
    def tangent(self) -> tuple[Array, float]:
        return self.tangent_x, self.tangent_value

    def reversed(self) -> Point:
        """The same point, the branch followed the other way."""
        return Point(self.x, self.value, -self.tangent_x, -self.tangent_value, -self.orientation, self.spectrum)


@dataclass(frozen=True, slots=True)
class Correction:
    """A converged Newton correction: the point, the number of steps and the distance from the guess.

    `flat` tells that directions were left alone in which F hardly changes.
    """

    x: Array
    value: float
    steps: int
    distance: float
    flat: bool = False


@dataclass(frozen=True, eq=False)
class Tracer:
    """Newton correction and tangents of one family, with one method."""

    family: OneParameterField
    method: PseudoArclength
    metric: ArcMetric

    @classmethod
    def around(cls, family: OneParameterField, method: PseudoArclength, x: Array) -> Tracer:
        """A tracer whose unit of length fits a state."""
        size = max(1.0, float(np.max(np.abs(x), initial=0.0))) * max(1.0, 0.5 * math.sqrt(len(x)))
        return cls(family, method, ArcMetric(1 / size**2, 1 / family.width**2))

    def distance(self, a: Point, b: Point) -> float:
        return self.metric.length(b.x - a.x, b.value - a.value)

    def correct(
        self, x: Array, value: float, direction: tuple[Array, float], factors: Factorised | None = None
    ) -> Correction | None:
        """The equilibrium in the plane through (x, value) that is normal to a direction; None if Newton fails.

        `factors` of a bordered matrix nearby serve for the first steps; the plane is then the one of that matrix.
        """
        family, metric, n = self.family, self.metric, len(x)
        tolerance = self.method.tolerance
        right = np.zeros(n + 1)
        borrowed, rate, previous = factors is not None, 0.0, math.inf
        start_x, start_value = x, value
        for iteration in range(self.method.max_newton):
            right[:n] = family.field(x, value)
            if factors is None or rate > GOOD_RATE:
                factors, borrowed = self._factorise(x, value, direction), False
                if factors is None:
                    return None
            step = factors.solve(right)
            length = metric.length(step[:n], step[n])
            if not math.isfinite(length):
                break
            rate = length / previous if previous else 0.0
            if rate > 2.0 and not borrowed:
                break
            x, value = x - step[:n], value - float(step[n])
            if length <= tolerance or (iteration and length * rate <= tolerance and rate < 0.1):
                return Correction(x, value, iteration + 1, metric.length(x - start_x, value - start_value))
            previous = length
        return self._correct_flat(start_x, start_value, direction)

    def _correct_flat(self, x: Array, value: float, direction: tuple[Array, float]) -> Correction | None:
        """Newton steps that leave directions alone in which F hardly changes.

        Near a symmetric branch point F may be flat in a direction across the branch, to fourth order and more; solving
        for it would amplify rounding.
        """
        n, start_x, start_value = len(x), x, value
        for iteration in range(self.method.max_newton):
            right = np.append(self.family.field(x, value), 0.0)
            matrix = self._matrix(x, value, direction)
            if not (np.isfinite(right).all() and np.isfinite(matrix).all()):
                return None
            step = np.linalg.lstsq(matrix, right, rcond=FLAT)[0]
            x, value = x - step[:n], value - float(step[n])
            if self.metric.length(step[:n], step[n]) <= self.method.tolerance:
                if np.abs(right).max() > RESIDUAL * (1 + np.abs(x).max()):
                    return None
                distance = self.metric.length(x - start_x, value - start_value)
                return Correction(x, value, iteration + 1, distance, flat=True)
        return None

    def point(self, x: Array, value: float, direction: tuple[Array, float], *, spectrum: bool) -> Point | None:
        """The branch point record of an equilibrium: tangent along a direction, orientation, eigenvalues."""
        n = len(x)
        matrix = self._matrix(x, value, direction)
        eigenvalues = BranchSpectrum.of(matrix[:n, :n]) if spectrum and np.isfinite(matrix).all() else None
        factors = Factorised(matrix)
        if factors.singular:
            return None
        right = np.zeros(n + 1)
        right[n] = 1.0
        tangent = factors.solve(right)
        length = self.metric.length(tangent[:n], tangent[n])
        if not 0 < length < math.inf:
            return None
        tangent = tangent / length
        return Point(x, value, tangent[:n], float(tangent[n]), factors.determinant_sign, eigenvalues, factors)

    def with_spectrum(self, point: Point) -> BranchSpectrum:
        """The eigenvalues at a point, computed once."""
        if point.spectrum is None:
            point.spectrum = BranchSpectrum.of(self.family.jacobian(point.x, point.value))
        return point.spectrum

    def fraction(self, a: Point, b: Point, x: Array, value: float) -> float:
        """Where a point projects onto the chord from a to b: 0 at a, 1 at b."""
        chord = (b.x - a.x, b.value - a.value)
        return self.metric.product(chord, (x - a.x, value - a.value)) / self.metric.product(chord, chord)

    def between(self, a: Point, b: Point, fraction: float) -> tuple[Array, float]:
        """The cubic through two points and their tangents (error of fourth order in their distance)."""
        t, h = fraction, self.distance(a, b)
        p = t * t * (3 - 2 * t)
        q = t * (1 - t) ** 2 * h / self.metric.length(*a.tangent)
        r = -t * t * (1 - t) * h / self.metric.length(*b.tangent)
        x = a.x + p * (b.x - a.x) + q * a.tangent_x + r * b.tangent_x
        value = a.value + p * (b.value - a.value) + q * a.tangent_value + r * b.tangent_value
        return x, value

    def point_between(self, a: Point, b: Point, fraction: float = 0.5) -> Point | None:
        """A corrected point of the branch between two points; None if it lies elsewhere."""
        x, value = self.between(a, b, fraction)
        chord = (b.x - a.x, b.value - a.value)
        length = self.metric.length(*chord)
        if length == 0:
            return None
        chord = (chord[0] / length, chord[1] / length)
        found = self.correct(x, value, chord)
        if found is None or found.distance > 0.25 * length:
            return None
        return self.point(found.x, found.value, chord, spectrum=True)

    def _matrix(self, x: Array, value: float, direction: tuple[Array, float]) -> Array:
        n = len(x)
        matrix = np.empty((n + 1, n + 1), order="F")
        matrix[:n, :n] = self.family.jacobian(x, value)
        matrix[:n, n] = self.family.parameter_derivative(x, value)
        matrix[n, :n] = self.metric.state * direction[0]
        matrix[n, n] = self.metric.parameter * direction[1]
        return matrix

    def _factorise(self, x: Array, value: float, direction: tuple[Array, float]) -> Factorised | None:
        factors = Factorised(self._matrix(x, value, direction))
        return None if factors.singular else factors

    def normalised(self, point: Point) -> Point:
        """The same point with its tangent of length one in this metric."""
        length = self.metric.length(*point.tangent)
        tangent_x, tangent_value = point.tangent_x / length, point.tangent_value / length
        return Point(point.x, point.value, tangent_x, tangent_value, point.orientation, point.spectrum)
