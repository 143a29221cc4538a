"""Figures of closed forms beside sympy's own way: ``python tests/benchmarks/bench_closed_forms.py``.

Seconds are processor time of one core. sympy runs in a process of its own, for at most `LIMIT` seconds.
"""

import subprocess
import sys
import time

import sympy

import dynsym as ds
from dynsym.algebra.determinants import determinant
from dynsym.algebra.ring import Ring

LIMIT = 20
LARGE = ds.Budget(seconds=600, terms=10_000_000)
PREAMBLE = """
import time, sympy
from sympy.polys.matrices import DomainMatrix
x = sympy.Symbol("x")
def charpoly(rows):
    matrix = DomainMatrix.from_Matrix(sympy.Matrix(rows)).to_dense()
    start = time.process_time()
    matrix.charpoly()
    return time.process_time() - start
"""


def once(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def best(function, times=3):
    return min(once(function)[0] for _ in range(times))


def by_sympy(statement):
    """Seconds that sympy takes, or None when it gives no answer within the limit."""
    script = f"{PREAMBLE}\nprint({statement})"
    try:
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT, check=True)
    except subprocess.TimeoutExpired:
        return None
    return float(run.stdout.split()[-1])


def report(what, seconds, target, sympy_seconds=..., note=""):
    if sympy_seconds is ...:
        beside = ""
    elif sympy_seconds is None:
        beside = f"sympy: no answer in {LIMIT} s (over {LIMIT / seconds:.0f}×)"
    else:
        beside = f"sympy: {sympy_seconds:.2f} s ({sympy_seconds / seconds:.0f}×)"
    print(f"{what:<66} {seconds:>8.3f} s  {f'(≤ {target} s)' if target else '':<11} {beside} {note}", flush=True)


def ring_of(places, size):
    """λ - J for a matrix of distinct symbols at some places."""
    symbols = {place: sympy.Symbol(f"a{place[0]}_{place[1]}") for place in places}
    x = sympy.Symbol("x")
    ring = Ring([*symbols.values(), x])
    entries = {place: -ring.generator(symbol) for place, symbol in symbols.items()}
    for k in range(size):
        entries[k, k] = entries.get((k, k), ring.zero) + ring.generator(x)
    return ring, entries


def polynomials():
    for size, target in ((7, 0.02), (8, 0.15), (9, 1)):
        ring, entries = ring_of([(i, j) for i in range(size) for j in range(size)], size)
        seconds = best(lambda ring=ring, entries=entries, size=size: determinant(ring, entries, size, LARGE.start()))
        rows = f"[[sympy.Symbol(f'a{{i}}_{{j}}') for j in range({size})] for i in range({size})]"
        beside = by_sympy(f"charpoly({rows})") if size <= 8 else ...
        terms = len(determinant(ring, entries, size, LARGE.start()))
        report(f"characteristic polynomial, generic, n = {size}", seconds, target, beside, f"{terms} terms")
    size = 7
    rates = {f"x{i}": "+".join(f"a{i}_{j}*x{j}" for j in range(size)) for i in range(size)}
    system = ds.system_from_equations(rates, [f"a{i}_{j}" for i in range(size) for j in range(size)])
    seconds, _ = once(lambda: ds.characteristic_polynomial(system, at=0, budget=LARGE))
    report("  n = 7 as a factored sympy expression", seconds, "")
    size = 14
    places = [(i, (i + d) % size) for i in range(size) for d in (0, 1, -2)]
    ring, entries = ring_of(places, size)
    seconds, found = once(lambda: determinant(ring, entries, size, LARGE.start()))
    report("characteristic polynomial, sparse, 3 entries a row, n = 14", seconds, 0.3, ..., f"{len(found)} terms")


