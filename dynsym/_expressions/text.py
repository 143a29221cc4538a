"""Expressions to and from text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, S
from sympy.printing.str import StrPrinter

from dynsym._docstrings import documented
from dynsym._expressions.assembly import Workshop
from dynsym._expressions.jets import told_apart
from dynsym._expressions.tree import grow, names_of
from dynsym._expressions.vocabulary import ALIASES, FUNCTIONS, FunctionDefinition
from dynsym.errors import ModelParseError

__all__ = ["names_in", "parse", "to_text"]


def parse(
    text: str,
    scope: Mapping[str, Expr],
    *,
    functions: Mapping[str, FunctionDefinition] | None = None,
    where: str = "expression",
    declare: bool = False,
) -> Expr:
    """Return the sympy expression of a text.

    Numbers are exact (0.1 is 1/10); ``^`` and ``**`` are powers; ``pi`` is the constant unless it is declared. The
    text is read by dynsym's own parser and never reaches an evaluator.
    """
    return Workshop(scope, functions or {}, declare).build(text, where).expression


def names_in(text: str, where: str = "expression") -> tuple[str, ...]:
    """Return the names that a text uses as values, in order of appearance.

    Called functions are left out, and so is ``pi``.
    """
    return tuple(name for name in names_of(grow(text, where)) if name != "pi")


@documented("ModelParseError: If the expression has a function that the texts of model files do not have.")
def to_text(expression: Expr) -> str:
    """Return a text that `parse` reads back as the same expression."""
    return _TextPrinter().doprint(told_apart({"": expression})[""])


class _TextPrinter(StrPrinter):
    """Prints in the grammar of `parse`."""

    def _print_Exp1(self, expr: Expr) -> str:
        return "exp(1)"

    def _print_Function(self, expr: Any) -> str:
        name = ALIASES.get(type(expr).__name__, type(expr).__name__)
        if name not in FUNCTIONS:
            raise ModelParseError(
                f"{expr} cannot be written as text: {name} is no function of model files. "
                "Rewrite it in exp, log, tanh and the like."
            )
        return f"{name}({self.stringify(expr.args, ', ')})"

    _print_Abs = _print_Function
    _print_LatticeOp = _print_Function

    def _print_Float(self, expr: Any) -> str:
        return str(S(expr).round(17))
