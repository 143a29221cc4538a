"""What the attractor landscape shows."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_before_and_after_a_pitchfork():
    pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    before, after = (ds.plot.landscape(ds.basins(pair, values={"g": g}, points=10, samples=20)) for g in (0.8, 2))
    assert labels(before) == ["attractor 1: 100%"]
    assert len([text for text in labels(after) if text.startswith("attractor")]) == 2
    assert "saddle" in labels(after)
    assert (after.get_xlabel(), after.get_ylabel()) == ("$x_{1}$", "$x_{2}$")


def test_energy_levels_and_what_never_rests():
    pair = ds.build_system(ds.motifs.bidirectional(weight=2))
    plain = ds.plot.landscape(ds.basins(pair, points=8, samples=5))
    lined = ds.plot.landscape(ds.basins(pair, points=8, samples=5, energy=ds.energy_function(pair)))
    assert len(plain.collections) != len(lined.collections) or len(plain.patches) != len(lined.patches)
    rhythm = ds.system_from_equations({"x": "x - y - x*(x^2 + y^2)", "y": "x + y - y*(x^2 + y^2)"})
    assert "never at rest" in labels(ds.plot.landscape(ds.basins(rhythm, points=6, samples=5, duration=20)))


@pytest.mark.parametrize("size", [3, 4])
def test_many_attractors_share_a_label(size):
    axes = ds.plot.landscape(ds.basins(ds.build_system(ds.Network.from_matrix(2 * np.eye(size))), points=6, samples=20))
    named = [text for text in labels(axes) if "attractor" in text]
    assert named == (["16 attractors"] if size == 4 else named)
    assert len(named) == (1 if size == 4 else 8)
