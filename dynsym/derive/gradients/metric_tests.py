"""Is a field a gradient flow in some diagonal metric?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym.algebra.cycle_condition import CycleTest, cycle_test
from dynsym.algebra.tidy import tidied
from dynsym.derive.gradients.domains import is_positive
from dynsym.derive.gradients.potentials import rate_network_test
from dynsym.functions import step

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Gradient", "diagonal_metric"]

SHOWN = 8


@dataclass(frozen=True)
class Gradient:
    """A verdict on "is it a gradient flow?", why, and what was found on the way."""

    verdict: str
    reason: str
    cycle: tuple[int, ...] = ()
    metric: str = ""
    weights: tuple[Expr, ...] = ()
    is_rate_network: bool = False
    assumptions: tuple[str, ...] = ()


def diagonal_metric(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Gradient:
    """Search diag(c_i s_i(x_i)) with c > 0, where the quotients of opposite entries of the Jacobian give s_i."""
    test = rate_network_test(system, substitution)
    if test is not None:
        flat = _slope_of_unknown_sign(system, substitution)
        if test.holds and flat is not None:
            return Gradient("undecided", f"the metric would contain {flat}, which is not known to be positive")
        slopes = ["phi'(" + name + ")" for name in system.state_names]
        return _from_cycles(system, test, slopes, is_rate_network=True)
    shapes = _shapes(system, substitution)
    if isinstance(shapes, str):
        return Gradient("undecided", shapes)
    weights, factors = shapes
    for name, factor in zip(system.state_names, factors, strict=True):
        if factor.has(step) or not is_positive(factor):
            return Gradient(
                "undecided", f"the metric would contain {factor} at {name}, which is not known to be positive"
            )
    found = _from_cycles(system, cycle_test(system.dimension, weights), [str(f) for f in factors])
    if found.verdict != "proved":
        return found
    return replace(found, weights=tuple(c * f for c, f in zip(found.weights, factors, strict=True)))


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
        family = "diag(c_i phi'(x_i))" if is_rate_network else "diag(c_i s_i(x_i)), s_i from the Jacobian"
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
    reason = f"gradient flow in {metric}{where}"
    return Gradient("proved", reason, (), metric, tuple(test.scale), is_rate_network, assumed)


def _entry(scale: Expr, slope: str) -> str:
    if slope == "1":
        return str(scale)
    return slope if scale == 1 else f"({scale})*({slope})"


def _shapes(
    system: SymbolicSystem, substitution: Mapping[Symbol, Expr]
) -> tuple[dict[tuple[int, int], Expr], list[Expr]] | str:
    """Weights w_ji and functions s_i(x_i) with J_ji/J_ij = w_ji s_i/(w_ij s_j), or why there are none."""
    values, states = dict(substitution), system.states
    entries = {place: entry.xreplace(values) for place, entry in system.jacobian_entries().items()}
    weights: dict[tuple[int, int], Expr] = {}
    factors: dict[int, Expr] = {}
    for j, i in sorted(place for place, entry in entries.items() if place[0] != place[1] and entry != 0):
        weights[j, i] = sympy.S.One
        if j < i or entries.get((i, j), 0) == 0:
            continue
        ratio = sympy.expand_power_exp(tidied(entries[j, i] / entries[i, j]))
        for k, sign in ((i, 1), (j, -1)):
            own, ratio = _split(ratio, states[k], set(states))
            own = own**sign
            constant = tidied(own / factors.setdefault(k, own))
            if constant.free_symbols & set(states):
                return f"the metric would contain both {own} and {factors[k]} at {states[k]}"
            ratio *= constant**sign
        if ratio.free_symbols & set(states):
            return "the quotients of opposite entries of the Jacobian are no products of functions of one state each"
        weights[j, i] = ratio
    return weights, [factors.get(k, sympy.S.One) for k in range(len(states))]


def _split(product: Expr, state: Symbol, states: set[Symbol]) -> tuple[Expr, Expr]:
    """The factors of a product that have this state alone, and the rest."""
    own = [part for part in sympy.Mul.make_args(product) if part.free_symbols & states == {state}]
    shape = sympy.Mul(*own)
    shape = -shape if is_positive(-shape) or shape.could_extract_minus_sign() else shape
    return shape, product / shape


def _slope_of_unknown_sign(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Expr | None:
    """A slope φ' of a rate network that may vanish or change sign, or None."""
    assert system.template is not None
    values = dict(substitution)
    for local in system.template.local_nodes:
        slope = local.output.diff(local.states[0]).xreplace(values)
        if slope.has(step) or not is_positive(slope):
            return slope
    return None
