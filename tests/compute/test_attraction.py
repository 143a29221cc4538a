"""Basins of attraction against those that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError, UnsupportedFeatureError


def uncoupled(size: int = 2) -> ds.SymbolicSystem:
    """x_i' = -x_i + 2 tanh x_i: the basins are the orthants."""
    return ds.build_system(ds.Network.from_matrix(2 * np.eye(size)))


def test_orthants() -> None:
    found = ds.basins(uncoupled(), plane={"x1": (-3, 3), "x2": (-2, 2)}, points=30, samples=400)
    assert len(found.equilibria) == 9
    assert len(found.attractors) == 4
    x, y = np.meshgrid(found.x, found.y)
    for k, equilibrium in enumerate(found.equilibria):
        a, b = equilibrium.state.values()
        inside = (np.sign(x) == np.sign(round(a, 6))) & (np.sign(y) == np.sign(round(b, 6)))
        assert ((found.reached == k) == inside).all()
    assert found.hits.sum() == found.samples == 400
    low, high = found.intervals[[e.stability == "stable" for e in found.equilibria]].T
    assert (low < 0.27).all()
    assert (high > 0.23).all()
    assert found.status == "supported"


def test_shares_follow_the_box() -> None:
    found = ds.basins(uncoupled(), box={"x1": (0.1, 3)}, points=4, samples=200)
    signs = [tuple(np.sign(np.round(list(e.state.values()), 6))) for e in found.equilibria]
    shares = dict(zip(signs, found.shares, strict=True))
    assert shares[-1, 1] == shares[-1, -1] == 0
    assert shares[1, 1] + shares[1, -1] == 1


def test_a_rhythm_never_rests() -> None:
    system = ds.system_from_equations({"x": "x - y - x*(x^2 + y^2)", "y": "x + y - y*(x^2 + y^2)"})
    found = ds.basins(system, points=6, samples=20, duration=30)
    assert (found.reached == -1).all()
    assert found.hits.sum() == 0


def test_the_plane_of_the_equilibria() -> None:
    """Three neurons, the third driven by the others: the plane holds what differs most."""
    system = ds.build_system(ds.Network.from_matrix([[3, 0, 0], [0, 2, 0], [0.1, 0.1, 0]]))
    found = ds.basins(system, points=10, samples=50)
    assert found.axis_names == ("first direction", "second direction")
    assert np.allclose(found.directions @ found.directions.T, np.eye(2))
    assert abs(found.directions[0] @ [1, 0, 0]) > 0.99
    states = np.array([list(e.state.values()) for e in found.equilibria])
    assert np.allclose((states - found.origin) @ found.directions.T, found.places)
    sign = np.sign(found.places)
    u, v = np.meshgrid(np.sign(found.x), np.sign(found.y))
    stable = [e.stability == "stable" for e in found.equilibria]
    agree = (sign[found.reached] == np.stack([u, v], axis=-1)).all(axis=-1)
    assert agree.mean() > 0.9
    assert np.isin(found.reached, np.flatnonzero(stable)).all()


def test_the_energy_on_the_plane() -> None:
    system = ds.build_system(ds.motifs.bidirectional(weight=2))
    found = ds.basins(system, points=8, samples=5, energy=ds.energy_function(system))
    x, y = np.meshgrid(found.x, found.y)
    u, v = np.tanh(x), np.tanh(y)
    assert found.energy is not None
    assert np.allclose(found.energy, -2 * u * v + x * u + y * v - np.log(np.cosh(x)) - np.log(np.cosh(y)))


def test_weights_that_learn() -> None:
    network = ds.motifs.bidirectional(weight=0, bias="b")
    system = ds.build_system(network, synapse=ds.Hebbian("k"), values={"k": 5, "b": 0.1})
    found = ds.basins(system, plane={"x1": (-4, 4), "x2": (-4, 4)}, points=6, samples=20)
    y = np.tanh(np.stack(np.meshgrid(found.x, found.y)))
    assert np.allclose(found.dx, -np.meshgrid(found.x, found.y)[0] + 0.1 + 5 * y[0] * y[1] ** 2)
    assert set(np.unique(found.reached)) <= set(range(len(found.equilibria)))
    assert found.origin[2:] == pytest.approx([0, 0], abs=1e-9)


def test_saved_is_loaded(tmp_path) -> None:
    found = ds.basins(uncoupled(), points=6, samples=10, energy=ds.energy_function(uncoupled()))
    assert ds.load_result(found.save(tmp_path / "basins.nc")) == found
    table = found.to_dataframe()
    assert list(table.columns) == ["x1", "x2", "stability", "share", "share_low", "share_high"]
    assert found.to_json()["kind"] == "basins"
    assert "supported" in repr(found)


@pytest.mark.parametrize(
    "options", [{"plane": {"x1": (-1, 1)}}, {"plane": {"x1": (1, -1), "x2": (0, 1)}}, {"points": 1}, {"samples": 0}]
)
def test_bad_requests(options: dict) -> None:
    with pytest.raises(ParameterError):
        ds.basins(uncoupled(), **options)
    with pytest.raises(ParameterError, match="x9"):
        ds.basins(uncoupled(), box={"x9": (0, 1)})
    with pytest.raises(UnsupportedFeatureError, match="one state"):
        ds.basins(ds.system_from_equations({"x": "x - x^3"}))
