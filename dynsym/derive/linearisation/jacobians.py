"""The linearisation of a system: Jacobian and characteristic polynomial, at a point or with symbolic states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, ImmutableSparseMatrix, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.tidy import settled
from dynsym.derive.characteristic.eigenvalues import formulas
from dynsym.derive.characteristic.factors import EIGENVALUE, Factor, PartialFactors, shown_factor, spectral_factors
from dynsym.derive.characteristic.straight_line import unexpanded_polynomial
from dynsym.derive.equilibria.corners import require_smooth
from dynsym.derive.equilibria.points import At, the_point, verified
from dynsym.errors import BudgetExceeded
from dynsym.results import Spectrum, SpectrumFactor

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["characteristic_polynomial", "eigenvalue_symbol", "factors_at", "jacobian", "jacobian_at", "spectrum_factor"]


LARGEST_PROGRAM = 50


def jacobian(
    system: SymbolicSystem, *, values: Mapping[str, Any] | None = None, at: At = None, free: Iterable[str | Symbol] = ()
) -> ImmutableSparseMatrix:
    """The Jacobian matrix of the right-hand side.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        Where; None leaves the states symbolic. It need not be an equilibrium.

    Returns
    -------
    ImmutableSparseMatrix, shape (n, n)
        Entry [i, j] is the derivative of f_i by state j.

    Raises
    ------
    ModelNameError
        If a state or parameter is unknown.
    UnsupportedFeatureError
        If the right-hand side has a corner, a jump or a pole at the point.

    Examples
    --------
    >>> import dynsym as ds
    >>> jacobian(ds.build_system(ds.motifs.bidirectional(weight=1), gain="g"), at=0).tolist()
    [[-1, g], [g, -1]]
    """
    entries = jacobian_at(system, at, system.substitution(values, free))
    return ImmutableSparseMatrix(system.dimension, system.dimension, entries)


def jacobian_at(system: SymbolicSystem, at: At, substitution: Mapping[Symbol, Expr]) -> dict[tuple[int, int], Expr]:
    """The entries of the Jacobian that do not vanish."""
    values = dict(substitution)
    entries = {place: entry.xreplace(values) for place, entry in system.jacobian_entries().items()}
    if at is not None:
        point = {system[n]: v for n, v in the_point(system, at, substitution).states.items()}
        require_smooth(system, point, values, "the given point", 1)
        entries = {place: settled(entry.xreplace(point)) for place, entry in entries.items()}
    return {place: entry for place, entry in entries.items() if entry != 0}


def eigenvalue_symbol(system: SymbolicSystem) -> Symbol:
    """``lambda``, or a variant of it that the system does not use.

    Examples
    --------
    >>> import dynsym as ds
    >>> eigenvalue_symbol(ds.system_from_equations({"x": "-lambda*x"}, parameters=["lambda"]))
    lambda_
    """
    name = "lambda"
    while name in system.parameters or name in system.state_names:
        name += "_"
    return Symbol(name)


def characteristic_polynomial(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At = None,
    free: Iterable[str | Symbol] = (),
    symbol: Symbol | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Expr:
    r"""The characteristic polynomial :math:`\det(\lambda - J)`, factored.

    The Jacobian is split into its strongly connected components; the determinant of each is expanded by column subsets
    over the integers, and factored. Where states stand for many copies it is that of the whole network, with the
    numbers of copies in the exponents.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        Where; None leaves the states symbolic. A given point must be an equilibrium.
    symbol : Symbol, optional
        The eigenvalue; `eigenvalue_symbol` by default.
    budget : Budget
        Its `terms` limit the expanded polynomial.

    Returns
    -------
    Expr
        Monic in the eigenvalue.

    Raises
    ------
    BudgetExceeded
        If more terms or seconds are needed; `best` is a `Spectrum` with the factors that were found, and in
        `unexpanded` the other blocks as straight-line programs.
    NotAnEquilibrium
        If the right-hand side does not vanish at the given point.

    Examples
    --------
    >>> import dynsym as ds
    >>> characteristic_polynomial(ds.build_system(ds.motifs.bidirectional(weight=1), gain="g"), at=0)
    (-g + lambda + 1)*(g + lambda + 1)
    >>> characteristic_polynomial(ds.build_system(ds.motifs.complete("n", self_coupling=True)), at=0)
    (lambda + 1)**(n - 1)*(lambda - n*w + 1)
    """
    eigenvalue = symbol if symbol is not None else eigenvalue_symbol(system)
    if system.classes is not None:
        from dynsym.derive.copies.multiplicities import spectrum_of_copies

        whole = spectrum_of_copies(system, at, system.substitution(values, free), eigenvalue, budget)
        return whole.characteristic_polynomial
    ring, factors = factors_at(system, at, system.substitution(values, free), budget)
    return sympy.Mul(*[_monic(ring, factor, eigenvalue) ** factor.multiplicity for factor in factors])


def factors_at(
    system: SymbolicSystem, at: At, substitution: Mapping[Symbol, Expr], budget: Budget, log: list[str] | None = None
) -> tuple[Ring, list[Factor]]:
    """The irreducible factors of the characteristic polynomial, and their ring."""
    if at is not None:
        verified(system, the_point(system, at, substitution), substitution)
    entries = jacobian_at(system, at, substitution)
    ring = Ring((*generators_of(entries.values()), EIGENVALUE))
    quotients = {place: ring.quotient(entry) for place, entry in entries.items()}
    try:
        return ring, spectral_factors(ring, quotients, system.dimension, budget.start(), log)
    except BudgetExceeded as stop:
        partial = stop.best if isinstance(stop.best, PartialFactors) else PartialFactors([], [])
        best = _structured(system, ring, partial, entries, tuple(log or ()))
        raise BudgetExceeded(f"{stop} `best` holds the factors found and the rest as a program.", best=best) from stop


def _structured(
    system: SymbolicSystem,
    ring: Ring,
    partial: PartialFactors,
    entries: Mapping[tuple[int, int], Expr],
    reductions: tuple[str, ...],
) -> Spectrum:
    """What a budget allowed: some factors, and the other components as straight-line programs."""
    symbol = eigenvalue_symbol(system)
    programs = []
    for component in partial.left:
        inside = {i: k for k, i in enumerate(component)}
        block = {(inside[i], inside[j]): e for (i, j), e in entries.items() if i in inside and j in inside}
        size = len(component)
        if size > LARGEST_PROGRAM:
            continue
        programs.append(unexpanded_polynomial(ImmutableSparseMatrix(size, size, block), symbol))
    missing = []
    if partial.within:
        missing.append(
            f"{partial.within} eigenvalues within the classes of an equitable partition, which gives a factor"
        )
    if partial.left:
        missing.append(f"unexpanded polynomials of degree {' and '.join(str(len(c)) for c in partial.left)}")
    return Spectrum(
        [spectrum_factor(system, ring, factor, symbol) for factor in partial.factors],
        symbol=symbol,
        reductions=reductions,
        dimension=system.dimension,
        remainder=" and ".join(missing),
        unexpanded=tuple(programs),
    )


def spectrum_factor(system: SymbolicSystem, ring: Ring, factor: Factor, symbol: Symbol) -> SpectrumFactor:
    """A factor as expressions."""
    return SpectrumFactor(
        shown_factor(ring, factor.polynomial, symbol),
        multiplicity=factor.multiplicity,
        eigenvalues=formulas(ring, factor.polynomial),
        states=tuple(system.state_names[k] for k in factor.component),
    )


def _monic(ring: Ring, factor: Factor, eigenvalue: Symbol) -> Expr:
    lead = ring.leading_coefficient(factor.polynomial, EIGENVALUE)
    written = shown_factor(ring, factor.polynomial, eigenvalue)
    return written if lead.is_one() else written / ring.expression(lead)
