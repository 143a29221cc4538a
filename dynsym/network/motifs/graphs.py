"""Graphs of one kind of node: pairs, rings, chains, complete graphs, stars and barbells.

Each takes its node names from `nodes` (``x1, x2, ...`` by default), one `weight` for all edges (the real symbol ``w``
by default) and one `bias` for all nodes or one for each. A weight of 0 keeps its edge, so that a synapse rule can make
it plastic.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dynsym._docstrings import documented
from dynsym.errors import GraphError
from dynsym.network._checks import class_size
from dynsym.network.elements import Edge, Node
from dynsym.network.graph import Network
from dynsym.network.motifs._assembly import Names, is_symbolic, node_names, one_weight_network, refuse_many
from dynsym.network.periodic import PeriodicNetwork
from dynsym.network.quantities import quantity

__all__ = ["barbell", "bidirectional", "chain", "complete", "ring", "star", "torus", "unidirectional"]

MANY = {"nodes": "sequence of str, optional", "weight": "number, str or Expr", "bias": "number, str, Expr or sequence"}
TWO = MANY | {"nodes": "sequence of two str, optional"}


@documented("GraphError: If there are not two nodes.", TWO)
def bidirectional(*, nodes: Names = None, weight: Any = "w", bias: Any = 0) -> Network:
    """Two nodes that drive each other.

    Examples
    --------
    >>> ds.motifs.bidirectional().symbolic_weight_matrix()
    Matrix([
    [0, w],
    [w, 0]])
    """
    names = node_names(2, nodes, exactly=2)
    return one_weight_network("bidirectional pair", names, [(0, 1), (1, 0)], weight, bias)


@documented("GraphError: If there are not two nodes.", TWO)
def unidirectional(*, nodes: Names = None, weight: Any = "w", bias: Any = 0) -> Network:
    """Two nodes, the first of which drives the second.

    Examples
    --------
    >>> ds.motifs.unidirectional(nodes=("a", "b")).symbolic_weight_matrix()
    Matrix([
    [0, 0],
    [w, 0]])
    """
    names = node_names(2, nodes, exactly=2)
    return one_weight_network("unidirectional pair", names, [(0, 1)], weight, bias)


@documented("GraphError: If there are too few nodes.", MANY)
def ring(
    size: Any = None, *, both_ways: bool = False, nodes: Names = None, weight: Any = "w", bias: Any = 0
) -> Network:
    """A ring x1 -> x2 -> ... -> xn -> x1.

    With a name as its size it is a ring of any number of nodes: a `PeriodicNetwork` with the one node ``x``.

    Parameters
    ----------
    size : int, str or Expr, optional
        Number of nodes, 3 by default; at least 2, and at least 3 both ways.
    both_ways : bool
        Whether each node drives the one before it too.

    Examples
    --------
    >>> ds.motifs.ring(3, weight=2).weight_matrix()
    array([[0., 0., 2.],
           [2., 0., 0.],
           [0., 2., 0.]])
    >>> ds.motifs.ring("N").sizes
    (N,)
    """
    if is_symbolic(size):
        return _repeated(f"{_ways(both_ways)} ring", nodes, weight, bias, (size,), (1, -1) if both_ways else (1,))
    names = node_names(3, nodes, given=size, least=3 if both_ways else 2)
    n = len(names)
    forth = [(k, (k + 1) % n) for k in range(n)]
    back = [(j, i) for i, j in forth] if both_ways else []
    return one_weight_network(f"{_ways(both_ways)} ring of {n}", names, forth + back, weight, bias)


@documented("GraphError: If there are too few nodes.")
def torus(
    rows: Any = None,
    columns: Any = None,
    *,
    both_ways: bool = True,
    nodes: Names = None,
    weight: Any = "w",
    bias: Any = 0,
) -> Network:
    """A grid that closes on itself: the product of two rings.

    With two numbers as sizes it has nodes ``x_1_1, x_1_2, ...``; otherwise it is a `PeriodicNetwork` with the one
    node ``x``.

    Parameters
    ----------
    rows, columns : int, str or Expr, optional
        Number of nodes in each direction, 3 by default; at least 2, and at least 3 both ways.
    both_ways : bool
        Whether each node drives the ones before it too.
    nodes : sequence of one str, optional
        What the nodes are called.
    weight : number, str or Expr
    bias : number, str or Expr

    Examples
    --------
    >>> ds.motifs.torus(3, 4).size, ds.motifs.torus("N", "M").sizes
    (12, (N, M))
    """
    sizes = tuple(3 if size is None else size for size in (rows, columns))
    least = 3 if both_ways else 2
    if any(isinstance(size, int) and size < least for size in sizes):
        raise GraphError(f"A torus of {sizes[0]} by {sizes[1]} was asked for; each direction needs {least} or more.")
    shifts = ((1, 0), (0, 1), (-1, 0), (0, -1)) if both_ways else ((1, 0), (0, 1))
    whole = _repeated(f"{_ways(both_ways)} torus", nodes, weight, bias, sizes, shifts)
    return whole if any(map(is_symbolic, sizes)) else whole.with_sizes()


@documented("GraphError: If there are too few nodes.", MANY)
def chain(
    size: int | None = None, *, both_ways: bool = False, nodes: Names = None, weight: Any = "w", bias: Any = 0
) -> Network:
    """A chain x1 -> x2 -> ... -> xn.

    Parameters
    ----------
    size : int, optional
        Number of nodes, 3 by default; at least 2.
    both_ways : bool
        Whether each node drives the one before it too.

    Examples
    --------
    >>> len(ds.motifs.chain(4).edges), len(ds.motifs.chain(4, both_ways=True).edges)
    (3, 6)
    """
    names = node_names(3, nodes, given=size, least=2)
    forth = [(k, k + 1) for k in range(len(names) - 1)]
    back = [(j, i) for i, j in forth] if both_ways else []
    return one_weight_network(f"{_ways(both_ways)} chain of {len(names)}", names, forth + back, weight, bias)


@documented(kinds=MANY)
def complete(
    size: Any = None, *, self_coupling: bool = False, nodes: Names = None, weight: Any = "w", bias: Any = 0
) -> Network:
    """All-to-all coupling.

    With a name as its size it has one node, ``x``, that stands for so many (its `multiplicity`).

    Parameters
    ----------
    size : int, str or Expr, optional
        Number of nodes, 3 by default.
    self_coupling : bool
        Whether each node drives itself too.

    Raises
    ------
    GraphError
        If there are no nodes.
    LimitError
        If there would be too many nodes or edges.

    Examples
    --------
    >>> ds.motifs.complete(3, weight=1).weight_matrix()
    array([[0., 1., 1.],
           [1., 0., 1.],
           [1., 1., 0.]])
    >>> ds.motifs.complete("n").symbolic_weight_matrix()
    Matrix([[w*(n - 1)]])
    """
    if is_symbolic(size):
        (name,) = node_names(1, nodes or ("x",), exactly=1)
        one = Node(name, multiplicity=class_size(size, "size"), self_coupling=self_coupling)
        edge = Edge(name, name, quantity(weight, "weight"))
        return Network([one], [edge], name=f"complete graph of {one.multiplicity}").with_biases(bias)
    names = node_names(3, nodes, given=size)
    n = len(names)
    refuse_many(n * n, f"A complete graph of {n} nodes")
    pairs = [(j, i) for i in range(n) for j in range(n) if i != j or self_coupling]
    return one_weight_network(f"complete graph of {n}", names, pairs, weight, bias)


@documented("GraphError: If there are too few nodes.", MANY)
def star(size: Any = None, *, both_ways: bool = True, nodes: Names = None, weight: Any = "w", bias: Any = 0) -> Network:
    """A hub, the first node, that drives all others.

    With a name as its size it has two nodes, ``hub`` and ``x``; the second stands for all others.

    Parameters
    ----------
    size : int, str or Expr, optional
        Number of nodes with the hub, 4 by default; at least 2.
    both_ways : bool
        Whether the others drive the hub too.

    Examples
    --------
    >>> ds.motifs.star(3, weight=1).weight_matrix()
    array([[0., 1., 1.],
           [1., 0., 0.],
           [1., 0., 0.]])
    """
    if is_symbolic(size):
        hub, name = node_names(2, nodes or ("hub", "x"), exactly=2)
        count = class_size(size, "size")
        one, many = Node(hub), Node(name, multiplicity=count - 1)
        exact = quantity(weight, "weight")
        edges = [Edge(hub, name, exact), *([Edge(name, hub, exact)] if both_ways else [])]
        return Network([one, many], edges, name=f"{_ways(both_ways)} star of {count}").with_biases(bias)
    names = node_names(4, nodes, given=size, least=2)
    forth = [(0, k) for k in range(1, len(names))]
    back = [(j, i) for i, j in forth] if both_ways else []
    return one_weight_network(f"{_ways(both_ways)} star of {len(names)}", names, forth + back, weight, bias)


@documented(kinds=MANY)
def barbell(size: int = 3, *, bridge: int = 0, nodes: Names = None, weight: Any = "w", bias: Any = 0) -> Network:
    """Two complete graphs, the bells, joined by a two-way path.

    The edges within the bells are in the group ``"inner"``, those of the path in the group ``"bridge"``. Nodes are
    ordered first bell, path, second bell; the path leaves the last node of the first bell and reaches the first node
    of the second.

    Parameters
    ----------
    size : int
        Number of nodes in each bell; at least 2.
    bridge : int
        Number of nodes on the path between the bells; with 0 one pair of edges joins them.

    Raises
    ------
    GraphError
        If the numbers do not fit.
    LimitError
        If there would be too many nodes or edges.

    Examples
    --------
    >>> ds.motifs.barbell(2).groups
    ('inner', 'bridge')
    """
    if size < 2 or bridge < 0:
        raise GraphError(f"A barbell of size {size} and bridge {bridge} was asked for. Give size >= 2 and bridge >= 0.")
    n = 2 * size + bridge
    names = node_names(n, nodes, given=n)
    refuse_many(2 * size * size, f"A barbell of two bells of {size} nodes")
    inner = [(j, i) for bell in (range(size), range(n - size, n)) for i in bell for j in bell if i != j]
    path = [(k, k + 1) for k in range(size - 1, size + bridge)]
    groups = ["inner"] * len(inner) + ["bridge"] * (2 * len(path))
    pairs = inner + path + [(j, i) for i, j in path]
    return one_weight_network(f"barbell of two bells of {size}", names, pairs, weight, bias, groups)


def _repeated(
    kind: str, nodes: Names, weight: Any, bias: Any, sizes: tuple[Any, ...], shifts: tuple[Any, ...]
) -> PeriodicNetwork:
    """One node that repeats, and drives others at these shifts."""
    (name,) = node_names(1, nodes or ("x",), exactly=1)
    counts = tuple(class_size(size, "size") for size in sizes)
    edge = Edge(name, name, quantity(weight, "weight"))
    label = f"{kind} of {' by '.join(map(str, counts))}"
    made = PeriodicNetwork([name], [edge], name=label, sizes=counts, shifts={(name, name): shifts})
    return replace(made, nodes=made.with_biases(bias).nodes)


def _ways(both_ways: bool) -> str:
    return "two-way" if both_ways else "one-way"
