"""Records are frozen, checked, equal by content, short to print, and give the JSON of the command line."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle

import numpy as np
import pytest
from sympy import Integer, Symbol

import dynsym as ds
from dynsym.errors import ParameterError
from dynsym.results import (
    Branch,
    CountInterval,
    CountStaircase,
    CurlEntry,
    Decomposition,
    Diagram,
    Equilibrium,
    EquilibriumCount,
    NormalForm,
    Outcome,
    PhasePortrait,
    Provenance,
    SpecialPoint,
    SymbolicEquilibrium,
    Trajectory,
)

VERDICTS = {"euclidean": "refuted", "diagonal": "proved", "any": "proved"}


def keys(record, *names):
    assert set(names) <= set(record)
    json.dumps(record, allow_nan=False)
    return record


# -- JSON ------------------------------------------------------------------------------------------------------------


def test_count_json(count):
    record = keys(
        count.to_json(), "kind", "parameters", "status", "lower", "upper", "stable", "index_sum", "seconds", "boxes",
        "equilibria",
    )  # fmt: skip
    assert record["kind"] == "count"
    assert (record["status"], record["lower"], record["upper"]) == ("lower_bound", 2, None)
    assert record["boxes"] == {"examined": 120, "undecided": 1}
    first, second = record["equilibria"]
    keys(first, "state", "radius", "certificate", "stability", "unstable_dimension")
    assert first["state"] == {"x1": 0.0, "x2": 0.0}
    assert second["radius"] is None  # infinite


def test_staircase_json(staircase, count):
    sweep = keys(staircase.to_json(), "kind", "parameter", "counts")
    assert sweep["kind"] == "count_sweep"
    assert [entry["parameters"]["g"] for entry in sweep["counts"]] == [0.5, 1.5]
    whole = CountStaircase("k", intervals=staircase.intervals, folds=staircase.folds).to_json()
    assert whole["kind"] == "count_intervals"
    assert whole["intervals"] == [{"from": 0.0, "to": 0.99, "count": 1, "status": "proved"}]
    assert whole["folds"] == [[0.99, 1.01]]


def test_diagram_json(diagram):
    record = keys(diagram.to_json(), "kind", "branches", "curves", "cycles")
    assert record["kind"] == "diagram"
    branch = keys(record["branches"][0], "id", "parameter", "states", "stable", "special")
    assert len(branch["parameter"]) == len(branch["states"]["x1"]) == len(branch["stable"]) == 21
    assert branch["stable"][0] is True
    hopf, pitchfork = branch["special"]
    keys(pitchfork, "label", "kind", "parameters", "state", "residual", "eigenvalues", "coefficients")
    assert pitchfork["eigenvalues"] == [[0.0, 0.0], [-2.0, 0.0]]
    assert hopf["coefficients"] == {"first_lyapunov": None}


def test_condition_json(condition):
    record = keys(
        condition.to_json(), "kind", "at", "equation", "constraints", "solution", "value", "criticality", "coefficient",
        "coefficient_value", "normalisation", "frequency", "assumptions", "verdict",
    )  # fmt: skip
    assert record["equation"] == "g - 1"
    assert record["at"] == {"x1": "0", "x2": "0"}
    assert record["constraints"] == ["g > 0"]
    assert record["coefficient"] == "-1/6"


def test_decomposition_json():
    x, y = Symbol("x"), Symbol("y")
    found = Decomposition(
        "euclidean", state_names=("x", "y"), is_gradient=VERDICTS, potential=x**2, integrals=(x + y,),
        curl=(CurlEntry(("x", "y"), value=2 * x),), violating_cycle=("x", "y"), symmetric=np.eye(2), curl_share=np.nan,
    )  # fmt: skip
    record = keys(found.to_json(), "kind", "metric", "is_gradient", "potential", "curl", "violating_cycle", "integrals")
    assert record["curl"] == [{"states": ["x", "y"], "value": "2*x"}]
    assert record["potential"] == "x**2"
    assert record["violating_cycle"] == ["x", "y"]
    assert record["integrals"] == ["x + y"]


# -- values that make no sense -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: EquilibriumCount("sure", lower=1, upper=1),
        lambda: EquilibriumCount("proved", lower=1, upper=2),
        lambda: EquilibriumCount("lower_bound", lower=3, upper=2),
        lambda: Equilibrium({"x": 0}, stability="wobbly"),
        lambda: Equilibrium({"x": 0}, certificate="yes"),
        lambda: CountStaircase("k", counts=(EquilibriumCount("proved", lower=1, upper=1),)),
        lambda: CountInterval(0, end=1, count=1, status="maybe"),
        lambda: Trajectory([0, 1], states=np.zeros((1, 2)), state_names=("x",)),
        lambda: PhasePortrait(("x", "y"), x=[0, 1], y=[0, 1, 2], dx=np.zeros((2, 3)), dy=np.zeros((2, 3))),
        lambda: NormalForm("hopf", coefficients={}, criticality="nice"),
        lambda: Decomposition("euclidean", state_names=(), is_gradient={"euclidean": "proved"}),
        lambda: Decomposition("euclidean", state_names=(), is_gradient={**VERDICTS, "any": "yes"}),
    ],
)
def test_nonsense_is_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_branch_lengths_must_agree(branches):
    with pytest.raises(ParameterError, match="stable"):
        dataclasses.replace(branches[0], stable=[True])


def test_branch_ids_are_unique(branches):
    with pytest.raises(ParameterError, match="id"):
        Diagram("g", branches=(branches[0], dataclasses.replace(branches[1], id=0)))


# -- frozen, equal, short ----------------------------------------------------------------------------------------------


def test_results_cannot_be_changed(branches, count):
    with pytest.raises(dataclasses.FrozenInstanceError):
        count.lower = 3
    with pytest.raises(ValueError, match="read-only"):
        branches[0].states[0, 0] = 1
    with pytest.raises(TypeError, match="frozen"):
        count.parameters["g"] = 2
    with pytest.raises(TypeError, match="frozen"):
        count.parameters |= {"g": 2}


def test_the_given_arrays_are_not_touched():
    values = np.zeros((2, 1))
    Branch(
        0, parameter="g", parameter_values=[0, 1], states=values, state_names=("x",), stable=[True, True],
        unstable_dimension=[0, 0],
    )  # fmt: skip
    values[0, 0] = 1


def test_equality_is_by_content(diagram, branches):
    assert copy.deepcopy(diagram) == diagram
    moved = branches[0].states.copy()
    moved[3, 1] += 1e-15
    assert dataclasses.replace(branches[0], states=moved) != branches[0]
    assert diagram != branches[0]
    assert diagram != "diagram"
    assert SpecialPoint("", kind="fold", parameters={}, state={}) == SpecialPoint(
        "", kind="fold", parameters={}, state={}
    )


def test_time_and_duration_are_not_compared(count):
    later = dataclasses.replace(count.provenance, created="2099-01-01T00:00:00+00:00")
    assert dataclasses.replace(count, seconds=99.0, provenance=later) == count
    assert dataclasses.replace(count, provenance=Provenance("other")) != count


def test_results_go_to_another_process(diagram, count):
    assert pickle.loads(pickle.dumps(diagram)) == diagram
    assert pickle.loads(pickle.dumps(count)) == count


def test_reprs_fit_a_screen(diagram, staircase, count, trajectory, portrait, condition, branches):
    for result in (diagram, staircase, count, trajectory, portrait, condition, branches[0]):
        lines = repr(result).splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 200
    assert "1 ends failed" in repr(diagram)
    assert "numbers 1, 2" in repr(staircase)
    assert "budget" in repr(count)
    assert "empty" in repr(CountStaircase("g"))
    points = [SpecialPoint("", kind="fold", parameters={"g": i / 100}, state={"x1": i, "x2": 0}) for i in range(60)]
    crowded = Diagram("g", branches=(dataclasses.replace(branches[0], special=points),))
    assert len(repr(crowded).splitlines()) <= 24
    wide = Equilibrium({f"x{i}": 0.0 for i in range(300)})
    assert len(repr(wide)) < 200


def test_counts_say_what_is_proved(count, staircase):
    assert count.count is None
    assert EquilibriumCount("proved", lower=5, upper=5).count == 5
    assert not staircase.is_proved
    assert len(staircase) == 2
    np.testing.assert_allclose(staircase.values, [0.5, 1.5])


def test_provenance_carries_the_fingerprint():
    one, other = (ds.system_from_equations({"x": rate}, name="decay") for rate in ("-x", "-2*x"))
    first = Provenance.of(one, options={"tolerance": np.float64(1e-9)}, seed=1)
    assert first == Provenance.of(one, options={"tolerance": 1e-9}, seed=1)
    assert first != Provenance.of(other, options={"tolerance": 1e-9}, seed=1)
    assert first.created.endswith("+00:00")
    json.dumps(first.to_json())


# -- labelled views ----------------------------------------------------------------------------------------------------


def test_labels_ascend_with_the_parameter(diagram):
    assert diagram.labels == ("pitchfork:1", "hopf:1")
    assert diagram["hopf:1"].parameters["g"] == 1.5
    assert "fold:1" not in diagram
    with pytest.raises(ParameterError, match="hopf:1"):
        diagram["fold:1"]
    assert [point.label for branch in diagram for point in branch.special].count("pitchfork:1") == 2


def test_symmetric_points_get_two_labels():
    points = [
        SpecialPoint("", kind="fold", parameters={"g": 1 + 1e-13 * sign}, state={"x": sign * 0.5}) for sign in (-1, 1)
    ]
    points.append(SpecialPoint("", kind="fold", parameters={"g": -2}, state={"x": 0}))
    branch = Branch(
        0, parameter="g", parameter_values=[], states=np.zeros((0, 1)), state_names=("x",), stable=[],
        unstable_dimension=[], special=points,
    )  # fmt: skip
    diagram = Diagram("g", branches=(branch,))
    assert [diagram[f"fold:{i}"].state["x"] for i in (1, 2, 3)] == [0, 0.5, -0.5]


def test_datasets_are_labelled_and_kept(diagram, count, trajectory, portrait, staircase):
    assert diagram.dataset is diagram.dataset
    assert diagram.dataset.sizes["step"] == 32
    assert float(diagram.dataset["states"].sel(state="x1")[-1]) == pytest.approx(3**0.5)
    assert "counts_status" in diagram.dataset
    assert count.dataset["states"].dims == ("equilibrium", "state")
    assert count.dataset["eigenvalues"].dtype == complex
    assert trajectory.dataset["states"].dims == ("step", "state")
    assert portrait.dataset["dx"].dims == ("y", "x")
    assert staircase.dataset["lower"].values.tolist() == [1, 2]


def test_tables(diagram, count, trajectory, portrait, staircase):
    table = diagram.to_dataframe()
    assert list(table.columns) == ["branch", "g", "x1", "x2", "stable", "unstable_dimension"]
    assert len(table) == 32
    assert count.to_dataframe()["stability"].tolist() == ["unstable", "stable"]
    assert staircase.to_dataframe()["g"].tolist() == [0.5, 1.5]
    assert len(trajectory.to_dataframe()) == 31
    assert list(portrait.to_dataframe().columns) == ["x1", "x2", "dx1/dt", "dx2/dt"]


def test_lookup_by_name(branches, trajectory):
    np.testing.assert_array_equal(branches[0]["g"], branches[0].parameter_values)
    with pytest.raises(ParameterError, match="x1"):
        branches[0]["y"]
    with pytest.raises(ParameterError, match="x1"):
        trajectory["y"]
    assert trajectory.final["x2"] == pytest.approx(-0.5 * np.exp(-3))


def test_outcomes_say_whether_they_are_failures():
    assert Outcome.NEWTON_FAILED.is_failure
    assert not Outcome.CLOSED_LOOP.is_failure


def test_symbolic_equilibria():
    x = Symbol("x", real=True)
    symmetric = SymbolicEquilibrium({"x1": x, "x2": x}, constraints=(x - 1,), amplitude=x)
    assert not symmetric.is_trivial
    assert symmetric == SymbolicEquilibrium({"x1": x, "x2": x}, constraints=(x - 1,), amplitude=x)
    assert len({symmetric, SymbolicEquilibrium({"x": Integer(0)})}) == 2
    assert keys(symmetric.to_json(), "states", "constraints")["amplitude"] == "x"
