"""Seeded points of checks and searches: exact numbers inside what is assumed of a symbol; nothing is evaluated."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["COUNTS", "Sampler"]

COUNTS = (1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 300)

SIMPLE = tuple(
    Fraction(*v) for v in ((1, 1), (0, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1), (1, 3))
)


class Sampler(random.Random):
    """A seeded source of points; what it draws is data, not evidence by itself."""

    def number(
        self,
        symbol: Expr,
        numerators: tuple[int, int] = (1, 60),
        denominators: tuple[int, int] = (11, 29),
        negative: float = 0.4,
    ) -> Fraction:
        """A fraction of moderate size; `negative` is the chance of a minus where any sign is allowed."""
        size = Fraction(self.randint(*numerators), self.randint(*denominators))
        if symbol.is_nonnegative:
            return size
        return -size if symbol.is_nonpositive or self.random() >= 1 - negative else size

    def simple(self, symbol: Expr, reach: int) -> Fraction:
        """A small integer or simple fraction, one of more and larger ones as `reach` grows."""
        for _ in range(60):
            if reach <= 3 or self.random() < 0.3:
                value = self.choice(SIMPLE[: 3 + 3 * reach])
            else:
                value = Fraction(self.randint(-4 * reach, 4 * reach), self.choice((1, 1, 2, 3, 5, 10)))
            value = Fraction(int(value)) if symbol.is_integer else value
            value = abs(value) if symbol.is_nonnegative else -abs(value) if symbol.is_nonpositive else value
            if value or not symbol.is_nonzero:
                return value
        return Fraction(-1 if symbol.is_negative else 1)

    def off_axis(self) -> complex:
        """A complex number of moderate size above the real axis."""
        return complex(self.uniform(-2, 2), self.uniform(0.5, 2))
