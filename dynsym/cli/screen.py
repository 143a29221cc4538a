"""What a command prints: text and tables, or one JSON object; remarks and progress on standard error."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TextIO

__all__ = ["Progress", "Screen"]

Progress = Callable[[float], None]
"""Called with the share that is done, from 0 to 1."""

BOUNDLESS = 100_000
_GLUE = "\N{NO-BREAK SPACE}"
_INSIDE_FORMULA = re.compile(r" (?=[-+*/=<>]+ )|(?<= [-+*/=<>]) |(?<= [<>*-][=*>]) ")
_BARE = re.compile(r"\x1b\[[0-9;]*m")
"""Colours of a terminal."""
PAGE = 98


class Screen:
    """Standard output and standard error of one command."""

    def __init__(self, *, json: bool = False, quiet: bool = False) -> None:
        self.as_json, self.quiet = json, quiet

    # -- results, on standard output ---------------------------------------------------------------------------------

    def json(self, content: Mapping[str, Any]) -> None:
        """The one JSON object."""
        print(json.dumps(content, allow_nan=False))

    def line(self, text: str = "") -> None:
        """A line of text."""
        print(text)

    def paragraph(self, text: str, *, indent: str = "") -> None:
        """Text in lines of a page's width, broken between words and not inside formulas."""
        page = textwrap.TextWrapper(PAGE, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
        room = PAGE - len(indent)
        words = (word if len(word) <= room else word.replace(_GLUE, " ") for word in _glued(text).split(" "))
        for line in page.wrap(" ".join(words)):
            self.line(line.replace(_GLUE, " "))

    def heading(self, text: str) -> None:
        """A line that opens a part."""
        print()
        self._show(lambda console: console.print(text, style="bold", markup=False, highlight=False, soft_wrap=True))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> None:
        """A table: with lines and colours on a terminal, plain columns elsewhere; some columns right-aligned."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        plain = not sys.stdout.isatty()
        frame, padding = (None, (0, 2, 0, 0)) if plain else (box.SIMPLE_HEAD, (0, 1, 0, 0))
        table = Table(box=frame, pad_edge=False, padding=padding)
        for k, name in enumerate(columns):
            whole = plain or k == 0
            table.add_column(name, justify="right" if name in right else "left", no_wrap=whole, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell, style=_STYLES.get(cell.partition(" ")[0], "")) for cell in row))
        self._show(lambda console: console.print(table), indent="  " if plain else "")

    def _show(self, draw: Callable[[Any], None], indent: str = "") -> None:
        """What rich draws, without blanks at the ends of lines."""
        from rich.console import Console

        terminal = sys.stdout.isatty()
        console = Console(file=sys.stdout, force_terminal=terminal, width=None if terminal else BOUNDLESS)
        with console.capture() as capture:
            draw(console)
        lines = capture.get().split("\n")
        shown = [k for k, line in enumerate(lines) if _BARE.sub("", line).strip()]
        for line in lines[shown[0] : shown[-1] + 1] if shown else ():
            print(f"{indent}{line}".rstrip())

    # -- remarks and progress, on standard error ---------------------------------------------------------------------

    def remark(self, text: str) -> None:
        """A line on standard error."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    @contextlib.contextmanager
    def progress(self, text: str) -> Iterator[Progress]:
        """A bar while something long runs; only where standard error is a terminal."""
        sys.stdout.flush()
        if self.quiet or not sys.stderr.isatty():
            yield lambda share: None
            return
        from tqdm import tqdm

        form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
        with tqdm(total=1.0, desc=text, bar_format=form, leave=False, delay=0.3, file=sys.stderr) as bar:
            yield lambda share: bar.update(max(0.0, min(1.0, share) - bar.n))

    @contextlib.contextmanager
    def warnings(self) -> Iterator[None]:
        """Warnings of Python as short remarks."""
        with warnings.catch_warnings():
            warnings.showwarning = self._warning
            yield

    def _warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        self.remark(f"warning ({category.__name__}): {message}")


_STYLES = {
    "proved": "green",
    "certified": "green",
    "supported": "yellow",
    "lower": "yellow",
    "undecided": "yellow",
    "continuum": "yellow",
    "refuted": "red",
    "stable": "bold",
    "supercritical": "cyan",
    "subcritical": "magenta",
}


def _glued(text: str) -> str:
    """The text with blanks beside operators and inside parentheses that no line may be broken at."""
    text = _INSIDE_FORMULA.sub(_GLUE, text)
    depth, letters = 0, []
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        letters.append(_GLUE if letter == " " and depth > 0 else letter)
    return "".join(letters)
