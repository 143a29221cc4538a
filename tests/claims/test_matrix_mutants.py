"""Every fault planted into a true identity is refuted by a replayed counterexample, and none is proved."""

import itertools
import json
import random

import pytest

from dynsym import tensors as tn
from dynsym.errors import ProofError
from dynsym.kernel import recheck
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.kernel.reader import Reader
from dynsym.tensors.formulas.formula import Formula
from dynsym.tensors.sizes.counterexamples import random_numbers
from dynsym.tensors.sizes.normal_form import declarations_of, normal_form

M, N = tn.Sort("M"), tn.Sort("N")
W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)
d1, d2 = tn.signs("d1", M), tn.signs("d2", N)
D1, D2 = tn.diagonal_matrix(d1), tn.diagonal_matrix(d2)
E, w, lam, gamma = s - W2 @ W1, tn.norm_squared(W2), tn.scalar("lambda"), tn.scalar("gamma")
F1, F2 = W2.T @ E @ D1, E @ W1.T @ D2
W, S, f = tn.matrix("W", N, N), tn.symmetric_matrix("Sigma", N), tn.column("f", N)
mixed, d = tn.sign_matrix("P", N, N), d2
delta, array = tn.delta, tn.array

IDENTITIES = {
    "hidden by hidden": (
        tn.derivative(F1, W1),
        array((N, M, N, M), lambda i, j, p, q: -W2[i] * W2[p] * d1[q] * delta(j, q)),
    ),
    "hidden by readout": (
        tn.derivative(F1, W2),
        array((N, M, N), lambda i, j, h: delta(h, i) * E[j] * d1[j] - W2[i] * W1[h, j] * d1[j]),
    ),
    "readout by hidden": (
        tn.derivative(F2, W1),
        array((N, N, M), lambda k, p, q: delta(k, p) * E[q] * d2[k] - W2[p] * W1[k, q] * d2[k]),
    ),
    "readout by readout": (tn.derivative(F2, W2), -1 * D2 @ W1 @ W1.T),
    "error": (F2 @ W1 + W2 @ F1, E @ (w * D1 + W1.T @ D2 @ W1)),
    "loss": (-1 * tn.derivative(tn.norm_squared(E), W1), 2 * W2.T @ E),
    "origin": (
        tn.at_point(tn.derivative(F1, W2), {W1: tn.zeros(N, M), W2: tn.zeros(tn.UNIT, N)}),
        array((N, M, N), lambda i, j, h: delta(h, i) * s[j] * d1[j]),
    ),
    "resolvent": ((lam * tn.identity(M) + w * D1) @ (lam * tn.identity(M) - w * D1), (lam**2 - w**2) * tn.identity(M)),
    "plasticity": (
        tn.derivative(tn.hadamard(S @ W.T + W @ S, mixed), W),
        array(
            (N, N, N, N),
            lambda i, j, k, h: (delta(j, k) * S[i, h] + delta(i, k) * S[h, j]) * mixed[i, j],
        ),
    ),
    "steady state": (
        W @ D2 @ f @ f.T + f @ f.T @ D2 @ W.T - gamma * W,
        array(
            (N, N),
            lambda i, j: tn.total(N, lambda k: (W[i, k] * f[j] + W[j, k] * f[i]) * f[k] * d[k]) - gamma * W[i, j],
        ),
    ),
    "trace": (tn.derivative(tn.trace(W @ S @ W.T @ D2), W), 2 * D2 @ W @ S),
}


def mutants(node):
    """The tree with one fault: a factor, a sign, a dropped part, a transpose, exchanged indices or factors."""
    operation = node[0]
    if operation == "number":
        yield ("number", f"-{node[1]}".replace("--", ""))
        yield ("times", (node, ("number", "2")))
    if operation in ("add", "times"):
        for at, part in enumerate(node[1]):
            if len(node[1]) > 1:
                yield (operation, node[1][:at] + node[1][at + 1 :])
            yield (operation, (*node[1][:at], ("times", (("number", "-1"), part)), *node[1][at + 1 :]))
            for changed in mutants(part):
                yield (operation, (*node[1][:at], changed, *node[1][at + 1 :]))
        return
    if operation == "transpose":
        yield node[1]
    if operation == "matmul":
        yield ("matmul", node[2], node[1])
        yield ("matmul", ("transpose", node[1]), node[2])
    if operation == "entry" and len(node[2]) == 2:
        yield ("entry", node[1], node[2][::-1])
    if operation == "delta":
        yield ("number", "1")
    for at, part in enumerate(node[1:], start=1):
        if isinstance(part, tuple) and part and isinstance(part[0], str) and operation not in ("delta", "ones", "at"):
            if operation in ("array", "total", "entry") and at != (1 if operation == "entry" else 3):
                continue
            for changed in mutants(part):
                yield (*node[:at], changed, *node[at + 1 :])


def well_formed(left, node):
    """The mutant as a formula, or None where sizes or slots do not fit any more."""
    right = Formula(node, left.shape, left.tensors, left.scalars, left.reciprocals, left.free)
    try:
        reader = Reader(declarations_of(left, right))
        same = reader.shape(node) == tuple(sort.name for sort in left.shape)
        return right if same and normal_form(left, right) else None
    except (ProofError, ValueError):
        return None


def differs(left, right, seed):
    """Whether the sides differ at a random exact instance."""
    argument = {"declarations": declarations_of(left, right), "sizes": {"M": 2, "N": 2}}
    whole = Formula((), (), {**left.tensors, **right.tensors}, left.scalars | right.scalars)
    argument |= random_numbers(whole, {"M": 2, "N": 2}, tn.Hypotheses(), random.Random(seed))
    numbers = interpretation_of(argument)
    places = itertools.product(range(2), repeat=len(left.sorts))
    return any(numbers.value(left.node, at, {}) != numbers.value(right.node, at, {}) for at in places)


def joined(left, right):
    """Both sides with the declarations of both."""
    whole = left.tensors | right.tensors, left.scalars | right.scalars
    return (Formula(side.node, left.shape, *whole) for side in (left, right))


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_identity_is_proved_for_all_sizes(name):
    finding = tn.prove_identity(*IDENTITIES[name])
    assert (finding.verdict, finding.scope) == ("proved", "all sizes")
    assert "enough for all sizes" in finding.method


@pytest.mark.parametrize("name", IDENTITIES)
def test_its_mutants_are_refuted(name):
    left, right = joined(*IDENTITIES[name])
    planted = 0
    for node in dict.fromkeys(mutants(right.node)):
        mutant = well_formed(left, node)
        if mutant is None or not differs(left, mutant, 17):
            continue
        planted += 1
        finding = tn.prove_identity(left, mutant)
        assert finding.verdict == "refuted", mutant
        assert recheck(json.loads(json.dumps(finding.counterexample)))
    assert planted >= 4
