"""How a numerical method ended."""

from __future__ import annotations

from enum import Enum

__all__ = ["Outcome"]


class Outcome(Enum):
    """Why a curve or a trajectory stopped.

    Examples
    --------
    >>> Outcome.STEP_TOO_SMALL.is_failure, Outcome.REACHED_BOUNDARY.is_failure
    (True, False)
    """

    FINISHED = "finished"
    REACHED_BOUNDARY = "reached_boundary"
    CLOSED_LOOP = "closed_loop"
    JOINED_BRANCH = "joined_branch"
    EQUILIBRIUM_REACHED = "equilibrium_reached"
    MAX_STEPS = "max_steps"
    LEFT_DOMAIN = "left_domain"
    STEP_TOO_SMALL = "step_too_small"
    NEWTON_FAILED = "newton_failed"
    BLOW_UP = "blow_up"

    @property
    def is_failure(self) -> bool:
        """Whether the method stopped before what was asked."""
        return self in {Outcome.MAX_STEPS, Outcome.STEP_TOO_SMALL, Outcome.NEWTON_FAILED, Outcome.BLOW_UP}
