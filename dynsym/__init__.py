"""dynsym: from a network graph to closed-form conditions, proved counts and bifurcation diagrams.

Public names are loaded on first use, so that ``import dynsym`` costs little more than ``import sympy, numpy``. Which
they are, and where each lives, is said once, in the stub ``__init__.pyi``, which editors and type checkers read too.
"""

import ast
import importlib
from pathlib import Path
from typing import Any

from dynsym._version import __version__

_HOME = {
    alias.name: statement.module
    for statement in ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")).body
    if isinstance(statement, ast.ImportFrom)
    for alias in statement.names
}
_FOLDERS = {name for name, home in _HOME.items() if home == "dynsym"}

__all__ = ["__version__", *sorted(_HOME.keys() - _FOLDERS - {"__version__"})]


def __getattr__(name: str) -> Any:
    if name in _FOLDERS:
        return importlib.import_module(f"dynsym.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'dynsym' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_FOLDERS})
