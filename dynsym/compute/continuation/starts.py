"""Where a branch starts: a state given in one of several ways, completed and corrected to an equilibrium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from dynsym.compute.compiled import CompiledSystem
from dynsym.compute.continuation.bordered import Factorised
from dynsym.compute.continuation.family import OneParameterField
from dynsym.compute.continuation.homotopy import reach_equilibrium
from dynsym.errors import ConvergenceError, ParameterError
from dynsym.results import Equilibrium, SpecialPoint

__all__ = ["Start", "correct_start", "start_state"]

Array = np.ndarray
Start = float | Mapping[str, float] | Sequence[float] | Array | Equilibrium | SpecialPoint

NEWTON_STEPS = 50
SHORTEST = 1e-4
ROUNDING = 1e-14
CONVERGED = 1e-8


def start_state(system: CompiledSystem, start: Start, parameters: Array) -> Array:
    """The state vector that a start describes.

    A number is given to every node; in a mapping the nodes left out are 0. Plastic weights left out are at their steady
    state.
    """
    if isinstance(start, (Equilibrium, SpecialPoint)):
        start = start.state
    names = system.state_names
    if isinstance(start, Mapping):
        given = dict(start)
    elif np.ndim(start) == 0:
        weights = set(system.system.weight_names)
        given = {name: cast(float, start) for name in names if name not in weights}
    else:
        if np.shape(start) != (len(names),):
            raise ParameterError(
                f"A start of shape {np.shape(start)} was given; the system has {len(names)} states. "
                "Try a mapping of state names to numbers."
            )
        given = dict(zip(names, start, strict=True))  # type: ignore[arg-type]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ParameterError(
            f"The start names {unknown[0]!r}, which is no state. The system has {', '.join(names[:12])}. Try one of "
            "these."
        )
    x = np.array([float(given.get(name, 0.0)) for name in names])
    if not np.isfinite(x).all():
        raise ParameterError("The start has an entry that is not finite. Give finite numbers for all states.")
    missing = [k for k, name in enumerate(names) if name not in given and name in set(system.system.weight_names)]
    if missing:
        rest = system.field(x, parameters)[missing]
        slope = np.asarray(system.sparse_jacobian(x, parameters).diagonal())[missing]
        x[missing] = np.divide(-rest, slope, out=np.zeros_like(rest), where=slope != 0)
    return x


def correct_start(family: OneParameterField, x: Array, value: float) -> Array:
    """The equilibrium that damped Newton steps, or else a homotopy, reach from a state."""
    found = _newton(family, x, value)
    if found is None:
        reached = reach_equilibrium(family, x, value)
        found = None if reached is None else _newton(family, reached, value)
    if found is not None:
        return found
    given = ", ".join(f"{name}={v:.6g}" for name, v in list(zip(family.system.state_names, x, strict=True))[:6])
    raise ConvergenceError(
        f"From the start {given} no equilibrium was reached at {family.parameter} = {value:.8g}. A start must be near "
        "one. Try another start, or count_equilibria to find them all."
    )


def _newton(family: OneParameterField, x: Array, value: float) -> Array | None:
    """Newton steps, shortened until the residual falls; None if they do not converge."""
    residual = family.field(x, value)
    for _ in range(NEWTON_STEPS):
        size = float(np.linalg.norm(residual))
        if size == 0:
            return x
        jacobian = family.jacobian(x, value)
        if not (np.isfinite(size) and np.isfinite(jacobian).all()):
            return None
        factors = Factorised(np.array(jacobian, order="F"))
        if factors.singular:
            return x if size <= ROUNDING * (1 + float(np.abs(x).max())) else None
        step = factors.solve(residual)
        length = float(np.abs(step).max()) / (1 + float(np.abs(x).max()))
        if length <= ROUNDING:
            return x
        fraction = 1.0
        while fraction > SHORTEST:
            trial = x - fraction * step
            tried = family.field(trial, value)
            if np.isfinite(tried).all() and np.linalg.norm(tried) <= (1 - 0.1 * fraction) * size:
                break
            fraction *= 0.5
        else:
            return x if length <= CONVERGED else None  # no further decrease: at the level of rounding
        x, residual = trial, tried
    return None
