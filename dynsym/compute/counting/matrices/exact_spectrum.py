"""Eigenvalues of a rational matrix by the side of the imaginary axis on which they lie, exactly."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_poly
from sympy import Expr

from dynsym.arithmetic.balls import precision

__all__ = ["AxisCount", "SideSlopes", "axis_count"]

LARGEST_PRECISION = 4096


@dataclass(frozen=True)
class AxisCount:
    """Eigenvalues with positive, zero and negative real part, multiplicities counted."""

    unstable: int
    central: int
    stable: int
    zero: int = 0

    @property
    def index(self) -> int | None:
        """The sign of det(-J): eigenvalues that are not real come in pairs; None where an eigenvalue is 0."""
        return None if self.zero else (-1) ** self.unstable

    @property
    def stability(self) -> str:
        """Stable, unstable, or marginal: none is unstable and one lies on the axis."""
        if self.unstable:
            return "unstable"
        return "marginal" if self.central else "stable"


@dataclass(frozen=True)
class SideSlopes:
    """The signs of the slopes below and above an equilibrium of one state at a kink."""

    below: int
    above: int

    @property
    def unstable(self) -> int | None:
        """How many dimensions are unstable, where both sides agree."""
        return int(self.below > 0) if self.below == self.above != 0 else None

    @property
    def index(self) -> int | None:
        """The change of sign of -f; None where a slope is 0."""
        return -(self.below + self.above) // 2 if self.below and self.above else None

    @property
    def stability(self) -> str:
        """Stable where both sides attract, unstable where one repels."""
        if max(self.below, self.above) > 0:
            return "unstable"
        return "stable" if max(self.below, self.above) < 0 else "undecided"


def axis_count(matrix: Sequence[Sequence[Expr | int]]) -> AxisCount:
    """Count the eigenvalues of a rational matrix on either side of the imaginary axis.

    The eigenvalues on the axis are common roots of p(x) and p(-x); where these have the form x^a e(x²), they are 0 and
    the square roots of the negative roots of e.
    """
    size = len(matrix)
    entries = [fmpq(e) if isinstance(e, int) else fmpq(int(e.p), int(e.q)) for row in matrix for e in row]
    polynomial = fmpq_mat(size, size, entries).charpoly()
    unstable = central = 0
    for factor, power in fmpz_poly(polynomial.numer()).factor_squarefree()[1]:
        on_axis = _central(factor)
        central += power * on_axis
        unstable += power * _unstable(factor, on_axis)
    zero = next(k for k, c in enumerate(polynomial.coeffs()) if c != 0)
    return AxisCount(unstable, central, size - unstable - central, zero)


def _central(factor: fmpz_poly) -> int:
    """Roots of a squarefree polynomial on the imaginary axis."""
    coefficients = [int(c) for c in factor.coeffs()]
    mirrored = fmpz_poly([c * (-1) ** k for k, c in enumerate(coefficients)])
    shared = [int(c) for c in factor.gcd(mirrored).coeffs()]
    at_zero = 0
    if shared[0] == 0:
        at_zero, shared = 1, shared[1:]
    halved = fmpq_poly(shared[::2])
    return at_zero + 2 * _negative_roots(halved)


def _negative_roots(polynomial: fmpq_poly) -> int:
    """Distinct negative roots, by Sturm's theorem."""
    if polynomial.degree() < 1:
        return 0
    chain = [polynomial, polynomial.derivative()]
    while chain[-1].degree() > 0:
        rest = chain[-2] % chain[-1]
        if rest == 0:
            break
        chain.append(-rest)
    at_infinity = [p.coeffs()[-1] * (-1) ** p.degree() for p in chain]
    at_zero = [p.coeffs()[0] for p in chain]
    return _sign_changes(at_infinity) - _sign_changes(at_zero)


def _sign_changes(values: Sequence[Any]) -> int:
    signs = [1 if v > 0 else -1 for v in values if v != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def _unstable(factor: fmpz_poly, on_axis: int) -> int:
    """Roots of a squarefree polynomial with positive real part, `on_axis` of its roots being on the axis."""
    bits = 53
    while bits <= LARGEST_PRECISION:
        with precision(bits):
            isolated: Any = factor.complex_roots()
        parts = [root.real for root, _ in isolated]
        if sum(part.contains(0) for part in parts) == on_axis:
            return sum(bool(part > 0) for part in parts)
        bits *= 2
    raise ArithmeticError(f"The roots of {factor} could not be told from the imaginary axis.")
