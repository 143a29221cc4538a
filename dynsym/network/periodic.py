"""Networks that repeat: one cell along a ring of N, or on a torus of N by M, with N and M numbers or symbols."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import sympy

from dynsym.errors import GraphError, UnsupportedFeatureError
from dynsym.network._checks import class_size
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.quantities import MAX_EDGES

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PeriodicNetwork"]

Shift = tuple[int, ...]


@dataclass(frozen=True, repr=False)
class PeriodicNetwork(Network):
    r"""One cell of a network that repeats periodically in one direction or in several.

    Nodes and edges are those of one cell. The edge from a to b leads onto b of cell k from a of the cells
    :math:`k - d`, one for each of its shifts d (modulo the sizes). `weight_matrix` and the equations of a system are
    those of the states in which all cells agree.

    Parameters
    ----------
    nodes, edges, name, reference
        As for `Network`; nodes have multiplicity 1.
    sizes : tuple of int or Expr
        Number of cells in each direction.
    shifts : mapping of (onto, origin) to shifts
        A shift is a tuple of one integer for each direction (an integer where there is one direction). Edges that are
        left out stay within their cell.

    Raises
    ------
    GraphError
        If sizes and shifts do not fit, or a shift stands twice.

    Examples
    --------
    >>> ring = PeriodicNetwork(["x"], [ds.Edge("x", "x", "w")], sizes=("N",), shifts={("x", "x"): (1, -1)})
    >>> ring.symbolic_weight_matrix(), ring.with_sizes(N=5).size
    (Matrix([[2*w]]), 5)
    """

    _: KW_ONLY
    sizes: tuple[sympy.Expr, ...] = ()
    shifts: Mapping[tuple[str, str], tuple[Shift, ...]] = field(default_factory=dict, hash=False)

    if TYPE_CHECKING:  # what may be given; the fields say what is kept

        def __init__(
            self,
            nodes: Iterable[Node | str],
            edges: Iterable[Edge] = (),
            *,
            name: str = "network",
            reference: str | None = None,
            sizes: Sequence[Any],
            shifts: Mapping[tuple[str, str], Sequence[Any]],
        ) -> None: ...

    def __post_init__(self) -> None:
        sizes = tuple(class_size(size, f"size {k + 1}") for k, size in enumerate(self.sizes))
        if not sizes:
            raise GraphError("A periodic network has no sizes. Give the number of cells in each direction.")
        object.__setattr__(self, "sizes", sizes)
        super().__post_init__()
        if any(node.multiplicity != 1 for node in self.nodes):
            raise GraphError("A node of a periodic network stands for several copies. Give nodes of multiplicity 1.")
        places = [(edge.target, edge.source) for edge in self.edges]
        for place in self.shifts:
            if place not in places:
                raise GraphError(f"Shifts are given for {place}, which is no edge (onto, origin). Correct the names.")
        home: Shift = (0,) * len(sizes)
        given = {place: _shifts(self.shifts.get(place, (home,)), len(sizes), place) for place in places}
        object.__setattr__(self, "shifts", MappingProxyType(given))

    @property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Free symbols of weights, biases, time constants and sizes, sorted by name."""
        own = {symbol.name: symbol for size in self.sizes for symbol in size.free_symbols}
        return tuple(dict(sorted((self._scope | own).items())).values())

    @cached_property
    def copies(self) -> tuple[sympy.Expr, ...] | None:
        """How many edges onto one node each edge of the cell stands for, in edge order."""
        return tuple(sympy.Integer(len(shifts)) for shifts in self.shifts.values())

    @property
    def counts(self) -> tuple[sympy.Expr, ...]:
        """The number of cells, for each node."""
        return (sympy.Mul(*self.sizes),) * self.size

    def with_sizes(self, **sizes: int) -> Network:
        """The whole network, all cells written out, for these numbers of cells.

        Examples
        --------
        >>> ds.motifs.ring("N").with_sizes(N=4).weight_matrix({"w": 1})[0]
        array([0., 0., 0., 1.])
        """
        known = {symbol: sympy.Integer(sizes[symbol.name]) for symbol in self.symbols if symbol.name in sizes}
        counts = [size.xreplace(known) for size in self.sizes]
        if not all(count.is_Integer and count > 0 for count in counts):
            left = ", ".join(str(count) for count in counts)
            raise GraphError(f"The sizes are {left}, and must be positive integers. Give one for each, as in N=5.")
        numbers = [int(count) for count in counts]
        cells = list(itertools.product(*map(range, numbers)))
        if len(cells) * sum(map(len, self.shifts.values())) > MAX_EDGES:
            raise GraphError(f"{len(cells)} cells have more than {MAX_EDGES} edges. Use smaller sizes.")
        nodes = [replace(node, name=_name(node.name, cell), label=None) for cell in cells for node in self.nodes]
        edges = []
        for edge, shifts in zip(self.edges, self.shifts.values(), strict=True):
            for cell in cells:
                for shift in shifts:
                    origin = tuple((k - d) % n for k, d, n in zip(cell, shift, numbers, strict=True))
                    source, target = _name(edge.source, origin), _name(edge.target, cell)
                    weight = edge.weight.xreplace(known)
                    edges.append(replace(edge, source=source, target=target, weight=weight))
        return Network(nodes, edges, name=f"{self.name}, {' x '.join(map(str, numbers))} cells")

    def to_networkx(self) -> NoReturn:
        """Refused: a graph has no shifts."""
        raise _no_form(self.name)

    def to_file(self, path: str | PathLike[str]) -> NoReturn:
        """Refused: a file has no shifts."""
        raise _no_form(self.name)

    def __repr__(self) -> str:
        return super().__repr__().replace("Network(", "PeriodicNetwork(", 1)


def _shifts(given: Sequence[Any], directions: int, place: tuple[str, str]) -> tuple[Shift, ...]:
    made = tuple((shift,) if isinstance(shift, int) else tuple(shift) for shift in given)
    if not made or any(len(shift) != directions or not all(isinstance(d, int) for d in shift) for shift in made):
        raise GraphError(f"The shifts of {place} are {given!r}; each needs {directions} integers, as in (1,).")
    if len(set(made)) < len(made):
        raise GraphError(f"The shifts of {place} are {given!r}, and one stands twice. Multiply the weight instead.")
    return made


def _name(node: str, cell: Shift) -> str:
    return "_".join([node, *(str(k + 1) for k in cell)])


def _no_form(name: str) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"{name} repeats periodically, and graphs and files hold every node. Write its cells out with with_sizes(N=5)."
    )
