"""Sections of a docstring that repeat the signature: written from it, so that the text says what only it can say."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["documented"]

F = TypeVar("F", bound=Callable[..., Any])


def documented(raises: str = "") -> Callable[[F], F]:
    """Give a function the sections Parameters, Returns and Raises, from its annotations and from "Error: if when"."""

    def complete(function: F) -> F:
        if function.__doc__ is None:  # python -OO
            return function
        head, mark, examples = inspect.cleandoc(function.__doc__).partition("\n\nExamples\n")
        signature = inspect.signature(function)
        shown = [str(p.replace(annotation=p.empty, default=p.empty)) for p in signature.parameters.values()]
        types = [p.annotation for p in signature.parameters.values()]
        sections = {
            "Parameters": [f"{name} : {kind}" for name, kind in zip(shown, types, strict=True)],
            "Returns": [signature.return_annotation],
            "Raises": raises.split(": ") if raises else [],
        }
        for title, lines in sections.items():
            if lines:
                between = "\n    " if title == "Raises" else "\n"
                head += f"\n\n{title}\n{'-' * len(title)}\n{between.join(lines)}"
        function.__doc__ = head + mark + examples
        return function

    return complete
