"""Branch and prune for link problems: chord relaxation, injectivity by the preconditioned Jacobian, Krawczyk."""

from __future__ import annotations

import numpy as np

from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.links.multiplier_bounds import tighten
from dynsym.compute.counting.links.product_relaxation import relax_products
from dynsym.compute.counting.links.relaxation import forward, relax
from dynsym.compute.counting.links.shaving import shave
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.matrices.preconditioner import Preconditioner
from dynsym.compute.counting.search.engine import Contracted, Engine, Found

__all__ = ["LinkEngine"]

PROGRAM_ENTRIES = 2**18
"""Numbers in the matrices of the linear programmes solved at a time; more would not stay in the cache."""
CURVED_WIDTH = 1e-3
"""Boxes narrower than this in every output gain nothing from linear programmes: chords are as good as hulls."""

INJECTIVE_WIDTH = 0.6
"""Boxes wider than this in some output are not tested for injectivity where the test needs an inverse of its own."""


class LinkEngine(Engine):
    """The `Engine` of y = b + W φ(y) + φ(y) ∘ (K φ(y)²)."""

    def __init__(self, problem: LinkProblem, reach: float) -> None:
        self.problem = problem
        self.reach = reach
        self.is_odd = problem.is_odd
        self.can_tighten = problem.cubic is None
        self.tightened_chunk = max(PROGRAM_ENTRIES // (2 * problem.size**3), 1)

    def prepare(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, ...]:
        if self.problem.cubic is None:
            return forward(self.problem, low, high)
        shaved = shave(self.problem, low, high)
        return shaved.low, shaved.high, shaved.gap_low, shaved.gap_high

    def contract(self, low: np.ndarray, high: np.ndarray) -> Contracted:
        if self.problem.cubic is None:
            return relax(self.problem, low, high)
        return relax_products(self.problem, low, high)

    def tighten(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        wide = (self._output_width(low, high) > CURVED_WIDTH).any(axis=1)
        low, high = low.copy(), high.copy()
        low[wide], high[wide] = tighten(self.problem, low[wide], high[wide])
        return low, high

    def cut(self, column: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return self.problem.functions.middle_of(column, low, high)

    def gap_size(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.where(high > low, self._output_width(low, high), 0.0)

    def _output_width(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return self.problem.functions.value(high) - self.problem.functions.value(low)

    def settle(self, boxes: Contracted) -> tuple[np.ndarray, Found]:
        low, high = boxes.low, boxes.high
        if isinstance(boxes.memory, Preconditioner):
            return self._settle_with(boxes.memory, low, high)
        settled = np.zeros(len(low), dtype=bool)
        hopeful = np.flatnonzero((self._output_width(low, high) < INJECTIVE_WIDTH).all(axis=1))
        if not len(hopeful):
            return settled, Found.nothing(self.problem.size)
        about, _ = Preconditioner.at(self.problem, 0.5 * (low[hopeful] + high[hopeful]))
        settled[hopeful], found = self._settle_with(about, low[hopeful], high[hopeful])
        return settled, found

    def _settle_with(self, about: Preconditioner, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, Found]:
        """Injective boxes: the one solution is enclosed, and F is injective on the hull of box and enclosure."""
        problem = self.problem
        settled = about.is_injective(problem, low, high)
        chosen = np.flatnonzero(settled)
        if not len(chosen):
            return settled, Found.nothing(problem.size)
        low, high = low[chosen], high[chosen]
        enclosed = enclose(problem, newton(problem, 0.5 * (low + high), limit=self.reach))
        known = (enclosed.low >= low).all(axis=1) & (enclosed.high <= high).all(axis=1) & enclosed.certified
        straddling = np.flatnonzero(enclosed.certified & ~known)
        if len(straddling):
            hull_low = np.minimum(low[straddling], enclosed.low[straddling])
            hull_high = np.maximum(high[straddling], enclosed.high[straddling])
            alone = about.take(chosen[straddling]).is_injective(problem, hull_low, hull_high)
            known[straddling[alone]] = True
        settled[chosen[~known]] = False
        return settled, Found(enclosed.middle[known], enclosed.radius[known], enclosed.sign[known])

    def refined(self, found: Found) -> Found:
        """Narrower enclosures of the same solutions, where Newton's method leads to one."""
        if not len(found.sign):
            return found
        again = enclose(self.problem, newton(self.problem, found.middle, limit=self.reach))
        return found.narrowed(Found(again.middle, again.radius, again.sign), again.certified)

    def is_injective(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Whether each box [low, high] is proved to hold at most one solution."""
        about, _ = Preconditioner.at(self.problem, 0.5 * (low + high))
        return about.is_injective(self.problem, low, high)
