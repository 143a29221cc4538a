"""Saved = loaded; what is torn, changed or foreign is refused."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import random
import resource
import signal
import subprocess
import sys
import textwrap

import h5py
import numpy as np
import pytest
import xarray

from dynsym.errors import ParameterError, StorageError, UnsafeInputError
from dynsym.results import Branch, CountStaircase, Diagram, EquilibriumCount, Trajectory, load_result, storage

RESULTS = ("count", "staircase", "diagram", "trajectory", "portrait")


@pytest.mark.parametrize("name", RESULTS)
def test_saved_equals_loaded(name, request, tmp_path):
    result = request.getfixturevalue(name)
    loaded = load_result(result.save(tmp_path / "result.nc"))
    assert loaded == result
    assert type(loaded) is type(result)
    assert loaded.provenance.created == result.provenance.created
    assert json.dumps(loaded.to_json(), allow_nan=False) == json.dumps(result.to_json(), allow_nan=False)


def test_branch_round_trip(branches, tmp_path):
    for branch in branches:
        assert load_result(branch.save(tmp_path / "branch.nc")) == branch


@pytest.mark.parametrize(
    "result",
    [
        Diagram("g"),
        CountStaircase("g"),
        EquilibriumCount("proved", lower=0, upper=0),
        Trajectory([], states=np.zeros((0, 2)), state_names=("x", "y")),
        Branch(
            0, parameter="g", parameter_values=[], states=np.zeros((0, 1)), state_names=("x",), stable=[],
            unstable_dimension=[],
        ),
    ],
    ids=lambda result: type(result).__name__,
)  # fmt: skip
def test_empty_results_round_trip(result, tmp_path):
    assert load_result(result.save(tmp_path / "empty.nc")) == result


def test_other_tools_read_the_file(diagram, tmp_path):
    """Plain xarray, without dynsym: labelled, real, complex spectra as pairs."""
    with xarray.open_dataset(diagram.save(tmp_path / "diagram.nc"), engine="h5netcdf") as dataset:
        assert dataset.sizes["step"] == 32
        assert dataset["states"].dims == ("step", "state")
        assert list(dataset["state"].values) == ["x1", "x2"]
        assert sorted(set(dataset["branch"].values.tolist())) == [0, 3]
        assert dataset["stable"].dtype == bool
        assert dataset["special_eigenvalues_real"].dtype == np.float64
        assert not any(dataset[name].dtype.kind == "c" for name in dataset)
        assert dataset.attrs["parameter"] == "g"
        assert json.loads(dataset.attrs["provenance"])["version"]


def test_a_pickle_is_refused_and_not_run(tmp_path):
    canary = tmp_path / "CANARY"

    class Touch:
        def __reduce__(self):
            return (os.system, (f"touch {canary}",))

    for name in ("results.pkl", "results.nc"):
        path = tmp_path / name
        path.write_bytes(pickle.dumps(Touch()))
        with pytest.raises(UnsafeInputError, match="pickle"):
            load_result(path)
    assert not canary.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04archive", b"\x93NUMPY\x01\x00", b"CDF\x01", b"g,x\n1,2\n"])
def test_other_formats_are_refused(content, tmp_path):
    path = tmp_path / "result.npz"
    path.write_bytes(content)
    with pytest.raises(UnsafeInputError):
        load_result(path)


@pytest.mark.parametrize("kept", [0, 5, 100, 0.5, -7, -1])
def test_a_torn_file_is_a_storage_error(kept, diagram, tmp_path):
    path = diagram.save(tmp_path / "diagram.nc")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    with pytest.raises(StorageError):
        load_result(path)


def test_a_changed_number_is_noticed(diagram, tmp_path):
    path = diagram.save(tmp_path / "diagram.nc")
    number = diagram.branches[1].states[5, 0].tobytes()
    content = path.read_bytes()
    assert content.count(number) >= 1
    path.write_bytes(content.replace(number, np.float64(1.25).tobytes()))
    with pytest.raises(StorageError, match="changed"):
        load_result(path)


def test_a_newer_format_is_refused_by_name(diagram, tmp_path, monkeypatch):
    with monkeypatch.context() as newer:
        newer.setattr(storage, "FORMAT", storage.FORMAT + 1)
        path = diagram.save(tmp_path / "diagram.nc")
        assert load_result(path) == diagram
    with pytest.raises(StorageError, match=rf"format {storage.FORMAT + 1}, .* up to {storage.FORMAT}\. Update dynsym"):
        load_result(path)


def test_a_file_from_before_there_were_formats_is_read(diagram, tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(storage, "_hash", lambda dataset, _hash=storage._hash: _hash(without_format(dataset)))
        path = diagram.save(tmp_path / "diagram.nc")
    with h5py.File(path, "r+") as file:
        del file.attrs["dynsym_format"]
    assert load_result(path) == diagram


def without_format(dataset):
    kept = {key: value for key, value in dataset.attrs.items() if key != "dynsym_format"}
    return dataset.drop_attrs(deep=False).assign_attrs(kept)


@pytest.mark.parametrize("version", [None, 0, -1, 1.5, "one", float("nan")])
def test_a_format_that_was_changed_is_refused(diagram, tmp_path, version):
    path = diagram.save(tmp_path / "diagram.nc")
    with h5py.File(path, "r+") as file:
        assert file.attrs["dynsym_format"] == storage.FORMAT
        del file.attrs["dynsym_format"]
        if version is not None:
            file.attrs["dynsym_format"] = version
    with pytest.raises(StorageError, match=r"changed|damaged"):
        load_result(path)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # h5netcdf, closing torn files
def test_no_damage_ends_in_another_error(diagram, tmp_path):
    content = bytearray(diagram.save(tmp_path / "diagram.nc").read_bytes())
    chance = random.Random(5)
    for k in range(60):
        spoilt, place = bytearray(content), chance.randrange(8, len(content))
        spoilt[place] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{k}.nc"
        path.write_bytes(spoilt)
        with contextlib.suppress(StorageError):
            assert load_result(path) == diagram


@pytest.mark.parametrize("given", [None, 3, 1.5, ["a.nc"]])
def test_a_file_is_named_by_a_path(diagram, given):
    for use in (load_result, diagram.save):
        with pytest.raises(ParameterError, match=r"its name is needed|str . os.PathLike"):
            use(given)


def test_foreign_netcdf_and_absent_file(tmp_path):
    path = tmp_path / "other.nc"
    xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(StorageError, match="not a result"):
        load_result(path)
    with pytest.raises(StorageError, match="cannot be read"):
        load_result(tmp_path / "absent.nc")


def test_the_old_file_survives_a_failed_save(count, trajectory, tmp_path):
    path = count.save(tmp_path / "result.nc")
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    try:
        with pytest.raises(StorageError, match="older file is unchanged"):
            trajectory.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
    assert load_result(path) == count
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.nc"]


def test_no_space_is_named(count, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="no space"):
        count.save(tmp_path / "result.nc")
    assert list(tmp_path.iterdir()) == []


def test_importing_results_is_light():
    code = textwrap.dedent("""
        import sys, dynsym.results
        heavy = {"xarray", "pandas", "matplotlib", "scipy", "networkx", "h5py"} & set(sys.modules)
        assert not heavy, heavy
    """)
    subprocess.run([sys.executable, "-c", code], check=True)
