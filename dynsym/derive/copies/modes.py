r"""The linearisation of a network of copies, split into modes.

At a state in which all copies agree, the Jacobian of the whole network commutes with every exchange of copies (or shift
of cells), so it splits into blocks: one on which the copies agree; for a class of n copies n - 1 equal blocks on their
differences; for cells along a ring one block for each wave number. An edge e enters a mode through one number,
the `transfer`: what reaches one target, summed over the sources, when the sources move with the mode. A plastic edge
brings one state U = Σ δw, the summed change of the weights onto one target,

    x' = ... + f_u (transfer · w o' x_source + effect · U),
    U' = F_w U + count · F_post o' x + transfer · F_pre o' x_source;

all other combinations of its weights move on their own, with eigenvalue F_w.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Integer, Symbol

from dynsym.model.template.local_slopes import EdgeSlopes, NodeSlopes
from dynsym.model.template.template import Template
from dynsym.network import PeriodicNetwork

__all__ = ["AGREE", "Mode", "block_of", "index_symbols", "lonely_weights", "modes_of", "wave_as_read"]

AGREE = "all copies agree"
INDEX_NAMES = ("j", "k", "l", "m", "q", "r")

Slopes = tuple[tuple[NodeSlopes, ...], tuple[EdgeSlopes, ...]]
Entries = dict[tuple[int, int], Expr]


@dataclass(frozen=True)
class Mode:
    """A family of equal blocks of the linearisation."""

    name: str
    nodes: tuple[int, ...]
    transfers: tuple[Expr, ...]
    multiplicity: Expr = sympy.S.One
    indices: tuple[tuple[Symbol, Expr], ...] = ()

    @property
    def is_real(self) -> bool:
        """Whether no transfer is complex."""
        return not any(transfer.has(sympy.I) for transfer in self.transfers)

    def with_values(self, values: Mapping[Symbol, Expr]) -> Mode:
        """The same modes with values put in."""
        return replace(
            self,
            transfers=tuple(transfer.xreplace(values) for transfer in self.transfers),
            multiplicity=self.multiplicity.xreplace(values),
            indices=tuple((index, count.xreplace(values)) for index, count in self.indices),
        )


def modes_of(template: Template, taken: Mapping[str, object]) -> tuple[Mode, ...]:
    """The modes of a network of copies; in a periodic one a single family, with wave number 0 where all agree."""
    network = template.network
    everyone = tuple(range(network.size))
    if isinstance(network, PeriodicNetwork):
        indices = tuple(zip(index_symbols(taken, len(network.sizes)), _sizes(template), strict=True))
        transfers = tuple(_wave(shifts, indices) for shifts in network.shifts.values())
        return (Mode("waves", everyone, transfers, indices=indices),)
    modes = [Mode(AGREE, everyone, template.copies)]
    ends = list(zip(template.onto.tolist(), template.source.tolist(), strict=True))
    for a, node in enumerate(network.nodes):
        if template.counts[a] == 1:
            continue
        back = sympy.S.Zero if node.self_coupling else -sympy.S.One
        transfers = tuple(back if i == j == a else sympy.S.Zero for i, j in ends)
        modes.append(Mode(f"differences among {node.name}", (a,), transfers, template.counts[a] - 1))
    return tuple(modes)


def index_symbols(taken: Mapping[str, object], count: int) -> tuple[Symbol, ...]:
    """Symbols for wave numbers, with names that a system does not use."""
    names = [name for name in INDEX_NAMES if name not in taken]
    names += [f"index_{k}" for k in range(count)]
    return tuple(Symbol(name, integer=True, nonnegative=True) for name in names[:count])


def _sizes(template: Template) -> tuple[Expr, ...]:
    assert isinstance(template.network, PeriodicNetwork)
    return tuple(size.xreplace(dict(template.renaming)) for size in template.network.sizes)


def _wave(shifts: tuple[tuple[int, ...], ...], indices: tuple[tuple[Symbol, Expr], ...]) -> Expr:
    """Σ exp(-iθ·d), opposite shifts taken together."""
    left, total = set(shifts), sympy.S.Zero
    for shift in shifts:
        if shift not in left:
            continue
        left.discard(shift)
        angle = 2 * sympy.pi * sympy.Add(*(d * j / size for d, (j, size) in zip(shift, indices, strict=True)))
        opposite = tuple(-d for d in shift)
        if opposite in left:
            left.discard(opposite)
            total += 2 * sympy.cos(angle)
        else:
            total += sympy.exp(-sympy.I * angle)
    return total


def wave_as_read(exponent: Expr) -> Expr:
    """exp(iθ) by cosine and sine."""
    angle = exponent / sympy.I
    return sympy.cos(angle) + sympy.I * sympy.sin(angle)


def block_of(mode: Mode, slopes: Slopes, counts: tuple[Expr, ...]) -> tuple[Entries, int]:
    """The matrix of one block: the states of the nodes that move, then one state for each plastic edge onto them."""
    nodes, edges = slopes
    entries: Entries = {}
    place: dict[int, range] = {}
    size = 0
    for a in mode.nodes:
        place[a] = range(size, size + len(nodes[a].positions))
        size += len(nodes[a].positions)
        for i, row in zip(place[a], nodes[a].own, strict=True):
            for j, entry in zip(place[a], row, strict=True):
                entries[i, j] = entry

    def add(i: int, j: int, entry: Expr) -> None:
        entries[i, j] = entries.get((i, j), sympy.S.Zero) + entry

    for edge, transfer, count in zip(edges, mode.transfers, counts, strict=True):
        if edge.onto not in place:
            continue
        target, source = nodes[edge.onto], nodes[edge.source]
        moves = edge.source in place and transfer != 0
        if moves:
            for i, gain in zip(place[edge.onto], target.by_input, strict=True):
                for j, slope in zip(place[edge.source], source.output, strict=True):
                    add(i, j, gain * edge.coupling * transfer * slope)
        if edge.position is None:
            continue
        u, size = size, size + 1
        entries[u, u] = edge.decay
        for i, gain in zip(place[edge.onto], target.by_input, strict=True):
            add(i, u, gain * edge.effect)
        for j, slope in zip(place[edge.onto], target.output, strict=True):
            add(u, j, count * edge.by_post * slope)
        if moves:
            for j, slope in zip(place[edge.source], source.output, strict=True):
                add(u, j, transfer * edge.by_pre * slope)
    return {at: entry for at, entry in entries.items() if entry != 0}, size


def lonely_weights(template: Template, edges: tuple[EdgeSlopes, ...]) -> list[tuple[Expr, Expr]]:
    """Eigenvalues F_w of the combinations of weights that reach no node, with their numbers."""
    found = []
    for edge, count in zip(edges, template.copies, strict=True):
        if edge.position is not None:
            found.append((edge.decay, sympy.factor(template.counts[edge.onto] * (count - Integer(1)))))
    return found
