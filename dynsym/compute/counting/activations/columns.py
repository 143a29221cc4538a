"""The activations of all links together, one for each column of an array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.functions import Function
from dynsym.functions.chords import LINES, Chord, Hull, Range

__all__ = ["LinkFunctions"]


@dataclass(frozen=True)
class LinkFunctions:
    """One function for each link, applied along the last axis."""

    functions: tuple[Function, ...]

    def __post_init__(self) -> None:
        columns_of: dict[Function, list[int]] = {}
        for column, function in enumerate(self.functions):
            columns_of.setdefault(function, []).append(column)
        groups = tuple((f, np.array(columns)) for f, columns in columns_of.items())
        object.__setattr__(self, "_groups", groups)

    @property
    def is_odd(self) -> bool:
        return all(f.is_odd for f in self.functions)

    @property
    def is_smooth(self) -> bool:
        return all(f.is_smooth for f in self.functions)

    @property
    def has_kink(self) -> np.ndarray:
        return np.array([not f.is_smooth for f in self.functions])

    @property
    def bounds(self) -> Range:
        """Bounds of every φ over the real line."""
        return np.array([f.ends[0] for f in self.functions]), np.array([f.ends[1] for f in self.functions])

    def value(self, x: np.ndarray) -> np.ndarray:
        return self._apply("value", 1, x)[0]

    def value_error(self, value: np.ndarray) -> np.ndarray:
        return self._apply("value_error", 1, value)[0]

    def derivative(self, x: np.ndarray) -> np.ndarray:
        return self._apply("derivative", 1, x)[0]

    def range(self, low: np.ndarray, high: np.ndarray) -> Range:
        bottom, top = self._apply("range", 2, low, high)
        return bottom, top

    def derivative_range(self, low: np.ndarray, high: np.ndarray) -> Range:
        bottom, top = self._apply("derivative_range", 2, low, high)
        return bottom, top

    def second_derivative(self, low: np.ndarray, high: np.ndarray, value: BallArray, slope: BallArray) -> BallArray:
        found = BallArray(np.empty_like(value.middle), np.empty_like(value.middle))
        for function, columns in self._groups:  # type: ignore[attr-defined]
            parts = (BallArray(b.middle[..., columns], b.radius[..., columns]) for b in (value, slope))
            bound = function.second_derivative(low[..., columns], high[..., columns], *parts)
            found.middle[..., columns], found.radius[..., columns] = bound.middle, bound.radius
        return found

    def chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        slope, lower, upper = self._apply("chord", 3, low, high)
        return slope, lower, upper

    def line(self, low: np.ndarray, high: np.ndarray) -> Chord:
        slope, lower, upper = self._apply("line", 3, low, high)
        return slope, lower, upper

    def hull(self, low: np.ndarray, high: np.ndarray) -> Hull:
        """Lines over and under the graph of every φ, (LINES, batch, m) each."""
        slope, offset, other_slope, other_offset = (np.empty((LINES, *low.shape)) for _ in range(4))
        for function, columns in self._groups:  # type: ignore[attr-defined]
            found = function.hull(low[..., columns], high[..., columns])
            for target, part in zip((slope, offset, other_slope, other_offset), found, strict=True):
                target[..., columns] = part
        return slope, offset, other_slope, other_offset

    def least(self, linear: np.ndarray, factor: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Lower bounds of linear x + factor φ(x) on [low, high]."""
        return self._apply("least", 1, linear, factor, low, high)[0]

    def square_chord(self, low: np.ndarray, high: np.ndarray) -> Chord:
        slope, lower, upper = self._apply("square_chord", 3, low, high)
        return slope, lower, upper

    def quotient_chord(self, low: np.ndarray, high: np.ndarray, shift: np.ndarray) -> Chord:
        """Chords of (x - shift)/φ(x); infinite bounds where there are none."""
        slope, lower, upper = np.zeros(low.shape), np.full(low.shape, -np.inf), np.full(low.shape, np.inf)
        for function, columns in self._groups:  # type: ignore[attr-defined]
            found = function.quotient_chord(low[..., columns], high[..., columns], shift[..., columns])
            if found is not None:
                slope[..., columns], lower[..., columns], upper[..., columns] = found
        return slope, lower, upper

    def tangent(self, slope: np.ndarray) -> np.ndarray:
        """φ at the x >= 0 where it has this slope; nan where there is none."""
        return self._apply("tangent", 1, slope)[0]

    def preimage_of(self, column: np.ndarray, y: np.ndarray) -> np.ndarray:
        """φ⁻¹ in the given columns, for functions with tangents."""
        x = np.empty_like(y)
        for function, columns in self._groups:  # type: ignore[attr-defined]
            chosen = np.isin(column, columns)
            if chosen.any():
                x[chosen] = function.preimage(y[chosen])
        return x

    def middle_of(self, column: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Where to cut [low, high] in the given columns."""
        if len(self._groups) == 1:  # type: ignore[attr-defined]
            return self._groups[0][0].middle(low, high)  # type: ignore[attr-defined]
        cut = np.empty_like(low)
        for function, columns in self._groups:  # type: ignore[attr-defined]
            chosen = np.isin(column, columns)
            cut[chosen] = function.middle(low[chosen], high[chosen])
        return cut

    def _apply(self, method: str, results: int, *arguments: np.ndarray) -> tuple[np.ndarray, ...]:
        groups = self._groups  # type: ignore[attr-defined]
        if len(groups) == 1:
            found = getattr(groups[0][0], method)(*arguments)
            return found if results > 1 else (found,)
        out = tuple(np.empty(arguments[0].shape) for _ in range(results))
        for function, columns in groups:
            found = getattr(function, method)(*(a[..., columns] for a in arguments))
            for target, part in zip(out, found if results > 1 else (found,), strict=True):
                target[..., columns] = part
        return out
