"""Routh's array and Hurwitz's minors of a polynomial with symbolic coefficients."""

from __future__ import annotations

import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.algebra.determinants import determinant
from dynsym.algebra.field import Field, field_over, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.tidy import factored, tidy
from dynsym.errors import ParameterError

__all__ = ["hurwitz_minors", "routh_array"]


def hurwitz_minors(polynomial: Expr, symbol: Symbol, *, budget: Budget = DEFAULT_BUDGET) -> tuple[Expr, ...]:
    r"""The leading principal minors of the Hurwitz matrix.

    For :math:`a_0 \lambda^n + a_1 \lambda^{n-1} + \dots + a_n` with :math:`a_0 > 0`, all roots have negative real parts
    exactly when all minors are positive; :math:`\Delta_{n-1}` vanishes where two roots are opposite, as at a Hopf
    point.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    budget : Budget
        Its `terms` limit each expanded minor.

    Returns
    -------
    tuple of Expr, length n
        :math:`\Delta_1, \dots, \Delta_n`, factored.

    Raises
    ------
    ParameterError
        If it is no polynomial in the symbol of degree one or more.
    BudgetExceeded
        If a minor has too many terms; `best` holds the smaller ones.

    Examples
    --------
    >>> a1, a2, a3, x = sympy.symbols("a1 a2 a3 lambda")
    >>> hurwitz_minors(x**3 + a1 * x**2 + a2 * x + a3, x)
    (a1, a1*a2 - a3, a3*(a1*a2 - a3))

    References
    ----------
    .. [1] F. Gantmacher, *The Theory of Matrices* II, chapter XV.
    .. [2] W.-M. Liu, *Criterion of Hopf bifurcations without using eigenvalues*, J. Math. Anal. Appl. 182 (1994).
    """
    coefficients = _coefficients(polynomial, symbol)
    degree = len(coefficients) - 1
    ring = Ring(generators_of(coefficients))
    field = Field(ring, root_relations(ring))
    clock = budget.start()
    quotients = [ring.quotient(c) for c in coefficients]
    common = ring.common_multiple(denominator for _, denominator in quotients)
    cleared = [numerator * (common / denominator) for numerator, denominator in quotients]
    found: list[Expr] = []
    for size in range(1, degree + 1):
        clock.check("Hurwitz minors", best=tuple(found))
        entries = {
            (i, j): cleared[2 * j - i + 1]
            for i in range(size)
            for j in range(size)
            if 0 <= 2 * j - i + 1 <= degree and not cleared[2 * j - i + 1].is_zero()
        }
        minor = determinant(ring, entries, size, clock)
        found.append(factored(field.element(minor, common**size)))
    return tuple(found)


def routh_array(polynomial: Expr, symbol: Symbol, *, budget: Budget = DEFAULT_BUDGET) -> ImmutableDenseMatrix:
    """Routh's array: as many roots in the right half-plane as sign changes in its first column.

    Parameters
    ----------
    symbol : Symbol
        The variable.

    Returns
    -------
    ImmutableDenseMatrix, shape (n + 1, n // 2 + 1)

    Raises
    ------
    ParameterError
        If it is no polynomial in the symbol of degree one or more, or if an entry of the first column is zero
        identically (the array does not exist then).
    BudgetExceeded
        If the budget is used up.

    Examples
    --------
    >>> x = Symbol("lambda")
    >>> routh_array(x**3 + x**2 + x + 2, x).col(0).T
    Matrix([[1, 1, -1, 2]])
    """
    coefficients = _coefficients(polynomial, symbol)
    field = field_over(coefficients)
    clock = budget.start()
    width = (len(coefficients) + 1) // 2
    elements = [field(c) for c in coefficients]
    rows = [(elements[k::2] + [field.zero] * width)[:width] for k in (0, 1)]
    while len(rows) < len(coefficients):
        clock.check("Routh array")
        above, last = rows[-2], rows[-1]
        if last[0].is_zero:
            raise ParameterError(
                f"Row {len(rows)} of the Routh array of {polynomial} begins with 0, so the next row does not exist. "
                "Use hurwitz_minors, which exist always."
            )
        row = [(last[0] * above[k + 1] - above[0] * last[k + 1]) / last[0] for k in range(width - 1)]
        rows.append([*row, field.zero])
    return ImmutableDenseMatrix([[tidy(entry) for entry in row] for row in rows])


def _coefficients(polynomial: Expr, symbol: Symbol) -> list[Expr]:
    """Coefficients, highest first."""
    try:
        made = sympy.Poly(polynomial, symbol)
    except sympy.PolynomialError as error:
        raise ParameterError(f"{polynomial} is no polynomial in {symbol}. Give one, as in x**2 + a*x + b.") from error
    if made.degree() < 1:
        raise ParameterError(f"{polynomial} has degree 0 in {symbol}. Give a polynomial of degree one or more.")
    return list(made.all_coeffs())
