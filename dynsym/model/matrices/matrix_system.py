"""Systems whose states are matrices of symbolic size: ``W1' = W2ᵀ E D1`` for every M and N."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from dynsym._expressions import check_name, did_you_mean, exact, symbol
from dynsym.errors import ModelError, ModelNameError, ParameterError
from dynsym.model.build import system_from_equations
from dynsym.model.fingerprint import digest
from dynsym.model.matrices.entries import entry_names, explicit, known_of
from dynsym.model.system import SymbolicSystem

__all__ = ["MatrixSystem", "as_symbolic_system", "system_from_matrices"]

LARGEST = 400
"""More states than these are not written out as equations."""


@dataclass(frozen=True, eq=False, repr=False)
class MatrixSystem:
    """A system of matrix differential equations; sizes stay symbols until they are given.

    Made by `system_from_matrices`.

    Parameters
    ----------
    rates : mapping of MatrixSymbol to MatrixExpr
        The derivative of each matrix of states.
    signs : tuple of MatrixSymbol
        Diagonal matrices with entries 1 and -1.
    diagonal, symmetric : tuple of MatrixSymbol
        Other diagonal matrices, and symmetric ones.
    name : str

    Examples
    --------
    >>> import dynsym as ds
    >>> N = sympy.Symbol("N")
    >>> W, C = sympy.MatrixSymbol("W", N, N), sympy.MatrixSymbol("C", N, N)
    >>> ds.system_from_matrices({W: W * C - W}, symmetric=[C])
    MatrixSystem('matrices': W (N×N); constants C (N×N, symmetric))
    """

    rates: Mapping[MatrixSymbol, MatrixExpr]
    _: KW_ONLY
    signs: tuple[MatrixSymbol, ...] = ()
    diagonal: tuple[MatrixSymbol, ...] = ()
    symmetric: tuple[MatrixSymbol, ...] = ()
    name: str = "matrices"

    # ---- what it is made of

    @cached_property
    def states(self) -> tuple[MatrixSymbol, ...]:
        """The matrices that move."""
        return tuple(self.rates)

    @cached_property
    def constants(self) -> tuple[MatrixSymbol, ...]:
        """The other matrices, sorted by name."""
        found = set().union(*(rate.atoms(MatrixSymbol) for rate in self.rates.values())) - set(self.states)
        return tuple(sorted(found, key=lambda matrix: matrix.name))

    @cached_property
    def sizes(self) -> tuple[Symbol, ...]:
        """The symbolic sizes, sorted by name."""
        found: set[Symbol] = set()
        for matrix in (*self.states, *self.constants):
            found |= {s for size in matrix.shape for s in size.free_symbols}
        return tuple(sorted(found, key=lambda size: size.name))

    @cached_property
    def scalars(self) -> tuple[Symbol, ...]:
        """The scalar parameters, sorted by name."""
        names = {matrix.name for matrix in (*self.states, *self.constants)}
        found = set().union(*(rate.free_symbols for rate in self.rates.values()))
        kept = {s for s in found if isinstance(s, Symbol) and s.name not in names and s not in self.sizes}
        return tuple(sorted(kept, key=lambda s: s.name))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the exact content, as that of a `SymbolicSystem`."""
        return digest((self.name, tuple(self.rates.items()), self.signs, self.diagonal, self.symmetric))

    def matrix(self, name: str) -> MatrixSymbol:
        """A matrix by its name.

        Raises
        ------
        ModelNameError
            If there is none.
        """
        every = {matrix.name: matrix for matrix in (*self.states, *self.constants)}
        if name not in every:
            hint = did_you_mean(name, every) or f"; known: {', '.join(every)}."
            raise ModelNameError(f"{name!r} is not a matrix of {self.name!r}{hint}")
        return every[name]

    # ---- at given sizes

    def with_values(self, /, **values: Any) -> SymbolicSystem:
        """The system at given sizes, entry by entry.

        Entry (i, j) of a matrix W becomes the state or parameter ``W_i_j``; that of a row, a column or a diagonal
        matrix ``W_i``; indices start at 1. Sign matrices become parameters unless their entries are given.

        Parameters
        ----------
        **values : int for a size, numbers or nested lists for a parameter
            All sizes that are symbols; scalars and constant matrices as far as they have values.

        Raises
        ------
        ParameterError
            If a size is missing or no positive integer, or a value has the wrong shape.
        ModelNameError
            If a name is unknown.

        Examples
        --------
        >>> import dynsym as ds
        >>> N = sympy.Symbol("N")
        >>> W, d = sympy.MatrixSymbol("W", N, N), sympy.MatrixSymbol("d", N, N)
        >>> ds.system_from_matrices({W: -W * d}, signs=[d]).with_values(N=1).equations
        {'W_1_1': -W_1_1*d_1}
        """
        sizes = self._sizes({name: value for name, value in values.items() if name in self._size_names})
        given = {name: value for name, value in values.items() if name not in self._size_names}
        entries, parameters, known = self._entries(sizes)
        total = sum(rows * columns for rows, columns in (self.shape(m, sizes) for m in self.states))
        if total > LARGEST:
            raise ParameterError(
                f"{self.name!r} has {total} states at these sizes; at most {LARGEST} are written out. "
                "Give smaller sizes."
            )
        equations: dict[str, Expr] = {}
        for matrix, rate in self.rates.items():
            value = explicit(rate, entries, sizes)
            for (i, j), name in entry_names(matrix, self.shape(matrix, sizes)).items():
                equations[name] = sympy.expand(value[i, j])
        numbers = self._values(given, sizes)
        name = f"{self.name} ({', '.join(f'{size} = {n}' for size, n in sizes.items())})" if sizes else self.name
        declared = {parameter: numbers.get(parameter) for parameter in parameters}
        return system_from_equations(equations, declared, assumptions=known, name=name)

    def hypotheses(self, **sizes: int) -> tuple[Boolean, ...]:
        """The relations d² = 1 of the sign matrices at given sizes.

        Examples
        --------
        >>> import dynsym as ds
        >>> N = sympy.Symbol("N")
        >>> W, d = sympy.MatrixSymbol("W", N, N), sympy.MatrixSymbol("d", N, N)
        >>> ds.system_from_matrices({W: -W * d}, signs=[d]).hypotheses(N=1)
        (Eq(d_1**2, 1),)
        """
        chosen = self._sizes(sizes)
        found = []
        for matrix in self.signs:
            found += [f"{matrix.name}_{k + 1}" for k in range(self.shape(matrix, chosen)[0])]
        return tuple(sympy.Eq(symbol(name, "nonzero") ** 2, 1) for name in found)

    def shape(self, matrix: MatrixSymbol, sizes: Mapping[Symbol, int]) -> tuple[int, int]:
        """Rows and columns of a matrix at given sizes."""
        rows, columns = (int(size.xreplace(dict(sizes))) for size in matrix.shape)
        return rows, columns

    @cached_property
    def _size_names(self) -> dict[str, Symbol]:
        return {size.name: size for size in self.sizes}

    def _sizes(self, given: Mapping[str, Any]) -> dict[Symbol, int]:
        missing = [name for name in self._size_names if name not in given]
        if missing:
            raise ParameterError(
                f"{self.name!r} has no value for the size {missing[0]}; sizes are needed to write it out. "
                f"Try with_values({', '.join(f'{name}=2' for name in self._size_names)})."
            )
        for name, value in given.items():
            if name not in self._size_names:
                raise ModelNameError(
                    f"{name!r} is not a size of {self.name!r}: {', '.join(self._size_names) or 'none'}."
                )
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ParameterError(f"The size {name} was given as {value!r}; it is 1, 2, 3, … Try {name}=2.")
        return {self._size_names[name]: value for name, value in given.items()}

    def _entries(
        self, sizes: Mapping[Symbol, int]
    ) -> tuple[dict[MatrixSymbol, sympy.ImmutableDenseMatrix], list[str], dict[str, str]]:
        """Explicit matrices of symbols, the names of the parameters among them, and their assumptions."""
        found: dict[MatrixSymbol, sympy.ImmutableDenseMatrix] = {}
        parameters: list[str] = [s.name for s in self.scalars]
        known = {s.name: known_of(s) for s in self.scalars}
        for matrix in (*self.states, *self.constants):
            rows, columns = self.shape(matrix, sizes)
            kind = "sign" if matrix in self.signs else "diagonal" if matrix in self.diagonal else ""
            kind = kind or ("symmetric" if matrix in self.symmetric else "free")
            names = entry_names(matrix, (rows, columns), kind=kind)
            assumption = "nonzero" if kind == "sign" else "real"
            table = {place: symbol(name, assumption) for place, name in names.items()}
            found[matrix] = sympy.ImmutableDenseMatrix(
                rows, columns, lambda i, j, table=table: table.get((int(i), int(j)), sympy.S.Zero)
            )
            if matrix not in self.rates:
                parameters += dict.fromkeys(names.values())
                known |= dict.fromkeys(names.values(), assumption)
        return found, list(dict.fromkeys(parameters)), {n: a for n, a in known.items() if a != "real"}

    def _values(self, given: Mapping[str, Any], sizes: Mapping[Symbol, int]) -> dict[str, Any]:
        """Values of parameters by the names of their entries."""
        numbers: dict[str, Any] = {}
        scalars = {s.name for s in self.scalars}
        for name, value in given.items():
            if name in scalars:
                numbers[name] = exact(value, name=name)
                continue
            matrix = self.matrix(name)
            if matrix in self.rates:
                raise ParameterError(
                    f"{name!r} is a state of {self.name!r} and has no value. Give values of constants."
                )
            kind = "sign" if matrix in self.signs else "diagonal" if matrix in self.diagonal else "free"
            places = entry_names(matrix, self.shape(matrix, sizes), kind=kind)
            numbers |= _placed(name, value, places, self.shape(matrix, sizes), is_sign=kind == "sign")
        return numbers

    def __repr__(self) -> str:
        def shown(matrix: MatrixSymbol) -> str:
            words = [word for word in ("signs", "diagonal", "symmetric") if matrix in getattr(self, word)]
            size = "×".join(str(size) for size in matrix.shape)
            return f"{matrix.name} ({', '.join([size, *words])})"

        constants = ", ".join([*map(shown, self.constants), *(s.name for s in self.scalars)])
        states = ", ".join(map(shown, self.states))
        return f"MatrixSystem({self.name!r}: {states}{'; constants ' + constants if constants else ''})"

    def _repr_latex_(self) -> str:
        rows = [rf"\dot{{{sympy.latex(matrix)}}} &= {sympy.latex(rate)}" for matrix, rate in self.rates.items()]
        return "$$\\begin{aligned}" + r"\\".join(rows) + "\\end{aligned}$$"


