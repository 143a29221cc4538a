"""Staircase, phase plane, spectrum, decomposition: what is drawn says what is known."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Integer, Matrix, Symbol

from dynsym.errors import ParameterError
from dynsym.plot import count, decomposition, phase_plane, spectrum
from dynsym.plot.split_picture import _pooled
from dynsym.results import (
    CountInterval,
    CountStaircase,
    Decomposition,
    Equilibrium,
    EquilibriumCount,
    PhasePortrait,
    SpecialPoint,
    Trajectory,
)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_proved_is_filled_and_undecided_hatched(staircase):
    ax = count(staircase)
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    filled = [patch for patch in ax.patches if not patch.get_hatch() and patch.get_height() == 1]
    assert len(hatched) == 1
    assert hatched[0].get_x() == pytest.approx(0.75)
    assert hatched[0].get_y() == 1
    assert [(patch.get_x(), patch.get_width()) for patch in filled] == [(0, 0.75), (0.75, 0.5)]
    assert {"proved at the dots", "lower bound", "not decided"} <= set(legend(ax))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$g$", "number of equilibria")


def test_points_are_marked_where_they_are_proved(staircase):
    ax = count(staircase)
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_allclose(dots.get_xdata(), [0, 0.5, 1.5])
    np.testing.assert_allclose(dots.get_ydata(), [1, 1, 3])


def test_intervals_are_filled_whole():
    intervals = (
        CountInterval(0, end=1, count=1, status="proved"),
        CountInterval(1, end=3, count=3, status="proved"),
    )
    ax = count(CountStaircase("k", intervals=intervals, folds=((0.9, 1.1),)))
    assert [patch.get_width() for patch in ax.patches[:2]] == [1, 2]
    assert {"proved", "bifurcation inside"} <= set(legend(ax))
    (outline,) = ax.lines
    np.testing.assert_allclose(outline.get_xydata(), [[0, 1], [1, 1], [1, 3], [3, 3]])


def test_empty_staircase():
    assert not count(CountStaircase("g")).lines


@pytest.fixture
def portrait():
    """x' = -x + y, y' = -y + x**3 on a grid that misses the axes."""
    x, y = np.linspace(-1.5, 1.6, 32), np.linspace(-1.4, 1.5, 30)
    u, v = np.meshgrid(x, y)
    points = (
        Equilibrium({"x": 0.0, "y": 0.0}, stability="stable", index=1),
        Equilibrium({"x": 1.0, "y": 1.0}, stability="unstable", unstable_dimension=1, index=-1),
    )
    path = Trajectory([0, 1, 2], states=[[0.5, 0], [0.3, 0.1], [0.1, 0.1]], state_names=("x", "y"))
    return PhasePortrait(("x", "y"), x=x, y=y, dx=-u + v, dy=-v + u**3, equilibria=points, trajectories=(path,))


def test_nullclines_lie_where_the_field_vanishes(portrait):
    ax = phase_plane(portrait)
    contours = [found for found in ax.collections if hasattr(found, "levels")]
    assert len(contours) == 2
    for found, residual in zip(contours, (lambda x, y: y - x, lambda x, y: y - x**3), strict=True):
        points = np.concatenate([path.vertices for path in found.get_paths()])
        assert np.abs(residual(*points.T)).max() < 0.02
    assert len(legend(ax)) == 3


def test_equilibria_are_filled_when_stable_and_diamonds_when_saddles(portrait):
    marks = {
        line.get_label(): line for line in phase_plane(portrait).lines if line.get_label() in ("stable", "unstable")
    }
    assert marks["stable"].get_marker() == "o"
    assert marks["stable"].get_markerfacecolor() != "white"
    assert marks["unstable"].get_marker() == "D"
    assert marks["unstable"].get_markerfacecolor() == "white"


def test_uneven_grid_is_drawn_with_arrows(portrait):
    x = np.array([-1.0, 0.1, 2.0])
    u, v = np.meshgrid(x, x)
    ax = phase_plane(PhasePortrait(("x", "y"), x=x, y=x, dx=-u, dy=-v))
    assert any(type(found).__name__ == "Quiver" for found in ax.collections)


def test_spectrum_tells_the_sides_apart():
    ax = spectrum([-1 + 1j, -1 - 1j, 2j, -2j, 0.5])
    assert legend(ax) == ["negative real part: 2", "critical: 2", "positive real part: 1"]
    low, high = ax.get_ylim()
    assert low == -high


def test_spectrum_of_results():
    values = (-1 + 0j, -1 + 0j, 0.5 + 0j)
    point = SpecialPoint("fold:1", kind="fold", parameters={"g": 1}, state={"x": 0}, eigenvalues=values)
    equilibrium = Equilibrium({"x": 0.0}, eigenvalues=values)
    both = EquilibriumCount("lower_bound", lower=2, upper=None, equilibria=(equilibrium, equilibrium))
    assert [text.get_text() for text in spectrum(point).texts] == ["×2"]
    assert legend(spectrum(both)) == ["negative real part: 4", "positive real part: 2"]
    with pytest.raises(ParameterError, match="eigenvalues"):
        spectrum(Equilibrium({"x": 0.0}))


VERDICTS = {"euclidean": "refuted", "diagonal": "refuted", "any": "undecided"}


def test_decomposition_shows_both_parts_and_their_shares():
    jacobian = np.array([[-1.0, -2.0, 0.0], [0.0, -1.0, -2.0], [-2.0, 0.0, -1.0]])
    symmetric, antisymmetric = (jacobian + jacobian.T) / 2, (jacobian - jacobian.T) / 2
    found = Decomposition(
        "euclidean", state_names=("a", "b", "c"), is_gradient=VERDICTS, symmetric=symmetric,
        antisymmetric=antisymmetric, curl_share=0.4, violating_cycle=("a", "c", "b"), cause=("a", "c"),
    )  # fmt: skip
    ax = decomposition(found)
    words = [text.get_text() for text in ax.texts]
    assert "symmetric, 60.0%" in words
    assert "antisymmetric, 40.0%" in words
    assert any("a → c → b → a" in word for word in words)
    shown = ax.images[0].get_array()
    np.testing.assert_allclose(shown[:, :3], symmetric)
    np.testing.assert_allclose(shown[:, 4:], antisymmetric)
    thick = [patch for patch in ax.patches if patch.get_linewidth() > 2]
    assert [(patch.get_x(), patch.get_y()) for patch in thick] == [(3.5, 1.5)]  # from a onto c


def test_symbolic_entries_are_written():
    g = Symbol("g")
    found = Decomposition(
        "euclidean", state_names=("a", "b"), is_gradient=VERDICTS, symmetric=Matrix([[-1, g / 2], [g / 2, -1]]),
        antisymmetric=Matrix([[0, g / 2], [-g / 2, 0]]), curl_share=g**2 / (4 + g**2), point={"a": Integer(0)},
    )  # fmt: skip
    words = [text.get_text() for text in decomposition(found).texts]
    assert words.count(r"$\frac{g}{2}$") == 3
    assert "antisymmetric" in words


def test_large_matrices_are_pooled_by_their_largest_entry():
    part = np.zeros((250, 250))
    part[7, 249] = -3.0
    part[6, 249] = 2.0
    pooled = _pooled(part)
    assert pooled.shape == (84, 84)
    assert pooled[2, 83] == -3.0
    assert np.count_nonzero(pooled) == 1
    names = tuple(f"x{i}" for i in range(250))
    found = Decomposition("euclidean", state_names=names, is_gradient=VERDICTS, symmetric=part, antisymmetric=part)
    assert "3 × 3" in decomposition(found).get_xlabel()


def test_decomposition_without_a_jacobian():
    with pytest.raises(ParameterError, match="Jacobian"):
        decomposition(Decomposition("euclidean", state_names=("a",), is_gradient=VERDICTS))
