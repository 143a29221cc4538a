"""Names that users give to states, parameters, nodes and functions, and the symbols made from them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from typing import Final

import sympy

from dynsym._docstrings import documented
from dynsym._expressions.limits import MAX_NAME_LENGTH
from dynsym.errors import ModelError, ModelNameError, ParameterError

__all__ = ["ASSUMPTIONS", "assumption_of", "check_name", "did_you_mean", "symbol"]

ASSUMPTIONS: Final[dict[str, dict[str, bool]]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "negative": {"negative": True},
    "nonzero": {"real": True, "nonzero": True},
    "integer": {"integer": True},
    "positive_integer": {"integer": True, "positive": True},
}
"""What a symbol may be assumed to be; all of these are real."""


@documented("ModelNameError: If it is no text, no identifier, over-long, or starts with two underscores.")
def check_name(name: object, what: str = "state") -> str:
    """Return `name` if it can serve as a name, and raise otherwise.

    A name is an identifier: letters, digits and underscores, with no digit first. Python's keywords and sympy's
    constants (``lambda``, ``E``, ``pi``) are names like any other.
    """
    if not isinstance(name, str):
        raise ModelNameError(
            f"{what} name {name!r} is of type {type(name).__name__}; a name is a text. Try {f'{what[:1]}{name}'!r}."
            if isinstance(name, int)
            else f"{what} name {name!r} is of type {type(name).__name__}; a name is a text such as 'x1'."
        )
    shown = repr(name if len(name) <= 40 else name[:37] + "...")
    if len(name) > MAX_NAME_LENGTH:
        raise ModelNameError(
            f"{what} name {shown} has {len(name)} characters; at most {MAX_NAME_LENGTH} are allowed. "
            "Use a short name and put the long text into the label."
        )
    if not name.isidentifier() or name.startswith("__") or unicodedata.normalize("NFKC", name) != name:
        raise ModelNameError(
            f"{what} name {shown} is not an identifier; names consist of letters, digits and underscores, "
            f"with a letter first.{_suggestion(name)}"
        )
    return name


def symbol(name: str, assumption: str = "real") -> sympy.Symbol:
    """Return the symbol of a name: the one place where symbols get their assumptions."""
    if assumption not in ASSUMPTIONS:
        raise ParameterError(
            f"{name} is assumed to be {assumption!r}; known assumptions are {', '.join(ASSUMPTIONS)}"
            f"{did_you_mean(str(assumption), ASSUMPTIONS)}."
        )
    return sympy.Symbol(check_name(name, "symbol"), **ASSUMPTIONS[assumption])


@documented("ModelError: If it has other assumptions than `symbol` gives.")
def assumption_of(made: sympy.Symbol) -> str:
    """Return the assumption with which `symbol` makes a symbol."""
    for assumption, facts in ASSUMPTIONS.items():
        if made == sympy.Symbol(made.name, **facts):
            return assumption
    raise ModelError(
        f"{made} has assumptions that have no name here; the names are {', '.join(ASSUMPTIONS)}. "
        f"Make it with one of them, as in sympy.Symbol({made.name!r}, positive=True)."
    )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean <the nearest of known>?"``, or nothing when none is near."""
    candidates = sorted(set(known))
    near = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not near:
        near = [other for other in candidates if other.lower() == name.lower()][:1]
    return f"; did you mean {near[0]}?" if near else ""


def _suggestion(name: str) -> str:
    """A name near the refused one, when there is an obvious one."""
    candidate = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name).strip("_")
    candidate = f"x{candidate}" if candidate[:1].isdigit() else candidate
    good = candidate.isidentifier() and 0 < len(candidate) <= 20
    return f" Try {candidate!r}, with {name!r} as its label." if good else " Use such a name, and a label for the rest."
