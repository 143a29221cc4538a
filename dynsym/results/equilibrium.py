"""An equilibrium with its certificate, proved counts, and counts along a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._content import frozen_mapping, one_of, same_content, to_finite
from dynsym.results._numeric import NumericResult
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["CountInterval", "CountStaircase", "Equilibrium", "EquilibriumCount"]

CERTIFICATES = ("certified", "not_certified")
STABILITIES = ("stable", "unstable", "marginal", "undecided")
COUNT_STATUSES = ("proved", "lower_bound", "continuum", "undecided")


def _floats(values: Mapping[str, Any]) -> Mapping[str, float]:
    return frozen_mapping({name: float(value) for name, value in values.items()})


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """One equilibrium, how sure it is, and whether it is stable.

    Parameters
    ----------
    state : mapping of state name to float
    radius : float
        The true equilibrium lies within this distance in every state, if ``certificate`` is ``"certified"``.
    certificate : {"certified", "not_certified"}
    stability : {"stable", "unstable", "marginal", "undecided"}
    unstable_dimension : int or None
        Number of eigenvalues with positive real part.
    residual : float
        Largest entry of the right-hand side.
    eigenvalues : tuple of complex or None
    index : int or None
        Sign of det(-J).

    Examples
    --------
    >>> Equilibrium({"x": 0.0}, radius=1e-12, certificate="certified", stability="stable", unstable_dimension=0)
    Equilibrium(x=0, certified to 1e-12, stable)
    """

    state: Mapping[str, float]
    _: KW_ONLY
    radius: float = float("inf")
    certificate: str = "not_certified"
    stability: str = "undecided"
    unstable_dimension: int | None = None
    residual: float = float("nan")
    eigenvalues: tuple[complex, ...] | None = None
    index: int | None = None

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        one_of(self.certificate, CERTIFICATES, "The certificate")
        one_of(self.stability, STABILITIES, "The stability")
        put = object.__setattr__
        put(self, "state", _floats(self.state))
        put(self, "radius", float(self.radius))
        put(self, "residual", float(self.residual))
        put(self, "eigenvalues", None if self.eigenvalues is None else tuple(map(complex, self.eigenvalues)))
        put(self, "unstable_dimension", None if self.unstable_dimension is None else int(self.unstable_dimension))
        put(self, "index", None if self.index is None else int(self.index))

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, Equilibrium) else NotImplemented

    def __repr__(self) -> str:
        shown = [f"{name}={value:.6g}" for name, value in list(self.state.items())[:8]]
        shown += ["…"] if len(self.state) > 8 else []
        sure = f"certified to {self.radius:.2g}" if self.certificate == "certified" else "not certified"
        return f"Equilibrium({', '.join(shown)}, {sure}, {self.stability})"

    def to_json(self) -> dict[str, Any]:
        """The equilibrium as a JSON object."""
        return {
            "state": to_finite(self.state),
            "radius": to_finite(self.radius),
            "certificate": self.certificate,
            "stability": self.stability,
            "unstable_dimension": self.unstable_dimension,
            "residual": to_finite(self.residual),
            "eigenvalues": to_finite(self.eigenvalues),
            "index": self.index,
        }


@dataclass(frozen=True, eq=False, repr=False)
class EquilibriumCount(NumericResult):
    """How many equilibria there are, and how sure that is.

    Parameters
    ----------
    status : {"proved", "lower_bound", "continuum", "undecided"}
    lower, upper : int and int or None
        The number lies between these; ``upper=None`` if it is not bounded.
    stable : int or None
        Number of stable equilibria, if every stability is decided.
    index_sum : int or None
        Sum of the signs of det(-J); 1 for a bounded nonlinearity.
    equilibria : tuple of Equilibrium
    parameters : mapping of parameter name to float
    boxes_examined, boxes_undecided : int
    seconds : float
        Time taken; not compared.
    undecided_regions : tuple of mappings of state name to (low, high)
        Boxes that could neither be excluded nor be shown to hold one equilibrium.
    reason : str or None
        Why a count is not proved.
    provenance : Provenance

    Examples
    --------
    >>> EquilibriumCount("proved", lower=3, upper=3, stable=2, index_sum=1).count
    3
    """

    status: str
    _: KW_ONLY
    lower: int
    upper: int | None
    stable: int | None = None
    index_sum: int | None = None
    equilibria: tuple[Equilibrium, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    boxes_examined: int = 0
    boxes_undecided: int = 0
    seconds: float = field(default=0.0, compare=False)
    undecided_regions: tuple[Mapping[str, tuple[float, float]], ...] = ()
    reason: str | None = None
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        one_of(self.status, COUNT_STATUSES, "The status of a count")
        if self.upper is not None and self.upper < self.lower:
            raise ParameterError(
                f"A count has lower = {self.lower} and upper = {self.upper}. The lower bound must not exceed the "
                "upper one. Give upper=None if there is no upper bound."
            )
        if self.status == "proved" and self.lower != self.upper:
            raise ParameterError(
                f"A proved count has lower = {self.lower} and upper = {self.upper}. Both must agree. "
                "Try status='lower_bound'."
            )
        put = object.__setattr__
        put(self, "equilibria", tuple(self.equilibria))
        put(self, "parameters", _floats(self.parameters))
        regions = tuple(
            frozen_mapping({name: (float(low), float(high)) for name, (low, high) in region.items()})
            for region in self.undecided_regions
        )
        put(self, "undecided_regions", regions)

    @property
    def count(self) -> int | None:
        """The number, where it is proved."""
        return self.lower if self.status == "proved" else None

    def __repr__(self) -> str:
        bounds = (
            f"{self.lower}"
            if self.lower == self.upper
            else f"{self.lower}..{'?' if self.upper is None else self.upper}"
        )
        stable = "" if self.stable is None else f", {self.stable} stable"
        undecided = f", {self.boxes_undecided} boxes undecided" if self.boxes_undecided else ""
        reason = f", {self.reason}" if self.reason else ""
        return f"EquilibriumCount({bounds} {self.status}{stable}, {self.boxes_examined} boxes{undecided}{reason})"

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym count``."""
        return {
            "kind": "count",
            "parameters": to_finite(self.parameters),
            "status": self.status,
            "lower": self.lower,
            "upper": self.upper,
            "stable": self.stable,
            "index_sum": self.index_sum,
            "seconds": to_finite(self.seconds),
            "boxes": {"examined": self.boxes_examined, "undecided": self.boxes_undecided},
            "equilibria": [equilibrium.to_json() for equilibrium in self.equilibria],
            "undecided_regions": to_finite(self.undecided_regions),
            "reason": self.reason,
            "provenance": self.provenance.to_json(),
        }

    def _columns(self) -> dict[str, Any]:
        names = tuple(self.equilibria[0].state) if self.equilibria else ()
        columns: dict[str, Any] = {name: [e.state[name] for e in self.equilibria] for name in names}
        for name in ("radius", "certificate", "stability", "unstable_dimension", "residual", "index"):
            columns[name] = [getattr(equilibrium, name) for equilibrium in self.equilibria]
        return columns

    def _build_dataset(self) -> xarray.Dataset:
        from dynsym.results._tables import count_dataset

        return count_dataset((self,), provenance=self.provenance, kind="EquilibriumCount")

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> EquilibriumCount:
        from dynsym.results._tables import read_counts

        return read_counts(dataset)[0]


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
        """The interval as a JSON object."""
        return {"from": self.start, "to": self.end, "count": self.count, "status": self.status}


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
        Intervals of the parameter outside of which the number does not change.
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
        return all(entry.status == "proved" for entry in (*self.counts, *self.intervals))

    def __len__(self) -> int:
        return len(self.counts) or len(self.intervals)

    def __repr__(self) -> str:
        entries = self.counts or self.intervals
        if not entries:
            return f"CountStaircase({self.parameter}, empty)"
        proved = sum(entry.status == "proved" for entry in entries)
        numbers = sorted(set(self.lower.tolist()) if self.counts else {interval.count for interval in self.intervals})
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
        return {"kind": "count_intervals", **head, "intervals": intervals, "folds": folds}

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {self.parameter: self.values}
        for name in ("status", "lower", "upper", "stable", "index_sum", "boxes_examined", "boxes_undecided", "seconds"):
            columns[name] = [getattr(count, name) for count in self.counts]
        return columns

    def _build_dataset(self) -> xarray.Dataset:
        from dynsym.results._tables import staircase_dataset

        return staircase_dataset(self)

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> CountStaircase:
        from dynsym.results._tables import read_staircase

        return read_staircase(dataset)
