"""Branches, special points and diagrams as a dataset: dimensions `step`, `state`, `branch_id`, `special`, `mode`.

Records come in as objects with the fields, and go out as mappings of their fields.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.results._expression_tree import from_tree, to_tree
from dynsym.results._tables import (
    Column,
    Table,
    as_dataset,
    columns,
    nest,
    provenance_from_text,
    provenance_text,
    read_mappings,
    read_provenance,
    records_of,
    table_of,
    texts,
    unnest,
)
from dynsym.results.outcome import Outcome
from dynsym.results.storage import result_of_dataset

if TYPE_CHECKING:
    import xarray

__all__ = ["branch_dataset", "diagram_dataset", "read_branch", "read_diagram"]


Record = dict[str, Any]

POINT = (
    {
        "parameters": Column("mapping", "special_parameters", "special_parameter"),
        "state": Column("mapping", "special_states", "special_state"),
        "coefficients": Column("mapping", "coefficients", "coefficient"),
        "eigenvalues": Column("spectrum", "special_eigenvalues", "mode"),
    }
    | columns("text", "label", "kind", prefix="special_")
    | columns("number", "residual", prefix="special_")
    | columns("whole or none", "step", "branch_id", prefix="special_")
)


def branch_dataset(branch: Any) -> xarray.Dataset:
    """The dataset of one branch."""
    return as_dataset("Branch", _tables((branch,)), {"parameter": branch.parameter}, branch.provenance)


def read_branch(dataset: xarray.Dataset) -> Record:
    """The way back from `branch_dataset`."""
    return _read_branches(dataset)[0]


def diagram_dataset(diagram: Any) -> xarray.Dataset:
    """The dataset of a diagram: branches, closed forms, and nested under prefixes counts, curves and cycles."""
    conditions = Table("condition", len(diagram.conditions))
    for name in ("kind", "verdict", "criticality"):
        conditions.texts(f"condition_{name}", [getattr(condition, name) for condition in diagram.conditions])
    for name in ("equation", "solution"):
        values = [getattr(condition, name) for condition in diagram.conditions]
        conditions.texts(f"condition_{name}", [None if value is None else str(value) for value in values])
    conditions.numbers("condition_value", [condition.value for condition in diagram.conditions])
    conditions.texts("condition_record", [json.dumps(to_tree(condition)) for condition in diagram.conditions])

    attributes = {"parameter": diagram.parameter, "name": diagram.name}
    dataset = as_dataset("Diagram", [*_tables(diagram.branches), conditions], attributes, diagram.provenance)
    for prefix, result in _nested(diagram):
        inner = nest(result, prefix)
        dataset = dataset.merge(inner).assign_attrs(inner.attrs)
    return dataset


def read_diagram(dataset: xarray.Dataset) -> Record:
    """The way back from `diagram_dataset`."""
    counts = unnest(dataset, "counts_")
    return {
        "parameter": str(dataset.attrs["parameter"]),
        "name": str(dataset.attrs["name"]),
        "branches": _read_branches(dataset),
        "conditions": tuple(from_tree(json.loads(text)) for text in texts(dataset, "condition_record")),
        "counts": None if counts is None else result_of_dataset(counts),
        "curves": _numbered(dataset, "curve"),
        "cycles": _numbered(dataset, "cycle"),
        "provenance": read_provenance(dataset),
    }


def _nested(diagram: Any) -> list[tuple[str, Any]]:
    nested = [] if diagram.counts is None else [("counts_", diagram.counts)]
    nested += [(f"curve{i}_", curve) for i, curve in enumerate(diagram.curves)]
    return nested + [(f"cycle{i}_", cycle) for i, cycle in enumerate(diagram.cycles)]


def _numbered(dataset: xarray.Dataset, word: str) -> tuple[Any, ...]:
    results: list[Any] = []
    while (inner := unnest(dataset, f"{word}{len(results)}_")) is not None:
        results.append(result_of_dataset(inner))
    return tuple(results)


def _tables(branches: Sequence[Any]) -> list[Table]:
    steps = Table("step", sum(map(len, branches)))
    points = [point for branch in branches for point in branch.special]
    rows = Table("branch_id", len(branches))
    special = table_of("special", points, POINT)
    if not branches:
        return []
    first = branches[0]
    steps.add("parameter", np.concatenate([branch.parameter_values for branch in branches]), long_name=first.parameter)
    steps.add("states", np.concatenate([branch.states for branch in branches]), "state", units="1")
    steps.add("stable", np.concatenate([branch.stable for branch in branches]))
    unstable = np.concatenate([branch.unstable_dimension for branch in branches])
    steps.add("unstable_dimension", unstable, missing=-1)
    steps.coordinates["state"] = (("state",), np.array(first.state_names, dtype=str))
    if steps.rows:
        owner = np.repeat([branch.id for branch in branches], [len(branch) for branch in branches])
        steps.coordinates["branch"] = (("step",), owner, {"long_name": "id of the branch of a step"})

    rows.coordinates["branch_id"] = (("branch_id",), np.array([branch.id for branch in branches]))
    rows.add("branch_steps", np.array([len(branch) for branch in branches]))
    for end in (0, 1):
        rows.texts(("start_outcome", "end_outcome")[end], [branch.outcomes[end].value for branch in branches])
    rows.mappings("branch_values", [branch.values for branch in branches], "branch_parameter")
    rows.texts("branch_provenance", [provenance_text(branch.provenance) for branch in branches])

    special.add("branch_of_special", np.repeat([branch.id for branch in branches], [len(b.special) for b in branches]))
    return [steps, rows, special]


def _read_branches(dataset: xarray.Dataset) -> tuple[Record, ...]:
    if "branch_id" not in dataset:
        return ()
    ids = [int(number) for number in dataset["branch_id"].values]
    names = tuple(texts(dataset, "state"))
    points: dict[int, list[Record]] = {number: [] for number in ids}
    for i, point in enumerate(records_of(dataset, "special", POINT)):
        points[int(dataset["branch_of_special"][i])].append(point | {"eigenvalues": point["eigenvalues"] or ()})
    ends = np.concatenate([[0], np.cumsum(dataset["branch_steps"].values)]).astype(int)
    values = read_mappings(dataset, "branch_values", len(ids))
    starts, stops = texts(dataset, "start_outcome"), texts(dataset, "end_outcome")
    provenance = texts(dataset, "branch_provenance")
    empty = "parameter" not in dataset
    columns = {name: None if empty else dataset[name].values for name in ("parameter", "states", "stable")}
    columns["unstable_dimension"] = None if empty else dataset["unstable_dimension"].values

    def part(name: str, i: int) -> Any:
        column = columns[name]
        return np.zeros((0, len(names)) if name == "states" else 0) if column is None else column[ends[i] : ends[i + 1]]

    return tuple(
        {
            "id": ids[i],
            "parameter": str(dataset.attrs["parameter"]),
            "parameter_values": part("parameter", i),
            "states": part("states", i),
            "state_names": names,
            "stable": part("stable", i),
            "unstable_dimension": part("unstable_dimension", i),
            "special": tuple(points[ids[i]]),
            "outcomes": (Outcome(starts[i]), Outcome(stops[i])),
            "values": values[i],
            "provenance": provenance_from_text(provenance[i]),
        }
        for i in range(len(ids))
    )
