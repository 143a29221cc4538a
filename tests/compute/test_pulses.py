"""Short pulses of inputs in time are not stepped across; expected values by hand."""

from fractions import Fraction

import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.integration import DormandPrince, Lsoda, Radau

METHODS = [Lsoda(), Radau(), DormandPrince()]


def driven(pulse, clock="1"):
    return ds.system_from_equations({"x": f"-x + 1000*({pulse})", "t": clock})


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("width", ["1/100", "1/10000", "3"])
@pytest.mark.parametrize("times", [None, np.linspace(0, 100, 11), [0.0, 50.0, 50.005, 100.0]])
def test_a_pulse_that_comes_late_arrives(method, width, times):
    """x = 1000 (1 - exp(-w)) at the end of a pulse of width w, and decays after it."""
    system = driven(f"step(t - 50) - step(t - 50 - {width})")
    given = {"span": (0, 100)} if times is None else {"times": times}
    found = ds.simulate(system, {"x": 0, "t": 0}, method=method, **given)
    w = float(Fraction(width))
    top = 1000 * (1 - np.exp(-w))
    assert found.outcome is ds.Outcome.FINISHED
    if times is None:
        assert found.states[:, 0].max() == pytest.approx(top, rel=1e-5)
        assert (np.diff(found.times) > 0).all()
    else:
        assert found.times.tolist() == list(times)
    assert found.states[-1, 0] == pytest.approx(top * np.exp(-(50 - w)), abs=1e-8)


@pytest.mark.parametrize(
    ("pulse", "clock", "area"),
    [
        ("step(t - 80) - step(t - 801/10)", "2", 0.05),
        ("step(-t - 30) - step(-t - 301/10)", "-1", 0.1),
        ("max(1/100 - abs(t - 50), 0)", "1", 1e-4),
        ("step(1/100 - (t - 50)^2) ", "1", 0.2),
        ("step(sin(t) - 9999/10000)*step(t - 50)*step(55 - t)", "1", 2 * np.arccos(0.9999)),
    ],
)
def test_the_area_of_a_pulse_is_kept(pulse, clock, area):
    """y' = pulse collects its area, whatever clock it is written in."""
    system = ds.system_from_equations({"y": f"{pulse}", "t": clock})
    found = ds.simulate(system, {"y": 0, "t": 0}, span=(0, 100))
    assert found.states[-1, 0] == pytest.approx(area, rel=1e-4)


def test_systems_without_a_clock_are_solved_in_one_piece():
    system = ds.system_from_equations({"x": "-x + relu(x - 1)", "y": "-y + step(x)"})
    found = ds.simulate(system, {"x": 2, "y": 0}, times=[0, 1, 2])
    assert found.times.tolist() == [0, 1, 2]
