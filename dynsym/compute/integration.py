"""`simulate`: states over time, with stiffness handled, blow-up recognised and the method reported."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import sympy

from dynsym._docstrings import documented
from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.functions import generated
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.starts import Start, start_state
from dynsym.errors import DomainError, ParameterError
from dynsym.model.system import SymbolicSystem
from dynsym.results import Outcome, Provenance, Trajectory

__all__ = ["DormandPrince", "Integrator", "Lsoda", "Radau", "simulate"]

Array = np.ndarray

LARGE = 1e8
"""Growth by this factor may be the beginning of a blow-up,"""
SOON = 1e3
"""if at the present rate of growth the time passed so far is this many e-foldings."""
GRID, NEAR = 4096, 1e-12
"""Places at which the sign of what is no polynomial of the time is looked at, and how near counts as the same place."""
JACOBIAN_UP_TO = 1000
"""Dimension up to which implicit methods are given the Jacobian."""


@dataclass(frozen=True, kw_only=True)
class Integrator:
    """A method for initial value problems; a subclass names the one of `scipy.integrate.solve_ivp`."""

    relative_tolerance: float = 1e-8
    absolute_tolerance: float = 1e-10
    name: ClassVar[str] = ""
    is_implicit: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for field in ("relative_tolerance", "absolute_tolerance"):
            value = getattr(self, field)
            if not (isinstance(value, (int, float)) and 0 < value < math.inf):
                raise ParameterError(
                    f"{type(self).__name__}({field}={value!r}): it must be a positive number. Try {field}=1e-8."
                )


@documented()
@dataclass(frozen=True, kw_only=True)
class Lsoda(Integrator):
    """Adams and backward differentiation methods of variable order, switched by the stiffness that is met.

    Examples
    --------
    >>> Lsoda(relative_tolerance=1e-6).relative_tolerance
    1e-06
    """

    name: ClassVar[str] = "LSODA"


@documented()
@dataclass(frozen=True, kw_only=True)
class Radau(Integrator):
    """The implicit Runge–Kutta method Radau IIA of order 5, for stiff systems.

    Examples
    --------
    >>> Radau().name
    'Radau'
    """

    name: ClassVar[str] = "Radau"


@documented()
@dataclass(frozen=True, kw_only=True)
class DormandPrince(Integrator):
    """The explicit Runge–Kutta method of order 5(4), for systems that are not stiff.

    Examples
    --------
    >>> DormandPrince().name
    'RK45'
    """

    name: ClassVar[str] = "RK45"
    is_implicit: ClassVar[bool] = False


DEFAULT_INTEGRATOR = Lsoda()


@documented("ParameterError: If times and span are both or neither given or do not increase, or a value is missing.")
def simulate(
    system: CompiledSystem | SymbolicSystem,
    start: Start,
    *,
    span: tuple[float, float] | None = None,
    values: Mapping[str, Any] | None = None,
    times: Sequence[float] | Array | None = None,
    method: Integrator = DEFAULT_INTEGRATOR,
) -> Trajectory:
    """The solution of x' = f(x, p) from a start.

    Parameters
    ----------
    start : 0, mapping, array, Equilibrium or SpecialPoint
        Nodes that a mapping leaves out are 0, plastic weights are at their steady state.
    span : (float, float), optional
        In place of `times`: the solution at the steps of the method.
    times : increasing sequence of float, optional
        Where the solution is wanted; the first one is the time of the start.
    method : Lsoda, Radau or DormandPrince

    Returns
    -------
    Trajectory
        ``outcome`` is `Outcome.FINISHED`, `Outcome.BLOW_UP` (then the last time is near that of the blow-up),
        `Outcome.LEFT_DOMAIN` or `Outcome.STEP_TOO_SMALL`; ``provenance.options`` names the method, its number of
        evaluations, and what went wrong.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "x^2"})
    >>> trajectory = ds.simulate(system, {"x": 1}, span=(0, 2))
    >>> trajectory.outcome, trajectory.provenance.options["message"]
    (<Outcome.BLOW_UP: 'blow_up'>, 'blow-up near t = 1')
    """
    from scipy.integrate import solve_ivp

    at = _times(times, span)
    system = compile_system(system)
    parameters = system.parameter_vector(values)
    x = start_state(system, start, parameters)
    blow_up = _BlowUp(system, parameters, x, float(at[0]))
    implicit = {"jac": blow_up.jacobian}
    options = implicit if method.is_implicit and system.dimension <= JACOBIAN_UP_TO else {}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        breaks = _breaks(system, x, values, float(at[0]), float(at[-1]))
        began, evaluations = float(at[0]), 0
        parts: list[tuple[Array, Array]] = []
        for end, clocks in [*breaks, (float(at[-1]), {})]:
            wanted = None if times is None else np.append(at[(at > began) & (at < end)], end)
            wanted = wanted if wanted is None or parts else np.append(at[0], wanted)
            solution = solve_ivp(
                blow_up.field,
                (began, end),
                x,
                method=method.name,
                t_eval=wanted,
                events=blow_up.event,
                rtol=method.relative_tolerance,
                atol=method.absolute_tolerance,
                **options,
            )
            evaluations += solution.nfev
            is_asked = times is None or end in at
            kept = slice(int(bool(parts) and times is None), None if is_asked or solution.status else -1)
            parts.append((solution.t[kept], solution.y[:, kept]))
            if solution.status or not np.isfinite(solution.y[:, -1]).all():
                break
            began, x = end, solution.y[:, -1].copy()
            for k, place in clocks.items():
                x[k] = place
        solution.t, solution.y = (np.concatenate([part[k] for part in parts], axis=-1) for k in (0, 1))
        states = np.reshape(solution.y, (len(x), -1)).T
        finite = np.isfinite(states).all(axis=1)
        reached, states = solution.t[finite], states[finite]
        if len(solution.t_events[0]):
            reached = np.append(reached, solution.t_events[0][:1])
            states = np.vstack([states, solution.y_events[0][:1]])
        outcome, message = _ending(solution, reached, states, blow_up)
    options_used = {
        "method": method.name,
        "relative_tolerance": method.relative_tolerance,
        "absolute_tolerance": method.absolute_tolerance,
        "evaluations": int(evaluations),
        "message": message,
    }
    named = dict(zip(system.parameter_names, map(float, parameters), strict=True))
    return Trajectory(
        reached,
        states=states,
        state_names=system.state_names,
        outcome=outcome,
        parameters=named,
        provenance=Provenance.of(system.system, options=options_used),
    )


class _BlowUp:
    """The field for the integrator, and the event that a state grows without bound in a finite time."""

    def __init__(self, system: CompiledSystem, parameters: Array, x: Array, began: float) -> None:
        self.system, self.parameters, self.began = system, parameters, began
        self.bound = LARGE * (1 + float(np.abs(x).max(initial=0.0)))
        self.complaint = "the right-hand side is not finite beyond."

    def field(self, t: float, x: Array) -> Array:
        try:
            return self.system.field(x, self.parameters)
        except DomainError as error:
            self.complaint = str(error)
            return np.full_like(x, np.nan)

    def jacobian(self, t: float, x: Array) -> Array:
        try:
            return self.system.jacobian(x, self.parameters)
        except DomainError:
            return np.full((len(x), len(x)), np.nan)

    def is_near(self, t: float, x: Array) -> bool:
        size = float(np.abs(x).max(initial=0.0))
        if not self.bound < size < math.inf:
            return False
        rate = float(np.abs(self.field(t, x)).max()) / size
        return not rate * (t - self.began) <= SOON

    def leaves_domain(self, x: Array) -> bool:
        """Whether the field is not finite a little further along the solution."""
        field = self.field(0.0, x)
        ahead = (self.field(0.0, x + 10.0**-k * field) for k in range(2, 17))
        return not all(np.isfinite(values).all() for values in (field, *ahead))

    def event(self, t: float, x: Array) -> float:
        return 1.0 if self.is_near(t, x) else -1.0

    event.terminal = True  # type: ignore[attr-defined]


def _ending(solution: Any, times: Array, states: Array, blow_up: _BlowUp) -> tuple[Outcome, str]:
    if solution.status == 0 and len(times) == len(solution.t):
        return Outcome.FINISHED, "finished"
    last = float(times[-1])
    if solution.status == 1 or np.abs(states[-1]).max(initial=0.0) > blow_up.bound:
        return Outcome.BLOW_UP, f"blow-up near t = {last:.6g}"
    if blow_up.leaves_domain(states[-1]):
        return Outcome.LEFT_DOMAIN, f"Left the domain near t = {last:.6g}: {blow_up.complaint}"
    return Outcome.STEP_TOO_SMALL, (
        f"Stopped at t = {last:.6g}: {solution.message} The solution must be smooth. Try looser tolerances, or Radau()."
    )


def _breaks(
    system: CompiledSystem, x: Array, values: Mapping[str, Any] | None, first: float, last: float
) -> list[tuple[float, dict[int, float]]]:
    """Times at which the field jumps or bends because of a clock, a state of constant rate, and the clocks just after.

    No step size tells a method of a pulse that it steps across, but the expression does.
    """
    if system.system.template is not None:
        return []
    from scipy.optimize import brentq

    known, states = system.system.substitution(values), system.system.states
    rates = [rate.xreplace(known) for rate in system.system.rhs]
    speeds = {k: float(rate) for k, rate in enumerate(rates) if rate.is_number and rate.is_real and rate != 0}
    time = sympy.Dummy("t", real=True)
    running = {states[k]: x[k] + sympy.Float(v) * (time - first) for k, v in speeds.items()}
    arguments = {a for rate in rates for a in _switches(rate) if a.free_symbols and a.free_symbols <= set(running)}
    found: set[float] = set()
    grid = np.linspace(first, last, GRID)
    for argument in arguments:
        along = argument.xreplace(running)
        if along.is_polynomial(time):
            found.update(float(root) for root in sympy.Poly(along, time).nroots() if abs(sympy.im(root)) < NEAR)
            continue
        level = generated([time], along, arrays=True)
        signs = np.sign(np.broadcast_to(level(grid), grid.shape))
        for k in np.flatnonzero(signs[1:] * signs[:-1] < 0):
            found.add(float(brentq(level, grid[k], grid[k + 1])))
    inside = sorted(t for t in found if first < t < last)

    def just_after(k: int, t: float) -> float:
        place = float(x[k]) + speeds[k] * (t - first)
        return place + math.copysign(NEAR * (1 + abs(place)), speeds[k])

    return [(t, {k: just_after(k, t) for k in speeds}) for t in inside]


def _switches(rate: sympy.Expr) -> list[sympy.Expr]:
    """What changes sign where a function of an expression jumps or bends."""
    found = []
    for part in rate.atoms(sympy.Function, sympy.Max, sympy.Min):
        if isinstance(part, (sympy.Max, sympy.Min)):
            found += [a - b for a, b in itertools.combinations(part.args, 2)]
        elif part.func.__name__ in NAMES and NAMES[part.func.__name__].smoothness <= 0:
            found.append(part.args[0])
    return found


def _times(times: Sequence[float] | Array | None, span: tuple[float, float] | None) -> Array:
    if (times is None) == (span is None):
        raise ParameterError(
            f"times={'given' if times is not None else None} and span={span} were given; exactly one of them is "
            "needed. Try span=(0, 100)."
        )
    at = np.asarray(times if times is not None else span, dtype=float)
    if at.ndim != 1 or len(at) < 2 or not np.isfinite(at).all() or not (np.diff(at) > 0).all():
        raise ParameterError(
            f"The times {np.array2string(at, threshold=6)} were given. They must be at least two finite numbers that "
            "increase. Try span=(0, 100), or times=numpy.linspace(0, 100, 1001)."
        )
    return at
