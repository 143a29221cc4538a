"""A plane of states: the field on a grid, with equilibria and trajectories."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._count_tables import equilibria_table, read_equilibria
from dynsym.results._numeric import NumericResult
from dynsym.results._tables import as_dataset, nest, read_provenance, unnest
from dynsym.results.content import frozen_array, frozen_mapping, record
from dynsym.results.equilibrium import Equilibrium
from dynsym.results.provenance import Provenance
from dynsym.results.trajectory import Trajectory

if TYPE_CHECKING:
    import xarray

__all__ = ["PhasePortrait"]


@dataclass(frozen=True, eq=False, repr=False)
class PhasePortrait(NumericResult):
    """The vector field over a plane of two states.

    Parameters
    ----------
    state_names : (str, str)
        Names of the horizontal and of the vertical state.
    x, y : array (columns,), array (rows,)
        The grid, ascending.
    dx, dy : array (rows, columns)
        Velocities of the two states; ``dx[i, j]`` belongs to ``(x[j], y[i])``.
    equilibria : tuple of Equilibrium
        Their states hold at least the two names.
    trajectories : tuple of Trajectory
    parameters : mapping of str to float
    fixed : mapping of str to float
        Values of the other states, where the system has more than two.
    provenance : Provenance

    Examples
    --------
    >>> portrait = PhasePortrait(("x", "y"), x=[-1, 1], y=[0, 1, 2], dx=[[1, -1]] * 3, dy=[[0, 0], [-1, -1], [-2, -2]])
    >>> portrait
    PhasePortrait(x in [-1, 1], y in [0, 2], 3 x 2 grid, 0 equilibria, 0 trajectories)
    """

    state_names: tuple[str, str]
    _: KW_ONLY
    x: np.ndarray
    y: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    equilibria: tuple[Equilibrium, ...] = ()
    trajectories: tuple[Trajectory, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        put = object.__setattr__
        first, second = self.state_names
        put(self, "state_names", (str(first), str(second)))
        for name in ("x", "y", "dx", "dy"):
            put(self, name, frozen_array(getattr(self, name), float))
        for name in ("equilibria", "trajectories"):
            put(self, name, tuple(getattr(self, name)))
        for name in ("parameters", "fixed"):
            put(self, name, frozen_mapping({key: float(value) for key, value in getattr(self, name).items()}))
        shape = (len(self.y), len(self.x))
        if self.dx.shape != shape or self.dy.shape != shape:
            raise ParameterError(
                f"The velocities have shapes {self.dx.shape} and {self.dy.shape}; the grid needs {shape}: "
                "rows along y, columns along x. Try numpy.meshgrid(x, y)."
            )

    def __repr__(self) -> str:
        (first, second), (rows, columns) = self.state_names, self.dx.shape
        return (
            f"PhasePortrait({first} in [{self.x[0]:.6g}, {self.x[-1]:.6g}], {second} in [{self.y[0]:.6g}, "
            f"{self.y[-1]:.6g}], {rows} x {columns} grid, {len(self.equilibria)} equilibria, "
            f"{len(self.trajectories)} trajectories)"
        )

    def to_json(self) -> dict[str, Any]:
        """The portrait as a JSON object."""
        return {"kind": "phase_portrait", "states": list(self.state_names)} | record(self, "state_names")

    def _columns(self) -> dict[str, Any]:
        x, y = np.meshgrid(self.x, self.y)
        first, second = self.state_names
        columns = {first: x, second: y, f"d{first}/dt": self.dx, f"d{second}/dt": self.dy}
        return {name: values.ravel() for name, values in columns.items()}

    def _build_dataset(self) -> xarray.Dataset:
        attributes = {
            "states": json.dumps(self.state_names),
            "parameters": json.dumps(self.parameters),
            "fixed": json.dumps(self.fixed),
            "trajectories": len(self.trajectories),
        }
        dataset = as_dataset("PhasePortrait", [equilibria_table(self.equilibria)], attributes, self.provenance)
        dataset = dataset.assign_coords(x=self.x, y=self.y)
        dataset = dataset.assign(dx=(("y", "x"), self.dx), dy=(("y", "x"), self.dy))
        for i, trajectory in enumerate(self.trajectories):
            inner = nest(trajectory, f"trajectory{i}_")
            dataset = dataset.merge(inner).assign_attrs(inner.attrs)
        return dataset

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> PhasePortrait:
        first, second = json.loads(dataset.attrs["states"])
        nested = [unnest(dataset, f"trajectory{i}_") for i in range(int(dataset.attrs["trajectories"]))]
        return cls(
            (first, second),
            **{name: dataset[name].values for name in ("x", "y", "dx", "dy")},
            equilibria=tuple(Equilibrium(**entry) for entry in read_equilibria(dataset)),
            trajectories=tuple(Trajectory._from_dataset(inner) for inner in nested if inner is not None),
            parameters=json.loads(dataset.attrs["parameters"]),
            fixed=json.loads(dataset.attrs["fixed"]),
            provenance=read_provenance(dataset),
        )
