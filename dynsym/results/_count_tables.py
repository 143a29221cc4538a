"""Counts and equilibria as a dataset: dimensions `count`, `equilibrium`, `state`, `mode`, `region`, `interval`.

Records come in as objects with the fields, and go out as mappings of their fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.results._tables import (
    Table,
    as_dataset,
    integer_or_none,
    provenance_from_text,
    provenance_text,
    read_mappings,
    read_provenance,
    read_spectra,
    texts,
)
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = [
    "counts_dataset",
    "equilibria_table",
    "read_counts",
    "read_equilibria",
    "read_staircase",
    "staircase_dataset",
]

Record = dict[str, Any]

_OPTIONAL = ("upper", "stable", "index_sum")
_INTEGERS = ("lower", "boxes_examined", "boxes_undecided")


def equilibria_table(equilibria: Sequence[Any]) -> Table:
    """One row an equilibrium."""
    table = Table("equilibrium", len(equilibria))
    table.mappings("states", [entry.state for entry in equilibria], "state")
    for name in ("radius", "residual", "unstable_dimension", "index", "condition"):
        table.numbers(name, [getattr(entry, name) for entry in equilibria])
    for name in ("certificate", "stability"):
        table.texts(name, [getattr(entry, name) for entry in equilibria])
    table.spectra("eigenvalues", [entry.eigenvalues for entry in equilibria], "mode")
    return table


def read_equilibria(dataset: xarray.Dataset) -> tuple[Record, ...]:
    """The way back from `equilibria_table`."""
    rows = dataset.sizes.get("equilibrium", 0)
    states, spectra = read_mappings(dataset, "states", rows), read_spectra(dataset, "eigenvalues", rows)
    certificates, stabilities = texts(dataset, "certificate"), texts(dataset, "stability")
    return tuple(
        {
            "state": states[i],
            "radius": float(dataset["radius"][i]),
            "residual": float(dataset["residual"][i]),
            "certificate": certificates[i],
            "stability": stabilities[i],
            "unstable_dimension": integer_or_none(float(dataset["unstable_dimension"][i])),
            "index": integer_or_none(float(dataset["index"][i])),
            "condition": _number_or_none(dataset, "condition", i),
            "eigenvalues": spectra[i],
        }
        for i in range(rows)
    )


def _number_or_none(dataset: xarray.Dataset, name: str, row: int) -> float | None:
    value = float(dataset[name][row]) if name in dataset else np.nan
    return None if np.isnan(value) else value


def _tables(counts: Sequence[Any]) -> list[Table]:
    table = Table("count", len(counts))
    table.mappings("count_parameters", [count.parameters for count in counts], "count_parameter")
    for name in ("status", "reason"):
        table.texts(name, [getattr(count, name) for count in counts])
    for name in (*_OPTIONAL, "seconds"):
        table.numbers(name, [getattr(count, name) for count in counts])
    for name in _INTEGERS:
        table.add(name, np.array([getattr(count, name) for count in counts], dtype=int))
    table.texts("count_provenance", [provenance_text(count.provenance) for count in counts])
    if "seconds" in table.variables:
        table.variables["seconds"][2]["units"] = "s"

    equilibria = equilibria_table(tuple(entry for count in counts for entry in count.equilibria))
    equilibria.add("count_of_equilibrium", _owners([len(count.equilibria) for count in counts]))

    regions = [region for count in counts for region in count.undecided_regions]
    undecided = Table("region", len(regions))
    for name, end in (("region_low", 0), ("region_high", 1)):
        undecided.mappings(
            name, [{key: ends[end] for key, ends in region.items()} for region in regions], "region_state"
        )
    undecided.add("count_of_region", _owners([len(count.undecided_regions) for count in counts]))
    return [table, equilibria, undecided]


def counts_dataset(counts: Sequence[Any], provenance: Provenance) -> xarray.Dataset:
    """The dataset of one count or of several."""
    return as_dataset("EquilibriumCount", _tables(counts), {}, provenance)


def read_counts(dataset: xarray.Dataset) -> tuple[Record, ...]:
    """The way back from `counts_dataset`."""
    rows = dataset.sizes.get("count", 0)
    equilibria = _grouped(dataset, "count_of_equilibrium", read_equilibria(dataset), rows)
    number = dataset.sizes.get("region", 0)
    low, high = read_mappings(dataset, "region_low", number), read_mappings(dataset, "region_high", number)
    boxes = [{name: (ends[name], top[name]) for name in ends} for ends, top in zip(low, high, strict=True)]
    regions = _grouped(dataset, "count_of_region", tuple(boxes), rows)
    parameters = read_mappings(dataset, "count_parameters", rows)
    status, reason, provenance = (texts(dataset, name, rows) for name in ("status", "reason", "count_provenance"))
    counts = []
    for i in range(rows):
        numbers: dict[str, Any] = {name: integer_or_none(float(dataset[name][i])) for name in _OPTIONAL}
        numbers |= {name: int(dataset[name][i]) for name in _INTEGERS}
        counts.append(
            dict(
                status=status[i],
                **numbers,
                seconds=float(dataset["seconds"][i]),
                parameters=parameters[i],
                equilibria=equilibria[i],
                undecided_regions=regions[i],
                reason=reason[i] or None,
                provenance=provenance_from_text(provenance[i]),
            )
        )
    return tuple(counts)


def staircase_dataset(staircase: Any) -> xarray.Dataset:
    """The dataset of a staircase: its counts, intervals and folds."""
    intervals = Table("interval", len(staircase.intervals))
    intervals.numbers("interval_start", [interval.start for interval in staircase.intervals])
    intervals.numbers("interval_end", [interval.end for interval in staircase.intervals])
    intervals.add("interval_count", np.array([interval.count for interval in staircase.intervals], dtype=int))
    intervals.texts("interval_status", [interval.status for interval in staircase.intervals])
    folds = Table("fold", len(staircase.folds))
    folds.add("fold_span", np.array(staircase.folds, dtype=float), "end")
    tables = [*_tables(staircase.counts), intervals, folds]
    return as_dataset("CountStaircase", tables, {"parameter": staircase.parameter}, staircase.provenance)


def read_staircase(dataset: xarray.Dataset) -> Record:
    """The way back from `staircase_dataset`."""
    status = texts(dataset, "interval_status")
    intervals = tuple(
        {
            "start": float(dataset["interval_start"][i]),
            "end": float(dataset["interval_end"][i]),
            "count": int(dataset["interval_count"][i]),
            "status": status[i],
        }
        for i in range(dataset.sizes.get("interval", 0))
    )
    spans = dataset["fold_span"].values if "fold_span" in dataset else np.zeros((0, 2))
    return {
        "parameter": str(dataset.attrs["parameter"]),
        "counts": read_counts(dataset),
        "intervals": intervals,
        "folds": tuple((float(low), float(high)) for low, high in spans),
        "provenance": read_provenance(dataset),
    }


def _owners(lengths: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(lengths)), lengths)


def _grouped(dataset: xarray.Dataset, owner: str, entries: tuple[Any, ...], rows: int) -> list[tuple[Any, ...]]:
    groups: list[list[Any]] = [[] for _ in range(rows)]
    for row, entry in zip(dataset[owner].values if owner in dataset else (), entries, strict=True):
        groups[int(row)].append(entry)
    return [tuple(group) for group in groups]
