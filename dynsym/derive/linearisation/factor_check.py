"""Factors of a characteristic polynomial, compared with a determinant of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
from sympy import Expr

from dynsym.algebra.ring import Ring
from dynsym.arithmetic.digits import NoNumberError, Program
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.characteristic.factors import EIGENVALUE, Factor
from dynsym.errors import ClosedFormMismatch

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["check_factors"]

POINTS = 3
LARGEST = 300
LONGEST = 5_000
TOLERANCE = 1e-7


def check_factors(
    ring: Ring, factors: Sequence[Factor], entries: Mapping[tuple[int, int], Expr], system: SymbolicSystem
) -> int:
    """Compare the product of monic factors with det(λ - J) at random numbers."""
    size = system.dimension
    if size > LARGEST or any(len(factor.polynomial) > LONGEST for factor in factors):
        return 0
    generator = Sampler(2)
    drawn = {g for g in ring.generators if g.is_Symbol or type(g).__name__ == "Jet"} - {EIGENVALUE}
    drawn |= {s for g in ring.generators for s in g.free_symbols if g not in drawn} - {EIGENVALUE}
    compared = 0
    for _ in range(3 * POINTS):
        if compared == POINTS:
            break
        numbers = {g: float(generator.number(g, (20, 160), (80, 80), 0)) for g in sorted(drawn, key=str)}
        at = generator.off_axis()
        try:
            claimed = _product(ring, factors, numbers, at)
            values = Program(list(entries.values()), numbers, [])([])
        except (NoNumberError, ZeroDivisionError, OverflowError):
            continue
        matrix = at * np.eye(size, dtype=complex)
        for (i, j), value in zip(entries, values, strict=True):
            matrix[i, j] -= complex(value)
        sign, logarithm = np.linalg.slogdet(matrix)
        if not abs(np.exp(claimed - np.log(sign) - logarithm) - 1) < TOLERANCE:
            raise ClosedFormMismatch(
                f"The factors of the characteristic polynomial of {system.name!r} disagree with a numerical "
                "determinant. Nothing is returned; please report the model."
            )
        compared += 1
    return compared


def _product(ring: Ring, factors: Sequence[Factor], numbers: Mapping[Any, Any], at: complex) -> complex:
    """The logarithm of the product of monic factors."""
    values = Program([g for g in ring.generators if g != EIGENVALUE], numbers, [])([])
    by_generator = dict(zip((g for g in ring.generators if g != EIGENVALUE), values, strict=True))
    table = [mpmath.mpmathify(by_generator.get(g, at)) for g in ring.generators]
    place = ring.index(EIGENVALUE)
    total = 0j
    for factor in factors:
        whole = lead = mpmath.mpc(0)
        degree = ring.degree(factor.polynomial, EIGENVALUE)
        for powers, coefficient in factor.polynomial.to_dict().items():
            term = mpmath.mpf(int(coefficient))
            for value, power in zip(table, powers, strict=False):
                if power:
                    term *= value ** int(power)
            whole += term
            if powers[place] == degree:
                lead += term / table[place] ** degree
        total += factor.multiplicity * complex(mpmath.log(whole) - mpmath.log(lead))
    return complex(total)
