"""Which equilibrium is reached from where: basins on a plane of states, and shares of random starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._count_tables import equilibria_table, read_equilibria
from dynsym.results._numeric import NumericResult
from dynsym.results._tables import as_dataset, read_provenance
from dynsym.results.content import frozen_array, frozen_mapping, record, to_finite
from dynsym.results.equilibrium import Equilibrium
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["Basins"]

NINETY_FIVE = 1.959963984540054


@dataclass(frozen=True, eq=False, repr=False)
class Basins(NumericResult):
    """Basins of attraction by sampling: supported by simulations, not proved.

    Parameters
    ----------
    state_names : tuple of str, length n
    equilibria : tuple of Equilibrium
        Attractors, saddles and the others.
    hits : array of int (equilibria,)
        How many of the random starts came to rest at each.
    samples : int
        Number of random starts; those left over never came to rest.
    x, y : array (columns,), array (rows,)
        Coordinates on the plane, ascending.
    origin, directions : array (n,), array (2, n)
        The point (x, y) of the plane is the state ``origin + x * directions[0] + y * directions[1]``.
    axis_names : (str, str)
    reached : array of int (rows, columns)
        Position among `equilibria`, or -1 where the state does not come to rest.
    dx, dy : array (rows, columns)
        Velocity along the two directions.
    energy : array (rows, columns) or None
        An energy on the plane, if one was given.
    parameters : mapping of str to float
    box : mapping of state name to (low, high)
        Where random starts were drawn.
    provenance : Provenance

    Raises
    ------
    ParameterError
        If shapes do not fit together.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=2))
    >>> found = ds.basins(pair, points=20, samples=100)
    >>> len(found.attractors), found.status
    (2, 'supported')
    """

    state_names: tuple[str, ...]
    _: KW_ONLY
    equilibria: tuple[Equilibrium, ...]
    hits: np.ndarray
    samples: int
    x: np.ndarray
    y: np.ndarray
    origin: np.ndarray
    directions: np.ndarray
    axis_names: tuple[str, str]
    reached: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    energy: np.ndarray | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    box: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    status = "supported"

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "state_names", tuple(map(str, self.state_names)))
        put(self, "axis_names", tuple(map(str, self.axis_names)))
        put(self, "equilibria", tuple(self.equilibria))
        for name, kind in (("hits", int), ("reached", int), *((n, float) for n in _FLOATS)):
            put(self, name, frozen_array(getattr(self, name), kind))
        put(self, "energy", None if self.energy is None else frozen_array(self.energy, float))
        put(self, "parameters", frozen_mapping({k: float(v) for k, v in self.parameters.items()}))
        put(self, "box", frozen_mapping({k: (float(a), float(b)) for k, (a, b) in self.box.items()}))
        shape = (len(self.y), len(self.x))
        maps = [self.reached, self.dx, self.dy, *([] if self.energy is None else [self.energy])]
        if any(m.shape != shape for m in maps) or self.directions.shape != (2, len(self.state_names)):
            raise ParameterError(
                f"The maps of basins have shapes {[m.shape for m in maps]} and the directions "
                f"{self.directions.shape}. They need {shape} and {(2, len(self.state_names))}: rows along y, columns "
                "along x. Try numpy.meshgrid(x, y)."
            )
        if len(self.hits) != len(self.equilibria) or int(self.hits.sum()) > self.samples:
            raise ParameterError(
                f"{len(self.hits)} numbers of hits, {int(self.hits.sum())} in all, were given for "
                f"{len(self.equilibria)} equilibria and {self.samples} samples. Each equilibrium needs one number, and "
                "their sum must not exceed the samples. Count the samples again."
            )

    @property
    def attractors(self) -> tuple[Equilibrium, ...]:
        """The stable equilibria."""
        return tuple(e for e in self.equilibria if e.stability == "stable")

    @property
    def shares(self) -> np.ndarray:
        """The share of random starts that came to rest at each equilibrium."""
        return self.hits / max(self.samples, 1)

    @property
    def intervals(self) -> np.ndarray:
        """Intervals (equilibria, 2) of 95 % confidence for the shares, after Wilson."""
        n, z = max(self.samples, 1), NINETY_FIVE
        middle = (self.shares + z * z / (2 * n)) / (1 + z * z / n)
        radius = z / (1 + z * z / n) * np.sqrt(self.shares * (1 - self.shares) / n + z * z / (4 * n * n))
        return np.clip(np.stack([middle - radius, middle + radius], axis=1), 0.0, 1.0)

    @property
    def places(self) -> np.ndarray:
        """The equilibria (equilibria, 2) in coordinates of the plane, those outside of it projected."""
        states = np.array([[e.state[name] for name in self.state_names] for e in self.equilibria])
        offset = states.reshape(-1, len(self.state_names)) - self.origin
        return np.linalg.lstsq(self.directions.T, offset.T, rcond=None)[0].T

    def __repr__(self) -> str:
        resting = self.hits.sum() / max(self.samples, 1)
        return (
            f"Basins({len(self.equilibria)} equilibria, {len(self.attractors)} stable, supported by {self.samples} "
            f"random starts of which {resting:.0%} came to rest, and a plane of {len(self.y)} x {len(self.x)})"
        )

    def to_json(self) -> dict[str, Any]:
        """The basins as a JSON object."""
        said: dict[str, Any] = {"kind": "basins", "status": self.status}
        said |= {"states": list(self.state_names), "axes": list(self.axis_names)}
        return said | record(self, "state_names", "axis_names") | {"shares": to_finite(self.shares)}

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {n: [e.state[n] for e in self.equilibria] for n in self.state_names}
        low, high = self.intervals.T if len(self.equilibria) else (np.empty(0), np.empty(0))
        stability = [e.stability for e in self.equilibria]
        return columns | {"stability": stability, "share": self.shares, "share_low": low, "share_high": high}

    def _build_dataset(self) -> xarray.Dataset:
        attributes = {
            "states": json.dumps(self.state_names),
            "axes": json.dumps(self.axis_names),
            "samples": self.samples,
            "parameters": json.dumps(self.parameters),
            "box": json.dumps(self.box),
        }
        dataset = as_dataset("Basins", [equilibria_table(self.equilibria)], attributes, self.provenance)
        dataset = dataset.assign_coords(x=self.x, y=self.y)
        maps = {"reached": self.reached, "dx": self.dx, "dy": self.dy}
        maps |= {} if self.energy is None else {"energy": self.energy}
        dataset = dataset.assign({name: (("y", "x"), values) for name, values in maps.items()})
        names = ("axis", "component")
        dataset = dataset.assign(origin=("component", self.origin), directions=(names, self.directions))
        return dataset.assign(hits=("equilibrium", self.hits)) if len(self.hits) else dataset

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> Basins:
        first, second = json.loads(dataset.attrs["axes"])
        return cls(
            tuple(json.loads(dataset.attrs["states"])),
            equilibria=tuple(Equilibrium(**entry) for entry in read_equilibria(dataset)),
            hits=dataset["hits"].values if "hits" in dataset else np.empty(0, dtype=int),
            samples=int(dataset.attrs["samples"]),
            axis_names=(first, second),
            reached=dataset["reached"].values,
            energy=dataset["energy"].values if "energy" in dataset else None,
            parameters=json.loads(dataset.attrs["parameters"]),
            box=json.loads(dataset.attrs["box"]),
            provenance=read_provenance(dataset),
            **{name: dataset[name].values for name in _FLOATS},
        )


_FLOATS = ("x", "y", "origin", "directions", "dx", "dy")
