"""What the operations of a formula mean, entry by entry, in any algebra of values.

A formula is a tree of nested sequences; its declarations name sorts, tensors, scalars and free indices.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from dynsym.errors import ProofError

__all__ = ["UNIT", "Node", "Place", "Reader", "formula_digest"]

UNIT = "1"
Node = Sequence[Any]
Place = str | int | None  # a free index, a dummy or a number, nothing for a slot of size one


def formula_digest(declarations: Mapping[str, Any], *nodes: Any) -> str:
    """Hash of source formulas and of what they mention, bound labels numbered in the order in which they are met."""
    numbers: dict[str, str] = {}

    def plain(part: Any) -> Any:
        if isinstance(part, str):
            return numbers.setdefault(part, f"#{len(numbers) + 1}") if part.startswith("#") else part
        if isinstance(part, Mapping):
            return [[name, plain(value)] for name, value in sorted(part.items())]
        return [plain(child) for child in part] if isinstance(part, Sequence) else part

    mentioned = [declarations["tensors"], declarations["scalars"], declarations.get("reciprocals", {})]
    return hashlib.sha256(json.dumps([plain(node) for node in (*nodes, *mentioned)]).encode()).hexdigest()


class Reader:
    """Reads formulas in an algebra: what a matrix product, a trace, a binder mean entry by entry."""

    def __init__(self, declarations: Mapping[str, Any]) -> None:
        self.tensors: Mapping[str, Any] = declarations["tensors"]
        self.reciprocals: Mapping[str, Node] = declarations.get("reciprocals", {})
        self._shapes: dict[int, tuple[Node, tuple[str, ...]]] = {}

    def shape(self, node: Node) -> tuple[str, ...]:
        """Sorts of the slots, slots of size one included."""
        known = self._shapes.get(id(node))
        if known is None:
            known = self._shapes[id(node)] = (node, self._shape(node))
        return known[1]

    def _shape(self, node: Node) -> tuple[str, ...]:
        operation = node[0]
        if operation == "tensor":
            return tuple(self.tensors[node[1]]["sorts"])
        if operation == "identity":
            return (node[1], node[1])
        if operation == "ones":
            return tuple(node[1])
        if operation in ("add", "times"):
            shapes = {self.shape(part) for part in node[1]}
            large = {shape for shape in shapes if any(sort != UNIT for sort in shape)}
            if len(large) > 1 or (operation == "add" and large and len(shapes) > 1):
                raise ProofError(f"Slots of sorts {sorted(shapes)} do not fit in one {operation}.")
            return next(iter(large)) if large else max(shapes, key=len)
        if operation in ("hadamard", "at"):
            return self.shape(node[1])
        if operation == "matmul":
            (rows, inner), (again, columns) = self.shape(node[1]), self.shape(node[2])
            if inner != again:
                raise ProofError(f"A product meets columns of sort {inner} and rows of sort {again}.")
            return (rows, columns)
        if operation == "transpose":
            return self.shape(node[1])[::-1]
        if operation == "diagonal_matrix":
            return tuple(sort for sort in self.shape(node[1]) if sort != UNIT) * 2
        if operation == "diagonal_of":
            return (self.shape(node[1])[0], UNIT)
        if operation == "array":
            return tuple(node[2])
        if operation == "derivative":
            weights = tuple(self.tensors[node[2]]["sorts"])
            given = self.shape(node[1])
            if all(sort == UNIT for sort in given):
                return weights
            return tuple(sort for sort in given + weights if sort != UNIT)
        return ()

    def read(self, algebra: Any, node: Node, at: tuple[Place, ...], env: Mapping[str, Place]) -> Any:
        """The value of one entry of a formula, in an algebra."""
        operation = node[0]
        if operation == "number":
            return algebra.number(Fraction(node[1]))
        if operation == "size":
            return algebra.size(node[1])
        if operation == "scalar":
            return algebra.scalar(node[1])
        if operation == "tensor":
            return algebra.entry(node[1], tuple(place for place in at if place is not None))
        if operation == "identity":
            return algebra.delta(at[0], at[1])
        if operation == "ones":
            return algebra.number(Fraction(1))
        if operation in ("add", "times"):
            parts = (
                self.read(algebra, part, at if self.is_large(part) else self.nowhere(part), env) for part in node[1]
            )
            return algebra.add(parts) if operation == "add" else algebra.multiply(parts)
        if operation == "hadamard":
            return algebra.multiply(self.read(algebra, part, at, env) for part in node[1:])
        if operation == "matmul":
            return algebra.total(
                self.shape(node[1])[1],
                lambda k: algebra.multiply(
                    [self.read(algebra, node[1], (at[0], k), env), self.read(algebra, node[2], (k, at[1]), env)]
                ),
            )
        if operation == "transpose":
            return self.read(algebra, node[1], at[::-1], env)
        if operation == "trace":
            return algebra.total(self.shape(node[1])[0], lambda k: self.read(algebra, node[1], (k, k), env))
        if operation == "diagonal_matrix":
            inside = self.spread(node[1], (at[0],))
            return algebra.multiply([algebra.delta(at[0], at[1]), self.read(algebra, node[1], inside, env)])
        if operation == "diagonal_of":
            return self.read(algebra, node[1], (at[0], at[0]), env)
        if operation == "entry":
            return self.read(algebra, node[1], self.spread(node[1], tuple(env[label] for label in node[2])), env)
        if operation == "delta":
            return algebra.delta(env[node[1]], env[node[2]])
        if operation == "array":
            bound = zip(node[1], (place for place in at if place is not None), strict=True)
            return self.read(algebra, node[3], self.nowhere(node[3]), {**env, **dict(bound)})
        if operation == "total":
            nowhere = self.nowhere(node[3])
            return algebra.total(node[2], lambda k: self.read(algebra, node[3], nowhere, {**env, node[1]: k}))
        if operation == "derivative":
            weights = sum(sort != UNIT for sort in self.tensors[node[2]]["sorts"])
            places = tuple(place for place in at if place is not None)
            outer, inner = places[: len(places) - weights], places[len(places) - weights :]
            return algebra.derivative(
                lambda: self.read(algebra, node[1], self.spread(node[1], outer), env), node[2], inner, node[3]
            )
        if operation == "at":
            values = {}
            for name, value in node[2]:
                if self.shape(value) != tuple(self.tensors[name]["sorts"]):
                    raise ProofError(f"The value of {name} has slots of sorts {self.shape(value)}.")
                values[name] = functools.partial(self._entry_of, algebra, value, env)
            return algebra.substituted(lambda: self.read(algebra, node[1], at, env), values)
        raise ProofError(f"A formula contains the unknown operation {operation!r}.")

    def _entry_of(self, algebra: Any, node: Node, env: Mapping[str, Place], places: tuple[Place, ...]) -> Any:
        return self.read(algebra, node, self.spread(node, places), env)

    def is_large(self, node: Node) -> bool:
        """Whether some slot takes an index."""
        return any(sort != UNIT for sort in self.shape(node))

    def nowhere(self, node: Node) -> tuple[None, ...]:
        """No index in any slot: where to read a scalar."""
        return (None,) * len(self.shape(node))

    def spread(self, node: Node, places: tuple[Place, ...]) -> tuple[Place, ...]:
        """Places for all slots: the given ones where an index belongs, nothing in slots of size one."""
        rest = iter(places)
        return tuple(None if sort == UNIT else next(rest) for sort in self.shape(node))
