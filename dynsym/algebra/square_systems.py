"""A root of a square system of analytic equations, enclosed at any precision by the interval Newton method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import flint
import sympy
from flint import arb, arb_mat
from sympy import Expr, Symbol

from dynsym.arithmetic.balls import BallArithmetic, precision
from dynsym.arithmetic.tape import Tape
from dynsym.functions.smoothness import derivative

__all__ = ["EnclosedRoot", "SquareSystem"]

GUARD_BITS = 16
MOST_STEPS = 60


class SquareSystem:
    """As many equations as unknowns, ready to be evaluated in balls."""

    def __init__(self, equations: Sequence[Expr], unknowns: Sequence[Symbol]) -> None:
        self.unknowns = tuple(unknowns)
        self._values = Tape.of(list(equations), list(unknowns))
        slopes = [derivative(e, x).value if x in e.free_symbols else sympy.S.Zero for e in equations for x in unknowns]
        self._slopes = Tape.of(slopes, list(unknowns))

    def step(self, box: list[arb]) -> list[arb] | None:
        """The Newton image of a box around its middle: it holds every root in it. None where the slopes may vanish."""
        size = len(box)
        middle = [arb(x.mid()) for x in box]
        slopes = arb_mat(size, size, self._slopes.run(BallArithmetic(), box))
        values = arb_mat(size, 1, self._values.run(BallArithmetic(), middle))
        try:
            moved = slopes.solve(values)
        except ZeroDivisionError:
            return None
        return [m - moved[k, 0] for k, m in enumerate(middle)]


class EnclosedRoot:
    """The one root of a system in a box, at the working precision."""

    def __init__(self, system: SquareSystem, box: Sequence[arb], known: Mapping[Expr, arb] | None = None) -> None:
        self.system, self._box, self._others = system, list(box), dict(known or {})
        self._known: dict[int, list[arb]] = {}

    def beside(self, known: Mapping[Expr, arb]) -> EnclosedRoot:
        """The same root, among symbols whose values are known."""
        return EnclosedRoot(self.system, self._box, known)

    def balls(self) -> dict[Expr, arb]:
        """The unknowns at the root."""
        bits = flint.ctx.prec
        if bits not in self._known:
            box = self._box
            with precision(bits + GUARD_BITS):
                for _ in range(MOST_STEPS):
                    found = self.system.step(box)
                    if found is None:
                        break
                    smaller = [a.intersection(b) for a, b in zip(box, found, strict=True)]
                    if all(s.rad() * 2 >= b.rad() for s, b in zip(smaller, box, strict=True)):
                        break
                    box = smaller
            self._known[bits] = box
        return self._others | dict(zip(self.system.unknowns, self._known[bits], strict=True))
