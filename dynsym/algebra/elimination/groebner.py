"""Gröbner bases for the degree reverse lexicographic order, by whichever engine reaches one.

Buchberger's algorithm over python-flint is exact and always there; Singular is exact, msolve works modulo primes and
trusts that enough of them were taken: what rests on its basis says so. Both are programs
(``pip install dynsym[algebra]``).
"""

from __future__ import annotations

import functools
import importlib.metadata
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flint import Ordering, fmpq, fmpz, fmpz_mpoly, fmpz_mpoly_ctx, fmpz_mpoly_vec

from dynsym._budget import Clock
from dynsym.algebra.elimination.apart import OURS, from_line, run_apart, to_line

__all__ = ["GroebnerBasis", "graded_ring", "groebner_basis", "program"]

QUICK = (80, 200, 3000)
"""Limits of Buchberger's algorithm in this process: polynomials in the basis, terms of each, bits of a coefficient."""
LONGEST = 60.0
"""CPU seconds where the budget has no limit."""


@dataclass(frozen=True, eq=False)
class GroebnerBasis:
    """A reduced Gröbner basis; `is_exact` unless it was computed modulo primes."""

    polynomials: list[fmpz_mpoly]
    is_exact: bool


def graded_ring(size: int) -> fmpz_mpoly_ctx:
    """Integer polynomials in x0, x1, ..., ordered by degree, then reverse lexicographically."""
    return fmpz_mpoly_ctx.get(tuple(f"x{k}" for k in range(size)), Ordering.degrevlex)


def groebner_basis(polynomials: Sequence[fmpz_mpoly], clock: Clock) -> GroebnerBasis | None:
    """A basis, or None where the time is over first."""
    given = [p for p in polynomials if p != 0]
    if not given:
        return GroebnerBasis([], True)
    context = given[0].context()
    found: Any
    found, is_complete = fmpz_mpoly_vec(given, context).buchberger_naive(limits=QUICK)
    if is_complete:
        return GroebnerBasis(list(found.autoreduction()), True)
    lines = "\n".join(map(to_line, given))
    for engine, share in zip(OURS, (0.3, 0.2), strict=True):
        answer = run_apart([engine], lines, _seconds(clock, share))
        if answer is not None:
            return GroebnerBasis([from_line(line, context) for line in answer.split()], True)
    for name, run, is_exact in (("Singular", _by_singular, True), ("msolve", _by_msolve, False)):
        command = program(name)
        basis = None if command is None else run(command, given, _seconds(clock, 0.5))
        if basis is not None:
            return GroebnerBasis(basis, is_exact)
    return None


@functools.cache
def program(name: str) -> str | None:
    """Where a program is: on the path, or inside the package that brings it; None where it is not installed."""
    found = shutil.which(name)
    if found is not None:
        return found
    try:
        files = importlib.metadata.files(f"passagemath-{name.lower()}") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    places = [file.locate() for file in files if file.name == name and file.parent.name == "bin"]
    return next((str(place) for place in places if Path(str(place)).exists()), None)


def _seconds(clock: Clock, share: float) -> float:
    return LONGEST * share if clock.budget.seconds is None else clock.part(share).budget.seconds or 1e-3


def _by_singular(command: str, given: Sequence[fmpz_mpoly], seconds: float) -> list[fmpz_mpoly] | None:
    context = given[0].context()
    text = (
        f"ring R=0,({','.join(context.names())}),dp; ideal I={','.join(map(_text, given))}; option(redSB); short=0; "
        'ideal G=interred(slimgb(I)); int i; for(i=1;i<=size(G);i++){print("@"+string(G[i]));} print("done"); quit;'
    )
    answer = run_apart([command, "-q", "--no-rc"], text, seconds)
    if answer is None or not answer.rstrip().endswith("done"):
        return None
    return [_polynomial(line[1:], context) for line in answer.splitlines() if line.startswith("@")]


def _by_msolve(command: str, given: Sequence[fmpz_mpoly], seconds: float) -> list[fmpz_mpoly] | None:
    """Msolve reads no parentheses: polynomials are written expanded."""
    context = given[0].context()
    with tempfile.TemporaryDirectory() as folder:
        system, answer = Path(folder, "system.ms"), Path(folder, "basis.ms")
        system.write_text(f"{','.join(context.names())}\n0\n" + ",\n".join(map(_text, given)) + "\n")
        if run_apart([command, "-f", str(system), "-o", str(answer), "-g", "2"], "", seconds) is None:
            return None
        inside = re.search(r"\[([^\[\]]*)\]:", answer.read_text() if answer.exists() else "")
    return inside and [_polynomial(line, context) for line in inside[1].replace("\n", "").split(",") if line.strip()]


def _text(polynomial: fmpz_mpoly) -> str:
    return str(polynomial).replace(" ", "")


def _polynomial(text: str, context: fmpz_mpoly_ctx) -> fmpz_mpoly:
    """A sum of monomials with rational coefficients, its denominators cleared."""
    position = {name: k for k, name in enumerate(context.names())}
    terms: dict[tuple[int, ...], fmpq] = {}
    for sign, term in re.findall(r"([+-]?)([^+-]+)", text.replace(" ", "")):
        coefficient, powers = fmpq(-1 if sign == "-" else 1), [0] * len(position)
        for factor in term.split("*"):
            base, _, last = factor.partition("^" if factor[0].isalpha() else "/")
            if base in position:
                powers[position[base]] += int(last or 1)
            else:
                coefficient *= fmpq(fmpz(base), fmpz(last or 1))
        terms[tuple(powers)] = terms.get(tuple(powers), fmpq(0)) + coefficient
    common = functools.reduce(fmpz.lcm, (c.q for c in terms.values()), fmpz(1))
    return context.from_dict({powers: (c * common).p for powers, c in terms.items() if c != 0})
