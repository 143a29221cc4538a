"""The functions that expressions may call, and those that a model file defines itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sympy
from sympy import Expr

from dynsym._expressions.names import check_name
from dynsym.errors import ModelNameError

__all__ = [
    "ALIASES",
    "CONSTANTS",
    "ELSEWHERE",
    "FUNCTIONS",
    "LARGEST_ARGUMENT",
    "TIME",
    "UNSUPPORTED",
    "FunctionDefinition",
]

FUNCTIONS: Final[dict[str, Callable[..., Expr]]] = {"sqrt": sympy.sqrt, "min": sympy.Min, "max": sympy.Max}
"""The functions that every expression may call; the registry adds those of `dynsym.functions`."""

ALIASES: Final = {"Min": "min", "Max": "max"}
"""How sympy prints some of them."""

ELSEWHERE: Final = {
    "log10": "log(u)/log(10)",
    "log2": "log(u)/log(2)",
    "pow": "u^p",
    "coth": "1/tanh",
    "sech": "1/cosh",
}
"""What other languages call them, for suggestions."""

CONSTANTS: Final = {
    "E": "Euler's number is written exp(1).",
    "e": "Euler's number is written exp(1).",
    "I": "There is no imaginary unit: expressions are real.",
    "i": "There is no imaginary unit: expressions are real.",
}
"""What an undeclared name may have been meant as."""

TIME: Final = frozenset({"t", "time"})
"""Names that mean the time where they are not declared."""

UNSUPPORTED: Final = {
    "delay": "a delay",
    "noise": "noise",
    "randn": "noise",
    "normal": "noise",
    "rand": "noise",
    "diff": "a derivative",
    "Derivative": "a derivative",
    "laplacian": "a spatial derivative",
}
"""Functions of other tools for what autonomous ordinary differential equations do not have."""

LARGEST_ARGUMENT: Final[dict[str, int]] = {}
"""Decimal logarithm of the largest constant argument, where it is not `MAX_DIGITS`."""


@dataclass(frozen=True)
class FunctionDefinition:
    """A function of the model file's own, as written."""

    arguments: tuple[str, ...]
    expression: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", tuple(self.arguments))
        for argument in self.arguments:
            check_name(argument, "argument")
        if len(set(self.arguments)) < len(self.arguments):
            raise ModelNameError(
                f"the arguments {', '.join(self.arguments)} contain a name that is declared twice; use distinct names."
            )
