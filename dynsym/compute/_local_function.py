"""A rule's local expression as array code, with all its partial derivatives up to third order."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from dynsym.compute._functions import generated
from dynsym.model._rewriting import derivative

__all__ = ["Jets", "LocalFunction", "partitions_of", "product_jets", "subsets_of"]

Array = np.ndarray
Jets = dict[int, Array]
"""A quantity along up to three directions at once: `jets[mask]` is its mixed derivative along the directions whose bits
are in `mask`; `jets[0]` is its value. A missing mask is zero."""


class LocalFunction:
    """A function of a few local variables and of constants, on arrays.

    Parameters
    ----------
    expression : Expr
    variables : sequence of Symbol
        What it is differentiated by.
    constants : sequence of Symbol
        Further arguments: parameters of the system, per-node constants.
    """

    def __init__(self, expression: Expr, variables: Sequence[Symbol], constants: Sequence[Symbol]) -> None:
        own = {s: Symbol(f"a{k}", real=True) for k, s in enumerate([*variables, *constants])}
        self._arguments = list(own.values())
        self._variables = self._arguments[: len(variables)]
        self._expression = expression.xreplace(own)

    @cached_property
    def _partials(self) -> dict[tuple[int, ...], Callable[..., Any] | None]:
        return {}

    def partial(self, indices: tuple[int, ...], values: Sequence[Any]) -> Any:
        """The mixed partial derivative by the variables at `indices`; None where it vanishes identically."""
        indices = tuple(sorted(indices))
        if indices not in self._partials:
            found = self._expression
            for k in indices:
                found = derivative(found, self._variables[k])
            self._partials[indices] = None if found == 0 else generated(self._arguments, found, arrays=True)
        function = self._partials[indices]
        if function is None:
            return None
        with np.errstate(all="ignore"):
            return function(*values)

    def __call__(self, values: Sequence[Any]) -> Any:
        found = self.partial((), values)
        return 0.0 if found is None else found

    def jets(self, arguments: Sequence[Jets], constants: Sequence[Any], full: int) -> Jets:
        """The function along the directions of its arguments, for every subset of the directions in `full`."""
        values = [a[0] for a in arguments] + list(constants)
        found: Jets = {0: self(values)}
        for mask in subsets_of(full):
            total: Any = None
            for blocks in partitions_of(mask):
                moving = [[k for k, a in enumerate(arguments) if block in a] for block in blocks]
                for chosen in itertools.product(*moving):
                    slope = self.partial(chosen, values)
                    if slope is None:
                        continue
                    term = slope
                    for k, block in zip(chosen, blocks, strict=True):
                        term = term * arguments[k][block]
                    total = term if total is None else total + term
            if total is not None:
                found[mask] = total
        return found


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
