"""Goals about expressions and matrices, as formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import And, Boolean

from dynsym.algebra.determinants import determinant, strong_components
from dynsym.algebra.ring import Ring, generators_of
from dynsym.claims.goals import CharacteristicPolynomial, Exists, HasSpectrum, Holds, Identity, JacobianBlock, Series
from dynsym.claims.goals.algebraic import shown
from dynsym.claims.problem import Problem
from dynsym.claims.provers.linearisations import matrix_of
from dynsym.claims.reals.decision import Case, by_search
from dynsym.claims.reals.formulas import normal
from dynsym.claims.reals.steps import ring_step
from dynsym.claims.reals.witnesses import find_point, point_json
from dynsym.claims.registry import Restatement, corrector, prover, restater
from dynsym.claims.relations import formula_text
from dynsym.claims.verdict import Finding
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.functions.smoothness import breaks

__all__ = ["characteristic_coefficients", "characteristic_factors", "eigenvalue_of", "equation", "equations"]


def equation(left: Expr, right: Expr) -> Boolean:
    """An equation that sympy does not evaluate."""
    if any(side.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) for side in (left, right) if isinstance(side, Expr)):
        raise UnsupportedFeatureError(f"{left} = {right} has a side that is not finite. Leave out singular points.")
    return sympy.true if left == right else sympy.Eq(left, right, evaluate=False)


def equations(pairs: Any, method: str = "") -> Restatement:
    """All of several equations; those whose sides are the same expression are settled at once."""
    listed = [(sympy.S(left), sympy.S(right)) for left, right in pairs]
    steps = tuple(ring_step(left, right) for left, right in listed if left == right and left != 0)
    return Restatement(And(*(equation(left, right) for left, right in listed)), method=method, steps=steps)


@restater(Identity)
def identity(goal: Identity, problem: Problem) -> Restatement:
    """Entry by entry."""
    sides = [goal.left, goal.right]
    if not any(isinstance(side, sympy.MatrixBase) for side in sides):
        return equations([sides])
    shapes = [getattr(side, "shape", ()) for side in sides]
    if shapes[0] != shapes[1]:
        raise ParameterError(
            f"The identity {goal.text()[:80]} has the shapes {shapes[0]} and {shapes[1]}. Both sides need one shape."
        )
    return equations(zip(goal.left, goal.right, strict=True))


@corrector(Identity)
def right_side(goal: Identity, problem: Problem) -> Iterator[Identity]:
    """The left side, expanded, as the right side."""
    if isinstance(goal.left, sympy.MatrixBase):
        yield replace(goal, right=goal.left.applyfunc(sympy.expand))
    elif isinstance(goal.left, Expr):
        shown = sympy.expand(goal.left)
        yield replace(goal, right=shown if shown != goal.left else sympy.factor(goal.left))


@restater(Holds)
def relation(goal: Holds, problem: Problem) -> Restatement:
    """The relation itself."""
    return Restatement(goal.relation, method="")


@restater(JacobianBlock)
def jacobian_block(goal: JacobianBlock, problem: Problem) -> Restatement:
    """Entries of the Jacobian."""
    return equations(zip(_block(goal, problem), goal.entries, strict=True), "entries of the Jacobian")


@corrector(JacobianBlock)
def own_block(goal: JacobianBlock, problem: Problem) -> Iterator[JacobianBlock]:
    """The entries of the Jacobian."""
    yield replace(goal, entries=_block(goal, problem))


def _block(goal: JacobianBlock, problem: Problem) -> sympy.MatrixBase:
    names = list(goal.system.state_names)
    matrix = matrix_of(goal.system, goal.at, problem)
    return matrix.extract([names.index(r) for r in goal.rows], [names.index(c) for c in goal.columns])


@restater(CharacteristicPolynomial)
def characteristic_polynomial(goal: CharacteristicPolynomial, problem: Problem) -> Restatement:
    """Coefficient by coefficient, with the sign of the leading coefficient of the stated polynomial."""
    matrix = matrix_of(goal.of, goal.at, problem)
    symbol = eigenvalue_of(goal, matrix)
    if not goal.polynomial.is_polynomial(symbol):
        raise ParameterError(
            f"{shown(goal.polynomial)} is no polynomial in {symbol}. Name the eigenvalue with symbol=."
        )
    stated = list(reversed(sympy.Poly(goal.polynomial, symbol).all_coeffs()))
    actual = characteristic_coefficients(matrix, problem)
    sign = -1 if len(stated) == len(actual) and matrix.rows % 2 and _is_minus(stated[-1]) else 1
    width = max(len(stated), len(actual))
    rows = [[*own, *[sympy.S.Zero] * (width - len(own))] for own in (actual, stated)]
    which = "det(J - lambda)" if sign < 0 else "det(lambda - J)"
    return equations(((sign * a, b) for a, b in zip(*rows, strict=True)), f"coefficients of {which}")


@corrector(CharacteristicPolynomial)
def own_polynomial(goal: CharacteristicPolynomial, problem: Problem) -> Iterator[CharacteristicPolynomial]:
    """The characteristic polynomial, factored."""
    matrix = matrix_of(goal.of, goal.at, problem)
    symbol = eigenvalue_of(goal, matrix)
    parts = characteristic_coefficients(matrix, problem)
    polynomial = sympy.Add(*(sympy.factor(c) * symbol**k for k, c in enumerate(parts)))
    yield replace(goal, polynomial=sympy.factor(polynomial))


@restater(HasSpectrum)
def spectrum(goal: HasSpectrum, problem: Problem) -> Restatement:
    """The product of linear factors against the characteristic polynomial."""
    matrix = matrix_of(goal.of, goal.at, problem)
    if len(goal.eigenvalues) != matrix.rows:
        step = {"kind": "count", "stated": len(goal.eigenvalues), "size": matrix.rows}
        return Restatement(
            sympy.false, method=f"{matrix.rows} eigenvalues, {len(goal.eigenvalues)} stated", steps=(step,)
        )
    coefficients = [sympy.S.One]
    for value in goal.eigenvalues:
        coefficients = [a - value * b for a, b in zip([*coefficients, 0], [0, *coefficients], strict=True)]
    actual = characteristic_coefficients(matrix, problem)
    return equations(zip(actual, reversed(coefficients), strict=True), "coefficients of det(lambda - J)")


@restater(Series)
def series(goal: Series, problem: Problem) -> Restatement:
    """Taylor coefficients, by differentiation at zero."""
    names = {s.name: s for s in goal.free_symbols()}
    symbol = names.get(goal.symbol)
    if symbol is None:
        raise ParameterError(f"{goal.symbol} does not occur in {goal.text()}. Name the symbol of the expansion.")
    for place in breaks(goal.of - goal.expansion):
        at = place.at.xreplace({symbol: sympy.S.Zero})
        if place.at.has(symbol) and not (at.is_nonzero or (at != 0 and place.part.is_Pow)):
            raise UnsupportedFeatureError(f"{shown(place.part)} may break at {symbol} = 0")
    difference, pairs = goal.of - goal.expansion, []
    for k in range(goal.order + 1):
        value = difference.xreplace({symbol: sympy.S.Zero})
        if value.has(sympy.nan, sympy.zoo, sympy.oo):
            raise UnsupportedFeatureError(f"{shown(goal.of)} has no Taylor expansion at {symbol} = 0")
        pairs.append((value / sympy.factorial(k), sympy.S.Zero))
        difference = difference.diff(symbol)
    return equations(pairs, "Taylor coefficients")


@prover(Exists, order=20)
def a_point(goal: Exists, problem: Problem) -> Finding | None:
    """A point proves it; both solvers, the line or boxes refute it."""
    wanted = And(goal.relation, *problem.hypotheses)
    point = find_point(wanted, problem.clock.part(0.3), extra_symbols=sorted(goal.free_symbols(), key=str))
    case = Case(problem)
    if point is None:
        settled, hint = by_search(sympy.Not(goal.relation), case)
        if settled:
            method = ", ".join(case.methods)
            return Finding("refuted", method=method, reason=f"no point: {method}", steps=tuple(case.steps))
        if hint:
            point = find_point(wanted, problem.clock.part(0.3), hints=[hint])
    if point is None:
        return None
    values = point_json(point)
    return Finding(
        "proved",
        method="a point",
        reason=f"at {', '.join(f'{k} = {v}' for k, v in values.items())}",
        steps=({"kind": "witness", "point": values, "true": formula_text(normal(goal.relation))},),
    )


def characteristic_coefficients(matrix: sympy.MatrixBase, problem: Problem) -> list[Expr]:
    """The coefficients of det(λ - J), lowest first, over the field of the entries."""
    eigenvalue = sympy.Dummy("lambda")
    ring, value, below = _characteristic(matrix, eigenvalue, problem)
    found = [ring.expression(part) / below for part in ring.coefficients(value, eigenvalue)]
    return [sympy.cancel(part) if part.free_symbols and not below.is_Integer else part for part in found]


def characteristic_factors(matrix: sympy.MatrixBase, problem: Problem) -> list[list[Expr]]:
    """Polynomials that have together the roots of det(λ - J): coefficients without denominators, lowest first.

    One strongly connected block after the other, each cut into irreducible factors; a repeated factor is given once for
    each time that it occurs. The leading coefficient is positive, or of a sign that is not known.
    """
    eigenvalue = sympy.Dummy("lambda")
    places = [(i, j) for i in range(matrix.rows) for j in range(matrix.cols) if sympy.cancel(matrix[i, j]) != 0]
    found: list[list[Expr]] = []
    for block in strong_components(matrix.rows, places):
        ring, value, _ = _characteristic(matrix.extract(block, block), eigenvalue, problem)
        for factor, power in ring.factors(value)[1]:
            if factor.has(eigenvalue):
                coefficients = sympy.Poly(factor, eigenvalue).all_coeffs()[::-1]
                sign = -1 if coefficients[-1].is_negative else 1
                found += [[sign * c for c in coefficients]] * power
    return found


def _characteristic(matrix: sympy.MatrixBase, eigenvalue: Expr, problem: Problem) -> tuple[Ring, Any, Expr]:
    """det(λ - J) times the product of a denominator for each row, and that product."""
    size = matrix.rows
    ring = Ring((*generators_of(matrix), eigenvalue))
    cleared: dict[tuple[int, int], Any] = {}
    below = sympy.S.One
    for i in range(size):
        row = {j: ring.quotient((eigenvalue if i == j else 0) - matrix[i, j]) for j in range(size)}
        common = ring.common_multiple(denominator for _, denominator in row.values())
        cleared |= {(i, j): n * (common / d) for j, (n, d) in row.items() if not n.is_zero()}
        below *= ring.expression(common)
    return ring, determinant(ring, cleared, size, problem.clock), below


def eigenvalue_of(goal: CharacteristicPolynomial, matrix: sympy.MatrixBase) -> Symbol:
    """The named symbol, or the only one that the polynomial has and the matrix has not."""
    symbol = Symbol(goal.symbol)
    others = sorted(goal.polynomial.free_symbols - matrix.free_symbols - {symbol}, key=str)
    if goal.polynomial.has(symbol) or len(others) != 1:
        return symbol
    return others[0]


def _is_minus(value: Expr) -> bool:
    return bool(value.is_negative)
