"""Work that is done in a program of its own, so that it can be ended: text goes in, text comes out.

Run as a script with a limit in CPU seconds: it becomes the program named after that, or reads polynomials, one a line,
and writes their Gröbner basis: by sugar, or by python-flint's own loop; either is at times far quicker. The limit is
the kernel's profiling timer, which outlives the change of program and ends it inside any library.

References
----------
.. [1] T. Becker, V. Weispfenning, *Gröbner Bases*, section 5.5; A. Giovini et al., "One sugar cube, please",
   ISSAC 1991.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import flint

__all__ = ["OURS", "from_line", "run_apart", "to_line"]

Powers = tuple[int, ...]

OURS = ("sugar", "naive")
LIMITS = (4000, 8000, 400_000)
"""Of Buchberger's algorithm: polynomials in the basis, terms of each, bits of a coefficient."""
PATIENCE = 20.0
"""Seconds by the clock for one CPU second, on a busy machine."""


def run_apart(command: Sequence[str], text: str, seconds: float) -> str | None:
    """What a program prints, given so many CPU seconds; None where it fails or is ended. `OURS` are programs too."""
    from dynsym._budget import charged  # here, as the script that this file is too knows no other

    full = [sys.executable, "-I", __file__, str(seconds), *command]
    try:
        with charged():
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


def _basis(lines: Sequence[str], *, by_sugar: bool) -> list[flint.fmpz_mpoly] | None:
    """The basis of polynomials, one a line; None beyond the limits."""
    size = lines[0].split(";")[0].count(",") + 1
    context = flint.fmpz_mpoly_ctx.get(tuple(f"x{k}" for k in range(size)), flint.Ordering.degrevlex)
    given = [from_line(line, context) for line in lines]
    found: Any = _buchberger(given) if by_sugar else flint.fmpz_mpoly_vec(given, context)
    if not by_sugar:
        found, is_complete = found.buchberger_naive(limits=LIMITS)
        if not is_complete:
            return None
    return list(found.autoreduction())


def _buchberger(given: Sequence[flint.fmpz_mpoly]) -> flint.fmpz_mpoly_vec:
    """Buchberger's algorithm, pairs chosen by sugar and thinned out by the criteria of Gebauer and Möller [1]_."""
    context = given[0].context()
    basis: list[_Element] = []
    pairs: list[tuple[int, Powers, _Element, _Element, Powers]] = []
    waiting: list[tuple[int, Any]] = [
        (p.total_degree(), p) for p in sorted(given, key=lambda p: p.total_degree(), reverse=True)
    ]
    while waiting or pairs:
        if waiting:
            sugar, polynomial = waiting.pop()
        else:
            chosen = min(pairs, key=lambda pair: pair[:2])
            pairs.remove(chosen)
            sugar, polynomial = chosen[0], chosen[2].polynomial.spoly(chosen[3].polynomial)
        reducers: Any = flint.fmpz_mpoly_vec([e.polynomial for e in basis], context)
        if polynomial != 0 and basis:
            polynomial = polynomial.reduction_primitive_part(reducers)
        if polynomial == 0:
            continue
        new = _Element(polynomial, tuple(map(int, polynomial.monoms()[0])), sugar)
        pairs = [
            pair
            for pair in pairs
            if not _divides(new.lead, pair[4]) or pair[4] in (_common(pair[2], new), _common(pair[3], new))
        ]
        minimal: list[Powers] = []
        partners = sorted(basis, key=lambda e: (_order(_common(e, new)), e.sugar))
        for element in partners:
            multiple = _common(element, new)
            if any(_divides(other, multiple) for other in minimal):
                continue
            minimal.append(multiple)
            if not any(_common(e, new) == multiple and _is_coprime(e, new) for e in basis):
                sweet = sum(multiple) + max(e.sugar - sum(e.lead) for e in (element, new))
                pairs.append((sweet, _order(multiple), element, new, multiple))
        basis = [e for e in basis if not _divides(new.lead, e.lead)] + [new]
    return flint.fmpz_mpoly_vec([e.polynomial for e in basis], context)


class _Element(NamedTuple):
    """A polynomial of the basis; its sugar is the degree that it would have if all had been homogeneous."""

    polynomial: Any
    lead: Powers
    sugar: int


def _common(a: _Element, b: _Element) -> Powers:
    return tuple(map(max, a.lead, b.lead))


def _is_coprime(a: _Element, b: _Element) -> bool:
    return not any(x and y for x, y in zip(a.lead, b.lead, strict=True))


def _divides(a: Powers, b: Powers) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))


def _order(powers: Powers) -> Powers:
    return (sum(powers), *(-p for p in reversed(powers)))


if __name__ == "__main__":
    signal.setitimer(signal.ITIMER_PROF, float(sys.argv[1]))
    if sys.argv[2] not in OURS:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (the program chosen by `run_apart`)
    answer = _basis(sys.stdin.read().split(), by_sugar=sys.argv[2] == OURS[0])
    print("\n".join(map(to_line, answer)) if answer is not None else sys.exit(1))
