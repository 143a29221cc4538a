"""What docstrings repeat, the signature above all: written once, so that each text says what only it can say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["documented"]

VALUES = {
    "values": "mapping of name to number, text or Expr, optional\n    Override the default values of parameters.",
    "free": "iterable of names\n    Parameters that stay symbolic whatever their value.",
}
"""What many questions about a system take."""

F = TypeVar("F", bound=Callable[..., Any])


def documented(raises: str = "", kinds: Mapping[str, str] | None = None) -> Callable[[F], F]:
    """Complete a docstring: parameters that it does not list, what a function returns, and "Error: If it happens.".

    What a parameter may be is said by `kinds`, or else by `VALUES` or its annotation.
    """

    known = {**VALUES, **(kinds or {})}

    def complete(function: F) -> F:
        if function.__doc__ is None:  # python -OO
            return function
        head, *rest = re.split(r"\n\n(?=\w+\n-+\n)", inspect.cleandoc(function.__doc__))
        sections = {part.partition("\n")[0]: part.split("\n")[2:] for part in rest}
        signature = inspect.signature(function)
        places = {name: place for place, name in enumerate(signature.parameters)}
        entries: dict[int, str] = {}
        for entry in re.split(r"\n(?=\S)", "\n".join(sections.get("Parameters", []))):
            named = [places.pop(name) for name in re.findall(r"\w+", entry.partition(" : ")[0]) if name in places]
            entries[min(named, default=-1)] = entry
        for name, place in places.items():
            parameter = signature.parameters[name]
            shown = parameter.replace(annotation=parameter.empty, default=parameter.empty)
            entries[place] = f"{shown} : {known.get(name, parameter.annotation)}"
        sections["Parameters"] = [entries[place] for place in sorted(entries) if entries[place]]
        returned = "" if isinstance(function, type) else str(signature.return_annotation)
        sections.setdefault("Returns", [returned])
        sections.setdefault("Raises", raises.replace(": ", "\n    ", 1).split("\n"))
        order = ["Parameters", "Returns", "Raises"]
        order += [title for title in sections if title not in order]
        parts = ["\n".join([title, "-" * len(title), *sections[title]]) for title in order if any(sections[title])]
        function.__doc__ = "\n\n".join([head, *parts])
        return function

    return complete
