"""Lemmas on determinants, each derived from two or three block products that are checked where it is used.

`exchange`: c^m det(c I_n - G H) = c^n det(c I_m - H G), without an inverse; with c = 1 this is det(I + XY) =
det(I + YX), and with an inner space of dimension one it is the matrix determinant lemma. `complement`: Schur's
complement over a multiple of the identity. `solved_complement`: over any block A, given a solution Y of A Y = B.
"""

from __future__ import annotations

from functools import cache

from dynsym.tensors.determinants.derivations import Derivation, NotProved, Theorem
from dynsym.tensors.determinants.spaces import Operator, Space
from dynsym.tensors.formulas.declarations import identity, matrix, scalar
from dynsym.tensors.formulas.formula import Formula, Sort
from dynsym.tensors.formulas.operations import trace
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.identities import prove_identity

__all__ = ["complement", "exchange", "logarithmic_derivatives_agree", "multiple", "negated", "solved_complement"]


def _rewritten(derivation: Derivation, theorem: Theorem, *rules: Theorem) -> Theorem:
    for rule in rules:
        theorem = derivation.conclude("rewrite", [theorem, rule])
    return theorem


def _shifted(operator: Operator, rows: int, columns: int) -> dict[tuple[int, int], Formula]:
    return {(a + rows, b + columns): block for (a, b), block in operator.blocks.items()}


def _joined(first: Space, second: Space, *parts: tuple[Operator, int, int]) -> Operator:
    """An operator on a direct sum from parts at given places (0: first space, 1: second space)."""
    blocks: dict[tuple[int, int], Formula] = {}
    for operator, row, column in parts:
        blocks |= _shifted(operator, len(first) * row, len(first) * column)
    return Operator(first + second, first + second, blocks)


def multiple(derivation: Derivation, space: Space, factor: Formula) -> Theorem:
    """det(c I) = c^dimension."""
    whole = Operator.scaled(space, factor)
    if len(space) == 1:
        return derivation.diagonal(whole, factor.node)
    if not len(space):
        raise NotProved("the space has dimension zero")
    found, first, second = derivation.triangular(whole, 1)
    return _rewritten(
        derivation, found, multiple(derivation, first.rows, factor), multiple(derivation, second.rows, factor)
    )


def _diagonal_parts(derivation: Derivation, whole: Operator, cut: int, factors: tuple[Formula | None, ...]) -> Theorem:
    """det of a block triangular operator; a part that is c I is evaluated where its c is given."""
    found, *parts = derivation.triangular(whole, cut)
    for part, factor in zip(parts, factors, strict=True):
        if factor is not None:
            found = _rewritten(derivation, found, multiple(derivation, part.rows, factor))
    return found


def exchange(derivation: Derivation, first: Operator, second: Operator, factor: Formula) -> tuple[Theorem, Operator]:
    """det(c I - G H) = c^(n - m) det(c I - H G), and the operator c I - H G."""
    outer, inner = first.rows, first.columns
    one = derivation.formula(("number", "1"))
    zero_outer, zero_inner = Operator.scaled(outer, factor), Operator.scaled(inner, factor)
    unit_outer, unit_inner = Operator.scaled(outer, one), Operator.scaled(inner, one)
    large, small = zero_outer - first @ second, zero_inner - second @ first
    whole = _joined(outer, inner, (zero_outer, 0, 0), (first, 0, 1), (second, 1, 0), (unit_inner, 1, 1))
    right = _joined(outer, inner, (unit_outer, 0, 0), (-second, 1, 0), (unit_inner, 1, 1))
    upper = _joined(outer, inner, (large, 0, 0), (first, 0, 1), (unit_inner, 1, 1))
    left = _joined(outer, inner, (unit_outer, 0, 0), (-second, 1, 0), (zero_inner, 1, 1))
    lower = _joined(outer, inner, (zero_outer, 0, 0), (first, 0, 1), (small, 1, 1))
    cut = len(outer)
    # det(upper) = det(whole) and det(upper) = det(large)
    first_way = _rewritten(
        derivation, derivation.product(upper, whole, right), _diagonal_parts(derivation, right, cut, (one, one))
    )
    whole_is_large = _rewritten(
        derivation, derivation.conclude("turn", [first_way]), _diagonal_parts(derivation, upper, cut, (None, one))
    )
    # det(lower) = c^m det(whole) and det(lower) = c^n det(small)
    second_way = _rewritten(
        derivation,
        derivation.product(lower, left, whole),
        _diagonal_parts(derivation, left, cut, (one, factor)),
        whole_is_large,
    )
    found = _rewritten(
        derivation, derivation.conclude("turn", [second_way]), _diagonal_parts(derivation, lower, cut, (factor, None))
    )
    return found, small


