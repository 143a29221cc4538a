"""`main`: which command a line asks for, and what becomes of its errors."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from dynsym._version import __version__
from dynsym.cli.arguments import CommandParser, near
from dynsym.cli.screen import Screen
from dynsym.errors import DynsymError, ParameterError

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "demo": ("demo", "the main job on a bundled real circuit, end to end, in seconds"),
    "show": ("show", "the equations, parameters, Jacobian, characteristic polynomial"),
    "analyze": ("analysis", "closed-form conditions, proved counts, diagram, pictures, report"),
    "conditions": ("conditions", "closed-form bifurcation conditions with normal forms"),
    "count": ("count", "all equilibria, with proof; counts along a parameter"),
    "check-certificate": ("certificate", "verify a file that proves a count"),
    "continue": ("continuation", "branches of equilibria and their special points"),
    "decompose": ("decomposition", "gradient and curl, metric, potential, violating cycle"),
    "verify": ("verification", "verdicts on claims, with counterexamples and corrections"),
    "simulate": ("simulation", "a solution over time"),
}
"""Command -> (file that implements it, what it does). A file has `add_arguments(parser)` and `run(options, screen)`."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Linear algebra of some hundred states is quickest on one thread; who sets one of these has it as set."""

INTERNAL_FAULT, LIMIT, STORAGE, INTERRUPTED = 1, 4, 5, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line ``dynsym`` and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``dynsym``; those of the process by default.

    Returns
    -------
    int
        0 done; 1 internal fault; 2 bad input; 3 undecided or not proved (only with ``--strict``); 4 numerical failure
        or limit; 5 storage; 130 interrupted. No exception leaves this function.

    Examples
    --------
    >>> main(["--version"])
    dynsym ...
    0
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # a process of its own
        for variable in _THREADS:
            os.environ.setdefault(variable, "1")
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a terminal without Greek letters gets question marks
                stream.reconfigure(errors="replace")
    guard = _Guard(debug="--debug" in words, json="--json" in words)
    with guard:
        guard.exit_code = _run(words)
        sys.stdout.flush()
    return guard.exit_code


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_overview(), end="")
        return 0
    if words[0] in {"-V", "--version"}:
        print(f"dynsym {__version__}")
        return 0
    command, words = _command_of(words)
    file, summary = COMMANDS[command]
    module = importlib.import_module(f"dynsym.cli.{file}")
    parser = CommandParser(prog=f"dynsym {command}", description=module.__doc__ or summary)
    module.add_arguments(parser)
    parser.add_common()
    options = parser.read(words)
    screen = Screen(json=options.json, quiet=options.quiet)
    with screen.warnings():
        return int(module.run(options, screen))


def _command_of(words: list[str]) -> tuple[str, list[str]]:
    """The command and the other words; options that every command takes may stand before it."""
    place = next((k for k, word in enumerate(words) if not word.startswith("-")), None)
    if place is None:
        raise ParameterError(f"{words[0]} was given without a command. Give a command, one of {', '.join(COMMANDS)}.")
    command = words[place]
    if command not in COMMANDS:
        raise ParameterError(
            f"{command!r} is no command of dynsym{near(command, COMMANDS)} The commands are {', '.join(COMMANDS)}. "
            "Try dynsym --help."
        )
    return command, words[:place] + words[place + 1 :]


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(
        [
            "dynsym: from a network graph to closed-form conditions, proved counts and bifurcation diagrams.",
            "",
            "usage: dynsym COMMAND [MODEL] [options]",
            "",
            *lines,
            "",
            "MODEL is a model file (.toml, .json) or the name of a bundled network: pyloric, cortical_ei, c_elegans.",
            "Every command takes --json (one JSON object on standard output), --quiet, --strict and --debug.",
            "Start with:  dynsym demo        More on one command:  dynsym count --help",
            "",
        ]
    )


class _Guard(contextlib.AbstractContextManager["_Guard"]):
    """Turns whatever a command raises into a message and an exit code."""

    def __init__(self, *, debug: bool, json: bool) -> None:
        self.debug, self.json = debug, json
        self.exit_code = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            return False
        if isinstance(error, SystemExit):
            self.exit_code = error.code if isinstance(error.code, int) else 0
            return True
        if isinstance(error, BrokenPipeError):  # the reader has seen enough, as in `dynsym show m.toml | head`
            _let_go_of_output()
            return True
        if not isinstance(error, Exception | KeyboardInterrupt):
            return False
        if self.debug:
            traceback.print_exception(error)
        self.exit_code, message = _verdict(error)
        with contextlib.suppress(BrokenPipeError):
            print(f"dynsym: {message}", file=sys.stderr, flush=True)
            if self.json:
                said = {"kind": "error", "error": type(error).__name__, "message": message, "exit_code": self.exit_code}
                Screen(json=True).json(said)
        return True


def _verdict(error: BaseException) -> tuple[int, str]:
    """Exit code and message of an error."""
    if isinstance(error, DynsymError):
        return error.exit_code, str(error)
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, "interrupted."
    if isinstance(error, MemoryError):
        return LIMIT, "the memory was not enough. Give more parameters a value, or a smaller --budget or --box."
    if isinstance(error, OSError):
        return (STORAGE, f"the output could not be written: {error.strerror or error}. Free some space first.")
    return INTERNAL_FAULT, (
        f"internal fault, {type(error).__name__}: {error}\nThis is a fault of dynsym and not of your input. "
        "Run again with --debug and report what it prints."
    )


def _let_go_of_output() -> None:
    """Nobody reads standard output any more: what is left in its buffer goes nowhere."""
    with contextlib.suppress(OSError, ValueError):  # a replaced stream has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
