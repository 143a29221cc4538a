"""Long sums of products as sympy expressions, put together without sympy's own sorting.

`sympy.Add` and `sympy.Mul` bring their arguments into a canonical order by comparing them pairwise, structure by
structure, which takes most of the time for thousands of terms. Here the few distinct factors are ranked once, and terms
are sorted by their ranks: the result is the same expression, a hundred times sooner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Any

import sympy
from sympy import Add, Basic, Expr, Integer, Mul

__all__ = ["expanded_sum"]

FEW = 8


def expanded_sum(generators: Sequence[Expr], terms: Mapping[tuple[int, ...], Any]) -> Expr:
    """The sum of integer multiples of power products."""
    if len(terms) <= FEW:
        return Add(*(Mul(Integer(int(c)), *_factors(generators, e)) for e, c in terms.items()))
    powers: dict[tuple[int, int], Expr] = {}
    numbers: dict[int, Expr] = {}
    rows = []
    for exponents, coefficient in terms.items():
        number = int(coefficient)
        row = [(k, e) for k, e in enumerate(exponents) if e]
        for key in row:
            if key not in powers:
                k, e = key
                powers[key] = generators[k] if e == 1 else sympy.Pow(generators[k], Integer(e))
        if number not in numbers:
            numbers[number] = Integer(number)
        rows.append((number, row))
    rank = _ranks([*powers.values(), *numbers.values()])
    power_rank = {key: rank[value] for key, value in powers.items()}
    number_rank = {key: rank[value] for key, value in numbers.items()}
    products: list[tuple[tuple[int, ...], Expr]] = []
    singles: list[Expr] = []
    constant = []
    for number, row in rows:
        row.sort(key=power_rank.__getitem__)
        factors = [powers[key] for key in row]
        if not factors:
            constant.append(numbers[number])
        elif number == 1 and len(factors) == 1:
            singles.append(factors[0])
        elif number == 1:
            products.append((tuple(power_rank[key] for key in row), Mul._from_args(factors)))
        else:
            ranks = (number_rank[number], *(power_rank[key] for key in row))
            products.append((ranks, Mul._from_args([numbers[number], *factors])))
    products.sort(key=lambda pair: (len(pair[0]), pair[0]))
    blocks = [[product for _, product in products], *_by_class(singles)]
    blocks = sorted((block for block in blocks if block), key=lambda block: _KEY(block[0]))
    return Add._from_args([*constant, *(term for block in blocks for term in block)])


_KEY = cmp_to_key(Basic.compare)


def _factors(generators: Sequence[Expr], exponents: Sequence[int]) -> list[Expr]:
    return [g**e for g, e in zip(generators, exponents, strict=False) if e]


def _ranks(atoms: list[Expr]) -> dict[Expr, int]:
    return {atom: position for position, atom in enumerate(sorted(atoms, key=_KEY))}


def _by_class(singles: list[Expr]) -> list[list[Expr]]:
    found: dict[type, list[Expr]] = {}
    for single in sorted(singles, key=_KEY):
        found.setdefault(type(single), []).append(single)
    return list(found.values())
