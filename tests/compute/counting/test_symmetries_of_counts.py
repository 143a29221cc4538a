"""What must not change a count: names, order, company, sign; and exact counts from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds

ACTIVATIONS = {"tanh": ds.Tanh(), "logistic": ds.Logistic(), "rectified": ds.Rectified()}
KINDS = ["tanh", "logistic", "rectified", "plastic"]


def drawn(kind: str, size: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, size)) * {"logistic": 12.0}.get(kind, 2.5) / np.sqrt(size)
    bias = 0.4 * rng.standard_normal(size)
    strength = 5 / size * np.abs(rng.standard_normal((size, size)))
    return {"weights": weights if kind != "plastic" else 0 * weights, "bias": bias, "strength": strength}


def built(kind: str, weights: np.ndarray, bias: np.ndarray, strength: np.ndarray) -> ds.SymbolicSystem:
    names = [f"u{i}" for i in range(len(bias))]
    nodes = [ds.Node(name, bias=float(b)) for name, b in zip(names, bias, strict=True)]
    edges = [
        ds.Edge(names[j], names[i], weight=float(weights[i, j])) for i, j in zip(*np.nonzero(weights), strict=True)
    ]
    synapse = ds.Hebbian(strength) if kind == "plastic" else ds.Static()
    return ds.build_system(
        ds.Network(nodes, edges), node=ds.LeakyRate(ACTIVATIONS.get(kind, ds.Tanh())), synapse=synapse
    )


def neurons(count: ds.EquilibriumCount, size: int) -> np.ndarray:
    assert count.status == "proved"
    return np.array([list(e.state.values())[:size] for e in count.equilibria]).reshape(-1, size)


def same_points(left: np.ndarray, right: np.ndarray) -> bool:
    if left.shape != right.shape:
        return False
    distance = np.abs(left[:, None] - right[None]).max(axis=2)
    return bool(len(left) == 0 or max(distance.min(axis=0).max(), distance.min(axis=1).max()) < 1e-8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_relabelling(kind: str, seed: int) -> None:
    size = 3 if kind == "plastic" else 5
    parts = drawn(kind, size, seed)
    order = np.random.default_rng(seed + 100).permutation(size)
    moved = {name: m[order] if m.ndim == 1 else m[np.ix_(order, order)] for name, m in parts.items()}
    first, second = (ds.count_equilibria(built(kind, **p)) for p in (parts, moved))
    assert same_points(neurons(first, size)[:, order], neurons(second, size))
    assert (first.stable, first.index_sum) == (second.stable, second.index_sum)


@pytest.mark.parametrize("kind", KINDS)
def test_disjoint_networks_multiply(kind: str) -> None:
    size = 2 if kind == "plastic" else 3
    one, other = drawn(kind, size, 12), drawn(kind, size, 3)
    zero = np.zeros((size, size))
    union = {
        name: np.concatenate([one[name], other[name]])
        if one[name].ndim == 1
        else np.block([[one[name], zero], [zero, other[name]]])
        for name in one
    }
    counts = [ds.count_equilibria(built(kind, **p)) for p in (one, other, union)]
    assert all(count.status == "proved" for count in counts)
    assert counts[2].lower == counts[0].lower * counts[1].lower
    assert counts[2].stable == (counts[0].stable or 0) * (counts[1].stable or 0)
    assert counts[2].index_sum == (counts[0].index_sum or 0) * (counts[1].index_sum or 0)


@pytest.mark.parametrize("kind", ["tanh", "plastic"])
@pytest.mark.parametrize("seed", range(3))
def test_a_drive_of_the_other_sign_gives_the_mirror_image(kind: str, seed: int) -> None:
    size = 3 if kind == "plastic" else 6
    parts = drawn(kind, size, seed)
    first, second = (ds.count_equilibria(built(kind, **(parts | {"bias": sign * parts["bias"]}))) for sign in (1, -1))
    assert same_points(neurons(first, size), -neurons(second, size))
    assert first.stable == second.stable


# -- exact counts of random networks

CASES = [
    # kind, size, gain, seed, scale of the biases, strength of learning; number, sum of indices, stable ones
    ("tanh", 2, 3.0, 5, 0, 0, 3, 1, 2),
    ("tanh", 4, 3.0, 3, 0.3, 0, 3, 1, 2),
    ("tanh", 6, 3.0, 4, 0.3, 0, 1, 1, 0),
    ("tanh", 8, 3.0, 7, 0.2, 0, 3, 1, 2),
    ("tanh", 12, 4.0, 0, 0, 0, 11, 1, 2),
    ("tanh", 15, 4.0, 0, 0, 0, 11, 1, 0),
    ("tanh_sym", 3, 4.0, 0, 0, 0, 3, 1, 2),
    ("tanh_sym", 8, 2.5, 0, 0, 0, 9, 1, 4),
    ("logistic", 3, 16.0, 0, 0.3, 0, 1, 1, 1),
    ("tanh_diag", 3, 1.5, 0, 0, 0, 27, 1, 8),
    ("plastic", 2, 0, 12, 0.2, 3.0, 3, 1, 2),
    ("plastic", 3, 0, 13, 0.2, 6.0, 29, 1, 9),
    ("plastic", 5, 0, 15, 0.2, 6.0, 167, 1, 32),
    ("plastic", 4, 0, 14, 0.2, -6.0, 1, 1, 1),
    ("plastic", 5, 3.0, 23, 0.2, -5.0, 1, 1, 0),
    ("relu", 4, 3.0, 0, 0.5, 0, 1, 1, 1),
    ("relu", 8, 4.0, 3, 0.5, 0, 3, -1, 0),
    ("plastic", 2, 0, 12, 0.2, 0.5, 1, 1, 1),
    ("plastic", 2, 0, 12, 0.2, 1.0, 1, 1, 1),
    ("plastic", 2, 0, 12, 0.2, 1.5, 1, 1, 1),
    ("plastic", 2, 0, 12, 0.2, 2.0, 1, 1, 1),
    ("plastic", 2, 0, 12, 0.2, 2.5, 3, 1, 2),
    ("plastic", 2, 0, 12, 0.2, 3.0, 3, 1, 2),
    ("plastic", 2, 0, 12, 0.2, 3.5, 7, 1, 4),
    ("plastic", 2, 0, 12, 0.2, 4.0, 7, 1, 4),
    ("plastic", 2, 0, 12, 0.2, 4.5, 7, 1, 4),
    ("plastic", 2, 0, 12, 0.2, 5.0, 7, 1, 4),
    ("plastic", 2, 0, 12, 0.2, 6.0, 7, 1, 4),
    ("plastic", 2, 0, 12, 0.2, 8.0, 7, 1, 4),
]
"""Counted without this library, in ball arithmetic and by a multistart; drawn are W, then strengths, then biases."""


@pytest.mark.parametrize(
    ("kind", "size", "gain", "seed", "scale", "learning", "number", "indices", "stable"),
    [pytest.param(*case, marks=[pytest.mark.slow] * (case[1] > 8)) for case in CASES],
)
def test_exact_counts(
    kind: str,
    size: int,
    gain: float,
    seed: int,
    scale: float,
    learning: float,
    number: int,
    indices: int,
    stable: int,
) -> None:
    rng = np.random.default_rng(seed)
    random = kind != "tanh_diag" and gain
    weights = rng.standard_normal((size, size)) * gain / np.sqrt(size) if random else gain * np.eye(size)
    strength = learning / size * np.abs(rng.standard_normal((size, size))) if kind == "plastic" else weights
    bias = scale * rng.standard_normal(size) if scale else np.zeros(size)
    if kind == "tanh_sym":
        weights = (weights + weights.T) / np.sqrt(2)
    name = {"relu": "rectified"}.get(kind, kind)
    count = ds.count_equilibria(built(name, weights, bias, strength), budget=ds.Budget(seconds=250))
    assert (count.status, count.lower, count.index_sum, count.stable) == ("proved", number, indices, stable)
