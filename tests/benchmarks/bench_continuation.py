"""Milliseconds a step of `continue_equilibrium`, against the plain way in numpy.

The plain way is pseudo-arclength with `numpy.linalg.solve` for Newton steps and the tangent and `numpy.linalg.eigvals`
at each step, on the same compiled functions: no detection, no step control, no control of the turn.

    python tests/benchmarks/bench_continuation.py [n ...]
"""

import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from dynsym.compute import compile_system
from dynsym.compute.continuation import PseudoArclength, continue_equilibrium
from dynsym.model import LeakyRate, Tanh, build_system
from dynsym.network import Network

SPAN = (0.0, 2.0)
LENGTH = 0.01


def random_network(n, seed=1):
    rng = np.random.default_rng(seed)
    weights = np.round(1.5 * rng.standard_normal((n, n)) / np.sqrt(n), 4)
    biases = np.round(0.3 * rng.standard_normal(n), 4)
    names = [f"x{i}" for i in range(n)]
    network = Network.from_matrix(weights, nodes=names, bias=list(map(float, biases)))
    return compile_system(build_system(network, node=LeakyRate(Tanh()), gain="g"))


def plain(f, span, length):
    """Steps made and seconds of processor time of the plain way."""
    n = f.dimension
    p = f.parameter_vector({"g": span[0]})
    x, tangent = np.zeros(n), np.append(np.zeros(n), 1.0)

    def system(y):
        p[0] = y[n]
        jacobian = np.zeros((n + 1, n + 1))
        jacobian[:n, :n], jacobian[:n, n] = f.jacobian(y[:n], p), f.parameter_derivative(y[:n], p, 0)
        jacobian[n] = tangent
        return jacobian

    began, steps = time.process_time(), 0
    y = np.append(x, span[0])
    for _ in range(20):
        p[0] = span[0]
        y[:n] -= np.linalg.solve(f.jacobian(y[:n], p), f.field(y[:n], p))
    while span[0] <= y[n] <= span[1]:
        guess = y + length * tangent
        y = guess.copy()
        for _ in range(10):
            p[0] = y[n]
            residual = np.append(f.field(y[:n], p), tangent @ (y - guess))
            step = np.linalg.solve(system(y), residual)
            y = y - step
            if np.linalg.norm(step) < 1e-10:
                break
        new = np.linalg.solve(system(y), np.append(np.zeros(n), 1.0))
        tangent = new / np.linalg.norm(new)
        np.linalg.eigvals(f.jacobian(y[:n], p))
        steps += 1
    return steps, time.process_time() - began


def dynsym(f, span, length):
    """Steps made and seconds of processor time of `continue_equilibrium`, detection on."""
    method = PseudoArclength(step=length, step_max=length)
    began = time.process_time()
    branch = continue_equilibrium(f, 0, parameter="g", span=span, method=method)
    return len(branch), time.process_time() - began


def main(sizes):
    print(f"{'n':>5} {'dynsym ms/step':>15} {'plain ms/step':>14} {'ratio':>6}")
    for n in sizes:
        f = random_network(n)
        dynsym(f, (0.0, 0.05), LENGTH)
        ours, theirs = (min(way(f, SPAN, LENGTH)[::-1] for _ in range(3)) for way in (dynsym, plain))
        ours, theirs = 1e3 * ours[0] / ours[1], 1e3 * theirs[0] / theirs[1]
        print(f"{n:>5} {ours:>15.3f} {theirs:>14.3f} {ours / theirs:>6.2f}")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [3, 10, 50, 200])
