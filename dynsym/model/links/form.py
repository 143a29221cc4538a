"""The equations of a network's equilibria as linear maps of one-variable links, with cubic Hebbian terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Symbol

from dynsym.functions.activation import Activation


@dataclass(frozen=True, eq=False, repr=False)
class LinkForm:
    """Equilibrium equations as y = bias + W φ(y) + φ(y) ∘ (K φ(y)²).

    Parameters
    ----------
    bias : tuple of Expr, length m
    weights, cubic : mapping of (row, column) to Expr
        W and K, zero entries left out.
    activations : tuple of Activation, length m
        Gains and thresholds are inside y: these are plain.
    unknown_symbols, link_symbols : tuple of Symbol, length m
        y_1 … y_m, and v_1 … v_m for the link outputs φ(y).
    states : tuple of Expr
        Each state of the system, in its order, as an expression of the unknown and link symbols.
    factors : tuple of Expr
        What was divided by; the form holds where none of them is zero. Free of states.

    Notes
    -----
    Solutions y and equilibria correspond one to one: y is affine in the states, and `states` gives them back.

    Examples
    --------
    >>> import dynsym as ds
    >>> form = ds.link_form(ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2"))))
    >>> form
    LinkForm(2 links: tanh (2); 2 weights, 0 cubic terms)
    >>> form.weights
    {(0, 1): w, (1, 0): w}
    """

    bias: tuple[Expr, ...]
    weights: Mapping[tuple[int, int], Expr]
    cubic: Mapping[tuple[int, int], Expr]
    activations: tuple[Activation, ...]
    unknown_symbols: tuple[Symbol, ...]
    link_symbols: tuple[Symbol, ...]
    states: tuple[Expr, ...]
    factors: tuple[Expr, ...] = ()

    @property
    def size(self) -> int:
        """The number of links."""
        return len(self.bias)

    @cached_property
    def unknowns(self) -> tuple[Expr, ...]:
        """The right-hand side: each y at an equilibrium, as an expression of the link symbols."""
        v = self.link_symbols
        rows: list[list[Expr]] = [[constant] for constant in self.bias]
        for (i, j), weight in self.weights.items():
            rows[i].append(weight * v[j])
        for (i, j), coefficient in self.cubic.items():
            rows[i].append(coefficient * v[i] * v[j] ** 2)
        return tuple(sympy.Add(*row) for row in rows)

    @cached_property
    def recover(self) -> tuple[Expr, ...]:
        """Each state of the system, in its order, as an expression of the link symbols alone."""
        written = dict(zip(self.unknown_symbols, self.unknowns, strict=True))
        return tuple(state.xreplace(written) for state in self.states)

    def __repr__(self) -> str:
        kinds = Counter(activation.kind for activation in self.activations)
        counted = ", ".join(f"{kind} ({times})" for kind, times in kinds.items())
        parts = [(self.size, "link"), (len(self.weights), "weight"), (len(self.cubic), "cubic term")]
        links, weights, cubic = (f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts)
        return f"LinkForm({links}: {counted}; {weights}, {cubic})"
