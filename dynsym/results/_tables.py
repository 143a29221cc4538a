"""Records as columns of a dataset and back: ragged mappings, spectra, missing numbers, nested results.

A missing number is nan in a column. Mappings become a matrix (row, name); where the rows have different names a column
of JSON lists tells them. Tables without rows are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dynsym.results.content import to_finite
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

    from dynsym.results._numeric import NumericResult

__all__ = [
    "Column",
    "Table",
    "as_dataset",
    "columns",
    "nest",
    "provenance_from_text",
    "provenance_text",
    "read_mappings",
    "read_provenance",
    "read_spectra",
    "records_of",
    "table_of",
    "texts",
    "unnest",
]


class Table:
    """The columns of one dimension of a dataset, collected one by one."""

    def __init__(self, dimension: str, rows: int) -> None:
        self.dimension = dimension
        self.rows = rows
        self.variables: dict[str, tuple[Any, ...]] = {}
        self.coordinates: dict[str, tuple[Any, ...]] = {}

    def numbers(self, name: str, values: Iterable[float | int | None], **attributes: Any) -> None:
        """A column of floats, missing ones as nan."""
        column = np.array([np.nan if value is None else value for value in values], dtype=float)
        self.add(name, column, **attributes)

    def texts(self, name: str, values: Iterable[str | None], **attributes: Any) -> None:
        """A column of texts; None and the empty text are the same."""
        self.add(name, np.array([value or "" for value in values], dtype=str), **attributes)

    def add(self, name: str, values: np.ndarray, *other: str, **attributes: Any) -> None:
        """A column, or an array whose first dimension is the table's."""
        if self.rows and values.size:
            self.variables[name] = ((self.dimension, *other), values, attributes)

    def mappings(self, name: str, rows: Sequence[Mapping[str, float]], other: str, **attributes: Any) -> None:
        """A matrix (row, name of an entry); `other` names the second dimension."""
        names = tuple(dict.fromkeys(key for row in rows for key in row))
        if not names:
            return
        matrix = np.array([[row.get(key, np.nan) for key in names] for row in rows], dtype=float)
        self.add(name, matrix, other, **attributes)
        self.coordinates[other] = ((other,), np.array(names, dtype=str))
        if any(tuple(row) != names for row in rows):
            self.texts(f"{name}_names", [json.dumps(list(row)) for row in rows])

    def spectra(self, name: str, rows: Sequence[tuple[complex, ...] | None], other: str) -> None:
        """A complex matrix (row, mode), padded with nan; `<name>_number` counts, -1 for an absent spectrum."""
        numbers = np.array([-1 if row is None else len(row) for row in rows], dtype=int)
        if not self.rows or not (numbers != -1).any():
            return
        matrix = np.full((len(rows), max(1, int(numbers.max()))), complex(np.nan, np.nan))
        for line, row in zip(matrix, rows, strict=True):
            line[: len(row or ())] = row or ()
        self.add(name, matrix, other)
        self.add(f"{name}_number", numbers)


class Column(NamedTuple):
    """How a field of records is kept: text, number, whole, mapping or spectrum; `other` names a second dimension."""

    kind: str
    name: str
    other: str = ""


def columns(kind: str, *fields: str, prefix: str = "") -> dict[str, Column]:
    """Columns of one kind, called by their fields."""
    return {field: Column(kind, prefix + field) for field in fields}


def table_of(dimension: str, records: Sequence[Any], layout: Mapping[str, Column]) -> Table:
    """One row a record, with these of its fields."""
    table = Table(dimension, len(records))
    for field, (kind, name, other) in layout.items():
        values = [getattr(record, field) for record in records]
        if kind == "mapping":
            table.mappings(name, values, other)
        elif kind == "spectrum":
            table.spectra(name, values, other)
        elif kind == "text":
            table.texts(name, values)
        elif kind == "whole":
            table.add(name, np.array(values, dtype=int))
        else:
            table.numbers(name, values)
    return table


