"""Is a field a gradient flow in some diagonal metric? In any metric at all?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.cycle_condition import CycleTest, cycle_test
from dynsym.algebra.determinants import strong_components
from dynsym.algebra.eigenpairs import enclosure_radius
from dynsym.algebra.field import Field, Relation, field_over
from dynsym.algebra.linear import ExactAlgebra, dense
from dynsym.algebra.ring import Ring
from dynsym.algebra.signs import sign_of_element
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.characteristic.factors import EIGENVALUE, shown_factor, spectral_factors
from dynsym.derive.equilibria.points import verified
from dynsym.derive.gradients.potentials import rate_network_test
from dynsym.derive.linearisation.jacobians import jacobian_at
from dynsym.errors import BudgetExceeded, NotAnEquilibrium
from dynsym.functions import step
from dynsym.results import SymbolicEquilibrium

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Gradient", "any_metric", "diagonal_metric"]

LARGEST_EXACT = 8
SHOWN = 8


@dataclass(frozen=True)
class Gradient:
    """A verdict on "is it a gradient flow?", why, and what was found on the way."""

    verdict: str
    reason: str
    cycle: tuple[int, ...] = ()
    metric: str = ""
    is_rate_network: bool = False
    assumptions: tuple[str, ...] = ()


# ---- diagonal metrics


def diagonal_metric(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Gradient:
    """Search diag(c_i s_i(x_i)) with c > 0, where s_i is how column i of the Jacobian depends on its state."""
    test = rate_network_test(system, substitution)
    if test is not None:
        flat = _slope_of_unknown_sign(system, substitution)
        if test.holds and flat is not None:
            return Gradient("undecided", f"the metric would contain {flat}, which is not known to be positive")
        slopes = ["phi'(" + name + ")" for name in system.state_names]
        return _from_cycles(system, test, slopes, is_rate_network=True)
    shapes = _column_shapes(system, substitution)
    if shapes is None:
        return Gradient(
            "undecided", "the columns of the Jacobian are no products of a constant and a function of one state"
        )
    weights, factors = shapes
    for name, factor in zip(system.state_names, factors, strict=True):
        if factor.free_symbols and (factor.has(step) or _sign(factor) != 1):
            return Gradient(
                "undecided", f"the metric would contain {factor} at {name}, which is not known to be positive"
            )
    return _from_cycles(system, cycle_test(system.dimension, weights), [str(f) for f in factors])


def _from_cycles(
    system: SymbolicSystem, test: CycleTest, slopes: list[str], *, is_rate_network: bool = False
) -> Gradient:
    names = system.state_names
    if not test.holds:
        if len(test.cycle) == 2:
            source, onto = (names[k] for k in test.cycle)
            why = f"the pair {source} -> {onto}, {onto} -> {source} has one direction only, or two signs"
        else:
            why = f"round {' -> '.join(names[k] for k in test.cycle)} the products of weights differ by {test.residual}"
        family = (
            "diag(c_i phi'(x_i))" if is_rate_network else "diag(c_i s_i(x_i)), s_i from the columns of the Jacobian"
        )
        assumed: tuple[str, ...] = ()
        if test.unless_zero is not None:
            why += f"; unless {test.unless_zero} = 0"
            assumed = (f"{test.unless_zero} != 0",)
        why = f"no metric {family} with c > 0: {why}"
        return Gradient("refuted", why, test.cycle, is_rate_network=is_rate_network, assumptions=assumed)
    taus = [sympy.S.One] * len(slopes)
    if is_rate_network and system.template is not None:
        taus = list(system.template.time_constants)
    shown = [_entry(tau * c, slope) for tau, c, slope in zip(taus, test.scale, slopes, strict=True)][:SHOWN]
    metric = f"diag({', '.join(shown)}{', …' if len(slopes) > SHOWN else ''})"
    assumed = tuple(f"{product} > 0" for product in test.assumed_positive)
    where = f" where {' and '.join(assumed[:SHOWN])}{', …' if len(assumed) > SHOWN else ''}" if assumed else ""
    return Gradient("proved", f"gradient flow in {metric}{where}", (), metric, is_rate_network, assumed)


def _entry(scale: Expr, slope: str) -> str:
    if slope == "1":
        return str(scale)
    return slope if scale == 1 else f"({scale})*({slope})"


def _column_shapes(
    system: SymbolicSystem, substitution: Mapping[Symbol, Expr]
) -> tuple[dict[tuple[int, int], Expr], list[Expr]] | None:
    """Weights w_ji and functions s_i with J_ji = w_ji s_i(x_i) off the diagonal, or None."""
    values, states = dict(substitution), system.states
    weights: dict[tuple[int, int], Expr] = {}
    factors: list[Expr] = [sympy.S.One] * len(states)
    seen: set[int] = set()
    for (j, i), entry in system.jacobian_entries().items():
        if i == j:
            continue
        weight, shape = sympy.factor_terms(entry.xreplace(values)).as_independent(*states, as_Add=False)
        if shape.free_symbols & set(states) - {states[i]}:
            return None
        if i not in seen:
            factors[i] = shape
            seen.add(i)
        ratio = sympy.cancel(shape / factors[i])
        if ratio.free_symbols & set(states):
            return None
        weights[j, i] = weight * ratio
    return weights, factors


def _slope_of_unknown_sign(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Expr | None:
    """A slope φ' of a rate network that may vanish or change sign, or None."""
    assert system.template is not None
    values = dict(substitution)
    for local in system.template.local_nodes:
        slope = local.output.diff(local.states[0]).xreplace(values)
        if slope.has(step) or _sign(slope) != 1:
            return slope
    return None


