"""The words of a command line: options, assignments, ranges, and messages that say what was meant."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from dynsym.errors import LimitError, ParameterError

if TYPE_CHECKING:
    from sympy import Expr

__all__ = [
    "CommandParser",
    "assignments",
    "box",
    "names",
    "near",
    "number",
    "numbers",
    "positive_number",
    "span",
    "texts_by_name",
    "whole_number",
]

_LOOKS_LIKE_A_VALUE = re.compile(r"-\s*(\.?\d|\(|(inf|infinity|nan|pi|sqrt|exp|log|sin|cos|tan)\b)", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"\s*[^\W\d]\w*\s*=")
_SPREAD = ("--set", "--start", "--at", "--box")


class CommandParser(argparse.ArgumentParser):
    """An argument parser that takes every spelling of a number, and raises `ParameterError`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)
        self._negative_number_matcher = _LOOKS_LIKE_A_VALUE

    # -- options that several commands have --------------------------------------------------------------------------

    def add_model(self) -> None:
        """The model, and values of its parameters."""
        self.add_argument("model", metavar="MODEL", help="model file, or name of a bundled network")
        self.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="value of a parameter: a number or an exact expression such as c='15*sqrt(2)'; may be repeated",
        )

    def add_span(self, *, parameter_required: bool = True, range_required: bool = True) -> None:
        """The parameter that moves, and its range."""
        self.add_argument("--parameter", required=parameter_required, metavar="NAME", help="the parameter that moves")
        self.add_argument("--range", nargs=2, required=range_required, metavar=("FROM", "TO"), help="its range")

    def add_common(self) -> None:
        """What every command takes."""
        group = self.add_argument_group("every command")
        group.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        group.add_argument("--quiet", action="store_true", help="no progress and no remarks on standard error")
        group.add_argument("--strict", action="store_true", help="end with 3 where something is not proved")
        group.add_argument("--debug", action="store_true", help="show the traceback of an error")

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The options that the words stand for."""
        known = [option for option in self._option_string_actions if option.startswith("--")]
        for word in words:
            option = word.partition("=")[0]
            if option.startswith("-") and option not in self._option_string_actions and not _is_value(option):
                hint = near(option, known)
                raise ParameterError(
                    f"{option} is no option of {self.prog}{hint} Its options are {', '.join(known)}. "
                    f"Try {self.prog} --help."
                )
        options, rest = self.parse_known_args(_spread(words))
        if rest:
            raise ParameterError(f"{rest[0]!r} is one word too many for {self.prog}. Try {self.prog} --help.")
        return options

    def error(self, message: str) -> NoReturn:
        raise ParameterError(f"{message[:1].upper()}{message[1:]}. Try {self.prog} --help.")


def _is_value(word: str) -> bool:
    return word == "-" or _LOOKS_LIKE_A_VALUE.match(word) is not None


def near(name: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"``, or a full stop when nothing is near."""
    from dynsym._expressions import did_you_mean

    return did_you_mean(name, known) or "."


def _spread(words: Sequence[str]) -> list[str]:
    """``--set a=1 b=2`` as ``--set=a=1 --set=b=2``: all assignments that follow, and no model by mistake."""
    out: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word not in _SPREAD or not rest:
            out.append(word)
            continue
        out.append(f"{word}={rest.pop(0)}")
        while rest and _ASSIGNMENT.match(rest[0]):
            out.append(f"{word}={rest.pop(0)}")
    return out


# -- what the words mean ---------------------------------------------------------------------------------------------


def texts_by_name(texts: Iterable[str] | None, option: str) -> dict[str, str]:
    """The texts of ``name=text`` assignments, several to a word where commas stand between them."""
    found: dict[str, str] = {}
    for text in texts or ():
        for part in _split(text):
            if not _ASSIGNMENT.match(part):
                raise ParameterError(f"{option} {part!r} is not of the form name=value. Try {option} {_example(part)}.")
            name, _, value = (piece.strip() for piece in part.partition("="))
            if name in found:
                raise ParameterError(f"{option} gives {name} twice. Keep one of the two.")
            found[name] = value
    return found


def assignments(texts: Iterable[str] | None, option: str) -> dict[str, Expr]:
    """The exact values of ``name=value`` texts."""
    return {name: _exact(value, name) for name, value in texts_by_name(texts, option).items()}


def numbers(texts: Iterable[str] | None, option: str) -> dict[str, float]:
    """The values of ``name=value`` texts as floats."""
    return {name: float(value) for name, value in assignments(texts, option).items()}


def box(texts: Iterable[str] | None) -> dict[str, tuple[float, float]] | None:
    """The ranges of ``name=low:high`` texts; None where there is no text."""
    found = {}
    for name, text in texts_by_name(texts, "--box").items():
        low, colon, high = text.partition(":")
        if not colon:
            raise ParameterError(f"--box {name}={text} is not of the form name=low:high. Try --box {name}=-5:5.")
        option = f"--box {name}"
        found[name] = _ordered(number(low, option), number(high, option), option)
    return found or None


def span(texts: Sequence[str] | None) -> tuple[float, float] | None:
    """The two ends of ``--range``, the lower one first."""
    if texts is None:
        return None
    return _ordered(number(texts[0], "--range"), number(texts[1], "--range"), "--range")


def names(text: str | None) -> tuple[str, ...]:
    """The names of a text such as ``w_IE,n_E``."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def number(text: str, option: str) -> float:
    """A finite number, exact expressions included."""
    value = float(_exact(text, option))
    if not math.isfinite(value):
        raise ParameterError(f"{option} is set to {text}, which no float can hold. Give a number below 1e308.")
    return value


def positive_number(text: str | None, option: str) -> float | None:
    """A number above zero, or None where none was given."""
    if text is None:
        return None
    value = number(text, option)
    if not value > 0:
        raise ParameterError(f"{option} {text} was given; a positive number is needed. Try {option} 1.")
    return value


def whole_number(text: str | None, option: str, *, least: int, most: int | None = None) -> int | None:
    """A whole number from `least` to `most`, or None where none was given."""
    if text is None:
        return None
    value = number(text, option)
    if value != int(value) or value < least:
        raise ParameterError(f"{option} {text} was given; a whole number from {least} on is needed. Try {option} 60.")
    if most is not None and value > most:
        raise LimitError(f"{option} {text} was given; at most {most} are taken. Try {option} 60.")
    return int(value)


def _exact(text: str, name: str) -> Expr:
    """The exact value of a text: every spelling that Python takes for a float, or a constant expression."""
    from dynsym._expressions import exact

    try:
        float(text)
    except ValueError:
        return exact(text, name=name)
    return exact(Decimal(text.strip()), name=name)


def _split(text: str) -> list[str]:
    """The parts between the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part.strip()] or [text]


def _example(part: str) -> str:
    name = re.match(r"[^\W\d]\w*", part.strip())
    return f"{name[0] if name else 'k'}=1"


def _ordered(low: float, high: float, option: str) -> tuple[float, float]:
    if not low < high:
        raise ParameterError(f"{option} goes from {low:g} to {high:g}; the lower end comes first. Swap the two.")
    return low, high
