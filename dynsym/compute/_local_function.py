"""A rule's local expression as array code, with all its partial derivatives up to third order.

Its composition stays apart from that of `JetArithmetic`: array code and scalar code check each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from dynsym.arithmetic.functions import generated
from dynsym.arithmetic.jets import Jets, partitions_of, subsets_of
from dynsym.functions.smoothness import derivative

__all__ = ["LocalFunction"]


class LocalFunction:
    """A function of a few local variables and of constants, on arrays."""

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
                found = derivative(found, self._variables[k]).value
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
