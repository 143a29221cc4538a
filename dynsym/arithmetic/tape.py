"""A straight-line program: sympy expressions as a list of operations that any arithmetic can run.

Balls, intervals over arrays of boxes, jets and mpmath's numbers each bring an `Arithmetic`; the program is the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr

from dynsym._expressions import Jet
from dynsym._expressions.registry import HEADS
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Arithmetic", "Tape"]


class Arithmetic(ABC):
    """What a tape needs of numbers of one kind."""

    @abstractmethod
    def constant(self, value: Expr) -> Any:
        """An exact number: rational, pi, e, or a real root of a polynomial."""

    @abstractmethod
    def add(self, left: Any, right: Any) -> Any:
        """The sum."""

    @abstractmethod
    def multiply(self, left: Any, right: Any) -> Any:
        """The product."""

    @abstractmethod
    def integer_power(self, base: Any, exponent: int) -> Any:
        """`base` to an integer power, negative ones included."""

    @abstractmethod
    def power(self, base: Any, exponent: Any) -> Any:
        """`base` ≥ 0 to any real power."""

    @abstractmethod
    def square_root(self, base: Any) -> Any:
        """The square root."""

    @abstractmethod
    def function(self, name: str, arguments: Sequence[Any]) -> Any:
        """The function whose sympy class has this name, at its arguments."""

    def jet(self, jet: Jet, point: Any) -> Any:
        """A derivative of an activation that is not given."""
        raise UnsupportedFeatureError(f"{jet} has no numeric meaning. Give the activation.")


@dataclass(frozen=True)
class Tape:
    """Operations in order; each result has a slot, the first slots hold the variables.

    Made by `Tape.of`.
    """

    variables: int
    operations: tuple[tuple[str, Any, tuple[int, ...]], ...]
    results: tuple[int, ...]

    @classmethod
    def of(cls, expressions: Sequence[Expr], variables: Sequence[Expr], *, for_digits: bool = False) -> Tape:
        """Compile expressions of the variables; common subexpressions are computed once.

        Jets, i and other constants are accepted only `for_digits`.
        """
        slots: dict[Expr, int] = {v: k for k, v in enumerate(variables)}
        operations: list[tuple[str, Any, tuple[int, ...]]] = []

        def emit(operation: str, datum: Any, *inputs: int) -> int:
            operations.append((operation, datum, inputs))
            return len(variables) + len(operations) - 1

        def fold(operation: str, inputs: list[int]) -> int:
            slot = inputs[0]
            for other in inputs[1:]:
                slot = emit(operation, None, slot, other)
            return slot

        def visit(e: Expr) -> int:
            if e in slots:
                return slots[e]
            if e.is_Rational or e in (sympy.pi, sympy.E) or isinstance(e, sympy.CRootOf):
                slot = emit("constant", e)
            elif e.is_Add:
                slot = fold("add", [visit(a) for a in e.args])
            elif e.is_Mul:
                slot = fold("multiply", [visit(a) for a in e.args])
            elif e.is_Pow and e.exp.is_Integer:
                slot = emit("integer_power", int(e.exp), visit(e.base))
            elif e.is_Pow and e.exp == sympy.Rational(1, 2):
                slot = emit("square_root", None, visit(e.base))
            elif e.is_Pow and e.exp == sympy.Rational(-1, 2):
                slot = emit("integer_power", -1, emit("square_root", None, visit(e.base)))
            elif e.is_Pow:
                slot = emit("power", None, visit(e.base), visit(e.exp))
            elif type(e) in HEADS or isinstance(e, (sympy.Max, sympy.Min)):
                slot = emit("function", type(e).__name__, *[visit(a) for a in e.args])
            elif for_digits and isinstance(e, Jet):
                slot = emit("jet", e, visit(e.point))
            elif for_digits and e.is_number and e.is_finite:
                slot = emit("constant", e)
            else:
                raise UnsupportedFeatureError(
                    f"{e} cannot be evaluated: {type(e).__name__} is not a function with a numeric meaning here. "
                    "Give the activation, as in system.with_activation(ds.Tanh()), and a value to every symbol."
                )
            slots[e] = slot
            return slot

        results = tuple(visit(e) for e in expressions)
        return cls(len(variables), tuple(operations), results)

    def run(self, arithmetic: Arithmetic, values: Sequence[Any]) -> list[Any]:
        """The results for these values of the variables."""
        slots = self.trace(arithmetic, values)
        return [slots[k] for k in self.results]

    def trace(self, arithmetic: Arithmetic, values: Sequence[Any]) -> list[Any]:
        """The values of all slots, those of the variables first."""
        slots = list(values)
        add, multiply = arithmetic.add, arithmetic.multiply
        for operation, datum, inputs in self.operations:
            if operation == "add":
                slots.append(add(slots[inputs[0]], slots[inputs[1]]))
            elif operation == "multiply":
                slots.append(multiply(slots[inputs[0]], slots[inputs[1]]))
            elif operation == "constant":
                slots.append(arithmetic.constant(datum))
            elif operation == "integer_power":
                slots.append(arithmetic.integer_power(slots[inputs[0]], datum))
            elif operation == "function":
                slots.append(arithmetic.function(datum, [slots[k] for k in inputs]))
            elif operation == "jet":
                slots.append(arithmetic.jet(datum, slots[inputs[0]]))
            else:
                slots.append(getattr(arithmetic, operation)(*[slots[k] for k in inputs]))
        return slots
