"""The characteristic polynomial of a Jacobian as irreducible factors, and where they have critical roots.

The Jacobian is first split into its strongly connected components, and each made smaller where its structure allows;
rows are cleared of denominators, so that everything is a determinant of polynomials; the factors are those over the
rational numbers and the parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr

from dynsym._budget import Clock
from dynsym.algebra.determinants import strong_components
from dynsym.algebra.ring import Polynomial, Quotient, Ring, factored
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.characteristic.by_values import from_values
from dynsym.derive.characteristic.low_rank import low_rank_form
from dynsym.derive.characteristic.shrinking import (
    SMALL,
    Factored,
    Form,
    OnlyAFactor,
    factored_determinant,
    has_classes,
    is_short,
    pencil,
    plain_form,
)
from dynsym.errors import BudgetExceeded

__all__ = [
    "EIGENVALUE",
    "SQUARED_FREQUENCY",
    "Factor",
    "PartialFactors",
    "even_and_odd",
    "shown_factor",
    "spectral_factors",
]

EIGENVALUE = sympy.Dummy("lambda")
SQUARED_FREQUENCY = sympy.Dummy("Omega", real=True)

LONG = 200
TRIALS = 3


@dataclass(frozen=True)
class Factor:
    """An irreducible factor of the characteristic polynomial."""

    polynomial: Polynomial
    multiplicity: int
    component: tuple[int, ...]


@dataclass(frozen=True)
class PartialFactors:
    """The factors of some components, and the states of those that are too long to expand.

    `within` eigenvalues are left out besides: differences within the classes of an equitable partition, of which only
    the factor of the classes is known.
    """

    factors: list[Factor]
    left: list[list[int]]
    within: int = 0


def spectral_factors(
    ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, clock: Clock, log: list[str] | None = None
) -> list[Factor]:
    """Irreducible factors of det(λ - J), equal ones merged."""
    said = [] if log is None else log
    found: dict[str, Factor] = {}
    left: list[list[int]] = []
    reason: str | None = None
    within = 0
    components = strong_components(size, entries)
    if len(components) > 1:
        said.append(f"strongly connected components: {len(components)}")
    for component in components:
        inside = {i: k for k, i in enumerate(component)}
        block = {(inside[i], inside[j]): e for (i, j), e in entries.items() if i in inside and j in inside}
        try:
            parts = _factored_block(ring, block, len(component), clock, said)
        except BudgetExceeded as stop:
            reason = reason or str(stop)
            if not isinstance(stop.best, OnlyAFactor):
                left.append(component)
                continue
            parts = stop.best.parts
            degrees = [power * ring.degree(factor, EIGENVALUE) for factor, power in parts]
            within += len(component) - sum(degrees)
        for found_factor, power in parts:
            if ring.degree(found_factor, EIGENVALUE) > 0:
                factor = -found_factor if _has_negative_lead(ring, found_factor) else found_factor
                key = str(factor)
                before = found.get(key)
                multiplicity = power + (before.multiplicity if before else 0)
                states = tuple(sorted({*component, *(before.component if before else ())}))
                found[key] = Factor(factor, multiplicity, states)
    factors = [factor for factor in found.values() if factor.multiplicity]
    if reason is not None:
        raise BudgetExceeded(reason, best=PartialFactors(factors, left, within))
    return factors


def _factored_block(
    ring: Ring, block: Mapping[tuple[int, int], Quotient], size: int, clock: Clock, log: list[str]
) -> Factored:
    """Factors of det(λ - J) of one component: by the form that promises most, then by the others."""
    if not has_classes(block, size):
        whole = from_values(ring, block, size, ring.generator(EIGENVALUE), clock)
        if whole is not None:
            log.append("characteristic polynomial: from rational matrices")
            return _factors(ring, whole)
    forms = list(_forms(ring, block, size, clock))
    partial: OnlyAFactor | None = None
    for k, (matrix, left, powers, what) in enumerate(forms):
        said = [what] if what else []
        try:
            parts = factored_determinant(ring, matrix, left, clock, lambda p: _factors(ring, p), said)
        except BudgetExceeded as stop:
            if not powers and left == size and isinstance(stop.best, OnlyAFactor):
                partial = stop.best
            if k == len(forms) - 1 or clock.is_over:
                raise BudgetExceeded(str(stop), best=partial) from stop
            continue
        log += said
        return parts + [pair for known, power in powers for pair in _powers_of(ring, known, power)]
    raise AssertionError("there is always the plain form")


def _forms(ring: Ring, block: Mapping[tuple[int, int], Quotient], size: int, clock: Clock) -> Iterator[Form]:
    """Smaller polynomial matrices first where they are short."""
    eigenvalue = ring.generator(EIGENVALUE)
    if size > SMALL and not has_classes(block, size):
        low = low_rank_form(ring, block, size, eigenvalue, clock)
        if low is not None:
            yield low
    small = pencil(ring, block, size, eigenvalue)
    plain = plain_form(ring, block, size, eigenvalue)
    if small is None:
        yield plain
    elif is_short(small, size):
        yield from (small, plain)
    else:
        yield from (plain, small)


def _powers_of(ring: Ring, known: Polynomial, power: int) -> list[tuple[Polynomial, int]]:
    """A factor that is linear in the eigenvalue, without what is free of it."""
    return [(factor, power * times) for factor, times in _factors(ring, known)] if power else []


def _has_no_free_factor(ring: Ring, polynomial: Polynomial) -> bool:
    """Whether the leading coefficient is a single term that shares no generator with all other terms."""
    lead = ring.leading_coefficient(polynomial, EIGENVALUE)
    if len(lead) != 1:
        return False
    (powers,) = lead.to_dict()
    places = [k for k, power in enumerate(powers) if power]
    return not places or not any(all(term[k] for term in polynomial.to_dict()) for k in places)


def _has_negative_lead(ring: Ring, factor: Polynomial) -> bool:
    return bool(ring.leading_coefficient(factor, EIGENVALUE).leading_coefficient() < 0)


def _factors(ring: Ring, polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
    """Irreducible factors; for a long polynomial, irreducibility is looked for before factors are.

    A factor keeps its degree in the eigenvalue when numbers that do not make the leading coefficient zero are put for
    the other generators: if what is left is irreducible for one choice of numbers, a factor is free of the eigenvalue
    (Hilbert). Where the leading coefficient is a single term, such a factor is one too, and would divide every term.
    """
    if len(polynomial) >= LONG and _has_no_free_factor(ring, polynomial):
        numbers = Sampler(0)
        for _ in range(TRIALS):
            values = [numbers.randint(2, 10**4) for _ in ring.generators]
            x = ring.generator(EIGENVALUE)
            put = [x if g == EIGENVALUE else ring.one * v for g, v in zip(ring.generators, values, strict=True)]
            _, parts = ring.univariate(polynomial.compose(*put), EIGENVALUE).factor()
            if len(parts) == 1 and parts[0][1] == 1:
                return [(polynomial, 1)]
    return [(factor, int(power)) for factor, power in factored(polynomial)[1]]


def shown_factor(ring: Ring, factor: Polynomial, eigenvalue: sympy.Symbol | None = None) -> Expr:
    """A factor as an expression in an eigenvalue symbol, ``lambda`` by default."""
    symbol = sympy.Symbol("lambda") if eigenvalue is None else eigenvalue
    return ring.expression(factor, {EIGENVALUE: symbol})


def even_and_odd(ring: Ring, polynomial: Polynomial) -> tuple[Polynomial, Polynomial]:
    """E, O with p(iω) = E(ω²) + iω O(ω²), as polynomials in `SQUARED_FREQUENCY`."""
    parts: list[list[Polynomial]] = [[], []]
    for k, coefficient in enumerate(ring.coefficients(polynomial, EIGENVALUE)):
        parts[k % 2].append(coefficient if k % 4 < 2 else -coefficient)
    even, odd = (ring.from_coefficients(part, SQUARED_FREQUENCY) for part in parts)
    return even, odd
