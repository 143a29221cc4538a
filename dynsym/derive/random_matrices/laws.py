r"""Limiting eigenvalue laws of large random symmetric matrices, and their free sums.

Independent matrices of which all but one have uniformly rotated eigenvectors are free in the limit of large size: the
R-transforms of their laws add up [1]_ [2]_.

References
----------
.. [1] D. Voiculescu, K. Dykema, A. Nica, *Free Random Variables* (1992).
.. [2] J. Mingo and R. Speicher, *Free Probability and Random Matrices* (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from itertools import product
from typing import Any

import sympy
from sympy import Expr

from dynsym._docstrings import documented
from dynsym.derive.random_matrices.cauchy import Masses
from dynsym.derive.random_matrices.law import SpectralLaw, W, quantity_of, refuse_unknown, substitution_of
from dynsym.errors import ParameterError

__all__ = ["Atoms", "FreeSum", "MarchenkoPastur", "Semicircle", "free_sum"]


@dataclass(frozen=True)
class Atoms(SpectralLaw):
    """Finitely many points with masses: the eigenvalues of a diagonal matrix of given entries.

    Parameters
    ----------
    masses : mapping of point to mass, or tuple of pairs
        Numbers, sympy expressions, or text; the masses sum to one.

    Raises
    ------
    ParameterError
        If the masses do not sum to one or one of them is negative.

    Examples
    --------
    >>> signs = Atoms({1: "1 - alpha", -1: "alpha"})
    >>> signs.cauchy_polynomial
    G*z**2 - G + 2*alpha - z - 1
    """

    masses: Any

    def __post_init__(self) -> None:
        given = self.masses.items() if isinstance(self.masses, Mapping) else self.masses
        merged: dict[Expr, Expr] = {}
        for point, mass in given:
            at = quantity_of(point, "point")
            merged[at] = merged.get(at, sympy.S.Zero) + quantity_of(mass, "mass")
        if sympy.expand(sympy.Add(*merged.values()) - 1) != 0:
            raise ParameterError(
                f"The masses {', '.join(map(str, merged.values()))} sum to {sympy.Add(*merged.values())}; they must "
                "sum to 1. Try Atoms({1: '1 - alpha', -1: 'alpha'})."
            )
        if any(mass.is_negative for mass in merged.values()):
            raise ParameterError("A mass of Atoms is negative; masses lie between 0 and 1. Give their absolute value.")
        object.__setattr__(self, "masses", tuple((at, mass) for at, mass in merged.items() if mass != 0))

    def pieces(self) -> tuple[Expr, tuple[Masses, ...]]:
        if len(self.masses) == 1:
            return self.masses[0][0], ()
        return sympy.S.Zero, (self.masses,)

    def point_masses(self) -> Mapping[Expr, Expr]:
        return dict(self.masses)

    def positive_quantities(self) -> tuple[Expr, ...]:
        return tuple(mass for _, mass in self.masses)

    def reach(self) -> Expr:
        return sympy.Max(*(abs(at) for at, _ in self.masses))

    def with_values(self, values: Mapping[str, Any]) -> Atoms:
        put = substitution_of(self.parameters, values)
        return Atoms(tuple((at.xreplace(put), mass.xreplace(put)) for at, mass in self.masses))


@dataclass(frozen=True)
class MarchenkoPastur(SpectralLaw):
    r"""The law of :math:`Z^\top T Z`, where Z is n x m with independent entries of variance scale/n.

    :math:`R(w) = \sum_j p_j\, s\, t_j / (1 - c\, s\, t_j\, w)` with c = m/n, s the scale and T of eigenvalues
    :math:`t_j` in the proportions :math:`p_j` [1]_ [2]_. For m > n there is an atom of mass 1 - 1/c at 0.

    Parameters
    ----------
    ratio : number, text or Expr
        c = m/n, columns over rows: the size of the product over the size that is summed.
    scale : number, text or Expr
        n times the variance of an entry: 1 for entries of variance 1/n, 1/c for variance 1/m.
    population : Atoms, or mapping of point to mass
        Eigenvalues of T, of either sign.

    Raises
    ------
    ParameterError
        If ratio or scale is not positive.

    Examples
    --------
    >>> law = MarchenkoPastur("c", scale="1/c")
    >>> law.r_transform
    -1/(c*(w - 1))
    >>> law.support({"c": 4})
    SpectralSupport([1/4, 9/4]; atoms 0 (mass 3/4))

    References
    ----------
    .. [1] V. Marčenko and L. Pastur, Mathematics of the USSR-Sbornik 1 (1967).
    .. [2] J. Silverstein and Z. Bai, Journal of Multivariate Analysis 54 (1995).
    """

    ratio: Any
    _: KW_ONLY
    scale: Any = 1
    population: Atoms = field(default_factory=lambda: Atoms({1: 1}))

    def __post_init__(self) -> None:
        for name in ("ratio", "scale"):
            value = quantity_of(getattr(self, name), name)
            if value.is_nonpositive:
                raise ParameterError(f"The {name} was given as {value}; it must be positive. Try {name}=1.")
            object.__setattr__(self, name, value)
        if not isinstance(self.population, Atoms):
            object.__setattr__(self, "population", Atoms(self.population))

    def pieces(self) -> tuple[Expr, tuple[Masses, ...]]:
        jumps = [(self.scale * at, mass) for at, mass in self.population.masses]
        return sympy.Add(*(mass * s / (1 - self.ratio * s * W) for s, mass in jumps)).factor(), ()

    def point_masses(self) -> Mapping[Expr, Expr]:
        silent = sympy.Add(*(mass for at, mass in self.population.masses if at == 0))
        zero = 1 - (1 - silent) / self.ratio
        return {sympy.S.Zero: zero} if zero > 0 else {}

    def positive_quantities(self) -> tuple[Expr, ...]:
        return (self.ratio, self.scale, *self.population.positive_quantities())

    def reach(self) -> Expr:
        return self.scale * (1 + sympy.ceiling(sympy.sqrt(self.ratio))) ** 2 * self.population.reach()

    def with_values(self, values: Mapping[str, Any]) -> MarchenkoPastur:
        put = substitution_of(self.parameters, values)
        population = Atoms(tuple((a.xreplace(put), mass.xreplace(put)) for a, mass in self.population.masses))
        return MarchenkoPastur(self.ratio.xreplace(put), scale=self.scale.xreplace(put), population=population)


@dataclass(frozen=True)
class Semicircle(SpectralLaw):
    r"""Wigner's law of symmetric matrices with independent entries of variance :math:`\sigma^2`/n: R(w) = σ² w.

    Parameters
    ----------
    variance : number, text or Expr

    Raises
    ------
    ParameterError
        If the variance is not positive.

    Examples
    --------
    >>> Semicircle("s").edge_polynomial
    -4*s + z**2
    """

    variance: Any = 1

    def __post_init__(self) -> None:
        value = quantity_of(self.variance, "variance")
        if value.is_nonpositive:
            raise ParameterError(f"The variance was given as {value}; it must be positive. Try Semicircle(1).")
        object.__setattr__(self, "variance", value)

    def pieces(self) -> tuple[Expr, tuple[Masses, ...]]:
        return self.variance * W, ()

    def point_masses(self) -> Mapping[Expr, Expr]:
        return {}

    def positive_quantities(self) -> tuple[Expr, ...]:
        return (self.variance,)

    def reach(self) -> Expr:
        return 2 * sympy.ceiling(sympy.sqrt(self.variance))

    def with_values(self, values: Mapping[str, Any]) -> Semicircle:
        return Semicircle(self.variance.xreplace(substitution_of(self.variance.free_symbols, values)))


@dataclass(frozen=True)
class FreeSum(SpectralLaw):
    """The law of a sum of free matrices; `free_sum` makes it.

    Parameters
    ----------
    parts : tuple of SpectralLaw

    Raises
    ------
    ParameterError
        If a part is no law.

    Examples
    --------
    >>> coins = Atoms({1: "1/2", -1: "1/2"})
    >>> FreeSum((coins, coins)).support()
    SpectralSupport([-2, 2]; no atoms)
    """

    parts: tuple[SpectralLaw, ...]

    def __post_init__(self) -> None:
        for part in self.parts:
            if not isinstance(part, SpectralLaw):
                raise ParameterError(f"{part!r} is no law. A sum takes Atoms, MarchenkoPastur, Semicircle or FreeSum.")
        if not self.parts:
            raise ParameterError("A free sum was given no law; it needs at least one. Try free_sum(Semicircle()).")

    def pieces(self) -> tuple[Expr, tuple[Masses, ...]]:
        pieces = [part.pieces() for part in self.parts]
        return sympy.Add(*(rational for rational, _ in pieces)), tuple(law for _, laws in pieces for law in laws)

    def point_masses(self) -> Mapping[Expr, Expr]:
        """Points a = Σ a_k with Σ mass_k > number of laws - 1 (Bercovici and Voiculescu, 1998)."""
        found: dict[Expr, Expr] = {}
        for chosen in product(*(part.point_masses().items() for part in self.parts)):
            mass = sympy.Add(*(mass for _, mass in chosen)) - (len(self.parts) - 1)
            if mass > 0:
                found[sympy.Add(*(at for at, _ in chosen))] = mass
        return found

    def positive_quantities(self) -> tuple[Expr, ...]:
        return tuple(quantity for part in self.parts for quantity in part.positive_quantities())

    def reach(self) -> Expr:
        return sympy.Add(*(part.reach() for part in self.parts))

    def with_values(self, values: Mapping[str, Any]) -> FreeSum:
        known = {str(parameter) for part in self.parts for parameter in part.parameters}
        refuse_unknown(known, values)
        return FreeSum(
            tuple(
                part.with_values({name: v for name, v in values.items() if name in {str(p) for p in part.parameters}})
                for part in self.parts
            )
        )


@documented("ParameterError: If no law, or something else, is given.")
def free_sum(*laws: SpectralLaw) -> FreeSum:
    """The law of the sum of free random matrices.

    Parameters
    ----------
    *laws : SpectralLaw
        Of independent matrices, of which all but one have uniformly rotated eigenvectors.

    Examples
    --------
    >>> free_sum(ds.derive.Semicircle(1), ds.derive.Semicircle(3)).cauchy_polynomial
    -4*G**2 + G*z - 1
    """
    flat: list[SpectralLaw] = []
    for law in laws:
        flat += law.parts if isinstance(law, FreeSum) else (law,)
    return FreeSum(tuple(flat))
