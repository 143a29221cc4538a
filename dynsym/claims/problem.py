"""What a prover is given beside the goal: hypotheses, the clock, and a way to ask about other goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING

from sympy.logic.boolalg import Boolean

from dynsym._budget import DEFAULT_BUDGET, Clock

if TYPE_CHECKING:
    from dynsym.claims.goals import Goal
    from dynsym.claims.verdict import Finding

__all__ = ["Problem"]


@dataclass(frozen=True)
class Problem:
    """The surroundings of a goal while it is being proved.

    Parameters
    ----------
    hypotheses : tuple of Boolean
        Relations that the free symbols satisfy.
    clock : Clock
        Runs out when the claim's time does; long searches call ``clock.check(...)`` or take ``clock.part(share)``.
    ask : callable (goal, problem) -> Finding
        Settles another goal, as provers of goals made of goals do.
    notes : list of str
        What could not be asked, and why; ends up in the verdict.

    Examples
    --------
    >>> from dynsym.claims.proving.asking import settle
    >>> Problem(ask=settle).hypotheses
    ()
    """

    hypotheses: tuple[Boolean, ...] = ()
    _: KW_ONLY
    ask: Callable[[Goal, Problem], Finding]
    clock: Clock = field(default_factory=DEFAULT_BUDGET.start)
    notes: list[str] = field(default_factory=list)

    def prove(self, goal: Goal, *further: Boolean, share: float = 1.0) -> Finding:
        """What dynsym finds out about another goal, under further hypotheses, in a share of the time that is left."""
        inner = replace(self, hypotheses=(*self.hypotheses, *further), clock=self.clock.part(share))
        return self.ask(goal, inner)

    def note(self, text: str) -> None:
        """Record what could not be done; each text once."""
        if text not in self.notes:
            self.notes.append(text)
