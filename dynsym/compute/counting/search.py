"""Branch and prune: every solution in a box, each in an enclosure of its own.

The driver keeps a stack of boxes and works it off from its end, in chunks. An `Engine` knows the equations: it contracts
boxes, settles those that hold at most one solution, and says where to split the rest. An enclosure found from a box may
straddle its faces: the neighbour finds the same solution, and `merging` sorts that out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from dynsym._budget import Clock
from dynsym.errors import ParameterError

__all__ = ["BranchAndPrune", "Contracted", "Engine", "Found", "Progress", "SearchOutcome", "search"]

SHRUNK = 0.7
"""A box of which some width shrank to less than this share is contracted again before it is split."""

Progress = Callable[[float, int, int], None]
"""Called with the share of the start box that is settled, the number of boxes examined and of solutions found."""


@dataclass(frozen=True, kw_only=True)
class BranchAndPrune:
    """How the box search works.

    Parameters
    ----------
    chunk : int
        Boxes treated at a time.
    smallest : float
        Boxes narrower than this, relative to the start box, are reported as undecided.
    use_symmetry : bool
        Whether x → -x is used where the equations have it.

    Raises
    ------
    ParameterError
        If a number is not positive.

    Examples
    --------
    >>> BranchAndPrune(chunk=256).chunk
    256
    """

    chunk: int = 512
    smallest: float = 1e-9
    use_symmetry: bool = True

    def __post_init__(self) -> None:
        for name in ("chunk", "smallest"):
            if not getattr(self, name) > 0:
                raise ParameterError(
                    f"BranchAndPrune got {name}={getattr(self, name)!r}. It must be positive. "
                    f"Try {name}={getattr(BranchAndPrune, name)}."
                )


@dataclass(slots=True)
class Contracted:
    """A batch of contracted boxes, and what the engine wants to remember of them.

    Parameters
    ----------
    low, high : ndarray (batch, m)
        low > high somewhere in a box that holds no solution.
    influence : ndarray (batch, m)
        The unknown with the largest is split.
    memory : object with `take`, or None
    """

    low: np.ndarray
    high: np.ndarray
    influence: np.ndarray
    memory: object = None

    def take(self, chosen: np.ndarray) -> Contracted:
        """The chosen boxes (mask or positions)."""
        memory = self.memory if self.memory is None else self.memory.take(chosen)  # type: ignore[attr-defined]
        return Contracted(self.low[chosen], self.high[chosen], self.influence[chosen], memory)


@dataclass(slots=True)
class Found:
    """Enclosures middle ± radius (count, m), each with exactly one solution, and the sign of det F' there."""

    middle: np.ndarray
    radius: np.ndarray
    sign: np.ndarray

    @classmethod
    def nothing(cls, size: int) -> Found:
        return cls(np.empty((0, size)), np.empty((0, size)), np.empty(0, dtype=int))

    @classmethod
    def joined(cls, parts: list[Found]) -> Found:
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("middle", "radius", "sign")))

    def take(self, chosen: np.ndarray) -> Found:
        return Found(self.middle[chosen], self.radius[chosen], self.sign[chosen])

    @property
    def low(self) -> np.ndarray:
        return np.nextafter(self.middle - self.radius, -np.inf)

    @property
    def high(self) -> np.ndarray:
        return np.nextafter(self.middle + self.radius, np.inf)