def records_of(dataset: xarray.Dataset, dimension: str, layout: Mapping[str, Column]) -> tuple[dict[str, Any], ...]:
    """The way back from `table_of`: the fields of each record."""
    rows = dataset.sizes.get(dimension, 0)
    found: dict[str, Sequence[Any]] = {}
    for field, (kind, name, _) in layout.items():
        if kind == "mapping":
            found[field] = read_mappings(dataset, name, rows)
        elif kind == "spectrum":
            found[field] = read_spectra(dataset, name, rows)
        elif kind == "text":
            found[field] = texts(dataset, name, rows)
        else:
            numbers = dataset[name].values.tolist() if name in dataset else [np.nan] * rows
            found[field] = numbers if kind == "number" else [None if x != x else _KINDS[kind](x) for x in numbers]
    return tuple({field: values[i] for field, values in found.items()} for i in range(rows))


_KINDS: dict[str, Callable[[Any], Any]] = {"number or none": float, "whole": int, "whole or none": int}


def as_dataset(
    kind: str, tables: Iterable[Table], attributes: Mapping[str, Any], provenance: Provenance
) -> xarray.Dataset:
    """One dataset of all tables, with the kind of the result and its provenance in the attributes."""
    import xarray

    variables: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for table in tables:
        variables |= table.variables
        coordinates |= table.coordinates
    record = {"kind": kind, "provenance": provenance_text(provenance), **attributes}
    return xarray.Dataset(variables, coords=coordinates, attrs=record)


def provenance_text(provenance: Provenance) -> str:
    """The provenance as one line of JSON."""
    return json.dumps(provenance.to_json(), ensure_ascii=False)


def provenance_from_text(text: str) -> Provenance:
    """The provenance of one line of JSON."""
    record = json.loads(text)
    return Provenance(record.pop("inputs"), **record)


def read_provenance(dataset: xarray.Dataset) -> Provenance:
    """The provenance in the attributes of a dataset."""
    return provenance_from_text(str(dataset.attrs["provenance"]))


def texts(dataset: xarray.Dataset, name: str, rows: int = 0) -> list[str]:
    """A column of texts; empty texts if it was left out."""
    return [str(value) for value in dataset[name].values] if name in dataset else [""] * rows


def read_mappings(dataset: xarray.Dataset, name: str, rows: int) -> list[dict[str, float]]:
    """The way back from `Table.mappings`."""
    if name not in dataset:
        return [{} for _ in range(rows)]
    variable = dataset[name]
    names = [str(key) for key in dataset[variable.dims[1]].values]
    full = [dict(zip(names, map(float, line), strict=True)) for line in variable.values]
    if f"{name}_names" not in dataset:
        return full
    kept = [json.loads(text) for text in texts(dataset, f"{name}_names")]
    return [{key: row[key] for key in keys} for row, keys in zip(full, kept, strict=True)]


def read_spectra(dataset: xarray.Dataset, name: str, rows: int) -> list[tuple[complex, ...] | None]:
    """The way back from `Table.spectra`."""
    if f"{name}_number" not in dataset:
        return [None] * rows
    numbers = [int(number) for number in dataset[f"{name}_number"].values]
    lines = dataset[name].values if name in dataset else np.zeros((rows, 0))
    return [
        None if number < 0 else tuple(map(complex, line[:number])) for number, line in zip(numbers, lines, strict=True)
    ]


def nest(result: NumericResult, prefix: str) -> xarray.Dataset:
    """The dataset of a result inside another: names with a prefix, attributes as one text."""
    inner = result.dataset
    names = {str(name): f"{prefix}{name}" for name in {*inner.variables, *inner.dims}}
    outer = inner.rename(names)
    outer.attrs = {f"{prefix}attributes": json.dumps(to_finite(inner.attrs), ensure_ascii=False)}
    return outer


def unnest(dataset: xarray.Dataset, prefix: str) -> xarray.Dataset | None:
    """The way back from `nest`; None if there is nothing under the prefix."""
    if f"{prefix}attributes" not in dataset.attrs:
        return None
    mine = [name for name in dataset.variables if str(name).startswith(prefix)]
    inner = dataset[mine].reset_coords()
    inner = inner.rename({str(name): str(name)[len(prefix) :] for name in {*inner.variables, *inner.dims}})
    inner.attrs = json.loads(str(dataset.attrs[f"{prefix}attributes"]))
    return inner
