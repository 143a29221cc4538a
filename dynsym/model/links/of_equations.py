"""The link form of plain equations: linear in the states but for activations of affine arguments."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy
from sympy import Expr, Symbol
from sympy.polys.matrices import DomainMatrix

from dynsym.errors import ModelError
from dynsym.functions.overflow import overflow_free
from dynsym.model.links.atoms import activation_of, affine, link_atoms
from dynsym.model.links.form import LinkForm
from dynsym.model.reductions import slave, steady_states
from dynsym.model.system import SymbolicSystem

__all__ = ["links_of_equations"]

MOST_STATES = 40
"""Beyond this equations are not searched for the form."""

MOST_SYMBOLIC = 5
"""Largest coupled linear part that is inverted when its entries hold symbols."""


@dataclass
class _Row:
    """One expression as Σ states + Σ links + Σ v_i v_j² + constant, by coefficients."""

    states: dict[Symbol, Expr] = field(default_factory=dict)
    links: dict[Symbol, Expr] = field(default_factory=dict)
    cubic: dict[tuple[Symbol, Symbol], Expr] = field(default_factory=dict)
    constant: Expr = sympy.S.Zero

    def load(self) -> Expr:
        """All but the states."""
        return sympy.Add(
            self.constant,
            *(c * v for v, c in self.links.items()),
            *(c * outer * inner**2 for (outer, inner), c in self.cubic.items()),
        )


def links_of_equations(system: SymbolicSystem) -> LinkForm | None:
    """The link form of a system's equations, or None where they do not have it.

    Plastic weights, and other states that relax linearly and multiply a link elsewhere, are put at their steady state.
    """
    if system.dimension - len(system.weight_names) > MOST_STATES:
        return None
    removed: tuple[str, ...] = system.weight_names or _multipliers(system)
    try:
        steady = steady_states(system, removed) if removed else {}
        reduced = slave(system, removed) if removed else system
    except ModelError:
        return None
    rates = [overflow_free(rate) for rate in reduced.rhs]
    atoms = link_atoms(rates, set(reduced.states))
    if not atoms:
        return None
    unknowns = tuple(sympy.Dummy(f"y{k + 1}", real=True) for k in range(len(atoms)))
    links = tuple(sympy.Dummy(f"v{k + 1}", real=True) for k in range(len(atoms)))
    named = dict(zip(atoms, links, strict=True))
    split = [_split(rate.xreplace(named), reduced.states, links) for rate in rates]
    rows = [row for row in split if row is not None]
    if len(rows) < len(split):
        return None
    found = _solved(rows, reduced.states)
    if found is None:
        return None
    solved, divided = found
    decays = [system.equations[name].diff(system[name]) for name in removed]
    return _form(system, atoms, unknowns, links, solved, steady, (*divided, *decays))


def _form(
    system: SymbolicSystem,
    atoms: list[Expr],
    unknowns: tuple[Symbol, ...],
    links: tuple[Symbol, ...],
    solved: dict[Symbol, Expr],
    steady: dict[str, Expr],
    factors: tuple[Expr, ...],
) -> LinkForm | None:
    """Write the arguments of the links in terms of the link outputs."""
    place = {link: k for k, link in enumerate(links)}
    named = dict(zip(atoms, links, strict=True))
    bias, weights, cubic = [], {}, {}
    by_unknown: dict[Symbol, Expr] = {}
    for k, atom in enumerate(atoms):
        argument = affine(atom.args[-1], set(solved))
        assert argument is not None
        total = argument.constant + sympy.Add(*(c * solved[s] for s, c in argument.coefficients.items()))
        row = _split(total, (), links)
        if row is None or any(outer != links[k] for outer, _ in row.cubic):
            return None
        bias.append(row.constant)
        weights.update({(k, place[s]): c for s, c in row.links.items()})
        cubic.update({(k, place[inner]): c for (_, inner), c in row.cubic.items()})
        if len(argument.coefficients) == 1:
            ((state, slope),) = argument.coefficients.items()
            if slope.is_nonzero:
                by_unknown.setdefault(state, (unknowns[k] - argument.constant) / slope)
    states = {s: by_unknown.get(s, value) for s, value in solved.items()}
    recovered = tuple(
        states[s] if s in states else overflow_free(steady[s.name]).xreplace(named).xreplace(states)
        for s in system.states
    )
    activations = tuple(a for a in map(activation_of, atoms) if a is not None)
    kept = tuple(factor for factor in dict.fromkeys(factors) if not factor.is_nonzero)
    return LinkForm(
        tuple(bias),
        dict(sorted(weights.items())),
        dict(sorted(cubic.items())),
        activations,
        unknowns,
        links,
        recovered,
        kept,
    )


def _multipliers(system: SymbolicSystem) -> tuple[str, ...]:
    """States that relax linearly, at a rate free of states, and multiply other state-dependent factors elsewhere."""
    states = set(system.states)
    products: set[Symbol] = set()
    for state, rate in zip(system.states, system.rhs, strict=True):
        for term in sympy.Add.make_args(rate):
            for product in sympy.preorder_traversal(term):
                if isinstance(product, sympy.Mul):
                    moving = [f for f in product.args if f.free_symbols & states]
                    products |= {f for f in moving if f in states and f != state} if len(moving) > 1 else set()
    relaxing = []
    for state in system.states:
        if state in products:
            slope = system.equations[state.name].diff(state)
            if slope != 0 and not slope.free_symbols & states:
                relaxing.append(state.name)
    return tuple(relaxing) if len(relaxing) < system.dimension else ()


def _split(row: Expr, states: tuple[Symbol, ...], links: tuple[Symbol, ...]) -> _Row | None:
    """Coefficients of one expression that is linear in states and links but for products v_i v_j²."""
    moving, among_states, among_links = {*states, *links}, set(states), set(links)
    found = _Row()
    constant = []
    for term in sympy.Add.make_args(sympy.expand(row)):
        powers: dict[Symbol, int] = {}
        coefficient = []
        for factor in sympy.Mul.make_args(term):
            base, power = factor.as_base_exp()
            if not factor.free_symbols & moving:
                coefficient.append(factor)
            elif base in moving and power.is_Integer and power > 0:
                powers[base] = powers.get(base, 0) + int(power)
            else:
                return None
        value = sympy.Mul(*coefficient)
        degree = sum(powers.values())
        if degree == 0:
            constant.append(value)
        elif degree == 1:
            (symbol,) = powers
            part = found.states if symbol in among_states else found.links
            part[symbol] = part.get(symbol, sympy.S.Zero) + value
        elif degree == 3 and powers.keys() <= among_links and max(powers.values()) >= 2:
            inner = next(s for s, k in powers.items() if k >= 2)
            outer = next((s for s in powers if s != inner), inner)
            found.cubic[outer, inner] = found.cubic.get((outer, inner), sympy.S.Zero) + value
        else:
            return None
    for part in (found.states, found.links, found.cubic):
        for place in [place for place, value in part.items() if value == 0]:
            del part[place]
    found.constant = sympy.Add(*constant)
    return found


def _solved(rows: list[_Row], states: tuple[Symbol, ...]) -> tuple[dict[Symbol, Expr], tuple[Expr, ...]] | None:
    """States as expressions of the links, from A x + loads = 0, and what was divided by; None where A is singular."""
    loads = [row.load() for row in rows]
    if all(set(row.states) == {state} for row, state in zip(rows, states, strict=True)):
        slopes = [row.states[state] for row, state in zip(rows, states, strict=True)]
        return {s: -load / slope for s, load, slope in zip(states, loads, slopes, strict=True)}, tuple(slopes)
    size = len(states)
    matrix = sympy.Matrix(size, size, lambda i, j: rows[i].states.get(states[j], sympy.S.Zero))
    if matrix.free_symbols and size > MOST_SYMBOLIC:
        return None
    exact = DomainMatrix.from_Matrix(matrix, extension=True).to_field()
    determinant = exact.det()
    if not determinant:
        return None
    inverse = exact.inv().to_Matrix()
    solved = {s: -sympy.Add(*(inverse[k, q] * load for q, load in enumerate(loads))) for k, s in enumerate(states)}
    return solved, (exact.domain.to_sympy(determinant),)
