"""What a question for conditions is answered with: the conditions, the ledger of what was examined, what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from sympy import Expr, Symbol

from dynsym.derive.crossings.windows import Span
from dynsym.model import SymbolicSystem
from dynsym.results import BifurcationCondition, Provenance
from dynsym.results.ledger import Answers, Cell, Critical
from dynsym.results.stamp import WithProvenance

__all__ = ["Conditions", "provenance_of"]


class Conditions(WithProvenance, Answers[BifurcationCondition]):
    """The conditions that were found, as a tuple; `complete` says whether these are all, `open` what was not examined.

    Parameters
    ----------
    conditions : iterable of BifurcationCondition
    cells : iterable of Cell
        The parts of the question, each open with a reason or settled by an argument.
    notes : iterable of str
        For people.
    cost : mapping of str to number, optional
        Seconds, and the terms of the longest factor of a characteristic polynomial.
    provenance : Provenance, optional
        The system with its fingerprint, and what was asked.

    Examples
    --------
    >>> Conditions([]).complete
    False
    """

    notes: tuple[str, ...]
    cost: Mapping[str, float]
    provenance: Provenance

    def __new__(
        cls,
        conditions: Iterable[BifurcationCondition] = (),
        cells: Iterable[Cell] = (),
        *,
        notes: Iterable[str] = (),
        cost: Mapping[str, float] | None = None,
        provenance: Provenance | None = None,
    ) -> Self:
        made = super().__new__(cls, conditions, cells)
        made.notes = tuple(dict.fromkeys(notes))
        made.cost = dict(cost or {})
        made.provenance = provenance or Provenance()
        return made

    def ledger(self) -> str:
        """``"complete"``, or what is open and why; that there is none is said where no cell is open."""
        if self or not self.complete:
            return super().ledger()
        options = self.provenance.options
        names = ", ".join(options.get("parameters", ()))
        return f"complete: none {'in the span' if 'span' in options else f'whatever the value of {names}'}"

    def of_kind(self, kind: str) -> Conditions:
        """Those of one kind, with the part of the ledger that is about their eigenvalues."""
        other = Critical.ZERO if kind == "hopf" else Critical.PAIR
        return Conditions(
            (condition for condition in self if condition.kind == kind),
            (cell for cell in self.cells if cell.critical is not other),
            notes=self.notes,
            cost=self.cost,
            provenance=self.provenance,
        )


def provenance_of(
    system: SymbolicSystem, moving: Sequence[Symbol], values: Mapping[Symbol, Expr], span: Span = None
) -> Provenance:
    """What was asked of which system."""
    options: dict[str, Any] = {"parameters": [s.name for s in moving]}
    options |= {} if span is None else {"span": list(span)}
    return Provenance.of(system, options=options | {"values": {s.name: str(v) for s, v in values.items()}})
