"""Equations with one parameter that moves: what is needed of them on a slab, an interval of the parameter.

On each slab a `CountedFamily` gives an `Engine` whose bounds hold for every value of the parameter in it, and
expansions in the unknowns and the parameter together.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.balls import BallArithmetic
from dynsym.arithmetic.rounding import UNIT, midpoint_radius
from dynsym.arithmetic.tape import Tape
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.activations.slopes import gain_slope, jacobian_range, link_curvature, parameter_slope
from dynsym.compute.counting.links.bounding import bounding_box
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.reader import LinkReader
from dynsym.compute.counting.matrices.elimination import Expansion
from dynsym.compute.counting.matrices.krawczyk import residual_bound
from dynsym.compute.counting.matrices.singularity import Curvature
from dynsym.compute.counting.search.engine import Engine
from dynsym.errors import UnsupportedFeatureError

__all__ = ["CountedFamily", "LinkFamily", "Slab", "moved"]

Box = tuple[np.ndarray, np.ndarray]


def moved(balls: Sequence[arb], index: int, low: float, high: float) -> list[arb]:
    """The parameters with the one at `index` anywhere in [low, high]."""
    parameters = list(balls)
    parameters[index] = arb(low) if low == high else arb(low).union(arb(high))
    return parameters


class Slab(ABC):
    """The equations for every value of the parameter in an interval."""

    engine: Engine

    @abstractmethod
    def start_boxes(self) -> Box | None:
        """Boxes (batch, m) that hold all zeros, or None where none were found.

        Faces on which there must be no zero come as boxes without extent in one unknown.
        """

    @abstractmethod
    def expansion(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Expansion:
        """The equations over boxes (batch, m) of the unknowns and intervals (batch,) of the parameter."""

    @abstractmethod
    def centre_jacobian(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> BallArray:
        """The Jacobian where the residual of the expansion was taken, (batch, m, m)."""

    @abstractmethod
    def curvature(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Curvature | None:
        """The change of the Jacobian over boxes and intervals of the parameter; None where it has kinks."""


class CountedFamily(ABC):
    """Equations with a parameter."""

    @abstractmethod
    def slab(self, low: float, high: float) -> Slab | None:
        """The equations for the parameter in [low, high]; None where they cannot be bounded."""


@dataclass(frozen=True, eq=False)
class LinkFamily(CountedFamily):
    """The link form of a system along one parameter."""

    reader: LinkReader
    balls: Sequence[arb]
    index: int
    slopes: Tape

    @classmethod
    def of(cls, reader: LinkReader, balls: Sequence[arb], symbols: Sequence[Any], index: int) -> LinkFamily | None:
        """The family; None where an entry has no derivative that can be evaluated."""
        try:
            slopes = _slope_tape(reader, tuple(symbols), index)
        except UnsupportedFeatureError:
            return None
        return cls(reader, balls, index, slopes)

    def slab(self, low: float, high: float) -> Slab | None:
        parameters = moved(self.balls, self.index, low, high)
        middle = 0.5 * low + 0.5 * high
        problem, centre = (self.reader.problem(p) for p in (parameters, moved(self.balls, self.index, middle, middle)))
        if problem is None or centre is None:
            return None
        arrays = self.reader.arrays(self.slopes.run(BallArithmetic(), parameters))
        return _LinkSlab(problem, centre, arrays, middle)


@functools.lru_cache(maxsize=32)
def _slope_tape(reader: LinkReader, symbols: tuple[Any, ...], index: int) -> Tape:
    return Tape.of([entry.diff(symbols[index]) for entry in reader.entries], symbols)


class _LinkSlab(Slab):
    def __init__(self, problem: LinkProblem, centre: LinkProblem, slopes: dict[str, BallArray], middle: float) -> None:
        self.problem, self.centre, self.slopes, self.middle = problem, centre, slopes, middle
        self.engine = LinkEngine(problem, np.inf)

    def start_boxes(self) -> Box | None:
        box = bounding_box(self.problem)
        if box is None:
            return None
        low, high = box[0].copy(), box[1].copy()
        if self.problem.is_odd:
            low[high.argmax()] = 0.0
        return low[None], high[None]

    def expansion(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Expansion:
        middle, radius = midpoint_radius(low, high)
        place, reach = midpoint_radius(first, last)
        offset = place - self.middle
        residual, error = residual_bound(self.centre, middle)
        slopes = jacobian_range(self.centre, low, high)
        turn = gain_slope(self.problem, self.slopes, low, high)
        slopes = slopes + turn * BallArray(offset, reach + 4 * UNIT * np.abs(offset))[:, None, None]
        joined = slopes.with_last(parameter_slope(self.problem, self.slopes, middle))
        extent = np.concatenate([radius, (reach + 4 * UNIT * np.abs(offset))[:, None]], axis=1)
        return Expansion(residual, error, joined.middle, joined.radius, extent, offset)

    def centre_jacobian(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> BallArray:
        middle, _ = midpoint_radius(low, high)
        return jacobian_range(self.centre, middle, middle)

    def curvature(self, low: np.ndarray, high: np.ndarray, first: np.ndarray, last: np.ndarray) -> Curvature | None:
        if not self.problem.functions.is_smooth:
            return None
        return link_curvature(self.problem, self.slopes, low, high)
