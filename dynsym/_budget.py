"""How much work a computation may spend before it gives up and says so.

Closed forms can explode and box searches can run for days: whatever may take long takes a `Budget`, checks it where the
work is done, and raises `BudgetExceeded` with the best form reached.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from dynsym.errors import BudgetExceeded, ParameterError

__all__ = ["DEFAULT_BUDGET", "Budget", "Clock"]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits of one computation; `None` means no limit.

    Parameters
    ----------
    seconds : float or None
        Wall-clock time.
    terms : int or None
        Terms of an expanded polynomial.
    boxes : int or None
        Boxes of a branch-and-prune search.

    Raises
    ------
    ParameterError
        If a limit is not a positive number.

    Examples
    --------
    >>> Budget(seconds=5).seconds
    5
    """

    seconds: float | None = 60.0
    terms: int | None = 200_000
    boxes: int | None = 2_000_000

    def __post_init__(self) -> None:
        for name in ("seconds", "terms", "boxes"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ParameterError(
                    f"{name}={limit!r} was given as a limit; it must be a positive number, or None for no limit. "
                    f"Try Budget({name}={getattr(Budget, name)})."
                )

    def start(self) -> Clock:
        """Start the clock of one computation."""
        return Clock(self)


@dataclass(frozen=True)
class Clock:
    """A `Budget` under way: knows when it began."""

    budget: Budget
    began: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether the time limit has passed."""
        return self.budget.seconds is not None and self.elapsed > self.budget.seconds

    def part(self, share: float) -> Clock:
        """A clock of its own for a step that may take this share of the time that is left."""
        seconds = self.budget.seconds
        left = None if seconds is None else max(share * (seconds - self.elapsed), 1e-9)
        return Clock(replace(self.budget, seconds=left))

    def check(self, what: str, best: object = None) -> None:
        """Raise `BudgetExceeded` when the time limit has passed."""
        if self.is_over:
            raise BudgetExceeded(
                f"{what}: stopped after {self.elapsed:.3g} s. The limit was {self.budget.seconds:g} s. "
                "Try a larger Budget(seconds=...), or give more parameters a value.",
                best,
            )

    def check_terms(self, what: str, terms: int, best: object = None) -> None:
        """Raise `BudgetExceeded` when so many terms would pass the limit."""
        if self.budget.terms is not None and terms > self.budget.terms:
            raise BudgetExceeded(
                f"{what}: would have about {terms} terms. The limit was {self.budget.terms}. "
                "Try a larger Budget(terms=...), or give more parameters a value.",
                best,
            )


DEFAULT_BUDGET = Budget()