@cache
def logarithmic_derivatives_agree() -> Conclusion:
    """A second argument for `exchange`, which uses no determinant.

    For opaque G, H and any Q, (c - GH)(1 + GQH) - c = G((c - HG)Q - 1)H. With Q the inverse of c - HG this gives the
    inverse of c - GH, and tr(GQH) = c tr Q - m gives its trace: both sides of the lemma have one logarithmic derivative
    in c, and both are monic of the same degree.
    """
    n, m = Sort("n"), Sort("m")
    G, H, Q, c = matrix("G", n, m), matrix("H", m, n), matrix("Q", m, m), scalar("c")
    small = c * identity(m) - H @ G
    inverse = prove_identity(
        (c * identity(n) - G @ H) @ (identity(n) + G @ Q @ H) - c * identity(n), G @ (small @ Q - identity(m)) @ H
    )
    traces = prove_identity(trace(G @ Q @ H) - (c * trace(Q) - m.size), m.size - trace(small @ Q))
    return inverse if inverse.verdict != "proved" else traces


def _corners(whole: Operator, cut: int) -> list[Operator]:
    spaces = [Space(whole.rows.summands[:cut]), Space(whole.rows.summands[cut:])]
    found = []
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        low = (cut * row, cut * column)
        inside = {
            (a - low[0], b - low[1]): block
            for (a, b), block in whole.blocks.items()
            if (a >= cut) == bool(row) and (b >= cut) == bool(column)
        }
        found.append(Operator(spaces[row], spaces[column], inside))
    return found


def complement(derivation: Derivation, whole: Operator, cut: int, factor: Formula) -> tuple[Theorem, Operator]:
    """det [[c I, B], [C, D]] = c^(n - m) det(c D - C B), and the operator c D - C B."""
    _, upper, lower, last = _corners(whole, cut)
    first, second = upper.rows, last.rows
    one = derivation.formula(("number", "1"))
    small = last * factor - lower @ upper
    right = _joined(
        first, second, (Operator.scaled(first, one), 0, 0), (-upper, 0, 1), (Operator.scaled(second, factor), 1, 1)
    )
    product = _joined(first, second, (Operator.scaled(first, factor), 0, 0), (lower, 1, 0), (small, 1, 1))
    found = _rewritten(
        derivation, derivation.product(product, whole, right), _diagonal_parts(derivation, right, cut, (one, factor))
    )
    found = _rewritten(
        derivation, derivation.conclude("turn", [found]), _diagonal_parts(derivation, product, cut, (factor, None))
    )
    return found, small


def solved_complement(
    derivation: Derivation, whole: Operator, cut: int, solution: Operator
) -> tuple[Theorem, Operator, Operator]:
    """det [[A, B], [C, D]] = det A · det(D - C Y) where A Y = B, and the operators A and D - C Y."""
    corner, _, lower, last = _corners(whole, cut)
    first, second = corner.rows, last.rows
    one = derivation.formula(("number", "1"))
    small = last - lower @ solution
    units = ((Operator.scaled(first, one), 0, 0), (Operator.scaled(second, one), 1, 1))
    right = _joined(first, second, *units, (-solution, 0, 1))
    product = _joined(first, second, (corner, 0, 0), (lower, 1, 0), (small, 1, 1))
    found = _rewritten(
        derivation, derivation.product(product, whole, right), _diagonal_parts(derivation, right, cut, (one, one))
    )
    parts, *_ = derivation.triangular(product, cut)
    return _rewritten(derivation, derivation.conclude("turn", [found]), parts), corner, small


def negated(derivation: Derivation, whole: Operator) -> tuple[Theorem, Operator]:
    """det A = (-1)^n det(-A), and the operator -A."""
    minus = derivation.formula(("number", "-1"))
    other = -whole
    found = derivation.product(whole, Operator.scaled(whole.rows, minus), other)
    return _rewritten(derivation, found, multiple(derivation, whole.rows, minus)), other
