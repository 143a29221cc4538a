"""Where a result comes from: version, time, inputs, options, seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Any

from dynsym._version import __version__
from dynsym.results.content import frozen_mapping, same_content, to_finite

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
        First 16 hexadecimal digits of a SHA-256 of the model's content; see `Provenance.of`.
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
    >>> record = Provenance.of("pair", content="x1' = -x1", options={"tolerance": 1e-10}, seed=1)
    >>> record.inputs, len(record.inputs_hash), record.seed
    ('pair', 16, 1)
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
    def of(
        cls, inputs: str, *, content: str = "", options: Mapping[str, Any] | None = None, seed: int | None = None
    ) -> Provenance:
        """A record of now, with the hash of a content.

        Parameters
        ----------
        inputs : str
            Name of the model or network.
        content : str
            Text that determines the model, such as its equations and values.
        options, seed
            As in the class.

        Examples
        --------
        >>> Provenance.of("pair", content="a").inputs_hash == Provenance.of("pair", content="b").inputs_hash
        False
        """
        digest = hashlib.sha256(content.encode()).hexdigest()[:16] if content else ""
        return cls(inputs, inputs_hash=digest, options=options or {}, seed=seed)

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object.

        Examples
        --------
        >>> Provenance("pair").to_json()["inputs"]
        'pair'
        """
        return {
            "version": self.version,
            "created": self.created,
            "inputs": self.inputs,
            "inputs_hash": self.inputs_hash,
            "options": dict(self.options),
            "seed": self.seed,
        }
