"""How a branch is followed: step lengths, tolerances and limits of pseudo-arclength continuation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dynsym.errors import ParameterError

__all__ = ["DEFAULT_METHOD", "PseudoArclength"]

EVERY_STEP_UP_TO = 40
SPARSE_SPECTRUM = 8


@dataclass(frozen=True, kw_only=True)
class PseudoArclength:
    """Pseudo-arclength continuation with a tangent predictor and a Newton corrector on a bordered system.

    Lengths are measured in the states over their size (at least 1) and the parameter over the width of its span, so
    that ``step_max=0.02`` gives at least fifty steps across a span.

    Parameters
    ----------
    step : float
        Length of the first step.
    step_min, step_max : float
        A branch stops where a shorter step would be needed; no step is longer than `step_max`.
    max_steps : int
        Steps in each of the two directions.
    turn_max : float
        Largest angle, in radians, by which the tangent may turn in one step; keeps a step from landing on another
        branch.
    tolerance : float
        Largest error of a corrected point, in the lengths above.
    max_newton : int
        Newton steps of one correction.
    state_bound : float
        A branch whose states grow by this factor (from their size at the start, at least 1) ends with
        `Outcome.BLOW_UP`.
    spectrum_every : int or None
        All eigenvalues are computed at every so many steps, and at those between as soon as something changed. None: at
        each step up to 40 states, at every eighth beyond.

    Raises
    ------
    ParameterError
        If a length is not positive, or the lengths are not in order.

    Examples
    --------
    >>> PseudoArclength(step_max=0.05).step_max
    0.05
    """

    step: float = 0.01
    step_min: float = 1e-8
    step_max: float = 0.025
    max_steps: int = 4000
    turn_max: float = 0.35
    tolerance: float = 1e-10
    max_newton: int = 8
    state_bound: float = 1e4
    spectrum_every: int | None = None

    def __post_init__(self) -> None:
        for name in ("step", "step_min", "step_max", "turn_max", "tolerance", "state_bound"):
            value = getattr(self, name)
            if not (isinstance(value, (int, float)) and math.isfinite(value) and value > 0):
                raise ParameterError(
                    f"PseudoArclength({name}={value!r}): it must be a positive number. "
                    f"Try {name}={getattr(type(self), name)}."
                )
        for name in ("max_steps", "max_newton", "spectrum_every"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int) and value >= 1):
                raise ParameterError(
                    f"PseudoArclength({name}={value!r}): it must be a whole number, at least 1. "
                    f"Try {name}={getattr(type(self), name)}."
                )
        if not self.step_min <= self.step <= self.step_max:
            raise ParameterError(
                f"PseudoArclength has step_min={self.step_min}, step={self.step}, step_max={self.step_max}. They must "
                "ascend in this order. Try to change step together with the limit that it passes."
            )

    def spectrum_interval(self, dimension: int) -> int:
        """Steps between two computations of all eigenvalues, for a system of this dimension."""
        if self.spectrum_every is not None:
            return self.spectrum_every
        return 1 if dimension <= EVERY_STEP_UP_TO else SPARSE_SPECTRUM


DEFAULT_METHOD = PseudoArclength()
