"""Claims proved in processes of their own, which can be ended: a line of JSON asks, a line of JSON answers."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TextIO

from dynsym.claims.claim import Claim
from dynsym.claims.files.catalogue import CLAIMS
from dynsym.claims.verdict import Verdict
from dynsym.errors import DynsymError

__all__ = ["Task", "answers", "serve"]

GRACE = 10.0
PATIENCE = 20.0
"""Seconds by the clock, and for each CPU second on a busy machine, after which a silent process is ended."""
OVER = 1.5
"""A process ends itself beyond so many times its limit, inside any library."""


TIME_OVER = getattr(signal, "SIGVTALRM", 0)

FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What a prover with a fault of its own may raise: the claim stays open, and the verdict says why."""


@dataclass(frozen=True)
class Task:
    """A claim by id, in the catalogue or in a file."""

    id: str
    _: KW_ONLY
    file: str | None = None

    def claim(self) -> Claim:
        """The claim itself."""
        if self.file is None:
            return CLAIMS.find(self.id)
        from dynsym.claims.files.claim_files import load_claims

        return next(claim for claim in load_claims(self.file) if claim.id == self.id)


def answers(
    tasks: Sequence[tuple[int, Task]], *, processes: int, seconds: float | None
) -> Iterator[tuple[int, Verdict]]:
    """Verdicts as they come in, with the number of the task."""
    if not tasks:
        return
    waiting: queue.SimpleQueue[tuple[int, Task] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Verdict]] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    lanes = [_Lane(waiting, done, seconds) for _ in range(min(processes, len(tasks)))]
    for lane in lanes:
        waiting.put(None)
        lane.start()
    try:
        for _ in tasks:
            yield done.get()
    finally:
        for lane in lanes:
            lane.end()


class _Lane(threading.Thread):
    """One process at a time, and a new one when it had to be ended."""

    def __init__(
        self,
        waiting: queue.SimpleQueue[tuple[int, Task] | None],
        done: queue.SimpleQueue[tuple[int, Verdict]],
        seconds: float | None,
    ) -> None:
        super().__init__(daemon=True)
        self.waiting, self.done, self.seconds = waiting, done, seconds
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.words: collections.deque[str] = collections.deque(maxlen=20)

    def run(self) -> None:
        while (entry := self.waiting.get()) is not None:
            number, task = entry
            self.done.put((number, self._verdict(task)))
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        if process is not None:
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def _verdict(self, task: Task) -> Verdict:
        claim = task.claim()
        limit = claim.seconds if self.seconds is None else self.seconds
        started = time.perf_counter()
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"id": task.id, "file": task.file, "seconds": limit}) + "\n")
            process.stdin.flush()
            line = self.lines.get(timeout=GRACE + PATIENCE * limit)
        except queue.Empty:
            self.end()
            return _not_settled(claim, f"the time limit of {limit:g} s was reached, and the process ended", started)
        except OSError:
            line = ""
        if not line.strip():
            time.sleep(0.1)  # its last words are on their way
            if process.poll() == -TIME_OVER:
                self.end()
                return _not_settled(claim, f"the time limit of {limit:g} s was reached, and the process ended", started)
            self.end()
            why = f": {self.words[-1].strip()}" if self.words else ""
            return _not_settled(claim, f"the process of the prover broke off{why}", started)
        return Verdict.from_json(json.loads(line))

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self.end()
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from dynsym.claims.proving.workers import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env={**environment, "PYTHONIOENCODING": "utf-8"},
            )
            self.lines = queue.SimpleQueue()
            self.words = collections.deque(maxlen=20)
            assert self.process.stdout is not None
            assert self.process.stderr is not None
            threading.Thread(target=_remember, args=(self.process.stderr, self.words), daemon=True).start()
            threading.Thread(target=_forward, args=(self.process.stdout, self.lines), daemon=True).start()
        return self.process


def _forward(stream: TextIO, lines: queue.SimpleQueue[str]) -> None:
    with contextlib.suppress(ValueError):  # the stream was closed
        for line in stream:
            lines.put(line)
    lines.put("")


def _remember(stream: TextIO, words: collections.deque[str]) -> None:
    with contextlib.suppress(ValueError):  # the stream was closed
        words.extend(stream)


def _not_settled(claim: Claim, reason: str, started: float) -> Verdict:
    return Verdict(
        "undecided",
        id=claim.id,
        statement=claim.statement,
        source=claim.source,
        scope=claim.scope,
        method="",
        reason=reason,
        notes=(reason,),
        seconds=time.perf_counter() - started,
        fingerprint=claim.fingerprint,
    )


def serve() -> None:
    """Read tasks from standard input and write verdicts to standard output, until the input ends."""
    from dynsym._budget import Budget
    from dynsym.claims.proving.asking import prove

    output, sys.stdout = sys.stdout, sys.stderr  # nothing else may stand among the answers
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        claim = Task(asked["id"], file=asked["file"]).claim()
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, OVER * asked["seconds"] + 1)
        try:
            verdict = prove(claim, budget=Budget(seconds=asked["seconds"]))
        except (DynsymError, MemoryError, RecursionError) as error:
            verdict = _not_settled(claim, f"{type(error).__name__}: {error}", started)
        except FAULTS as error:
            verdict = _not_settled(claim, f"internal fault of a prover, {type(error).__name__}: {error}", started)
        print(json.dumps(verdict.to_json()), file=output, flush=True)
