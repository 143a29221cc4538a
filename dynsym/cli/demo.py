"""The main job on a bundled real circuit, end to end, in seconds.

    dynsym demo            the pyloric circuit
    dynsym demo --list     the others
    dynsym demo worm --out pictures

What is printed was found in this run; the lines of Python that found it stand on top.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from dynsym.cli.arguments import CommandParser, near
from dynsym.cli.demonstrations import DEMONSTRATIONS
from dynsym.cli.screen import Screen
from dynsym.errors import ParameterError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym demo``."""
    default = next(iter(DEMONSTRATIONS))
    parser.add_argument("name", nargs="?", default=default, metavar="NAME", help=", ".join(DEMONSTRATIONS))
    parser.add_argument("--list", action="store_true", help="list the demonstrations")
    parser.add_argument("--out", metavar="DIR", help="folder for pictures")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Run a demonstration and print what it found."""
    if options.list:
        if options.json:
            screen.json({"kind": "demonstrations", "demonstrations": DEMONSTRATIONS})
        else:
            screen.table(["name", "shows"], list(DEMONSTRATIONS.items()))
        return 0
    if options.name not in DEMONSTRATIONS:
        hint = near(options.name, DEMONSTRATIONS)
        raise ParameterError(f"There is no demo {options.name!r}{hint} There are {', '.join(DEMONSTRATIONS)}.")
    module = importlib.import_module(f"dynsym.cli.demonstrations.{options.name}")
    began = time.perf_counter()
    if not options.json:
        screen.line(module.TITLE)
        screen.line()
        screen.line(textwrap.indent(source_of(module.work), "    "))
    with screen.progress(module.TITLE):
        found = module.work()
    screen.remark(f"computed in {time.perf_counter() - began:.1f} s")
    if options.json:
        screen.json({"kind": "demo", "name": options.name, **module.to_json(found)})
    else:
        module.show(screen, found)
    if options.out:
        _draw(module, found, Path(options.out), screen)
    return 0


def source_of(function: Callable[..., object]) -> str:
    """The lines of a function between its docstring and its return, without what is said to the type checker."""
    lines = [line.split("  # type: ")[0] for line in inspect.getsource(function).splitlines()]
    start = next(k for k, line in enumerate(lines) if line.strip().startswith('"""')) + 1
    end = next(k for k, line in enumerate(lines) if line.strip().startswith("return "))
    return textwrap.dedent("\n".join(lines[start:end]))


def _draw(module: ModuleType, found: object, folder: Path, screen: Screen) -> None:
    from dynsym.cli.pictures import write_picture

    for name, draw in module.pictures(found):
        path = write_picture(draw, folder / f"{name}.png")
        screen.remark(f"written: {path}")
