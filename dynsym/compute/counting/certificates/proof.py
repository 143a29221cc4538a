"""The proof that a certificate holds: all of space cut into parts, each with the reason why it holds no new solution.

A search in plain floats finds the cuts and the reasons. Nothing rests on its rounding, since `checker` repeats every
reason in balls; a reason that would fail there by a hair is not used.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.certificates.witnesses import SAFE, WitnessParts
from dynsym.compute.counting.matrices.krawczyk import newton
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["Proof", "prove_by_cuts"]

Batch = tuple[np.ndarray, np.ndarray, np.ndarray, int]
CHUNK, HARD_CHUNK, STEPS = 256, 64, 30
"""Parts treated at a time; where contraction by the rows of C stalls, fewer, with factors raised in so many steps."""
WORTH = 0.2
"""A slice is cut off where it takes away at least this share of the width."""
SAME = 1e-8
"""Newton's method comes this near to a solution from everywhere; nearer ones cannot be told apart here."""
HOPEFUL = 0.7
"""Parts wider than this in some output are not tested for a single solution."""


@dataclass(slots=True)
class Proof:
    """Parts of space by number; part 0 is the whole."""

    steps: list[Any] = field(default_factory=lambda: [None])
    roots: list[np.ndarray] = field(default_factory=list)

    def cut(self, part: int, unknown: int, place: float) -> tuple[int, int]:
        """Cut a part; the numbers of the low and the high piece."""
        low = len(self.steps)
        self.steps += [None, None]
        self.steps[part] = ("cut", unknown, place, low, low + 1)
        return low, low + 1

    def in_order(self) -> list[list[Any]]:
        """The steps as the file has them: each part before its pieces, the low piece first."""
        out, stack = [], [0]
        while stack:
            step = self.steps[stack.pop()]
            out.append([x.tolist() if isinstance(x, np.ndarray) else x for x in step[:3]])
            if step[0] == "cut":
                stack += [step[4], step[3]]
        return out


def prove_by_cuts(problem: LinkProblem, reach: np.ndarray, mirror: int | None, clock: Clock) -> Proof:
    """Cut all of space into parts that hold one solution or none."""
    run = _Run(problem, Proof(), float(reach.max()))
    low, high = -reach, reach.copy()
    if mirror is not None:
        low[mirror] = 0.0
    whole = 0
    for k, unit in enumerate(np.eye(problem.size)):
        if k != mirror:
            empty, whole = run.proof.cut(whole, k, float(low[k]))
            run.proof.steps[empty] = ("empty", -unit)
        whole, empty = run.proof.cut(whole, k, float(high[k]))
        run.proof.steps[empty] = ("empty", unit)
    stack: list[Batch] = [(low[None], high[None], np.array([whole]), 0)]
    while stack:
        clock.check("The proof of a certificate")
        stack += run.work(*_next_batch(stack))
    return run.proof


def _next_batch(stack: list[Batch]) -> Batch:
    """Parts from the end of the stack, as many as are treated at a time with the effort of the last."""
    taken = [stack.pop()]
    effort = taken[0][3]
    most = HARD_CHUNK if effort else CHUNK
    size = len(taken[0][2])
    while stack and size < most and stack[-1][3] == effort:
        taken.append(stack.pop())
        size += len(taken[-1][2])
    low, high, part = (np.concatenate([batch[k] for batch in taken]) for k in range(3))
    if size > most:
        stack.append((low[most:], high[most:], part[most:], effort))
    return low[:most], high[:most], part[:most], effort


