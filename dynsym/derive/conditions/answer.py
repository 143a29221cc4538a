"""What a question for conditions is answered with: the conditions, what was not examined, and what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol

from dynsym.derive.crossings.windows import Span
from dynsym.model import SymbolicSystem
from dynsym.results import BifurcationCondition, Provenance
from dynsym.results.stamp import WithProvenance

__all__ = ["Conditions", "provenance_of"]


class Conditions(WithProvenance, tuple[BifurcationCondition, ...]):
    """The conditions that were found, as a tuple, and in `notes` what was not examined.

    Parameters
    ----------
    conditions : iterable of BifurcationCondition
    notes : iterable of str
    cost : mapping of str to number, optional
        Seconds, and the terms of the longest factor of a characteristic polynomial.
    provenance : Provenance, optional
        The system with its fingerprint, and what was asked.

    Examples
    --------
    >>> Conditions([], notes=["nothing was examined"]).notes
    ('nothing was examined',)
    """

    notes: tuple[str, ...]
    cost: Mapping[str, float]
    provenance: Provenance

    def __new__(
        cls,
        conditions: Iterable[BifurcationCondition] = (),
        notes: Iterable[str] = (),
        cost: Mapping[str, float] | None = None,
        provenance: Provenance | None = None,
    ) -> Conditions:
        made = super().__new__(cls, conditions)
        made.notes = tuple(dict.fromkeys(notes))
        made.cost = dict(cost or {})
        made.provenance = provenance or Provenance()
        return made

    def of_kind(self, kind: str) -> Conditions:
        """Those of one kind, with the same notes."""
        return Conditions(
            (condition for condition in self if condition.kind == kind), self.notes, self.cost, self.provenance
        )


def provenance_of(
    system: SymbolicSystem, moving: Sequence[Symbol], values: Mapping[Symbol, Expr], span: Span = None
) -> Provenance:
    """What was asked of which system."""
    options: dict[str, Any] = {"parameters": [s.name for s in moving]}
    options |= {} if span is None else {"span": list(span)}
    return Provenance.of(system, options=options | {"values": {s.name: str(v) for s, v in values.items()}})
