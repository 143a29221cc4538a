"""A solution over time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._numeric import NumericResult
from dynsym.results._tables import provenance_text, read_provenance
from dynsym.results.content import frozen_array, frozen_mapping, to_finite
from dynsym.results.outcome import Outcome
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["Trajectory"]


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(NumericResult):
    """States over time.

    Parameters
    ----------
    times : array (steps,)
    states : array (steps, n)
    state_names : tuple of str
    outcome : Outcome
    parameters : mapping of str to float
    provenance : Provenance

    Examples
    --------
    >>> trajectory = Trajectory([0, 1], states=[[1.0], [0.5]], state_names=("x",))
    >>> trajectory["x"], trajectory.final
    (array([1. , 0.5]), {'x': 0.5})
    """

    times: np.ndarray
    _: KW_ONLY
    states: np.ndarray
    state_names: tuple[str, ...]
    outcome: Outcome = Outcome.FINISHED
    parameters: Mapping[str, float] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "times", frozen_array(self.times, float))
        put(self, "states", frozen_array(self.states, float))
        put(self, "state_names", tuple(map(str, self.state_names)))
        put(self, "outcome", Outcome(self.outcome))
        put(self, "parameters", frozen_mapping({name: float(value) for name, value in self.parameters.items()}))
        if self.states.shape != (len(self.times), len(self.state_names)):
            raise ParameterError(
                f"The states of a trajectory have shape {self.states.shape} for {len(self.times)} times and "
                f"{len(self.state_names)} states. The shape must be (steps, states). Try transposing."
            )

    @property
    def final(self) -> dict[str, float]:
        """The last state."""
        return {name: float(value) for name, value in zip(self.state_names, self.states[-1], strict=True)}

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, name: str) -> np.ndarray:
        """One state over time."""
        if name not in self.state_names:
            raise ParameterError(
                f"The trajectory has no state {name!r}. It has {', '.join(self.state_names[:12])}. Try one of these."
            )
        return self.states[:, self.state_names.index(name)]

    def __repr__(self) -> str:
        span = f"t in [{self.times[0]:.6g}, {self.times[-1]:.6g}]" if len(self) else "empty"
        return f"Trajectory({len(self.state_names)} states, {len(self)} steps, {span}, {self.outcome.value})"

    def to_json(self) -> dict[str, Any]:
        """The trajectory as a JSON object."""
        return {
            "kind": "trajectory",
            "times": to_finite(self.times),
            "states": {name: to_finite(self.states[:, i]) for i, name in enumerate(self.state_names)},
            "outcome": self.outcome.value,
            "parameters": to_finite(self.parameters),
            "provenance": self.provenance.to_json(),
        }

    def _columns(self) -> dict[str, Any]:
        return {"time": self.times, **{name: self.states[:, i] for i, name in enumerate(self.state_names)}}

    def _build_dataset(self) -> xarray.Dataset:
        import xarray

        return xarray.Dataset(
            {"states": (("step", "state"), self.states, {"units": "1"})},
            coords={
                "time": (("step",), self.times, {"units": "time of the model"}),
                "state": (("state",), np.array(self.state_names, dtype=str)),
            },
            attrs={
                "kind": "Trajectory",
                "provenance": provenance_text(self.provenance),
                "outcome": self.outcome.value,
                "parameters": json.dumps(self.parameters),
            },
        )

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> Trajectory:
        return cls(
            dataset["time"].values,
            states=dataset["states"].values,
            state_names=tuple(map(str, dataset["state"].values)),
            outcome=Outcome(dataset.attrs["outcome"]),
            parameters=json.loads(dataset.attrs["parameters"]),
            provenance=read_provenance(dataset),
        )
