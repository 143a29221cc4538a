"""`continue_equilibrium`: one branch of equilibria through a start, followed both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.assembly import assemble
from dynsym.compute.continuation.curve import Point, Tracer
from dynsym.compute.continuation.defining_systems import null_vectors
from dynsym.compute.continuation.detection import Detector
from dynsym.compute.continuation.events import Event
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.method import DEFAULT_METHOD, PseudoArclength
from dynsym.compute.continuation.record import Walk
from dynsym.compute.continuation.spectrum import BranchSpectrum
from dynsym.compute.continuation.starts import Start, correct_start, start_state
from dynsym.compute.continuation.walking import walk
from dynsym.errors import ConvergenceError, ParameterError
from dynsym.model.system import SymbolicSystem
from dynsym.results import Branch, Outcome, SpecialPoint

__all__ = ["continue_equilibrium", "follow"]

Array = np.ndarray

NULL = 1e-9


def continue_equilibrium(
    system: CompiledSystem | SymbolicSystem,
    start: Start,
    *,
    parameter: str,
    span: tuple[float, float],
    values: Mapping[str, Any] | None = None,
    method: PseudoArclength = DEFAULT_METHOD,
) -> Branch:
    """The branch of equilibria through a start, with its special points.

    Solves F(x, λ) = 0 by pseudo-arclength continuation in both directions, round folds, to the ends of the span. Folds,
    Hopf points, branch points (pitchfork, transcritical) and neutral saddles are solved by their defining systems.

    Parameters
    ----------
    start : 0, mapping, array, Equilibrium or SpecialPoint
        Corrected by Newton's method. Nodes that a mapping leaves out are 0, plastic weights are at their steady state.
    parameter : str
        The parameter that moves.
    span : (float, float)
        Its range. A branch that reaches an end stops exactly there.
    values : mapping of parameter name to number, optional
        The other parameters. A value for `parameter` is the one at which `start` is corrected; without one this is the
        lower end of the span.

    Returns
    -------
    Branch
        Special points are points of the branch too; `unstable_dimension` leaves their critical eigenvalues out.

    Raises
    ------
    ParameterError
        If a name is unknown, a value is missing, or the span is empty.
    ConvergenceError
        If there is no equilibrium near the start, or it is not isolated.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})
    >>> branch = ds.continue_equilibrium(system, {"x": -1.3}, parameter="m", span=(-1, 1))
    >>> [(point.kind, round(point.parameters["m"], 10)) for point in branch.special]
    [('fold', 0.3849001795), ('fold', -0.3849001795)]

    References
    ----------
    .. [1] H. B. Keller, "Numerical solution of bifurcation and nonlinear eigenvalue problems", 1977.
    .. [2] W. Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria*, SIAM, 2000.
    """
    system = compile_system(system)
    family = OneParameterField.of(system, parameter, span, values)
    value = float(start.parameters[parameter]) if isinstance(start, SpecialPoint) else family.start
    if not family.contains(value):
        raise ParameterError(
            f"The start is at {parameter} = {value:g}, outside the span [{family.lower:g}, {family.upper:g}]. "
            "The branch must start inside. Try another span or another value."
        )
    with np.errstate(all="ignore"):
        x = correct_start(family, start_state(system, start, family.at(value)), value)
        return assemble(family, method, *follow(family, method, x, value))


def follow(
    family: OneParameterField, method: PseudoArclength, x: Array, value: float
) -> tuple[Walk, Walk, Event | None]:
    """Walk both ways from an equilibrium; the special point at the start itself, if it is one."""
    tracer = Tracer.around(family, method, x)
    start = _start_point(tracer, x, value)
    at_start = Detector(tracer).exactly_at(x, value)
    first = 1 if at_start else 0
    forward = walk(tracer, start, events_from=first)
    if forward.outcome is Outcome.CLOSED_LOOP:
        return Walk([start], outcome=Outcome.CLOSED_LOOP), forward, at_start
    backward = walk(tracer, start.reversed(), events_from=first)
    stuck = {Outcome.STEP_TOO_SMALL, Outcome.LEFT_DOMAIN}
    if max(len(forward.points), len(backward.points)) == 1 and stuck & {forward.outcome, backward.outcome}:
        raise _not_isolated(family, value)
    return backward, forward, at_start


def _start_point(tracer: Tracer, x: Array, value: float) -> Point:
    """The start with the tangent along which the parameter rises, also where the start is a fold or a branch point."""
    family, n = tracer.family, len(x)
    jacobian = family.jacobian(x, value)
    rectangular = np.column_stack([jacobian, family.width * family.parameter_derivative(x, value)])
    sizes = np.linalg.svd(rectangular, compute_uv=False)
    nullity = 1 + int(np.count_nonzero(sizes <= NULL * max(1.0, sizes[0])))
    right, _ = null_vectors(rectangular, nullity - 1)
    rising = right @ right[n]
    if np.linalg.norm(rising) <= 1e-8:
        rising = right[:, 0]
    tangent = rising[:n], float(family.width * rising[n])
    length = tracer.metric.length(*tangent)
    tangent = (tangent[0] / length, tangent[1] / length)
    point = tracer.point(x, value, tangent, spectrum=True)
    if point is not None and nullity == 1:
        return point
    return Point(x, value, tangent[0], tangent[1], 1, BranchSpectrum.of(jacobian))


def _not_isolated(family: OneParameterField, value: float) -> ConvergenceError:
    return ConvergenceError(
        f"The equilibrium at {family.parameter} = {value:.8g} is not isolated: a continuum passes through it. "
        "Continuation needs isolated equilibria. Try to fix a conserved quantity, or one state with freeze."
    )
