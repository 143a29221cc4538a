"""Small changes of formulas: what repairs try on a false claim, and what mutants do to a true one."""

from __future__ import annotations

from collections.abc import Iterator

import sympy
from sympy import Expr, Integer, Rational
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions import MatAdd, MatMul
from sympy.matrices.expressions.matexpr import MatrixExpr

__all__ = ["variations"]

FACTORS = (Integer(2), Rational(1, 2), Integer(3), Rational(1, 3), Integer(4), Rational(1, 4))
MAX_TERMS = 8
_TURNED = {"<": sympy.Gt, "<=": sympy.Ge, ">": sympy.Lt, ">=": sympy.Le, "==": sympy.Ne, "!=": sympy.Eq}
_STRICTNESS = {"<": sympy.Le, "<=": sympy.Lt, ">": sympy.Ge, ">=": sympy.Gt}


def variations(formula: Expr | Boolean) -> Iterator[tuple[str, Expr | Boolean]]:
    """Formulas that differ by a sign, a factor, a term, an exponent, two exchanged symbols, or a relation sign."""
    seen = {formula}
    for what, changed in _variations(formula):
        if changed not in seen and changed not in (sympy.true, sympy.false):
            seen.add(changed)
            yield what, changed


def _variations(formula: Expr | Boolean) -> Iterator[tuple[str, Expr | Boolean]]:
    if isinstance(formula, Relational):
        yield from _of_relation(formula)
    elif isinstance(formula, Boolean) and not isinstance(formula, sympy.Symbol):
        for k, part in enumerate(formula.args):
            for what, changed in _variations(part):
                yield what, formula.func(*formula.args[:k], changed, *formula.args[k + 1 :])
    elif getattr(formula, "is_Matrix", False):
        yield from _of_matrix(formula)
    else:
        yield from _of_expression(formula)


def _of_relation(relation: Relational) -> Iterator[tuple[str, Boolean]]:
    left, right = relation.args
    if relation.rel_op in _STRICTNESS:
        yield "strictness changed", _STRICTNESS[relation.rel_op](left, right)
    yield "the relation turned", _TURNED[relation.rel_op](left, right)
    for what, changed in _of_expression(right):
        yield what, relation.func(left, changed)
    for what, changed in _of_expression(left):
        yield what, relation.func(changed, right)


def _of_matrix(expression: MatrixExpr) -> Iterator[tuple[str, MatrixExpr]]:
    """Signs, factors, terms, and factors transposed where the shapes allow it."""
    yield "a sign flipped", -expression
    terms = expression.args if isinstance(expression, MatAdd) else (expression,)
    others = [MatAdd(*terms[:k], *terms[k + 1 :]) if len(terms) > 1 else None for k in range(len(terms))]

    def joined(k: int, term: MatrixExpr) -> MatrixExpr:
        return term if others[k] is None else MatAdd(others[k], term).doit(deep=False)

    for k, term in enumerate(terms):
        if len(terms) > 1:
            yield "a sign flipped", joined(k, -term)
        for factor in FACTORS[:2]:
            yield "a factor changed", joined(k, factor * term)
        factors = term.args if isinstance(term, MatMul) else (term,)
        for place, matrix in enumerate(factors):
            turned = [*factors[:place], getattr(matrix, "T", matrix), *factors[place + 1 :]]
            if turned[place] != matrix and tuple(matrix.shape) == tuple(turned[place].shape):
                yield "a factor transposed", joined(k, MatMul(*turned))
    for other in others:
        if other is not None:
            yield "a term dropped", other


def _of_expression(expression: Expr) -> Iterator[tuple[str, Expr]]:
    yield "a sign flipped", -expression
    terms = sympy.Add.make_args(expression)
    if 1 < len(terms) <= MAX_TERMS:
        terms = tuple(sorted(terms, key=sympy.default_sort_key))
        for k, term in enumerate(terms):
            yield "a sign flipped", sympy.Add(*terms[:k], -term, *terms[k + 1 :])
        for k, term in enumerate(terms):
            for factor in FACTORS:
                yield "a factor changed", sympy.Add(*terms[:k], factor * term, *terms[k + 1 :])
    for factor in FACTORS:
        yield "a factor changed", factor * expression
    symbols = sorted((s for s in expression.free_symbols if isinstance(s, sympy.Symbol)), key=str)
    for s in symbols:
        yield "a factor changed", s * expression
        yield "a factor changed", expression / s
    for k, a in enumerate(symbols):
        for b in symbols[k + 1 :]:
            yield "symbols exchanged", expression.xreplace({a: b, b: a})
    for power in sorted(expression.atoms(sympy.Pow), key=sympy.default_sort_key)[:MAX_TERMS]:
        if power.exp.is_Integer:
            yield "an exponent changed", expression.xreplace({power: power.base ** (power.exp + 1)})
            yield "an exponent changed", expression.xreplace({power: power.base ** (power.exp - 1)})
    if 1 < len(terms) <= MAX_TERMS:
        for k, term in enumerate(terms):
            for s in symbols[:MAX_TERMS]:
                yield "a factor changed", sympy.Add(*terms[:k], s * term, *terms[k + 1 :])
        for k in range(len(terms)):
            yield "a term dropped", sympy.Add(*terms[:k], *terms[k + 1 :])
