"""A closed-form condition as a curve: where the bifurcation is as one other parameter changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.plot.style import DEFAULT_STYLE, PlotStyle, axes_or_new, math_name
from dynsym.results import BifurcationCondition

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["condition"]

POINTS = 400


@documented("ParameterError: If not exactly one parameter is on the axis, or another one has no value.")
def condition(
    condition: BifurcationCondition,
    *,
    span: Mapping[str, tuple[float, float]],
    values: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
    style: PlotStyle = DEFAULT_STYLE,
) -> Axes:
    """Draw the solution of a condition against one of the parameters in it.

    Parameters
    ----------
    condition : BifurcationCondition
        With a `solution`.
    span : mapping of one name to (low, high)
        The parameter on the horizontal axis.
    values : mapping of name to number, optional
        Of the other parameters.

    Returns
    -------
    Axes
        The curve is drawn where the constraints hold; solid where the coefficient is negative (supercritical), dashed
        where it is positive or unknown.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.Tanh()))
    >>> hopf = ds.hopf_condition(system, parameter="w_EE", at=0)[0]
    >>> ax = condition(hopf, span={"tau_I": (0.5, 4)}, values={"tau_E": 1, "w_EI": 2, "w_IE": 2})
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$\\\\tau_{I}$', '$w_{EE}$')
    """
    if len(span) != 1:
        raise ParameterError(
            f"{len(span)} parameters were given a span, and the picture has one axis for them. Give one, as in "
            "span={'tau': (0, 2)}."
        )
    ((name, (low, high)),) = span.items()
    put = condition.with_values(values or {})
    grid = np.linspace(float(low), float(high), POINTS)
    heights = put.lambdify(name)(grid)
    signs = np.full(POINTS, np.nan)
    if put.coefficient_value is not None:
        signs = np.full(POINTS, put.coefficient_value)
    elif put.coefficient is not None and {s.name for s in put.coefficient.free_symbols} == {name}:
        signs = put.lambdify(name, quantity="coefficient")(grid)
    axes = axes_or_new(ax)
    kind = condition.kind.replace("_", " ")
    for inside, line, word in ((signs < 0, "-", "supercritical"), (~(signs < 0), "--", "")):
        if np.any(inside & np.isfinite(heights)):
            drawn = np.where(inside, heights, np.nan)
            axes.plot(grid, drawn, line, color=style.exact, label=" ".join(part for part in (kind, word) if part))
    axes.set_xlabel(math_name(name))
    axes.set_ylabel(math_name(condition.parameter))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=style.font_size, frameon=False, loc="best")
    return axes
