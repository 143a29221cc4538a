"""Mixed derivatives along directions, by running a tape on jets instead of numbers.

A jet holds a quantity's value and its mixed derivatives along up to three directions; sums, products and functions of
jets follow the Leibniz rule and the formula of Faà di Bruno, so the result is exact, whatever the size of the formulas.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sympy import Expr

from dynsym._expressions.registry import NAMES
from dynsym.arithmetic.tape import Arithmetic

__all__ = ["JetArithmetic"]


class JetArithmetic(Arithmetic):
    """`Arithmetic` of jets: mapping of mask to number, a missing mask being zero; `jets[0]` is the (real) value."""

    def __init__(self, full: int) -> None:
        self.full = full

    def constant(self, value: Expr) -> Jets:
        return {0: np.float64(value)}  # type: ignore[dict-item]

    def add(self, left: Jets, right: Jets) -> Jets:
        found = dict(left)
        for mask, value in right.items():
            found[mask] = found[mask] + value if mask in found else value
        return found

    def multiply(self, left: Jets, right: Jets) -> Jets:
        if len(left) == 1:
            left, right = right, left
        if len(right) == 1:
            return {mask: value * right[0] for mask, value in left.items()}
        return product_jets(left, right, self.full, lambda a, b: a * b)

    def integer_power(self, base: Jets, exponent: int) -> Jets:
        return self._composed(base, *_power(base[0], exponent))

    def power(self, base: Jets, exponent: Jets) -> Jets:
        if len(exponent) == 1:
            return self._composed(base, *_power(base[0], exponent[0]))
        return self.function("exp", [self.multiply(exponent, self.function("log", [base]))])

    def square_root(self, base: Jets) -> Jets:
        return self._composed(base, *_power(base[0], 0.5))

    def function(self, name: str, arguments: Sequence[Jets]) -> Jets:
        if name in ("Min", "Max"):
            wins = np.less if name == "Min" else np.greater
            best = arguments[0]
            for other in arguments[1:]:
                best = best if wins(best[0], other[0]) else other
            return best
        x = arguments[0]
        return self._composed(x, *NAMES[name].derivatives(x[0]))

    def _composed(self, inner: Jets, *derivatives: Any) -> Jets:
        """f at a jet, from f, f', f'', f''' at its value."""
        found: Jets = {0: derivatives[0]}
        if len(inner) == 1:
            return found
        for mask in subsets_of(self.full):
            total: Any = None
            for blocks in partitions_of(mask):
                if all(block in inner for block in blocks):
                    term = derivatives[len(blocks)]
                    for block in blocks:
                        term = term * inner[block]
                    total = term if total is None else total + term
            if total is not None:
                found[mask] = total
        return found


Derivatives = tuple[Any, Any, Any, Any]


def _power(x: Any, n: Any) -> Derivatives:
    """x**n and three derivatives; a factor 0 beats a negative power of 0."""
    found, factor = [], 1.0
    for order in range(4):
        found.append(factor * np.float64(x) ** (n - order) if factor else 0.0)
        factor *= n - order
    return found[0], found[1], found[2], found[3]


Array = np.ndarray


Jets = dict[int, Array]
"""A quantity along up to three directions at once: `jets[mask]` is its mixed derivative along the directions whose bits
are in `mask`; `jets[0]` is its value. A missing mask is zero."""


def product_jets(left: Jets, right: Jets, full: int, multiply: Callable[[Any, Any], Any]) -> Jets:
    """The Leibniz rule for a bilinear product."""
    found: Jets = {}
    for mask in (0, *subsets_of(full)):
        for part, rest in _splits(mask):
            if part in left and rest in right:
                term = multiply(left[part], right[rest])
                found[mask] = found[mask] + term if mask in found else term
    return found


@functools.cache
def subsets_of(full: int) -> tuple[int, ...]:
    """The masks of the nonempty sets of directions in `full`, ascending."""
    return tuple(mask for mask in range(1, full + 1) if mask & full == mask)


@functools.cache
def _splits(mask: int) -> tuple[tuple[int, int], ...]:
    return tuple((part, mask ^ part) for part in range(mask + 1) if part & mask == part)


@functools.cache
def partitions_of(mask: int) -> tuple[tuple[int, ...], ...]:
    """The partitions of a set of directions into blocks, each block a mask."""
    return tuple(_partitions(tuple(1 << k for k in range(mask.bit_length()) if mask >> k & 1)))


def _partitions(bits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not bits:
        yield ()
        return
    first, rest = bits[0], bits[1:]
    for partition in _partitions(rest):
        yield (first, *partition)
        for k, block in enumerate(partition):
            yield (*partition[:k], block | first, *partition[k + 1 :])
