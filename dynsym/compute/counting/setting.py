"""A compiled system at parameter values, in the forms that counting needs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy
from flint import arb

from dynsym.arithmetic.balls import BallArithmetic
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.arithmetic.tape import Tape
from dynsym.compute.compiled import CompiledSystem
from dynsym.compute.counting.dense_networks import NetworkArrays, network_arrays
from dynsym.model.rules.local_rules import INPUT


@dataclass(frozen=True, eq=False)
class Setting:
    """A compiled system at parameter values, in the forms that counting needs."""

    compiled: CompiledSystem
    values: Mapping[str, Any] | None = None
    moving: tuple[int, Interval] | None = None
    numbers: np.ndarray = field(init=False)
    balls: list[arb] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", self.compiled.parameter_vector(self.values))
        object.__setattr__(self, "balls", self.compiled.ball_parameters(self.values))

    @property
    def state_names(self) -> tuple[str, ...]:
        return self.compiled.state_names

    @property
    def parameters(self) -> dict[str, float]:
        """The parameter values by name."""
        return dict(zip(self.compiled.parameter_names, self.numbers.tolist(), strict=True))

    @functools.cached_property
    def intervals(self) -> list[Interval]:
        """Enclosures of the parameter values."""
        found = [Interval.of_ball(value) for value in self.balls]
        if self.moving is not None:
            found[self.moving[0]] = self.moving[1]
        return found

    @property
    def moving_symbols(self) -> tuple[sympy.Symbol, ...]:
        """The parameter that moves, if one does: it stays in `exact_rhs`."""
        symbols = tuple(self.compiled.system.parameters.values())
        return () if self.moving is None else (symbols[self.moving[0]],)

    @property
    def moving_intervals(self) -> list[Interval]:
        """Where the parameter that moves is."""
        return [] if self.moving is None else [self.moving[1]]

    @functools.cached_property
    def _has_domain(self) -> bool:
        """Whether the field has roots, logarithms or powers, which are not defined everywhere."""
        return any(
            operation in {"power", "square_root"} or datum == "log"
            for operation, datum, _ in self.compiled.field_tape.operations
        )

    @functools.cached_property
    def arrays(self) -> NetworkArrays | None:
        """Bounds by matrices, for networks of many edges."""
        return network_arrays(self.compiled.system)

    @functools.cached_property
    def rests_at_origin(self) -> bool:
        """Whether the origin is an equilibrium exactly, as ball arithmetic sees it."""
        template = self.compiled.system.template
        if self.arrays is not None and template is not None:
            return all(b == 0 for b in template.bias) and all(
                expression.xreplace(dict.fromkeys((*local.states, INPUT), sympy.S.Zero)) == 0
                for local in template.local_nodes
                for expression in (*local.rates, local.output)
            )
        zero = [arb(0)] * self.compiled.dimension
        return all(rate.is_zero() for rate in self.compiled.field_tape.run(BallArithmetic(), [*zero, *self.balls]))

    @functools.cached_property
    def exact_rhs(self) -> tuple[sympy.Expr, ...]:
        """The right-hand side with exact values put in."""
        known = self.compiled.system.substitution(self.values)
        for symbol in self.moving_symbols:
            known.pop(symbol, None)
        return tuple(rate.xreplace(known) for rate in self.compiled.system.rhs)

    def field_bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the right-hand side, (batch, n), over boxes (batch, n) of states."""
        if self.arrays is not None:
            return self.arrays.field_bounds(low, high, self.intervals)
        return self.bounds(IntervalArithmetic(), self.compiled.field_tape, low, high)

    def jacobian_bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the nonzero entries of the Jacobian, (batch, entries), over boxes (batch, n) of states."""
        return self.bounds(IntervalArithmetic(), self.compiled.jacobian_tape[0], low, high)

    def slopes_and_domain(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bounds of the entries of the Jacobian, and the boxes that lie within the domain of field and Jacobian."""
        arithmetic = IntervalArithmetic()
        bounds = self.bounds(arithmetic, self.compiled.jacobian_tape[0], low, high)
        if self._has_domain:
            self.bounds(arithmetic, self.compiled.field_tape, low, high)
        return *bounds, np.broadcast_to(~arithmetic.partly_outside, low.shape[:1])

    def ranges_and_domain(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bounds of the field, and the boxes that meet its domain."""
        arithmetic = IntervalArithmetic()
        bounds = self.bounds(arithmetic, self.compiled.field_tape, low, high)
        return *bounds, np.broadcast_to(~arithmetic.outside, low.shape[:1])

    def bounds(
        self, arithmetic: IntervalArithmetic, tape: Tape, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the outputs of a tape, (batch, outputs), over boxes (batch, n) of states."""
        states = [Interval(low[:, k], high[:, k]) for k in range(low.shape[1])]
        found = tape.run(arithmetic, [*states, *self.intervals])
        bottom, top = np.empty((len(low), len(found))), np.empty((len(low), len(found)))
        for k, x in enumerate(found):
            bottom[:, k], top[:, k] = x.low, x.high
        return bottom, top
