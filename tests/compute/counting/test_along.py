"""Counts along a parameter, on grids and on intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

import dynsym as ds
from dynsym.compute.counting import count_along, slabs
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError


def pair(bias: object = 0) -> ds.SymbolicSystem:
    return ds.build_system(ds.motifs.bidirectional(weight=1, nodes=("a", "b"), bias=bias), gain="g")


def test_a_grid() -> None:
    staircase = count_along(pair(), "g", span=(0.4, 2.0), points=9)
    np.testing.assert_allclose(staircase.values, np.linspace(0.4, 2, 9))
    np.testing.assert_array_equal(staircase.lower, [1, 1, 1, 1, 3, 3, 3, 3, 3])
    assert staircase.is_proved
    assert staircase.counts[3].parameters["g"] == 1.0  # exactly at the pitchfork, settled by its cubic coefficient


def test_intervals_agree_with_points() -> None:
    staircase = count_along(pair(), "g", span=(0.4, 2.0))
    proved = [i for i in staircase.intervals if i.status == "proved"]
    assert [i.count for i in proved] == [1, 3]
    assert (staircase.intervals[0].start, staircase.intervals[-1].end) == (0.4, 2.0)
    ends = [i.end for i in staircase.intervals[:-1]]
    assert ends == [i.start for i in staircase.intervals[1:]]
    (fold,) = staircase.folds
    assert fold[0] < 1 < fold[1]
    assert fold[1] - fold[0] < 1e-7


def test_a_fold_is_boxed() -> None:
    """x' = -x + b + 2 tanh x: three equilibria for |b| < √2 - atanh(√½)."""
    system = ds.system_from_equations({"x": "-x + b + 2*tanh(x)"}, parameters={"b": 0})
    staircase = count_along(system, "b", span=(0.2, 0.8))
    exact = np.sqrt(2) - np.arctanh(np.sqrt(0.5))
    (fold,) = staircase.folds
    assert fold[0] < exact < fold[1]
    assert fold[1] - fold[0] < 1e-8
    assert [i.count for i in staircase.intervals if i.status == "proved"] == [3, 1]


def plastic_pair() -> ds.SymbolicSystem:
    network = ds.motifs.bidirectional(weight=0, bias=1)
    return ds.build_system(network, synapse=ds.Hebbian(strength="k"), values={"k": -7})


def singular_point(k: float, x: float, y: float) -> float:
    """k where x = 1 + k φ(x) φ(y)², y = 1 + k φ(y) φ(x)² has a singular Jacobian, by MINPACK from a guess."""

    def defining(z: np.ndarray) -> list[float]:
        k, x, y = z
        s, t = np.tanh(x), np.tanh(y)
        jacobian = [
            [1 - k * t * t * (1 - s * s), -2 * k * s * t * (1 - t * t)],
            [-2 * k * s * t * (1 - s * s), 1 - k * s * s * (1 - t * t)],
        ]
        return [x - 1 - k * s * t * t, y - 1 - k * t * s * s, np.linalg.det(jacobian)]

    solution = root(defining, [k, x, y], tol=1e-13)
    assert solution.success
    return float(solution.x[0])


def test_a_plastic_pair_on_all_of_a_span() -> None:
    """A pitchfork of the symmetric state, whose place is published, and two folds."""
    staircase = count_along(plastic_pair(), "k", span=(-12, 8))
    proved = [i for i in staircase.intervals if i.status == "proved"]
    assert [i.count for i in proved] == [3, 1, 5, 7]
    assert sum(i.end - i.start for i in proved) > 20 - 1e-6
    expected = [-6.5375945680763845, singular_point(2.7, -1.1, 2.7), singular_point(3.3, -1.7, -1.7)]
    for (low, high), place in zip(staircase.folds, expected, strict=True):
        assert low <= place <= high
        assert high - low < 1e-6


def test_a_planted_fault_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If every box passed as regular, the counts at two places would differ, and nothing is called proved."""
    monkeypatch.setattr(slabs, "is_regular", lambda expansion: np.ones(len(expansion.residual), dtype=bool))
    staircase = count_along(plastic_pair(), "k", span=(-12, 8))
    assert [i.status for i in staircase.intervals] == ["undecided"]


def test_what_the_budget_leaves_is_undecided() -> None:
    staircase = count_along(plastic_pair(), "k", span=(-12, 8), budget=ds.Budget(seconds=1e-3))
    assert staircase.intervals[-1].status == "undecided"
    assert staircase.intervals[-1].end == 8
    assert staircase.intervals[-1].start < 0


def test_a_singular_equilibrium_throughout_is_undecided_throughout() -> None:
    """x' = -x + tanh(x) + 0·p has a triple zero for every p."""
    system = ds.system_from_equations({"x": "-x + tanh(x)", "y": "p - y + tanh(y)/2"}, parameters={"p": 0})
    staircase = count_along(system, "p", span=(0, 1))
    assert [i.status for i in staircase.intervals] == ["undecided"]


def test_other_values_and_progress() -> None:
    shares: list[float] = []
    system = pair(bias="drive")
    staircase = count_along(system, "g", span=(0, 1), points=3, values={"drive": 0.3}, progress=shares.append)
    assert [c.parameters["drive"] for c in staircase.counts] == [0.3] * 3
    assert shares == [1 / 3, 2 / 3, 1.0]


def test_mistakes() -> None:
    with pytest.raises(ModelNameError):
        count_along(pair(), "h", span=(0, 1), points=3)
    with pytest.raises(ParameterError, match="span"):
        count_along(pair(), "g", span=(1, 0), points=3)
    with pytest.raises(ParameterError, match="points"):
        count_along(pair(), "g", span=(0, 1), points=0)
    with pytest.raises(UnsupportedFeatureError, match="--points"):
        count_along(ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": 0}), "m", span=(0, 1))
