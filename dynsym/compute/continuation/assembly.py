"""Two walks from one start put together as a labelled branch."""

from __future__ import annotations

from collections import Counter

import numpy as np

from dynsym.compute.continuation.curve import Point
from dynsym.compute.continuation.events import Event
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import PseudoArclength
from dynsym.compute.continuation.record import Walk
from dynsym.compute.continuation.spectrum import MARGINAL
from dynsym.results import Branch, Provenance, SpecialPoint

__all__ = ["assemble"]

Array = np.ndarray


def assemble(
    family: OneParameterField,
    method: PseudoArclength,
    backward: Walk,
    forward: Walk,
    at_start: Event | None = None,
    *,
    number: int = 0,
) -> Branch:
    """One branch from the far end of the backward walk to that of the forward walk, special points inserted."""
    rows: list[Point | Event] = [*reversed(backward.in_order()), *forward.in_order()[1:]]
    start = len(backward.in_order()) - 1
    if at_start is not None:
        rows[start] = at_start
    dimensions = _unstable_dimensions(rows)
    special, seen = [], Counter[str]()
    for step, row in enumerate(rows):
        if isinstance(row, Event):
            seen[row.kind] += 1
            special.append(_special_point(family, row, f"{row.kind}:{seen[row.kind]}", number, step))
    names = family.system.state_names
    others = {n: v for n, v in family.parameters_at(family.lower).items() if n != family.parameter}
    notes = [*backward.notes, *forward.notes]
    return Branch(
        number,
        parameter=family.parameter,
        parameter_values=np.array([row.value for row in rows]),
        states=np.array([row.x for row in rows]).reshape(len(rows), len(names)),
        state_names=tuple(names),
        stable=(dimensions == 0) & ~np.array([_is_marginal(row) for row in rows], dtype=bool),
        unstable_dimension=dimensions,
        special=tuple(special),
        outcomes=(backward.outcome, forward.outcome),
        values=others,
        provenance=provenance(family, method, notes),
    )


def provenance(family: OneParameterField, method: PseudoArclength, notes: list[str]) -> Provenance:
    """How a branch was made, and what there is to say about its ends."""
    options = {
        "parameter": family.parameter,
        "span": [family.lower, family.upper],
        "method": repr(method),
        "notes": notes,
    }
    return Provenance.of(family.system.system, options=options)


def _unstable_dimensions(rows: list[Point | Event]) -> Array:
    """Unstable dimension at each row; between two computed spectra without an event it does not change."""
    known = [
        row.unstable if isinstance(row, Event) else (row.spectrum.unstable if row.spectrum is not None else -1)
        for row in rows
    ]
    for indices in (range(1, len(rows)), range(len(rows) - 2, -1, -1)):
        for k in indices:
            before = k - indices.step
            if known[k] < 0 and not isinstance(rows[before], Event):
                known[k] = known[before]
    return np.array(known, dtype=int)


def _is_marginal(row: Point | Event) -> bool:
    """Whether the leading eigenvalue of an ordinary point is zero to rounding, as on a line of equilibria."""
    if isinstance(row, Event) or row.spectrum is None:
        return False
    return abs(float(row.spectrum.real[-1])) <= MARGINAL * row.spectrum.scale


def _special_point(family: OneParameterField, event: Event, label: str, branch: int, step: int) -> SpecialPoint:
    coefficients = dict(event.coefficients)
    if event.multiplicity > 1:
        coefficients["multiplicity"] = float(event.multiplicity)
    return SpecialPoint(
        label,
        kind=event.kind,
        parameters=family.parameters_at(event.value),
        state=dict(zip(family.system.state_names, map(float, event.x), strict=True)),
        residual=event.residual,
        eigenvalues=tuple(complex(value) for value in event.spectrum.eigenvalues),
        coefficients=coefficients,
        branch_id=branch,
        step=step,
    )
