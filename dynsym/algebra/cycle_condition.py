"""Is a weight matrix symmetric up to a positive diagonal? The cycle condition of Kolmogorov.

Positive c with c_i w_ij = c_j w_ji exist exactly when every pair of weights has one sign and the two products of
weights round every cycle are equal; a spanning forest leaves one condition for each remaining edge. Weights are held
as a rational coefficient and exponents, so that products are additions. A weight that is only known not to be negative
may vanish, and then a pair has one direction only: such cases are named with the answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Expr

from dynsym.algebra.ring import Ring, generators_of

__all__ = ["CycleTest", "cycle_test"]

Place = tuple[int, int]


@dataclass(frozen=True)
class CycleTest:
    """The outcome of the cycle condition."""

    holds: bool
    scale: tuple[Expr, ...] = ()
    cycle: tuple[int, ...] = ()
    residual: Expr | None = None
    assumed_positive: tuple[Expr, ...] = ()
    unless_zero: Expr | None = None


Powers = tuple[tuple[int, int], ...]
_Monomial = tuple[int | Fraction, Powers]  # a number, and exponents of numbered bases
_ONE: _Monomial = (1, ())


def _times(left: _Monomial, right: _Monomial, sign: int = 1) -> _Monomial:
    """left right, or left / right for sign -1."""
    whole = sign == 1 or right[0] == 1
    number = left[0] * right[0] if whole else Fraction(left[0]) / right[0]
    if not right[1]:
        return number, left[1]
    if not left[1] and sign == 1:
        return number, right[1]
    total = dict(left[1])
    for base, power in right[1]:
        total[base] = total.get(base, 0) + sign * power
        if not total[base]:
            del total[base]
    return number, tuple(sorted(total.items()))


class _Bases:
    """The expressions whose powers occur, by number."""

    def __init__(self) -> None:
        self.expressions: list[Expr] = []
        self._number: dict[Expr, int] = {}
        self._known: dict[Expr, _Monomial] = {}
        self._signs: list[int | None] = []
        self._vanishing: list[bool] = []

    def monomial(self, weight: Expr) -> _Monomial:
        found = self._known.get(weight)
        if found is None:
            found = self._known[weight] = self._read(weight)
        return found

    def _read(self, weight: Expr) -> _Monomial:
        number: int | Fraction = 1
        powers: dict[int, int] = {}
        for factor in weight.args if weight.is_Mul else (weight,):
            if factor.is_Rational:
                number = int(factor.p) if factor.is_Integer else Fraction(int(factor.p), int(factor.q))
                continue
            base, power = (factor.base, int(factor.exp)) if factor.is_Pow and factor.exp.is_Integer else (factor, 1)
            key = self._key(base)
            powers[key] = powers.get(key, 0) + power
        return number, tuple(sorted(powers.items()))

    def _key(self, base: Expr) -> int:
        key = self._number.get(base)
        if key is None:
            key = self._number[base] = len(self.expressions)
            self.expressions.append(base)
            up = base.is_positive or base.is_nonnegative
            self._signs.append(1 if up else -1 if base.is_negative or base.is_nonpositive else None)
            self._vanishing.append(base.is_zero is not False)
        return key

    def expression(self, monomial: _Monomial) -> Expr:
        number = sympy.Rational(*monomial[0].as_integer_ratio())
        return sympy.Mul(number, *[self.expressions[base] ** power for base, power in monomial[1]])

    def sign(self, monomial: _Monomial) -> int | None:
        sign = 1 if monomial[0] > 0 else -1
        for key, power in monomial[1]:
            if power % 2:
                own = self._signs[key]
                if own is None:
                    return None
                sign *= own
        return sign

    def are_alike(self, left: _Monomial, right: _Monomial) -> bool:
        """Whether two weights are known to have one sign and not to vanish, or are equal."""
        if left == right:
            return True
        signs = {self.sign(left), self.sign(right)}
        return len(signs) == 1 and None not in signs and not (self.may_vanish(left) or self.may_vanish(right))

    def may_vanish(self, monomial: _Monomial) -> bool:
        return any(self._vanishing[key] for key, _ in monomial[1])

    def unless(self, monomial: _Monomial) -> Expr | None:
        """The product of the bases that may vanish, or None."""
        found = [self.expressions[key] for key, _ in monomial[1] if self._vanishing[key]]
        return sympy.Mul(*found) if found else None


def cycle_test(size: int, weights: Mapping[Place, Expr]) -> CycleTest:
    """Test c_i w_ij = c_j w_ji; diagonal entries do not matter."""
    bases = _Bases()
    table = {place: bases.monomial(weight) for place, weight in weights.items() if place[0] != place[1] and weight != 0}
    assumed: dict[Expr, None] = {}
    neighbours: list[list[int]] = [[] for _ in range(size)]
    for (i, j), own in table.items():
        back = table.get((j, i))
        if back is None:
            return CycleTest(False, cycle=(j, i), residual=bases.expression(own), unless_zero=bases.unless(own))
        neighbours[i].append(j)
        if i < j and not bases.are_alike(own, back):
            product = _times(own, back)
            sign = bases.sign(product)
            if sign == -1:
                return CycleTest(
                    False, cycle=(j, i), residual=bases.expression(product), unless_zero=bases.unless(product)
                )
            if sign is None or bases.may_vanish(_times(own, back, -1)):
                assumed[bases.expression(product)] = None
    scale, parent = _spread(size, neighbours, table)
    for (i, j), own in table.items():
        if i < j and parent[i] != j and parent[j] != i and _times(scale[i], own) != _times(scale[j], table[j, i]):
            cycle = _cycle(i, j, parent)
            residual = _residual(cycle, table, bases)
            if residual != 0:
                unless = residual if residual.is_zero is not False else None
                return CycleTest(False, cycle=tuple(cycle), residual=residual, unless_zero=unless)
    return CycleTest(True, scale=tuple(map(bases.expression, scale)), assumed_positive=tuple(assumed))


def _spread(
    size: int, neighbours: list[list[int]], table: Mapping[Place, _Monomial]
) -> tuple[list[_Monomial], list[int | None]]:
    """c along a spanning forest, breadth first, and the parents in it: c_j / c_i = w_ij / w_ji."""
    scale: dict[int, _Monomial] = {}
    parent: list[int | None] = [None] * size
    for root in range(size):
        if root in scale:
            continue
        scale[root] = _ONE
        waiting = deque([root])
        while waiting:
            i = waiting.popleft()
            for j in neighbours[i]:
                if j not in scale:
                    scale[j], parent[j] = _times(scale[i], _times(table[i, j], table[j, i], -1)), i
                    waiting.append(j)
    return [scale[k] for k in range(size)], parent


def _cycle(i: int, j: int, parent: list[int | None]) -> list[int]:
    """The cycle that the edge i - j closes in the forest."""
    above_i, above_j = _ancestors(i, parent), _ancestors(j, parent)
    meeting = next(k for k in above_i if k in set(above_j))
    left = above_i[: above_i.index(meeting) + 1]
    right = above_j[: above_j.index(meeting)]
    return left + right[::-1]


def _ancestors(k: int, parent: list[int | None]) -> list[int]:
    chain = [k]
    while parent[chain[-1]] is not None:
        chain.append(parent[chain[-1]])  # type: ignore[arg-type]
    return chain


def _residual(cycle: list[int], table: Mapping[Place, _Monomial], bases: _Bases) -> Expr:
    """The product round the cycle minus the product the other way."""
    forward = backward = _ONE
    for a, b in zip(cycle, cycle[1:] + cycle[:1], strict=True):
        forward, backward = _times(forward, table[b, a]), _times(backward, table[a, b])
    difference = bases.expression(forward) - bases.expression(backward)
    ring = Ring(generators_of([difference]))
    return sympy.S.Zero if ring.polynomial(difference).is_zero() else difference