def _sign(expression: Expr) -> int | None:
    return sign_of_element(field_over([expression])(expression))


# ---- any metric


def any_metric(
    system: SymbolicSystem, point: SymbolicEquilibrium, substitution: Mapping[Symbol, Expr], clock: Clock
) -> Gradient:
    """Refuted by a non-real eigenvalue or a Jordan block at an equilibrium: -G⁻¹H has neither."""
    try:
        verified(system, point, substitution)
    except NotAnEquilibrium:
        return Gradient("undecided", "the point is no equilibrium, so that its eigenvalues decide nothing")
    entries = jacobian_at(system, point, substitution)
    free = sorted(set().union(*(e.free_symbols for e in entries.values())), key=str)
    sample = {s: (-1 if s.is_negative else 1) * (1 + sympy.Rational(k, 7)) for k, s in enumerate(free)}
    where = f" at {', '.join(f'{s} = {v}' for s, v in sample.items())}" if sample else ""
    numbers = {place: entry.xreplace(sample) for place, entry in entries.items()}
    numbers = {place: entry for place, entry in numbers.items() if entry != 0}
    if not all(entry.is_Rational for entry in numbers.values()):
        return Gradient("undecided", "the Jacobian at the equilibrium is not rational")
    blocks = strong_components(system.dimension, numbers)
    try:
        if max(map(len, blocks)) > LARGEST_EXACT:
            reason = _float_refutation(system.dimension, numbers, blocks)
        else:
            reason = _exact_refutation(system.dimension, numbers, clock)
    except BudgetExceeded:
        reason = None
    if reason is None:
        return Gradient("undecided", f"the linearisation{where} has real eigenvalues and no Jordan block")
    return Gradient("refuted", f"{reason} at the equilibrium{where}")


def _exact_refutation(size: int, entries: Mapping[tuple[int, int], Expr], clock: Clock) -> str | None:
    ring = Ring((EIGENVALUE,))
    quotients = {place: ring.quotient(entry) for place, entry in entries.items()}
    for factor in spectral_factors(ring, quotients, size, clock):
        polynomial = ring.univariate(factor.polynomial, EIGENVALUE)
        if len(real_roots(polynomial)) < polynomial.degree():
            return f"eigenvalues are not real (roots of {shown_factor(ring, factor.polynomial)})"
        if factor.multiplicity > 1:
            field = Field(ring, [Relation(EIGENVALUE, factor.polynomial)])
            eigenvalue = field(EIGENVALUE)
            table = dense({place: field(entry) for place, entry in entries.items()}, size, field.zero)
            shifted = [[e - eigenvalue if i == j else e for j, e in enumerate(row)] for i, row in enumerate(table)]
            _, pivots = ExactAlgebra(field, clock).eliminated(shifted, size)
            if size - len(pivots) < factor.multiplicity:
                return "a repeated eigenvalue has a Jordan block"
    return None


def _float_refutation(size: int, entries: Mapping[tuple[int, int], Expr], blocks: list[list[int]]) -> str | None:
    """A non-real eigenvalue of one block, enclosed away from the real axis."""
    for block in sorted(blocks, key=len, reverse=True):
        inside = {k: position for position, k in enumerate(block)}
        matrix = np.zeros((len(block), len(block)))
        for (i, j), entry in entries.items():
            if i in inside and j in inside:
                matrix[inside[i], inside[j]] = float(entry)
        values, vectors = np.linalg.eig(matrix)
        for k in np.argsort(-values.imag)[:3]:
            radius = enclosure_radius(matrix, complex(values[k]), vectors[:, k])
            if radius is not None and values[k].imag > radius:
                return f"the eigenvalue {complex(values[k]):.6g} (within {radius:.2g}) is not real"
    return None
