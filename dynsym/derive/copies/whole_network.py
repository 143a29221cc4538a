"""The whole network of copies, written out with numbers: what closed forms in sizes are compared with.

Nothing of the split into modes is used: the Jacobian of every copy and every weight is put together edge by edge, and
det(λ - J) is a determinant of complex numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym.arithmetic.digits import number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.determinants import Product, check_product
from dynsym.derive.copies.modes import Slopes
from dynsym.model.template.template import Template
from dynsym.network import PeriodicNetwork

__all__ = ["as_number", "check_spectrum", "random_values", "whole_jacobian"]

POINTS = 3
ATTEMPTS = 60
LARGEST = 120
LONG = 500
SIZES = (1, 2, 3, 4, 5)


def check_spectrum(template: Template, slopes: Slopes, product: Product, eigenvalue: Symbol, seed: int = 0) -> int:
    """Compare a product of factors with det(λ - J) at random sizes, parameters and λ."""
    longest = max((len(part.args) for factor, _, _ in product for part in (factor, *factor.args)), default=1)

    def draw(generator: Sampler) -> tuple[Mapping[Any, Any], np.ndarray] | None:
        values = random_values(template, slopes, [], generator)
        jacobian = whole_jacobian(template, slopes, values)
        return None if jacobian is None else (values, jacobian)

    what = f"the whole network {template.network.name!r}"
    points = POINTS if longest < LONG else 1
    return check_product(product, eigenvalue, what, draw, points=points, attempts=ATTEMPTS, seed=seed)


def random_values(template: Template, slopes: Slopes, further: Sequence[Expr], generator: Sampler) -> dict[Any, Any]:
    """Random numbers for every symbol and every value of an undefined function, small ones for sizes."""
    expressions = [*template.counts, *template.copies, *further]
    for part in (*slopes[0], *slopes[1]):
        for value in vars(part).values():
            expressions += [value] if isinstance(value, Expr) else _flat(value)
    atoms: set[Expr] = set()
    for expression in expressions:
        atoms |= expression.free_symbols | expression.atoms(sympy.Function)
    values: dict[Any, Any] = {}
    for atom in sorted(atoms, key=str):
        if atom.is_Symbol and atom.is_integer:
            values[atom] = generator.choice(SIZES)
        elif atom.is_Symbol or type(atom).__name__ == "Jet":
            values[atom] = float(generator.number(atom, (3, 40), negative=0))
    return values


def _flat(value: Any) -> list[Expr]:
    if isinstance(value, Expr):
        return [value]
    return [entry for part in value for entry in _flat(part)] if isinstance(value, tuple) else []


def as_number(expression: Expr, values: Mapping[Any, Any]) -> complex:
    """An expression at numbers of its symbols and functions, in double precision."""
    return complex(number_of(expression, values))


def whole_jacobian(template: Template, slopes: Slopes, values: Mapping[Any, Any]) -> np.ndarray | None:
    """The Jacobian of all copies and weights; None where sizes do not fit or it would be too large."""
    nodes, edges = slopes
    cells = _cells(template, values)
    if cells is None:
        return None
    place: dict[tuple[int, Any], int] = {}
    size = 0
    for a, node in enumerate(nodes):
        for cell in cells[a]:
            place[a, cell] = size
            size += len(node.positions)
    links = [(edge, i, j) for k, edge in enumerate(edges) for i, j in _links(template, k, edge, cells)]
    total = size + sum(edge.position is not None for edge, _, _ in links)
    if total > LARGEST:
        return None
    jacobian = np.zeros((total, total), complex)
    own = [np.array([[as_number(e, values) for e in row] for row in node.own]) for node in nodes]
    gains = [np.array([as_number(e, values) for e in node.by_input]) for node in nodes]
    outputs = [np.array([as_number(e, values) for e in node.output]) for node in nodes]
    spots = {key: slice(start, start + len(nodes[key[0]].positions)) for key, start in place.items()}
    for key, spot in spots.items():
        jacobian[spot, spot] += own[key[0]]
    for edge, i, j in links:
        onto, source = spots[edge.onto, i], spots[edge.source, j]
        jacobian[onto, source] += np.outer(gains[edge.onto], outputs[edge.source]) * as_number(edge.coupling, values)
        if edge.position is not None:
            jacobian[onto, size] += gains[edge.onto] * as_number(edge.effect, values)
            jacobian[size, size] += as_number(edge.decay, values)
            jacobian[size, onto] += as_number(edge.by_post, values) * outputs[edge.onto]
            jacobian[size, source] += as_number(edge.by_pre, values) * outputs[edge.source]
            size += 1
    return jacobian


def _cells(template: Template, values: Mapping[Any, Any]) -> list[list[Any]] | None:
    network = template.network
    if isinstance(network, PeriodicNetwork):
        sizes = [round(as_number(s.xreplace(dict(template.renaming)), values).real) for s in network.sizes]
        for shifts in network.shifts.values():
            wrapped = {tuple(d % n for d, n in zip(shift, sizes, strict=True)) for shift in shifts}
            if len(wrapped) < len(shifts):
                return None
        return [list(itertools.product(*map(range, sizes)))] * network.size
    counts = [round(as_number(count, values).real) for count in template.counts]
    return None if min(counts) < 1 else [list(range(count)) for count in counts]


def _links(template: Template, k: int, edge: Any, cells: list[list[Any]]) -> list[tuple[Any, Any]]:
    """Which copy receives from which."""
    network = template.network
    if isinstance(network, PeriodicNetwork):
        sizes = [1 + max(cell[d] for cell in cells[0]) for d in range(len(network.sizes))]
        shifts = tuple(network.shifts.values())[k]
        return [
            (cell, tuple((c - d) % n for c, d, n in zip(cell, shift, sizes, strict=True)))
            for cell in cells[edge.onto]
            for shift in shifts
        ]
    alone = edge.onto == edge.source and not network.nodes[edge.onto].self_coupling
    return [(i, j) for i in cells[edge.onto] for j in cells[edge.source] if not (alone and i == j)]
