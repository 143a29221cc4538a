"""Equilibria from many starts of Newton's method: certified one by one, never called a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._docstrings import documented
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.description import describe, told_apart
from dynsym.compute.counting.fields.engine import FieldEngine, interval_field
from dynsym.compute.counting.fields.regions import given_box
from dynsym.compute.counting.links.engine import LinkEngine
from dynsym.compute.counting.links.reader import array_reader, link_reader
from dynsym.compute.counting.search.engine import Found
from dynsym.compute.counting.search.merging import distinct
from dynsym.compute.counting.setting import Setting
from dynsym.compute.counting.starts.descent import DEFAULT_STARTS, field_solutions, link_solutions
from dynsym.errors import ParameterError
from dynsym.model.system import SymbolicSystem
from dynsym.results import Equilibrium, EquilibriumCount, Provenance
from dynsym.results.stamp import stamped

__all__ = ["certify", "check_roots", "find_equilibria", "found_from_starts"]

DEFAULT_SPREAD = 3.0
SEARCH_SHARE = 0.8
"""Share of the time for the search; the rest is left for stabilities."""


@documented("ParameterError: If the number of starts is not positive, or a parameter has no value.")
@np.errstate(all="ignore")
def find_equilibria(
    system: CompiledSystem | SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    starts: int = DEFAULT_STARTS,
    box: Mapping[str, tuple[float, float]] | None = None,
    rng: np.random.Generator | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> EquilibriumCount:
    """Look for equilibria by Newton's method from many starts.

    Each one is enclosed in a box of its own and distinct from the others; there may be more than are found. Where φ is
    bounded, the indices of all equilibria sum to 1, so a different sum shows that some are missing.

    Parameters
    ----------
    starts : int
        Number of random starts.
    box : mapping of state name to (low, high), optional
        Where starts are drawn, for systems that are not networks of bounded activations.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` by default.
    budget : Budget
        No further batch of starts begins after four fifths of its seconds; once they are over, stabilities that were
        not found yet are left undecided.

    Returns
    -------
    EquilibriumCount
        With status ``"lower_bound"`` (or ``"undecided"`` if none was found) and no upper bound.

    Examples
    --------
    >>> import dynsym as ds
    >>> found = find_equilibria(ds.build_system(ds.motifs.bidirectional(weight=2)), starts=50)
    >>> found.lower, found.upper, found.index_sum
    (3, None, 1)
    """
    if starts < 1:
        raise ParameterError(f"{starts} starts were asked for. At least one is needed. Try starts={DEFAULT_STARTS}.")
    setting = Setting(compile_system(system), values)
    clock = budget.start()
    generator = np.random.default_rng(0) if rng is None else rng
    equilibria, index_sum, is_stopped = found_from_starts(setting, starts, generator, clock, box)
    how = f"Newton's method from {starts} starts"
    return _lower_bound(setting, equilibria, index_sum, clock, how + ", stopped by its limit" * is_stopped)


@documented("ParameterError: If the start has the wrong length or names no state.")
@stamped
@np.errstate(all="ignore")
def certify(
    system: CompiledSystem | SymbolicSystem,
    start: Mapping[str, float] | Sequence[float] | float,
    *,
    values: Mapping[str, Any] | None = None,
) -> Equilibrium:
    """Correct an approximate equilibrium by Newton's method and prove that one is there.

    Parameters
    ----------
    start : mapping of state name to number, sequence in the order of the states, or a number for all
        States left out of a mapping start at 0.

    Returns
    -------
    Equilibrium
        ``certificate`` is ``"certified"`` if exactly one equilibrium lies within ``radius`` of ``state``.

    Examples
    --------
    >>> import dynsym as ds
    >>> certify(ds.build_system(ds.motifs.bidirectional(weight=2)), 1.9).certificate
    'certified'
    """
    setting = Setting(compile_system(system), values)
    point = _point(setting, start)[None]
    engine = FieldEngine(interval_field(setting), 1e3 * (1 + float(np.abs(point).max(initial=0.0))))
    found, certified = engine.enclose(engine.newton(point, steps=40))
    if certified[0]:
        return describe(setting, found.low, found.high)[0]
    return describe(setting, found.middle, found.middle, certified=certified)[0]


@documented("ParameterError: If a root has the wrong length or names no state.")
@np.errstate(all="ignore")
def check_roots(
    system: CompiledSystem | SymbolicSystem,
    roots: Sequence[Mapping[str, float] | Sequence[float] | float],
    *,
    values: Mapping[str, Any] | None = None,
) -> EquilibriumCount:
    """Certify a list of equilibria found elsewhere, drop repetitions, and say what the index sum tells.

    Parameters
    ----------
    roots : sequence of mappings or arrays
        Each as for `certify`.

    Returns
    -------
    EquilibriumCount
        With status ``"lower_bound"``; ``reason`` says what was not certified and what must be missing.

    Examples
    --------
    >>> import dynsym as ds
    >>> checked = check_roots(ds.build_system(ds.motifs.bidirectional(weight=2)), [0.0, 1.9])
    >>> checked.lower, checked.index_sum
    (2, 0)
    """
    setting = Setting(compile_system(system), values)
    clock = DEFAULT_BUDGET.start()
    points = np.array([_point(setting, root) for root in roots]).reshape(-1, setting.compiled.dimension)
    engine = FieldEngine(interval_field(setting), 1e3 * (1 + float(np.abs(points).max(initial=0.0))))
    found, certified = engine.enclose(engine.newton(points, steps=5))
    certified &= np.abs(found.middle - points).max(axis=1, initial=0.0) < 1e-2 * (
        1 + np.abs(points).max(axis=1, initial=0.0)
    )
    equilibria = _distinct_equilibria(setting, found.take(certified), engine)
    reader = link_reader(setting.compiled.system)
    problem = None if reader is None else reader.problem(setting.balls)
    is_bounded = problem is not None and problem.start_box() is not None
    known = [e.index for e in equilibria if e.index is not None]
    index_sum = sum(known) if is_bounded and len(known) == len(equilibria) else None
    left_out = f"{int((~certified).sum())} of {len(points)} roots given were not certified"
    return _lower_bound(setting, equilibria, index_sum, clock, left_out)


def found_from_starts(
    setting: Setting,
    starts: int,
    rng: np.random.Generator,
    clock: Clock,
    box: Mapping[str, tuple[float, float]] | None = None,
) -> tuple[tuple[Equilibrium, ...], int | None, bool]:
    """Certified equilibria from random starts, and the sum of their indices where those of all must sum to 1."""
    search = clock.part(SEARCH_SHARE)
    low, high = given_box(box or {}, setting.state_names)
    reader = array_reader(setting.compiled.system) or link_reader(setting.compiled.system)
    problem = None if reader is None else reader.problem(setting.balls)
    start_box = None if problem is None else problem.start_box()
    if reader is not None and problem is not None and start_box is not None and problem.functions.is_smooth:
        link_engine = LinkEngine(problem, 10 * float(np.abs(start_box).max()) + 1)
        found = link_solutions(problem, float(np.abs(start_box).max()), starts, rng, search)
        kept, open_pairs = distinct(found, link_engine.is_injective)
        found = found.take(np.setdiff1d(kept, open_pairs[:, 1]))
        is_stopped = search.is_over
        states = reader.states(problem, found.low, found.high, setting.balls)
        return describe(setting, *states, clock=clock), int(found.sign.sum()), is_stopped
    low, high = np.where(np.isfinite(low), low, -DEFAULT_SPREAD), np.where(np.isfinite(high), high, DEFAULT_SPREAD)
    engine = FieldEngine(interval_field(setting), 100 * float(np.maximum(np.abs(low), np.abs(high)).max()))
    found = field_solutions(engine, low, high, starts, rng, search)
    is_stopped = search.is_over
    return _distinct_equilibria(setting, found, engine, clock), None, is_stopped


def _distinct_equilibria(
    setting: Setting, found: Found, engine: FieldEngine, clock: Clock | None = None
) -> tuple[Equilibrium, ...]:
    kept, open_pairs = distinct(found, engine.is_injective)
    found = found.take(np.setdiff1d(kept, open_pairs[:, 1]))
    return describe(setting, found.low, found.high, clock=clock)


def _point(setting: Setting, start: Mapping[str, float] | Sequence[float] | float) -> np.ndarray:
    names = setting.state_names
    if isinstance(start, Mapping):
        unknown = [name for name in start if name not in names]
        if unknown:
            raise ParameterError(
                f"The start names {unknown[0]!r}, which is no state. The states are {', '.join(names[:20])}. "
                "Try one of these names."
            )
        return np.array([float(start.get(name, 0.0)) for name in names])
    point = np.asarray(start, dtype=float)
    if point.ndim == 0:
        point = np.full(len(names), float(point))
    if point.shape != (len(names),):
        raise ParameterError(
            f"The start has {point.size} numbers. The system has {len(names)} states. Give one number each, or a "
            "mapping by name."
        )
    return point


def _lower_bound(
    setting: Setting, equilibria: tuple[Equilibrium, ...], index_sum: int | None, clock: Clock, how: str
) -> EquilibriumCount:
    """`index_sum` is given where the indices of all equilibria sum to 1."""
    equilibria, note = told_apart(equilibria)
    indices = [e.index for e in equilibria]
    total = index_sum if any(i is None for i in indices) else sum(i for i in indices if i is not None)
    reason = f"{how}; there may be more"
    if index_sum is not None and index_sum != 1:
        reason = f"{how}; the indices sum to {index_sum} in place of 1, so at least {abs(1 - index_sum)} are missing"
    return EquilibriumCount(
        "lower_bound" if equilibria else "undecided",
        lower=len(equilibria),
        upper=None,
        index_sum=total,
        equilibria=equilibria,
        parameters=setting.parameters,
        seconds=clock.elapsed,
        reason=reason if note is None else f"{reason}; {note}",
        provenance=Provenance.of(setting.compiled.system, options={"method": how}),
    )
