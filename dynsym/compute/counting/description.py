"""From enclosures of states to equilibria with residual, stability and index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from dynsym._budget import Clock
from dynsym.arithmetic.rounding import ROUND_UP, gamma
from dynsym.compute.counting.dense_networks import NetworkArrays
from dynsym.compute.counting.fields.engine import FieldEngine, interval_field
from dynsym.compute.counting.matrices.exact_spectrum import AxisCount, SideSlopes, axis_count
from dynsym.compute.counting.matrices.spectrum_sign import UNDECIDED, discs_right, unstable_dimensions
from dynsym.compute.counting.search.merging import overlapping_pairs
from dynsym.compute.counting.setting import Setting
from dynsym.errors import Unhandled
from dynsym.functions import step
from dynsym.functions.smoothness import break_at, one_sided, sign_at
from dynsym.results import Equilibrium

__all__ = ["describe", "exact_stability", "told_apart", "with_exact_stability"]

MOST_EIGENVALUES = 20_000
"""Eigenvalues are listed when there are no more than this in all."""
MOST_ENTRIES = 40_000
LARGE, MOST_WORK = 200, 5e8
"""Jacobians with more entries than MOST_ENTRIES, and those of more than LARGE states whose cubed dimensions sum to more
than MOST_WORK, are not diagonalised: Gershgorin's discs alone may prove stability."""
MOST_MATRIX_WORK = 4e9
"""The same limit for networks whose Jacobians are bounded by matrices."""
BATCH_ENTRIES = 2_000_000
"""Entries of all Jacobians treated at a time."""
LARGEST_EXACT = 60
"""Largest dimension of an exact characteristic polynomial."""
LARGEST_DENOMINATOR = 10**6
"""Equilibria whose stability floats leave open may be rational points with denominators up to this."""


def describe(
    setting: Setting,
    low: np.ndarray,
    high: np.ndarray,
    *,
    certified: np.ndarray | None = None,
    clock: Clock | None = None,
) -> tuple[Equilibrium, ...]:
    """Equilibria from enclosures of their states, in order; those beyond the range of floats are left out."""
    sure = np.ones(len(low), dtype=bool) if certified is None else certified
    finite = (np.isfinite(low) & np.isfinite(high)).all(axis=1)
    low, high, sure = low[finite], high[finite], sure[finite]
    count, size = low.shape
    if not count:
        return ()
    at_origin = sure & np.all((low <= 0) & (high >= 0), axis=1)
    if at_origin.any() and setting.rests_at_origin:
        low, high = np.where(at_origin[:, None], 0.0, low), np.where(at_origin[:, None], 0.0, high)
    middle = 0.5 * low + 0.5 * high
    radius = np.maximum(high - middle, middle - low).max(axis=1, initial=0.0)
    radius = np.where(radius > 0, np.nextafter(radius, np.inf), 0.0)
    residual = np.maximum(*np.abs(setting.field_bounds(middle, middle))).max(axis=1, initial=0.0)
    unstable, at_least = _unstable_dimensions(setting, low, high, clock)
    spectra: Any = [None] * count
    conditions: Any = [None] * count
    if count * size <= MOST_EIGENVALUES and size <= 100:
        spectra, conditions = _spectra(setting, middle)
    found = []
    for k in np.lexsort(middle.T[::-1]):
        dimension = int(unstable[k])
        stability = "unstable" if at_least[k] else "undecided" if dimension == UNDECIDED else "stable"
        index = None if dimension == UNDECIDED else (-1) ** dimension
        spectrum = None if spectra[k] is None else tuple(sorted(spectra[k].tolist(), key=lambda z: (-z.real, z.imag)))
        equilibrium = Equilibrium(
            dict(zip(setting.state_names, middle[k].tolist(), strict=True)),
            radius=float(radius[k]) if sure[k] else np.inf,
            certificate="certified" if sure[k] else "not_certified",
            stability=stability,
            unstable_dimension=None if dimension == UNDECIDED else dimension,
            residual=float(residual[k]),
            eigenvalues=spectrum,
            index=index,
            condition=conditions[k],
        )
        if dimension == UNDECIDED and sure[k] and not (clock is not None and clock.is_over):
            point = _rational_point(setting, low[k : k + 1], high[k : k + 1])
            equilibrium = equilibrium if point is None else with_exact_stability(setting, equilibrium, point)
        found.append(equilibrium)
    return tuple(found)


