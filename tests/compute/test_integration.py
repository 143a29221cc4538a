"""Time courses: accuracy, stiffness, blow-up, domains, bad input."""

import warnings

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError

METHODS = [ds.compute.Lsoda(), ds.compute.Radau(), ds.compute.DormandPrince()]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_linear_system_follows_its_exact_solution(method):
    system = ds.system_from_equations({"x": "-x/2 - 2*y", "y": "2*x - y/2"})
    times = np.linspace(0, 5, 26)
    trajectory = ds.simulate(system, {"x": 1}, times=times, method=method)
    assert trajectory.outcome is ds.Outcome.FINISHED
    assert (trajectory.times == times).all()
    assert trajectory["x"] == pytest.approx(np.exp(-times / 2) * np.cos(2 * times), abs=1e-6)
    assert trajectory["y"] == pytest.approx(np.exp(-times / 2) * np.sin(2 * times), abs=1e-6)
    assert trajectory.provenance.options["method"] == method.name


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_blow_up_is_told_with_its_time(method):
    trajectory = ds.simulate(ds.system_from_equations({"x": "x^2"}), {"x": 1}, span=(0, 2), method=method)
    assert trajectory.outcome is ds.Outcome.BLOW_UP
    assert trajectory.times[-1] == pytest.approx(1, abs=1e-6)
    assert trajectory.provenance.options["message"] == "blow-up near t = 1"
    assert np.isfinite(trajectory.states).all()


def test_growth_without_bound_in_infinite_time_is_no_blow_up():
    trajectory = ds.simulate(ds.system_from_equations({"x": "x"}), {"x": 1}, span=(0, 60))
    assert trajectory.outcome is ds.Outcome.FINISHED
    assert trajectory.final["x"] == pytest.approx(np.exp(60), rel=1e-4)


def test_a_stiff_system_takes_few_evaluations():
    # explicit RK45 takes about 424,664 evaluations for x' = -1e6 (x - cos t)
    system = ds.system_from_equations({"x": "-1e6*(x - c)", "c": "-s", "s": "c"})
    trajectory = ds.simulate(system, {"c": 1}, span=(0, 0.2))
    assert trajectory.outcome is ds.Outcome.FINISHED
    assert trajectory.provenance.options["evaluations"] < 2000
    assert trajectory.final["x"] == pytest.approx(np.cos(0.2), abs=1e-5)


def test_a_solution_that_leaves_the_domain_says_so():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trajectory = ds.simulate(ds.system_from_equations({"x": "log(x) - 1"}), {"x": 0.5}, span=(0, 5))
    assert trajectory.outcome is ds.Outcome.LEFT_DOMAIN
    assert "Left the domain near t = 0.20" in trajectory.provenance.options["message"]
    assert trajectory.times[-1] == pytest.approx(0.2049, abs=1e-3)


def test_parameters_come_by_name_and_weights_are_slaved():
    network = ds.motifs.bidirectional(weight=0, bias="b")
    system = ds.build_system(network, node=ds.LeakyRate(ds.Tanh()), synapse=ds.Hebbian("k"))
    trajectory = ds.simulate(system, 0.5, span=(0, 200), values={"b": 1, "k": -3})
    assert trajectory["w_x2_x1"][0] == pytest.approx(-3 * np.tanh(0.5) ** 2)
    count = ds.count_equilibria(system, values={"b": 1, "k": -3})
    assert count.lower == 1
    assert trajectory.final == pytest.approx(count.equilibria[0].state, abs=1e-6)
    assert trajectory.parameters == {"b": 1, "k": -3}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"times": [0, 1], "span": (0, 1)},
        {"span": (1, 0)},
        {"times": [0]},
        {"times": [0, 1, 1]},
        {"span": (0, np.inf)},
    ],
)
def test_unusable_times_are_refused(arguments):
    with pytest.raises(ParameterError, match="Try span"):
        ds.simulate(ds.system_from_equations({"x": "-x"}), {"x": 1}, **arguments)


@pytest.mark.parametrize("tolerance", [-1, 0, float("nan"), "small"])
def test_unusable_tolerances_are_refused(tolerance):
    with pytest.raises(ParameterError, match="relative_tolerance"):
        ds.compute.Lsoda(relative_tolerance=tolerance)


def test_a_trajectory_is_saved_and_read_back(tmp_path):
    trajectory = ds.simulate(ds.system_from_equations({"x": "-x"}), {"x": 1}, span=(0, 1))
    assert ds.load_result(trajectory.save(tmp_path / "trajectory.nc")) == trajectory
