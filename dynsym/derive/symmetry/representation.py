r"""Isotypic components of a group of signed permutations over the real numbers.

Sums over conjugacy classes and their inverses commute with everything that the group commutes with; their common
eigenspaces are the isotypic components [1]_. Floating point finds which there are and how they are cut; the
subspaces themselves are exact kernels.

References
----------
.. [1] J.-P. Serre, *Linear Representations of Finite Groups*, sections 2.6 and 13.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import flint
import numpy as np
from sympy import Expr, Integer

from dynsym._budget import Clock
from dynsym.algebra.field import Element, Field
from dynsym.algebra.linear import ExactAlgebra
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.symmetry.group import Group, orbits_of
from dynsym.errors import ClosedFormMismatch

__all__ = ["Component", "Slice", "best_slice", "components_of", "slice_basis"]

CLOSE = 1e-7
LARGEST_COEFFICIENT = 4
PAIRS = 400


@dataclass(frozen=True, eq=False)
class Component:
    """All copies of one real irreducible representation."""

    dimension: int
    multiplicity: int
    kind: str
    projection: np.ndarray
    character: np.ndarray
    operator: np.ndarray
    eigenvalue: Expr


@dataclass(frozen=True, eq=False)
class Slice:
    """A subgroup whose fixed vectors cut each copy of a representation in a small space."""

    subgroup: np.ndarray
    dimension: int


def components_of(group: Group, generators: Sequence[int], clock: Clock) -> list[Component]:
    """The isotypic components."""
    classes = group.classes(generators)
    sums = [group.summed(members) for members in classes]
    sums = [total + total.T for total in sums]
    clock.check("isotypic components")
    projections = _joint_projections(sums, group.size)
    operator, values = _separating(sums, projections)
    exact = _exact_eigenvalues(operator, values)
    found = []
    for projection, eigenvalue in zip(projections, exact, strict=True):
        traces = group.traces(projection)
        norm, indicator = float(np.mean(traces**2)), float(np.mean(traces[group.squares]))
        if indicator > CLOSE:
            multiplicity, kind = indicator, "real"
        elif indicator < -CLOSE:
            multiplicity, kind = -indicator / 2, "quaternionic"
        else:
            multiplicity, kind = float(np.sqrt(norm / 2)), "complex"
        copies = round(multiplicity)
        if abs(copies - multiplicity) > 1e-6:
            raise ClosedFormMismatch(
                f"A representation would occur {multiplicity} times. This is a fault inside dynsym: please report it."
            )
        dimension = round(float(np.trace(projection))) // copies
        found.append(Component(dimension, copies, kind, projection, traces / copies, operator, eigenvalue))
    return found


def _joint_projections(sums: list[np.ndarray], size: int) -> list[np.ndarray]:
    """Projections onto the common eigenspaces of commuting symmetric matrices."""
    spaces = [np.eye(size)]
    for total in sums:
        finer = []
        for basis in spaces:
            values, vectors = np.linalg.eigh(basis.T @ total @ basis)
            start = 0
            for k in range(1, len(values) + 1):
                if k == len(values) or values[k] - values[k - 1] > CLOSE * max(1.0, abs(values).max()):
                    finer.append(basis @ vectors[:, start:k])
                    start = k
        spaces = finer
    return [basis @ basis.T for basis in spaces]


def _separating(sums: list[np.ndarray], projections: list[np.ndarray]) -> tuple[np.ndarray, list[float]]:
    """One class sum, or a small combination of them, that has a different eigenvalue on every component."""
    ranks = [float(np.trace(p)) for p in projections]
    table = np.array(
        [[float((p * total).sum()) / r for p, r in zip(projections, ranks, strict=True)] for total in sums]
    )
    singles = [tuple(int(k == j) for j in range(len(sums))) for k in range(len(sums))]
    few = product(range(LARGEST_COEFFICIENT), repeat=min(len(sums), 5))
    rng = np.random.default_rng(0)
    many = (tuple(rng.integers(0, 50, len(sums)).tolist()) for _ in range(PAIRS))
    for choice in [*singles, *few, *many]:
        coefficients = np.array([*choice, *[0] * (len(sums) - len(choice))])
        values = coefficients @ table
        gaps = np.diff(np.sort(values))
        if not len(gaps) or gaps.min() > 1e-4:
            operator = sum((int(c) * total for c, total in zip(coefficients, sums, strict=True)), 0 * sums[0])
            return operator, values.tolist()
    raise ClosedFormMismatch(
        "No combination of class sums tells the representations apart. This is a fault inside dynsym: please report it."
    )


def _exact_eigenvalues(operator: np.ndarray, values: list[float]) -> list[Expr]:
    roots = real_roots(flint.fmpz_mat(operator.tolist()).charpoly())
    places = np.array([float(root) for root in roots])
    return [roots[int(np.argmin(abs(places - value)))].expression() for value in values]


def best_slice(group: Group, component: Component) -> Slice:
    """The subgroup, among stabilisers of states and cyclic groups, that fixes least, but something, in one copy."""
    best = Slice(np.array([0]), component.dimension)
    for members in _subgroups(group):
        fixed = round(float(component.character[members].mean()))
        if 0 < fixed < best.dimension or (fixed == best.dimension and len(members) > len(best.subgroup)):
            best = Slice(members, fixed)
    return best


def _subgroups(group: Group) -> list[np.ndarray]:
    n, everything = group.size, np.arange(group.order)
    found = [everything]
    whole_signs = group.signs
    stays = group.images == np.arange(n)
    for a in range(n):
        found.append(np.flatnonzero(stays[:, a] & (whole_signs[:, a] == 1)))
        for b in range(a + 1, n):
            both = stays[:, a] & stays[:, b]
            found.append(np.flatnonzero(both & (whole_signs[:, a] == 1) & (whole_signs[:, b] == 1)))
            swapped = (group.images[:, a] == b) & (group.images[:, b] == a)
            for sign in (1, -1):
                kept = both & (whole_signs[:, a] == 1) & (whole_signs[:, b] == 1)
                turned = swapped & (whole_signs[:, a] == sign) & (whole_signs[:, b] == sign)
                found.append(np.flatnonzero(kept | turned))
    found += [group.closed([k]) for k in range(min(group.order, PAIRS))]
    return found


def slice_basis(
    group: Group, component: Component, cut: Slice, field: Field, clock: Clock
) -> tuple[list[dict[int, int]], list[list[Element]]]:
    """Exact basis of the fixed vectors in a component: orbits of states, and combinations of them."""
    orbits = orbits_of(group, cut.subgroup)
    place = {state: k for k, orbit in enumerate(orbits) for state in orbit}
    table = [[Integer(0)] * len(orbits) for _ in orbits]
    for k, orbit in enumerate(orbits):
        for row, other in enumerate(orbits):
            head, sign = next(iter(other.items()))
            table[row][k] = Integer(sign * sum(s * int(component.operator[head, state]) for state, s in orbit.items()))
    shift = field(component.eigenvalue)
    rows = [
        [field(entry) - (shift if i == j else field.zero) for j, entry in enumerate(row)] for i, row in enumerate(table)
    ]
    reduced, pivots = ExactAlgebra(field, clock).eliminated(rows, len(orbits))
    basis = []
    for free in (j for j in range(len(orbits)) if j not in pivots):
        column = [field.zero] * len(orbits)
        column[free] = field.one
        for pivot, row in pivots.items():
            column[pivot] = -reduced[row][free]
        basis.append(column)
    if len(basis) != cut.dimension * component.multiplicity or len(place) > group.size:
        raise ClosedFormMismatch(
            f"An isotypic component has {len(basis)} fixed vectors where {cut.dimension * component.multiplicity} were "
            "expected. This is a fault inside dynsym: please report it."
        )
    return orbits, basis
