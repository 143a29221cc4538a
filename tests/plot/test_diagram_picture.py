"""Stable solid, unstable dashed, labels, closed forms as lines."""

from __future__ import annotations

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

import dynsym.plot
from dynsym.errors import ParameterError
from dynsym.plot import bifurcation
from dynsym.plot._placement import rows_without_overlap, spread
from dynsym.plot.style import DEFAULT_STYLE
from dynsym.results import Branch, Diagram, SpecialPoint


def curves(ax, style):
    return [line for line in ax.lines if line.get_linestyle() == style and len(line.get_xdata()) > 2]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_stable_is_solid_and_unstable_dashed(pitchfork_diagram):
    ax = bifurcation(pitchfork_diagram, state="x")
    solid, dashed = curves(ax, "-"), curves(ax, "--")
    assert len(solid) == 3
    assert len(dashed) == 1
    assert {line.get_color() for line in solid} == {DEFAULT_STYLE.stable}
    np.testing.assert_allclose(dashed[0].get_ydata(), 0)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["stable", "unstable", "closed form"]


def test_runs_meet_at_the_special_point(pitchfork_diagram):
    ax = bifurcation(pitchfork_diagram, state="x")
    stable = next(line for line in curves(ax, "-") if np.allclose(line.get_ydata(), 0))
    unstable = curves(ax, "--")[0]
    assert stable.get_xdata()[-1] == unstable.get_xdata()[0] == 1.0


def test_special_points_are_labelled_once(pitchfork_diagram):
    assert texts(bifurcation(pitchfork_diagram, state="x")).count("pitchfork:1") == 1


def test_closed_forms_are_labelled_lines(pitchfork_diagram):
    ax = bifurcation(pitchfork_diagram, state="x")
    vertical = [
        line.get_xdata()[0] for line in ax.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2
    ]
    np.testing.assert_allclose(sorted(vertical), [1, (1 + 5**0.5) / 2])
    assert "pitchfork\n$g$ = $1$" in texts(ax)
    assert any("sqrt" in text and text.startswith("hopf") for text in texts(ax))


def test_axis_labels_come_from_the_names(pitchfork_diagram):
    ax = bifurcation(pitchfork_diagram, state="x")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$g$", "$x$")


def test_norm_of_several_states():
    branch = Branch(
        0, parameter="gamma", parameter_values=[0, 1], states=[[3, 4], [6, 8]], state_names=("AB_PD", "y1"),
        stable=[True, True], unstable_dimension=[0, 0],
    )  # fmt: skip
    diagram = Diagram("gamma", branches=(branch,))
    ax = bifurcation(diagram)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [5, 10])
    assert ax.get_xlabel() == r"$\gamma$"
    assert bifurcation(diagram, state="AB_PD").get_ylabel() == "AB_PD"
    with pytest.raises(ParameterError, match="AB_PD"):
        bifurcation(diagram, state="x")


def test_unknown_stability_is_dotted():
    branch = Branch(
        0, parameter="g", parameter_values=[0, 1], states=[[0], [1]], state_names=("x",), stable=[False, False],
        unstable_dimension=[-1, -1],
    )  # fmt: skip
    assert bifurcation(Diagram("g", branches=(branch,))).lines[0].get_linestyle() == ":"


def test_crowded_closed_forms_stand_upright_apart(pitchfork_diagram, crowd):
    ax = bifurcation(dataclasses.replace(pitchfork_diagram, conditions=crowd), state="x")
    labels = [text for text in ax.texts if text.get_text().startswith("fold")]
    assert len(labels) == 6
    assert {text.get_rotation() for text in labels} == {90.0}
    ax.figure.draw_without_rendering()
    ends = sorted(Text.get_window_extent(text).x0 for text in labels)
    assert min(np.diff(ends)) > 8


def test_labels_do_not_cover_one_another(pitchfork_diagram):
    ax = bifurcation(pitchfork_diagram, state="x")
    ax.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts] + [ax.get_legend().get_window_extent()]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_given_axes_are_used_and_nothing_is_shown(pitchfork_diagram, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_: pytest.fail("shown"))
    figure, (left, right) = plt.subplots(1, 2)
    assert bifurcation(pitchfork_diagram, ax=right) is right
    assert not left.lines
    assert plt.get_fignums() == [figure.number]


def test_empty_diagram_has_axes():
    ax = bifurcation(Diagram("g"))
    assert ax.get_xlabel() == "$g$"
    assert not ax.lines


def test_placement():
    assert rows_without_overlap([0, 5, 20], [10, 10, 10], gap=1) == [0, 1, 0]
    assert spread([0, 0, 10], 2) == [-1, 1, 10]
    assert spread([0.0, 1.0], 0.5) == [0.0, 1.0]


def test_files_do_not_bear_function_names():
    import pkgutil

    modules = {module.name for module in pkgutil.iter_modules(dynsym.plot.__path__)}
    assert not modules & set(dynsym.plot.__all__)


def test_dashes_of_mirror_images_fall_on_one_another():
    """One branch through a pitchfork, both arms unstable: in the norm the arms are one line, drawn twice alike."""
    values = np.concatenate([np.linspace(3, 1, 20), np.linspace(1, 3, 20)[1:]])
    arms = np.concatenate([-np.ones(20), np.ones(19)]) * np.sqrt(values - 1)
    branch = Branch(
        0, parameter="g", parameter_values=values, states=np.column_stack([arms, arms]), state_names=("x", "y"),
        stable=np.zeros(39, bool), unstable_dimension=np.ones(39, int),
    )  # fmt: skip
    left, right = curves(bifurcation(Diagram("g", branches=(branch,))), "--")
    assert left.get_xdata()[0] < left.get_xdata()[-1]
    assert right.get_xdata()[0] < right.get_xdata()[-1]
    np.testing.assert_allclose(left.get_xydata()[-20:], right.get_xydata()[-20:], atol=1e-12)


def test_neutral_saddles_are_marked_without_a_label():
    point = SpecialPoint("", kind="neutral_saddle", parameters={"g": 0.5}, state={"x": 0.0})
    branch = Branch(
        0, parameter="g", parameter_values=[0, 1], states=[[0], [0]], state_names=("x",), stable=[False, False],
        unstable_dimension=[1, 1], special=(point,),
    )  # fmt: skip
    ax = bifurcation(Diagram("g", branches=(branch,)))
    assert not ax.texts
    assert "neutral saddle" in [text.get_text() for text in ax.get_legend().get_texts()]
