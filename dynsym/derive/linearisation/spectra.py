"""The spectrum of a linearisation: irreducible factors, and eigenvalues by formula where they have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, ImmutableSparseMatrix, MatrixBase, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._docstrings import documented
from dynsym._expressions import exact, parse
from dynsym._expressions import symbol as _symbol
from dynsym.algebra.ring import Ring, generators_of
from dynsym.derive.characteristic.eigenvalues import formulas
from dynsym.derive.characteristic.factors import EIGENVALUE, shown_factor, spectral_factors
from dynsym.derive.copies.multiplicities import spectrum_of_copies
from dynsym.derive.equilibria.points import At
from dynsym.derive.linearisation.factor_check import check_factors
from dynsym.derive.linearisation.jacobians import eigenvalue_symbol, factors_at, jacobian_at, spectrum_factor
from dynsym.derive.wording import assumptions_of
from dynsym.errors import ParameterError
from dynsym.results import Spectrum, SpectrumFactor
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["low_rank_spectrum", "spectrum"]


@stamped
def spectrum(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Spectrum:
    """The eigenvalues of the Jacobian, block by block and factor by factor.

    Where a state stands for many copies (`motifs.complete("n")`, `motifs.ring("N")`) it is the spectrum of the whole
    network, at a state in which all copies agree: with symbolic multiplicities, and one wave number for each direction
    of a ring or torus.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        Where; None leaves the states symbolic. A given point must be an equilibrium.

    Raises
    ------
    BudgetExceeded
        If more terms or seconds are needed; `best` is a `Spectrum` with the factors that were found, and in
        `unexpanded` the other blocks as straight-line programs.
    ClosedFormMismatch
        If the factors disagree with a numerical determinant.
    NotAnEquilibrium
        If the right-hand side does not vanish at the given point.

    Examples
    --------
    >>> import dynsym as ds
    >>> ring = ds.build_system(ds.motifs.complete(3, weight="w"))
    >>> spectrum(ring, at=0).eigenvalues
    {2*w - 1: 1, -w - 1: 2}
    >>> spectrum(ds.build_system(ds.motifs.ring("N")), at=0).factors[0].eigenvalues
    (-I*w*sin(2*pi*j/N) + w*cos(2*pi*j/N) - 1,)
    """
    substitution = system.substitution(values, free)
    symbol = eigenvalue_symbol(system)
    if system.classes is not None:
        return spectrum_of_copies(system, at, substitution, symbol, budget)
    log: list[str] = []
    clock = budget.start()
    ring, factors = factors_at(system, at, substitution, budget, log)
    if len(factors) > 1:
        log.append(f"characteristic polynomial: {len(factors)} irreducible factors")
    made = [spectrum_factor(system, ring, factor, symbol) for factor in factors]
    compared = check_factors(ring, factors, jacobian_at(system, at, substitution), system)
    return Spectrum(
        made,
        symbol=symbol,
        reductions=log,
        assumptions=assumptions_of([value for factor in made for value in factor.eigenvalues]),
        dimension=system.dimension,
        cost={
            "terms": max((len(factor.polynomial) for factor in factors), default=0),
            "seconds": round(clock.elapsed, 3),
            "comparisons": compared,
        },
    )


@documented("ParameterError: If the overlaps are no square matrix, or there are more columns than neurons.")
def low_rank_spectrum(size: Any, overlaps: Any, *, decay: Any = 1) -> Spectrum:
    r"""The spectrum of :math:`-d + U V^T` with r columns, for any number of neurons.

    By the determinant lemma it depends on the overlaps :math:`V^T U` of the columns alone:
    :math:`(\lambda + d)^{n - r} \det(\lambda + d - V^T U)`.

    Parameters
    ----------
    size : int, str or Expr
        Number n of neurons.
    overlaps : number, text, Expr or (r, r) nested list of these
        :math:`V^T U`, with the gain of the activation.
    decay : number, text or Expr
        The rate d.

    Examples
    --------
    >>> low_rank_spectrum("N", "c").characteristic_polynomial
    (lambda + 1)**(N - 1)*(-c + lambda + 1)

    References
    ----------
    .. [1] F. Mastrogiuseppe, S. Ostojic, *Linking connectivity, dynamics, and computations in low-rank recurrent neural
       networks*, Neuron 99 (2018).
    """
    rows = overlaps if isinstance(overlaps, list | tuple | MatrixBase) else [[overlaps]]
    rows = rows.tolist() if isinstance(rows, MatrixBase) else [list(row) for row in rows]
    rank, symbol = len(rows), Symbol("lambda")
    if any(len(row) != rank for row in rows):
        raise ParameterError(f"The overlaps are {rows!r:.80}, and must be a square matrix.")
    small = ImmutableSparseMatrix(rank, rank, [_quantity(entry, "overlap") for row in rows for entry in row])
    count, rate = _count(size), _quantity(decay, "decay")
    if (count - rank).is_negative:
        raise ParameterError(f"There are {rank} columns and {count} neurons; there are at least as many neurons.")
    entries = dict(small.todok())
    for k in range(rank):
        entries[k, k] = entries.get((k, k), sympy.S.Zero) - rate
    ring = Ring((*generators_of(entries.values()), EIGENVALUE))
    quotients = {place: ring.quotient(entry) for place, entry in entries.items() if entry != 0}
    factors = spectral_factors(ring, quotients, rank, DEFAULT_BUDGET.start())
    made = [
        SpectrumFactor(
            shown_factor(ring, factor.polynomial, symbol),
            multiplicity=factor.multiplicity,
            eigenvalues=formulas(ring, factor.polynomial),
            states=(),
            mode="columns",
        )
        for factor in factors
    ]
    others = count - rank
    if others != 0:
        rest = int(others) if others.is_Integer else others
        made.insert(0, SpectrumFactor(symbol + rate, multiplicity=rest, eigenvalues=(-rate,), states=(), mode="others"))
    dimension = int(count) if count.is_Integer else count
    return Spectrum(made, symbol=symbol, reductions=("determinant lemma",), dimension=dimension)


def _quantity(value: Any, what: str) -> Expr:
    return parse(value, {}, where=what, declare=True) if isinstance(value, str) else exact(value, name=what)


def _count(size: Any) -> Expr:
    count = _quantity(size, "size")
    positive = {s: _symbol(s.name, "positive_integer") for s in count.free_symbols if s.is_integer is None}
    return count.xreplace(positive)