def _rational_point(setting: Setting, low: np.ndarray, high: np.ndarray) -> tuple[sympy.Expr, ...] | None:
    """The point with small denominators in a box (1, n), if the box is known to hold one equilibrium alone."""
    middle = (Fraction(x) for x in (0.5 * low[0] + 0.5 * high[0]).tolist())
    near = [x.limit_denominator(LARGEST_DENOMINATOR) for x in middle]
    if len(near) > LARGEST_EXACT or not all(a <= x <= b for a, x, b in zip(low[0], near, high[0], strict=True)):
        return None
    if (low < high).any() and not FieldEngine(interval_field(setting), 1.0).is_injective(low, high)[0]:
        return None
    return tuple(sympy.Rational(x.numerator, x.denominator) for x in near)


def with_exact_stability(setting: Setting, equilibrium: Equilibrium, point: Sequence[sympy.Expr]) -> Equilibrium:
    """The equilibrium with the stability of `point`, if that is an equilibrium with a rational Jacobian."""
    exact = exact_stability(setting, point)
    if exact is None:
        return equilibrium
    return replace(equilibrium, stability=exact.stability, unstable_dimension=exact.unstable, index=exact.index)


def told_apart(equilibria: tuple[Equilibrium, ...]) -> tuple[tuple[Equilibrium, ...], str | None]:
    """The equilibria, those whose balls meet no longer certified, and what to say of them."""
    sure = [k for k, e in enumerate(equilibria) if e.certificate == "certified"]
    if len(sure) < 2:
        return equilibria, None
    middle = np.array([list(equilibria[k].state.values()) for k in sure])
    radius = np.broadcast_to(np.array([[equilibria[k].radius] for k in sure]), middle.shape)
    meeting = {sure[k] for k in overlapping_pairs(middle, radius).ravel().tolist()}
    if not meeting:
        return equilibria, None
    doubtful: dict[str, Any] = {"certificate": "not_certified", "radius": np.inf}
    return (
        tuple(replace(e, **doubtful) if k in meeting else e for k, e in enumerate(equilibria)),
        f"{len(meeting)} equilibria lie nearer to others than floats can tell apart; their states are not certified",
    )


def _spectra(setting: Setting, points: np.ndarray) -> tuple[Any, Any]:
    """Eigenvalues and condition numbers of the Jacobian at points (count, n), or nothing where one is not finite."""
    size = points.shape[1]
    jacobians = np.zeros((len(points), size, size))
    kinks, known = np.zeros(len(points), dtype=bool), np.ones(len(points), dtype=bool)
    arrays = setting.arrays
    places = () if arrays is not None else setting.compiled.jacobian_tape[1]
    if arrays is not None:
        jacobians[:] = [arrays.jacobian_balls(x, x, setting.intervals)[0] for x in points]
    elif places:
        bottom, top, kinks, known = setting.jacobian_bounds(points, points)
        rows, columns = np.array(places).T
        jacobians[:, rows, columns] = 0.5 * bottom + 0.5 * top
    if not np.isfinite(jacobians).all():
        return [None] * len(points), [None] * len(points)
    spectra, conditions = list(np.linalg.eigvals(jacobians)), list(np.linalg.cond(jacobians))
    for k in np.flatnonzero(kinks | ~known):
        spectra[k] = conditions[k] = None
    return spectra, conditions


