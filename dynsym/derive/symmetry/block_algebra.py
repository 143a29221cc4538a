"""Exact algebra on one block: the restricted Jacobian, its characteristic polynomial, where it becomes critical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol

from dynsym._budget import Clock
from dynsym.algebra.determinants import characteristic_rows, determinant
from dynsym.algebra.field import Element, Field
from dynsym.algebra.ring import Ring, factored, generators_of
from dynsym.algebra.tidy import tidied
from dynsym.derive.characteristic.factors import EIGENVALUE
from dynsym.derive.characteristic.hurwitz import hurwitz_minors
from dynsym.errors import ClosedFormMismatch

__all__ = ["BlockBifurcation", "bifurcations_of_block", "block_polynomial", "restricted_jacobian"]

Matrix = list[list[Element]]


@dataclass(frozen=True)
class BlockBifurcation:
    """Where an eigenvalue of one block becomes critical.

    Parameters
    ----------
    block : str
        Name of the block.
    kind : {"steady state", "oscillation"}
        A zero eigenvalue, or an imaginary pair.
    equation : Expr
        It vanishes there; irreducible.
    solution : Expr or None
        The parameter, where the equation has degree one or two in it.
    constraint : Expr or None
        Must be positive for an imaginary pair.

    Examples
    --------
    >>> blocks = ds.derive.isotypic_blocks(ds.build_system(ds.motifs.complete(3)), at=0)
    >>> blocks.bifurcations(parameter="w")[1]
    BlockBifurcation(dimension 2, odd: steady state at -1)
    """

    block: str
    _: KW_ONLY
    kind: str
    equation: Expr
    solution: Expr | None
    constraint: Expr | None = None

    def __repr__(self) -> str:
        at = f"at {self.solution}" if self.solution is not None else f"where {self.equation} = 0"
        where = "" if self.constraint is None else f" where {self.constraint} > 0"
        return f"BlockBifurcation({self.block}: {self.kind} {at}{where})"


def restricted_jacobian(
    entries: Mapping[tuple[int, int], Expr], orbits: list[dict[int, int]], columns: list[list[Element]], field: Field
) -> Matrix:
    """A with J B = B A for the basis B; that the two sides agree in every row is checked exactly."""
    rows: dict[int, list[tuple[int, Element]]] = {}
    for (i, j), entry in entries.items():
        rows.setdefault(i, []).append((j, field(entry)))
    place = {state: (k, sign) for k, orbit in enumerate(orbits) for state, sign in orbit.items()}

    def component(vector: list[Element], state: int) -> Element:
        if state not in place:
            return field.zero
        k, sign = place[state]
        return vector[k] * sign

    # In reduced form each column has an orbit in which it alone is not zero.
    heads = []
    for c, column in enumerate(columns):
        others = [other for k, other in enumerate(columns) if k != c]
        head = next(k for k, e in enumerate(column) if e == 1 and all(other[k].is_zero for other in others))
        heads.append(next(iter(orbits[head].items())))
    matrix: Matrix = [[field.zero] * len(columns) for _ in columns]
    for c, column in enumerate(columns):
        image = {i: sum((e * component(column, j) for j, e in row), field.zero) for i, row in rows.items()}
        for r, (state, sign) in enumerate(heads):
            matrix[r][c] = image.get(state, field.zero) * sign
        size = 1 + max([*place, *rows], default=-1)
        for state in range(size):
            expected = field.zero
            for r, other in enumerate(columns):
                expected = expected + matrix[r][c] * component(other, state)
            if not (image.get(state, field.zero) - expected).is_zero:
                raise ClosedFormMismatch(
                    "The Jacobian does not keep an isotypic subspace. This is a fault inside dynsym: please report it."
                )
    return matrix


def block_polynomial(matrix: Matrix, field: Field, eigenvalue: Symbol, clock: Clock) -> Expr:
    """det(λ - A), with coefficients reduced."""
    ring, size = field.ring, len(matrix)
    quotients = {(i, j): (e.numerator, e.denominator) for i, row in enumerate(matrix) for j, e in enumerate(row)}
    rows = characteristic_rows(ring, quotients, size, ring.generator(EIGENVALUE))
    coefficients = ring.coefficients(determinant(ring, rows, size, clock), EIGENVALUE)
    parts = [field.element(c, coefficients[-1]).rationalised().expression().factor() for c in coefficients]
    return sympy.Add(*[part * eigenvalue**k for k, part in enumerate(parts)])


def bifurcations_of_block(
    name: str, matrix: ImmutableDenseMatrix, polynomial: Expr, eigenvalue: Symbol, parameter: Symbol
) -> tuple[BlockBifurcation, ...]:
    """Zero eigenvalues and imaginary pairs of a block, solved for a parameter where that is easy."""
    coefficients = sympy.Poly(polynomial, eigenvalue).all_coeffs()
    found = [
        BlockBifurcation(name, kind="steady state", equation=factor, solution=solution)
        for factor, solution in _solved(coefficients[-1], parameter)
    ]
    n = matrix.shape[0]
    if n >= 2:
        # Where the last but one minor vanishes, the squared frequency has the sign of this product (Routh's array).
        minors = (sympy.S.One, *hurwitz_minors(polynomial, eigenvalue))
        sign = coefficients[-1] * minors[n - 2] * minors[max(n - 3, 0)]
        for factor, solution in _solved(minors[n - 1], parameter):
            constraint = sympy.factor(sign if solution is None else sign.xreplace({parameter: solution}))
            if constraint.is_negative or constraint.is_zero:
                continue
            shown = None if constraint.is_positive else constraint
            found.append(
                BlockBifurcation(name, kind="oscillation", equation=factor, solution=solution, constraint=shown)
            )
    return tuple(found)


def _solved(expression: Expr, parameter: Symbol) -> list[tuple[Expr, Expr | None]]:
    """Irreducible factors in which the parameter occurs, each with its solutions."""
    ring = Ring(generators_of([expression]))
    if parameter not in ring:
        return []
    found: list[tuple[Expr, Expr | None]] = []
    for factor, _ in factored(ring.polynomial(expression))[1]:
        parts = [ring.expression(c) for c in ring.coefficients(factor, parameter)]
        shown = ring.expression(factor)
        if len(parts) == 2:
            found.append((shown, tidied(-parts[0] / parts[1])))
        elif len(parts) == 3:
            c, b, a = parts
            root = sympy.sqrt(sympy.factor(b**2 - 4 * a * c))
            if root.is_real is not False:
                found += [(shown, tidied((-b - root) / (2 * a))), (shown, tidied((-b + root) / (2 * a)))]
        elif len(parts) > 3:
            found.append((shown, None))
    return found
