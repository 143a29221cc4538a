"""Closed forms as aligned rows of LaTeX, cut for a screen."""

from __future__ import annotations

import abc
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from dynsym.results.content import same_content
from dynsym.results.stamp import OfSystem

__all__ = [
    "OPERATIONS_SHOWN",
    "Row",
    "SymbolicResult",
    "aligned",
    "constraint_rows",
    "expression_latex",
    "state_rows",
    "symbol_latex",
    "words",
]

Row = tuple[str, str]
"""The left and the right side of one line, both LaTeX."""

ROWS_SHOWN = 12
OPERATIONS_SHOWN = 400


class SymbolicResult(OfSystem, abc.ABC):
    """A frozen record of expressions that shows itself as LaTeX; a subclass gives ``latex_rows``."""

    @abc.abstractmethod
    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """Every line of the result; an expression of more operations is described instead."""

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, SymbolicResult) else NotImplemented

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {aligned(self.latex_rows(), limit=ROWS_SHOWN)}$"


def aligned(rows: Sequence[Row], *, limit: int | None = None) -> str:
    """Rows aligned at their relation; beyond `limit` rows, a note of how many are left out."""
    shown = list(rows[:limit])
    lines = [f"{left} &{right}" if left else f"& {right}" for left, right in shown]
    if len(rows) > len(shown):
        lines.append(f"& {words(f'… {len(rows) - len(shown)} more rows')}")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def expression_latex(value: Any, *, limit: int | None = OPERATIONS_SHOWN) -> str:
    """The LaTeX of an expression; one of more operations than `limit` is described instead."""
    if limit is not None and isinstance(value, sympy.Basic) and (size := int(sympy.count_ops(value))) > limit:
        return words(f"an expression of {size} operations")
    return sympy.latex(value)


def state_rows(states: Mapping[str, Any], operations: int | None) -> list[Row]:
    """One row a state; a single one where all vanish."""
    if len(states) > 1 and all(value == 0 for value in states.values()):
        return [(words("all states"), "= 0")]
    return [(symbol_latex(name), f"= {expression_latex(value, limit=operations)}") for name, value in states.items()]


def constraint_rows(constraints: Sequence[Any], operations: int | None) -> list[Row]:
    """Expressions that vanish, and relations as they are."""
    return [
        (
            "",
            expression_latex(entry, limit=operations)
            if isinstance(entry, (Boolean, str))
            else f"0 = {expression_latex(entry, limit=operations)}",
        )
        for entry in constraints
    ]


def symbol_latex(name: str) -> str:
    """The LaTeX of a name: indices, Greek letters."""
    return sympy.latex(sympy.Symbol(name))


def words(text: str) -> str:
    """Plain words inside a formula."""
    raised = re.sub(r"\^(\d)", lambda match: "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(match[1])], text).replace("^", "**").replace("…", "...")
    escaped = "".join(f"\\{letter}" if letter in "#$%&_{}" else letter for letter in raised.replace("\\", "/"))
    return f"\\text{{{escaped.replace('~', ' ')}}}"
