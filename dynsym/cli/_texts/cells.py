"""Numbers, expressions and points as short texts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

__all__ = ["COLUMNS", "chopped", "cut", "decimal", "place_text", "plural", "small"]

COLUMNS = 6
"""Most states that a table shows."""
CELL = 56
NEGLIGIBLE = 1e-10


def decimal(value: float | None, digits: int = 10) -> str:
    """A number with so many digits; a dash where there is none.

    Examples
    --------
    >>> decimal(2 / 3, 4), decimal(None)
    ('0.6667', '-')
    """
    return "-" if value is None else f"{value:.{digits}g}"


def plural(number: int, noun: str) -> str:
    """A number and its noun.

    Examples
    --------
    >>> plural(1, "branch"), plural(2, "branch"), plural(0, "state")
    ('1 branch', '2 branches', '0 states')
    """
    ending = "" if number == 1 else "es" if noun.endswith(("ch", "s")) else "s"
    return f"{number} {noun}{ending}"


def small(value: float | None) -> str:
    """A distance or a residual, of which only the order matters.

    Examples
    --------
    >>> small(3e-17), small(0.0123)
    ('< 1e-10', '1.2e-02')
    """
    if value is None or value != value:
        return "-"
    return f"< {NEGLIGIBLE:.0e}" if abs(value) < NEGLIGIBLE else f"{value:.1e}"


def chopped(value: float) -> float:
    """Rounding noise about zero as zero."""
    return 0.0 if abs(value) < NEGLIGIBLE else value


def cut(value: Any, length: int = CELL) -> str:
    """The text of an expression, its end left out where it is long; a float to ten digits.

    Examples
    --------
    >>> cut("x" * 80, 10)
    'xxxxxxxxx…'
    """
    text = decimal(float(value)) if isinstance(value, float) or getattr(value, "is_Float", False) else str(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def place_text(states: Mapping[str, Any]) -> str:
    """A point in state space.

    Examples
    --------
    >>> place_text({"x1": 0, "x2": 0, "y": 1})
    'x1 = x2 = 0, y = 1'
    """
    texts = {name: _value_text(value) for name, value in states.items()}
    if len(texts) > COLUMNS and len(set(texts.values())) == 1:
        return f"all {len(texts)} states = {next(iter(texts.values()))}"
    parts = []
    for value, run in groupby(list(texts.items())[:COLUMNS], key=lambda item: item[1]):
        parts.append(" = ".join([*(name for name, _ in run), value]))
    return ", ".join(parts) + (", …" if len(texts) > COLUMNS else "")


def _value_text(value: Any) -> str:
    """The text of an expression; a number that has no formula to eight digits."""
    if isinstance(value, float) or getattr(value, "is_Float", False):
        return decimal(chopped(float(value)), 8)
    return cut(value, 40)
