"""Results as NetCDF files: written whole or not at all, read without running anything."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym._version import __version__
from dynsym.errors import ParameterError, StorageError, UnsafeInputError

if TYPE_CHECKING:
    import xarray

__all__ = ["load_result", "path_of", "write_bytes", "write_dataset"]

FORMAT = 1
"""Version of the layout of files; a file without one is from before there were versions, and of the same layout."""

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_KINDS = {
    "Basins": "dynsym.results.attraction",
    "Branch": "dynsym.results.branch",
    "CountStaircase": "dynsym.results.staircase",
    "Diagram": "dynsym.results.diagram",
    "EquilibriumCount": "dynsym.results.equilibrium",
    "PhasePortrait": "dynsym.results.portrait",
    "Trajectory": "dynsym.results.trajectory",
}
_UNREADABLE = (OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, MemoryError)


def load_result(path: str | os.PathLike[str]) -> Any:
    """The result that `save` wrote, equal to the one that was saved.

    Parameters
    ----------
    path : str or path
        A NetCDF file written by dynsym.

    Returns
    -------
    Branch, Diagram, EquilibriumCount, CountStaircase, Trajectory, PhasePortrait or Basins

    Raises
    ------
    UnsafeInputError
        If the file is no NetCDF file: pickles and other formats that can run code are never opened.
    StorageError
        If the file is absent, torn, changed since it was written, of a newer format, or not from dynsym.

    Examples
    --------
    >>> import tempfile
    >>> from dynsym.results import Trajectory
    >>> trajectory = Trajectory([0, 1], states=[[1.0], [0.5]], state_names=("x",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_result(trajectory.save(f"{folder}/decay.nc")) == trajectory
    True
    """
    path = path_of(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror}. Give a file that was written by save()."
        ) from error
    if not content.startswith(_SIGNATURE):
        if _SIGNATURE.startswith(content[: len(_SIGNATURE)]) or not content.strip(b"\0"):
            raise StorageError(f"{path} is empty or torn: it ends after {len(content)} bytes. Save the result again.")
        raise UnsafeInputError(
            f"{path} is not a NetCDF file; it may be a pickle, which can run code when it is opened. "
            "Only NetCDF files written by save() are read. Save the result again with result.save('name.nc')."
        )
    try:
        dataset = _read_dataset(content)
        version = int(dataset.attrs.get("dynsym_format", FORMAT))
        whole = version > FORMAT or dataset.attrs.pop("content_hash", None) == _hash(dataset)
        dataset.attrs.pop("dynsym_format", None)
        known = dataset.attrs.get("kind") in _KINDS
        result = result_of_dataset(dataset) if whole and known and version <= FORMAT else None
    except _UNREADABLE as error:
        raise StorageError(f"{path} is torn or damaged ({error}). Take a backup or save the result again.") from error
    if version > FORMAT:
        raise StorageError(
            f"{path} has format {version}, and dynsym {__version__} reads formats up to {FORMAT}. "
            "Update dynsym, or save the result again with this version."
        )
    if not known:
        raise StorageError(f"{path} is NetCDF, but not a result of dynsym. Open it with xarray.open_dataset instead.")
    if not whole:
        raise StorageError(f"{path} has changed since it was written. Take a backup or save the result again.")
    return result


def result_of_dataset(dataset: xarray.Dataset) -> Any:
    """The result whose dataset this is."""
    import importlib

    kind = str(dataset.attrs["kind"])
    return getattr(importlib.import_module(_KINDS[kind]), kind)._from_dataset(dataset)


def write_dataset(dataset: xarray.Dataset, path: Path) -> Path:
    """Write a dataset as NetCDF, whole or not at all; complex arrays become pairs of real ones.

    The file is laid out in memory first, so that a full disk meets an ordinary write and not the HDF5 library.
    """
    import h5netcdf
    import h5py

    real = _split_complex(dataset)
    buffer = io.BytesIO()
    with h5netcdf.File(buffer, "w") as file:
        file.dimensions = dict(real.sizes)
        for name, variable in real.variables.items():
            values, attributes = variable.values, dict(variable.attrs)
            if values.dtype.kind in "UO":
                kind, values = h5py.string_dtype(), values.astype(object)
            elif values.dtype.kind == "b":
                kind, values, attributes = np.dtype("i1"), values.astype("i1"), {**attributes, "dtype": "bool"}
            else:
                kind = values.dtype
            target = file.create_variable(str(name), variable.dims, dtype=kind, data=values)
            for key, value in attributes.items():
                target.attrs[key] = value
        labels = " ".join(sorted(str(name) for name in real.coords if name not in real.dims))
        coordinates = {"coordinates": labels} if labels else {}
        for key, value in {
            **real.attrs,
            **coordinates,
            "content_hash": _hash(dataset.assign_attrs(dynsym_format=FORMAT)),
            "dynsym_format": FORMAT,
        }.items():
            file.attrs[key] = value
    return write_bytes(buffer.getvalue(), path)


def path_of(path: Any) -> Path:
    """A path, or the error that says what was given instead."""
    if not isinstance(path, str | os.PathLike):
        raise ParameterError(f"A file was given as {path!r:.60}; its name is needed, as in 'result.nc'.")
    return Path(path)


def write_bytes(content: bytes, path: Path) -> Path:
    """Write a file whole or not at all: temporary file, fsync, rename."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        why = "no space is left on the disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise StorageError(
            f"{path} could not be written: {why}. {len(content)} bytes were needed; an older file is unchanged. "
            "Free some space or give another folder."
        ) from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename last; file systems that cannot sync a folder are left alone."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read_dataset(content: bytes) -> xarray.Dataset:
    import xarray

    with xarray.open_dataset(io.BytesIO(content), engine="h5netcdf") as file:
        return _join_complex(file.load())


def _split_complex(dataset: xarray.Dataset) -> xarray.Dataset:
    pairs = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind == "c":
            attributes = {**variable.attrs, "complex_part_of": str(name)}
            for part, values in (("real", variable.values.real), ("imag", variable.values.imag)):
                pairs[f"{name}_{part}"] = (variable.dims, values, attributes)
    return dataset.drop_vars([name for name in dataset.data_vars if dataset[name].dtype.kind == "c"]).assign(pairs)


def _join_complex(dataset: xarray.Dataset) -> xarray.Dataset:
    wholes = {str(dataset[name].attrs.get("complex_part_of", "")) for name in dataset.data_vars} - {""}
    for name in wholes:
        real, imaginary = dataset[f"{name}_real"], dataset[f"{name}_imag"]
        attributes = {key: value for key, value in real.attrs.items() if key != "complex_part_of"}
        value = np.empty(real.shape, dtype=complex)
        value.real, value.imag = real.values, imaginary.values
        dataset = dataset.drop_vars([f"{name}_real", f"{name}_imag"]).assign({name: (real.dims, value, attributes)})
    return dataset


def _hash(dataset: xarray.Dataset) -> str:
    """SHA-256 of names, dimensions, values and attributes, the same before writing and after reading."""
    digest = hashlib.sha256()
    for name in sorted(map(str, dataset.variables)):
        variable = dataset.variables[name]
        values = variable.values
        digest.update(f"{name}{variable.dims}{values.shape}".encode())
        if values.dtype.kind in "UO":
            digest.update("\0".join(map(str, values.ravel())).encode())
        else:
            kind = {"b": "i1", "i": "<i8", "f": "<f8", "c": "<c16"}[values.dtype.kind]
            digest.update(np.ascontiguousarray(values, dtype=kind).tobytes())
    digest.update(repr(sorted((key, str(value)) for key, value in dataset.attrs.items())).encode())
    return digest.hexdigest()
