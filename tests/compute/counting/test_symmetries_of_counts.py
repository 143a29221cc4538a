"""What must not change a count: names, order, company, sign; and all of the reference counts, if they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dynsym as ds

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "equilibria_counts.json"
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


# -- the whole table


def _table() -> list[Any]:
    if not REFERENCE.exists():
        return []
    content = json.loads(REFERENCE.read_text(encoding="utf-8"))
    sweep = [{"kind": "plastic", "g": 0, "b_scale": 0.2, **case} for case in content["learning_strength_sweeps"]]
    cases = [*content["cases"], *sweep]
    slow = pytest.mark.slow
    return [
        pytest.param(c, id=f"{c['kind']}-{c['N']}-{c['seed']}-{c.get('kappa', c['g'])}", marks=[slow] * (c["N"] > 8))
        for c in cases
    ]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference tables are not here")
@pytest.mark.parametrize("case", _table())
def test_the_reference_table(case: dict[str, Any]) -> None:
    size, kind = case["N"], case["kind"]
    rng = np.random.default_rng(case["seed"])
    drawn_first = kind != "tanh_diag" and case["g"]
    weights = rng.standard_normal((size, size)) * case["g"] / np.sqrt(size) if drawn_first else case["g"] * np.eye(size)
    strength = case.get("kappa", 0) / size * np.abs(rng.standard_normal((size, size))) if kind == "plastic" else weights
    bias = case["b_scale"] * rng.standard_normal(size) if case["b_scale"] else np.zeros(size)
    if kind == "tanh_sym":
        weights = (weights + weights.T) / np.sqrt(2)
    name = {"relu": "rectified"}.get(kind, kind)
    count = ds.count_equilibria(built(name, weights, bias, strength), budget=ds.Budget(seconds=250))
    assert (count.status, count.lower) == ("proved", case["count"])
    assert count.index_sum == case["degree_sum"]
    assert count.stable == case.get("n_stable", case.get("n_stable_full_tau1"))