def _unstable_dimensions(
    setting: Setting, low: np.ndarray, high: np.ndarray, clock: Clock | None = None
) -> tuple[np.ndarray, np.ndarray]:
    if setting.arrays is not None:
        return _unstable_by_arrays(setting, setting.arrays, low, high, clock)
    compiled = setting.compiled
    names = list(compiled.system.jacobian_entries().values())
    size = compiled.dimension
    if len(names) > MOST_ENTRIES or (size > LARGE and len(low) * size**3 > MOST_WORK):
        contracting = np.array([_is_contracting(setting, a[None], b[None]) for a, b in zip(low, high, strict=True)])
        return np.where(contracting, 0, UNDECIDED), np.zeros(len(low), dtype=int)
    sided = np.array([entry.has(step) for entry in names], dtype=bool)
    batch = max(1, BATCH_ENTRIES // (size * size))
    unstable, at_least = np.full(len(low), UNDECIDED), np.zeros(len(low), dtype=int)
    for first in range(0, len(low), batch):
        if clock is not None and clock.is_over:
            break
        part = slice(first, first + batch)
        bottom, top, kinks, known = setting.jacobian_bounds(low[part], high[part])
        kinked = kinks[:, None] & sided
        found, least = unstable_dimensions(compiled.jacobian_tape[1], bottom, top, size, names, kinked)
        unstable[part], at_least[part] = np.where(known, found, UNDECIDED), np.where(known, least, 0)
    return unstable, at_least


def _unstable_by_arrays(
    setting: Setting, arrays: NetworkArrays, low: np.ndarray, high: np.ndarray, clock: Clock | None
) -> tuple[np.ndarray, np.ndarray]:
    """As above, from matrices of bounds. Discs about eigenvalues are drawn while the work allows it."""
    count, size = low.shape
    unstable, at_least = np.full(count, UNDECIDED), np.zeros(count, dtype=int)
    diagonal = np.arange(size)
    for k in range(count):
        if clock is not None and clock.is_over:
            break
        middle, radius = arrays.jacobian_balls(low[k], high[k], setting.intervals)
        if not (np.isfinite(middle).all() and np.isfinite(radius).all()):
            continue
        reach = np.abs(middle) + radius
        reach[diagonal, diagonal] = 0.0
        ends = middle[diagonal, diagonal] + radius[diagonal, diagonal]
        total = reach.sum(axis=1)
        if (ends + total + gamma(size + 8) * (np.abs(ends) + total) * ROUND_UP < 0).all():
            unstable[k] = 0
        elif (k + 1) * size**3 <= MOST_MATRIX_WORK or size <= LARGE:
            found, least = discs_right(middle[None], radius[None])
            unstable[k], at_least[k] = found[0], least[0]
    return unstable, at_least


def _is_contracting(setting: Setting, low: np.ndarray, high: np.ndarray) -> bool:
    """Whether all discs of Gershgorin about the diagonal lie left of zero, over a box (1, n)."""
    rows, columns = np.array(setting.compiled.jacobian_tape[1]).T
    bottom, top, _, known = (bound[0] for bound in setting.jacobian_bounds(low, high))
    reach = np.where(rows == columns, top, np.maximum(np.abs(bottom), np.abs(top)))
    total, size = np.zeros(low.shape[1]), np.zeros(low.shape[1])
    np.add.at(total, rows, reach)
    np.add.at(size, rows, np.abs(reach))
    is_listed = np.isin(np.arange(low.shape[1]), rows[rows == columns])
    return bool(known and (is_listed & (total + gamma(low.shape[1] + 8) * size < 0)).all())


def exact_stability(setting: Setting, state: Sequence[sympy.Expr]) -> AxisCount | SideSlopes | None:
    """The sides of the eigenvalues at an exact equilibrium with a rational Jacobian, or at a kink of one state."""
    system = setting.compiled.system
    size = system.dimension
    if size > LARGEST_EXACT:
        return None
    here = dict(zip(system.states, state, strict=True))
    if any(rate.subs(here) != 0 for rate in setting.exact_rhs):
        return None
    if break_at(setting.exact_rhs, here, 1) is not None:
        return _beside_kink(setting.exact_rhs[0], system.states[0], state[0]) if size == 1 else None
    known = system.substitution(setting.values)
    matrix: list[list[sympy.Expr]] = [[sympy.S.Zero] * size for _ in range(size)]
    for (i, j), entry in system.jacobian_entries().items():
        value = entry.xreplace(known).subs(here)
        if not value.is_Rational:
            return None
        matrix[i][j] = value
    return axis_count(matrix)


def _beside_kink(rate: sympy.Expr, state: sympy.Symbol, value: sympy.Expr) -> SideSlopes | None:
    """The signs of the slopes on both sides of an equilibrium at which the field of one state is continuous."""
    place = break_at([rate], {state: value}, 0)
    if place is not None:
        return None
    try:
        pieces = [one_sided(rate, state, value, side) for side in (-1, 1)]
    except Unhandled:
        return None
    below, above = (sign_at(piece.diff(state), {state: value}) for piece in pieces)
    return None if below is None or above is None else SideSlopes(below, above)
