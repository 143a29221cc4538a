r"""Determinants of λ - J made smaller, exactly, before anything is expanded.

Slaved states: where states s do not act on each other and J_ss = f_s, a Schur complement removes them,

    det(λ - J) = Π (λ - f_s) · det(λ - A - Σ_s b_s c_s / (λ - f_s));

each row of the pencil is multiplied by the λ - f of the states that act on it. With plastic weights this leaves a
matrix as large as the number of neurons, whatever the graph and the local rule.

Twins: rows and columns i, j that can be exchanged give a factor P_ii - P_ij each and merge. Equitable partition: where
all rows of a class have the same sum over each class, the matrix of the classes is one factor and what is left of the
differences is the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dynsym._budget import Clock
from dynsym.algebra.determinants import characteristic_rows, determinant, strong_components
from dynsym.algebra.ring import Polynomial, Quotient, Ring
from dynsym.errors import BudgetExceeded

__all__ = ["Factored", "Form", "OnlyAFactor", "factored_determinant", "has_classes", "is_short", "pencil", "plain_form"]

SMALL = 8
"""Up to this size a determinant is expanded as it is, unless there are twins."""


@dataclass(frozen=True)
class OnlyAFactor:
    """What an equitable partition gives where the differences within its classes are too long to expand."""

    parts: list[tuple[Polynomial, int]]


Matrix = dict[tuple[int, int], Polynomial]
Factored = list[tuple[Polynomial, int]]
Factoriser = Callable[[Polynomial], Factored]


Form = tuple[Matrix, int, Factored, str]
"""A polynomial matrix, its size, known factors with their powers, and what was done.

