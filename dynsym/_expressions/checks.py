"""Checks on the parts of an expression while it is built, with errors that show where in its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sympy import Expr, Integer, Max, Min, S

from dynsym._expressions.limits import MAX_ARGUMENTS, MAX_BITS, MAX_NODES
from dynsym._expressions.tokens import excerpt, fault
from dynsym._expressions.tree import Call, Number, SyntaxNode
from dynsym.errors import DynsymError, LimitError, ModelParseError

__all__ = [
    "Source",
    "check_bits",
    "check_choices",
    "check_magnitude",
    "check_size",
    "checked_real",
    "division_by_zero",
]

_Error = TypeVar("_Error", bound=DynsymError)


@dataclass(frozen=True)
class Source:
    """A text and what it is."""

    text: str
    where: str

    def fault(self, kind: type[_Error], node: SyntaxNode, what: str, remedy: str) -> _Error:
        """Return an error that shows the text with a caret where `node` starts."""
        return fault(kind, self.where, self.text, node.start, what, remedy)

    def excerpt(self, node: SyntaxNode) -> str:
        """Return the text of `node`, shortened."""
        return excerpt(self.text, node.start, node.stop)


def check_size(source: Source, node: SyntaxNode, size: int) -> None:
    """Raise LimitError if a tree of `size` parts is too large."""
    if size > MAX_NODES:
        raise source.fault(
            LimitError,
            node,
            f"the expression has more than {MAX_NODES} parts once its functions are put in.",
            "Build a network from its matrix, or introduce states for repeated parts.",
        )


def check_choices(source: Source, node: Call, choices: Sequence[Expr]) -> None:
    """Raise LimitError if a minimum or maximum is among so many that comparing each pair would not end."""
    count = sum(len(choice.args) if isinstance(choice, Min | Max) else 1 for choice in choices)
    if count > MAX_ARGUMENTS:
        what = f"{node.name} chooses among {count} values; at most {MAX_ARGUMENTS} are allowed."
        raise source.fault(LimitError, node, what, "Introduce states for some of the choices.")


def check_magnitude(source: Source, node: SyntaxNode, expression: Expr, largest_log10: int) -> None:
    """Raise LimitError if a constant is so large that evaluating a function of it would not end."""
    if expression.is_Rational:
        too_large = abs(expression) > Integer(10) ** largest_log10
    elif expression.is_number:
        too_large = bool(abs(expression.evalf(5)) > Integer(10) ** largest_log10)
    else:
        return
    if too_large:
        raise source.fault(
            LimitError,
            node,
            f"{source.excerpt(node)} holds a constant above 10^{largest_log10} as exponent or argument.",
            "Rescale the variables, or use a parameter.",
        )


def check_bits(source: Source, node: SyntaxNode, numbers: Sequence[Expr], limit: int = MAX_BITS) -> None:
    """Raise LimitError if the coefficients of `numbers` together are longer than `limit` bits."""
    if sum(_bits(number) for number in numbers) > limit:
        raise source.fault(
            LimitError,
            node,
            f"{source.excerpt(node)} holds a constant of too many digits (more than {MAX_BITS} bits): "
            "an exponent or the factors are too large.",
            "Use a decimal approximation, or a parameter.",
        )


def checked_real(source: Source, node: SyntaxNode, expression: Expr) -> Expr:
    """Return the expression if it is finite and real, wherever this can be told; raise ModelParseError otherwise."""
    shown = source.excerpt(node)
    if expression.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        remedy = "Shift the argument away from the singular point."
        raise source.fault(ModelParseError, node, f"{shown} is not finite.", remedy)
    if expression.has(S.ImaginaryUnit) or expression.is_extended_real is False:
        remedy = "Use abs, max or a square."
        raise source.fault(ModelParseError, node, f"{shown} is complex; expressions are real.", remedy)
    return expression


def division_by_zero(source: Source, node: SyntaxNode) -> ModelParseError:
    """Return the error for the denominator `node`."""
    what = "division by zero." if isinstance(node, Number) else f"division by zero: {source.excerpt(node)} equals 0."
    return source.fault(ModelParseError, node, what, "Correct the denominator.")


def _bits(expression: Expr) -> int:
    """Length of an exact constant, or of the coefficient of a product; 0 for -1, 0 and 1."""
    number = expression if expression.is_Rational else expression.as_coeff_Mul()[0]
    if not number.is_Rational or (abs(number.p) <= 1 and number.q == 1):
        return 0
    return int(number.p).bit_length() + int(number.q).bit_length()
