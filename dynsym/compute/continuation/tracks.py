"""Branches as curves to compare with: whether a point lies on one, and where one crosses a parameter value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.compute.continuation.curve import Tracer
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import PseudoArclength
from dynsym.results import Branch

__all__ = ["Track", "distinct"]

Array = np.ndarray

SAME = 1e-6
"""Scaled distance below which two corrected points are one."""
NEAR = 4
"""Number of segments that are tried for a point."""


@dataclass(frozen=True, eq=False)
class Track:
    """The points of a branch, with the means to find the equilibria between them."""

    family: OneParameterField
    method: PseudoArclength
    states: Array
    values: Array

    @classmethod
    def of(cls, family: OneParameterField, method: PseudoArclength, branch: Branch) -> Track:
        return cls(family, method, branch.states, branch.parameter_values)

    def contains(self, x: Array, value: float) -> bool:
        """Whether an equilibrium lies on the branch: the branch is corrected in the plane through it."""
        tracer = Tracer.around(self.family, self.method, x)
        metric = tracer.metric
        a, b = self.states[:-1], self.states[1:]
        chord_x, chord_value = b - a, np.diff(self.values)
        squared = metric.state * np.sum(chord_x**2, axis=1) + metric.parameter * chord_value**2
        inner = (
            metric.state * ((x - a) * chord_x).sum(axis=1) + metric.parameter * (value - self.values[:-1]) * chord_value
        )
        fraction = np.clip(inner / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
        foot_x, foot_value = a + fraction[:, None] * chord_x, self.values[:-1] + fraction * chord_value
        apart = np.sqrt(metric.state * np.sum((x - foot_x) ** 2, axis=1) + metric.parameter * (value - foot_value) ** 2)
        lengths = np.sqrt(squared)
        for k in np.argsort(apart)[:NEAR]:
            if apart[k] <= SAME:
                return True
            if apart[k] > 0.5 * lengths[k] + SAME or lengths[k] == 0:
                continue
            direction = chord_x[k] / lengths[k], float(chord_value[k] / lengths[k])
            found = tracer.correct(foot_x[k], float(foot_value[k]), direction)
            if found is not None and found.distance <= 0.5 * lengths[k]:
                offset = (found.x - x, found.value - value)
                along = metric.product(offset, direction)
                if metric.length(offset[0] - along * direction[0], offset[1] - along * direction[1]) <= SAME:
                    return True
        return False

    def states_at(self, value: float) -> list[Array]:
        """The equilibria in which the branch crosses a value of the parameter."""
        tracer = Tracer.around(self.family, self.method, self.states[0])
        vertical = (np.zeros(self.family.dimension), self.family.width)
        found = []
        before, after = self.values[:-1] - value, self.values[1:] - value
        for k in np.flatnonzero((before * after <= 0) & (before != after)):
            share = before[k] / (before[k] - after[k])
            guess = self.states[k] + share * (self.states[k + 1] - self.states[k])
            corrected = tracer.correct(guess, value, vertical)
            found.append(guess if corrected is None else corrected.x)
        return distinct(found)


def distinct(states: list[Array], tolerance: float = SAME) -> list[Array]:
    """The states without repetitions."""
    kept: list[Array] = []
    for state in states:
        if all(np.abs(state - other).max() > tolerance * (1 + np.abs(state).max()) for other in kept):
            kept.append(state)
    return kept
