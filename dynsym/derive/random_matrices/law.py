r"""What every limiting eigenvalue law offers: R-transform, Cauchy transform, support, density.

Laws here have an algebraic Cauchy transform :math:`G(z) = \int \mu(dx)/(z-x)`, so that everything is exact: a
polynomial in z and G, whose branch points hold the edges of the support.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import exact, parse, symbol
from dynsym.derive.random_matrices.cauchy import AlgebraicLaw, Masses
from dynsym.derive.random_matrices.supports import SpectralSupport, density_at, support_of
from dynsym.errors import ModelNameError, ParameterError, UnsupportedFeatureError

__all__ = ["SpectralLaw", "W", "quantity_of", "refuse_unknown", "substitution_of"]

RESERVED = ("z", "G", "w")
W = symbol("w")


class SpectralLaw(ABC):
    """A limiting law of eigenvalues with an algebraic Cauchy transform.

    A further law is one more subclass: `pieces` gives its R-transform (the rational part, and atomic laws whose own
    is not rational), `point_masses` its atoms, `positive_quantities` what must be positive, `reach` a bound.

    Examples
    --------
    >>> isinstance(ds.derive.Semicircle(), SpectralLaw)
    True
    """

    @abstractmethod
    def pieces(self) -> tuple[Expr, tuple[Masses, ...]]:
        """The rational part of the R-transform, in w, and the atomic laws to be added freely."""

    @abstractmethod
    def point_masses(self) -> Mapping[Expr, Expr]:
        """Points and their masses, of a law whose parameters have values."""

    @abstractmethod
    def positive_quantities(self) -> tuple[Expr, ...]:
        """Expressions of the parameters that must not be negative."""

    @abstractmethod
    def reach(self) -> Expr:
        """An upper bound on the absolute value of the points of the support."""

    @abstractmethod
    def with_values(self, values: Mapping[str, Any]) -> SpectralLaw:
        """The law with values for some parameters."""

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The parameters, by name."""
        rational, masses = self.pieces()
        found = rational.free_symbols - {W}
        for law in masses:
            found |= set().union(*(part.free_symbols for pair in law for part in pair))
        found = found.union(*(quantity.free_symbols for quantity in self.positive_quantities()))
        return tuple(sorted(found, key=str))

    @property
    def r_transform(self) -> Expr:
        r"""R(w), with :math:`G(R(w) + 1/w) = w`, in the symbol w.

        Raises
        ------
        UnsupportedFeatureError
            For laws with three or more atoms, whose R-transform has no short formula; `cauchy_polynomial` has it.
        """
        rational, masses = self.pieces()
        return rational + sympy.Add(*map(_two_atoms, masses))

    @cached_property
    def algebraic(self) -> AlgebraicLaw:
        """The polynomial for the Cauchy transform, and what follows from it."""
        rational, masses = self.pieces()
        return AlgebraicLaw.of(rational, W, masses)

    @property
    def cauchy_polynomial(self) -> Expr:
        """The irreducible polynomial in z and G (and the parameters) that the Cauchy transform satisfies."""
        return self.algebraic.expression

    @property
    def edge_polynomial(self) -> Expr:
        """A polynomial in z whose roots contain all edges of the support, factored.

        Crossings of two sheets without a branch point and poles are no edges; their factors are left out.
        """
        return sympy.Mul(*self.algebraic.edge_factors)

    def support(self, values: Mapping[str, Any] | None = None) -> SpectralSupport:
        """The support of the law, proved.

        Parameters
        ----------
        values : mapping of name to number or text
            For all parameters.

        Raises
        ------
        ParameterError
            If a parameter is left without a value, or the values are outside the range of the law.
        """
        law = self.at_values(values)
        return support_of(law.algebraic, law.point_masses(), law.reach())

    def density(self, x: Any, values: Mapping[str, Any] | None = None) -> float:
        r"""The density at a point, :math:`-\operatorname{Im} G(x + i0)/\pi`, by Stieltjes inversion.

        The branch is followed from infinity with proved steps; at an edge or an atom there is no density, and a
        `ParameterError` says so.
        """
        law = self.at_values(values)
        return density_at(law.algebraic, exact(x, name="x"), law.reach())

    def at_values(self, values: Mapping[str, Any] | None) -> SpectralLaw:
        """The law with a value for each parameter, checked."""
        law = self.with_values(values or {})
        if law.parameters:
            raise ParameterError(
                f"The parameters {', '.join(map(str, law.parameters))} of the law have no value, and all need one "
                f"here. Try support({{'{law.parameters[0]}': 0.5}})."
            )
        for quantity in law.positive_quantities():
            if not quantity >= 0:
                raise ParameterError(
                    f"With these values a mass, ratio or variance of the law is {quantity}; it must not be negative. "
                    "Try values inside the range of the law."
                )
        return law


def _two_atoms(masses: Masses) -> Expr:
    """R of two atoms a, b: the root of w = p/(z - a) + q/(z - b) with z ~ 1/w, less 1/w."""
    if len(masses) > 2:
        raise UnsupportedFeatureError(
            f"The R-transform of {len(masses)} atoms has no short formula. Use cauchy_polynomial, where it is implicit."
        )
    (a, p), (b, q) = masses
    root = sympy.sqrt(sympy.expand((1 + W * (a + b)) ** 2 - 4 * W * (W * a * b + p * b + q * a)))
    return (W * (a + b) - 1 + root) / (2 * W)


def quantity_of(value: Any, name: str) -> Expr:
    expression = parse(value, {}, declare=True, where=name) if isinstance(value, str) else exact(value, name=name)
    clash = sorted({str(s) for s in expression.free_symbols} & set(RESERVED))
    if clash:
        raise ModelNameError(
            f"A law was given the parameter {clash[0]!r}; {', '.join(RESERVED)} stand for the arguments of the "
            "transforms. Choose another name."
        )
    return expression


def substitution_of(parameters: Iterable[Symbol], values: Mapping[str, Any]) -> dict[Symbol, Expr]:
    by_name = {str(parameter): parameter for parameter in parameters}
    refuse_unknown(set(by_name), values)
    return {by_name[str(name)]: exact(value, name=str(name)) for name, value in values.items()}


def refuse_unknown(known: set[str], values: Mapping[str, Any]) -> None:
    unknown = sorted({str(name) for name in values} - known)
    if unknown:
        raise ModelNameError(
            f"{unknown[0]!r} is no parameter of the law; it has {', '.join(sorted(known)) or 'none'}. Check the name."
        )
