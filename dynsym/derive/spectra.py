"""The spectrum of a linearisation: irreducible factors, and eigenvalues by formula where they have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.derive._field import Field, root_relations
from dynsym.derive._ring import Ring
from dynsym.derive._spectral import EIGENVALUE, Factor, shown_factor
from dynsym.derive._tidy import tidy
from dynsym.derive.linearisation import At, eigenvalue_symbol, factors_at

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Spectrum", "SpectrumFactor", "spectrum"]


@dataclass(frozen=True)
class SpectrumFactor:
    """One irreducible factor of a characteristic polynomial.

    Parameters
    ----------
    polynomial : Expr
        In the eigenvalue and the parameters.
    multiplicity : int
    eigenvalues : tuple of Expr
        Its roots, where it has degree one or two; empty otherwise.
    states : tuple of str
        The states of the strongly connected components that it comes from.

    Examples
    --------
    >>> x = Symbol("lambda")
    >>> SpectrumFactor(x + 1, multiplicity=2, eigenvalues=(sympy.Integer(-1),), states=("x", "y")).multiplicity
    2
    """

    polynomial: Expr
    _: KW_ONLY
    multiplicity: int
    eigenvalues: tuple[Expr, ...]
    states: tuple[str, ...]


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of a linearisation.

    Parameters
    ----------
    factors : tuple of SpectrumFactor
    symbol : Symbol
        The eigenvalue in the polynomials.
    reductions : tuple of str
        Which exact reductions were used.

    Examples
    --------
    >>> import dynsym as ds
    >>> len(spectrum(ds.build_system(ds.motifs.unidirectional()), at=0).factors)
    1
    """

    factors: tuple[SpectrumFactor, ...]
    _: KW_ONLY
    symbol: Symbol
    reductions: tuple[str, ...] = ()

    @property
    def characteristic_polynomial(self) -> Expr:
        """The product of the factors."""
        return sympy.Mul(*[factor.polynomial**factor.multiplicity for factor in self.factors])

    @property
    def eigenvalues(self) -> dict[Expr, int]:
        """Eigenvalues that have a formula, with their multiplicities."""
        found: dict[Expr, int] = {}
        for factor in self.factors:
            for value in factor.eigenvalues:
                found[value] = found.get(value, 0) + factor.multiplicity
        return found

    @property
    def is_complete(self) -> bool:
        """Whether every eigenvalue has a formula."""
        return all(factor.eigenvalues for factor in self.factors)

    def to_json(self) -> dict[str, Any]:
        """The spectrum as a JSON object of texts."""
        return {
            "kind": "spectrum",
            "eigenvalue_symbol": str(self.symbol),
            "factors": [
                {
                    "polynomial": str(factor.polynomial),
                    "multiplicity": factor.multiplicity,
                    "eigenvalues": [str(value) for value in factor.eigenvalues],
                    "states": list(factor.states),
                }
                for factor in self.factors
            ],
            "reductions": list(self.reductions),
        }


def spectrum(
    system: SymbolicSystem,
    *,
    at: At = None,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Spectrum:
    """The eigenvalues of the Jacobian, block by block and factor by factor.

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
    """
    ring, factors = factors_at(system, at, system.substitution(values, free), budget)
    symbol = eigenvalue_symbol(system)
    blocks = {factor.component for factor in factors}
    reductions = [f"strongly connected components: {len(blocks)}"] if len(blocks) > 1 else []
    if len(factors) > 1:
        reductions.append(f"characteristic polynomial: {len(factors)} irreducible factors")
    made = [
        SpectrumFactor(
            shown_factor(ring, factor.polynomial, symbol),
            multiplicity=factor.multiplicity,
            eigenvalues=_formulas(ring, factor),
            states=tuple(system.state_names[k] for k in factor.component),
        )
        for factor in factors
    ]
    return Spectrum(tuple(made), symbol=symbol, reductions=tuple(reductions))


def _formulas(ring: Ring, factor: Factor) -> tuple[Expr, ...]:
    field = Field(ring, root_relations(ring))
    coefficients = ring.coefficients(factor.polynomial, EIGENVALUE)
    if len(coefficients) == 2:
        return (tidy(field.element(-coefficients[0], coefficients[1])),)
    if len(coefficients) == 3:
        c, b, a = coefficients
        middle = tidy(field.element(-b, 2 * a))
        root = sympy.sqrt(tidy(field.element(b * b - 4 * a * c, 4 * a * a)))
        return (middle + root, middle - root)
    return ()
