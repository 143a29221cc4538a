"""Characteristic polynomials that are too long to write down, as a list of steps.

Samuelson's and Berkowitz's algorithm has the coefficients of det(λ - J) from products and sums alone, no division:
about n⁴/4 steps, however many terms the expanded coefficients would have. The steps can be run on numbers of any kind.

Source: S J Berkowitz, *On computing the determinant in small parallel time using a small number of processors*,
Information Processing Letters 18 (1984) 147-150.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import sympy
from sympy import Expr, ImmutableSparseMatrix, Symbol

from dynsym._expressions import exact
from dynsym.arithmetic.digits import number_of
from dynsym.errors import ParameterError

__all__ = ["UnexpandedPolynomial", "unexpanded_polynomial"]

Step = tuple[str, int, int]


@dataclass(frozen=True, eq=False, repr=False)
class UnexpandedPolynomial:
    r"""det(λ - J) as a straight-line program: its coefficients by sums and products of the entries of J.

    Parameters
    ----------
    matrix : ImmutableSparseMatrix, shape (n, n)
        J.
    symbol : Symbol
        λ.
    inputs : tuple of Expr
        The different entries, and 1.
    steps : tuple of (operation, slot, slot)
        Each makes a new slot: ``"+"``, ``"*"``, or ``"-"`` (of the first slot alone).
    outputs : tuple of int
        The slots of the coefficients, that of the highest power first.

    Examples
    --------
    >>> polynomial = unexpanded_polynomial(sympy.ImmutableSparseMatrix([[1, 2], [3, 4]]), sympy.Symbol("lambda"))
    >>> polynomial.coefficients()
    (1, -5, -2)
    """

    matrix: ImmutableSparseMatrix
    _: KW_ONLY
    symbol: Symbol
    inputs: tuple[Expr, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    @property
    def degree(self) -> int:
        """Degree in λ."""
        return len(self.outputs) - 1

    @property
    def free_symbols(self) -> set[Any]:
        """Symbols in the entries."""
        return set(self.matrix.free_symbols)

    def run(self, inputs: Sequence[Any]) -> tuple[Any, ...]:
        """The coefficients, where the inputs take these values of any one ring: numbers, arrays, balls, polynomials."""
        table = list(inputs)
        for operation, a, b in self.steps:
            if operation == "*":
                table.append(table[a] * table[b])
            else:
                table.append(table[a] + table[b] if operation == "+" else -table[a])
        return tuple(table[slot] for slot in self.outputs)

    def coefficients(self, values: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
        """The coefficients at exact values of all parameters, that of the highest power first.

        Parameters
        ----------
        values : mapping of name to number, text or Expr
            One for each symbol.

        Raises
        ------
        ParameterError
            If a symbol has no value.
        """
        given = {name: exact(value, name=name) for name, value in (values or {}).items()}
        missing = sorted({s.name for s in self.free_symbols} - given.keys())
        if missing:
            raise ParameterError(f"{missing[0]} has no value. Give one for each of {', '.join(missing[:8])}.")
        put = {s: given[s.name] for s in self.free_symbols}
        return self.run([entry.xreplace(put) for entry in self.inputs])

    def at(self, eigenvalue: complex, values: Mapping[Any, Any]) -> complex:
        """The value of the polynomial at numbers of λ and of all symbols and functions in the entries."""
        total = 0j
        for coefficient in self.run([complex(number_of(entry, values)) for entry in self.inputs]):
            total = total * eigenvalue + coefficient
        return total

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"UnexpandedPolynomial(degree {self.degree} in {self.symbol}, {len(self)} steps)"


class _Tape:
    """Records steps; zeros and ones are left out, equal steps are one."""

    def __init__(self, matrix: ImmutableSparseMatrix) -> None:
        self.slots: dict[Expr, int] = {sympy.S.One: 0}
        self.steps: list[Step] = []
        self.known: dict[Step, int] = {}
        size = matrix.shape[0]
        self.rows: list[list[int | None]] = [[None] * size for _ in range(size)]
        for (i, j), entry in matrix.todok().items():
            self.rows[i][j] = self.slots.setdefault(entry, len(self.slots))

    def step(self, operation: str, a: int, b: int) -> int:
        key = (operation, min(a, b), max(a, b)) if operation in "+*" else (operation, a, b)
        if key not in self.known:
            self.known[key] = len(self.slots) + len(self.steps)
            self.steps.append((operation, a, b))
        return self.known[key]

    def times(self, a: int | None, b: int | None) -> int | None:
        if a is None or b is None:
            return None
        return b if a == 0 else a if b == 0 else self.step("*", a, b)

    def plus(self, a: int | None, b: int | None) -> int | None:
        return b if a is None else a if b is None else self.step("+", a, b)

    def minus(self, a: int | None) -> int | None:
        return None if a is None else self.step("-", a, a)

    def dot(self, left: Sequence[int | None], right: Sequence[int | None]) -> int | None:
        total = None
        for a, b in zip(left, right, strict=True):
            total = self.plus(total, self.times(a, b))
        return total


def unexpanded_polynomial(matrix: ImmutableSparseMatrix, symbol: Symbol) -> UnexpandedPolynomial:
    """The characteristic polynomial of a matrix as a straight-line program.

    Parameters
    ----------
    matrix : ImmutableSparseMatrix, shape (n, n)
    symbol : Symbol
        The eigenvalue.

    Examples
    --------
    >>> a, b = sympy.symbols("a b")
    >>> unexpanded_polynomial(sympy.ImmutableSparseMatrix([[a, b], [b, a]]), sympy.Symbol("x"))
    UnexpandedPolynomial(degree 2 in x, 6 steps)
    """
    tape = _Tape(matrix)
    rows, size = tape.rows, matrix.shape[0]
    coefficients: list[int | None] = [0]
    for r in range(size):
        # The first column of the Toeplitz matrix of the leading block: 1, -a, -R C, -R A C, -R A² C, …
        column = [rows[i][r] for i in range(r)]
        first: list[int | None] = [0, tape.minus(rows[r][r])]
        for k in range(r):
            first.append(tape.minus(tape.dot(rows[r][:r], column)))
            if k < r - 1:
                column = [tape.dot(rows[i][:r], column) for i in range(r)]
        coefficients = [
            tape.dot([first[i - j] for j in range(min(i, r) + 1)], coefficients[: min(i, r) + 1]) for i in range(r + 2)
        ]
    zero = None
    if any(slot is None for slot in coefficients):
        zero = tape.step("+", 0, tape.step("-", 0, 0))
    outputs = tuple(zero if slot is None else slot for slot in coefficients)
    return UnexpandedPolynomial(
        matrix,
        symbol=symbol,
        inputs=tuple(tape.slots),
        steps=tuple(tape.steps),
        outputs=tuple(slot for slot in outputs if slot is not None),
    )
