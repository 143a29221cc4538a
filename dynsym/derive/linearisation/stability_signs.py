"""Quantities that are positive where an equilibrium is stable, and of which the first to vanish says what happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, ImmutableDenseMatrix, Rational, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._docstrings import documented
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import generators_of
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.characteristic.factors import EIGENVALUE
from dynsym.derive.characteristic.hurwitz import hurwitz_minors
from dynsym.derive.equilibria.points import At
from dynsym.derive.linearisation.jacobians import eigenvalue_symbol, factors_at, jacobian_at
from dynsym.errors import ClosedFormMismatch, ParameterError, UnsupportedFeatureError
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, words
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
from dynsym.results.content import record

__all__ = ["StabilityQuantities", "bialternate_product", "stability_quantities"]

LARGEST_CHECKED = 7


@dataclass(frozen=True, eq=False)
class StabilityQuantities(SymbolicResult):
    """The signs that decide about stability, for one irreducible factor of the characteristic polynomial.

    Parameters
    ----------
    polynomial : Expr
        Monic in the eigenvalue.
    multiplicity : int
    zero : Expr
        Its constant term, the product of all -λ: positive where it is stable, zero at a zero eigenvalue.
    hopf : Expr or None
        The last-but-one Hurwitz minor, the product of all -(λ_i + λ_j): positive where it is stable, zero at an
        imaginary pair or two opposite real eigenvalues. None for a factor of degree one.
    minors : tuple of Expr
        All Hurwitz minors: the factor is stable exactly where all are positive.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.ei_pair(w_II=0), ds.LeakyRate(ds.Tanh(), tau=1))
    >>> quantities = stability_quantities(pair, at=0)[0]
    >>> quantities.zero, quantities.hopf
    (-w_EE + w_EI*w_IE + 1, 2 - w_EE)
    """

    polynomial: Expr
    _: KW_ONLY
    multiplicity: int
    zero: Expr
    hopf: Expr | None
    minors: tuple[Expr, ...]

    def __hash__(self) -> int:
        return hash((self.polynomial, self.multiplicity))

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The factor, then each minor with its sign where the equilibrium is stable."""
        rows: list[Row] = [(words("factor"), f"= {expression_latex(self.polynomial, limit=operations)}")]
        rows += [
            (rf"\Delta_{{{k}}}", f"= {expression_latex(minor, limit=operations)} > 0")
            for k, minor in enumerate(self.minors, start=1)
        ]
        return rows

    def to_json(self) -> dict[str, Any]:
        """The quantities as a JSON object of texts."""
        return {"kind": "stability_quantities"} | record(self)


