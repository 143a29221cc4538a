"""What no gradient flow has in any metric: a non-real eigenvalue, or a Jordan block, at an equilibrium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import sympy
from flint import acb_mat, arb_mat
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym.algebra.determinants import strong_components
from dynsym.algebra.eigenpairs import enclosure_radius
from dynsym.algebra.field import Field, Relation
from dynsym.algebra.linear import ExactAlgebra, dense
from dynsym.algebra.ring import Ring
from dynsym.arithmetic.balls import ball, precision
from dynsym.arithmetic.real_roots import real_roots
from dynsym.arithmetic.sampling import Sampler
from dynsym.arithmetic.zeros import enclosed_zeros
from dynsym.derive.characteristic.factors import EIGENVALUE, shown_factor, spectral_factors
from dynsym.derive.equilibria.families import symbolic_equilibria
from dynsym.derive.equilibria.points import verified
from dynsym.derive.linearisation.jacobians import jacobian_at
from dynsym.errors import BudgetExceeded, DynsymError, NotAnEquilibrium, UnsupportedFeatureError
from dynsym.functions.smoothness import breaks
from dynsym.results import SymbolicEquilibrium

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["obstruction"]

LARGEST_EXACT, LARGEST_SEARCH = 8, 20
SAMPLES, STARTS, BITS, SHOWN = 5, 16, 128, 4
SHARE = 0.3
Values = Mapping[Symbol, Expr]


def obstruction(
    system: SymbolicSystem, point: SymbolicEquilibrium, substitution: Values, clock: Clock
) -> tuple[str | None, str]:
    """Why the field is no gradient flow in any metric, or None; and what was looked at.

    The linearisation of a gradient flow at an equilibrium is -G⁻¹H with G positive and H symmetric, which is
    diagonalisable with real eigenvalues. One equilibrium at one value of the parameters is enough to refute.
    """
    own, looked, part = clock.part(SHARE), 0, dict(substitution)
    try:
        for sample in _samples(system, part):
            put = {s: v.xreplace(sample) for s, v in part.items()} | sample
            for shown, reason in _equilibria(system, point, put, own):
                looked += 1
                if reason is not None:
                    where = ", ".join([*shown, *(f"{s} = {v}" for s, v in sample.items())])
                    return reason + f" at the equilibrium {where}", ""
    except BudgetExceeded:
        pass
    if not looked:
        return None, "no equilibrium was examined"
    plural = "equilibrium" if looked == 1 else "equilibria"
    return None, f"at {looked} {plural} the linearisation has real eigenvalues and no Jordan block that was found"


def _samples(system: SymbolicSystem, values: Values) -> Iterator[dict[Symbol, Expr]]:
    """Exact numbers for the parameters that are left free."""
    rates = [rate.xreplace(dict(values)) for rate in system.rhs]
    free = sorted(set().union(*(rate.free_symbols for rate in rates)) - set(system.states), key=str)
    yield _first_numbers(free)
    sampler = Sampler(3)
    for _ in range(SAMPLES if free else 0):
        yield {s: sympy.Rational(sampler.number(s)) for s in free}


def _first_numbers(free: list[Symbol]) -> dict[Symbol, Expr]:
    return {s: (-1 if s.is_negative else 1) * (1 + sympy.Rational(k, 7)) for k, s in enumerate(free)}


def _equilibria(
    system: SymbolicSystem, point: SymbolicEquilibrium, values: Values, clock: Clock
) -> Iterator[tuple[list[str], str | None]]:
    """Equilibria for numbers, in words, each with what is wrong with its spectrum."""
    known = [point]
    if system.dimension <= LARGEST_EXACT:
        try:
            numbers = {s.name: v for s, v in values.items()}
            known += symbolic_equilibria(system, values=numbers, budget=clock.part(SHARE).budget)
        except DynsymError:
            known = [point]
    for candidate in known:
        states = {name: value.xreplace(dict(values)) for name, value in candidate.states.items()}
        if not all(value.is_Rational for value in states.values()):
            continue
        at = SymbolicEquilibrium(states)
        try:
            verified(system, at, values)
            entries = jacobian_at(system, at, values)
            smooth = _is_smooth(system, values, {system[name]: value for name, value in states.items()})
        except (NotAnEquilibrium, DynsymError):
            continue
        slopes = _first_numbers(sorted(set().union(*(e.free_symbols for e in entries.values())), key=str))
        entries = {place: entry.xreplace(slopes) for place, entry in entries.items()}
        if smooth and all(entry.is_Rational for entry in entries.values()):
            shown = [f"{name} = {value}" for name, value in [*list(states.items())[:SHOWN], *slopes.items()]]
            yield shown, _of_rational(system.dimension, entries, clock)
    if system.dimension <= LARGEST_SEARCH:
        yield from _searched(system, values, clock)


def _is_smooth(system: SymbolicSystem, values: Values, point: Values) -> bool:
    """Whether no part of the field breaks at an exact point."""
    for rate in system.rhs:
        for place in breaks(rate.xreplace(dict(values))):
            with precision(BITS):
                if ball(place.at.xreplace(dict(point))).contains(0):
                    return False
    return True


def _searched(system: SymbolicSystem, values: Values, clock: Clock) -> Iterator[tuple[list[str], str | None]]:
    """Equilibria enclosed in balls from random starts."""
    rates = [rate.xreplace(dict(values)) for rate in system.rhs]
    slopes = {place: entry.xreplace(dict(values)) for place, entry in system.jacobian_entries().items()}
    sampler = Sampler(5)
    starts = ([sampler.gauss(0, 1 + 3 * (k % 3)) for _ in system.states] for k in range(STARTS))
    try:
        places = [place.at for rate in rates for place in breaks(rate)]
        for box, jacobian in enclosed_zeros(rates, slopes, system.states, starts):
            clock.check("spectra at equilibria")
            inside = dict(zip(system.states, box, strict=True))
            with precision(BITS):
                if any(ball(at, inside).contains(0) for at in places):
                    continue
                reason = _of_balls(jacobian)
            yield [f"{s} = {float(x.mid()):.6g}" for s, x in inside.items()][:SHOWN], reason
    except UnsupportedFeatureError:
        return


def _of_balls(jacobian: arb_mat) -> str | None:
    """A non-real eigenvalue of every matrix in the balls."""
    try:
        values = acb_mat(jacobian).eig(multiple=True)
    except ValueError:
        return None
    for value in values:
        if not value.imag.contains(0):
            return f"the eigenvalue {complex(value):.6g} is not real"
    return None


def _of_rational(size: int, entries: Mapping[tuple[int, int], Expr], clock: Clock) -> str | None:
    numbers = {place: entry for place, entry in entries.items() if entry != 0}
    blocks = strong_components(size, numbers)
    if max(map(len, blocks)) > LARGEST_EXACT:
        return _float_refutation(size, numbers, blocks)
    return _exact_refutation(size, numbers, clock)


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