def system_from_matrices(
    rates: Mapping[MatrixSymbol, MatrixExpr],
    *,
    signs: Iterable[MatrixSymbol] = (),
    diagonal: Iterable[MatrixSymbol] = (),
    symmetric: Iterable[MatrixSymbol] = (),
    name: str = "matrices",
) -> MatrixSystem:
    """The system of matrix equations with symbolic sizes.

    Parameters
    ----------
    rates : mapping of MatrixSymbol to MatrixExpr
        The derivative of each matrix: sums, products, transposes, scalar factors, traces, inverses and Hadamard
        products of sympy's ``MatrixSymbol`` s.
    signs : iterable of MatrixSymbol
        Which constants are diagonal with entries 1 and -1.
    diagonal, symmetric : iterable of MatrixSymbol
        Which others are diagonal, and which are symmetric.

    Raises
    ------
    ModelError
        If a derivative has another shape than its matrix, a sign matrix is not square, or moves.
    ModelNameError
        If a name is no identifier, or is used for two things.

    Examples
    --------
    >>> import dynsym as ds
    >>> M, N = sympy.symbols("M N")
    >>> W1, W2 = sympy.MatrixSymbol("W1", N, M), sympy.MatrixSymbol("W2", 1, N)
    >>> s, D1, D2 = (sympy.MatrixSymbol(n, *z) for n, z in (("s", (1, M)), ("D1", (M, M)), ("D2", (N, N))))
    >>> E = s - W2 * W1
    >>> student = ds.system_from_matrices({W1: W2.T * E * D1, W2: E * W1.T * D2}, signs=(D1, D2))
    >>> student.with_values(M=1, N=1).equations["W2_1"]
    -D2_1*W1_1_1**2*W2_1 + D2_1*W1_1_1*s_1
    """
    if not rates:
        raise ModelError("No rates were given; at least one matrix is needed, with its derivative. Try {W: -W}.")
    for matrix, rate in rates.items():
        if tuple(rate.shape) != tuple(matrix.shape):
            raise ModelError(
                f"The derivative of {matrix} is {_size(rate.shape)}, and {matrix} is {_size(matrix.shape)}; both need "
                "one shape. Transpose a factor."
            )
    system = MatrixSystem(
        dict(rates), signs=tuple(signs), diagonal=tuple(diagonal), symmetric=tuple(symmetric), name=name
    )
    _check(system)
    return system


