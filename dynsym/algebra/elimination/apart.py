"""Work that is done in a program of its own, so that it can be ended: text goes in, text comes out.

Run as a script with a limit in CPU seconds: it becomes the program named after that, or else reads polynomials, one a
line, and writes their Gröbner basis. The limit is the kernel's profiling timer, which outlives the change of program
and ends it inside any library.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import flint

__all__ = ["from_line", "run_apart", "to_line"]

LIMITS = (4000, 8000, 400_000)
"""Of Buchberger's algorithm: polynomials in the basis, terms of each, bits of a coefficient."""
PATIENCE = 20.0
"""Seconds by the clock for one CPU second, on a busy machine."""


def run_apart(command: Sequence[str], text: str, seconds: float) -> str | None:
    """What a program prints, given so many CPU seconds; None where it fails or is ended. No command: our own basis."""
    full = [sys.executable, "-I", __file__, str(seconds), *command]
    try:
        done = subprocess.run(  # noqa: S603  (programs of our own choice, their input written by us)
            full, input=text, capture_output=True, text=True, timeout=5 + PATIENCE * seconds, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout


def to_line(polynomial: flint.fmpz_mpoly) -> str:
    """A polynomial as ``coefficient:power,power;...``."""
    return ";".join(f"{c}:{','.join(map(str, m))}" for m, c in polynomial.terms())


def from_line(line: str, context: flint.fmpz_mpoly_ctx) -> flint.fmpz_mpoly:
    """The polynomial of `to_line`."""
    terms = (term.split(":") for term in line.split(";"))
    return context.from_dict({tuple(map(int, powers.split(","))): flint.fmpz(c) for c, powers in terms})


def _basis_of_lines() -> None:
    lines = sys.stdin.read().split()
    size = lines[0].split(";")[0].count(",") + 1
    context = flint.fmpz_mpoly_ctx.get(tuple(f"x{k}" for k in range(size)), flint.Ordering.degrevlex)
    given = flint.fmpz_mpoly_vec([from_line(line, context) for line in lines], context)
    found: Any
    found, is_complete = given.buchberger_naive(limits=LIMITS)
    if not is_complete:
        sys.exit(1)
    print("\n".join(map(to_line, found.autoreduction())))


if __name__ == "__main__":
    signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
    if sys.argv[2:]:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (the program chosen by `run_apart`)
    _basis_of_lines()
