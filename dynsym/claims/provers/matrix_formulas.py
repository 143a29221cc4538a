"""sympy's matrix expressions with symbolic sizes in index notation, and their derivatives along a flow."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.matrices.expressions import HadamardProduct, Identity, MatAdd, MatMul, MatPow, OneMatrix, Trace, Transpose
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from dynsym import tensors as tn
from dynsym.errors import Unhandled, UnsupportedFeatureError
from dynsym.model import MatrixSystem
from dynsym.tensors.formulas.formula import as_formula

__all__ = ["IndexReader", "along_solutions"]


class IndexReader:
    """Reads matrix expressions into `dynsym.tensors`."""

    def __init__(
        self,
        *,
        signs: tuple[MatrixSymbol, ...] = (),
        diagonal: tuple[MatrixSymbol, ...] = (),
        symmetric: tuple[MatrixSymbol, ...] = (),
    ) -> None:
        self.signs, self.diagonal, self.symmetric = set(signs), set(diagonal), set(symmetric)
        self._known: dict[MatrixSymbol, Any] = {}

    @classmethod
    def of(cls, system: MatrixSystem) -> IndexReader:
        """The reader for a system's matrices."""
        return cls(signs=system.signs, diagonal=system.diagonal, symmetric=system.symmetric)

    def __call__(self, expression: Expr | MatrixExpr) -> Any:
        """The formula."""
        if getattr(expression, "is_Matrix", False):
            return self._matrix(expression)
        return as_formula(self._scalar(expression))

    def _matrix(self, expression: Any) -> Any:
        match expression:
            case MatrixSymbol():
                return self._symbol(expression)
            case MatAdd():
                parts = [self._matrix(part) for part in expression.args]
                return sum(parts[1:], parts[0])
            case MatMul():
                matrices = [self._matrix(part) for part in expression.args if getattr(part, "is_Matrix", False)]
                total = matrices[0]
                for factor in matrices[1:]:
                    total = total @ factor
                for part in expression.args:
                    if not getattr(part, "is_Matrix", False):
                        total = total * self._scalar(part)
                return total
            case Transpose():
                return self._matrix(expression.arg).T
            case MatPow() if expression.exp.is_Integer and expression.exp > 0:
                base = self._matrix(expression.base)
                total = base
                for _ in range(int(expression.exp) - 1):
                    total = total @ base
                return total
            case HadamardProduct():
                parts = [self._matrix(part) for part in expression.args]
                total = parts[0]
                for part in parts[1:]:
                    total = tn.hadamard(total, part)
                return total
            case Identity():
                return tn.identity(_sort(expression.shape[0]))
            case OneMatrix():
                return tn.ones(*map(_sort, expression.shape))
        if expression.is_ZeroMatrix:
            return tn.zeros(*map(_sort, expression.shape))
        raise UnsupportedFeatureError(f"{type(expression).__name__} in {expression!s:.60} is not in the index calculus")

    def _symbol(self, matrix: MatrixSymbol) -> Any:
        if matrix not in self._known:
            rows, columns = map(_sort, matrix.shape)
            name = matrix.name
            if matrix in self.signs:
                made = tn.diagonal_matrix(tn.signs(name, rows))
            elif matrix in self.diagonal:
                made = tn.diagonal_matrix(tn.column(name, rows))
            elif matrix in self.symmetric:
                made = tn.symmetric_matrix(name, rows)
            else:
                made = tn.matrix(name, rows, columns)
            self._known[matrix] = made
        return self._known[matrix]

    def _scalar(self, expression: Expr) -> Any:
        if expression.is_Rational:
            return Fraction(int(expression.p), int(expression.q))
        if isinstance(expression, Trace):
            inside = self._matrix(expression.arg)
            return inside if inside.is_scalar else tn.trace(inside)
        if isinstance(expression, Symbol):
            return tn.scalar(expression.name)
        if expression.is_Add or expression.is_Mul:
            parts = [self._scalar(part) for part in expression.args]
            parts.sort(key=lambda part: isinstance(part, Fraction))
            total = parts[0]
            for part in parts[1:]:
                total = total + part if expression.is_Add else total * part
            return total
        if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
            return self._scalar(expression.base) ** int(expression.exp)
        raise UnsupportedFeatureError(f"{expression!s:.60} is not in the index calculus")


def along_solutions(expression: Any, rates: Mapping[MatrixSymbol, MatrixExpr]) -> Any:
    """The derivative of a matrix expression, or of a scalar of traces, along the solutions of matrix equations."""
    if expression in rates:
        return rates[expression]
    if getattr(expression, "is_Matrix", False):
        zero = sympy.ZeroMatrix(*expression.shape)
        match expression:
            case MatrixSymbol() | Identity() | OneMatrix():
                return zero
            case MatAdd():
                return sum((along_solutions(part, rates) for part in expression.args), zero)
            case Transpose():
                return along_solutions(expression.arg, rates).T
            case MatMul():
                return sum(_product_rule(expression.args, rates), zero)
            case MatPow() if expression.exp.is_Integer and expression.exp > 0:
                return along_solutions(MatMul(*[expression.base] * int(expression.exp), evaluate=False), rates)
        if expression.is_ZeroMatrix:
            return zero
        raise UnsupportedFeatureError(f"{type(expression).__name__} is not differentiated along solutions")
    if isinstance(expression, Trace):
        return Trace(along_solutions(expression.arg, rates))
    if expression.is_Add:
        return sympy.Add(*(along_solutions(part, rates) for part in expression.args))
    if expression.is_Mul:
        return sympy.Add(
            *(
                sympy.Mul(*expression.args[:k], along_solutions(part, rates), *expression.args[k + 1 :])
                for k, part in enumerate(expression.args)
            )
        )
    if expression.is_Pow and expression.exp.is_Integer:
        return expression.exp * expression.base ** (expression.exp - 1) * along_solutions(expression.base, rates)
    if expression.atoms(MatrixSymbol).isdisjoint(rates):
        return sympy.S.Zero
    raise Unhandled(type(expression).__name__, "its derivative along solutions is not known")


def _product_rule(factors: tuple[Any, ...], rates: Mapping[MatrixSymbol, MatrixExpr]) -> list[Any]:
    found = []
    for k, factor in enumerate(factors):
        change = along_solutions(factor, rates)
        if getattr(change, "is_ZeroMatrix", False) or change == 0:
            continue
        found.append(MatMul(*factors[:k], change, *factors[k + 1 :]))
    return found


def _sort(size: Any) -> Any:
    if size == 1:
        return tn.UNIT
    if isinstance(size, Symbol):
        return tn.Sort(size.name)
    raise UnsupportedFeatureError(f"the size {size} is neither a symbol nor 1: give all sizes, or none")
