"""Counts and equilibria as a dataset: dimensions `count`, `equilibrium`, `state`, `mode`, `region`, `interval`.

Records come in as objects with the fields, and go out as mappings of their fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.results._tables import (
    Column,
    Table,
    as_dataset,
    columns,
    provenance_from_text,
    provenance_text,
    read_mappings,
    read_provenance,
    records_of,
    table_of,
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

EQUILIBRIUM = (
    {"state": Column("mapping", "states", "state"), "eigenvalues": Column("spectrum", "eigenvalues", "mode")}
    | columns("number", "radius", "residual")
    | columns("whole or none", "unstable_dimension", "index")
    | columns("number or none", "condition")
    | columns("text", "certificate", "stability")
)
COUNT = (
    {"parameters": Column("mapping", "count_parameters", "count_parameter")}
    | columns("text", "status", "reason")
    | columns("whole or none", "upper", "stable", "index_sum")
    | columns("number", "seconds")
    | columns("whole", "lower", "boxes_examined", "boxes_undecided")
)
INTERVAL = (
    columns("number", "start", "end", prefix="interval_")
    | columns("whole", "count", prefix="interval_")
    | columns("text", "status", prefix="interval_")
)


def equilibria_table(equilibria: Sequence[Any]) -> Table:
    """One row an equilibrium."""
    return table_of("equilibrium", equilibria, EQUILIBRIUM)


def read_equilibria(dataset: xarray.Dataset) -> tuple[Record, ...]:
    """The way back from `equilibria_table`."""
    return records_of(dataset, "equilibrium", EQUILIBRIUM)


def _tables(counts: Sequence[Any]) -> list[Table]:
    table = table_of("count", counts, COUNT)
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
    provenance = texts(dataset, "count_provenance", rows)
    return tuple(
        record
        | {
            "equilibria": equilibria[i],
            "undecided_regions": regions[i],
            "reason": record["reason"] or None,
            "provenance": provenance_from_text(provenance[i]),
        }
        for i, record in enumerate(records_of(dataset, "count", COUNT))
    )


def staircase_dataset(staircase: Any) -> xarray.Dataset:
    """The dataset of a staircase: its counts, intervals and folds."""
    intervals = table_of("interval", staircase.intervals, INTERVAL)
    folds = Table("fold", len(staircase.folds))
    folds.add("fold_span", np.array(staircase.folds, dtype=float), "end")
    tables = [*_tables(staircase.counts), intervals, folds]
    return as_dataset("CountStaircase", tables, {"parameter": staircase.parameter}, staircase.provenance)


def read_staircase(dataset: xarray.Dataset) -> Record:
    """The way back from `staircase_dataset`."""
    spans = dataset["fold_span"].values if "fold_span" in dataset else np.zeros((0, 2))
    return {
        "parameter": str(dataset.attrs["parameter"]),
        "counts": read_counts(dataset),
        "intervals": records_of(dataset, "interval", INTERVAL),
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
