r"""Pitchforks at the origin of odd fields: proof that nothing else is critical near by.

Near a simple zero eigenvalue at the origin all states follow one of them, :math:`u`, and what is left of the equations
is :math:`g(u, p) = 0`, odd in u; the Jacobian is singular where :math:`g_u = 0`. If both vanish at a :math:`u \ne 0`,
then by Rolle's theorem :math:`g_{uuu}` vanishes between 0 and u. So it is enough that balls exclude this.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement, permutations
from typing import Any

import numpy as np
import sympy
from flint import arb, arb_mat
from sympy import Expr, Symbol

from dynsym.arithmetic.balls import BallArithmetic, precision
from dynsym.arithmetic.tape import Tape
from dynsym.functions.smoothness import derivative

__all__ = ["OddField", "is_odd"]

BITS = 64
REACHES = [0.3 * 2.0**-k for k in range(9)]
SLACK = 0.5


def is_odd(rates: Sequence[Expr], states: Sequence[Symbol]) -> bool:
    """Whether the field changes its sign with the states, as its formulas tell."""
    turned = {x: -x for x in states}
    return all(sympy.expand(rate + rate.xreplace(turned)) == 0 for rate in rates)


class OddField:
    """An odd field with its derivatives to order three, to be evaluated over boxes."""

    def __init__(self, rates: Sequence[Expr], states: Sequence[Symbol], parameter: Symbol) -> None:
        self.size = len(states)
        self._orders = []
        for order in (1, 2, 3):
            table = {}
            for i, rate in enumerate(rates):
                for places in combinations_with_replacement(range(self.size), order):
                    entry = rate
                    for k in places:
                        entry = derivative(entry, states[k]).value if states[k] in entry.free_symbols else sympy.S.Zero
                    if entry != 0:
                        table[i, places] = entry
            self._orders.append((list(table), Tape.of(list(table.values()), [*states, parameter])))

    def neighbourhood(self, place: float, room: float) -> tuple[list[float], float] | None:
        """How far in each state, and in the parameter around its critical value, nothing else is critical.

        None where that is not proved; `room` is how far the parameter may go.
        """
        with precision(BITS):
            here = self._tensors([0.0] * self.size, arb(place))
        jacobian = np.array([[float(x.mid()) for x in row] for row in here[0]])
        left, _, right = np.linalg.svd(jacobian)
        mode = right[-1]
        along, across = int(np.argmax(abs(mode))), int(np.argmax(abs(left[:, -1])))
        for reach in REACHES:
            reaches = [reach * (2 * abs(x / mode[along]) + SLACK) for x in mode]
            reaches[along] = reach
            width = min(reach / 2, room)
            with precision(BITS):
                if self._is_alone(reaches, arb(place, width), along, across):
                    return reaches, width
        return None

    def _tensors(self, reaches: Sequence[float], parameter: arb) -> list[np.ndarray]:
        box = [*(arb(0, r) for r in reaches), parameter]
        found = []
        for order, (places, tape) in enumerate(self._orders, start=1):
            tensor = np.full((self.size,) * (order + 1), arb(0), dtype=object)
            for (i, own), value in zip(places, tape.run(BallArithmetic(), box), strict=True):
                for place in set(permutations(own)):
                    tensor[(i, *place)] = value
            found.append(tensor)
        return found

    def _is_alone(self, reaches: Sequence[float], parameter: arb, along: int, across: int) -> bool:
        jacobian, second, third = self._tensors(reaches, parameter)
        rows = [i for i in range(self.size) if i != across]
        others = [k for k in range(self.size) if k != along]

        def followed(right: Any) -> list[arb] | None:
            """-A⁻¹ b, A the slopes of the other equations by the other states."""
            if not rows:
                return []
            matrix = arb_mat([[jacobian[i, k] for k in others] for i in rows])
            try:
                solved = matrix.solve(arb_mat(len(rows), 1, [-right[i] for i in rows]))
            except ZeroDivisionError:
                return None
            return [solved[n, 0] for n in range(len(rows))]

        def vector(first: arb, rest: Sequence[arb]) -> np.ndarray:
            full = np.full(self.size, arb(0), dtype=object)
            full[along] = first
            for k, value in zip(others, rest, strict=True):
                full[k] = value
            return full

        slopes = followed(jacobian[:, along])
        if slopes is None or not all(abs(s) * reaches[along] < reaches[k] for s, k in zip(slopes, others, strict=True)):
            return False
        x1 = vector(arb(1), slopes)
        bend = followed(second @ x1 @ x1)
        if bend is None:
            return False
        x2 = vector(arb(0), bend)
        source = 3 * (second @ x1 @ x2) + third @ x1 @ x1 @ x1
        twist = followed(source)
        if twist is None:
            return False
        value = jacobian[across] @ vector(arb(0), twist) + source[across]
        return bool(value.is_finite()) and not value.contains(0)
