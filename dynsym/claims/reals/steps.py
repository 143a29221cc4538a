"""Steps of arguments as texts that the kernel reads."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr

from dynsym._expressions import parse, to_text
from dynsym.algebra.ring import generators_of
from dynsym.errors import DynsymError

__all__ = ["ring_step", "text_of"]


def text_of(expression: Expr) -> str:
    """An expression in the grammar of model files where it has one, as sympy prints it elsewhere."""
    try:
        return to_text(expression)
    except DynsymError:
        return str(expression)


def _is_readable(expression: Expr) -> bool:
    """Whether its text is read back: functions that are not defined further have none."""
    try:
        parse(to_text(expression), {}, declare=True)
    except DynsymError:
        return False
    return True


def ring_step(left: Expr, right: Expr) -> dict[str, Any]:
    """Two sides that are equal as fractions of their symbols and functions; functions without a text get a name."""
    named: dict[Expr, Expr] = {}
    for g in generators_of([left, right]):
        if g.is_Symbol:
            continue
        if not _is_readable(g):
            named[g] = sympy.Symbol(f"u{len(named)}", real=True)
    step: dict[str, Any] = {
        "kind": "ring",
        "left": text_of(left.xreplace(named)),
        "right": text_of(right.xreplace(named)),
    }
    if named:
        step["where"] = {str(name): str(meaning) for meaning, name in named.items()}
    return step
