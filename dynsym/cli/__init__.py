"""The command ``dynsym``, one file a command, and `analyze`, which is a function too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynsym._border import put_behind_border
from dynsym.cli.entry import main

if TYPE_CHECKING:
    from dynsym.cli.analysis import analyze

__all__ = ["analyze", "main"]


def __getattr__(name: str) -> Any:
    """Load `analyze` on first use, so that ``dynsym --help`` stays quick."""
    if name == "analyze":
        from dynsym.cli.analysis import analyze

        put_behind_border(names := globals() | {"analyze": analyze}, ["analyze"])
        return names["analyze"]
    raise AttributeError(f"module 'dynsym.cli' has no attribute {name!r}")
