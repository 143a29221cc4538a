"""Colours that colour-blind readers can tell apart, and the axes to draw on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.alphabets import greeks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DEFAULT_STYLE", "OKABE_ITO", "PlotStyle", "axes_or_new", "math_expression", "math_name"]

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
"""The palette of Okabe and Ito (2008), darker colours first."""


@dataclass(frozen=True)
class PlotStyle:
    """Colours and sizes of every picture.

    Parameters
    ----------
    stable, unstable, undecided : colour
        Equilibria by stability; also eigenvalues left and right of the imaginary axis.
    exact : colour
        What comes from a closed form.
    excitatory, inhibitory : colour
        Edges by sign.
    groups : sequence of colours
        Populations and series, in turn.
    ink : colour
        Text and outlines.
    faint : colour
        Guides and the vector field.
    line_width, marker_size, font_size : float
        In points.

    Examples
    --------
    >>> PlotStyle(line_width=3).stable
    '#0072B2'
    """

    stable: str = OKABE_ITO[0]
    unstable: str = OKABE_ITO[5]
    undecided: str = "#767676"
    exact: str = "#7A3E68"
    excitatory: str = OKABE_ITO[0]
    inhibitory: str = OKABE_ITO[5]
    groups: Sequence[str] = OKABE_ITO
    ink: str = "#1A1A1A"
    faint: str = "#B5B5B5"
    line_width: float = 1.8
    marker_size: float = 7.0
    font_size: float = 9.0


DEFAULT_STYLE = PlotStyle()


def axes_or_new(ax: Axes | None, *, size: tuple[float, float] = (6.4, 4.2)) -> Axes:
    """The axes given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def math_name(name: str) -> str:
    """A letter, Greek or not, with its index as mathematical text; a longer name as it is."""
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d*)((?:_\w{1,4})*)", name)
    if match and (len(match[1]) == 1 or match[1].lower() in greeks):
        return f"${sympy.latex(sympy.Symbol(name))}$"
    return name


@lru_cache(maxsize=256)
def math_expression(value: Any, *, length: int = 60) -> str | None:
    """A closed form as mathematical text, or None where it is too long or matplotlib cannot set it."""
    from matplotlib.mathtext import MathTextParser

    if value.has(sympy.CRootOf) or (value.is_Rational and value.q > 12):
        return None
    text = sympy.latex(sympy.together(value))
    if len(text) > length:
        return None
    try:
        MathTextParser("path").parse(f"${text}$")
    except ValueError:
        return None
    return f"${text}$"
