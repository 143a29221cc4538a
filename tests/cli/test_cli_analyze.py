"""`analyze`: what it finds, what it leaves out with a note, and the folder that it writes."""

import json
import math

import pytest

import dynsym as ds
from dynsym.errors import NotAnEquilibrium, ParameterError, StorageError

FILES = {"analysis.json", "diagram.nc", "report.html", "diagram.png", "counts.png", "decomposition.png", "spectrum.png"}


@pytest.fixture(scope="module")
def pair_analysis(tmp_path_factory):
    """The pair x' = -x + g W tanh(x), analysed once, with its folder."""
    folder = tmp_path_factory.mktemp("analysis") / "deep" / "report"
    pair = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2"), weight=1), gain="g")
    return ds.analyze(pair, parameter="g", span=(0, 3), points=8, out=folder), folder


def test_closed_forms_counts_and_branches_agree(pair_analysis):
    found, _ = pair_analysis
    (pitchfork,) = found.conditions
    assert pitchfork.value == 1
    (row,) = found.agreement
    assert row.difference < 1e-9
    assert found.counts.is_proved
    assert found.counts.lower.tolist() == [1 if g < 1 else 3 for g in found.counts.values]
    assert len(found.diagram) == 2
    assert found.decomposition.is_gradient["diagonal"] == "proved"
    assert found.characteristic_polynomial is not None
    assert found.notes == ()
    assert found.conditions.complete


def test_the_absence_of_hopf_points_is_proved_for_all_gains(pair_analysis):
    (statement,) = pair_analysis[0].statements
    assert statement.verdict == "proved"
    assert statement.text == "no Hopf bifurcation of the origin for any g > 0"


def test_the_folder_holds_report_pictures_and_data(pair_analysis):
    found, folder = pair_analysis
    names = {path.name for path in folder.iterdir()}
    assert names == FILES | {"network.png", "plane.png"}
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in names if name.endswith(".png"))
    assert ds.load_result(folder / "diagram.nc") == found.diagram
    assert json.loads((folder / "analysis.json").read_text(encoding="utf-8")) == found.to_json()
    assert "<math" in (folder / "report.html").read_text(encoding="utf-8")


def test_an_analysis_is_written_over_and_other_files_are_not(tmp_path):
    system = ds.system_from_equations({"x": "-x + g*tanh(x)"}, parameters={"g": None})
    quick = {"parameter": "g", "span": (0, 2), "points": 2}
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("kept")
    for _ in range(2):
        ds.analyze(system, out=mine, **quick)
    assert (mine / "notes.txt").read_text() == "kept"
    other = tmp_path / "other"
    other.mkdir()
    (other / "report.html").write_text("not from dynsym")
    with pytest.raises(StorageError, match=r"report\.html"):
        ds.analyze(system, out=other, **quick)
    assert (other / "report.html").read_text() == "not from dynsym"
    with pytest.raises(StorageError, match="is a file"):
        ds.analyze(system, out=mine / "notes.txt", **quick)


def test_what_needs_numbers_is_left_out_with_a_note():
    system = ds.system_from_equations({"x": "-x + g*w*tanh(x)"}, parameters={"g": None, "w": None})
    found = ds.analyze(system, parameter="g", span=(0, 3), at=0)
    assert found.counts is None
    assert found.diagram is None
    assert [str(condition.solution) for condition in found.conditions] == ["1/w"]
    assert "--set w=1" in found.notes[0]


def test_a_corner_leaves_closed_forms_out_with_a_note():
    pair = ds.build_system(ds.motifs.bidirectional(weight="w"), node=ds.LeakyRate(ds.Rectified()))
    found = ds.analyze(pair, parameter="w", span=(-2, 0.5), at=0, points=2)
    assert found.conditions == ()
    assert found.statements == ()
    assert "corner" in found.conditions.open[0].reason
    assert len(set(found.notes)) == len(found.notes)
    assert found.counts is not None


def test_values_and_a_given_equilibrium(plastic_pair):
    system = ds.load_system(plastic_pair)
    at = ds.derive.symmetric_equilibrium(system, free=["k"])
    found = ds.analyze(system, parameter="k", span=(-8, -5), values={"b": 1}, at=at, points=3)
    (pitchfork,) = [condition for condition in found.conditions if condition.kind == "pitchfork"]
    assert min(abs(pitchfork.value - row.located_value) for row in found.agreement if row.point) < 1e-8


def test_what_makes_no_sense_is_refused():
    system = ds.system_from_equations({"x": "-x + g*tanh(x)"}, parameters={"g": None})
    for span in ((1, 1), (2, 1), (0, math.inf), (math.nan, 1)):
        with pytest.raises(ParameterError, match="span"):
            ds.analyze(system, parameter="g", span=span)
    with pytest.raises(ParameterError, match="points"):
        ds.analyze(system, parameter="g", span=(0, 1), points=1)
    with pytest.raises(NotAnEquilibrium):
        ds.analyze(system, parameter="g", span=(0, 1), at={"x": 1})
    with pytest.raises(ds.errors.ModelNameError):
        ds.analyze(system, parameter="h", span=(0, 1))


def test_the_command_as_json(run_json, pair):
    said = run_json("analyze", pair, "--parameter", "g", "--range", "0", "3", "--points", "4")
    assert said["kind"] == "analysis"
    assert said["conditions"][0]["value"] == 1
    assert said["complete"] == (not said["open"])
    assert all(set(cell) == {"what", "reason"} for cell in said["open"])
    assert said["diagram"]["kind"] == "diagram"


def test_the_command_as_text(run, model, tmp_path):
    path = model('[states]\nx = "-x + g*tanh(x)"\n[parameters]\ng = {}\n')
    words = ("analyze", path, "--parameter", "g", "--range", "0", "3", "--points", "4")
    code, out, err = run(*words, "--out", tmp_path / "report")
    assert code == 0
    assert "Closed form against located points" in out
    assert "report.html" in err
    assert run(*words, "--strict", "--at", "0")[0] == 0


def test_the_command_refuses_a_folder_of_others(run, fold, tmp_path):
    (tmp_path / "report.html").write_text("not from dynsym")
    code, _, err = run("analyze", fold, "--parameter", "m", "--range", "0", "3", "--out", tmp_path)
    assert code == 5
    assert "report.html" in err
