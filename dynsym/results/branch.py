"""One curve of equilibria along a parameter, with its special points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dynsym.errors import ParameterError
from dynsym.results._branch_tables import branch_dataset, read_branch
from dynsym.results._numeric import NumericResult
from dynsym.results.content import frozen_array, frozen_mapping, record, same_content, to_finite
from dynsym.results.outcome import Outcome
from dynsym.results.provenance import Provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["Branch", "SpecialPoint"]

_DECIDING = ("first_lyapunov", "cubic", "quadratic")


@dataclass(frozen=True, eq=False)
class SpecialPoint:
    """A bifurcation or another marked point that was solved for, not bisected.

    Parameters
    ----------
    label : str
        ``"hopf:1"``; numbered by ascending parameter over a `Diagram`.
    kind : str
        ``"fold"``, ``"hopf"``, ``"branch_point"``, ``"pitchfork"``, ``"transcritical"``, ``"neutral_saddle"``, …
    parameters : mapping of parameter name to float
    state : mapping of state name to float
    residual : float
        Largest entry of the defining system.
    eigenvalues : tuple of complex
    coefficients : mapping of str to float
        Normal form coefficients such as ``"first_lyapunov"``, with the normalisation of the package.
    branch_id : int or None
    step : int or None
        Index on the branch of the nearest step.

    Examples
    --------
    >>> SpecialPoint("fold:1", kind="fold", parameters={"g": 1.25}, state={"x": 0.5})
    SpecialPoint(fold:1, g=1.25)
    """

    label: str
    _: KW_ONLY
    kind: str
    parameters: Mapping[str, float]
    state: Mapping[str, float]
    residual: float = float("nan")
    eigenvalues: tuple[complex, ...] = ()
    coefficients: Mapping[str, float] = field(default_factory=dict)
    branch_id: int | None = None
    step: int | None = None

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("parameters", "state", "coefficients"):
            put(self, name, frozen_mapping({key: float(value) for key, value in getattr(self, name).items()}))
        put(self, "residual", float(self.residual))
        put(self, "eigenvalues", tuple(map(complex, self.eigenvalues)))
        for name in ("branch_id", "step"):
            value = getattr(self, name)
            put(self, name, None if value is None else int(value))

    @property
    def normal_form_coefficient(self) -> float | None:
        """The coefficient that decides: first Lyapunov at a Hopf, else cubic or quadratic; None if it is unknown."""
        return next((self.coefficients[name] for name in _DECIDING if name in self.coefficients), None)

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, SpecialPoint) else NotImplemented

    def __repr__(self) -> str:
        shown = [f"{name}={value:.8g}" for name, value in list(self.parameters.items())[:3]]
        shown += [f"{name}={value:.4g}" for name, value in self.coefficients.items()]
        return f"SpecialPoint({', '.join([self.label or self.kind, *shown])})"

    def to_json(self) -> dict[str, Any]:
        """The point as a JSON object."""
        return record(self, "branch_id") | {"branch": self.branch_id}


@dataclass(frozen=True, eq=False, repr=False)
class Branch(NumericResult):
    """A curve of equilibria over one parameter.

    Parameters
    ----------
    id : int
    parameter : str
    parameter_values : array (steps,)
    states : array (steps, n)
    state_names : tuple of str
    stable : bool array (steps,)
    unstable_dimension : int array (steps,)
        Number of eigenvalues with positive real part; -1 where it was not computed.
    special : tuple of SpecialPoint
    outcomes : (Outcome, Outcome)
        How the curve ended at its first and at its last step.
    values : mapping of str to float
        The other parameters.
    provenance : Provenance

    Examples
    --------
    >>> branch = Branch(0, parameter="g", parameter_values=[0, 1, 2], states=[[0], [0], [0]], state_names=("x",),
    ...                 stable=[True, True, False], unstable_dimension=[0, 0, 1])
    >>> branch
    Branch 0: 3 steps, g in [0, 2], 2 stable, no special points; ends: finished, finished
    >>> len(branch), branch["x"]
    (3, array([0., 0., 0.]))
    """

    id: int
    _: KW_ONLY
    parameter: str
    parameter_values: np.ndarray
    states: np.ndarray
    state_names: tuple[str, ...]
    stable: np.ndarray
    unstable_dimension: np.ndarray
    special: tuple[SpecialPoint, ...] = ()
    outcomes: tuple[Outcome, Outcome] = (Outcome.FINISHED, Outcome.FINISHED)
    values: Mapping[str, float] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "id", int(self.id))
        put(self, "state_names", tuple(map(str, self.state_names)))
        put(self, "parameter_values", frozen_array(self.parameter_values, float))
        put(self, "states", frozen_array(self.states, float).reshape(-1, max(len(self.state_names), 1)))
        self.states.flags.writeable = False
        put(self, "stable", frozen_array(self.stable, bool))
        put(self, "unstable_dimension", frozen_array(self.unstable_dimension, int))
        put(self, "special", tuple(self.special))
        put(self, "outcomes", (Outcome(self.outcomes[0]), Outcome(self.outcomes[1])))
        put(self, "values", frozen_mapping({name: float(value) for name, value in self.values.items()}))
        steps = len(self.parameter_values)
        lengths = {"states": len(self.states), "stable": len(self.stable)}
        lengths["unstable_dimension"] = len(self.unstable_dimension)
        for name, length in lengths.items():
            if length != steps:
                raise ParameterError(
                    f"{name} of a branch has {length} rows for {steps} parameter values. Each step needs one row. "
                    f"Try {name} of shape (steps, …), one row a step."
                )

    def __len__(self) -> int:
        return len(self.parameter_values)

    def __getitem__(self, name: str) -> np.ndarray:
        """The values of one state, or of the parameter, along the branch."""
        if name == self.parameter:
            return self.parameter_values
        if name not in self.state_names:
            raise ParameterError(
                f"The branch has no state {name!r}. It has {', '.join(self.state_names[:12])}. Try one of these."
            )
        return self.states[:, self.state_names.index(name)]

    def __repr__(self) -> str:
        values = self.parameter_values
        span = f"[{values.min():.6g}, {values.max():.6g}]" if len(self) else "nothing"
        kinds = Counter(point.kind for point in self.special)
        special = ", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "no special points"
        ends = ", ".join(outcome.value for outcome in self.outcomes)
        stable = f"{np.count_nonzero(self.stable)} stable"
        return f"Branch {self.id}: {len(self)} steps, {self.parameter} in {span}, {stable}, {special}; ends: {ends}"

    def to_json(self) -> dict[str, Any]:
        """The branch as a JSON object, as in ``dynsym continue``."""
        return {
            "id": self.id,
            "parameter": to_finite(self.parameter_values),
            "states": {name: to_finite(self.states[:, i]) for i, name in enumerate(self.state_names)},
            "stable": to_finite(self.stable),
            "unstable_dimension": to_finite(self.unstable_dimension),
            "special": [point.to_json() for point in self.special],
            "outcomes": [outcome.value for outcome in self.outcomes],
            "values": to_finite(self.values),
        }

    def _columns(self) -> dict[str, Any]:
        states = {name: self.states[:, i] for i, name in enumerate(self.state_names)}
        head = {"branch": np.full(len(self), self.id), self.parameter: self.parameter_values}
        return {**head, **states, "stable": self.stable, "unstable_dimension": self.unstable_dimension}

    def _build_dataset(self) -> xarray.Dataset:
        return branch_dataset(self)

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> Branch:
        return cls.of_record(read_branch(dataset))

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> Branch:
        """The branch of its fields, the special points as mappings too."""
        return cls(**record | {"special": tuple(SpecialPoint(**point) for point in record["special"])})
