"""The MODEL of a command line, with the values of ``--set`` put in, and the points that options name."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynsym.cli.arguments import assignments, near, texts_by_name
from dynsym.errors import ModelError, ModelNameError

if TYPE_CHECKING:
    from dynsym.cli.screen import Screen
    from dynsym.model import SymbolicSystem

__all__ = ["check_states", "equilibrium_of", "read_model", "remark_on_copies"]


def read_model(options: argparse.Namespace) -> SymbolicSystem:
    """The system that MODEL and ``--set`` stand for."""
    from dynsym.model import load_system

    values = assignments(options.set, "--set")
    path = Path(options.model)
    if path.suffix and not path.exists() and path.parent.is_dir():
        beside = [str(file) for file in path.parent.iterdir() if file.suffix == path.suffix]
        hint = near(str(path), beside)
        if hint != ".":
            raise ModelError(f"{path}: there is no such file{hint}")
    system = load_system(options.model)
    return system.with_values(**values) if values else system


def remark_on_copies(system: SymbolicSystem, screen: Screen) -> None:
    """Say what numbers are about where a state stands for many copies."""
    if system.classes is not None:
        screen.remark(
            "note: a state stands for many copies that agree; equilibria and their stability are those of agreeing "
            "copies. `dynsym conditions` also says where copies stop agreeing."
        )


def check_states(system: SymbolicSystem, names: Any, option: str) -> None:
    """Refuse names that are no states."""
    for name in names:
        if name not in system.state_names:
            shown = ", ".join(system.state_names[:12])
            hint = near(name, system.state_names)
            raise ModelNameError(f"{option} names {name!r}, no state of {system.name!r}{hint} It has {shown}.")


def equilibrium_of(system: SymbolicSystem, texts: Sequence[str] | None, *, free: Sequence[str] = ()) -> Any:
    """What ``--at`` stands for: None, 0, a mapping of state to text, or the symmetric equilibrium."""
    text = ",".join(texts or ()).strip()
    if not text:
        return None
    if text == "0":
        return 0
    if text != "symmetric":
        at = texts_by_name(texts, "--at")
        check_states(system, at, "--at")
        return at
    from dynsym.derive import symmetric_equilibrium

    found = symmetric_equilibrium(system, free=free)
    if found is None:
        raise ModelError(
            f"{system.name!r} has no symmetric equilibrium in closed form besides the origin. "
            f"Name a point, as in --at {','.join(f'{name}=0' for name in system.state_names[:3])}."
        )
    return found
