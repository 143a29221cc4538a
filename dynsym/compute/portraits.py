"""Phase portraits: the field over a plane of two states, with proved equilibria and sample trajectories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynsym._docstrings import documented
from dynsym.compute.attraction import two_states
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.continuation.starts import start_state
from dynsym.compute.counting import count_equilibria
from dynsym.compute.integration import simulate
from dynsym.model import SymbolicSystem
from dynsym.results import PhasePortrait, Provenance

__all__ = ["phase_portrait"]


@documented("ParameterError: If the box does not name two states with increasing bounds.")
def phase_portrait(
    system: CompiledSystem | SymbolicSystem,
    box: Mapping[str, tuple[float, float]],
    *,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, float] | None = None,
    starts: Sequence[Mapping[str, float]] = (),
    duration: float = 50.0,
    points: int = 121,
) -> PhasePortrait:
    """The field over a plane of two states: what a picture of nullclines and trajectories needs.

    Parameters
    ----------
    box : mapping of two state names to (low, high)
        The plane; the first state is horizontal.
    fixed : mapping of state name to number, optional
        The other states; 0 for nodes and at rest for plastic weights where left out.
    starts : sequence of mappings of state name to number
        Where trajectories begin.
    duration : float
        How long trajectories run, in the system's unit of time.
    points : int
        Grid points along each side.

    Returns
    -------
    PhasePortrait
        With all equilibria (counted with proof where that succeeds), if the system has no other states.

    Examples
    --------
    >>> import dynsym as ds
    >>> spiral = ds.system_from_equations({"x": "y", "y": "-x - y"})
    >>> ds.phase_portrait(spiral, {"x": (-1, 1), "y": (-1, 1)}, points=11)
    PhasePortrait(x in [-1, 1], y in [-1, 1], 11 x 11 grid, 1 equilibria, 0 trajectories)
    """
    compiled = compile_system(system)
    first, second = two_states("box", box, compiled.state_names)
    p = compiled.parameter_vector(values)
    x, y = (np.linspace(float(low), float(high), points) for low, high in (box[first], box[second]))
    index = [compiled.state_names.index(name) for name in (first, second)]
    base = start_state(compiled, dict(fixed or {}), p)
    grid = np.repeat(base[:, None], points * points, axis=1)
    grid[index[0]], grid[index[1]] = (axis.ravel() for axis in np.meshgrid(x, y))
    velocity = compiled.field(grid, p)
    others = {n: float(v) for n, v in zip(compiled.state_names, base, strict=True) if n not in (first, second)}
    equilibria = () if others else count_equilibria(compiled, values=values).equilibria
    runs = tuple(simulate(compiled, start=dict(s), span=(0.0, float(duration)), values=values) for s in starts)
    return PhasePortrait(
        (first, second),
        x=x,
        y=y,
        dx=velocity[index[0]].reshape(points, points),
        dy=velocity[index[1]].reshape(points, points),
        equilibria=equilibria,
        trajectories=runs,
        parameters=dict(zip(compiled.parameter_names, p, strict=True)),
        fixed=others,
        provenance=Provenance.of(compiled.system, options={"points": points, "duration": duration}),
    )
