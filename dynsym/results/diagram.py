"""Several branches over one parameter, their labels, and the closed forms and counts that belong to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._branch_tables import diagram_dataset, read_diagram
from dynsym.results._numeric import NumericResult
from dynsym.results.branch import Branch, SpecialPoint
from dynsym.results.condition import BifurcationCondition
from dynsym.results.content import record
from dynsym.results.provenance import Provenance
from dynsym.results.staircase import CountStaircase

if TYPE_CHECKING:
    import xarray

__all__ = ["Diagram"]

SAME_POINT = 1e-6
"""Two special points of one kind this close (relative) on different branches are one point seen twice."""


@dataclass(frozen=True, eq=False, repr=False)
class Diagram(NumericResult):
    """A bifurcation diagram.

    Special points are labelled on construction: ``fold:1``, ``hopf:1``, … by ascending parameter over the whole
    diagram. A point that two branches share has one label.

    Parameters
    ----------
    parameter : str
    branches : tuple of Branch
    conditions : tuple of BifurcationCondition
        Closed forms to be shown beside the branches.
    counts : CountStaircase or None
    curves, cycles : tuple
        Two-parameter curves, and branches of cycles.
    name : str
        Name of the system.
    provenance : Provenance

    Examples
    --------
    >>> branch = Branch(0, parameter="g", parameter_values=[0, 2], states=[[0], [0]], state_names=("x",),
    ...                 stable=[True, False], unstable_dimension=[0, 1],
    ...                 special=[SpecialPoint("", kind="pitchfork", parameters={"g": 1}, state={"x": 0})])
    >>> diagram = Diagram("g", branches=(branch,))
    >>> diagram.labels, diagram["pitchfork:1"].parameters["g"]
    (('pitchfork:1',), 1.0)
    """

    parameter: str
    _: KW_ONLY
    branches: tuple[Branch, ...] = ()
    conditions: tuple[BifurcationCondition, ...] = ()
    counts: CountStaircase | None = None
    curves: tuple[Any, ...] = ()
    cycles: tuple[Any, ...] = ()
    name: str = ""
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        put = object.__setattr__
        ids = [branch.id for branch in self.branches]
        if len(set(ids)) < len(ids):
            raise ParameterError(
                f"The branches of a diagram have the ids {ids}. Each needs its own id. "
                "Number them with dataclasses.replace(branch, id=…)."
            )
        put(self, "branches", _labelled(tuple(self.branches), self.parameter))
        for name in ("conditions", "curves", "cycles"):
            put(self, name, tuple(getattr(self, name)))

    @property
    def special(self) -> tuple[SpecialPoint, ...]:
        """The special points, each once, by ascending parameter."""
        once = {point.label: point for branch in reversed(self.branches) for point in reversed(branch.special)}
        return tuple(sorted(once.values(), key=lambda point: (point.parameters[self.parameter], point.label)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the special points, by ascending parameter."""
        return tuple(point.label for point in self.special)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The names of the states."""
        return self.branches[0].state_names if self.branches else ()

    def __getitem__(self, label: str) -> SpecialPoint:
        for branch in self.branches:
            for point in branch.special:
                if point.label == label:
                    return point
        known = ", ".join(self.labels[:20]) or "no special points"
        raise ParameterError(f"The diagram has no point {label!r}. It has {known}. Try one of these labels.")

    def __contains__(self, label: object) -> bool:
        return label in self.labels

    def __iter__(self) -> Iterator[Branch]:
        return iter(self.branches)

    def __len__(self) -> int:
        return len(self.branches)

    def __repr__(self) -> str:
        steps = sum(map(len, self.branches))
        values = np.concatenate([branch.parameter_values for branch in self.branches]) if steps else np.array([])
        span = f"{self.parameter} in [{values.min():.6g}, {values.max():.6g}]" if steps else self.parameter
        failed = sum(outcome.is_failure for branch in self.branches for outcome in branch.outcomes)
        lines = [f"Diagram {self.name!r}: {len(self.branches)} branches, {steps} steps, {span}, {failed} ends failed"]
        lines += [
            f"  {point.label:<16} {self.parameter} = {_value(point, self.parameter):.10g}"
            for point in self.special[:16]
        ]
        lines += [f"  … {len(self.special) - 16} more special points"] if len(self.special) > 16 else []
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym continue``."""
        return {"kind": "diagram"} | record(self)

    def _columns(self) -> dict[str, Any]:
        tables = [branch._columns() for branch in self.branches]
        return {name: np.concatenate([table[name] for table in tables]) for name in (tables[0] if tables else ())}

    def _build_dataset(self) -> xarray.Dataset:
        return diagram_dataset(self)

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> Diagram:
        record = read_diagram(dataset)
        return cls(**record | {"branches": tuple(map(Branch.of_record, record["branches"]))})


def _value(point: SpecialPoint, parameter: str) -> float:
    return point.parameters[parameter]


def _same(left: SpecialPoint, right: SpecialPoint, parameter: str) -> bool:
    pairs = [(_value(left, parameter), _value(right, parameter))]
    pairs += [(value, right.state.get(name, np.nan)) for name, value in left.state.items()]
    return left.kind == right.kind and all(abs(a - b) <= SAME_POINT * (1 + abs(a)) for a, b in pairs)


def _labelled(branches: tuple[Branch, ...], parameter: str) -> tuple[Branch, ...]:
    """The same branches, their special points numbered by ascending parameter, then by descending states."""
    points = [(i, j, point) for i, branch in enumerate(branches) for j, point in enumerate(branch.special)]

    def order(entry: tuple[int, int, SpecialPoint]) -> tuple[float, ...]:
        point = entry[2]
        return (float(f"{_value(point, parameter):.8g}"), *(-round(value, 6) for value in point.state.values()))

    seen: dict[str, list[SpecialPoint]] = {}
    labels: dict[tuple[int, int], str] = {}
    for i, j, point in sorted(points, key=order):
        known = seen.setdefault(point.kind, [])
        number = next((k for k, other in enumerate(known, 1) if _same(other, point, parameter)), None)
        if number is None:
            known.append(point)
            number = len(known)
        labels[i, j] = f"{point.kind}:{number}"
    return tuple(
        dataclasses.replace(
            branch,
            special=tuple(dataclasses.replace(point, label=labels[i, j]) for j, point in enumerate(branch.special)),
        )
        for i, branch in enumerate(branches)
    )
