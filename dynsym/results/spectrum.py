"""The spectrum of a linearisation: factors of the characteristic polynomial, and eigenvalues that have a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym.results.content import frozen_mapping, record
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, symbol_latex, words

__all__ = ["Spectrum", "SpectrumFactor"]


@dataclass(frozen=True)
class SpectrumFactor:
    """One irreducible factor of a characteristic polynomial.

    Parameters
    ----------
    polynomial : Expr
        In the eigenvalue and the parameters.
    multiplicity : int or Expr
        An expression in the sizes where these are symbols.
    eigenvalues : tuple of Expr
        Its roots, where it has degree one or two; empty otherwise.
    states : tuple of str
        The states of the strongly connected components that it comes from.
    indices : tuple of (Symbol, Expr)
        Wave numbers that occur in it and the number of their values: one factor for each of 0, 1, ..., number - 1.
    mode : str
        Which perturbations it belongs to, where a state stands for many copies.

    Examples
    --------
    >>> x = Symbol("lambda")
    >>> SpectrumFactor(x + 1, multiplicity=2, eigenvalues=(sympy.Integer(-1),), states=("x", "y")).multiplicity
    2
    """

    polynomial: Expr
    _: KW_ONLY
    multiplicity: int | Expr
    eigenvalues: tuple[Expr, ...]
    states: tuple[str, ...]
    indices: tuple[tuple[Symbol, Expr], ...] = ()
    mode: str = ""

    @property
    def product(self) -> Expr:
        """The factor to its multiplicity; over all values of its indices, where it has some."""
        power = self.polynomial**self.multiplicity
        if not self.indices:
            return power
        return sympy.Product(power, *[(index, 0, count - 1) for index, count in self.indices])


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum(SymbolicResult):
    """The eigenvalues of a linearisation.

    Parameters
    ----------
    factors : tuple of SpectrumFactor
    symbol : Symbol
        The eigenvalue in the polynomials.
    reductions : tuple of str
        Which exact reductions were used.
    assumptions : tuple of str
        What was taken for granted.
    dimension : int or Expr
        Number of eigenvalues: of states, those of all copies and weights counted.
    remainder : str
        What the factors leave out, where they are not the whole characteristic polynomial.
    unexpanded : tuple
        The remainder as straight-line programs, where it was too long to expand.
    cost : mapping of str to number
        Terms of the longest expanded polynomial, seconds, and how many numerical comparisons it stood.

    Examples
    --------
    >>> import dynsym as ds
    >>> len(ds.spectrum(ds.build_system(ds.motifs.unidirectional()), at=0).factors)
    1
    """

    factors: Sequence[SpectrumFactor]
    _: KW_ONLY
    symbol: Symbol
    reductions: Sequence[str] = ()
    assumptions: Sequence[str] = ()
    dimension: int | Expr = 0
    remainder: str = ""
    unexpanded: tuple[Any, ...] = ()
    cost: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        shown = ", ".join(_line(factor) for factor in self.factors[:6])
        more = f", ... ({len(self.factors)} factors)" if len(self.factors) > 6 else ""
        rest = f"; left out: {self.remainder}" if self.remainder else ""
        return f"Spectrum({self.dimension} eigenvalues in {self.symbol}: {shown}{more}{rest})"

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", frozen_mapping(self.cost))
        for name in ("factors", "reductions", "assumptions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def __hash__(self) -> int:
        return hash((self.factors, self.symbol, self.remainder))

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The factors with their multiplicities, and what they leave out."""
        name = symbol_latex(self.symbol.name)
        rows = [
            (
                rf"p({name})" if k == 0 else "",
                f"{'=' if k == 0 else ''} {expression_latex(f.product, limit=operations)}",
            )
            for k, f in enumerate(self.factors)
        ]
        return [*rows, ("", words(f"times {self.remainder}"))] if self.remainder else rows

    @property
    def characteristic_polynomial(self) -> Expr:
        """The product of the factors."""
        return sympy.Mul(*[factor.product for factor in self.factors])

    @property
    def eigenvalues(self) -> dict[Expr, int | Expr]:
        """Eigenvalues that have a formula, with their multiplicities."""
        found: dict[Expr, int | Expr] = {}
        for factor in self.factors:
            for value in factor.eigenvalues:
                found[value] = found.get(value, 0) + factor.multiplicity
        return found

    @property
    def is_complete(self) -> bool:
        """Whether every eigenvalue has a formula."""
        return not self.remainder and all(factor.eigenvalues for factor in self.factors)

    def to_json(self) -> dict[str, Any]:
        """The spectrum as a JSON object of texts."""
        return {
            "kind": "spectrum",
            "eigenvalue_symbol": str(self.symbol),
            "factors": [
                record(factor) | {"indices": {str(index): f"0 <= {index} < {n}" for index, n in factor.indices}}
                for factor in self.factors
            ],
        } | record(self, "symbol", "factors", "unexpanded")


def _line(factor: SpectrumFactor) -> str:
    text = f"({factor.polynomial})"
    power = "" if factor.multiplicity == 1 else f"^({factor.multiplicity})"
    indices = "".join(f", {index} = 0..{count - 1}" for index, count in factor.indices)
    return f"{text if len(text) <= 80 else text[:79] + '…'}{power}{indices}"
