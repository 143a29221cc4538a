"""The assumptions on the symbols of a network, as a text that files can hold: ``"tau positive, w nonnegative"``."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from dynsym._expressions import check_name, symbol
from dynsym.errors import GraphError, ModelParseError, ParameterError

__all__ = ["assumptions_text", "positive_integer", "scope_from_text"]

_COUNT = "positive_integer"
_KINDS = ("positive", "nonnegative", "negative", "nonzero", "integer", _COUNT)


def positive_integer(name: str) -> sympy.Symbol:
    """Return the symbol of a number of things."""
    return sympy.Symbol(check_name(name, "symbol"), integer=True, positive=True)


def assumptions_text(symbols: Iterable[sympy.Symbol]) -> str:
    """Return the assumptions beyond being real, or raise when no text says them."""
    said = []
    for free in symbols:
        if free == symbol(free.name):
            continue
        kind = next((kind for kind in _KINDS if _symbol(free.name, kind) == free), None)
        if kind is None:
            raise GraphError(
                f"The symbol {free} has assumptions that a file cannot hold; it can hold one of {', '.join(_KINDS)}. "
                f"Use such a symbol."
            )
        said.append(f"{free.name} {kind}")
    return ", ".join(said)


def scope_from_text(text: object) -> dict[str, sympy.Symbol]:
    """Return the symbols of which `text` says assumptions, by name."""
    scope: dict[str, sympy.Symbol] = {}
    for part in str(text).split(",") if text else ():
        try:
            name, kind = part.split()
            scope[name] = _symbol(name, kind)
        except (ValueError, ParameterError) as error:
            raise ModelParseError(
                f"The assumptions say {part.strip()!r}, and must say a name and one of {', '.join(_KINDS)}. "
                f"Try 'tau positive'."
            ) from error
    return scope


def _symbol(name: str, kind: str) -> sympy.Symbol:
    return positive_integer(name) if kind == _COUNT else symbol(name, kind)
