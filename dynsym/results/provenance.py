"""Where a result comes from: version, time, inputs, options, seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Any

from dynsym._version import __version__
from dynsym.results.content import frozen_mapping, record, same_content, to_finite

__all__ = ["Provenance"]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, eq=False)
class Provenance:
    """Record of how a result was made.

    Two records are equal when everything but the time and the version agrees, so that a computation that is repeated
    gives an equal result.

    Parameters
    ----------
    inputs : str
        Name of the model or network.
    inputs_hash : str
        Fingerprint of the model: a hash of its exact content.
    options : mapping of str to number, text or None
        Method and tolerances.
    seed : int or None
        Seed of the random generator, where one was used.
    version : str
        Version of dynsym.
    created : str
        Time in UTC, ISO 8601.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "-x"}, name="decay")
    >>> record = Provenance.of(system, options={"tolerance": 1e-10}, seed=1)
    >>> record.inputs, record.inputs_hash == system.fingerprint, record.seed
    ('decay', True, 1)
    """

    inputs: str = ""
    _: KW_ONLY
    inputs_hash: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    version: str = field(default=__version__, compare=False)
    created: str = field(default_factory=_now, compare=False)

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", frozen_mapping(to_finite(dict(self.options))))

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, Provenance) else NotImplemented

    @classmethod
    def of(cls, system: Any, *, options: Mapping[str, Any] | None = None, seed: int | None = None) -> Provenance:
        """A record of now, with the name and the fingerprint of a system.

        Parameters
        ----------
        system : SymbolicSystem
        options, seed
            As in the class.

        Examples
        --------
        >>> import dynsym as ds
        >>> one, two = (ds.system_from_equations({"x": text}) for text in ("-x", "-2*x"))
        >>> Provenance.of(one).inputs_hash == Provenance.of(two).inputs_hash
        False
        """
        return cls(system.name, inputs_hash=system.fingerprint, options=options or {}, seed=seed)

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object.

        Examples
        --------
        >>> Provenance("pair").to_json()["inputs"]
        'pair'
        """
        return record(self)
