"""Branch and prune: every solution in a box, each in an enclosure of its own.

The driver keeps a stack of boxes and works it off from its end, in chunks. An `Engine` knows the equations: it
contracts boxes, settles those that hold at most one solution, and says where to split the rest. An enclosure found from
a box may straddle its faces: the neighbour finds the same solution, and `merging` sorts that out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.search.engine import Contracted, Engine, Found
from dynsym.errors import ParameterError

__all__ = ["SEARCH_SHARE", "BranchAndPrune", "Progress", "SearchOutcome", "search"]

SHRUNK = 0.7
"""A box of which some width shrank to less than this share is contracted again before it is split."""
NOISY = 0.25
NOISY_GENERATIONS = 6
NOISY_WIDTH = 0.02
"""A box is given up when rounding alone made more than a share NOISY of its width, and of its ancestors' widths, so
often; wide ones are not, since a preconditioner may be unlucky."""
OFF_CENTRE = 0.03
"""Boxes are cut so far from the middle, as a share of the width: solutions at y_k = 0 would lie on cuts, and be found
from both sides of each."""
PATIENCE = 4096
DEAR = 1000
"""With an engine that can tighten, a search starts over, tightening every box, once it has examined PATIENCE boxes and
DEAR for each solution found. A tightened box costs about a hundred others."""
TRIED, LEAST_GAIN, MOST_GAIN = 64, 1.0, 10.0
"""Tightening ends once TRIED boxes were tightened, and their widths were halved less than LEAST_GAIN times on average,
all unknowns together; a box may count for MOST_GAIN, and does if it proved empty."""

SEARCH_SHARE = 0.75
"""Share of the seconds for a search; the rest is for starts of Newton's method and for stabilities."""

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
class SearchOutcome:
    """What a search found."""

    found: Found
    undecided: list[tuple[np.ndarray, np.ndarray]]
    examined: int
    reason: str | None = None
    halved: int | None = None


def search(
    engine: Engine,
    low: np.ndarray,
    high: np.ndarray,
    *,
    method: BranchAndPrune,
    clock: Clock,
    progress: Progress | None = None,
    settled_box: tuple[np.ndarray, np.ndarray] | None = None,
    stop_when_undecided: bool = False,
) -> SearchOutcome:
    """Find every solution in a box."""
    run = _Run(engine, method, clock, progress, np.maximum(high - low, 1e-300), settled_box, stop_when_undecided)
    run.mirrored = method.use_symmetry and engine.is_odd and bool((low == -high).all())
    run.start(low, high)
    run.work_off()
    if run.gave_up:
        run.start_over(low, high)
        run.work_off()
    return run.outcome()


