"""The demonstrations as cold processes; sixty proved counts beside random starts."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import root

import dynsym as ds

STARTS = 100


def demo(name: str) -> None:
    """Wall and processor seconds, and peak memory, of one demonstration."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "dynsym", "demo", name]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"demo {name:8s} {wall:6.2f} s wall {used:6.2f} s processor, peak of all so far {after.ru_maxrss / 1024:.0f} MB"
    )


def counts() -> None:
    """Sixty proved counts of the pyloric circuit against MINPACK from random starts."""
    system = ds.build_system(ds.load_network("pyloric"), gain="g")
    began = time.process_time()
    proved = ds.count_along(system, parameter="g", span=(0.05, 3), points=60)
    ours = time.process_time() - began
    weights, rng = ds.load_network("pyloric").weight_matrix(), np.random.default_rng(0)
    began = time.process_time()
    guessed = []
    for g in np.linspace(0.05, 3, 60):
        found = [root(lambda x, g=g: -x + g * weights @ np.tanh(x), 3 * rng.standard_normal(3)) for _ in range(STARTS)]
        guessed.append(len({tuple(np.round(r.x, 5) + 0.0) for r in found if r.success}))
    plain = time.process_time() - began
    same = sum(c.lower == n for c, n in zip(proved.counts, guessed, strict=True))
    print(
        f"60 counts: proved {ours:.2f} s; {STARTS} random starts each {plain:.2f} s, no proof; ratio {ours / plain:.2f}"
    )
    print(f"           the guesses are right at {same} of 60 values")


if __name__ == "__main__":
    for name in ("pyloric", "ei", "hebb", "worm"):
        demo(name)
    counts()
