"""The demonstrations: what they print was found in the run, fits a page, and is the same each time."""

import math
import resource
import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest

import dynsym as ds
from dynsym.cli.demo import source_of
from dynsym.cli.demonstrations import DEMONSTRATIONS, pyloric

GOLDEN = (1 + math.sqrt(5)) / 2


def cubic_coefficient(W, g):
    """w.C(v, v, v)/6 at the origin of x' = -x + g W tanh(x), v.v = 1, w.v = 1: tanh''' (0) = -2."""
    values, right = np.linalg.eig(W)
    k = int(np.argmin(abs(values - 1 / g)))
    v = right[:, k].real / np.linalg.norm(right[:, k].real)
    values, left = np.linalg.eig(W.T)
    w = left[:, int(np.argmin(abs(values - 1 / g)))].real
    return float((w / (w @ v)) @ (g * W @ (-2 * v**3)) / 6)


@pytest.fixture(scope="module")
def circuit():
    """What the lines of the pyloric demonstration find."""
    return pyloric.work()


def test_the_pitchforks_of_the_circuit(circuit):
    W = circuit.net.weight_matrix()
    assert [condition.kind for condition in circuit.conditions] == ["pitchfork", "pitchfork"]
    assert [condition.value for condition in circuit.conditions] == pytest.approx([1, GOLDEN], rel=1e-15)
    for condition in circuit.conditions:
        assert condition.verdict == "proved"
        assert condition.criticality == "supercritical"
        assert condition.coefficient_value == pytest.approx(cubic_coefficient(W, condition.value), rel=1e-9)


def test_the_circuit_has_no_hopf_point(circuit):
    assert circuit.no_hopf.verdict == "proved"
    assert np.isreal(np.linalg.eigvals(circuit.net.weight_matrix())).all()


def test_the_curl_of_the_circuit(circuit):
    J = circuit.net.weight_matrix() - np.eye(3)
    A = (J - J.T) / 2
    assert float(circuit.split.curl_share) == pytest.approx(np.sum(A**2) / np.sum(J**2), rel=1e-12)
    assert circuit.split.cause == ("AB_PD", "PY")  # the one synapse that no other answers


def test_the_counts_of_the_circuit(circuit):
    assert len(circuit.counts) == 60
    assert circuit.counts.is_proved
    expected = [1 if g <= 1 else 3 if g < GOLDEN else 5 for g in circuit.counts.values]
    assert circuit.counts.lower.tolist() == expected


def test_closed_forms_and_located_points_agree(circuit):
    rows = [row for row in circuit.agreement if row.condition is not None]
    assert len(rows) == 2
    assert all(row.difference < 1e-9 for row in rows)
    assert all(circuit.diagram.provenance.options["agree"])


def test_other_weights_give_other_results(monkeypatch):
    doubled = ds.load_network("pyloric").with_weights(-2)
    monkeypatch.setattr(ds, "load_network", lambda name: doubled, raising=False)
    found = pyloric.work()
    assert [condition.value for condition in found.conditions] == pytest.approx([0.5, GOLDEN / 2], rel=1e-15)


@pytest.mark.parametrize("name", ["pyloric", "ei", "hebb"])
def test_the_printed_block_fits_a_page_and_repeats(run, name):
    code, out, _ = run("demo", name)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    assert all(line == line.rstrip() for line in out.splitlines())
    assert run("demo", name)[1] == out


def test_the_printed_lines_are_those_that_ran(run):
    out = run("demo")[1]
    for line in source_of(pyloric.work).splitlines():
        assert f"    {line}\n" in out
    assert "no Hopf bifurcation of the origin for any g > 0: proved" in out
    assert "1/2 + sqrt(5)/2" in out


def test_the_onset_of_oscillations(run_json):
    said = run_json("demo", "ei")
    (hopf,) = [condition for condition in said["conditions"] if condition["kind"] == "hopf"]
    assert hopf["solution"] == "1 + 1/tau"
    assert "b*c*tau - 1 > 0" in hopf["constraints"]
    (row,) = [row for row in said["agreement"] if row["kind"] == "hopf"]
    assert row["value"] == 1.5
    assert row["difference"] < 1e-9


def test_the_pitchfork_of_anti_hebbian_learning(run_json):
    said = run_json("demo", "hebb")
    (pitchfork,) = [condition for condition in said["conditions"] if condition["kind"] == "pitchfork"]
    assert pitchfork["value"] < 0
    x = float(pitchfork["at"]["x1"])
    assert x == pytest.approx(1 + pitchfork["value"] * math.tanh(x) ** 3, abs=1e-12)


def test_the_list_and_unknown_names(run, run_json):
    out = run("demo", "--list")[1]
    assert all(name in out for name in DEMONSTRATIONS)
    assert set(run_json("demo", "--list")["demonstrations"]) == set(DEMONSTRATIONS)
    code, _, err = run("demo", "pylorik")
    assert code == 2
    assert "did you mean pyloric" in err


def test_pictures(run, tmp_path):
    code, _, _ = run("demo", "ei", "--out", tmp_path / "pictures")
    assert code == 0
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"network.png", "diagram.png"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "seconds"), [("pyloric", 10), ("worm", 15)])
def test_a_cold_process_is_quick_and_small(name, seconds):
    line = [sys.executable, "-c", "import sys; from dynsym.cli import main; sys.exit(main())", "demo", name]
    began = time.perf_counter()
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert time.perf_counter() - began <= seconds
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= 500_000
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.slow
def test_the_first_instability_of_the_worm(run_json):
    said = run_json("demo", "worm")
    W = ds.load_network("c_elegans").weight_matrix()
    leading = max(value.real for value in np.linalg.eigvals(W) if abs(value.imag) < 1e-9)
    first = said["conditions"][0]
    assert first["kind"] == "pitchfork"
    assert first["value"] == pytest.approx(1 / leading, rel=1e-9)
    assert first["coefficient_value"] == pytest.approx(cubic_coefficient(W, 1 / leading), rel=1e-6)
    J = W / leading - np.eye(302)
    share = np.sum((J - J.T) ** 2) / 4 / np.sum(J**2)
    assert float(Fraction(said["decomposition"]["curl_share"])) == pytest.approx(share, rel=1e-9)
    assert len(said["diagram"]["branches"]) == 2
