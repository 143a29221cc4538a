"""Figures of the model core, as ratios to the plain way in the same run: ``python tests/benchmarks/bench_model.py``."""

import subprocess
import sys
import time

import numpy as np
import sympy

import dynsym as ds


def best(function, *, times):
    """The least processor time of several calls, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        function()
        found.append(time.process_time() - start)
    return min(found)


def once(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def report(what, seconds, target=""):
    print(f"{what:<76} {seconds:>12} {target}")


def plastic(size, seed=0):
    weights = np.random.default_rng(seed).standard_normal((size, size))
    network = ds.Network.from_matrix(weights)
    return ds.build_system(network, synapse=ds.Hebbian("k"), gain="g", values={"k": 0.1, "g": 1.5})


def jacobian_as_callable():
    weights = np.random.default_rng(0).standard_normal((100, 100))

    def made():
        network = ds.Network.from_matrix(weights)
        system = ds.build_system(network, synapse=ds.Hebbian("k"), gain="g", values={"k": 0.1, "g": 1.5})
        f = ds.compile_system(system)
        x, p = np.zeros(f.dimension), f.parameter_vector()
        return f.sparse_jacobian(x, p), lambda: f.sparse_jacobian(x, p)

    seconds, (_, call) = once(made)
    report("Jacobian of 100 neurons, 10,000 plastic weights: from the graph, called", f"{seconds:.2f} s", "(≤ 2 s)")
    report("  each further call", f"{1e3 * best(call, times=10):.1f} ms")
    system = plastic(100)
    seconds, entries = once(system.jacobian_entries)
    report(f"  all {len(entries)} entries as formulas", f"{seconds:.2f} s")


def against_dense_differentiation():
    for size in (5, 10, 20):
        system = plastic(size)
        rates, states = sympy.Matrix(system.rhs), list(system.states)
        dense, _ = once(lambda rates=rates, states=states: rates.jacobian(states))
        sparse, _ = once(plastic(size).jacobian_entries)
        report(f"Jacobian, N = {size}, N² plastic weights: sympy dense / templates", f"{dense / sparse:.0f}×")
    sparse, _ = once(plastic(50).jacobian_entries)
    report("  N = 50 by templates (dense differentiation does not finish)", f"{sparse:.2f} s")


def right_hand_side():
    rng, size = np.random.default_rng(0), 1000
    weights, x = rng.standard_normal((size, size)) / np.sqrt(size), rng.standard_normal(size)
    f = ds.compile_system(ds.build_system(ds.Network.from_matrix(weights), gain="g", values={"g": 1.5}))
    p = f.parameter_vector()
    f.field(x, p)
    pairs = [(best(lambda: f.field(x, p), times=40), best(lambda: weights @ np.tanh(x), times=40)) for _ in range(9)]
    ratio = float(np.median([ours / plain for ours, plain in pairs]))
    report("right-hand side, dense N = 1000: per call / W @ tanh(x)", f"{ratio:.2f}×", "(≤ 1.3)")
    rows = rng.standard_normal((size, 64))
    batched = best(lambda: f.field(rows, p), times=10) / best(lambda: weights @ np.tanh(rows), times=10)
    report("  a batch of 64", f"{batched:.2f}×")


def link_forms():
    for size in (10, 20):
        seconds = min(
            once(ds.build_system(ds.Network.from_matrix(np.random.default_rng(k).standard_normal((size, size)))).links)[
                0
            ]
            for k in range(5)
        )
        report(f"link form, dense N = {size}", f"{1e3 * seconds:.1f} ms", "(≤ 20 ms at N = 20)")
    seconds, _ = once(ds.build_system(ds.load_network("c_elegans"), gain="g").links)
    report("link form, 302 neurons, 3,709 connections", f"{1e3 * seconds:.0f} ms")


def import_time():
    def fastest(statement):
        script = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
        runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True) for _ in range(5)]
        return min(float(run.stdout) for run in runs)

    plain = fastest("import sympy, numpy")
    report("import dynsym / import sympy, numpy", f"{fastest('import dynsym') / plain:.2f}×", "(≤ 1.3)")
    report("  with the model layer", f"{fastest('import dynsym; dynsym.build_system') / plain:.2f}×")
    report("  with the compiler", f"{fastest('import dynsym; dynsym.compile_system') / plain:.2f}×")


if __name__ == "__main__":
    jacobian_as_callable()
    against_dense_differentiation()
    right_hand_side()
    link_forms()
    import_time()
