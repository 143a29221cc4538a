"""Results as LaTeX: closed forms as aligned displays, tables as tabular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from dynsym.errors import ParameterError
from dynsym.results import Analysis, CountStaircase, Diagram, EquilibriumCount
from dynsym.results.rows import SymbolicResult, aligned, expression_latex, symbol_latex

__all__ = ["to_latex"]


def to_latex(result: Any) -> str:
    r"""The LaTeX source of a result, whole: nothing is cut.

    Parameters
    ----------
    result : expression, system, symbolic result, EquilibriumCount, CountStaircase, Diagram, Analysis, or several
        Anything with a mapping ``equations`` counts as a system.

    Returns
    -------
    str
        A bare formula for an expression; a display for a system or a closed form; a ``tabular`` for counts and for the
        special points of a diagram; for several results, one after the other.

    Raises
    ------
    ParameterError
        If the result has no form in LaTeX.

    Examples
    --------
    >>> from sympy import Rational, symbols
    >>> to_latex(symbols("tau_E")/2)
    '\\frac{\\tau_{E}}{2}'
    """
    if isinstance(result, (sympy.Basic, sympy.MatrixBase)):
        return sympy.latex(result)
    if isinstance(result, SymbolicResult):
        return _display(aligned(result.latex_rows(operations=None)))
    if isinstance(result, Analysis):
        parts = [result.conditions, result.counts, result.diagram, result.decomposition]
        return "\n\n".join([_equations(result.equations), *(to_latex(part) for part in parts if part)])
    if isinstance(result, Diagram):
        return _special_points(result)
    if isinstance(result, EquilibriumCount):
        return _equilibria(result)
    if isinstance(result, CountStaircase):
        return _staircase(result)
    if isinstance(result, (tuple, list)):
        return "\n\n".join(map(to_latex, result))
    if isinstance(getattr(result, "equations", None), Mapping):
        return _equations(result.equations)
    raise ParameterError(
        f"{type(result).__name__} has no form in LaTeX; expressions, systems, closed forms, counts and diagrams do. "
        "Try one of its parts."
    )


def _display(body: str) -> str:
    return f"\\[\n{body}\n\\]"


def _equations(equations: Mapping[str, Any]) -> str:
    rows = [
        (rf"\dot{{{symbol_latex(name)}}}", f"= {expression_latex(value, limit=None)}")
        for name, value in equations.items()
    ]
    return _display(aligned(rows))


def _tabular(columns: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" & ".join(row) + r" \\" for row in (head, *rows)]
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\hline", lines[0], r"\hline", *lines[1:], r"\hline", r"\end{tabular}"]
    )


def _number(value: float | None, digits: int = 10) -> str:
    if value is None or value != value:
        return "--"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$"


def _word(text: str) -> str:
    return text.replace("_", r"\_").replace("%", r"\%").replace("&", r"\&").replace("#", r"\#")


def _special_points(diagram: Diagram) -> str:
    names = diagram.state_names[:6]
    head = [
        "point",
        f"${symbol_latex(diagram.parameter)}$",
        *(f"${symbol_latex(name)}$" for name in names),
        "coefficient",
    ]
    rows = [
        [
            _word(point.label),
            _number(point.parameters[diagram.parameter]),
            *(_number(point.state.get(name), 6) for name in names),
            _number(point.normal_form_coefficient, 6),
        ]
        for point in diagram.special
    ]
    return _tabular("l" + "r" * (len(head) - 1), head, rows)


def _equilibria(count: EquilibriumCount) -> str:
    names = list(count.equilibria[0].state)[:6] if count.equilibria else []
    head = [*(f"${symbol_latex(name)}$" for name in names), "radius", "certificate", "stability"]
    rows = [
        [
            *(_number(entry.state[name]) for name in names),
            _number(entry.radius, 2),
            _word(entry.certificate.replace("_", " ")),
            entry.stability,
        ]
        for entry in count.equilibria
    ]
    return _tabular("r" * (len(names) + 1) + "ll", head, rows)


def _staircase(staircase: CountStaircase) -> str:
    name = f"${symbol_latex(staircase.parameter)}$"
    if staircase.intervals:
        rows = [
            [_number(entry.start), _number(entry.end), str(entry.count), _word(entry.status.replace("_", " "))]
            for entry in staircase.intervals
        ]
        return _tabular("rrrl", [f"{name} from", "to", "equilibria", "status"], rows)
    rows = [
        [
            _number(count.parameters[staircase.parameter], 6),
            str(count.lower)
            if count.lower == count.upper
            else f"{count.lower}--{'' if count.upper is None else count.upper}",
            "--" if count.stable is None else str(count.stable),
            _word(count.status.replace("_", " ")),
        ]
        for count in staircase.counts
    ]
    return _tabular("rrrl", [name, "equilibria", "stable", "status"], rows)
