"""Small systems as generated scalar code: one function of all states and parameters, common subexpressions shared.

Generated code sees only symbols made here (``x0``, ``p0``, …), never a user's names. A single state runs on Python
floats; batches run on numpy arrays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from dynsym.arithmetic.functions import generated
from dynsym.arithmetic.jets import JetArithmetic, Jets
from dynsym.arithmetic.tape import Tape
from dynsym.compute._batching import broadcast
from dynsym.compute._stable_form import stable_entries, stable_rates
from dynsym.functions.smoothness import derivative, domain_error
from dynsym.model.system import SymbolicSystem

__all__ = ["ScalarLowering"]

Array = np.ndarray

MOST_OPERATIONS = 400
"""Beyond this many operations in the Jacobian, formulas of second and third derivatives cost more than they save."""


class _Program:
    """Expressions of states and parameters, compiled for floats and for arrays."""

    def __init__(self, expressions: Sequence[Expr], arguments: Sequence[Symbol]) -> None:
        self.length = len(expressions)
        self._given, self._named = tuple(expressions), tuple(arguments)
        own = {s: Symbol(f"a{k}", real=True) for k, s in enumerate(arguments)}
        self._expressions = [e.xreplace(own) for e in expressions]
        self._arguments = list(own.values())

    @cached_property
    def _on_floats(self) -> Callable[..., list[float]]:
        return generated(self._arguments, self._expressions, arrays=False)

    @cached_property
    def _on_arrays(self) -> Callable[..., list[Any]]:
        return generated(self._arguments, self._expressions, arrays=True)

    def __call__(self, x: Array, p: Array) -> Array:
        """Values for one state, or for a batch."""
        return self.at(x, p) if x.ndim == 1 and p.ndim == 1 else self.over(*broadcast(x, p))

    def at(self, x: Array, p: Array) -> Array:
        """Values for one state; shape (length,)."""
        try:
            return np.array(self._on_floats(*x.tolist(), *p.tolist()), dtype=float)
        except (ArithmeticError, ValueError, TypeError):  # TypeError: a fractional power of a negative float is complex
            out = self.over(x[:, None], p[:, None], (1,))[:, 0]
        if np.isnan(out).any() and np.isfinite(x).all():
            error = domain_error(self._given, self._named, [*x.tolist(), *p.tolist()])
            if error is not None:
                raise error
        return out

    def over(self, x: Array, p: Array, batch: tuple[int, ...]) -> Array:
        """Values for a batch; shape (length, *batch); nan outside the domain of a function."""
        with np.errstate(all="ignore"):
            rows = self._on_arrays(*x, *p)
        out = np.empty((self.length, *batch))
        for k, row in enumerate(rows):
            out[k] = row
        return out


class ScalarLowering:
    """Right-hand side and derivatives of a system as generated code."""

    kind = "scalar"

    def __init__(self, system: SymbolicSystem) -> None:
        self.system = system
        self._states = list(system.states)
        self._parameters = list(system.parameters.values())
        self._arguments = self._states + self._parameters
        self._size = system.dimension
        self._by_parameter: dict[int, _Program] = {}
        self._jacobian_by_parameter: dict[int, tuple[_Program, tuple[Array, ...]]] = {}

    @cached_property
    def _rates(self) -> tuple[Expr, ...]:
        return stable_rates(self.system)

    @cached_property
    def _entries(self) -> dict[tuple[int, ...], Expr]:
        return stable_entries(self.system, self._rates)

    @cached_property
    def _field(self) -> _Program:
        return _Program(self._rates, self._arguments)

    @cached_property
    def _jacobian(self) -> tuple[_Program, tuple[Array, ...]]:
        return self._compiled(self._entries)

    def _compiled(self, entries: dict[tuple[int, ...], Expr]) -> tuple[_Program, tuple[Array, ...]]:
        places = np.array(list(entries), dtype=int)
        width = 2 if places.size == 0 else places.shape[1]
        return _Program(list(entries.values()), self._arguments), tuple(places.reshape(-1, width).T)

    def field(self, x: Array, p: Array) -> Array:
        return self._field(x, p)

    def jacobian(self, x: Array, p: Array) -> Array:
        return self._scattered(*self._jacobian, x, p)

    def _scattered(self, program: _Program, places: tuple[Array, ...], x: Array, p: Array) -> Array:
        values = program(x, p)
        out = np.zeros((self._size, self._size, *values.shape[1:]))
        out[places] = values
        return out

    def parameter_derivative(self, x: Array, p: Array, index: int) -> Array:
        if index not in self._by_parameter:
            derivatives = [derivative(e, self._parameters[index]).value for e in self._rates]
            self._by_parameter[index] = _Program(derivatives, self._arguments)
        return self._by_parameter[index](x, p)

    def jacobian_parameter_derivative(self, x: Array, p: Array, index: int) -> Array:
        if index not in self._jacobian_by_parameter:
            derivatives = {place: derivative(e, self._parameters[index]).value for place, e in self._entries.items()}
            moving = {place: e for place, e in derivatives.items() if e != 0}
            self._jacobian_by_parameter[index] = self._compiled(moving)
        return self._scattered(*self._jacobian_by_parameter[index], x, p)

    # ---- higher derivatives: sparse symmetric tensors where the formulas are small, else jets

    @cached_property
    def _has_small_formulas(self) -> bool:
        return sum(int(e.count_ops()) for e in self._entries.values()) <= MOST_OPERATIONS

    @cached_property
    def _tape(self) -> Tape:
        return Tape.of(self._rates, self._arguments)

    def second(self, x: Array, p: Array, u: Array, v: Array) -> Array:
        return self._contracted(self._second, x, p, u, v) if self._has_small_formulas else self._along(x, p, u, v)

    def third(self, x: Array, p: Array, u: Array, v: Array, w: Array) -> Array:
        return self._contracted(self._third, x, p, u, v, w) if self._has_small_formulas else self._along(x, p, u, v, w)

    def jacobian_along(self, x: Array, p: Array, v: Array) -> Array:
        if not self._has_small_formulas:
            return self._along(x, p, np.eye(self._size), v[:, None])
        program, indices, places = self._second
        out = np.zeros((self._size, self._size), dtype=np.result_type(float, v))
        if len(places):
            rows, first, second = indices
            np.add.at(out, (rows, first), program.at(x, p)[places] * v[second])
        return out

    def _along(self, x: Array, p: Array, *directions: Array) -> Array:
        """The mixed derivative of the field along directions: vectors (n,), or rows of vectors (n, columns)."""
        full = (1 << len(directions)) - 1
        states: list[Jets] = [
            {0: value} | {1 << k: d[j] for k, d in enumerate(directions) if d[j].any()} for j, value in enumerate(x)
        ]
        with np.errstate(all="ignore"):
            rows = self._tape.run(JetArithmetic(full), [*states, *({0: value} for value in p)])
        shape = np.broadcast_shapes(*(d.shape[1:] for d in directions))
        out = np.zeros((self._size, *shape), dtype=np.result_type(float, *directions))
        for k, row in enumerate(rows):
            out[k] = row.get(full, 0.0)
        return out

    @cached_property
    def _second_entries(self) -> dict[tuple[int, ...], Expr]:
        return self._differentiated(self._entries)

    @cached_property
    def _second(self) -> tuple[_Program, tuple[Array, ...], Array]:
        return self._tensor(self._second_entries)

    @cached_property
    def _third(self) -> tuple[_Program, tuple[Array, ...], Array]:
        return self._tensor(self._differentiated(self._second_entries))

    def _differentiated(self, entries: dict[tuple[int, ...], Expr]) -> dict[tuple[int, ...], Expr]:
        """Derivatives by one more state, index sorted: each tensor entry once."""
        position = {s: k for k, s in enumerate(self._states)}
        found = {}
        for (row, *columns), e in entries.items():
            for state in e.free_symbols & set(self._states):
                k = position[state]
                if k >= columns[-1]:
                    entry = derivative(e, state).value
                    if entry != 0:
                        found[row, *columns, k] = entry
        return dict(sorted(found.items()))

    def _tensor(self, entries: dict[tuple[int, ...], Expr]) -> tuple[_Program, tuple[Array, ...], Array]:
        """The program, and for every ordering of each entry's columns its indices and the entry's place."""
        ordered, places = [], []
        for place, (row, *columns) in enumerate(entries):
            for permuted in sorted(set(itertools.permutations(columns))):
                ordered.append((row, *permuted))
                places.append(place)
        width = 1 + (len(next(iter(entries))) - 1 if entries else 2)
        indices = np.array(ordered, dtype=int).reshape(-1, width)
        return _Program(list(entries.values()), self._arguments), tuple(indices.T), np.array(places, dtype=int)

    def _contracted(self, compiled: Any, x: Array, p: Array, *directions: Array) -> Array:
        program, (rows, *columns), places = compiled
        out = np.zeros(self._size, dtype=np.result_type(float, *directions))
        if len(rows):
            terms = program.at(x, p)[places]
            for direction, column in zip(directions, columns, strict=True):
                terms = terms * direction[column]
            np.add.at(out, rows, terms)
        return out
