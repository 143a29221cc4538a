"""`switch_branch`: the other branches through a branch point."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dynsym._docstrings import documented
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.assembly import assemble
from dynsym.compute.continuation.branching import Departure, departures
from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.events import Event
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import DEFAULT_METHOD, PseudoArclength
from dynsym.compute.continuation.record import Walk
from dynsym.compute.continuation.spectrum import BranchSpectrum, unstable_besides
from dynsym.compute.continuation.starts import start_state
from dynsym.compute.continuation.tracks import Track
from dynsym.compute.continuation.walking import walk
from dynsym.errors import ParameterError
from dynsym.model.system import SymbolicSystem
from dynsym.results import Branch, Outcome, SpecialPoint

__all__ = ["BRANCH_POINTS", "branches_through", "switch_branch"]

BRANCH_POINTS = ("branch_point", "pitchfork", "transcritical")


@documented("ParameterError: If the point is not a branch point, or lies outside the span.")
def switch_branch(
    system: CompiledSystem | SymbolicSystem,
    point: SpecialPoint,
    *,
    parameter: str,
    span: tuple[float, float],
    known: Branch | Iterable[Branch] = (),
    method: PseudoArclength = DEFAULT_METHOD,
) -> tuple[Branch, ...]:
    """The branches through a branch point, without those that are known.

    At a simple branch point the two tangents solve the algebraic branching equation. Where several eigenvalues vanish
    together, by symmetry, branches are sought in all directions of the kernel; for kernels of dimension three and more
    this search is not exhaustive.

    Parameters
    ----------
    point : SpecialPoint
        Of kind branch_point, pitchfork or transcritical. It gives the values of the other parameters.
    known : Branch or several
        Branches that are left out, such as the one on which the point was found.

    Returns
    -------
    tuple of Branch
        Each passes through the point and is followed on both sides of it.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "m*x - x^3"}, parameters={"m": None})
    >>> trivial = ds.continue_equilibrium(system, 0, parameter="m", span=(-1, 1))
    >>> (new,) = ds.switch_branch(system, trivial.special[0], parameter="m", span=(-1, 1), known=trivial)
    >>> float(new["x"].min()), float(new["x"].max())
    (-1.0, 1.0)
    """
    if point.kind not in BRANCH_POINTS:
        raise ParameterError(
            f"{point.label or point.kind} was given to switch_branch; branches cross at points of kind "
            f"{', '.join(BRANCH_POINTS)} only. Try one of the special points of these kinds."
        )
    system = compile_system(system)
    family = OneParameterField.of(system, parameter, span, point.parameters)
    value = float(point.parameters[parameter])
    if not family.contains(value):
        raise ParameterError(
            f"The branch point is at {parameter} = {value:g}, outside the span [{family.lower:g}, {family.upper:g}]. "
            "Try a wider span."
        )
    known = (known,) if isinstance(known, Branch) else tuple(known)
    tracks = [Track.of(family, method, branch) for branch in known]
    with np.errstate(all="ignore"):
        first = 1 + max((branch.id for branch in known), default=-1)
        return tuple(branches_through(family, method, point, tracks, first))


def branches_through(
    family: OneParameterField, method: PseudoArclength, point: SpecialPoint, tracks: list[Track], first: int
) -> list[Branch]:
    """The branches through a branch point that lie on no track; each new one is added to the tracks."""
    event = _as_event(family, point)
    tracer = Tracer.around(family, method, event.x)
    new: list[Branch] = []
    for sides in departures(tracer, event.x, event.value):
        if any(track.contains(side.x, side.value) for side in sides if side is not None for track in tracks):
            continue
        branch = _both_sides(tracer, event, sides, first + len(new))
        tracks.append(Track.of(family, method, branch))
        new.append(branch)
    return new


def _as_event(family: OneParameterField, point: SpecialPoint) -> Event:
    value = float(point.parameters[family.parameter])
    x = start_state(family.system, point, family.at(value))
    spectrum = BranchSpectrum.of(family.jacobian(x, value))
    coefficients = dict(point.coefficients)
    count = int(coefficients.pop("multiplicity", 1))
    return Event(point.kind, x, value, point.residual, spectrum, unstable_besides(spectrum, count), count, coefficients)


def _both_sides(tracer: Tracer, event: Event, sides: Departure, number: int) -> Branch:
    """The branch through a branch point, from its first points on the two sides."""
    forward = _one_side(tracer, event, sides[0])
    if forward.outcome is Outcome.CLOSED_LOOP:
        _end_at(tracer, forward, event)
        backward = Walk(forward.points[:1], outcome=Outcome.CLOSED_LOOP)
    elif sides[1] is None:
        backward = Walk(forward.points[:1], outcome=Outcome.JOINED_BRANCH)
    else:
        backward = _one_side(tracer, event, sides[1])
    return assemble(tracer.family, tracer.method, backward, forward, event, number=number)


def _one_side(tracer: Tracer, event: Event, side: Point) -> Walk:
    """The walk that starts at the branch point with a given first point."""
    chord = side.x - event.x, side.value - event.value
    length = tracer.metric.length(*chord)
    at_point = Point(event.x, event.value, chord[0] / length, chord[1] / length, 1, event.spectrum)
    if not tracer.family.contains(side.value):
        return Walk([at_point], outcome=Outcome.REACHED_BOUNDARY)
    rest = walk(tracer, side)
    rest.points.insert(0, at_point)
    rest.events = {position + 1: events for position, events in rest.events.items()}
    return rest


def _end_at(tracer: Tracer, loop: Walk, event: Event) -> None:
    """Let a closed loop end where it passes the branch point again, which is just before its first regular point."""
    for position in sorted(loop.events, reverse=True):
        for k, passed in enumerate(loop.events[position]):
            if tracer.metric.length(passed.x - event.x, passed.value - event.value) <= 1e-6:
                loop.events[position] = loop.events[position][:k]
                loop.points[position + 1 :] = loop.points[:1]
                loop.events = {p: events for p, events in loop.events.items() if p <= position}
                return
