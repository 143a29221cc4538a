"""The words of an expression: numbers, names and operators, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeVar

from dynsym._expressions.limits import MAX_LENGTH
from dynsym.errors import DynsymError, LimitError, ModelParseError

__all__ = ["Token", "excerpt", "fault", "tokenize"]

_PATTERN: Final = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W0-9]\w*)"
    r"|(?P<operator>\*\*|[-+*/^(),])"
)

_REMEDIES: Final = {
    "=": "Give the right-hand side alone, without an equals sign.",
    "<": "Comparisons are not expressions; use min, max, relu or abs.",
    ">": "Comparisons are not expressions; use min, max, relu or abs.",
    "|": "For an absolute value write abs(x).",
    "[": "Use round parentheses; vectors and lists are not expressions.",
    "]": "Use round parentheses; vectors and lists are not expressions.",
    "{": "Use round parentheses.",
    "}": "Use round parentheses.",
    "%": "Remainders and percentages are not expressions; write 0.05 for 5%.",
    "−": "This is a typographic minus sign; write - instead.",
    "–": "This is a dash; write - instead.",
    "·": "Write * for a product.",
    "×": "Write * for a product.",
    "²": "Write ^2 for a square.",
    "³": "Write ^3 for a cube.",
    ".": "A full stop stands only inside a number such as 0.5; attributes are not expressions.",
    "'": "Quoted text is not part of an expression; derivatives are not written with primes either.",
    '"': "Quoted text is not part of an expression.",
    "!": "Factorials are not available; write the product out.",
}

_Error = TypeVar("_Error", bound=DynsymError)


@dataclass(frozen=True)
class Token:
    """A word of the text: `kind` is "number", "name", "operator" or "end"; `start` and `stop` are offsets."""

    kind: str
    text: str
    start: int
    stop: int


def tokenize(text: str, where: str) -> list[Token]:
    """Split a text into its words; the last one has kind "end"."""
    if not isinstance(text, str):
        raise ModelParseError(f"{where}: {text!r} is of type {type(text).__name__}; an expression is a text.")
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"{where}: the text has {len(text)} characters; at most {MAX_LENGTH} are read. "
            "Split it into several functions, or build the network from its matrix."
        )
    tokens = []
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise _foreign(text, position, where)
        if match.lastgroup == "name" and not match.group().isidentifier():
            raise _foreign(text, position + _first_foreign(match.group()), where)
        if match.lastgroup != "blank":
            tokens.append(Token(str(match.lastgroup), match.group(), position, match.end()))
        position = match.end()
    if not tokens:
        raise ModelParseError(f"{where}: the text is empty; an expression is needed. Write 0 for nothing.")
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def fault(kind: type[_Error], where: str, text: str, position: int, what: str, remedy: str) -> _Error:
    """Return an error that shows the text with a caret under the place."""
    first = max(0, position - 50)
    line = "".join(letter if letter.isprintable() else " " for letter in text[first : position + 30])
    return kind(f"{where}, column {position + 1}: {what}\n    {line}\n    {' ' * (position - first)}^\n{remedy}")


def excerpt(text: str, start: int, stop: int) -> str:
    """Return a part of the text for a message, shortened to 60 characters."""
    part = " ".join(text[start:stop].split())
    return part if len(part) <= 60 else f"{part[:40]}...{part[-15:]}"


def _foreign(text: str, position: int, where: str) -> ModelParseError:
    """The error for a character that no expression has."""
    letter = text[position]
    shown = repr(letter) if letter.isprintable() else f"U+{ord(letter):04X}"
    remedy = _REMEDIES.get(letter, "Use numbers, names, + - * / ^, parentheses and the functions of the manual.")
    return fault(
        ModelParseError, where, text, position, f"the character {shown} is not part of any expression.", remedy
    )


def _first_foreign(word: str) -> int:
    """Where a word such as ``x²`` stops being an identifier."""
    return next(length for length in range(len(word)) if not word[: length + 1].isidentifier())
