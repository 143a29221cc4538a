"""Where every floor looks up what a function is: records by sympy class, by its name, and by the name in texts.

The records are made in `dynsym.functions`, one file a function, and enter themselves here; see its class `Function`.
"""

from __future__ import annotations

from typing import Any

from dynsym._expressions.vocabulary import ALIASES, ELSEWHERE, FUNCTIONS, LARGEST_ARGUMENT

__all__ = ["HEADS", "NAMES", "register"]

HEADS: dict[Any, Any] = {}
"""From the sympy class to the record."""

NAMES: dict[str, Any] = {}
"""From the name of the sympy class to the record."""


def register(record: Any) -> None:
    """Make a function known everywhere."""
    name = record.head.__name__
    HEADS[record.head] = NAMES[name] = record
    if record.text is None:
        return
    FUNCTIONS[record.text] = record.head
    ELSEWHERE.update(dict.fromkeys(record.elsewhere, record.text))
    if name != record.text:
        ALIASES[name] = record.text
    if record.largest_argument is not None:
        LARGEST_ARGUMENT[record.text] = record.largest_argument
