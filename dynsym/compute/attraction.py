"""Basins of attraction by simulation: from a plane of states, and from random starts in a box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Expr

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.tape import Tape
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.starts import start_state
from dynsym.compute.counting import certify, count_equilibria
from dynsym.compute.counting.fields.regions import given_box
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.model import SymbolicSystem
from dynsym.results import Basins, Equilibrium, Provenance

__all__ = ["basins", "two_states"]

NEAR, AT_REST, LOST = 1e-3, 1e-6, 1e6
"""Relative distance to an equilibrium, speed at rest, and size beyond which a state is given up."""
TOLERANCE = 1e-4
MOST_NEW = 20
"""Most equilibria that are added because simulations came to rest there."""


def basins(
    system: CompiledSystem | SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    plane: Mapping[str, tuple[float, float]] | None = None,
    fixed: Mapping[str, float] | None = None,
    box: Mapping[str, tuple[float, float]] | None = None,
    points: int = 120,
    samples: int = 1000,
    duration: float = 200.0,
    energy: Expr | None = None,
    rng: np.random.Generator | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Basins:
    """Which equilibrium is reached from where.

    Equilibria come from `count_equilibria`. The states of a plane, and random ones in a box, are followed until they
    rest. That is evidence and not proof: the result is ``"supported"``.

    Parameters
    ----------
    system : CompiledSystem or SymbolicSystem
        With two states or more.
    plane : mapping of two state names to (low, high), optional
        The plane of these two states. By default that of the two states there are, or of the two directions in which
        the equilibria differ most, through their mean.
    fixed : mapping of state name to number, optional
        The other states on a given plane; where left out 0, and plastic weights at rest at each of its points.
    box : mapping of state name to (low, high), optional
        Where random starts are drawn; by default somewhat more than the equilibria span.
    points : int
        States along each side of the plane; an even number avoids lines of symmetry.
    samples : int
        Random starts.
    duration : float
        How long states are followed, in the system's unit of time.
    energy : Expr, optional
        Function of the states to be shown on the plane, as from `energy_function`.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` by default.
    budget : Budget
        For finding the equilibria.

    Raises
    ------
    ParameterError
        If the plane is not one of two states with increasing bounds, or a number is not positive.
    UnsupportedFeatureError
        If there is one state only.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=2))
    >>> found = basins(pair, points=20, samples=200)
    >>> [e.stability for e in found.equilibria], bool(abs(found.shares[0] - 0.5) < 0.1)
    (['stable', 'unstable', 'stable'], True)
    """
    compiled = compile_system(system)
    names = compiled.state_names
    if len(names) < 2:
        raise UnsupportedFeatureError(
            f"Basins were asked for {compiled.system.name!r}, which has one state. A plane needs two. On a line the "
            "unstable equilibria of count_equilibria are the borders."
        )
    if points < 2 or samples < 1 or not duration > 0:
        raise ParameterError(
            f"points={points}, samples={samples}, duration={duration} were given. At least 2 points, 1 sample and a "
            "positive duration are needed. Try points=120, samples=1000, duration=200."
        )
    p = compiled.parameter_vector(values)
    count = count_equilibria(compiled, values=values, budget=budget)
    known = list(count.equilibria)
    places = np.array([[e.state[n] for n in names] for e in known]).reshape(-1, len(names))
    low, high = _box(places, names, box or {})
    generator = np.random.default_rng(0) if rng is None else rng
    origin, directions, x, y, axes = _plane(compiled, p, places, plane, dict(fixed or {}), (low, high), points)
    u, v = np.meshgrid(x, y)
    on_plane = origin[:, None] + directions.T @ np.stack([u.ravel(), v.ravel()])
    if plane is not None:
        on_plane = _at_rest(compiled, p, on_plane, {*(fixed or {}), *plane})
    velocity = np.linalg.lstsq(directions.T, compiled.field(on_plane, p), rcond=None)[0]
    starts = low[:, None] + (high - low)[:, None] * generator.random((len(names), samples))
    ends, speed = _follow(compiled, p, np.concatenate([on_plane, starts], axis=1), duration, budget.start())
    reached, known = _reached(compiled, values, known, ends, speed)
    shape = (points, points)
    return Basins(
        names,
        equilibria=tuple(known),
        hits=np.bincount(reached[points * points :] + 1, minlength=len(known) + 1)[1:],
        samples=samples,
        x=x,
        y=y,
        origin=origin,
        directions=directions,
        axis_names=axes,
        reached=reached[: points * points].reshape(shape),
        dx=velocity[0].reshape(shape),
        dy=velocity[1].reshape(shape),
        energy=None if energy is None else _energy(compiled, p, energy, on_plane).reshape(shape),
        parameters=dict(zip(compiled.parameter_names, p.tolist(), strict=True)),
        box=dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
        provenance=Provenance.of(
            compiled.system,
            options={"points": points, "samples": samples, "duration": duration, "equilibria": count.status},
        ),
    )


def _box(
    places: np.ndarray, names: tuple[str, ...], given: Mapping[str, tuple[float, float]]
) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.full(len(names), -1.0), np.full(len(names), 1.0)
    if len(places):
        low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.25 * (high - low) + 1.0
    bottom, top = given_box(given, names)
    return np.where(np.isfinite(bottom), bottom, low - margin), np.where(np.isfinite(top), top, high + margin)


def _plane(
    compiled: CompiledSystem,
    p: np.ndarray,
    places: np.ndarray,
    plane: Mapping[str, tuple[float, float]] | None,
    fixed: dict[str, float],
    box: tuple[np.ndarray, np.ndarray],
    points: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, str]]:
    """Origin, directions, the two coordinates, and their names."""
    names = compiled.state_names
    if plane is None and len(names) == 2 and not fixed:
        plane = {name: (low, high) for name, low, high in zip(names, *box, strict=True)}
    if plane is not None:
        first, second = two_states("plane", plane, names)
        origin = start_state(compiled, fixed | {first: 0.0, second: 0.0}, p)
        directions = np.eye(len(names))[[names.index(first), names.index(second)]]
        x, y = (np.linspace(float(plane[name][0]), float(plane[name][1]), points) for name in (first, second))
        return origin, directions, x, y, (first, second)
    origin = places.mean(axis=0) if len(places) else np.zeros(len(names))
    spread = np.linalg.svd(np.concatenate([places - origin, 1e-9 * np.eye(len(names))]), full_matrices=False)[2]
    directions = spread[:2] * np.sign(spread[:2, np.abs(spread[:2]).argmax(axis=1)].diagonal())[:, None]
    along = (places - origin) @ directions.T
    reach = np.maximum(1.35 * np.abs(along).max(axis=0, initial=0.0), 1.0)
    x, y = (np.linspace(-r, r, points) for r in reach)
    return origin, directions, x, y, ("first direction", "second direction")


def _at_rest(compiled: CompiledSystem, p: np.ndarray, x: np.ndarray, given: set[str]) -> np.ndarray:
    """States (n, batch), the plastic weights that were not given at their steady state; rates are affine in them."""
    weights = set(compiled.system.weight_names) - given
    rows = [k for k, name in enumerate(compiled.state_names) if name in weights]
    if not rows:
        return x
    without, unit = x.copy(), x.copy()
    without[rows], unit[rows] = 0.0, 1.0
    rate = compiled.field(without, p)[rows]
    slope = compiled.field(unit, p)[rows] - rate
    without[rows] = np.divide(-rate, slope, out=np.zeros_like(rate), where=slope != 0)
    return without


def two_states(option: str, plane: Mapping[str, tuple[float, float]], names: tuple[str, ...]) -> tuple[str, str]:
    """The states that span a plane, given as the option named; their bounds must increase."""
    chosen = list(plane)
    if len(chosen) != 2 or not set(chosen) <= set(names) or not all(low < high for low, high in plane.values()):
        raise ParameterError(
            f"The {option} was given as {dict(plane)!r}. It needs two states with increasing bounds. Try "
            f"{option}={{{', '.join(f'{name!r}: (-3, 3)' for name in names[:2])}}}."
        )
    return chosen[0], chosen[1]


def _follow(
    compiled: CompiledSystem, p: np.ndarray, x: np.ndarray, duration: float, clock: Clock
) -> tuple[np.ndarray, np.ndarray]:
    """States (n, batch) at the end, and their speeds; Bogacki and Shampine's method, one step length for all."""
    ends = x.copy()
    rate = compiled.field(x, p)
    speed = np.abs(rate).max(axis=0)
    moving = np.arange(x.shape[1])
    time, step = 0.0, 0.01
    while time < duration and len(moving) and not clock.is_over:
        step = min(step, duration - time)
        second = compiled.field(x + 0.5 * step * rate, p)
        third = compiled.field(x + 0.75 * step * second, p)
        there = x + step * (2 * rate + 3 * second + 4 * third) / 9
        last = compiled.field(there, p)
        error = step * np.abs(-5 * rate / 72 + second / 12 + third / 9 - last / 8) / (TOLERANCE * (1 + np.abs(there)))
        worst = float(np.nan_to_num(error, nan=np.inf).max())
        factor = 0.9 * max(worst, 1e-6) ** (-1 / 3) if np.isfinite(worst) else 0.2
        if worst > 1 and step > 1e-9:
            step *= max(factor, 0.2)
            continue
        time, x, rate = time + step, there, last
        step *= min(max(factor, 0.2), 3.0)
        ends[:, moving], speed[moving] = x, np.abs(rate).max(axis=0)
        left = (speed[moving] > AT_REST) & (np.abs(x).max(axis=0) < LOST)
        if not left.all():
            moving, x, rate = moving[left], x[:, left], rate[:, left]
    return ends, speed


def _reached(
    compiled: CompiledSystem,
    values: Mapping[str, Any] | None,
    known: list[Equilibrium],
    ends: np.ndarray,
    speed: np.ndarray,
) -> tuple[np.ndarray, list[Equilibrium]]:
    """The position of the equilibrium at which each state rests, or -1; equilibria not known before are added."""
    names, reached = compiled.state_names, np.full(ends.shape[1], -1)
    scale = NEAR * (1 + np.abs(ends).max(axis=0))
    checked = 0
    for _ in range(len(known) + MOST_NEW + 1):
        for k in range(checked, len(known)):
            place = np.array([known[k].state[n] for n in names])
            reached[(np.abs(ends - place[:, None]).max(axis=0) < scale) & (reached < 0)] = k
        checked = len(known)
        resting = np.flatnonzero((reached < 0) & (speed <= AT_REST))
        if not len(resting):
            break
        found = certify(compiled, ends[:, resting[0]].tolist(), values=values)
        place = np.array([found.state[n] for n in names])
        if found.certificate != "certified" or np.abs(place - ends[:, resting[0]]).max() > scale[resting[0]]:
            speed = np.where(np.arange(len(speed)) == resting[0], np.inf, speed)
            continue
        known = [*known, found]
    return reached, known


def _energy(compiled: CompiledSystem, p: np.ndarray, energy: Expr, states: np.ndarray) -> np.ndarray:
    system = compiled.system
    symbols = [*system.states, *system.parameters.values()]
    tape = Tape.of([energy], symbols)
    inputs = [Interval(row, row) for row in states] + [Interval(np.array(v), np.array(v)) for v in p]
    (found,) = tape.run(IntervalArithmetic(), inputs)
    return np.broadcast_to(0.5 * np.asarray(found.low) + 0.5 * np.asarray(found.high), states.shape[1:])
