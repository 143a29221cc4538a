"""A limit of time that also ends work which never looks at a clock."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from dynsym._budget import Clock
from dynsym.errors import BudgetExceeded

__all__ = ["interrupted_after"]


@contextlib.contextmanager
def interrupted_after(clock: Clock) -> Iterator[None]:
    """Raise `BudgetExceeded` inside the block when the time of a clock is over.

    The alarm of the operating system does it, in the main thread of a process that has one; elsewhere the block has to
    look at the clock itself. Blocks may be nested: the earliest end counts.
    """
    seconds = clock.budget.seconds
    if seconds is None or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    left = max(seconds - clock.elapsed, 1e-3)
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    if outer and outer <= left:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise BudgetExceeded(f"stopped after {seconds:.3g} s. That was the limit. Try a larger one.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, left)
    began = clock.elapsed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (clock.elapsed - began), 1e-3))
