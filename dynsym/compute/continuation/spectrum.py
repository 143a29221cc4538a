"""The eigenvalues at a point of a branch, and what two or three neighbouring spectra say about crossings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from dynsym.errors import ConvergenceError

__all__ = ["MARGINAL", "BranchSpectrum", "may_touch_axis", "neutral_sum", "unstable_besides"]

Array = np.ndarray

MARGINAL = 1e-10
"""Relative size below which a real part counts as zero."""


@cache
def _eigenvalues() -> Callable[..., Any]:
    """LAPACK's routine itself: for ten states it takes half the time of `numpy.linalg.eigvals`."""
    from scipy.linalg.lapack import dgeev

    return dgeev


@dataclass(frozen=True, slots=True, eq=False)
class BranchSpectrum:
    """All eigenvalues of a Jacobian, by ascending real part; `margin` is the relative distance to the axis."""

    eigenvalues: Array
    real: Array
    scale: float
    unstable: int
    margin: float

    @classmethod
    def of(cls, jacobian: Array) -> BranchSpectrum:
        """The spectrum of a square matrix."""
        real, imaginary, _, _, info = _eigenvalues()(jacobian, compute_vl=0, compute_vr=0)
        if info:
            raise ConvergenceError(
                f"The eigenvalues of a Jacobian of size {len(jacobian)} did not converge in LAPACK's geev. Finite "
                "entries of moderate size are needed. Try to rescale the states."
            )
        order = real.argsort(kind="stable")
        real = real[order]
        eigenvalues = real + 1j * imaginary[order]
        scale = float(np.abs(eigenvalues).max(initial=0.0)) or 1.0
        unstable = len(real) - int(real.searchsorted(MARGINAL * scale, side="right"))
        return cls(eigenvalues, real, scale, unstable, float(np.abs(real).min(initial=np.inf)) / scale)

    def nearest_axis(self, count: int) -> Array:
        """The eigenvalues nearest the imaginary axis."""
        return self.eigenvalues[np.abs(self.real).argsort(kind="stable")[:count]]


def neutral_sum(spectrum: BranchSpectrum) -> float | None:
    """Sum of the leading stable and the leading unstable eigenvalue, where both are real; else None."""
    k = spectrum.unstable
    if not 0 < k < len(spectrum.real):
        return None
    stable, unstable = spectrum.eigenvalues[-k - 1], spectrum.eigenvalues[-k]
    if stable.imag or unstable.imag:
        return None
    return float(stable.real + unstable.real)


def may_touch_axis(
    spectra: tuple[BranchSpectrum, BranchSpectrum, BranchSpectrum], gap_before: float, gap_after: float
) -> tuple[bool, bool]:
    """Whether a real part may reach zero and return between two of three consecutive points.

    A parabola through three values of a real part has its bulge below |curvature| h²/8 on an interval of length h; an
    end nearer to zero than twice this bulge is looked at more closely. One answer for each of the two intervals.
    """
    before, middle, after = spectra
    slope_before = (middle.real - before.real) / gap_before
    slope_after = (after.real - middle.real) / gap_after
    bulge = np.abs(slope_after - slope_before) / (gap_before + gap_after) / 2
    nearest = np.abs(middle.real)
    first = np.minimum(nearest, np.abs(before.real)) < bulge * gap_before**2
    second = np.minimum(nearest, np.abs(after.real)) < bulge * gap_after**2
    return bool(first.any()), bool(second.any())


def unstable_besides(spectrum: BranchSpectrum, critical: int) -> int:
    """Eigenvalues to the right of the axis, the critical ones left out."""
    rest = np.sort(np.abs(spectrum.real).argsort(kind="stable")[critical:])
    return int(np.count_nonzero(spectrum.real[rest] > 0))