@dataclass(slots=True)
class _Boxes:
    """Boxes to do."""

    low: np.ndarray
    high: np.ndarray
    share: np.ndarray
    noisy: np.ndarray

    def __len__(self) -> int:
        return len(self.share)

    def take(self, chosen: np.ndarray | slice) -> _Boxes:
        return _Boxes(self.low[chosen], self.high[chosen], self.share[chosen], self.noisy[chosen])

    @classmethod
    def joined(cls, parts: list[_Boxes]) -> _Boxes:
        names = ("low", "high", "share", "noisy")
        return parts[0] if len(parts) == 1 else cls(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


@dataclass(slots=True)
class _Run:
    """One run of the search."""

    engine: Engine
    method: BranchAndPrune
    clock: Clock
    progress: Progress | None
    scale: np.ndarray
    settled_box: tuple[np.ndarray, np.ndarray] | None
    stop_when_undecided: bool = False
    mirrored: bool = False
    halved: int | None = None
    stack: list[_Boxes] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    found_before: list[Found] = field(default_factory=list)
    undecided: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    examined: int = 0
    settled: float = 0.0
    reported: float = 0.0
    solutions: int = 0
    tightens: bool = False
    started_over: bool = False
    tightened: int = 0
    gain: float = 0.0
    reason: str | None = None

    def start(self, low: np.ndarray, high: np.ndarray) -> None:
        self.stack = [_Boxes(low[None].copy(), high[None].copy(), np.ones(1), np.zeros(1, dtype=int))]
        if self.mirrored:
            self._halve()

    def start_over(self, low: np.ndarray, high: np.ndarray) -> None:
        """Tighten boxes from the first one on. What was found is used only if the search does not come to its end."""
        self.found_before, self.found, self.undecided, self.settled, self.solutions = self.found, [], [], 0.0, 0
        self.tightens = self.started_over = True
        self.start(low, high)

    @property
    def gave_up(self) -> bool:
        """Whether solutions are so dear that boxes should be tightened."""
        if self.started_over or not self.engine.can_tighten or self.reason or not self.stack:
            return False
        return self.examined >= max(PATIENCE, DEAR * self.solutions)

    def work_off(self) -> None:
        while self.stack and not self.gave_up:
            self.reason = self._limit_reached()
            if self.reason:
                for left in self.stack:
                    self.undecided += list(zip(left.low, left.high, strict=True))
                break
            self._work(self._next_chunk())
            if self.progress is not None:
                self.reported = max(self.reported, self.settled)
                self.progress(self.reported, self.examined, self.solutions)

    def outcome(self) -> SearchOutcome:
        before = self.found_before if self.reason else []
        found = Found.joined([Found.nothing(len(self.scale)), *self.found, *before])
        undecided = self.undecided
        if self.mirrored:
            found = Found.joined([found, Found(-found.middle, found.radius, found.sign)])
            undecided = undecided + [(-high, -low) for low, high in undecided]
        return SearchOutcome(found, undecided, self.examined, self.reason, self.halved)

    def _halve(self) -> None:
        """Keep x_k >= 0 for the most influential k: the other half holds the mirror images."""
        (start,) = self.stack
        k = int(self.engine.contract(start.low, start.high).influence[0].argmax())
        start.low[0, k] = 0.0
        self.halved = k

    def _limit_reached(self) -> str | None:
        budget = self.clock.budget
        if budget.seconds is not None and self.clock.elapsed > SEARCH_SHARE * budget.seconds:
            return f"stopped at the limit of {budget.seconds:g} s"
        if budget.boxes is not None and self.examined >= budget.boxes:
            return f"stopped at the limit of {budget.boxes} boxes"
        if self.stop_when_undecided and self.undecided:
            return "stopped at the first box that could not be settled"
        return None

    def _next_chunk(self) -> _Boxes:
        parts, size = [], 0
        most = min(self.method.chunk, self.engine.tightened_chunk) if self.tightens else self.method.chunk
        while self.stack and size < most:
            boxes = self.stack.pop()
            room = most - size
            if len(boxes) > room:
                self.stack.append(boxes.take(slice(None, -room)))
                boxes = boxes.take(slice(-room, None))
            parts.append(boxes)
            size += len(boxes)
        return _Boxes.joined(parts)

    def _work(self, boxes: _Boxes) -> None:
        self.examined += len(boxes)
        before = boxes.high - boxes.low
        low, high, *gap = self.engine.prepare(boxes.low, boxes.high)
        boxes = _Boxes(low, high, boxes.share, boxes.noisy)
        full = np.all(low <= high, axis=1)
        if not full.all():
            self._note_empty(boxes.take(~full))
            boxes, before, gap = boxes.take(full), before[full], [g[full] for g in gap]
        if gap and len(boxes):
            boxes, before = self._split_gaps(boxes, before, *gap)
        if not len(boxes):
            return
        contracted = self.engine.contract(boxes.low, boxes.high)
        if self.settled_box is not None:
            elsewhere = np.all(
                (contracted.low >= self.settled_box[0]) & (contracted.high <= self.settled_box[1]), axis=1
            )
            self.settled += float(boxes.share[elsewhere].sum())
            contracted, before, boxes = contracted.take(~elsewhere), before[~elsewhere], boxes.take(~elsewhere)
        full = np.all(contracted.low <= contracted.high, axis=1)
        if not full.all():
            self._note_empty(boxes.take(~full))
            contracted, before, boxes = contracted.take(full), before[full], boxes.take(full)
        if not len(boxes):
            return
        done, found = self.engine.settle(contracted)
        self.found.append(found)
        self.solutions += len(found.sign)
        self.settled += float(boxes.share[done].sum())
        left = np.flatnonzero(~done)
        contracted, before, boxes = contracted.take(left), before[left], boxes.take(left)
        if self.tightens and len(boxes):
            left = self._tighten(contracted, before)
            self._note_empty(boxes.take(~left))
            contracted, before, boxes = contracted.take(left), before[left], boxes.take(left)
        if len(boxes):
            self._divide(contracted, before, boxes)

    def _tighten(self, contracted: Contracted, before: np.ndarray) -> np.ndarray:
        """Tighten the boxes that did not shrink well; returns the mask of those that may hold a solution."""
        low, high = contracted.low, contracted.high
        slow = np.flatnonzero((high - low >= SHRUNK * before).all(axis=1))
        width = high[slow] - low[slow]
        low[slow], high[slow] = self.engine.tighten(low[slow], high[slow])
        self.tightened += len(slow)
        self.gain += _halvings(width, high[slow] - low[slow])
        self.tightens = self.tightened < TRIED or self.gain >= LEAST_GAIN * self.tightened
        return np.all(low <= high, axis=1)

    def _note_empty(self, boxes: _Boxes) -> None:
        self.settled += float(boxes.share.sum())

    def _split_gaps(
        self, boxes: _Boxes, before: np.ndarray, gap_low: np.ndarray, gap_high: np.ndarray
    ) -> tuple[_Boxes, np.ndarray]:
        """Split boxes with a gap there, and put the parts back; what is left has none."""
        size = self.engine.gap_size(gap_low, gap_high)
        split = size.max(axis=1) > 0
        if split.any():
            j, row = size[split].argmax(axis=1), np.arange(int(split.sum()))
            self._put_parts(boxes.take(split), j, gap_low[split][row, j], gap_high[split][row, j])
        return boxes.take(~split), before[~split]

    def _divide(self, contracted: Contracted, before: np.ndarray, boxes: _Boxes) -> None:
        """Split what is open; a box that shrank well is contracted again first; one lost in rounding is given up."""
        low, high, width = contracted.low, contracted.high, contracted.high - contracted.low
        widest = width.max(axis=1)
        is_noisy = (contracted.noise > NOISY * widest) & (widest < NOISY_WIDTH * self.scale.max())
        noisy = np.where(is_noisy, boxes.noisy + 1, 0)
        boxes = _Boxes(low, high, boxes.share, noisy)
        shrank = (width < SHRUNK * before).any(axis=1)
        if shrank.any():
            self.stack.append(boxes.take(shrank))
        small = (width <= self.method.smallest * self.scale).all(axis=1) | (noisy >= NOISY_GENERATIONS)
        small &= ~shrank
        if small.any():
            self.undecided += list(zip(low[small], high[small], strict=True))
            self.settled += float(boxes.share[small].sum())
        cut = np.flatnonzero(~small & ~shrank)
        if not len(cut):
            return
        width, influence = width[cut], np.where(width[cut] > 0, contracted.influence[cut], -1.0)
        row = np.arange(len(cut))
        j = np.where(influence.max(axis=1) > 0, influence.argmax(axis=1), width.argmax(axis=1))
        left, right = low[cut][row, j], high[cut][row, j]
        margin = 0.05 * (right - left)
        place = self.engine.cut(j, left, right) + OFF_CENTRE * (right - left)
        place = np.clip(place, left + margin, right - margin)
        self._put_parts(boxes.take(cut), j, place, place)

    def _put_parts(self, boxes: _Boxes, j: np.ndarray, left_end: np.ndarray, right_start: np.ndarray) -> None:
        """Put back both parts of each box, left of `left_end` and right of `right_start` in unknown j."""
        row = np.arange(len(boxes))
        lower_high, upper_low = boxes.high.copy(), boxes.low.copy()
        lower_high[row, j], upper_low[row, j] = left_end, right_start
        half = 0.5 * boxes.share
        parts = [_Boxes(boxes.low, lower_high, half, boxes.noisy), _Boxes(upper_low, boxes.high, half, boxes.noisy)]
        self.stack.append(_Boxes.joined(parts))


def _halvings(before: np.ndarray, after: np.ndarray) -> float:
    """How often tightening halved widths (batch, m), at most MOST_GAIN for a box; negative widths are empty boxes."""
    share = np.maximum(after, 0.0) / np.maximum(before, 1e-300)
    return float(np.minimum(-np.log2(np.maximum(share, 2.0**-MOST_GAIN)).sum(axis=1), MOST_GAIN).sum())