def sizes():
    node = ds.LeakyRate(ds.AnySigmoid())
    blocks = ds.build_system(ds.motifs.ei_blocks(), node)
    seconds = best(lambda: ds.spectrum(blocks, at=0))
    rows = (
        "[[(-1 if i == j else 0) + sympy.Symbol(('e' if i < 20 else 'f') + ('e' if j < 20 else 'f'))"
        " for j in range(32)] for i in range(32)]"
    )
    report("spectrum, E-I blocks with symbolic sizes", seconds, 0.1, by_sympy(f"charpoly({rows})"), "(sympy: 20 + 12)")
    classes = [ds.Node(f"c{k}", multiplicity=f"n{k}", time_constant=f"tau{k}") for k in range(6)]
    edges = [ds.Edge(f"c{j}", f"c{i}", f"w{i}{j}") for i in range(6) for j in range(6)]
    six = ds.build_system(ds.Network(classes, edges), node)
    one = ds.build_system(ds.Network([ds.Node(c.name, multiplicity=c.multiplicity) for c in classes], edges), node)
    seconds, _ = once(lambda: ds.spectrum(one, at=0, budget=LARGE))
    report("spectrum, 6 twin classes of symbolic sizes, all 36 weights", seconds, 1)
    seconds, _ = once(lambda: ds.spectrum(six, at=0, budget=LARGE))
    report("  with a time constant for each class", seconds, "")
    plastic = ds.build_system(ds.motifs.ei_blocks(), node, ds.Hebbian("k", time_constant="T"))
    seconds, _ = once(lambda: ds.spectrum(plastic))
    report("spectrum, plastic E-I blocks with symbolic sizes", seconds, 2)
    complete = ds.build_system(ds.motifs.complete("n"), node, ds.Hebbian("k", time_constant="T"))
    report("spectrum, all-to-all plastic network, n² states, n a symbol", best(lambda: ds.spectrum(complete)), "")


def hopf_determinant():
    size = 7
    symbols = [*sympy.symbols(f"d0:{size}"), *sympy.symbols(f"w0:{size}")]
    x = sympy.Symbol("x")
    decays, weights = symbols[:size], symbols[size:]
    product = sympy.Poly(sympy.Mul(*[x + d for d in decays]) - sympy.Mul(*weights), x)
    coefficients = product.all_coeffs()
    ring = Ring([*symbols])
    cleared = [ring.polynomial(c) for c in coefficients]
    entries = {
        (i, j): cleared[2 * j - i + 1]
        for i in range(size - 1)
        for j in range(size - 1)
        if 0 <= 2 * j - i + 1 <= size and not cleared[2 * j - i + 1].is_zero()
    }
    seconds, found = once(lambda: determinant(ring, entries, size - 1, LARGE.start()))
    report("Hopf determinant, ring of 7 with own decays", seconds, 0.2, ..., f"{len(found)} terms")


def normal_forms():
    net = ds.motifs.bidirectional(nodes=("x1", "x2"), weight="w")
    motif = ds.build_system(net, ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k", time_constant="p"))
    seconds, _ = once(lambda: ds.pitchfork_condition(motif, parameter="w", at=0))
    report("pitchfork cubic, bidirectional plastic motif", seconds, 0.3)
    pair = ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(ds.AnySigmoid()))
    seconds, _ = once(lambda: ds.hopf_condition(pair, parameter="w_EE", at=0))
    report("Hopf l1, E-I pair", seconds, 0.5)
    cross = ds.Network(
        [ds.Node("E", time_constant=1), ds.Node("I", time_constant=ds.motifs.ei_pair().nodes[1].time_constant)],
        [
            ds.Edge("E", "E", "w_EE"),
            ds.Edge("I", "E", "-w_EI", plastic=True),
            ds.Edge("E", "I", "w_IE", plastic=True),
            ds.Edge("I", "I", "-w_II"),
        ],
    )
    plastic = ds.build_system(cross, ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k", time_constant="p"))
    seconds, _ = once(lambda: ds.hopf_condition(plastic, parameter="w_EE", at=0))
    report("Hopf l1, E-I pair with plastic cross weights", seconds, 4)


def metrics():
    from dynsym.algebra.cycle_condition import cycle_test

    rows, columns = (sympy.symbols(f"{letter}0:100", positive=True) for letter in "cs")
    both = {(i, j): sympy.Symbol(f"v{min(i, j)}_{max(i, j)}", positive=True) for i in range(100) for j in range(100)}
    weights = {(i, j): rows[i] * columns[j] * both[i, j] for i in range(100) for j in range(100) if i != j}
    seconds = best(lambda: cycle_test(100, weights))
    report("metric-gradient test, complete graph of 100", seconds, 0.2)


def jacobians():
    import numpy as np

    weights = np.random.default_rng(0).standard_normal((200, 200))

    def made():
        network = ds.Network.from_matrix(weights)
        system = ds.build_system(network, synapse=ds.Hebbian("k"), gain="g", values={"k": 0.1, "g": 1.5})
        f = ds.compile_system(system)
        return f.sparse_jacobian(np.full(f.dimension, 0.1), f.parameter_vector())

    seconds, matrix = once(made)
    report(
        "Jacobian, 200 neurons, 40,000 plastic weights: template, callable", seconds, 3, ..., f"{matrix.nnz} entries"
    )


if __name__ == "__main__":
    polynomials()
    sizes()
    hopf_determinant()
    normal_forms()
    metrics()
    jacobians()
