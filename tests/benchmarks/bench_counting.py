"""Proved counts beside random starts: ``python tests/benchmarks/bench_counting.py [--quick] [--only TEXT] [--growth]``.

Each row is a family of random networks. Beside the proof, MINPACK is started 1000 times from the box that holds every
equilibrium; what it finds is no proof, and often too little. Seconds are processor time of one core.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import root

import dynsym as ds

SAME = 1e-6
"""Roots of MINPACK nearer than this are counted once."""


@dataclass(frozen=True)
class Network:
    """x' = -x + (J + V) φ(x) + b, V of plastic weights at rest with strengths A, or none."""

    weights: np.ndarray
    bias: np.ndarray
    strength: np.ndarray | None = None
    activation: str = "tanh"

    def system(self) -> ds.SymbolicSystem:
        size = len(self.bias)
        nodes = [ds.Node(f"x{i + 1}", bias=float(b)) for i, b in enumerate(self.bias)]
        edges = [
            ds.Edge(nodes[j].name, nodes[i].name, weight=float(self.weights[i, j]))
            for i in range(size)
            for j in range(size)
            if self.weights[i, j]
        ]
        activation = ds.Rectified() if self.activation == "relu" else ds.Tanh()
        synapse = ds.Static() if self.strength is None else ds.Hebbian(self.strength)
        return ds.build_system(ds.Network(nodes, edges), node=ds.LeakyRate(activation), synapse=synapse)

    def rate(self, x: np.ndarray) -> np.ndarray:
        output = np.maximum(x, 0.0) if self.activation == "relu" else np.tanh(x)
        drive = self.weights @ output + self.bias - x
        return drive if self.strength is None else drive + output * (self.strength @ output**2)

    def reach(self) -> np.ndarray:
        """|x| of equilibria where |φ| <= 1; rectified networks have no such bound, and get ten times as much."""
        total = np.abs(self.weights).sum(axis=1) + np.abs(self.bias)
        if self.strength is not None:
            total = total + self.strength.sum(axis=1)
        return total * (10.0 if self.activation == "relu" else 1.0)


def static(size: int, g: float, seed: int) -> Network:
    weights = np.random.default_rng(seed).standard_normal((size, size)) * g / np.sqrt(size)
    return Network(weights, np.zeros(size))


def rectified(size: int, g: float, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, size)) * g / np.sqrt(size)
    return Network(weights, 0.3 * rng.standard_normal(size), activation="relu")


