"""Products of powers with exponents in the sizes: what determinants of symbolic order are equal to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dynsym.errors import ParameterError, SizeMismatchError
from dynsym.tensors.determinants.spaces import Operator, as_operator
from dynsym.tensors.formulas.formula import Formula, Index, Sort, as_formula
from dynsym.tensors.formulas.notation import written

__all__ = ["Product"]


@dataclass(frozen=True)
class Product:
    """A product of powers of scalars, determinants and products over an index.

    Made by `Product.power`, `Product.sign`, `Product.determinant` and `Product.over`, and combined by ``*``.

    Parameters
    ----------
    factors : tuple of (atom, exponent)
        Atoms are scalar formulas, operators, or (indices, inner product).

    Raises
    ------
    SizeMismatchError
        If a factor has the wrong shape.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> lam, d = tn.scalar("lambda"), tn.signs("d", N)
    >>> tn.Product.power(lam, M.size) * tn.Product.over(N, lambda i: lam + d[i])
    lambda^(M) * prod_N(lambda + d[n])
    """

    factors: tuple[tuple[Any, Formula], ...] = ()

    @staticmethod
    def power(base: Formula | int | Fraction, exponent: Formula | int = 1) -> Product:
        """A power of a scalar.

        Parameters
        ----------
        base : scalar Formula or number
        exponent : Formula or int
            A polynomial in the sizes.
        """
        value = as_formula(base)
        if not value.is_scalar:
            raise SizeMismatchError(f"The base of a power is {value}; it must be a scalar. Use Product.determinant.")
        return Product(((value, _exponent(exponent)),))

    @staticmethod
    def sign(exponent: Formula | int) -> Product:
        """A power of -1."""
        return Product.power(-1, exponent)

    @staticmethod
    def determinant(operator: Operator | Formula, exponent: Formula | int = 1) -> Product:
        """A power of the determinant of a square matrix or operator."""
        value = as_operator(operator)
        if value.rows != value.columns:
            raise SizeMismatchError(
                f"The determinant of an operator from {value.columns} to {value.rows} was asked; it needs one space."
            )
        return Product(((value, _exponent(exponent)),))

    @staticmethod
    def over(sort: Sort, body: Callable[[Index], Formula | Product], exponent: Formula | int = 1) -> Product:
        """A product over an index.

        Parameters
        ----------
        sort : Sort
        body : callable
            Takes the index and returns a scalar formula or a product.
        exponent : Formula or int
        """
        index = Index(f"%0{sort.name}", sort)
        inside = body(index)
        whole = inside if isinstance(inside, Product) else Product.power(inside)
        return Product((((((index.label, sort),), whole), _exponent(exponent)),))

    def __mul__(self, other: Product) -> Product:
        return Product(self.factors + other.factors)

    def operators(self) -> list[Operator]:
        """The operators whose determinants occur."""
        found = []
        for atom, _ in self.factors:
            if isinstance(atom, Operator):
                found.append(atom)
            elif isinstance(atom, tuple):
                found += atom[1].operators()
        return found

    def formulas(self) -> list[Formula]:
        """All formulas that occur, exponents included."""
        found = []
        for atom, exponent in self.factors:
            found.append(exponent)
            if isinstance(atom, Formula):
                found.append(atom)
            elif isinstance(atom, Operator):
                found += atom.blocks.values()
            else:
                found += atom[1].formulas()
        return found

    def __repr__(self) -> str:
        parts = []
        for atom, exponent in self.factors:
            if isinstance(atom, Formula):
                text = str(atom) if atom.node[0] == "scalar" else f"({atom})"
            elif isinstance(atom, Operator):
                only = len(atom.rows) == 1 and (0, 0) in atom.blocks
                text = f"det({written(atom.blocks[0, 0].node) if only else repr(atom)})"
            else:
                text = f"prod_{atom[0][0][1].name}({', '.join(_inner(atom[1]))})"
            parts.append(text if exponent.node == ("number", "1") else f"{text}^({exponent})")
        return " * ".join(parts) or "1"


def _inner(product: Product) -> list[str]:
    if len(product.factors) == 1 and product.factors[0][1].node == ("number", "1"):
        atom = product.factors[0][0]
        if isinstance(atom, Formula):
            return [str(atom)]
    return [repr(product)]


def _exponent(value: Formula | int) -> Formula:
    formula = as_formula(value)
    if not formula.is_scalar or formula.tensors or formula.scalars or formula.free:
        raise ParameterError(f"The exponent {formula} must be a polynomial in the sizes, such as M.size * N.size - 1.")
    return formula
