"""Counts along a parameter, on grids and on intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

import dynsym as ds
from dynsym.compute.counting import count_along
from dynsym.compute.counting.along import slabs
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError


def pair(bias: object = 0) -> ds.SymbolicSystem:
    return ds.build_system(ds.motifs.bidirectional(weight=1, nodes=("a", "b"), bias=bias), gain="g")


def test_a_grid() -> None:
    staircase = count_along(pair(), parameter="g", span=(0.4, 2.0), points=9)
    np.testing.assert_allclose(staircase.values, np.linspace(0.4, 2, 9))
    np.testing.assert_array_equal(staircase.lower, [1, 1, 1, 1, 3, 3, 3, 3, 3])
    assert staircase.is_proved
    assert staircase.counts[3].parameters["g"] == 1.0  # exactly at the pitchfork, settled by its cubic coefficient


def test_intervals_agree_with_points() -> None:
    staircase = count_along(pair(), parameter="g", span=(0.4, 2.0))
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
    staircase = count_along(system, parameter="b", span=(0.2, 0.8))
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
    staircase = count_along(plastic_pair(), parameter="k", span=(-12, 8))
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
    staircase = count_along(plastic_pair(), parameter="k", span=(-12, 8))
    assert [i.status for i in staircase.intervals] == ["undecided"]


def test_what_the_budget_leaves_is_undecided() -> None:
    staircase = count_along(plastic_pair(), parameter="k", span=(-12, 8), budget=ds.Budget(seconds=1e-3))
    assert staircase.intervals[-1].status == "undecided"
    assert staircase.intervals[-1].end == 8
    assert staircase.intervals[-1].start < 0


def test_a_singular_equilibrium_throughout_is_undecided_throughout() -> None:
    """x' = -x + tanh(x) + 0·p has a triple zero for every p."""
    system = ds.system_from_equations({"x": "-x + tanh(x)", "y": "p - y + tanh(y)/2"}, parameters={"p": 0})
    staircase = count_along(system, parameter="p", span=(0, 1), budget=ds.Budget(seconds=3))
    assert [i.status for i in staircase.intervals] == ["undecided"]


def test_other_values_and_progress() -> None:
    shares: list[float] = []
    system = pair(bias="drive")
    staircase = count_along(system, parameter="g", span=(0, 1), points=3, values={"drive": 0.3}, progress=shares.append)
    assert [c.parameters["drive"] for c in staircase.counts] == [0.3] * 3
    assert shares == [1 / 3, 2 / 3, 1.0]


def test_mistakes() -> None:
    with pytest.raises(ModelNameError):
        count_along(pair(), parameter="h", span=(0, 1), points=3)
    with pytest.raises(ParameterError, match="span"):
        count_along(pair(), parameter="g", span=(1, 0), points=3)
    with pytest.raises(ParameterError, match="points"):
        count_along(pair(), parameter="g", span=(0, 1), points=0)
    unbounded = ds.system_from_equations({"x": "m + x*cos(y) - y", "y": "x - exp(y)"}, parameters={"m": 0})
    with pytest.raises(UnsupportedFeatureError, match="--points"):
        count_along(unbounded, parameter="m", span=(0, 1))


def proved_counts(staircase: ds.CountStaircase) -> list[int]:
    return [i.count for i in staircase.intervals if i.status == "proved"]


FAMILIES = {
    "fold": ("p + x - x^3", [1, 3, 1], [-2 / (3 * np.sqrt(3)), 2 / (3 * np.sqrt(3))]),
    "pitchfork": ("p*x - x^3", [1, 3], [0]),
    "subcritical pitchfork": ("p*x + x^3 - x^5", [1, 5, 3], [-1 / 4, 0]),
    "transcritical": ("p*x - x^2", [2, 2], []),  # the number is the same on both sides: open, and no fold
    "shifted fold": ("p - 1/10 - (x - 1/3)^2", [0, 2], [0.1]),
    "scaled fold": ("1000*p - 50 - x^2/1000", [0, 2], [0.05]),
    "logistic fold": ("p - 4*x + 8/(1 + exp(-3*x)) - 4", [1, 3, 1], None),
    "exponential, one leaves the box": ("p + x - exp(x)/3", [0, 2, 1], [1 - np.log(3), np.exp(2) / 3 - 2]),
    "leaving the box": ("p/2 - x/10", [0, 1, 0], [-0.4, 0.4]),
}


LONG = ("logistic fold", "subcritical pitchfork", "transcritical", "scaled fold")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in FAMILIES]
)
def test_families_with_known_bifurcations(name: str) -> None:
    rate, numbers, places = FAMILIES[name]
    system = ds.system_from_equations({"x": rate}, parameters={"p": None})
    box = (-1000, 1000) if name == "scaled fold" else (-2, 2)
    if places is None:  # 4 x - p + 4 = 8 s with slope 4 = 24 s (1 - s)
        share = 0.5 - np.sqrt(1 / 12)
        place = 4 * np.log(share / (1 - share)) / 3 - 8 * share + 4
        places = [place, -place]
        places.sort()
    staircase = count_along(system, parameter="p", span=(-1, 0.97), box={"x": box})
    assert proved_counts(staircase) == numbers
    for (low, high), place in zip(staircase.folds, places, strict=True):
        assert low <= place <= high
        assert high - low < 1e-6


@pytest.mark.slow
def test_a_toggle_switch_along_its_rate() -> None:
    """u = a/(1 + v²), v = a/(1 + u²): a pitchfork of u = v where a = 2."""
    system = ds.system_from_equations({"u": "a/(1 + v^2) - u", "v": "a/(1 + u^2) - v"}, parameters={"a": None})
    staircase = count_along(system, parameter="a", span=(1.5, 3), box={"u": (0, 10), "v": (0, 10)})
    assert proved_counts(staircase) == [1, 3]
    ((low, high),) = staircase.folds
    assert low <= 2 <= high < low + 1e-6


@pytest.mark.parametrize(
    ("rate", "changes"),
    [("x^2 - p", True), ("p*x - x^3", True), ("p*x - x^2", False), ("abs(x) - p", True), ("abs(x) - abs(p)", False)],
)
def test_only_where_the_numbers_differ_is_a_change_claimed(rate: str, changes: bool) -> None:
    """Whatever lies between two equal numbers, or beside what is not known, is open."""
    system = ds.system_from_equations({"x": rate}, parameters=["p"])
    staircase = ds.count_along(system, parameter="p", span=(-1, 1), box={"x": (-3, 3)}, budget=ds.Budget(seconds=10))
    assert len(staircase.folds) <= changes
    assert staircase.folds or staircase.open
    for low, high in staircase.folds:
        before = next(i for i in staircase.intervals if i.end == low)
        after = next(i for i in staircase.intervals if i.start == high)
        assert before.status == after.status == "proved"
        assert before.count != after.count
        assert low <= 0 <= high
    for entry in staircase.to_json()["intervals"]:
        assert (entry["count"] is None) == (entry["status"] == "undecided")