The determinant of the matrix times the known factors is det(λ - J), up to what is free of λ; a power is negative where
the determinant of the matrix has the factor too often.
"""


def plain_form(ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, eigenvalue: Polynomial) -> Form:
    """λ - J itself, each row times its denominators."""
    return characteristic_rows(ring, entries, size, eigenvalue), size, [], ""


def pencil(ring: Ring, entries: Mapping[tuple[int, int], Quotient], size: int, eigenvalue: Polynomial) -> Form | None:
    """The Schur complement of slaved states; None where these are not the larger part.

    Its rows are of higher degree: `is_short` says whether that is worth while.
    """
    slaves = _slaved(entries, size)
    kept = [i for i in range(size) if i not in slaves]
    if len(slaves) < max(len(kept), 2):
        return None
    position = {i: k for k, i in enumerate(kept)}
    own: dict[int, Polynomial] = {}
    powers: Counter[str] = Counter()
    for s in slaves:
        numerator, denominator = entries.get((s, s), (ring.zero, ring.one))
        own[s] = eigenvalue * denominator - numerator
        powers[str(own[s])] += 1
    by_key = {str(factor): factor for factor in own.values()}
    reached: dict[int, list[tuple[int, Quotient]]] = defaultdict(list)
    acting: dict[int, list[tuple[int, Quotient]]] = defaultdict(list)
    for (i, j), entry in entries.items():
        if i in slaves and j not in slaves:
            reached[i].append((j, entry))
        elif j in slaves and i not in slaves:
            acting[i].append((j, entry))
    matrix: Matrix = {}
    for i in kept:
        matrix.update(_row(ring, i, position, entries, eigenvalue, acting[i], reached, own))
        powers.subtract({str(own[s]) for s, _ in acting[i]})
    what = f"Schur complement: {len(slaves)} of {size} states leave a matrix of {len(kept)}"
    known = [(by_key[key], power) for key, power in powers.items()]
    return {p: e for p, e in matrix.items() if not e.is_zero()}, len(kept), known, what


def is_short(form: Form, size: int) -> bool:
    """Whether a pencil has rows of degree two at most, one factor λ - f a row: so it is for weights with one decay."""
    _, left, known, _ = form
    return sum(power for _, power in known) >= size - 2 * left


def _slaved(entries: Mapping[tuple[int, int], Quotient], size: int) -> set[int]:
    """States that do not act on each other, those with the fewest neighbours first."""
    neighbours: list[set[int]] = [set() for _ in range(size)]
    for i, j in entries:
        if i != j:
            neighbours[i].add(j)
            neighbours[j].add(i)
    chosen: set[int] = set()
    for i in sorted(range(size), key=lambda k: (len(neighbours[k]), -k)):
        if not neighbours[i] & chosen:
            chosen.add(i)
    return chosen


def _row(
    ring: Ring,
    i: int,
    position: Mapping[int, int],
    entries: Mapping[tuple[int, int], Quotient],
    eigenvalue: Polynomial,
    acting: list[tuple[int, Quotient]],
    reached: Mapping[int, list[tuple[int, Quotient]]],
    own: Mapping[int, Polynomial],
) -> Matrix:
    """Row i of λ - A - Σ b c/(λ - f), times the λ - f of the states that act on it and all denominators."""
    below: dict[str, Polynomial] = {str(own[s]): own[s] for s, _ in acting}
    whole = ring.one
    for factor in below.values():
        whole = whole * factor
    parts: list[tuple[int, Quotient, Polynomial]] = []
    for j, k in position.items():
        entry = entries.get((i, j))
        if entry is not None:
            parts.append((k, (-entry[0], entry[1]), whole))
    for s, (b, under_b) in acting:
        rest = whole / own[s]
        denominator = entries.get((s, s), (ring.zero, ring.one))[1]
        for j, (c, under_c) in reached[s]:
            # c/(λ - n/d) = c d/(λ d - n)
            parts.append((position[j], (-b * c * denominator, under_b * under_c), rest))
    common = ring.common_multiple(under for _, (_, under), _ in parts)
    row: Matrix = {(position[i], position[i]): eigenvalue * whole * common}
    for k, (above, under), rest in parts:
        place = (position[i], k)
        row[place] = row.get(place, ring.zero) + above * (common / under) * rest
    return row


def has_classes(entries: Mapping[tuple[int, int], Quotient], size: int) -> bool:
    """Whether some rows of a matrix cannot be told apart by their entries."""
    known: dict[tuple[str, str], int] = {}
    numbers = {
        place: known.setdefault((str(above), str(below)), len(known) + 1) for place, (above, below) in entries.items()
    }
    return len(_refined(numbers, size)) < size


def factored_determinant(
    ring: Ring, matrix: Matrix, size: int, clock: Clock, factorise: Factoriser, log: list[str]
) -> Factored:
    """The factors of a determinant, after twins and classes were split off."""
    found: Factored = []
    for component in strong_components(size, matrix):
        inside = {i: k for k, i in enumerate(component)}
        block = {(inside[i], inside[j]): e for (i, j), e in matrix.items() if i in inside and j in inside}
        found += _split(ring, block, len(component), clock, factorise, log)
    return found


def _split(ring: Ring, matrix: Matrix, size: int, clock: Clock, factorise: Factoriser, log: list[str]) -> Factored:
    clock.check("reductions")
    numbers = _numbered(matrix)
    classes = _refined(numbers, size)
    if len(classes) == size:
        return factorise(determinant(ring, matrix, size, clock))
    twins = [group for members in classes for group in _twins(numbers, members, size)]
    found: Factored = []
    if len(twins) < size:
        for group in twins:
            if len(group) > 1:
                i, j = group[:2]
                difference: Polynomial = matrix.get((i, i), ring.zero)
                difference = difference - matrix.get((i, j), ring.zero)
                found += [(factor, power * (len(group) - 1)) for factor, power in factorise(difference)]
        log.append(f"twin classes: {size} rows in {len(twins)} classes")
        quotient = _quotient(ring, matrix, twins)
        return factored_determinant(ring, quotient, len(twins), clock, factorise, log) + found
    if size <= SMALL:
        return factorise(determinant(ring, matrix, size, clock))
    log.append(f"equitable partition: {size} rows in {len(classes)} classes, and what differs within them")
    quotient = _quotient(ring, matrix, classes)
    rest, left = _differences(ring, matrix, classes)
    parts = factored_determinant(ring, quotient, len(classes), clock, factorise, log)
    try:
        return parts + factored_determinant(ring, rest, left, clock, factorise, log)
    except BudgetExceeded as stop:
        raise BudgetExceeded(str(stop), best=OnlyAFactor(parts)) from stop


def _numbered(matrix: Matrix) -> dict[tuple[int, int], int]:
    """Equal entries by equal numbers; 0 stands for no entry."""
    known: dict[str, int] = {}
    return {place: known.setdefault(str(entry), len(known) + 1) for place, entry in matrix.items()}


def _refined(numbers: Mapping[tuple[int, int], int], size: int) -> list[list[int]]:
    """Classes of rows that have equally many of each entry in each class."""
    rows: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for (i, j), number in numbers.items():
        if i != j:
            rows[i].append((j, number))
    keys: list[Any] = [numbers.get((i, i), 0) for i in range(size)]
    colours, count = _coloured(keys)
    while True:
        keys = [
            (colours[i], tuple(sorted(Counter((colours[j], number) for j, number in row).items())))
            for i, row in enumerate(rows)
        ]
        colours, refined = _coloured(keys)
        if refined == count:
            break
        count = refined
    classes: list[list[int]] = [[] for _ in range(count)]
    for i, colour in enumerate(colours):
        classes[colour].append(i)
    return classes


def _coloured(keys: list[Any]) -> tuple[list[int], int]:
    found: dict[Any, int] = {}
    return [found.setdefault(key, len(found)) for key in keys], len(found)


def _twins(numbers: Mapping[tuple[int, int], int], members: list[int], size: int) -> list[list[int]]:
    """Groups of rows of one class that can be exchanged two by two."""
    groups: list[list[int]] = []
    for i in members:
        for group in groups:
            if _are_twins(numbers, group[0], i, size):
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def _are_twins(numbers: Mapping[tuple[int, int], int], i: int, j: int, size: int) -> bool:
    if numbers.get((i, j), 0) != numbers.get((j, i), 0):
        return False
    return all(
        numbers.get((i, k), 0) == numbers.get((j, k), 0) and numbers.get((k, i), 0) == numbers.get((k, j), 0)
        for k in range(size)
        if k not in (i, j)
    )


def _quotient(ring: Ring, matrix: Matrix, classes: list[list[int]]) -> Matrix:
    """Sums of the first row of each class over each class."""
    colour = {i: a for a, members in enumerate(classes) for i in members}
    first = {members[0]: a for a, members in enumerate(classes)}
    found: Matrix = {}
    for (i, j), entry in matrix.items():
        if i in first:
            place = (first[i], colour[j])
            found[place] = found.get(place, ring.zero) + entry
    return {place: entry for place, entry in found.items() if not entry.is_zero()}


def _differences(ring: Ring, matrix: Matrix, classes: list[list[int]]) -> tuple[Matrix, int]:
    """P_ij - P_rj for i, j other than the first rows r of their classes."""
    first = {i: members[0] for members in classes for i in members}
    others = [i for i in sorted(first) if first[i] != i]
    position = {i: k for k, i in enumerate(others)}
    members_of = defaultdict(list)
    for i in others:
        members_of[first[i]].append(i)
    found: Matrix = {}
    for (i, j), entry in matrix.items():
        if j not in position:
            continue
        if i in position:
            place = (position[i], position[j])
            found[place] = found.get(place, ring.zero) + entry
        for k in members_of.get(i, ()):
            place = (position[k], position[j])
            found[place] = found.get(place, ring.zero) - entry
    return {place: entry for place, entry in found.items() if not entry.is_zero()}, len(others)
