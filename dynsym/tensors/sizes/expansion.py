"""Route B: the difference of two source formulas as polynomials in the entries, at given sizes.

Arrays hold flint polynomials in all entries of all tensors; products are expanded exactly and derivatives are taken
entry by entry by flint. Nothing of the normal form or of the kernel is used here. Powers of signs and masks are reduced
after the expansion.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from dynsym.errors import BudgetExceeded
from dynsym.tensors.formulas.formula import UNIT, Formula, combine
from dynsym.tensors.formulas.nodes import Node, children

__all__ = ["Difference", "expand_difference"]

Entries = dict[tuple[int, ...], fmpq_mpoly]  # entries that are absent are zero; slots of size one have index 0


@dataclass
class _Dense:
    shape: tuple[str, ...]
    entries: Entries


@dataclass(frozen=True)
class Difference:
    """The entries of a difference at one size vector.

    `places` maps each generator to (tensor, indices) or (scalar, ()); `entries` maps the values of the free indices (in
    the order of their labels), then of the slots, to a polynomial that is not zero.
    """

    sizes: Mapping[str, int]
    ring: fmpq_mpoly_ctx = field(repr=False)
    places: tuple[tuple[str, tuple[int, ...]], ...]
    entries: Mapping[tuple[int, ...], fmpq_mpoly] = field(repr=False)
    spent: int = 0

    @property
    def is_zero(self) -> bool:
        """Whether both sides agree at these sizes."""
        return not self.entries


def expand_difference(left: Formula, right: Formula, sizes: Mapping[str, int], *, budget: int = 400_000) -> Difference:
    """Expand left - right at given sizes; `budget` bounds the products of terms and the entries."""
    whole = combine((), (), left, right)
    engine = _Engine(whole, {**sizes, UNIT.name: 1}, budget)
    free = sorted(whole.free.items())
    found: Entries = {}
    for values in itertools.product(*(range(sizes[sort.name]) for _, sort in free)):
        env = {label: value for (label, _), value in zip(free, values, strict=True)}
        sides = [engine.value(formula.node, env) for formula in (left, right)]
        keys = [
            {
                tuple(at for at, s in zip(key, side.shape, strict=True) if s != UNIT.name): p
                for key, p in side.entries.items()
            }
            for side in sides
        ]
        for key in {**keys[0], **keys[1]}:
            polynomial = keys[0].get(key, engine.zero) - keys[1].get(key, engine.zero)
            engine.spend(len(polynomial) + 5)
            polynomial = engine.reduced(polynomial)
            if not polynomial.is_zero():
                found[values + key] = polynomial
    return Difference(sizes, engine.ring, tuple(engine.places), found, budget - engine.budget)


class _Engine:
    def __init__(self, whole: Formula, sizes: Mapping[str, int], budget: int) -> None:
        self.whole, self.sizes, self.budget = whole, sizes, budget
        self.places: list[tuple[str, tuple[int, ...]]] = []
        self.position: dict[tuple[str, tuple[int, ...]], int] = {}
        for name, tensor in sorted(whole.tensors.items()):
            ranges = [range(sizes[sort.name]) for sort in tensor.sorts if sort != UNIT]
            for at in itertools.product(*ranges):
                if not tensor.symmetric or list(at) == sorted(at):
                    self._declare(name, at)
        for name in sorted(whole.scalars | set(whole.reciprocals)):
            self._declare(name, ())
        self.ring = fmpq_mpoly_ctx.get([f"x{k}" for k in range(max(len(self.places), 1))], Ordering.lex)
        self.zero, self.one = self.ring.constant(0), self.ring.constant(1)
        kinds = {name: tensor.kind for name, tensor in whole.tensors.items()}
        self.signs = [k for k, (name, _) in enumerate(self.places) if kinds.get(name) == "sign"]
        self.masks = [k for k, (name, _) in enumerate(self.places) if kinds.get(name) == "mask"]
        self.labels: dict[int, frozenset[str]] = {}
        self.memory: dict[tuple[int, tuple[tuple[str, int], ...]], tuple[Node, _Dense]] = {}

    def _declare(self, name: str, at: tuple[int, ...]) -> None:
        self.position[name, at] = len(self.places)
        self.places.append((name, at))

    def times(self, first: fmpq_mpoly, second: fmpq_mpoly) -> fmpq_mpoly:
        """A product that is paid for."""
        self.spend(len(first) * len(second))
        return first * second

    def spend(self, amount: int) -> None:
        """Count work, or give up."""
        self.budget -= amount
        if self.budget < 0:
            raise BudgetExceeded(
                "The expansion exceeded its budget of term products. Try a larger `budget`, or smaller sizes as a test."
            )

    def _used(self, node: Node) -> frozenset[str]:
        """Labels of indices that occur free in a tree."""
        known = self.labels.get(id(node))
        if known is None:
            own = (
                frozenset(node[1:]) if node[0] == "delta" else frozenset(node[2]) if node[0] == "entry" else frozenset()
            )
            inside = own.union(*(self._used(child) for child in children(node)))
            bound = {node[1]} if node[0] == "total" else set(node[1]) if node[0] == "array" else set()
            known = self.labels[id(node)] = inside - bound
        return known

    def value(self, node: Node, env: Mapping[str, int]) -> _Dense:
        """The array of a formula, with the given values of free indices."""
        key = (id(node), tuple((label, env[label]) for label in sorted(self._used(node))))
        known = self.memory.get(key)
        if known is None:
            known = self.memory[key] = (node, self._value(node, env))
            self.spend(len(known[1].entries) + 5)
        return known[1]

    def _value(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return getattr(self, f"_{node[0]}")(node, env)

    def _scalar_array(self, polynomial: fmpq_mpoly) -> _Dense:
        return _Dense((), {} if polynomial.is_zero() else {(): polynomial})

    def _number(self, node: Node, env: Mapping[str, int]) -> _Dense:
        numerator, _, denominator = node[1].partition("/")
        return self._scalar_array(self.ring.constant(fmpq(int(numerator), int(denominator or 1))))

    def _size(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return self._scalar_array(self.ring.constant(self.sizes[node[1]]))

    def _scalar(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return self._scalar_array(self.ring.gen(self.position[node[1], ()]))

    def _every(self, shape: tuple[str, ...]) -> itertools.product[tuple[int, ...]]:
        return itertools.product(*(range(self.sizes[sort]) for sort in shape))

    def _tensor(self, node: Node, env: Mapping[str, int]) -> _Dense:
        tensor = self.whole.tensors[node[1]]
        shape = tuple(sort.name for sort in tensor.sorts)
        entries = {}
        for at in self._every(shape):
            key = tuple(value for value, sort in zip(at, shape, strict=True) if sort != UNIT.name)
            key = tuple(sorted(key)) if tensor.symmetric else key
            entries[at] = self.ring.gen(self.position[node[1], key])
        return _Dense(shape, entries)

    def _identity(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return _Dense((node[1], node[1]), {(k, k): self.one for k in range(self.sizes[node[1]])})

    def _ones(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return _Dense(tuple(node[1]), dict.fromkeys(self._every(tuple(node[1])), self.one))

    def _add(self, node: Node, env: Mapping[str, int]) -> _Dense:
        parts = [self.value(part, env) for part in node[1]]
        shape = max((part.shape for part in parts), key=len)
        if set(shape) <= {UNIT.name}:
            key = (0,) * len(shape)
            parts = [_Dense(shape, {key: p for p in part.entries.values()}) for part in parts]  # noqa: B035
        return _Dense(shape, self._sum(parts))

    def _sum(self, parts: list[_Dense]) -> Entries:
        entries: Entries = {}
        for part in parts:
            for key, polynomial in part.entries.items():
                entries[key] = entries[key] + polynomial if key in entries else polynomial
        return {key: polynomial for key, polynomial in entries.items() if not polynomial.is_zero()}

    def _times(self, node: Node, env: Mapping[str, int]) -> _Dense:
        values = [self.value(part, env) for part in node[1]]
        shape = max((value.shape for value in values), key=lambda shape: (bool(set(shape) - {UNIT.name}), len(shape)))
        factor, entries = self.one, {(0,) * len(shape): self.one}
        for value in values:
            if set(value.shape) <= {UNIT.name}:
                factor = self.times(factor, next(iter(value.entries.values()), self.zero))
            else:
                entries = value.entries
        if factor.is_zero():
            return _Dense(shape, {})
        return _Dense(shape, {key: self.times(polynomial, factor) for key, polynomial in entries.items()})

    def _hadamard(self, node: Node, env: Mapping[str, int]) -> _Dense:
        first, second = self.value(node[1], env), self.value(node[2], env)
        common = first.entries.keys() & second.entries.keys()
        return _Dense(first.shape, {key: self.times(first.entries[key], second.entries[key]) for key in common})

    def _matmul(self, node: Node, env: Mapping[str, int]) -> _Dense:
        first, second = self.value(node[1], env), self.value(node[2], env)
        rows: dict[int, list[tuple[int, fmpq_mpoly]]] = {}
        for (k, j), polynomial in second.entries.items():
            rows.setdefault(k, []).append((j, polynomial))
        entries: Entries = {}
        for (i, k), left in first.entries.items():
            for j, right in rows.get(k, ()):
                product = self.times(left, right)
                entries[i, j] = entries[i, j] + product if (i, j) in entries else product
        return _Dense((first.shape[0], second.shape[1]), {at: p for at, p in entries.items() if not p.is_zero()})

    def _transpose(self, node: Node, env: Mapping[str, int]) -> _Dense:
        inside = self.value(node[1], env)
        return _Dense(inside.shape[::-1], {key[::-1]: polynomial for key, polynomial in inside.entries.items()})

    def _trace(self, node: Node, env: Mapping[str, int]) -> _Dense:
        result = self.zero
        for (i, j), polynomial in self.value(node[1], env).entries.items():
            if i == j:
                result = result + polynomial
        return self._scalar_array(result)

    def _diagonal_matrix(self, node: Node, env: Mapping[str, int]) -> _Dense:
        inside = self.value(node[1], env)
        sort = next(sort for sort in inside.shape if sort != UNIT.name)
        return _Dense((sort, sort), {(max(key), max(key)): p for key, p in inside.entries.items()})

    def _diagonal_of(self, node: Node, env: Mapping[str, int]) -> _Dense:
        inside = self.value(node[1], env)
        return _Dense((inside.shape[0], UNIT.name), {(i, 0): p for (i, j), p in inside.entries.items() if i == j})

    def _entry(self, node: Node, env: Mapping[str, int]) -> _Dense:
        inside = self.value(node[1], env)
        rest = iter(node[2])
        at = tuple(0 if sort == UNIT.name else env[next(rest)] for sort in inside.shape)
        return self._scalar_array(inside.entries.get(at, self.zero))

    def _delta(self, node: Node, env: Mapping[str, int]) -> _Dense:
        return self._scalar_array(self.one if env[node[1]] == env[node[2]] else self.zero)

    def _array(self, node: Node, env: Mapping[str, int]) -> _Dense:
        _, labels, shape, body = node
        entries = {}
        for at in self._every(tuple(shape)):
            values = [value for value, sort in zip(at, shape, strict=True) if sort != UNIT.name]
            inside = self.value(body, {**env, **dict(zip(labels, values, strict=True))})
            for polynomial in inside.entries.values():
                entries[at] = polynomial
        return _Dense(tuple(shape), entries)

    def _total(self, node: Node, env: Mapping[str, int]) -> _Dense:
        result = self.zero
        for k in range(self.sizes[node[2]]):
            for polynomial in self.value(node[3], {**env, node[1]: k}).entries.values():
                result = result + polynomial
        return self._scalar_array(result)

    def _derivative(self, node: Node, env: Mapping[str, int]) -> _Dense:
        _, body, name, convention = node
        inside = self.value(body, env)
        tensor = self.whole.tensors[name]
        weights = tuple(sort.name for sort in tensor.sorts)
        large = bool(set(inside.shape) - {UNIT.name})
        kept = tuple(sort for sort in inside.shape + weights if sort != UNIT.name)
        entries = {}
        for key, polynomial in inside.entries.items():
            outer = tuple(at for at, sort in zip(key, inside.shape, strict=True) if sort != UNIT.name)
            for at in self._every(weights if not large else tuple(sort for sort in weights if sort != UNIT.name)):
                own = tuple(v for v, s in zip(at, weights, strict=True) if s != UNIT.name) if not large else at
                slope = self._slope(polynomial, self.position[name, tuple(sorted(own)) if tensor.symmetric else own])
                if convention == "both":
                    slope = slope * 2 if own[0] == own[1] else slope
                elif convention == "projector":
                    slope = slope if own[0] == own[1] else slope * fmpq(1, 2)
                if not slope.is_zero():
                    entries[outer + at] = slope
        return _Dense(kept if large else weights, entries)

    def _at(self, node: Node, env: Mapping[str, int]) -> _Dense:
        inside = self.value(node[1], env)
        images = list(self.ring.gens())
        for name, formula in node[2]:
            value = self.value(formula, env)
            for at in self._every(value.shape):
                own = tuple(v for v, sort in zip(at, value.shape, strict=True) if sort != UNIT.name)
                images[self.position[name, own]] = value.entries.get(at, self.zero)
        self.spend(sum(len(polynomial) for polynomial in inside.entries.values()))
        entries = {key: polynomial.compose(*images) for key, polynomial in inside.entries.items()}
        return _Dense(inside.shape, {key: p for key, p in entries.items() if not p.is_zero()})

    def _slope(self, polynomial: fmpq_mpoly, generator: int) -> fmpq_mpoly:
        """Derivative by one entry; reciprocals depend on the entries of their denominators."""
        slope = polynomial.derivative(generator)
        for name, formula in self.whole.reciprocals.items():
            position = self.position[name, ()]
            outer = polynomial.derivative(position)
            if not outer.is_zero():
                denominator = next(iter(self.value(formula.node, {}).entries.values()), self.zero)
                inner = self._slope(denominator, generator)
                slope = slope - self.times(self.times(outer, inner), self.ring.gen(position) ** 2)
        return slope

    def reduced(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Denominators cleared, then signs to powers 0 or 1, masks to 0 or 1."""
        for name, formula in self.whole.reciprocals.items():
            position = self.position[name, ()]
            degree = polynomial.degrees()[position]
            if degree:
                denominator = next(iter(self.value(formula.node, {}).entries.values()), self.zero)
                cleared = self.zero
                for power, part in self._by_power(polynomial, position).items():
                    for _ in range(degree - power):
                        part = self.times(part, denominator)
                    cleared = cleared + part
                polynomial = cleared
        if not (self.signs or self.masks):
            return polynomial
        collected: dict[tuple[int, ...], fmpq] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            new = list(exponents)
            for k in self.signs:
                new[k] %= 2
            for k in self.masks:
                new[k] = min(new[k], 1)
            collected[tuple(new)] = collected.get(tuple(new), fmpq(0)) + coefficient
        return self.ring.from_dict({key: value for key, value in collected.items() if value != 0})

    def _by_power(self, polynomial: fmpq_mpoly, position: int) -> dict[int, fmpq_mpoly]:
        split: dict[int, dict[tuple[int, ...], fmpq]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            rest = exponents[:position] + (0,) + exponents[position + 1 :]
            split.setdefault(exponents[position], {})[rest] = coefficient
        return {power: self.ring.from_dict(part) for power, part in split.items()}
