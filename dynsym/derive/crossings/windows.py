"""Intervals of a parameter."""

from __future__ import annotations

from typing import Any

import sympy
from flint import arb
from sympy import Expr

from dynsym._expressions import exact
from dynsym.arithmetic.balls import ball
from dynsym.errors import ParameterError

__all__ = ["Span", "Window", "inside", "window_of"]

Span = tuple[Any, Any] | None
Window = tuple[Expr, Expr]


def window_of(span: tuple[Any, Any]) -> Window:
    """The exact ends of an interval; infinite ones are allowed."""
    low, high = (_end(end) for end in span)
    if not low < high:
        raise ParameterError(f"The span ({low}, {high}) is empty. Give the lower end first, as in span=(0, 3).")
    return low, high


def _end(value: Any) -> Expr:
    if value in (float("inf"), sympy.oo):
        return sympy.oo
    if value in (float("-inf"), -sympy.oo):
        return -sympy.oo
    return exact(value, name="span")


def inside(value: arb, window: Window, *, closed: bool = True) -> bool:
    """Whether an enclosed number lies in the interval; an end that the ball touches counts as in a closed one."""
    low, high = (ball(end, {}) if end.is_finite else None for end in window)
    if closed:
        return not (low is not None and value < low) and not (high is not None and value > high)
    return (low is None or value > low) and (high is None or value < high)
