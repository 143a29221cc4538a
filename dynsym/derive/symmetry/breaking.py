r"""Branches that the equivariant branching lemma predicts, each as the system on its fixed-point space.

Where an absolutely irreducible representation V becomes critical, with an eigenvalue that crosses zero with nonzero
speed, a branch bifurcates for every isotropy subgroup Σ of V whose fixed-point space in V is one-dimensional: it is
called axial [1]_ [2]_. On the branch the states keep the symmetry Σ, so it lives in a smaller system.

References
----------
.. [1] A. Vanderbauwhede, *Local Bifurcation and Symmetry* (1982); G. Cicogna, Lettere al Nuovo Cimento 31 (1981).
.. [2] M. Golubitsky, I. Stewart, D. Schaeffer, *Singularities and Groups in Bifurcation Theory II*, theorem XIII.3.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym.derive.equilibria.points import At
from dynsym.derive.symmetry.blocks import IsotypicBlock, IsotypicBlocks, isotypic_blocks
from dynsym.derive.symmetry.group import Group, orbits_of
from dynsym.derive.symmetry.representation import Component, best_slice
from dynsym.errors import BudgetExceeded, ParameterError
from dynsym.model import restrict
from dynsym.results.ledger import Answers, Cell, Examined
from dynsym.results.stamp import OfSystem, stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["AxialBranch", "axial_branches"]

MOST_SPACES = 20_000
SAME = 1e-6


@dataclass(frozen=True, eq=False)
class AxialBranch(OfSystem):
    """A branch of equilibria of lower symmetry, up to the symmetries that carry it into others.

    Parameters
    ----------
    block : str
        Name of the block, as in `isotypic_blocks`, whose zero eigenvalue it comes from.
    isotropy_order : int
        Number of symmetries that the branch keeps.
    conjugates : int
        Number of branches that symmetries carry it into, itself included; the two halves of a pitchfork count as one.
    kind : {"pitchfork", "transcritical"}
        Whether a symmetry turns the direction round. A transcritical branch is one only where the quadratic term does
        not vanish for another reason.
    relations : mapping of state name to Expr
        What holds on the branch; states left out are free.
    system : SymbolicSystem
        The exact restriction: its equilibria are those with the symmetry.

    Examples
    --------
    >>> for branch in ds.derive.axial_branches(ds.build_system(ds.motifs.complete(3)), "dimension 2, odd", at=0):
    ...     print(branch.kind, branch.relations)
    pitchfork {'x2': x1}
    pitchfork {'x2': -x1, 'x3': 0}
    """

    block: str
    _: KW_ONLY
    isotropy_order: int
    conjugates: int
    kind: str
    relations: Mapping[str, Expr]
    system: SymbolicSystem = field(repr=False)

    def __repr__(self) -> str:
        ties = ", ".join(f"{name} = {value}" for name, value in self.relations.items())
        times = "" if self.conjugates == 1 else f", {self.conjugates} of them"
        return f"AxialBranch({self.block}: {self.kind}{times}; {ties or 'no relation'})"


@stamped
def axial_branches(
    system: SymbolicSystem,
    block: str | None = None,
    *,
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Answers[AxialBranch]:
    """Which branches bifurcate where a block becomes critical, by the equivariant branching lemma.

    Parameters
    ----------
    block : str, optional
        Name of a block of `isotypic_blocks`; by default all blocks that break the symmetry and are absolutely
        irreducible.
    at : SymbolicEquilibrium, mapping of state to value, or 0
        The symmetric equilibrium.

    Returns
    -------
    Answers
        A tuple of `AxialBranch`, one for each class of conjugate axial subgroups, largest isotropy first. Branches that
        are not axial, and blocks of which the lemma says nothing, are `open`.

    Raises
    ------
    ParameterError
        If the lemma says nothing about the block: it is trivial, or not absolutely irreducible.
    ModelNameError
        If no block has that name.

    Examples
    --------
    >>> axial_branches(ds.build_system(ds.motifs.bidirectional()), "dimension 1, odd", at=0)[0]
    AxialBranch(dimension 1, odd: pitchfork; x2 = -x1)
    """
    clock = budget.start()
    blocks = isotypic_blocks(system, at=at, values=values, free=free, budget=budget)
    group = blocks.elements
    chosen = [blocks[block]] if block is not None else _breaking(blocks)
    if block is not None and (why := _excluded(chosen[0])):
        raise ParameterError(
            f"The block {block!r} is {why}, and the equivariant branching lemma needs an absolutely irreducible one "
            "that breaks a symmetry. Use the conditions of the system itself, as in find_conditions."
        )
    restricted = system.with_values(**dict(values or {})).without_values(*map(str, free))
    found: list[AxialBranch] = []
    cells = [Cell("branches that are not axial").because("the equivariant branching lemma says nothing of them")]
    if block is None:
        cells += [Cell(f"branches of {b.name}").because(f"the block is {why}") for b in blocks if (why := _excluded(b))]
    for own in chosen:
        cell = Cell(f"axial branches of {own.name}")
        lines = partial(_axial_lines, group, own.component, clock)
        seen = Examined.attempt(lines, cell, by="all intersections of fixed-point spaces")
        cells += seen.cells(cell)
        for line, fixing in (pair for pairs in seen.found for pair in pairs):
            found.append(_branch(restricted, own.name, group, line, fixing, blocks.point))
    return Answers(sorted(found, key=lambda b: ([x.name for x in blocks].index(b.block), -b.isotropy_order)), cells)


def _breaking(blocks: IsotypicBlocks) -> list[IsotypicBlock]:
    """The blocks to which the lemma applies; those whose eigenvalues are numbers only where all are."""
    usable = [block for block in blocks if not _excluded(block)]
    moving = [block for block in usable if block.matrix.free_symbols]
    return moving if any(block.matrix.free_symbols for block in blocks) else usable


def _excluded(block: IsotypicBlock) -> str:
    if block.kind != "real":
        return f"of {block.kind} type"
    if np.allclose(block.component.character, 1):
        return "trivial"
    return ""


def _branch(
    system: SymbolicSystem, name: str, group: Group, line: np.ndarray, fixing: np.ndarray, point: Mapping[str, Expr]
) -> AxialBranch:
    relations: dict[str, Expr] = {}
    states = system.states
    tied = {state: (orbit, sign) for orbit in orbits_of(group, fixing) for state, sign in orbit.items()}
    for k, state in enumerate(states):
        if k not in tied:
            relations[state.name] = sympy.S.Zero
            continue
        orbit, sign = tied[k]
        head = min(orbit)
        if head != k:
            relations[state.name] = sign * orbit[head] * states[head]
    images = group.acting(range(group.order), line[:, None])[:, :, 0]
    overlaps = images @ line
    along = int((abs(overlaps) > 1 - SAME).sum())
    turned = bool((overlaps < -1 + SAME).any())
    return AxialBranch(
        name,
        isotropy_order=len(fixing),
        conjugates=group.order // along,
        kind="pitchfork" if turned else "transcritical",
        relations=relations,
        system=restrict(system, relations) if relations else system,
    )


def _axial_lines(group: Group, component: Component, clock: Clock) -> list[tuple[np.ndarray, np.ndarray]]:
    """Unit vectors, one for each class of axial subgroups, with the elements that fix them.

    Fixed-point spaces of subgroups are intersections of those of single elements; they are collected within one copy of
    the representation, and the lines among them kept.
    """
    basis = _one_copy(group, component)
    images = group.acting(range(group.order), basis)
    matrices = np.einsum("ai,gaj->gij", basis, images)
    spaces: dict[bytes, np.ndarray] = {}
    for matrix in matrices:
        _, sizes, right = np.linalg.svd(matrix - np.eye(len(matrix)))
        space = right[sizes < SAME].T
        if space.shape[1]:
            spaces.setdefault(_key(space), space)
    single, waiting = list(spaces.values()), list(spaces.values())
    while waiting:
        clock.check("axial subgroups")
        space = waiting.pop()
        for other in single:
            meeting = _intersection(space, other)
            if 0 < meeting.shape[1] < space.shape[1] and _key(meeting) not in spaces:
                spaces[_key(meeting)] = meeting
                waiting.append(meeting)
                if len(spaces) > MOST_SPACES:
                    raise BudgetExceeded(
                        f"More than {MOST_SPACES} fixed-point spaces were met. The group is too large to list its "
                        "subgroups. Try a smaller network of the same kind."
                    )
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for space in spaces.values():
        if space.shape[1] != 1:
            continue
        moved = matrices @ space[:, 0]
        if any((abs(moved @ (basis.T @ line)) > 1 - SAME).any() for line, _ in found):
            continue
        fixing = np.flatnonzero(abs(moved - space[:, 0]).max(axis=1) < SAME)
        found.append((basis @ space[:, 0], fixing))
    return found


def _one_copy(group: Group, component: Component) -> np.ndarray:
    """An orthonormal basis of one copy: what the group makes of one vector of a slice."""
    if component.multiplicity == 1:
        values, vectors = np.linalg.eigh(component.projection)
        return vectors[:, values > 0.5]
    cut = best_slice(group, component)
    average = group.summed(cut.subgroup) / len(cut.subgroup)
    values, vectors = np.linalg.eigh(component.projection @ average @ component.projection)
    start = vectors[:, -1] if cut.dimension == 1 else _in_one_copy(group, component)
    span = group.acting(range(group.order), start[:, None])[:, :, 0]
    _, sizes, right = np.linalg.svd(span, full_matrices=False)
    return right[sizes > SAME * sizes[0]].T


def _in_one_copy(group: Group, component: Component) -> np.ndarray:
    """A vector that generates one copy: an eigenvector of a random symmetric element of the group ring."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=group.order)
    total = np.zeros((group.size, group.size))
    for k in range(group.order):
        total[group.images[k], np.arange(group.size)] += weights[k] * group.signs[k]
    inside = component.projection @ (total + total.T) @ component.projection
    values, eigenvectors = np.linalg.eigh(inside)
    return eigenvectors[:, int(np.argmax(abs(values)))]


def _key(space: np.ndarray) -> bytes:
    return (np.round(space @ space.T, 4) + 0.0).tobytes()


def _intersection(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The common vectors of two spaces with orthonormal bases."""
    turns, cosines, _ = np.linalg.svd(left.T @ right)
    return left @ turns[:, : len(cosines)][:, cosines > 1 - SAME]
