"""Where a function leaves its real domain, said in the names of the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy
from sympy import Expr, Symbol

from dynsym.errors import DomainError

__all__ = ["domain_error"]


def domain_error(expressions: Iterable[Expr], symbols: Sequence[Symbol], values: Sequence[float]) -> DomainError | None:
    """The error that names a negative number under a root, a fractional power or a logarithm, or None."""
    known = {s: sympy.Float(v) for s, v in zip(symbols, values, strict=True)}
    for expression in expressions:
        for part in sorted(expression.atoms(sympy.Pow, sympy.log), key=sympy.default_sort_key):
            inner = part.args[0]
            if part.is_Pow and part.exp.xreplace(known).is_integer:
                continue
            value = inner.xreplace(known).evalf(17)
            if value.is_comparable and value < 0:
                return DomainError(
                    f"{part} has no real value at {inner} = {float(value):.6g}, which is negative. Stay where {inner} "
                    "is nonnegative, or write abs or max there."
                )
    return None
