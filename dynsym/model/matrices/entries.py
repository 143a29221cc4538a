"""Matrix expressions entry by entry."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from dynsym._expressions import symbol
from dynsym.errors import ModelNameError, UnsupportedFeatureError

__all__ = ["entry_names", "explicit", "known_of"]


def entry_names(matrix: MatrixSymbol, shape: tuple[int, int], *, kind: str = "free") -> dict[tuple[int, int], str]:
    """Names of the entries that are symbols: one index for rows, columns and diagonal matrices."""
    rows, columns = shape
    name = matrix.name
    if kind in {"sign", "diagonal"}:
        return {(k, k): f"{name}_{k + 1}" for k in range(rows)}
    if matrix.shape[0] == 1:
        return {(0, j): f"{name}_{j + 1}" for j in range(columns)}
    if matrix.shape[1] == 1:
        return {(i, 0): f"{name}_{i + 1}" for i in range(rows)}
    places = [(i, j) for i in range(rows) for j in range(columns)]
    if kind == "symmetric":
        return {(i, j): f"{name}_{min(i, j) + 1}_{max(i, j) + 1}" for i, j in places}
    return {(i, j): f"{name}_{i + 1}_{j + 1}" for i, j in places}


def explicit(
    expression: MatrixExpr, entries: Mapping[MatrixSymbol, ImmutableDenseMatrix], sizes: Mapping[Symbol, int]
) -> ImmutableDenseMatrix:
    """A matrix expression at given sizes."""
    match expression:
        case MatrixSymbol():
            return entries[expression]
        case MatAdd():
            parts = [explicit(part, entries, sizes) for part in expression.args]
            return sum(parts[1:], parts[0])
        case MatMul():
            total = None
            factor = sympy.S.One
            for part in expression.args:
                if not getattr(part, "is_Matrix", False):
                    factor *= _scalar(part, entries, sizes)
                else:
                    value = explicit(part, entries, sizes)
                    total = value if total is None else total * value
            assert total is not None
            return factor * total
        case Transpose():
            return explicit(expression.arg, entries, sizes).T
        case Inverse():
            return explicit(expression.arg, entries, sizes).inv(method="ADJ")
        case MatPow() if expression.exp.is_Integer:
            return explicit(expression.base, entries, sizes) ** int(expression.exp)
        case HadamardProduct():
            parts = [explicit(part, entries, sizes) for part in expression.args]
            total = parts[0]
            for part in parts[1:]:
                total = total.multiply_elementwise(part)
            return total
        case Identity() | ZeroMatrix() | OneMatrix():
            rows, columns = (int(size.xreplace(dict(sizes))) for size in expression.shape)
            value = 0 if isinstance(expression, ZeroMatrix) else 1
            only_diagonal = isinstance(expression, Identity)
            return ImmutableDenseMatrix(rows, columns, lambda i, j: value if i == j or not only_diagonal else 0)
    if isinstance(expression, sympy.MatrixBase):
        return ImmutableDenseMatrix(expression)
    raise UnsupportedFeatureError(
        f"{type(expression).__name__} in {expression!s:.60} is not known in matrix systems. Use sums, products, "
        "transposes, inverses, traces and Hadamard products."
    )


def _scalar(
    expression: Expr, entries: Mapping[MatrixSymbol, ImmutableDenseMatrix], sizes: Mapping[Symbol, int]
) -> Expr:
    """A scalar factor, with traces and sizes put in."""
    values: dict[Expr, Expr] = {size: sympy.Integer(number) for size, number in sizes.items()}
    for trace in expression.atoms(Trace):
        values[trace] = explicit(trace.arg, entries, sizes).trace()
    for name in expression.free_symbols:
        if isinstance(name, Symbol) and name not in values:
            values[name] = symbol(name.name, known_of(name))
    found = expression.xreplace(values)
    if found.atoms(MatrixSymbol):
        raise ModelNameError(f"{expression!s:.60} has a matrix where a number is needed. Take a trace or an entry.")
    return found


def known_of(given: Symbol) -> str:
    """The assumption of dynsym that says most about a symbol of sympy."""
    return next((word for word in _ASSUMPTIONS if getattr(given, f"is_{word}")), "real")


_ASSUMPTIONS = ("positive", "negative", "nonnegative", "nonzero")
