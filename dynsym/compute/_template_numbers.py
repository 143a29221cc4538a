"""The numbers of a template that depend on parameters alone: weights, gain, biases, time constants, synapse values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from dynsym.arithmetic.functions import generated
from dynsym.model.system import SymbolicSystem
from dynsym.model.template.template import Template

__all__ = ["ParameterArrays", "TemplateNumbers"]

Array = np.ndarray


@dataclass(frozen=True)
class ParameterArrays:
    """What depends on parameters alone. `weights` holds the fixed part, gain σ J; columns are (nodes, 1) or (1, 1)."""

    weights: Array
    gain: Any
    bias: Array
    time_constants: Array
    synapse: tuple[Array, ...]
    parameters: tuple[Any, ...]
    dtype: np.dtype


class TemplateNumbers:
    """Evaluates a template's parameter-dependent arrays, and remembers the last ones."""

    def __init__(self, system: SymbolicSystem) -> None:
        assert system.template is not None
        self._template: Template = system.template
        self._own = {s: Symbol(f"a{k}", real=True) for k, s in enumerate(system.parameters.values())}
        self._last: tuple[bytes, ParameterArrays] | None = None

    @cached_property
    def synapse_symbols(self) -> tuple[Symbol, ...]:
        """The synapse rule's own parameters, in the order of `ParameterArrays.synapse`."""
        return tuple(self._template.synapse_columns)

    def at(self, p: Array) -> ParameterArrays:
        """The numbers at these parameter values, real or complex; shape (m,)."""
        key = p.dtype.char.encode() + p.tobytes()
        last = self._last
        if last is None or last[0] != key:
            last = self._last = (key, self._evaluated(p))
        return last[1]

    def _evaluated(self, p: Array) -> ParameterArrays:
        t = self._template
        (gain,), bias, time_constants = (vector(p) for vector in self._scales)
        if t.has_numeric_weights:
            dense = self._numeric_weights
        else:
            dense = np.zeros((t.network.size, t.network.size), dtype=p.dtype)
            dense[t.onto, t.source] = self._weights(p)
        return ParameterArrays(
            dense if gain == 1 else gain * dense,
            gain,
            bias[:, None],
            time_constants[:, None],
            tuple(vector(p)[:, None] for vector in self._synapse),
            tuple(p),
            p.dtype,
        )

    @cached_property
    def _numeric_weights(self) -> Array:
        return self._template.network.weight_matrix()

    @cached_property
    def _scales(self) -> tuple[Callable[[Array], Array], ...]:
        """Gain, biases, and time constants."""
        t = self._template
        return tuple(self._vector(expressions) for expressions in ((t.gain,), t.bias, t.time_constants))

    @cached_property
    def _weights(self) -> Callable[[Array], Array]:
        return self._vector(self._template.fixed_weights)

    @cached_property
    def _synapse(self) -> tuple[Callable[[Array], Array], ...]:
        values = self._template.synapse_columns.values()
        return tuple(self._vector(value if isinstance(value, tuple) else (value,)) for value in values)

    def _vector(self, expressions: Sequence[Expr]) -> Callable[[Array], Array]:
        """Expressions of the parameters as a function to numbers; each different one is evaluated once."""
        place = {expression: k for k, expression in enumerate(dict.fromkeys(expressions))}
        moving = [expression for expression in place if expression.free_symbols]
        constants = np.array([0.0 if expression.free_symbols else float(expression) for expression in place])
        columns = np.array([place[expression] for expression in moving], dtype=int)
        spread = np.array([place[expression] for expression in expressions], dtype=int)
        if not moving:
            fixed = constants[spread]
            return lambda p: fixed
        function = generated(list(self._own.values()), [e.xreplace(self._own) for e in moving], arrays=True)

        def evaluate(p: Array) -> Array:
            found = constants.astype(p.dtype)
            found[columns] = function(*p)
            return found[spread]

        return evaluate
