"""Is a weight matrix symmetric up to a positive diagonal? The cycle condition of Kolmogorov.

Positive c with c_i w_ij = c_j w_ji exist exactly when every pair of weights has one sign and the two products of
weights round every cycle are equal; a spanning forest leaves one condition for each remaining edge. Weights are held
as a rational coefficient and exponents, so that products are additions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Expr

from dynsym.derive._ring import Ring, generators_of

__all__ = ["CycleTest", "cycle_test"]

Place = tuple[int, int]


@dataclass(frozen=True)
class CycleTest:
    """The outcome of the cycle condition.

    Parameters
    ----------
    holds : bool
    scale : tuple of Expr
        c, where it holds.
    cycle : tuple of int
        Nodes of a violating cycle, in the order in which signals run; two nodes where one direction is missing or the
        signs differ.
    residual : Expr or None
        The difference that does not vanish.
    assumed_positive : tuple of Expr
        Products w_ij w_ji whose sign is not known and was taken as positive.
    """

    holds: bool
    scale: tuple[Expr, ...] = ()
    cycle: tuple[int, ...] = ()
    residual: Expr | None = None
    assumed_positive: tuple[Expr, ...] = ()


Powers = tuple[tuple[int, int], ...]
_Monomial = tuple[Fraction, Powers]  # a number, and exponents of numbered bases
_ONE: _Monomial = (Fraction(1), ())


def _times(left: _Monomial, right: _Monomial, sign: int = 1) -> _Monomial:
    """left right, or left / right for sign -1."""
    number = left[0] * right[0] if sign == 1 else left[0] / right[0]
    if not right[1]:
        return number, left[1]
    total = dict(left[1])
    for base, power in right[1]:
        total[base] = total.get(base, 0) + sign * power
    return number, tuple(sorted((base, power) for base, power in total.items() if power))


class _Bases:
    """The expressions whose powers occur, by number."""

    def __init__(self) -> None:
        self.expressions: list[Expr] = []
        self._number: dict[Expr, int] = {}
        self._known: dict[Expr, _Monomial] = {}

    def monomial(self, weight: Expr) -> _Monomial:
        if weight not in self._known:
            self._known[weight] = self._read(weight)
        return self._known[weight]

    def _read(self, weight: Expr) -> _Monomial:
        number, rest = weight.as_coeff_Mul()
        if not number.is_Rational:
            number, rest = sympy.S.One, weight
        powers: dict[int, int] = {}
        for base, power in rest.as_powers_dict().items() if rest is not sympy.S.One else ():
            whole = power.is_Integer
            key = self._key(base if whole else base**power)
            powers[key] = powers.get(key, 0) + (int(power) if whole else 1)
        return Fraction(int(number.p), int(number.q)), tuple(sorted(powers.items()))

    def _key(self, base: Expr) -> int:
        if base not in self._number:
            self._number[base] = len(self.expressions)
            self.expressions.append(base)
        return self._number[base]

    def expression(self, monomial: _Monomial) -> Expr:
        number = sympy.Rational(monomial[0].numerator, monomial[0].denominator)
        return sympy.Mul(number, *[self.expressions[base] ** power for base, power in monomial[1]])

    def sign(self, monomial: _Monomial) -> int | None:
        sign = 1 if monomial[0] > 0 else -1
        for key, power in monomial[1]:
            base = self.expressions[key]
            if power % 2 == 0 or base.is_positive or base.is_nonnegative:
                continue
            if not (base.is_negative or base.is_nonpositive):
                return None
            sign = -sign
        return sign


def cycle_test(size: int, weights: Mapping[Place, Expr]) -> CycleTest:
    """Test c_i w_ij = c_j w_ji; diagonal entries do not matter.

    Parameters
    ----------
    size : int
    weights : mapping of (onto, from) to Expr
        Entries that vanish are left out.

    Examples
    --------
    >>> a, b = sympy.symbols("a b", positive=True)
    >>> cycle_test(2, {(0, 1): a, (1, 0): b}).scale
    (1, a/b)
    """
    bases = _Bases()
    table = {place: bases.monomial(weight) for place, weight in weights.items() if place[0] != place[1] and weight != 0}
    assumed: dict[Expr, None] = {}
    ratio: list[dict[int, _Monomial]] = [{} for _ in range(size)]
    for (i, j), own in table.items():
        back = table.get((j, i))
        if back is None:
            return CycleTest(False, cycle=(j, i), residual=bases.expression(own))
        if i < j:
            product = _times(own, back)
            sign = bases.sign(product)
            if sign == -1:
                return CycleTest(False, cycle=(j, i), residual=bases.expression(product))
            if sign is None:
                assumed[bases.expression(product)] = None
            # c_j / c_i = w_ij / w_ji
            ratio[i][j] = _times(own, back, -1)
            ratio[j][i] = _times(back, own, -1)
    scale, parent = _spread(size, ratio)
    for (i, j), own in table.items():
        if i < j and _times(scale[i], own) != _times(scale[j], table[j, i]):
            cycle = _cycle(i, j, parent)
            residual = _residual(cycle, table, bases)
            if residual != 0:
                return CycleTest(False, cycle=tuple(cycle), residual=residual)
    return CycleTest(True, scale=tuple(map(bases.expression, scale)), assumed_positive=tuple(assumed))


def _spread(size: int, ratio: list[dict[int, _Monomial]]) -> tuple[list[_Monomial], list[int | None]]:
    """c along a spanning forest, breadth first, and the parents in it."""
    scale: dict[int, _Monomial] = {}
    parent: list[int | None] = [None] * size
    for root in range(size):
        if root in scale:
            continue
        scale[root] = _ONE
        waiting = deque([root])
        while waiting:
            i = waiting.popleft()
            for j, step in ratio[i].items():
                if j not in scale:
                    scale[j], parent[j] = _times(scale[i], step), i
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