class Engine(ABC):
    """The equations, as the driver sees them."""

    is_odd: bool = False

    @abstractmethod
    def prepare(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
        """A cheap contraction: low, high, and the ends of a gap without solutions in each unknown (or none)."""

    @abstractmethod
    def contract(self, low: np.ndarray, high: np.ndarray) -> Contracted:
        """The main contraction."""

    @abstractmethod
    def settle(self, boxes: Contracted) -> tuple[np.ndarray, Found]:
        """Mask of the boxes that are settled, and the solutions enclosed on the way."""

    def cut(self, column: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Where to cut [low, high] in these unknowns."""
        return 0.5 * low + 0.5 * high

    def gap_size(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """How much a gap matters; zero where there is none."""
        return np.where(high > low, high - low, 0.0)


@dataclass(slots=True)
class SearchOutcome:
    """What a search found.

    Parameters
    ----------
    found : Found
        Not yet merged: one solution may be enclosed more than once.
    undecided : list of (low, high)
        Boxes that are neither excluded nor settled.
    examined : int
        Boxes examined.
    reason : str or None
        Why the search was stopped.
    """

    found: Found
    undecided: list[tuple[np.ndarray, np.ndarray]]
    examined: int
    reason: str | None = None


def search(
    engine: Engine,
    low: np.ndarray,
    high: np.ndarray,
    *,
    method: BranchAndPrune,
    clock: Clock,
    progress: Progress | None = None,
    settled_box: tuple[np.ndarray, np.ndarray] | None = None,
) -> SearchOutcome:
    """Find every solution in a box.

    Parameters
    ----------
    engine : Engine
    low, high : ndarray (m,)
    method : BranchAndPrune
    clock : Clock
        Stops the search at its limits of seconds and boxes.
    progress : callable, optional
    settled_box : (low, high), optional
        A box whose solutions are known otherwise; boxes inside it are dropped.

    Returns
    -------
    SearchOutcome
    """
    run = _Run(engine, method, clock, progress, np.maximum(high - low, 1e-300), settled_box)
    run.mirrored = method.use_symmetry and engine.is_odd and bool((low == -high).all())
    run.stack.append((low[None].copy(), high[None].copy(), np.ones(1)))
    return run.work_off()


@dataclass(slots=True)
class _Run:
    """One run: the stack of boxes with the share of the start box that each stands for."""

    engine: Engine
    method: BranchAndPrune
    clock: Clock
    progress: Progress | None
    scale: np.ndarray
    settled_box: tuple[np.ndarray, np.ndarray] | None
    mirrored: bool = False
    stack: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    undecided: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    examined: int = 0
    settled: float = 0.0

    def work_off(self) -> SearchOutcome:
        if self.mirrored:
            self._halve()
        reason = None
        while self.stack:
            reason = self._limit_reached()
            if reason:
                self.undecided += [box for low, high, _ in self.stack for box in zip(low, high, strict=True)]
                break
            self._work(*self._next_chunk())
            if self.progress is not None:
                self.progress(self.settled, self.examined, sum(len(f.sign) for f in self.found))
        found = Found.joined([Found.nothing(len(self.scale)), *self.found])
        undecided = self.undecided
        if self.mirrored:
            found = Found.joined([found, Found(-found.middle, found.radius, found.sign)])
            undecided = undecided + [(-high, -low) for low, high in undecided]
        return SearchOutcome(found, undecided, self.examined, reason)

    def _halve(self) -> None:
        """Keep x_k >= 0 for the most influential k: the other half holds the mirror images."""
        low, high, share = self.stack.pop()
        k = int(self.engine.contract(low, high).influence[0].argmax())
        low[0, k] = 0.0
        self.stack.append((low, high, share))

    def _limit_reached(self) -> str | None:
        budget = self.clock.budget
        if self.clock.is_over:
            return f"stopped at the limit of {budget.seconds:g} s"
        if budget.boxes is not None and self.examined >= budget.boxes:
            return f"stopped at the limit of {budget.boxes} boxes"
        return None

    def _next_chunk(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        parts, size = [], 0
        while self.stack and size < self.method.chunk:
            low, high, share = self.stack.pop()
            room = self.method.chunk - size
            if len(low) > room:
                self.stack.append((low[:-room], high[:-room], share[:-room]))
                low, high, share = low[-room:], high[-room:], share[-room:]
            parts.append((low, high, share))
            size += len(low)
        if len(parts) == 1:
            return parts[0]
        low, high, share = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return low, high, share

    def _work(self, low: np.ndarray, high: np.ndarray, share: np.ndarray) -> None:
        self.examined += len(low)
        before = high - low
        low, high, *gap = self.engine.prepare(low, high)
        low, high, share, before, *gap = self._without_empty(low, high, share, before, *gap)
        if gap and len(low):
            low, high, share, before = self._split_gaps(low, high, share, before, *gap)
        if not len(low):
            return
        boxes = self.engine.contract(low, high)
        empty = (boxes.low > boxes.high).any(axis=1) | self._is_settled_elsewhere(boxes)
        if empty.any():
            self.settled += float(share[empty].sum())
            boxes, before, share = boxes.take(~empty), before[~empty], share[~empty]
        if not len(share):
            return
        done, found = self.engine.settle(boxes)
        self.found.append(found)
        self.settled += float(share[done].sum())
        if not done.all():
            left = ~done
            self._divide(boxes.low[left], boxes.high[left], boxes.influence[left], before[left], share[left])

    def _without_empty(
        self, low: np.ndarray, high: np.ndarray, share: np.ndarray, *others: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        empty = (low > high).any(axis=1)
        if not empty.any():
            return low, high, share, *others
        self.settled += float(share[empty].sum())
        return tuple(a[~empty] for a in (low, high, share, *others))

    def _is_settled_elsewhere(self, boxes: Contracted) -> np.ndarray:
        if self.settled_box is None:
            return np.zeros(len(boxes.low), dtype=bool)
        low, high = self.settled_box
        return (boxes.low >= low).all(axis=1) & (boxes.high <= high).all(axis=1)

    def _split_gaps(
        self,
        low: np.ndarray,
        high: np.ndarray,
        share: np.ndarray,
        before: np.ndarray,
        gap_low: np.ndarray,
        gap_high: np.ndarray,
    ) -> tuple[np.ndarray, ...]:
        """Split boxes with a gap there, and put the parts back; what is left has none."""
        size = self.engine.gap_size(gap_low, gap_high)
        split = size.max(axis=1) > 0
        if split.any():
            j, row = size[split].argmax(axis=1), np.arange(int(split.sum()))
            self._put_parts(low[split], high[split], share[split], j, gap_low[split][row, j], gap_high[split][row, j])
        whole = ~split
        return low[whole], high[whole], share[whole], before[whole]

    def _divide(
        self, low: np.ndarray, high: np.ndarray, influence: np.ndarray, before: np.ndarray, share: np.ndarray
    ) -> None:
        """Split what is open; a box that shrank well is contracted again first."""
        width = high - low
        small = (width <= self.method.smallest * self.scale).all(axis=1)
        if small.any():
            self.undecided += list(zip(low[small], high[small], strict=True))
            self.settled += float(share[small].sum())
        shrank = (width < SHRUNK * before).any(axis=1) & ~small
        if shrank.any():
            self.stack.append((low[shrank], high[shrank], share[shrank]))
        cut = np.flatnonzero(~small & ~shrank)
        if not len(cut):
            return
        low, high, width, share, influence = low[cut], high[cut], width[cut], share[cut], influence[cut]
        row = np.arange(len(cut))
        influence = np.where(width > 0, influence, -1.0)
        j = np.where(influence.max(axis=1) > 0, influence.argmax(axis=1), width.argmax(axis=1))
        left, right = low[row, j], high[row, j]
        margin = 0.05 * (right - left)
        place = np.clip(self.engine.cut(j, left, right), left + margin, right - margin)
        self._put_parts(low, high, share, j, place, place)

    def _put_parts(
        self,
        low: np.ndarray,
        high: np.ndarray,
        share: np.ndarray,
        j: np.ndarray,
        left_end: np.ndarray,
        right_start: np.ndarray,
    ) -> None:
        """Put back both parts of each box, left of `left_end` and right of `right_start` in unknown j."""
        row = np.arange(len(low))
        lower_high, upper_low = high.copy(), low.copy()
        lower_high[row, j], upper_low[row, j] = left_end, right_start
        half = 0.5 * share
        self.stack.append(
            (np.concatenate([low, upper_low]), np.concatenate([lower_high, high]), np.concatenate([half, half]))
        )
