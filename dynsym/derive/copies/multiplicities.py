"""The spectrum of a network of copies, with the numbers of copies as symbols: one factor for each mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import sympy
from sympy import Expr, ImmutableSparseMatrix, Symbol

from dynsym._budget import Budget, Clock
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.tidy import settled, tidy
from dynsym.derive.characteristic.eigenvalues import formulas
from dynsym.derive.characteristic.factors import EIGENVALUE, Factor, shown_factor, spectral_factors
from dynsym.derive.characteristic.straight_line import unexpanded_polynomial
from dynsym.derive.copies.modes import Mode, Slopes, block_of, lonely_weights, modes_of, wave_as_read
from dynsym.derive.copies.whole_network import check_spectrum
from dynsym.derive.equilibria.points import At, the_point, verified
from dynsym.derive.wording import assumptions_of
from dynsym.errors import BudgetExceeded
from dynsym.model import SymbolicSystem
from dynsym.model.template.local_slopes import EdgeSlopes, NodeSlopes, local_slopes
from dynsym.network import PeriodicNetwork
from dynsym.results import Spectrum, SpectrumFactor

__all__ = ["slopes_at", "spectrum_of_copies"]

LONGEST_SORTED = 400

Part = TypeVar("Part", NodeSlopes, EdgeSlopes)


def slopes_at(system: SymbolicSystem, at: At, substitution: Mapping[Symbol, Expr]) -> Slopes:
    """The local linearisations of the classes, with values and the point put in."""
    assert system.classes is not None
    put: dict[Symbol, Expr] = dict(substitution)
    point = {} if at is None else {system[n]: v for n, v in the_point(system, at, substitution).states.items()}

    def moved(value: Any) -> Any:
        if isinstance(value, Expr):
            return settled(value.xreplace(put).xreplace(point))
        return tuple(map(moved, value)) if isinstance(value, tuple) else value

    nodes, edges = local_slopes(system.classes)

    def settled_part(part: Part) -> Part:
        return replace(part, **{f.name: moved(getattr(part, f.name)) for f in fields(part)})

    return tuple(map(settled_part, nodes)), tuple(map(settled_part, edges))


def spectrum_of_copies(
    system: SymbolicSystem, at: At, substitution: Mapping[Symbol, Expr], eigenvalue: Symbol, budget: Budget
) -> Spectrum:
    """Every eigenvalue of the whole network, at a state in which all copies agree."""
    template = system.classes
    assert template is not None
    clock = budget.start()
    if at is not None:
        verified(system, the_point(system, at, substitution), substitution)
    # Sizes stay symbols until the comparison with the whole network, which is then a small one.
    counted = {s for count in (*template.counts, *template.copies) for s in count.free_symbols}
    sizes = {s: value for s, value in substitution.items() if s in counted}
    values = {s: value for s, value in substitution.items() if s not in counted}
    slopes = slopes_at(system, at, values)
    taken = {*system.parameters, *system.state_names}
    counts = tuple(count.xreplace(values) for count in template.copies)
    found: dict[Any, SpectrumFactor] = {}
    most = 1
    generators: set[Expr] = set()
    for mode in modes_of(template, dict.fromkeys(taken)):
        settled_mode = mode.with_values(values)
        ring, factors = _factors(settled_mode, slopes, counts, clock)
        most = max(most, *(len(factor.polynomial) for factor in factors))
        generators |= {g for g in ring.generators if g != EIGENVALUE}
        names = [slopes[0][a].positions for a in mode.nodes]
        states = tuple(system.state_names[k] for positions in names for k in positions)
        for factor in factors:
            _add(found, _shown(ring, factor, settled_mode, states, eigenvalue))
    for value, number in lonely_weights(template, slopes[1]):
        number = number.xreplace(values)
        if number != 0:
            own = SpectrumFactor(
                eigenvalue - value,
                multiplicity=_plain(number),
                eigenvalues=(value,),
                states=system.weight_names,
                mode="weights whose changes cancel in every input",
            )
            _add(found, own)
    made = tuple(found.values())
    product = [(f.polynomial, sympy.Integer(1) * f.multiplicity, f.indices) for f in made]
    compared = check_spectrum(template, slopes, product, eigenvalue)
    sized = tuple(_with_sizes(factor, sizes) for factor in made)
    return Spectrum(
        tuple(factor for factor in sized if factor.multiplicity != 0),
        symbol=eigenvalue,
        reductions=_reductions(system),
        assumptions=_assumptions(system, sized, generators - sizes.keys()),
        dimension=_dimension(system, {**values, **sizes}),
        cost={"terms": most, "seconds": round(clock.elapsed, 3), "comparisons": compared},
    )


def _with_sizes(factor: SpectrumFactor, sizes: dict[Symbol, Expr]) -> SpectrumFactor:
    if not sizes:
        return factor
    return replace(
        factor,
        polynomial=factor.polynomial.xreplace(sizes),
        multiplicity=_plain((sympy.Integer(1) * factor.multiplicity).xreplace(sizes)),
        eigenvalues=tuple(value.xreplace(sizes) for value in factor.eigenvalues),
        indices=tuple((index, count.xreplace(sizes)) for index, count in factor.indices),
    )


def _factors(mode: Mode, slopes: Slopes, counts: tuple[Expr, ...], clock: Clock) -> tuple[Ring, list[Factor]]:
    entries, size = block_of(mode, slopes, counts)
    ring = Ring((*generators_of(entries.values()), EIGENVALUE))
    quotients = {place: ring.quotient(entry) for place, entry in entries.items()}
    try:
        return ring, spectral_factors(ring, quotients, size, clock)
    except BudgetExceeded as stop:
        program = unexpanded_polynomial(ImmutableSparseMatrix(size, size, entries), Symbol("lambda"))
        raise BudgetExceeded(f"{mode.name}: {stop} `best` holds this block as a program.", best=program) from stop


def _shown(ring: Ring, factor: Factor, mode: Mode, states: tuple[str, ...], eigenvalue: Symbol) -> SpectrumFactor:
    polynomial = _monic(ring, factor, eigenvalue)
    values = formulas(ring, factor.polynomial)
    if not mode.is_real:
        polynomial = polynomial.replace(sympy.exp, wave_as_read)
        values = tuple(sympy.expand(value.replace(sympy.exp, wave_as_read)) for value in values)
    return SpectrumFactor(
        polynomial,
        multiplicity=_plain(factor.multiplicity * mode.multiplicity),
        eigenvalues=values,
        states=states,
        indices=mode.indices,
        mode=mode.name,
    )


def _monic(ring: Ring, factor: Factor, eigenvalue: Symbol) -> Expr:
    """The factor over its leading coefficient; sorted by powers of the eigenvalue, unless it is long."""
    coefficients = ring.coefficients(factor.polynomial, EIGENVALUE)
    if len(factor.polynomial) > LONGEST_SORTED:
        return shown_factor(ring, factor.polynomial, eigenvalue) / ring.expression(coefficients[-1])
    field = Field(ring, root_relations(ring))
    parts = [tidy(field.element(c, coefficients[-1])) for c in coefficients]
    return sympy.Add(*[part * eigenvalue**k for k, part in enumerate(parts)])


def _plain(number: Any) -> int | Expr:
    number = sympy.factor(number) if isinstance(number, Expr) else number
    return int(number) if not isinstance(number, Expr) or number.is_Integer else number


def _add(found: dict[Any, SpectrumFactor], factor: SpectrumFactor) -> None:
    """Put a factor to the others; equal ones are one, to a higher power."""
    if factor.multiplicity == 0:
        return
    key = (factor.polynomial, factor.indices)
    known = found.get(key)
    if known is None:
        found[key] = factor
        return
    both = dict.fromkeys([*known.states, *factor.states])
    modes = dict.fromkeys([*known.mode.split("; "), factor.mode])
    total = _plain(sympy.Integer(1) * known.multiplicity + factor.multiplicity)
    found[key] = replace(known, multiplicity=total, states=tuple(both), mode="; ".join(modes))


def _dimension(system: SymbolicSystem, values: Mapping[Symbol, Expr]) -> int | Expr:
    template = system.classes
    assert template is not None
    nodes = [len(p) * n for p, n in zip(template.node_states, template.counts, strict=True)]
    plastic = template.plastic.tolist()
    weights = [template.counts[int(template.onto[k])] * template.copies[k] for k in plastic]
    return _plain(sympy.Add(*nodes, *weights).xreplace(dict(values)))


def _reductions(system: SymbolicSystem) -> tuple[str, ...]:
    template = system.classes
    assert template is not None
    said = []
    if isinstance(template.network, PeriodicNetwork):
        said.append(f"Fourier modes in {len(template.network.sizes)} direction(s), every wave number")
    else:
        said.append("classes of interchangeable nodes: agreement and differences")
    if len(template.plastic):
        said.append("plastic weights: summed by target; all other combinations move on their own")
    return tuple(said)


def _assumptions(system: SymbolicSystem, factors: Sequence[SpectrumFactor], present: Iterable[Expr]) -> tuple[str, ...]:
    template = system.classes
    assert template is not None
    said = list(assumptions_of(present, silent=[index for factor in factors for index, _ in factor.indices]))
    said.append("at a state in which all copies agree")
    if isinstance(template.network, PeriodicNetwork) and any(len(s) > 1 for s in template.network.shifts.values()):
        said.append("sizes large enough that the shifts of an edge reach different cells")
    return tuple(dict.fromkeys(said))
