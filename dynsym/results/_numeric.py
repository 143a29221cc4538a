"""The base of numeric results: one labelled dataset, a table, a file, equality by content."""

from __future__ import annotations

import abc
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynsym.results.content import same_content
from dynsym.results.stamp import WithProvenance

if TYPE_CHECKING:
    import os

    import pandas
    import xarray

__all__ = ["NumericResult"]


class NumericResult(WithProvenance, abc.ABC):
    """A frozen record of arrays, seen as one `xarray.Dataset`.

    A subclass is a frozen dataclass with ``eq=False`` and implements ``_build_dataset`` (the labelled view),
    ``_from_dataset`` (the way back), ``_columns`` (its main table) and ``to_json``.
    """

    __hash__ = None  # type: ignore[assignment]

    @abc.abstractmethod
    def _build_dataset(self) -> xarray.Dataset: ...

    @classmethod
    @abc.abstractmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> NumericResult: ...

    @abc.abstractmethod
    def _columns(self) -> dict[str, Any]: ...

    @abc.abstractmethod
    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object: floats finite or None."""

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, NumericResult) else NotImplemented

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """The whole result as one labelled dataset, built on first use."""
        return self._build_dataset()

    def to_dataframe(self) -> pandas.DataFrame:
        """The main table of the result, one row for each point."""
        import pandas

        return pandas.DataFrame(self._columns())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the dataset as NetCDF, safely; `load_result` reads it back as an equal object."""
        from dynsym.results.storage import path_of, write_dataset

        return write_dataset(self.dataset, path_of(path))