@dataclass(slots=True)
class _Run:
    problem: LinkProblem
    proof: Proof
    reach: float
    projections: list[tuple[float, int]] = field(default_factory=list)

    def over(self, low: np.ndarray, high: np.ndarray) -> WitnessParts:
        return WitnessParts.over(self.problem, low, high)

    def work(self, low: np.ndarray, high: np.ndarray, part: np.ndarray, effort: int) -> list[Batch]:
        """Contract, settle and cut a batch; what is left to do, and with what effort."""
        low, high, part, better = self.contract(low, high, part, effort)
        settled = self.settle(low, high, part)
        again, stuck = better & ~settled, ~better & ~settled
        left = [(low[again], high[again], part[again], 0)] if again.any() else []
        low, high, part = low[stuck], high[stuck], part[stuck]
        if not len(part):
            return left
        if not effort:
            return [(low, high, part, STEPS), *left]
        k = self.over(low, high).influence().argmax(axis=1)
        row = np.arange(len(k))
        place = 0.5 * (low[row, k] + high[row, k])
        pieces = [self.proof.cut(p, j, c) for p, j, c in zip(part.tolist(), k.tolist(), place.tolist(), strict=True)]
        lower_high, upper_low = high.copy(), low.copy()
        lower_high[row, k] = upper_low[row, k] = place
        lower, upper = np.array(pieces).T
        left.append(
            (np.concatenate([low, upper_low]), np.concatenate([lower_high, high]), np.concatenate([lower, upper]), 0)
        )
        return left

    def contract(
        self, low: np.ndarray, high: np.ndarray, part: np.ndarray, effort: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Cut off what holds no solution: the rest, and the mask of the parts that became smaller."""
        about = self.over(low, high)
        inverse, unit = about.factors(), np.eye(self.problem.size)
        without = np.broadcast_to(np.concatenate([-unit, unit]), (len(part), 2 * len(unit), len(unit)))
        factors = np.concatenate([-inverse, inverse], axis=1)
        if effort:
            factors = about.raised(factors, without, inverse, effort)
        slack = SAFE * (np.abs(factors) * (1 + np.maximum(-low, high))[:, None, :]).sum(axis=2)
        # Row k of C F = 0 reads y_k = ..., so these bound y_k from below and from above.
        floor, ceiling = np.split(about.least(factors, without) - slack, 2, axis=1)
        ceiling = -ceiling
        gap = np.concatenate([floor - high, low - ceiling], axis=1)
        which = gap.argmax(axis=1)
        empty = gap[np.arange(len(part)), which] > 0
        for b in np.flatnonzero(empty):
            self.proof.steps[part[b]] = ("empty", factors[b, which[b]])
        low, high, part, factors, floor, ceiling = (x[~empty] for x in (low, high, part, factors, floor, ceiling))
        better, width = np.zeros(len(part), dtype=bool), high - low
        from_below, from_above = floor - low > WORTH * width, high - ceiling > WORTH * width
        for k in range(len(unit)):
            for side, chosen in ((-1, from_below[:, k]), (1, from_above[:, k])):
                end = (floor if side < 0 else ceiling)[:, k]
                rows = np.flatnonzero(chosen & (low[:, k] < end) & (end < high[:, k]))
                if len(rows):
                    ends = end[rows]
                    row = k if side < 0 else len(unit) + k
                    better[rows] |= self.slice_off(low, high, part, rows, k, side, ends, factors[rows, row])
        return low, high, part, better

    def slice_off(
        self,
        low: np.ndarray,
        high: np.ndarray,
        part: np.ndarray,
        rows: np.ndarray,
        k: int,
        side: int,
        ends: np.ndarray,
        factors: np.ndarray,
    ) -> np.ndarray:
        """Cut off the slices of some parts that lie beyond `ends` in unknown k; where that was possible."""
        slice_low, slice_high = low[rows].copy(), high[rows].copy()
        (slice_high if side < 0 else slice_low)[:, k] = ends
        slack = SAFE * (np.abs(factors) * (1 + np.maximum(-slice_low, slice_high))).sum(axis=1)
        empty = self.over(slice_low, slice_high).least(factors[:, None, :])[:, 0] > 0.1 * slack
        for row, end, factor in zip(rows[empty].tolist(), ends[empty].tolist(), factors[empty], strict=True):
            pieces = self.proof.cut(int(part[row]), k, end)
            self.proof.steps[pieces[side > 0]] = ("empty", factor)
            part[row] = pieces[side < 0]
            (low if side < 0 else high)[row, k] = end
        return empty

    def settle(self, low: np.ndarray, high: np.ndarray, part: np.ndarray) -> np.ndarray:
        """Mask of the parts in which every solution is one that is named."""
        settled = np.zeros(len(part), dtype=bool)
        value = self.problem.functions.value
        hopeful = np.flatnonzero((value(high) - value(low) < HOPEFUL).all(axis=1))
        if not len(hopeful):
            return settled
        y = newton(self.problem, 0.5 * (low[hopeful] + high[hopeful]), limit=10 * self.reach)
        good = np.abs(self.problem.residual(y)).max(axis=1) < 1e-9 * (1 + self.reach)
        hopeful, y = hopeful[good], y[good]
        about = self.over(np.minimum(low[hopeful], y - 1e-9), np.maximum(high[hopeful], y + 1e-9))
        alone = about.is_injective(inverses(self.problem.jacobian(y)))
        for b, point in zip(hopeful[alone], y[alone], strict=True):
            self.proof.steps[part[b]] = ("root", self.number(point))
            settled[b] = True
        return settled

    def number(self, point: np.ndarray) -> int:
        """The number of a solution, a new one if it is not near a known one."""
        place = float(point @ np.cos(1.0 + np.arange(len(point))))
        spot = bisect.bisect(self.projections, (place - SAME, -1))
        for near, number in self.projections[spot:]:
            if near > place + SAME:
                break
            if np.abs(self.proof.roots[number] - point).max() < SAME:
                return number
        self.projections.insert(spot, (place, len(self.proof.roots)))
        self.proof.roots.append(point)
        return len(self.proof.roots) - 1
