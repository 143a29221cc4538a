"""Results as LaTeX: closed forms as aligned displays, tables as tabular."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

import sympy

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.results import Analysis, CountStaircase, Diagram, EquilibriumCount
from dynsym.results.ledger import Answers
from dynsym.results.rows import SymbolicResult, aligned, expression_latex, symbol_latex, words
from dynsym.results.sheets import Sheet, equilibria_sheet, special_points_sheet, staircase_sheet

__all__ = ["to_latex"]

LINE = 80

_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


@documented("ParameterError: If the result has no form in LaTeX.")
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
        parts = [result.counts, result.diagram, result.decomposition]
        shown = [result.conditions, *(part for part in parts if part)]
        return "\n\n".join([_equations(result.equations), *map(to_latex, shown)])
    if isinstance(result, Diagram):
        return _tabular(special_points_sheet(result))
    if isinstance(result, EquilibriumCount):
        return _tabular(equilibria_sheet(result))
    if isinstance(result, CountStaircase):
        return _tabular(staircase_sheet(result))
    if isinstance(result, Answers):
        lines = textwrap.wrap(result.ledger(), LINE)
        return "\n\n".join([*map(to_latex, tuple(result)), _display(aligned([("", words(line)) for line in lines]))])
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


def _tabular(sheet: Sheet) -> str:
    columns = "".join("r" if k in sheet.right else "l" for k in range(len(sheet.head)))
    lines = [" & ".join(map(_cell, row)) + r" \\" for row in (sheet.head, *sheet.rows)]
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\hline", lines[0], r"\hline", *lines[1:], r"\hline", r"\end{tabular}"]
    )


def _cell(cell: Any) -> str:
    if isinstance(cell, sympy.Basic):
        return f"${sympy.latex(cell)}$"
    mantissa, _, exponent = cell.partition("e")
    if _NUMBER.fullmatch(cell):
        return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$"
    for letter in "_%&#":
        cell = cell.replace(letter, f"\\{letter}")
    return "--" if cell == "-" else cell.replace("≥", r"$\ge$").replace("…", r"\dots")
