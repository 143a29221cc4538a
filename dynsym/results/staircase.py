"""How many equilibria there are along a parameter: at points, or on whole intervals."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._count_tables import read_staircase, staircase_dataset
from dynsym.results._numeric import NumericResult
from dynsym.results.content import one_of, to_finite
from dynsym.results.equilibrium import COUNT_STATUSES, EquilibriumCount
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["CountInterval", "CountStaircase"]


@dataclass(frozen=True)
class CountInterval:
    """A count that holds on a whole interval of a parameter.

    Parameters
    ----------
    start, end : float
    count : int
        Number of equilibria; a lower bound unless ``status`` is ``"proved"``.
    status : {"proved", "lower_bound", "continuum", "undecided"}

    Examples
    --------
    >>> CountInterval(1.0, end=1.6, count=3, status="proved").to_json()
    {'from': 1.0, 'to': 1.6, 'count': 3, 'status': 'proved'}
    """

    start: float
    _: KW_ONLY
    end: float
    count: int
    status: str

    def __post_init__(self) -> None:
        one_of(self.status, COUNT_STATUSES, "The status of a count")

    def to_json(self) -> dict[str, Any]:
        """The interval as a JSON object; no count where nothing is known."""
        known = None if self.status == "undecided" else self.count
        return {"from": self.start, "to": self.end, "count": known, "status": self.status}


@dataclass(frozen=True, eq=False, repr=False)
class CountStaircase(NumericResult):
    """Counts along one parameter: at points of a grid, or on whole intervals.

    Parameters
    ----------
    parameter : str
    counts : tuple of EquilibriumCount
        At points, by ascending parameter.
    intervals : tuple of CountInterval
        On whole intervals.
    folds : tuple of (low, high)
        Intervals of the parameter within which the number is proved to change.
    provenance : Provenance

    Examples
    --------
    >>> one = EquilibriumCount("proved", lower=1, upper=1, parameters={"g": 0.5})
    >>> three = EquilibriumCount("proved", lower=3, upper=3, parameters={"g": 1.5})
    >>> staircase = CountStaircase("g", counts=(three, one))
    >>> staircase.values, staircase.lower
    (array([0.5, 1.5]), array([1, 3]))
    """

    parameter: str
    _: KW_ONLY
    counts: tuple[EquilibriumCount, ...] = ()
    intervals: tuple[CountInterval, ...] = ()
    folds: tuple[tuple[float, float], ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        for count in self.counts:
            if self.parameter not in count.parameters:
                raise ParameterError(
                    f"A count of the staircase has the parameters {sorted(count.parameters)}. "
                    f"It needs a value of {self.parameter!r}. Try parameters={{{self.parameter!r}: …}}."
                )
        put = object.__setattr__
        put(self, "counts", tuple(sorted(self.counts, key=lambda count: count.parameters[self.parameter])))
        put(self, "intervals", tuple(sorted(self.intervals, key=lambda interval: interval.start)))
        put(self, "folds", tuple(sorted((float(low), float(high)) for low, high in self.folds)))

    @property
    def open(self) -> tuple[tuple[float, float], ...]:
        """Intervals of the parameter within which nothing is proved, not even that the number changes."""
        ends = ((i.start, i.end) for i in self.intervals if i.status != "proved")
        return tuple(pair for pair in ends if pair not in self.folds)

    @property
    def values(self) -> np.ndarray:
        """The parameter at each counted point."""
        return np.array([count.parameters[self.parameter] for count in self.counts], dtype=float)

    @property
    def lower(self) -> np.ndarray:
        """The lower bound at each counted point."""
        return np.array([count.lower for count in self.counts], dtype=int)

    @property
    def is_proved(self) -> bool:
        """Whether every count, at points and on intervals, is proved."""
        statuses = [count.status for count in self.counts] + [interval.status for interval in self.intervals]
        return all(status == "proved" for status in statuses)

    def __len__(self) -> int:
        return len(self.counts) or len(self.intervals)

    def __repr__(self) -> str:
        entries = self.counts or self.intervals
        if not entries:
            return f"CountStaircase({self.parameter}, empty)"
        proved = sum(entry.status == "proved" for entry in entries)
        numbers = sorted(
            set(self.lower.tolist()) if self.counts else {i.count for i in self.intervals if i.status != "undecided"}
        )
        span = (self.values[0], self.values[-1]) if self.counts else (self.intervals[0].start, self.intervals[-1].end)
        what = "points" if self.counts else "intervals"
        return (
            f"CountStaircase({self.parameter} in [{span[0]:.6g}, {span[1]:.6g}], {len(entries)} {what}, "
            f"{proved} proved, "
            f"numbers {', '.join(map(str, numbers[:12]))}{', …' if len(numbers) > 12 else ''})"
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym count --parameter``: a sweep over points, or intervals."""
        head = {"parameter": self.parameter, "provenance": self.provenance.to_json()}
        intervals = [interval.to_json() for interval in self.intervals]
        folds = to_finite(self.folds)
        if self.counts:
            counts = [count.to_json() for count in self.counts]
            return {"kind": "count_sweep", **head, "counts": counts, "intervals": intervals, "folds": folds}
        head["open"] = to_finite(self.open)
        return {"kind": "count_intervals", **head, "intervals": intervals, "folds": folds}

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {self.parameter: self.values}
        for name in ("status", "lower", "upper", "stable", "index_sum", "boxes_examined", "boxes_undecided", "seconds"):
            columns[name] = [getattr(count, name) for count in self.counts]
        return columns

    def _build_dataset(self) -> xarray.Dataset:
        return staircase_dataset(self)

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> CountStaircase:
        record = read_staircase(dataset)
        counts = tuple(map(EquilibriumCount.of_record, record["counts"]))
        intervals = tuple(CountInterval(**interval) for interval in record["intervals"])
        return cls(**record | {"counts": counts, "intervals": intervals})
