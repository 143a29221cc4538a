"""How large an expression may be. Everything is checked before sympy is asked to build anything."""

from __future__ import annotations

from typing import Final

__all__ = [
    "MAX_ARGUMENTS",
    "MAX_BITS",
    "MAX_DEGREE",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_LENGTH",
    "MAX_NAME_LENGTH",
    "MAX_NESTED_CALLS",
    "MAX_NODES",
]

MAX_LENGTH: Final = 100_000
"""Characters in one text."""

MAX_NODES: Final = 20_000
"""Nodes of the expression tree, after the file's own functions are put in."""

MAX_DEPTH: Final = 100
"""Parentheses, signs and powers inside one another."""

MAX_NESTED_CALLS: Final = 30
"""Function calls inside one another."""

MAX_ARGUMENTS: Final = 20
"""Arguments of one call."""

MAX_DIGITS: Final = 1_000
"""Digits of one number as written, and the largest power of ten it may carry."""

MAX_EXPONENT: Final = 1_000
"""Largest numerator or denominator of a numeric exponent."""

MAX_DEGREE: Final = 1_000
"""Largest degree that nested powers may multiply up to."""

MAX_BITS: Final = 14_000
"""Bits of one exact constant: below the 4,300 decimal digits up to which Python prints integers."""

MAX_NAME_LENGTH: Final = 100
"""Characters of one name."""
