"""The spectrum of a linearisation: irreducible factors, and eigenvalues by formula where they have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.derive._copies import spectrum_of_copies
from dynsym.derive._eigenvalues import formulas
from dynsym.derive._spectral import shown_factor
from dynsym.derive.linearisation import At, eigenvalue_symbol, factors_at
from dynsym.results import Spectrum, SpectrumFactor

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["spectrum"]


def spectrum(
    system: SymbolicSystem,
    *,
    at: At = None,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Spectrum:
    """The eigenvalues of the Jacobian, block by block and factor by factor.

    Where a state stands for many copies (`motifs.complete("n")`, `motifs.ring("N")`) it is the spectrum of the whole
    network, at a state in which all copies agree: with symbolic multiplicities, and one wave number for each direction
    of a ring or torus.

    Parameters
    ----------
    system : SymbolicSystem
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        Where; None leaves the states symbolic. A given point must be an equilibrium.
    values, free
        As for `jacobian`.
    budget : Budget

    Returns
    -------
    Spectrum

    Raises
    ------
    BudgetExceeded
        If more terms or seconds are needed.
    NotAnEquilibrium
        If the right-hand side does not vanish at the given point.

    Examples
    --------
    >>> import dynsym as ds
    >>> ring = ds.build_system(ds.motifs.complete(3, weight="w"))
    >>> spectrum(ring, at=0).eigenvalues
    {2*w - 1: 1, -w - 1: 2}
    >>> spectrum(ds.build_system(ds.motifs.ring("N")), at=0).factors[0].eigenvalues
    (w*cos(2*pi*j/N) - I*w*sin(2*pi*j/N) - 1,)
    """
    substitution = system.substitution(values, free)
    symbol = eigenvalue_symbol(system)
    if system.classes is not None:
        return spectrum_of_copies(system, at, substitution, symbol, budget)
    ring, factors = factors_at(system, at, substitution, budget)
    blocks = {factor.component for factor in factors}
    reductions = [f"strongly connected components: {len(blocks)}"] if len(blocks) > 1 else []
    if len(factors) > 1:
        reductions.append(f"characteristic polynomial: {len(factors)} irreducible factors")
    made = [
        SpectrumFactor(
            shown_factor(ring, factor.polynomial, symbol),
            multiplicity=factor.multiplicity,
            eigenvalues=formulas(ring, factor.polynomial),
            states=tuple(system.state_names[k] for k in factor.component),
        )
        for factor in factors
    ]
    return Spectrum(tuple(made), symbol=symbol, reductions=tuple(reductions), dimension=system.dimension)
