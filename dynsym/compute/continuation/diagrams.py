"""`bifurcation_diagram`: all branches that proved counts and branch switching lead to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynsym._budget import Budget
from dynsym._docstrings import documented
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.assembly import assemble
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.following import follow
from dynsym.compute.continuation.method import DEFAULT_METHOD, PseudoArclength
from dynsym.compute.continuation.starts import Start, correct_start, start_state
from dynsym.compute.continuation.switching import BRANCH_POINTS, branches_through
from dynsym.compute.continuation.tracks import Track, distinct
from dynsym.errors import ConvergenceError, ParameterError
from dynsym.model.links.recognition import link_form
from dynsym.model.system import SymbolicSystem
from dynsym.results import (
    BifurcationCondition,
    Branch,
    CountStaircase,
    Diagram,
    EquilibriumCount,
    Provenance,
    SpecialPoint,
)

__all__ = ["bifurcation_diagram"]

Array = np.ndarray

COUNTED_AT = (0.0, 0.381966, 0.763932, 1.0)
"""Where equilibria are counted by default, as fractions of the span: its ends, and places unlikely to be special."""
COUNTED_UP_TO = 12
"""Links up to which equilibria are counted by default; half as many states where there are no links."""
SECONDS_FOR_A_COUNT = 5.0
SAME_POINT = 1e-6


@documented("ParameterError: If a name is unknown, a value is missing, the span empty, or a start or count outside it.")
def bifurcation_diagram(
    system: CompiledSystem | SymbolicSystem,
    *,
    parameter: str,
    span: tuple[float, float],
    values: Mapping[str, Any] | None = None,
    conditions: Sequence[BifurcationCondition] = (),
    starts: Sequence[Start] = (),
    counts: Sequence[float | EquilibriumCount] | None = None,
    method: PseudoArclength = DEFAULT_METHOD,
    max_branches: int = 200,
) -> Diagram:
    """The branches of equilibria over one parameter: from counted equilibria and given starts, through branch points.

    Equilibria are counted, with proof where possible, at a few values of the parameter. Each one that lies on no branch
    yet starts one; at each branch point the other branches are followed. In the end every counted value is compared
    with the branches that cross it.

    Parameters
    ----------
    values : mapping of parameter name to number, optional
        The other parameters; a value for `parameter` is the one at which `starts` are corrected (else the lower end).
    conditions : sequence of BifurcationCondition
        Closed forms to be kept with the diagram.
    starts : sequence of starts, as in `continue_equilibrium`
    counts : sequence of numbers or EquilibriumCount, optional
        Parameter values at which equilibria are counted, or counts that were made. By default four values in systems
        of up to twelve links; beyond, none, and the diagram grows from `starts` (from 0 if there are none).

    Returns
    -------
    Diagram
        ``counts`` holds the counts; ``provenance.options["checks"]`` says, for each, whether the branches agree, and
        ``options["agree"]`` holds it as true or false.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "-x + g*tanh(x)"}, parameters={"g": None})
    >>> diagram = ds.bifurcation_diagram(system, parameter="g", span=(0, 3))
    >>> len(diagram), diagram.labels, round(diagram["pitchfork:1"].parameters["g"], 12)
    (2, ('pitchfork:1',), 1.0)
    """
    if max_branches < 1:
        raise ParameterError(f"max_branches={max_branches} was given; at least one branch is needed. Try 200.")
    system = compile_system(system)
    family = OneParameterField.of(system, parameter, span, values)
    staircase = _counts(system, family, counts)
    growth = _Growth(family, method, max_branches)
    with np.errstate(all="ignore"):
        value = family.start
        given = tuple(starts) if starts or staircase else (0.0,)
        for start in given:
            growth.seed(start_state(system, start, family.at(value)), value)
        for count in staircase:
            for equilibrium in count.equilibria:
                at = float(count.parameters[parameter])
                growth.seed(start_state(system, equilibrium, family.at(at)), at)
        checks = [_check(growth, count) for count in staircase]
    texts, agree = [text for text, _ in checks], [agrees for _, agrees in checks]
    notes = [note for branch in growth.branches for note in branch.provenance.options["notes"]] + growth.notes
    options = {"parameter": parameter, "span": list(map(float, span)), "method": repr(method)}
    base = growth.branches[0].provenance if growth.branches else Provenance.of(system.system)
    return Diagram(
        parameter,
        branches=tuple(growth.branches),
        conditions=tuple(conditions),
        counts=CountStaircase(parameter, counts=tuple(staircase), provenance=base) if staircase else None,
        name=system.system.name,
        provenance=dataclasses.replace(base, options={**options, "checks": texts, "agree": agree, "notes": notes}),
    )


class _Growth:
    """Branches found so far, and how more are found."""

    def __init__(self, family: OneParameterField, method: PseudoArclength, max_branches: int) -> None:
        self.family, self.method, self.max_branches = family, method, max_branches
        self.branches: list[Branch] = []
        self.tracks: list[Track] = []
        self.visited: list[SpecialPoint] = []
        self.notes: list[str] = []

    def seed(self, x: Array, value: float) -> None:
        """Follow the branch through an equilibrium, unless it is known, and all that it leads to."""
        family = self.family
        if not family.contains(value):
            raise ParameterError(
                f"A start or a count is at {family.parameter} = {value:g}, outside the span [{family.lower:g}, "
                f"{family.upper:g}]. Branches must start inside. Try another value or a wider span."
            )
        try:
            x = correct_start(self.family, x, value)
            if any(track.contains(x, value) for track in self.tracks):
                return
            branch = assemble(self.family, self.method, *follow(self.family, self.method, x, value),
                              number=len(self.branches))  # fmt: skip
        except ConvergenceError as error:
            self.notes.append(str(error))
            return
        self.branches.append(branch)
        self.tracks.append(Track.of(self.family, self.method, branch))
        self._switch(branch)

    def _switch(self, first: Branch) -> None:
        waiting = [first]
        while waiting:
            for point in waiting.pop(0).special:
                if point.kind not in BRANCH_POINTS or self._is_visited(point):
                    continue
                self.visited.append(point)
                if len(self.branches) >= self.max_branches:
                    self.notes.append(
                        f"{point!r} was not followed: there are {len(self.branches)} branches. "
                        f"Try max_branches={10 * self.max_branches}."
                    )
                    continue
                new = branches_through(self.family, self.method, point, self.tracks, len(self.branches))
                self.branches += new
                waiting += new

    def _is_visited(self, point: SpecialPoint) -> bool:
        here = np.array([point.parameters[self.family.parameter], *point.state.values()])
        there = (np.array([p.parameters[self.family.parameter], *p.state.values()]) for p in self.visited)
        return any(np.abs(here - other).max() <= SAME_POINT * (1 + np.abs(here).max()) for other in there)


def _counts(
    system: CompiledSystem, family: OneParameterField, counts: Sequence[float | EquilibriumCount] | None
) -> list[EquilibriumCount]:
    """The counts that were given or are to be made, by ascending parameter."""
    if counts is None:
        links = link_form(system.system)
        small = len(links.bias) <= COUNTED_UP_TO if links is not None else system.dimension <= COUNTED_UP_TO // 2
        counts = [family.lower + share * family.width for share in COUNTED_AT] if small else []
    made = []
    for entry in counts:
        if isinstance(entry, EquilibriumCount):
            made.append(entry)
            continue
        from dynsym.compute.counting import count_equilibria

        values = family.parameters_at(float(entry))
        made.append(count_equilibria(system, values=values, budget=Budget(seconds=SECONDS_FOR_A_COUNT)))
    return sorted(made, key=lambda count: count.parameters[family.parameter])


def _check(growth: _Growth, count: EquilibriumCount) -> tuple[str, bool]:
    """How the branches that cross a counted value compare with the count, and whether they agree."""
    value = float(count.parameters[growth.family.parameter])
    if count.status == "continuum":
        return f"{growth.family.parameter} = {value:.6g}: a continuum of equilibria, not compared", False
    crossing = len(distinct([x for track in growth.tracks for x in track.states_at(value)]))
    upper = "?" if count.upper is None else str(count.upper)
    found = str(count.lower) if count.lower == count.upper else f"{count.lower}..{upper}"
    agrees = count.lower <= crossing and (count.upper is None or crossing <= count.upper)
    where = f"{growth.family.parameter} = {value:.6g}"
    said = f"count {found} ({count.status}), branches cross {crossing} times: {'agree' if agrees else 'DISAGREE'}"
    return f"{where}: {said}", agrees
