"""Exact values at given sizes and tables, by plain loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq

from dynsym.kernel.reader import UNIT, Node, Place, Reader

__all__ = ["Interpretation"]

Value = dict[frozenset[int], fmpq]  # coefficients of products of increments with square zero; zero is left out
PLAIN: frozenset[int] = frozenset()


@dataclass
class Interpretation:
    """The algebra of exact numbers at given sizes and tables, derivatives by nilpotent increments."""

    declarations: Mapping[str, Any]
    reader: Reader
    sizes: Mapping[str, int]
    scalars: Mapping[str, fmpq]
    tables: Mapping[str, Mapping[tuple[int, ...], fmpq]]
    _moved: list[tuple[str, dict[tuple[int, ...], fmpq], int]] = field(default_factory=list)
    _values: list[tuple[Mapping[str, Callable[..., Value]], int]] = field(default_factory=list)

    def value(self, node: Node, places: tuple[int, ...], env: Mapping[str, Place]) -> Fraction:
        """One entry of a formula as a number."""
        value = self.reader.read(self, node, self.reader.spread(node, places), env).get(PLAIN, fmpq(0))
        return Fraction(int(value.p), int(value.q))

    def number(self, value: Fraction) -> Value:
        return {PLAIN: fmpq(value.numerator, value.denominator)} if value else {}

    def size(self, sort: str) -> Value:
        return {PLAIN: fmpq(self.sizes[sort])}

    def scalar(self, name: str) -> Value:
        if name not in self.reader.reciprocals:
            return {PLAIN: self.scalars[name]}
        node = self.reader.reciprocals[name]
        value = self.reader.read(self, node, self.reader.nowhere(node), {})
        constant = value.get(PLAIN, fmpq(0))
        if constant == 0:
            raise ZeroDivisionError(f"the denominator of {name} vanishes")
        step = {tags: -part / constant for tags, part in value.items() if tags}
        powers = [{PLAIN: 1 / constant}]
        for _ in self._moved:
            powers.append(self.multiply([powers[-1], step]))
        return self.add(powers)

    def entry(self, name: str, at: tuple[int, ...]) -> Value:
        value, since = self._replaced(name, at)
        for tensor, direction, tag in self._moved[since:]:
            if tensor == name and at in direction:
                value[frozenset({tag})] = direction[at]
        return value

    def _replaced(self, name: str, at: tuple[int, ...]) -> tuple[Value, int]:
        """The value of an entry before the increments made since it was given, and how many there were by then."""
        for level in reversed(range(len(self._values))):
            values, since = self._values[level]
            if name in values:
                outer = self._values, self._moved
                self._values, self._moved = self._values[:level], self._moved[:since]
                value = dict(values[name](at))
                self._values, self._moved = outer
                return value, since
        key = tuple(sorted(at)) if self.reader.tensors[name].get("symmetric") else at
        stored = self.tables[name][key]
        return ({PLAIN: stored} if stored != 0 else {}), 0

    def substituted(self, body: Callable[[], Any], values: Mapping[str, Callable[..., Value]]) -> Value:
        """The value of a formula where some tensors have given values."""
        self._values.append((values, len(self._moved)))
        value = body()
        self._values.pop()
        return value

    def delta(self, first: Place, second: Place) -> Value:
        return {PLAIN: fmpq(1)} if first == second else {}

    def add(self, parts: Iterable[Value]) -> Value:
        result: Value = {}
        for part in parts:
            for tags, value in part.items():
                result[tags] = result[tags] + value if tags in result else value
        return {tags: value for tags, value in result.items() if value != 0}

    def multiply(self, parts: Iterable[Value]) -> Value:
        product: Value = {PLAIN: fmpq(1)}
        for part in parts:
            product = self.add({s | t: a * b} for s, a in product.items() for t, b in part.items() if not (s & t))
            if not product:
                break
        return product

    def total(self, sort: str, body: Callable[[Place], Any]) -> Value:
        return body(None) if sort == UNIT else self.add(body(k) for k in range(self.sizes[sort]))

    def derivative(self, body: Callable[[], Any], name: str, at: tuple[int, ...], convention: str) -> Value:
        direction = {at: fmpq(1)} if convention == "free" else {at: fmpq(1), at[::-1]: fmpq(1)}
        if convention == "projector":
            direction = dict.fromkeys(direction, fmpq(1, len(direction)))
        elif convention == "both":
            direction = dict.fromkeys(direction, fmpq(3 - len(direction)))
        tag = len(self._moved)
        self._moved.append((name, direction, tag))
        value = body()
        self._moved.pop()
        return {tags - {tag}: part for tags, part in value.items() if tag in tags}
