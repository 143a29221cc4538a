"""Determinants of polynomial matrices: Laplace expansion remembered by column subset, one block after the other.

Row by row, the minors of the rows so far are kept by their set of columns: 2^n n products at most, far fewer when the
matrix is sparse, and no division. The number of terms is bounded beforehand by the same recursion over integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dynsym._budget import Clock
from dynsym.algebra.ring import Polynomial, Quotient, Ring

__all__ = ["characteristic_rows", "determinant", "maximal_minors", "most_terms", "predicted_terms", "strong_components"]

LARGEST_PRODUCT = 100_000

Entries = Mapping[tuple[int, int], Any]

SLACK = 100
"""How much less than predicted there may be: terms cancel and coincide, and are counted once they are there."""


def strong_components(size: int, places: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Strongly connected components of the graph of a matrix, by Tarjan's algorithm without recursion.

    Ordered so that the matrix is block triangular; each component is sorted.
    """
    neighbours: list[list[int]] = [[] for _ in range(size)]
    for i, j in places:
        if i != j:
            neighbours[i].append(j)
    order, low, on_stack = [-1] * size, [0] * size, [False] * size
    stack: list[int] = []
    components: list[list[int]] = []
    counter = 0
    for root in range(size):
        if order[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                order[node] = low[node] = counter
                counter += 1
                stack.append(node)
                on_stack[node] = True
            for k in range(position, len(neighbours[node])):
                other = neighbours[node][k]
                if order[other] < 0:
                    work.extend([(node, k + 1), (other, 0)])
                    break
                if on_stack[other]:
                    low[node] = min(low[node], order[other])
            else:
                if low[node] == order[node]:
                    component: list[int] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        on_stack[component[-1]] = False
                    components.append(sorted(component))
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
    return components


def characteristic_rows(
    ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, eigenvalue: Polynomial
) -> dict[tuple[int, int], Polynomial]:
    """λ - A, each row times its denominators; what they come to is the lead of λ in the row."""
    below: list[list[Polynomial]] = [[] for _ in range(size)]
    for (i, _), (_, denominator) in entries.items():
        below[i].append(denominator)
    common = [ring.common_multiple(row) for row in below]
    rows = {(i, i): eigenvalue * factor for i, factor in enumerate(common)}
    for (i, j), (numerator, denominator) in entries.items():
        rows[i, j] = rows.get((i, j), ring.zero) - numerator * (common[i] / denominator)
    return {place: entry for place, entry in rows.items() if not entry.is_zero()}


def determinant(ring: Ring, entries: Mapping[tuple[int, int], Polynomial], size: int, clock: Clock) -> Polynomial:
    """The determinant, expanded."""
    result = ring.one
    for component in strong_components(size, entries):
        inside = {i: k for k, i in enumerate(component)}
        block = {(inside[i], inside[j]): e for (i, j), e in entries.items() if i in inside and j in inside}
        predicted = len(result) * most_terms(block, len(component), clock)
        clock.check_terms("determinant", predicted // SLACK)
        result = result * _expanded(block, len(component), ring.one, clock)
        clock.check_terms("determinant", len(result))
    return result


def maximal_minors(
    ring: Ring, entries: Mapping[tuple[int, int], Polynomial], rows: int, clock: Clock
) -> list[Polynomial]:
    """The minors of a matrix with one column more than rows, by the column that is left out."""
    minors = _minors(entries, rows, ring.one, clock)
    full = (1 << (rows + 1)) - 1
    return [minors.get(full ^ (1 << j), ring.zero) for j in range(rows + 1)]


def most_terms(entries: Mapping[tuple[int, int], Polynomial], size: int, clock: Clock) -> int:
    """A bound on the number of terms of a determinant: by products of terms, and by degrees."""
    return min(predicted_terms(entries, size, clock), _most_monomials(entries))


def _most_monomials(entries: Mapping[tuple[int, int], Polynomial]) -> int:
    """A bound from degrees: the exponent of each generator is at most the sum of its largest ones by row."""
    rows: dict[int, list[int]] = {}
    for (i, _), entry in entries.items():
        degrees = list(entry.degrees())
        known = rows.get(i)
        rows[i] = degrees if known is None else [max(pair) for pair in zip(known, degrees, strict=True)]
    bound = 1
    for exponents in zip(*rows.values(), strict=True):
        bound *= 1 + sum(exponents)
    return bound


def predicted_terms(entries: Entries, size: int, clock: Clock) -> int:
    """A bound on the number of terms of a determinant, with no cancellation."""
    counts = {place: len(entry) for place, entry in entries.items()}
    return _expanded(counts, size, 1, clock, signed=False)


def _expanded(entries: Entries, size: int, one: Any, clock: Clock, *, signed: bool = True) -> Any:
    return _minors(entries, size, one, clock, signed=signed).get((1 << size) - 1, one - one)


def _minors(entries: Entries, size: int, one: Any, clock: Clock, *, signed: bool = True) -> dict[int, Any]:
    """The minors of all rows, by column subset."""
    rows: list[list[tuple[int, Any]]] = [[] for _ in range(size)]
    for (i, j), entry in sorted(entries.items(), key=lambda item: item[0]):
        rows[i].append((j, entry))
    order = _row_order(rows)
    minors: dict[int, Any] = {0: one}
    for row in order:
        clock.check("determinant")
        clock.check_terms("determinant", len(minors))
        grown: dict[int, Any] = {}
        for columns, minor in minors.items():
            for j, entry in rows[row]:
                bit = 1 << j
                if columns & bit:
                    continue
                if signed and len(minor) * len(entry) > LARGEST_PRODUCT:
                    clock.check("determinant")
                    clock.check_terms("determinant", len(minor))
                term = minor * entry
                if signed and (columns >> (j + 1)).bit_count() & 1:
                    term = -term
                key = columns | bit
                grown[key] = grown[key] + term if key in grown else term
        minors = grown
    return {k: -minor for k, minor in minors.items()} if signed and _is_odd(order) else minors


def _row_order(rows: list[list[tuple[int, Any]]]) -> list[int]:
    """Sparse rows first, staying near the columns that were used, so that few subsets are open at a time."""
    left, used, order = set(range(len(rows))), 0, []
    while left:

        def cost(row: int, seen: int = used) -> tuple[int, int, int]:
            fresh = sum(1 for j, _ in rows[row] if not seen >> j & 1)
            return fresh, len(rows[row]), row

        best = min(left, key=cost)
        left.remove(best)
        order.append(best)
        for j, _ in rows[best]:
            used |= 1 << j
    return order


def _is_odd(permutation: list[int]) -> bool:
    seen: set[int] = set()
    transpositions = 0
    for start in range(len(permutation)):
        length, k = 0, start
        while k not in seen:
            seen.add(k)
            k = permutation[k]
            length += 1
        transpositions += max(length - 1, 0)
    return transpositions % 2 == 1
