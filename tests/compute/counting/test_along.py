"""Counts along a parameter, on grids and on intervals."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.counting import count_along
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
    assert fold[1] - fold[0] < 0.02


def test_a_fold_is_boxed() -> None:
    """x' = -x + b + 2 tanh x: three equilibria for |b| < √2 - atanh(√½)."""
    system = ds.system_from_equations({"x": "-x + b + 2*tanh(x)"}, parameters={"b": 0})
    staircase = count_along(system, "b", span=(0.2, 0.8))
    exact = np.sqrt(2) - np.arctanh(np.sqrt(0.5))
    (fold,) = staircase.folds
    assert fold[0] < exact < fold[1]
    assert fold[1] - fold[0] < 0.01
    assert [i.count for i in staircase.intervals if i.status == "proved"] == [3, 1]


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
