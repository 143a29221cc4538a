"""What one method of counting has to say, before it is dressed as an `EquilibriumCount`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dynsym.results import Equilibrium

__all__ = ["SearchAnswer"]

Region = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class SearchAnswer:
    """A count and how sure it is."""

    status: str
    lower: int
    upper: int | None
    equilibria: tuple[Equilibrium, ...] = ()
    examined: int = 0
    undecided: tuple[Region, ...] = field(default=())
    undecided_count: int | None = None
    reason: str | None = None
    method: str = ""
