"""An equilibrium with its certificate, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynsym.errors import BudgetExceeded, ParameterError, UnsupportedFeatureError
from dynsym.results._count_tables import counts_dataset, read_counts
from dynsym.results._numeric import NumericResult
from dynsym.results.content import frozen_mapping, one_of, record, same_content
from dynsym.results.provenance import Provenance
from dynsym.results.stamp import OfSystem
from dynsym.results.storage import path_of, write_bytes

if TYPE_CHECKING:
    import os

    import xarray

__all__ = ["COUNT_STATUSES", "Equilibrium", "EquilibriumCount"]

CERTIFICATES = ("certified", "not_certified")
STABILITIES = ("stable", "unstable", "marginal", "undecided")
COUNT_STATUSES = ("proved", "lower_bound", "continuum", "undecided")


def _floats(values: Mapping[str, Any]) -> Mapping[str, float]:
    return frozen_mapping({name: float(value) for name, value in values.items()})


@dataclass(frozen=True, eq=False)
class Equilibrium(OfSystem):
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
    condition : float or None
        Condition number of the Jacobian in the Euclidean norm; infinite where it is singular.

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
    condition: float | None = None

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
        put(self, "condition", None if self.condition is None else float(self.condition))

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, Equilibrium) else NotImplemented

    def __repr__(self) -> str:
        shown = [f"{name}={value:.6g}" for name, value in list(self.state.items())[:8]]
        shown += ["…"] if len(self.state) > 8 else []
        sure = f"certified to {self.radius:.2g}" if self.certificate == "certified" else "not certified"
        return f"Equilibrium({', '.join(shown)}, {sure}, {self.stability})"

    def to_json(self) -> dict[str, Any]:
        """The equilibrium as a JSON object."""
        return record(self)


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
    proof : callable or None
        Works out the content of a certificate; neither saved nor compared.

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
    proof: Callable[[], Mapping[str, Any]] | None = field(default=None, compare=False)

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

    def save_certificate(self, path: str | os.PathLike[str]) -> Path:
        """Write a file from which `check_certificate` verifies that no equilibrium is missing.

        Raises
        ------
        BudgetExceeded
            If the count is not proved.
        UnsupportedFeatureError
            If the count was read from a file, or is of a system that certificates do not cover.
        StorageError
            If the file cannot be written.
        """
        if self.status != "proved":
            raise BudgetExceeded(
                f"The count is {self.status.replace('_', ' ')}: {self.reason or 'it is not proved'}. A certificate "
                "needs a proof. Try a larger budget or other parameter values."
            )
        if self.proof is None:
            raise UnsupportedFeatureError(
                "The count was not made by count_equilibria in this session, and a certificate needs the system. "
                "Count again, as in count_equilibria(system).save_certificate(path)."
            )
        return write_bytes((json.dumps(self.proof(), separators=(",", ":")) + "\n").encode(), path_of(path))

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym count``."""
        boxes = {"examined": self.boxes_examined, "undecided": self.boxes_undecided}
        fields = record(self, "boxes_examined", "boxes_undecided", "proof")
        return {"kind": "count", "parameters": fields.pop("parameters")} | fields | {"boxes": boxes}

    def _columns(self) -> dict[str, Any]:
        names = tuple(self.equilibria[0].state) if self.equilibria else ()
        columns: dict[str, Any] = {name: [e.state[name] for e in self.equilibria] for name in names}
        for name in ("radius", "certificate", "stability", "unstable_dimension", "residual", "index", "condition"):
            columns[name] = [getattr(equilibrium, name) for equilibrium in self.equilibria]
        return columns

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> EquilibriumCount:
        """The count of its fields, the equilibria as mappings too."""
        return cls(**record | {"equilibria": tuple(Equilibrium(**entry) for entry in record["equilibria"])})

    def _build_dataset(self) -> xarray.Dataset:
        return counts_dataset((self,), self.provenance)

    @classmethod
    def _from_dataset(cls, dataset: xarray.Dataset) -> EquilibriumCount:
        return cls.of_record(read_counts(dataset)[0])
