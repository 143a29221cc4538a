r"""The Jacobian at a symmetric point, cut into blocks by the irreducible representations of the symmetry group.

Where f commutes with a finite group, the Jacobian at a point that the group fixes commutes with it too; so it is block
diagonal over the isotypic components, and on V ⊕ … ⊕ V (m copies) it acts like an m × m matrix, repeated [1]_.

References
----------
.. [1] M. Golubitsky, I. Stewart, D. Schaeffer, *Singularities and Groups in Bifurcation Theory II*, chapters XII-XIII.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.algebra.field import field_over
from dynsym.algebra.ring import generators_of
from dynsym.derive.characteristic.factors import EIGENVALUE
from dynsym.derive.equilibria.points import At, the_point, verified
from dynsym.derive.linearisation.jacobians import eigenvalue_symbol, jacobian_at
from dynsym.derive.symmetry.block_algebra import (
    BlockBifurcation,
    bifurcations_of_block,
    block_polynomial,
    restricted_jacobian,
)
from dynsym.derive.symmetry.group import Group, group_of
from dynsym.derive.symmetry.representation import Component, Slice, best_slice, components_of, slice_basis
from dynsym.errors import ClosedFormMismatch, ModelNameError
from dynsym.results.content import record
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, words
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["IsotypicBlock", "IsotypicBlocks", "isotypic_blocks"]

TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class IsotypicBlock:
    """What the Jacobian does on all copies of one irreducible representation.

    Parameters
    ----------
    name : str
        ``"trivial"``, ``"dimension 2"``, …; unique within the system.
    dimension : int
        Of the representation, over the real numbers.
    copies : int
        How often it occurs among the states.
    kind : {"real", "complex", "quaternionic"}
        What commutes with it; ``"real"`` means absolutely irreducible.
    matrix : Matrix
        The block in the basis; every eigenvalue of it is one of the Jacobian, `repetition` times.
    repetition : int
    basis : tuple of mapping of state name to Expr
        Columns of the basis, entries that vanish left out.
    characteristic_polynomial : Expr
        Of the matrix, in `eigenvalue`.
    eigenvalue : Symbol

    Examples
    --------
    >>> blocks = ds.derive.isotypic_blocks(ds.build_system(ds.motifs.complete(3)), at=0)
    >>> blocks["dimension 2, odd"].matrix, blocks["dimension 2, odd"].repetition
    (Matrix([[-w - 1]]), 2)
    """

    name: str
    _: KW_ONLY
    dimension: int
    copies: int
    kind: str
    matrix: ImmutableDenseMatrix
    repetition: int
    basis: tuple[Mapping[str, Expr], ...]
    characteristic_polynomial: Expr
    eigenvalue: Symbol
    component: Component = field(repr=False)

    def bifurcations(self, *, parameter: Symbol) -> tuple[BlockBifurcation, ...]:
        """Where an eigenvalue of this block becomes critical as a parameter moves."""
        return bifurcations_of_block(self.name, self.matrix, self.characteristic_polynomial, self.eigenvalue, parameter)

    def __repr__(self) -> str:
        size = self.matrix.shape[0]
        shown = str(self.matrix.tolist())
        matrix = shown if len(shown) <= 160 else f"{size} x {size}"
        copies = "" if self.copies == 1 else f", {self.copies} copies"
        kind = "" if self.kind == "real" else f", {self.kind}"
        times = "" if self.repetition == 1 else f", each eigenvalue {self.repetition} times"
        return f"IsotypicBlock({self.name}{copies}{kind}: {matrix}{times})"


@dataclass(frozen=True, eq=False)
class IsotypicBlocks(SymbolicResult):
    """The Jacobian at a symmetric point, block by block; a sequence of `IsotypicBlock`.

    Parameters
    ----------
    blocks : tuple of IsotypicBlock
    order : int
        Of the symmetry group that fixes the point.
    group : str
        Where the group comes from.
    point : mapping of state name to Expr

    Examples
    --------
    >>> blocks = ds.derive.isotypic_blocks(ds.build_system(ds.motifs.complete(3)), at=0)
    >>> blocks.order, [block.name for block in blocks]
    (12, ['trivial, odd', 'dimension 2, odd'])
    """

    blocks: tuple[IsotypicBlock, ...]
    _: KW_ONLY
    order: int
    group: str
    point: Mapping[str, Expr]
    system: SymbolicSystem = field(repr=False)
    elements: Group = field(repr=False)

    def __iter__(self) -> Iterator[IsotypicBlock]:
        return iter(self.blocks)

    def __len__(self) -> int:
        return len(self.blocks)

    def __getitem__(self, name: str) -> IsotypicBlock:
        for block in self.blocks:
            if block.name == name:
                return block
        raise ModelNameError(f"No block is called {name!r}. There are: {', '.join(b.name for b in self.blocks)}.")

    def bifurcations(self, *, parameter: str) -> tuple[BlockBifurcation, ...]:
        """Which representation becomes critical where, as a parameter moves."""
        symbol = self.system.parameter(parameter)
        return tuple(found for block in self.blocks for found in block.bifurcations(parameter=symbol))

    @cached_property
    def eigenvalue_count(self) -> int:
        """Eigenvalues in all, repetitions counted: the number of states."""
        return sum(block.matrix.shape[0] * block.repetition for block in self.blocks)

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """One row a block."""
        rows: list[Row] = [("", words(f"symmetry group of order {self.order}"))]
        for block in self.blocks:
            times = "" if block.repetition == 1 else words(f", {block.repetition} times")
            rows.append((words(block.name), f": {expression_latex(block.matrix, limit=operations)}{times}"))
        return rows

    def to_json(self) -> dict[str, Any]:
        """The blocks as a JSON object."""
        blocks = [record(b, "kind", "basis", "eigenvalue", "component") | {"type": b.kind} for b in self.blocks]
        return {"kind": "isotypic_blocks"} | record(self, "blocks", "system", "elements") | {"blocks": blocks}

    def __repr__(self) -> str:
        lines = [f"IsotypicBlocks(group of order {self.order}, {self.group}", *(f"  {block}" for block in self.blocks)]
        return "\n".join(lines) + ")"


@stamped
def isotypic_blocks(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> IsotypicBlocks:
    """Cut the Jacobian at a symmetric equilibrium into blocks, one for each irreducible representation.

    The group is that of the network (for equations without a network: of permutations of up to six states), together
    with the change of sign of all node states where that is a symmetry; of it, what fixes the point.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, or 0

    Returns
    -------
    IsotypicBlocks
        Exact; compared with the eigenvalues of the whole Jacobian at a random point.

    Raises
    ------
    NotAnEquilibrium
        If the right-hand side does not vanish at the point.
    LimitError
        If the group has too many elements.
    UnsupportedFeatureError
        If nodes stand for several copies.
    BudgetExceeded
        If the budget is used up.

    Examples
    --------
    >>> ring = ds.build_system(ds.motifs.ring(4, both_ways=True))
    >>> for block in isotypic_blocks(ring, at=0):
    ...     print(block.name, block.matrix[0, 0], block.repetition)
    trivial, odd 2*w - 1 1
    dimension 1, odd -2*w - 1 1
    dimension 2, odd -1 2
    """
    clock = budget.start()
    substitution = dict(system.substitution(values, free))
    point = verified(system, the_point(system, at, substitution), substitution)
    by_symbol = {system[name]: value for name, value in point.states.items()}
    group, generators, source = group_of(system, substitution, by_symbol, clock)
    entries = jacobian_at(system, point, substitution)
    eigenvalue = eigenvalue_symbol(system)
    straight = (group.signs == 1).all(axis=1)
    components = components_of(group, generators, clock)
    components.sort(key=lambda c: (c.dimension, -round(float(c.character[straight].mean()), 6)))
    names = _names(group, components, system)
    found = []
    for name, component in zip(names, components, strict=True):
        cut = best_slice(group, component)
        found.append(_block(system, name, component, cut, group, entries, eigenvalue, clock))
    blocks = IsotypicBlocks(
        tuple(found), order=group.order, group=source, point=point.states, system=system, elements=group
    )
    _check(blocks, entries, system.dimension)
    return blocks


def _block(
    system: SymbolicSystem,
    name: str,
    component: Component,
    cut: Slice,
    group: Group,
    entries: Mapping[tuple[int, int], Expr],
    eigenvalue: Symbol,
    clock: Any,
) -> IsotypicBlock:
    algebra_field = field_over([*entries.values(), component.eigenvalue, EIGENVALUE], clock)
    orbits, columns = slice_basis(group, component, cut, algebra_field, clock)
    matrix = restricted_jacobian(entries, orbits, columns, algebra_field)
    basis = []
    for column in columns:
        vector = {}
        for orbit, coefficient in zip(orbits, column, strict=True):
            if not coefficient.is_zero:
                value = coefficient.expression()
                vector.update({system.state_names[state]: sign * value for state, sign in orbit.items()})
        basis.append(vector)
    return IsotypicBlock(
        name,
        dimension=component.dimension,
        copies=component.multiplicity,
        kind=component.kind,
        matrix=ImmutableDenseMatrix([[entry.rationalised().expression() for entry in row] for row in matrix]),
        repetition=component.dimension // cut.dimension,
        basis=tuple(basis),
        characteristic_polynomial=block_polynomial(matrix, algebra_field, eigenvalue, clock),
        eigenvalue=eigenvalue,
        component=component,
    )


def _names(group: Group, components: list[Component], system: SymbolicSystem) -> list[str]:
    """Names by dimension and parity; numbered where several agree."""
    straight = np.flatnonzero((group.signs == 1).all(axis=1))
    nodes = system.dimension - len(system.weight_names)
    minus = np.ones(group.size, dtype=int)
    minus[:nodes] = -1
    flip = group.numbers.get((np.arange(group.size) * 2 + (minus < 0)).tobytes())
    kinds = []
    for component in components:
        trivial = component.dimension == 1 and np.allclose(component.character[straight], 1)
        said = "trivial" if trivial else f"dimension {component.dimension}"
        odd = flip is not None and component.character[flip] < 0
        kinds.append(f"{said}, odd" if odd and group.order > 1 else said)
    names = []
    for k, kind in enumerate(kinds):
        before = kinds[:k].count(kind)
        names.append(kind if kinds.count(kind) == 1 else f"{kind} ({before + 1})")
    return names


def _check(blocks: IsotypicBlocks, entries: Mapping[tuple[int, int], Expr], size: int) -> None:
    """The eigenvalues of the blocks, repeated, are those of the Jacobian at random values of what is free."""
    # Symbols and values of functions are independent in the Jacobian's algebra, so each takes a number of its own.
    unknown = [g for g in generators_of(entries.values()) if g.is_Symbol or g.is_Function]
    put = {g: sympy.Rational(7 * k + 5, 3 * k + 11) * (-1 if g.is_negative else 1) for k, g in enumerate(unknown)}
    jacobian = np.zeros((size, size))
    for (i, j), entry in entries.items():
        jacobian[i, j] = float(entry.xreplace(put))
    found: list[complex] = []
    for block in blocks:
        matrix = np.array(block.matrix.xreplace(put).evalf(30).tolist(), dtype=float)
        found += np.repeat(np.linalg.eigvals(matrix), block.repetition).tolist()
    expected = np.linalg.eigvals(jacobian)
    moments = [(np.sum(expected**k), sum(complex(v) ** k for v in found)) for k in range(1, min(size, 6) + 1)]
    wrong = any(abs(a - b) > TOLERANCE * (1 + np.sum(abs(expected) ** k)) for k, (a, b) in enumerate(moments, start=1))
    if len(found) != size or wrong:
        raise ClosedFormMismatch(
            f"The blocks of {blocks.system.name!r} have other eigenvalues than the Jacobian. This is a fault inside "
            "dynsym: please report it."
        )
