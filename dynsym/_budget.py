"""How much work a computation may spend before it gives up and says so.

Closed forms can explode and box searches can run for days: whatever may take long takes a `Budget`, checks it where the
work is done, and raises `BudgetExceeded` with the best form reached. Seconds are those of the processor, here and in
children: an answer does not depend on what else the machine does. Work that looks at no clock is ended too, Python code
by an alarm, a long call into a library in a child.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import FrameType

from dynsym.errors import BudgetExceeded, ParameterError

__all__ = ["DEFAULT_BUDGET", "Budget", "Clock", "charged", "in_child"]

LATE = 0.05
"""The alarm rings by this share of the limit after work that looks at its clock has stopped by itself."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits of one computation; `None` means no limit.

    Parameters
    ----------
    seconds : float or None
        Of the processor, in this process and its children.
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
            if limit is not None and not (isinstance(limit, int | float) and limit > 0):
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
    began: float = field(default_factory=lambda: _spent())

    @property
    def elapsed(self) -> float:
        """CPU seconds since the start."""
        return _spent() - self.began

    @property
    def is_over(self) -> bool:
        """Whether the time limit has passed."""
        return self.budget.seconds is not None and self.elapsed > self.budget.seconds

    def part(self, share: float) -> Clock:
        """A clock of its own for a step that may take this share of the time that is left."""
        seconds = self.budget.seconds
        left = None if seconds is None else max(share * (seconds - self.elapsed), 1e-9)
        return Clock(replace(self.budget, seconds=left))

    @contextlib.contextmanager
    def alarm(self) -> Iterator[None]:
        """Raise `BudgetExceeded` inside the block soon after the time is over, whatever Python code runs then.

        In the main thread of a system that has such alarms; elsewhere the block has to look at the clock itself. Blocks
        may be nested: the earliest end counts. The alarm rings again, should what it ended be followed by more.
        """
        seconds = self.budget.seconds
        if (
            seconds is None
            or not hasattr(signal, "setitimer")
            or threading.current_thread() is not threading.main_thread()
        ):
            yield
            return
        left = max(seconds - self.elapsed, 0.0) + LATE * seconds + 0.02
        outer, again = signal.getitimer(signal.ITIMER_PROF)
        if outer and outer <= left:
            yield
            return

        def ring(number: int, frame: FrameType | None) -> None:
            if self.is_over:  # the timer counts in ticks, and the clock exactly
                raise BudgetExceeded(
                    f"stopped after {self.elapsed:.3g} s. The limit was {seconds:g} s. Try a larger one."
                )

        before, began = signal.signal(signal.SIGPROF, ring), _spent()
        signal.setitimer(signal.ITIMER_PROF, left, LATE * seconds + 0.02)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            if outer:
                signal.setitimer(signal.ITIMER_PROF, max(outer - (_spent() - began), 1e-3), again)

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


def _spent() -> float:
    """CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


@contextlib.contextmanager
def charged() -> Iterator[None]:
    """Let the alarm count what children use in the block."""
    before = os.times()
    try:
        yield
    finally:
        after = os.times()
        left, again = signal.getitimer(signal.ITIMER_PROF) if hasattr(signal, "setitimer") else (0.0, 0.0)
        if left:
            used = after.children_user - before.children_user + after.children_system - before.children_system
            signal.setitimer(signal.ITIMER_PROF, max(left - used, again), again)
            if left <= used:
                signal.raise_signal(signal.SIGPROF)


def in_child(work: Callable[[], str], seconds: float | None = None) -> str:
    """The text that some work ends in, done by a copy of this process, until the alarm or these CPU seconds are over.

    For one long call into a library, during which no alarm is heard. Without a limit, or where processes cannot be
    copied, it is done here.
    """
    left = signal.getitimer(signal.ITIMER_PROF)[0] if hasattr(signal, "setitimer") else 0.0
    limits = [limit for limit in (left, seconds) if limit]
    if not limits or not hasattr(os, "fork"):
        return work()
    reader, writer = os.pipe()
    with charged():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the copy does not use
            child = os.fork()
        if child == 0:
            try:
                signal.signal(signal.SIGPROF, signal.SIG_DFL)
                signal.setitimer(signal.ITIMER_PROF, min(limits))
                with open(writer, "w", encoding="utf-8") as stream:
                    stream.write(work())
                os._exit(0)
            finally:
                os._exit(1)
        os.close(writer)
        try:
            with open(reader, encoding="utf-8") as stream:
                text = stream.read()
        except BaseException:
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        raise BudgetExceeded("A long exact computation was ended at the limit. Try a larger Budget(seconds=...).")
    return work() if status else text  # an error is raised here
