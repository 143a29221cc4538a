"""What the box search needs of equations: contraction, settling, and where to split.

An `Engine` is given batches of boxes and hands back contracted ones, the mask of those that hold at most one solution,
and the enclosures found on the way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

__all__ = ["Contracted", "Engine", "Found"]


@dataclass(slots=True)
class Contracted:
    """A batch of contracted boxes, and what the engine wants to remember of them."""

    low: np.ndarray
    high: np.ndarray
    influence: np.ndarray
    noise: np.ndarray
    memory: object = None

    def take(self, chosen: np.ndarray) -> Contracted:
        """The chosen boxes (mask or positions)."""
        memory = self.memory if self.memory is None else self.memory.take(chosen)  # type: ignore[attr-defined]
        return Contracted(self.low[chosen], self.high[chosen], self.influence[chosen], self.noise[chosen], memory)


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

    def narrowed(self, again: Found, certified: np.ndarray) -> Found:
        """The enclosures `again` where they are certified and lie inside these: then they hold the same solutions."""
        better = certified & np.all((again.low >= self.low) & (again.high <= self.high), axis=1)
        return Found(
            np.where(better[:, None], again.middle, self.middle),
            np.where(better[:, None], again.radius, self.radius),
            self.sign,
        )

    @property
    def low(self) -> np.ndarray:
        return np.nextafter(self.middle - self.radius, -np.inf)

    @property
    def high(self) -> np.ndarray:
        return np.nextafter(self.middle + self.radius, np.inf)


class Engine(ABC):
    """The equations, as the driver sees them."""

    is_odd: bool = False
    can_tighten: bool = False
    tightened_chunk: int = 1

    @abstractmethod
    def prepare(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
        """A cheap contraction: low, high, and the ends of a gap without solutions in each unknown (or none)."""

    @abstractmethod
    def contract(self, low: np.ndarray, high: np.ndarray) -> Contracted:
        """The main contraction."""

    @abstractmethod
    def settle(self, boxes: Contracted) -> tuple[np.ndarray, Found]:
        """Mask of the boxes that are settled, and the solutions enclosed on the way."""

    def tighten(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A stronger contraction that takes much longer, where the engine has one."""
        return low, high

    def cut(self, column: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Where to cut [low, high] in these unknowns."""
        return 0.5 * low + 0.5 * high

    def gap_size(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """How much a gap matters; zero where there is none."""
        return np.where(high > low, high - low, 0.0)
