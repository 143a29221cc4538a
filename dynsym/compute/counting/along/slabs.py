"""Where along a parameter the number of zeros may change: branch and prune in the unknowns and the parameter.

If on an interval of the parameter every zero is regular, and none lies on the boundary of a box that holds them all,
the number of zeros is the same throughout: zeros move continuously, and neither meet nor escape (implicit function
theorem and compactness). So the search only has to find the singular zeros. On a slab, an interval of the parameter,
a box is dropped when it holds no zero, or when the Jacobian is regular all over it; what is left is handed to the parts
of the slab. Slabs are treated by size, so that all bifurcations are boxed equally well when a limit is reached.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dynsym._budget import Clock
from dynsym.compute.counting.along.families import CountedFamily, Slab
from dynsym.compute.counting.matrices.elimination import eliminate
from dynsym.compute.counting.matrices.singularity import is_regular, lacks_singular_zero

__all__ = ["undecided_intervals"]

FIRST_SLABS = 16
FINEST = 2.0**-31
"""Share of the span that a slab is not split below."""
SLIVER = 64.0
"""Stretches between undecided intervals that are shorter than so many of the finest slabs are left undecided too."""
CHUNK = 512
BOXES_A_SLAB = 300
"""Boxes examined on one slab before what is left is handed to its parts."""
MOST_SLABS = 64
"""Where more slabs than this of one size stay open, singular zeros fill an interval, and splitting is of no use."""
SHRUNK = 0.7
NARROWED = 0.7
"""A slab that shrank to this share is treated again before it is split."""
MOST_TRIES = 3
"""How often boxes that are wide in a state are split on one of the finest slabs, `BOXES_A_SLAB` at a time."""
LOCAL = 0.25
"""What is left on less than this share of a slab is treated as a slab of its own."""
NARROW, SMALLEST = 1e-7, 1e-13
"""Widths of boxes, relative to 1 + |x|: those on the finest slabs are split to the first, none below the second."""

Progress = Callable[[float], None]


@dataclass(slots=True)
class _Boxes:
    """Boxes (batch, m) of the unknowns, each with the part of the slab on which it may hold a singular zero."""

    low: np.ndarray
    high: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    @property
    def scale(self) -> np.ndarray:
        """What widths are compared with, (batch, m)."""
        return 1 + np.maximum(np.abs(self.low), np.abs(self.high))

    @property
    def is_narrow(self) -> np.ndarray:
        """Whether each box is narrow in all states."""
        return (self.high - self.low <= NARROW * self.scale).all(axis=1)

    def take(self, chosen: np.ndarray | slice) -> _Boxes:
        return _Boxes(self.low[chosen], self.high[chosen], self.first[chosen], self.last[chosen])

    @classmethod
    def joined(cls, parts: list[_Boxes]) -> _Boxes:
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("low", "high", "first", "last")))

    def within(self, first: float, last: float) -> _Boxes:
        """The boxes that concern a part of the slab, those that only touch it left to the neighbour."""
        overlap = (self.first < last) & (self.last > first)
        part = self.take(overlap | ((self.first == self.last) & (self.first >= first) & (self.last <= last)))
        return _Boxes(part.low, part.high, np.maximum(part.first, first), np.minimum(part.last, last))


@dataclass(slots=True)
class _Open:
    """A slab to do; its boxes, or None where a start box must be found first."""

    first: float
    last: float
    boxes: _Boxes | None
    tries: int = 0


def undecided_intervals(
    family: CountedFamily, low: float, high: float, *, clock: Clock, progress: Progress | None = None
) -> list[tuple[float, float]]:
    """Intervals of the parameter outside of which every zero is regular."""
    ends = np.linspace(low, high, FIRST_SLABS + 1)
    queue = deque(_Open(float(a), float(b), None) for a, b in pairwise(ends))
    finest = FINEST * (high - low)
    left: list[tuple[float, float]] = []
    while queue and not clock.is_over and len(queue) <= MOST_SLABS:
        largest = max(s.last - s.first for s in queue)
        for _ in range(len(queue)):
            task = queue.popleft()
            if task.last - task.first < 0.5 * largest:
                queue.append(task)
                continue
            if clock.is_over:
                queue.append(task)
                break
            queue.extend(_parts(_search(family, task, finest), finest, left))
        if progress is not None:
            progress(1 - sum(s.last - s.first for s in queue) / (high - low))
    left += [(task.first, task.last) for task in queue]
    return _merged(left, low, high, SLIVER * finest)


def _search(family: CountedFamily, task: _Open, finest: float) -> _Open | None:
    """What is left of a slab; None if nothing is."""
    slab = family.slab(task.first, task.last)
    if slab is None:
        return task
    boxes = task.boxes
    if boxes is None:
        start = slab.start_boxes()
        if start is None:
            return task
        count = len(start[0])
        if not count:
            return None
        boxes = _Boxes(*start, np.full(count, task.first), np.full(count, task.last))
    left = _left_over(slab, boxes, finest)
    if not len(left):
        return None
    return _Open(task.first, task.last, left, task.tries)


def _parts(task: _Open | None, finest: float, left: list[tuple[float, float]]) -> list[_Open]:
    """The slabs to do next; one that is narrow enough is noted as undecided instead."""
    if task is None:
        return []
    boxes, parts = task.boxes, []
    stretches = [(task.first, task.last)] if boxes is None else _union(boxes.first, boxes.last)
    for first, last in stretches:
        if last - first <= finest:
            inside = None if boxes is None else boxes.within(first, last)
            if inside is None or inside.is_narrow.all() or task.tries >= MOST_TRIES:
                left.append((first, last))
            else:
                parts.append(_Open(first, last, inside, task.tries + 1))
        elif last - first < NARROWED * (task.last - task.first):
            parts.append(_Open(first, last, None if boxes is None else boxes.within(first, last)))
        else:
            middle = 0.5 * first + 0.5 * last
            parts += [
                _Open(a, b, None if boxes is None else boxes.within(a, b)) for a, b in ((first, middle), (middle, last))
            ]
    return [part for part in parts if part.boxes is None or len(part.boxes)]


def _union(first: np.ndarray, last: np.ndarray) -> list[tuple[float, float]]:
    """The union of the intervals [first, last], as disjoint ones."""
    order = np.argsort(first)
    reach = np.maximum.accumulate(last[order])
    gaps = np.flatnonzero(first[order][1:] > reach[:-1])
    starts = first[order][np.concatenate([[0], gaps + 1])]
    return list(zip(starts.tolist(), reach[np.concatenate([gaps, [len(order) - 1]])].tolist(), strict=True))


def _left_over(slab: Slab, boxes: _Boxes, finest: float) -> _Boxes:
    """Boxes of a slab that may hold a singular zero, when they lie on a small part of it, or are many."""
    width = float(boxes.last.max() - boxes.first.min())
    done, examined = boxes.take(slice(0, 0)), 0
    while len(boxes) and examined < BOXES_A_SLAB:
        examined += len(boxes)
        parts = [_divided(slab, boxes.take(slice(k, k + CHUNK)), finest) for k in range(0, len(boxes), CHUNK)]
        boxes = _Boxes.joined(parts)
        is_done = (boxes.last - boxes.first <= finest) & boxes.is_narrow
        done, boxes = _Boxes.joined([done, boxes.take(is_done)]), boxes.take(~is_done)
        left = _Boxes.joined([done, boxes])
        if len(left) and sum(b - a for a, b in _union(left.first, left.last)) < LOCAL * width:
            return left
    return _Boxes.joined([done, boxes])


def _divided(slab: Slab, boxes: _Boxes, finest: float) -> _Boxes:
    """Contract boxes and halve those that did not shrink: in a state or in the parameter, whichever matters more."""
    width = np.concatenate([boxes.high - boxes.low, (boxes.last - boxes.first)[:, None]], axis=1)
    boxes, influence = _contracted(slab, boxes)
    if not len(boxes):
        return boxes
    narrow = np.concatenate([boxes.high - boxes.low, (boxes.last - boxes.first)[:, None]], axis=1)
    shrank = (narrow < SHRUNK * width[influence.kept]).any(axis=1)
    by_state = np.where(narrow[:, :-1] > SMALLEST * boxes.scale, influence.of_states, -1.0)
    best = by_state.max(axis=1)
    by_parameter = ~shrank & (influence.of_parameter >= best) & ((narrow[:, -1] > finest) | (best < 0))
    split = ~shrank & ~by_parameter
    parts = [boxes.take(shrank), _halves(boxes.take(split), by_state[split].argmax(axis=1))]
    wide = boxes.take(by_parameter)
    middle = 0.5 * wide.first + 0.5 * wide.last
    parts.append(_Boxes(wide.low, wide.high, wide.first, middle))
    parts.append(_Boxes(wide.low, wide.high, middle, wide.last))
    return _Boxes.joined(parts)


@dataclass(slots=True)
class _Influence:
    """Which boxes of a batch are kept, and what states and parameter contribute to the width of each."""

    kept: np.ndarray
    of_states: np.ndarray
    of_parameter: np.ndarray


def _contracted(slab: Slab, boxes: _Boxes) -> tuple[_Boxes, _Influence]:
    """Contract boxes, and drop those that hold no singular zero."""
    kept = np.arange(len(boxes))
    low, high, *_ = slab.engine.prepare(boxes.low, boxes.high)
    full = (low <= high).all(axis=1)
    low, high, kept = low[full], high[full], kept[full]
    if len(kept):
        contracted = slab.engine.contract(low, high)
        full = (contracted.low <= contracted.high).all(axis=1)
        low, high, kept = contracted.low[full], contracted.high[full], kept[full]
    if len(kept):
        expansion = slab.expansion(low, high, boxes.first[kept], boxes.last[kept])
        has_face = (boxes.low[kept] == boxes.high[kept]).any(axis=1)
        left = has_face | ~is_regular(expansion)
        low, high, kept, expansion, has_face = low[left], high[left], kept[left], expansion.take(left), has_face[left]
    if len(kept):
        here = (low, high, boxes.first[kept], boxes.last[kept])
        curvature, changes = slab.curvature(*here), np.full(expansion.radius.shape, np.inf)
        if curvature is not None:
            free, changes = lacks_singular_zero(expansion, slab.centre_jacobian(*here), curvature)
            left = has_face | ~free
            low, high, kept, expansion, changes = low[left], high[left], kept[left], expansion.take(left), changes[left]
    if not len(kept):
        return boxes.take(kept), _Influence(kept, np.empty((0, low.shape[1])), np.empty(0))
    found = eliminate(expansion)
    centre, place = 0.5 * low + 0.5 * high, 0.5 * boxes.first[kept] + 0.5 * boxes.last[kept]
    bottom = np.fmax(low, np.nextafter(centre + found.low[:, :-1], -np.inf))
    top = np.fmin(high, np.nextafter(centre + found.high[:, :-1], np.inf))
    first = np.fmax(boxes.first[kept], np.nextafter(place + found.low[:, -1], -np.inf))
    last = np.fmin(boxes.last[kept], np.nextafter(place + found.high[:, -1], np.inf))
    full = (bottom <= top).all(axis=1) & (first <= last)
    is_known = np.isfinite(changes).all(axis=1) & (changes.max(axis=1) > 0)
    chosen = np.where(is_known[:, None], changes, found.influence)[full]
    influence = _Influence(kept[full], chosen[:, :-1], chosen[:, -1])
    return _Boxes(bottom[full], top[full], first[full], last[full]), influence


def _halves(boxes: _Boxes, column: np.ndarray) -> _Boxes:
    """Both halves of each box in the column given."""
    row = np.arange(len(boxes))
    cut = 0.5 * boxes.low[row, column] + 0.5 * boxes.high[row, column]
    lower_high, upper_low = boxes.high.copy(), boxes.low.copy()
    lower_high[row, column], upper_low[row, column] = cut, cut
    return _Boxes.joined(
        [
            _Boxes(boxes.low, lower_high, boxes.first, boxes.last),
            _Boxes(upper_low, boxes.high, boxes.first, boxes.last),
        ]
    )


def _merged(intervals: list[tuple[float, float]], low: float, high: float, sliver: float) -> list[tuple[float, float]]:
    """The union, gaps up to `sliver` filled, as disjoint intervals, each widened by one representable number."""
    joined: list[tuple[float, float]] = []
    for a, b in sorted(intervals):
        first, last = max(low, float(np.nextafter(a, -np.inf))), min(high, float(np.nextafter(b, np.inf)))
        if joined and first - joined[-1][1] <= sliver:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
