"""Eigenvalues in the complex plane, beside the imaginary axis that decides stability."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dynsym.results import Equilibrium, EquilibriumCount, SpecialPoint

__all__ = ["spectrum"]

CRITICAL = 1e-6
"""Real parts below this, relative to the spectral radius, are drawn as critical."""


@documented("ParameterError: If the result carries no eigenvalues.")
def spectrum(
    result: Equilibrium | SpecialPoint | EquilibriumCount | Iterable[complex],
    *,
    ax: Axes | None = None,
    style: PlotStyle = DEFAULT_STYLE,
) -> Axes:
    """Draw eigenvalues; those in the right half-plane are triangles, critical ones diamonds.

    Parameters
    ----------
    result : Equilibrium, SpecialPoint, EquilibriumCount or sequence of complex
        For a count, the eigenvalues of all its equilibria.

    Examples
    --------
    >>> ax = spectrum([-1 + 2j, -1 - 2j, 0.5])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('real part', 'imaginary part')
    """
    values = _eigenvalues(result)
    if not len(values):
        raise ParameterError(
            f"{type(result).__name__} carries no eigenvalues, and a spectrum needs some. "
            "Try an equilibrium or a special point, or give the eigenvalues."
        )
    axes = axes_or_new(ax, size=(5.0, 4.2))
    radius = float(np.abs(values).max()) or 1.0
    critical = np.abs(values.real) <= CRITICAL * radius
    kinds = (
        ("negative real part", values[~critical & (values.real < 0)], "o", style.stable),
        ("critical", values[critical], "D", style.ink),
        ("positive real part", values[~critical & (values.real > 0)], "^", style.unstable),
    )
    crowd = len(values) > 60
    size = style.marker_size * (0.6 if crowd else 1)
    for word, some, marker, colour in kinds:
        if len(some):
            axes.plot(
                some.real, some.imag, marker, color=colour, ms=size, mew=0, alpha=0.6 if crowd else 0.9,
                label=f"{word}: {len(some)}", zorder=3,
            )  # fmt: skip
    _fit(axes, values, radius)
    axes.axvline(0, color=style.ink, lw=0.9, zorder=1)
    axes.axhline(0, color=style.faint, lw=0.7, zorder=1)
    axes.axvspan(0, axes.get_xlim()[1], color=style.unstable, alpha=0.07, lw=0, zorder=0)
    if not crowd and not hasattr(result, "equilibria"):
        _mark_multiple(axes, values, radius, style)
    axes.set_xlabel("real part")
    axes.set_ylabel("imaginary part")
    axes.legend(fontsize=style.font_size, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return axes


def _eigenvalues(result: Any) -> np.ndarray:
    if hasattr(result, "equilibria"):
        parts = [np.array(entry.eigenvalues or (), dtype=complex) for entry in result.equilibria]
        return np.concatenate(parts) if parts else np.array([], dtype=complex)
    found = getattr(result, "eigenvalues", result)
    return np.array([] if found is None else list(found), dtype=complex)


def _fit(ax: Axes, values: np.ndarray, radius: float) -> None:
    """Limits that hold all values and the imaginary axis, and are symmetric in the imaginary part."""
    low, high = min(values.real.min(), 0.0), max(values.real.max(), 0.0)
    room = 0.12 * max(high - low, 0.2 * radius)
    ax.set_xlim(low - room, high + room)
    tall = max(float(np.abs(values.imag).max()), 0.3 * max(high - low, 0.2 * radius))
    ax.set_ylim(-1.15 * tall, 1.15 * tall)


def _mark_multiple(ax: Axes, values: np.ndarray, radius: float, style: PlotStyle) -> None:
    left = list(values)
    while left:
        first = left.pop()
        same = [value for value in left if abs(value - first) <= 1e-6 * radius]
        left = [value for value in left if abs(value - first) > 1e-6 * radius]
        if same:
            place = (first.real, first.imag)
            ax.annotate(f"×{len(same) + 1}", place, (5, 5), textcoords="offset points", fontsize=style.font_size)
