"""Goals about expressions and matrices: identities, relations, existence, polynomials, spectra, series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import sympy

from dynsym.claims.goals._base import Goal, expression, formula
from dynsym.claims.relations import formula_text
from dynsym.errors import ParameterError

__all__ = ["CharacteristicPolynomial", "Exists", "HasSpectrum", "Holds", "Identity", "Series"]


@dataclass(frozen=True, eq=False)
class Identity(Goal):
    """Two expressions, or two matrices of one shape, are equal at every admissible point.

    Parameters
    ----------
    left, right : Expr, Matrix, text, or list of lists of texts

    Raises
    ------
    ParameterError
        If the shapes differ.

    Examples
    --------
    >>> Identity("(a + b)^2", "a^2 + 2*a*b + b^2").text()
    '(a + b)^2 = a^2 + 2*a*b + b^2'
    """

    left: Any = expression()
    right: Any = expression(stated=True)

    def __post_init__(self) -> None:
        shapes = [getattr(side, "shape", None) for side in (self.left, self.right)]
        if shapes[0] is not None and shapes[1] is not None and shapes[0] != shapes[1]:
            raise ParameterError(
                f"An identity has {_shape(shapes[0])} on the left and {_shape(shapes[1])} on the right; both sides "
                "need one shape. Check the sizes, or transpose one side."
            )

    def text(self) -> str:
        return f"{shown(self.left)} = {shown(self.right)}"


@dataclass(frozen=True, eq=False)
class Holds(Goal):
    """A relation, or a combination of relations, is true at every admissible point.

    Parameters
    ----------
    relation : Boolean or text
        Such as ``"a^2 + b^2 >= 2*a*b"`` or ``"a > 1 => a^2 > a"``.

    Examples
    --------
    >>> Holds("a^2 + b^2 >= 2*a*b").text()
    'a^2 + b^2 >= 2*a*b'
    """

    relation: Any = formula(stated=True)

    def text(self) -> str:
        return shown(self.relation)


@dataclass(frozen=True, eq=False)
class Exists(Goal):
    """There are admissible real values of all free symbols for which a relation is true.

    Parameters
    ----------
    relation : Boolean or text

    Examples
    --------
    >>> Exists("x^2 = 2").text()
    'there is a point with x^2 = 2'
    """

    relation: Any = formula(stated=True)

    def text(self) -> str:
        return f"there is a point with {shown(self.relation)}"


@dataclass(frozen=True, eq=False)
class CharacteristicPolynomial(Goal):
    r"""The characteristic polynomial of a matrix, or of a system's Jacobian, is the stated one.

    Both conventions, :math:`\det(\lambda - J)` and :math:`\det(J - \lambda)`, are accepted; the verdict says which
    holds.

    Parameters
    ----------
    of : Matrix, list of lists of texts, or SymbolicSystem
    polynomial : Expr or text
        In `symbol`.
    symbol : str
        The name of the eigenvalue; where the polynomial lacks it, its one symbol that the matrix has not.
    at : mapping of state to value, 0, or None
        Where the Jacobian is taken: the origin, a point or a family of points, which must be equilibria under the
        hypotheses; None leaves the states symbolic.

    Examples
    --------
    >>> CharacteristicPolynomial([["0", "1"], ["-k", "0"]], "lambda^2 + k").text()
    'the characteristic polynomial of [[0, 1], [-k, 0]] is lambda^2 + k'
    """

    of: Any = expression()
    polynomial: Any = expression(stated=True)
    _: KW_ONLY
    symbol: str = "lambda"
    at: Any = expression(None)

    def systems(self) -> tuple[Any, ...]:
        return (self.of,) if hasattr(self.of, "state_names") else ()

    def scope_names(self) -> dict[str, sympy.Symbol]:
        return {**super().scope_names(), self.symbol: sympy.Symbol(self.symbol)}

    def free_symbols(self) -> set[sympy.Symbol]:
        return super().free_symbols() - {sympy.Symbol(self.symbol)}

    def text(self) -> str:
        return f"the characteristic polynomial of {subject(self.of)}{place(self.at)} is {shown(self.polynomial)}"


@dataclass(frozen=True, eq=False)
class HasSpectrum(Goal):
    """The eigenvalues of a matrix, or of a system's Jacobian, are the stated ones with their multiplicities.

    Parameters
    ----------
    of : Matrix, list of lists of texts, or SymbolicSystem
    eigenvalues : sequence of Expr or texts
        All of them, each as often as its algebraic multiplicity.
    at : mapping of state to value, 0, or None
        As for `CharacteristicPolynomial`.

    Examples
    --------
    >>> HasSpectrum([["0", "1"], ["1", "0"]], ("1", "-1")).text()
    'the eigenvalues of [[0, 1], [1, 0]] are 1, -1'
    """

    of: Any = expression()
    eigenvalues: Any = expression(stated=True)
    _: KW_ONLY
    at: Any = expression(None)

    def systems(self) -> tuple[Any, ...]:
        return (self.of,) if hasattr(self.of, "state_names") else ()

    def text(self) -> str:
        return f"the eigenvalues of {subject(self.of)}{place(self.at)} are {', '.join(map(shown, self.eigenvalues))}"


@dataclass(frozen=True, eq=False)
class Series(Goal):
    """An expression has the stated expansion in a symbol, up to an order.

    Parameters
    ----------
    of : Expr or text
    expansion : Expr or text
        A polynomial in the symbol; terms beyond the order are ignored.
    symbol : str
    order : int
        The highest power that is compared.

    Examples
    --------
    >>> Series("tanh(x)", "x - x^3/3", symbol="x", order=4).text()
    'tanh(x) = x - x^3/3 + O(x^5)'
    """

    of: Any = expression()
    expansion: Any = expression(stated=True)
    _: KW_ONLY
    symbol: str
    order: int

    def __post_init__(self) -> None:
        if not isinstance(self.order, int) or self.order < 0:
            raise ParameterError(f"The order of a series was given as {self.order!r}; it is 0, 1, 2, … Try order=3.")

    def text(self) -> str:
        return f"{shown(self.of)} = {shown(self.expansion)} + O({self.symbol}^{self.order + 1})"


def shown(value: Any, most: int = 160) -> str:
    """A formula, a matrix or a text in one line, cut where it is long."""
    if isinstance(value, sympy.MatrixBase):
        text = str(value.tolist())
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(part) for part in value) + "]"
    elif isinstance(value, sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Symbol):
        text = formula_text(value)
    else:
        text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def subject(value: Any) -> str:
    """A system by its name, a matrix by its entries."""
    is_system = hasattr(value, "state_names") or hasattr(value, "rates")
    return str(value.name) if is_system else shown(value)


def place(at: Any) -> str:
    """`` at x = 0, y = 0`` or nothing."""
    if at is None:
        return ""
    if isinstance(at, Mapping):
        return f" at {', '.join(f'{name} = {shown(value)}' for name, value in at.items())}"
    return " at the origin"


def _shape(shape: tuple[int, ...]) -> str:
    return " by ".join(map(str, shape)) if shape else "a scalar"