def as_symbolic_system(system: SymbolicSystem | MatrixSystem) -> SymbolicSystem:
    """The system itself, or the one that a matrix system without symbolic sizes is."""
    return system.with_values() if isinstance(system, MatrixSystem) else system


def _check(system: MatrixSystem) -> None:
    names = [check_name(m.name, "matrix") for m in (*system.states, *system.constants)]
    names += [check_name(s.name, "symbol") for s in (*system.scalars, *system.sizes)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelNameError(f"The name {twice[0]!r} stands for two things in {system.name!r}. Rename one of them.")
    for matrix in (*system.signs, *system.diagonal, *system.symmetric):
        if matrix.shape[0] != matrix.shape[1]:
            raise ModelError(f"{matrix} is {_size(matrix.shape)}; a diagonal or symmetric matrix is square. Check it.")
    moving = [matrix for matrix in (*system.signs, *system.diagonal) if matrix in system.rates]
    if moving:
        raise ModelError(f"{moving[0]} moves, and is declared diagonal; only constants are. Use a vector of states.")


def _placed(
    name: str, value: Any, places: Mapping[tuple[int, int], str], shape: tuple[int, int], *, is_sign: bool
) -> dict[str, Any]:
    """The entries of a given matrix: nested lists, or a flat list of what has one index."""
    table = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(table, Sequence) or isinstance(table, str):
        table = [table]
    if table and not isinstance(table[0], Sequence):
        table = dict(zip(places, table, strict=False)) if len(table) == len(places) else {}
    else:
        table = {(i, j): entry for i, row in enumerate(table) for j, entry in enumerate(row)}
    if not set(places) <= set(table):
        raise ParameterError(
            f"{name} was given as {value!r:.60}; at these sizes it is {_size(shape)}. Give its rows, "
            f"or its {len(places)} entries."
        )
    found = {places[place]: exact(entry, name=name) for place, entry in table.items() if place in places}
    if is_sign and any(abs(entry) != 1 for entry in found.values()):
        raise ParameterError(f"{name} was given as {value!r:.60}; its entries are 1 or -1.")
    return found


def _size(shape: Sequence[Any]) -> str:
    return " by ".join(map(str, shape))
