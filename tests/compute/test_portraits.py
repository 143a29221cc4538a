"""Phase portraits hold the field on the grid that they name."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError

FITZHUGH = {"v": "v - v^3/3 - w + I", "w": "(v + a - b*w)/tau"}
VALUES = {"I": 0.5, "a": 0.7, "b": 0.8, "tau": 12.5}


def test_field_on_the_grid():
    system = ds.system_from_equations(FITZHUGH, parameters=VALUES)
    portrait = ds.phase_portrait(system, {"v": (-2, 2), "w": (-1, 2)}, points=9, starts=[{"v": 0.0, "w": 0.0}])
    v, w = np.meshgrid(portrait.x, portrait.y)
    assert np.allclose(portrait.dx, v - v**3 / 3 - w + 0.5)
    assert np.allclose(portrait.dy, (v + 0.7 - 0.8 * w) / 12.5)
    (equilibrium,) = portrait.equilibria
    assert equilibrium.stability == "unstable"
    assert portrait.trajectories[0].times[-1] == 50


def test_other_states_are_held():
    system = ds.system_from_equations({"x": "-x + z", "y": "-y", "z": "-z"})
    portrait = ds.phase_portrait(system, {"x": (-1, 1), "y": (-1, 1)}, fixed={"z": 3}, points=3)
    assert portrait.fixed == {"z": 3.0}
    assert portrait.equilibria == ()
    assert np.allclose(portrait.dx, 3 - np.meshgrid(portrait.x, portrait.y)[0])


@pytest.mark.parametrize("box", [{"v": (-1, 1)}, {"v": (-1, 1), "q": (0, 1)}, {"v": (1, -1), "w": (0, 1)}])
def test_refuses_what_is_no_plane(box):
    with pytest.raises(ParameterError):
        ds.phase_portrait(ds.system_from_equations(FITZHUGH, parameters=VALUES), box)
