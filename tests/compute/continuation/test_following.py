"""Following a branch: ends, loops, jumps, kinks, domains, starts, messages."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ConvergenceError, ParameterError

CUSP = ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})


def follow(equations, span, start=0, values=None, parameter="m", **options):
    system = ds.system_from_equations(equations, parameters={parameter: None})
    method = ds.PseudoArclength(**options)
    return ds.continue_equilibrium(system, start, parameter=parameter, span=span, values=values, method=method)


def notes(branch):
    return branch.provenance.options["notes"]


def test_every_point_is_an_equilibrium_and_the_ends_lie_on_the_span():
    branch = ds.continue_equilibrium(CUSP, {"x": -1.3}, parameter="m", span=(-1, 1))
    assert np.abs(branch["m"] + branch["x"] - branch["x"] ** 3).max() < 1e-9
    assert (branch["m"][0], branch["m"][-1]) == (-1, 1)
    assert branch.outcomes == (ds.Outcome.REACHED_BOUNDARY,) * 2
    assert notes(branch) == []


def test_it_turns_at_a_fold_and_does_not_jump():
    # natural continuation jumps to x = 1.1915 at m = 0.5
    branch = ds.continue_equilibrium(CUSP, {"x": -1.32471795724475}, parameter="m", span=(-1, 1))
    fold = branch.special[0]
    assert (fold.kind, fold.label) == ("fold", "fold:1")
    assert fold.parameters["m"] == pytest.approx(0.3849001794597505, abs=1e-14)
    assert fold.state["x"] == pytest.approx(-0.5773502691896257, abs=1e-12)
    assert np.abs(np.diff(branch["x"])).max() < 0.05
    expected = np.where(np.abs(branch["x"]) < 1 / np.sqrt(3), 1, 0)
    regular = np.delete(np.arange(len(branch)), [point.step for point in branch.special])
    assert (branch.unstable_dimension[regular] == expected[regular]).all()


@pytest.mark.parametrize("scale", ["1e-3", "1", "1e3"])
def test_the_size_of_the_states_does_not_matter(scale):
    branch = follow({"x": f"{scale}*m + x - x^3/{scale}^2"}, (-1, 1), {"x": -1.3247 * float(scale)}, {"m": -1})
    assert [point.kind for point in branch.special] == ["fold", "fold"]
    assert branch.special[0].parameters["m"] == pytest.approx(2 / np.sqrt(27), rel=1e-12)
    assert branch.special[0].state["x"] == pytest.approx(-float(scale) / np.sqrt(3), rel=1e-9)


def test_special_points_are_points_of_the_branch():
    branch = ds.continue_equilibrium(CUSP, {"x": -1.3}, parameter="m", span=(-1, 1))
    for point in branch.special:
        assert branch["m"][point.step] == point.parameters["m"]
        assert branch["x"][point.step] == point.state["x"]


def test_a_closed_loop_is_followed_once():
    branch = follow({"x": "x^2 + m^2 - 1/4"}, (-1, 1), {"x": 0.5}, {"m": 0})
    assert branch.outcomes == (ds.Outcome.CLOSED_LOOP,) * 2
    assert [point.kind for point in branch.special] == ["fold", "fold"]
    assert branch["x"][0] == branch["x"][-1]
    angles = np.unwrap(np.arctan2(branch["x"], branch["m"]))
    assert abs(angles[-1] - angles[0]) == pytest.approx(2 * np.pi, rel=1e-9)
    assert np.hypot(branch["x"], branch["m"]) == pytest.approx(0.5, abs=1e-9)


def test_from_the_middle_it_goes_both_ways():
    branch = follow({"x": "m - x"}, (-1, 1), 0, {"m": 0.3})
    assert (branch["m"][0], branch["m"][-1]) == (-1, 1)
    assert (np.diff(branch["m"]) > 0).all()


def test_kinks_of_a_rectified_system_are_passed():
    # slopes dx/dm: 1 below x = 1/2, -1 between, 1/3 above 3/2
    branch = follow({"x": "m - x + 2*relu(x - 0.5) - 4*relu(x - 1.5)"}, (-1, 2), {"x": -1})
    assert branch.outcomes == (ds.Outcome.REACHED_BOUNDARY,) * 2
    assert branch["x"][-1] == pytest.approx((2 - 1 + 6) / 3)
    assert len(notes(branch)) == 2
    assert all("no smooth bifurcation" in note for note in notes(branch))


def test_it_stops_where_the_equations_are_not_defined():
    branch = follow({"x": "sqrt(x) + m"}, (-1, 1), {"x": 1}, {"m": -1})
    assert branch.outcomes[1] is ds.Outcome.LEFT_DOMAIN
    assert branch["m"][-1] == pytest.approx(0, abs=1e-3)
    assert "not defined" in notes(branch)[0]


def test_a_branch_that_goes_to_infinity_is_reported():
    branch = follow({"x": "-1 + m*x"}, (-1, 1), {"x": -1}, {"m": -1})
    assert branch.outcomes[1] is ds.Outcome.BLOW_UP
    assert branch["m"][-1] == pytest.approx(0, abs=1e-3)
    assert "Branch stopped at m = " in notes(branch)[0]


def test_the_limit_of_steps_is_reported():
    branch = follow({"x": "m - x"}, (-1, 1), -1, max_steps=5)
    assert branch.outcomes[1] is ds.Outcome.MAX_STEPS
    assert "max_steps" in notes(branch)[0]
    assert len(branch) == 6


def test_a_start_at_a_fold_goes_along_both_arms():
    branch = follow({"x": "m - x^2"}, (0, 1))
    assert sorted([branch["x"][0], branch["x"][-1]]) == pytest.approx([-1, 1])


def test_a_start_near_a_singular_state_still_leads_to_an_equilibrium():
    # Newton's method from x = 0 fails: the Jacobian vanishes there
    branch = follow({"x": "m - x^2"}, (0.1, 1), 0, {"m": 0.5})
    assert np.abs(branch["x"] ** 2 - branch["m"]).max() < 1e-9


def test_a_start_without_equilibrium_nearby_says_so():
    with pytest.raises(ConvergenceError, match="no equilibrium was reached"):
        follow({"x": "exp(-x) + m^2"}, (0, 1), 1)


def test_a_continuum_says_so():
    with pytest.raises(ConvergenceError, match="not isolated"):
        follow({"x": "y - x", "y": "x - y + 0*m"}, (-1, 1))


def test_a_special_point_is_a_start():
    branch = ds.continue_equilibrium(CUSP, {"x": -1.3}, parameter="m", span=(-1, 1))
    again = ds.continue_equilibrium(CUSP, branch.special[0], parameter="m", span=(-1, 1))
    assert again["m"].min() == -1
    assert [point.kind for point in again.special] == ["fold", "fold"]


def test_weights_that_a_start_leaves_out_are_at_their_steady_state():
    network = ds.motifs.bidirectional(weight=0, bias="b")
    system = ds.build_system(network, node=ds.LeakyRate(ds.Tanh()), synapse=ds.Hebbian("k"))
    f = ds.compile_system(system)
    from dynsym.compute.continuation.starts import start_state

    state = dict(zip(f.state_names, start_state(f, {"x1": 0.5}, f.parameter_vector({"b": 1, "k": 2})), strict=True))
    assert state == {"x1": 0.5, "x2": 0.0, "w_x2_x1": 0.0, "w_x1_x2": 0.0}
    state = dict(zip(f.state_names, start_state(f, 0.5, f.parameter_vector({"b": 1, "k": 2})), strict=True))
    assert state["w_x2_x1"] == pytest.approx(2 * np.tanh(0.5) ** 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parameter": "q"}, "'q' was asked for"),
        ({"span": (1, 0)}, "lower one first"),
        ({"span": (0, float("nan"))}, "not nan"),
        ({"values": {"m": 3}}, "outside the span"),
        ({"start": {"y": 1}}, "no state"),
        ({"start": [1, 2]}, "shape"),
        ({"start": {"x": float("inf")}}, "not finite"),
    ],
)
def test_unusable_arguments_are_refused(arguments, message):
    usual = {"start": 0, "parameter": "m", "span": (-1, 1)}
    with pytest.raises(ParameterError, match=message):
        ds.continue_equilibrium(CUSP, **{**usual, **arguments})


def test_a_missing_value_of_another_parameter_is_named():
    system = ds.system_from_equations({"x": "m - a*x"}, parameters={"m": None, "a": None})
    with pytest.raises(ParameterError, match="a"):
        ds.continue_equilibrium(system, 0, parameter="m", span=(0, 1))


@pytest.mark.parametrize(
    "options",
    [{"step": -1}, {"step_min": 0}, {"tolerance": float("nan")}, {"max_steps": 0}, {"step": 1, "step_max": 0.5}],
)
def test_an_unusable_method_is_refused(options):
    with pytest.raises(ParameterError, match="Try"):
        ds.PseudoArclength(**options)


def test_the_same_input_gives_the_same_branch():
    branches = [ds.continue_equilibrium(CUSP, {"x": -1.3}, parameter="m", span=(-1, 1)) for _ in range(2)]
    assert branches[0] == branches[1]


def test_a_branch_is_saved_and_read_back(tmp_path):
    branch = ds.continue_equilibrium(CUSP, {"x": -1.3}, parameter="m", span=(-1, 1))
    assert ds.load_result(branch.save(tmp_path / "branch.nc")) == branch