def hebbian(size: int, kappa: float, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    strength = kappa / size * abs(rng.standard_normal((size, size)))
    return Network(np.zeros((size, size)), 0.2 * rng.standard_normal(size), strength)


@dataclass(frozen=True)
class Row:
    """A family, its seeds, and how many seconds a proof may take."""

    name: str
    make: Callable[[int, float, int], Network]
    size: int
    strength: float
    seeds: range
    target: float

    def network(self, seed: int) -> Network:
        return self.make(self.size, self.strength, seed)


ROWS = (
    Row("tanh N = 10, g = 4", static, 10, 4.0, range(10), 0.1),
    Row("tanh N = 12, g = 4", static, 12, 4.0, range(10), 0.5),
    Row("tanh N = 15, g = 4", static, 15, 4.0, range(5), 6.0),
    Row("Hebbian N = 6, kappa = 6", hebbian, 6, 6.0, range(5), 0.6),
    Row("Hebbian N = 8, kappa = 6", hebbian, 8, 6.0, range(3), 4.0),
    Row("Hebbian N = 10, kappa = 4", hebbian, 10, 4.0, range(1), 60.0),
    Row("tanh N = 20, g = 2", static, 20, 2.0, range(1), 60.0),
    Row("tanh N = 25, g = 2", static, 25, 2.0, range(1), 60.0),
    Row("relu N = 16, g = 2", rectified, 16, 2.0, range(3), 10.0),
)
GROWTH = [
    *(("tanh", static, n, 4.0) for n in (4, 6, 8, 10, 12, 14, 16)),
    *(("tanh", static, n, 2.0) for n in (10, 15, 20, 25)),
    *(("tanh", static, 12, g) for g in (1.5, 2.0, 3.0, 4.0, 6.0, 8.0)),
    *(("Hebbian", hebbian, n, 6.0) for n in (3, 4, 5, 6, 7)),
    *(("Hebbian", hebbian, 6, kappa) for kappa in (1.0, 2.0, 4.0, 8.0)),
    *(("relu", rectified, n, 2.0) for n in (8, 10, 12, 14)),
]


def proof(network: Network, limit: float) -> tuple[float, ds.EquilibriumCount]:
    """Processor seconds of a proved count of a built model, stability of every equilibrium included."""
    system = network.system()
    began = time.process_time()
    count = ds.count_equilibria(system, budget=ds.Budget(seconds=limit, boxes=None))
    return time.process_time() - began, count


def guess(network: Network, starts: int, seed: int) -> tuple[float, int]:
    """Processor seconds and distinct roots of MINPACK from random starts in the start box."""
    rng, reach = np.random.default_rng(seed), network.reach()
    began = time.process_time()
    found: list[np.ndarray] = []
    for start in rng.uniform(-1, 1, (starts, len(reach))) * reach:
        attempt = root(network.rate, start)
        if attempt.success and np.abs(network.rate(attempt.x)).max() < 1e-9:
            found.append(attempt.x)
    used = time.process_time() - began
    return used, len(distinct(np.array(found)))


def distinct(points: np.ndarray) -> np.ndarray:
    """One of each group of points nearer than SAME."""
    kept: list[np.ndarray] = []
    for point in points:
        if not kept or np.abs(np.array(kept) - point).max(axis=1).min() > SAME:
            kept.append(point)
    return np.array(kept)


def table(rows: list[Row], starts: int, limit: float) -> None:
    print(f"{'case':27}{'proof, s: median (worst)':>26}{'target':>8}  {'equilibria':<26}", end="")
    print(f"{starts} starts, s{'ratio':>7}  roots found")
    for row in rows:
        proofs = [proof(row.network(seed), limit) for seed in row.seeds]
        guesses = [guess(row.network(seed), starts, seed) for seed in row.seeds]
        ours, theirs = np.median([t for t, _ in proofs]), np.median([t for t, _ in guesses])
        spent = f"{ours:.3f} ({max(t for t, _ in proofs):.3f})"
        counts = " ".join(f"{c.lower}" if c.status == "proved" else f">={c.lower}" for _, c in proofs)
        roots = " ".join(str(n) for _, n in guesses)
        print(
            f"{row.name:27}{spent:>26}{row.target:8g}  {counts:<26}{theirs:12.2f}{ours / theirs:8.3f}  {roots}",
            flush=True,
        )


def growth(chosen: str, limit: float) -> None:
    """How the cost of a proof grows, over five seeds each."""
    print(f"\n{'family':10}{'N':>4}{'g':>6}{'s, median':>11}{'worst':>9}{'boxes, median':>15}  equilibria")
    for name, make, size, strength in GROWTH:
        if chosen not in f"{name} N = {size}":
            continue
        proofs = [proof(make(size, strength, seed), limit) for seed in range(5)]
        seconds = [t for t, _ in proofs]
        boxes = np.median([c.boxes_examined for _, c in proofs])
        counts = " ".join(f"{c.lower}" if c.status == "proved" else f">={c.lower}" for _, c in proofs)
        print(
            f"{name:10}{size:4}{strength:6g}{np.median(seconds):11.3f}{max(seconds):9.3f}{boxes:15.0f}  {counts}",
            flush=True,
        )


def rows_named(text: str, is_quick: bool) -> Iterator[Row]:
    for row in ROWS:
        if text in row.name and not (is_quick and row.target > 4):
            yield row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small networks and 100 starts")
    parser.add_argument("--only", default="", help="rows whose name contains this text")
    parser.add_argument("--starts", type=int, help="random starts of MINPACK for each network")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds allowed to each proof")
    parser.add_argument("--growth", action="store_true", help="how cost grows with N and g, in place of the table")
    options = parser.parse_args()
    proof(static(3, 2.0, 0), 60.0)
    if options.growth:
        growth(options.only, options.limit)
    else:
        chosen = list(rows_named(options.only, options.quick))
        table(chosen, options.starts or (100 if options.quick else 1000), options.limit)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