@stamped
def stability_quantities(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> tuple[StabilityQuantities, ...]:
    r"""Sign-consistent quantities of an equilibrium: it is stable exactly where all of them are positive.

    On the way from a stable equilibrium to an unstable one, the constant term of a factor vanishes first where an
    eigenvalue passes through zero, and its last-but-one Hurwitz minor where a pair passes through the imaginary axis.
    The minors are compared, at a random rational point, with the bialternate product:
    :math:`\det(2 J \odot I) = (-1)^{n(n-1)/2} \Delta_{n-1}`.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, or 0
        The equilibrium; 0 is the origin.

    Returns
    -------
    tuple of StabilityQuantities
        One for each irreducible factor of the characteristic polynomial.

    Raises
    ------
    NotAnEquilibrium
        If the right-hand side does not vanish at the given point.
    UnsupportedFeatureError
        If states stand for a symbolic number of copies.
    BudgetExceeded
        If a polynomial has too many terms.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> [part.zero for part in stability_quantities(pair, at=0)]
    [1 - g, g + 1]

    References
    ----------
    .. [1] W.-M. Liu, *Criterion of Hopf bifurcations without using eigenvalues*, J. Math. Anal. Appl. 182 (1994).
    .. [2] W. Govaerts, *Numerical Methods for Bifurcations of Dynamical Equilibria*, section 4.4.
    """
    if at is None:
        raise ParameterError("The equilibrium was given as None. Give one: 0 for the origin, a mapping, or a result.")
    if system.classes is not None:
        raise UnsupportedFeatureError(
            f"The states of {system.name!r} stand for several copies each, and the Hurwitz minors of the whole depend "
            "on how many. Take spectrum(system), or build the network without copies."
        )
    substitution = system.substitution(values, free)
    eigenvalue = eigenvalue_symbol(system)
    ring, factors = factors_at(system, at, substitution, budget)
    found = []
    for factor in factors:
        parts = ring.coefficients(factor.polynomial, EIGENVALUE)
        field = Field(ring, root_relations(ring))
        monic = [tidy(field.element(part, parts[-1])) for part in parts]
        polynomial = sympy.Add(*[part * eigenvalue**k for k, part in enumerate(monic)])
        minors = hurwitz_minors(polynomial, eigenvalue, budget=budget)
        constant = monic[0]
        found.append(
            StabilityQuantities(
                polynomial,
                multiplicity=factor.multiplicity,
                zero=constant,
                hopf=minors[-2] if len(minors) > 1 else None,
                minors=minors,
            )
        )
    _compare(system, jacobian_at(system, at, substitution), found, eigenvalue)
    return tuple(found)


@documented("ParameterError: If the matrix is not square, or has fewer than two rows.")
def bialternate_product(matrix: Any) -> ImmutableDenseMatrix:
    r"""The bialternate product :math:`2 A \odot I`: its eigenvalues are the sums λ_i + λ_j with i < j.

    It is singular where two eigenvalues of A are opposite, as at a Hopf point.

    Parameters
    ----------
    matrix : Matrix, shape (n, n)

    Returns
    -------
    ImmutableDenseMatrix, shape (n (n - 1)/2, n (n - 1)/2)

    Examples
    --------
    >>> a, b, c, d = sympy.symbols("a b c d")
    >>> bialternate_product(sympy.Matrix([[a, b], [c, d]]))
    Matrix([[a + d]])

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 10.2.2.
    """
    a = ImmutableDenseMatrix(matrix)
    size = a.rows
    if size != a.cols or size < 2:
        raise ParameterError(
            f"The matrix has the shape {a.rows} x {a.cols}. The bialternate product needs a square one with at least "
            "two rows."
        )
    pairs = [(p, q) for p in range(size) for q in range(p)]

    def entry(p: int, q: int, r: int, s: int) -> Expr:
        if r == q:
            return -a[p, s]
        if r != p and s == q:
            return a[p, r]
        if r == p and s == q:
            return a[p, p] + a[q, q]
        if r == p:
            return a[q, s]
        return -a[q, r] if s == p else sympy.S.Zero

    return ImmutableDenseMatrix([[entry(p, q, r, s) for r, s in pairs] for p, q in pairs])


def _compare(
    system: SymbolicSystem,
    entries: Mapping[tuple[int, int], Expr],
    found: list[StabilityQuantities],
    eigenvalue: Symbol,
) -> None:
    """The last-but-one minor of the whole polynomial against the bialternate product, at a random rational point."""
    size = system.dimension
    generators = generators_of(entries.values())
    if not 2 <= size <= LARGEST_CHECKED or any(not g.is_Symbol for g in generators):
        return
    chance = Sampler(size)
    numbers = {g: Rational(chance.number(g)) for g in generators}
    matrix = sympy.zeros(size, size)
    for (i, j), entry in entries.items():
        matrix[i, j] = entry.xreplace(numbers)
    whole = sympy.Mul(*[part.polynomial.xreplace(numbers) ** part.multiplicity for part in found])
    minor = hurwitz_minors(sympy.expand(whole), eigenvalue)[-2]
    other = bialternate_product(matrix).det(method="bareiss") * (-1) ** (size * (size - 1) // 2)
    if sympy.nsimplify(minor - other) != 0:
        raise ClosedFormMismatch(
            f"The Hurwitz minor of {system.name!r} is {minor} and the bialternate product gives {other} at the same "
            "point. Nothing is returned; please report the model."
        )
