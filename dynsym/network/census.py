"""How often each small pattern of connections occurs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

import numpy as np

from dynsym.network._checks import known_signs
from dynsym.network.components import connecting
from dynsym.network.graph import Network

__all__ = ["MotifCensus", "motif_census"]


@dataclass(frozen=True)
class MotifCensus:
    """Counts of the patterns of two and of three nodes in a network.

    Parameters
    ----------
    name : str
        Name of the network.
    nodes, edges, self_loops : int
        `edges` counts self-loops too.
    mutual, one_way, unlinked : int
        Pairs of nodes by the number of edges between them: 2, 1 and 0.
    loops_of_two : mapping of str to int
        The mutual pairs by the signs of their two edges: ``"++"`` mutual excitation, ``"+-"`` excitation and
        inhibition, ``"--"`` mutual inhibition, ``"?"`` when a sign is not known.
    triads : mapping of str to int
        The sets of three nodes by their pattern, named as in the census of Holland and Leinhardt: the numbers of
        mutual, one-way and unlinked pairs, then a letter for down, up, cyclic or transitive.

    Examples
    --------
    >>> ds.motif_census(ds.motifs.ring(3)).triads["030C"]
    1
    """

    name: str
    _: KW_ONLY
    nodes: int
    edges: int
    self_loops: int
    mutual: int
    one_way: int
    unlinked: int
    loops_of_two: Mapping[str, int]
    triads: Mapping[str, int]

    @property
    def density(self) -> float:
        """Edges other than self-loops, as a share of those that could be."""
        possible = self.nodes * (self.nodes - 1)
        return (2 * self.mutual + self.one_way) / possible if possible else 0.0

    @property
    def reciprocity(self) -> float:
        """Share of the edges other than self-loops that have one the other way."""
        linked = 2 * self.mutual + self.one_way
        return 2 * self.mutual / linked if linked else 0.0

    def __repr__(self) -> str:
        loops = ", ".join(f"{signs} {count}" for signs, count in self.loops_of_two.items())
        triads = ", ".join(f"{kind} {count}" for kind, count in self.triads.items() if count)
        return (
            f"MotifCensus({self.name!r}: {self.nodes} nodes, {self.edges} edges ({self.self_loops} self-loops)\n"
            f"  pairs: {self.mutual} mutual, {self.one_way} one-way, {self.unlinked} unlinked; "
            f"density {self.density:.4g}, reciprocity {self.reciprocity:.4g}\n"
            f"  loops of two: {loops}\n"
            f"  triads: {triads or 'none'})"
        )


def motif_census(network: Network) -> MotifCensus:
    """Count the patterns of two and of three nodes.

    The triads are counted by products of adjacency matrices [1]_, so that dense networks are as quick as sparse ones.
    Edges of weight 0 that are not plastic do not count.

    References
    ----------
    .. [1] J. Moody (1998), Matrix methods for calculating the triad census, Social Networks 20:291-299.

    Examples
    --------
    >>> ds.motif_census(ds.load_network("pyloric"))
    MotifCensus('pyloric': 3 nodes, 5 edges (0 self-loops)
      pairs: 2 mutual, 1 one-way, 0 unlinked; density 0.8333, reciprocity 0.8
      loops of two: ++ 0, +- 0, -- 2, ? 0
      triads: 210 1)
    """
    size = network.size
    onto, origin = network.edge_index()
    present = connecting(network)
    onto, origin, signs = onto[present], origin[present], known_signs(network.edges)[present]
    links = np.zeros((size, size))
    links[origin, onto] = 1
    sign_of = np.zeros((size, size), np.int8)
    sign_of[origin, onto] = signs
    self_loops = int(np.trace(links))
    np.fill_diagonal(links, 0)
    mutual = links * links.T
    one_way = links - mutual
    unlinked = 1 - mutual - one_way - one_way.T
    np.fill_diagonal(unlinked, 0)
    return MotifCensus(
        network.name,
        nodes=size,
        edges=len(onto),
        self_loops=self_loops,
        mutual=int(mutual.sum()) // 2,
        one_way=int(one_way.sum()),
        unlinked=int(unlinked.sum()) // 2,
        loops_of_two=_signed_pairs(mutual, sign_of),
        triads=_triads(mutual, one_way, unlinked),
    )


def _signed_pairs(mutual: np.ndarray, sign_of: np.ndarray) -> dict[str, int]:
    i, j = np.nonzero(np.triu(mutual))
    there, back = sign_of[i, j].astype(int), sign_of[j, i].astype(int)
    known = there * back != 0
    total = there + back
    return {
        "++": int((known & (total == 2)).sum()),
        "+-": int((known & (total == 0)).sum()),
        "--": int((known & (total == -2)).sum()),
        "?": int((~known).sum()),
    }


def _triads(M: np.ndarray, A: np.ndarray, N: np.ndarray) -> dict[str, int]:
    """The census from mutual (M), one-way (A, source by target) and unlinked (N) pairs.

    Each pattern is a pair i, k of a given kind times the number of third nodes j with given kinds of link to both; the
    divisor is the number of ways in which the pattern is met.
    """

    def count(pair: np.ndarray, first: np.ndarray, second: np.ndarray, divisor: int) -> int:
        return round(float((pair * (first @ second)).sum())) // divisor

    return {
        "003": count(N, N, N, 6),
        "012": count(A, N, N, 1),
        "102": count(M, N, N, 2),
        "021D": count(N, A.T, A, 2),
        "021U": count(N, A, A.T, 2),
        "021C": count(N, A, A, 1),
        "111D": count(N, M, A.T, 1),
        "111U": count(N, M, A, 1),
        "030T": count(A, A, A, 1),
        "030C": count(A.T, A, A, 3),
        "201": count(N, M, M, 2),
        "120D": count(M, A.T, A, 2),
        "120U": count(M, A, A.T, 2),
        "120C": count(M, A, A, 1),
        "210": count(A, M, M, 1),
        "300": count(M, M, M, 6),
    }
